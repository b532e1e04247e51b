"""Where the credentials join, and the only module that imports httpx (or, where that is not there, httpx2).

httpx writes URLs into its log and its errors, and what instruments it records them. So the URL that the client knows
has the id only; user and password join it in the connection pool, below all of that, and for the configured origin
only.

In: a transport of httpx's, or None for a new one. Out: one that is fit for a client. Raises `ConfigurationError` for
one that would see the password and could record it, and for an httpx in which the place for joining is not found.
"""

from __future__ import annotations

import copy
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeVar

from attrs import frozen

from mxinbound.errors import ConfigurationError
from mxinbound.retrieval.network import AsyncBackend, Backend

if TYPE_CHECKING:
    import httpx

    from mxinbound.retrieval.credentials import Credentials
else:
    try:
        import httpx
    except ImportError:
        import httpx2 as httpx

__all__ = ["CertificateRefused", "Joint", "fit", "fit_async", "httpx", "leave"]

_Transport = TypeVar("_Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)

_CONNECTIONS: Final = httpx.Limits(max_connections=20, max_keepalive_connections=20)
_PORTS: Final = {b"http": 80, b"https": 443}
# What an answer is judged by. Nothing else of its head goes up, its reason phrase neither: an echo of the query in it
# would be logged, kept as a cookie and sent again, or be made the URL of another request.
_JUDGED: Final = frozenset(
    {b"content-type", b"content-length", b"content-encoding", b"transfer-encoding", b"retry-after"}
)


class CertificateRefused(Exception):
    """The certificate of the other side is not one that is trusted."""


@frozen(repr=False)
class Joint:
    """Joins the credentials to the requests for one origin."""

    credentials: Credentials
    _origin: tuple[bytes, bytes, int]

    @classmethod
    def at(cls, endpoint: httpx.URL, credentials: Credentials) -> Joint:
        """For the origin of the endpoint."""
        port = _PORTS[endpoint.raw_scheme] if endpoint.port is None else endpoint.port
        return cls(credentials, (endpoint.raw_scheme, endpoint.raw_host, port))

    def _target(self, scheme: bytes, host: bytes, port: int | None, target: bytes) -> bytes:
        """What is asked for, with the credentials if it is of this origin, and else as it is."""
        actual = _PORTS.get(scheme) if port is None else port
        return self.credentials.joined_to(target) if (scheme, host, actual) == self._origin else target

    def joined(self, url: Any) -> Any:
        """The URL of a request in a pool."""
        target = self._target(url.scheme, url.host, url.port, url.target)
        return type(url)(scheme=url.scheme, host=url.host, port=url.port, target=target)

    def joined_to(self, request: httpx.Request) -> httpx.Request:
        """A request of the client."""
        url = request.url
        target = self._target(url.raw_scheme, url.raw_host, url.port, url.raw_path)
        return httpx.Request(
            request.method,
            url.copy_with(raw_path=target),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )


def fit(transport: httpx.BaseTransport | None, joint: Joint) -> httpx.BaseTransport:
    """A transport for a `Client`, in which the credentials join."""
    if transport is None:
        transport = _new(httpx.HTTPTransport)
    if not isinstance(transport, httpx.HTTPTransport):
        return _full(transport, httpx.WSGITransport, joint)
    pool = _pool_of(transport, "handle_request")
    proxy: Any = getattr(pool, "_proxy_url", None)
    if proxy is not None and proxy.scheme == b"https":
        raise ConfigurationError(
            "transport goes by an https proxy, in whose TLS no step can be bounded in time; use an http proxy, or"
            " AsyncRetriever"
        )
    transport._pool = _Pool(pool, joint, Backend)  # type: ignore[assignment]  # noqa: SLF001  # below what records
    return transport


def fit_async(transport: httpx.AsyncBaseTransport | None, joint: Joint) -> httpx.AsyncBaseTransport:
    """A transport for an `AsyncClient`, in which the credentials join."""
    if transport is None:
        transport = _new(httpx.AsyncHTTPTransport)
    if not isinstance(transport, httpx.AsyncHTTPTransport):
        return _full(transport, httpx.ASGITransport, joint)
    pool = _pool_of(transport, "handle_async_request")
    transport._pool = _Pool(pool, joint, AsyncBackend)  # type: ignore[assignment]  # noqa: SLF001  # below what records
    return transport


def leave(transport: httpx.BaseTransport) -> None:
    """After a fork, close this process's ends of the connections that the transport has, which are its parent's."""
    pool: object = getattr(transport, "_pool", None)
    if isinstance(pool, _Pool):
        pool.leave()
    else:
        transport.close()


def _new(kind: type[_Transport]) -> _Transport:
    try:
        return kind(limits=_CONNECTIONS)
    except OSError as error:
        raise ConfigurationError(
            f"the certificates to trust cannot be read; see SSL_CERT_FILE and SSL_CERT_DIR: {error}"
        ) from error


def _pool_of(transport: Any, method: str) -> Any:
    pool = getattr(transport, "_pool", None)
    if isinstance(pool, _Pool):
        raise ConfigurationError("transport belongs to another retriever; each needs one of its own")
    if getattr(pool, "_http2", False):
        raise ConfigurationError(
            "transport speaks HTTP/2, whose library writes the password into its log; use HTTP/1.1"
        )
    if not hasattr(pool, method) or not hasattr(pool, "_network_backend"):
        raise ConfigurationError(
            f"{httpx.__name__} {httpx.__version__} has no connection pool that the credentials could join below its"
            " log; a release that this version of mxinbound knows is needed"
        )
    return pool


def _full(transport: object, stand_in: type, joint: Joint) -> _Full:
    if isinstance(transport, httpx.MockTransport | stand_in) or getattr(transport, "accepts_credentials", None) is True:
        return _Full(transport, joint)
    kind = type(transport)
    raise ConfigurationError(
        f"transport cannot be a {kind.__module__.partition('.')[0]}.{kind.__name__}: it would see the password, and"
        f" could record it; give a transport of {httpx.__name__} for this kind of retriever, or set"
        " accepts_credentials = True on one that may see it"
    )


class _Full(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Gives a transport of either kind that may see them the credentials, in the URL as the gateway has it."""

    def __init__(self, transport: Any, joint: Joint) -> None:
        self._transport = transport
        self._joint = joint

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return _stripped(self._transport.handle_request(self._joint.joined_to(request)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return _stripped(await self._transport.handle_async_request(self._joint.joined_to(request)))

    def close(self) -> None:
        self._transport.close()

    async def aclose(self) -> None:
        await self._transport.aclose()


def _stripped(response: httpx.Response) -> httpx.Response:
    response.headers = httpx.Headers(_judged(response.headers.raw))
    response.extensions.pop("reason_phrase", None)
    return response


def _stripped_in_pool(response: Any) -> Any:
    response.headers = _judged(response.headers)
    response.extensions.pop("reason_phrase", None)
    response.stream = _Body(response.stream)
    return response


def _judged(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() in _JUDGED]


class _Pool:
    """A connection pool of either kind whose requests get the credentials; all else is the pool's own."""

    def __init__(self, pool: Any, joint: Joint, backend: type[Backend | AsyncBackend]) -> None:
        self._pool = pool
        self._joint = joint
        self._backend: Any = backend(pool._network_backend)  # noqa: SLF001
        pool._network_backend = self._backend  # noqa: SLF001  # the only way to bound a try

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    def handle_request(self, request: Any) -> Any:
        try:
            return _stripped_in_pool(self._pool.handle_request(self._joined(request)))
        except BaseException as error:  # noqa: BLE001  # an interrupt has frames, too
            raise _forgetful(error) from None

    async def handle_async_request(self, request: Any) -> Any:
        try:
            return _stripped_in_pool(await self._pool.handle_async_request(self._joined(request)))
        except BaseException as error:  # noqa: BLE001  # a cancellation has frames, too
            raise _forgetful(error) from None

    def _joined(self, request: Any) -> Any:
        joined = copy.copy(request)
        joined.url = self._joint.joined(request.url)
        return joined

    def leave(self) -> None:
        """Be as new: the connections and requests are another process's, and a thread of it may hold the lock."""
        self._backend.leave()
        self._pool._connections, self._pool._requests = [], []  # noqa: SLF001
        self._pool._optional_thread_lock = type(self._pool._optional_thread_lock)()  # noqa: SLF001

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._backend.hang_up()
        self._pool.close()


class _Body:
    """The bytes of an answer, which nothing follows."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
            _refuse_more(self._stream)
        except BaseException as error:  # noqa: BLE001  # an interrupt has frames, too
            raise _forgetful(error) from None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield chunk
            _refuse_more(self._stream)
        except BaseException as error:  # noqa: BLE001  # a cancellation has frames, too
            raise _forgetful(error) from None

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()


def _refuse_more(stream: Any) -> None:
    """What comes behind an answer would be taken for that to the next request: its connection is not kept."""
    state = stream._stream._connection._h11_state  # noqa: SLF001  # the only one that knows
    behind, _ = state.trailing_data
    if behind:
        state.send_failed()


def _forgetful(error: BaseException) -> BaseException:
    """The error without the frames in which the whole URL stands: somebody may print them with their variables."""
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, ssl.SSLCertVerificationError):
            return CertificateRefused()
        behind = behind.__cause__ or behind.__context__
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
