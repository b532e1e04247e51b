"""Splitting a query string, or a body in the same form, into named values.

In: raw bytes. Out: fields in arrival order, blank values and repeats kept. A value that is text beyond doubt is a `str`
at once; any other is `Undecoded`, since its charset is decided where its parameter is known. Only `&` separates, a `+`
is a blank, a broken escape stays as it is. Raises `RequestTooLarge` past `max_fields` or `max_field_bytes`.
"""

from __future__ import annotations

from binascii import a2b_qp
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias
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

    def encode(self) -> bytes:
        """The bytes, asked for as those of text are."""
        return self.data


Value: TypeAlias = str | Undecoded
#: A name, what separates it from its value, and the value: as `str.partition` leaves them, since taking the middle out
#: again costs a third of splitting a query.
Field: TypeAlias = tuple[str, str, Value]

# Quoted-printable is percent-encoding with another sign, and the standard library decodes that one in C, ten times as
# fast. What separates fields, and names from values, is set aside as two control characters, RS and US, before escapes
# can mean the same.
_AS_QUOTED_PRINTABLE: Final = bytes.maketrans(b"&=+%", b"\x1e\x1f =")
# Past this, the copies of it all would cost more memory than they save time.
_AT_ONCE_BYTES: Final = 64 * 1024


def read_fields(encoded: bytes, limits: Limits, charset: str | None = None) -> list[Field]:
    """Split a query string or an urlencoded body.

    Args:
        encoded: The raw bytes.
        limits: `max_fields` and `max_field_bytes` apply.
        charset: What the sender declared for all of it, if anything.

    Raises:
        RequestTooLarge: if there are too many fields, or one is too large.
    """
    fields = _fields_at_once(encoded) if charset is None and len(encoded) <= _AT_ONCE_BYTES else None
    if fields is None:
        # The two escapes of every date are plain whatever charset is declared.
        plain = encoded.replace(b"+", b" ").replace(b"%3A", b":").replace(b"%2B", b"+")
        pieces = [piece for piece in plain.split(b"&") if piece]
        refuse_over_fields(len(pieces), limits)
        fields = [_field(piece, charset) for piece in pieces]
    elif len(fields) > limits.max_fields:
        refuse_over_fields(len(fields), limits)
    if len(encoded) > limits.max_field_bytes:
        for name, _, value in fields:
            refuse_over_field_bytes(max(len(value.encode()), len(name)), limits)
    return fields


def _fields_at_once(encoded: bytes) -> list[Field] | None:
    """All fields, decoded in one go; None for what cannot be.

    That is what has line ends, which mean something in quoted-printable; RS or US, escaped or not, which `%1` stands
    for; a broken escape, which makes another length; bytes that are not UTF-8; or a field without exactly one `=`.
    """
    text = encoded.decode("latin-1")
    if "%1" in text or "\n" in text or "\r" in text or "\x1e" in text or "\x1f" in text:
        return None
    decoded = a2b_qp(encoded.translate(_AS_QUOTED_PRINTABLE))
    if len(decoded) != len(encoded) - 2 * text.count("%"):
        return None
    try:
        pieces = decoded.decode().split("\x1e")
    except UnicodeDecodeError:
        return None
    if len(pieces) != text.count("="):
        return None
    fields: list[Field] = [piece.partition("\x1f") for piece in pieces]
    for _, separator, _ in fields:
        if not separator:
            return None
    return fields


def _field(piece: bytes, charset: str | None) -> Field:
    if b"%" not in piece and piece.isascii():
        return piece.decode().partition("=")
    name, separator, value = piece.partition(b"=")
    data = _unquoted(value)
    text: Value = Undecoded(data, charset)
    if charset is None:
        with suppress(UnicodeDecodeError):
            text = data.decode()
    return name_of(_unquoted(name)), separator.decode(), text


def _unquoted(data: bytes) -> bytes:
    """The bytes that an encoded name or value stands for."""
    if b"%" not in data:
        return data
    if b"\n" not in data and b"\r" not in data:
        quick = a2b_qp(data.replace(b"=", b"%3D").replace(b"%", b"="))
        # Each escape shortens it by two, and a broken one by less.
        if len(quick) == len(data) - 2 * data.count(b"%"):
            return quick
    return unquote_to_bytes(data)


def raw_fields(fields: list[Field]) -> RawFields:
    """Fields with the bytes of their values, before any charset."""
    return tuple([(name, value.encode()) for name, _, value in fields])


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
