"""What each framework's adapter does when somebody read the body, or parsed the form, before it could."""

import asyncio
import io
from typing import Annotated

import flask as flask_framework
import pytest
from adapters.harness import (
    METHODS,
    Aiohttp,
    Answer,
    DjangoAsgi,
    DjangoWsgi,
    Flask,
    OfStarlette,
    call_asgi,
    call_wsgi,
    without_time,
)
from aiohttp import web
from aiohttp.http_exceptions import TransferEncodingError
from django.test import override_settings
from fastapi import Depends, FastAPI, Form, Request, UploadFile
from fastapi.responses import PlainTextResponse
from pushing import MULTIPART, ZIP, codes, field, multipart, zip_part

from mxinbound import BodyConsumed, BodyIncomplete, InboundMessage, Limits, Mms, Receiver, RequestTooLarge, Sms, parse
from mxinbound.adapters import aiohttp, django, fastapi, flask, starlette
from mxinbound.adapters._bodies import rebuilt
from mxinbound.testing import RawPush

BODY = multipart(
    field("id", "2"),
    field("from", "44"),
    field("to", "a"),
    field("to", 'b"\r\n'),
    field("date", "2010-08-21 17:32:21 +0000"),
    field("type", "2"),
    field("subject", "é"),
    zip_part(),
)
MMS = RawPush(method="POST", headers=(("Content-Type", MULTIPART),), body=BODY)
URLENCODED = (("Content-Type", "application/x-www-form-urlencoded"),)
SMS = RawPush(
    method="POST", headers=URLENCODED, body=b"id=1&from=4&to=5&date=2010-08-21+17:32:21%2B0000&type=6&message=Hi"
)
ALREADY_PARSED = [("form-already-parsed", None)]


@pytest.fixture
def receiver():
    return Receiver()


def assert_whole(message):
    """The message is all there, though its body was put together again."""
    assert type(message) is Mms
    assert message.archive.raw == ZIP
    assert message.to == ("a", 'b"\r\n')
    assert message.subject == "é"
    assert codes(message) == ALREADY_PARSED
    assert message.request.rebuilt


class TestFlask:
    @pytest.mark.parametrize("attribute", ["form", "files", "values"])
    def test_a_parsed_form_is_used_and_recorded(self, receiver, attribute):
        request = Flask().native(MMS)
        getattr(request, attribute)
        assert_whole(flask.receive(receiver, request))
        request.close()

    @pytest.mark.parametrize("wire", [SMS, MMS], ids=["urlencoded", "multipart"])
    def test_get_data_keeps_the_body_as_it_came(self, wire):
        request = Flask().native(wire)
        request.get_data()
        assert request.form
        read = flask.read(request)
        assert read.body == wire.body
        assert not read.rebuilt
        request.close()

    def test_data_parses_the_form(self, receiver):
        request = Flask().native(SMS)
        assert request.data == b""
        message = flask.receive(receiver, request)
        assert type(message) is Sms
        assert codes(message) == ALREADY_PARSED

    def test_a_raw_zip_is_not_consumed_by_looking_for_a_form(self):
        request = Flask().native(RawPush(method="POST", headers=(("Content-Type", "application/zip"),), body=ZIP))
        assert not request.form
        assert flask.read(request).body == ZIP

    def test_a_stream_that_was_read_is_an_error_that_says_so(self, receiver):
        for size in (-1, 10):
            request = Flask().native(MMS)
            request.stream.read(size)
            with pytest.raises(BodyConsumed) as caught:
                flask.receive(receiver, request)
            assert str(caught.value) == (
                "something read request.stream before mxinbound could: let this view be the first to read it"
            )

    def test_a_stream_that_was_only_looked_at_is_read(self):
        request = Flask().native(MMS)
        assert request.stream
        assert flask.read(request).body == BODY

    @pytest.mark.parametrize("size", [-1, 10])
    def test_so_is_one_of_a_chunked_body_that_was_read_or_only_looked_at(self, receiver, size):
        request = Flask().native(RawPush(method="POST", headers=MMS.given_headers, body=BODY, chunked=True))
        request.stream.read(size)
        with pytest.raises(BodyConsumed):
            flask.receive(receiver, request)

    def test_a_part_without_a_name_may_be_in_a_parsed_form(self, receiver):
        body = multipart(
            ("Content-Disposition: form-data", "x"), field("id", "1"), field("type", "6"), field("message", "")
        )
        request = Flask().native(RawPush(method="POST", headers=MMS.given_headers, body=body))
        assert request.form
        assert flask.receive(receiver, request).extra == (("", "x"),)

    def test_a_rule_may_have_parameters(self, receiver):
        app = flask_framework.Flask("tests", root_path=".")
        app.add_url_rule("/<tenant>", view_func=flask.endpoint(receiver, lambda message: None))
        assert call_wsgi(app, MMS.for_wsgi() | {"PATH_INFO": "/acme"}).status == 200

    def test_a_sender_who_left_is_no_such_error(self, receiver):
        with pytest.raises(BodyIncomplete):
            flask.receive(
                receiver, Flask().native(RawPush(method="POST", headers=MMS.given_headers, body=BODY, leaves_after=9))
            )

    @pytest.mark.parametrize("chunked", [False, True])
    def test_the_applications_own_limit_holds(self, receiver, chunked):
        request = Flask().native(RawPush(method="POST", headers=MMS.given_headers, body=BODY, chunked=chunked))
        request.max_content_length = 100
        with pytest.raises(RequestTooLarge) as caught:
            flask.receive(receiver, request)
        assert str(caught.value) == "the body is larger than the application's MAX_CONTENT_LENGTH (100 bytes)"
        assert (caught.value.limit, caught.value.allowed) == ("MAX_CONTENT_LENGTH", 100)

    def test_flasks_own_request_will_do(self, receiver):
        app = flask_framework.Flask("tests", root_path=".")
        seen = []

        @app.before_request
        def look_at_the_form():
            seen.append(dict(flask_framework.request.form))

        app.add_url_rule("/", view_func=flask.endpoint(receiver, seen.append))
        assert call_wsgi(app, MMS.for_wsgi()).status == 200
        assert seen[0]["id"] == "2"
        assert_whole(seen[1])

    def test_the_view_asks_for_its_methods_whatever_the_rule_says(self, receiver):
        app = flask_framework.Flask("tests", root_path=".")

        def on_push(message):
            pass

        app.add_url_rule("/", view_func=flask.endpoint(receiver, on_push), methods=["POST"])
        (rule,) = [rule for rule in app.url_map.iter_rules() if rule.rule == "/"]
        assert rule.endpoint == "on_push"
        assert rule.methods == {"GET", "HEAD", "OPTIONS", "POST"}
        assert call_wsgi(app, RawPush(method="OPTIONS").for_wsgi()).body == b"OK"


