"""Giving a push to an ASGI application, in process.

In: an application, and pushes from any thread. Out: status, body and seconds. It runs on one event loop in a thread of
its own, with its lifespan around all pushes. What it raises is raised to whoever pushed, whatever kind of exception it
is.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mxinbound.errors import ConfigurationError
from mxinbound.testing.caught import raised_again

if TYPE_CHECKING:
    from mxinbound.testing.applications import Clock, Outcome
    from mxinbound.testing.forms import RawPush

_T = TypeVar("_T")
_LIFESPAN: Final = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}


class Asgi:
    """Gives pushes to an ASGI application at one of its paths."""

    def __init__(self, application: Callable[..., Any], path: str) -> None:
        self._application = application
        self._path = path
        self._lock = threading.Lock()
        self._loop: _Loop | None = None
        self._lifespan = _Lifespan(application)

    def __call__(self, push: RawPush, clock: Clock, /) -> Outcome:
        """The answer to a push."""
        with self._lock:
            if self._loop is None:
                loop = _Loop()
                try:
                    loop.run(self._lifespan.start())
                except BaseException:
                    loop.stop()
                    raise
                self._loop = loop
                # For those who never leave the gateway: no task may be pending when the interpreter ends.
                self._forgotten = weakref.finalize(self, loop.stop)
            loop = self._loop
        return loop.run(self._answer(push, clock))

    async def _answer(self, push: RawPush, clock: Clock) -> Outcome:
        scope = push.scope(self._path)
        if self._lifespan.state is not None:
            scope["state"] = self._lifespan.state.copy()
        events: list[dict[str, Any]] = []
        answered = asyncio.Event()
        started = ended = clock()

        async def send(event: dict[str, Any]) -> None:
            nonlocal ended
            events.append(event)
            ended = clock()  # what the application does after its last event, the gateway does not wait for
            if event["type"] == "http.response.body" and not event.get("more_body", False):
                answered.set()

        with raised_again():
            await self._application(scope, push.receive(answered.wait), send)
        statuses = [event["status"] for event in events if event["type"] == "http.response.start"]
        if not statuses:
            raise RuntimeError("the application did not send http.response.start")
        if not answered.is_set():
            raise RuntimeError("the application did not send the end of its http.response.body")
        return statuses[0], b"".join(event.get("body", b"") for event in events), ended - started

    def close(self) -> None:
        """End the lifespan of the application, and the loop."""
        with self._lock:
            if self._loop is not None:
                try:
                    self._loop.run(self._lifespan.end())
                finally:
                    self._forgotten()
                    self._loop = None


class _Loop:
    """An event loop that runs in a thread of its own until it is stopped."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="mxinbound-testing", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            loop = runner.get_loop()
            while not self._over:
                # A task that exits stops the loop it is on. Who waits for the task is told why; the others go on.
                with suppress(SystemExit, KeyboardInterrupt):
                    loop.run_forever()

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """What a coroutine returns, or raises, on the loop."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise ConfigurationError("this push would wait for itself: push from another thread (asyncio.to_thread)")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def stop(self) -> None:
        """Cancel what still runs, and end the thread."""
        self._over = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        if threading.current_thread() is not self._thread:  # where the collector may find that it was forgotten
            self._thread.join()


class _Lifespan:
    """ASGI's lifespan protocol. An application that does not know it is left alone, as servers do."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application
        #: What the application keeps there when it starts, for its requests; None if it has no lifespan.
        self.state: dict[str, Any] | None = None

    async def start(self) -> None:
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.state = None
        state: dict[str, Any] = {}
        self._task = asyncio.ensure_future(self._run(state))
        if await self._passed("startup"):
            self.state = state
            return
        # It went without a word: it does not know the protocol, and says so by raising whatever error it likes.
        error = self._task.exception()
        if error is not None and not isinstance(error, Exception):
            raise error

    async def end(self) -> None:
        if self.state is not None and not await self._passed("shutdown"):
            self._task.result()  # raises what the application did

    async def _run(self, state: dict[str, Any]) -> None:
        async def receive() -> dict[str, Any]:
            return {"type": await self._events.get()}

        await self._application({**_LIFESPAN, "state": state}, receive, self._answers.put)

    async def _passed(self, what: str) -> bool:
        """Whether the application took part; it may say why it fails, which is raised."""
        await self._events.put(f"lifespan.{what}")
        answer = asyncio.ensure_future(self._answers.get())
        await asyncio.wait({answer, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            return False
        event = answer.result()
        if event["type"] == f"lifespan.{what}.failed":
            cause = self._task.exception() if self._task.done() else None
            raise RuntimeError(f"the application failed at {what}: {event.get('message', '')}") from cause
        return True
