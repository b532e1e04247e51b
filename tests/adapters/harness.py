"""Each adapter behind one face: a request off the wire goes in, and comes out as what the adapter makes of it.

A harness knows how its framework would hand the request over, and nothing about what should come of it.
"""

import asyncio
import io
import sys
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace

import attrs
import django
import flask as flask_framework
from aiohttp import web
from aiohttp.http import HttpVersion11, RawRequestMessage
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler, ASGIRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import got_request_exception
from django.urls import clear_url_caches, path
from fastapi import FastAPI
from in_memory import Transport, exchange
from multidict import CIMultiDict, CIMultiDictProxy
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.routing import Route
from yarl import URL

from mxinbound import InboundMessage, InboundRequest, Limits
from mxinbound.adapters import aiohttp, asgi, fastapi, flask, starlette, wsgi
from mxinbound.adapters import django as django_adapter
from mxinbound.testing import RawPush

urls = ModuleType("urls_of_the_tests")
urls.urlpatterns = []
settings.configure(
    ROOT_URLCONF=urls,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="not a secret",
    MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware", "django.middleware.common.CommonMiddleware"],
)
django.setup()


class Wire(RawPush):
    """A request as the bytes that a server reads."""

    @classmethod
    def of(cls, push):
        values = {field.alias: getattr(push, field.name) for field in attrs.fields(RawPush)}
        return push if isinstance(push, cls) else cls(**values)

    @property
    def target(self):
        return b"/?" + self.query if self.query else b"/"

    def on_the_wire(self):
        head = b"%b %b HTTP/1.1\r\n" % (self.method.encode(), self.target)
        # Servers insist on a host.
        host = () if any(name.lower() == "host" for name, _ in self.headers) else (("Host", "localhost"),)
        lines = [f"{name}: {value}\r\n" for name, value in (*host, *self.headers)]
        head += "".join(lines).encode("latin-1") + b"\r\n"
        if not self.chunked:
            return head + self.body
        pieces = [*self.pieces(), b""]
        return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)

    def pieces(self):
        stream = self.stream()
        return iter(lambda: stream.read(self.chunk_bytes), b"")


@attrs.frozen
class Answer:
    status: int
    headers: dict
    body: bytes


def call_wsgi(application, environ):
    seen = {}

    def start_response(status, headers, exc_info=None):
        seen.update(status=int(status[:3]), headers={name.lower(): value for name, value in headers})

    iterable = application(environ, start_response)
    body = b"".join(iterable)
    if hasattr(iterable, "close"):
        iterable.close()
    return Answer(body=body, **seen)


async def call_asgi(application, scope, receive):
    events = []

    async def send(event):
        events.append(event)

    await application(scope, receive, send)
    start = next(event for event in events if event["type"] == "http.response.start")
    body = b"".join(event.get("body", b"") for event in events if event["type"] == "http.response.body")
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], headers, body)


@contextmanager
def routed(view, route=""):
    """Makes it the one view of the Django project; what the view raises, which Django answers 500, is raised again."""
    urls.urlpatterns = [path(route, view)]
    clear_url_caches()
    raised = []

    def keep(sender, **_):
        raised.append(sys.exc_info()[1])

    got_request_exception.connect(keep)
    try:
        yield
    finally:
        got_request_exception.disconnect(keep)
    for error in raised:
        raise error


class Wsgi:
    takes_async = False

    def read(self, wire, limits=Limits()):
        return wsgi.read(wire.for_wsgi(), limits=limits)

    def receive(self, receiver, wire):
        return wsgi.receive(receiver, wire.for_wsgi())

    def reply(self, reply):
        return call_wsgi(wsgi.reply(reply), RawPush().for_wsgi())

    def push(self, wire, receiver, handler, **options):
        return call_wsgi(wsgi.endpoint(receiver, handler, **options), wire.for_wsgi())


