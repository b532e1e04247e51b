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
    Value,
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
    query = read_fields(request.query, limits)
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
    nothing = Form(request, [], tuple)
    if not body.size:
        return nothing
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
        return nothing
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
    parts, broken = _parts(body, boundary, limits)
    if broken:
        raise _unreadable(request, "body-unreadable", broken)
    ranks = [part.head.zip_rank if part.head.parameter else _zip_rank(body, part) for part in parts]
    zips = sorted((rank, index) for index, rank in enumerate(ranks) if rank is not None)
    chosen: Part | None = None
    if zips:
        chosen = parts.pop(zips[0][1])
        ranks.pop(zips[0][1])
    refuse_over_fields(len(parts), limits)
    fields = [part for part, rank in zip(parts, ranks, strict=True) if _is_field(part, rank)]
    refuse_over_field_bytes(max([part.size for part in fields], default=0), limits)
    refuse_over_field_bytes(max([len(part.head.name) for part in fields], default=0), limits)
    defects: list[Defect] = []
    if chosen and chosen.head.name != wire.ZIP:
        defects.append(known_defect("zip-part-name", wire.ZIP))
    if len(zips) > 1:
        defects.append(known_defect("parameter-repeated", wire.ZIP))
    return Form(
        request,
        [(part.head.name, "=", _value(body, part)) for part in fields],
        lambda: tuple((part.head.name, read_at(body, part.start, part.size)) for part in parts),
        Window(body, chosen.start, chosen.size) if chosen else None,
        tuple(defects),
    )


def _parts(body: BodySource, boundary: str, limits: Limits) -> tuple[list[Part], str]:
    """The parts of a body, or what is wrong with it."""
    # Here and not at the top: who receives no MMS does not wait for it to load.
    from mxinbound.parsing.parts import BrokenBody, split  # noqa: PLC0415

    try:
        return split(body, boundary, limits), ""
    except BrokenBody as error:
        return [], str(error)


def _zip_rank(body: BodySource, part: Part) -> int | None:
    """How sure it is that this part is the zip, 0 for by its name; None if it is not."""
    rank = part.head.zip_rank
    if rank is None and part.head.parameter is None and _looks_zipped(body, part.start, part.size):
        return 3
    return rank


def _is_field(part: Part, zip_rank: int | None) -> bool:
    """Whether it is a value rather than a file; what has one of the contract's names is one, however it is sent."""
    return part.head.parameter in wire.FIELD_NAMES or not (part.head.is_file or zip_rank is not None)


def _value(body: BodySource, part: Part) -> Value:
    data = read_at(body, part.start, part.size)
    if part.head.has_ascii and data.isascii():
        return data.decode("ascii")
    return Undecoded(data, part.head.charset)
