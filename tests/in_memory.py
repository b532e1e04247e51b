"""A request to an aiohttp application and its answer, over a connection in memory that comes from any address."""

import asyncio
import re

from aiohttp import web


async def exchange(app, request, peer):
    """Send the bytes of a request; return the status of the answer, its headers by lower-case name, and its body."""
    runner = web.AppRunner(app, access_log=None, lingering_time=0)
    await runner.setup()
    protocol, transport = runner.server(), Transport(peer)
    protocol.connection_made(transport)
    protocol.data_received(request)
    async with asyncio.timeout(20):
        answer = await transport.answer(has_body=not request.startswith(b"HEAD "))
    protocol.connection_lost(None)
    await runner.cleanup()
    return answer


class Transport(asyncio.Transport):
    """The server's side of a connection."""

    def __init__(self, peer):
        super().__init__({"peername": "" if peer == "unix:" else (peer, 50000)})
        self._said = b""
        self._more = asyncio.Event()

    def write(self, data):
        self._said += bytes(data)
        self._more.set()

    def is_closing(self):
        return False

    def close(self):
        pass

    pause_reading = resume_reading = close

    async def answer(self, *, has_body):
        while not self._is_whole(has_body):
            self._more.clear()
            await self._more.wait()
        head, _, body = self._said.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        return int(status_line.split()[1]), headers, body

    def _is_whole(self, has_body):
        head, blank, body = self._said.partition(b"\r\n\r\n")
        return blank and (not has_body or len(body) == int(re.search(rb"(?i)\r\ncontent-length: ([0-9]+)", head)[1]))
