"""A small HTTP server for a WSGI application, to develop with: the standard library's, made to bear bad manners.

In: an application and where to listen. Out: a server that gives each connection a thread, so that nobody who is slow or
silent holds up another; takes chunked bodies; lets everybody have their answer before the connection ends; and ends
with no thread left. Nothing of a request is printed: a query string holds a number and a text.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from socketserver import ThreadingMixIn
from typing import IO, TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from attrs import frozen

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# The gateway gives up at 60 s; who has been silent for half of that has gone.
_SILENCE_SECONDS: Final = 30.0
# What a client that has been answered may still send, 32 MiB, and how long it may be silent meanwhile.
_LINGER_SECONDS: Final = 2.0
_LINGER_READS: Final = 512
_READ_BYTES: Final = 64 * 1024
# RFC 9112 sets no length for the line in front of a chunk; this is sixteen digits and an extension.
_LINE_BYTES: Final = 256
_MAX_PORT: Final = 65535


class Server(ThreadingMixIn, WSGIServer):
    """Serves an application; leaving it as a context manager ends every connection and waits for the threads.

    Args:
        host: The address or name to listen on.
        port: The port; 0 for any that is free.
        application: What is served.

    Raises:
        OSError: if it cannot listen there.
    """

    daemon_threads = False  # so that those who are being answered are, before the process ends
    allow_reuse_port = False  # or, in some versions of Python, two servers on one port would share its pushes
    request_queue_size = 128

    def __init__(self, host: str, port: int, application: WSGIApplication) -> None:
        self._lock = threading.Lock()
        self._connections: set[Any] = set()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        self.set_app(_dechunked(application))

    @property
    def url(self) -> str:
        """Where it listens."""
        host = str(self.server_address[0])
        return f"http://{f'[{host}]' if ':' in host else host}:{self.server_port}/"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread of its own."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection when the client has its answer: to close on bytes that are unread would take it away."""
        with suppress(OSError):
            request.shutdown(socket.SHUT_WR)
            request.settimeout(_LINGER_SECONDS)
            for _ in range(_LINGER_READS):
                if not request.recv(_READ_BYTES):
                    break
        self.close_request(request)

    def close_request(self, request: Any) -> None:
        """Close a connection."""
        with self._lock:
            self._connections.discard(request)
        super().close_request(request)

    def server_close(self) -> None:
        """Stop listening, read nothing more, and wait until everybody is answered."""
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # the other side may have gone
                    connection.shutdown(socket.SHUT_RD)
        super().server_close()


def port(text: str) -> int:
    """A port from the command line."""
    number = int(text)
    if not 0 <= number <= _MAX_PORT:
        raise ValueError
    return number


@contextmanager
def served(application: WSGIApplication) -> Generator[str]:
    """Serve an application on loopback while the block lasts, and give its URL."""
    with Server("127.0.0.1", 0, application) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


class _Handler(WSGIRequestHandler):
    timeout = _SILENCE_SECONDS
    # So that a client that asks whether it may send its body is told to; answers are in HTTP/1.0 all the same.
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(OSError):  # whoever has left, or says nothing, is owed no answer
            super().handle()

    def get_environ(self) -> WSGIEnvironment:
        # In an environ `X_Forwarded_For` is the header of the proxy, too, and a proxy passes it on as it comes.
        for name in [each for each in self.headers if "_" in each]:
            del self.headers[name]
        return super().get_environ()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the standard library
        pass


@frozen
class _Body:
    """A body as it comes out of its coding, in the form of `wsgi.input`."""

    pieces: Iterator[bytes]

    def read(self, _: int) -> bytes:
        """The next piece, which is no larger than what this is ever called with; empty at the end."""
        return next(self.pieces, b"")


def _dechunked(application: WSGIApplication) -> WSGIApplication:
    """The application, with chunked bodies taken out of their coding for it."""

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ.pop("CONTENT_LENGTH", None)  # RFC 9112 section 6.3: the coding overrides it
            environ["wsgi.input"] = _Body(_chunks(environ["wsgi.input"]))
            environ["wsgi.input_terminated"] = True
        return application(environ, start_response)

    return outer


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The pieces of a chunked body (RFC 9112 section 7.1).

    Raises:
        ConnectionError: if it ends before its last chunk, or is in no such coding.
    """
    while size := _size(stream.readline(_LINE_BYTES)):
        while size:
            piece = stream.read(min(size, _READ_BYTES))
            if not piece:
                raise ConnectionError(_BROKEN)
            size -= len(piece)
            yield piece
        if stream.readline(_LINE_BYTES) != b"\r\n":
            raise ConnectionError(_BROKEN)


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not line.endswith(b"\n") or not 1 <= len(digits) <= 16 or digits.translate(None, b"0123456789abcdefABCDEF"):  # noqa: PLR2004
        raise ConnectionError(_BROKEN)
    return int(digits, 16)


_BROKEN: Final = "a chunked body broke off, or is none"
