"""Splitting a query string, or a body in the same form, into named values.

In: raw bytes. Out: fields in arrival order, blank values and repeats kept. A value that is plain ASCII is a `str` at
once; any other is `Undecoded`, since its charset is decided where its parameter is known. Only `&` separates, a `+` is
a blank, a broken escape stays as it is. Raises `RequestTooLarge` past `max_fields` or `max_field_bytes`.
"""

from __future__ import annotations

from binascii import a2b_qp
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote_to_bytes

from attrs import field, frozen

from mxinbound.charsets import decode

if TYPE_CHECKING:
    from mxinbound.limits import Limits
    from mxinbound.messages import RawFields


@frozen
class Undecoded:
    """The bytes of a value, and the charset its sender declared for it."""

    data: bytes = field(repr=False)
    charset: str | None


Value: TypeAlias = str | Undecoded
#: A name, what separates it from its value, and the value: as `str.partition` leaves them, since taking the middle out
#: again costs a third of splitting a query.
Field: TypeAlias = tuple[str, str, Value]


def read_fields(encoded: bytes, limits: Limits, charset: str | None = None) -> list[Field]:
    """Split a query string or an urlencoded body.

    Args:
        encoded: The raw bytes.
        limits: `max_fields` and `max_field_bytes` apply.
        charset: What the sender declared for all of it, if anything.

    Raises:
        RequestTooLarge: if there are too many fields, or one is too large.
    """
    text = encoded.decode("latin-1").replace("+", " ")
    if "%" in text:
        # The two escapes that every date holds, in one pass each. Neither is a separator or a percent sign, so what is
        # left means the same as before.
        text = text.replace("%3A", ":").replace("%2B", "+")
    pieces = text.split("&")
    if len(pieces) > limits.max_fields:
        pieces = [piece for piece in pieces if piece]
        refuse_over_fields(len(pieces), limits)
    if "%" not in text and text.isascii():
        fields: list[Field] = [piece.partition("=") for piece in pieces if piece]
    else:
        fields = [_field(piece, charset) for piece in pieces if piece]
    if len(encoded) > limits.max_field_bytes:
        for name, _, value in fields:
            size = len(value.encode() if isinstance(value, str) else value.data)
            refuse_over_field_bytes(max(size, len(name)), limits)
    return fields


def _field(piece: str, charset: str | None) -> Field:
    if "%" not in piece and piece.isascii():
        return piece.partition("=")
    name, separator, value = piece.partition("=")
    if "%" in name or not name.isascii():
        name = name_of(_unquoted(name))
    data = _unquoted(value)
    if charset is None:
        try:
            return name, separator, data.decode()
        except UnicodeDecodeError:
            pass
    return name, separator, Undecoded(data, charset)


def _unquoted(text: str) -> bytes:
    """The bytes that an encoded value stands for."""
    data = text.encode("latin-1")
    if b"\n" not in data and b"\r" not in data:  # either means something in quoted-printable
        # Quoted-printable is percent-encoding with another sign, and the standard library decodes that one in C, ten
        # times as fast. Each escape shortens the text by two, and a broken one by less, so the length tells.
        quick = a2b_qp(data.replace(b"=", b"%3D").replace(b"%", b"="))
        if len(quick) == len(data) - 2 * data.count(b"%"):
            return quick
    return unquote_to_bytes(data)


def raw_fields(fields: list[Field]) -> RawFields:
    """Fields with the bytes of their values, before any charset; what was decoded was UTF-8, and is so again."""
    return tuple([(name, value.encode() if isinstance(value, str) else value.data) for name, _, value in fields])


def name_of(data: bytes) -> str:
    """A parameter's name as text."""
    return decode(data, None, "latin-1")[0]


def refuse_over_fields(count: int, limits: Limits) -> None:
    """Refuse a number of fields over `max_fields`.

    Raises:
        RequestTooLarge: if it is.
    """
    limits.refuse_over("max_fields", count, "the request has more fields than")


def refuse_over_field_bytes(size: int, limits: Limits) -> None:
    """Refuse a name or value over `max_field_bytes`.

    Raises:
        RequestTooLarge: if it is.
    """
    limits.refuse_over("max_field_bytes", size, "a field is larger than")
