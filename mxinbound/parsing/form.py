"""From a request to its fields and its zip, however they are packed. The only importer of `multipart`.

In: an `InboundRequest` with its body complete. Out: a `Form`: the fields that count, in order, and a window on the zip.
The body is never decoded as a whole and never copied: the parser tells the parts and their sizes, and windows look at
where they are. Raises `UnreadablePush`, `RequestTooLarge`, `MethodNotAllowed`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen
from multipart import MultipartSegment, ParserLimitReached, PushMultipartParser

from mxinbound import wire
from mxinbound.body import BODY_TOO_LARGE, BodySource, Window, read_at, whole
from mxinbound.charsets import codec_of, is_ascii_superset
from mxinbound.errors import MethodNotAllowed, UnreadablePush
from mxinbound.messages import Defect, RawFields
from mxinbound.mms.content_types import parse_content_type
from mxinbound.parsing.defects import known_defect
from mxinbound.parsing.query import (
    Field,
    Undecoded,
    Value,
    name_of,
    raw_fields,
    read_fields,
    refuse_over_field_bytes,
    refuse_over_fields,
)

if TYPE_CHECKING:
    from mxinbound.limits import Limits
    from mxinbound.request import InboundRequest

#: Content types of a body that is read as `name=value&…`. Some servers say text/plain where nothing was declared.
_URLENCODED: Final = frozenset({"application/x-www-form-urlencoded", "text/plain", ""})
_ZIP_TYPES: Final = frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"})
# The header block of a part is three lines in the wild; a part with more than this is not a form's.
_MAX_PART_HEADERS: Final = 32
_SEPARATORS: Final = re.compile(rb"&{2,}")
_SEARCH_BYTES: Final = 8 * 1024


@define
class Form:
    """The fields of a push.

    Attributes:
        request: The push.
        fields: Those that count: the body's, then the query's whose names the body does not have.
        raw: Makes every field as name and bytes, the zip left out.
        zip: Where the zip is, if there is one.
        defects: What was odd about the packing.
    """

    request: InboundRequest
    fields: list[Field] = field(repr=False)
    raw: Callable[[], RawFields]
    zip: Window | None = None
    defects: tuple[Defect, ...] = ()


def read_form(request: InboundRequest, limits: Limits) -> Form:
    """Split a request into its fields.

    Raises:
        UnreadablePush: if the body is in no form that can be read.
        RequestTooLarge: if it exceeds a limit.
        MethodNotAllowed: if the method is neither GET nor POST.
    """
    limits.refuse_over("max_query_bytes", len(request.query), "the query string is longer than")
    method = request.method
    if method == "POST":
        return _read_post(request, limits)
    if method == "GET":
        return Form(request, read_fields(request.query, limits), lambda: raw_fields(request.query))
    if request.is_probe:
        raise UnreadablePush(f"a {method} request carries no message", request=request)
    raise MethodNotAllowed("a push is a GET or a POST")


def _read_post(request: InboundRequest, limits: Limits) -> Form:
    body = whole(request.body)
    limits.refuse_over("max_body_bytes", body.size, BODY_TOO_LARGE)
    query = read_fields(request.query, limits)
    form = _read_body(request, body, query, limits)
    refuse_over_fields(len(form.fields) + len(query), limits)
    seen = {_bare(name) for name, _, _ in form.fields}
    form.fields += [field for field in query if _bare(field[0]) not in seen]
    raw_of_body = form.raw
    form.raw = lambda: raw_of_body() + raw_fields(request.query)
    if request.rebuilt:
        form.defects = (*form.defects, known_defect("form-already-parsed", None))
    return form


def _bare(name: str) -> str:
    return wire.lookup(name) or name


def _read_body(request: InboundRequest, body: Window, query: list[Field], limits: Limits) -> Form:
    """The fields and the zip of a body alone."""
    nothing = Form(request, [], tuple)
    if not body.size:
        return nothing
    content_type, parameters = parse_content_type(request.header("content-type") or "")
    if content_type == "multipart/form-data":
        return _read_multipart(request, body.source, parameters.get("boundary", ""), limits)
    if content_type in _ZIP_TYPES or _looks_zipped(body):
        return Form(request, [], tuple, body)
    if content_type in _URLENCODED:
        encoded = _urlencoded(body)
        refuse_over_fields(encoded.count(b"&") + 1, limits)
        # An escape is three bytes for one, in the name and in the value: what is longer is not even decoded.
        refuse_over_field_bytes(max(map(len, encoded.split(b"&"))) // 6, limits)
        fields = read_fields(encoded, limits, parameters.get("charset"))
        return Form(request, fields, lambda: raw_fields(_urlencoded(body)))
    if any(_bare(name) == wire.ID for name, _, _ in query):
        # The message is in the query; what else came stays at hand in the request.
        return nothing
    foreign = wire.FOREIGN_CONTENT_TYPES.get(content_type)
    if foreign:
        raise _unreadable(request, "foreign-push", f"this looks like {foreign}, not one of the MMS gateway")
    raise _unreadable(
        request,
        "content-type-unknown",
        "the Content-Type is none of multipart/form-data, application/x-www-form-urlencoded and application/zip",
    )


def _urlencoded(body: Window) -> bytes:
    # Megabytes of nothing but separators must not become a list of that length; empty pieces are no fields anyway.
    return _SEPARATORS.sub(b"&", body.read().strip(b"\r\n")).strip(b"&")


def _unreadable(request: InboundRequest, code: str, sentence: str) -> UnreadablePush:
    return UnreadablePush(sentence, problems=(Defect(code, None, sentence),), request=request)


def _looks_zipped(window: Window) -> bool:
    return read_at(window.source, window.start, min(4, window.size)) in wire.ZIP_SIGNATURES


class _Parser(PushMultipartParser):
    """A part needs no Content-Disposition: a zip is told by its bytes too."""

    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment:
        return MultipartSegment(headerlist)


@frozen
class _Part:
    """One part of a multipart body: its header fields that matter, and where its bytes are."""

    name: str
    filename: str
    charset: str | None
    is_file: bool
    window: Window = field(repr=False)

    @classmethod
    def of(cls, segment: MultipartSegment, window: Window) -> _Part:
        # Header lines are read as ISO-8859-1, which fits any bytes; a name may still be UTF-8.
        filename = segment.filename
        return cls(
            name=name_of((segment.name or "").encode("latin-1")),
            filename=(filename or "").lower().replace("\\", "/").rpartition("/")[2],
            charset=segment.charset,
            is_file=filename is not None or not (segment.content_type or "text/").startswith("text/"),
            window=window,
        )

    @property
    def zip_rank(self) -> int | None:
        """How sure it is that this part is the zip, 0 for by its name; None if it is not."""
        name = self.name.strip().lower()
        if name == wire.ZIP:
            return 0
        if self.filename == wire.ZIP:
            return 1
        if wire.ZIP_ALIAS in {name, self.filename}:
            return 2
        if not wire.lookup(name) and _looks_zipped(self.window):
            return 3
        return None

    @property
    def is_field(self) -> bool:
        """Whether it is a value rather than a file; what has one of the contract's names is one, however it is sent."""
        return _bare(self.name) in wire.FIELD_NAMES or not (self.is_file or self.zip_rank is not None)

    def value(self, limits: Limits) -> Value:
        refuse_over_field_bytes(max(self.window.size, len(self.name)), limits)
        data = self.window.read()
        if data.isascii() and is_ascii_superset(codec_of(self.charset) or "utf-8"):
            return data.decode("ascii")
        return Undecoded(data, self.charset)


