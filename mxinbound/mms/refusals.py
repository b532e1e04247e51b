"""How an archive is refused: the sentence, and the place it is about."""

from __future__ import annotations

from typing import Final, Literal

from mxinbound.errors import ContentTooLarge, MalformedContent, TooManyParts
from mxinbound.limits import Limits

_MAX_SHOWN: Final = 80


def shown(name: str) -> str:
    """A name as an error or a defect may show it: quoted, escaped to ASCII, and not too long."""
    return ascii(name if len(name) <= _MAX_SHOWN else f"{name[:_MAX_SHOWN]}...")


def malformed(sentence: str, part: str | None = None, *, stage: Literal["open", "read"] = "open") -> MalformedContent:
    """The error for a zip, or a part of it, that contradicts itself."""
    return MalformedContent(_place(part) + sentence, part=part, stage=stage)


def over(limits: Limits, limit: str, found: float, sentence: str, part: str | None = None) -> ContentTooLarge:
    """The error for a zip, or a part of it, that is over a ceiling; `TooManyParts` where that is `max_parts`."""
    allowed: int = getattr(limits, limit)
    unit = " bytes" if limit.endswith("_bytes") else ""
    error = TooManyParts if limit == "max_parts" else ContentTooLarge
    message = f"{_place(part)}{sentence} {limit} ({allowed}{unit})"
    return error(message, part=part, limit=limit, allowed=allowed, found=found)


def _place(part: str | None) -> str:
    return "" if part is None else f"{shown(part)}: "
