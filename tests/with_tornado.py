"""A request to a Tornado application and its answer, over a connection that Tornado believes to come from any address."""

import asyncio
import socket

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream


async def exchange(app, request, peer):
    """Send the bytes of a request; return the status of the answer, its headers by lower-case name, and its body."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        connection, _ = listener.accept()
    server = HTTPServer(app)
    server.handle_stream(IOStream(connection), (peer, 50000))
    writer.write(request)
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
    writer.close()
    await writer.wait_closed()
    await server.close_all_connections()
    return int(status_line.split()[1]), headers, body
