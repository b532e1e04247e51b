"""One push in every form: whatever takes it, the same message comes out."""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import attrs
import pytest
from adapters.harness import HARNESSES, routed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from testing.test_gateway import served

from mxinbound import Mms, MmsNotification, MmsReport, Receiver, Sms, parse, testing
from mxinbound.adapters import asgi, wsgi

PUSHES = {
    "sms": testing.sms("Grüße & Küsse + 50 % = ?"),
    "blank sms": testing.sms("", network=None),
    "notification": testing.mms_notification(cc=["1", "2"]),
    "mms": testing.mms(subject="Grüße"),
    "apache": testing.mms().packed(apache=True),
    "chunked": testing.mms().packed(chunked=True),
    "urlencoded": testing.sms("Grüße").packed(form="urlencoded"),
    "raw zip": testing.mms().packed(form="zip"),
    "report": testing.report(),
    "latin-9": testing.sms("5 €").packed(charset="iso-8859-15"),
    "raw pluses": testing.sms(originator="+447700900123").packed(raw_plus=True),
}


# Starlette would rather have httpx2 for its test client.
STARLETTES_OWN = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")


@pytest.fixture(params=PUSHES)
def push(request):
    return PUSHES[request.param]


def bare(request):
    """A request less what every client says in its own way: the time, the length, and who it is."""
    headers = [pair for pair in request.headers if request.method == "POST" and pair[0] == "content-type"]
    return attrs.evolve(request, received_at=None, headers=headers)