class Asgi:
    takes_async = True

    def read(self, wire, limits=Limits()):
        return asyncio.run(asgi.read(*wire.for_asgi(), limits=limits))

    def receive(self, receiver, wire):
        return asyncio.run(asgi.receive(receiver, *wire.for_asgi()))

    def reply(self, reply):
        return asyncio.run(call_asgi(asgi.reply(reply), *RawPush().for_asgi()))

    def push(self, wire, receiver, handler, **options):
        return asyncio.run(call_asgi(asgi.endpoint(receiver, handler, **options), *wire.for_asgi()))


class Flask:
    takes_async = True

    def native(self, wire):
        return flask_framework.Request(wire.for_wsgi())

    def read(self, wire, limits=Limits()):
        return flask.read(self.native(wire), limits=limits)

    def receive(self, receiver, wire):
        return flask.receive(receiver, self.native(wire))

    def reply(self, reply):
        return call_wsgi(flask.reply(reply), RawPush().for_wsgi())

    def push(self, wire, receiver, handler, **options):
        app = flask_framework.Flask("tests", root_path=".")
        app.config["PROPAGATE_EXCEPTIONS"] = True
        app.add_url_rule("/", view_func=flask.endpoint(receiver, handler, **options))
        return call_wsgi(app, wire.for_wsgi())


class DjangoWsgi:
    takes_async = True

    def native(self, wire):
        return WSGIRequest(wire.for_wsgi())

    def read(self, wire, limits=Limits()):
        return django_adapter.read(self.native(wire), limits=limits)

    def receive(self, receiver, wire):
        return django_adapter.receive(receiver, self.native(wire))

    def reply(self, reply):
        return answer_of(django_adapter.reply(reply))

    def push(self, wire, receiver, handler, **options):
        with routed(django_adapter.endpoint(receiver, handler, **options)):
            return call_wsgi(WSGIHandler(), wire.for_wsgi())


class DjangoAsgi(DjangoWsgi):
    def native(self, wire):
        return ASGIRequest(wire.for_asgi()[0], wire.stream())

    def push(self, wire, receiver, handler, **options):
        with routed(django_adapter.endpoint(receiver, handler, **options)):
            return asyncio.run(call_asgi(ASGIHandler(), *wire.for_asgi()))


class OfStarlette:
    takes_async = True
    adapter = starlette

    def native(self, wire):
        return StarletteRequest(*wire.for_asgi())

    def read(self, wire, limits=Limits()):
        return asyncio.run(self.adapter.read(self.native(wire), limits=limits))

    def receive(self, receiver, wire):
        return asyncio.run(self.adapter.receive(receiver, self.native(wire)))

    def reply(self, reply):
        return asyncio.run(call_asgi(self.adapter.reply(reply), *RawPush().for_asgi()))

    def application(self, receiver, handler, **options):
        return Starlette(routes=[Route("/", self.adapter.endpoint(receiver, handler, **options), methods=METHODS)])

    def push(self, wire, receiver, handler, **options):
        return asyncio.run(call_asgi(self.application(receiver, handler, **options), *wire.for_asgi()))


class FastApi(OfStarlette):
    adapter = fastapi

    def application(self, receiver, handler, **options):
        app = FastAPI()
        app.api_route("/", methods=METHODS)(fastapi.endpoint(receiver, handler, **options))
        return app


class FastApiDependency(FastApi):
    """The message as a dependency: the view is the user's own, so its reply is FastAPI's affair."""

    def application(self, receiver, handler, **options):
        from typing import Annotated

        from fastapi import Depends
        from fastapi.responses import PlainTextResponse

        app = FastAPI()

        def view(message: Annotated[InboundMessage, Depends(fastapi.inbound(receiver, **options))]):
            handler(message)
            return PlainTextResponse("OK")

        app.api_route("/", methods=METHODS)(view)
        fastapi.install(app)
        return app


