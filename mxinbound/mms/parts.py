"""The parts of an MMS: the files of its zip in the order and with the types that its manifest gives them.

In: a window on the zip. Out: `MmsPart`s, nothing but the manifest inflated yet. Raises a `ContentError` for a zip that
cannot be trusted; a manifest that is missing, damaged or wrong costs its order and types only.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, TypeAlias

from attrs import field, frozen

from mxinbound.errors import MalformedContent
from mxinbound.mms.container import read_entries
from mxinbound.mms.content_types import (
    HEAD_BYTES,
    UNKNOWN,
    is_content_type,
    is_disguise,
    parse_content_type,
    type_of_bytes,
    type_of_extension,
)
from mxinbound.mms.directory import Entry
from mxinbound.mms.inflating import STEP_BYTES, inflate, inflate_head, inflate_whole
from mxinbound.mms.manifest import read_properties
from mxinbound.mms.matching import loosest, match_keys
from mxinbound.mms.names import filenames
from mxinbound.mms.refusals import refuse_over
from mxinbound.mms.saving import save, sync_folder
from mxinbound.mms.text import decode_text

if TYPE_CHECKING:
    from mxinbound.body import Window
    from mxinbound.limits import Limits
    from mxinbound.mms.defects import Findings

TypeSource: TypeAlias = Literal["manifest", "extension", "bytes", "default"]
#: A type and its charset, as the manifest declares them.
_Declared: TypeAlias = tuple[str, str | None]

_MANIFEST: Final = "manifest"
# A line of fewer bytes names no file and no type.
_LEAST_LINE_BYTES: Final = 8
# A name may be escaped, in six bytes a character, and a type stands beside it.
_LINE_BYTES_PER_NAME_BYTE: Final = 8
_LINE_BREAKS: Final = frozenset("\r\n\x00")


@frozen(kw_only=True, eq=False, repr=False)
class MmsPart:
    """A file of an MMS.

    Attributes:
        name: Its name in the zip, exactly; fit for looking it up, not for a path.
        filename: A name that is safe in any folder and unique in the message, whatever the disk.
    """

    name: str
    filename: str
    _entry: Entry = field(alias="entry")
    _declared: _Declared | None = field(alias="declared")
    _window: Window = field(alias="window")
    _findings: Findings = field(alias="findings")

    @property
    def size(self) -> int:
        """The size in bytes, as declared; reading proves it."""
        return self._entry.size

    @property
    def crc32(self) -> int:
        """The CRC, as declared; reading proves it."""
        return self._entry.crc32

    @property
    def content_type(self) -> str:
        """The type, lower-case and without parameters: `image/jpeg`."""
        return self._type()[0]

    @property
    def type_source(self) -> TypeSource:
        """What told the type: the manifest, the extension of the name, the first bytes, or nothing ("default")."""
        return self._type()[1]

    @property
    def charset(self) -> str | None:
        """The charset that the manifest declares, as written; None if it does not."""
        return self._declared[1] if self._declared else None

    def read(self) -> bytes:
        """All bytes, verified.

        Raises:
            MalformedContent: if they are damaged; other parts may still be read.
        """
        data = inflate_whole(self._window, self._entry)
        self._look_at(data[:HEAD_BYTES])
        return data

    def iter_bytes(self, chunk_size: int = STEP_BYTES) -> Iterator[bytes]:
        """All bytes in chunks of at most `chunk_size`, and of at most 64 KiB; if they are sound shows at the end only.

        Raises:
            MalformedContent: if they are damaged; what came before must not be used.
        """
        if chunk_size < 1:
            raise ValueError("chunk_size must be at least 1")
        self._look_at(inflate_head(self._window, self._entry, HEAD_BYTES))
        return inflate(self._window, self._entry, min(chunk_size, STEP_BYTES))

    def open(self) -> BinaryIO:
        """A binary file of all bytes, verified, in memory and seekable.

        Raises:
            MalformedContent: if they are damaged.
        """
        return io.BytesIO(self.read())

    def text(self) -> str:
        """All bytes read as text, whatever the type; what fits no charset is replaced.

        Raises:
            MalformedContent: if they are damaged.
        """
        text, is_odd = decode_text(self.read(), self.charset)
        if is_odd:
            self._findings.record("text-encoding", self.name)
        return text

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it to a new file; it is there whole, or not at all.

        Args:
            path: The file. Make it from `filename`, not from `name`.

        Raises:
            MalformedContent: if it is damaged.
            FileExistsError: if there is something of that name, if only a broken link.
            OSError: whatever else the disk says.
        """
        path = Path(path)
        save(self.iter_bytes(), path.parent, [path.name])
        sync_folder(path.parent)
        return path

    def __repr__(self) -> str:
        return f"<MmsPart {self.filename!a} of {self.size} bytes>"

    def _type(self) -> tuple[str, TypeSource]:
        if self._declared:
            return self._declared[0], "manifest"
        if content_type := type_of_extension(self.name):
            return content_type, "extension"
        if content_type := type_of_bytes(inflate_head(self._window, self._entry, HEAD_BYTES)):
            return content_type, "bytes"
        return UNKNOWN, "default"

    def _look_at(self, head: bytes) -> None:
        if is_disguise(self.content_type, head):
            self._findings.record("type-conflict", self.name)


