"""FastAPI: messages as a dependency, on top of the Starlette adapter.

    Push = Annotated[InboundMessage, Depends(inbound(receiver))]

    @app.api_route("/in", methods=["GET", "HEAD", "OPTIONS", "POST"])
    async def push(message: Push): ...

    install(app)

In and out as in `mxinbound.adapters.starlette`, whose four verbs are these; `install` turns the errors of receiving,
and no others, into replies.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import FastAPI, Request, Response

from mxinbound.adapters import asgi
from mxinbound.adapters._endpoint import OnUnreadable, awaitable, check, kept, received, refusal, request_of
from mxinbound.adapters.starlette import endpoint, read, receive, reply
from mxinbound.errors import MxInboundError, UnreadablePush
from mxinbound.messages import InboundMessage
from mxinbound.receiver import Receiver

__all__ = ["endpoint", "inbound", "install", "read", "receive", "reply"]

# Where a dependency leaves its error and the reply to it, so that `install` can tell it from one the handler raised.
_OUTCOME: Final = "mxinbound.outcome"


def inbound(
    receiver: Receiver, *, on_unreadable: OnUnreadable | None = None
) -> Callable[[Request], Awaitable[InboundMessage]]:
    """A dependency that is the message of the request; `install(app)` answers what cannot become one.

    Args:
        receiver: Who may push and how pushes are read.
        on_unreadable: Called with the raw request and the error of a push that cannot be read, to keep it; the push is
            then answered 200. Without it, it is answered 400.
    """
    check(receiver, receive, on_unreadable)
    keep = on_unreadable and awaitable(on_unreadable)

    async def message(request: Request) -> InboundMessage:
        head = asgi.head_of(request.scope)
        try:
            if head.is_probe:
                raise UnreadablePush("a monitor's request carries no message", request=head)
            message = await receive(receiver, request)
        except MxInboundError as error:
            if head.is_probe:
                outcome = Receiver.reply_to(error)
            elif keep and isinstance(error, UnreadablePush):
                await keep(request_of(error), error)
                outcome = kept(error)
            else:
                outcome = refusal(error)
            request.scope[_OUTCOME] = error, outcome
            raise
        received(message)
        return message

    return message


def install(app: FastAPI) -> None:
    """Answer the errors of receiving as they should be; one that a handler raises is still a 500, and reported."""

    async def answer(request: Request, error: Exception) -> Response:
        failed, outcome = request.scope.get(_OUTCOME, (None, None))
        if failed is not error or outcome is None:
            raise error
        response = reply(outcome)
        response.headers.update(dict(asgi.closing(outcome, request.scope)))
        return response

    handlers: Any = app
    handlers.add_exception_handler(MxInboundError, answer)