class Aiohttp:
    takes_async = True

    def native(self, wire):
        """A request that is fed as if by a connection, while the loop runs."""
        wire = Wire.of(wire)
        raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in wire.headers]
        texts = [[each.decode("utf-8", "surrogateescape") for each in pair] for pair in raw_headers]
        target = wire.target.decode("utf-8", "surrogateescape")
        transport = Transport(wire.peer)
        protocol = SimpleNamespace(
            transport=transport,
            peername=transport.get_extra_info("peername"),
            sockname=None,
            ssl_context=None,
            connected=True,
            _reading_paused=False,
            max_field_size=8190,
            max_headers=128,
            pause_reading=lambda: None,
            resume_reading=lambda **_: None,
        )
        message = RawRequestMessage(
            method=wire.method,
            path=target,
            version=HttpVersion11,
            headers=CIMultiDictProxy(CIMultiDict(texts)),
            raw_headers=tuple(raw_headers),
            should_close=False,
            compression=None,
            upgrade=False,
            chunked=wire.chunked,
            url=URL(target, encoded=True),
        )
        loop = asyncio.get_running_loop()
        if not isinstance(wire.body, bytes):
            payload = wire.body
        elif wire.body or wire.chunked:
            payload = StreamReader(protocol, 2**16, loop=loop)
            protocol.feeding = loop.create_task(self.feed(payload, wire))
        else:
            payload = EMPTY_PAYLOAD
        return web.Request(message, payload, protocol, None, None, loop)

    async def feed(self, payload, wire):
        for piece in wire.pieces():
            payload.feed_data(piece)
            await asyncio.sleep(0)
        if wire.leaves_after is None:
            payload.feed_eof()
        else:
            payload.set_exception(ConnectionResetError("Connection lost"))

    def read(self, wire, limits=Limits()):
        async def run():
            return await aiohttp.read(self.native(wire), limits=limits)

        return asyncio.run(run())

    def receive(self, receiver, wire):
        async def run():
            return await aiohttp.receive(receiver, self.native(wire))

        return asyncio.run(run())

    def reply(self, reply):
        async def view(request):
            return aiohttp.reply(reply)

        return self.ask(RawPush(), view)

    def push(self, wire, receiver, handler, **options):
        return self.ask(wire, aiohttp.endpoint(receiver, handler, **options))

    def ask(self, wire, view):
        """Ask an application with this view; what the view raises, which aiohttp answers 500, is raised again."""
        raised = []

        @web.middleware
        async def keep(request, handler):
            try:
                return await handler(request)
            except Exception as error:
                raised.append(error)
                raise

        app = web.Application(middlewares=[keep])
        app.router.add_route("*", "/", view)
        status, headers, body = asyncio.run(exchange(app, Wire.of(wire).on_the_wire(), wire.peer))
        for error in raised:
            raise error
        return Answer(status, headers, body)


METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT"]


def answer_of(response):
    return Answer(response.status_code, {name.lower(): value for name, value in response.items()}, response.content)


HARNESSES = {
    "wsgi": Wsgi(),
    "asgi": Asgi(),
    "flask": Flask(),
    "django-wsgi": DjangoWsgi(),
    "django-asgi": DjangoAsgi(),
    "starlette": OfStarlette(),
    "fastapi": FastApi(),
    "aiohttp": Aiohttp(),
}
#: Django under ASGI takes the whole body in and decodes the query as UTF-8 before any view sees the request.
FIRST_HAND = {name: harness for name, harness in HARNESSES.items() if name != "django-asgi"}
ENDPOINTS = HARNESSES | {"fastapi-dependency": FastApiDependency()}


def without_time(request: InboundRequest) -> InboundRequest:
    """The request less the one thing that differs between two readings of one push."""
    return attrs.evolve(request, received_at=None)


class Untouchable(io.RawIOBase):
    """A body that must not be read."""

    def __len__(self):
        return 1000

    def read(self, size=-1):
        raise AssertionError("the body was touched")

    readinto = readline = read
