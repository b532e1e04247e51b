"""Zips as the gateway packs them, and zips that nobody should open.

`build_zip` packs parts and a `manifest` that maps each name to its type. `hostile_zips` are small archives that must be
refused, each with the error it has to cause. All are the same bytes on every run with one version of zlib.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias

from attrs import evolve, field, frozen

from mxinbound.errors import (
    ContentError,
    ContentTooLarge,
    EncryptedContent,
    MalformedContent,
    TooManyParts,
    UnsafeName,
    UnsupportedContent,
)
from mxinbound.limits import Limits

#: A part's name, its content type, and its bytes or text.
Part: TypeAlias = tuple[str, str, bytes | str]

# 21 August 2010, 17:32:20, as MS-DOS has it.
_TIME_AND_DATE: Final = (17 << 11 | 32 << 5 | 10, 30 << 9 | 8 << 5 | 21)
_DEFLATED: Final = 8
_UTF8: Final = 1 << 11


@frozen(kw_only=True)
class _Entry:
    """An entry, each field of which can be made to lie."""

    name: bytes
    stream: bytes = field(repr=False)
    crc32: int
    size: int
    method: int = _DEFLATED
    flags: int = 0
    attributes: int = 0
    local_name: bytes | None = None

    @classmethod
    def of(cls, name: str, data: bytes | str, **lies: Any) -> _Entry:
        data = data.encode() if isinstance(data, str) else data
        deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        stream = deflater.compress(data) + deflater.flush()
        flags = 0 if name.isascii() else _UTF8
        entry = cls(name=name.encode(), stream=stream, crc32=zlib.crc32(data), size=len(data), flags=flags)
        return evolve(entry, **lies)

    @property
    def header(self) -> bytes:
        """What the local header and the directory have in common, up to the length of the name."""
        fields = (20, self.flags, self.method, *_TIME_AND_DATE, self.crc32, len(self.stream), self.size)
        return struct.pack("<5H3I", *fields)

    @property
    def local(self) -> bytes:
        name = self.name if self.local_name is None else self.local_name
        return b"PK\x03\x04" + self.header + struct.pack("<2H", len(name), 0) + name + self.stream

    def listed(self, offset: int) -> bytes:
        """Its line in the directory."""
        lengths = struct.pack("<5H2I", len(self.name), 0, 0, 0, 0, self.attributes, offset)
        return b"PK\x01\x02" + struct.pack("<H", 20) + self.header + lengths + self.name


def build_zip(parts: Iterable[Part], *, manifest: str | bytes | None = None) -> bytes:
    """The zip of an MMS.

    Args:
        parts: In order; a text is written as UTF-8.
        manifest: Its content, if it is not to be the one that fits the parts.
    """
    parts = list(parts)
    if manifest is None:
        manifest = "".join(f"{_escaped(name)}={content_type}\n" for name, content_type, _ in parts)
    return _packed([_Entry.of("manifest", manifest), *(_Entry.of(name, data) for name, _, data in parts)])


def _escaped(key: str) -> str:
    """A key of a Java properties file, which a manifest is."""
    escaped = "".join("\\" + character if character in " \t\f=:\\" else character for character in key)
    return "\\" + escaped if key.startswith(("#", "!")) else escaped


def _packed(entries: Iterable[_Entry], *, hidden: Iterable[_Entry] = (), comment: bytes = b"") -> bytes:
    """A zip of entries; those that are hidden are in the file, but not in its directory."""
    file = b"".join(entry.local for entry in hidden)
    directory = b""
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007  # how many there were
        directory += entry.listed(len(file))
        file += entry.local
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(file), len(comment))
    return file + directory + end + comment


@frozen(kw_only=True)
class HostileZip:
    """An archive that must be refused.

    Attributes:
        name: What is wrong with it, in words with hyphens.
        archive: Its bytes.
        error: What opening it must raise, or reading its parts if `stage` is "read".
        stage: "open" or "read".
    """

    name: str
    archive: bytes = field(repr=False)
    error: type[ContentError]
    stage: Literal["open", "read"] = "open"


def hostile_zips() -> tuple[HostileZip, ...]:
    """Archives that must be refused, each with the error it has to cause; none takes more than 100 kB."""
    limits = Limits()
    text = _Entry.of("hello.txt", "Hello")
    good = build_zip([("hello.txt", "text/plain", "Hello")])
    zeros = bytes(limits.max_part_bytes)
    named = {
        "a-step-up": "../hello.txt",
        "a-step-up-with-backslashes": "..\\hello.txt",
        "a-path-from-the-root": "/etc/hello.txt",
        "a-drive": "C:hello.txt",
        "a-nul-in-a-name": "manifest\0.jpg",
    }
    malformed = {
        "no-zip-at-all": b"<html>503 Service Unavailable</html>",
        "cut-off": good[:-30],
        "something-in-front": b"GIF89a" + good,
        "something-behind": good + b"<script>alert(1)</script>",
        "one-zip-after-another": good + good,
        "a-second-end-in-the-comment": _packed([text], comment=good),
        "an-entry-that-is-not-listed": _packed([text], hidden=[_Entry.of("hidden.txt", "Hello")]),
        "one-name-twice": _packed([text, text]),
        "another-name-in-the-local-header": _packed([evolve(text, local_name=b"other.txt")]),
    }
    damaged = {
        "a-bomb-that-declares-ten-bytes": _packed([_Entry.of("bomb.bin", zeros, size=10)]),
        "a-wrong-crc": _packed([evolve(text, crc32=1)]),
    }
    return (
        *(HostileZip(name=each, archive=data, error=MalformedContent) for each, data in malformed.items()),
        *(
            HostileZip(name=each, archive=_packed([_Entry.of(name, "Hello")]), error=UnsafeName)
            for each, name in named.items()
        ),
        HostileZip(
            name="a-symbolic-link", archive=_packed([evolve(text, attributes=0o120777 << 16)]), error=UnsafeName
        ),
        HostileZip(name="encrypted", archive=_packed([evolve(text, flags=1)]), error=EncryptedContent),
        HostileZip(name="another-method", archive=_packed([evolve(text, method=9)]), error=UnsupportedContent),
        HostileZip(name="a-bomb", archive=_packed([_Entry.of("bomb.bin", zeros + b"\0")]), error=ContentTooLarge),
        HostileZip(
            name="a-part-that-grows-a-thousandfold",
            archive=_packed([_Entry.of("bomb.bin", zeros[: 2 * limits.ratio_grace_bytes])]),
            error=ContentTooLarge,
        ),
        HostileZip(
            name="too-many-entries",
            archive=_packed(_Entry.of(f"{number}.txt", "") for number in range(limits.max_parts + 1)),
            error=TooManyParts,
        ),
        *(HostileZip(name=each, archive=data, error=MalformedContent, stage="read") for each, data in damaged.items()),
    )
