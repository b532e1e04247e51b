"""`mxinbound serve`: what it shows of each push, what it keeps, whom it lets in, and how it ends."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from datetime import datetime

import pytest
from cli.serving import connection, ended_by_ctrl_c, exchange

from mxinbound import InboundRequest, MmsArchive, Receiver, parse, testing
from mxinbound.cli import main
from mxinbound.cli import serve as serve_command

OUTPUT = """\
A receiver listens on URL until Ctrl-C.
    pushes from  83.166.68.0/23, 127.0.0.1/32, ::1/128
    proxies      127.0.0.1/32, ::1/128
    kept in      FOLDER
"""
CAME = """\
    proxy        127.0.0.1
    client       83.166.68.10, in 83.166.68.0/23
"""


@pytest.fixture
def serve(tmp_path, capsys):
    """Serves while pushes are made, and gives the answers and what was shown of each, the folder's name left out."""

    def serve(*pushes, options=(), meanwhile=None):
        answers = []

        def visit(url):
            gateway = testing.FakeGateway(url + "in")
            answers.extend(gateway.push(push) for push in pushes)
            if meanwhile:
                answers.append(meanwhile(url))

        code, out = ended_by_ctrl_c(["serve", "--port", "0", "--keep", str(tmp_path / "kept"), *options], visit)
        assert (code, capsys.readouterr()) == (0, ("", ""))
        shown = out.replace(str(tmp_path / "kept"), "FOLDER").replace(os.sep, "/")
        start, *each = re.split(r"\n(?=[0-9]{2}:[0-9]{2}:[0-9]{2} )", shown)
        assert re.sub(r"http://\S+", "URL", start) == OUTPUT or options
        return answers, [re.sub(r"^[0-9:]{8} ", "", one) for one in each]

    return serve


@pytest.fixture
def kept(tmp_path):
    def kept(folder):
        return {path.name for path in (tmp_path / "kept" / folder).iterdir()}

    return kept


