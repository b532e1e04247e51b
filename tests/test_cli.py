"""The command line: what it prints, where, and the exit code."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version

import pytest

from mxinbound import testing
from mxinbound.cli import check_ip, demo, main

LISTED = "the client's address is in an allowed network"
NOT_LISTED = (
    "the client's address is in none of the allowed networks; list it in networks= if it may push,"
    " in trusted_proxies= if it is a proxy of yours"
)
NO_CLAIM = (
    "the last address known is a trusted proxy's own, which forwards for nobody:"
    " have it set X-Forwarded-For to the address it sees"
)
NOT_TRUSTED = (
    "the peer is in none of the allowed networks and forwards for somebody else;"
    " list it in trusted_proxies= if it is your own proxy"
)


@pytest.fixture
def run(capsys):
    """Runs a command and gives its exit code, its output, and its errors."""

    def run(*arguments):
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = stop.code
        return code, *capsys.readouterr()

    return run


class TestCheckIp:
    @pytest.mark.parametrize(
        ("arguments", "code", "lines"),
        [
            pytest.param(
                ["83.166.68.7"],
                0,
                ["client  83.166.68.7", f"allowed: {LISTED}", "network 83.166.68.0/23"],
                id="the gateway",
            ),
            pytest.param(
                ["::ffff:83.166.69.255"],
                0,
                ["client  83.166.69.255", f"allowed: {LISTED}", "network 83.166.68.0/23"],
                id="the gateway, mapped",
            ),
            pytest.param(["83.166.70.0"], 1, ["client  83.166.70.0", f"refused: {NOT_LISTED}"], id="a stranger"),
            pytest.param(["unix:"], 1, ["client  unix:", f"refused: {NOT_LISTED}"], id="a Unix socket"),
            pytest.param(["nonsense"], 1, ["refused: the peer's address is not one that can be read"], id="nonsense"),
            pytest.param([""], 1, ["refused: the peer's address is not one that can be read"], id="an empty address"),
            pytest.param(
                ["10.0.0.1", "--forwarded-for", "83.166.68.7"],
                1,
                ["client  10.0.0.1", f"refused: {NOT_TRUSTED}"],
                id="a proxy that is not trusted",
            ),
            pytest.param(
                ["10.0.0.1", "--forwarded-for", "198.51.100.9, 83.166.68.7", "--trusted-proxy", "10.0.0.0/8"],
                0,
                ["proxy   10.0.0.1", "client  83.166.68.7", f"allowed: {LISTED}", "network 83.166.68.0/23"],
                id="a proxy that is",
            ),
            pytest.param(
                [
                    "10.0.0.1",
                    "--trusted-proxy=10.0.0.1",
                    "--forwarded-for=83.166.68.7, 192.0.2.1",
                    "--trusted-proxy=192.0.2.1",
                ],
                0,
                [
                    "proxy   10.0.0.1",
                    "proxy   192.0.2.1",
                    "client  83.166.68.7",
                    f"allowed: {LISTED}",
                    "network 83.166.68.0/23",
                ],
                id="two proxies",
            ),
            pytest.param(
                ["10.0.0.1", "--forwarded-for", "", "--trusted-proxy", "10.0.0.1"],
                1,
                ["proxy   10.0.0.1", "refused: a trusted proxy forwards for an address that cannot be read"],
                id="an empty header is a header",
            ),
            pytest.param(
                ["10.0.0.1", "--trusted-proxy", "10.0.0.1"],
                1,
                ["client  10.0.0.1", f"refused: {NO_CLAIM}"],
                id="a trusted proxy alone",
            ),
            pytest.param(
                ["198.51.100.9", "--network", "192.0.2.0/24", "--network", "198.51.100.0/24"],
                0,
                ["client  198.51.100.9", f"allowed: {LISTED}", "network 198.51.100.0/24"],
                id="networks of one's own",
            ),
            pytest.param(
                ["83.166.68.7", "--network", "192.0.2.0/24"],
                1,
                ["client  83.166.68.7", f"refused: {NOT_LISTED}"],
                id="instead of the gateway's",
            ),
            pytest.param(
                ["unix:", "--network", "unix:"],
                0,
                ["client  unix:", f"allowed: {LISTED}", "network unix:"],
                id="a Unix socket that is listed",
            ),
        ],
    )
    def test_tells_the_way_the_verdict_and_the_network(self, run, arguments, code, lines):
        assert run("check-ip", *arguments) == (code, "".join(f"{line}\n" for line in lines), "")

    @pytest.mark.parametrize(
        ("arguments", "code", "verdict"),
        [
            pytest.param(
                ["10.0.0.1", "--trusted-proxy=10.0.0.1", "--forwarded-for=83.166.68.7"],
                0,
                {
                    "allowed": True,
                    "client": "83.166.68.7",
                    "network": "83.166.68.0/23",
                    "hops": [
                        {"address": "10.0.0.1", "role": "proxy"},
                        {"address": "83.166.68.7", "role": "client"},
                    ],
                    "reason": LISTED,
                },
                id="allowed",
            ),
            pytest.param(
                ["nonsense"],
                1,
                {
                    "allowed": False,
                    "client": None,
                    "network": None,
                    "hops": [],
                    "reason": "the peer's address is not one that can be read",
                },
                id="refused",
            ),
        ],
    )
    def test_prints_the_verdict_as_one_line_of_json(self, run, arguments, code, verdict):
        exit_code, out, err = run("check-ip", "--json", *arguments)
        assert (exit_code, json.loads(out), err) == (code, verdict, "")
        assert out.count("\n") == 1

    @pytest.mark.parametrize("json_", [[], ["--json"]], ids=["text", "JSON"])
    @pytest.mark.parametrize(
        ("option", "value", "sentence"),
        [
            (
                "--network",
                "nonsense",
                "'nonsense' is not an address, a network such as 83.166.68.0/23, or 'unix:'",
            ),
            (
                "--network",
                "10.0.0.1/8",
                "'10.0.0.1/8' has bits set beyond its prefix; the network is 10.0.0.0/8",
            ),
            ("--network", "10.0.0.0/33", "'10.0.0.0/33' has no prefix length that fits its address"),
            ("--network", "", "'' is not an address, a network such as 83.166.68.0/23, or 'unix:'"),
            (
                "--trusted-proxy",
                "proxy.example",
                "'proxy.example' is not an address, a network such as 83.166.68.0/23, or 'unix:'",
            ),
            ("--trusted-proxy", "", "'' is not an address, a network such as 83.166.68.0/23, or 'unix:'"),
        ],
    )
    def test_a_network_that_is_none_is_a_call_that_cannot_be_understood(self, run, option, value, sentence, json_):
        expected = (2, "", f"mxinbound check-ip: {sentence}\n")
        assert run("check-ip", "83.166.68.7", option, value, *json_) == expected


class TestDemo:
    OUTPUT = """\
