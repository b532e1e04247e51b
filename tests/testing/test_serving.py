"""The fake gateway's other half: RetrieveMMS in process and on a socket, and everything that can be wrong with it."""

import asyncio
import contextlib
import socket
import struct
import threading
from http.server import ThreadingHTTPServer
from socketserver import StreamRequestHandler

import pytest
import trio

from mxinbound import (
    AsyncRetriever,
    ConfigurationError,
    Credentials,
    CredentialsRefused,
    GatewayBusy,
    IncompleteDownload,
    MmsNotAvailable,
    NotAnArchive,
    Receiver,
    RetrievalTimeout,
    Retriever,
    RetryPolicy,
    parse,
    testing,
)
from mxinbound.adapters import wsgi

ONCE = RetryPolicy(attempts=1)
MMS = testing.mms_notification(id="7")


class Ways:
    """Each way to fetch from the fake: two retrievers in process, one over a socket."""

    def in_process(self, gateway, credentials, **options):
        with Retriever(credentials, transport=gateway.transport(), **options) as retriever:
            return retriever.retrieve("7").raw

    def on_a_socket(self, gateway, credentials, **options):
        with (
            gateway.serve() as endpoint,
            Retriever(credentials, endpoint=endpoint, allow_insecure_http=True, **options) as retriever,
        ):
            return retriever.retrieve("7").raw

    async def _awaited(self, gateway, credentials, **options):
        async with AsyncRetriever(credentials, transport=gateway.transport(), **options) as retriever:
            return (await retriever.retrieve("7")).raw

    def asyncio(self, gateway, credentials, **options):
        return asyncio.run(self._awaited(gateway, credentials, **options))

    def trio(self, gateway, credentials, **options):
        async def run():
            return await self._awaited(gateway, credentials, **options)

        return trio.run(run)


@pytest.fixture(params=["in_process", "on_a_socket", "asyncio", "trio"])
def fetch(request):
    way = getattr(Ways(), request.param)

    def fetch(gateway, credentials=None, **options):
        return way(gateway, credentials or gateway.credentials, **{"retry": ONCE} | options)

    return fetch


@pytest.fixture
def gateway():
    gateway = testing.FakeGateway()
    gateway.keep(MMS)
    return gateway


class TestGood:
    def test_what_it_keeps_can_be_fetched(self, gateway, fetch):
        assert fetch(gateway) == MMS.archive
        assert gateway.fetched == ("7",)

    def test_what_it_pushed_word_of_can_be_fetched(self, fetch):
        gateway = testing.FakeGateway(wsgi.endpoint(Receiver(), print))
        assert gateway.push(MMS).accepted
        assert fetch(gateway) == MMS.archive

    def test_a_handler_fetches_what_it_is_told_of(self):
        completed = []

        def handler(message):
            with Retriever(gateway.credentials, transport=gateway.transport()) as retriever:
                completed.append(retriever.complete(message).archive.text)

        gateway = testing.FakeGateway(wsgi.endpoint(Receiver(), handler))
        gateway.push(testing.mms_notification([("a.txt", "text/plain", "Vi ses!")], expiry=None))
        assert completed == ["Vi ses!"]

    @pytest.mark.parametrize("path", ["/RetrieveMMS", "/mms/v1/http/retrieve"])
    def test_both_editions_of_the_path_are_served(self, gateway, path):
        endpoint = f"https://mms.example.com{path}"
        with Retriever(gateway.credentials, endpoint=endpoint, transport=gateway.transport()) as retriever:
            assert retriever.retrieve("7").raw == MMS.archive

    def test_the_password_does_not_show(self, gateway):
        gateway = testing.FakeGateway(credentials=Credentials("shop", "s3cret"))
        assert "s3cret" not in repr(gateway) + repr(vars(gateway))


class TestKeeping:
    def test_without_an_application_there_is_nothing_to_leave(self):
        with testing.FakeGateway() as gateway:
            gateway.keep(MMS)
        gateway.keep(MMS)

    def test_there_is_nothing_to_keep_of_an_sms(self, gateway):
        with pytest.raises(ConfigurationError, match=r"^there is nothing to keep for retrieval: this push has no "):
            gateway.keep(testing.sms())

    @pytest.mark.parametrize(("form", "kept"), [("query", True), ("urlencoded", True), ("multipart", False)])
    def test_what_did_not_go_along_is_kept(self, form, kept):
        gateway = testing.FakeGateway(wsgi.endpoint(Receiver(), print))
        gateway.push(testing.mms().packed(form=form))
        with Retriever(gateway.credentials, transport=gateway.transport(), retry=ONCE) as retriever:
            if kept:
                assert retriever.retrieve("4172212931").raw == testing.mms().archive
            else:
                with pytest.raises(MmsNotAvailable):
                    retriever.retrieve("4172212931")


