"""The fake gateway's pushing half: to applications in process and to a URL, once, again, several at a time."""

import asyncio
import concurrent.futures
import contextlib
import functools
import gc
import ssl
import subprocess
import sys
import textwrap
import threading
import time

import pytest
import trustme
from adapters.harness import urls
from attrs import evolve

from mxinbound import ConfigurationError, Mms, MmsNotification, Receiver, Reply, Sms, testing
from mxinbound.adapters import asgi, wsgi
from mxinbound.testing import caught

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


class Asgi2:
    """As applications were before ASGI 3: with the scope first, and the rest later."""

    def __init__(self, scope):
        pass


class Plainly:
    """Middleware that returns what is to be awaited."""

    def __init__(self, application):
        self._application = application

    def __call__(self, scope, receive, send):
        return self._application(scope, receive, send)


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
def routing(view, route):
    """The view is the one of the Django project."""
    from django.urls import clear_url_caches, path

    urls.urlpatterns = [path(route, view)]
    clear_url_caches()
    yield


@contextlib.contextmanager
def served(application, tls=None):
    """The application behind a real server of the standard library."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
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

    @pytest.mark.parametrize(
        ("seconds", "in_time", "accepted"), [(9.9, True, True), (10.0, False, True), (60.0, False, False)]
    )
    def test_the_clock_tells_how_long_it_took(self, endpoint, seconds, in_time, accepted):
        clock = Clock()

        def slow(message):
            clock.time += seconds

        with testing.FakeGateway(endpoint(Receiver(), slow), clock=clock) as gateway:
            answer = gateway.push(testing.sms())
        assert (answer.seconds, answer.in_time, answer.accepted) == (seconds, in_time, accepted)

    def test_what_the_application_raises_is_raised(self, endpoint):
        error = ZeroDivisionError("a bug")

        def handler(message):
            raise error

        with testing.FakeGateway(endpoint(Receiver(), handler)) as gateway, pytest.raises(ZeroDivisionError) as raised:
            gateway.push(testing.sms())
        assert raised.value is error

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

    def test_the_path_is_one_of_a_url(self):
        seen = {}

        def application(environ, start_response):
            seen["wsgi"] = environ["PATH_INFO"], environ["QUERY_STRING"]
            return plain_wsgi()(environ, start_response)

        async def asgi_application(scope, receive, send):
            if scope["type"] == "http":
                seen["asgi"] = scope["path"], scope["raw_path"], scope["query_string"]
            await plain_asgi()(scope, receive, send)

        for each in (application, asgi_application):
            with testing.FakeGateway(each, path="/für%20alle?token=a&b=c") as gateway:
                gateway.push(testing.RawPush(query=b"id=\xa4"))
        assert seen == {
            "wsgi": ("/für alle".encode().decode("latin-1"), "token=a&b=c&id=\xa4"),
            "asgi": ("/für alle", b"/f%C3%BCr%20alle", b"token=a&b=c&id=\xa4"),
        }

    @pytest.mark.parametrize(
        ("arguments", "why"),
        [
            ({"application": plain_wsgi(), "path": "in"}, "the path of a FakeGateway begins with a slash"),
            ({"application": "http://localhost/", "path": "/in"}, "a FakeGateway that pushes to a URL takes no path"),
            ({"application": "http://localhost:65536/"}, "a FakeGateway cannot push to this URL: Port out of range"),
        ],
    )
    def test_a_path_or_a_port_that_cannot_be_meant_is_refused_at_once(self, arguments, why):
        with pytest.raises(ConfigurationError, match=f"^{why}"):
            testing.FakeGateway(**arguments)

    @pytest.mark.parametrize(
        "application", [7, b"http://localhost/", "ftp://localhost/", "localhost/in", "http://", lambda: None, Asgi2]
    )
    def test_what_cannot_be_pushed_to_is_refused_at_once(self, application):
        with pytest.raises(ConfigurationError, match=r"^a FakeGateway pushes to an? "):
            testing.FakeGateway(application)

    def test_without_an_application_there_is_nothing_to_push_to(self):
        for push in (testing.FakeGateway().push, testing.FakeGateway().deliver):
            with pytest.raises(ConfigurationError, match=r"^this FakeGateway has no application to push to$"):
                push(testing.sms())

    @pytest.mark.parametrize("builtin", [dict, zip])
    def test_what_tells_nothing_about_its_arguments_is_called_as_wsgi_has_it(self, builtin):
        testing.FakeGateway(builtin)

    @pytest.mark.parametrize("wrapped", [functools.partial, Plainly, lambda application: Plainly(application).__call__])
    def test_what_hands_on_an_asgi_application_is_one(self, wrapped):
        with testing.FakeGateway(wrapped(plain_asgi())) as gateway:
            assert gateway.push(testing.sms()).accepted

    def test_nothing_private_is_in_what_it_shows(self, endpoint):
        with testing.FakeGateway(endpoint(Receiver(), lambda _: Reply(200, b"447700900123"))) as gateway:
            assert "447700900123" not in repr(gateway.push(testing.sms()))

    def test_nor_is_what_an_error_quotes(self, endpoint):
        errors = [KeyError("447700900123"), None]

        def handler(message):
            if error := errors.pop(0):
                raise error

        with testing.FakeGateway(endpoint(Receiver(), handler)) as gateway:
            shown = repr(gateway.deliver(testing.sms()))
        assert "447700900123" not in shown
        assert "error=KeyError," in shown
        assert "error=None," in shown


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

    def test_an_error_after_the_first_byte_is_raised_as_a_server_would(self):
        def application(environ, start_response):
            start_response("200 OK", [])
            yield b""
            yield b"sent"
            try:
                raise ZeroDivisionError
            except ZeroDivisionError:
                start_response("500 Internal Server Error", [], sys.exc_info())
            yield b"never"

        with testing.FakeGateway(application) as gateway, pytest.raises(ZeroDivisionError):
            gateway.push(testing.sms())

    def test_an_error_before_it_is_the_applications(self):
        def application(environ, start_response):
            start_response("200 OK", [])
            yield b""
            try:
                raise ZeroDivisionError
            except ZeroDivisionError:
                start_response("503 Service Unavailable", [], sys.exc_info())
            yield b"later"

        with testing.FakeGateway(application) as gateway:
            answer = gateway.push(testing.sms())
        assert (answer.status, answer.body) == (503, b"later")

    def test_starting_twice_for_no_reason_is_a_mistake(self):
        def application(environ, start_response):
            start_response("200 OK", [])
            start_response("200 OK", [])

        with (
            testing.FakeGateway(application) as gateway,
            pytest.raises(RuntimeError, match=r"^the application called start_response twice$"),
        ):
            gateway.push(testing.sms())

    def test_what_it_logs_to_the_server_is_shown(self, capsys):
        def application(environ, start_response):
            print("a warning", file=environ["wsgi.errors"])
            return plain_wsgi()(environ, start_response)

        with testing.FakeGateway(application) as gateway:
            gateway.push(testing.sms())
        assert capsys.readouterr().err == "a warning\n"


class TestFrameworks:
    """What a framework catches of what a view raises, and answers 500, is raised all the same."""

    @pytest.mark.parametrize("propagates", [True, False])
    def test_flask(self, propagates):
        import flask

        app = flask.Flask("tests", root_path=".")
        app.testing = propagates
        app.add_url_rule("/in", view_func=self.view)
        self.raises(app)

    def test_quart(self):
        import quart

        app = quart.Quart("tests", root_path=".")
        app.add_url_rule("/in", view_func=self.awaited_view)
        self.raises(app)

    @pytest.mark.parametrize("view", ["view", "awaited_view"])
    @pytest.mark.parametrize("kind", ["WSGIHandler", "ASGIHandler"])
    def test_django(self, kind, view):
        from django.core.handlers import asgi, wsgi

        handler = {"WSGIHandler": wsgi.WSGIHandler, "ASGIHandler": asgi.ASGIHandler}[kind]
        with routing(getattr(self, view), "in"):
            self.raises(handler())

    def test_django_that_propagates(self):
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import override_settings

        # Under ASGI it then leaves the body's file open.
        with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True), routing(self.view, "in"):
            self.raises(WSGIHandler())

    @pytest.mark.parametrize("kind", ["WSGIHandler", "ASGIHandler"])
    def test_django_lets_the_name_of_the_server_in_during_tests(self, kind):
        from django.core.handlers import asgi, wsgi
        from django.test import override_settings

        from mxinbound.adapters.django import endpoint

        handler = {"WSGIHandler": wsgi.WSGIHandler, "ASGIHandler": asgi.ASGIHandler}[kind]
        # The name that Django's own test runner adds.
        with (
            override_settings(ALLOWED_HOSTS=["testserver"]),
            routing(endpoint(Receiver(), print), "in"),
            testing.FakeGateway(handler(), path="/in") as gateway,
        ):
            assert gateway.push(testing.sms()).accepted
            assert gateway.push(testing.RawPush()).accepted

    def test_an_error_of_somebody_else_is_not(self):
        from flask import signals

        self.test_flask(propagates=False)
        signals.got_request_exception.send(None, exception=ZeroDivisionError())

    def test_no_weak_reference_is_left_to_complain_when_the_interpreter_ends(self):
        from flask import signals

        self.test_flask(propagates=False)
        assert caught._keep in signals.got_request_exception.receivers.values()

    def view(self, *_):
        raise ZeroDivisionError("a bug")

    async def awaited_view(self, *_):
        raise ZeroDivisionError("a bug")

    def raises(self, application):
        with testing.FakeGateway(application, path="/in") as gateway:
            with pytest.raises(ZeroDivisionError, match=r"^a bug$"):
                gateway.push(testing.sms())
            with pytest.raises(ZeroDivisionError, match=r"^a bug$"):
                gateway.deliver(testing.sms())


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

    @pytest.mark.parametrize("raises", [True, False])
    @pytest.mark.parametrize("what", ["startup", "shutdown"])
    def test_a_lifespan_that_fails_says_so(self, what, raises, caplog):
        async def application(scope, receive, send):
            if scope["type"] != "lifespan":
                await plain_asgi()(scope, receive, send)
                return
            if what == "shutdown":
                await receive()
                await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": f"lifespan.{what}.failed", "message": "no database"})
            if raises:
                raise ZeroDivisionError
            await asyncio.Event().wait()

        def use():
            with testing.FakeGateway(application) as gateway:
                gateway.push(testing.sms())

        with pytest.raises(RuntimeError, match=f"^the application failed at {what}: no database$") as raised:
            use()
        assert type(raised.value.__cause__) is (ZeroDivisionError if raises else type(None))
        gc.collect()
        assert caplog.text == ""  # nothing that asyncio says of an error nobody looked at

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

    @pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
    @pytest.mark.parametrize("where", ["lifespan", "http"])
    def test_what_is_no_error_is_raised_as_well(self, where, kind):
        async def application(scope, receive, send):
            if scope["type"] == where:
                raise kind("enough")
            if scope["type"] == "http":
                await plain_asgi()(scope, receive, send)

        with testing.FakeGateway(application) as gateway:
            for _ in range(2):
                with pytest.raises(kind, match=r"^enough$"):
                    gateway.push(testing.sms())

    def test_a_task_of_its_own_that_exits_keeps_nobody_waiting(self):
        exited = []

        async def leave():
            raise SystemExit

        async def application(scope, receive, send):
            assert scope["type"] == "http", "no lifespan here"
            exited.append(asyncio.ensure_future(leave()))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await plain_asgi()(scope, receive, send)

        with testing.FakeGateway(application) as gateway:
            assert gateway.push(testing.sms()).accepted
        assert type(exited[0].exception()) is SystemExit

    def test_a_cancelled_application_did_not_answer(self):
        async def application(scope, receive, send):
            raise asyncio.CancelledError

        with testing.FakeGateway(application) as gateway, pytest.raises(concurrent.futures.CancelledError):
            gateway.push(testing.sms())

    def test_the_sender_leaves_when_it_is_answered(self):
        events = []

        async def application(scope, receive, send):
            assert scope["type"] == "http", "no lifespan here"
            events.append(await receive())
            events.append(await receive())
            left = asyncio.ensure_future(receive())
            await asyncio.sleep(0)
            assert not left.done()
            await plain_asgi()(scope, receive, send)
            events.append(await left)

        with testing.FakeGateway(application) as gateway:
            assert gateway.push(testing.mms()).accepted
        assert [(event["type"], event.get("more_body")) for event in events] == [
            ("http.request", True),
            ("http.request", False),
            ("http.disconnect", None),
        ]

    @pytest.mark.parametrize("events", [[], [{"type": "http.response.body", "body": b"OK", "more_body": True}]])
    def test_an_answer_that_does_not_end_is_a_mistake(self, events):
        async def application(scope, receive, send):
            assert scope["type"] == "http", "no lifespan here"
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for event in events:
                await send(event)

        with (
            testing.FakeGateway(application) as gateway,
            pytest.raises(RuntimeError, match=r"^the application did not send the end of its http.response.body$"),
        ):
            gateway.push(testing.sms())

    def test_pushing_from_inside_the_application_would_wait_for_itself(self):
        async def handler(message):
            if message.id == "1":
                await asyncio.to_thread(gateway.push, testing.sms(id="2"))
            elif message.id == "3":
                gateway.push(testing.sms(id="4"))

        with testing.FakeGateway(asgi.endpoint(Receiver(), handler)) as gateway:
            assert gateway.push(testing.sms(id="1")).accepted
            with pytest.raises(ConfigurationError, match=r"^this push would wait for itself: push from another thread"):
                gateway.push(testing.sms(id="3"))

    def test_one_that_is_never_left_says_nothing_in_the_end(self):
        script = """
            import gc, threading
            from mxinbound import Receiver, testing
            from mxinbound.adapters import asgi

            async def application(scope, receive, send):
                while scope["type"] == "lifespan":
                    event = await receive()
                    await send({"type": event["type"] + ".complete"})
                await asgi.endpoint(Receiver(), print)(scope, receive, send)

            testing.FakeGateway(application).push(testing.RawPush())
            gc.collect()
            assert threading.active_count() == 1
            kept = testing.FakeGateway(application)
            kept.push(testing.RawPush())
            """
        command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_one_that_is_collected_on_its_own_loop_does_not_wait_for_itself(self):
        forgotten = threading.Event()
        loops = []

        async def collect():
            await asyncio.to_thread(forgotten.wait)
            gc.collect()

        async def application(scope, receive, send):
            assert scope["type"] == "http", "no lifespan here"
            loops.extend((threading.current_thread(), asyncio.ensure_future(collect())))
            await plain_asgi()(scope, receive, send)

        gateway = testing.FakeGateway(application)
        gateway.itself = gateway
        gateway.push(testing.sms())
        del gateway
        forgotten.set()
        loops[0].join(timeout=60)
        assert not loops[0].is_alive()

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

    def test_the_name_of_the_server_is_the_urls(self):
        hosts = []

        def application(environ, start_response):
            hosts.append(environ["HTTP_HOST"])
            return plain_wsgi()(environ, start_response)

        with served(application) as url:
            gateway = testing.FakeGateway(f"{url}#top")
            gateway.push(testing.sms())
            gateway.push(testing.RawPush(headers=(("Host", "elsewhere"),)))
        assert hosts == [url.removeprefix("http://")] * 2

    @pytest.mark.parametrize("chunked", [False, True])
    def test_the_sender_may_leave(self, chunked):
        bodies = []

        def application(environ, start_response):
            bodies.append(environ["wsgi.input"].read())
            return plain_wsgi("400 Bad Request")(environ, start_response)

        push = evolve(testing.mms().raw, body=b"abcdefgh", leaves_after=4, chunked=chunked)
        with served(application) as url:
            assert testing.FakeGateway(url).push(push).status == 400
        # This server knows no chunks, and hands on what is on the wire, where their end does not come.
        assert bodies == [b"4\r\nabcd\r\n" if chunked else b"abcd"]

    def test_over_tls_as_well_where_a_sender_that_leaves_is_not_answered(self, tmp_path, monkeypatch):
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(tls)
        bodies = []

        def application(environ, start_response):
            with contextlib.suppress(ssl.SSLError):
                bodies.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
            return plain_wsgi()(environ, start_response)

        push = testing.mms()
        with served(application, tls) as url:
            gateway = testing.FakeGateway(url)
            assert gateway.push(push).accepted
            with pytest.raises(OSError, match=r"SSL|closed connection"):
                gateway.push(evolve(push.raw, leaves_after=10))
        assert bodies[0] == push.body
        assert bodies[1:] in ([], [push.body[:10]])

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

    def test_no_time_passes(self, plain, monkeypatch):
        monkeypatch.setattr(time, "sleep", None)
        with testing.FakeGateway(plain(500, b"")) as gateway:
            gateway.deliver(testing.sms())

    def test_an_answer_that_comes_too_late_makes_a_duplicate(self, endpoint):
        clock = Clock()
        keys = []

        def slow_at_first(message):
            clock.time += 0 if keys else 61
            keys.append(message.key)

        with testing.FakeGateway(endpoint(Receiver(), slow_at_first), clock=clock) as gateway:
            answers = gateway.deliver(testing.sms())
        assert [(answer.status, answer.accepted) for answer in answers] == [(200, False), (200, True)]
        assert len(keys) == 2

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
