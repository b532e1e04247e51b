"""What every adapter of ours does alike, beyond the contract that others may run too."""

import asyncio
import gc
import io
import logging
import os
import weakref

import pytest
from adapters.harness import ENDPOINTS, FIRST_HAND, HARNESSES, Untouchable, Wire, without_time
from pushing import MULTIPART, ZIP, field, multipart, zip_part

from mxinbound import (
    MX_NETWORKS,
    BodyIncomplete,
    InboundRequest,
    Limits,
    MmsNotAvailable,
    Receiver,
    Reply,
    RequestTooLarge,
    UnreadablePush,
)
from mxinbound.testing import RawPush

SMS = RawPush(query=b"id=1&from=+447700900123&to=88600&to=2&date=2010-08-21+17:32:21+0000&type=6&message=Test+%A4;x")
RAW = RawPush(query=SMS.query + b"\xa4")
BODY = multipart(
    field("id", "2"), field("from", "44"), field("to", "1"), field("date", "2010-08-21 17:32:21 +0000"), zip_part(),
    field("type", "2"),
)  # fmt: skip
MMS = RawPush(method="POST", headers=(("Content-Type", MULTIPART),), body=BODY)


@pytest.fixture(params=HARNESSES.values(), ids=HARNESSES.keys())
def harness(request):
    return request.param


@pytest.fixture(params=ENDPOINTS.values(), ids=ENDPOINTS.keys())
def endpoint(request):
    return request.param


first_hand = pytest.mark.parametrize("name", FIRST_HAND)


@pytest.fixture
def receiver():
    return Receiver()


class Kept:
    """A handler that keeps what it is given."""

    def __init__(self):
        self.messages = []

    def __call__(self, message):
        self.messages.append(message)


def request_of(wire, headers):
    return InboundRequest(method=wire.method, query=wire.query, headers=headers, body=wire.body, peer=wire.peer)


class TestRead:
    @pytest.mark.parametrize(
        ("wire", "headers"),
        [
            (SMS, ()),
            (MMS, (("content-length", str(len(BODY))), ("content-type", MULTIPART))),
            (
                RawPush(method="POST", headers=(("Content-Type", MULTIPART),), body=BODY, chunked=True),
                (("content-type", MULTIPART), ("transfer-encoding", "chunked")),
            ),
            (
                RawPush(query=b"a=b", headers=(("X-B", "2"), ("x-a", "1"), ("X-b", "3, 4"), ("X-A", "\xe9"), ("Host", "h"))),
                (("host", "h"), ("x-a", "1,\xe9"), ("x-b", "2,3, 4")),
            ),
            (
                RawPush(method="POST", headers=(("Content-Type", ""), ("Content-Length", "")), body=b"a=1"),
                (),
            ),
            (
                RawPush(method="POST", headers=(("Content-Length", "junk"),), body=b"a=1"),
                (("content-length", "junk"),),
            ),
            (
                RawPush(method="POST", headers=(("Content-Length", "3"), ("Content-Length", "3")), body=b"a=1"),
                (("content-length", "3,3"),),
            ),
            (
                RawPush(method="POST", headers=(("Content-Length", "-3"),), body=b"a=1"),
                (("content-length", "-3"),),
            ),
            (RawPush(query=b"%zz=%&&;=\xc3\xa9\x00+", peer="unix:"), ()),
            (RawPush(query=b"a=b", peer="2001:db8::1"), ()),
            (RawPush(method="PUT", query=b"a=b"), ()),
            (RawPush(method="POST"), ()),
        ],
        ids=[
            "get", "multipart", "chunked", "repeated headers", "empty headers", "junk length", "two lengths",
            "negative length", "unix socket", "ipv6", "put", "empty post",
        ],
    )  # fmt: skip
    def test_every_adapter_makes_the_identical_request(self, harness, wire, headers):
        request = harness.read(wire)
        expected = request_of(wire, headers)
        assert without_time(request) == expected
        assert without_time(request).to_bytes() == expected.to_bytes()

    def test_a_body_past_the_spool_limit_is_a_file_with_the_same_bytes(self, harness):
        limits = Limits(spool_bytes=100)
        request = harness.read(MMS, limits)
        assert not isinstance(request.body, bytes)
        assert without_time(request) == without_time(harness.read(MMS))
        descriptor = request.body._descriptor
        assert os.fstat(descriptor)
        del request
        gc.collect()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)

    @pytest.mark.parametrize("chunked", [False, True])
    def test_the_limit_is_the_largest_size_that_passes(self, harness, chunked):
        wire = RawPush(method="POST", headers=(("Content-Type", MULTIPART),), body=BODY, chunked=chunked)
        assert harness.read(wire, Limits(max_body_bytes=len(BODY))).body == BODY
        with pytest.raises(RequestTooLarge) as caught:
            harness.read(wire, Limits(max_body_bytes=len(BODY) - 1))
        assert str(caught.value) == f"the body is larger than max_body_bytes ({len(BODY) - 1} bytes)"
        assert (caught.value.limit, caught.value.allowed) == ("max_body_bytes", len(BODY) - 1)

    @pytest.mark.parametrize("length", ["17825793", "9" * 18, "9" * 19, "9" * 5000])
    def test_a_declared_size_over_the_limit_is_refused_unread(self, harness, length):
        headers = (("Content-Type", MULTIPART), ("Content-Length", length))
        with pytest.raises(RequestTooLarge):
            harness.read(RawPush(method="POST", headers=headers, body=Untouchable()))

    @first_hand
    @pytest.mark.parametrize("spool_bytes", [10, 1 << 20])
    def test_a_sender_who_leaves_is_an_error(self, name, spool_bytes):
        wire = RawPush(method="POST", headers=MMS.given_headers, body=BODY, leaves_after=300, chunk_bytes=100)
        with pytest.raises(BodyIncomplete):
            HARNESSES[name].read(wire, Limits(spool_bytes=spool_bytes))


