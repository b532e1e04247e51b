"""The parts of an MMS: the files of its zip in the order and with the types that its manifest gives them.

In: a window on the zip. Out: `MmsPart`s, nothing but the manifest inflated yet. Raises a `ContentError` for a zip that
cannot be trusted.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from attrs import field, frozen

from mxinbound.body import Window
from mxinbound.limits import Limits
from mxinbound.mms.container import read_entries
from mxinbound.mms.content_types import (
    HEAD_BYTES,
    UNKNOWN,
    is_disguise,
    type_of_bytes,
    type_of_extension,
)
from mxinbound.mms.defects import Findings
from mxinbound.mms.directory import Entry
from mxinbound.mms.inflating import STEP_BYTES, inflate, inflate_head, inflate_whole
from mxinbound.mms.manifest import Declared, declared_types, find_manifest
from mxinbound.mms.names import Filenames
from mxinbound.mms.saving import save, sync_folder
from mxinbound.mms.text import decode_text

TypeSource: TypeAlias = Literal["manifest", "extension", "bytes", "default"]


@frozen(kw_only=True, eq=False, repr=False)
class MmsPart:
    """A file of an MMS.

    Attributes:
        name: Its name in the zip, exactly; fit for looking it up, not for a path.
    """

    name: str
    _filenames: Filenames = field(alias="filenames")
    _entry: Entry = field(alias="entry")
    _declared: Declared | None = field(alias="declared")
    _window: Window = field(alias="window")
    _findings: Findings = field(alias="findings")

    @property
    def filename(self) -> str:
        """A name that is safe in any folder and unique in the message, whatever the disk."""
        return self._filenames.of(self.name)

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
        """All bytes in chunks of at most `chunk_size`, and of at most 64 KiB; whether they are sound shows at the end.

        Raises:
            MalformedContent: if they are damaged; what came before must not be used.
        """
        if chunk_size < 1:
            raise ValueError("chunk_size must be at least 1")
        return self._looked_at(inflate(self._window, self._entry, min(chunk_size, STEP_BYTES)))

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

    def _looked_at(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head = b""
        for chunk in chunks:
            if len(head) < HEAD_BYTES:
                head += chunk[:HEAD_BYTES]
            yield chunk
        self._look_at(head[:HEAD_BYTES])

    def _look_at(self, head: bytes) -> None:
        if is_disguise(self.content_type, head):
            self._findings.record("type-conflict", self.name)


def examine(part: MmsPart) -> None:
    """Read a part to its end, a text as text, so that what is odd about it is found.

    Raises:
        MalformedContent: if it is damaged.
    """
    if part.content_type.startswith("text/"):
        part.text()
    else:
        for _ in part.iter_bytes():
            pass


def read_parts(window: Window, limits: Limits, findings: Findings) -> dict[str, MmsPart]:
    """Read what is in a zip: its parts by their names, in order.

    Raises:
        ContentError: if it cannot be trusted.
    """
    entries = read_entries(window, limits, findings)
    manifest = find_manifest(entries)
    declared = declared_types(window, manifest, entries, limits, findings)
    order = dict.fromkeys((*declared, *entries))
    if manifest is not None:
        del order[manifest]
    names = Filenames(order)
    return {
        name: MmsPart(
            name=name,
            filenames=names,
            entry=entries[name],
            declared=declared.get(name),
            window=window,
            findings=findings,
        )
        for name in order
    }