A receiver listens on http://127.0.0.1:PORT/ and takes pushes from 83.166.68.0/23, 127.0.0.1/32.

The gateway pushes an SMS by GET:
    answered     200 b'OK'
    became       Sms
    key          sms:4172212931
    originator   +447700900123
    to           88600
    date         2010-08-21 17:32:21+00:00
    network      TMOBILEUK
    text         Hej, möts vi kl. 8?

The gateway pushes an MMS by multipart POST, its text and its picture in mms.zip:
    answered     200 b'OK'
    became       Mms
    key          mms:4172212932
    originator   447700900123
    to           88600, 447700900456
    date         2010-08-21 17:32:21+01:00
    network      TMOBILEUK
    subject      A picture
    expiry       2099-12-31 12:00:00+00:00
    forgiven     date-zone-assumed (date): the time has no UTC offset; the configured zone was assumed
    part         'hello.sml' application/smil, 99 bytes
    part         'hello.txt' text/plain, 20 bytes
    part         'pixel.gif' image/gif, 43 bytes
    part         'card.vcf' text/x-vcard, 48 bytes
    slide 1      img 'pixel.gif', text 'hello.txt', for 5 s
    attachment   'card.vcf'
    text         Hej, möts vi kl. 8?
    saved        'hello.sml' as FOLDER/hello.sml
    saved        'hello.txt' as FOLDER/hello.txt
    saved        'pixel.gif' as FOLDER/pixel.gif
    saved        'card.vcf' as FOLDER/card.vcf
    zip          kept as FOLDER/4172212932.zip

The gateway pushes word of an MMS by GET, and keeps its contents to be fetched:
    answered     200 b'OK'
    became       MmsNotification
    key          mms:4172212933
    originator   447700900123
    to           88600
    date         2010-08-21 17:32:21+00:00
    network      TMOBILEUK
    subject      Later
    expiry       None

It is fetched by its id from http://127.0.0.1:PORT/RetrieveMMS:
    became       Mms
    key          mms:4172212933
    originator   447700900123
    to           88600
    date         2010-08-21 17:32:21+00:00
    network      TMOBILEUK
    subject      Later
    expiry       None
    part         'later.txt' text/plain, 7 bytes
    attachment   'later.txt'
    text         Vi ses!
    saved        'later.txt' as FOLDER/later.txt
    zip          kept as FOLDER/4172212933.zip
