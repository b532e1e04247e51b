"""What is the aiohttp adapter's alone: where the address, the query and the body are found, and the connection."""

import asyncio
import gzip
import threading

import pytest
from adapters.harness import Aiohttp, Wire, without_time
from aiohttp import web
from in_memory import Transport
from pushing import MULTIPART, ZIP, field, multipart, zip_part

from mxinbound import Limits, Mms, Receiver, Reply
from mxinbound.adapters import aiohttp

SMS = Wire(query=b"id=1&from=4&to=5&date=2010-08-21+17:32:21%2B0000&type=6&message=Hi")
BODY = multipart(field("id", "2"), field("type", "2"), zip_part())
MMS = Wire(method="POST", headers=(("Content-Type", MULTIPART),), body=BODY)
STRANGER = Wire(method="POST", headers=MMS.given_headers, body=BODY, peer="203.0.113.9")


def ask(wire, change):
    """The request that the adapter makes of a native one that was changed first."""

    async def run():
        return await aiohttp.read(change(Aiohttp().native(wire)))

    return asyncio.run(run())


class TestThePeer:
    def test_is_the_sockets_and_not_what_middleware_makes_of_a_header(self):
        assert ask(STRANGER, lambda request: request.clone(remote="83.166.68.10")).peer == "203.0.113.9"

    @pytest.mark.parametrize(
        ("name", "peer"),
        [
            (("2001:db8::1", 50000, 0, 0), "2001:db8::1"),
            ("", "unix:"),
            ("/run/client", "unix:"),
            (b"\0abstract", "unix:"),
            (None, None),
        ],
    )
    def test_is_read_from_whatever_name_the_socket_has(self, name, peer):
        def named(request):
            request.transport._extra["peername"] = name
            return request

        assert ask(SMS, named).peer == peer

    def test_is_unknown_once_the_connection_is_gone(self):
        def gone(request):
            request.protocol.transport = None
            return request

        assert ask(SMS, gone).peer is None


@pytest.mark.parametrize(
    ("target", "query"),
    [
        (b"/?a=%2B+%c3%a9%zz%", b"a=%2B+%c3%a9%zz%"),
        (b"/?a=b?c=d", b"a=b?c=d"),
        (b"/?a=5#6", b"a=5#6"),
        (b"http://host/in?a=%2B", b"a=%2B"),
        (b"/?", b""),
        (b'/?a=\xa4\xc3\xa9"<>', b'a=\xa4\xc3\xa9"<>'),
    ],
)  # fmt: skip
def test_the_query_is_what_stands_on_the_request_line(target, query):
    class Exact(Wire):
        target = None

    Exact.target = target
    assert ask(Exact(), lambda request: request).query == query


def test_the_headers_are_the_bytes_that_came():
    wire = Wire(query=b"a=b", headers=(("X-A", "\xe9"),))
    assert ask(wire, lambda request: request).header("x-a") == "\xe9"


def test_a_body_that_aiohttp_unpacked_is_read_as_it_is():
    packed = gzip.compress(BODY + b"\r\n" * 1000)
    kept = []
    headers = (*MMS.given_headers, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed))))
    answer = Aiohttp().push(Wire(method="POST", headers=headers, body=packed), Receiver(), kept.append)
    assert (answer.status, type(kept[0])) == (200, Mms)
    assert kept[0].archive.raw == ZIP


def test_a_body_in_chunks_arrives_whole():
    kept = []
    wire = Wire(method="POST", headers=MMS.given_headers, body=BODY, chunked=True, chunk_bytes=7)
    assert Aiohttp().push(wire, Receiver(), kept.append).status == 200
    assert kept[0].request.body == BODY


def test_client_max_size_does_not_matter():
    big = multipart(field("id", "2"), field("type", "2"), zip_part(ZIP + b"\0" * 2**21))
    kept = []
    wire = Wire(method="POST", headers=MMS.given_headers, body=big)
    assert Aiohttp().push(wire, Receiver(), kept.append).status == 200
    # Out of the list: aiohttp remembers an application that has middleware, and with it its handlers.
    assert kept.pop().request.body.size == len(big)


def test_a_refusal_that_leaves_the_body_unread_closes_the_connection():
    for wire in (STRANGER, Wire(method="PUT", body=BODY)):
        assert Aiohttp().push(wire, Receiver(), print).headers["connection"] == "close"
    for handler in (lambda message: None, lambda message: Reply(503, b"later")):
        assert "connection" not in Aiohttp().push(MMS, Receiver(), handler).headers


def test_a_monitor_that_asks_by_head_gets_no_body():
    answer = Aiohttp().push(Wire(method="HEAD"), Receiver(), print)
    assert (answer.status, answer.body) == (200, b"")


def test_a_sync_handler_runs_in_a_thread_of_its_own_and_an_async_one_on_the_loop():
    threads = []

    async def handler(message):
        threads.append(threading.current_thread())

    Aiohttp().push(SMS, Receiver(), lambda message: threads.append(threading.current_thread()))
    Aiohttp().push(SMS, Receiver(), handler)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


class TestASenderWhoLeaves:
    def left(self, wire, handle, *, cancel, limits=Limits()):
        """Push to an application, and be gone once the request is being handled."""

        async def run():
            handling, handled = asyncio.Event(), asyncio.Event()
            ended = []

            @web.middleware
            async def watch(request, handler):
                handling.set()
                try:
                    ended.append(await handler(request))
                except BaseException as error:
                    ended.append(error)
                    raise
                finally:
                    handled.set()

            app = web.Application(middlewares=[watch])
            app.router.add_route("*", "/", aiohttp.endpoint(Receiver(limits=limits), handle))
            runner = web.AppRunner(app, access_log=None, handler_cancellation=cancel)
            await runner.setup()
            protocol = runner.server()
            protocol.connection_made(Transport(wire.peer))
            protocol.data_received(wire.on_the_wire())
            async with asyncio.timeout(20):
                await handling.wait()
                await asyncio.sleep(0)
                protocol.connection_lost(None)
                await handled.wait()
            await runner.cleanup()
            return ended[0]

        return asyncio.run(run())

    @pytest.mark.parametrize("spool_bytes", [10, 2**20])
    def test_in_the_middle_of_the_body_brings_no_message(self, spool_bytes):
        wire = Wire(method="POST", headers=(*MMS.given_headers, ("Content-Length", str(len(BODY)))), body=BODY[:-10])
        kept = []
        limits = Limits(spool_bytes=spool_bytes)
        assert self.left(wire, kept.append, cancel=False, limits=limits).status == 408
        assert type(self.left(wire, kept.append, cancel=True, limits=limits)) is asyncio.CancelledError
        assert kept == []

    def test_before_the_answer_has_the_message_handled_unless_the_server_cancels(self):
        done = []

        async def handler(message):
            for _ in range(5):
                await asyncio.sleep(0)
            done.append(message.key)

        assert self.left(SMS, handler, cancel=False).status == 200
        assert done == ["sms:1"]
        assert type(self.left(SMS, handler, cancel=True)) is asyncio.CancelledError
        assert done == ["sms:1"]


def test_read_and_receive_take_what_the_endpoint_takes():
    read = Aiohttp().read(MMS)
    assert without_time(read) == without_time(Aiohttp().receive(Receiver(), MMS).request)
