"""ASGI 3: from a scope to a request, and an endpoint that is a whole ASGI application.

In: a scope and its `receive`. Out: an `InboundRequest`, a message, or the events of the response. Asks for the body
only after the address has been admitted, counts it as it comes, and gives it `max_read_seconds`. Runs on asyncio.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from mxinbound.adapters._bodies import collect_async, declared_size, has_body
from mxinbound.adapters._endpoint import Handler, OnUnreadable, answering_async, check, leaves_body_unread
from mxinbound.errors import BodyIncomplete
from mxinbound.limits import Limits
from mxinbound.receiver import Receiver, read_admitted
from mxinbound.request import InboundRequest
from mxinbound.source import UNIX

if TYPE_CHECKING:
    from mxinbound.messages import InboundMessage
    from mxinbound.reply import Reply

Scope: TypeAlias = MutableMapping[str, Any]
Event: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Event]]
Send: TypeAlias = Callable[[Event], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


async def read(scope: Scope, receive: Receive, *, limits: Limits = Limits()) -> InboundRequest:
    """Take a request out of a scope, its body included.

    Raises:
        RequestTooLarge: if the body is over the limit; a declared size is refused unread.
        BodyIncomplete: if the sender leaves before its end or is too slow.
    """
    return await _with_body(head_of(scope), receive, limits)


async def receive(receiver: Receiver, scope: Scope, receive: Receive) -> InboundMessage:
    """Admit a request by its address, then read and parse it.

    Raises:
        SourceRefused: before the body is asked for.
        UnreadablePush, RequestTooLarge, MethodNotAllowed, BodyIncomplete: as `read` and `parse`.
    """
    head = head_of(scope)
    receiver.admit(head)
    return read_admitted(receiver, await _with_body(head, receive, receiver.limits))


def reply(reply: Reply) -> Application:
    """A reply as a response, which in ASGI is an application: `await asgi.reply(reply)(scope, receive, send)`."""

    async def response(scope: Scope, _: Receive, send: Send) -> None:
        for event in _events(reply, scope):
            await send(event)

    return response


def endpoint(receiver: Receiver, handler: Handler, *, on_unreadable: OnUnreadable | None = None) -> Application:
    """An ASGI application that receives pushes.

    Args:
        receiver: Who may push and how pushes are read.
        handler: Called with each message; awaited if it is an `async def`, run in a thread if not. What it returns is
            ignored unless it is a `Reply`; what it raises passes through to the server, and the gateway delivers again.
        on_unreadable: Called with the raw request and the error of a push that cannot be read, to keep it; the push is
            then answered 200. Without it, it is answered 400.
    """
    check(receiver, handler, on_unreadable)
    answer = answering_async(receiver, _with_body, handler, on_unreadable)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            # A WebSocket that is closed before it is accepted is answered 403 by the server.
            await send({"type": "websocket.close"})
        else:
            for event in _events(await answer(head_of(scope), receive), scope):
                await send(event)

    return application


def closing(reply: Reply, scope: Scope) -> tuple[tuple[str, str], ...]:
    """The header that ends the connection after a refusal that left some of the body unread."""
    # Without it a server keeps waiting for the rest. HTTP/2 has no such header, and needs none.
    ends = leaves_body_unread(reply) and scope.get("http_version", "1.1").startswith("1")
    return (("Connection", "close"),) if ends else ()


def _events(reply: Reply, scope: Scope) -> tuple[Event, Event]:
    # A list of its own for each response: middleware adds to it.
    headers = [*_encoded(reply.headers), *_encoded(closing(reply, scope))]
    return (
        {"type": "http.response.start", "status": reply.status, "headers": headers},
        {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body},
    )


@lru_cache(maxsize=64)
def _encoded(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in pairs)


async def _with_body(head: InboundRequest, receive: Receive, limits: Limits) -> InboundRequest:
    if not has_body(head):
        return head
    return head.with_body(await collect_async(_chunks(receive), declared_size(head, limits), limits))


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return


def head_of(scope: Scope) -> InboundRequest:
    """Everything but the body."""
    client = scope.get("client")
    return InboundRequest(
        method=scope["method"],
        query=scope.get("query_string", b""),
        headers=normalised(scope.get("headers", ())),
        # Servers say None, or leave the host empty, for a Unix socket, whose other end has no address.
        peer=(client[0] if client else "") or UNIX,
        received_at=datetime.now(timezone.utc),
    )


def normalised(pairs: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Headers as WSGI servers hand them out: one pair a name, repeats joined, here in alphabetical order."""
    values: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        values[name] = f"{values[name]},{value}" if name in values else value
    for name in ("content-type", "content-length"):
        if values.get(name) == "":
            del values[name]
    return tuple(sorted(values.items()))


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise BodyIncomplete("the sender left before the body was complete")
        chunk = event.get("body", b"")
        if chunk:
            yield chunk
        more = event.get("more_body", False)
