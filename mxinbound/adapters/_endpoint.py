"""What every endpoint does between a framework's request and its response, once for sync and once for async code.

In: the head of a request, what its body is read from, the user's handler. Out: a `Reply`. Errors of receiving become
replies here; what the handler raises passes through untouched, so that the framework answers 500 and reports it as it
always does, and the gateway delivers again.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from time import monotonic as clock
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from mxinbound import wire
from mxinbound.adapters._bodies import has_body
from mxinbound.errors import ConfigurationError, MxInboundError, SourceRefused, UnreadablePush
from mxinbound.receiver import Receiver, read_admitted
from mxinbound.reply import Reply

if TYPE_CHECKING:
    from mxinbound.limits import Limits
    from mxinbound.messages import InboundMessage
    from mxinbound.request import InboundRequest

#: The user's code: takes a message; what it returns is ignored unless it is a `Reply`. May be `async def`.
Handler: TypeAlias = "Callable[[InboundMessage], Any]"
#: Takes the raw push and the error; may be `async def`.
OnUnreadable: TypeAlias = "Callable[[InboundRequest, UnreadablePush], Any]"
_Source = TypeVar("_Source")

logger: Final = logging.getLogger("mxinbound")
logger.addHandler(logging.NullHandler())


def is_async(function: object) -> bool:
    """Whether calling it gives something to await: an `async def`, a partial of one, or an object called like one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004


def check(receiver: object, handler: object, on_unreadable: object) -> None:
    """Refuse what cannot make an endpoint when it is made, not when the first push comes.

    Raises:
        ConfigurationError: if an argument is not what it must be.
    """
    if not isinstance(receiver, Receiver):
        raise ConfigurationError("an endpoint takes a Receiver, then the handler")
    if not callable(handler) or not (on_unreadable is None or callable(on_unreadable)):
        raise ConfigurationError("a handler is a function of a message, on_unreadable one of a request and an error")


def awaitable(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """The function itself if it is an `async def`, else one that runs it in a thread, and awaits what that gives."""
    if is_async(function):
        return function
    import asyncio  # noqa: PLC0415  # sync frameworks share this module

    async def threaded(*arguments: Any) -> Any:
        result = await asyncio.to_thread(call, function, *arguments)
        return await result if inspect.isawaitable(result) else result

    return threaded


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the user's code, which may raise anything but StopIteration: threads and coroutines lose that one."""
    try:
        return function(*arguments)
    except StopIteration as error:
        raise RuntimeError("the handler raised StopIteration") from error


def call_sync(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call the user's code where nothing can await what it returns.

    Raises:
        ConfigurationError: if it returns something to await, which would be a message lost behind a 200.
    """
    result = call(function, *arguments)
    if result is not None and inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise ConfigurationError("the handler returned something to await: make it an async def, or a plain function")
    return result


def answering(
    receiver: Receiver,
    with_body: Callable[[InboundRequest, _Source, Limits], InboundRequest],
    handler: Handler,
    on_unreadable: OnUnreadable | None,
) -> Callable[[InboundRequest, _Source], Reply]:
    """Make what answers one request, given its head and what its body is read from."""

    def answer(head: InboundRequest, source: _Source) -> Reply:
        if head.is_probe:
            return Reply.accepted()
        started = clock()
        try:
            receiver.admit(head)
            message = read_admitted(receiver, with_body(head, source, receiver.limits))
        except UnreadablePush as error:
            if on_unreadable is None:
                return refusal(error)
            call_sync(on_unreadable, request_of(error), error)
            return kept(error)
        except MxInboundError as error:
            return refusal(error)
        received(message)
        return _conclusion(message, call_sync(handler, message), started)

    return answer


def answering_async(
    receiver: Receiver,
    with_body: Callable[[InboundRequest, _Source, Limits], Awaitable[InboundRequest]],
    handler: Handler,
    on_unreadable: OnUnreadable | None,
) -> Callable[[InboundRequest, _Source], Awaitable[Reply]]:
    """As `answering`, in async code; functions that are no `async def` run in a thread."""
    handle = awaitable(handler)
    keep = on_unreadable and awaitable(on_unreadable)

    async def answer(head: InboundRequest, source: _Source) -> Reply:
        if head.is_probe:
            return Reply.accepted()
        started = clock()
        try:
            receiver.admit(head)
            # Asked here as well: awaiting what has nothing to wait for costs a coroutine.
            request = await with_body(head, source, receiver.limits) if has_body(head) else head
            message = read_admitted(receiver, request)
        except UnreadablePush as error:
            if keep is None:
                return refusal(error)
            await keep(request_of(error), error)
            return kept(error)
        except MxInboundError as error:
            return refusal(error)
        received(message)
        return _conclusion(message, await handle(message), started)

    return answer


def request_of(error: UnreadablePush) -> InboundRequest:
    """The request of an error of receiving, which always has one."""
    assert error.request is not None
    return error.request


def refusal(error: MxInboundError) -> Reply:
    """The reply to an error of receiving, which goes into the log as well."""
    # Constant text: an address is no secret, but it goes where the operator decides.
    if isinstance(error, SourceRefused) and error.verdict is not None:
        extra = {"mx_code": error.code, "mx_client": error.verdict.client}
        logger.warning("refused a request: %s", error.verdict.reason, extra=extra)
    else:
        logger.warning("refused a request (%s)", ", ".join(_codes(error)), extra={"mx_code": error.code})
    return Receiver.reply_to(error)


def kept(error: UnreadablePush) -> Reply:
    """The reply to an unreadable push that the user's code has kept."""
    logger.warning("an unreadable push was kept (%s)", ", ".join(_codes(error)), extra={"mx_code": error.code})
    return Reply.accepted()


def received(message: InboundMessage) -> None:
    """Log a message by its key."""
    if logger.isEnabledFor(logging.INFO):
        logger.info("received a message", extra=_about(message))


def leaves_body_unread(reply: Reply) -> bool:
    """Whether some of the body may still be on its way when this is the reply."""
    return reply.status in {403, 405, 408, 413}


def _conclusion(message: InboundMessage, returned: object, started: float) -> Reply:
    if clock() - started > wire.ANSWER_WITHIN_SECONDS:
        logger.warning("the answer took longer than the gateway allows", extra=_about(message))
    return returned if isinstance(returned, Reply) else Reply.accepted()


def _codes(error: MxInboundError) -> tuple[str, ...]:
    problems = error.problems if isinstance(error, UnreadablePush) else ()
    return (error.code, *(problem.code for problem in problems))


def _about(message: InboundMessage) -> dict[str, str]:
    codes = ", ".join(defect.code for defect in message.defects)
    return {"mx_key": message.key, "mx_kind": type(message).__name__, "mx_code": codes}
