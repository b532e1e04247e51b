"""Builders for pushes: what the gateway would send, ready for whatever takes it.

In: the attributes of a message, by our names for them. Out: a `Push`, immutable, in the forms of `forms`. No value is
checked: `but` makes pushes that are as wrong as you like.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import quote_plus

from attrs import evolve, field, frozen

from mxinbound import wire
from mxinbound.testing.forms import GATEWAY_PEER, Forms, RawPush
from mxinbound.testing.zips import Part, build_zip

BOUNDARY: Final = "mxinbound-testing-7d3f9a"

_SENT: Final = datetime(2010, 8, 21, 17, 32, 21, tzinfo=timezone.utc)
_EXPIRES: Final = _SENT + timedelta(days=2)
_ID: Final = "4172212931"
_ORIGINATOR: Final = "447700900123"
_TO: Final = ("88600",)
_NETWORK: Final = "TMOBILEUK"
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
# Where a blank can only be a plus that was lost, so that a sender may leave it raw.
_PLUS_MAY_BE_RAW: Final = frozenset({wire.FROM, wire.TO, wire.CC, wire.DATE, wire.EXPIRY})

#: One value of an attribute; bytes go out as they are.
Value: TypeAlias = "str | bytes | datetime | None"


@frozen(kw_only=True)
class Packaging:
    """How a push is put into a request. Whichever way it is, the same message comes out of it.

    Attributes:
        form: `"query"` is a GET. The others are a POST: of a multipart form, of a urlencoded one, or of the zip alone
            with the fields in the query.
        charset: What texts are encoded in.
        charset_declared: Whether a form says so, a multipart one for each part.
        raw_plus: Whether the pluses of numbers and dates go into a query unescaped, and so arrive as blanks.
        fields_in_query: Whether the fields of a multipart form are in the query instead.
        apache: Whether the parts have headers as Apache's HTTP client writes them.
        chunked: Whether a body comes without a length, in HTTP's chunked coding.
    """

    form: Literal["query", "multipart", "urlencoded", "zip"] = "query"
    charset: str = "utf-8"
    charset_declared: bool = False
    raw_plus: bool = False
    fields_in_query: bool = False
    apache: bool = False
    chunked: bool = False


@frozen(kw_only=True)
class Push(Forms):
    """What the gateway sends for one message.

    Attributes:
        fields: The parameters by the contract's names, in order.
        archive: The zip of an MMS: sent in a POST, there to be fetched with a notification; None for the others.
        peer: Where the push comes from.
        packaging: How it is put into a request.
    """

    fields: tuple[tuple[str, str | bytes], ...] = field(repr=False)
    archive: bytes | None = field(default=None, repr=False)
    peer: str = GATEWAY_PEER
    packaging: Packaging = Packaging()

    def but(self, *without: str, **changes: Any) -> Push:
        """A copy without some attributes and with others changed, by our names for them; a list for several values.

        Raises:
            TypeError: for a name that no push has.
        """
        own = {name: changes.pop(name) for name in ("archive", "peer") if name in changes}
        extra = _extra(changes.pop("extra", ()))
        fields = list(self.fields)
        for name in (*without, *changes):
            fields = [pair for pair in fields if pair[0] != _wire_name(name)]
        return evolve(self, fields=(*fields, *_fields(changes), *extra), **own)

    def packed(self, **how: Any) -> Push:
        """A copy that is put into a request in another way, by the attributes of `Packaging`."""
        return evolve(self, packaging=evolve(self.packaging, **how))

    @property
    def id(self) -> str:
        """The message's id; empty if it has none."""
        value = dict(reversed(self.fields)).get(wire.ID, "")
        return value if isinstance(value, str) else value.decode(self.packaging.charset)

    @property
    def method(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """GET or POST."""
        return "GET" if self.packaging.form == "query" else "POST"

    @property
    def query(self) -> bytes:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The query string."""
        in_query = self.packaging.form in {"query", "zip"} or self.packaging.fields_in_query
        return self._urlencoded() if in_query else b""

    @property
    def body(self) -> bytes:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The body of a POST."""
        if self.packaging.form == "multipart":
            return self._multipart()
        if self.packaging.form == "urlencoded":
            return self._urlencoded()
        return self.archive or b"" if self.packaging.form == "zip" else b""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The header pairs, sorted, lower-case."""
        pairs = [("host", "localhost"), ("user-agent", "Jakarta Commons-HttpClient/3.1")]
        if self.method == "POST":
            length = ("transfer-encoding", "chunked") if self.packaging.chunked else None
            pairs += [("content-type", self._content_type()), length or ("content-length", str(len(self.body)))]
        return tuple(sorted(pairs))

    @property
    def raw(self) -> RawPush:
        """The same as it stands on the wire, to be spoiled with `attrs.evolve`."""
        headers = tuple(pair for pair in self.headers if pair[0] not in {"content-length", "transfer-encoding"})
        return RawPush(
            method=self.method,
            query=self.query,
            headers=headers,
            body=self.body,
            peer=self.peer,
            chunked=self.packaging.chunked and self.method == "POST",
        )

    def _content_type(self) -> str:
        if self.packaging.form == "multipart":
            return f"multipart/form-data; boundary={BOUNDARY}"
        return "application/zip" if self.packaging.form == "zip" else f"application/x-www-form-urlencoded{self._said()}"

    def _said(self) -> str:
        return f"; charset={self.packaging.charset}" if self.packaging.charset_declared else ""

    def _encoded(self, value: str | bytes) -> bytes:
        return value if isinstance(value, bytes) else value.encode(self.packaging.charset)

    def _urlencoded(self) -> bytes:
        return "&".join(
            f"{quote_plus(self._encoded(name))}={self._escaped(name, value)}" for name, value in self.fields
        ).encode()

    def _escaped(self, name: str, value: str | bytes) -> str:
        raw = self.packaging.raw_plus and name in _PLUS_MAY_BE_RAW
        return quote_plus(self._encoded(value), safe="+" if raw else "")

    def _multipart(self) -> bytes:
        parts = (
            []
            if self.packaging.fields_in_query
            else [self._part(name, self._encoded(text)) for name, text in self.fields]
        )
        if self.archive is not None:
            parts.append(self._file(self.archive))
        return (
            b"".join(f"--{BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
        )

    def _part(self, name: str, data: bytes) -> bytes:
        lines = [f'Content-Disposition: form-data; name="{name}"']
        if self.packaging.charset_declared or self.packaging.apache:
            lines.append(f"Content-Type: text/plain; charset={self.packaging.charset}")
        if self.packaging.apache:
            lines.append("Content-Transfer-Encoding: 8bit")
        return _with_head(lines, data)

    def _file(self, archive: bytes) -> bytes:
        lines = [f'Content-Disposition: form-data; name="{wire.ZIP}"; filename="{wire.ZIP}"']
        lines.append(
            "Content-Type: application/octet-stream" if self.packaging.apache else "Content-Type: application/zip"
        )
        if self.packaging.apache:
            lines.append("Content-Transfer-Encoding: binary")
        return _with_head(lines, archive)


def sms(
    text: Value = "Hello",
    *,
    id: Value = _ID,
    originator: Value = _ORIGINATOR,
    to: Value | Sequence[Value] = _TO,
    date: Value = _SENT,
    type: Value = wire.TYPE_SMS,
    network: Value = _NETWORK,
    extra: Iterable[tuple[str, str | bytes]] = (),
    peer: str = GATEWAY_PEER,
) -> Push:
    """An SMS by GET.

    Args:
        text: Its text. Here and below: bytes go out as they are, None leaves the parameter out, a time without an
            offset is written without one, and a list is several values.
        id: The message's id. It is the same for every push, unless you give others.
        originator: Who sent it.
        to: The recipients.
        date: When it was sent.
        type: The contract's number for the kind of message.
        network: The sender's network.
        extra: Parameters of your own, by the names on the wire.
        peer: The address that the push comes from.
    """
    values = {"id": id, "originator": originator, "to": to, "date": date, "type": type, "network": network}
    return Push(fields=(*_fields(values | {"text": text}), *_extra(extra)), peer=peer)


def mms_notification(
    parts: Iterable[Part] = _PARTS,
    *,
    smil: bool | str | bytes = False,
    manifest: bool | str | bytes = True,
    archive: bytes | None = None,
    id: Value = _ID,
    originator: Value = _ORIGINATOR,
    to: Value | Sequence[Value] = _TO,
    date: Value = _SENT,
    type: Value = wire.TYPE_MMS,
    network: Value = _NETWORK,
    cc: Value | Sequence[Value] = (),
    subject: Value = "Hello",
    expiry: Value = _EXPIRES,
    extra: Iterable[tuple[str, str | bytes]] = (),
    peer: str = GATEWAY_PEER,
) -> Push:
    """Word of an MMS by GET. What is in the MMS goes along for a `FakeGateway` to serve, and is not in the request.

    Args:
        parts, smil, manifest: What its zip is built from, as by `build_zip`.
        archive: The zip whole, instead of them.
        id, originator, to, date, type, network, extra, peer: As for `sms`.
        cc: Further recipients.
        subject: The subject.
        expiry: Until when the MMS can be fetched.
    """
    values = {"id": id, "originator": originator, "to": to, "date": date, "type": type, "network": network}
    fields = (*_fields(values | {"cc": cc, "subject": subject, "expiry": expiry}), *_extra(extra))
    return Push(
        fields=fields, archive=build_zip(parts, smil=smil, manifest=manifest) if archive is None else archive, peer=peer
    )


def mms(parts: Iterable[Part] = _PARTS, **attributes: Any) -> Push:
    """An MMS by multipart POST, its zip in it; everything as for `mms_notification`."""
    return mms_notification(parts, **attributes).packed(form="multipart")


def report(
    *,
    request_id: Value = _ID,
    status: Value = "7",
    user_agent: Value = None,
    id: Value = "77",
    originator: Value = _ORIGINATOR,
    to: Value | Sequence[Value] = _TO,
    date: Value = _SENT,
    type: Value = "2",
    network: Value = None,
    extra: Iterable[tuple[str, str | bytes]] = (),
    peer: str = GATEWAY_PEER,
) -> Push:
    """A delivery or read report by GET.

    Args:
        request_id: The id of the MMS that it reports on.
        status: The number of what became of it; 7 is "Read".
        user_agent: The device of the recipient.
        id, originator, to, date, type, network, extra, peer: As for `sms`.
    """
    values = {"id": id, "originator": originator, "to": to, "date": date, "type": type, "network": network}
    reported = {"request_id": request_id, "status": status, "user_agent": user_agent}
    return Push(fields=(*_fields(values | reported), *_extra(extra)), peer=peer)


def _wire_name(name: str) -> str:
    if name not in _WIRE_NAMES:
        raise TypeError(f"a push has no {name!r}; it has {', '.join(_WIRE_NAMES)}")
    return _WIRE_NAMES[name]


def _fields(attributes: dict[str, Any]) -> tuple[tuple[str, str | bytes], ...]:
    fields: list[tuple[str, str | bytes]] = []
    for name, value in attributes.items():
        values: Iterable[Any] = (value,) if isinstance(value, str | bytes | datetime | None) else value
        fields += [(_wire_name(name), _printed(each)) for each in values if each is not None]
    return tuple(fields)


def _extra(pairs: Iterable[tuple[str, str | bytes]]) -> tuple[tuple[str, str | bytes], ...]:
    return tuple((name, value) for name, value in pairs)


def _printed(value: str | bytes | datetime) -> str | bytes:
    """A value as the gateway writes it; a naive time gets no offset, as in the oldest edition."""
    return f"{value:%Y-%m-%d %H:%M:%S%z}" if isinstance(value, datetime) else value


def _with_head(lines: Iterable[str], data: bytes) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + data
