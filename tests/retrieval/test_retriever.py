"""Both retrievers against a real gateway: what they fetch, what they make of trouble, and what they leave behind."""

import errno
import importlib
import importlib.util
import math
import os
import socket
import subprocess
import sys
import threading
import time
import traceback
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from pathlib import Path
from textwrap import dedent

import anyio
import pytest
from retrieval import gateway as answers
from retrieval.fetching import CREDENTIALS, PASSWORD, USER, WAYS, fetching
from retrieval.gateway import ARCHIVE, Gateway
from retrieval.outcomes import AUTHORITY, DECLARED, ONCE, OUTCOMES, by_name, nobody

from mxinbound import (
    AsyncRetriever,
    ConfigurationError,
    ContentTooLarge,
    Credentials,
    CredentialsRefused,
    GatewayBusy,
    GatewayUnreachable,
    IncompleteDownload,
    Limits,
    Mms,
    MmsNotAvailable,
    MmsNotification,
    NotAnArchive,
    RetrievalError,
    RetrievalTimeout,
    Retriever,
    RetryPolicy,
    parse,
    testing,
)
from mxinbound.retrieval import network
from mxinbound.retrieval import transport as transport_module
from mxinbound.retrieval.network import DeadlinePassed, deadline
from mxinbound.retrieval.transport import Joint, fit, httpx

httpcore = importlib.import_module(httpx.__name__.replace("httpx", "httpcore"))

NOON = datetime(2026, 8, 21, 12, tzinfo=timezone.utc)
MiB = 1024 * 1024
ASKED = [("user", USER), ("pass", PASSWORD), ("id", "4172212931")]


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


def notification(**attributes) -> MmsNotification:
    return parse(testing.mms_notification(**attributes).as_request())


def told(error):
    return type(error), str(error), error.http_status, error.message_id


class TestRetrieving:
    @pytest.mark.parametrize(
        "answer",
        [
            answers.archive(),
            answers.chunked(),
            answers.until_closed(ARCHIVE),
            answers.respond(200, ARCHIVE, {"Content-Type": "text/plain", "Content-Encoding": "identity"}),
        ],
        ids=["with its length", "in chunks", "until the end", "by another name"],
    )
    def test_gives_the_archive(self, way, answer):
        with Gateway.of(answer) as gateway, fetching(way, gateway) as retriever:
            archive = retriever.retrieve("4172212931")
        assert archive.raw == ARCHIVE
        assert archive.text == "Hello"

    def test_asks_for_the_id_with_the_user_and_password(self, way):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            retriever.retrieve("4172212931")
            (seen,) = gateway.requests
            host = gateway.url.split("/")[2]
        assert seen.line.split(" ")[::2] == ["GET", "HTTP/1.1"]
        assert seen.target.split("?")[0] == "/RetrieveMMS"
        assert seen.query == ASKED
        assert seen.headers == {
            "host": host,
            "accept": "application/zip, */*;q=0.1",
            "accept-encoding": "identity",
            "connection": "keep-alive",
            "user-agent": "mxinbound",
        }

    @pytest.mark.parametrize("path", ["/mms/v1/http/retrieve", "/", ""])
    def test_asks_where_it_is_told_to(self, way, path):
        with (
            Gateway.of(answers.archive()) as gateway,
            fetching(way, endpoint=f"http://127.0.0.1:{gateway.port}{path}", allow_insecure_http=True) as retriever,
        ):
            retriever.retrieve("4172212931")
            (seen,) = gateway.requests
        assert seen.target.split("?")[0] == (path or "/")
        assert seen.query == ASKED

    def test_an_id_may_have_any_characters(self, way):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            retriever.retrieve("1&user=x#?ü /%41")
            assert gateway.requests[0].query == [*ASKED[:2], ("id", "1&user=x#?ü /%41")]

    def test_a_notification_is_asked_for_by_its_id(self, way):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            assert retriever.retrieve(notification(expiry=None)).raw == ARCHIVE
            assert gateway.requests[0].query == ASKED

    def test_a_notification_is_completed_to_the_message(self, way):
        before = notification(subject="Hi", expiry=None)
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            message = retriever.complete(before)
        assert type(message) is Mms
        assert message.archive.raw == ARCHIVE
        assert (message.key, message.subject, message.to) == (before.key, "Hi", before.to)

    def test_a_retriever_is_a_context_manager(self):
        with Gateway.of(answers.archive()) as gateway:
            with Retriever(CREDENTIALS, endpoint=gateway.url, allow_insecure_http=True) as retriever:
                assert retriever.retrieve("1").raw == ARCHIVE
            gateway.wait_until(lambda: gateway.open == 0)

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_an_async_one_is_an_async_one(self, backend):
        async def main():
            async with AsyncRetriever(CREDENTIALS, endpoint=gateway.url, allow_insecure_http=True) as retriever:
                return await retriever.retrieve("1")

        with Gateway.of(answers.archive()) as gateway:
            assert anyio.run(main, backend=backend).raw == ARCHIVE
            gateway.wait_until(lambda: gateway.open == 0)

    @pytest.mark.parametrize("kind", [Retriever, AsyncRetriever])
    def test_its_repr_is_its_endpoint(self, kind):
        assert repr(kind(CREDENTIALS)) == f"<{kind.__name__} of https://mms.mxtelecom.com/RetrieveMMS>"


# From what is no host to what is no URL.
LOCATIONS = ["http://xn--a/", "//xn--/x", ":https://[", "http://.\xe9/", "http://h:99999999/", "http://" + "a" * 70_000]


