"""The documentation is true: its code runs, its links lead somewhere, its tables are those of the code."""

import asyncio
import logging
import re
import shlex
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path
from types import ModuleType, SimpleNamespace

import attrs
import pytest

import mxinbound
from mxinbound import Limits, MxInboundError, errors, testing
from mxinbound.adapters import wsgi
from mxinbound.mms import defects as archive_defects
from mxinbound.parsing.defects import DETAILS

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def blocks(page, language="python"):
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)


def push_to(app, push):
    answer = app.test_client().open("/in", query_string=push.query.decode(), environ_base={"REMOTE_ADDR": push.peer})
    return answer.status_code, answer.data


def run_as(name, source, monkeypatch):
    module = ModuleType(name)
    module.__file__ = str(ROOT / "app.py")
    monkeypatch.setitem(sys.modules, name, module)
    exec(compile(source, name, "exec"), vars(module))
    return module


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_block_of_python_is_python(page):
    for block in blocks(page):
        compile(textwrap.dedent(block), str(page), "exec")


def test_the_readmes_application_takes_every_kind_of_push(monkeypatch, capsys):
    app = run_as("app", blocks("README.md")[0], monkeypatch).app
    for push in (testing.sms("Hello"), testing.mms_notification(), testing.report()):
        assert push_to(app, push) == (200, b"OK")
    assert capsys.readouterr().out.splitlines() == [
        "sms:4172212931 a text of 5 characters",
        "mms:4172212931 can be fetched until 2099-12-31 12:00:00+00:00",
        "report:77 Read",
    ]


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial/first-push.md"])
def test_the_curl_lines_are_answered_as_printed(page, monkeypatch):
    app = run_as("app", blocks(page)[0], monkeypatch).app
    text = (ROOT / page).read_text()
    lines = re.findall(r"\$ curl 'http://127\.0\.0\.1:5000(/in\?[^']*)'\n(.*)\n", text)
    assert lines
    for target, printed in lines:
        assert app.test_client().get(target).data.decode().strip() == printed


def test_the_tutorials_test_passes(monkeypatch):
    application, test = blocks("docs/tutorial/first-push.md")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    run_as("app", application, monkeypatch)
    run_as("test_app", test, monkeypatch).test_a_text_message_reaches_the_inbox()


@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
@pytest.mark.parametrize("page", ["README.md", "docs/how-to/test.md"])
def test_a_users_first_test_passes(page, monkeypatch):
    import flask
    from adapters.harness import METHODS, routed
    from fastapi import FastAPI

    from mxinbound.adapters import django, fastapi
    from mxinbound.adapters import flask as flask_adapter

    receiver, texts = mxinbound.Receiver(), []

    def on_push(message):
        texts.append(message.text)

    flask_app = flask.Flask("tests", root_path=".")
    flask_app.add_url_rule("/in", view_func=flask_adapter.endpoint(receiver, on_push))
    fastapi_app = FastAPI()
    fastapi_app.add_route("/in", fastapi.endpoint(receiver, on_push), methods=METHODS)
    app = ModuleType("app")
    monkeypatch.setitem(sys.modules, "app", app)
    for block in blocks(page):
        for app.app in (flask_app,) if "test_client" in block else (fastapi_app,) if "TestClient" in block else ():
            run_as("test_app", block, monkeypatch).test_a_text_arrives()
        if "SimpleTestCase" in block:
            with routed(django.endpoint(receiver, on_push), "in"):
                case = run_as("test_app", block, monkeypatch).PushTests("test_a_text_arrives")
                outcome = unittest.TestResult()
                unittest.TestSuite([case])(outcome)
                assert outcome.errors + outcome.failures == []
    assert texts == ["Hello"] * 3


