"""The sockets of a retrieval: no step of a plain one outlasts the deadline of the try that is going on.

In: the network backends of httpx's connection pools. Out: the same, with streams that are read in larger steps, know
how much time is left, and can be ended or left from elsewhere. Raises `DeadlinePassed` beside the backends' own errors.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
import weakref
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import httpcore
else:
    try:
        import httpcore
    except ImportError:
        import httpcore2 as httpcore

#: When the try that is going on must have ended, by `time.monotonic`, for plain sockets; None for no limit.
deadline: ContextVar[float | None] = ContextVar("mxinbound_deadline", default=None)

# What a read costs in the layers above it hardly depends on its size: with this instead of the 64 KiB that the pool
# asks for, 5 MB were measured to cost an eighth less. Much more is worse: with 256 KiB, 300 kB cost half as much again,
# since from 128 KiB on glibc takes the memory for each copy from the system and gives it back.
_READ_BYTES: Final = 96 * 1024


class DeadlinePassed(Exception):
    """The time for a try ran out while its socket was being read or written."""


class Backend:
    """Connects as the pool's own backend does; no step of a socket outlasts the deadline, or the pool."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._over = False
        # No lock, which a thread might hold in which a process forks: each step is one of the interpreter's.
        self._streams: set[weakref.ref[Stream]] = set()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> Stream:
        addresses = _addresses(host, port)
        while True:
            left = _left(timeout)
            # The others need time, too; given the host, the backend would give all of it to each.
            share = None if left is None else left / len(addresses)
            try:
                return self._kept(self._backend.connect_tcp(addresses.pop(0), port, timeout=share, **options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise

    def connect_unix_socket(self, *arguments: Any, timeout: float | None = None, **options: Any) -> Stream:
        return self._kept(self._backend.connect_unix_socket(*arguments, timeout=_left(timeout), **options))

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(_left(seconds))

    def hang_up(self) -> None:
        """End what is going on: a thread that reads from a socket does not wake up when another one closes it."""
        self._over = True
        for each in self._open():
            each.hang_up()

    def leave(self) -> None:
        """Close the sockets, but end nothing: they are another process's, too."""
        for each in self._open():
            each.close()

    def _open(self) -> Iterator[Stream]:
        return filter(None, [each() for each in self._streams.copy()])

    def _kept(self, stream: Any) -> Stream:
        kept = Stream(stream)
        self._streams.add(weakref.ref(kept, self._streams.discard))
        if self._over:  # since it began to connect
            kept.close()
            raise DeadlinePassed
        return kept


class Stream:
    """A socket's stream, each step of which ends by the deadline: a sender of single bytes outlasts any timeout."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._process = os.getpid()
        self._over = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = self._stream.read(max(max_bytes, _READ_BYTES), timeout=_left(timeout))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left(timeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Stream:
        try:
            left = _left(timeout)
        except DeadlinePassed:
            self.close()  # whom a handshake fails nobody closes
            raise
        self._stream = self._stream.start_tls(ssl_context, server_hostname, left)
        if self._over:  # since the handshake began, in which the socket is nowhere to be found
            self.close()
            raise DeadlinePassed
        return self

    def hang_up(self) -> None:
        self._over = True
        connected = self.get_extra_info("socket")
        if self._process == os.getpid() and isinstance(connected, socket.socket):
            with contextlib.suppress(OSError):  # the other side was faster
                # That of an encrypted one would also forget, in the middle of a read, that it is encrypted.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class AsyncBackend:
    """Connects as the pool's own backend does, to sockets that are read in larger steps."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)

    async def connect_tcp(self, *arguments: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._backend.connect_tcp(*arguments, **options))

    async def connect_unix_socket(self, *arguments: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._backend.connect_unix_socket(*arguments, **options))


class AsyncStream:
    """A socket's stream, read in larger steps; what is not said otherwise is the socket's."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def read(self, max_bytes: int, *arguments: Any, **options: Any) -> bytes:
        data: bytes = await self._stream.read(max(max_bytes, _READ_BYTES), *arguments, **options)
        return data

    async def start_tls(self, *arguments: Any, **options: Any) -> AsyncStream:
        return AsyncStream(await self._stream.start_tls(*arguments, **options))


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host. How long the system looks for them cannot be bounded."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _left(timeout: float | None) -> float | None:
    """What a step may take: its own timeout, and no more than is left of the try."""
    end = deadline.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise DeadlinePassed
    return left if timeout is None else min(timeout, left)