class TestClients:
    """The same request arrives through the test client of each framework, and over the wire."""

    def test_wsgi_and_asgi(self, push):
        for read in (wsgi.read(push.for_wsgi()), asyncio.run(asgi.read(*push.for_asgi()))):
            assert attrs.evolve(read, received_at=None) == push.as_request()
        assert push.for_wsgi("/in")["PATH_INFO"] == push.for_asgi("/in")[0]["path"] == "/in"

    def test_flask(self, push):
        import flask

        from mxinbound.adapters.flask import endpoint

        messages = []
        app = flask.Flask("tests", root_path=".")
        app.add_url_rule("/in", view_func=endpoint(Receiver(), messages.append))
        assert app.test_client().open("/in", **push.for_flask()).status_code == 200
        assert bare(messages[0].request) == bare(push.as_request())

    def test_django(self, push):
        from django.test import Client

        from mxinbound.adapters.django import endpoint

        messages = []
        with routed(endpoint(Receiver(), messages.append), "in"):
            assert Client().generic(path="/in", **push.for_django()).status_code == 200
        assert bare(messages[0].request) == bare(push.as_request())

    def test_djangos_client_for_asgi(self, push):
        from django.test import AsyncClient

        from mxinbound.adapters.django import endpoint

        messages = []
        # It comes from this machine, whatever it is told.
        with routed(endpoint(Receiver(networks=["127.0.0.1/32"]), messages.append), "in"):
            response = asyncio.run(AsyncClient().generic(path="/in", **push.for_django()))
        assert response.status_code == 200
        assert bare(messages[0].request) == bare(attrs.evolve(push.as_request(), peer="127.0.0.1"))

    @STARLETTES_OWN
    def test_fastapi_with_the_url(self, push):
        response, messages = self.fastapi(push, **push.for_httpx("/in"))
        assert response.status_code == 200
        assert bare(messages[0].request) == bare(push.as_request())

    @STARLETTES_OWN
    def test_fastapi_without_the_url(self, push):
        if push is PUSHES["latin-9"]:
            with pytest.raises(ValueError, match=r"^httpx would write this query in another way: give the URL to for_"):
                push.for_httpx()
            return
        response, messages = self.fastapi(push, url="/in", **push.for_httpx())
        assert response.status_code == 200
        assert bare(messages[0].request) == bare(push.as_request())

    def fastapi(self, push, **options):
        from fastapi import FastAPI
        from starlette.testclient import TestClient

        from mxinbound.adapters.fastapi import endpoint

        messages = []
        app = FastAPI()
        app.api_route("/in", methods=["GET", "POST"])(endpoint(Receiver(), messages.append))
        with TestClient(app, client=(push.peer, 50000)) as client:
            return client.request(**options), messages

    def test_httpx_over_the_wire(self, push):
        import httpx

        messages = []
        with served(wsgi.endpoint(Receiver(trusted_proxies=["127.0.0.1"]), messages.append)) as url:
            assert httpx.request(**push.for_httpx(f"{url}/in")).status_code == 200
        request = attrs.evolve(messages[0].request, peer=push.peer)
        assert bare(request) == bare(push.as_request())

    def test_curl_pasted_into_a_shell(self, push):
        if shutil.which("curl") is None and "CI" not in os.environ:
            pytest.skip("there is no curl")
        messages = []
        with served(wsgi.endpoint(Receiver(networks=["127.0.0.1/32"]), messages.append)) as url:
            done = subprocess.run(
                ["sh", "-c", f"{push.curl(f'{url}/in')} --silent --show-error"],
                capture_output=True,
                text=True,
                check=False,
            )
        assert (done.stdout, done.stderr, done.returncode) == ("OK", "", 0)
        request = attrs.evolve(messages[0].request, peer=push.peer)
        assert bare(request) == bare(push.as_request())

    def test_curl_is_quoted(self):
        command = testing.sms('it\'s $HOME `id` "x"').raw
        command = attrs.evolve(command, query=b"message=it's $HOME `id`", headers=(("x", ""), ("y", "a'b")))
        assert command.curl("http://[::1]/in") == (
            "curl --globoff --request GET --header 'x;' --header 'y: a'\"'\"'b'"
            " 'http://[::1]/in?message=it'\"'\"'s%20$HOME%20`id`'"
        )
        assert testing.RawPush().curl("http://a/") == "curl --globoff --request GET http://a/"

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("http://a/in", "http://a/in?b=%20c%A4+%zz"),
            ("http://a/in?tenant=7", "http://a/in?tenant=7&b=%20c%A4+%zz"),
            ("http://a/in?#top", "http://a/in?b=%20c%A4+%zz"),
            ("http://a?tenant=7#top?", "http://a?tenant=7&b=%20c%A4+%zz"),
        ],
    )
    def test_a_url_has_one_query(self, url, expected):
        push = testing.RawPush(query=b"b= c\xa4+%zz")
        assert push.for_httpx(url)["url"] == expected
        assert shlex.split(push.curl(url))[-1] == expected

    def test_a_url_without_a_query_stays_without(self):
        assert testing.RawPush().for_httpx("http://a/in#top")["url"] == "http://a/in"

    def test_a_socket_without_addresses_has_none(self):
        push = testing.sms(peer="unix:")
        assert push.for_wsgi()["REMOTE_ADDR"] == ""
        assert push.for_flask()["environ_base"] == {"REMOTE_ADDR": ""}
        assert push.for_django()["REMOTE_ADDR"] == ""
        assert push.for_asgi()[0]["client"] is None

    def test_the_sender_waits_for_the_answer_after_the_last_event(self):
        _, receive = testing.sms().for_asgi()

        async def events():
            assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
            waiting = asyncio.ensure_future(receive())
            await asyncio.sleep(0)
            assert not waiting.done()
            waiting.cancel()

        asyncio.run(events())


