"""The contents of an MMS: its parts, its slides, its text.

`MmsArchive.open` checks at once; the archive of a received message is checked on the first use of anything but `raw`,
so that a damaged zip never costs the message. Whatever the bytes, only a `ContentError` leaves here; what was odd and
forgiven stands in `defects`.
"""

from __future__ import annotations

import copy
import io
import os
import threading
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Self

from attrs import frozen

from mxinbound.body import SpooledBody, Window, whole
from mxinbound.errors import ContentError
from mxinbound.limits import Limits
from mxinbound.messages import Defect
from mxinbound.mms.content_types import PLAIN_TEXT, SMIL_TYPES
from mxinbound.mms.defects import Findings
from mxinbound.mms.matching import Sources
from mxinbound.mms.names import folded, numbered
from mxinbound.mms.parts import MmsPart, examine, read_parts
from mxinbound.mms.saving import save, sync_folder
from mxinbound.mms.smil import Slide, SmilFault, read_slides


@frozen
class _Presentation:
    """The part that is the SMIL, and what it makes of the others."""

    smil: MmsPart | None
    slides: tuple[Slide, ...] | None


class MmsArchive:
    """The contents of an MMS; made by `open`, or found as the `archive` of a message.

    It may be used from several threads. Two archives are equal when their bytes are. `repr` tells the size only.
    """

    __slots__ = (
        "__weakref__",
        "_error",
        "_file",
        "_findings",
        "_limits",
        "_lock",
        "_parts",
        "_presentation",
        "_window",
    )

    #: Without this, Python would iterate by asking for parts named 0, 1 and so on.
    __iter__ = None

    def __init__(self, window: Window, limits: Limits = Limits()) -> None:
        self._window = window
        self._limits = limits
        self._findings = Findings(limits.max_defects)
        self._lock = threading.Lock()
        self._parts: dict[str, MmsPart] | None = None
        self._presentation: _Presentation | None = None
        self._error: ContentError | None = None
        self._file: SpooledBody | None = None

    @classmethod
    def open(
        cls, source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO, limits: Limits = Limits()
    ) -> Self:
        """Open the zip of an MMS and check it.

        Args:
            source: A path, the bytes, or a seekable binary file, which is read from its start, moved, and stays open.
            limits: The ceilings.

        Raises:
            ContentError: if the zip is damaged, over a limit, or not to be trusted; which one tells why.
            OSError: if the file cannot be read.
        """
        if isinstance(source, (bytes, bytearray, memoryview)):
            archive = cls(whole(bytes(source)), limits)
        elif isinstance(source, (str, os.PathLike)):
            with Path(source).open("rb", buffering=0) as opened:
                file = SpooledBody(opened, os.fstat(opened.fileno()).st_size)
            archive = cls(whole(file), limits)
            archive._file = file
        elif hasattr(source, "read") and hasattr(source, "seek") and not isinstance(source, io.TextIOBase):
            archive = cls(whole(source), limits)
        else:
            raise TypeError("MmsArchive.open takes a path, bytes, or a file opened in binary mode")
        archive._checked()
        return archive

    @property
    def raw(self) -> bytes:
        """The zip's bytes, whatever state it is in."""
        return self._window.read()

    @property
    def parts(self) -> tuple[MmsPart, ...]:
        """The parts in the order of the manifest, those it does not list after them; the manifest is none of them.

        Raises:
            ContentError: if the zip cannot be trusted.
        """
        return tuple(self._checked().values())

    @property
    def slides(self) -> tuple[Slide, ...] | None:
        """The slides of the SMIL; None if there is none, if it shows nothing, or if it cannot be read.

        Raises:
            ContentError: if the zip cannot be trusted.
        """
        return self._presented().slides

    @property
    def attachments(self) -> tuple[MmsPart, ...]:
        """The parts that no slide shows, the SMIL left out.

        Raises:
            ContentError: if the zip cannot be trusted.
        """
        left_out = {self._presented().smil, *self._shown()}
        return tuple(part for part in self.parts if part not in left_out)

    @property
    def text(self) -> str:
        """The text of the message: its plain text parts in the order they are shown, a blank line between them.

        Raises:
            ContentError: if the zip cannot be trusted, or one of these parts is damaged.
        """
        ordered = dict.fromkeys(chain(self._shown(), self.parts))
        texts = (part.text() for part in ordered if part.content_type == PLAIN_TEXT)
        return "\n\n".join(text for text in texts if text)

    @property
    def defects(self) -> tuple[Defect, ...]:
        """What was odd and forgiven, as far as has been found yet; `check` finds all.

        Raises:
            ContentError: if the zip cannot be trusted.
        """
        self._checked()
        return self._findings.all()

    def check(self) -> tuple[Defect, ...]:
        """Read every part, those of a text type as text, and the slides; return all defects found by that.

        Raises:
            ContentError: if the zip cannot be trusted, or a part is damaged.
        """
        for part in self.parts:
            examine(part)
        self._presented()
        return self._findings.all()

    def save_to(self, directory: str | os.PathLike[str]) -> dict[str, Path]:
        """Save every part in a folder, under its `filename`, or with a number before the extension if that is taken.

        Each file is there whole or not at all. Parts that are damaged are left out, and when all others are saved the
        error of the first of them is raised.

        Args:
            directory: A folder that exists.

        Returns:
            Where each part is, by its name.

        Raises:
            ContentError: if the zip cannot be trusted, or a part is damaged.
            OSError: what the disk says; what was saved until then stays.
        """
        folder = Path(directory)
        names = {folded(part.filename) for part in self.parts}
        saved: dict[str, Path] = {}
        damaged: list[ContentError] = []
        for part in self.parts:
            others = names - {folded(part.filename)}
            free = (name for name in numbered(part.filename) if folded(name) not in others)
            try:
                saved[part.name] = save(part.iter_bytes(), folder, free)
            except ContentError as error:
                damaged.append(copy.copy(error))  # without its traceback, which would keep all this alive
        sync_folder(folder)
        if damaged:
            raise damaged.pop(0)
        return saved

    def close(self) -> None:
        """Close the file that `open` opened for a path; what was given to it stays open."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getitem__(self, name: str) -> MmsPart:
        """The part of exactly that name."""
        return self._checked()[name]

    def __contains__(self, name: object) -> bool:
        return name in self._checked()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MmsArchive):
            return NotImplemented
        return self._window.size == other._window.size and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self._window.size)

    def __repr__(self) -> str:
        return f"<MmsArchive of {self._window.size} bytes>"

    def __reduce__(self) -> tuple[type[Self], tuple[Window, Limits]]:
        return type(self), (self._window, self._limits)

    def _checked(self) -> dict[str, MmsPart]:
        """The parts by their names, the zip being checked if it was not."""
        with self._lock:
            if self._parts is None and self._error is None:
                try:
                    self._parts = read_parts(self._window, self._limits, self._findings)
                except ContentError as error:
                    # Kept without what it came by, which would keep this archive, and with it a temporary file, alive.
                    self._error = copy.copy(error)
        if self._parts is None:
            assert self._error
            raise copy.copy(self._error)
        return self._parts

    def _presented(self) -> _Presentation:
        parts = self._checked()
        with self._lock:
            if self._presentation is None:
                smils = [part for part in parts.values() if part.content_type in SMIL_TYPES]
                if len(smils) > 1:
                    self._findings.record("smil-several")
                slides = self._read_slides(smils[0], parts) if smils else None
                self._presentation = _Presentation(smils[0] if smils else None, slides)
            return self._presentation

    def _read_slides(self, smil: MmsPart, parts: dict[str, MmsPart]) -> tuple[Slide, ...] | None:
        if smil.size > self._limits.max_smil_bytes:
            self._findings.record("smil-too-complex", smil.name)
            return None
        sources = Sources(name for name in parts if name != smil.name)

        def find(src: str) -> MmsPart | None:
            name = sources.find(src)
            if name is None:
                self._findings.record("smil-unresolved", smil.name)
                return None
            return parts[name]

        try:
            slides, is_odd = read_slides(smil.read(), find, self._limits)
        except ContentError:
            self._findings.record("smil-unparsable", smil.name)
            return None
        except SmilFault as fault:
            self._findings.record(fault.code, smil.name)
            return None
        if is_odd:
            self._findings.record("smil-encoding", smil.name)
        return slides if any(slide.items for slide in slides) else None

    def _shown(self) -> list[MmsPart]:
        """What the slides show, in their order."""
        items = chain.from_iterable(slide.items for slide in self.slides or ())
        return [item.part for item in items if item.part is not None]
