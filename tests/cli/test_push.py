"""`mxinbound push`: what it pushes, what it says of the answer, and the exit code. What is pushed goes over a socket."""

import json
import os
import re
import subprocess
import threading
from datetime import datetime, timedelta, timezone

import pytest
from cli.serving import ended_by_ctrl_c

from mxinbound import Credentials, Mms, MmsNotification, MmsReport, Receiver, Reply, Retriever, Sms, parse, testing
from mxinbound import errors as mx_errors
from mxinbound.adapters import wsgi
from mxinbound.cli import main, push
from mxinbound.cli.serving import served


class Endpoint:
    """A developer's endpoint, which answers OK, or with a body that it is told."""

    def __init__(self):
        self.messages = []
        self.paths = []
        self.body = None
        self.come = threading.Event()
        receiver = Receiver(trusted_proxies=["127.0.0.1"])
        self._application = wsgi.endpoint(receiver, self._take)

    def _take(self, message):
        self.messages.append(message)
        self.come.set()

    def __call__(self, environ, start_response):
        self.paths.append(environ["PATH_INFO"])
        if self.body is not None:
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start_response("200 OK", [("Content-Length", str(len(self.body)))])
            return [self.body]
        return self._application(environ, start_response)


@pytest.fixture
def endpoint():
    return Endpoint()


@pytest.fixture
def url(endpoint):
    with served(endpoint) as url:
        yield url + "in"


@pytest.fixture
def run(capsys):
    """Runs `mxinbound push` and gives its exit code, its output, and its errors."""

    def run(*arguments):
        try:
            code = main(["push", *arguments])
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def cases(monkeypatch):
    """Stands in for the malformed pushes, so that these tests are about the command and not about them."""
    cases = {
        "no-id": (testing.sms().but("id"), mx_errors.UnreadablePush, ()),
        "no-date": (testing.sms().but("date"), None, ("date-missing",)),
        "cut-off": (testing.mms().raw.__class__(method="PUT", query=b"id=1"), mx_errors.MethodNotAllowed, ()),
        "raw-bytes": (testing.RawPush(query=b"id=\xa4&message=secret"), mx_errors.UnreadablePush, ()),
        "a-blank": (testing.RawPush(query=b"id=1 &message=secret"), mx_errors.UnreadablePush, ()),
    }
    made = tuple(
        testing.MalformedPush(name=name, push=push, error=error, defects=defects)
        for name, (push, error, defects) in cases.items()
    )
    monkeypatch.setattr(testing, "malformed_pushes", lambda: made)
    return cases