def test_the_how_to_on_tests(monkeypatch):
    by_gateway, bare, builders, deliver, fetch, cases = blocks("docs/how-to/test.md")[3:]
    seen = []
    app = ModuleType("app")
    app.app = wsgi.endpoint(mxinbound.Receiver(), seen.append)
    monkeypatch.setitem(sys.modules, "app", app)
    run_as("test_app", by_gateway, monkeypatch).test_a_text_arrives()
    exec(bare, {"on_push": seen.append})
    assert [message.text for message in seen] == ["Hello", "Hello"]
    exec(builders, page := {})
    assert mxinbound.parse(page["posted"].as_request()).text == "5 €"
    assert page["later"].id == "2"
    for block in (deliver, fetch):
        exec(block, {"__name__": "how_to"})
    exec(cases, page := {})
    for case in testing.malformed_pushes():
        page["test_a_malformed_push_is_forgiven_or_refused"](case)
    for case in testing.hostile_zips():
        page["test_a_hostile_zip_is_refused"](case)


def test_an_adapter_of_ones_own_passes_the_contract_as_shown(monkeypatch):
    (shown,) = blocks("docs/reference/testing.md")
    case = run_as("test_mine", shown, monkeypatch).TestMyAdapter()
    tests = [name for name in dir(case) if name.startswith("test_")]
    assert len(tests) > 20
    for name in tests:
        getattr(case, name)()


def test_the_reference_of_contents():
    exec(blocks("docs/reference/contents.md")[0], {})


def test_the_how_to_on_contents(tmp_path, capsys):
    in_handler, save, save_each, slides, strict = blocks("docs/how-to/contents.md")
    smil = '<smil><body><par dur="5s"><img src="IMG_6807.jpg"/></par></body></smil>'
    parts = [
        ("a.sml", "application/smil", smil),
        ("a.txt", "", "Hello"),
        ("IMG_6807.jpg", "image/jpeg", b"\xff\xd8\xff"),
    ]
    message = mxinbound.parse(testing.mms(parts, subject="Hi").as_request())
    kept = []
    page = {"keep": kept.append, "message": message, "archive": message.archive, "folder": tmp_path}
    exec(in_handler, page)
    page["on_push"](message)
    page["on_push"](mxinbound.parse(testing.mms(archive=b"PK").as_request()))
    assert kept == [b"PK"]
    exec(save.replace("/var/spool/mms", str(tmp_path)), page)
    exec(save_each, page)
    assert {path.name for path in tmp_path.iterdir()} == {
        *(name for name, _, _ in parts),
        *(f"{page['name']}-{name}" for name, _, _ in parts),
    }
    exec(slides, page)
    exec(strict, page)
    assert capsys.readouterr().out.splitlines() == [
        "Hi Hello",
        f"a.sml application/smil {len(smil)}",
        "a.txt text/plain 5",
        "IMG_6807.jpg image/jpeg 3",
        "kept for a human: malformed-content",
        str(tmp_path / "IMG_6807.jpg"),
        "img IMG_6807.jpg 5.0",
        "attached: a.txt",
        "['manifest-bad-type']",
    ]


@pytest.mark.parametrize("name", ["MmsArchive", "MmsPart", "Slide", "Item"])
def test_the_contents_are_all_documented(name):
    text = (ROOT / "docs/reference/contents.md").read_text()
    cls = getattr(mxinbound, name)
    public = {each for each in dir(cls) if not each.startswith("_")} | {"part.name", "part.filename"}
    for each in public - {"open"}:
        assert re.search(rf"^\| .*`(?:[a-z]+\.)?{each.rpartition('.')[2]}\b.*\|", text, re.MULTILINE), each


def table(page):
    """The first cells of a page's table rows, taken apart at commas."""
    rows = re.findall(r"^\| `([^|]*?) \|(.*)\|$", (ROOT / page).read_text(), re.MULTILINE)
    return {code: rest for cell, rest in rows for code in re.findall(r"[a-z][a-z_-]+", cell)}


def test_the_defects_are_all_documented():
    assert set(table("docs/reference/defects.md")) == {*DETAILS, "source-not-allowed", *archive_defects.DETAILS}


