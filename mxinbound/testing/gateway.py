"""A stand-in for the gateway: it pushes to your application, and serves RetrieveMMS.

    with FakeGateway(app, path="/in") as gateway:
        assert gateway.push(testing.sms()).accepted

In: an application or a URL, and pushes. Out: the answers to them. What the application raises is raised here; nothing
is asserted, no clock is waited for, and nothing leaves the machine but a push to a URL.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, Final, Self

from attrs import evolve, field, frozen

from mxinbound import wire
from mxinbound.errors import ConfigurationError
from mxinbound.retrieval.credentials import Credentials
from mxinbound.testing.applications import PATIENCE_SECONDS, Clock, caller_of
from mxinbound.testing.forms import RawPush
from mxinbound.testing.pushes import Push
from mxinbound.testing.retrieving import Archives, serving, transport_of

#: "30 seconds, then 60, then 120 …, doubling", ten deliveries in all: the delay before each.
DELAYS: Final = (0.0, *(30.0 * 2**number for number in range(9)))

_DRIP_SECONDS: Final = 1.0
_PAGE: Final = b"<html><body>Sorry, this service is not available.</body></html>"


def _kind(error: Exception | None) -> str:
    # What it says may quote the message.
    return "None" if error is None else type(error).__name__


@frozen(kw_only=True)
class Answer:
    """What the application answered to a push.

    Attributes:
        status: The HTTP status; 500 if the application raised.
        body: The body.
        seconds: How long it took.
        after: When the push was sent, in seconds after the first delivery, on the clock of `deliver`.
        error: What the application raised in a delivery that is repeated.
        lost: Whether the answer did not reach the gateway.
    """

    status: int
    body: bytes = field(repr=False)
    seconds: float
    after: float = 0.0
    error: Exception | None = field(default=None, repr=_kind)
    lost: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the gateway takes it for delivered: 200 and a body that is not empty, in the 60 seconds it waits."""
        seen = self.error is None and not self.lost and self.seconds < PATIENCE_SECONDS
        return seen and self.status == HTTPStatus.OK and bool(self.body)

    @property
    def in_time(self) -> bool:
        """Whether it took less than the 10 seconds that the contract allows."""
        return self.seconds < wire.ANSWER_WITHIN_SECONDS


