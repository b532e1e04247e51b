"""Pushes over real sockets to real servers: what only a server can get wrong."""

import hashlib
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from servers.kit import PATIENCE_SECONDS, chunked, eventually, fresh_id, head, head_of

from mxinbound import testing

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(sys.platform != "linux", reason="what a server holds open is looked up in /proc"),
]

MiB = 1024 * 1024
#: A text in as many parts as can be counted, each as long as a part can be.
LONGEST_TEXT = "x" * 255 * 153


def noise(size):
    """The start of a zip and then what no compression makes smaller, so that every byte counts."""
    return b"PK\x03\x04" + random.Random(size).randbytes(size - 4)


def mms(size):
    return testing.mms(archive=noise(size), id=fresh_id())


def accepted(answer):
    return answer is not None and (answer.status, answer.body) == (200, b"OK")


def id_of(push):
    return dict(push.fields)["id"]


def lives_on(server):
    """Whether the server still takes a push, which is also its chance to forget the one before."""
    push = testing.sms(id=fresh_id())
    return accepted(server.push(push)) and len(server.records(id_of(push))) == 1


def arrived_whole(server, push):
    (record,) = server.records(id_of(push))
    return record["sha256"] == hashlib.sha256(push.archive).hexdigest()


def test_an_sms_by_get_arrives_with_its_charset_and_its_pluses(server):
    id_ = fresh_id()
    target = f"/?type=6&id={id_}&from=+447700900123&to=88600&date=2010-08-21+17:32:21+%2B0100&message=5+%A4+%2B+1+=+6"
    assert accepted(server.ask(head("GET", target)))
    assert [record["text"] for record in server.records(id_)] == ["5 € + 1 = 6"]


def test_bytes_that_were_never_escaped_arrive_as_they_are_or_are_refused(server):
    # Each of these servers, in its latest release, refuses them on its own account.
    id_ = fresh_id()
    answer = server.ask(head("GET", f"/?type=6&id={id_}&from=447700900123&to=88600&message=5+\xa4"))
    assert answer.status in {200, 400}
    assert [record["text"] for record in server.records(id_)] == (["5 €"] if accepted(answer) else [])
    assert lives_on(server)


def test_the_longest_text_of_all_arrives(server):
    push = testing.sms(LONGEST_TEXT, id=fresh_id())
    assert accepted(server.push(push))
    assert [record["text"] for record in server.records(id_of(push))] == [LONGEST_TEXT]


def test_an_mms_arrives_byte_for_byte(server):
    push = mms(300_000)
    assert accepted(server.push(push))
    assert arrived_whole(server, push)


def test_a_chunked_mms_arrives_byte_for_byte(server):
    push = mms(300_000)
    start = head_of(push, "/", "Transfer-Encoding: chunked", without={"content-length"})
    assert accepted(server.ask(start, chunked(push.body)))
    assert arrived_whole(server, push)


def test_a_sender_that_asks_first_is_told_to_continue(server):
    push = mms(300_000)
    with server.connection() as connection:
        connection.send(head_of(push, "/", "Expect: 100-continue"))
        assert connection.interim_answer().status == 100
        connection.send(push.body)
        assert accepted(connection.answer())
    assert arrived_whole(server, push)


def test_sixteen_mebibytes_arrive_whole_and_leave_no_file_behind(server):
    push = mms(16 * MiB)
    assert accepted(server.push(push))
    assert arrived_whole(server, push)
    assert lives_on(server)
    assert eventually(lambda: not server.temporary_files())


def test_twenty_pushes_at_once_arrive_once_each(server):
    pushes = [mms(50_000) if number % 2 else testing.sms(id=fresh_id()) for number in range(20)]
    together = Barrier(len(pushes), timeout=PATIENCE_SECONDS)

    def send(push):
        together.wait()
        return server.push(push)

    with ThreadPoolExecutor(len(pushes)) as threads:
        answers = list(threads.map(send, pushes))
    assert all(map(accepted, answers))
    assert [len(server.records(id_of(push))) for push in pushes] == [1] * 20


