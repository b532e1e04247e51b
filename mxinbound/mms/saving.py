"""Saving parts: nothing is overwritten, nothing lands outside the folder, nothing half-written stays.

In: chunks, a folder, and names. The bytes go to a file that has no name, where the system has such, else to one with a
temporary name; they get their own name only when they are all there, verified by their source, and on the disk. A name
that is taken, if only by a broken link, stays what it is. No folder and no link is made; no mode and no time is taken
from the zip. Errors of the disk pass through as `OSError`.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, Self

# As for any new file: what the process lets of it.
_MODE: Final = 0o666
# What disks say that cannot do this for a folder.
_NOT_FOR_FOLDERS: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
_COPY_BYTES: Final = 64 * 1024
# By which a file without a name gets one.
_HAS_DESCRIPTORS: Final = Path("/proc/self/fd").exists()


def save(chunks: Iterable[bytes], folder: Path, names: Iterable[str]) -> Path:
    """Write a new file in a folder under the first of the names that is free.

    Raises:
        FileExistsError: if none is.
    """
    path = folder
    with _written(chunks, folder) as link:
        for name in names:
            path = folder / name
            try:
                link(path)
            except FileExistsError:
                continue
            return path
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


class Replacement:
    """A file that takes the place of another of its name when it is all there, and not before.

    Until then it has no name, where the system has such files, or else a temporary one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")

    def __enter__(self) -> Self:
        descriptor = _open_nameless(self._path.parent)
        self._named = descriptor is None
        self._file = self._temporary.open("x+b") if descriptor is None else os.fdopen(descriptor, "w+b")
        return self

    def __exit__(self, *_: object) -> None:
        try:
            # Not what buffers it, which would write what is left first, and fail again where the disk is full.
            self._file.raw.close()
        finally:
            if self._named:
                self._temporary.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        """Write the next bytes."""
        self._file.write(chunk)

    def finish(self) -> Path:
        """Put the file in its place."""
        _sync(self._file)
        if not self._named:
            self._named = True
            _link_nameless(self._file, self._temporary)
        self._file.close()
        self._temporary.replace(self._path)
        self._named = False
        sync_folder(self._path.parent)
        return self._path


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can say."""
    flags: int | None = getattr(os, "O_DIRECTORY", None)
    if flags is None:
        return
    try:
        descriptor = os.open(folder, flags)
    except PermissionError:  # one may write to it and not read it
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _written(chunks: Iterable[bytes], folder: Path) -> Generator[Callable[[Path], None]]:
    """Write a file that is gone when the block ends, and give what gives it a name."""
    descriptor = _open_nameless(folder)
    if descriptor is None:
        with _written_by_name(chunks, folder) as link:
            yield link
        return
    with os.fdopen(descriptor, "w+b") as file:
        _fill(file, chunks)
        yield partial(_link_nameless, file)


@contextmanager
def _written_by_name(chunks: Iterable[bytes], folder: Path) -> Generator[Callable[[Path], None]]:
    temporary = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as file:
            _fill(file, chunks)
        yield partial(_link, temporary)
    finally:
        temporary.unlink(missing_ok=True)


def _open_nameless(folder: Path) -> int | None:
    """Open a file that is gone with its descriptor, however the process ends; None where there is no such thing."""
    flags: int | None = getattr(os, "O_TMPFILE", None)
    if flags is None or not _HAS_DESCRIPTORS:
        return None
    try:
        return os.open(folder, flags | os.O_RDWR, _MODE)
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError:  # not on this file system
        return None


def _fill(file: BinaryIO, chunks: Iterable[bytes]) -> None:
    file.writelines(chunks)
    _sync(file)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _link_nameless(file: BinaryIO, path: Path) -> None:
    descriptor = file.fileno()
    try:
        # Only if it is given a folder does this follow the link in /proc; to an absolute path the folder is nothing.
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor)
    except FileExistsError:
        raise
    except OSError:  # a system that makes such files, and does not let them have a name
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        file.seek(0)
        with _written_by_name(iter(partial(file.read, _COPY_BYTES), b""), path.parent) as link:
            link(path)


def _link(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: the name is taken first, then given its content
        path.open("xb").close()
        try:
            temporary.replace(path)
        except OSError:
            path.unlink()
            raise
