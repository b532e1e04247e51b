"""Reading `date` and `expiry`: the printed shapes at once, their field variants with a remark, nothing else at all.

In: text. Out: an aware time with a fixed offset and the codes of what was odd, or None for what is no time. The printed
shapes are `yyyy-MM-dd HH:mm:ss` followed by `+0100`, by ` +0000`, or by nothing in the oldest edition.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final

# Compiled when it is first needed, which takes longer than all else in this module.
_SHAPE: Final = (
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?P<gap>[ T]+)"
    r"(?P<minutes>[0-9]{2}:[0-9]{2})(?P<seconds>:[0-9]{2})?(?P<fraction>[.,][0-9]+)?"
    r"(?:[ ]*(?P<utc>Z|UTC|GMT)"
    r"|[ ]*(?P<sign>[+-])(?P<hours>[0-9]{2})(?P<colon>:?)(?P<rest>[0-9]{2})?"
    # A `+` in a query is a blank, so "+0100" arrives as " 0100". A minus is never lost.
    r"|[ ]+(?P<lost_hours>[0-9]{2})(?P<lost_colon>:?)(?P<lost_rest>[0-9]{2}))?"
)


_PRINTED_SEPARATORS: Final = frozenset({"-- ::+", "-- ::-", "-- :: "})


def read_printed(text: str) -> datetime | None:
    """Read a time with an offset, written exactly as printed; None for anything else."""
    # `fromisoformat` is fast but takes far more than is printed, so the separators are checked first: every third
    # character from the fifth on, and the minutes of the offset. The ends of the calendar are left to the slow way.
    if text[4:20:3] in _PRINTED_SEPARATORS and "0002" < text < "9999" and text[-2] < "6":
        try:
            if len(text) == 24:  # noqa: PLR2004  # 2008-01-02 03:04:05+0100
                return datetime.fromisoformat(text)
            if len(text) == 25 and text[20] in "+-":  # noqa: PLR2004  # 2008-01-02 03:04:05 +0100
                return datetime.fromisoformat(text[:19] + text[20:])
        except ValueError:
            pass
    return None


def read_variant(text: str, zone: tzinfo) -> tuple[datetime, tuple[str, ...]] | None:
    """Read a time in any of the shapes that are accepted.

    Args:
        text: The parameter's value.
        zone: What a time without an offset is in; of an hour that comes twice, the first is meant.

    Returns:
        The time, and the codes of the defects: `date-zone-assumed`, `date-format`, `plus-restored`. None if it is no
        time.
    """
    match = re.fullmatch(_SHAPE, text.strip(), re.IGNORECASE)
    if match is None:
        return None
    fraction = (match["fraction"] or ".0")[1:7].ljust(6, "0")
    codes: list[str] = []
    try:
        local = datetime.fromisoformat(f"{match['date']} {match['minutes']}{match['seconds'] or ':00'}.{fraction}")
        when = _with_offset(local, match)
        if when is None:
            codes.append("date-zone-assumed")
            when = fixed(local.replace(tzinfo=zone))
        when.astimezone(timezone.utc)  # overflows at the ends of the calendar, where nobody could compare it
    except (ValueError, OverflowError):
        return None
    odd = (
        len(text) != len(text.strip()),
        match["gap"] != " ",
        match["seconds"] is None,
        match["fraction"] is not None,
        match["utc"] is not None,
        match["colon"] or match["lost_colon"],
        match["hours"] and match["rest"] is None,
    )
    if any(odd):
        codes.append("date-format")
    if match["lost_hours"]:
        codes.append("plus-restored")
    return when, tuple(codes)


def _with_offset(local: datetime, match: re.Match[str]) -> datetime | None:
    if match["utc"]:
        return local.replace(tzinfo=timezone.utc)
    hours = match["hours"] or match["lost_hours"]
    if hours is None:
        return None
    minutes = match["rest"] or match["lost_rest"] or "00"
    if int(minutes) > 59:  # noqa: PLR2004
        raise ValueError
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return local.replace(tzinfo=timezone(-offset if match["sign"] == "-" else offset))


def fixed(when: datetime) -> datetime:
    """The same time with its offset as a fixed one, so that arithmetic on it has no surprises."""
    offset = when.utcoffset()
    return when.replace(tzinfo=timezone.utc if not offset else timezone(offset), fold=0)