class TestRaw:
    def test_a_body_comes_in_pieces_and_its_sender_may_leave(self):
        push = attrs.evolve(testing.mms().raw, body=b"abcdef", chunk_bytes=4)

        async def events(push):
            _, receive = push.for_asgi()
            return [await receive() for _ in range(3)]

        assert [event.get("body") for event in asyncio.run(events(push))] == [b"abcd", b"ef", b""]
        left = asyncio.run(events(attrs.evolve(push, leaves_after=5)))
        assert [event.get("body", event["type"]) for event in left] == [b"abcd", b"e", "http.disconnect"]
        left = asyncio.run(events(attrs.evolve(push, leaves_after=4)))
        assert [event.get("body", event["type"]) for event in left] == [b"abcd", "http.disconnect", "http.disconnect"]
        assert attrs.evolve(push, leaves_after=5).for_wsgi()["wsgi.input"].read() == b"abcde"

    def test_its_length_is_told_unless_it_is_chunked_or_told_already(self):
        push = testing.RawPush(method="POST", body=b"abc")
        assert push.headers == (("content-length", "3"),)
        assert attrs.evolve(push, chunked=True).headers == (("transfer-encoding", "chunked"),)
        assert attrs.evolve(push, headers=(("Content-Length", "9"),)).headers == (("Content-Length", "9"),)
        assert attrs.evolve(push, body=b"").headers == ()

    def test_it_is_the_push_as_it_stands_on_the_wire(self, push):
        assert push.raw.as_request() == attrs.evolve(push, peer=push.peer).as_request()

    def test_it_shows_nothing_private(self, push):
        assert "447700900" not in repr(push) + repr(push.raw)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LATIN_9 = st.text(st.characters(codec="iso-8859-15"), max_size=40)
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
NUMBERS = st.from_regex(r"\A\+?[0-9]{1,15}\Z")
ATTRIBUTES = {
    "id": st.text("0123456789abcdef-", min_size=1, max_size=20),
    "originator": NUMBERS,
    "to": st.lists(NUMBERS, min_size=1, max_size=5).map(tuple),
    "date": st.datetimes(datetime(1000, 1, 1), timezones=OFFSETS).map(lambda date: date.replace(microsecond=0)),
    "network": st.sampled_from([None, "TMOBILEUK", "O2UK"]),
}
MULTIMEDIA = ATTRIBUTES | {"cc": ATTRIBUTES["to"], "expiry": ATTRIBUTES["date"]}
#: What each builder is given, the name of its text, what comes out, and how it may be packed.
BUILDERS = {
    "sms": (testing.sms, ATTRIBUTES, "text", Sms, ["query", "multipart", "urlencoded"]),
    "notification": (testing.mms_notification, MULTIMEDIA, "subject", MmsNotification, ["query"]),
    "mms": (testing.mms, MULTIMEDIA, "subject", Mms, ["multipart", "zip"]),
    "report": (testing.report, ATTRIBUTES, "user_agent", MmsReport, ["query", "multipart", "urlencoded"]),
}


@st.composite
def packagings(draw, forms):
    form = draw(st.sampled_from(forms))
    in_query = form == "multipart" and draw(st.booleans())
    declared = form in {"multipart", "urlencoded"} and not in_query and draw(st.booleans())
    return {
        "form": form,
        "fields_in_query": in_query,
        "charset_declared": declared,
        "charset": draw(st.sampled_from(["utf-8", "iso-8859-15"])) if declared else "utf-8",
        "raw_plus": draw(st.booleans()),
        "apache": draw(st.booleans()),
        "chunked": draw(st.booleans()),
    }


@pytest.mark.parametrize("adapter", HARNESSES)
@pytest.mark.parametrize("builder", BUILDERS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_was_put_in_comes_out_whatever_the_packaging_and_the_adapter(builder, adapter, data):
    build, attributes, text, kind, forms = BUILDERS[builder]
    how = data.draw(packagings(forms))
    given = data.draw(st.fixed_dictionaries(attributes))
    given[text] = data.draw(TEXTS if how["charset"] == "utf-8" else LATIN_9)
    if kind is MmsReport:  # an empty one is as good as none
        given[text] = given[text] or None
    push = build(**given).packed(**how)
    message = parse(HARNESSES[adapter].read(push.raw))
    assert type(message) is kind
    assert {name: getattr(message, name) for name in given} == given
    assert {defect.code for defect in message.defects} <= {"plus-restored"}
    assert message.extra == ()
    if kind is Mms:
        assert message.archive.raw == push.archive


def test_importing_the_kit_costs_little_more_than_the_library():
    script = (
        "import sys, mxinbound; before = len(sys.modules); import mxinbound.testing; print(len(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 25