class TestWhatIsShown:
    def test_an_sms(self, serve, tmp_path, kept):
        push = testing.sms("Hej\nmöts vi?", to=["88600", "447700900456"], extra=[("colour", "red")])
        answers, (shown,) = serve(push)
        assert (answers[0].status, answers[0].body) == (200, b"OK")
        assert shown == (
            f"GET answered 200\n{CAME}"
            "    became       Sms\n"
            "    key          sms:4172212931\n"
            "    originator   447700900123\n"
            "    to           88600, 447700900456\n"
            "    date         2010-08-21 17:32:21+00:00\n"
            "    network      TMOBILEUK\n"
            "    text         Hej\n"
            "                 möts vi?\n"
            "    extra        colour=red\n"
            "    kept         FOLDER/sms-4172212931\n"
        )
        assert kept("sms-4172212931") == {"push.bin"}
        request = InboundRequest.from_bytes((tmp_path / "kept/sms-4172212931/push.bin").read_bytes())
        assert parse(request).text == "Hej\nmöts vi?"
        assert request.header("x-forwarded-for") == "83.166.68.10"

    def test_an_mms_and_its_parts(self, serve, tmp_path, kept):
        push = testing.mms(smil=True, cc=["447700900456"], date="2010-08-21 17:32:21")
        _, (shown,) = serve(push)
        folder = "FOLDER/mms-4172212931"
        assert shown.startswith(f"POST answered 200\n{CAME}    became       Mms\n")
        assert shown.endswith(
            "    date         2010-08-21 17:32:21+01:00\n"
            "    network      TMOBILEUK\n"
            "    cc           447700900456\n"
            "    subject      Hello\n"
            "    expiry       2099-12-31 12:00:00+00:00\n"
            "    forgiven     date-zone-assumed (date): the time has no UTC offset; the configured zone was assumed\n"
            "    part         'slides.smil' application/smil, 203 bytes\n"
            "    part         'hello.txt' text/plain, 5 bytes\n"
            "    part         'pixel.gif' image/gif, 43 bytes\n"
            "    slide 1      text 'hello.txt', img 'pixel.gif', for 5 s\n"
            "    text         Hello\n"
            f"    saved        'slides.smil' as {folder}/slides.smil\n"
            f"    saved        'hello.txt' as {folder}/hello.txt\n"
            f"    saved        'pixel.gif' as {folder}/pixel.gif\n"
            f"    kept         {folder}\n"
        )
        assert kept("mms-4172212931") == {"push.bin", "mms.zip", "slides.smil", "hello.txt", "pixel.gif"}
        with MmsArchive.open(tmp_path / "kept/mms-4172212931/mms.zip") as archive:
            assert archive.text == "Hello"

    def test_a_notification(self, serve):
        _, (shown,) = serve(testing.mms_notification(subject=None, expiry=None))
        assert shown.endswith(
            "    became       MmsNotification\n"
            "    key          mms:4172212931\n"
            "    originator   447700900123\n"
            "    to           88600\n"
            "    date         2010-08-21 17:32:21+00:00\n"
            "    network      TMOBILEUK\n"
            "    subject      None\n"
            "    expiry       None\n"
            "    kept         FOLDER/mms-4172212931\n"
        )

    @pytest.mark.parametrize(
        ("status", "shown_status", "kind"), [("7", "7 (Read)", "read"), ("99", "99", "read")], ids=["known", "unknown"]
    )
    def test_a_report(self, serve, status, shown_status, kind):
        _, (shown,) = serve(testing.report(status=status, user_agent="Nokia", type="4"))
        assert (
            f"    status       {shown_status}\n"
            "    reports on   4172212931\n"
            f"    kind         {kind}\n"
            "    device       Nokia\n"
            "    kept         FOLDER/report-77\n"
        ) in shown

    def test_a_second_delivery_and_the_word_of_the_same_mms(self, serve, kept):
        _, shown = serve(testing.mms_notification(), testing.mms(), testing.mms(), testing.sms())
        again = "    again        number {} with this key: a delivery of the same message, to be handled once\n"
        assert "again" not in shown[0]
        assert shown[1].endswith(f"    kept         FOLDER/mms-4172212931-2\n{again.format(2)}")
        assert shown[2].endswith(f"    kept         FOLDER/mms-4172212931-3\n{again.format(3)}")
        assert "again" not in shown[3]
        assert kept("mms-4172212931") == {"push.bin"}
        assert kept("mms-4172212931-3") == {"push.bin", "mms.zip", "hello.txt", "pixel.gif"}

    def test_several_at_once_are_shown_one_after_another(self, serve):
        pushes = [testing.sms("\n".join("x" * 40), id=str(number)) for number in range(20)]

        def at_once(url):
            return testing.FakeGateway(url).push_at_once(*pushes)

        (answers,), shown = serve(meanwhile=at_once)
        assert all(answer.accepted for answer in answers)
        assert {each.count("\n") for each in shown} == {shown[0].count("\n")}
        assert {re.search("sms:[0-9]+", each)[0] for each in shown} == {f"sms:{push.id}" for push in pushes}

    def test_a_zip_that_is_refused_is_kept_with_its_message(self, serve, kept):
        answers, (shown,) = serve(testing.mms(archive=b"PK\3\4 is no zip"))
        assert answers[0].accepted
        assert re.search(
            r"\n    refused      .* \(malformed-content\)\n    kept         FOLDER/mms-4172212931\n\Z", shown
        )
        assert kept("mms-4172212931") == {"push.bin", "mms.zip"}

    def test_the_parts_that_are_sound_are_saved(self, serve, kept):
        (case,) = [each for each in testing.hostile_zips() if each.name == "a-wrong-crc"]
        _, (shown,) = serve(testing.mms(archive=case.archive))
        assert "    saved        the parts that are sound, in FOLDER/mms-4172212931\n" in shown
        assert kept("mms-4172212931") == {"push.bin", "mms.zip"}

    def test_nothing_that_a_sender_wrote_does_anything_to_a_terminal(self, serve):
        evil = "\x1b[2J\u202e\x9b1m\r"
        pushes = [
            testing.sms(evil, id=evil, originator=evil, to=[evil], network=evil, extra=[(evil, evil)]),
            testing.mms([("a.txt", "text/plain", evil)], subject=evil, cc=[evil]),
            testing.report(request_id=evil, status=evil, user_agent=evil),
        ]

        def odd_method(url):
            return exchange(url, b"\x1b[2J" + b"A" * 100 + b" /?id=1 HTTP/1.1\r\n\r\n")

        _, shown = serve(*pushes, meanwhile=odd_method)
        assert [each for text in shown for each in text if not each.isprintable() and each != "\n"] == []
        assert shown[0].count("\\x1b[2J\\u202e\\x9b1m") >= 5
        assert shown[3].startswith("\\x1b[2JAAAAAAAAAAAAAAAA answered 405\n")


