"""WSGI (PEP 3333): from an environ to a request, and an endpoint that is a whole WSGI application.

In: an environ. Out: an `InboundRequest`, a message, or the response. Reads `wsgi.input` only after the address has been
admitted, in steps of 64 KiB. How long a sender may take is the server's business here.
"""

from __future__ import annotations

from datetime import datetime, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from mxinbound.adapters._bodies import collect, declared_size, has_body
from mxinbound.adapters._endpoint import Handler, OnUnreadable, answering, check, is_async
from mxinbound.errors import BodyIncomplete, ConfigurationError
from mxinbound.limits import Limits
from mxinbound.receiver import Receiver, read_admitted
from mxinbound.request import InboundRequest
from mxinbound.source import UNIX

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from mxinbound.body import SpooledBody
    from mxinbound.messages import InboundMessage
    from mxinbound.reply import Reply


_PHRASES: Final = {int(status): status.phrase for status in HTTPStatus}
# Some servers set these beside the ones without the prefix.
_DOUBLES: Final = frozenset({"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"})


def read(environ: WSGIEnvironment, *, limits: Limits = Limits()) -> InboundRequest:
    """Take a request out of an environ, its body included.

    Raises:
        RequestTooLarge: if the body is over the limit; a declared size is refused unread.
        BodyIncomplete: if the sender leaves before its end, or the server does not say where that is.
    """
    return _with_body(head_of(environ), environ, limits)


def receive(receiver: Receiver, environ: WSGIEnvironment) -> InboundMessage:
    """Admit a request by its address, then read and parse it.

    Raises:
        SourceRefused: before one byte of the body is read.
        UnreadablePush, RequestTooLarge, MethodNotAllowed, BodyIncomplete: as `read` and `parse`.
    """
    head = head_of(environ)
    receiver.admit(head)
    return read_admitted(receiver, _with_body(head, environ, receiver.limits))


def reply(reply: Reply) -> WSGIApplication:
    """A reply as a response, which in WSGI is an application: `return wsgi.reply(reply)(environ, start_response)`."""

    def response(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(f"{reply.status} {_PHRASES.get(reply.status, 'Unknown')}", list(reply.headers))
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [reply.body]

    return response


def endpoint(receiver: Receiver, handler: Handler, *, on_unreadable: OnUnreadable | None = None) -> WSGIApplication:
    """A WSGI application that receives pushes.

    Args:
        receiver: Who may push and how pushes are read.
        handler: Called with each message. What it returns is ignored unless it is a `Reply`; what it raises passes
            through to the server, and the gateway delivers again.
        on_unreadable: Called with the raw request and the error of a push that cannot be read, to keep it; the push is
            then answered 200. Without it, it is answered 400.

    Raises:
        ConfigurationError: for an `async def`, which nothing would await, and for other arguments that cannot work.
    """
    check(receiver, handler, on_unreadable)
    if is_async(handler) or is_async(on_unreadable):
        raise ConfigurationError("a WSGI endpoint cannot await: give it a handler that is a plain function")

    answer = answering(receiver, _with_body, handler, on_unreadable)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return reply(answer(head_of(environ), environ))(environ, start_response)

    return application


def _with_body(head: InboundRequest, environ: WSGIEnvironment, limits: Limits) -> InboundRequest:
    return head.with_body(body_of(environ, head, limits)) if has_body(head) else head


def head_of(environ: WSGIEnvironment) -> InboundRequest:
    """Everything but the body."""
    headers = [
        (key[5:].replace("_", "-").lower(), value)
        for key, value in environ.items()
        # The first test is for speed: most keys are the server's own, and an operator is quicker than a method.
        if "HTTP_" in key and key.startswith("HTTP_") and key not in _DOUBLES
    ]
    # An empty one of these means the same as none, and servers differ on which they set.
    if environ.get("CONTENT_TYPE"):
        headers.append(("content-type", environ["CONTENT_TYPE"]))
    if environ.get("CONTENT_LENGTH"):
        headers.append(("content-length", environ["CONTENT_LENGTH"]))
    peer = environ.get("REMOTE_ADDR")
    return InboundRequest(
        method=environ.get("REQUEST_METHOD", ""),
        query=environ.get("QUERY_STRING", "").encode("latin-1", "replace"),
        headers=tuple(sorted(headers)),
        # Servers leave it empty for a Unix socket, whose other end has no address.
        peer=UNIX if peer == "" else peer,
        received_at=datetime.now(timezone.utc),
    )


def body_of(environ: WSGIEnvironment, head: InboundRequest, limits: Limits, stream: Any = None) -> bytes | SpooledBody:
    """Read the body from `stream`, by default `wsgi.input`.

    Raises:
        RequestTooLarge, BodyIncomplete: as `read`.
    """
    size = declared_size(head, limits)
    if size is None and not environ.get("wsgi.input_terminated"):
        # By the standard there is no body without a length; reading on could wait for ever.
        if head.header("transfer-encoding") or head.header("content-length"):
            raise BodyIncomplete(
                "the body is chunked or its Content-Length is no number,"
                " and this server does not say where it ends (wsgi.input_terminated)"
            )
        return b""
    return collect((stream or environ["wsgi.input"]).read, size, limits)
