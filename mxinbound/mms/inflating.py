"""The bytes of one entry: inflated in bounded steps, and verified.

In: a window on the zip and an `Entry`. Out: its data, as chunks or whole. No step makes more than the declared size
allows, so a bomb costs its first steps only. At the end the stream has ended, nothing is left over, and size and CRC
are what the zip says; otherwise `MalformedContent`, `stage` "read".

What inflates is zlib, or ISA-L where the package `isal` is installed. Its `isal_zlib` has the interface of `zlib`, but
for three things. Its error is one of its own. It may hold back output when it has taken all input, so that an empty
`unconsumed_tail` does not mean that no more will come. And it takes a Huffman code that is not complete, which zlib
calls damaged, if nothing uses what is missing; the data it makes of that are checked as any.
"""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any, Final

from mxinbound.body import Window
from mxinbound.errors import MalformedContent
from mxinbound.mms.directory import STORED, Entry
from mxinbound.mms.refusals import malformed

#: The largest step in which data are inflated and handed out.
STEP_BYTES: Final = 64 * 1024

# Up to here everything happens in one call, which saves a quarter of the time of a small part. Past it, the memory
# beside the result has to stay small, and steps of this size stay in the processor's cache.
_ONE_CALL_BYTES: Final = 512 * 1024
_READ_STEP_BYTES: Final = 128 * 1024
_HEAD_BYTES: Final = 2 * 1024
_RAW_DEFLATE: Final = -zlib.MAX_WBITS
_NOT_DEFLATED: Final = "the data are not deflated, as the zip says they are"


def inflate(window: Window, entry: Entry, step: int = STEP_BYTES) -> Iterator[bytes]:
    """The data of an entry, in chunks of at most `step` bytes; the last of them may come before an error does.

    Raises:
        MalformedContent: if they are not what the zip says.
    """
    _refuse_padded(entry)
    pieces = _stored(window, entry, step) if entry.method == STORED else _inflated(window, entry, step)
    library = _library()
    crc32 = 0
    for piece in pieces:
        crc32 = library.crc32(piece, crc32)
        yield piece
    _check_crc(entry, crc32)


def inflate_whole(window: Window, entry: Entry) -> bytes:
    """The data of an entry, verified.

    Raises:
        MalformedContent: if they are not what the zip says.
    """
    library = _library()
    data: bytes
    if entry.method == STORED:
        data = window.read_at(entry.start, entry.compressed_size)
    elif entry.size > _ONE_CALL_BYTES or entry.compressed_size > _ONE_CALL_BYTES:
        whole = io.BytesIO()  # it hands its bytes out without a copy
        for piece in inflate(window, entry, _READ_STEP_BYTES):
            whole.write(piece)
        return whole.getvalue()
    else:
        _refuse_padded(entry)
        inflater = library.decompressobj(_RAW_DEFLATE)
        try:
            data = inflater.decompress(window.view_at(entry.start, entry.compressed_size), entry.size + 1)
        except library.error:
            raise _damaged(entry, _NOT_DEFLATED) from None
        _check_end(entry, inflater, len(data))
    _check_size(entry, len(data))
    _check_crc(entry, library.crc32(data))
    return data


def inflate_head(window: Window, entry: Entry, size: int) -> bytes:
    """Up to `size` bytes from the start of an entry's data, as far as they can be had at little cost; not verified."""
    data = window.read_at(entry.start, min(entry.compressed_size, _HEAD_BYTES))
    if entry.method != STORED:
        library = _library()
        try:
            data = library.decompressobj(_RAW_DEFLATE).decompress(data, size)
        except library.error:
            return b""
    return data[: min(size, entry.size)]


@cache
def _library() -> ModuleType:
    """`isal_zlib` where it is installed, unless the environment has MXINBOUND_NO_ISAL; else `zlib`."""
    if os.environ.get("MXINBOUND_NO_ISAL"):
        return zlib
    try:
        from isal import isal_zlib  # noqa: PLC0415  # a millisecond, which only who reads an archive shall wait for
    except ImportError:
        return zlib
    return isal_zlib


def _stored(window: Window, entry: Entry, step: int) -> Iterator[bytes]:
    for offset in range(0, entry.size, step):
        size = min(step, entry.size - offset)
        piece = window.read_at(entry.start + offset, size)
        _check_size(entry, entry.size - size + len(piece))
        yield piece


def _inflated(window: Window, entry: Entry, step: int) -> Iterator[bytes]:
    library = _library()
    inflater = library.decompressobj(_RAW_DEFLATE)
    taken = made = 0
    while not inflater.eof:
        compressed = inflater.unconsumed_tail
        if not compressed:
            # No more than is made of it, since what a step leaves over is copied.
            compressed = window.view_at(entry.start + taken, min(step, entry.compressed_size - taken))
            taken += len(compressed)
        try:
            piece = inflater.decompress(compressed, min(step, entry.size - made + 1))
        except library.error:
            raise _damaged(entry, _NOT_DEFLATED) from None
        made += len(piece)
        if made > entry.size:
            break
        if piece:
            yield piece
        elif not compressed:
            break
    _check_end(entry, inflater, made, entry.compressed_size - taken)
    _check_size(entry, made)


def _refuse_padded(entry: Entry) -> None:
    if entry.is_padded:
        raise _damaged(entry, "the deflated data are far longer than what the zip says they make")


def _check_end(entry: Entry, inflater: Any, made: int, untaken: int = 0) -> None:
    if made <= entry.size and not inflater.eof:
        raise _damaged(entry, "the deflated data have no end")
    if inflater.unused_data or untaken:
        raise _damaged(entry, "something follows the end of the deflated data")


def _check_size(entry: Entry, size: int) -> None:
    if size != entry.size:
        raise _damaged(entry, f"the data are {'shorter' if size < entry.size else 'longer'} than the zip says")


def _check_crc(entry: Entry, crc32: int) -> None:
    if crc32 != entry.crc32:
        raise _damaged(entry, "the data do not have the CRC that the zip says")


def _damaged(entry: Entry, sentence: str) -> MalformedContent:
    return malformed(sentence, entry.name, stage="read")
