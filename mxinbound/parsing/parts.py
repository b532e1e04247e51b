"""Splitting a multipart body into its parts. The only importer of `multipart`.

In: a body, wherever it is, and its boundary. Out: its parts: what the header of each says, and where its bytes are.
The boundary is searched where the body lies, so nothing is copied; what a header means, the library says. Raises
`BrokenBody`, and `RequestTooLarge` past `max_fields`.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen
from multipart import MultipartSegment, ParserLimitReached, PushMultipartParser

from mxinbound import wire
from mxinbound.body import CHUNK_BYTES, BodySource, SpooledBody, read_at
from mxinbound.charsets import codec_of, is_ascii_superset
from mxinbound.parsing.query import name_of, refuse_over_fields

if TYPE_CHECKING:
    from mxinbound.limits import Limits

# The header block of a part is three lines in the wild; a part with more than this is not a form's. A line that
# continues another is one too: the library copies the whole header for each, thousands of times if it may.
_MAX_HEADERS: Final = 32
_MAX_HEADER_BYTES: Final = 4096 + 128
#: A block longer than this breaks one of the two.
_MAX_HEAD_BYTES: Final = (_MAX_HEADERS + 1) * (_MAX_HEADER_BYTES + 2)

# How much is searched at first: most parts are small.
_SEARCH_BYTES: Final = 8 * 1024


class BrokenBody(ValueError):
    """There is no telling the parts; the sentence says what is wrong, and quotes nothing."""


_BROKEN: Final = "the multipart body is broken: expected parts between the declared boundary, closed by a last one"
_LONG_HEADER: Final = "a part of the multipart body has too long a header"


#: How sure it is that a part is the zip, if only its bytes can tell.
BY_CONTENT: Final = 3


@frozen
class Head:
    """What the header of a part says.

    Attributes:
        name: The part's name as it is spelt.
        charset: What it declares.
        has_ascii: Whether plain ASCII bytes are plain ASCII text in that.
        is_parameter: Whether it has one of the contract's names other than the zip's.
        is_file: Whether it has a file name, or a type that is not text.
        zip_rank: How sure it is that the part is the zip, 0 for by its name and `BY_CONTENT` for not yet; None if it is
            none.
        size: Its Content-Length, if it has one.
    """

    name: str
    charset: str | None
    has_ascii: bool
    is_parameter: bool
    is_file: bool
    zip_rank: int | None
    size: int | None

    @classmethod
    def of(cls, segment: MultipartSegment) -> Head:
        """What the library read, in our terms."""
        # Header lines are read as ISO-8859-1, which fits any bytes; a name may still be UTF-8.
        name = name_of((segment.name or "").encode("latin-1"))
        size = segment.header("Content-Length")
        return cls(
            name=name,
            charset=segment.charset,
            has_ascii=is_ascii_superset(codec_of(segment.charset) or "utf-8"),
            is_parameter=wire.lookup(name) in wire.FIELD_NAMES,
            is_file=segment.filename is not None or not (segment.content_type or "text/").startswith("text/"),
            zip_rank=_zip_rank(name, (segment.filename or "").lower().replace("\\", "/").rpartition("/")[2]),
            size=None if size is None else int(size),
        )


def _zip_rank(name: str, filename: str) -> int | None:
    parameter = wire.lookup(name)
    if parameter == wire.ZIP:
        return 0
    if filename == wire.ZIP:
        return 1
    if wire.ZIP_ALIAS in {name.strip().lower(), filename}:
        return 2
    return BY_CONTENT if parameter is None else None


#: A part: its header, where its bytes start, and how many they are.
Part: TypeAlias = tuple[Head, int, int]


def split(body: BodySource, boundary: str, limits: Limits) -> list[Part]:
    """Find the parts of a body.

    Raises:
        BrokenBody: if they are not all between the boundary, if the last one is missing, or if a header is no header.
        RequestTooLarge: if there are more than `max_fields` and the zip.
    """
    if not boundary or "\n" in boundary or not (boundary.isascii() or max(boundary) <= "\xff"):
        raise BrokenBody(_BROKEN)
    delimiter = f"\r\n--{boundary}".encode("latin-1")
    text = body if isinstance(body, bytes) else _File(body)
    parts: list[Part] = []
    at = text.find(delimiter[2:], 0)
    if at < 0 or (at and text[max(0, at - 2) : at] != b"\r\n"):
        raise BrokenBody(_BROKEN)
    at += len(delimiter) - 2
    while (end := text.find(b"\r\n\r\n", at, at + _MAX_HEAD_BYTES)) >= 0:
        start = end + 4
        block = text[at:start]
        head = _known_heads.get(block)
        if head is None and not block.startswith(b"\r\n"):
            break
        if len(parts) > limits.max_fields:
            refuse_over_fields(len(parts), limits)
        head = head or _read_head(block)
        # RFC 2046 section 5.1.1: no content starts with the boundary. Where one seems to, there is none, and the blank
        # line is the boundary's own line end.
        at = text.find(delimiter, start - 2)
        size = at - start if at > start else 0
        if at < 0 or head.size not in (None, size):
            raise BrokenBody(_BROKEN)
        parts.append((head, start, size))
        at += len(delimiter)
    line_end = text[at : at + 2]
    if line_end == b"\r\n":
        refuse_over_fields(len(parts), limits)
        _read_head(text[at : at + _MAX_HEAD_BYTES] + b"\r\n\r\n")  # which knows whether it is too long
    if line_end != b"--":
        raise BrokenBody(_BROKEN)
    return parts


# Reading a header block takes longer than all else about a small part, and nearly all are one of a few. Only those made
# of nothing but the words below are remembered, so that nothing a sender wrote of their own is ever kept.
_USUAL_HEAD: Final = (
    rb"(?:\r\n(?:"
    rb"Content-Disposition: form-data; name=\"(?:%s)\"(?:; filename=\"(?:mms\.zip)?\")?"
    rb"|Content-Type: (?:text/plain|application/(?:zip|x-zip-compressed|octet-stream))"
    rb"(?:; ?charset=\"?(?:utf-8|us-ascii|iso-8859-15?)\"?)?"
    rb"|Content-Transfer-Encoding: (?:[78]bit|binary)"
    rb")){1,3}\r\n\r\n" % b"|".join(re.escape(name.encode()) for name in wire.EXACT_NAMES)
)
_MAX_KNOWN_HEADS: Final = 256
_known_heads: dict[bytes, Head] = {}


class _Parser(PushMultipartParser):
    """A part needs no Content-Disposition: a zip is told by its bytes too."""

    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment:
        return MultipartSegment(headerlist)


def _read_head(block: bytes) -> Head:
    """What a header says: the block from the line end of the boundary to the blank line, both included."""
    if block.count(b"\r\n", 2, -4) >= _MAX_HEADERS:
        raise BrokenBody(_LONG_HEADER)
    sentence = _BROKEN
    try:
        parser = _Parser(
            b"-", max_header_size=_MAX_HEADER_BYTES, max_header_count=_MAX_HEADERS, header_charset="latin-1"
        )
        segment = next(parser.parse(b"---" + block))
        assert isinstance(segment, MultipartSegment)  # the first event of a part whose header is complete
        head = Head.of(segment)
    except ParserLimitReached as error:
        _release(error)
        sentence = _LONG_HEADER
    except ValueError as error:  # a MultipartError is one
        _release(error)
    else:
        if re.fullmatch(_USUAL_HEAD, block, re.IGNORECASE):
            if len(_known_heads) >= _MAX_KNOWN_HEADS:
                _known_heads.clear()
            _known_heads[block] = head
        return head
    # Raised out here, so that no context of it holds what the parser was reading.
    raise BrokenBody(sentence)


def _release(error: Exception) -> None:
    # The parser keeps its error, and the error its frames, and those the body: a circle that would keep the body's
    # temporary file until the garbage collector comes by.
    error.__traceback__ = None


class _File:
    """A body that is no `bytes`, to be searched and sliced as if it were."""

    def __init__(self, body: BodySource) -> None:
        self._body = body

    def __getitem__(self, stretch: slice[int, int, None]) -> bytes:
        return read_at(self._body, stretch.start, stretch.stop - stretch.start)

    def find(self, needle: bytes, start: int, end: int = sys.maxsize) -> int:
        boundary = self._body.boundary if isinstance(self._body, SpooledBody) else None
        if boundary and needle == boundary.line:  # which is always searched for to the end
            return boundary.find(start)
        step = _SEARCH_BYTES
        while chunk := read_at(self._body, start, min(step + len(needle) - 1, end - start)):
            found = chunk.find(needle)
            if found >= 0:
                return start + found
            start += step
            step = min(2 * step, CHUNK_BYTES)
        return -1