class TestFailing:
    @pytest.mark.parametrize("outcome", OUTCOMES, ids=by_name)
    def test_each_outcome_is_an_error(self, way, outcome):
        options = {"retry": ONCE, "transport": trusting(way), **outcome.options}
        with (
            outcome.gateway() as (_, endpoint),
            fetching(way, endpoint=endpoint, allow_insecure_http=True, **options) as retriever,
            pytest.raises(RetrievalError) as caught,
        ):
            retriever.retrieve("41")
        assert told(caught.value) == (outcome.error, outcome.sentence, outcome.status, "41")

    @pytest.mark.parametrize("location", LOCATIONS, ids=lambda location: ascii(location[:20]))
    def test_a_redirect_is_one_wherever_it_leads(self, way, location):
        answer = answers.redirect(location)
        sleeps = []
        with (
            Gateway.of(answer) as gateway,
            fetching(way, gateway, sleeps=sleeps) as retriever,
            pytest.raises(RetrievalError) as caught,
        ):
            retriever.retrieve("41")
        sentence = "the gateway answered with a redirect, which is not followed (302)"
        assert told(caught.value) == (RetrievalError, sentence, 302, "41")
        assert (len(gateway.requests), sleeps) == (1, [])

    @pytest.mark.parametrize("location", LOCATIONS, ids=lambda location: ascii(location[:20]))
    def test_so_is_one_of_a_stand_in(self, way, location):
        transport = httpx.MockTransport(
            lambda request: httpx.Response(302, headers=[(b"Location", location.encode("latin-1"))])
        )
        with fetching(way, transport=transport) as retriever, pytest.raises(RetrievalError) as caught:
            retriever.retrieve("41")
        sentence = "the gateway answered with a redirect, which is not followed (302)"
        assert told(caught.value) == (RetrievalError, sentence, 302, "41")

    def test_a_gateway_that_takes_no_connection_in_time_is_unreachable(self, way):
        def late(request):
            raise httpx.ConnectTimeout("late")

        with (
            fetching(way, transport=httpx.MockTransport(late), retry=ONCE) as retriever,
            pytest.raises(GatewayUnreachable) as caught,
        ):
            retriever.retrieve("41")
        assert str(caught.value) == "the gateway could not be reached: it did not take the connection in time"

    def test_a_proxy_that_refuses_is_told_from_the_gateway(self, way):
        with Gateway.of(answers.page(403)) as proxy:
            transport = of_httpx(way)(proxy=f"http://127.0.0.1:{proxy.port}")
            with (
                fetching(way, transport=transport, retry=ONCE) as retriever,
                pytest.raises(GatewayUnreachable) as caught,
            ):
                retriever.retrieve("41")
        assert str(caught.value) == "the gateway could not be reached: the proxy refused"

    @pytest.mark.parametrize("even_if_expired", [False, True])
    def test_what_has_expired_is_asked_for_only_if_one_insists(self, way, even_if_expired):
        expired = notification(expiry=NOON)
        with (
            Gateway.of(answers.page(404)) as gateway,
            fetching(way, gateway, now=lambda: NOON) as retriever,
            pytest.raises(MmsNotAvailable) as caught,
        ):
            retriever.retrieve(expired, even_if_expired=even_if_expired)
        sentence = "the MMS has expired (404)" if even_if_expired else "the MMS has expired; it was not asked for"
        assert (str(caught.value), caught.value.expired) == (sentence, True)
        assert len(gateway.requests) == even_if_expired

    @pytest.mark.parametrize("verb", ["complete", "download"])
    def test_the_other_verbs_heed_the_expiry_too(self, way, verb, tmp_path):
        expired = notification(expiry=NOON)
        where = [tmp_path / "a.zip"] if verb == "download" else []
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway, now=lambda: NOON) as retriever:
            with pytest.raises(MmsNotAvailable):
                getattr(retriever, verb)(expired, *where)
            assert gateway.requests == []
            getattr(retriever, verb)(expired, *where, even_if_expired=True)
            assert len(gateway.requests) == 1

    def test_no_id_is_no_request(self, way):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            with pytest.raises(ValueError, match="an id is not empty"):
                retriever.retrieve("")
            with pytest.raises(ValueError, match="an id is text that can be sent"):
                retriever.retrieve("1\udce9")
            with pytest.raises(TypeError, match="an MMS is fetched by its id or its MmsNotification"):
                retriever.retrieve(41)
            with pytest.raises(RetrievalError, match="the id is longer than 1024 bytes; it was not asked for"):
                retriever.retrieve(notification(id="4" * 1025))
            assert gateway.requests == []


class TestTryingAgain:
    def test_what_passes_is_tried_until_it_has(self, way):
        sleeps = []
        with (
            Gateway.of(answers.page(503), answers.reset(), answers.short(), answers.archive()) as gateway,
            fetching(way, gateway, sleeps=sleeps, random=lambda: 0.0) as retriever,
        ):
            assert retriever.retrieve("1").raw == ARCHIVE
            assert [seen.query for seen in gateway.requests] == [[*ASKED[:2], ("id", "1")]] * 4
        assert sleeps == [0.5, 1.0, 2.0]

    def test_the_last_failure_is_the_one_that_is_raised(self, way):
        sleeps = []
        with (
            Gateway.of(answers.page(503), answers.hang_up) as gateway,
            fetching(way, gateway, sleeps=sleeps, retry=RetryPolicy(attempts=3)) as retriever,
            pytest.raises(IncompleteDownload),
        ):
            retriever.retrieve("1")
        assert (len(gateway.requests), len(sleeps)) == (3, 2)

    @pytest.mark.parametrize(
        "outcome", [each for each in OUTCOMES if not each.error.retryable or each.secured_by], ids=by_name
    )
    def test_what_does_not_pass_is_not_tried_again(self, way, outcome):
        sleeps = []
        if outcome.answer is answers.garble:
            sleeps = [0.5]  # this one passes
        options = {"transport": trusting(way), "retry": RetryPolicy(attempts=2), **outcome.options}
        found = []
        with (
            outcome.gateway() as (_, endpoint),
            fetching(
                way, endpoint=endpoint, allow_insecure_http=True, random=lambda: 0.0, sleeps=found, **options
            ) as retriever,
            pytest.raises(outcome.error),
        ):
            retriever.retrieve("1")
        assert found == sleeps

    def test_the_gateway_says_when(self, way):
        sleeps = []
        later = answers.respond(503, headers={"Retry-After": "7"})
        at = answers.respond(429, headers={"Retry-After": "Fri, 21 Aug 2026 12:00:09 GMT"})
        with (
            Gateway.of(later, at, answers.archive()) as gateway,
            fetching(way, gateway, sleeps=sleeps, now=lambda: NOON) as retriever,
        ):
            retriever.retrieve("1")
        assert sleeps == [7.0, 9.0]

    @pytest.mark.parametrize(
        ("asked", "options"),
        [(121, {"timeout": 1000}), (29, {}), (20, {"retry": RetryPolicy(retry_after_cap=19)})],
        ids=["over the cap", "over the time left", "over a cap of one's own"],
    )
    def test_what_takes_too_long_is_raised_at_once_with_the_time(self, way, asked, options):
        clock = iter([0.0])
        sleeps = []
        options = {"monotonic": lambda: next(clock, 1.0)} | options
        with (
            Gateway.of(answers.respond(503, headers={"Retry-After": str(asked)})) as gateway,
            fetching(way, gateway, sleeps=sleeps, **options) as retriever,
            pytest.raises(GatewayBusy) as caught,
        ):
            retriever.retrieve("1")
        assert caught.value.retry_after == asked
        assert (len(gateway.requests), sleeps) == (1, [])

    def test_nothing_is_tried_again_past_the_expiry(self, way):
        sleeps = []
        soon = notification(expiry=NOON + timedelta(seconds=1))
        with (
            Gateway.of(answers.page(503)) as gateway,
            fetching(way, gateway, sleeps=sleeps, now=lambda: NOON, random=lambda: 0.0) as retriever,
        ):
            with pytest.raises(GatewayBusy):
                retriever.retrieve(soon)
            assert sleeps == [0.5]
            with pytest.raises(GatewayBusy):
                retriever.retrieve(soon, even_if_expired=True)
            assert sleeps == [0.5, 0.5, 1.0, 2.0]
            assert len(gateway.requests) == 2 + 4

    def test_it_sleeps_by_itself_in_between(self):
        options = {"allow_insecure_http": True, "retry": RetryPolicy(base=0.02)}

        async def awaited():
            async with AsyncRetriever(CREDENTIALS, endpoint=gateway.url, **options) as retriever:
                await retriever.retrieve("1")

        def plain():
            with Retriever(CREDENTIALS, endpoint=gateway.url, **options) as retriever:
                retriever.retrieve("1")

        for run in (plain, partial(anyio.run, awaited), partial(anyio.run, awaited, backend="trio")):
            with Gateway.of(answers.page(503), answers.archive()) as gateway:
                before = time.monotonic()
                run()
                assert time.monotonic() - before >= 0.01


OLD = b"old"