def _read_multipart(request: InboundRequest, body: BodySource, boundary: str, limits: Limits) -> Form:
    parts = _split(request, body, boundary, limits)
    ranks = [part.zip_rank for part in parts]
    zips = sorted((rank, index) for index, rank in enumerate(ranks) if rank is not None)
    chosen = parts.pop(zips[0][1]) if zips else None
    refuse_over_fields(len(parts), limits)
    defects: list[Defect] = []
    if chosen and chosen.name != wire.ZIP:
        defects.append(known_defect("zip-part-name", wire.ZIP))
    if len(zips) > 1:
        defects.append(known_defect("parameter-repeated", wire.ZIP))
    return Form(
        request,
        [(part.name, "=", part.value(limits)) for part in parts if part.is_field],
        lambda: tuple((part.name, part.window.read()) for part in parts),
        chosen.window if chosen else None,
        tuple(defects),
    )


def _split(request: InboundRequest, body: BodySource, boundary: str, limits: Limits) -> list[_Part]:
    segments: list[MultipartSegment] = []
    sentence = "the multipart body is broken: expected parts between the declared boundary, closed by a last one"
    over_limit = False
    try:
        parser = _Parser(
            boundary.encode("latin-1"),
            max_segment_count=limits.max_fields + 1,  # and the zip
            max_header_count=_MAX_PART_HEADERS,
            header_charset="latin-1",
        )
        with parser:
            for chunk in whole(body).chunks():
                for event in parser.parse(chunk):
                    if isinstance(event, MultipartSegment):
                        segments.append(event)  # noqa: PERF401  # those before an error tell which limit it was
        windows = _windows(body, parser.boundary, segments)
        return [_Part.of(segment, window) for segment, window in zip(segments, windows, strict=True)]
    except ParserLimitReached as error:
        _release(error)
        over_limit = len(segments) > limits.max_fields
        sentence = "a part of the multipart body has too long a header"
    except ValueError as error:  # a MultipartError is one
        _release(error)
    # Raised out here, so that no context of it holds what the parser was reading.
    if over_limit:
        refuse_over_fields(len(segments), limits)
    raise _unreadable(request, "body-unreadable", sentence)


def _release(error: Exception) -> None:
    # The parser keeps its error, and the error its frames, and those the body: a circle that would keep the body's
    # temporary file until the garbage collector comes by.
    error.__traceback__ = None


def _windows(body: BodySource, boundary: bytes, segments: list[MultipartSegment]) -> list[Window]:
    """Where each segment's bytes are: after the first blank line that follows the boundary before it."""
    delimiter = b"\r\n--" + boundary
    windows: list[Window] = []
    line_end = _find(body, delimiter[2:], 0) + len(delimiter) - 2
    for segment in segments:
        start = _find(body, b"\r\n\r\n", line_end) + 4
        end = start + segment.size
        if read_at(body, end, len(delimiter)) != delimiter:
            raise ValueError
        windows.append(Window(body, start, segment.size))
        line_end = end + len(delimiter)
    # What the parser took for the first boundary must be what was found here, or the windows are one part off.
    if read_at(body, line_end, 2) != b"--":
        raise ValueError
    return windows


def _find(body: BodySource, needle: bytes, start: int) -> int:
    if isinstance(body, bytes):
        return body.index(needle, start)
    while chunk := read_at(body, start, _SEARCH_BYTES + len(needle)):
        found = chunk.find(needle)
        if found >= 0:
            return start + found
        start += _SEARCH_BYTES
    raise ValueError
