"""The fake gateway's pushing half: to applications in process and to a URL, once, again, several at a time."""

import asyncio
import contextlib
import threading
import time

import pytest
from attrs import evolve

from mxinbound import ConfigurationError, Mms, MmsNotification, Receiver, Reply, Sms, testing
from mxinbound.adapters import asgi, wsgi

STATUSES = {200: "200 OK", 500: "500 Internal Server Error", 503: "503 Service Unavailable", 302: "302 Found"}


def plain_wsgi(status="200 OK", body=b"OK"):
    def application(environ, start_response):
        start_response(status, [])
        return [body]

    return application


def plain_asgi(status=200, body=b"OK"):
    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return application


PLAIN = {"wsgi": lambda status, body: plain_wsgi(STATUSES[status], body), "asgi": plain_asgi}
ENDPOINTS = {"wsgi": wsgi.endpoint, "asgi": asgi.endpoint}


@pytest.fixture(params=ENDPOINTS)
def endpoint(request):
    return ENDPOINTS[request.param]


@pytest.fixture(params=PLAIN)
def plain(request):
    return PLAIN[request.param]


class Clock:
    def __init__(self):
        self.time = 0.0

    def __call__(self):
        return self.time


@contextlib.contextmanager
def served(application):
    """The application behind a real server of the standard library."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class TestPush:
    def test_the_message_arrives_and_the_answer_comes_back(self, endpoint):
        messages = []
        with testing.FakeGateway(endpoint(Receiver(), messages.append)) as gateway:
            answers = [gateway.push(push) for push in (testing.sms(), testing.mms(), testing.mms_notification())]
        assert [type(message) for message in messages] == [Sms, Mms, MmsNotification]
        assert {(answer.status, answer.body, answer.accepted, answer.in_time) for answer in answers} == {
            (200, b"OK", True, True)
        }

    def test_it_comes_from_the_gateways_network_unless_told_otherwise(self, endpoint):
        messages = []
        with testing.FakeGateway(endpoint(Receiver(), messages.append)) as gateway:
            assert gateway.push(testing.sms(peer="203.0.113.9")).status == 403
            gateway.push(testing.sms())
        assert [message.request.peer for message in messages] == ["83.166.68.10"]

    @pytest.mark.parametrize(
        ("status", "body", "accepted"),
        [(200, b"OK", True), (200, b" ", True), (200, b"", False), (503, b"later", False), (302, b"over there", False)],
    )
    def test_accepted_is_200_with_a_body(self, plain, status, body, accepted):
        with testing.FakeGateway(plain(status, body)) as gateway:
            answer = gateway.push(testing.sms())
        assert (answer.status, answer.body, answer.accepted) == (status, body, accepted)

    @pytest.mark.parametrize(("seconds", "in_time"), [(9.9, True), (10.0, False), (75.0, False)])
    def test_the_clock_tells_how_long_it_took(self, endpoint, seconds, in_time):
        clock = Clock()

        def slow(message):
            clock.time += seconds

        with testing.FakeGateway(endpoint(Receiver(), slow), clock=clock) as gateway:
            answer = gateway.push(testing.sms())
        assert (answer.seconds, answer.in_time, answer.accepted) == (seconds, in_time, True)

    def test_what_the_application_raises_is_raised(self, endpoint):
        error = ZeroDivisionError("a bug")

        def handler(message):
            raise error

        with testing.FakeGateway(endpoint(Receiver(), handler)) as gateway, pytest.raises(ZeroDivisionError) as caught:
            gateway.push(testing.sms())
        assert caught.value is error

    @pytest.mark.parametrize("application", [lambda environ, start_response: [], "asgi"], ids=["wsgi", "asgi"])
    def test_an_application_that_does_not_answer_is_a_mistake(self, application):
        async def silent(scope, receive, send):
            pass

        application = silent if application == "asgi" else application
        with (
            testing.FakeGateway(application) as gateway,
            pytest.raises(RuntimeError, match=r"^the application did not"),
        ):
            gateway.push(testing.sms())

    def test_a_spoiled_push_arrives_as_it_is(self, endpoint):
        push = evolve(testing.sms().raw, method="PUT")
        with testing.FakeGateway(endpoint(Receiver(), print)) as gateway:
            assert gateway.push(push).status == 405

    def test_the_path_is_the_applications(self, plain):
        paths = []

        def application(environ, start_response):
            paths.append(environ["PATH_INFO"])
            return plain_wsgi()(environ, start_response)

        async def asgi_application(scope, receive, send):
            if scope["type"] == "http":
                paths.append(scope["path"])
            await plain_asgi()(scope, receive, send)

        for each in (application, asgi_application):
            with testing.FakeGateway(each, path="/in") as gateway:
                gateway.push(testing.sms())
        assert paths == ["/in", "/in"]

    @pytest.mark.parametrize("application", [7, b"http://localhost/", "ftp://localhost/", "localhost/in", "http://"])
    def test_what_cannot_be_pushed_to_is_refused_at_once(self, application):
        with pytest.raises(ConfigurationError, match=r"^a FakeGateway pushes to an? "):
            testing.FakeGateway(application)

    def test_without_an_application_there_is_nothing_to_push_to(self):
        for push in (testing.FakeGateway().push, testing.FakeGateway().deliver):
            with pytest.raises(ConfigurationError, match=r"^this FakeGateway has no application to push to$"):
                push(testing.sms())

    def test_nothing_private_is_in_what_it_shows(self, endpoint):
        with testing.FakeGateway(endpoint(Receiver(), lambda _: Reply(200, b"447700900123"))) as gateway:
            assert "447700900123" not in repr(gateway.push(testing.sms()))


class TestWsgi:
    def test_what_it_writes_and_what_it_yields_is_the_body_and_it_is_closed(self):
        class Body(list):
            closed = False

            def close(self):
                Body.closed = True

        def application(environ, start_response):
            start_response("200 OK", [])(b"one ")
            return Body([b"two"])

        with testing.FakeGateway(application) as gateway:
            assert gateway.push(testing.sms()).body == b"one two"
        assert Body.closed

    def test_the_status_given_last_counts(self):
        def application(environ, start_response):
            start_response("200 OK", [])
            start_response("500 Internal Server Error", [], (None, None, None))
            return [b"no"]

        with testing.FakeGateway(application) as gateway:
            assert gateway.push(testing.sms()).status == 500


class TestAsgi:
    def test_the_lifespan_is_around_all_pushes_with_its_state(self):
        events = []

        async def application(scope, receive, send):
            if scope["type"] == "lifespan":
                scope["state"]["kept"] = events
                for event in ("startup", "shutdown"):
                    assert (await receive())["type"] == f"lifespan.{event}"
                    events.append(event)
                    await send({"type": f"lifespan.{event}.complete"})
                return
            scope["state"]["kept"].append("push")
            scope["state"]["of this request"] = True
            events.append(sorted(scope["state"]))
            await plain_asgi()(scope, receive, send)

        with testing.FakeGateway(application) as gateway:
            gateway.push(testing.sms())
            gateway.push(testing.sms())
        keys = ["kept", "of this request"]
        assert events == ["startup", "push", keys, "push", keys, "shutdown"]

    @pytest.mark.parametrize("what", ["startup", "shutdown"])
    def test_a_lifespan_that_fails_says_so(self, what):
        async def application(scope, receive, send):
            if scope["type"] != "lifespan":
                await plain_asgi()(scope, receive, send)
                return
            if what == "shutdown":
                await receive()
                await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": f"lifespan.{what}.failed", "message": "no database"})

        gateway = testing.FakeGateway(application)

        def use():
            with gateway:
                gateway.push(testing.sms())

        with pytest.raises(RuntimeError, match=f"^the application failed at {what}: no database$"):
            use()

    def test_what_it_raises_at_shutdown_is_raised(self):
        async def application(scope, receive, send):
            if scope["type"] != "lifespan":
                await plain_asgi()(scope, receive, send)
                return
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            raise ZeroDivisionError

        gateway = testing.FakeGateway(application)
        gateway.push(testing.sms())
        with pytest.raises(ZeroDivisionError):
            gateway.close()

    def test_one_that_knows_no_lifespan_is_left_alone(self):
        async def application(scope, receive, send):
            assert scope["type"] == "http", "no lifespan here"
            assert "state" not in scope
            await plain_asgi()(scope, receive, send)

        with testing.FakeGateway(application) as gateway:
            assert gateway.push(testing.sms()).accepted

    def test_what_it_does_after_the_answer_is_not_waited_for_by_the_clock(self):
        clock = Clock()

        async def application(scope, receive, send):
            await plain_asgi()(scope, receive, send)
            clock.time += 60

        with testing.FakeGateway(application, clock=clock) as gateway:
            assert gateway.push(testing.sms()).seconds == 0

    def test_leaving_ends_the_thread_and_the_loop_and_it_may_be_used_again(self):
        loops = []

        async def application(scope, receive, send):
            loops.append(asyncio.get_running_loop())
            await plain_asgi()(scope, receive, send)

        gateway = testing.FakeGateway(application)
        for _ in range(2):
            with gateway:
                gateway.push(testing.sms())
            assert all(loop.is_closed() for loop in loops)
        assert "mxinbound-testing" not in {thread.name for thread in threading.enumerate()}
        gateway.close()

    def test_it_is_called_from_inside_another_loop(self):
        async def test():
            with testing.FakeGateway(plain_asgi()) as gateway:
                return gateway.push(testing.sms())

        assert asyncio.run(test()).accepted


class TestUrl:
    def test_the_message_arrives_over_http_from_behind_a_proxy(self):
        messages = []
        receiver = Receiver(trusted_proxies=["127.0.0.1"])
        with served(wsgi.endpoint(receiver, messages.append)) as url:
            gateway = testing.FakeGateway(f"{url}/in?tenant=7")
            for push in (testing.sms("Grüße + Küsse"), testing.mms()):
                assert gateway.push(push).accepted
            assert gateway.push(testing.sms(peer="203.0.113.9")).status == 403
        assert [type(message) for message in messages] == [Sms, Mms]
        assert messages[0].text == "Grüße + Küsse"
        assert messages[0].extra == (("tenant", "7"),)
        assert messages[1].archive.raw == testing.mms().archive

    def test_nobody_there_is_an_error(self):
        with pytest.raises(ConnectionRefusedError):
            testing.FakeGateway("http://127.0.0.1:9").push(testing.sms())

    def test_tls_is_spoken_where_the_url_says_so(self):
        with served(plain_wsgi()) as url, pytest.raises(OSError, match="SSL"):
            testing.FakeGateway(url.replace("http:", "https:")).push(testing.sms())


class TestSeveral:
    def test_at_once_they_overlap_and_each_has_its_answer(self, endpoint):
        together = threading.Barrier(3, timeout=10)

        def handler(message):
            together.wait()
            return Reply(200, message.id.encode())

        with testing.FakeGateway(endpoint(Receiver(), handler)) as gateway:
            answers = gateway.push_at_once(*(testing.sms(id=str(number)) for number in range(3)))
        assert [answer.body for answer in answers] == [b"0", b"1", b"2"]

    def test_none_at_once_is_nothing(self, endpoint):
        with testing.FakeGateway(endpoint(Receiver(), print)) as gateway:
            assert gateway.push_at_once() == ()

    def test_one_gateway_serves_many_threads(self, endpoint):
        ids = []
        with testing.FakeGateway(endpoint(Receiver(), lambda message: ids.append(message.id))) as gateway:
            threads = [
                threading.Thread(
                    target=lambda start=start: [gateway.push(testing.sms(id=str(start + n))) for n in range(20)]
                )
                for start in range(0, 160, 20)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sorted(map(int, ids)) == list(range(160))


class TestDeliver:
    def test_what_is_accepted_is_delivered_once(self, endpoint):
        messages = []
        with testing.FakeGateway(endpoint(Receiver(), messages.append)) as gateway:
            (answer,) = gateway.deliver(testing.sms())
        assert (answer.accepted, answer.after, len(messages)) == (True, 0.0, 1)

    def test_ten_times_at_most_with_the_documented_delays(self, plain):
        slept = []
        with testing.FakeGateway(plain(503, b"later")) as gateway:
            answers = gateway.deliver(testing.sms(), sleep=slept.append)
        assert slept == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680]
        assert [answer.after for answer in answers] == [0, 30, 90, 210, 450, 930, 1890, 3810, 7650, 15330]
        assert {answer.status for answer in answers} == {503}

    def test_no_time_passes(self, plain):
        started = time.monotonic()
        with testing.FakeGateway(plain(500, b"")) as gateway:
            gateway.deliver(testing.sms())
        assert time.monotonic() - started < 25

    def test_a_handler_that_recovers_gets_the_message_in_the_end(self, endpoint):
        errors = [OSError("disk full"), OSError("disk full")]
        kept = []

        def handler(message):
            if errors:
                raise errors.pop()
            kept.append(message.key)

        with testing.FakeGateway(endpoint(Receiver(), handler)) as gateway:
            answers = gateway.deliver(testing.sms())
        assert [(answer.status, str(answer.error), answer.accepted) for answer in answers] == [
            (500, "disk full", False),
            (500, "disk full", False),
            (200, "None", True),
        ]
        assert kept == ["sms:4172212931"]

    def test_what_the_application_raises_every_time_is_raised(self, endpoint):
        calls = []

        def handler(message):
            calls.append(message)
            raise ZeroDivisionError

        with testing.FakeGateway(endpoint(Receiver(), handler)) as gateway, pytest.raises(ZeroDivisionError):
            gateway.deliver(testing.sms())
        assert len(calls) == 10

    def test_a_lost_answer_makes_a_duplicate(self, endpoint):
        keys = []
        with testing.FakeGateway(endpoint(Receiver(), lambda message: keys.append(message.key))) as gateway:
            answers = gateway.deliver(testing.sms(), lost_answers=1)
        assert keys == ["sms:4172212931"] * 2
        assert [(answer.status, answer.lost, answer.accepted) for answer in answers] == [
            (200, True, False),
            (200, False, True),
        ]
