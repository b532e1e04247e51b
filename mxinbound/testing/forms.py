"""One push in the form that each framework, server and client takes it.

In: a method, a query, headers, a body and a peer. Out: a request, an environ, a scope, keywords for a test client, a
curl command. Nothing is checked and nothing is sent.
"""

from __future__ import annotations

import base64
import io
import shlex
import sys
from collections.abc import Awaitable, Callable
from typing import IO, Any, Final, TypeAlias
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlencode

from attrs import field, frozen

from mxinbound.request import InboundRequest
from mxinbound.source import UNIX

#: Gives the next event of an ASGI request.
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
#: Waits until the application has answered.
Answered: TypeAlias = Callable[[], Awaitable[object]]

#: An address of the gateway's network.
GATEWAY_PEER: Final = "83.166.68.10"
#: The name that the test clients of Django and Starlette have for a server, and that Django lets in during tests.
HOST: Final = "testserver"

_PORT: Final = 50000
_CHUNK_BYTES: Final = 64 * 1024
_PRINTABLE: Final = "".join(map(chr, range(ord("!"), ord("~") + 1)))
# What a client writes by itself.
_CLIENTS_OWN: Final = frozenset({"host", "content-length", "transfer-encoding"})


class Forms:
    """What every push can turn itself into; its classes say what `method`, `query`, … are."""

    # Slots here as well, so that the classes of values made from this one have them too.
    __slots__ = ()

    method: Any
    query: Any
    headers: Any
    body: Any
    peer: Any

    def as_request(self) -> InboundRequest:
        """The request that an adapter would make of it, but for `received_at`."""
        return InboundRequest(
            method=self.method, query=self.query, headers=sorted(self._joined().items()), body=self.body, peer=self.peer
        )

    def for_wsgi(self, path: str = "/") -> dict[str, Any]:
        """A WSGI environ, for a request to a path, which may have a query of its own."""
        path, query = self._at(path)
        headers = self._joined()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "REMOTE_ADDR": self._address(),
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": self.stream(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if not headers.get("content-length", "").isdigit():  # a server knows where a body without a length ends
            environ["wsgi.input_terminated"] = True
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        return environ

    def for_asgi(self, path: str = "/") -> tuple[dict[str, Any], Receive]:
        """An ASGI scope and its `receive`, for a request to a path, which may have a query of its own."""
        return self.scope(path), self.receive()

    def scope(self, path: str) -> dict[str, Any]:
        """The ASGI scope alone."""
        path, query = self._at(path)
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": quote(path, safe="/%").encode(),
            "root_path": "",
            "query_string": query,
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers],
            "client": None if self.peer == UNIX else (self.peer, _PORT),
            "server": (HOST, 80),
        }

    def for_flask(self) -> dict[str, Any]:
        """Keywords for `client.open(path, **…)` of Flask's test client."""
        return {
            "method": self.method,
            "query_string": self.query.decode("latin-1"),
            "headers": self._given(),
            "data": self.body,
            "environ_base": {"REMOTE_ADDR": self._address()},
        }

    def for_django(self) -> dict[str, Any]:
        """Keywords for `client.generic(path=path, **…)` of Django's test client and request factory."""
        headers = dict(self._given())
        return {
            "method": self.method,
            "data": self.body,
            "content_type": headers.pop("content-type", ""),
            "headers": headers,
            "QUERY_STRING": self.query.decode("latin-1"),
            "REMOTE_ADDR": self._address(),
        }

    def for_httpx(self, url: str | None = None) -> dict[str, Any]:
        """Keywords for `client.request(…)` of httpx, and of the test clients made from it.

        A request cannot say which peer it comes from. It is in `X-Forwarded-For`, for a receiver that trusts your
        client as a proxy; in a test client of Starlette or FastAPI it is `TestClient(app, client=(push.peer, 50000))`.

        Args:
            url: Where to, if the query must arrive byte for byte or the URL has one of its own; it is then among the
                keywords. Without it httpx writes the query anew from `params`, and you give the URL yourself.

        Raises:
            ValueError: for a query that httpx would change, if there is no `url`.
        """
        target: dict[str, Any]
        if url is not None:
            target = {"url": self._at_url(url)}
        else:
            pairs = parse_qsl(self.query.decode("latin-1"), keep_blank_values=True, errors="replace")
            names = {name: None for name, _ in pairs}
            grouped = [pair for name in names for pair in pairs if pair[0] == name]
            if urlencode(grouped).encode() != self.query:
                raise ValueError("httpx would write this query in another way: give the URL to for_httpx")
            target = {"params": grouped}
        headers = [*self._given(), ("x-forwarded-for", self.peer)]
        return target | {"method": self.method, "headers": headers, "content": self.body}

    def curl(self, url: str) -> str:
        """A command that pushes it to a URL, quoted so that it can be pasted into a shell."""
        words = ["curl", "--globoff", "--request", self.method]
        for name, value in self._given():
            words += ["--header", f"{name}: {value}" if value else f"{name};"]
        pipe = ""
        if self.body:
            words += ["--data-binary", "@-"]
            pipe = f"echo {base64.b64encode(self.body).decode()} | base64 -d | "
        words.append(self._at_url(url))
        return pipe + shlex.join(words)

    def stream(self) -> IO[bytes]:
        """The body as a server hands it to a WSGI application."""
        return io.BytesIO(self.body)

    def receive(self, answered: Answered | None = None) -> Receive:
        """The body as a server hands it to an ASGI application; the sender then waits to be answered, and leaves."""
        return _events(self.stream(), _CHUNK_BYTES, answered or _never)

    def _at(self, url: str) -> tuple[str, bytes]:
        """A path, or a URL up to its path, and the query it has before that of the push."""
        path, _, query = url.partition("#")[0].partition("?")
        return path, b"&".join(filter(None, (query.encode(), self.query)))

    def _at_url(self, url: str) -> str:
        """A URL with the query; bytes that no URL can have are escaped."""
        page, query = self._at(url)
        return f"{page}?{quote(query, safe=_PRINTABLE)}" if query else page

    def _address(self) -> str:
        """The peer as WSGI has it: empty for a socket without addresses."""
        return "" if self.peer == UNIX else self.peer

    def _joined(self) -> dict[str, str]:
        """The headers as WSGI servers hand them out: each name once, in lower case, its values joined."""
        joined: dict[str, str] = {}
        for name, value in self.headers:
            key = name.lower()
            joined[key] = f"{joined[key]},{value}" if key in joined else value
        return {key: value for key, value in joined.items() if value or key not in {"content-type", "content-length"}}

    def _given(self) -> list[tuple[str, str]]:
        """The headers that a client is given, which writes some by itself."""
        return [pair for pair in self._joined().items() if pair[0] not in _CLIENTS_OWN]


