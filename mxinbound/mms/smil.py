"""The SMIL of an MMS: which parts are shown together, in which order, and for how long.

In: its bytes, and what finds the part that a `src` means. Out: slides. No DTD, no entities, nothing fetched: the parser
is expat with every declaration refused, elements, depth and attributes counted. Raises
`SmilFault` with the code of the defect it comes to; the message stands all the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final
from xml.parsers import expat

from attrs import field, frozen

from mxinbound.charsets import codec_of
from mxinbound.limits import Limits
from mxinbound.mms.parts import MmsPart
from mxinbound.mms.text import decode_text

# Attributes cost many times the bytes they are written in, and expat has no limit for them. Real tags have six, each
# with two quotes.
_MAX_QUOTES: Final = 512
_MAX_TAG_CHARACTERS: Final = 128 * 1024
_TAG: Final = re.compile(r"""<[^<>!?/"'](?:[^<>"']+|"[^"<]*"|'[^'<]*')*+""")
_FEED_CHARACTERS: Final = 16 * 1024

_DECLARATION: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.-]{1,200})[\"']")

# A reference to an entity that is not XML's own. Behind a document type, expat leaves it out of a value silently.
_ENTITY: Final = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)")

# Elements that show nothing themselves, whatever attributes they have.
_NOT_SHOWN: Final = frozenset(
    {"smil", "head", "body", "par", "seq", "excl", "switch", "a", "area", "link", "param", "prefetch", "script"}
)

# The clock values of SMIL: hours, minutes and seconds, or a number with a unit, seconds if it has none.
_CLOCK: Final = re.compile(r"(?:(\d{1,9}):)?([0-5]?\d):([0-5]?\d(?:\.\d{1,9})?)", re.ASCII)
_COUNT: Final = re.compile(r"\+?(\d{1,12}(?:\.\d{0,9})?|\.\d{1,9})\s*(h|min|s|ms)?", re.ASCII)
_UNITS: Final = {"h": 3600, "min": 60, "s": 1, None: 1}


@frozen(kw_only=True)
class Item:
    """Something that a slide shows.

    Attributes:
        tag: The element, lower-case: `img`, `text`, `audio`, `video`, `ref`, `vcard` …
        src: What it shows, as written.
        part: The part that is; None for something outside the archive, which is never fetched, or not in it.
        region: The region of the layout it is shown in.
        begin: When it appears, in seconds from the start of the slide; `math.inf` for "indefinite".
        end: When it disappears, likewise.
        alt: What to show instead.
    """

    tag: str
    src: str = field(repr=False)
    part: MmsPart | None = None
    region: str | None = field(default=None, repr=False)
    begin: float | None = None
    end: float | None = None
    alt: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class Slide:
    """What is shown at one time.

    Attributes:
        duration: For how long, in seconds; `math.inf` for "indefinite", None if the SMIL does not say.
        items: What is shown, in order.
    """

    duration: float | None = None
    items: tuple[Item, ...] = ()


class SmilFault(Exception):
    """The SMIL cannot be used; `code` is the defect it comes to."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_slides(data: bytes, find: Callable[[str], MmsPart | None], limits: Limits) -> tuple[tuple[Slide, ...], bool]:
    """Read a SMIL.

    Args:
        data: The file.
        find: Finds the part that a `src` means.
        limits: `max_smil_elements` and `max_smil_depth` are applied.

    Returns:
        The slides, none if nothing is shown; and whether it was in another encoding than it said, or than UTF-8.

    Raises:
        SmilFault: if it cannot be read or must not be.
    """
    text, is_odd = _decoded(data)
    del data
    is_lossy = False
    for tag in _TAG.finditer(text):
        start, end = tag.span()
        quotes = text.count('"', start, end) + text.count("'", start, end)
        if quotes > _MAX_QUOTES or end - start > _MAX_TAG_CHARACTERS:
            raise SmilFault("smil-too-complex")
        is_lossy = is_lossy or _ENTITY.search(text, start, end) is not None
    reader = _Reader(find, limits)
    reader.feed(text)
    if is_lossy:
        raise SmilFault("smil-unparsable")
    return tuple(reader.slides), is_odd


def seconds_of(value: str | None) -> float | None:
    """A clock value in seconds; `math.inf` for "indefinite"; None for none, or for one that cannot be read."""
    if value is None:
        return None
    value = value.strip().lower()
    if value == "indefinite":
        return math.inf
    if match := _CLOCK.fullmatch(value):
        return int(match[1] or 0) * 3600.0 + int(match[2]) * 60.0 + float(match[3])
    if match := _COUNT.fullmatch(value):
        number = float(match[1])
        return number / 1000 if match[2] == "ms" else number * _UNITS[match[2]]
    return None


def _decoded(data: bytes) -> tuple[str, bool]:
    declaration = _DECLARATION.match(data)
    declared = declaration[1].decode("ascii") if declaration else None
    if (codec_of(declared) or "").startswith(("utf-16", "utf-32")):
        # What could be read as ASCII is in neither: the declaration is a mistake, and must not be believed.
        declared = ""
    text, is_odd = decode_text(data, declared)
    # Blanks before the XML declaration and NULs after the end are faults of writers that harm nobody.
    return text.strip("\ufeff\x00 \t\r\n"), is_odd


class _Reader:
    """Collects slides from the events of a parser."""

    def __init__(self, find: Callable[[str], MmsPart | None], limits: Limits) -> None:
        self.slides: list[Slide] = []
        self._find = find
        self._limits = limits
        self._elements = 0
        self._path: list[str] = []
        self._duration: float | None = None
        self._items: list[Item] | None = None  # those of the `par` that is open

    def feed(self, text: str) -> None:
        # The encoding given here stands above the one that the text declares, which is decoded already.
        parser = expat.ParserCreate("utf-8")
        parser.StartDoctypeDeclHandler = _refuse_declarations
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            for at in range(0, len(text), _FEED_CHARACTERS):
                parser.Parse(text[at : at + _FEED_CHARACTERS].encode())
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise SmilFault("smil-unparsable") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > self._limits.max_smil_elements or len(self._path) >= self._limits.max_smil_depth:
            raise SmilFault("smil-too-complex")
        tag = _local(name)
        if not self._path and tag != "smil":
            raise SmilFault("smil-unparsable")
        # One without a prefix counts before one with, and one in small letters before all.
        found: dict[str, str] = {}
        for key in sorted(attributes, key=lambda key: (":" in key, key != key.lower())):
            found.setdefault(_local(key), attributes[key])
        if "head" not in self._path:
            self._show(tag, found)
        self._path.append(tag)

    def _show(self, tag: str, found: dict[str, str]) -> None:
        if tag == "par" and "par" not in self._path:
            self._duration, self._items = _duration_of(found), []
        elif "src" in found and tag not in _NOT_SHOWN:
            item = self._item(tag, found)
            if self._items is None:
                self.slides.append(Slide(duration=_duration_of(found), items=(item,)))
            else:
                self._items.append(item)

    def _end(self, _: str) -> None:
        if self._path.pop() == "par" and self._items is not None and "par" not in self._path:
            self.slides.append(Slide(duration=self._duration, items=tuple(self._items)))
            self._items = None

    def _item(self, tag: str, found: dict[str, str]) -> Item:
        return Item(
            tag=tag,
            src=found["src"],
            part=self._find(found["src"]),
            region=found.get("region"),
            begin=seconds_of(found.get("begin")),
            end=seconds_of(found.get("end")),
            alt=found.get("alt"),
        )


def _refuse_declarations(_name: str, system: str | None, public: str | None, has_subset: int) -> None:
    # A public document type is a label, and nobody fetches it. Anything more is there to do something.
    if has_subset or (system is not None and public is None):
        raise SmilFault("smil-unsafe")


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _duration_of(found: dict[str, str]) -> float | None:
    return seconds_of(found.get("dur", found.get("duration")))