@pytest.fixture(params=[DjangoWsgi(), DjangoAsgi()], ids=["wsgi", "asgi"])
def django_harness(request):
    return request.param


class TestDjango:
    @pytest.mark.parametrize("attribute", ["POST", "FILES"])
    def test_a_parsed_form_is_used_and_recorded(self, receiver, django_harness, attribute):
        request = django_harness.native(MMS)
        getattr(request, attribute)
        assert_whole(django.receive(receiver, request))
        request.close()

    @pytest.mark.parametrize("wire", [SMS, MMS], ids=["urlencoded", "multipart"])
    def test_body_keeps_it_as_it_came(self, django_harness, wire):
        request = django_harness.native(wire)
        assert request.body == wire.body
        request.read()
        assert request.POST
        read = django.read(request)
        assert read.body == wire.body
        assert not read.rebuilt
        request.close()

    def test_an_urlencoded_form_leaves_the_body_as_it_came(self, django_harness, receiver):
        request = django_harness.native(SMS)
        assert request.POST["id"] == "1"
        assert codes(django.receive(receiver, request)) == []

    @pytest.mark.parametrize("look_for_form", [False, True])
    def test_a_stream_that_was_read_is_an_error_that_says_so(self, receiver, django_harness, look_for_form):
        request = django_harness.native(MMS)
        request.read(10)
        if look_for_form:
            assert not request.POST
        with pytest.raises(BodyConsumed) as caught:
            django.receive(receiver, request)
        assert str(caught.value) == (
            "something called request.read() before mxinbound could: let this view be the first"
        )

    def test_the_frameworks_memory_limit_does_not_matter(self, receiver, django_harness):
        with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
            assert type(django.receive(receiver, django_harness.native(MMS))) is Mms

    def test_a_path_may_have_parameters(self, receiver, django_harness):
        async def handler(message):
            pass

        assert (
            django.endpoint(receiver, lambda message: None)(django_harness.native(MMS), tenant="acme").status_code
            == 200
        )
        view = django.endpoint(receiver, handler)
        assert asyncio.run(view(django_harness.native(MMS), tenant="acme")).status_code == 200

    def test_login_is_not_required(self, receiver):
        async def handler(message):
            pass

        for view in (django.endpoint(receiver, print), django.endpoint(receiver, handler)):
            assert view.login_required is False
            assert view.csrf_exempt is True


