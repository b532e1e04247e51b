"""`mxinbound retrieve`, and the stand-in for the gateway that it is tried on."""

import io
import json

import pytest

from mxinbound import Credentials, MmsArchive, testing
from mxinbound.cli import main
from mxinbound.retrieval.transport import httpx

USER, PASSWORD = "shop & co", "s3cret/+ü"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def gateway():
    gateway = testing.FakeGateway(credentials=Credentials(USER, PASSWORD))
    gateway.keep(testing.mms([("a.txt", "text/plain", "one")], id="1"))
    gateway.keep(testing.mms([("a.txt", "text/plain", "two"), ("b.gif", "image/gif", b"GIF89a")], id="../2"))
    gateway.keep(testing.mms(archive=b"PK\3\4 and no more PK\5\6" + bytes(18), id="broken"))
    with gateway.serve() as endpoint:
        gateway.endpoint = endpoint
        yield gateway


@pytest.fixture
def run(gateway, monkeypatch, capsys):
    """Runs the command against the gateway and gives its exit code, its output, and its errors."""
    monkeypatch.setenv("MXINBOUND_USER", USER)
    monkeypatch.setenv("MXINBOUND_PASSWORD", PASSWORD)

    def run(*arguments):
        options = ("--endpoint", gateway.endpoint, "--allow-insecure-http")
        return main(["retrieve", *arguments, *options]), *capsys.readouterr()

    return run


