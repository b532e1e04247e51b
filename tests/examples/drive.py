"""Loads one example and pushes to it, in a process of its own: Django can be configured only once in each.

Arguments: the example's file, and the path to push to if it is not that of the curl line in its docstring. Prints a
line of JSON for each push: the status, the body, and whether the body of the push was asked for.
"""

import asyncio
import importlib
import importlib.util
import io
import json
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve

from mxinbound import testing

STRANGER = "203.0.113.9"
#: What speaks HTTP with the applications of a framework, in memory or over a socket.
EXCHANGES = {"aiohttp": "in_memory", "tornado": "with_tornado"}


def main(file, path=None):
    example = loaded(file)
    url = urlsplit(re.search(r'curl "(.*)"', example.__doc__)[1])
    pushes = {
        "curl": testing.Push(fields=tuple(parse_qsl(url.query)), peer=url.hostname),
        "mms": testing.mms(),
        "notification": testing.mms_notification(),
        "report": testing.report(),
        "stranger": evolve(testing.mms(id="2"), peer=STRANGER),
    }
    application = getattr(example, "application", None) or example.app
    framework = type(application).__module__.partition(".")[0]
    way_in = by_http if framework in EXCHANGES else by_the_gateway
    with way_in(application, path or url.path) as push_to:
        for name, push in pushes.items():
            status, body, asked = push_to(push)
            sys.stdout.write(f"{json.dumps([name, status, body.decode(), asked])}\n")


@contextmanager
def by_the_gateway(application, path):
    with testing.FakeGateway(application, path=path) as gateway:

        def push_to(push):
            body = Body(push.body)
            answer = gateway.push(evolve(push.raw, body=body, headers=push.headers))
            return answer.status, answer.body, body.asked

        yield push_to


@contextmanager
def by_http(application, path):
    """For those who are neither WSGI nor ASGI."""
    exchange = importlib.import_module(EXCHANGES[type(application).__module__.partition(".")[0]]).exchange

    def push_to(push):
        # Neither gives a sign when it asks for the body, so a stranger's is held back: who answers has not asked.
        stranger = push.peer == STRANGER
        target = f"{path}?{push.query.decode()}" if push.query else path
        lines = [f"{push.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in push.headers)]
        request = "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if stranger else push.body)
        status, _, body = runner.run(exchange(application, request, push.peer))
        return status, body, not stranger

    with asyncio.Runner() as runner:  # one for all: an aiohttp application stays with its first loop
        yield push_to


class Body(io.BytesIO):
    """A body that knows whether somebody has asked for it."""

    asked = False

    def read(self, size=-1):
        self.asked = True
        return super().read(size)


def loaded(file):
    # Under a name that Django finds it by.
    name = Path(file).stem
    spec = importlib.util.spec_from_file_location(name, file)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


if __name__ == "__main__":
    main(*sys.argv[1:])