class TestStarlette:
    def test_a_parsed_form_is_used_and_recorded(self, receiver):
        async def run():
            request = OfStarlette().native(MMS)
            async with request.form():
                return await starlette.receive(receiver, request)

        assert_whole(asyncio.run(run()))

    @pytest.mark.parametrize("wire", [SMS, MMS], ids=["urlencoded", "multipart"])
    def test_body_keeps_it_as_it_came(self, wire):
        async def run():
            request = OfStarlette().native(wire)
            await request.body()
            async with request.form():
                return await starlette.read(request)

        read = asyncio.run(run())
        assert read.body == wire.body
        assert not read.rebuilt

    @pytest.mark.parametrize("content_type", [MULTIPART, "application/zip"])
    def test_a_stream_that_was_read_is_an_error_that_says_so(self, receiver, content_type):
        async def run():
            request = OfStarlette().native(RawPush(method="POST", headers=(("Content-Type", content_type),), body=BODY))
            async for _ in request.stream():
                pass
            await starlette.receive(receiver, request)

        with pytest.raises(BodyConsumed) as caught:
            asyncio.run(run())
        assert str(caught.value) == (
            "something read request.stream() before mxinbound could: let this view, or this dependency, be the first"
        )

    def test_one_that_was_read_in_part_is_not_taken_for_the_whole(self, receiver):
        async def run():
            request = OfStarlette().native(MMS)
            async for _ in request.stream():
                break
            await starlette.receive(receiver, request)

        with pytest.raises(BodyIncomplete, match="the sender left, or the body was read before"):
            asyncio.run(run())

    def test_a_refusal_that_leaves_the_body_unread_closes_the_connection(self, receiver):
        stranger = RawPush(method="POST", headers=MMS.given_headers, body=BODY, peer="203.0.113.9")
        assert OfStarlette().push(stranger, receiver, print).headers["connection"] == "close"
        assert "connection" not in OfStarlette().push(SMS, receiver, lambda _: None).headers


class TestFastApi:
    def push(self, wire, view, receiver=None):
        app = FastAPI()
        app.api_route("/", methods=METHODS)(view)
        fastapi.install(app)
        return asyncio.run(call_asgi(app, *wire.for_asgi()))

    def test_a_view_that_takes_form_parameters_too(self, receiver):
        seen = []

        async def view(
            message: Annotated[InboundMessage, Depends(fastapi.inbound(receiver))],
            subject: Annotated[str, Form()],
            upload: Annotated[UploadFile, Form(alias="mms.zip")],
        ):
            seen.extend([message, subject, await upload.read()])
            return PlainTextResponse("OK")

        assert self.push(MMS, view) == Answer(
            200, {"content-length": "2", "content-type": "text/plain; charset=utf-8"}, b"OK"
        )
        assert_whole(seen[0])
        assert seen[1:] == ["é", ZIP]

    def test_an_async_on_unreadable(self, receiver):
        kept = []

        async def keep(request, error):
            kept.append(error.parameter)

        def view(message: Annotated[InboundMessage, Depends(fastapi.inbound(receiver, on_unreadable=keep))]):
            raise AssertionError("there is no message")

        assert self.push(RawPush(query=b"a=b"), view).status == 200
        assert kept == ["id"]

    def test_a_refusal_closes_the_connection(self, receiver):
        def view(message: Annotated[InboundMessage, Depends(fastapi.inbound(receiver))]):
            raise AssertionError("there is no message")

        answer = self.push(RawPush(query=b"a=b", peer="203.0.113.9"), view)
        assert (answer.status, answer.headers["connection"]) == (403, "close")

    def test_receive_called_by_hand(self, receiver):
        async def view(request: Request):
            message = await fastapi.receive(receiver, request)
            return PlainTextResponse(message.key)

        assert self.push(MMS, view).body == b"mms:2"

    def test_what_was_read_by_hand_is_the_identical_request(self, receiver):
        read = OfStarlette().read(MMS)
        assert without_time(read).body == BODY


