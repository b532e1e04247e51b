"""The end records and the directory of a zip: which entries it says it has, each judged by what is said of it.

In: a window on the bytes. Out: an `Entry` for each, its data and its local header not looked at yet. Raises a
`ContentError`: in the order of the end record, the number of entries, the size of the directory, and then, entry by
entry, encryption, flags, method, name, kind and sizes.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from attrs import define, field

from mxinbound.body import Window
from mxinbound.errors import ContentError, EncryptedContent, UnsafeName, UnsupportedContent
from mxinbound.limits import Limits
from mxinbound.mms.defects import Findings
from mxinbound.mms.extra import UNICODE_PATH, ZIP64, decisive_fields, from_zip64, hidden_attributes
from mxinbound.mms.names import read_name, refuse_unsafe
from mxinbound.mms.refusals import malformed, over, shown

STORED: Final = 0
_METHODS: Final = frozenset({STORED, 8})
_AES: Final = 99

# 4.3.16, 4.3.15, 4.3.14, 4.3.12: the end record, the Zip64 locator and record, an entry of the directory.
_END: Final = struct.Struct("<4s4H2IH")
_LOCATOR: Final = struct.Struct("<4sIQI")
_END64: Final = struct.Struct("<4sQ2H2I4Q")
# Of the entry without its signature, versions, time and internal attributes, which tell nothing that matters here.
_ENTRY: Final = struct.Struct("<8x2H4x3I4H2x2I")
_END_SIGNATURE: Final = b"PK\x05\x06"
_LOCATOR_SIGNATURE: Final = b"PK\x06\x07"
_END64_SIGNATURE: Final = b"PK\x06\x06"
_ENTRY_SIGNATURE: Final = b"PK\x01\x02"
_COMMENT_SIZE: Final = struct.Struct("<H")
# What the Zip64 record says of its own size: itself without its first two fields. More would be room to hide in.
_END64_REST: Final = _END64.size - 12
# What a classic field says when the Zip64 record has the number: those of two bytes, then those of four.
_SENTINEL32: Final = 0xFFFFFFFF
_SENTINELS: Final = (0xFFFF,) * 4 + (_SENTINEL32,) * 2

_MAX_COMMENT: Final = 0xFFFF
# Uploads through text tools and careless file transfers add these. More than a few are a suffix.
_TRAILING: Final = b"\x00\r\n"
_MAX_TRAILING: Final = 16

# 4.4.4: bits 0, 6 and 13 are kinds of encryption; 1 and 2 tell how hard it was compressed, 3 that a descriptor follows,
# 11 that the name is UTF-8; 5 is patched data. What the others mean is reserved or forgotten.
_ENCRYPTED_FLAGS: Final = 1 << 0 | 1 << 6 | 1 << 13
_PATCHED_FLAG: Final = 1 << 5
DESCRIPTOR_FLAG: Final = 1 << 3
UTF8_FLAG: Final = 1 << 11
_OTHER_FLAGS: Final = ~(1 << 1 | 1 << 2 | DESCRIPTOR_FLAG | UTF8_FLAG)

# The upper half of the external attributes is the mode of a Unix file, whatever system the entry names, since readers
# take it for that; the lower half has the bits of MS-DOS for a folder and for the label of a disk.
_KIND_MASK: Final = 0o170000
_FOLDER: Final = 0o040000
_FILE_OR_FOLDER: Final = frozenset({0, 0o100000, _FOLDER})
_DOS_FOLDER: Final = 0x10
_DOS_LABEL: Final = 0x08

# What does not shrink grows a little when it is deflated, in a writer that flushes often by a few in a hundred. Data
# that are far longer than what they make are a bomb, or empty blocks, which cost a reader fifteen times what others do.
_USUAL_GROWTH: Final = 8
_USUAL_PADDING_BYTES: Final = 4 * 1024
_MAX_WASTED_BYTES: Final = 512 * 1024

#: Nothing, deflated, as Java's zip writer has it even for folders: one final block, compressed or, at level 0, stored.
EMPTY_DEFLATED: Final = (b"\x03\x00", b"\x01\x00\x00\xff\xff")
_EMPTY_SIZES: Final = frozenset({0, *map(len, EMPTY_DEFLATED)})


@define(eq=False)
class Entry:
    """An entry of the directory: what is said of it, and where its data start.

    The last two are found after the others, while the zip is read, and nothing is set after that.
    """

    name: str
    raw_name: bytes = field(repr=False)
    flags: int
    method: int
    crc32: int
    compressed_size: int
    size: int
    offset: int
    is_folder: bool
    is_padded: bool = False
    start: int = 0


class End(NamedTuple):
    """What an end record says: which disk, how many entries, and where the directory is."""

    disk: int
    first_disk: int
    entries_here: int
    entries: int
    size: int
    offset: int


def find_end(window: Window, limits: Limits, findings: Findings) -> End:
    """Find the one end record, or pair of end records, and check what it says.

    Raises:
        ContentError: if there is none, or more than one, or if it is wrong or over a limit.
    """
    found, start = _only_end(window, findings)
    locator_start = start - _LOCATOR.size
    locator = window.read_at(locator_start, _LOCATOR.size) if locator_start >= 0 else b""
    if locator.startswith(_LOCATOR_SIGNATURE) and len(locator) == _LOCATOR.size:
        start = locator_start - _END64.size
        found = _read_zip64(window, locator, start, found)
    elif _SENTINEL32 in found[-2:]:
        raise malformed("the end record of the zip points at a Zip64 one that is not there")
    if found.disk or found.first_disk or found.entries_here != found.entries:
        raise malformed("the zip is one of several disks")
    if found.entries > limits.max_parts:
        raise over(limits, "max_parts", found.entries, "the zip has more entries than")
    if found.size > limits.max_directory_bytes:
        raise over(limits, "max_directory_bytes", found.size, "the directory of the zip is larger than")
    if found.offset + found.size != start:
        raise malformed("the directory of the zip does not end where its end record starts")
    return found


def _only_end(window: Window, findings: Findings) -> tuple[End, int]:
    """The end record whose comment ends the zip, and where it starts; no other may be taken for it."""
    size = min(window.size, _MAX_TRAILING + _MAX_COMMENT + _END.size)
    tail, start = window.holding(window.size - size, size)
    stop = start + size
    at = tail.rfind(_END_SIGNATURE, start, stop)
    if at < 0:
        raise malformed("the zip has no end record: it is cut off, or no zip at all")
    if at + _END.size > stop:
        raise malformed("the zip is cut off in its end record")
    *numbers, comment_size = _END.unpack_from(tail, at)[1:]
    end = at + _END.size + comment_size
    trailing = tail[end:stop]
    if end > stop or len(trailing) > _MAX_TRAILING or trailing.strip(_TRAILING):
        raise malformed("the zip does not end with its end record")
    earlier = tail.rfind(_END_SIGNATURE, start, at)
    while earlier >= 0:
        # A reader that comes from the front, or one that asks for a comment up to the end, would take this one.
        (comment_size,) = _COMMENT_SIZE.unpack_from(tail, earlier + _END.size - _COMMENT_SIZE.size)
        if end <= earlier + _END.size + comment_size <= stop:
            raise malformed("the zip has two end records")
        earlier = tail.rfind(_END_SIGNATURE, start, earlier)
    if trailing:
        findings.record("trailing-bytes")
    return End(*numbers), window.size - stop + at


def _read_zip64(window: Window, locator: bytes, start: int, classic: End) -> End:
    """Read the Zip64 end record, which must start at `start`, right before its locator, and agree with the other."""
    _, disk, offset, disks = _LOCATOR.unpack(locator)
    record = window.read_at(start, _END64.size) if start >= 0 else b""
    is_record = record.startswith(_END64_SIGNATURE) and len(record) == _END64.size
    if disk or disks != 1 or offset != start or not is_record:
        raise malformed("the Zip64 locator does not point at a record right before it")
    _, rest, _, _, *numbers = _END64.unpack(record)
    found = End(*numbers)
    for said, meant, sentinel in zip(classic, numbers, _SENTINELS, strict=True):
        if said not in (meant, sentinel):
            raise malformed("the two end records of the zip contradict each other")
    if rest != _END64_REST:
        raise malformed("the Zip64 end record is longer than its fields")
    return found


def read_directory(directory: bytes, count: int, limits: Limits, findings: Findings) -> dict[str, Entry]:
    """Read the entries of a directory, which must fill it, and judge each by what is said of it.

    Raises:
        ContentError: if the directory is wrong, or an entry is not to be had.
    """
    entries: dict[str, Entry] = {}
    raw_names: set[bytes] = set()
    plain_names: set[str] = set()
    at = total = wasted = 0
    for _ in range(count):
        entry, at = _read_entry(directory, at, limits, findings)
        if entry.name in entries:
            raise malformed("the name stands in the zip twice", entry.name)
        raw_name = entry.raw_name
        if not raw_name.isascii():
            # As it is written, and as a reader has it that knows neither Unicode paths nor UTF-8 unmarked. A name in
            # ASCII is one and the same.
            plain_name = raw_name.decode("utf-8" if entry.flags & UTF8_FLAG else "cp437", "replace")
            if raw_name in raw_names or plain_name in plain_names:
                raise malformed("the name stands in the zip twice", entry.name)
            raw_names.add(raw_name)
            plain_names.add(plain_name)
        total += entry.size
        if total > limits.max_total_bytes:
            raise over(limits, "max_total_bytes", total, "the parts together are larger than")
        usual = entry.size + entry.size // _USUAL_GROWTH + _USUAL_PADDING_BYTES
        if entry.compressed_size > usual:
            wasted += entry.compressed_size - usual
            entry.is_padded = wasted > _MAX_WASTED_BYTES
        entries[entry.name] = entry
    if at != len(directory):
        raise malformed("the directory of the zip is longer than its entries")
    return entries


def _read_entry(directory: bytes, at: int, limits: Limits, findings: Findings) -> tuple[Entry, int]:
    """Judge one entry by its line in the directory: encryption, flags, method, name, kind, sizes, in this order.

    Returns:
        The entry, and where its line ends.
    """
    name_start = at + _ENTRY.size
    if name_start > len(directory) or not directory.startswith(_ENTRY_SIGNATURE, at):
        raise malformed("the directory of the zip has fewer entries than it says")
    line = _ENTRY.unpack_from(directory, at)
    flags, method, crc32, compressed_size, size, name_size, extra_size, comment_size, disk, attributes, offset = line
    name_end = name_start + name_size
    extra_end = name_end + extra_size
    end: int = extra_end + comment_size
    if end > len(directory):
        raise malformed("an entry of the directory reaches beyond it")
    if flags & _OTHER_FLAGS or method not in _METHODS:
        raise _refusal_of(flags, method)
    raw_name = directory[name_start:name_end]
    fields = decisive_fields(directory[name_end:extra_end]) if extra_size else {}
    name = _read_name(raw_name, fields.get(UNICODE_PATH), flags, limits, findings)
    is_folder = judge_kind(name, attributes)
    if fields:
        for more in hidden_attributes(fields):
            judge_kind(name, more)
        zip64 = fields.get(ZIP64)
        if zip64 is not None:
            (size, compressed_size, offset), disk = from_zip64(zip64, (size, compressed_size, offset), disk, name)
    if disk:
        raise malformed("the entry is on another disk", name)
    entry = Entry(name, raw_name, flags, method, crc32, compressed_size, size, offset, is_folder)
    _check_sizes(entry, limits)
    return entry, end


def _refusal_of(flags: int, method: int) -> ContentError:
    if flags & _ENCRYPTED_FLAGS or method == _AES:
        return EncryptedContent("an entry is encrypted")
    if flags & _PATCHED_FLAG:
        return UnsupportedContent("an entry is a patch to another file")
    if flags & _OTHER_FLAGS:
        return malformed("an entry has flags that mean nothing")
    return UnsupportedContent("an entry is neither stored nor deflated")


def _read_name(raw: bytes, path: bytes | None, flags: int, limits: Limits, findings: Findings) -> str:
    if not raw:
        raise malformed("an entry has no name")
    name, is_odd = read_name(raw, path, utf8=flags & UTF8_FLAG != 0)
    longest = len(raw) if raw.isascii() else max(len(raw), len(name.encode()))
    if longest > limits.max_name_bytes:
        raise over(limits, "max_name_bytes", longest, "an entry has a name longer than")
    refuse_unsafe(name)
    if is_odd:
        findings.record("name-encoding", name)
    return name


def judge_kind(name: str, attributes: int) -> bool:
    """Judge what an entry is by its external attributes, those in an extra field included.

    Returns:
        Whether it is a folder.

    Raises:
        UnsafeName: if it is a link or a device.
        MalformedContent: if it is neither a file nor a folder, or its name says another thing.
    """
    kind = attributes >> 16 & _KIND_MASK
    if kind not in _FILE_OR_FOLDER:
        raise UnsafeName(f"{shown(name)}: the entry is a link or a device", part=name)
    if attributes & _DOS_LABEL:
        raise malformed("the entry is the label of a disk", name)
    if name.endswith("/"):
        return True
    if kind == _FOLDER or attributes & _DOS_FOLDER:
        raise malformed("the entry has the name of a file and the attributes of a folder", name)
    return False


def _check_sizes(entry: Entry, limits: Limits) -> None:
    if entry.is_folder:
        if entry.size or entry.crc32 or entry.compressed_size not in _EMPTY_SIZES:
            raise malformed("a folder has data", entry.name)
    elif entry.method == STORED and entry.compressed_size != entry.size:
        raise malformed("the entry is stored in another size than its own", entry.name)
    if entry.size > limits.max_part_bytes:
        raise over(limits, "max_part_bytes", entry.size, "the part is larger than", entry.name)
    if entry.size > limits.ratio_grace_bytes:
        ratio = entry.size / max(entry.compressed_size, 1)
        if ratio > limits.max_ratio:
            raise over(limits, "max_ratio", ratio, "the part inflates to more times its size than", entry.name)