class TestEndpoint:
    @pytest.mark.parametrize("wire", [SMS, MMS], ids=["sms", "mms"])
    def test_the_message_reaches_the_handler_and_the_gateway_its_200(self, endpoint, receiver, wire):
        kept = Kept()
        answer = endpoint.push(wire, receiver, kept)
        assert (answer.status, answer.body) == (200, b"OK")
        assert answer.headers["content-type"].startswith("text/plain")
        (message,) = kept.messages
        assert message.id == ("1" if wire is SMS else "2")

    # The parser of aiohttp, which stands in front of its endpoint here, refuses them as real servers do.
    @pytest.mark.parametrize("name", [name for name in FIRST_HAND if name != "aiohttp"])
    def test_raw_bytes_of_the_query_reach_the_message(self, name, receiver):
        kept = Kept()
        HARNESSES[name].push(RAW, receiver, kept)
        assert kept.messages[0].text == "Test €;x€"
        assert kept.messages[0].to == ("88600", "2")

    def test_the_archive_outlives_the_request(self, endpoint):
        kept = Kept()
        endpoint.push(MMS, Receiver(limits=Limits(spool_bytes=50)), kept)
        message = kept.messages.pop()
        archive, spool = message.archive, weakref.ref(message.request.body)
        del message
        gc.collect()
        assert archive.raw == ZIP
        del archive
        gc.collect()
        assert spool() is None

    def test_a_stranger_gets_403_and_is_told_the_address(self, endpoint, receiver):
        wire = RawPush(method="POST", headers=MMS.given_headers, body=b"x" * 10, peer="203.0.113.9")
        kept = Kept()
        answer = endpoint.push(wire, receiver, kept)
        assert answer.status == 403
        assert answer.body == b"this request came from the address 203.0.113.9, and that is not allowed to push here\n"
        assert kept.messages == []

    def test_what_cannot_be_read_gets_400_and_a_sentence(self, endpoint, receiver):
        answer = endpoint.push(RawPush(query=b"from=447700900123&message=secret"), receiver, Kept())
        assert (answer.status, answer.body) == (400, b"'id' is missing: every push carries one\n")

    def test_or_200_once_it_is_kept(self, endpoint, receiver):
        unread = []
        wire = RawPush(query=b"from=447700900123&message=secret", headers=(("Host", "h"),))
        answer = endpoint.push(wire, receiver, Kept(), on_unreadable=lambda *both: unread.append(both))
        assert (answer.status, answer.body) == (200, b"OK")
        ((request, error),) = unread
        assert without_time(request) == request_of(wire, (("host", "h"),))
        assert type(error) is UnreadablePush

    def test_or_500_if_keeping_fails(self, endpoint, receiver):
        def full_disk(request, error):
            raise OSError("disk full")

        with pytest.raises(OSError, match=r"^disk full$"):
            endpoint.push(RawPush(query=b"a=b"), receiver, Kept(), on_unreadable=full_disk)

    @pytest.mark.parametrize(
        "wire",
        [RawPush(method="HEAD", query=SMS.query), RawPush(method="OPTIONS"), RawPush(), RawPush(query=b"&")],
        ids=["head", "options", "empty get", "blank get"],
    )
    @pytest.mark.parametrize("peer", ["83.166.68.10", "203.0.113.9"])
    def test_a_monitor_is_answered_from_anywhere_and_brings_no_message(self, endpoint, receiver, wire, peer):
        kept, unread = Kept(), Kept()
        wire = RawPush(method=wire.method, query=wire.query, peer=peer)
        answer = endpoint.push(wire, receiver, kept, on_unreadable=lambda *both: unread(both))
        assert answer.status == 200
        assert wire.method == "HEAD" or answer.body == b"OK"
        assert kept.messages == unread.messages == []

    def test_another_method_gets_405(self, endpoint, receiver):
        answer = endpoint.push(RawPush(method="PUT", query=SMS.query), receiver, Kept())
        assert answer.status == 405
        assert "POST" in answer.headers["allow"]

    def test_a_body_over_the_limit_gets_413(self, endpoint):
        answer = endpoint.push(MMS, Receiver(limits=Limits(max_body_bytes=100)), Kept())
        assert (answer.status, answer.body) == (413, b"the body is larger than max_body_bytes (100 bytes)\n")

    @pytest.mark.parametrize("error", [ZeroDivisionError("a bug"), MmsNotAvailable("gone"), UnreadablePush("no")])
    def test_what_the_handler_raises_passes_through(self, endpoint, receiver, error):
        def handler(message):
            raise error

        with pytest.raises(type(error)) as caught:
            endpoint.push(SMS, receiver, handler, on_unreadable=lambda *both: None)
        assert caught.value is error

    def test_in_report_mode_the_message_says_where_it_came_from(self, endpoint):
        kept = Kept()
        endpoint.push(RawPush(query=SMS.query, peer="203.0.113.9"), Receiver(source_check="report"), kept)
        assert "source-not-allowed" in [defect.code for defect in kept.messages[0].defects]

    def test_so_does_the_message_of_the_verb(self, harness):
        message = harness.receive(Receiver(source_check="report"), RawPush(query=SMS.query, peer="203.0.113.9"))
        assert "source-not-allowed" in [defect.code for defect in message.defects]