class TestDownloading:
    def test_puts_the_archive_in_a_file(self, way, tmp_path):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            path = retriever.download("1", tmp_path / "a.zip")
        assert path == tmp_path / "a.zip"
        assert contents(tmp_path) == {"a.zip": ARCHIVE}

    def test_takes_a_relative_str_and_a_notification(self, way, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            assert retriever.download(notification(expiry=None), "a.zip") == Path("a.zip")
        assert contents(tmp_path) == {"a.zip": ARCHIVE}

    def test_replaces_a_file(self, way, tmp_path):
        (tmp_path / "a.zip").write_bytes(OLD)
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            retriever.download("1", tmp_path / "a.zip")
        assert contents(tmp_path) == {"a.zip": ARCHIVE}

    def test_replaces_it_when_a_later_try_succeeds(self, way, tmp_path):
        (tmp_path / "a.zip").write_bytes(OLD)
        with Gateway.of(answers.short(), answers.archive()) as gateway, fetching(way, gateway) as retriever:
            retriever.download("1", tmp_path / "a.zip")
        assert contents(tmp_path) == {"a.zip": ARCHIVE}

    @pytest.mark.parametrize("outcome", OUTCOMES, ids=by_name)
    def test_a_failure_leaves_the_old_file_and_nothing_else(self, way, outcome, tmp_path):
        (tmp_path / "a.zip").write_bytes(OLD)
        options = {"retry": ONCE, "transport": trusting(way), **outcome.options}
        with (
            outcome.gateway() as (_, endpoint),
            fetching(way, endpoint=endpoint, allow_insecure_http=True, **options) as retriever,
            pytest.raises(outcome.error),
        ):
            retriever.download("1", tmp_path / "a.zip")
        assert contents(tmp_path) == {"a.zip": OLD}

    def test_a_folder_that_is_not_there_is_told_before_anything_is_asked_for(self, way, tmp_path):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            with pytest.raises(FileNotFoundError):
                retriever.download("1", tmp_path / "none" / "a.zip")
            assert gateway.requests == []

    def test_a_folder_of_the_name_stays(self, way, tmp_path):
        (tmp_path / "a.zip").mkdir()
        with (
            Gateway.of(answers.archive()) as gateway,
            fetching(way, gateway) as retriever,
            pytest.raises(OSError),
        ):
            retriever.download("1", tmp_path / "a.zip")
        assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]

    def test_an_interrupt_leaves_nothing(self, tmp_path):
        (tmp_path / "a.zip").write_bytes(OLD)

        def interrupted():
            yield ARCHIVE[:30]
            raise KeyboardInterrupt

        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=interrupted()))
        with Retriever(CREDENTIALS, transport=transport) as retriever, pytest.raises(KeyboardInterrupt):
            retriever.download("1", tmp_path / "a.zip")
        assert contents(tmp_path) == {"a.zip": OLD}

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    @pytest.mark.parametrize(
        "sent", [b"", DECLARED, DECLARED + ARCHIVE[:30]], ids=["before the head", "before the body", "within the body"]
    )
    def test_a_cancellation_leaves_nothing_and_is_no_failure(self, backend, sent, tmp_path):
        (tmp_path / "a.zip").write_bytes(OLD)
        ends = []

        async def download(retriever):
            try:
                await retriever.download("1", tmp_path / "a.zip")
            except anyio.get_cancelled_exc_class() as error:
                ends.append(type(error))
                raise

        async def main():
            async with AsyncRetriever(CREDENTIALS, endpoint=gateway.url, allow_insecure_http=True) as retriever:
                async with anyio.create_task_group() as group:
                    group.start_soon(download, retriever)
                    await anyio.to_thread.run_sync(gateway.wait_until, lambda: len(gateway.requests) == 1)
                    await anyio.sleep(0.02)
                    group.cancel_scope.cancel()
                await anyio.to_thread.run_sync(gateway.wait_until, lambda: gateway.open == 0)

        with Gateway.of(answers.hang(sent)) as gateway:
            anyio.run(main, backend=backend)
        assert len(ends) == 1
        assert contents(tmp_path) == {"a.zip": OLD}


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class TestMemory:
    @pytest.mark.parametrize("verb", ["retrieve", "download"])
    def test_the_largest_archive_takes_little_of_it(self, way, verb, tmp_path):
        where = [tmp_path / "a.zip"] if verb == "download" else []
        with (
            Gateway.of(answers.archive(), answers.large(16 * MiB)) as gateway,
            fetching(way, gateway) as retriever,
        ):
            retriever.retrieve("1")  # imports and connects
            tracemalloc.start()
            try:
                found = getattr(retriever, verb)("1", *where)
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
        assert peak < 3 * MiB
        assert (found.stat().st_size if where else len(found.raw)) == 16 * MiB

    def test_one_byte_more_is_too_large(self, way):
        with (
            Gateway.of(answers.large(16 * MiB + 1)) as gateway,
            fetching(way, gateway) as retriever,
            pytest.raises(RetrievalError) as caught,
        ):
            retriever.retrieve("1")
        assert str(caught.value) == "the archive is larger than max_retrieve_bytes (16777216 bytes)"

    def test_the_limit_may_be_more_than_that_of_a_push(self, way):
        limits = Limits(max_body_bytes=10, max_retrieve_bytes=len(ARCHIVE))
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway, limits=limits) as retriever:
            assert retriever.retrieve("1").raw == ARCHIVE

    def test_the_archive_has_the_limits(self, way):
        with (
            Gateway.of(answers.archive()) as gateway,
            fetching(way, gateway, limits=Limits(max_part_bytes=1)) as retriever,
        ):
            archive = retriever.retrieve("1")
        with pytest.raises(ContentTooLarge, match="max_part_bytes"):
            archive.check()


