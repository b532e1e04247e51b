"""aiohttp: a view for pushes, and the verbs it is made of.

In: an aiohttp request. Out: an `InboundRequest`, a message, or an aiohttp response. Reads `request.content`, counted,
for at most `max_read_seconds`; `client_max_size` has no part in it. What somebody else has read first is taken from
where aiohttp keeps it, or refused with `BodyConsumed`.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timezone
from typing import IO, TYPE_CHECKING

from aiohttp import web
from aiohttp.http import HttpProcessingError

from mxinbound.adapters import asgi
from mxinbound.adapters._bodies import collect, collect_async, declared_size, has_body, rebuilt
from mxinbound.adapters._endpoint import Handler, OnUnreadable, answering_async, check, leaves_body_unread
from mxinbound.errors import BodyConsumed, BodyIncomplete
from mxinbound.limits import Limits
from mxinbound.receiver import Receiver, read_admitted
from mxinbound.request import InboundRequest
from mxinbound.source import UNIX

if TYPE_CHECKING:
    from mxinbound.messages import InboundMessage
    from mxinbound.reply import Reply


async def read(request: web.BaseRequest, *, limits: Limits = Limits()) -> InboundRequest:
    """Take a request out of aiohttp's, its body included.

    Raises:
        RequestTooLarge: if the body is over the limit; a declared size is refused unread.
        BodyIncomplete: if the sender leaves before its end or is too slow.
        BodyConsumed: if something else has read the body and kept nothing of it.
    """
    return await _with_body(_head_of(request), request, limits)


async def receive(receiver: Receiver, request: web.BaseRequest) -> InboundMessage:
    """Admit a request by its address, then read and parse it.

    Raises:
        SourceRefused: before one byte of the body is read.
        UnreadablePush, RequestTooLarge, MethodNotAllowed, BodyIncomplete, BodyConsumed: as `read` and `parse`.
    """
    head = _head_of(request)
    receiver.admit(head)
    return read_admitted(receiver, await _with_body(head, request, receiver.limits))


def reply(reply: Reply) -> web.Response:
    """A reply as an aiohttp response."""
    return web.Response(body=reply.body, status=reply.status, headers=reply.headers)


def endpoint(
    receiver: Receiver, handler: Handler, *, on_unreadable: OnUnreadable | None = None
) -> Callable[[web.BaseRequest], Awaitable[web.Response]]:
    """Make a view that receives pushes, for `app.router.add_route("*", "/in", …)`.

    Args:
        receiver: Who may push and how pushes are read.
        handler: Called with each message; awaited if it is an `async def`, run in a thread if not. What it returns is
            ignored unless it is a `Reply`; what it raises passes through to aiohttp, and the gateway delivers again.
        on_unreadable: Called with the raw request and the error of a push that cannot be read, to keep it; the push is
            then answered 200. Without it, it is answered 400.
    """
    check(receiver, handler, on_unreadable)
    answer = answering_async(receiver, _with_body, handler, on_unreadable)

    async def view(request: web.BaseRequest) -> web.Response:
        head = _head_of(request)
        result = await answer(head, request)
        response = reply(result)
        if leaves_body_unread(result):
            response.force_close()
        return response

    return view


def _head_of(request: web.BaseRequest) -> InboundRequest:
    return InboundRequest(
        method=request.method,
        # The one place where the line stands as it came: `query_string` is decoded, and `rel_url` may be quoted anew.
        query=request.raw_path.partition("?")[2].encode("utf-8", "surrogateescape"),
        headers=asgi.normalised(request.raw_headers),
        peer=_peer_of(request),
        received_at=datetime.now(timezone.utc),
    )


def _peer_of(request: web.BaseRequest) -> str | None:
    # Not `request.remote`, which middleware sets to what a header claims.
    address: tuple[str, int] | str | bytes | None = request.get_extra_info("peername")
    if isinstance(address, tuple):
        return address[0]
    # A Unix socket's other end is a path, mostly an empty one. None is a connection that has ended.
    return None if address is None else UNIX


async def _with_body(head: InboundRequest, request: web.BaseRequest, limits: Limits) -> InboundRequest:
    if not has_body(head):
        return head
    declared_size(head, limits)
    kept: bytes | None = getattr(request, "_read_bytes", None)
    if kept is not None:  # somebody called request.read(), or post() on a form that is not multipart
        return head.with_body(collect(io.BytesIO(kept).read, None, limits))
    form: Mapping[str, str | bytes | bytearray | web.FileField] | None = getattr(request, "_post", None)
    if form:
        fields = [(name, value) for name, value in form.items() if isinstance(value, str)]
        files = [(name, *_file_of(value)) for name, value in form.items() if not isinstance(value, str)]
        return rebuilt(head, fields, files, limits)
    # Without the size: aiohttp itself tells a body that ends early, and unpacks one that came packed.
    return head.with_body(await collect_async(_chunks(request), None, limits))


def _file_of(value: bytes | bytearray | web.FileField) -> tuple[str | None, IO[bytes]]:
    """The file name and the content of a part that is no text; aiohttp makes no file of one that has no name."""
    return (value.filename, value.file) if isinstance(value, web.FileField) else (None, io.BytesIO(value))


async def _chunks(request: web.BaseRequest) -> AsyncIterator[bytes]:
    content, come = request.content, 0
    try:
        while chunk := await content.readany():
            come += len(chunk)
            yield chunk
    except (OSError, web.RequestPayloadError, HttpProcessingError):
        # Not chained: it may quote what was read.
        raise BodyIncomplete("the sender left before the body was complete") from None
    except (RuntimeError, web.PayloadAccessError):  # somebody else is reading, or the answer has been sent
        raise BodyConsumed(_NOT_FIRST) from None
    if come < content.total_bytes:
        raise BodyConsumed(_NOT_FIRST)


_NOT_FIRST = "something read request.content before mxinbound could: let this view be the first to read it"
