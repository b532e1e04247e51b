"""What is inside an MMS, as rows for a terminal and as a value for JSON.

Names and texts come from strangers: in a row, whatever does more than show a character is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict

from mxinbound.errors import ContentError, ContentTooLarge
from mxinbound.mms.archive import MmsArchive
from mxinbound.mms.parts import MmsPart, examine
from mxinbound.mms.smil import Item, Slide


def plain(text: str) -> str:
    """Text as a terminal may have it: nothing in it moves the cursor, changes the colour or turns the direction."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def rows(archive: MmsArchive, damage: Mapping[str, ContentError]) -> Iterator[tuple[str, str]]:
    """A label and what it labels for each thing in an archive, those that are damaged told to be."""
    for part in archive.parts:
        state = f", damaged: {damage[part.name]}" if part.name in damage else ""
        origin = f" by {part.type_source}" if part.type_source != "manifest" else ""
        yield "part", f"{part.name!r} {part.content_type}{origin}, {part.size} bytes{state}"
    for number, slide in enumerate(archive.slides or (), 1):
        items = ", ".join(_shown(item) for item in slide.items) or "nothing"
        yield f"slide {number}", items + _length(slide.duration)
    for part in archive.attachments:
        yield "attachment", repr(part.name)
    yield from text_rows(_text(archive) or "")
    for defect in archive.defects:
        yield "defect", f"{defect.code}: {defect.detail}"


def text_rows(text: str) -> Iterator[tuple[str, str]]:
    """A row for each line of a text, the first of them labelled."""
    for number, line in enumerate(text.splitlines()):
        yield "" if number else "text", plain(line)


def save_sound(archive: MmsArchive, folder: Path) -> dict[str, Path] | None:
    """Save the parts, and tell where each is; None where some are damaged, and only the others could be saved."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return archive.save_to(folder)
    except ContentError:
        return None


def saved_rows(saved: Mapping[str, Path] | None, folder: Path) -> Iterator[tuple[str, str]]:
    """What `save_sound` has saved."""
    if saved is None:
        yield "saved", f"the parts that are sound, in {plain(str(folder))}"
    else:
        for name, path in saved.items():
            yield "saved", f"{name!r} as {plain(str(path))}"


def as_json(archive: MmsArchive, damage: Mapping[str, ContentError]) -> dict[str, Any]:
    """All that the rows tell, and more."""
    slides = archive.slides
    return {
        "parts": [_part(part, damage.get(part.name)) for part in archive.parts],
        "slides": None if slides is None else [_slide(slide) for slide in slides],
        "attachments": [part.name for part in archive.attachments],
        "text": _text(archive),
        "defects": [{"code": defect.code, "detail": defect.detail} for defect in archive.defects],
    }


def error_as_json(error: ContentError) -> dict[str, Any]:
    """Why an archive or a part of it is refused."""
    described: dict[str, Any] = {"code": error.code, "message": str(error), "part": error.part, "stage": error.stage}
    if isinstance(error, ContentTooLarge):
        described |= {"limit": error.limit, "allowed": error.allowed, "found": error.found}
    return described


def damage_in(archive: MmsArchive) -> dict[str, ContentError]:
    """What is wrong with the bytes of parts, by their names; looking for it finds their defects, too."""
    found: dict[str, ContentError] = {}
    for part in archive.parts:
        try:
            examine(part)
        except ContentError as error:
            found[part.name] = error
    return found


def print_rows(labelled: Iterable[tuple[str, str]], indent: str = "") -> None:
    """Print rows, their labels in a column."""
    for label, value in labelled:
        print(f"{indent}{label:<12} {value}")


def _text(archive: MmsArchive) -> str | None:
    """The text; None if one of its parts is damaged, which is told there."""
    try:
        return archive.text
    except ContentError:
        return None


def _part(part: MmsPart, damage: ContentError | None) -> dict[str, Any]:
    return {
        "name": part.name,
        "filename": part.filename,
        "content_type": part.content_type,
        "charset": part.charset,
        "type_source": part.type_source,
        "bytes": part.size,
        "error": error_as_json(damage) if damage else None,
    }


def _slide(slide: Slide) -> dict[str, Any]:
    items = [
        asdict(item, recurse=False)
        | {"part": item.part and item.part.name, "begin": _seconds(item.begin), "end": _seconds(item.end)}
        for item in slide.items
    ]
    return {"duration": _seconds(slide.duration), "items": items}


def _shown(item: Item) -> str:
    return f"{plain(item.tag)} {item.part.name!r}" if item.part else f"{plain(item.tag)} that is not here"


def _length(duration: float | None) -> str:
    if duration is None:
        return ""
    return ", with no end" if duration == math.inf else f", for {duration:g} s"


def _seconds(value: float | None) -> float | str | None:
    return "indefinite" if value == math.inf else value  # JSON has no infinity