"""
    SAVED = {"hello.sml", "hello.txt", "pixel.gif", "card.vcf", "4172212932.zip", "later.txt", "4172212933.zip"}

    def test_pushes_to_a_real_server_and_shows_what_arrived(self, run, tmp_path):
        folder = tmp_path / "a new" / "folder"
        code, out, err = run("demo", "--keep", str(folder))
        shown = re.sub(r"127\.0\.0\.1:[0-9]+/", "127.0.0.1:PORT/", out).replace(str(folder), "FOLDER")
        assert (code, shown.replace(os.sep, "/"), err) == (0, self.OUTPUT, "")
        assert {path.name for path in folder.iterdir()} == self.SAVED
        assert (folder / "hello.txt").read_text(encoding="utf-8") == "Hej, möts vi kl. 8?"
        with zipfile.ZipFile(folder / "4172212932.zip") as archive:
            assert archive.namelist() == ["manifest", "hello.sml", "hello.txt", "pixel.gif", "card.vcf"]
            assert archive.testzip() is None
            assert archive.read("pixel.gif") == (folder / "pixel.gif").read_bytes()

    def test_overwrites_no_part_in_a_folder_that_has_it_already(self, run, tmp_path):
        (tmp_path / "hello.txt").write_text("mine")
        assert run("demo", "--keep", str(tmp_path))[0] == 0
        assert {path.name for path in tmp_path.iterdir()} == self.SAVED | {"hello-2.txt"}
        assert (tmp_path / "hello.txt").read_text() == "mine"

    def test_says_where_it_keeps_the_zip_if_it_is_not_told(self, tmp_path):
        out = call("demo", TMPDIR=str(tmp_path))
        (folder,) = tmp_path.iterdir()
        assert folder.name.startswith("mxinbound-demo-")
        assert f"kept as {folder / '4172212932.zip'}" in out
        assert (folder / "4172212932.zip").is_file()

    def test_works_where_the_terminal_knows_ascii_only(self, tmp_path):
        out = call("demo", "--keep", str(tmp_path), PYTHONIOENCODING="ascii", encoding="ascii")
        assert "kept as" in out

    def test_fails_when_a_push_is_not_taken(self, run, tmp_path, monkeypatch):
        push = testing.sms().but("id")
        monkeypatch.setattr(demo, "_pushes", lambda: iter([("A push without an id:", push)]))
        code, out, err = run("demo", "--keep", str(tmp_path))
        assert (code, err) == (1, "")
        assert out.endswith(
            "\nA push without an id:\n    answered     400 b\"'id' is missing: every push carries one\\n\"\n"
        )


def call(*arguments, encoding="utf-8", **environment):
    """Run `python -m mxinbound` as a user would, where a warning would be seen."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-m", "mxinbound", *arguments],
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"} | environment,
        encoding=encoding,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