class TestAiohttp:
    def after(self, wire, look, then):
        """What comes of a request after somebody has had a look at it."""

        async def run():
            request = Aiohttp().native(wire)
            await look(request)
            try:
                return await then(request)
            finally:
                request._finish()  # as aiohttp does once it has answered

        return asyncio.run(run())

    def test_a_parsed_form_is_used_and_recorded(self, receiver):
        assert_whole(self.after(MMS, web.Request.post, lambda request: aiohttp.receive(receiver, request)))

    def test_so_is_one_with_a_zip_that_has_no_file_name(self, receiver):
        head = 'Content-Disposition: form-data; name="mms.zip"'
        body = BODY.replace(b'; filename="mms.zip"', b"")
        assert head.encode() in body
        wire = RawPush(method="POST", headers=MMS.given_headers, body=body)
        assert_whole(self.after(wire, web.Request.post, lambda request: aiohttp.receive(receiver, request)))

    @pytest.mark.parametrize(
        ("wire", "look"),
        [
            (SMS, web.Request.read),
            (SMS, web.Request.post),
            (MMS, web.Request.read),
            (RawPush(method="POST", headers=(("Content-Type", "application/zip"),), body=ZIP), web.Request.post),
        ],
        ids=["urlencoded, read", "urlencoded, parsed", "multipart, read", "raw zip, no form"],
    )
    def test_a_body_that_was_kept_is_as_it_came(self, wire, look):
        read = self.after(wire, look, aiohttp.read)
        assert read.body == wire.body
        assert not read.rebuilt

    @pytest.mark.parametrize("chunked", [False, True])
    @pytest.mark.parametrize("size", [-1, 10])
    def test_a_stream_that_was_read_is_an_error_that_says_so(self, receiver, size, chunked):
        wire = RawPush(method="POST", headers=MMS.given_headers, body=BODY, chunked=chunked)
        with pytest.raises(BodyConsumed) as caught:
            self.after(
                wire, lambda request: request.content.read(size), lambda request: aiohttp.receive(receiver, request)
            )
        assert str(caught.value) == (
            "something read request.content before mxinbound could: let this view be the first to read it"
        )

    def test_so_is_one_that_somebody_reads_at_the_same_time(self, receiver):
        async def run():
            request = Aiohttp().native(MMS)
            request.protocol.feeding.cancel()
            other = asyncio.create_task(request.content.readany())
            await asyncio.sleep(0)
            with pytest.raises(BodyConsumed) as caught:
                await aiohttp.receive(receiver, request)
            other.cancel()
            return caught.value

        assert asyncio.run(run()).__suppress_context__

    def test_so_is_one_that_is_read_after_the_answer(self, receiver):
        async def answer(request):
            request.content.set_exception(web.PayloadAccessError())

        with pytest.raises(BodyConsumed):
            self.after(MMS, answer, lambda request: aiohttp.receive(receiver, request))

    @pytest.mark.parametrize(
        "error",
        [ConnectionResetError("447700900123"), web.RequestPayloadError("447700900123"), TransferEncodingError("4477")],
    )
    def test_a_stream_that_breaks_is_a_sender_who_left(self, error):
        async def spoil(request):
            request.content.set_exception(error)

        with pytest.raises(BodyIncomplete) as caught:
            self.after(MMS, spoil, aiohttp.read)
        assert str(caught.value) == "the sender left before the body was complete"
        assert caught.value.__suppress_context__

    def test_the_applications_own_limit_does_not_matter(self, receiver):
        async def lower(request):
            request._client_max_size = 100

        message = self.after(MMS, lower, lambda request: aiohttp.receive(receiver, request))
        assert message.archive.raw == ZIP

    def test_a_rebuilt_body_keeps_to_the_limit(self):
        limits = Limits(max_body_bytes=len(BODY) - 1)
        wire = RawPush(method="POST", headers=MMS.given_headers, body=BODY, chunked=True)
        with pytest.raises(RequestTooLarge):
            self.after(wire, web.Request.post, lambda request: aiohttp.read(request, limits=limits))


def test_a_rebuilt_body_keeps_any_name_and_any_text(receiver):
    fields = [("id", "1"), ("type", "6"), ("message", "a\r\n--b\udc80"), ('q"uo\r\nted', "")]
    files = [('f"', 'n"a\r\nme', io.BytesIO(b"\r\n--"))]
    message = parse(rebuilt(Flask().read(MMS), fields, files, Limits()))
    assert message.text == "a\r\n--b\udc80".encode("utf-8", "surrogatepass").decode("iso-8859-15")
    assert message.raw[3:] == (('q"uo\r\nted', b""), ('f"', b"\r\n--"))


def test_a_rebuilt_body_keeps_to_the_limit(receiver):
    request = Flask().native(MMS)
    assert request.form
    with pytest.raises(RequestTooLarge):
        flask.read(request, limits=Limits(max_body_bytes=len(BODY) - 1))
    request.close()