@frozen(kw_only=True)
class RawPush(Forms):
    """A request as it stands on the wire, which need not be one that anybody would send.

    Attributes:
        method: As sent.
        query: The raw bytes after the `?`.
        headers: Name and value pairs, repeated and spelt as you like. The length of bytes is added.
        body: Bytes; or a binary file, which is handed to the application as it is.
        peer: Where it comes from; `"unix:"` for a socket without addresses.
        chunked: Whether the body comes without a length, in HTTP's chunked coding.
        chunk_bytes: The size of the pieces in which an ASGI application gets the body.
        leaves_after: The number of bytes after which the sender leaves; None if it stays.
    """

    method: str = "GET"
    query: bytes = field(default=b"", repr=False)
    given_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False, alias="headers")
    body: Any = field(default=b"", repr=False)
    peer: str = GATEWAY_PEER
    chunked: bool = False
    chunk_bytes: int = _CHUNK_BYTES
    leaves_after: int | None = None

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The headers, with the one that tells how long the body is."""
        if self.chunked:
            return (*self.given_headers, ("transfer-encoding", "chunked"))
        told = any(name.lower() == "content-length" for name, _ in self.given_headers)
        if told or not isinstance(self.body, bytes) or not self.body:
            return self.given_headers
        return (*self.given_headers, ("content-length", str(len(self.body))))

    def stream(self) -> IO[bytes]:
        """The body as a server hands it to a WSGI application."""
        return io.BytesIO(self.body[: self.leaves_after]) if isinstance(self.body, bytes) else self.body

    def receive(self, answered: Answered | None = None) -> Receive:
        """The body as a server hands it to an ASGI application, in pieces."""
        return _events(self.stream(), self.chunk_bytes, None if self.leaves_after is not None else answered or _never)


def _events(stream: IO[bytes], chunk_bytes: int, answered: Answered | None) -> Receive:
    """The events of a body; its sender leaves when it is answered, or at once if it does not wait for that."""
    ended = False

    async def receive() -> dict[str, Any]:
        nonlocal ended
        if not ended:
            chunk = stream.read(chunk_bytes)
            ended = not chunk
            if chunk or answered is not None:
                return {"type": "http.request", "body": chunk, "more_body": not ended}
        elif answered is not None:
            await answered()
        return {"type": "http.disconnect"}

    return receive


async def _never() -> None:
    import asyncio  # noqa: PLC0415  # for those who test under ASGI only

    await asyncio.Event().wait()