class TestWhatIsPushed:
    def test_an_sms_of_now_with_an_id_of_its_own(self, run, endpoint, url):
        before = datetime.now(timezone.utc).replace(microsecond=0)
        for _ in range(2):
            code, out, err = run("sms", url)
            assert (code, err) == (0, "")
            assert re.fullmatch(
                r"pushed       sms, id [0-9]{18}\n"
                r"answered     200 in [0-9.]+ s\n"
                r"body         OK\n"
                r"accepted     the gateway does not push it again\n",
                out,
            )
        one, other = endpoint.messages
        assert type(one) is Sms
        assert (one.text, one.originator, one.to, one.defects) == ("Hello", "447700900123", ("88600",), ())
        assert one.id != other.id
        assert before <= one.date <= other.date <= datetime.now(timezone.utc)
        assert endpoint.paths == ["/in", "/in"]

    def test_every_attribute_can_be_given(self, run, endpoint, url):
        options = ["--text=Hej möts ¤ + &", "--from=+447700900456", "--to=1", "--to=+2", "--network=", "--id=7"]
        assert run("sms", url, *options)[0] == 0
        (message,) = endpoint.messages
        assert message.text == "Hej möts ¤ + &"
        assert (message.originator, message.to, message.network, message.id) == (
            "+447700900456",
            ("1", "+2"),
            None,
            "7",
        )

    def test_bytes_that_are_no_utf8_go_out_as_they_are(self, run, endpoint, url):
        assert run("sms", url, "--text", os.fsdecode(b"10 \xa4"))[0] == 0
        assert dict(endpoint.messages[0].raw)["message"] == b"10 \xa4"
        assert endpoint.messages[0].text == "10 €"

    def test_an_mms_with_a_text_and_files_is_shown_in_slides(self, run, endpoint, url, tmp_path):
        files = {
            "a.jpg": b"\xff\xd8\xff",
            "manifest": b"%PDF-",
            "slides.smil": b"\0",
            "text.txt": b"other",
            "b/a.jpg": b"\xff\xd8",
        }
        (tmp_path / "b").mkdir()
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        images = [f"--image={tmp_path / name}" for name in files]
        code, _, err = run("mms", url, "--text=Hello", "--subject=Hi", "--cc=1", "--cc=2", *images)
        assert (code, err) == (0, "")
        (message,) = endpoint.messages
        assert type(message) is Mms
        assert (message.subject, message.cc, message.defects) == ("Hi", ("1", "2"), ())
        assert timedelta(days=2) == message.expiry - message.date
        archive = message.archive
        assert [(part.name, part.content_type) for part in archive.parts] == [
            ("slides.smil", "application/smil"),
            ("text.txt", "text/plain"),
            ("a.jpg", "image/jpeg"),
            ("manifest-2", "application/pdf"),
            ("slides-2.smil", "application/smil"),
            ("text-2.txt", "text/plain"),
            ("a-2.jpg", "image/jpeg"),
        ]
        assert [part.read() for part in archive.parts[2:]] == list(files.values())
        assert [[item.part.name for item in slide.items] for slide in archive.slides] == [
            ["text.txt", "a.jpg"],
            ["text-2.txt", "a-2.jpg"],
        ]

    def test_a_file_that_nothing_tells_of_is_bytes(self, run, endpoint, url, tmp_path):
        (tmp_path / "x").write_bytes(b"\0\1")
        assert run("mms", url, "--image", str(tmp_path / "x"))[0] == 0
        assert endpoint.messages[0].archive["x"].content_type == "application/octet-stream"

    def test_an_mms_of_nothing_in_particular(self, run, endpoint, url):
        assert run("mms", url)[0] == 0
        assert [part.name for part in endpoint.messages[0].archive.parts] == ["hello.txt", "pixel.gif"]

    def test_a_notification_has_not_expired(self, run, endpoint, url):
        assert run("notification", url, "--text=Hello")[0] == 0
        (message,) = endpoint.messages
        assert type(message) is MmsNotification
        assert not message.expired()

    def test_a_report(self, run, endpoint, url):
        assert run("report", url, "--status=3")[0] == 0
        (message,) = endpoint.messages
        assert type(message) is MmsReport
        assert message.status_name == "Delivered"

    def test_twice_is_the_same_twice(self, run, endpoint, url):
        code, out, _ = run("mms", url, "--twice")
        assert (code, out.count("\nanswered     200 ")) == (0, 2)
        one, other = endpoint.messages
        assert one.key == other.key
        assert one.raw == other.raw

    def test_the_query_of_the_url_is_kept(self, run, endpoint, url):
        assert run("sms", f"{url}?token=x")[0] == 0
        assert endpoint.messages[0].extra == (("token", "x"),)


class TestTheAnswer:
    def test_a_stranger_is_refused(self, run, url):
        code, out, err = run("sms", url, "--peer=203.0.113.9", "--id=1")
        assert (code, err) == (1, "")
        assert re.sub(r"in [0-9.]+ s", "in X s", out) == (
            "pushed       sms, id 1\n"
            "answered     403 in X s\n"
            "body         this request came from the address 203.0.113.9, and that is not allowed to push here\n"
            "not accepted the status is not 200: the gateway pushes again\n"
        )

    def test_an_empty_body_is_not_accepted(self, run, endpoint, url):
        endpoint.body = b""
        code, out, _ = run("mms", url)
        assert code == 1
        assert out.endswith(" s\nnot accepted the body is empty, which is a failure to the gateway: it pushes again\n")

    def test_one_of_two_that_is_not_accepted_is_a_no(self, run, endpoint, url, monkeypatch):
        replies = iter([None, Reply(503, b"later")])
        application = wsgi.endpoint(Receiver(trusted_proxies=["127.0.0.1"]), lambda message: next(replies))
        monkeypatch.setattr(endpoint, "_application", application)
        code, out, _ = run("sms", url, "--twice")
        assert (code, re.findall(r"^(?:not )?accepted", out, re.MULTILINE)) == (1, ["accepted", "not accepted"])

    def test_a_long_answer_is_cut_and_cannot_do_anything_to_a_terminal(self, run, endpoint, url):
        endpoint.body = b"<html>\r\n\x1b[2J\xff\n" + b"x" * 1000
        code, out, _ = run("sms", url)
        assert code == 0
        assert "body         <html>\n             \\x1b[2J\ufffd\n             xxx" in out
        assert out.count("x") < 520
        assert "\n             and more: 1014 bytes in all\naccepted " in out
        assert "\x1b" not in out

    def test_one_that_comes_too_late_for_the_contract_is_told(self, run, url, monkeypatch):
        seconds = iter([0.0, 12.5])
        fake = testing.FakeGateway
        monkeypatch.setattr(testing, "FakeGateway", lambda url: fake(url, clock=lambda: next(seconds)))
        code, out, _ = run("sms", url)
        assert code == 0
        assert "answered     200 in 12.500 s\n" in out
        assert out.endswith("accepted     but the contract allows 10 s, and the gateway may not wait\n")

    def test_as_json(self, run, endpoint, url):
        code, out, err = run("sms", url, "--twice", "--id=1", "--json")
        report = json.loads(out)
        assert (code, err, out.count("\n")) == (0, "", 1)
        for answer in report["answers"]:
            assert answer.pop("seconds") >= 0
        answer = {"status": 200, "body": "OK", "accepted": True, "in_time": True}
        assert report == {"url": url, "kind": "sms", "malformed": None, "id": "1", "answers": [answer, answer]}

    @pytest.mark.parametrize("json_", [[], ["--json"]], ids=["text", "JSON"])
    def test_nobody_there(self, run, endpoint, json_):
        with served(endpoint) as url:
            pass
        assert run("sms", url, *json_) == (2, "", "mxinbound push: no answer: [Errno 111] Connection refused\n")

    def test_somebody_who_hangs_up(self, run):
        def hang_up(environ, start_response):
            raise BrokenPipeError

        with served(hang_up) as url:
            assert run("sms", url) == (
                2,
                "",
                "mxinbound push: no answer: Remote end closed connection without response\n",
            )


