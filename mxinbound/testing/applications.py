"""Giving a push to an application, in process or over HTTP, and taking its answer.

In: a WSGI or ASGI application, or a URL. Out: status and body. What the application raises is raised again, and so is
what Flask or Django catch on its way and answer 500. Nothing of any framework is imported or changed.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from mxinbound.errors import ConfigurationError

if TYPE_CHECKING:
    import asyncio

    from mxinbound.testing.forms import RawPush
    from mxinbound.testing.pushes import Push

#: The gateway waits that long for an answer.
_PATIENCE_SECONDS: Final = 60.0

#: What a framework caught while it handled the push of this context.
_caught: ContextVar[list[BaseException] | None] = ContextVar("mxinbound_caught", default=None)


#: Seconds, from any moment on.
Clock: TypeAlias = Callable[[], float]
#: The status and body of an answer, and the seconds it took.
Outcome: TypeAlias = tuple[int, bytes, float]


class Caller(Protocol):
    """Gives pushes to one application."""

    def __call__(self, push: Push | RawPush, clock: Clock, /) -> Outcome:
        """The answer."""
        ...

    def close(self) -> None:
        """Leave the application."""
        ...


def caller_of(application: object, path: str) -> Caller:
    """What gives pushes to an application, at one of its paths, or to a URL.

    Raises:
        ConfigurationError: for anything else.
    """
    if isinstance(application, str):
        return _Url(application)
    if not callable(application):
        raise ConfigurationError("a FakeGateway pushes to a WSGI application, an ASGI application or a URL")
    is_asgi = any(map(inspect.iscoroutinefunction, (application, type(application).__call__)))
    return _Asgi(application, path) if is_asgi else _Wsgi(application, path)


class _Url:
    """Over HTTP. The address that the push comes from is in X-Forwarded-For, as behind a proxy."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        if self._url.scheme not in {"http", "https"} or not self._url.hostname:
            raise ConfigurationError("a FakeGateway pushes to an http or https URL")

    def __call__(self, push: Push | RawPush, clock: Clock, /) -> Outcome:
        import http.client  # noqa: PLC0415  # it takes longer to load than all of this package

        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=_PATIENCE_SECONDS)
        query = "&".join(filter(None, (self._url.query, push.query.decode("latin-1"))))
        target = f"{self._url.path or '/'}?{query}" if query else self._url.path or "/"
        started = clock()
        try:
            connection.putrequest(push.method, target, skip_host=any(name == "host" for name, _ in push.headers))
            for name, value in (*push.headers, ("x-forwarded-for", push.peer)):
                connection.putheader(name, value)
            connection.endheaders(push.body, encode_chunked=dict(push.headers).get("transfer-encoding") == "chunked")
            response = connection.getresponse()
            return response.status, response.read(), clock() - started
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing stays open."""


class _Wsgi:
    def __init__(self, application: Callable[..., Any], path: str) -> None:
        self._application = application
        self._path = path

    def __call__(self, push: Push | RawPush, clock: Clock, /) -> Outcome:
        started: list[str] = []
        written: list[bytes] = []

        def start_response(status: str, *_: object) -> Callable[[bytes], None]:
            started.append(status)
            return written.append

        started_at = clock()
        with _raised_again():
            answer = self._application(push.for_wsgi(self._path), start_response)
            try:
                written += answer
            finally:
                seconds = clock() - started_at
                if hasattr(answer, "close"):
                    answer.close()
        if not started:
            raise RuntimeError("the application did not call start_response")
        return int(started[-1].split()[0]), b"".join(written), seconds

    def close(self) -> None:
        """Nothing stays open."""


class _Asgi:
    """On one event loop in a thread of its own, with the lifespan of the application around all pushes."""

    def __init__(self, application: Callable[..., Any], path: str) -> None:
        self._application = application
        self._path = path
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lifespan = _Lifespan(application)

    def __call__(self, push: Push | RawPush, clock: Clock, /) -> Outcome:
        import asyncio  # noqa: PLC0415  # for those who test under ASGI only

        with self._lock:
            if self._loop is None:
                self._loop = self._running_loop()
                try:
                    asyncio.run_coroutine_threadsafe(self._lifespan.start(), self._loop).result()
                except BaseException:
                    self._stop(self._loop)
                    raise
            loop = self._loop
        return asyncio.run_coroutine_threadsafe(self._answer(push, clock), loop).result()

    async def _answer(self, push: Push | RawPush, clock: Clock) -> Outcome:
        scope, receive = push.for_asgi(self._path)
        if self._lifespan.state is not None:
            scope["state"] = self._lifespan.state.copy()
        events: list[dict[str, Any]] = []
        started = ended = clock()

        async def send(event: dict[str, Any]) -> None:
            nonlocal ended
            events.append(event)
            ended = clock()  # what the application does after its last event, the gateway does not wait for

        with _raised_again():
            await self._application(scope, receive, send)
        statuses = [event["status"] for event in events if event["type"] == "http.response.start"]
        if not statuses:
            raise RuntimeError("the application did not send http.response.start")
        return statuses[0], b"".join(event.get("body", b"") for event in events), ended - started

    def close(self) -> None:
        """End the lifespan of the application, and the loop."""
        import asyncio  # noqa: PLC0415  # as above

        with self._lock:
            if self._loop is not None:
                try:
                    asyncio.run_coroutine_threadsafe(self._lifespan.end(), self._loop).result()
                finally:
                    self._stop(self._loop)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        import asyncio  # noqa: PLC0415  # as above

        loop = asyncio.new_event_loop()

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.get_loop().run_forever()

        self._thread = threading.Thread(target=run, name="mxinbound-testing", daemon=True)
        self._thread.start()
        return loop

    def _stop(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        self._loop = None


class _Lifespan:
    """ASGI's lifespan protocol. An application that does not know it is left alone, as servers do."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application
        self._task: asyncio.Task[None] | None = None
        #: What the application keeps there when it starts, for its requests; None if it has no lifespan.
        self.state: dict[str, Any] | None = None

    async def start(self) -> None:
        import asyncio  # noqa: PLC0415  # as above

        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        state: dict[str, Any] = {}
        self._task = asyncio.ensure_future(self._run(state))
        if await self._passed("startup"):
            self.state = state

    async def end(self) -> None:
        if self.state is not None and not await self._passed("shutdown"):
            assert self._task is not None
            self._task.result()  # raises what the application did

    async def _run(self, state: dict[str, Any]) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": await self._events.get()}

        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": state}
        await self._application(scope, receive, self._answers.put)

    async def _passed(self, what: str) -> bool:
        """Whether the application took part; it may say why it fails, which is raised."""
        import asyncio  # noqa: PLC0415  # as above

        assert self._task is not None
        await self._events.put(f"lifespan.{what}")
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            # It went without a word: it does not know the protocol, and says so by raising whatever it likes.
            self._task.exception()  # or it would be reported as never looked at
            return False
        event = answer.result()
        if event["type"] == f"lifespan.{what}.failed":
            raise RuntimeError(f"the application failed at {what}: {event.get('message', '')}")
        return True


@contextmanager
def _raised_again() -> Generator[None]:
    """Raise what a framework catches of what the application raises meanwhile, and tells by a signal of its own."""
    # Only what the application itself has imported can be running it.
    for name in ("flask.signals", "django.core.signals"):
        if name in sys.modules:  # connecting a second time changes nothing
            sys.modules[name].got_request_exception.connect(_keep)
    caught: list[BaseException] = []
    token = _caught.set(caught)
    try:
        yield
    finally:
        _caught.reset(token)
    if caught:
        raise caught[0]


def _keep(sender: object, **about: Any) -> None:  # noqa: ARG001  # Django gives it by its name
    """Keep an error for the push of this context, if there is one: the signals tell of everything in the process."""
    error = about.get("exception") or sys.exc_info()[1]  # Django says nothing, and is handling it
    if (caught := _caught.get()) is not None and error is not None:
        caught.append(error)
