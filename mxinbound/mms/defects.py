"""The defects that reading an archive may find, and where they are collected."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Final

from mxinbound.messages import Defect
from mxinbound.mms.refusals import shown

DETAILS: Final = {
    "trailing-bytes": "up to 16 NUL, CR or LF bytes follow the zip",
    "name-encoding": "the name is in CESU-8, which no zip should have, and was read as that",
    "manifest-missing": "there is no manifest; the order is the zip's and the types are told by names and first bytes",
    "manifest-absent-file": "the manifest lists a file that is not in the zip",
    "manifest-unlisted-file": "the file is not in the manifest; it comes after those that are",
    "manifest-duplicate-key": "the manifest lists the file more than once; the first place and the last type count",
    "manifest-bad-line": "a line of the manifest cannot be read and was left out",
    "manifest-bad-type": "the manifest's type for the file is no type; it was told by the name or the first bytes",
    "manifest-damaged": "the manifest's bytes are damaged; the archive was read as if it had none",
    "type-conflict": "the bytes are not what the type says: they are HTML, SVG, PDF or a program",
    "smil-unsafe": "the SMIL's document type is more than a public name, so it was not read",
    "smil-unparsable": "the SMIL cannot be read",
    "smil-too-complex": "the SMIL is over a limit, and was not read",
    "smil-encoding": "the SMIL is not in the encoding it declares, or in UTF-8, and was read as another",
    "smil-unresolved": "the SMIL shows something that is not in the zip, or could be several parts",
    "smil-several": "there is more than one SMIL; the first counts",
    "text-encoding": "the text is not in the charset it declares, or in UTF-8, and was read as another",
}


class Findings:
    """Collects the defects of an archive: each once, up to a ceiling, from any thread."""

    def __init__(self, max_defects: int, found: Iterable[Defect] = ()) -> None:
        self._max_defects = max_defects
        self._lock = threading.Lock()
        self._found = {defect.detail: defect for defect in found}

    def __reduce__(self) -> tuple[type[Findings], tuple[int, tuple[Defect, ...]]]:
        return Findings, (self._max_defects, self.all())

    def record(self, code: str, name: str | None = None, *, line: int | None = None) -> None:
        """Record a defect, of the part of that name or of that line of the manifest if it is about one."""
        with self._lock:
            if len(self._found) < self._max_defects:
                place = "" if name is None else f"{shown(name)}: "
                detail = (place if line is None else f"line {line}: ") + DETAILS[code]
                if detail not in self._found:  # a manifest can repeat itself twenty thousand times
                    self._found[detail] = Defect(code, None, detail)

    def all(self) -> tuple[Defect, ...]:
        """What has been found so far, in order."""
        with self._lock:
            return tuple(self._found.values())
