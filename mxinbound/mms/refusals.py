"""How an archive is refused: the sentence, and the place it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from mxinbound.errors import ContentTooLarge, MalformedContent, TooManyParts
from mxinbound.mms.names import shown

if TYPE_CHECKING:
    from mxinbound.limits import Limits


def malformed(sentence: str, part: str | None = None, *, stage: str = "open") -> MalformedContent:
    """The error for a zip, or a part of it, that contradicts itself."""
    return MalformedContent(_place(part) + sentence, part=part, stage=stage)


def refuse_over(limits: Limits, limit: str, found: float, sentence: str, part: str | None = None) -> NoReturn:
    """Refuse a zip, or a part of it, that is over a ceiling.

    Raises:
        ContentTooLarge: always; `TooManyParts` where the ceiling is `max_parts`.
    """
    allowed: int = getattr(limits, limit)
    unit = " bytes" if limit.endswith("_bytes") else ""
    error = TooManyParts if limit == "max_parts" else ContentTooLarge
    message = f"{_place(part)}{sentence} {limit} ({allowed}{unit})"
    raise error(message, part=part, limit=limit, allowed=allowed, found=found)


def _place(part: str | None) -> str:
    return "" if part is None else f"{shown(part)}: "
