"""Giving a push to an application, in process or over HTTP, and taking its answer.

In: a WSGI or ASGI application, or a URL. Out: status, body and seconds. What the application raises is raised again,
and so is what Flask, Quart or Django catch on its way and answer 500.
"""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from mxinbound.errors import ConfigurationError
from mxinbound.testing.caught import raised_again

if TYPE_CHECKING:
    from types import TracebackType

    from mxinbound.testing.forms import RawPush

#: The gateway waits that long for an answer.
PATIENCE_SECONDS: Final = 60.0

#: Seconds, from any moment on.
Clock: TypeAlias = Callable[[], float]
#: The status and body of an answer, and the seconds it took.
Outcome: TypeAlias = tuple[int, bytes, float]
_ErrorInfo: TypeAlias = "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]"


class Caller(Protocol):
    """Gives pushes to one application."""

    def __call__(self, push: RawPush, clock: Clock, /) -> Outcome:
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
        if path != "/":
            raise ConfigurationError("a FakeGateway that pushes to a URL takes no path: it is in the URL")
        return _Url(application)
    if not path.startswith("/"):
        raise ConfigurationError("the path of a FakeGateway begins with a slash")
    if callable(application):
        if _is_asgi(application):
            # It takes asyncio, which is for those who test under ASGI only.
            from mxinbound.testing.asgi import Asgi  # noqa: PLC0415

            return Asgi(application, path)
        if _takes(application, 2):
            return _Wsgi(application, path)
    raise ConfigurationError("a FakeGateway pushes to a WSGI application, an ASGI application or a URL")


def _is_asgi(application: Callable[..., Any]) -> bool:
    # A plain function may hand on what an application returns to await.
    return any(map(inspect.iscoroutinefunction, (application, type(application).__call__))) or (
        _takes(application, 3) and not _takes(application, 2)
    )


def _takes(application: Callable[..., Any], count: int) -> bool:
    """Whether it can be called with so many arguments, as far as it tells."""
    try:
        inspect.signature(application).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # it tells nothing
        return count == 2  # noqa: PLR2004  # as WSGI has it
    return True


class _Url:
    """Over HTTP. The address that the push comes from is in X-Forwarded-For, as behind a proxy."""

    def __init__(self, url: str) -> None:
        try:
            self._url = urlsplit(url)
            self._port = self._url.port
        except ValueError as error:
            raise ConfigurationError(f"a FakeGateway cannot push to this URL: {error}") from None
        if self._url.scheme not in {"http", "https"} or not self._url.hostname:
            raise ConfigurationError("a FakeGateway pushes to an http or https URL")

    def __call__(self, push: RawPush, clock: Clock, /) -> Outcome:
        import http.client  # noqa: PLC0415  # it takes longer to load than all of this package

        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._port, timeout=PATIENCE_SECONDS)
        query = "&".join(filter(None, (self._url.query, push.query.decode("latin-1"))))
        target = f"{self._url.path or '/'}?{query}" if query else self._url.path or "/"
        started = clock()
        try:
            connection.putrequest(push.method, target)
            for name, value in (*push.headers, ("x-forwarded-for", push.peer)):
                if name.lower() != "host":  # the URL's was sent already
                    connection.putheader(name, value)
            if push.leaves_after is None:
                connection.endheaders(push.body, encode_chunked=push.chunked)
            else:
                sent = push.stream().read()
                connection.endheaders(b"%x\r\n%b\r\n" % (len(sent), sent) if push.chunked else sent)
                # Past TLS, which knows no half of a connection: its own method would read the answer as plain text.
                socket.socket.shutdown(connection.sock, socket.SHUT_WR)
            response = connection.getresponse()
            return response.status, response.read(), clock() - started
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing stays open."""


class _Wsgi:
    """In process, in the thread of the caller."""

    def __init__(self, application: Callable[..., Any], path: str) -> None:
        self._application = application
        self._path = path

    def __call__(self, push: RawPush, clock: Clock, /) -> Outcome:
        started: list[str] = []
        written: list[bytes] = []

        def start_response(status: str, _: object, exc_info: _ErrorInfo | None = None) -> Callable[[bytes], None]:
            # PEP 3333: an error after the first byte of the body is the server's, and so is a second start without one.
            if exc_info is not None and exc_info[1] is not None and any(written):
                raise exc_info[1]
            if exc_info is None and started:
                raise RuntimeError("the application called start_response twice")
            started.append(status)
            return written.append

        started_at = clock()
        with raised_again():
            answer = self._application(push.for_wsgi(self._path), start_response)
            try:
                for chunk in answer:
                    written.append(chunk)  # noqa: PERF402  # start_response looks at it meanwhile
            finally:
                seconds = clock() - started_at
                if hasattr(answer, "close"):
                    answer.close()
        if not started:
            raise RuntimeError("the application did not call start_response")
        return int(started[-1].split()[0]), b"".join(written), seconds

    def close(self) -> None:
        """Nothing stays open."""
