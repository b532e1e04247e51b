"""The server under `serve` and `demo`: bodies in any coding, clients with bad manners, and nothing left at the end."""

import socket
import threading
from collections import deque
from itertools import repeat

import pytest
from cli.serving import connection, exchange

from mxinbound.cli.serving import Server, port, served


class Application:
    """Answers with what it has got."""

    def __init__(self):
        self.environs = []

    def __call__(self, environ, start_response):
        self.environs.append(environ)
        body = b""
        if environ.get("CONTENT_LENGTH") or environ.get("wsgi.input_terminated"):
            size = int(environ.get("CONTENT_LENGTH") or 1 << 30)
            while len(body) < size and (piece := environ["wsgi.input"].read(min(65536, size - len(body)))):
                body += piece
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body or b"nothing"]


@pytest.fixture
def application():
    return Application()


@pytest.fixture
def url(application):
    with served(application) as url:
        yield url


def body_of(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 ")
    return body


def chunked(body, *, version=b"1.1", extra=b""):
    return b"POST / HTTP/" + version + b"\r\n" + extra + b"Transfer-Encoding: chunked\r\n\r\n" + body


class TestBodies:
    def test_one_with_a_length_is_read(self, url):
        assert body_of(exchange(url, b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nHello")) == b"Hello"

    @pytest.mark.parametrize(
        "body",
        [
            b"5\r\nHello\r\n0\r\n\r\n",
            b"2\r\nHe\r\n3\r\nllo\r\n0\r\n\r\n",
            b"05;name=value\r\nHello\r\n0\r\nTrailer: 1\r\n\r\n",
            b"0000000000000005\r\nHello\r\n00\r\n\r\n",
            b"5 \nHello\r\n0\n\r\n",
        ],
    )
    def test_a_chunked_one_is_taken_out_of_its_coding(self, url, body):
        assert body_of(exchange(url, chunked(body))) == b"Hello"

    def test_a_large_chunk_is_taken_in_pieces(self, url, application):
        data = bytes(range(256)) * 1024
        assert body_of(exchange(url, chunked(b"%X\r\n%s\r\n0\r\n\r\n" % (len(data), data)))) == data

    def test_the_coding_overrides_a_length(self, url):
        sent = chunked(b"5\r\nHello\r\n0\r\n\r\n", extra=b"Content-Length: 3\r\n")
        assert body_of(exchange(url, sent)) == b"Hello"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"5",
            b"5\r\nHel",
            b"5\r\nHello\r\n",
            b"5\r\nHelloX\r\n0\r\n\r\n",
            b"\r\nHello\r\n",
            b"-5\r\nHello\r\n0\r\n\r\n",
            b"0x5\r\nHello\r\n0\r\n\r\n",
            b"00000000000000005\r\nHello\r\n0\r\n\r\n",
            b"5" + b" " * 300 + b"\r\nHello\r\n0\r\n\r\n",
            "٥\r\nHello\r\n0\r\n\r\n".encode(),
        ],
    )
    def test_one_that_breaks_off_or_is_in_no_coding_is_an_error_of_the_connection(self, body):
        errors = []

        def reading(environ, start_response):
            try:
                while environ["wsgi.input"].read(65536):
                    pass
            except ConnectionError as error:
                errors.append(str(error))
            start_response("200 OK", [])
            return [b"read"]

        with served(reading) as url:
            exchange(url, chunked(body), then_shut=True)
        assert errors == ["a chunked body broke off, or is none"]

    def test_a_client_that_asks_first_is_told_to_go_on(self, url):
        with connection(url) as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
            assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            sock.sendall(b"Hello")
            assert sock.recv(100).startswith(b"HTTP/1.0 200 ")


class TestManners:
    def test_a_client_that_says_nothing_holds_up_nobody(self, url, capfd):
        with connection(url) as silent, connection(url) as slow:
            slow.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nHe")
            assert body_of(exchange(url, b"GET / HTTP/1.1\r\n\r\n")) == b"nothing"
            slow.sendall(b"llo")
            assert slow.recv(100).startswith(b"HTTP/1.0 200 ")
            assert silent.getsockname()
        assert capfd.readouterr() == ("", "")

    def test_one_that_never_says_anything_is_left_after_a_while(self, application, monkeypatch, capfd):
        monkeypatch.setattr("mxinbound.cli.serving._Handler.timeout", 0.01)
        with served(application) as url:
            assert exchange(url, b"GET / HT") == b""
        assert capfd.readouterr() == ("", "")

    def test_those_who_leave_print_nothing(self, application, capfd):
        left = threading.Event()

        def late(environ, start_response):
            left.wait(30)
            return application(environ, start_response)

        with served(late) as url:
            with connection(url) as sock:
                # Closing with this option resets the connection.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                sock.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nHello")
            left.set()
            connection(url).close()
        assert capfd.readouterr() == ("", "")

    def test_an_answer_arrives_though_the_body_was_not_read(self):
        def refusing(environ, start_response):
            start_response("403 Forbidden", [])
            return [b"no"]

        body = bytes(4 << 20)
        with served(refusing) as url:
            answer = exchange(url, b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        assert answer.startswith(b"HTTP/1.0 403 ")
        assert answer.endswith(b"\r\n\r\nno")

    def test_what_follows_an_answer_is_not_read_for_ever(self, url, monkeypatch):
        monkeypatch.setattr("mxinbound.cli.serving._LINGER_READS", 1)
        with connection(url) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert b"".join(iter(lambda: sock.recv(100), b"")).startswith(b"HTTP/1.0 200 ")
            with pytest.raises(ConnectionError):
                deque(map(sock.sendall, repeat(b"more", 1_000_000)), maxlen=0)

    def test_what_is_no_http_prints_nothing(self, url, application, capfd):
        assert b"400" in exchange(url, b"nonsense nonsense nonsense nonsense\r\n\r\n")
        assert b"414" in exchange(url, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n")
        assert application.environs == []
        assert capfd.readouterr() == ("", "")

    def test_a_header_that_is_spelt_like_another_is_not_taken_for_it(self, url, application):
        exchange(url, b"GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\nX_Forwarded_For: 83.166.68.1\r\n\r\n")
        assert application.environs[0]["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


class TestTheEnd:
    def test_no_thread_is_left_though_clients_hang(self, application):
        before = set(threading.enumerate())
        with served(application) as url:
            hanging = [connection(url) for _ in range(3)]
            hanging[0].sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nHe")
            hanging[1].sendall(b"GET /")
            exchange(url, b"GET / HTTP/1.1\r\n\r\n")
        assert set(threading.enumerate()) == before
        for each in hanging:
            each.close()

    def test_who_is_being_answered_gets_the_answer(self):
        entered = threading.Event()
        ending = threading.Event()

        def slow(environ, start_response):
            entered.set()
            ending.wait(30)
            start_response("200 OK", [])
            return [b"done"]

        class Ending(Server):
            def server_close(self):
                threading.Timer(0, ending.set).start()
                super().server_close()

        server = Ending("127.0.0.1", 0, slow)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        with connection(server.url) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert entered.wait(30)
            server.shutdown()
            thread.join()
            server.server_close()
            assert b"".join(iter(lambda: sock.recv(100), b"")).endswith(b"done")

    def test_a_connection_that_has_gone_by_then_does_no_harm(self, application):
        with Server("127.0.0.1", 0, application) as server:
            never_connected = socket.socket()
            server._connections.add(never_connected)
            connection(server.url).close()
        never_connected.close()
        with pytest.raises(ConnectionRefusedError):
            connection(server.url)


class TestWhere:
    @pytest.mark.parametrize(("host", "start"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
    def test_it_listens_on_either_kind_of_address(self, application, host, start):
        if host == "::1" and not socket.has_ipv6:
            pytest.skip("no IPv6 here")
        with Server(host, 0, application) as server:
            assert server.url.startswith(start)
            assert server.url.endswith(f":{server.server_port}/")

    def test_a_port_that_is_taken_is_an_error(self, application):
        with Server("127.0.0.1", 0, application) as server, pytest.raises(OSError, match="in use"):
            Server("127.0.0.1", server.server_port, application)

    @pytest.mark.parametrize("text", ["-1", "65536", "x", ""])
    def test_what_is_no_port(self, text):
        with pytest.raises(ValueError):
            port(text)

    @pytest.mark.parametrize("text", ["0", "65535"])
    def test_what_is_one(self, text):
        assert port(text) == int(text)
