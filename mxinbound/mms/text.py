"""Text parts: which charset their bytes are in, when labels are a hint only.

In: the bytes and the charset they are declared to be in. Out: text, and whether it had to be read otherwise. A byte
order mark counts most, then the declared charset if it is one of our list and fits, then UTF-16 by its NULs, then
UTF-8; windows-1252 reads the rest. Never raises; the bytes stay at hand.
"""

import codecs
from typing import Final

from mxinbound.charsets import codec_of

# UTF-32 before UTF-16, whose mark its own starts with.
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How much is looked at for NULs, and how much of one half must be NULs to be the upper bytes of UTF-16.
_SAMPLE_BYTES: Final = 4096
_SHARE: Final = 0.6
# From how many bytes on NULs are no chance, so that a last byte alone has lost its other half.
_ENOUGH: Final = 9
_LAST_RESORT: Final = "cp1252"


def decode_text(data: bytes, declared: str | None) -> tuple[str, bool]:
    """Read the bytes of a text.

    Returns:
        The text without a byte order mark, and whether it was read as something that was neither declared nor marked,
        nor UTF-8 where nothing was declared.
    """
    for bom, marked in _BOMS:
        if data.startswith(bom):
            if (text := _fitting(data[len(bom) :], marked)) is not None:
                return text, False
            # A byte may be missing at the end.
            if marked.startswith("utf-16") and (text := _fitting(data[len(bom) : len(data) & ~1], marked)) is not None:
                return text, True
    by_nulls = _utf16_by_nulls(data)
    codec = codec_of(declared)
    is_wide = codec is not None and codec.startswith(("utf-16", "utf-32"))
    if codec in {"utf-16", "utf-32"}:  # without a mark: little-endian, as on the web, unless the NULs say otherwise
        codec = _without_mark(data, codec, by_nulls)
    # Every other byte a NUL fits any charset of single bytes, and yet is not what anybody wrote.
    if codec and (is_wide or not by_nulls) and (text := _fitting(data, codec)) is not None:
        return text, False
    if by_nulls and (text := _fitting(data if len(data) < _ENOUGH else data[: len(data) & ~1], by_nulls)) is not None:
        return text, True
    text = _fitting(data, "utf-8")
    if text is not None:
        return text, declared is not None
    return _with_cut_end(data) or data.decode(_LAST_RESORT, "replace"), True


def _with_cut_end(data: bytes) -> str | None:
    """UTF-8 that ends within a character; None if it is not, or if there is no other sign of UTF-8 in it."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    return None if text.isascii() else text + "\ufffd"


def _without_mark(data: bytes, codec: str, by_nulls: str | None) -> str:
    if codec == "utf-16":
        return by_nulls or "utf-16-le"
    return "utf-32-be" if data.startswith(b"\x00\x00") else "utf-32-le"


def _fitting(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _utf16_by_nulls(data: bytes) -> str | None:
    """UTF-16 of either order, if one half of the bytes is mostly NULs and the other is not."""
    sample = data[:_SAMPLE_BYTES]
    least = len(sample) // 2 * _SHARE
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) <= least or min(even, odd) > least:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"
