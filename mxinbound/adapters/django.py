"""Django, under WSGI and ASGI: a view for pushes, and the verbs it is made of.

In: a Django request. Out: an `InboundRequest`, a message, or an `HttpResponse`. Reads `request.read()`, since
`request.body` refuses what is over DATA_UPLOAD_MAX_MEMORY_SIZE. Under ASGI Django itself has taken the whole body in
before any view runs; to refuse strangers before that, put `mxinbound.adapters.asgi.endpoint` in front of it.
"""

from __future__ import annotations

import io
from functools import partial
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse

from mxinbound.adapters import asgi, wsgi
from mxinbound.adapters._bodies import collect, declared_size, has_body, rebuilt
from mxinbound.adapters._endpoint import Handler, OnUnreadable, answering, answering_async, call_sync, check, is_async
from mxinbound.errors import BodyConsumed
from mxinbound.limits import Limits
from mxinbound.receiver import Receiver, read_admitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from mxinbound.messages import InboundMessage
    from mxinbound.reply import Reply
    from mxinbound.request import InboundRequest


def read(request: HttpRequest, *, limits: Limits = Limits()) -> InboundRequest:
    """Take a request out of Django's, its body included.

    Raises:
        RequestTooLarge: if the body is over the limit.
        BodyIncomplete: if the sender leaves before its end.
        BodyConsumed: if something else has read the body and kept nothing of it.
    """
    return _with_body(_head_of(request), request, limits)


def receive(receiver: Receiver, request: HttpRequest) -> InboundMessage:
    """Admit a request by its address, then read and parse it.

    Raises:
        SourceRefused: before one byte of the body is read.
        UnreadablePush, RequestTooLarge, MethodNotAllowed, BodyIncomplete, BodyConsumed: as `read` and `parse`.
    """
    head = _head_of(request)
    receiver.admit(head)
    return read_admitted(receiver, _with_body(head, request, receiver.limits))


def reply(reply: Reply) -> HttpResponse:
    """A reply as a Django response."""
    return HttpResponse(reply.body, status=reply.status, headers=dict(reply.headers))


def endpoint(receiver: Receiver, handler: Handler, *, on_unreadable: OnUnreadable | None = None) -> Callable[..., Any]:
    """Make a view that receives pushes, for a `path("in", …)`.

    It is exempt from CSRF protection and from LoginRequiredMiddleware by itself: the gateway has neither token nor
    login.

    Args:
        receiver: Who may push and how pushes are read.
        handler: Called with each message. For an `async def` the view is one too. What it returns is ignored unless it
            is a `Reply`; what it raises passes through to Django, and the gateway delivers again.
        on_unreadable: Called with the raw request and the error of a push that cannot be read, to keep it; the push is
            then answered 200. Without it, it is answered 400.
    """
    check(receiver, handler, on_unreadable)
    if is_async(handler):
        keep = on_unreadable
        if on_unreadable and not is_async(on_unreadable):
            keep = sync_to_async(partial(call_sync, on_unreadable))

        async def with_body(head: InboundRequest, request: HttpRequest, limits: Limits) -> InboundRequest:
            return _with_body(head, request, limits)

        answer_async = answering_async(receiver, with_body, handler, keep)

        async def async_view(request: HttpRequest, **_: object) -> HttpResponse:  # a path may have parameters
            return _response(request, await answer_async(_head_of(request), request))

        return _exempt(async_view)

    keep = async_to_sync(on_unreadable) if on_unreadable and is_async(on_unreadable) else on_unreadable
    answer = answering(receiver, _with_body, handler, keep)

    def view(request: HttpRequest, **_: object) -> HttpResponse:
        return _response(request, answer(_head_of(request), request))

    return _exempt(view)


def _response(request: HttpRequest, result: Reply) -> HttpResponse:
    response = reply(result)
    if request.method == "HEAD":  # Django leaves it to the server to drop the body, and servers complain
        response.content = b""
    return response


_View = TypeVar("_View")


def _exempt(view: _View) -> _View:
    marks: Any = view
    marks.csrf_exempt = True
    marks.login_required = False
    return view


def _head_of(request: HttpRequest) -> InboundRequest:
    scope = getattr(request, "scope", None)
    if scope is None:
        return wsgi.head_of(request.META)
    query = scope.get("query_string")
    # As Django's own AsyncClient has it.
    return asgi.head_of(scope | {"query_string": query.encode()} if isinstance(query, str) else scope)


def _with_body(head: InboundRequest, request: HttpRequest, limits: Limits) -> InboundRequest:
    if not has_body(head):
        return head
    size = declared_size(head, limits)
    kept = getattr(request, "_body", None)
    if kept is not None:  # somebody used request.body
        return head.with_body(collect(io.BytesIO(kept).read, None, limits))
    if getattr(request, "_read_started", False):
        if not (hasattr(request, "_post") and (request.POST or request.FILES)):
            raise BodyConsumed("something called request.read() before mxinbound could: let this view be the first")
        fields = [(name, text) for name, texts in request.POST.lists() for text in texts]
        files = [
            (name, file.name or "", cast("IO[bytes]", file.file))
            for name, each in request.FILES.lists()
            for file in each
        ]
        return rebuilt(head, fields, files, limits)
    if hasattr(request, "scope"):
        return head.with_body(collect(request.read, None, limits))
    # Without a length Django takes the body for empty, though the server may well hand it out.
    return head.with_body(wsgi.body_of(request.META, head, limits, None if size is None else request))