class TestWhoIsLetIn:
    def test_a_stranger_is_refused_and_told_why_with_the_way(self, serve, tmp_path):
        answers, (shown,) = serve(testing.sms(peer="203.0.113.9"))
        assert answers[0].status == 403
        assert shown == (
            "GET answered 403\n"
            "    proxy        127.0.0.1\n"
            "    client       203.0.113.9\n"
            "    refused      this request came from the address 203.0.113.9, and that is not allowed to push here"
            " (source-refused)\n"
            "    because      the client's address is in none of the allowed networks; list it in networks= if it may"
            " push, in trusted_proxies= if it is a proxy of yours\n"
        )
        assert list((tmp_path / "kept").iterdir()) == []

    def test_what_a_proxy_forwards_for_nobody_that_can_be_told(self, serve):
        _, (shown,) = serve(testing.sms(peer="nonsense"))
        assert shown == (
            "GET answered 403\n"
            "    proxy        127.0.0.1\n"
            "    refused      this request came from an address that cannot be told, and that is not allowed to push"
            " here (source-refused)\n"
            "    because      a trusted proxy forwards for an address that cannot be read\n"
        )

    def test_this_machine_itself_is_let_in(self, serve):
        _, (shown,) = serve(meanwhile=lambda url: exchange(url, b"GET /?id=1&type=6&message=Hi HTTP/1.1\r\n\r\n"))
        assert shown.startswith("GET answered 200\n    client       127.0.0.1, in 127.0.0.1/32\n    became       Sms\n")

    def test_networks_and_proxies_of_ones_own_stand_instead(self, serve):
        options = ["--network", "203.0.113.0/24", "--network", "192.0.2.1", "--trusted-proxy", "127.0.0.0/8"]
        pushes = [testing.sms(peer=peer) for peer in ("203.0.113.9", "192.0.2.1", "83.166.68.10")]
        answers, shown = serve(*pushes, options=options)
        assert [answer.status for answer in answers] == [200, 200, 403]
        assert "    client       203.0.113.9, in 203.0.113.0/24\n" in shown[0]

    def test_a_proxy_that_is_not_trusted_is_told_of(self, serve):
        _, (shown,) = serve(testing.sms(), options=["--network", "192.0.2.1", "--trusted-proxy", "192.0.2.2"])
        assert shown.startswith("GET answered 403\n    client       127.0.0.1\n    refused ")
        assert "list it in trusted_proxies= if it is your own proxy\n" in shown

    def test_anyone_may_be_allowed_which_is_told_of(self, serve):
        answers, (shown,) = serve(testing.sms(peer="203.0.113.9"), options=["--allow-anyone"])
        assert answers[0].accepted
        assert "    client       203.0.113.9\n" in shown
        assert "    forgiven     source-not-allowed: the client's address is in none of" in shown


class TestWhatCannotBeRead:
    def test_it_is_refused_in_words_and_kept(self, serve, tmp_path):
        push = testing.sms(extra=[("network", "O2UK")]).but("id")
        answers, shown = serve(push, push)
        assert answers[0].status == 400
        assert shown[0] == (
            f"GET answered 400\n{CAME}"
            "    refused      'id' is missing: every push carries one (unreadable-push)\n"
            "    problem      parameter-repeated (network): it came more than once; the first counts, and all stand in raw\n"
            "    kept         FOLDER/unreadable\n"
        )
        assert shown[1].endswith("    kept         FOLDER/unreadable-2\n")
        request = InboundRequest.from_bytes((tmp_path / "kept/unreadable/push.bin").read_bytes())
        assert request.query == push.query

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            (b"PUT /?id=1 HTTP/1.1\r\n\r\n", "method-not-allowed"),
            (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "request-too-large"),
            (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nHe", "body-incomplete"),
            (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nHe", "body-incomplete"),
        ],
    )
    def test_nor_can_any_of_these(self, serve, tmp_path, sent, code):
        (answer,), (shown,) = serve(meanwhile=lambda url: exchange(url, sent, then_shut=True))
        assert answer.split()[1] == shown.split()[2].encode()
        assert shown.endswith(f" ({code})\n")
        assert list((tmp_path / "kept").iterdir()) == []

    @pytest.mark.parametrize("head", [b"HEAD / HTTP/1.1", b"OPTIONS /?a=1 HTTP/1.1", b"GET / HTTP/1.1"])
    def test_a_look_is_no_push(self, serve, head):
        (answer,), (shown,) = serve(meanwhile=lambda url: exchange(url, head + b"\r\n\r\n"))
        assert answer.startswith(b"HTTP/1.0 200 OK\r\n")
        assert shown == (
            f"{head.split()[0].decode()} answered 200\n"
            "    client       127.0.0.1, in 127.0.0.1/32\n"
            "    no push      a HEAD, an OPTIONS, or a GET without parameters\n"
        )

    def test_what_cannot_be_kept_is_not_accepted(self, serve, tmp_path):
        def without_folder(url):
            (tmp_path / "kept").rmdir()
            return testing.FakeGateway(url).push(testing.sms())

        (answer,), (shown,) = serve(meanwhile=without_folder)
        assert (answer.status, answer.body) == (500, b"this push could not be kept\n")
        assert shown == f"GET answered 500\n{CAME}    not kept     No such file or directory\n"