class TestHandlers:
    def test_an_async_handler_is_awaited(self, harness, receiver):
        if not harness.takes_async:
            from mxinbound import ConfigurationError

            for options in ({"handler": async_handler}, {"handler": print, "on_unreadable": async_handler}):
                with pytest.raises(
                    ConfigurationError, match=r"^a WSGI endpoint cannot await: give it a handler that is"
                ):
                    harness.push(SMS, receiver, **options)
            return
        assert harness.push(SMS, receiver, async_handler).body == b"awaited"
        assert harness.push(SMS, receiver, Callable()).body == b"awaited"

    def test_what_returns_something_to_await_is_not_lost(self, harness, receiver):
        awaited = []

        async def handle(message):
            awaited.append(message)

        async_native = type(harness).__name__ in {"Asgi", "OfStarlette", "FastApi", "Aiohttp"}
        if async_native:
            harness.push(SMS, receiver, lambda message: handle(message))  # noqa: PLW0108  # that is the point
            assert len(awaited) == 1
            return
        from mxinbound import ConfigurationError

        with pytest.raises(ConfigurationError, match=r"^the handler returned something to await: make it an async def"):
            harness.push(SMS, receiver, lambda message: handle(message))  # noqa: PLW0108  # that is the point

    def test_a_handler_that_raises_stop_iteration_is_an_error_like_any_other(self, harness, receiver):
        with pytest.raises(RuntimeError, match=r"^the handler raised StopIteration$"):
            harness.push(SMS, receiver, lambda message: next(iter([])))

    @pytest.mark.parametrize("arguments", [(print, None), (None, print), ("receiver", print)])
    def test_arguments_that_cannot_work_are_refused_at_once(self, harness, receiver, arguments):
        from mxinbound import ConfigurationError

        with pytest.raises(ConfigurationError):
            harness.push(SMS, *arguments)
        with pytest.raises(ConfigurationError, match=r"^a handler is a function of a message"):
            harness.push(SMS, receiver, None)
        with pytest.raises(ConfigurationError, match=r"^a handler is a function of a message"):
            harness.push(SMS, receiver, print, on_unreadable="keep")

    def test_an_async_on_unreadable_is_awaited(self, harness, receiver):
        if not harness.takes_async:
            return
        unread = []

        async def keep(request, error):
            await asyncio.sleep(0)
            unread.append(request)

        for handler in (print, async_handler):
            assert harness.push(RawPush(query=b"a=b"), receiver, handler, on_unreadable=keep).status == 200
        assert len(unread) == 2

    def test_a_sync_on_unreadable_serves_an_async_handler(self, harness, receiver):
        if not harness.takes_async:
            return
        unread = []
        answer = harness.push(
            RawPush(query=b"a=b"), receiver, async_handler, on_unreadable=lambda *both: unread.append(both)
        )
        assert (answer.status, len(unread)) == (200, 1)


async def async_handler(message):
    await asyncio.sleep(0)
    return Reply(200, b"awaited")


class Callable:
    async def __call__(self, message):
        return await async_handler(message)


