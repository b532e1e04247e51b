"""Loads one example and pushes to it, in a process of its own: Django can be configured only once in each.

Arguments: the example's file, and the path to push to if it is not that of the curl line in its docstring. Prints a
line of JSON for each push: the status, the body, and whether the body of the push was asked for.
"""

import asyncio
import importlib.util
import inspect
import json
import re
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve

from mxinbound import testing


def main(file, path=None):
    example = loaded(file)
    url = urlsplit(re.search(r'curl "(.*)"', example.__doc__)[1])
    pushes = {
        "curl": testing.Push(fields=tuple(parse_qsl(url.query)), peer=url.hostname),
        "mms": testing.mms(),
        "notification": testing.mms_notification(),
        "report": testing.report(),
        "stranger": evolve(testing.mms(id="2"), peer="203.0.113.9"),
    }
    application = getattr(example, "application", None) or example.app
    push_to = push_by_asgi if is_asgi(application) else push_by_wsgi
    for name, push in pushes.items():
        status, body, asked = push_to(application, push, path or url.path)
        sys.stdout.write(f"{json.dumps([name, status, body.decode(), asked])}\n")


def loaded(file):
    # Under a name that Django finds it by.
    name = Path(file).stem
    spec = importlib.util.spec_from_file_location(name, file)
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def is_asgi(application):
    return any(map(inspect.iscoroutinefunction, (application, type(application).__call__)))


def push_by_wsgi(application, push, path):
    environ = push.for_wsgi() | {"PATH_INFO": path}
    statuses = []
    answer = application(environ, lambda status, headers, exc_info=None: statuses.append(status))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return int(statuses[0].split()[0]), body, environ["wsgi.input"].tell() > 0


def push_by_asgi(application, push, path):
    scope, receive = push.for_asgi()
    scope |= {"path": path, "raw_path": path.encode()}
    asked, sent = [], []

    async def receive_once():
        if asked:  # the sender stays for the answer
            await asyncio.Event().wait()
        asked.append(True)
        return await receive()

    async def send(event):
        sent.append(event)

    asyncio.run(application(scope, receive_once, send))
    return sent[0]["status"], b"".join(event.get("body", b"") for event in sent), bool(asked)


if __name__ == "__main__":
    main(*sys.argv[1:])
