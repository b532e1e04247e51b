"""Splitting a multipart body into its parts. The only importer of `multipart`.

In: a body, wherever it is, and its boundary. Out: its parts: what the header of each says, and where its bytes are.
The boundary is searched where the body lies, so nothing is copied; what a header means, the library says. Raises
`BrokenBody`, and `RequestTooLarge` past `max_fields`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from attrs import frozen
from multipart import MultipartSegment, ParserLimitReached, PushMultipartParser

from mxinbound import wire
from mxinbound.body import CHUNK_BYTES, BodySource, read_at
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


@frozen
class Head:
    """What the header of a part says.

    Attributes:
        name: The part's name as it is spelt.
        parameter: The parameter of the contract that the name spells, if it does.
        filename: The last component of its file name, lower-case; empty without one.
        charset: What it declares.
        has_ascii: Whether plain ASCII bytes are plain ASCII text in that.
        is_file: Whether it has a file name, or a type that is not text.
        zip_rank: How sure it is that the part is the zip, 0 for by its name; None if the header does not tell.
        size: Its Content-Length, if it has one.
    """

    name: str
    parameter: str | None
    filename: str
    charset: str | None
    has_ascii: bool
    is_file: bool
    zip_rank: int | None
    size: int | None

    @classmethod
    def of(cls, segment: MultipartSegment) -> Head:
        """What the library read, in our terms."""
        # Header lines are read as ISO-8859-1, which fits any bytes; a name may still be UTF-8.
        name = name_of((segment.name or "").encode("latin-1"))
        filename = (segment.filename or "").lower().replace("\\", "/").rpartition("/")[2]
        size = segment.header("Content-Length")
        return cls(
            name=name,
            parameter=wire.lookup(name),
            filename=filename,
            charset=segment.charset,
            has_ascii=is_ascii_superset(codec_of(segment.charset) or "utf-8"),
            is_file=segment.filename is not None or not (segment.content_type or "text/").startswith("text/"),
            zip_rank=_zip_rank(name.strip().lower(), filename),
            size=None if size is None else int(size),
        )


def _zip_rank(name: str, filename: str) -> int | None:
    if name == wire.ZIP:
        return 0
    if filename == wire.ZIP:
        return 1
    return 2 if wire.ZIP_ALIAS in {name, filename} else None


#: Finds bytes in the body, between two places: `bytes.find`, or the like.
Find: TypeAlias = Callable[..., int]


class Part(NamedTuple):
    """A part of a multipart body: its header, and where its bytes are."""

    head: Head
    start: int
    size: int


def split(body: BodySource, boundary: str, limits: Limits) -> list[Part]:
    """Find the parts of a body.

    Raises:
        BrokenBody: if they are not all between the boundary, if the last one is missing, or if a header is no header.
        RequestTooLarge: if there are more than `max_fields` and the zip.
    """
    if not boundary or "\n" in boundary or max(boundary) > "\xff":
        raise BrokenBody(_BROKEN)
    delimiter = f"\r\n--{boundary}".encode("latin-1")
    find: Find = body.find if isinstance(body, bytes) else partial(_find, body)
    parts: list[Part] = []
    at = find(delimiter[2:], 0)
    if at < 0 or (at and read_at(body, max(0, at - 2), 2) != b"\r\n"):
        raise BrokenBody(_BROKEN)
    at += len(delimiter) - 2
    while (line_end := read_at(body, at, 2)) == b"\r\n":
        if len(parts) > limits.max_fields:
            refuse_over_fields(len(parts), limits)
        head, start = _head_at(body, at, find)
        # RFC 2046 section 5.1.1: no content starts with the boundary. Where one seems to, there is none, and the blank
        # line is the boundary's own line end.
        at = find(delimiter, start - 2)
        size = max(0, at - start)
        if at < 0 or head.size not in (None, size):
            raise BrokenBody(_BROKEN)
        parts.append(Part(head, start, size))
        at += len(delimiter)
    if line_end != b"--":
        raise BrokenBody(_BROKEN)
    return parts


def _head_at(body: BodySource, at: int, find: Find) -> tuple[Head, int]:
    """The header of the part after the boundary that ends at `at`, and where its content starts."""
    end = find(b"\r\n\r\n", at, at + _MAX_HEAD_BYTES)
    if end < 0:
        _read_head(read_at(body, at + 2, _MAX_HEAD_BYTES))  # which knows whether it is too long
        raise BrokenBody(_BROKEN)
    # Without any header line the blank one follows the boundary at once, and its line end is the boundary's.
    block = read_at(body, at + 2, end - at - 2)
    head = _known_heads.get(block)
    if head is None:
        head = _read_head(block)
        if re.fullmatch(_USUAL_HEAD, block, re.IGNORECASE):
            if len(_known_heads) >= _MAX_KNOWN_HEADS:
                _known_heads.clear()
            _known_heads[block] = head
    return head, end + 4


# Reading a header block takes longer than all else about a small part, and nearly all are one of a few. Only those made
# of nothing but the words below are remembered, so that nothing a sender wrote of their own is ever kept.
_USUAL_HEAD: Final = (
    rb"(?:(?:\A|\r\n)(?:"
    rb"Content-Disposition: form-data; name=\"(?:%s)\"(?:; filename=\"(?:mms\.zip)?\")?"
    rb"|Content-Type: (?:text/plain|application/(?:zip|x-zip-compressed|octet-stream))"
    rb"(?:; ?charset=\"?(?:utf-8|us-ascii|iso-8859-15?)\"?)?"
    rb"|Content-Transfer-Encoding: (?:[78]bit|binary)"
    rb")){1,3}" % b"|".join(re.escape(name.encode()) for name in wire.EXACT_NAMES)
)
_MAX_KNOWN_HEADS: Final = 256
_known_heads: dict[bytes, Head] = {}


class _Parser(PushMultipartParser):
    """A part needs no Content-Disposition: a zip is told by its bytes too."""

    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment:
        return MultipartSegment(headerlist)


def _read_head(block: bytes) -> Head:
    if block.count(b"\r\n") >= _MAX_HEADERS:
        raise BrokenBody(_LONG_HEADER)
    sentence = _BROKEN
    try:
        parser = _Parser(
            b"-", max_header_size=_MAX_HEADER_BYTES, max_header_count=_MAX_HEADERS, header_charset="latin-1"
        )
        segment = next(parser.parse(b"---\r\n" + block + b"\r\n\r\n"))
        assert isinstance(segment, MultipartSegment)  # the first event of a part whose header is complete
        return Head.of(segment)
    except ParserLimitReached as error:
        _release(error)
        sentence = _LONG_HEADER
    except ValueError as error:  # a MultipartError is one
        _release(error)
    # Raised out here, so that no context of it holds what the parser was reading.
    raise BrokenBody(sentence)


def _release(error: Exception) -> None:
    # The parser keeps its error, and the error its frames, and those the body: a circle that would keep the body's
    # temporary file until the garbage collector comes by.
    error.__traceback__ = None


def _find(body: BodySource, needle: bytes, start: int, end: int = sys.maxsize) -> int:
    """As `bytes.find`, in a body that is none."""
    step = _SEARCH_BYTES
    while chunk := read_at(body, start, min(step + len(needle) - 1, end - start)):
        found = chunk.find(needle)
        if found >= 0:
            return start + found
        start += step
        step = min(2 * step, CHUNK_BYTES)
    return -1
