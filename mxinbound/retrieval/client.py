"""Fetching the contents of an MMS by its id: `Retriever`, and `AsyncRetriever` for asyncio and trio.

Both do the same around the same judge, budget and transport; what differs is how they wait. Raises a `RetrievalError`
for whatever the gateway or the way to it does, never with the request in its context.
"""

from __future__ import annotations

import copy
import os
import random
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, Protocol, Self, TypeVar, cast
from urllib.parse import quote

import anyio
import anyio.to_thread
from attrs import evolve, frozen

from mxinbound.body import BodyBuffer, whole
from mxinbound.errors import ConfigurationError, RetrievalError
from mxinbound.limits import Limits
from mxinbound.messages import Mms, MmsNotification
from mxinbound.mms.archive import MmsArchive
from mxinbound.mms.saving import Replacement
from mxinbound.retrieval.credentials import Credentials
from mxinbound.retrieval.exchange import HEADERS, Judge, Order
from mxinbound.retrieval.network import DeadlinePassed, deadline
from mxinbound.retrieval.retry import Budget, RetryPolicy, is_positive
from mxinbound.retrieval.transport import CertificateRefused, Joint, fit, fit_async, httpx, leave
from mxinbound.wire import RETRIEVE_URL

_Result = TypeVar("_Result")

#: What a try may fail with; what a transport of the user's own raises beside these passes through.
_FAILURES: Final = (RetrievalError, DeadlinePassed, CertificateRefused, httpx.HTTPError, ssl.SSLError)
# So that a try whose time is up before it starts fails in the same way as one whose time ran out.
_LEAST_SECONDS: Final = 0.001
# The gateway may forget an MMS after a day. Sockets cannot be told to wait for more than 24 of them.
_MOST_SECONDS: Final = 24 * 60 * 60
_CLOSED: Final = "the retriever is closed"