class FakeGateway:
    """Pushes to an application as the gateway does, and serves what it pushed word of.

    It is a context manager; leaving it ends the lifespan of an ASGI application. Several threads may use one. An
    application that never answers is waited for.

    Args:
        application: A WSGI or ASGI application, or the URL of one that is running; None to serve RetrieveMMS only.
        path: The path of the application that takes pushes, as in a URL; it may have a query of its own.
        credentials: What RetrieveMMS asks for; `gateway.credentials` if you do not mind which.
        clock: Tells the seconds.
    """

    def __init__(
        self,
        application: object = None,
        *,
        path: str = "/",
        credentials: Credentials | None = None,
        clock: Clock = time.perf_counter,
    ) -> None:
        self.credentials = Credentials("user", "password") if credentials is None else credentials
        self._caller = None if application is None else caller_of(application, path)
        self._clock = clock
        self._archives = Archives(self.credentials)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the lifespan of the application."""
        if self._caller is not None:
            self._caller.close()

    def push(self, push: Push | RawPush) -> Answer:
        """Push once, and give the answer. An MMS that is only notified can be fetched from now on.

        Raises:
            Exception: what the application raises.
            OSError: if there is nobody at the URL, or a sender that leaves it is not answered, as over TLS.
        """
        if self._caller is None:
            raise ConfigurationError("this FakeGateway has no application to push to")
        if isinstance(push, Push) and push.archive is not None and not push.packaging.has_archive:
            self.keep(push)
        status, body, seconds = self._caller(push.raw if isinstance(push, Push) else push, self._clock)
        return Answer(status=status, body=body, seconds=seconds)

    def push_at_once(self, *pushes: Push | RawPush) -> tuple[Answer, ...]:
        """Push several at the same time, such as one twice, and give the answers in the order of the pushes.

        Raises:
            Exception: what the application raises, once all have ended.
        """
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # few tests need it

        with ThreadPoolExecutor(max(len(pushes), 1)) as threads:
            return tuple(threads.map(self.push, pushes))

    def deliver(
        self, push: Push | RawPush, *, lost_answers: int = 0, sleep: Callable[[float], object] = lambda _: None
    ) -> tuple[Answer, ...]:
        """Push until it is accepted, ten times at most, after 30, 60, 120 … seconds that only seem to pass.

        Args:
            push: What to deliver.
            lost_answers: How many first answers do not reach the gateway, so that it delivers what was handled again.
            sleep: Called with the seconds before each repetition, to let a clock of yours go on.

        Returns:
            The answers, of which the last is accepted unless all ten failed.

        Raises:
            Exception: what the application raised in the last delivery.
        """
        answers: list[Answer] = []
        after = 0.0
        for delay in DELAYS:
            if delay:
                sleep(delay)
            after += delay
            answer = evolve(self._attempt(push), after=after, lost=len(answers) < lost_answers)
            answers.append(answer)
            if answer.accepted:
                return tuple(answers)
        if answers[-1].error is not None:
            raise answers[-1].error
        return tuple(answers)

    def _attempt(self, push: Push | RawPush) -> Answer:
        started = self._clock()
        try:
            return self.push(push)
        except ConfigurationError:
            raise
        except Exception as error:  # noqa: BLE001  # kept for the caller, and raised if no delivery goes better
            seconds = self._clock() - started
            return Answer(status=HTTPStatus.INTERNAL_SERVER_ERROR, body=b"", seconds=seconds, error=error)

    @property
    def fetched(self) -> tuple[str, ...]:
        """The ids that were asked for with the right credentials, in order."""
        return tuple(self._archives.fetched)

    def keep(self, push: Push) -> Push:
        """Serve the contents of an MMS from now on, and give the notification of it, which is not pushed.

        Raises:
            ConfigurationError: if it has none.
        """
        if push.archive is None:
            raise ConfigurationError("there is nothing to keep for retrieval: this push has no archive")
        self._archives.keep(push.id, push.archive)
        return push.packed(form="query")

    def transport(self) -> Any:
        """RetrieveMMS in process: a transport for `Retriever(gateway.credentials, transport=…)` and the async one."""
        return transport_of(self._archives)

    def serve(self, *, port: int = 0) -> AbstractContextManager[str]:
        """RetrieveMMS on loopback, over plain HTTP, while the block lasts; it gives the endpoint.

        Args:
            port: Where; any that is free by default.
        """
        return serving(self._archives, port)

    def expire(self, message_id: str) -> None:
        """Have an MMS no longer."""
        self._archives.spoil(message_id, None, status=HTTPStatus.NOT_FOUND, content_type="text/plain", body=b"gone\n")

    def fail(
        self, message_id: str, status: int = 503, *, times: int | None = None, retry_after: float | None = None
    ) -> None:
        """Answer with this status instead, the next so many times or always; `retry_after` in seconds."""
        self._archives.spoil(
            message_id, times, status=status, content_type="text/plain", body=b"later\n", retry_after=retry_after
        )

    def cut(self, message_id: str, at: int, *, times: int | None = None) -> None:
        """Break off after so many bytes of the archive."""
        self._archives.spoil(message_id, times, sent=at)

    def drip(self, message_id: str, *, seconds: float = _DRIP_SECONDS, times: int | None = None) -> None:
        """Send one byte at a time, with so many seconds before each."""
        self._archives.spoil(message_id, times, pause=seconds)

    def html(self, message_id: str, *, times: int | None = None) -> None:
        """Answer with status 200 and a page instead of the archive."""
        self._archives.spoil(message_id, times, content_type="text/html; charset=utf-8", body=_PAGE)

    def refuse_credentials(self) -> None:
        """Take no credentials any more."""
        self._archives.refuse()
