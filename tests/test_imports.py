"""What importing costs: the library brings in no framework, and each adapter its own only."""

import importlib.resources
import inspect
import subprocess
import sys
import textwrap
from types import ModuleType

import pytest

import mxinbound

WATCHED = {
    "aiohttp",
    "asgiref",
    "asyncio",
    "bottle",
    "django",
    "falcon",
    "fastapi",
    "flask",
    "httpx",
    "litestar",
    "pydantic",
    "pyramid",
    "quart",
    "requests",
    "starlette",
    "tornado",
    "werkzeug",
}


def fresh(script):
    """Run a script in an interpreter that has imported nothing yet, where a warning is an error."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


def imported_with(module):
    return WATCHED & set(fresh(f"import sys, {module}; print(*sys.modules)").split())


@pytest.mark.parametrize(
    "module",
    [
        "mxinbound",
        "mxinbound.testing",
        "mxinbound.cli",
        "mxinbound.adapters",
        "mxinbound.adapters.wsgi",
        "mxinbound.adapters.asgi",
    ],
)
def test_the_library_itself_imports_no_framework_no_client_and_no_loop(module):
    assert imported_with(module) == set()


@pytest.mark.parametrize(
    ("framework", "brought"),
    [
        ("flask", {"flask", "werkzeug"}),
        ("django", {"django", "asgiref"}),
        ("starlette", {"starlette"}),
        ("fastapi", {"fastapi", "starlette", "pydantic"}),
        ("aiohttp", {"aiohttp"}),
    ],
)
def test_an_adapter_imports_its_own_framework_only(framework, brought):
    found = imported_with(f"mxinbound.adapters.{framework}")
    # The loop comes with the asynchronous frameworks; Flask has none.
    assert found - {"asyncio"} == brought
    assert "asyncio" not in found or framework != "flask"


@pytest.mark.parametrize("framework", ["flask", "django", "starlette", "fastapi", "aiohttp"])
def test_an_adapter_without_its_framework_fails_where_it_is_imported_and_nowhere_else(framework):
    script = f"""
        import sys
        sys.modules[{framework!r}] = None
        import mxinbound, mxinbound.adapters, mxinbound.adapters.wsgi, mxinbound.adapters.asgi
        try:
            import mxinbound.adapters.{framework}
        except ModuleNotFoundError as error:
            print(error.name.partition(".")[0])
    """
    assert fresh(script) == f"{framework}\n"


@pytest.mark.parametrize("first", ["python_multipart", "starlette.requests", "fastapi", "mxinbound"])
def test_it_parses_with_its_own_multipart_when_python_multipart_is_installed_beside_it(first):
    # Both distributions install something of the name `multipart`.
    script = f"""
        import {first}
        from mxinbound import parse, testing
        import multipart, python_multipart
        assert hasattr(multipart, "PushMultipartParser")
        assert not hasattr(python_multipart, "PushMultipartParser")
        print(type(parse(testing.mms().as_request())).__name__)
    """
    assert fresh(script) == "Mms\n"


class TestTheFrontDoor:
    def test_every_name_can_be_imported(self):
        namespace = {}
        exec("from mxinbound import *", namespace)
        assert {name for name in mxinbound.__all__ if name not in namespace} == set()
        assert all(getattr(mxinbound, name) is namespace[name] for name in mxinbound.__all__)

    def test_every_public_name_is_listed_once(self):
        # Some names are there before they are asked for in `dir` only.
        public = {
            name
            for name in dir(mxinbound)
            if not name.startswith("_") and not isinstance(getattr(mxinbound, name), ModuleType)
        }
        assert public == set(mxinbound.__all__)

    def test_what_is_no_name_is_an_attribute_error(self):
        with pytest.raises(AttributeError, match=r"^module 'mxinbound' has no attribute 'Sender'$"):
            _ = mxinbound.Sender
        assert len(mxinbound.__all__) == len(set(mxinbound.__all__))

    def test_names_are_sorted_constants_first_then_classes_then_functions(self):
        def place(name):
            return (0 if name.isupper() else 1 if name[0].isupper() else 2), name

        assert mxinbound.__all__ == sorted(mxinbound.__all__, key=place)

    def test_the_documented_names_are_there(self):
        assert set(mxinbound.__all__) >= {
            *("Receiver", "InboundRequest", "Reply", "Limits", "parse"),
            *("Sms", "Mms", "MmsNotification", "MmsReport", "InboundMessage", "Defect", "MmsArchive"),
            *("Networks", "MX_NETWORKS", "SourceVerdict", "Hop", "RETRIEVE_URL"),
            *("MxInboundError", "SourceRefused", "RequestTooLarge", "MethodNotAllowed", "UnreadablePush"),
            *("BodyIncomplete", "BodyConsumed", "ConfigurationError", "InsecureReceiverWarning"),
        }

    def test_everything_public_is_documented(self):
        for name in mxinbound.__all__:
            value = getattr(mxinbound, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                assert inspect.getdoc(value), name

    @pytest.mark.parametrize("adapter", ["wsgi", "asgi", "flask", "django", "starlette", "fastapi", "aiohttp"])
    def test_each_adapter_has_the_same_four_verbs(self, adapter):
        module = importlib.import_module(f"mxinbound.adapters.{adapter}")
        assert [
            verb for verb in ("read", "receive", "reply", "endpoint") if not callable(getattr(module, verb, None))
        ] == []

    def test_the_package_says_that_it_is_typed(self):
        assert importlib.resources.files(mxinbound).joinpath("py.typed").is_file()