def test_a_monitor_that_asks_by_get_sees_that_somebody_is_there(server):
    assert accepted(server.ask(head("GET", "/")))


def test_a_monitor_that_asks_by_head_gets_no_body(server):
    answer = server.ask(head("HEAD", "/"))
    assert (answer.status, answer.body) == (200, b"")


def test_a_monitor_that_asks_for_options_sees_that_somebody_is_there(server):
    assert accepted(server.ask(head("OPTIONS", "/")))


def test_a_declared_body_over_the_limit_is_refused_before_it_comes(server):
    push = mms(150_000)
    assert server.ask(head_of(push, "/small")).status == 413
    assert lives_on(server)


def test_a_declared_body_over_the_limit_is_refused_while_it_comes(server):
    push = mms(3 * MiB)
    answer = server.push(push, "/small")
    # Nobody reads the rest, and a connection that is closed over unread bytes is reset, at times before the answer.
    assert answer is None or answer.status == 413
    assert not server.records(id_of(push))
    assert lives_on(server)


def test_a_chunked_body_that_grows_over_the_limit_is_refused(server):
    push = mms(300_000)
    start = head_of(push, "/small", "Transfer-Encoding: chunked", without={"content-length"})
    answer = server.ask(start, chunked(push.body))
    assert answer is None or answer.status == 413
    assert not server.records(id_of(push))
    assert lives_on(server)
    assert eventually(lambda: not server.temporary_files())


def test_a_sender_that_leaves_in_the_middle_leaves_nothing_behind(server):
    push = mms(3 * MiB)
    before = server.stderr.count("body-incomplete")
    with server.connection() as connection:
        connection.send(head_of(push), push.body[: 2 * MiB])
        assert eventually(server.temporary_files)
    assert eventually(lambda: server.stderr.count("body-incomplete") > before)
    assert not server.records(id_of(push))
    assert lives_on(server)
    assert eventually(lambda: not server.temporary_files())


def test_a_sender_that_stalls_is_sent_away(async_server):
    push = mms(300_000)
    with async_server.connection() as connection:
        connection.send(head_of(push, "/impatient", close=False), push.body[:1000])
        answer = connection.answer()
    assert (answer.status, answer.headers["connection"]) == (408, "close")
    assert not async_server.records(id_of(push))
    assert lives_on(async_server)


def test_a_stranger_is_refused_before_the_body_comes(server):
    answer = server.ask(head("POST", "/gateway-only", "Content-Length: 1000000000"))
    assert (answer.status, b"127.0.0.1" in answer.body) == (403, True)
    assert lives_on(server)


def test_a_stranger_that_claims_to_forward_for_the_gateway_is_refused(server):
    headers = ("X-Forwarded-For: 83.166.68.10", "Forwarded: for=83.166.68.10")
    push = testing.sms(id=fresh_id())
    assert server.ask(head_of(push, "/gateway-only", *headers)).status == 403
    assert not server.records(id_of(push))


def test_an_async_server_drops_a_stranger_without_being_asked_to(async_server):
    answer = async_server.ask(head("POST", "/gateway-only", "Content-Length: 1000000000", close=False))
    assert (answer.status, answer.headers["connection"]) == (403, "close")


def test_a_handler_that_fails_is_answered_500(server):
    push = testing.sms(id=fresh_id())
    assert server.push(push, "/failing").status == 500
    assert eventually(lambda: f"the handler failed on {id_of(push)}" in server.stderr)
    assert lives_on(server)


def test_a_unix_socket_that_is_listed_may_push(unix_server):
    push = mms(300_000)
    assert accepted(unix_server.push(push, "/unix"))
    assert arrived_whole(unix_server, push)


def test_a_unix_socket_that_is_not_listed_is_refused(unix_server):
    push = mms(300_000)
    answer = unix_server.ask(head_of(push))
    assert (answer.status, b"unix:" in answer.body) == (403, True)
    assert not unix_server.records(id_of(push))
