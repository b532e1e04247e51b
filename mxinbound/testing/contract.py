"""What every adapter does alike, as a class of tests that an adapter of your own can pass.

    class TestMyAdapter(AdapterContract):
        def read(self, push, limits): ...
        def receive(self, receiver, push): ...
        def reply(self, reply): ...
        def push(self, push, receiver, handler, **options): ...

In: an adapter behind four methods. Out: assertions. Nothing in here knows a framework or a test runner.
"""

from __future__ import annotations

import asyncio
import io
import unittest
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Final, TypeAlias

from attrs import evolve

from mxinbound.errors import BodyIncomplete, ConfigurationError, MxInboundError, RequestTooLarge, SourceRefused
from mxinbound.limits import Limits
from mxinbound.messages import InboundMessage, Mms, Sms
from mxinbound.receiver import Receiver
from mxinbound.reply import Reply
from mxinbound.request import InboundRequest
from mxinbound.testing.forms import RawPush
from mxinbound.testing.pushes import mms, mms_notification, report, sms

#: A response: its status, its headers with names in lower case, its body.
Response: TypeAlias = tuple[int, dict[str, str], bytes]

_STRANGER: Final = "203.0.113.9"
_SMS: Final = sms(originator="+447700900123", to=["88600", "2"]).packed(raw_plus=True).raw
_MMS: Final = mms().raw
_raises: Final = unittest.TestCase().assertRaises
# Servers insist on a host.
_UNREADABLE: Final = RawPush(query=b"from=447700900123&message=secret", headers=(("Host", "h"),))
_REFUSED: Final = b"this request came from the address 203.0.113.9, and that is not allowed to push here\n"


