"""Fixtures for pytest; `pytest_plugins = ["mxinbound.testing.pytest"]` in your `conftest.py` turns them on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest

# So that the contract's assertions say what they compared.
pytest.register_assert_rewrite("mxinbound.testing.contract")

from mxinbound import testing  # noqa: E402  # after the line above


@pytest.fixture
def mx_gateway() -> Generator[Callable[..., testing.FakeGateway]]:
    """Makes gateways, `mx_gateway(app, path="/in")`, which are left when the test ends."""
    with ExitStack() as gateways:
        yield lambda *arguments, **options: gateways.enter_context(testing.FakeGateway(*arguments, **options))


@pytest.fixture(params=testing.malformed_pushes(), ids=lambda case: case.name)
def mx_malformed_push(request: pytest.FixtureRequest) -> testing.MalformedPush:
    """Each of the malformed pushes: a test that asks for it runs once for every one."""
    case: testing.MalformedPush = request.param
    return case


@pytest.fixture(params=testing.hostile_zips(), ids=lambda case: case.name)
def mx_hostile_zip(request: pytest.FixtureRequest) -> testing.HostileZip:
    """Each of the hostile zips."""
    case: testing.HostileZip = request.param
    return case
