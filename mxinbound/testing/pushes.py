"""Builders for pushes: what the gateway would send, ready for whatever takes it.

In: the attributes of a message, by our names for them. Out: a `Push`, immutable, that turns itself into a request, an
environ, a scope. No value is checked: `but` makes pushes that are as wrong as you like.
"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlencode

from attrs import evolve, field, frozen

from mxinbound import wire
from mxinbound.request import InboundRequest
from mxinbound.testing.zips import Part, build_zip

#: An address of the gateway's network.
GATEWAY_PEER: Final = "83.166.68.10"
BOUNDARY: Final = "mxinbound-testing-7d3f9a"

_SENT: Final = datetime(2010, 8, 21, 17, 32, 21, tzinfo=timezone.utc)
# A one-pixel GIF.
_GIF: Final = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
_PARTS: Final[tuple[Part, ...]] = (("hello.txt", "text/plain", "Hello"), ("pixel.gif", "image/gif", _GIF))

#: Our names of what a push carries, and the contract's.
_WIRE_NAMES: Final = {
    "id": wire.ID,
    "originator": wire.FROM,
    "to": wire.TO,
    "date": wire.DATE,
    "type": wire.TYPE,
    "network": wire.NETWORK,
    "cc": wire.CC,
    "subject": wire.SUBJECT,
    "expiry": wire.EXPIRY,
    "text": wire.MESSAGE,
    "request_id": wire.REQUEST_ID,
    "status": wire.STATUS,
    "user_agent": wire.USER_AGENT,
}


@frozen(kw_only=True)
class Push:
    """What the gateway sends for one message.

    Attributes:
        fields: The parameters by the contract's names, in order.
        archive: The zip of a posted MMS; None for a GET.
        peer: Where the push comes from.
    """

    fields: tuple[tuple[str, str], ...] = field(repr=False)
    archive: bytes | None = field(default=None, repr=False)
    peer: str = GATEWAY_PEER

    def but(self, *without: str, **changes: Any) -> Push:
        """A copy without some attributes and with others changed, by our names for them; a list for several values.

        Raises:
            TypeError: for a name that no push has.
        """
        peer = changes.pop("peer", self.peer)
        fields = list(self.fields)
        for name in (*without, *changes):
            fields = [pair for pair in fields if pair[0] != _wire_name(name)]
        return evolve(self, fields=(*fields, *_fields(changes)), peer=peer)

    @property
    def method(self) -> str:
        """GET, or POST for an MMS with its zip."""
        return "GET" if self.archive is None else "POST"

    @property
    def query(self) -> bytes:
        """The query string of a GET."""
        return urlencode(self.fields).encode() if self.archive is None else b""

    @property
    def body(self) -> bytes:
        """The multipart body of a POST."""
        if self.archive is None:
            return b""
        parts = [(f'name="{name}"', text.encode()) for name, text in self.fields]
        parts.append((f'name="{wire.ZIP}"; filename="{wire.ZIP}"\r\nContent-Type: application/zip', self.archive))
        return b"".join(
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n"
            for head, data in parts
        ) + (f"--{BOUNDARY}--\r\n".encode())

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The header pairs, sorted, lower-case."""
        pairs = [("host", "localhost"), ("user-agent", "Jakarta Commons-HttpClient/3.1")]
        if self.archive is not None:
            pairs.append(("content-length", str(len(self.body))))
            pairs.append(("content-type", f"multipart/form-data; boundary={BOUNDARY}"))
        return tuple(sorted(pairs))

    def as_request(self) -> InboundRequest:
        """The request that an adapter would make of it."""
        return InboundRequest(
            method=self.method, query=self.query, headers=self.headers, body=self.body, peer=self.peer
        )

    def for_wsgi(self) -> dict[str, Any]:
        """A WSGI environ."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
            "QUERY_STRING": self.query.decode("latin-1"),
            "REMOTE_ADDR": self.peer,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
        return environ

    def for_asgi(self) -> tuple[dict[str, Any], Callable[[], Awaitable[dict[str, Any]]]]:
        """An ASGI scope and its `receive`."""
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": "/",
            "raw_path": b"/",
            "root_path": "",
            "query_string": self.query,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self.headers],
            "client": (self.peer, 50000),
            "server": ("localhost", 80),
        }
        events = [{"type": "http.request", "body": self.body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if not events:  # the sender waits for the answer
                import asyncio  # noqa: PLC0415  # for those who test under ASGI only

                await asyncio.Event().wait()
            return events.pop()

        return scope, receive


def sms(text: str = "Hello", **attributes: Any) -> Push:
    """An SMS by GET. Attributes by our names: id, originator, to, date, network; and the peer it comes from."""
    return _push(_common("6") | {"text": text} | attributes)


def mms_notification(**attributes: Any) -> Push:
    """Word of an MMS by GET. Attributes by our names: as `sms`, and cc, subject, expiry."""
    return _push(_multimedia() | attributes)


def mms(parts: Iterable[Part] = _PARTS, *, archive: bytes | None = None, **attributes: Any) -> Push:
    """An MMS by multipart POST, its zip built from `parts` or given whole; attributes as `mms_notification`."""
    return _push(_multimedia() | attributes, build_zip(parts) if archive is None else archive)


def report(**attributes: Any) -> Push:
    """A report by GET. Attributes by our names: as `sms`, and request_id, status, user_agent."""
    return _push(_common("2") | {"request_id": "4172212931", "status": "7"} | attributes)


def _push(attributes: dict[str, Any], archive: bytes | None = None) -> Push:
    peer = attributes.pop("peer", GATEWAY_PEER)
    return Push(fields=_fields(attributes), archive=archive, peer=peer)


def _common(type_: str) -> dict[str, Any]:
    return {
        "id": "4172212931",
        "originator": "447700900123",
        "to": ["88600"],
        "date": _SENT,
        "type": type_,
        "network": "TMOBILEUK",
    }


def _multimedia() -> dict[str, Any]:
    return _common("2") | {"subject": "Hello", "expiry": _SENT + timedelta(days=2)}


def _wire_name(name: str) -> str:
    if name not in _WIRE_NAMES:
        raise TypeError(f"a push has no {name!r}; it has {', '.join(_WIRE_NAMES)}")
    return _WIRE_NAMES[name]


def _fields(attributes: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    for name, value in attributes.items():
        values = [value] if isinstance(value, str | datetime) else [] if value is None else list(value)
        fields += [(_wire_name(name), _printed(each)) for each in values]
    return tuple(fields)


def _printed(value: object) -> str:
    """A value as the gateway writes it; a naive time gets no offset, as in the oldest edition."""
    return f"{value:%Y-%m-%d %H:%M:%S%z}" if isinstance(value, datetime) else str(value)