class TestItself:
    def test_it_keeps_in_a_new_folder_unless_it_is_told_where(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        code, out = ended_by_ctrl_c(["serve", "--port", "0"], lambda url: None)
        (folder,) = tmp_path.iterdir()
        assert code == 0
        assert folder.name.startswith("mxinbound-serve-")
        assert f"    kept in      {folder}\n" in out

    def test_no_thread_is_left(self, tmp_path):
        before = set(threading.enumerate())
        hanging = []

        def hang(url):
            hanging.append(connection(url))
            hanging[0].sendall(b"POST /?id=1 HTTP/1.1\r\nContent-Length: 5\r\n\r\n")
            testing.FakeGateway(url).push(testing.sms())

        assert ended_by_ctrl_c(["serve", "--port", "0", "--keep", str(tmp_path)], hang)[0] == 0
        assert set(threading.enumerate()) == before
        with hanging[0] as sock:
            assert sock.recv(100).startswith(b"HTTP/1.0 408 ")

    def test_pushes_are_answered_though_nobody_reads_the_output(self, tmp_path):
        desk = serve_command._Desk(Receiver())
        desk.folder = tmp_path
        answered = []
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "w") as out, contextlib.redirect_stdout(out):
            for number in range(2):
                push = testing.sms(id=str(number))
                desk(push.for_wsgi(), lambda status, headers: answered.append(status))
        assert answered == ["200 OK", "200 OK"]
        assert {path.name for path in tmp_path.iterdir()} == {"sms-0", "sms-1"}

    def test_ctrl_c_ends_the_real_thing_without_a_word(self, tmp_path):
        command = [sys.executable, "-X", "dev", "-W", "error", "-m", "mxinbound", "serve", "--port", "0"]
        with subprocess.Popen(
            [*command, "--keep", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                url = re.search(r"http://\S+", process.stdout.readline())[0]
                assert testing.FakeGateway(url).push(testing.mms()).accepted
            finally:
                process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        assert (process.returncode, err) == (0, "")
        assert "    key          mms:4172212931\n" in out

    @pytest.mark.parametrize(
        ("option", "value", "said"),
        [
            (
                "--network",
                "x",
                "mxinbound serve: 'x' is not an address, a network such as 83.166.68.0/23, or 'unix:'\n",
            ),
            ("--trusted-proxy", "10.0.0.1/8", "has bits set beyond its prefix; the network is 10.0.0.0/8\n"),
            ("--port", "65536", "argument --port: invalid port value: '65536'\n"),
            ("--host", "", "argument --host: an address, or the name of one\n"),
            ("--port", "x", "argument --port: invalid port value: 'x'\n"),
        ],
    )
    def test_a_call_that_cannot_be_understood(self, capsys, option, value, said):
        try:
            code = main(["serve", option, value])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        assert (code, out) == (2, "")
        assert err.endswith(said)

    def test_a_port_that_is_taken_and_a_folder_that_is_none(self, tmp_path, capsys):
        (tmp_path / "file").write_text("")
        assert main(["serve", "--port", "0", "--keep", str(tmp_path / "file")]) == 1
        assert capsys.readouterr() == ("", f"mxinbound serve: [Errno 17] File exists: '{tmp_path / 'file'}'\n")

        def second(url):
            assert main(["serve", "--port", url.rstrip("/").rpartition(":")[2]]) == 1

        ended_by_ctrl_c(["serve", "--port", "0", "--keep", str(tmp_path)], second)
        assert capsys.readouterr() == ("", "mxinbound serve: [Errno 98] Address already in use\n")

    @pytest.mark.parametrize("host", ["a..b", "192.0.2.1"])
    def test_where_it_cannot_listen(self, host, capsys):
        assert main(["serve", "--port", "0", "--host", host]) == 1
        out, err = capsys.readouterr()
        assert (out, err.startswith("mxinbound serve: "), err.count("\n")) == ("", True, 1)

    def test_the_time_is_that_of_the_arrival(self, tmp_path):
        code, out = ended_by_ctrl_c(
            ["serve", "--port", "0", "--keep", str(tmp_path)],
            lambda url: testing.FakeGateway(url).push(testing.sms()),
        )
        request = InboundRequest.from_bytes((tmp_path / "sms-4172212931" / "push.bin").read_bytes())
        assert isinstance(request.received_at, datetime)
        assert (code, f"\n{request.received_at.astimezone():%H:%M:%S} GET answered 200\n" in out) == (0, True)
