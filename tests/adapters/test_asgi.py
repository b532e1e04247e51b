"""What is the ASGI adapter's alone: the protocol around the request."""

import asyncio
import threading

import pytest
from adapters.harness import Asgi, call_asgi
from pushing import MULTIPART

from mxinbound import Receiver, Reply
from mxinbound.adapters import asgi
from mxinbound.testing import RawPush

SMS = RawPush(query=b"id=1&from=4&to=5&date=2010-08-21+17:32:21%2B0000&type=6&message=Hi")
UNREAD = RawPush(method="POST", headers=(("Content-Type", MULTIPART),), body=b"x" * 100, peer="203.0.113.9")


def run(coroutine):
    return asyncio.run(coroutine)


def test_lifespan_is_answered():
    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent = []

    async def receive():
        return next(events)

    async def send(event):
        sent.append(event)

    run(asgi.endpoint(Receiver(), print)({"type": "lifespan"}, receive, send))
    assert sent == [{"type": "lifespan.startup.complete"}, {"type": "lifespan.shutdown.complete"}]


def test_a_websocket_is_closed():
    sent = []

    async def send(event):
        sent.append(event)

    run(asgi.endpoint(Receiver(), print)({"type": "websocket"}, None, send))
    assert sent == [{"type": "websocket.close"}]


def test_a_sync_handler_runs_in_a_thread_of_its_own():
    threads = []
    Asgi().push(SMS, Receiver(), lambda message: threads.append(threading.current_thread()))
    assert threads[0] is not threading.main_thread()


def test_an_async_handler_runs_on_the_loop():
    threads = []

    async def handler(message):
        threads.append(threading.current_thread())

    Asgi().push(SMS, Receiver(), handler)
    assert threads == [threading.main_thread()]


@pytest.mark.parametrize(
    ("version", "header"), [("1.1", "close"), ("1.0", "close"), (None, "close"), ("2", None), ("3", None)]
)
def test_a_refusal_that_leaves_the_body_unread_closes_the_connection(version, header):
    scope = UNREAD.for_asgi()[0] | {"http_version": version}
    if version is None:
        del scope["http_version"]
    answer = run(call_asgi(asgi.endpoint(Receiver(), print), scope, UNREAD.receive()))
    assert answer.status == 403
    assert answer.headers.get("connection") == header


def test_an_ordinary_answer_keeps_the_connection():
    assert "connection" not in Asgi().push(SMS, Receiver(), lambda message: None).headers
    assert "connection" not in Asgi().push(SMS, Receiver(), lambda message: Reply(503, b"later")).headers


def test_what_middleware_adds_to_one_response_is_not_in_the_next():
    def middleware(scope, receive, send):
        async def added(event):
            for pair in event.get("headers", [])[:1]:
                event["headers"].append((b"x-added", pair[0]))
            await send(event)

        return application(scope, receive, added)

    application = asgi.endpoint(Receiver(), print)
    for outermost, added in ((middleware, "content-type"), (application, None)):
        answer = run(call_asgi(outermost, SMS.for_asgi()[0], SMS.receive()))
        assert answer.headers.get("x-added") == added


@pytest.mark.parametrize("client", [None, ("", 0), [None, None]])
def test_a_client_without_an_address_is_a_unix_socket(client):
    assert asgi.head_of(SMS.for_asgi()[0] | {"client": client}).peer == "unix:"


def test_a_scope_may_lack_what_is_optional():
    head = asgi.head_of({"type": "http", "method": "GET"})
    assert (head.query, head.headers, head.peer) == (b"", (), "unix:")


def test_the_body_of_a_refused_sender_is_never_asked_for():
    async def receive():
        raise AssertionError("the body was asked for")

    answer = run(call_asgi(asgi.endpoint(Receiver(), print), UNREAD.for_asgi()[0], receive))
    assert answer.status == 403