class TestCurl:
    @pytest.mark.parametrize("kind", ["sms", "mms", "notification", "report"])
    def test_the_command_pushes_the_same(self, run, endpoint, url, kind):
        code, out, err = run(kind, f"{url}?token=x", "--id=1", "--curl", "--peer=83.166.69.1")
        assert (code, err, out.count("\n"), endpoint.messages) == (0, "", 1, [])
        done = subprocess.run(["sh", "-c", out], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"OK")
        (message,) = endpoint.messages
        assert message.id == "1"
        assert ("token", "x") in message.extra
        assert message.request.header("x-forwarded-for") == "83.166.69.1"

    def test_twice_is_two_commands(self, run, url):
        _, out, _ = run("sms", url, "--curl", "--twice")
        one, other = out.splitlines()
        assert one == other

    def test_a_malformed_push_has_one_too(self, run, cases, url):
        code, out, _ = run("sms", url, "--curl", "--malformed=cut-off")
        assert code == 0
        assert out == f"curl --globoff --request PUT --header 'x-forwarded-for: 83.166.68.10' '{url}?id=1'\n"


class TestMalformed:
    @pytest.mark.parametrize(
        ("name", "code", "expected", "status"),
        [
            ("no-id", 1, "expected     refused with 400 (unreadable-push)\n", 400),
            ("no-date", 0, "expected     accepted, forgiving date-missing\n", 200),
            ("cut-off", 1, "expected     refused with 405 (method-not-allowed)\n", 405),
        ],
    )
    def test_it_is_pushed_and_told_what_becomes_of_it(self, run, cases, url, name, code, expected, status):
        found, out, err = run("sms", url, "--malformed", name)
        assert (found, err) == (code, "")
        assert out.startswith(f"pushed       {name}\n{expected}answered     {status} in ")

    def test_the_address_can_still_be_given(self, run, cases, url):
        code, out, _ = run("mms", url, "--malformed=no-date", "--peer=203.0.113.9")
        assert (code, "answered     403 " in out) == (1, True)

    def test_as_json_it_has_its_name_and_no_kind(self, run, cases, url):
        report = json.loads(run("mms", url, "--malformed=cut-off", "--json")[1])
        assert (report["kind"], report["malformed"], report["id"]) == (None, "cut-off", None)

    @pytest.mark.parametrize("name", ["nonsense", ""])
    def test_another_name_lists_those_that_there_are(self, run, cases, url, name):
        expected = "mxinbound push: --malformed takes one of no-id, no-date, cut-off, raw-bytes, a-blank\n"
        assert run("sms", url, "--malformed", name) == (2, "", expected)

    @pytest.mark.parametrize(
        "option", ["--text=x", "--image=x", "--subject=x", "--cc=1", "--from=1", "--to=1", "--id=1"]
    )
    def test_it_is_pushed_as_it_is(self, run, cases, url, option):
        expected = "mxinbound push: --malformed pushes what it names as it is: only --peer can be changed\n"
        assert run("mms", url, "--malformed=no-id", option) == (2, "", expected)

    @pytest.mark.parametrize("name", ["raw-bytes", "a-blank"])
    def test_what_no_client_sends_is_not_quoted(self, run, cases, url, name):
        expected = "mxinbound push: Python's HTTP client cannot send this push to this URL; try it with --curl\n"
        assert run("sms", url, "--malformed", name) == (2, "", expected)

    def test_every_case_that_there_is_can_be_named(self, run, endpoint, url, monkeypatch):
        # Some promise more than they send.
        monkeypatch.setattr("mxinbound.cli.serving._Handler.timeout", 0.2)
        names = [case.name for case in testing.malformed_pushes()]
        assert names
        for name in names:
            code, out, err = run("sms", url, "--malformed", name)
            if code == 2:
                assert (out, err.startswith("mxinbound push: ")) == ("", True)
            else:
                assert (out.startswith(f"pushed       {name}\nexpected     "), err) == (True, "")
                assert f"\n{'not ' * code}accepted" in out


