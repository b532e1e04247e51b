"""A stand-in for the gateway: it serves RetrieveMMS on a real socket of this machine.

In: archives by their ids, and the credentials it takes. Out: an endpoint for a retriever. Nothing here leaves the
machine.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from mxinbound.testing.pushes import Push

if TYPE_CHECKING:
    from mxinbound.retrieval.credentials import Credentials

_PATH: Final = "/RetrieveMMS"


class FakeGateway:
    """Serves MMS to those who have the credentials.

    Args:
        credentials: The user and password it takes.
    """

    def __init__(self, *, credentials: Credentials) -> None:
        self._credentials = credentials
        self._archives: dict[str, bytes] = {}

    def keep(self, push: Push) -> Push:
        """Keep the contents of an MMS, and return the notification that goes out instead of it."""
        fields = dict(push.fields)
        self._archives[fields["id"]] = push.archive or b""
        return Push(fields=push.fields, peer=push.peer)

    @contextmanager
    def serve(self) -> Generator[str]:
        """Serve on loopback while the block lasts, and give the endpoint."""
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle(self) -> None:
                with suppress(ConnectionError):  # a client that has read enough may leave as it likes
                    super().handle()

            def do_GET(self) -> None:
                status, body = gateway.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "application/zip" if status == HTTPStatus.OK else "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the standard library
                pass  # a path holds the password

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}{_PATH}"
            finally:
                server.shutdown()
                thread.join()

    def answer(self, target: str) -> tuple[HTTPStatus, bytes]:
        """What is answered to a request for a path and query."""
        url = urlsplit(target)
        message_id = parse_qs(url.query).get("id", [""])[0]
        bare = f"{_PATH}?{url.query[url.query.find('id=') :]}".encode()
        if url.path != _PATH or target.encode() != self._credentials.joined_to(bare):
            return HTTPStatus.FORBIDDEN, b"no\n"
        if message_id not in self._archives:
            return HTTPStatus.NOT_FOUND, b"no such message\n"
        return HTTPStatus.OK, self._archives[message_id]