def test_the_limits_are_all_documented_with_their_defaults():
    rows = table("docs/reference/limits.md")
    limits = attrs.asdict(Limits())
    assert set(limits) <= set(rows)
    for name, value in limits.items():
        shown = rows[name].split("|")[0]
        printed = (
            {f"{value:,}", f"{value // 2**20} MiB", f"{value // 2**10} KiB"}
            if isinstance(value, int)
            else {f"{value:.0f}"}
        )
        assert any(text in shown for text in printed) or "as `max_archive_bytes`" in shown or "past" in shown, name


def test_the_errors_are_all_documented_with_their_answers():
    text = (ROOT / "docs/reference/errors.md").read_text()
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, MxInboundError) and error.__mro__[1] is MxInboundError:
            (row,) = [line for line in text.splitlines() if line.startswith(f"| `{error.__name__}`")]
            assert f"| {error.status} |" in row
            assert f"`{error.code}`" in row or "and below" in row


def test_the_check_ip_example_prints_what_it_says(capsys):
    from mxinbound.cli import main

    (block,) = [block for block in blocks("docs/how-to/proxies.md", "console") if "check-ip" in block]
    command, _, printed = block.partition("\n")
    arguments = [each.strip("'") for each in re.findall(r"'[^']*'|\S+", command)[2:]]
    assert main(arguments) == 0
    assert capsys.readouterr().out == printed


