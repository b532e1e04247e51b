"""The half of the fake gateway that serves RetrieveMMS: in process for a retriever's `transport`, or on a real socket.

In: the target of a request. Out: an answer, which may be as faulty as a test wants it. Nothing leaves the machine.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, field, frozen

from mxinbound.errors import ConfigurationError

if TYPE_CHECKING:
    from mxinbound.retrieval.credentials import Credentials

#: The paths of both editions of the contract.
PATH: Final = "/RetrieveMMS"
_PATHS: Final = frozenset({PATH, "/mms/v1/http/retrieve"})
_ZIP: Final = "application/zip"
_BROKEN_OFF: Final = "the connection was closed before the body was complete"


@frozen(kw_only=True)
class Served:
    """An answer to a retrieval.

    Attributes:
        status: The HTTP status.
        content_type: The type.
        body: All that is promised.
        sent: How much of it is sent before the connection ends.
        pause: The seconds between its bytes, which then come one by one.
        retry_after: The seconds that the header of that name asks for.
    """

    status: int = HTTPStatus.OK
    content_type: str = "text/plain"
    body: bytes = field(default=b"", repr=False)
    sent: int | None = None
    pause: float | None = None
    retry_after: float | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers."""
        wait = {} if self.retry_after is None else {"Retry-After": f"{self.retry_after:.15g}"}
        return {"Content-Type": self.content_type, "Content-Length": str(len(self.body))} | wait

    @property
    def broken_off(self) -> bool:
        """Whether less is sent than is promised."""
        return self.sent is not None and self.sent < len(self.body)

    def chunks(self) -> Iterator[bytes]:
        """What is sent, in pieces before each of which `pause` passes."""
        sent = self.body[: self.sent]
        if self.pause is None:
            return iter([sent])
        return (sent[start : start + 1] for start in range(len(sent)))


class Archives:
    """The archives that can be fetched by their ids, and what goes wrong with it."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._lock = threading.Lock()
        self._archives: dict[str, bytes] = {}
        # What is wrong with the next answers for an id: changes to a good one.
        self._faults: dict[str, Iterator[dict[str, Any]]] = {}
        self._refuses = False
        self.fetched: list[str] = []

    def keep(self, message_id: str, archive: bytes) -> None:
        """Serve an archive from now on."""
        with self._lock:
            self._archives[message_id] = archive

    def spoil(self, message_id: str, times: int | None, **changes: Any) -> None:
        """Change the next answers for an id, all of them if `times` is None."""
        if times is not None and times < 1:
            raise ConfigurationError("times is how many answers are spoiled, 1 or more")
        with self._lock:
            self._faults[message_id] = repeat(changes) if times is None else repeat(changes, times)

    def refuse(self) -> None:
        """Refuse the credentials from now on."""
        self._refuses = True

    def answer(self, target: str) -> Served:
        """What is answered to a request for a path and query."""
        url = urlsplit(target)
        pairs = parse_qsl(url.query, keep_blank_values=True)
        message_id = dict(reversed(pairs)).get("id", "")
        if url.path not in _PATHS:
            return Served(status=HTTPStatus.NOT_FOUND, body=b"no such path\n")
        with self._lock:
            if self._refuses or not self._knows(pairs):
                return Served(status=HTTPStatus.FORBIDDEN, body=b"no\n")
            self.fetched.append(message_id)
            archive = self._archives.get(message_id)
            changes = next(self._faults.get(message_id, iter(())), None)
        if changes is None and archive is None:
            return Served(status=HTTPStatus.NOT_FOUND, body=b"no such message\n")
        return evolve(Served(content_type=_ZIP, body=archive or b""), **(changes or {}))

    def _knows(self, pairs: list[tuple[str, str]]) -> bool:
        # The credentials give themselves away as part of a query only.
        expected = parse_qsl(
            self._credentials.joined_to(b"?").decode("ascii").partition("?")[2], keep_blank_values=True
        )
        return [pair for pair in pairs if pair[0] in {"user", "pass"}] == expected


def transport_of(archives: Archives) -> Any:
    """A transport for a retriever of either kind, which is shown the credentials so that it can check them."""
    # The one module that knows which of the two libraries is there, and says so if there is none.
    from mxinbound.retrieval.transport import httpx  # noqa: PLC0415  # slow to load, and for those who retrieve only

    class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
        accepts_credentials = True

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            served = archives.answer(request.url.raw_path.decode("ascii"))

            def body() -> Iterator[bytes]:
                for chunk in served.chunks():
                    time.sleep(served.pause or 0)
                    yield chunk
                if served.broken_off:
                    raise httpx.RemoteProtocolError(_BROKEN_OFF)

            return httpx.Response(served.status, headers=served.headers, content=body())

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            import anyio  # noqa: PLC0415  # slow as well

            served = archives.answer(request.url.raw_path.decode("ascii"))

            async def body() -> AsyncIterator[bytes]:
                for chunk in served.chunks():
                    await anyio.sleep(served.pause or 0)
                    yield chunk
                if served.broken_off:
                    raise httpx.RemoteProtocolError(_BROKEN_OFF)

            return httpx.Response(served.status, headers=served.headers, content=body())

    return Transport()


@contextmanager
def serving(archives: Archives, port: int = 0) -> Generator[str]:
    """Serve on loopback while the block lasts, and give the endpoint."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer  # noqa: PLC0415  # slow to load

    lock = threading.Lock()
    over = threading.Event()
    open_connections: set[socket.socket] = set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            with lock:
                open_connections.add(self.connection)
            # A client that has read enough may leave as it likes, and so does everybody in the end.
            with suppress(ConnectionError):
                if not over.is_set():
                    super().handle()
            with lock:
                open_connections.remove(self.connection)

        def do_GET(self) -> None:
            served = archives.answer(self.path)
            self.send_response(served.status)
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for chunk in served.chunks():
                if served.pause is not None and over.wait(served.pause):
                    break
                self.wfile.write(chunk)
            self.close_connection = served.broken_off

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the standard library
            pass  # a path holds the password

    class Server(ThreadingHTTPServer):
        daemon_threads = False  # so that leaving the block waits for them
        request_queue_size = 128  # the standard library's 5 keeps a crowd waiting for a second

    with Server(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PATH}"
        finally:
            server.shutdown()
            thread.join()
            over.set()
            with lock:
                for connection in open_connections:
                    with suppress(OSError):  # the other side may have gone
                        connection.shutdown(socket.SHUT_RDWR)
