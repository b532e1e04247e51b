"""A gateway on loopback that answers as scripted, one answer for each request, the last one again and again.

An answer is a function of a `Wire` and the request that was `Seen`; the connection is kept if it returns True.
"""

import contextlib
import gzip
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from typing import Self
from urllib.parse import parse_qsl

import trustme
from attrs import define, field, frozen

from mxinbound.testing import build_zip

ARCHIVE = build_zip([("hello.txt", "text/plain", "Hello")])
PATH = "/RetrieveMMS"
ZIP = {"Content-Type": "application/zip"}
HTML = {"Content-Type": "text/html;charset=utf-8"}
PACKED = gzip.compress(ARCHIVE)
PAGE = b"<html><body>Sorry</body></html>"

_PAUSE = 0.01
# How long to wait for what comes at once, but on a busy machine.
_SOON = 30.0
_END = b"PK\x05\x06" + bytes(18)


@frozen(repr=False)
class Seen:
    """A request, as it came."""

    line: str
    headers: dict[str, str]
    connection: int

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], strict_parsing=True)


@define(repr=False)
class Wire:
    """A connection, and whether all is over."""

    socket: socket.socket
    number: int
    over: threading.Event

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def read_head(self) -> str:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                return ""
            head += byte
        return head.decode("ascii")

    def wait_for_the_end(self) -> None:
        while self.socket.recv(1024):
            pass


Answer = Callable[[Wire, Seen], bool | None]


