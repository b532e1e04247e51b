"""What the server tests run: an endpoint for each path, once as a WSGI application and once as an ASGI application.

Each message that arrives becomes a line of JSON in the file that the environment variable RECORD names. What the
library logs goes to stderr.
"""

import hashlib
import json
import logging
import os

from mxinbound import Limits, Mms, Receiver, Sms
from mxinbound.adapters import asgi, wsgi

logging.getLogger("mxinbound").addHandler(logging.StreamHandler())

HERE = ("127.0.0.1",)


def record(message):
    line = {"id": message.id, "kind": type(message).__name__, "pid": os.getpid()}
    match message:
        case Sms():
            line["text"] = message.text
        case Mms():
            raw = message.archive.raw
            line |= {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    # One write for each line, which appending files keep whole whoever else writes.
    file = os.open(os.environ["RECORD"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{json.dumps(line)}\n".encode())
    os.close(file)


def fail(message):
    raise RuntimeError(f"the handler failed on {message.id}")


PATHS = {
    "/": (Receiver(networks=HERE), record),
    "/failing": (Receiver(networks=HERE), fail),
    "/gateway-only": (Receiver(), record),
    "/impatient": (Receiver(networks=HERE, limits=Limits(max_read_seconds=0.3)), record),
    "/small": (Receiver(networks=HERE, limits=Limits(max_body_bytes=100_000, spool_bytes=10_000)), record),
    "/unix": (Receiver(networks=("unix:",)), record),
}
_WSGI = {path: wsgi.endpoint(*each) for path, each in PATHS.items()}
_ASGI = {path: asgi.endpoint(*each) for path, each in PATHS.items()}


def wsgi_application(environ, start_response):
    return _WSGI[environ["PATH_INFO"]](environ, start_response)


async def asgi_application(scope, receive, send):
    await _ASGI[scope.get("path", "/")](scope, receive, send)