class TestFetching:
    def test_saves_each_zip_under_its_id(self, run, tmp_path):
        folder = tmp_path / "new"
        code, out, err = run("1", "../2", "-o", str(folder))
        assert (code, err) == (0, "")
        assert out == f"1  {folder / '1.zip'}\n../2  {folder / '2.zip'}\n"
        assert MmsArchive.open(folder / "1.zip").text == "one"
        assert MmsArchive.open(folder / "2.zip").text == "two"

    def test_saves_in_this_folder_if_it_is_told_no_other(self, run, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert run("1") == (0, "1  1.zip\n", "")
        assert (tmp_path / "1.zip").exists()

    def test_saves_the_parts_instead(self, run, tmp_path):
        code, out, err = run("../2", "--extract", str(tmp_path))
        assert (code, err) == (0, "")
        assert out == f"../2  'a.txt' as {tmp_path / '2' / 'a.txt'}\n../2  'b.gif' as {tmp_path / '2' / 'b.gif'}\n"
        assert (tmp_path / "2" / "b.gif").read_bytes() == b"GIF89a"

    def test_gives_each_id_a_name_of_its_own(self, run, gateway, tmp_path):
        gateway.keep(testing.mms([("a.txt", "text/plain", "three")], id="d/1"))
        for option in ("-o", "--extract"):
            assert run("1", "d/1", "1", option, str(tmp_path))[0] == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "1-2", "1-2.zip", "1.zip"]
        assert MmsArchive.open(tmp_path / "1-2.zip").text == (tmp_path / "1-2" / "a.txt").read_text() == "three"

    def test_shows_no_id_that_could_do_something_to_the_terminal(self, run, gateway, tmp_path):
        gateway.keep(testing.mms([("a.txt", "text/plain", "one")], id="\x1b[2J1\n"))
        code, out, _ = run("\x1b[2J1\n", "-o", str(tmp_path))
        assert (code, out) == (0, f"'\\x1b[2J1\\n'  {tmp_path / '[2J1.zip'}\n")

    def test_says_all_in_json(self, run, tmp_path):
        code, out, err = run("1", "gone", "--extract", str(tmp_path), "--json")
        assert (code, err) == (1, "")
        assert json.loads(out) == {
            "messages": [
                {"id": "1", "saved": {"a.txt": str(tmp_path / "1" / "a.txt")}},
                {
                    "id": "gone",
                    "error": {"code": "mms-not-available", "message": "the gateway has no MMS of this id (404)"},
                },
            ]
        }

    def test_shows_what_it_does_where_somebody_looks(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr("sys.stderr", terminal := Terminal())
        assert run("1", "../2", "-o", str(tmp_path))[0] == 0
        assert terminal.getvalue() == "\r\x1b[Kfetching 1 of 2\r\x1b[K\r\x1b[Kfetching 2 of 2\r\x1b[K"


class TestFailing:
    def test_one_does_not_stop_the_others_and_the_exit_code_counts(self, run, tmp_path):
        code, out, err = run("gone", "1", "lost", "-o", str(tmp_path))
        assert code == 2
        assert out == f"1  {tmp_path / '1.zip'}\n"
        assert err.splitlines() == [
            "mxinbound retrieve: 'gone': the gateway has no MMS of this id (404)",
            "mxinbound retrieve: 'lost': the gateway has no MMS of this id (404)",
        ]

    def test_what_cannot_be_an_id_is_one(self, run, tmp_path):
        code, out, err = run("", "2\udce9", "1", "-o", str(tmp_path), "--json")
        assert (code, err) == (2, "")
        assert json.loads(out)["messages"] == [
            {"id": "", "error": {"code": "no-id", "message": "an id is not empty"}},
            {"id": "2\udce9", "error": {"code": "no-id", "message": "an id is text that can be sent"}},
            {"id": "1", "saved": str(tmp_path / "1.zip")},
        ]

    def test_a_zip_that_cannot_be_trusted_is_one(self, run, tmp_path):
        code, _, err = run("broken", "--extract", str(tmp_path))
        assert code == 1
        assert (
            err == "mxinbound retrieve: 'broken': the directory of the zip does not end where its end record starts\n"
        )

    def test_no_parts_of_it_are_saved(self, run, tmp_path):
        assert run("broken", "--extract", str(tmp_path))[0] == 1
        assert list(tmp_path.iterdir()) == []

    def test_parts_that_are_there_already_are_not_saved_again(self, run, tmp_path):
        assert run("1", "--extract", str(tmp_path))[0] == 0
        code, out, err = run("1", "--extract", str(tmp_path))
        assert (code, out) == (1, "")
        assert err == f"mxinbound retrieve: '1': [Errno 17] File exists: '{tmp_path / '1'}'\n"
        assert [path.name for path in (tmp_path / "1").iterdir()] == ["a.txt"]

    def test_an_id_that_is_too_long_does_not_stop_the_others(self, run, tmp_path):
        code, out, err = run("4" * 1025, "1", "-o", str(tmp_path))
        assert (code, out) == (1, f"1  {tmp_path / '1.zip'}\n")
        assert err == f"mxinbound retrieve: '{'4' * 1025}': the id is longer than 1024 bytes; it was not asked for\n"

    @pytest.mark.parametrize(
        ("variable", "options", "sentence"),
        [
            ("/nonexistent", [], "the certificates to trust cannot be read; see SSL_CERT_FILE and SSL_CERT_DIR:"
             " [Errno 2] No such file or directory"),
            (None, ["--timeout", "1e12"], "timeout must be a number of seconds above zero, and at most a day"),
        ],
        ids=["certificates", "a timeout"],
    )  # fmt: skip
    def test_what_cannot_be_set_up_is_told(self, run, monkeypatch, variable, options, sentence):
        if variable:
            monkeypatch.setenv("SSL_CERT_FILE", variable)
        assert run("1", *options) == (2, "", f"mxinbound retrieve: {sentence}\n")

    def test_refused_credentials_show_in_the_exit_code_and_nowhere_else(self, run, monkeypatch, tmp_path):
        monkeypatch.setenv("MXINBOUND_PASSWORD", "hunter2")
        code, out, err = run("1", "2", "-o", str(tmp_path))
        assert (code, out) == (66, "")
        assert err == "".join(
            f"mxinbound retrieve: '{number}': the gateway refused the user and password (403)\n" for number in "12"
        )

    def test_the_count_stops_where_the_other_begins(self, run, tmp_path):
        assert run(*map(str, range(100, 164)), "-o", str(tmp_path))[0] == 63

    def test_so_is_a_disk_that_does_not_take_it(self, run, tmp_path):
        file = tmp_path / "file"
        file.write_text("")
        code, out, err = run("1", "-o", str(file), "--json")
        assert (code, err) == (1, "")
        assert json.loads(out)["messages"][0]["error"] == {
            "code": "os-error",
            "message": f"[Errno 17] File exists: '{file}'",
        }


class TestTheCredentials:
    def test_are_asked_for_where_somebody_is(self, run, monkeypatch, tmp_path):
        monkeypatch.delenv("MXINBOUND_USER")
        monkeypatch.setattr("sys.stdin", Terminal(f"{USER}\n"))
        monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
        assert run("1", "-o", str(tmp_path)) == (0, f"1  {tmp_path / '1.zip'}\n", "user: ")

    def test_are_not_asked_for_again_where_somebody_gives_none(self, run, monkeypatch):
        def end(prompt):
            raise EOFError

        monkeypatch.delenv("MXINBOUND_USER")
        monkeypatch.setattr("sys.stdin", Terminal(f"{USER}\n"))
        monkeypatch.setattr("getpass.getpass", end)
        assert run("1") == (2, "", "user: mxinbound: nothing was entered\n")

    def test_are_missed_where_nobody_is(self, run, monkeypatch):
        monkeypatch.delenv("MXINBOUND_USER")
        monkeypatch.setattr("sys.stdin", io.StringIO())
        sentence = "Credentials: MXINBOUND_USER not set in the environment"
        assert run("1") == (2, "", f"mxinbound retrieve: {sentence}\n")

    def test_are_not_sent_over_plain_http_unawares(self, gateway, run, capsys):
        assert main(["retrieve", "1", "--endpoint", gateway.endpoint]) == 2
        assert capsys.readouterr().err.startswith("mxinbound retrieve: endpoint is http, so that the password could be")


class TestTheStandIn:
    @pytest.mark.parametrize(
        ("target", "status"),
        [
            ("/RetrieveMMS?user=shop%20%26%20co&pass=s3cret%2F%2B%C3%BC&id=1", 200),
            ("/RetrieveMMS?user=shop%20%26%20co&pass=s3cret%2F%2B%C3%BC&id=9", 404),
            ("/RetrieveMMS?user=shop%20%26%20co&pass=wrong&id=1", 403),
            ("/RetrieveMMS?id=1", 403),
            ("/Other?user=shop%20%26%20co&pass=s3cret%2F%2B%C3%BC&id=1", 404),
            ("/RetrieveMMS", 403),
        ],
    )
    def test_answers_who_has_the_credentials(self, gateway, target, status):
        answer = httpx.get(gateway.endpoint.removesuffix("/RetrieveMMS") + target)
        assert answer.status_code == status
        assert answer.content.startswith(b"PK") is (status == 200)

    def test_gives_the_notification_of_what_it_keeps(self, gateway):
        push = testing.mms(id="7", subject="Hi")
        assert gateway.keep(push) == testing.mms_notification(id="7", subject="Hi")