class TestLogging:
    """Constant text and keys: no number, no text, no subject, at any level."""

    @pytest.fixture(autouse=True)
    def _everything(self, caplog):
        caplog.set_level(logging.DEBUG, "mxinbound")

    def records(self, caplog):
        return [record for record in caplog.records if record.name.startswith("mxinbound")]

    def test_a_message_is_logged_by_its_key(self, endpoint, receiver, caplog):
        endpoint.push(SMS, receiver, Kept())
        (record,) = self.records(caplog)
        assert record.getMessage() == "received a message"
        assert (record.levelname, record.mx_key, record.mx_kind) == ("INFO", "sms:1", "Sms")
        assert sorted(record.mx_code.split(", ")) == ["charset-fallback", "plus-restored", "plus-restored"]
        assert not any("447700900123" in str(value) or "Test" in str(value) for value in vars(record).values())

    def test_a_refusal_says_what_to_set(self, endpoint, receiver, caplog):
        endpoint.push(RawPush(query=SMS.query, peer="203.0.113.9"), receiver, Kept())
        (record,) = self.records(caplog)
        assert record.getMessage() == (
            "refused a request: the client's address is in none of the allowed networks;"
            " list it in networks= if it may push, in trusted_proxies= if it is a proxy of yours"
        )
        assert (record.levelname, record.mx_code, record.mx_client) == ("WARNING", "source-refused", "203.0.113.9")

    def test_an_unreadable_push_is_logged_by_its_problems(self, endpoint, receiver, caplog):
        wire = RawPush(query=b"from=447700900123&message=secret")
        endpoint.push(wire, receiver, Kept())
        endpoint.push(wire, receiver, Kept(), on_unreadable=lambda *both: None)
        texts = [
            "refused a request (unreadable-push, id-missing)",
            "an unreadable push was kept (unreadable-push, id-missing)",
        ]
        records = self.records(caplog)
        assert [record.getMessage() for record in records] == texts
        assert {(record.levelname, record.mx_code) for record in records} == {("WARNING", "unreadable-push")}
        shown = str([vars(record) for record in records])
        assert "447700900123" not in shown
        assert "secret" not in shown

    def test_a_monitor_is_not_logged(self, endpoint, receiver, caplog):
        endpoint.push(RawPush(method="HEAD"), receiver, Kept())
        assert self.records(caplog) == []

    def test_a_slow_answer_is_a_warning(self, harness, receiver, caplog, monkeypatch):
        from mxinbound.adapters import _endpoint

        times = iter([0.0, 10.5])
        monkeypatch.setattr(_endpoint, "clock", lambda: next(times))
        harness.push(SMS, receiver, Kept())
        _, record = self.records(caplog)
        assert record.getMessage() == "the answer took longer than the gateway allows"
        assert (record.levelname, record.mx_key) == ("WARNING", "sms:1")


class TestASlowSender:
    @pytest.mark.parametrize("name", ["asgi", "starlette", "fastapi", "fastapi-dependency", "aiohttp"])
    def test_gets_408_and_is_dropped(self, name):
        class Stalled(Wire):
            def receive(self):
                first = iter([{"type": "http.request", "body": b"--x", "more_body": True}])

                async def receive():
                    event = next(first, None)
                    return event or await asyncio.sleep(60)

                return receive

            def on_the_wire(self):
                return super().on_the_wire().removesuffix(b"0\r\n\r\n")

        wire = Stalled(method="POST", headers=MMS.given_headers, chunked=True)
        answer = ENDPOINTS[name].push(wire, Receiver(limits=Limits(max_read_seconds=0.01)), Kept())
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert answer.body == b"the body took longer than max_read_seconds (0.01 s)\n"


def test_a_listed_network_beside_the_gateways_is_a_trial_from_this_machine(endpoint):
    receiver = Receiver(networks=(*MX_NETWORKS, "127.0.0.1/32"))
    assert endpoint.push(RawPush(query=SMS.query, peer="127.0.0.1"), receiver, Kept()).status == 200


def test_a_stream_that_breaks_is_a_sender_who_left():
    from mxinbound.adapters import wsgi

    class Broken(io.RawIOBase):
        def read(self, size=-1):
            raise TimeoutError("timed out while reading 447700900123")

    environ = RawPush(method="POST", body=b"x").for_wsgi() | {"wsgi.input": Broken()}
    with pytest.raises(BodyIncomplete) as caught:
        wsgi.read(environ)
    assert str(caught.value) == "the connection broke before the body was complete"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_an_awaitable_that_is_no_coroutine_is_refused_too():
    from mxinbound import ConfigurationError

    class Later:
        def __await__(self):
            yield

    with pytest.raises(ConfigurationError, match=r"^the handler returned something to await"):
        HARNESSES["wsgi"].push(SMS, Receiver(), lambda message: Later())