def test_the_inboxs_worker_undoes_nothing_and_keeps_no_push_waiting(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = ModuleType("page")
    exec(blocks("docs/how-to/never-lose-never-twice.md")[0], vars(page))

    def push(number):
        page.on_push(page.receiver.receive(testing.sms(id=number).as_request()))

    handled = []

    def handle(message):
        handled.append(message.id)
        if handled == ["1", "2"]:
            push("3")  # while this one is handled, after another was
            raise OSError("disk full")
        return "later" if handled == ["1", "2", "2"] else None

    push("1")
    push("2")
    with pytest.raises(OSError, match="disk full"):
        page.work(handle)
    for _ in range(3):
        page.work(handle)
    assert handled == ["1", "2", "2", "3", "2"]


def test_the_inbox_keeps_each_push_once_and_hands_it_to_the_worker(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = ModuleType("page")
    exec(blocks("docs/how-to/never-lose-never-twice.md")[0], vars(page))
    pushes = [testing.sms("Hello"), testing.sms("Hello"), testing.mms_notification(), testing.mms(), testing.mms()]
    for push in pushes:
        page.on_push(page.receiver.receive(push.as_request()))
    spoiled = testing.sms().but("id").as_request()
    with pytest.raises(mxinbound.UnreadablePush) as caught:
        page.receiver.receive(spoiled)
    page.keep(spoiled, caught.value)
    handled = []
    for _ in range(2):
        page.work(handled.append)
    assert [type(message).__name__ for message in handled] == ["Sms", "MmsNotification", "Mms"]
    with page.inbox() as database:
        ((problem, push),) = database.execute("select problem, push from inbox where problem is not null")
    assert problem == "'id' is missing: every push carries one"
    assert mxinbound.InboundRequest.from_bytes(push) == spoiled


def test_the_how_to_on_logging_shows_what_a_record_is_about(monkeypatch, capsys):
    logger = logging.getLogger("mxinbound")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logger.level)
    exec(blocks("docs/how-to/deploy.md")[0], {})
    receiver = mxinbound.Receiver()
    for push in (testing.sms(), testing.sms(peer="203.0.113.9"), testing.sms().but("id")):
        wsgi.endpoint(receiver, lambda message: None)(push.for_wsgi(), lambda *_: None)
    accepted, refused, unreadable = capsys.readouterr().err.splitlines()
    assert accepted.endswith("INFO received a message [sms:4172212931  -]")
    assert refused.endswith("if it is a proxy of yours [- source-refused 203.0.113.9]")
    assert unreadable.endswith("WARNING refused a request (unreadable-push, id-missing) [- unreadable-push -]")


@pytest.mark.parametrize("name", ["aiohttp", "Bottle", "Falcon", "Litestar", "Pyramid", "Quart", "Tornado"])
def test_the_how_to_shows_what_the_example_runs(name):
    section = (ROOT / "docs/how-to/frameworks.md").read_text().partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    (shown,) = re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    example = (ROOT / f"examples/{name.lower()}_app.py").read_text()
    imports = [line for line in shown.splitlines() if line.startswith(("from ", "import "))]
    assert set(imports) <= set(example.splitlines())
    assert "\n".join(line for line in shown.splitlines() if line not in imports).strip() in example


def test_the_errors_of_retrieval_are_all_documented_with_their_codes():
    text = (ROOT / "docs/reference/retrieval.md").read_text()
    for error in (errors.RetrievalError, *errors.RetrievalError.__subclasses__()):
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{error.__name__}` ")]
        assert f"`{error.code}`" in row
        assert row.rstrip("| ").endswith("yes" if error.retryable else "no")


def test_the_retry_policy_is_documented_with_its_defaults():
    shown = ", ".join(f"{each.name}={each.default}" for each in attrs.fields(mxinbound.RetryPolicy))
    assert f"## `RetryPolicy({shown})`" in (ROOT / "docs/reference/retrieval.md").read_text()


def test_the_how_to_on_retrieval(monkeypatch):
    page = {}
    for block in blocks("docs/how-to/retrieve.md")[:2]:
        exec(block, page)
    credentials = mxinbound.Credentials("user", "password")
    gateway = testing.FakeGateway(credentials=credentials)
    gateway.fail("3", 503)
    gateway.html("4")
    fetched, gone, busy, broken = (
        mxinbound.parse(push.as_request())
        for push in (
            gateway.keep(testing.mms([("a.txt", "text/plain", "Hello")], id="1").but("expiry")),
            *(testing.mms_notification(id=each).but("expiry") for each in ("2", "3", "4")),
        )
    )
    with (
        gateway.serve() as endpoint,
        mxinbound.Retriever(credentials, endpoint=endpoint, allow_insecure_http=True, sleep=lambda _: None) as r,
    ):
        assert page["completed"](fetched, r).archive.text == "Hello"
        assert [page["completed"](message, r) for message in (gone, busy)] == [None, "later"]
        with pytest.raises(mxinbound.NotAnArchive):
            page["completed"](broken, r)
    transport = gateway.transport()
    page["AsyncRetriever"] = lambda _: mxinbound.AsyncRetriever(credentials, transport=transport)
    page["Credentials"] = SimpleNamespace(from_env=lambda: None)
    assert asyncio.run(page["texts"](["1", "1"])) == ["Hello", "Hello"]


def test_the_how_to_on_trying_by_hand(tmp_path, monkeypatch):
    from cli.serving import ended_by_ctrl_c

    monkeypatch.chdir(tmp_path)
    page = "docs/how-to/try-by-hand.md"
    pushing, *_, refused = blocks(page, "console")
    answer = re.compile("[0-9.]+ s")
    exec(f"from mxinbound import Receiver\n{blocks(page)[0]}", own := {})

    def push(url):
        command, _, printed = pushing.partition("\n")
        shown = shlex.split(command.removeprefix("$ mxinbound ").replace("http://127.0.0.1:8000/", url))
        assert answer.sub("", pushed(*shown, code=0)) == answer.sub("", printed)
        pushed("push", "sms", url, "--peer", "203.0.113.9", code=1)

    def pushed(*arguments, code):
        done = subprocess.run(
            [sys.executable, "-m", "mxinbound", *arguments], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (code, "")
        return done.stdout

    code, out = ended_by_ctrl_c(["serve", "--keep", "pushes", "--port", "0"], push)
    assert code == 0
    assert out.rstrip().endswith(refused.partition("\n")[2].rstrip())
    exec(blocks(page)[1], read := {})
    assert (read["message"].text, read["message"].id) == ("Hello", "1")
    assert own["receiver"].receive(read["message"].request).id == "1"


def test_the_commands_are_documented_with_all_their_options():
    text = (ROOT / "docs/reference/command-line.md").read_text()
    for command in ("push", "serve"):
        source = (ROOT / f"mxinbound/cli/{command}.py").read_text()
        for option in re.findall(r'"(--[a-z-]+)"', source):
            assert re.search(rf"[`\[]{option}\b", text), option
