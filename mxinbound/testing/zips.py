"""Zips as the gateway packs them: the parts, a `manifest` that maps each name to its type, perhaps a SMIL.

The same bytes on every run with one version of zlib. The writer knows enough of the format to write what is wrong as
well.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

#: A part's name, its content type, and its bytes or text.
Part: TypeAlias = tuple[str, str, bytes | str]

MANIFEST: Final = "manifest"
SMIL_NAME: Final = "slides.smil"
SMIL_TYPE: Final = "application/smil"

# 21 August 2010, 17:32:20, as MS-DOS has it.
_TIME_AND_DATE: Final = (17 << 11 | 32 << 5 | 10, 30 << 9 | 8 << 5 | 21)
_DEFLATED: Final = 8
_DESCRIPTOR_FOLLOWS: Final = 1 << 3
_UTF8: Final = 1 << 11

_SLIDE_SECONDS: Final = 5
# How a kind of part is shown, and its place in a slide, of which each can be taken once.
_MEDIA: Final = {
    "text": ("text", "Text"),
    "image": ("img", "Image"),
    "video": ("video", "Image"),
    "audio": ("audio", ""),
}


@frozen(kw_only=True)
class Entry:
    """An entry of a zip, each field of which can be made to lie."""

    name: bytes
    stream: bytes = field(repr=False)
    crc32: int
    size: int
    method: int = _DEFLATED
    flags: int = 0
    attributes: int = 0
    local_name: bytes | None = None

    @classmethod
    def of(cls, name: str, data: bytes | str, **lies: Any) -> Entry:
        """The entry of a name and its bytes, or text as UTF-8."""
        data = data.encode() if isinstance(data, str) else data
        deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        stream = deflater.compress(data) + deflater.flush()
        flags = 0 if name.isascii() else _UTF8
        entry = cls(name=name.encode(), stream=stream, crc32=zlib.crc32(data), size=len(data), flags=flags)
        return evolve(entry, **lies)

    @property
    def local(self) -> bytes:
        """Its local header, its data, and the descriptor if one follows."""
        name = self.name if self.local_name is None else self.local_name
        sizes = (self.crc32, len(self.stream), self.size)
        follows = self.flags & _DESCRIPTOR_FOLLOWS
        header = b"PK\x03\x04" + self._header(*((0, 0, 0) if follows else sizes)) + struct.pack("<2H", len(name), 0)
        return header + name + self.stream + (struct.pack("<4s3I", b"PK\x07\x08", *sizes) if follows else b"")

    def listed(self, offset: int) -> bytes:
        """Its line in the directory."""
        header = struct.pack("<H", 20) + self._header(self.crc32, len(self.stream), self.size)
        lengths = struct.pack("<5H2I", len(self.name), 0, 0, 0, 0, self.attributes, offset)
        return b"PK\x01\x02" + header + lengths + self.name

    def _header(self, crc32: int, packed_size: int, size: int) -> bytes:
        """What the local header and the directory have in common, up to the length of the name."""
        return struct.pack("<5H3I", 20, self.flags, self.method, *_TIME_AND_DATE, crc32, packed_size, size)


def build_zip(
    parts: Iterable[Part],
    *,
    smil: bool | str | bytes | None = False,
    manifest: bool | str | bytes | None = True,
    descriptors: bool = False,
) -> bytes:
    """The zip of an MMS.

    Args:
        parts: In order; a text is written as UTF-8.
        smil: True for one that shows the parts in their order, a text with a picture or video and a sound in each
            slide; or its content. It comes first, as `slides.smil`.
        manifest: Its content, if it is not to be the one that fits the parts; False for none.
        descriptors: Whether sizes and CRC follow each entry's data, as Java writes them, instead of preceding it.
    """
    parts = list(parts)
    for part in parts:
        match part:
            case (str(), str(), _):
                pass
            case _:
                raise TypeError("a part is a name, a content type, and bytes or text: ('a.txt', 'text/plain', 'Hello')")
    if smil is not False and smil is not None:
        parts.insert(0, (SMIL_NAME, SMIL_TYPE, _smil(parts) if smil is True else smil))
    entries = [Entry.of(name, data) for name, _, data in parts]
    if manifest is True:
        manifest = "".join(f"{_key(name)}={_value(content_type)}\n" for name, content_type, _ in parts)
    if manifest is not False and manifest is not None:
        entries.insert(0, Entry.of(MANIFEST, manifest))
    if descriptors:
        entries = [evolve(entry, flags=entry.flags | _DESCRIPTOR_FOLLOWS) for entry in entries]
    return packed(entries)


def _smil(parts: Iterable[Part]) -> str:
    """Slides for parts in their order; a new one starts with a medium whose place in the last one is taken."""
    from html import escape  # noqa: PLC0415  # its table of entities takes longer to load than all of this

    slides: list[dict[str, str]] = []
    for name, content_type, _ in parts:
        kind, _, subtype = content_type.partition("/")
        if kind not in _MEDIA or (kind == "text" and subtype != "plain"):
            continue
        tag, place = _MEDIA[kind]
        if not slides or place in slides[-1]:
            slides.append({})
        region = f' region="{place}"' if place else ""
        slides[-1][place] = f'<{tag} src="{escape(name)}"{region}/>'
    shown = "".join(f'<par dur="{_SLIDE_SECONDS}s">{"".join(slide.values())}</par>' for slide in slides)
    layout = '<layout><root-layout/><region id="Image"/><region id="Text"/></layout>'
    return f"<smil><head>{layout}</head><body>{shown}</body></smil>"


def _key(key: str) -> str:
    """A key of a Java properties file, which a manifest is."""
    escaped = "".join("\\" + character if character in " \t\f=:\\" else character for character in key)
    return "\\" + escaped if key.startswith(("#", "!")) else escaped


def _value(value: str) -> str:
    """A value of one."""
    escaped = value.replace("\\", "\\\\")
    return "\\" + escaped if value.startswith((" ", "\t", "\f")) else escaped


def packed(entries: Iterable[Entry], *, hidden: Iterable[Entry] = (), comment: bytes = b"") -> bytes:
    """A zip of entries; those that are hidden are in the file, but not in its directory."""
    file = b"".join(entry.local for entry in hidden)
    directory = b""
    count = 0
    for count, entry in enumerate(entries, 1):  # noqa: B007  # how many there were
        directory += entry.listed(len(file))
        file += entry.local
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(file), len(comment))
    return file + directory + end + comment