class TestConnections:
    def test_are_kept_for_the_next(self, way):
        with (
            Gateway.of(answers.archive(), answers.page(404), answers.archive()) as gateway,
            fetching(way, gateway) as retriever,
        ):
            retriever.retrieve("1")
            assert gateway.connections == 1
            with pytest.raises(MmsNotAvailable):
                retriever.retrieve("2")
            retriever.retrieve("3")
            assert [seen.query[-1] for seen in gateway.requests] == [("id", "1"), ("id", "2"), ("id", "3")]

    def test_keep_no_cookies(self, way):
        cookie = answers.respond(200, ARCHIVE, answers.ZIP | {"Set-Cookie": "a=b"})
        with Gateway.of(cookie) as gateway, fetching(way, gateway) as retriever:
            for _ in range(2):
                retriever.retrieve("1")
            assert [each.headers.get("cookie") for each in gateway.requests] == [None, None]
            assert gateway.connections == 1

    def test_are_not_kept_behind_an_answer_too_many(self, way):
        with Gateway.of(answers.one_too_many, answers.echo_id) as gateway, fetching(way, gateway) as retriever:
            assert retriever.retrieve("1").raw == ARCHIVE
            assert retriever.retrieve("2").text == "2"
            assert [seen.connection for seen in gateway.requests] == [1, 2]

    def test_are_not_left_open_by_a_failure(self, way):
        with Gateway.of(answers.drip(DECLARED, b"x")) as gateway, fetching(way, gateway) as retriever:
            with pytest.raises(NotAnArchive):
                retriever.retrieve("1")
            gateway.wait_until(lambda: gateway.open == 0)

    def test_threads_share_one_retriever(self):
        ids = [str(number) for number in range(60)]
        with (
            Gateway.of(answers.echo_id) as gateway,
            fetching("sync", gateway) as retriever,
            ThreadPoolExecutor(30) as pool,
        ):
            assert [archive.text for archive in pool.map(retriever.retrieve, ids)] == ids
            assert 1 <= gateway.most_open <= 20

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_of_many_at_once_are_bounded(self, backend):
        ids = [str(number) for number in range(200)]
        found = {}

        async def one(retriever, id_):
            found[id_] = (await retriever.retrieve(id_)).text

        async def main():
            options = {"allow_insecure_http": True, "timeout": 300}  # no try ends by itself
            async with (
                AsyncRetriever(CREDENTIALS, endpoint=gateway.url, **options) as retriever,
                anyio.create_task_group() as group,
            ):
                for id_ in ids:
                    group.start_soon(one, retriever, id_)

        with Gateway.of(answers.echo_id) as gateway:
            anyio.run(main, backend=backend)
            assert 1 <= gateway.most_open <= 20
        assert found == {id_: id_ for id_ in ids}

    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_of_many_that_are_cancelled_in_the_middle_none_is_left_and_no_file(self, backend, tmp_path):
        async def main():
            options = {"allow_insecure_http": True, "timeout": 300}  # no try ends by itself
            async with AsyncRetriever(CREDENTIALS, endpoint=gateway.url, **options) as retriever:
                async with anyio.create_task_group() as group:
                    for number in range(200):
                        group.start_soon(retriever.download, str(number), tmp_path / f"{number}.zip")
                    # Ten are there, and twenty stuck in the middle of the next.
                    await anyio.to_thread.run_sync(gateway.wait_until, lambda: len(gateway.requests) >= 30)
                    group.cancel_scope.cancel()
                await anyio.to_thread.run_sync(gateway.wait_until, lambda: gateway.open == 0)
                assert (await retriever.retrieve("1")).raw == ARCHIVE

        stuck = answers.hang(DECLARED + ARCHIVE[:30])
        with Gateway.of(*[answers.archive()] * 10, *[stuck] * 20, answers.archive()) as gateway:
            anyio.run(main, backend=backend)
        found = contents(tmp_path)
        assert len(found) <= 10
        assert set(found.values()) <= {ARCHIVE}
        assert all(name.endswith(".zip") and not name.startswith(".") for name in found)

    @pytest.mark.parametrize("transport", [None, "given"])
    def test_of_another_process_are_not_used(self, transport):
        given = httpx.HTTPTransport() if transport else None
        with Gateway.of(answers.archive()) as gateway, fetching("sync", gateway, transport=given) as retriever:
            retriever.retrieve("1")
            retriever._process = 0  # as a child sees it
            retriever.retrieve("2")
            retriever.retrieve("3")
            assert [seen.connection for seen in gateway.requests] == [1, 2, 2]
            assert [seen.query for seen in gateway.requests] == [[*ASKED[:2], ("id", str(id_))] for id_ in (1, 2, 3)]

    def test_of_a_transport_that_stands_in_are_its_own_to_close(self):
        transport = Foreign(httpx.MockTransport(mock))
        transport.accepts_credentials = True
        with fetching("sync", transport=transport) as retriever:
            retriever._process = 0
            assert retriever.retrieve("1").raw == ARCHIVE
            assert transport.closed == 1

    def test_of_another_process_are_left_once_however_many_threads_find_them(self, monkeypatch):
        left = []
        monkeypatch.setattr("mxinbound.retrieval.client.leave", left.append)
        with fetching("sync", transport=httpx.MockTransport(mock)) as retriever, ThreadPoolExecutor(8) as pool:
            retriever._process = 0
            with retriever._beginning:
                found = [pool.submit(retriever.retrieve, "1") for _ in range(8)]
            assert [each.result().raw for each in found] == [ARCHIVE] * 8
        assert len(left) == 1

    def test_of_another_process_are_closed_with_the_retriever_and_not_used(self):
        with Gateway.of(answers.archive()) as gateway:
            retriever = Retriever(CREDENTIALS, endpoint=gateway.url, allow_insecure_http=True)
            retriever.retrieve("1")
            retriever._process = 0
            retriever.close()
            gateway.wait_until(lambda: gateway.open == 0)
            assert len(gateway.requests) == 1

    @pytest.mark.skipif("not hasattr(os, 'fork')", reason="there is no fork")
    @pytest.mark.parametrize("transport", ["None", "httpx.HTTPTransport()"])
    def test_of_the_parent_are_not_used_after_a_fork(self, transport):
        script = f"""
            import os, sys
            from mxinbound import Credentials, Retriever
            from mxinbound.retrieval.transport import httpx

            retriever = Retriever(
                Credentials("a", "b"), endpoint=sys.argv[1], allow_insecure_http=True, transport={transport}
            )
            assert retriever.retrieve("parent").text == "parent"
            if (child := os.fork()) == 0:
                retriever.close()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            assert retriever.retrieve("parent1").text == "parent1"
            if (child := os.fork()) == 0:
                right = all(retriever.retrieve(each).text == each for each in ("child", "child2"))
                retriever.close()
                os._exit(0 if right else 1)
            assert os.waitpid(child, 0)[1] == 0
            assert retriever.retrieve("parent2").text == "parent2"
            retriever.close()
        """
        with Gateway.of(answers.echo_id) as gateway:
            done = subprocess.run(
                [sys.executable, "-X", "dev", "-c", dedent(script), gateway.url],
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")
            seen = [(each.query[-1][1], each.connection) for each in gateway.requests]
        assert seen == [("parent", 1), ("parent1", 1), ("child", 2), ("child2", 2), ("parent2", 1)]

    @pytest.mark.skipif("not hasattr(os, 'fork')", reason="there is no fork")
    def test_that_threads_of_the_parent_wait_for_are_not_waited_for_after_a_fork(self):
        script = """
            import os, signal, sys, threading
            from mxinbound import Credentials, Retriever
            from mxinbound.retrieval.transport import httpx

            transport = httpx.HTTPTransport(limits=httpx.Limits(max_connections=1))
            retriever = Retriever(
                Credentials("a", "b"), endpoint=sys.argv[1], allow_insecure_http=True, timeout=150, transport=transport
            )
            threads = [threading.Thread(target=retriever.retrieve, args=("slow",)) for _ in range(3)]
            for each in threads:
                each.start()
            sys.stdin.readline()  # one of them is answered in part, and two wait for their turn
            while len(transport._pool._requests) < 3:
                os.sched_yield()
            transport._pool._optional_thread_lock._lock.acquire()
            child = os.fork()
            transport._pool._optional_thread_lock._lock.release() if child else None
            if child == 0:
                signal.alarm(30)  # rather than wait for ever
                os._exit(0 if retriever.retrieve("child").text == "child" else 1)
            print(os.waitpid(child, 0)[1], flush=True)
            for each in threads:
                each.join()
        """
        done = threading.Event()

        def answer(wire, request):
            if "id=slow" in request.target:
                done.wait(60)
            return answers.echo_id(wire, request)

        with (
            Gateway.of(answer) as gateway,
            subprocess.Popen(
                [sys.executable, "-c", dedent(script), gateway.url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as process,
        ):
            gateway.wait_until(lambda: len(gateway.requests) == 1)
            process.stdin.write("go\n")
            process.stdin.flush()
            assert process.stdout.readline() == "0\n"
            done.set()
            assert process.wait(60) == 0
            seen = {each.query[-1][1]: each.connection for each in gateway.requests}
            assert seen["slow"] != seen["child"]


def fetched_in_a_thread(retriever, work):
    """What becomes of a fetch during which `work` is done."""
    with ThreadPoolExecutor(1) as pool:
        fetched = pool.submit(retriever.retrieve, "1")
        work()
        return fetched.exception(15)


async def fetched_in_a_task(retriever, work):
    found = []

    async def fetch():
        try:
            await retriever.retrieve("1")
        except RuntimeError as error:
            found.append(error)

    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(fetch)
            await work()
    return found[0]


class TestClosing:
    def test_is_the_end(self, way):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            retriever.retrieve("1")
            (retriever.close if way == "sync" else retriever.aclose)()
            gateway.wait_until(lambda: gateway.open == 0)
            for _ in range(2):
                with pytest.raises(RuntimeError) as caught:
                    retriever.retrieve("2")
                assert str(caught.value) == "the retriever is closed"
            assert len(gateway.requests) == 1

    BUSY = answers.respond(503, headers={"Retry-After": "100"})
    MEANWHILE = pytest.mark.parametrize(
        "answer",
        [answers.hang(), answers.hang(DECLARED + ARCHIVE[:30]), BUSY],
        ids=["before the head", "within the body", "while it waits"],
    )
    OPTIONS = {"timeout": 150, "retry": RetryPolicy(attempt_timeout=20, attempts=2), "allow_insecure_http": True}

    @MEANWHILE
    @pytest.mark.parametrize("secured", [False, True], ids=["http", "https"])
    def test_ends_what_other_threads_are_at(self, answer, secured):
        tls, transport = (AUTHORITY.server, trusting("sync")) if secured else (None, None)
        with Gateway.of(answer, tls=tls) as gateway:
            retriever = Retriever(CREDENTIALS, endpoint=gateway.url, transport=transport, **self.OPTIONS)

            def close():
                gateway.wait_until(lambda: len(gateway.requests) == 1)
                time.sleep(0.02)
                retriever.close()

            error = fetched_in_a_thread(retriever, close)
            assert (type(error), str(error)) == (RuntimeError, "the retriever is closed")
            gateway.wait_until(lambda: gateway.open == 0)
            assert len(gateway.requests) == 1

    @MEANWHILE
    @pytest.mark.parametrize("backend", ["asyncio", "trio"])
    def test_ends_what_other_tasks_are_at(self, answer, backend):
        async def main():
            retriever = AsyncRetriever(CREDENTIALS, endpoint=gateway.url, **self.OPTIONS)

            async def close():
                await anyio.to_thread.run_sync(gateway.wait_until, lambda: len(gateway.requests) == 1)
                await anyio.sleep(0.02)
                await retriever.aclose()

            return await fetched_in_a_task(retriever, close)

        with Gateway.of(answer) as gateway:
            error = anyio.run(main, backend=backend)
            assert (type(error), str(error)) == (RuntimeError, "the retriever is closed")
            gateway.wait_until(lambda: gateway.open == 0)
            assert len(gateway.requests) == 1

    def test_while_a_try_fails_is_no_failure(self, way):
        def close(request):
            if way == "sync":
                retriever.close()
            else:
                retriever.retriever._closed.set()
            raise httpx.ConnectError("refused")

        with (
            fetching(way, transport=httpx.MockTransport(close)) as retriever,
            pytest.raises(RuntimeError, match="the retriever is closed"),
        ):
            retriever.retrieve("1")

    def test_ends_what_is_only_connecting(self):
        inner = Backend()
        backend = network.Backend(inner)
        backend.hang_up()
        with pytest.raises(DeadlinePassed):
            backend.connect_tcp("127.0.0.1", 1)
        assert [name for name, *_ in inner.asked] == ["connect_tcp", "close"]

    def test_ends_what_is_only_shaking_hands(self):
        inner = Backend()
        stream = network.Stream(inner)
        inner.start_tls = lambda *_: stream.hang_up() or inner
        with pytest.raises(DeadlinePassed):
            stream.start_tls("context", "h", 5)
        assert [name for name, *_ in inner.asked] == ["get_extra_info", "close"]

    def test_ends_what_waits_for_a_connection(self):
        one = httpx.HTTPTransport(limits=httpx.Limits(max_connections=1))
        with Gateway.of(answers.hang()) as gateway, ThreadPoolExecutor(3) as pool:
            retriever = Retriever(CREDENTIALS, endpoint=gateway.url, transport=one, **self.OPTIONS)
            found = [pool.submit(retriever.retrieve, "1") for _ in range(3)]
            gateway.wait_until(lambda: len(gateway.requests) == 1)
            time.sleep(0.02)
            retriever.close()
            assert [str(each.exception(15)) for each in found] == ["the retriever is closed"] * 3
            gateway.wait_until(lambda: gateway.open == 0)
            assert len(gateway.requests) == 1

    def test_leaves_what_is_no_socket_alone(self):
        inner = Backend()
        network.Stream(inner).hang_up()
        assert [name for name, *_ in inner.asked] == ["get_extra_info"]

    def test_may_come_after_the_other_side_has_closed(self):
        near, far = socket.socketpair()
        inner = Backend()
        inner.get_extra_info = lambda name: near
        with near, far:
            stream = network.Stream(inner)
            stream.hang_up()
            assert far.recv(1) == b""
        stream.hang_up()

    def test_ends_nothing_of_another_process(self):
        near, far = socket.socketpair()
        inner = Backend()
        inner.get_extra_info = lambda name: near
        with near, far:
            stream = network.Stream(inner)
            stream._process = 0
            stream.hang_up()
            near.sendall(b"x")
            assert far.recv(1) == b"x"


class TestDeadline:
    @pytest.mark.parametrize(
        "answer",
        [
            answers.hang(),
            answers.drip(b"", b"HTTP/1.1 200 OK\r\n" + b"X-Drip: 1\r\n" * 1000),
            answers.drip(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
            answers.drip(answers.head(200, answers.ZIP) + ARCHIVE[:30], b"x"),
            answers.drip(
                answers.head(200, {"Transfer-Encoding": "chunked"}), b"1\r\nP\r\n1\r\nK\r\n1\r\n\x03\r\n1\r\n\x04\r\n"
            ),
        ],
        ids=["silence", "a status line", "headers", "a body", "chunks"],
    )
    @pytest.mark.parametrize("attempts", [1, 4])
    def test_is_outlasted_by_no_drip(self, way, answer, attempts):
        policy = RetryPolicy(attempts=attempts, base=0.001, attempt_timeout=0.03)
        with (
            Gateway.of(answer) as gateway,
            fetching(way, gateway, timeout=0.08, retry=policy) as retriever,
        ):
            before = time.monotonic()
            # On a busy machine it may be too late to connect.
            with pytest.raises((RetrievalTimeout, NotAnArchive, GatewayUnreachable)):
                retriever.retrieve("1")
            assert time.monotonic() - before < 10  # not for ever, on however busy a machine
        assert len(gateway.requests) <= attempts

    def test_is_looked_at_after_each_chunk_where_there_is_no_socket(self):
        clock = [0.0]

        def slow():
            yield ARCHIVE[:30]
            clock[0] += 100
            yield ARCHIVE[30:60]
            raise AssertionError("it went on")

        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=slow()))
        with (
            fetching("sync", transport=transport, monotonic=lambda: clock[0], timeout=90) as retriever,
            pytest.raises(RetrievalTimeout) as caught,
        ):
            retriever.retrieve("1")
        assert str(caught.value) == "the time allowed for the retrieval ran out"

    def test_a_try_whose_time_is_up_before_it_starts_fails_by_it(self, way):
        times = iter([0.0, 0.0, 100.0])
        with (
            Gateway.of(answers.hang()) as gateway,
            fetching(way, gateway, retry=ONCE, monotonic=lambda: next(times, 100.0)) as retriever,
            pytest.raises((RetrievalTimeout, GatewayUnreachable)),
        ):
            retriever.retrieve("1")

    def test_is_shared_by_the_addresses_of_a_host(self, monkeypatch):
        resolve(monkeypatch, ["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.3"])
        inner = Unreachable(httpcore.ConnectTimeout)
        with pytest.raises(httpcore.ConnectTimeout):
            network.Backend(inner).connect_tcp("mms.example", 443, timeout=6, local_address=None)
        assert inner.asked == [
            ("connect_tcp", (f"192.0.2.{number}", 443), {"timeout": share, "local_address": None})
            for number, share in [(1, 2), (2, 3), (3, 6)]
        ]

    def test_of_the_first_address_that_connects_is_what_is_left(self, monkeypatch):
        resolve(monkeypatch, ["192.0.2.1", "192.0.2.2"])
        inner = Unreachable(httpcore.ConnectError, "192.0.2.1")
        network.Backend(inner).connect_tcp("mms.example", 443)
        assert inner.asked == [("connect_tcp", (f"192.0.2.{number}", 443), {"timeout": None}) for number in (1, 2)]

    def test_may_pass_while_a_host_is_looked_up(self, monkeypatch):
        def slow(*arguments, **options):
            deadline.set(time.monotonic() - 1)
            return [(0, 0, 0, "", ("127.0.0.1", 443))]

        monkeypatch.setattr(socket, "getaddrinfo", slow)
        with (
            fetching("sync", endpoint="https://mms.example/RetrieveMMS", retry=ONCE) as retriever,
            pytest.raises(RetrievalTimeout),
        ):
            retriever.retrieve("1")

    @pytest.mark.parametrize(
        "error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label too long")]
    )
    def test_is_not_waited_for_where_there_is_no_such_host(self, error, monkeypatch):
        def fail(*arguments, **options):
            raise error

        monkeypatch.setattr(socket, "getaddrinfo", fail)
        with (
            fetching("sync", endpoint="https://mms.example/RetrieveMMS", retry=ONCE) as retriever,
            pytest.raises(GatewayUnreachable) as caught,
        ):
            retriever.retrieve("1")
        assert str(caught.value) == "the gateway could not be reached: no connection could be made"

    def test_is_over_with_the_call(self, way):
        with Gateway.of(answers.archive()) as gateway, fetching(way, gateway) as retriever:
            retriever.retrieve("1")
            assert deadline.get() is None


