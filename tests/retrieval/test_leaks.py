"""Whatever a retrieval comes to, nobody who watches it learns the user and password; the gateway does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from retrieval.fetching import PASSWORD, USER, WAYS
from retrieval.leaking import CONTROL, ID, INSTRUMENTED, OTHERS, REDIRECTED
from retrieval.outcomes import OUTCOMES

from mxinbound.retrieval.transport import httpx

SCRIPT = Path(__file__).with_name("leaking.py")
# However they are written, in a URL, in JSON, in bytes or in a repr, these stay what they are.
SECRETS = ["us3r", "5ecret"]

ROUTES = ["directly", "by proxy"]
ECHOES = {"a redirect that echoes the query", "a head that echoes the query"}
EXCEPTION = ["exception", "traceback"]
LOGS = ["log at INFO", "log at DEBUG"]
OBSERVERS = [*EXCEPTION, *LOGS, *(["opentelemetry"] if INSTRUMENTED else []), "sentry"]
CORE = httpx.__name__.replace("httpx", "httpcore")

ALL = {each.name: each for each in [*OUTCOMES, *OTHERS, REDIRECTED]}
RUNS = [
    (way, route, name)
    for way in WAYS
    for route in ROUTES
    for name, each in ALL.items()
    if way != "sync" or each.error is not TimeoutError
]


@pytest.fixture(scope="module")
def runs():
    """What all saw, each way in a process of its own, since those who watch change what they watch."""
    paths = [str(SCRIPT.parents[1]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
    started = [
        subprocess.Popen([sys.executable, SCRIPT, way], env=environment, stdout=subprocess.PIPE, text=True)
        for way in WAYS
    ]
    printed = [each.communicate(timeout=60)[0] for each in started]
    assert [each.returncode for each in started] == [0] * len(WAYS)
    return {way: json.loads(text) for way, text in zip(WAYS, printed, strict=True)}


@pytest.fixture
def seen(request, runs):
    way, route, name = request.param
    return runs[way][f"{name}, {route}"]


def each_run(of=RUNS):
    return pytest.mark.parametrize("seen", of, ids=["-".join(run) for run in of], indirect=True)


def shown_in(text):
    return [secret for secret in SECRETS if secret in text]


def test_the_secrets_to_look_for_are_of_the_user_and_the_password():
    assert [secret in whole for secret, whole in zip(SECRETS, [USER, PASSWORD], strict=True)] == [True, True]


OF_HTTPX_ONLY = pytest.mark.skipif(not INSTRUMENTED, reason="OpenTelemetry's instrumentation is of httpx only")


@pytest.mark.parametrize("observer", [*EXCEPTION, *LOGS, pytest.param("opentelemetry", marks=OF_HTTPX_ONLY), "sentry"])
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("way", WAYS)
def test_each_observer_would_see_them_if_httpx_did_it_by_itself(runs, way, route, observer):
    assert shown_in(runs[way][f"{CONTROL.name}, {route}"]["observers"][observer]) == SECRETS


@each_run()
def test_no_observer_sees_them(seen, request):
    leaks = {observer: shown_in(text) for observer, text in seen["observers"].items()}
    if request.node.callspec.params["seen"][2] in ECHOES:
        # httpcore writes the heads of answers into its log, at DEBUG; what a server puts there is seen.
        assert leaks.pop("log at DEBUG") == SECRETS
        loud = [text for text in seen["loud"] if shown_in(text)]
        assert len(loud) == 1
        assert loud[0].startswith(f"{CORE}.http11: receive_response_headers.complete return_value=")
    assert {observer: found for observer, found in leaks.items() if found} == {}


@each_run()
def test_each_observer_sees_the_rest(seen, request):
    _, route, name = request.node.callspec.params["seen"]
    outcome = ALL[name]
    observers = seen["observers"]
    assert list(observers) == [
        *(EXCEPTION if outcome.error else []), *OBSERVERS[2:], *(["proxy"] if "proxy" in observers else [])
    ]  # fmt: skip
    blind = {observer for observer, text in observers.items() if ID not in text}
    may_be_blind = {"proxy"}
    if outcome.error in {OSError, TimeoutError}:
        may_be_blind |= {"exception"}
    # What is logged is the answer, which a reset overtakes on its way through a proxy.
    if outcome.status is None or (route, name) == ("by proxy", "a reset"):
        may_be_blind |= {"log at INFO", "log at DEBUG"}
    assert blind <= may_be_blind
    assert observers["log at DEBUG"]


@each_run()
def test_the_gateway_gets_them(seen, request):
    _, _, name = request.node.callspec.params["seen"]
    never = {"a connection refused", "a certificate refused"}
    assert seen["requests"] == ([] if name in never else [[["user", USER], ["pass", PASSWORD], ["id", ID]]])


@each_run([run for run in RUNS if ALL[run[2]].error and ALL[run[2]].error is not TimeoutError])
def test_the_error_has_nothing_behind_it(seen, request):
    error = ALL[request.node.callspec.params["seen"][2]].error
    assert (seen["error"], seen["chain"]) == (error.__name__, [])


@each_run([run for run in RUNS if run[1] == "by proxy"])
def test_a_proxy_is_told_the_host_only(seen):
    told, _, rest = seen["observers"]["proxy"].partition("\r\n")
    method, target, version = told.split(" ")
    assert (method, version) == ("CONNECT", "HTTP/1.1")
    assert target.startswith("127.0.0.1:")
    assert rest


@each_run([run for run in RUNS if run[2] == REDIRECTED.name])
def test_another_host_is_not_even_asked(seen):
    assert seen["others"] == 0
    assert len(seen["requests"]) == 1