class TestFaults:
    def test_an_id_it_never_had(self, gateway, fetch):
        with pytest.raises(MmsNotAvailable) as caught:
            fetch(testing.FakeGateway())
        assert caught.value.http_status == 404

    @pytest.mark.parametrize("credentials", [Credentials("user", "wrong"), Credentials("no", "password")])
    def test_other_credentials(self, gateway, fetch, credentials):
        with pytest.raises(CredentialsRefused):
            fetch(gateway, credentials)
        assert gateway.fetched == ()

    def test_credentials_it_takes_no_longer(self, gateway, fetch):
        gateway.refuse_credentials()
        with pytest.raises(CredentialsRefused):
            fetch(gateway)

    def test_another_path(self, gateway):
        with (
            Retriever(gateway.credentials, endpoint="https://a.b/c", transport=gateway.transport()) as retriever,
            pytest.raises(MmsNotAvailable),
        ):
            retriever.retrieve("7")

    def test_expired(self, gateway, fetch):
        gateway.expire("7")
        with pytest.raises(MmsNotAvailable):
            fetch(gateway)
        with (
            Retriever(gateway.credentials, transport=gateway.transport()) as retriever,
            pytest.raises(MmsNotAvailable, match="expired") as caught,
        ):
            retriever.retrieve(parse(MMS.but(expiry="2010-08-23 17:32:21Z").as_request()), even_if_expired=True)
        assert caught.value.expired

    def test_failing_so_many_times(self, gateway, fetch):
        gateway.fail("7", 503, times=2)
        retry = RetryPolicy(attempts=3, base=0.001)
        assert fetch(gateway, retry=retry) == MMS.archive
        assert gateway.fetched == ("7",) * 3

    def test_failing_always_and_when_to_come_back(self, gateway, fetch):
        gateway.fail("7", 429, retry_after=90)
        with pytest.raises(GatewayBusy) as caught:
            fetch(gateway)
        assert (caught.value.http_status, caught.value.retry_after) == (429, 90)

    @pytest.mark.parametrize("at", [0, 1, 100])
    def test_cut(self, gateway, fetch, at):
        gateway.cut("7", at=at)
        with pytest.raises(IncompleteDownload):
            fetch(gateway)

    def test_a_long_wait_is_told_in_digits(self, gateway, fetch):
        gateway.fail("7", 503, retry_after=1_234_567)
        with pytest.raises(GatewayBusy) as caught:
            fetch(gateway)
        assert caught.value.retry_after == 1_234_567

    def test_cut_once(self, gateway, fetch):
        gateway.cut("7", at=100, times=1)
        assert fetch(gateway, retry=RetryPolicy(attempts=2, base=0.001)) == MMS.archive

    def test_cut_after_the_end_is_whole(self, gateway, fetch):
        gateway.cut("7", at=len(MMS.archive))
        assert fetch(gateway) == MMS.archive

    def test_dripping_outlasts_no_deadline(self, gateway, fetch):
        gateway.drip("7", seconds=0.02)
        with pytest.raises(RetrievalTimeout):
            fetch(gateway, timeout=0.1)

    def test_dripping_fast_enough_arrives(self, gateway, fetch):
        gateway.drip("7", seconds=0)
        assert fetch(gateway) == MMS.archive

    def test_a_page_instead(self, gateway, fetch):
        gateway.html("7")
        with pytest.raises(NotAnArchive, match=r"answered with text/html of \d+ bytes"):
            fetch(gateway)

    def test_a_page_once(self, gateway, fetch):
        gateway.html("7", times=1)
        with pytest.raises(NotAnArchive):
            fetch(gateway)
        assert fetch(gateway) == MMS.archive

    @pytest.mark.parametrize("times", [0, -1])
    def test_never_is_no_number_of_times(self, gateway, times):
        with pytest.raises(ConfigurationError, match=r"^times is how many answers are spoiled, 1 or more$"):
            gateway.fail("7", times=times)


class TestSocket:
    def test_leaving_ends_connections_and_threads(self, gateway):
        before = threading.active_count()
        gateway.drip("7", seconds=60)
        with gateway.serve() as endpoint, contextlib.ExitStack() as clients:
            port = int(endpoint.rpartition(":")[2].partition("/")[0])
            idle = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            waiting = clients.enter_context(socket.create_connection(("127.0.0.1", port)))
            waiting.sendall(b"GET /RetrieveMMS?user=user&pass=password&id=7 HTTP/1.1\r\nHost: a\r\n\r\n")
            assert waiting.recv(12) == b"HTTP/1.1 200"
        assert threading.active_count() == before
        assert idle.fileno() == -1

    def test_a_client_that_comes_in_the_last_moment_is_not_waited_for(self, gateway, monkeypatch):
        came, over = threading.Event(), threading.Event()
        setup, server_close = StreamRequestHandler.setup, ThreadingHTTPServer.server_close
        monkeypatch.setattr(StreamRequestHandler, "setup", lambda handler: (came.set(), over.wait(), setup(handler)))
        monkeypatch.setattr(ThreadingHTTPServer, "server_close", lambda server: (over.set(), server_close(server)))
        with contextlib.ExitStack() as clients:
            with gateway.serve() as endpoint:
                port = int(endpoint.rpartition(":")[2].partition("/")[0])
                clients.enter_context(socket.create_connection(("127.0.0.1", port)))
                came.wait()
            assert over.is_set()

    def test_a_client_that_resets_the_connection_is_no_news(self, gateway, capfd):
        with gateway.serve() as endpoint:
            port = int(endpoint.rpartition(":")[2].partition("/")[0])
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", port)) as client:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    client.sendall(b"GET /RetrieveMMS HTTP/1.1\r\nHost: a\r\n\r\n")
        assert capfd.readouterr() == ("", "")

    def test_a_request_is_in_no_output(self, gateway, fetch, capfd):
        with gateway.serve() as endpoint:
            options = {"endpoint": endpoint, "allow_insecure_http": True}
            with Retriever(gateway.credentials, **options) as retriever:
                retriever.retrieve("7")
        assert capfd.readouterr() == ("", "")
