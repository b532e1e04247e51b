"""Where the bytes of a request's body live: in memory while they are few, in a nameless temporary file past that.

In: chunks, counted. Out: `bytes`, or a `SpooledBody`, a binary file that may be read from several threads and closes
itself when the last reference to it goes. Windows look at a stretch of either without copying it. Raises
`RequestTooLarge` as soon as a chunk goes over the limit; errors of the disk pass through as `OSError`.
"""

from __future__ import annotations

import io
import os
import tempfile
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final, Self, TypeAlias

from attrs import field, frozen

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from mxinbound.limits import Limits

#: How much is moved at a time: large enough for the disk, small enough to stay in the processor's cache.
CHUNK_BYTES: Final = 256 * 1024

# A chunk below this is copied at once: an object for each byte of a body that drips in costs thirty times the body.
_SMALL_BYTES: Final = 4 * 1024

# How much is gathered for one write to the file: writes of 8 KiB take more than twice as long, and those of 64 KiB
# a quarter longer.
_WRITE_BYTES: Final = 2 * CHUNK_BYTES

# Windows cannot write pieces without joining them; Linux and macOS take this many at once (IOV_MAX).
_HAS_WRITEV: Final = hasattr(os, "writev")
_MAX_PIECES: Final = 1024

# Far enough to see a boundary's line end: it has 70 characters at most (RFC 2046 section 5.1.1), if it is a decent one.
_LINE_BYTES: Final = 128


class Boundary:
    """The first line of a spooled body, if it may be a boundary and came in one chunk, and where that comes again.

    It is noted while the body is written; what is not noted has to be searched for in the file.
    """

    def __init__(self, most: int) -> None:
        """Note `most` places, or none at all."""
        self._most = most
        #: The line, and the line end before it; empty without one.
        self.line = b""
        self._places: list[int] = []
        #: How much has been looked through, and its end, where the line may have begun.
        self._size = 0
        self._tail = b""

    def note(self, chunk: bytes | bytearray) -> None:
        """Look through the next chunk of the body."""
        if self._size == 0 and chunk.startswith(b"--") and (end := chunk.find(b"\r\n", 0, _LINE_BYTES)) > 0:
            self.line = b"\r\n" + chunk[:end]
        if self.line:
            reach = len(self.line) - 1
            self._look(self._tail + chunk[:reach], self._size - len(self._tail))
            self._look(chunk, self._size)
            self._tail = (self._tail + chunk[-reach:])[-reach:]
        self._size += len(chunk)

    def _look(self, data: bytes | bytearray, offset: int) -> None:
        at = data.find(self.line) if self.line else -1
        while at >= 0:
            self._places.append(offset + at)
            if len(self._places) > self._most:
                self.line = b""
                return
            at = data.find(self.line, at + 1)

    def find(self, start: int) -> int:
        """Where the line next comes from `start` on, or -1."""
        index = bisect_left(self._places, start)
        return self._places[index] if index < len(self._places) else -1


class SpooledBody(io.RawIOBase):
    """A file of ours, mostly the nameless temporary one of a body; closed with the last reference.

    `read_at` may be called from several threads; the methods of a file share one position, as a file's do.
    """

    def __init__(self, file: io.FileIO, size: int, boundary: Boundary | None = None) -> None:
        """Take over `file`, which is closed for its owner."""
        super().__init__()
        self._lock = threading.Lock()
        self._position = 0
        self.size = size
        self.boundary = boundary
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
            return _read_fully(
                lambda left, at: _pread(descriptor, left, offset + at), max(0, min(size, self.size - offset))
            )

    def __reduce__(self) -> tuple[type[io.BytesIO], tuple[bytes]]:
        return io.BytesIO, (self.read_at(0, self.size),)

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
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}
        if whence not in bases or bases[whence] + offset < 0:
            raise ValueError("a seek to nowhere")
        self._position = bases[whence] + offset
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
    """Collects a body chunk by chunk under the limits; what `finish` has not handed out is gone when the block ends."""

    def __init__(self, limits: Limits, declared: int | None = None) -> None:
        """Start with nothing; `declared` is what the body should come to, if that is known."""
        self._limits = limits
        self._most = limits.max_body_bytes
        self._chunks: list[bytes | bytearray] = []
        #: How much has come, and past what the chunks go to the file.
        self._size = 0
        self._spill_over = limits.spool_bytes
        if declared is not None and declared > limits.spool_bytes:
            # It will be in a file in the end; memory that is filled until then costs more than writing at once.
            self._spill_over = min(self._spill_over, _WRITE_BYTES - 1)
        self._file: io.FileIO | None = None
        # Each part has one after it; there may be a zip beside the fields.
        self._boundary = Boundary(limits.max_fields + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._chunks = []
        if self._file is not None:
            self._file.close()
            self._file = None

    def write(self, chunk: bytes) -> None:
        """Take the next chunk.

        Raises:
            RequestTooLarge: when the body is now over `max_body_bytes`.
        """
        size = len(chunk)
        self._size += size
        if self._size > self._most:
            self._limits.refuse_over("max_body_bytes", self._size, BODY_TOO_LARGE)
        if size >= _SMALL_BYTES:
            self._chunks.append(bytes(chunk))
        elif self._chunks and isinstance(self._chunks[-1], bytearray):
            self._chunks[-1] += chunk
        else:
            self._chunks.append(bytearray(chunk))
        if self._size > self._spill_over:
            self._spill()

    def finish(self) -> bytes | SpooledBody:
        """The whole body. The buffer is empty afterwards."""
        if self._file is not None:
            self._spill()
            body = SpooledBody(self._file, self._size, self._boundary)
            self._file = None
            return body
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks)

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # it lives as long as the body
        for chunk in self._chunks:
            self._boundary.note(chunk)
        _write_fully(self._file, self._chunks)
        self._chunks = []
        self._spill_over = self._size + _WRITE_BYTES - 1


