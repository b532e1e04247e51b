"""Every example takes the push of its own curl line and one of each kind, and none of a stranger's."""

import json
import os
import ssl
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import trustme
from retrieval.gateway import Gateway, archive

from mxinbound import testing

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE.parents[1] / "examples").glob("*.py"))
RETRIEVE = HERE.parents[1] / "examples" / "retrieve.py"
#: Warnings that are not ours to heed: Pyramid and WebOb, in their latest releases, import modules that go out of use.
TOLERATED = {
    "pyramid_app": (
        "-Wignore:'cgi' is deprecated:DeprecationWarning",
        "-Wignore:pkg_resources is deprecated as an API:UserWarning",
        "-Wignore:Deprecated call to `pkg_resources.declare_namespace:DeprecationWarning",
    )
}
RUNS = [(example, ()) for example in EXAMPLES if example != RETRIEVE] + [
    # The view behind the endpoint that stands in front of Django.
    (example, ("/view",))
    for example in EXAMPLES
    if example.stem == "django_asgi"
]


@pytest.fixture(scope="module", params=RUNS, ids=lambda run: "".join([run[0].stem, *run[1]]))
def run(request, tmp_path_factory):
    example, path = request.param
    return Run(example, path, tmp_path_factory.mktemp(example.stem))


class Run:
    """An example that was pushed to: the answer to each push, whether its body was asked for, and what was left."""

    def __init__(self, example, path, folder):
        done = subprocess.run(
            [sys.executable, "-W", "error", *TOLERATED.get(example.stem, ()), HERE / "drive.py", example, *path],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(HERE.parent)},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        outcomes = [json.loads(line) for line in lines if line.startswith("[")]
        self.answers = {push: (status, body) for push, status, body, _ in outcomes}
        self.asked = {push for push, _, _, asked in outcomes if asked}
        self.printed = "\n".join([*(line for line in lines if not line.startswith("[")), done.stderr])
        self.inbox = folder / "inbox"
        self.refuses_unread = path != ("/view",)


def test_it_accepts_each_kind_of_push(run):
    accepted = {push for push, answer in run.answers.items() if answer == (200, "OK")}
    assert accepted == {"curl", "mms", "notification", "report"}


def test_it_refuses_a_stranger(run):
    status, body = run.answers["stranger"]
    assert (status, "203.0.113.9" in body) == (403, True)


def test_it_refuses_a_stranger_before_asking_for_the_body(run):
    # Django under ASGI asks for every body before it asks any view.
    assert ("stranger" not in run.asked) == run.refuses_unread


def test_it_keeps_what_arrived_and_nothing_else(run):
    mms = testing.mms()
    kept = {path.name: path.read_bytes() for path in run.inbox.iterdir()}
    assert kept == {
        f"{sha256(b'sms:1').hexdigest()}.txt": b"Hi",
        f"{sha256(b'mms:4172212931').hexdigest()}.zip": mms.archive,
    }


def test_nobody_else_may_read_what_it_keeps(run):
    assert run.inbox.stat().st_mode & 0o077 == 0


def test_it_prints_which_messages_came_and_nothing_private(run):
    assert "mms:4172212931" in run.printed
    assert "report:77" in run.printed
    assert not [private for private in ("Hi", "Hello", "4477009", "88600") if private in run.printed]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_it_is_short(example):
    # Tornado has neither an adapter nor a gateway interface that tells the head of a request from its body.
    limit = 80 if example.stem == "tornado_app" else 50
    assert len(example.read_text(encoding="utf-8").splitlines()) < limit


def test_there_is_one_for_each_framework_and_none_too_many():
    assert [example.stem for example in EXAMPLES] == [
        "aiohttp_app",
        "bottle_app",
        "django_asgi",
        "django_wsgi",
        "falcon_app",
        "fastapi_app",
        "flask_app",
        "litestar_app",
        "plain_asgi",
        "plain_wsgi",
        "pyramid_app",
        "quart_app",
        "retrieve",
        "starlette_app",
        "tornado_app",
    ]


def test_the_script_fetches_an_mms_by_its_id(tmp_path):
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with Gateway.of(archive(), tls=tls) as gateway:
        done = subprocess.run(
            [sys.executable, "-W", "error", RETRIEVE, "4172212931"],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            env=os.environ
            | {"MXINBOUND_USER": "user", "MXINBOUND_PASSWORD": "p&ss", "MXINBOUND_ENDPOINT": gateway.url}
            | {"SSL_CERT_FILE": str(tmp_path / "ca.pem")},
        )
    assert (done.stdout, done.stderr, done.returncode) == ("Hello\n", "", 0)
    assert [seen.query for seen in gateway.requests] == [[("user", "user"), ("pass", "p&ss"), ("id", "4172212931")]]


def test_it_is_the_one_that_the_readme_shows():
    assert RETRIEVE.read_text(encoding="utf-8") in (HERE.parents[1] / "README.md").read_text(encoding="utf-8")
