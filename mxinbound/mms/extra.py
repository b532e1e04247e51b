"""The extra fields of an entry: those that change what it is, read from its line in the directory or its local header.

In: their bytes. Out: the contents of the fields that decide something, by their numbers. Raises `MalformedContent`.
"""

import struct
from typing import Final

from mxinbound.mms.refusals import malformed

# 4.5.3, 4.6.9, and WinZip's AES. These may come once only.
ZIP64: Final = 0x0001
UNICODE_PATH: Final = 0x7075
_DECISIVE: Final = frozenset({ZIP64, UNICODE_PATH, 0x9901})

_HEAD: Final = struct.Struct("<2H")
# Writers add five at most. Millions fit into a zip, to keep a reader busy.
_MAX_FIELDS: Final = 64
_DISK: Final = struct.Struct("<I")
_SENTINEL16: Final = 0xFFFF
_SENTINEL32: Final = 0xFFFFFFFF


def decisive_fields(extra: bytes) -> dict[int, bytes]:
    """Check that the extra fields are well formed, and return those that change what an entry is."""
    found: dict[int, bytes] = {}
    at = 0
    count = 0
    while len(extra) - at >= _HEAD.size and count < _MAX_FIELDS:
        count += 1
        kind, size = _HEAD.unpack_from(extra, at)
        start = at + _HEAD.size
        at = start + size
        if at > len(extra):
            raise malformed("an extra field reaches beyond its entry")
        if kind in _DECISIVE:
            if kind in found:
                raise malformed("an extra field that may come once comes twice")
            found[kind] = extra[start:at]
    if extra[at:].strip(b"\x00"):  # what is left may be padding, which is zero
        raise malformed("the extra fields are cut off, or too many")
    return found


def from_zip64(payload: bytes, values: tuple[int, ...], disk: int, part: str) -> tuple[list[int], int]:
    """Read a Zip64 field: the values, with each sentinel replaced by its number of eight bytes, and the disk.

    The field holds a number for each sentinel, in order. A writer may repeat all values, or the disk, if they agree.
    """
    numbers = list(struct.unpack_from(f"<{len(payload) // 8}Q", payload))
    waiting = numbers.copy()
    found = [waiting.pop(0) if each == _SENTINEL32 and waiting else each for each in values]
    rest = payload[len(numbers) * 8 :]
    if len(rest) == _DISK.size and disk in {_SENTINEL16, _DISK.unpack(rest)[0]}:
        disk, rest = _DISK.unpack(rest)[0], b""
    if rest or (waiting and numbers != found[: len(numbers)]):
        raise malformed("the Zip64 field contradicts its entry", part)
    return found, disk