def _write_fully(file: io.FileIO, chunks: list[bytes | bytearray]) -> None:
    for start in range(0, len(chunks), _MAX_PIECES):
        pieces = chunks[start : start + _MAX_PIECES]
        done = os.writev(file.fileno(), pieces) if _HAS_WRITEV else 0
        if done < sum(map(len, pieces)):
            left = memoryview(b"".join(pieces))[done:]
            while left:  # a file without a buffer may take less than it is given
                left = left[file.write(left) :]


#: What is said of a body over `max_body_bytes`, declared or come so far.
BODY_TOO_LARGE: Final = "the body is larger than"


# A file of somebody else has one position, which readers in several threads would move under each other. Reentrant, as
# such a file may itself be made of another.
_ONE_AT_A_TIME: Final = threading.RLock()


def size_of(source: BodySource) -> int:
    """The size of a body in bytes."""
    if isinstance(source, bytes):
        return len(source)
    if isinstance(source, SpooledBody):
        return source.size
    with _ONE_AT_A_TIME:
        return source.seek(0, io.SEEK_END)


def read_at(source: BodySource, offset: int, size: int) -> bytes:
    """Read up to `size` bytes of a body from `offset`."""
    if isinstance(source, bytes):
        return source[offset : offset + size]
    if isinstance(source, SpooledBody):
        return source.read_at(offset, size)
    with _ONE_AT_A_TIME:
        source.seek(offset)
        return _read_fully(lambda left, _: source.read(left), size)


def _read_fully(read: Callable[[int, int], bytes], size: int) -> bytes:
    """Read `size` bytes, or up to the end, from what may give less at a time: `read` takes how much and where."""
    pieces: list[bytes] = []
    done = 0
    while done < size:
        piece = read(size - done, done)
        if not piece:
            break
        pieces.append(piece)
        done += len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _seek_and_read(descriptor: int, size: int, offset: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)
    return os.read(descriptor, size)


# The position of a descriptor is shared with forked children; where there is a read that needs none, that is used.
_pread: Final[Callable[[int, int, int], bytes]] = getattr(os, "pread", _seek_and_read)


@frozen
class Window:
    """A stretch of a body: nothing is copied until it is read, and the body lives as long as the window."""

    source: BodySource = field(repr=False)
    start: int
    size: int

    def __reduce__(self) -> tuple[type[Window], tuple[bytes, int, int]]:
        return Window, (self.read(), 0, self.size)

    def read(self) -> bytes:
        """All of it."""
        return read_at(self.source, self.start, self.size)

    def read_at(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset`, counted from the window's start; never beyond its end."""
        if offset + size > self.size:
            size = self.size - offset
        if size <= 0:
            return b""
        start = self.start + offset
        if isinstance(self.source, bytes):
            return self.source[start : start + size]
        return read_at(self.source, start, size)

    def view_at(self, offset: int, size: int) -> bytes | memoryview:
        """As `read_at`, without a copy of what is in memory already."""
        if isinstance(self.source, bytes) and offset + size <= self.size:
            start = self.start + offset
            return memoryview(self.source)[start : start + size]
        return self.read_at(offset, size)

    def holding(self, offset: int, size: int) -> tuple[bytes, int]:
        """Bytes that hold a stretch of it, and where in them that starts; what is in memory is not copied.

        There may be more in them, before the stretch and after it.
        """
        if isinstance(self.source, bytes):
            return self.source, self.start + offset
        return self.read_at(offset, size), 0

    def chunks(self) -> Iterator[bytes]:
        """All of it, in steps that do not depend on where the body is."""
        end = self.start + self.size
        for offset in range(self.start, end, CHUNK_BYTES):
            yield read_at(self.source, offset, min(CHUNK_BYTES, end - offset))


def whole(source: BodySource) -> Window:
    """A window on an entire body."""
    return Window(source, 0, size_of(source))
