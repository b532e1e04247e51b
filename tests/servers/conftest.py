"""The servers of the tests, each started when it is first asked for and kept to the end."""

import pytest
from servers.kit import ASYNC_SERVERS, SERVERS, Server


@pytest.fixture(scope="session")
def running():
    servers = {}

    def started(name, *, unix=False):
        if (name, unix) not in servers:
            servers[name, unix] = Server(name, unix=unix)
        return servers[name, unix]

    yield started
    for server in servers.values():
        server.terminate()
    said = {key: server.stop() for key, server in servers.items()}
    # An unclosed temporary file above all.
    assert not {key: text for key, text in said.items() if "unclosed file" in text}


@pytest.fixture(params=SERVERS)
def server(request, running):
    return running(request.param)


@pytest.fixture(params=ASYNC_SERVERS)
def async_server(request, running):
    return running(request.param)


@pytest.fixture(params=SERVERS)
def unix_server(request, running):
    return running(request.param, unix=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed and report.when == "call":
        servers = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Server)]
        report.sections += [(f"What {server.name} said", server.stderr) for server in servers]
    return report