class Backend:
    """A network backend that tells what it was asked."""

    def __init__(self):
        self.asked = []

    def __getattr__(self, name):
        def asked(*arguments, **options):
            self.asked.append((name, arguments, options))
            return self

        return asked


class Unreachable(Backend):
    """One that reaches no address, or all but one."""

    def __init__(self, error, address=None):
        super().__init__()
        self.error = error
        self.address = address

    def connect_tcp(self, host, port, **options):
        super().__getattr__("connect_tcp")(host, port, **options)
        if self.address in (None, host):
            raise self.error
        return self


def resolve(monkeypatch, addresses):
    """From here on each host has these addresses."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (each, 0)) for each in addresses])


class TestSteps:
    """Each step of a socket has its own timeout, and no more than is left until the deadline."""

    @pytest.fixture
    def left(self):
        token = deadline.set(time.monotonic() + 2)
        yield
        deadline.reset(token)

    STEPS = [
        (
            lambda of: network.Backend(of).connect_tcp("127.0.0.1", 1, timeout=timeout_of(of), local_address=None),
            "connect_tcp",
        ),
        (lambda of: network.Backend(of).connect_unix_socket("/s", timeout=timeout_of(of)), "connect_unix_socket"),
        (lambda of: network.Backend(of).sleep(timeout_of(of)), "sleep"),
        (lambda of: network.Stream(of).read(10, timeout=timeout_of(of)), "read"),
        (lambda of: network.Stream(of).write(b"x", timeout=timeout_of(of)), "write"),
        (lambda of: network.Stream(of).start_tls("context", "h", timeout_of(of)), "start_tls"),
    ]

    @pytest.mark.parametrize(("step", "name"), STEPS, ids=[name for _, name in STEPS])
    @pytest.mark.parametrize("timeout", [1, 5, None], ids=["less", "more", "none"])
    def test_with_a_deadline(self, left, step, name, timeout):
        backend = Backend()
        backend.timeout = timeout
        step(backend)
        ((asked, arguments, options),) = backend.asked
        assert asked == name
        passed = options.get("timeout", arguments[-1] if arguments else None)
        assert passed == pytest.approx(1 if timeout == 1 else 2, abs=0.1)

    @pytest.mark.parametrize(("step", "name"), STEPS, ids=[name for _, name in STEPS])
    @pytest.mark.parametrize("timeout", [1, None], ids=["one", "none"])
    def test_without_a_deadline(self, step, name, timeout):
        backend = Backend()
        backend.timeout = timeout
        step(backend)
        ((asked, arguments, options),) = backend.asked
        assert asked == name
        assert options.get("timeout", arguments[-1] if arguments else None) == timeout

    @pytest.mark.parametrize(("asked", "read"), [(65536, 98304), (1 << 20, 1 << 20)], ids=["less", "more"])
    def test_a_read_is_large(self, asked, read):
        backend = Backend()
        network.Stream(backend).read(asked)
        assert backend.asked == [("read", (read,), {"timeout": None})]

    @pytest.mark.parametrize(("asked", "read"), [(65536, 98304), (1 << 20, 1 << 20)], ids=["less", "more"])
    def test_a_read_in_a_loop_is_large(self, asked, read):
        class Awaited(Backend):
            def __getattr__(self, name):
                plain = super().__getattr__(name)

                async def asked(*arguments, **options):
                    return plain(*arguments, **options)

                return asked

        async def main():
            stream = await network.AsyncBackend(backend).connect_unix_socket("/s", timeout=1)
            await (await stream.start_tls("context")).read(asked, timeout=2)

        backend = Awaited()
        anyio.run(main)
        assert backend.asked == [
            ("connect_unix_socket", ("/s",), {"timeout": 1}),
            ("start_tls", ("context",), {}),
            ("read", (read,), {"timeout": 2}),
        ]

    def test_what_is_past_the_deadline_is_not_begun_and_the_socket_is_closed(self):
        token = deadline.set(time.monotonic() - 1)
        backend = Backend()
        try:
            with pytest.raises(DeadlinePassed):
                network.Stream(backend).start_tls("context", "h", 5)
        finally:
            deadline.reset(token)
        assert [name for name, *_ in backend.asked] == ["close"]


def timeout_of(backend):
    return backend.__dict__["timeout"]


NO_URL = "endpoint is not a URL"
NOT_THIS_URL = "endpoint must be a URL with https, a host and a path, and nothing else"
ENDPOINTS = [
    ("", NOT_THIS_URL),
    ("RetrieveMMS", NOT_THIS_URL),
    ("https://", NOT_THIS_URL),
    ("//mms.example/RetrieveMMS", NOT_THIS_URL),
    ("ftp://mms.example/RetrieveMMS", NOT_THIS_URL),
    ("https://user:pass@mms.example/RetrieveMMS", NOT_THIS_URL),
    ("https://user@mms.example/RetrieveMMS", NOT_THIS_URL),
    ("https://mms.example/RetrieveMMS?user=me", NOT_THIS_URL),
    ("https://mms.example/RetrieveMMS#top", NOT_THIS_URL),
    ("https://[::1/RetrieveMMS", NO_URL),
    ("https://mms.example:port/RetrieveMMS", NO_URL),
    ("https://mms.example/\x00", NO_URL),
    pytest.param(
        *("https://xn--/RetrieveMMS", NO_URL),
        marks=pytest.mark.skipif(httpx.__name__ == "httpx2", reason="httpx2 takes an empty name for one"),
        id="no name behind xn--",
    ),
    ("https://mms.example:99999/RetrieveMMS", NO_URL),
    ("https://mms.example:0/RetrieveMMS", NO_URL),
    (b"https://mms.example/RetrieveMMS", NO_URL),
    (None, NO_URL),
    (
        "http://mms.example/RetrieveMMS",
        "endpoint is http, so that the password could be read on its way; allow_insecure_http=True allows it",
    ),
]


@pytest.mark.parametrize("kind", [Retriever, AsyncRetriever])
class TestSettingUp:
    @pytest.mark.parametrize(("endpoint", "sentence"), ENDPOINTS, ids=repr)
    def test_an_endpoint_is_checked(self, kind, endpoint, sentence):
        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS, endpoint=endpoint)
        assert str(caught.value) == sentence

    def test_http_is_allowed_on_demand_only(self, kind):
        retriever = kind(CREDENTIALS, endpoint="http://mms.example/RetrieveMMS", allow_insecure_http=True)
        assert repr(retriever) == f"<{kind.__name__} of http://mms.example/RetrieveMMS>"

    @pytest.mark.parametrize("credentials", [None, ("user", "pass"), "user:pass"])
    def test_credentials_are_needed(self, kind, credentials):
        with pytest.raises(ConfigurationError) as caught:
            kind(credentials)
        assert str(caught.value) == "a retriever needs Credentials"

    @pytest.mark.parametrize(
        "timeout", [0, -1, math.nan, math.inf, "30", None, True, Decimal(30), 86400.5, 1e12], ids=repr
    )
    def test_a_timeout_is_a_number_of_seconds_above_zero_and_at_most_a_day(self, kind, timeout):
        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS, timeout=timeout)
        assert str(caught.value) == "timeout must be a number of seconds above zero, and at most a day"

    def test_certificates_that_cannot_be_read_are_told(self, kind, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS)
        assert str(caught.value) == (
            "the certificates to trust cannot be read; see SSL_CERT_FILE and SSL_CERT_DIR:"
            " [Errno 2] No such file or directory"
        )

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [({"retry": 4}, "retry must be a RetryPolicy"), ({"limits": None}, "limits must be Limits")],
        ids=["retry", "limits"],
    )
    def test_what_is_configured_elsewhere_is_of_its_kind(self, kind, options, sentence):
        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS, **options)
        assert str(caught.value) == sentence


class Foreign(httpx.BaseTransport):
    """A transport that looks at what it is given."""

    __module__ = "elsewhere.inside"

    def __init__(self, transport=None):
        self.inner = transport
        self.closed = 0

    def handle_request(self, request):
        return self.inner.handle_request(request)

    def close(self):
        self.closed += 1


class AsyncForeign(httpx.AsyncBaseTransport):
    __module__ = "elsewhere.inside"

    def __init__(self, transport=None):
        self.inner = transport
        self.closed = 0

    async def handle_async_request(self, request):
        return await self.inner.handle_async_request(request)

    async def aclose(self):
        self.closed += 1


class Saying(Foreign):
    """A transport that says yes in another way than is asked for."""

    __module__ = "elsewhere"

    accepts_credentials = "yes"


def wsgi(environ, start_response):
    right = environ["QUERY_STRING"].startswith("user=us3r%2Fna%2Bme%40ex%3Dample.invalid&pass=pa%2555ss%26w%3F%C3%B6r")
    start_response("200 OK" if right else "401 No", [("Content-Type", "application/zip")])
    return [ARCHIVE]


async def asgi(scope, receive, send):
    right = scope["query_string"].startswith(b"user=us3r%2Fna%2Bme%40ex%3Dample.invalid&pass=pa%2555ss%26w%3F%C3%B6r")
    await send({"type": "http.response.start", "status": 200 if right else 401, "headers": []})
    await send({"type": "http.response.body", "body": ARCHIVE})


def mock(request):
    right = list(request.url.params.multi_items()) == [*ASKED[:2], ("id", "1")]
    return httpx.Response(200 if right else 401, content=ARCHIVE)


def anew(module):
    """A module, imported once more."""
    spec = importlib.util.spec_from_file_location(f"another_{module.__name__.rpartition('.')[2]}", module.__file__)
    another = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(another)
    return another


def of_httpx(way):
    return httpx.HTTPTransport if way == "sync" else httpx.AsyncHTTPTransport


def trusting(way):
    return of_httpx(way)(verify=AUTHORITY.client)


UNFIT = (
    "transport cannot be a {}: it would see the password, and could record it; give a transport of"
    f" {httpx.__name__} for this kind of retriever, or set accepts_credentials = True on one that may see it"
)


class TestTransports:
    @pytest.mark.parametrize(
        ("transport", "ways"),
        [
            (lambda: httpx.MockTransport(mock), WAYS),
            (lambda: httpx.WSGITransport(wsgi), ["sync"]),
            (lambda: httpx.ASGITransport(asgi), ["asyncio", "trio"]),
        ],
        ids=["MockTransport", "WSGITransport", "ASGITransport"],
    )
    def test_that_stand_in_for_the_gateway_see_the_credentials(self, transport, ways):
        for each in ways:
            with fetching(each, transport=transport(), retry=ONCE) as retriever:
                assert retriever.retrieve("1").raw == ARCHIVE
            others = fetching(each, transport=transport(), retry=ONCE, credentials=type(CREDENTIALS)("other", "other"))
            with others as retriever, pytest.raises(CredentialsRefused):
                retriever.retrieve("1")

    def test_that_may_see_them_do_and_are_closed(self, way):
        kind = Foreign if way == "sync" else AsyncForeign
        transport = kind(httpx.MockTransport(mock))
        transport.accepts_credentials = True
        with fetching(way, transport=transport) as retriever:
            assert retriever.retrieve("1").raw == ARCHIVE
        assert transport.closed == 1

    @pytest.mark.parametrize(
        ("kind", "transport", "name"),
        [
            (Retriever, Foreign(), "elsewhere.Foreign"),
            (Retriever, Saying(), "elsewhere.Saying"),
            (Retriever, httpx.AsyncHTTPTransport(), f"{httpx.__name__}.AsyncHTTPTransport"),
            (Retriever, httpx.ASGITransport(asgi), f"{httpx.__name__}.ASGITransport"),
            (Retriever, "https://proxy.example", "builtins.str"),
            (AsyncRetriever, AsyncForeign(), "elsewhere.AsyncForeign"),
            (AsyncRetriever, Saying(), "elsewhere.Saying"),
            (AsyncRetriever, httpx.HTTPTransport(), f"{httpx.__name__}.HTTPTransport"),
            (AsyncRetriever, httpx.WSGITransport(wsgi), f"{httpx.__name__}.WSGITransport"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_that_might_record_them_are_refused(self, kind, transport, name):
        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS, transport=transport)
        assert str(caught.value) == UNFIT.format(name)

    @pytest.mark.parametrize("kind", [Retriever, AsyncRetriever])
    def test_that_are_taken_are_refused(self, kind):
        transport = of_httpx("sync" if kind is Retriever else "asyncio")()
        kind(CREDENTIALS, transport=transport)
        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS, transport=transport)
        assert str(caught.value) == "transport belongs to another retriever; each needs one of its own"

    @pytest.mark.parametrize("kind", [Retriever, AsyncRetriever])
    @pytest.mark.parametrize("spoil", [lambda of: delattr(of, "_pool"), lambda of: setattr(of, "_pool", object())])
    def test_of_an_httpx_that_is_another_inside_are_refused(self, kind, spoil):
        class Another(of_httpx("sync" if kind is Retriever else "asyncio")):
            def __init__(self):
                super().__init__()
                spoil(self)

        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS, transport=Another())
        assert str(caught.value) == (
            f"{httpx.__name__} {httpx.__version__} has no connection pool that the credentials could join below its log;"
            " a release that this version of mxinbound knows is needed"
        )

    def test_of_ones_own_may_trust_somebody_else(self, way):
        with (
            Gateway.of(answers.archive(), tls=AUTHORITY.server) as gateway,
            fetching(way, gateway, transport=trusting(way)) as retriever,
        ):
            assert gateway.url.startswith("https:")
            assert retriever.retrieve("4172212931").raw == ARCHIVE
            assert gateway.requests[0].query == ASKED

    def test_may_be_entered_by_their_owner(self):
        with Gateway.of(answers.archive()) as gateway, httpx.HTTPTransport() as transport:
            with fetching("sync", gateway, transport=transport) as retriever, transport:
                assert retriever.retrieve("1").raw == ARCHIVE
            gateway.wait_until(lambda: gateway.open == 0)

    def test_may_be_entered_by_their_owner_in_a_loop(self):
        async def main():
            transport = httpx.AsyncHTTPTransport()
            retriever = AsyncRetriever(CREDENTIALS, endpoint=gateway.url, allow_insecure_http=True, transport=transport)
            async with transport:
                assert (await retriever.retrieve("1")).raw == ARCHIVE

        with Gateway.of(answers.archive()) as gateway:
            anyio.run(main)
            gateway.wait_until(lambda: gateway.open == 0)

    @pytest.mark.parametrize(
        ("kind", "transport"),
        [(Retriever, httpx.HTTPTransport), (AsyncRetriever, httpx.AsyncHTTPTransport)],
        ids=["sync", "async"],
    )
    def test_of_an_https_proxy_can_be_bounded_by_a_loop_only(self, kind, transport):
        given = transport(proxy="https://proxy.example:3128")
        if kind is AsyncRetriever:
            kind(CREDENTIALS, transport=given)
            return
        with pytest.raises(ConfigurationError) as caught:
            kind(CREDENTIALS, transport=given)
        assert str(caught.value) == (
            "transport goes by an https proxy, in whose TLS no step can be bounded in time; use an http proxy, or"
            " AsyncRetriever"
        )

    def test_may_try_to_connect_again_themselves(self, way):
        with (
            nobody() as port,
            fetching(
                way,
                endpoint=f"http://127.0.0.1:{port}/RetrieveMMS",
                allow_insecure_http=True,
                transport=of_httpx(way)(retries=1),
                retry=ONCE,
            ) as retriever,
            pytest.raises(GatewayUnreachable),
        ):
            retriever.retrieve("1")

    def test_may_be_of_the_continuation_of_httpx(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "httpx", None)
        monkeypatch.setitem(sys.modules, "httpx2", httpx)
        monkeypatch.setitem(sys.modules, "httpcore2", httpcore)
        monkeypatch.setitem(sys.modules, "httpcore", None)
        another_transport, another_network = anew(transport_module), anew(network)
        assert (another_transport.httpx, another_network.httpcore) == (httpx, httpcore)
        monkeypatch.undo()
        assert isinstance(another_transport.fit(None, None), httpx.HTTPTransport)

    @pytest.mark.parametrize(
        ("other", "joined"),
        [
            ("https://mms.example/RetrieveMMS?id=1", True),
            ("https://mms.example:443/other?id=1", True),
            ("https://mms.example:444/RetrieveMMS?id=1", False),
            ("https://mms.example:0/RetrieveMMS?id=1", False),
            ("http://mms.example/RetrieveMMS?id=1", False),
            ("http://mms.example:443/RetrieveMMS?id=1", False),
            ("https://mms.example.invalid/RetrieveMMS?id=1", False),
            ("ftp://mms.example/RetrieveMMS?id=1", False),
        ],
        ids=[
            "itself",
            "its port",
            "another port",
            "port 0",
            "another scheme",
            "its port by http",
            "another host",
            "no HTTP",
        ],
    )
    def test_get_them_for_the_origin_of_the_endpoint_only(self, other, joined):
        joint = Joint.at(httpx.URL("https://mms.example/RetrieveMMS"), CREDENTIALS)
        url = httpx.URL(other)
        asked = []
        fitted = fit(httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(200)), joint)
        fitted.handle_request(httpx.Request("GET", url))
        assert dict(asked[0].url.params) == (dict(ASKED) if joined else {}) | {"id": "1"}

        pooled = joint.joined(
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        )
        assert (b"pass=" in pooled.target) is joined


class Strange(Exception):
    """What nobody expects in the middle of an answer, as an interrupt."""


@pytest.mark.parametrize("reads", [0, 1], ids=["before the head", "within the body"])
def test_no_frame_of_what_nobody_expects_has_the_whole_url(way, reads, monkeypatch):
    stream = network.Stream if way == "sync" else network.AsyncStream
    read, left = stream.read, iter(range(reads))

    def fail(self, *arguments, **options):
        for _ in left:
            return read(self, *arguments, **options)
        raise Strange

    monkeypatch.setattr(stream, "read", fail)
    with (
        Gateway.of(answers.hang(DECLARED + ARCHIVE[:30])) as gateway,
        fetching(way, gateway) as retriever,
        pytest.raises(Strange) as caught,
    ):
        retriever.retrieve("41")
    shown = [
        f"{value!r} {getattr(value, 'url', None)!r}"
        for frame, _ in traceback.walk_tb(caught.value.__traceback__)
        if not frame.f_code.co_filename.startswith(str(Path(__file__).parent))
        for value in frame.f_locals.values()
    ]
    assert [text for text in shown if "5ecret" in text] == []
    assert any("id=41" in text for text in shown)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize(
    ("kind", "transport"),
    [(Retriever, httpx.HTTPTransport), (AsyncRetriever, httpx.AsyncHTTPTransport)],
    ids=["sync", "async"],
)
def test_a_transport_that_speaks_http_2_is_refused_since_its_library_logs_what_is_sent(kind, transport):
    with pytest.raises(ConfigurationError) as caught:
        kind(Credentials("user", "password"), transport=transport(http2=True))
    assert str(caught.value) == "transport speaks HTTP/2, whose library writes the password into its log; use HTTP/1.1"


@pytest.mark.parametrize("timeout", [86400, 86400.0])
def test_the_longest_timeout_is_one_that_sockets_take(way, timeout):
    with Gateway.of(answers.archive()) as gateway, fetching(way, gateway, timeout=timeout, retry=ONCE) as retriever:
        assert retriever.retrieve("1").raw == ARCHIVE


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_disk_that_fails_in_the_middle_is_told_and_leaves_nothing(backend, tmp_path, monkeypatch):
    def fail(self, chunk):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("mxinbound.mms.saving.Replacement.write", fail)

    async def download(url):
        async with AsyncRetriever(Credentials("user", "password"), endpoint=url, allow_insecure_http=True) as retriever:
            await retriever.download("1", tmp_path / "a.zip")

    with Gateway.of(answers.large(1 << 20)) as gateway, pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        anyio.run(download, gateway.url, backend=backend)
    assert list(tmp_path.iterdir()) == []
