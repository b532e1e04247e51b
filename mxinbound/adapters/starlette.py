"""Starlette: a view for pushes, and the verbs it is made of.

In: a Starlette request. Out: an `InboundRequest`, a message, or a Starlette response. Reads `request.stream()`,
counted, for at most `max_read_seconds`; a form that was parsed first is used instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from mxinbound.adapters import asgi
from mxinbound.adapters._bodies import collect_async, declared_size, has_body, rebuilt
from mxinbound.adapters._endpoint import Handler, OnUnreadable, answering_async, check
from mxinbound.errors import BodyConsumed, BodyIncomplete
from mxinbound.limits import Limits
from mxinbound.receiver import Receiver, read_admitted

if TYPE_CHECKING:
    from mxinbound.messages import InboundMessage
    from mxinbound.reply import Reply
    from mxinbound.request import InboundRequest


async def read(request: Request, *, limits: Limits = Limits()) -> InboundRequest:
    """Take a request out of Starlette's, its body included.

    Raises:
        RequestTooLarge: if the body is over the limit; a declared size is refused unread.
        BodyIncomplete: if the sender leaves before its end or is too slow.
        BodyConsumed: if something else has read the body and kept nothing of it.
    """
    return await _with_body(asgi.head_of(request.scope), request, limits)


async def receive(receiver: Receiver, request: Request) -> InboundMessage:
    """Admit a request by its address, then read and parse it.

    Raises:
        SourceRefused: before the body is asked for.
        UnreadablePush, RequestTooLarge, MethodNotAllowed, BodyIncomplete, BodyConsumed: as `read` and `parse`.
    """
    head = asgi.head_of(request.scope)
    receiver.admit(head)
    return read_admitted(receiver, await _with_body(head, request, receiver.limits))


def reply(reply: Reply) -> Response:
    """A reply as a Starlette response."""
    return Response(reply.body, reply.status, dict(reply.headers))


def endpoint(
    receiver: Receiver, handler: Handler, *, on_unreadable: OnUnreadable | None = None
) -> Callable[[Request], Awaitable[Response]]:
    """Make a view that receives pushes, for a `Route("/in", …, methods=["GET", "HEAD", "OPTIONS", "POST"])`.

    Args:
        receiver: Who may push and how pushes are read.
        handler: Called with each message; awaited if it is an `async def`, run in a thread if not. What it returns is
            ignored unless it is a `Reply`; what it raises passes through to Starlette, and the gateway delivers again.
        on_unreadable: Called with the raw request and the error of a push that cannot be read, to keep it; the push is
            then answered 200. Without it, it is answered 400.
    """
    check(receiver, handler, on_unreadable)
    answer = answering_async(receiver, _with_body, handler, on_unreadable)

    async def view(request: Request) -> Response:
        head = asgi.head_of(request.scope)
        result = await answer(head, request)
        response = reply(result)
        response.headers.update(dict(asgi.closing(result, request.scope)))
        return response

    return view


async def _with_body(head: InboundRequest, request: Request, limits: Limits) -> InboundRequest:
    if not has_body(head):
        return head
    size = declared_size(head, limits)
    try:
        return head.with_body(await collect_async(_chunks(request), size, limits))
    except BodyConsumed:
        try:
            form = await request.form()
        except RuntimeError:  # it was not a form that consumed the body
            form = None
        if not form:
            raise
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    files = [
        (name, each.filename or "", each.file) for name, each in form.multi_items() if isinstance(each, UploadFile)
    ]
    return rebuilt(head, fields, files, limits)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise BodyIncomplete("the sender left before the body was complete") from None
    except RuntimeError:
        raise BodyConsumed(
            "something read request.stream() before mxinbound could: let this view, or this dependency, be the first"
        ) from None
