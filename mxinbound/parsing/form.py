"""From a request to its fields and its zip, however they are packed.

In: an `InboundRequest` with its body complete. Out: a `Form`: the fields that count, in order, and a window on the zip.
The body is never decoded as a whole and never copied: windows look at where its parts are. Raises `UnreadablePush`,
`RequestTooLarge`, `MethodNotAllowed`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from attrs import define, field

from mxinbound import wire
from mxinbound.body import BODY_TOO_LARGE, BodySource, Window, read_at, whole
from mxinbound.errors import MethodNotAllowed, UnreadablePush
from mxinbound.media_type import parse_content_type
from mxinbound.messages import Defect, RawFields
from mxinbound.parsing.defects import known_defect
from mxinbound.parsing.query import (
    Field,
    Undecoded,
    raw_fields,
    read_fields,
    refuse_over_field_bytes,
    refuse_over_fields,
)

if TYPE_CHECKING:
    from mxinbound.limits import Limits
    from mxinbound.parsing.parts import Part
    from mxinbound.request import InboundRequest

#: Content types of a body that is read as `name=value&…`. Some servers say text/plain where nothing was declared.
_URLENCODED: Final = frozenset({"application/x-www-form-urlencoded", "text/plain", ""})
_ZIP_TYPES: Final = frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"})


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
    query, method = request.query, request.method
    if len(query) > limits.max_query_bytes:
        limits.refuse_over("max_query_bytes", len(query), "the query string is longer than")
    if method == "POST":
        return _read_post(request, limits)
    if method == "GET":
        fields = read_fields(query, limits)
        return Form(request, fields, lambda: raw_fields(fields))
    if request.is_probe:
        raise UnreadablePush(f"a {method} request carries no message", request=request)
    raise MethodNotAllowed("a push is a GET or a POST")


def _read_post(request: InboundRequest, limits: Limits) -> Form:
    body = whole(request.body)
    limits.refuse_over("max_body_bytes", body.size, BODY_TOO_LARGE)
    query = read_fields(request.query, limits) if request.query else []
    form = _read_body(request, body, query, limits)
    refuse_over_fields(len(form.fields) + len(query), limits)
    if query:
        seen = {_bare(name) for name, _, _ in form.fields}
        form.fields = [*form.fields, *(field for field in query if _bare(field[0]) not in seen)]
    raw_of_body = form.raw
    form.raw = lambda: raw_of_body() + raw_fields(query)
    if request.rebuilt:
        form.defects = (*form.defects, known_defect("form-already-parsed", None))
    return form


def _bare(name: str) -> str:
    return wire.lookup(name) or name


def _read_body(request: InboundRequest, body: Window, query: list[Field], limits: Limits) -> Form:
    """The fields and the zip of a body alone."""
    if not body.size:
        return Form(request, [], tuple)
    content_type, parameters = parse_content_type(request.header("content-type") or "")
    if content_type == "multipart/form-data":
        return _read_multipart(request, body.source, parameters.get("boundary", ""), limits)
    if content_type in _ZIP_TYPES or _looks_zipped(body.source, body.start, body.size):
        return Form(request, [], tuple, body)
    if content_type in _URLENCODED:
        # Megabytes of nothing but separators must not become a list of that length; empty pieces are no fields anyway.
        encoded = re.sub(rb"&{2,}", b"&", body.read().strip(b"\r\n")).strip(b"&")
        refuse_over_fields(encoded.count(b"&") + 1, limits)
        # An escape is three bytes for one, in the name and in the value: what is longer is not even decoded.
        refuse_over_field_bytes(max(map(len, encoded.split(b"&"))) // 6, limits)
        fields = read_fields(encoded, limits, parameters.get("charset"))
        return Form(request, fields, lambda: raw_fields(fields))
    if any(_bare(name) == wire.ID for name, _, _ in query):
        # The message is in the query; what else came stays at hand in the request.
        return Form(request, [], tuple)
    foreign = wire.FOREIGN_CONTENT_TYPES.get(content_type)
    if foreign:
        raise _unreadable(request, "foreign-push", f"this looks like {foreign}, not one of the MMS gateway")
    raise _unreadable(
        request,
        "content-type-unknown",
        "the Content-Type is none of multipart/form-data, application/x-www-form-urlencoded and application/zip",
    )


def _unreadable(request: InboundRequest, code: str, sentence: str) -> UnreadablePush:
    return UnreadablePush(sentence, problems=(Defect(code, None, sentence),), request=request)


def _looks_zipped(body: BodySource, start: int, size: int) -> bool:
    return read_at(body, start, min(4, size)) in wire.ZIP_SIGNATURES


def _read_multipart(request: InboundRequest, body: BodySource, boundary: str, limits: Limits) -> Form:
    # Here and not at the top: who receives no MMS does not wait for it to load.
    from mxinbound.parsing.parts import BY_CONTENT, BrokenBody, split  # noqa: PLC0415

    broken = ""
    parts: list[Part] = []
    try:
        parts = split(body, boundary, limits)
    except BrokenBody as error:
        broken = str(error)
    if broken:  # raised out here, so that nothing of the body is in its context
        raise _unreadable(request, "body-unreadable", broken)
    zips = [
        (head.zip_rank, start, size, head.name)
        for head, start, size in parts
        if head.zip_rank is not None and (head.zip_rank < BY_CONTENT or _looks_zipped(body, start, size))
    ]
    window = None
    defects: list[Defect] = []
    if zips:
        _, zip_start, zip_size, name = min(zips)
        window = Window(body, zip_start, zip_size)
        parts = [part for part in parts if part[1] != zip_start]
        if name != wire.ZIP:
            defects.append(known_defect("zip-part-name", wire.ZIP))
        if len(zips) > 1:
            defects.append(known_defect("parameter-repeated", wire.ZIP))
    refuse_over_fields(len(parts), limits)
    return Form(
        request,
        _fields_of(body, parts, {start for _, start, _, _ in zips}, limits),
        lambda: tuple([(head.name, read_at(body, start, size)) for head, start, size in parts]),
        window,
        tuple(defects),
    )


def _fields_of(body: BodySource, parts: list[Part], zips: set[int], limits: Limits) -> list[Field]:
    """The parts that are values rather than files; what has one of the contract's names is one, however it is sent."""
    most = limits.max_field_bytes
    fields: list[Field] = []
    for head, start, size in parts:
        if head.is_parameter or not (head.is_file or start in zips):
            if size > most or len(head.name) > most:
                refuse_over_field_bytes(max(size, len(head.name)), limits)
            data = read_at(body, start, size)
            value = data.decode("ascii") if head.has_ascii and data.isascii() else Undecoded(data, head.charset)
            fields.append((head.name, "=", value))
    return fields
