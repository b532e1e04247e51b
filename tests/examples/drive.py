"""Loads one example and pushes to it, in a process of its own: Django can be configured only once in each.

Arguments: the example's file, and the path to push to if it is not that of the curl line in its docstring. Prints a
line of JSON for each push: the status, the body, and whether the body of the push was asked for.
"""

import importlib.util
import io
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
    with testing.FakeGateway(application, path=path or url.path) as gateway:
        for name, push in pushes.items():
            body = Body(push.body)
            answer = gateway.push(evolve(push.raw, body=body, headers=push.headers))
            sys.stdout.write(f"{json.dumps([name, answer.status, answer.body.decode(), body.asked])}\n")


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
