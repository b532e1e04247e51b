"""Where the bytes of a request's body live: in memory while they are few, in a nameless temporary file past that.

In: chunks, counted. Out: `bytes`, or a `SpooledBody`, a binary file that may be read from several threads and closes
itself when the last reference to it goes. Windows look at a stretch of either without copying it. Raises
`RequestTooLarge` as soon as a chunk goes over the limit; errors of the disk pass through as `OSError`.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias

from attrs import field, frozen

from mxinbound.errors import RequestTooLarge

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from mxinbound.limits import Limits

#: How much is moved at a time: large enough for the disk, small enough to stay in the processor's cache.
CHUNK_BYTES: Final = 256 * 1024


class SpooledBody(io.RawIOBase):
    """A body in a temporary file without a name; closed, and thereby gone, with the last reference."""

    def __init__(self, file: io.FileIO, size: int) -> None:
        """Take over `file`, which is closed for its owner."""
        super().__init__()
        self._lock = threading.Lock()
        self._position = 0
        self.size = size
        # A descriptor and not a file object: where a circle of references is collected, a file object may be finalised
        # before this one, and warn that nobody closed it.
        self._descriptor: int | None = None
        self._descriptor = os.dup(file.fileno())
        file.close()

    def read_at(self, offset: int, size: int) -> bytes:
        """Read up to `size` bytes from `offset`, leaving the position of everyone else alone."""
        with self._lock:
            descriptor = self._descriptor
            if descriptor is None:
                raise ValueError("I/O operation on closed file")
            os.lseek(descriptor, offset, os.SEEK_SET)
            return _read_fully(lambda left: os.read(descriptor, left), max(0, min(size, self.size - offset)))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self.read_at(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        # RawIOBase calls this when the last reference goes.
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
        super().close()


#: What a body may be: bytes, ours, or any seekable binary file.
BodySource: TypeAlias = "bytes | SpooledBody | BinaryIO"


class BodyBuffer:
    """Collects a body chunk by chunk under the limits; `finish` hands it out, `discard` forgets it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._chunks: list[bytes] = []
        self._file: io.FileIO | None = None
        self._size = 0

    def write(self, chunk: bytes) -> None:
        """Take the next chunk.

        Raises:
            RequestTooLarge: when the body is now over `max_body_bytes`.
        """
        self._size += len(chunk)
        refuse_over_limit(self._size, self._limits)
        self._chunks.append(chunk)
        if self._size > self._limits.spool_bytes:
            self._spill()

    def finish(self) -> bytes | SpooledBody:
        """The whole body. The buffer is empty afterwards."""
        if self._file is not None:
            body = SpooledBody(self._file, self._size)
            self._file = None
            return body
        chunks, self._chunks = self._chunks, []
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def discard(self) -> None:
        """Forget what has come so far, and close the temporary file if there is one."""
        self._chunks = []
        if self._file is not None:
            self._file.close()
            self._file = None

    def _spill(self) -> None:
        if self._file is None:
            import tempfile  # noqa: PLC0415  # most processes never spool

            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # it lives as long as the body
        for chunk in self._chunks:
            left = memoryview(chunk)
            while left:  # a file without a buffer may take less than it is given
                left = left[self._file.write(left) :]
        self._chunks = []


def refuse_over_limit(size: int, limits: Limits) -> None:
    """Refuse a body of `size` bytes, declared or come so far.

    Raises:
        RequestTooLarge: if that is over `max_body_bytes`.
    """
    if size > limits.max_body_bytes:
        raise RequestTooLarge(
            f"the body is larger than max_body_bytes ({limits.max_body_bytes} bytes)",
            limit="max_body_bytes",
            allowed=limits.max_body_bytes,
        )


def size_of(source: BodySource) -> int:
    """The size of a body in bytes."""
    if isinstance(source, bytes):
        return len(source)
    if isinstance(source, SpooledBody):
        return source.size
    return source.seek(0, io.SEEK_END)


def read_at(source: BodySource, offset: int, size: int) -> bytes:
    """Read up to `size` bytes of a body from `offset`."""
    if isinstance(source, bytes):
        return source[offset : offset + size]
    if isinstance(source, SpooledBody):
        return source.read_at(offset, size)
    source.seek(offset)
    return _read_fully(source.read, size)


def _read_fully(read: Callable[[int], bytes], size: int) -> bytes:
    """Read `size` bytes, or up to the end, from what may give less at a time than it is asked for."""
    pieces: list[bytes] = []
    while size:
        piece = read(size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


@frozen
class Window:
    """A stretch of a body: nothing is copied until it is read, and the body lives as long as the window."""

    source: BodySource = field(repr=False)
    start: int
    size: int

    def read(self) -> bytes:
        """All of it."""
        return read_at(self.source, self.start, self.size)

    def chunks(self) -> Iterator[bytes]:
        """All of it, in steps; a body in memory comes in one."""
        if isinstance(self.source, bytes) and self.size <= 4 * CHUNK_BYTES:
            yield self.read()
            return
        end = self.start + self.size
        for offset in range(self.start, end, CHUNK_BYTES):
            yield read_at(self.source, offset, min(CHUNK_BYTES, end - offset))


def whole(source: BodySource) -> Window:
    """A window on an entire body."""
    return Window(source, 0, size_of(source))
