"""Flask: a view for pushes, and the verbs it is made of.

In: a Flask (or Werkzeug) request. Out: an `InboundRequest`, a message, or a Flask response. Reads `request.stream`;
what somebody else has read first is taken from where Werkzeug keeps it, or refused with `BodyConsumed`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from mxinbound.adapters import wsgi
from mxinbound.adapters._bodies import collect, declared_size, has_body, rebuilt
from mxinbound.adapters._endpoint import Handler, OnUnreadable, answering, check, is_async
from mxinbound.errors import BodyConsumed, BodyIncomplete, RequestTooLarge
from mxinbound.limits import Limits
from mxinbound.receiver import Receiver, read_admitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug import Request

    from mxinbound.messages import InboundMessage
    from mxinbound.reply import Reply
    from mxinbound.request import InboundRequest


def read(request: Request, *, limits: Limits = Limits()) -> InboundRequest:
    """Take a request out of Flask's, its body included.

    Raises:
        RequestTooLarge: if the body is over the limit, Flask's MAX_CONTENT_LENGTH included.
        BodyIncomplete: if the sender leaves before its end.
        BodyConsumed: if something else has read the body and kept nothing of it.
    """
    return _with_body(wsgi.head_of(request.environ), request, limits)


def receive(receiver: Receiver, request: Request) -> InboundMessage:
    """Admit a request by its address, then read and parse it.

    Raises:
        SourceRefused: before one byte of the body is read.
        UnreadablePush, RequestTooLarge, MethodNotAllowed, BodyIncomplete, BodyConsumed: as `read` and `parse`.
    """
    head = wsgi.head_of(request.environ)
    receiver.admit(head)
    return read_admitted(receiver, _with_body(head, request, receiver.limits))


def reply(reply: Reply) -> flask.Response:
    """A reply as a Flask response."""
    return flask.Response(reply.body, reply.status, dict(reply.headers))


def endpoint(
    receiver: Receiver, handler: Handler, *, on_unreadable: OnUnreadable | None = None
) -> Callable[..., flask.Response]:
    """Make a view that receives pushes, for `app.add_url_rule("/in", view_func=…)`.

    It asks for the methods it needs by itself.

    Args:
        receiver: Who may push and how pushes are read.
        handler: Called with each message; an `async def` is run by Flask's own bridge. What it returns is ignored
            unless it is a `Reply`; what it raises passes through to Flask, and the gateway delivers again.
        on_unreadable: Called with the raw request and the error of a push that cannot be read, to keep it; the push is
            then answered 200. Without it, it is answered 400.
    """
    check(receiver, handler, on_unreadable)

    answer = answering(receiver, _with_body, _bridged(handler), on_unreadable and _bridged(on_unreadable))

    def view(**_: object) -> flask.Response:  # a rule may have parameters
        return reply(answer(wsgi.head_of(flask.request.environ), flask.request))

    # Flask takes a rule's name and methods from its view.
    view.__name__ = getattr(handler, "__name__", "mxinbound")
    view.required_methods = {"GET", "HEAD", "OPTIONS", "POST"}  # type: ignore[attr-defined]
    view.provide_automatic_options = False  # type: ignore[attr-defined]
    return view


def _bridged(function: Callable[..., Any]) -> Callable[..., Any]:
    if not is_async(function):
        return function

    def bridge(*arguments: Any) -> Any:
        return flask.current_app.async_to_sync(function)(*arguments)  # only in a request is there a current app

    return bridge


def _with_body(head: InboundRequest, request: Request, limits: Limits) -> InboundRequest:
    if not has_body(head):
        return head
    request = getattr(request, "_get_current_object", lambda: request)()
    kept = getattr(request, "_cached_data", None)
    if kept:  # somebody called request.get_data()
        return head.with_body(collect(io.BytesIO(kept).read, None, limits))
    seen = vars(request)  # where Werkzeug keeps what it has computed, by the name of the attribute
    if seen.get("form") or seen.get("files"):
        files = [(name, file.filename or "", file.stream) for name, file in request.files.items(multi=True)]
        return rebuilt(head, request.form.items(multi=True), files, limits)
    touched = "stream" in seen
    # Without a length there is no telling how much of a stream that somebody had in hand is left.
    if not touched or declared_size(head, limits) is not None:
        try:
            return head.with_body(wsgi.body_of(request.environ, head, limits, _Stream(request)))
        except BodyIncomplete:
            if not touched:
                raise
    raise BodyConsumed("something read request.stream before mxinbound could: let this view be the first to read it")


class _Stream:
    """The request's stream, with Werkzeug's errors as ours."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def read(self, size: int) -> bytes:
        try:
            return self._request.stream.read(size)
        except ClientDisconnected:
            raise ConnectionError from None
        except RequestEntityTooLarge:
            allowed = self._request.max_content_length or 0
            raise RequestTooLarge(
                f"the body is larger than the application's MAX_CONTENT_LENGTH ({allowed} bytes)",
                limit="MAX_CONTENT_LENGTH",
                allowed=allowed,
            ) from None
