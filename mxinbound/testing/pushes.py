"""Builders for pushes: what the gateway would send, ready for whatever takes it.

In: the attributes of a message, by our names for them. Out: a `Push`, immutable, in the forms of `forms`. No value is
checked: `but` makes pushes that are as wrong as you like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timezone
from itertools import chain
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

from mxinbound import wire
from mxinbound.testing.forms import GATEWAY_PEER, HOST, Forms, RawPush
from mxinbound.testing.packaging import Fields, Packaging
from mxinbound.testing.zips import Part, build_zip

_SENT: Final = datetime(2010, 8, 21, 17, 32, 21, tzinfo=timezone.utc)
# The gateway's are days away. This one is when the tests run, whenever that is.
_EXPIRES: Final = datetime(2099, 12, 31, 12, tzinfo=timezone.utc)
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

#: One value of an attribute; bytes go out as they are.
Value: TypeAlias = "str | bytes | datetime | None"


@frozen(kw_only=True)
class Push(Forms):
    """What the gateway sends for one message.

    Attributes:
        fields: The parameters by the contract's names, in order.
        archive: The zip of an MMS: sent in a POST, there to be fetched with a notification; None for the others.
        peer: Where the push comes from.
        packaging: How it is put into a request.
    """

    fields: Fields = field(repr=False)
    archive: bytes | None = field(default=None, repr=False)
    peer: str = GATEWAY_PEER
    packaging: Packaging = field(factory=Packaging)

    def but(self, *without: str, **changes: Any) -> Push:
        """A copy without some attributes and with others changed, by our names for them; a list for several values.

        What is changed stays in its place. `extra` is added to what is there.

        Raises:
            TypeError: for a name that no push has.
        """
        own = {name: changes.pop(name) for name in ("archive", "peer") if name in changes}
        if "archive" in without:
            own["archive"] = None
        extra = _extra(changes.pop("extra", ()))
        changed = {_wire_name(name): () for name in without if name != "archive"} | {
            _wire_name(name): _fields({name: value}) for name, value in changes.items()
        }
        fields: list[tuple[str, str | bytes]] = []
        ahead = dict(changed)
        for pair in self.fields:
            fields += ahead.pop(pair[0], ()) if pair[0] in changed else (pair,)
        return evolve(self, fields=(*fields, *chain(*ahead.values()), *extra), **own)

    def packed(self, **how: Any) -> Push:
        """A copy that is put into a request in another way, by the attributes of `Packaging`.

        Raises:
            ValueError: for a form that there is not.
        """
        return evolve(self, packaging=evolve(self.packaging, **how))

    @property
    def id(self) -> str:
        """The message's id; empty if it has none."""
        value = dict(reversed(self.fields)).get(wire.ID, "")
        return value if isinstance(value, str) else value.decode(self.packaging.charset, "backslashreplace")

    @property
    def method(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """GET or POST."""
        return self.packaging.method

    @property
    def query(self) -> bytes:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The query string."""
        return self.packaging.query_of(self.fields)

    @property
    def body(self) -> bytes:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The body of a POST."""
        return self.packaging.body_of(self.fields, self.archive)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The header pairs, sorted, lower-case."""
        pairs = [("host", HOST), ("user-agent", "Jakarta Commons-HttpClient/3.1")]
        if self.method == "POST":
            length = ("transfer-encoding", "chunked") if self.packaging.chunked else None
            pairs += [("content-type", self.packaging.content_type), length or ("content-length", str(len(self.body)))]
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
    smil: bool | str | bytes | None = False,
    manifest: bool | str | bytes | None = True,
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
        raise TypeError(f"a push has no {name!r}; it has {', '.join(_WIRE_NAMES)}, archive, extra, peer")
    return _WIRE_NAMES[name]


def _fields(attributes: dict[str, Any]) -> Fields:
    fields: list[tuple[str, str | bytes]] = []
    for name, value in attributes.items():
        for each in value if _is_list(value) else (value,):
            if not isinstance(each, str | bytes | datetime | None):
                kind = type(each).__name__
                raise TypeError(f"{name} is a str, bytes, a datetime, None or a list of them, not {kind}")
            if each is not None:
                fields.append((_wire_name(name), _printed(each)))
    return tuple(fields)


def _is_list(value: object) -> bool:
    # What has no order of its own is none.
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | AbstractSet | Mapping)


def _extra(pairs: Iterable[tuple[str, str | bytes]]) -> Fields:
    checked: list[tuple[str, str | bytes]] = []
    for pair in pairs:
        match pair:
            case (str() as name, (str() | bytes()) as value):
                checked.append((name, value))
            case _:
                raise TypeError("extra takes pairs of a name and a value, which is a str or bytes")
    return tuple(checked)


def _printed(value: str | bytes | datetime) -> str | bytes:
    """A value as the gateway writes it; a naive time gets no offset, as in the oldest edition."""
    if not isinstance(value, datetime):
        return value
    # strftime's own year has four digits on some platforms only.
    return f"{value.replace(tzinfo=None).isoformat(' ', 'seconds')}{value:%z}"
