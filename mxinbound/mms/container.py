"""The zip as a container: what is in it and where, or why it cannot be trusted.

In: a window on the bytes. Out: an `Entry` for each file, its data still as they came. Before a byte is inflated,
everything that the structure can prove is proved: local headers, data, descriptors, directory and end records cover the
zip from its first byte to its last, each byte once, and say the same of every entry. So two readers of an archive that
passes cannot see two different messages in it. Nothing is allocated from a count or a size that the zip declares.

Raises a `ContentError`, `stage` "open"; `part` is the name of the entry it is about, once that has been read. The
layout is that of PKWARE's APPNOTE.TXT, whose section numbers the comments of these modules give.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from itertools import count
from operator import attrgetter
from typing import Final

from mxinbound.body import CHUNK_BYTES, Window
from mxinbound.limits import Limits
from mxinbound.mms.defects import Findings
from mxinbound.mms.directory import (
    DESCRIPTOR_FLAG,
    EMPTY_DEFLATED,
    STORED,
    UTF8_FLAG,
    Entry,
    find_end,
    judge_kind,
    read_directory,
)
from mxinbound.mms.extra import UNICODE_PATH, UNKNOWN64, ZIP64, decisive_fields, from_zip64, hidden_attributes
from mxinbound.mms.names import read_name
from mxinbound.mms.refusals import malformed, over

# 4.3.7: the local header.
_LOCAL: Final = struct.Struct("<6x2H4x3I2H")
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_MAX_EXTRA: Final = 0xFFFF
# 4.3.9: the descriptor, by its size: with or without a signature, with sizes of four bytes or of eight.
_DESCRIPTOR_SIGNATURE: Final = b"PK\x07\x08"
_DESCRIPTORS: Final = {12: "<3I", 16: "<4x3I", 20: "<I2Q", 24: "<4xI2Q"}
_MAX_DESCRIPTOR: Final = max(_DESCRIPTORS)
# How many signatures of descriptors all stored data may hold that have to be searched for one that fits. A zip inside
# the zip has one for each file; millions fit in, to keep a reader busy.
_MAX_SIGNATURES: Final = 50_000


def read_entries(window: Window, limits: Limits, findings: Findings) -> dict[str, Entry]:
    """Prove a zip sound as far as that goes without inflating, and return its files by their names, in its order.

    Raises:
        ContentError: if it is not; which one tells why.
    """
    if window.size > limits.max_archive_bytes:
        raise over(limits, "max_archive_bytes", window.size, "the zip is larger than")
    end = find_end(window, limits, findings)
    entries = read_directory(window.read_at(end.offset, end.size), end.entries, limits, findings)
    _tile(window, entries.values(), end.offset)
    return {name: entry for name, entry in entries.items() if not entry.is_folder}


def _tile(window: Window, entries: Iterable[Entry], end: int) -> None:
    """Check that the entries cover the zip from its start to its directory, and note where the data of each start."""
    ordered = sorted(entries, key=attrgetter("offset"))
    edges = [*map(attrgetter("offset"), ordered), end]
    if edges[0] != 0:
        raise malformed("the zip does not start with an entry of its directory")
    signatures = count(1)
    for entry, following in zip(ordered, edges[1:], strict=True):
        entry.start = _check_local(window, entry, following, signatures)
        if entry.is_folder and window.read_at(entry.start, entry.compressed_size) not in (b"", *EMPTY_DEFLATED):
            raise malformed("a folder has data", entry.name)


def _check_local(window: Window, entry: Entry, following: int, signatures: Iterator[int]) -> int:
    """Check that an entry's header, data and descriptor fill the bytes up to the next, and agree with the directory.

    Returns:
        Where the data start.
    """
    # What is left beside the data is the header, and after the data perhaps a descriptor.
    room = following - entry.offset - entry.compressed_size
    name_end = _LOCAL.size + len(entry.raw_name)
    if room > name_end + _MAX_EXTRA + _MAX_DESCRIPTOR:
        raise malformed("something stands between the entry and what follows", entry.name)
    head = window.read_at(entry.offset, room)
    if not head.startswith(_LOCAL_SIGNATURE) or len(head) < name_end:
        raise malformed("the entry has no local header, or overlaps what follows", entry.name)
    flags, method, crc32, compressed_size, size, name_size, extra_size = _LOCAL.unpack_from(head)
    if (
        flags | DESCRIPTOR_FLAG != entry.flags | DESCRIPTOR_FLAG
        or method != entry.method
        or name_size != len(entry.raw_name)
        or not head.startswith(entry.raw_name, _LOCAL.size)
    ):
        raise malformed("the local header is that of another entry than the directory's", entry.name)
    header_size: int = name_end + extra_size
    if extra_size:
        size, compressed_size = _check_extra(entry, head[name_end:header_size], size, compressed_size)
    said, meant = (crc32, compressed_size, size), (entry.crc32, entry.compressed_size, entry.size)
    if flags & DESCRIPTOR_FLAG:
        if any(each not in (0, agreed) for each, agreed in zip(said, meant, strict=True)):
            raise malformed("the local header contradicts the directory", entry.name)
        descriptor_size = room - header_size
        _check_descriptor(window.read_at(following - descriptor_size, descriptor_size), meant, entry.name)
        if entry.method == STORED and not compressed_size:
            _refuse_earlier_end(window, entry.offset + header_size, entry, signatures)
    elif said != meant:
        raise malformed("the local header contradicts the directory", entry.name)
    elif room != header_size:
        raise malformed("the entry overlaps what follows, or something stands between them", entry.name)
    return entry.offset + header_size


def _check_extra(entry: Entry, extra: bytes, size: int, compressed_size: int) -> tuple[int, int]:
    """Check the extra fields of a local header, and return the sizes that they may replace."""
    fields = decisive_fields(extra, entry.name)
    zip64 = fields.get(ZIP64)
    if zip64 is not None:
        sizes, _ = from_zip64(zip64, (size, compressed_size), 0, entry.name)
        size, compressed_size = (0 if each == UNKNOWN64 else each for each in sizes)
    path = fields.get(UNICODE_PATH)
    if path is not None and read_name(entry.raw_name, path, utf8=entry.flags & UTF8_FLAG != 0)[0] != entry.name:
        raise malformed("the local header has another name than the directory", entry.name)
    for attributes in hidden_attributes(fields):
        judge_kind(entry.name, attributes)
    return size, compressed_size


def _refuse_earlier_end(window: Window, start: int, entry: Entry, signatures: Iterator[int]) -> None:
    """Refuse stored data in which a reader that comes from the front, and knows no size, would find their end."""
    for offset in range(0, entry.size, CHUNK_BYTES):
        piece = window.read_at(start + offset, min(CHUNK_BYTES + _MAX_DESCRIPTOR, entry.size - offset))
        at = piece.find(_DESCRIPTOR_SIGNATURE)
        while at >= 0:
            if next(signatures) > _MAX_SIGNATURES:
                raise malformed("the stored data hold too many descriptors to tell where they end", entry.name)
            end = (offset + at).to_bytes(4, "little")
            if end in {piece[at + 8 : at + 12], piece[at + 12 : at + 16]}:
                raise malformed("the stored data hold a descriptor of their own beginning", entry.name)
            at = piece.find(_DESCRIPTOR_SIGNATURE, at + 1)


def _check_descriptor(descriptor: bytes, meant: tuple[int, int, int], part: str) -> None:
    layout = _DESCRIPTORS.get(len(descriptor))
    if layout is None or ("4x" in layout and not descriptor.startswith(_DESCRIPTOR_SIGNATURE)):
        raise malformed("the entry's descriptor is missing, or of no known kind", part)
    if struct.unpack(layout, descriptor) != meant:
        raise malformed("the descriptor contradicts the directory", part)
