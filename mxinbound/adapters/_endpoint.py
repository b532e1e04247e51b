"""What every endpoint does between a framework's request and its response, once for sync and once for async code.

In: the head of a request, a function that receives the message, the user's handler. Out: a `Reply`. Errors of receiving
become replies here; what the handler raises passes through untouched, so that the framework answers 500 and reports it
as it always does, and the gateway delivers again.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from time import monotonic as clock
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mxinbound import wire
from mxinbound.errors import MxInboundError, SourceRefused, UnreadablePush
from mxinbound.receiver import reply_to
from mxinbound.reply import Reply

if TYPE_CHECKING:
    from mxinbound.messages import InboundMessage
    from mxinbound.request import InboundRequest

#: The user's code: takes a message; what it returns is ignored unless it is a `Reply`. May be `async def`.
Handler: TypeAlias = "Callable[[InboundMessage], Any]"
#: Takes the raw push and the error; may be `async def`.
OnUnreadable: TypeAlias = "Callable[[InboundRequest | None, UnreadablePush], Any]"

logger: Final = logging.getLogger("mxinbound")
logger.addHandler(logging.NullHandler())


def is_async(function: object) -> bool:
    """Whether calling it gives something to await: an `async def`, a partial of one, or an object called like one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def awaitable(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """The function itself if it is an `async def`, else one that runs it in a thread."""
    if is_async(function):
        return function
    import asyncio  # noqa: PLC0415  # sync frameworks share this module

    async def threaded(*arguments: Any) -> Any:
        return await asyncio.to_thread(function, *arguments)

    return threaded


def answer(
    head: InboundRequest,
    receive: Callable[[], InboundMessage],
    handler: Handler,
    on_unreadable: OnUnreadable | None,
) -> Reply:
    """Answer one request in sync code."""
    if head.is_probe:
        return Reply.accepted()
    started = clock()
    try:
        message = receive()
    except UnreadablePush as error:
        if on_unreadable is None:
            return refusal(error)
        on_unreadable(error.request, error)
        return kept(error)
    except MxInboundError as error:
        return refusal(error)
    return _conclusion(message, handler(message), started)


async def answer_async(
    head: InboundRequest,
    receive: Callable[[], Awaitable[InboundMessage]],
    handler: Callable[[InboundMessage], Awaitable[Any]],
    on_unreadable: Callable[[InboundRequest | None, UnreadablePush], Awaitable[Any]] | None,
) -> Reply:
    """Answer one request in async code."""
    if head.is_probe:
        return Reply.accepted()
    started = clock()
    try:
        message = await receive()
    except UnreadablePush as error:
        if on_unreadable is None:
            return refusal(error)
        await on_unreadable(error.request, error)
        return kept(error)
    except MxInboundError as error:
        return refusal(error)
    return _conclusion(message, await handler(message), started)


def refusal(error: MxInboundError) -> Reply:
    """The reply to an error of receiving, which goes into the log as well."""
    reply = reply_to(error)
    if reply.status == 200:  # noqa: PLR2004  # a probe
        return reply
    extra: dict[str, Any] = {"mx_code": error.code}
    if isinstance(error, SourceRefused) and error.verdict is not None:
        # Constant text: an address is no secret, but it goes where the operator decides.
        extra["mx_client"] = error.verdict.client
        logger.warning("refused a request: %s", error.verdict.reason, extra=extra)
    else:
        if isinstance(error, UnreadablePush):
            extra["mx_problems"] = tuple(problem.code for problem in error.problems)
        logger.warning("refused a request (%s)", error.code, extra=extra)
    return reply


def kept(error: UnreadablePush) -> Reply:
    """The reply to an unreadable push that the user's code has kept."""
    logger.warning("handed an unreadable push to on_unreadable", extra={"mx_code": error.code})
    return Reply.accepted()


def _conclusion(message: InboundMessage, returned: object, started: float) -> Reply:
    if clock() - started > wire.ANSWER_WITHIN_SECONDS:
        logger.warning("the answer took longer than the gateway allows", extra=_about(message))
    elif logger.isEnabledFor(logging.INFO):
        logger.info("received a message", extra=_about(message))
    return returned if isinstance(returned, Reply) else Reply.accepted()


def _about(message: InboundMessage) -> dict[str, object]:
    return {
        "mx_key": message.key,
        "mx_kind": type(message).__name__,
        "mx_code": tuple(defect.code for defect in message.defects),
    }