class AdapterContract:
    """Conformance tests. Give a subclass the four methods; each runs the adapter's verb of its name."""

    #: Whether a handler may be an `async def`. If not, the endpoint must refuse it with a `ConfigurationError`.
    takes_async: bool = True
    #: Whether what a plain handler returns is awaited. If not, something to await must be a `ConfigurationError`.
    awaits_results: bool = False
    #: Whether the adapter sees the request first hand: the query undecoded, and the sender leave.
    first_hand: bool = True

    def read(self, push: RawPush, limits: Limits) -> InboundRequest:
        """What `read` makes of the framework's request for this push."""
        raise NotImplementedError

    def receive(self, receiver: Receiver, push: RawPush) -> InboundMessage:
        """What `receive` makes of the framework's request for this push."""
        raise NotImplementedError

    def reply(self, reply: Reply) -> Response:
        """The framework's response that `reply` makes."""
        raise NotImplementedError

    def push(self, push: RawPush, receiver: Receiver, handler: Callable[..., Any], **options: Any) -> Response:
        """What an application answers whose only view, at `/`, is `endpoint(receiver, handler, **options)`.

        What the handler raises must be raised.
        """
        raise NotImplementedError

    def test_read_makes_the_one_request_of_a_push(self) -> None:
        length = ("Content-Length", str(len(_MMS.body)))
        for push in (
            _SMS,
            _MMS,
            evolve(_MMS, chunked=True),
            evolve(_MMS, peer="2001:db8::1"),
            evolve(_SMS, peer="unix:"),
            evolve(_SMS, method="PUT"),
            evolve(_MMS, body=b""),
            RawPush(query=b"%zz=%&&;=+"),
            RawPush(
                query=b"a=b", headers=(("X-B", "2"), ("x-a", "1"), ("X-b", "3, 4"), ("X-A", "\xe9"), ("Host", "h"))
            ),
            evolve(_MMS, headers=(*_MMS.headers, length)),
            mms_notification().raw,
            report().raw,
        ):
            request, expected = _timeless(self.read(push, Limits())), push.as_request()
            assert request == expected
            assert request.to_bytes() == expected.to_bytes()

    def test_read_keeps_the_bytes_of_a_query(self) -> None:
        if self.first_hand:
            query = b"message=Test+\xa4;x&a=%A4"
            assert self.read(RawPush(query=query), Limits()).query == query

    def test_read_tells_the_time_in_utc(self) -> None:
        received_at = self.read(_SMS, Limits()).received_at
        assert received_at is not None
        assert received_at.tzinfo is timezone.utc
        assert abs(datetime.now(timezone.utc) - received_at) < timedelta(seconds=60)

    def test_read_leaves_the_body_of_a_get_alone(self) -> None:
        assert self.read(evolve(_SMS, body=_Untouchable()), Limits()).body == b""

    def test_read_puts_a_body_past_the_spool_limit_into_a_file(self) -> None:
        request = self.read(_MMS, Limits(spool_bytes=100))
        assert not isinstance(request.body, bytes)
        assert _timeless(request) == _MMS.as_request()

    def test_read_takes_a_body_up_to_the_limit(self) -> None:
        size = len(_MMS.body)
        for push in (_MMS, evolve(_MMS, chunked=True)):
            assert self.read(push, Limits(max_body_bytes=size)).body == push.body
            with _raises(RequestTooLarge) as caught:
                self.read(push, Limits(max_body_bytes=size - 1))
            assert (caught.exception.limit, caught.exception.allowed) == ("max_body_bytes", size - 1)

    def test_read_refuses_a_size_over_the_limit_unread(self) -> None:
        for length in (str(Limits().max_body_bytes + 1), "9" * 19, "9" * 5000):
            headers = (*_content_type(_MMS), ("Content-Length", length))
            with _raises(RequestTooLarge):
                self.read(evolve(_MMS, headers=headers, body=_Untouchable()), Limits())

    def test_read_does_not_take_a_part_for_the_whole(self) -> None:
        if self.first_hand:
            with _raises(BodyIncomplete):
                self.read(evolve(_MMS, chunk_bytes=100, leaves_after=300), Limits())

    def test_receive_admits_reads_and_parses(self) -> None:
        message = self.receive(Receiver(), _MMS)
        assert isinstance(message, Mms)
        assert message.archive.raw == mms().archive
        assert message.request is not None
        assert _timeless(message.request) == _MMS.as_request()

    def test_receive_refuses_a_stranger_before_it_touches_the_body(self) -> None:
        length = ("Content-Length", "1000")
        push = evolve(_MMS, peer=_STRANGER, body=_Untouchable(), headers=(*_content_type(_MMS), length))
        with _raises(SourceRefused) as caught:
            self.receive(Receiver(), push)
        assert caught.exception.verdict is not None
        assert caught.exception.verdict.client == _STRANGER

    def test_receive_believes_a_listed_proxy_only(self) -> None:
        forwarded = (("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-For", "83.166.69.1"))
        for proxy in ("10.1.2.3", "unix:"):
            push = evolve(_SMS, headers=forwarded, peer=proxy)
            assert isinstance(self.receive(Receiver(trusted_proxies=[proxy]), push), Sms)
            with _raises(SourceRefused):
                self.receive(Receiver(), push)

    def test_reply_becomes_the_response(self) -> None:
        for status in (200, 202, 403, 405, 413, 500, 503, 299):
            seen, headers, body = self.reply(Reply(status, b"\x00body", "application/x-test"))
            assert (seen, body) == (status, b"\x00body")
            assert (headers["content-type"], headers["content-length"]) == ("application/x-test", "5")
            assert headers.get("allow") == ("GET, HEAD, OPTIONS, POST" if status == 405 else None)

    def test_the_endpoint_gives_the_message_to_the_handler(self) -> None:
        for push, kind in ((_SMS, Sms), (_MMS, Mms)):
            handler = _Kept()
            status, headers, body = self.push(push, Receiver(), handler)
            assert (status, body) == (200, b"OK")
            assert headers["content-type"].startswith("text/plain")
            (message,) = handler.arguments
            assert isinstance(message, kind)
            assert message.id == sms().id

    def test_the_endpoint_leaves_what_it_gave_open(self) -> None:
        handler = _Kept()
        self.push(_MMS, Receiver(limits=Limits(spool_bytes=50)), handler)
        assert handler.arguments.pop().archive.raw == mms().archive

    def test_the_endpoint_tells_a_stranger_the_address(self) -> None:
        handler = _Kept()
        status, _, body = self.push(evolve(_MMS, peer=_STRANGER), Receiver(), handler)
        assert (status, body, handler.arguments) == (403, _REFUSED, [])

    def test_the_endpoint_tells_why_a_push_cannot_be_read(self) -> None:
        status, _, body = self.push(_UNREADABLE, Receiver(), _Kept())
        assert (status, body) == (400, b"'id' is missing: every push carries one\n")

    def test_the_endpoint_answers_200_once_an_unreadable_push_is_kept(self) -> None:
        unread = _Kept()
        status, _, body = self.push(_UNREADABLE, Receiver(), _Kept(), on_unreadable=unread)
        assert (status, body) == (200, b"OK")
        request, error = unread.arguments
        assert _timeless(request) == _UNREADABLE.as_request()
        assert type(error).__name__ == "UnreadablePush"

    def test_the_endpoint_answers_a_monitor_without_a_message(self) -> None:
        handler, unread = _Kept(), _Kept()
        for peer in (_SMS.peer, _STRANGER):
            for push in (evolve(_SMS, method="HEAD"), RawPush(method="OPTIONS"), RawPush(), RawPush(query=b"&")):
                status, _, body = self.push(evolve(push, peer=peer), Receiver(), handler, on_unreadable=unread)
                assert status == 200
                assert push.method == "HEAD" or body == b"OK"
        assert handler.arguments == unread.arguments == []

    def test_the_endpoint_refuses_other_methods_and_sizes(self) -> None:
        status, headers, _ = self.push(evolve(_SMS, method="PUT"), Receiver(), _Kept())
        assert status == 405
        assert "POST" in headers["allow"]
        status, _, body = self.push(_MMS, Receiver(limits=Limits(max_body_bytes=100)), _Kept())
        assert (status, body) == (413, b"the body is larger than max_body_bytes (100 bytes)\n")

    def test_the_endpoint_lets_through_what_the_handler_raises(self) -> None:
        for error in (ZeroDivisionError("a bug"), MxInboundError("no error of receiving")):

            def handler(_: object, error: Exception = error) -> None:
                raise error

            with _raises(type(error)) as caught:
                self.push(_SMS, Receiver(), handler)
            assert caught.exception is error

    def test_the_endpoint_answers_with_a_reply_and_ignores_all_else(self) -> None:
        for returned, expected in (
            (Reply(503, b"later", "text/html"), (503, b"later")),
            ("ignored", (200, b"OK")),
            (500, (200, b"OK")),
        ):
            status, _, body = self.push(_SMS, Receiver(), _Kept(returned))
            assert (status, body) == expected

    def test_the_endpoint_awaits_an_async_handler_or_refuses_it(self) -> None:
        async def handler(_: object) -> Reply:
            await asyncio.sleep(0)
            return Reply(200, b"awaited")

        if self.takes_async:
            assert self.push(_SMS, Receiver(), handler)[2] == b"awaited"
        else:
            with _raises(ConfigurationError):
                self.push(_SMS, Receiver(), handler)

    def test_the_endpoint_does_not_lose_what_returns_something_to_await(self) -> None:
        handled: list[object] = []

        async def handle(message: object) -> None:
            handled.append(message)

        def handler(message: object) -> object:
            return handle(message)

        if self.awaits_results:
            self.push(_SMS, Receiver(), handler)
            assert len(handled) == 1
        else:
            with _raises(ConfigurationError):
                self.push(_SMS, Receiver(), handler)

    def test_the_endpoint_refuses_arguments_that_cannot_work(self) -> None:
        nothing: Any = None
        for receiver, handler, options in (
            (nothing, _Kept(), {}),
            (Receiver(), nothing, {}),
            (Receiver(), _Kept(), {"on_unreadable": "keep"}),
        ):
            with _raises(ConfigurationError):
                self.push(_SMS, receiver, handler, **options)


class _Kept:
    """A handler that keeps what it is given."""

    def __init__(self, returned: object = None) -> None:
        self.arguments: list[Any] = []
        self._returned = returned

    def __call__(self, *arguments: Any) -> object:
        self.arguments.extend(arguments)
        return self._returned


class _Untouchable(io.RawIOBase):
    """A body that must not be read."""

    def read(self, _: int = -1, /) -> bytes:
        raise AssertionError("the body was touched")


def _timeless(request: InboundRequest) -> InboundRequest:
    """The request less the one thing that differs between two readings of one push."""
    return evolve(request, received_at=None)


def _content_type(push: RawPush) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in push.headers if pair[0] == "content-type")
