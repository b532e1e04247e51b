"""The extra fields of an entry: those that change what it is, read from its line in the directory or its local header.

In: their bytes. Out: the contents of the fields that decide something, by their numbers. Raises `MalformedContent`.
"""

import struct
from typing import Final

from mxinbound.mms.refusals import malformed

# 4.5.3, 4.6.9, and WinZip's AES; and two in which some readers look for the mode of the file, ASi's and libarchive's.
# These may come once only.
ZIP64: Final = 0x0001
UNICODE_PATH: Final = 0x7075
_ASI: Final = 0x756E
_LIBARCHIVE: Final = 0x6C78
_DECISIVE: Final = frozenset({ZIP64, UNICODE_PATH, 0x9901, _ASI, _LIBARCHIVE})

_HEAD: Final = struct.Struct("<2H")
# Writers add five at most. Millions fit into a zip, to keep a reader busy.
_MAX_FIELDS: Final = 64
_DISK: Final = struct.Struct("<I")
# A CRC, and the mode.
_ASI_HEAD: Final = struct.Struct("<4xH")
#: What a writer puts in for a size that it does not know yet.
UNKNOWN64: Final = 0xFFFFFFFFFFFFFFFF
_SENTINEL16: Final = 0xFFFF
_SENTINEL32: Final = 0xFFFFFFFF


def decisive_fields(extra: bytes, part: str | None = None) -> dict[int, bytes]:
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
            raise malformed("an extra field reaches beyond its entry", part)
        if kind in _DECISIVE:
            if kind in found:
                raise malformed("an extra field that may come once comes twice", part)
            found[kind] = extra[start:at]
    if extra[at:].strip(b"\x00"):  # what is left may be padding, which is zero
        raise malformed("the extra fields are cut off, or too many", part)
    return found


def hidden_attributes(fields: dict[int, bytes]) -> list[int]:
    """The external attributes that stand in extra fields, in the shape of the directory's."""
    found: list[int] = []
    asi = fields.get(_ASI, b"")
    if len(asi) >= _ASI_HEAD.size:
        found.append(_ASI_HEAD.unpack_from(asi)[0] << 16)
    # A bit for each of what follows: two bytes of version, two of internal attributes, four of external ones.
    libarchive = fields.get(_LIBARCHIVE, b"")
    if libarchive and libarchive[0] & 4:
        at = 1 + 2 * (libarchive[0] & 1) + (libarchive[0] & 2)
        found.append(int.from_bytes(libarchive[at : at + 4], "little"))
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