def head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def respond(status: int = 200, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """A whole answer, after which the connection is kept."""

    def answer(wire: Wire, request: Seen) -> bool:
        wire.send(head(status, {"Content-Length": str(len(body))} | (headers or {})) + body)
        return True

    return answer


def archive(body: bytes = ARCHIVE) -> Answer:
    return respond(200, body, ZIP)


def page(status: int = 200) -> Answer:
    return respond(status, PAGE, HTML)


def redirect(location: str) -> Answer:
    return respond(302, PAGE, HTML | {"Location": location})


def echo(wire: Wire, request: Seen) -> bool | None:
    """A redirect that repeats all that was asked for, as a login page does to come back."""
    return redirect(f"http://127.0.0.1:9/login?{request.target}")(wire, request)


def echo_in_the_head(wire: Wire, request: Seen) -> bool:
    """An answer that repeats all that was asked for wherever there is room for it, where it is to be kept, too."""
    echoed = request.target.encode("ascii")
    wire.send(b"HTTP/1.1 404 %b\r\nSet-Cookie: back=%b\r\nX-Back: %b\r\n" % (echoed, echoed, echoed))
    wire.send(b"Content-Type: text/html\r\nContent-Length: 0\r\n\r\n")
    return True


def one_too_many(wire: Wire, request: Seen) -> bool | None:
    """Two archives for one request."""
    body = build_zip([("id.txt", "text/plain", "another's")])
    of_another = head(200, ZIP | {"Content-Length": str(len(body))}) + body
    wire.send(head(200, ZIP | {"Content-Length": str(len(ARCHIVE))}) + ARCHIVE + of_another)
    return True


def packed() -> Answer:
    return respond(200, PACKED, ZIP | {"Content-Encoding": "gzip"})


def chunked(body: bytes = ARCHIVE, size: int = 7) -> Answer:
    def answer(wire: Wire, request: Seen) -> bool:
        wire.send(head(200, ZIP | {"Transfer-Encoding": "chunked"}))
        for start in range(0, len(body), size):
            chunk = body[start : start + size]
            wire.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        wire.send(b"0\r\n\r\n")
        return True

    return answer


def echo_id(wire: Wire, request: Seen) -> bool | None:
    """An archive in which the id stands, to tell one answer from another."""
    return archive(build_zip([("id.txt", "text/plain", dict(request.query)["id"])]))(wire, request)


def large(size: int) -> Answer:
    """An archive of that many bytes, sent without having them."""

    def answer(wire: Wire, request: Seen) -> bool:
        wire.send(head(200, ZIP | {"Content-Length": str(size)}) + b"PK\x03\x04")
        blank = bytes(4096)
        left = size - 4 - len(_END)
        while left:
            wire.send(blank[:left])
            left -= min(left, len(blank))
        wire.send(_END)
        return True

    return answer


def until_closed(body: bytes) -> Answer:
    """An answer that tells no length and ends with the connection."""

    def answer(wire: Wire, request: Seen) -> None:
        wire.send(head(200, ZIP) + body)

    return answer


def short(body: bytes = ARCHIVE[:30], declared: int = len(ARCHIVE)) -> Answer:
    """An answer that ends before the length it told."""

    def answer(wire: Wire, request: Seen) -> None:
        wire.send(head(200, ZIP | {"Content-Length": str(declared)}) + body)

    return answer


def hang_up(wire: Wire, request: Seen) -> None:
    """Close without a word."""


def reset(sent: bytes = b"") -> Answer:
    """Some bytes, then a reset of the connection."""

    def answer(wire: Wire, request: Seen) -> None:
        wire.send(sent)
        if sent:
            time.sleep(_PAUSE)  # what is not read yet is lost with a reset
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


def hang(sent: bytes = b"") -> Answer:
    """Some bytes, then nothing for as long as the client waits."""

    def answer(wire: Wire, request: Seen) -> None:
        wire.send(sent)
        wire.wait_for_the_end()

    return answer


def drip(sent: bytes, dripping: bytes) -> Answer:
    """Some bytes, then the others one at a time, in a circle, for as long as the client takes them."""

    def answer(wire: Wire, request: Seen) -> None:
        wire.send(sent)
        while not wire.over.is_set():
            for byte in dripping:
                wire.send(bytes([byte]))
                wire.over.wait(_PAUSE)

    return answer


def garble(wire: Wire, request: Seen) -> None:
    """Half of an answer, then bytes that are no TLS."""
    wire.send(head(200, ZIP | {"Content-Length": str(len(ARCHIVE))}) + ARCHIVE[:30])
    with socket.socket(fileno=wire.socket.detach()) as bare:
        bare.sendall(b"\x17\x03\x03\x00\x20" + b"garbage!" * 4)
        with contextlib.suppress(OSError):
            while bare.recv(1024):
                pass


@define(eq=False, repr=False, slots=False)
class Gateway:
    """A context manager: it listens inside of its block."""

    answers: tuple[Answer, ...]
    tls: ssl.SSLContext | None = None
    requests: list[Seen] = field(factory=list)
    connections: int = 0
    most_open: int = 0
    _open: dict[int, socket.socket] = field(factory=dict)
    _threads: list[threading.Thread] = field(factory=list)
    _over: threading.Event = field(factory=threading.Event)
    _lock: threading.Lock = field(factory=threading.Lock)

    @classmethod
    def of(cls, *answers: Answer, tls: ssl.SSLContext | None = None) -> "Gateway":
        return cls(answers, tls)

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}{PATH}"

    @property
    def open(self) -> int:
        """How many connections are open, once those that the client closed are seen to be."""
        return len(self._open)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + _SOON
        while not condition():
            assert time.monotonic() < end, "it never came to that"
            time.sleep(0.002)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for each in self._open.values():
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_SOON)
            assert not thread.is_alive()

    def _start(self, work, *arguments) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connected, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
                self._open[number] = connected
                self.most_open = max(self.most_open, len(self._open))
            self._start(self._serve, connected, number)

    def _serve(self, connected: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError), connected:
            if self.tls is None:
                self._talk(Wire(connected, number, self._over))
            else:
                with self.tls.wrap_socket(connected, server_side=True) as secured:
                    self._talk(Wire(secured, number, self._over))
        with self._lock:
            self._open.pop(number)

    def _talk(self, wire: Wire) -> None:
        kept: bool | None = True
        while kept:
            text = wire.read_head()
            if not text:
                return
            line, *lines = text.strip().split("\r\n")
            headers = dict(each.split(": ", 1) for each in lines)
            seen = Seen(line, {name.lower(): value for name, value in headers.items()}, wire.number)
            with self._lock:
                answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
                self.requests.append(seen)
            kept = answer(wire, seen)


class Authority:
    """Somebody who issues certificates for loopback, whom only those trust who are told to."""

    def __init__(self) -> None:
        authority = trustme.CA()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(self.server)
        self.client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(self.client)


@define(eq=False, repr=False, slots=False)
class Proxy:
    """A proxy that tunnels, and keeps all that it sees: what it is told, and what it passes on."""

    seen: bytearray = field(factory=bytearray)
    _threads: list[threading.Thread] = field(factory=list)
    _sockets: list[socket.socket] = field(factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for each in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(_SOON)

    def _start(self, work, *arguments) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(near)
            told = Wire(near, 0, threading.Event()).read_head()
            self.seen += told.encode("ascii")
            host, _, port = told.split(" ")[1].rpartition(":")
            try:
                far = socket.create_connection((host, int(port)))
            except OSError:
                near.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                near.close()
                continue
            self._sockets.append(far)
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._start(self._pass_on, near, far)
            self._start(self._pass_on, far, near)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.seen += data
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