class TestServing:
    def test_a_notified_mms_can_be_fetched_until_ctrl_c(self, endpoint, url, capsys):
        fetched = []

        def fetch(served_at):
            assert endpoint.come.wait(30)
            credentials = Credentials("user", "password")
            with Retriever(credentials, endpoint=served_at, allow_insecure_http=True) as retriever:
                fetched.append(retriever.complete(endpoint.messages[0]).archive.text)

        arguments = ["push", "notification", url, "--text=Vi ses", "--id=1", "--serve=0"]
        code, out = ended_by_ctrl_c(arguments, fetch, said="again")
        assert (code, fetched, capsys.readouterr()) == (0, ["Vi ses"], ("", ""))
        assert re.match(
            r"The MMS is at http://127\.0\.0\.1:[0-9]+/RetrieveMMS for the user 'user' with the password 'password'\.\n"
            r"pushed       notification, id 1\nanswered     200 in ",
            out,
        )
        assert out.endswith("\nfetched      1 times\n")

    def test_nobody_is_waited_for_when_the_notification_is_not_accepted(self, url, endpoint, run, monkeypatch):
        def refusing(message):
            endpoint.messages.append(message)
            return Reply(503, b"later")

        monkeypatch.setattr(endpoint, "_application", wsgi.endpoint(Receiver(trusted_proxies=["127.0.0.1"]), refusing))
        code, out, _ = run("notification", url, "--serve=0")
        assert (code, len(endpoint.messages)) == (1, 1)
        assert out.endswith("not accepted the status is not 200: the gateway pushes again\nfetched      0 times\n")

    def test_a_port_that_is_taken(self, run, url):
        port = url.rpartition(":")[2].removesuffix("/in")
        expected = f"mxinbound push: cannot serve at port {port}: Address already in use\n"
        assert run("notification", url, "--serve", port) == (2, "", expected)


class TestTheCall:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "in",
            "ftp://127.0.0.1/",
            "http://",
            "http:///in",
            "http://127.0.0.1:x/",
            "http://127.0.0.1:0/",
            "http://127.0.0.1:65536/",
            "http://[::1/",
            "http://127.0.0.1/a b",
            "http://127.0.0.1/\n",
            "http://127.0.0.1/ö",
        ],
    )
    def test_what_is_no_url(self, run, url):
        expected = "mxinbound push: the URL has to be one of http or https, its blanks and other characters escaped\n"
        assert run("sms", url) == (2, "", expected)

    def test_a_host_that_cannot_be_one_is_nothing_to_quote(self, run):
        code, out, err = run("sms", "http://.example/", "--text=secret")
        assert (code, out) == (2, "")
        assert err.startswith("mxinbound push: ")
        assert "secret" not in err

    def test_a_file_that_cannot_be_read(self, run, url, tmp_path, endpoint):
        gone = tmp_path / "gone\x1b.jpg"
        shown = str(gone).replace("\x1b", "\\x1b")
        expected = f"mxinbound push: {shown}: No such file or directory\n"
        assert run("mms", url, "--image", str(gone)) == (2, "", expected)
        assert endpoint.messages == []

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["sms"],
            ["letter", "http://127.0.0.1/"],
            ["sms", "http://127.0.0.1/", "--subject=x"],
            ["sms", "http://127.0.0.1/", "--serve=0"],
            ["report", "http://127.0.0.1/", "--text=x"],
            ["sms", "http://127.0.0.1/", "--json", "--curl"],
            ["notification", "http://127.0.0.1/", "--serve=0", "--json"],
            ["notification", "http://127.0.0.1/", "--serve=70000"],
            ["sms", "http://127.0.0.1/", os.fsdecode(b"--id=\xff")],
        ],
    )
    def test_what_makes_no_sense(self, run, arguments):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("usage: mxinbound")

    def test_all_kinds_are_read_as_what_they_say(self):
        kinds = {name: type(parse(build().as_request())).__name__ for name, (_, build) in push._KINDS.items()}
        assert kinds == {"sms": "Sms", "mms": "Mms", "notification": "MmsNotification", "report": "MmsReport"}
