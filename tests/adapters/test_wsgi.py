"""What is the WSGI adapter's alone: where servers differ in what they put into an environ."""

import io

import pytest
from adapters.harness import Untouchable, Wsgi, call_wsgi

from mxinbound import BodyIncomplete, Receiver, Reply
from mxinbound.adapters import wsgi
from mxinbound.testing import RawPush

POST = RawPush(method="POST", body=b"abc")


@pytest.mark.parametrize(("address", "peer"), [("", "unix:"), (None, None), ("::1", "::1")])
def test_the_peer(address, peer):
    environ = POST.for_wsgi() | {"REMOTE_ADDR": address}
    if address is None:
        del environ["REMOTE_ADDR"]
    assert wsgi.head_of(environ).peer == peer


def test_an_unknown_peer_is_refused():
    environ = POST.for_wsgi()
    del environ["REMOTE_ADDR"]
    answer = call_wsgi(wsgi.endpoint(Receiver(), print), environ)
    assert answer.status == 403
    assert answer.body == (
        b"this request came from an address that cannot be told, and that is not allowed to push here\n"
    )


def test_headers_that_some_servers_set_twice_are_taken_once():
    environ = POST.for_wsgi() | {"HTTP_CONTENT_LENGTH": "3", "HTTP_CONTENT_TYPE": "a/b", "CONTENT_TYPE": "a/b"}
    assert wsgi.head_of(environ).headers == (("content-length", "3"), ("content-type", "a/b"))


def test_what_merely_has_the_name_of_a_header_in_it_is_none():
    environ = RawPush(query=b"id=1").for_wsgi()
    assert wsgi.head_of(environ | {"X_HTTP_Y": "1", "HTTP": "2"}).headers == wsgi.head_of(environ).headers


def test_without_a_length_there_is_no_body_by_the_standard():
    environ = RawPush(method="POST", body=Untouchable(), headers=(("Content-Length", ""),)).for_wsgi()
    del environ["wsgi.input_terminated"]
    assert wsgi.read(environ).body == b""


def test_a_chunked_body_needs_a_server_that_says_where_it_ends():
    environ = RawPush(method="POST", body=Untouchable(), chunked=True).for_wsgi()
    del environ["wsgi.input_terminated"]
    with pytest.raises(BodyIncomplete) as caught:
        wsgi.read(environ)
    assert str(caught.value) == (
        "the body is chunked or its Content-Length is no number, and this server does not say where it ends"
        " (wsgi.input_terminated)"
    )


@pytest.mark.parametrize("length", ["+3", "3,3", "3.0", "-3", "three"])
def test_a_length_that_is_no_number_loses_no_body(length):
    environ = RawPush(method="POST", body=Untouchable(), headers=(("Content-Length", length),)).for_wsgi()
    del environ["wsgi.input_terminated"]
    with pytest.raises(BodyIncomplete):
        wsgi.read(environ)


def test_blanks_around_a_length_do_not_matter():
    assert wsgi.read(POST.for_wsgi() | {"CONTENT_LENGTH": " 3 "}).body == b"abc"


def test_nothing_past_the_declared_length_is_read():
    stream = io.BytesIO(b"abcnext request")
    assert wsgi.read(POST.for_wsgi() | {"wsgi.input": stream}).body == b"abc"
    assert stream.read() == b"next request"


def test_a_sender_who_leaves_is_told_from_one_who_is_done():
    with pytest.raises(BodyIncomplete) as caught:
        wsgi.read(POST.for_wsgi() | {"wsgi.input": io.BytesIO(b"ab")})
    assert str(caught.value) == (
        "the body ended before its Content-Length; the sender left, or the body was read before"
    )


def test_a_minimal_environ_is_enough():
    head = wsgi.head_of({})
    assert (head.method, head.query, head.headers, head.peer) == ("", b"", (), None)


def test_head_is_answered_without_a_body_but_with_its_length():
    answer = call_wsgi(wsgi.endpoint(Receiver(), print), RawPush(method="HEAD").for_wsgi())
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "2")


def test_a_status_without_a_name():
    assert Wsgi().reply(Reply(299, b"x")).status == 299