class _Sink(Protocol[_Result]):  # type: ignore[misc]
    """Takes the bytes of an archive; `finish` makes something of them when they are all there."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def write(self, chunk: bytes, /) -> None: ...
    def finish(self) -> _Result: ...


@frozen
class _Failure:
    """A try that failed, and whether another one may not."""

    error: RetrievalError
    may_pass: bool


class _Retriever:
    """What both retrievers have: how they are set up, and what they make of a try."""

    _fit: Callable[..., Any]
    _client_of: Callable[..., Any]
    _wait: Callable[[float], Any]

    def __init__(
        self,
        credentials: Credentials,
        *,
        endpoint: str = RETRIEVE_URL,
        transport: Any = None,
        timeout: float = 30.0,
        retry: RetryPolicy = RetryPolicy(),
        limits: Limits = Limits(),
        allow_insecure_http: bool = False,
        sleep: Callable[[float], Any] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
        random: Callable[[], float] = random.random,
    ) -> None:
        if not isinstance(credentials, Credentials):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError("a retriever needs Credentials")
        if not is_positive(timeout) or timeout > _MOST_SECONDS:
            raise ConfigurationError("timeout must be a number of seconds above zero, and at most a day")
        if not isinstance(retry, RetryPolicy):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError("retry must be a RetryPolicy")
        if not isinstance(limits, Limits):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError("limits must be Limits")
        self._endpoint = _checked(endpoint, allow_insecure_http=allow_insecure_http)
        self._timeout = timeout
        self._policy = retry
        self._limits = limits
        self._in_memory_limits = evolve(limits, max_body_bytes=limits.max_retrieve_bytes)
        self._closed = threading.Event()
        self._sleep = self._wait if sleep is None else sleep
        self._monotonic = monotonic
        self._now = now
        self._random = random
        self._fitted = self._fit(transport, Joint.at(self._endpoint, credentials))
        self._client = self._client_of(transport=self._fitted, headers=HEADERS, trust_env=False, follow_redirects=False)
        self._process = os.getpid()
        # Of which the one kind needs the former, and the other the latter.
        self._beginning = threading.Lock()
        self._going_on: set[anyio.CancelScope] = set()

    def _refuse_if_closed(self) -> None:
        if self._closed.is_set():
            raise RuntimeError(_CLOSED)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._endpoint}>"

    def _order(self, message: str | MmsNotification, *, even_if_expired: bool) -> tuple[Order, Budget]:
        order = Order.of(message)
        if not even_if_expired:
            order.refuse_expired(self._now())
        expiry = None if even_if_expired else order.expiry
        return order, Budget(self._policy, self._timeout, expiry, self._monotonic, self._now, self._random)

    def _url(self, order: Order) -> str:
        return f"{self._endpoint}?id={quote(order.message_id, safe='')}"

    def _archive(self, body: Any) -> MmsArchive:
        return MmsArchive(whole(body), self._limits)

    def _in_memory(self) -> BodyBuffer:
        return BodyBuffer(self._in_memory_limits)


def _checked(endpoint: str, *, allow_insecure_http: bool) -> httpx.URL:
    try:
        url = httpx.URL(endpoint)
        is_whole = bool(url.host)
        if url.port is not None and url.port not in range(1, 65536):
            raise ValueError
    except (httpx.InvalidURL, TypeError, ValueError):  # a UnicodeError is one, which the host may cause
        raise ConfigurationError("endpoint is not a URL") from None
    if url.scheme not in {"http", "https"} or not is_whole or url.userinfo or url.query or url.fragment:
        raise ConfigurationError("endpoint must be a URL with https, a host and a path, and nothing else")
    if url.scheme == "http" and not allow_insecure_http:
        raise ConfigurationError(
            "endpoint is http, so that the password could be read on its way; allow_insecure_http=True allows it"
        )
    return url


def _failure(error: Exception, judge: Judge) -> _Failure:
    """What a failed try comes to. Made where the error is caught and raised where it is not, so as not to hold it."""
    if isinstance(error, RetrievalError):
        return _Failure(copy.copy(error), error.retryable)
    if isinstance(error, CertificateRefused):
        return _Failure(judge.unreachable("its certificate is not valid"), may_pass=False)
    if isinstance(error, httpx.ConnectTimeout):
        return _Failure(judge.unreachable("it did not take the connection in time"), may_pass=True)
    if isinstance(error, httpx.TimeoutException | DeadlinePassed):
        return _Failure(judge.too_late(), may_pass=True)
    if isinstance(error, httpx.ConnectError):
        return _Failure(judge.unreachable("no connection could be made"), may_pass=True)
    if isinstance(error, httpx.ProxyError):
        return _Failure(judge.unreachable("the proxy refused"), may_pass=True)
    return _Failure(judge.broken(), may_pass=True)


class Retriever(_Retriever):
    """Fetches MMS by their ids.

    One may be used from several threads and after a fork. It is a context manager, which closes its connections.
    """

    _fit = staticmethod(fit)
    _client_of = httpx.Client

    def retrieve(self, message: str | MmsNotification, *, even_if_expired: bool = False) -> MmsArchive:
        """Fetch the contents of an MMS.

        Args:
            message: Its id, or the notification of it.
            even_if_expired: Whether to ask for one that is past its expiry.

        Returns:
            Its archive, which is checked on the first use of anything but `raw`.

        Raises:
            RetrievalError: if it cannot be had; which one tells why.
        """
        return self._archive(self._fetch(message, self._in_memory, even_if_expired=even_if_expired))

    def complete(self, notification: MmsNotification, *, even_if_expired: bool = False) -> Mms:
        """Fetch the contents of an MMS, and return the message that it becomes with them.

        Raises:
            RetrievalError: if they cannot be had; which one tells why.
        """
        return notification.with_archive(self.retrieve(notification, even_if_expired=even_if_expired))

    def download(
        self, message: str | MmsNotification, path: str | os.PathLike[str], *, even_if_expired: bool = False
    ) -> Path:
        """Fetch the contents of an MMS into a file, which is there whole or not at all, and replaces one of its name.

        Raises:
            RetrievalError: if they cannot be had; which one tells why.
            OSError: what the disk says.
        """
        return self._fetch(message, lambda: Replacement(Path(path)), even_if_expired=even_if_expired)

    def close(self) -> None:
        """Close the connections. What is going on in other threads ends with a `RuntimeError`, as a later use does."""
        self._closed.set()
        if self._process == os.getpid():
            self._client.close()
        else:
            leave(self._fitted)

    def _wait(self, seconds: float) -> None:
        self._closed.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self) -> httpx.Client:
        if self._process != os.getpid():
            with self._beginning:
                if self._process != os.getpid():  # no other thread has done it
                    leave(self._fitted)
                    self._process = os.getpid()
        return cast("httpx.Client", self._client)

    def _fetch(
        self, message: str | MmsNotification, open_sink: Callable[[], _Sink[_Result]], *, even_if_expired: bool
    ) -> _Result:
        order, budget = self._order(message, even_if_expired=even_if_expired)
        while True:
            self._refuse_if_closed()
            outcome = self._try(order, budget, open_sink)
            if not isinstance(outcome, _Failure):
                return outcome
            self._refuse_if_closed()
            self._sleep(budget.wait_after(outcome.error, may_pass=outcome.may_pass))

    def _try(self, order: Order, budget: Budget, open_sink: Callable[[], _Sink[_Result]]) -> _Result | _Failure:
        judge = Judge(order, self._limits, self._now)
        end = budget.next_try()
        seconds = max(end - self._monotonic(), _LEAST_SECONDS)
        token = deadline.set(time.monotonic() + seconds)
        try:
            with open_sink() as sink:
                with self._opened().stream("GET", self._url(order), timeout=seconds) as response:
                    judge.take_head(response.status_code, response.headers)
                    # A stand-in may have its answer ready, which cannot be streamed.
                    for chunk in [response.content] if response.is_stream_consumed else response.iter_raw():
                        judge.take(chunk)
                        sink.write(chunk)
                        if self._monotonic() >= end:
                            raise DeadlinePassed
                judge.finish()
                return sink.finish()
        except _FAILURES as error:
            failure = _failure(error, judge)
        finally:
            deadline.reset(token)
        return failure


class AsyncRetriever(_Retriever):
    """The same, awaited, under asyncio and trio. One belongs to one event loop."""

    _fit = staticmethod(fit_async)
    _client_of = httpx.AsyncClient
    _wait = staticmethod(anyio.sleep)

    async def retrieve(self, message: str | MmsNotification, *, even_if_expired: bool = False) -> MmsArchive:
        """As `Retriever.retrieve`."""
        return self._archive(await self._fetch(message, self._in_memory, even_if_expired=even_if_expired))

    async def complete(self, notification: MmsNotification, *, even_if_expired: bool = False) -> Mms:
        """As `Retriever.complete`."""
        return notification.with_archive(await self.retrieve(notification, even_if_expired=even_if_expired))

    async def download(
        self, message: str | MmsNotification, path: str | os.PathLike[str], *, even_if_expired: bool = False
    ) -> Path:
        """As `Retriever.download`."""
        return await self._fetch(message, lambda: Replacement(Path(path)), even_if_expired=even_if_expired)

    async def aclose(self) -> None:
        """Close the connections. What is going on ends with a `RuntimeError`, as any later use does."""
        self._closed.set()
        for scope in self._going_on.copy():
            scope.cancel()
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _fetch(
        self, message: str | MmsNotification, open_sink: Callable[[], _Sink[_Result]], *, even_if_expired: bool
    ) -> _Result:
        order, budget = self._order(message, even_if_expired=even_if_expired)
        with anyio.CancelScope() as scope:
            self._going_on.add(scope)
            try:
                while True:
                    self._refuse_if_closed()
                    outcome = await self._try(order, budget, open_sink)
                    if not isinstance(outcome, _Failure):
                        return outcome
                    self._refuse_if_closed()
                    await self._sleep(budget.wait_after(outcome.error, may_pass=outcome.may_pass))
            finally:
                self._going_on.discard(scope)
        raise RuntimeError(_CLOSED)

    async def _try(self, order: Order, budget: Budget, open_sink: Callable[[], _Sink[_Result]]) -> _Result | _Failure:
        judge = Judge(order, self._limits, self._now)
        seconds = max(budget.next_try() - self._monotonic(), _LEAST_SECONDS)
        trouble: RetrievalError | OSError | None = None
        failure: _Failure | None = None
        try:
            with anyio.move_on_after(seconds):
                with open_sink() as sink:
                    async with self._client.stream("GET", self._url(order), timeout=seconds) as response:
                        judge.take_head(response.status_code, response.headers)
                        async for chunk in _chunks(response):
                            try:
                                judge.take(chunk)
                                sink.write(chunk)
                            except (RetrievalError, OSError) as error:
                                trouble = trouble or error
                                # With the connection gone the loop ends, and with it the generators in httpx, which
                                # would otherwise be left to the garbage collector.
                                await response.aclose()
                    if trouble is None:
                        judge.finish()
                        # Waiting for a disk would keep everybody else waiting.
                        return await anyio.to_thread.run_sync(sink.finish)
        except _FAILURES as error:
            failure = _failure(error, judge)
        if isinstance(trouble, OSError):
            raise trouble
        if trouble is not None:
            return _failure(trouble, judge)
        return failure or _Failure(judge.too_late(), may_pass=True)


async def _chunks(response: httpx.Response) -> AsyncIterator[bytes]:
    """The bytes of an answer as they come; a stand-in may have its answer ready, which cannot be streamed."""
    if response.is_stream_consumed:
        yield response.content
        return
    async for chunk in response.aiter_raw():
        yield chunk
