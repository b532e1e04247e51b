"""From a multipart body, chunk by chunk, to an MMS with its zip at hand: read, spooled if it is large, parsed, typed.

`MultipartParser` goes to its part list, Starlette and Werkzeug to their forms, whose fields a pydantic model types;
their uploads, and our archive, are at hand and not read. Every chunk is a fresh slice, as from a socket. Against
Starlette we read as an ASGI application does, against Werkzeug as a WSGI one; against `MultipartParser`, which is told
boundary and length, we have read the head of the request as well. `MultipartParser` is told to keep a
part in memory up to 1 MiB, as we do, its default of 64 KiB being slower. Starlette has the same limit, Werkzeug half.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from attrs import frozen
from multipart import MultipartParser
from starlette.requests import Request
from werkzeug.wrappers import Request as WerkzeugRequest

from benchmarks import payloads
from benchmarks.harness import Contest
from benchmarks.payloads import MmsModel, Stream, told
from mxinbound import InboundMessage, InboundRequest, Limits, Mms, parse
from mxinbound.adapters import asgi, wsgi
from mxinbound.adapters._bodies import collect
from mxinbound.testing.pushes import Push

LIMITS = Limits()
# Name, bytes, how many distinct payloads: more of the largest would only fill the memory.
SIZES = (("30 kB", 30_000, 128), ("300 kB", 300_000, 64), ("5 MB", 5_000_000, 8))


@frozen
class Given:
    """A push, and the chunks it comes in."""

    body: bytes
    environ: dict[str, Any]
    scope: dict[str, Any]
    step: int
    head: InboundRequest
    boundary: str

    @classmethod
    def of(cls, push: Push, step: int) -> "Given":
        environ = push.for_wsgi()
        return cls(
            push.body,
            environ,
            push.for_asgi()[0],
            step,
            wsgi.head_of(environ),
            environ["CONTENT_TYPE"].partition("=")[2],
        )

    def as_environ(self) -> dict[str, Any]:
        return self.environ | {"wsgi.input": Stream(self.body, self.step)}

    def as_receive(self) -> Any:
        stream = Stream(self.body, self.step)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": stream.read(), "more_body": stream.at < len(self.body)}

        return receive


def ours(given: Given) -> InboundMessage:
    return parse(wsgi.read(given.as_environ()))


def ours_behind_the_head(given: Given) -> InboundMessage:
    stream = Stream(given.body, given.step)
    return parse(given.head.with_body(collect(stream.read, len(given.body), LIMITS)))


async def ours_async(given: Given) -> InboundMessage:
    return parse(await asgi.read(given.scope, given.as_receive()))


def parts_of_ours(message: InboundMessage) -> object:
    assert isinstance(message, Mms)
    assert not message.defects
    return [*message.raw, ("mms.zip", message.archive.raw)]


def fields_of_ours(message: InboundMessage) -> object:
    assert isinstance(message, Mms)
    return told(message), message.archive.raw


def with_multipart(given: Given) -> Any:
    stream, limits = Stream(given.body, given.step), {"spool_limit": 1 << 20, "memory_limit": 1 << 24}
    return MultipartParser(stream, given.boundary, len(given.body), buffer_size=given.step, **limits).parts()


def with_werkzeug(given: Given) -> Any:
    request = WerkzeugRequest(given.as_environ(), populate_request=False)
    form = request.form
    fields = form.to_dict() | {"to": form.getlist("to"), "cc": form.getlist("cc")}
    return MmsModel.model_validate(fields), request.files["mms.zip"].stream


async def with_starlette(given: Given) -> Any:
    form = await Request(given.scope, given.as_receive()).form()
    fields = {**form, "to": form.getlist("to"), "cc": form.getlist("cc")}
    return MmsModel.model_validate(fields), form["mms.zip"].file


def contests() -> Iterator[Contest]:
    split = (parts_of_ours, lambda parts: [(part.name, part.raw) for part in parts])
    typed = (fields_of_ours, lambda result: (told(result[0]), result[1].read()))
    for against, target, mine, theirs, tells, sizes in (
        ("multipart.MultipartParser", 0.85, ours_behind_the_head, with_multipart, split, SIZES),
        ("Starlette form + pydantic", 0.35, ours_async, with_starlette, typed, SIZES),
        ("Werkzeug + pydantic", 0.3, ours, with_werkzeug, typed, SIZES[:2]),
    ):
        for (name, size, count), kibibytes in ((size, step) for size in sizes for step in (64, 8)):
            path = f"multipart of {name} in {kibibytes} KiB chunks → Mms"
            given = partial(pool, size=size, step=kibibytes * 1024)
            # Those that go to the disk differ more from pair to pair.
            seconds = 1.0 if size < 1 << 20 else 2.0
            yield Contest(path, against, target, given, mine, theirs, tells, count, seconds)


def pool(count: int, size: int, step: int) -> list[Given]:
    return [Given.of(push, step) for push in payloads.mms(count, size)]