class TestTheCommand:
    def test_version_is_that_of_the_package(self, run):
        assert run("--version") == (0, f"mxinbound {version('mxinbound')}\n", "")

    def test_no_command_is_a_call_that_cannot_be_understood(self, run):
        code, out, err = run()
        assert (code, out) == (2, "")
        assert err.endswith("mxinbound: error: the following arguments are required: COMMAND\n")

    @pytest.mark.parametrize(
        "arguments", [["nonsense"], ["check-ip"], ["check-ip", "1.2.3.4", "5.6.7.8"], ["--nonsense"], ["demo", "x"]]
    )
    def test_nor_is_any_of_these(self, run, arguments):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("usage: mxinbound")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (
                ["--help"],
                "usage: mxinbound [-h] [--version] COMMAND ... Receive SMS and MMS from the MX Telecom gateway."
                " positional arguments: COMMAND"
                " demo receive an SMS and MMS on this machine, end to end"
                " serve receive pushes on this machine and show them, until Ctrl-C"
                " push push to a URL as the gateway does, and tell what it answers"
                " check-ip tell whether an address may push, and why"
                " inspect show what is inside the zip of an MMS, or why it is refused"
                " retrieve fetch MMS by their ids"
                " options: -h, --help show this help message and exit --version show the version and exit",
            ),
            (
                ["check-ip", "--help"],
                "positional arguments: ADDRESS the address of the socket's other end, or 'unix:'"
                " options: -h, --help show this help message and exit"
                " --forwarded-for CHAIN an X-Forwarded-For header as it arrives"
                " --trusted-proxy NETWORK a proxy of yours; may be repeated"
                " --network NETWORK an allowed network instead of the gateway's; may be repeated"
                " --json print the verdict as JSON",
            ),
            (
                ["demo", "--help"],
                "usage: mxinbound demo [-h] [--keep DIR]"
                " options: -h, --help show this help message and exit"
                " --keep DIR where to keep the parts and the zip; a new temporary folder by default",
            ),
            (
                ["serve", "--help"],
                "options: -h, --help show this help message and exit"
                " --host ADDRESS where to listen; by default 127.0.0.1, which only this machine reaches"
                " --port PORT 8000 by default; 0 for any that is free"
                " --keep DIR where to keep the pushes; a new temporary folder by default"
                " --network NETWORK an allowed network instead of the gateway's and this machine; may be repeated"
                " --trusted-proxy NETWORK a proxy of yours instead of this machine; may be repeated"
                " --allow-anyone take pushes from every address, and say which are not allowed",
            ),
            (
                ["push", "--help"],
                "usage: mxinbound push [-h] KIND ... positional arguments: KIND"
                " sms an SMS, by GET mms an MMS with its contents, by POST notification word of an MMS, by GET"
                " report a report on an MMS that was sent, by GET"
                " options: -h, --help show this help message and exit",
            ),
            (
                ["push", "sms", "--help"],
                "positional arguments: URL where to, such as http://127.0.0.1:8000/in"
                " options: -h, --help show this help message and exit"
                " --peer ADDRESS the address it comes from, in X-Forwarded-For; the gateway's by default"
                " --twice push it a second time, as the gateway may"
                " --json print one JSON object --curl print the command that pushes it instead"
                " what is pushed: --text TEXT its text --from NUMBER who sent it --to NUMBER a recipient; may be repeated"
                " --network NAME the sender's network --id ID its id; a new one by default"
                " --malformed NAME one of the malformed pushes of mxinbound.testing instead",
            ),
            (
                ["inspect", "--help"],
                "usage: mxinbound inspect [-h] [--extract DIR] [--json] FILE.zip positional arguments: FILE.zip"
                " options: -h, --help show this help message and exit"
                " --extract DIR save the parts there; nothing is overwritten --json print one JSON object",
            ),
            (
                ["retrieve", "--help"],
                "positional arguments: ID options: -h, --help show this help message and exit"
                " -o DIR save each zip there as ID.zip; here by default"
                " --extract DIR save the parts there instead, in a new folder for each ID"
                " --endpoint URL where to fetch from"
                " --allow-insecure-http send the password over plain http"
                " --timeout SECONDS for each MMS, retries included --json print one JSON object",
            ),
        ],
        ids=["mxinbound", "check-ip", "demo", "serve", "push", "push sms", "inspect", "retrieve"],
    )
    def test_help_says_what_there_is_and_what_it_does(self, run, arguments, said):
        code, out, err = run(*arguments)
        assert (code, err) == (0, "")
        assert " ".join(out.split()).endswith(said)

    def test_output_may_be_taken_by_anything_that_can_be_written_to(self):
        with contextlib.redirect_stdout(io.StringIO()) as taken:
            assert main(["check-ip", "unix:"]) == 1
        assert taken.getvalue() == f"client  unix:\nrefused: {NOT_LISTED}\n"

    def test_ctrl_c_ends_it_without_a_word(self, run, monkeypatch):
        def interrupted(options):
            raise KeyboardInterrupt

        monkeypatch.setattr(check_ip, "run", interrupted)
        assert run("check-ip", "unix:") == (130, "", "")

    @pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at the end", "at once"])
    @pytest.mark.parametrize("command", ["check-ip", "inspect"])
    def test_output_that_nobody_reads_ends_it_without_a_word(self, tmp_path, command, unbuffered):
        (tmp_path / "a.zip").write_bytes(testing.build_zip([("a.txt", "text/plain", "Hello")]))
        argument = {"check-ip": "unix:", "inspect": str(tmp_path / "a.zip")}[command]
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as output:
            done = subprocess.run(
                [sys.executable, "-m", "mxinbound", command, argument],
                stdout=output,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
                check=False,
            )
        assert (done.returncode, done.stderr) == (141, b"")

    @pytest.mark.parametrize("command", ["check-ip", "inspect"])
    def test_nothing_is_left_to_write_when_nobody_reads(self, tmp_path, monkeypatch, command):
        (tmp_path / "a.zip").write_bytes(testing.build_zip([("a.txt", "text/plain", "Hello")]))
        argument = {"check-ip": "unix:", "inspect": str(tmp_path / "a.zip")}[command]
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w", buffering=1) as output:
            monkeypatch.setattr(sys, "stdout", output)
            assert main([command, argument]) == 141

    def test_it_is_run_as_a_module_too(self):
        assert call("--version") == f"mxinbound {version('mxinbound')}\n"

    def test_as_a_module_it_gives_the_exit_code(self):
        command = [sys.executable, "-m", "mxinbound", "check-ip", "198.51.100.9"]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_a_demo_that_cannot_keep_its_zip_says_why(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    assert main(["demo", "--keep", str(file)]) == 1
    assert capsys.readouterr().err == f"mxinbound demo: {file}: File exists\n"