def read_parts(window: Window, limits: Limits, findings: Findings) -> tuple[MmsPart, ...]:
    """Read what is in a zip.

    Raises:
        ContentError: if it cannot be trusted.
    """
    entries = {entry.name: entry for entry in read_entries(window, limits, findings)}
    manifest = _find_manifest(entries)
    declared = _declared_types(window, manifest, entries, limits, findings)
    names = [*declared, *(name for name in entries if name not in declared and name != manifest)]
    return tuple(
        MmsPart(
            name=name,
            filename=filename,
            entry=entries[name],
            declared=declared.get(name),
            window=window,
            findings=findings,
        )
        for name, filename in zip(names, filenames(names), strict=True)
    )


def _find_manifest(entries: dict[str, Entry]) -> str | None:
    """The name of the manifest: the exact one, else the only one in another case, at the top of the zip."""
    if _MANIFEST in entries:
        return _MANIFEST
    found = [name for name in entries if name.lower() == _MANIFEST]
    return found[0] if len(found) == 1 else None


def _declared_types(
    window: Window, manifest: str | None, entries: dict[str, Entry], limits: Limits, findings: Findings
) -> dict[str, _Declared | None]:
    """The names that the manifest lists, in its order, each with the type it gives; None for one that is no type."""
    if manifest is None:
        findings.record("manifest-missing")
        return {}
    if entries[manifest].size > limits.max_manifest_bytes:
        refuse_over(limits, "max_manifest_bytes", entries[manifest].size, "the manifest is larger than", manifest)
    try:
        data = inflate_whole(window, entries[manifest])
    except MalformedContent:
        findings.record("manifest-damaged")
        return {}
    lines = _read_lines(data, entries, limits, findings)
    # The manifest's own name is among those that may be meant, so that a line for it is no missing file.
    meant = match_keys(lines, entries)
    declared: dict[str, _Declared | None] = {}
    for key, value in lines.items():
        name = meant.get(key)
        if name is None:
            findings.record("manifest-absent-file", key)
        elif name != manifest:
            declared[name] = _declared_type(value)
            if declared[name] is None:
                findings.record("manifest-bad-type", name)
    for name in entries:
        if name not in declared and name != manifest:
            findings.record("manifest-unlisted-file", name)
    return declared


def _read_lines(data: bytes, entries: dict[str, Entry], limits: Limits, findings: Findings) -> dict[str, str]:
    """The lines that may name an entry; of those that do not do so exactly there may be hostile numbers."""
    lines: dict[str, str] = {}
    loosely: set[str] | None = None
    max_lines = limits.max_manifest_bytes // _LEAST_LINE_BYTES
    for number, pair in enumerate(
        read_properties(data, max_line_bytes=limits.max_name_bytes * _LINE_BYTES_PER_NAME_BYTE), 1
    ):
        if number > max_lines:
            findings.record("manifest-bad-line", line=number)
            break
        if pair is None or not pair[0]:
            findings.record("manifest-bad-line", line=number)
            continue
        key, value = pair
        if key in lines:
            findings.record("manifest-duplicate-key", key)
            lines[key] = value
        elif key in entries:
            lines[key] = value
        else:
            loosely = loosely or {loosest(name) for name in entries}
            if loosest(key) in loosely and len(lines) < limits.max_parts + limits.max_defects:
                lines[key] = value
            else:
                findings.record("manifest-absent-file", key)
    return lines


def _declared_type(value: str) -> _Declared | None:
    essence, parameters = parse_content_type(value)
    # Asked of the value, since a letter that is none of ASCII may become one in lower case.
    if not value.partition(";")[0].isascii() or not is_content_type(essence) or not _LINE_BREAKS.isdisjoint(value):
        return None
    return essence, parameters.get("charset")
