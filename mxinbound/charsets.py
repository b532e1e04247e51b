"""Turning bytes into text: which declared charsets are believed, and what is tried when none is declared.

A label from a message never reaches `bytes.decode` or `codecs.lookup`: it is looked up in the table below first,
because Python's registry knows codecs that are no charsets (`zlib`, `idna`, `unicode_escape`) and remembers every label
it is asked for. Decoding never raises: what fits nothing else is read with replacement characters.
"""

import codecs
from typing import Final

from mxinbound.errors import ConfigurationError

_ISO: Final = ("iso-8859-", "iso8859-", "iso_8859-")
_BY_THEIR_OWN_NAME: Final = (
    *("utf-8", "utf-16", "utf-32", "ascii", "koi8-r", "koi8-u", "shift_jis"),
    *("gb2312", "gbk", "gb18030", "big5", "cp949", "cp932"),
)

#: Declared label, lower-case, to the codec that reads it, by the name that Python calls it.
CODECS: Final = (
    # ISO-8859-12 was abandoned.
    {f"{iso}{number}": f"iso8859-{number}" for number in (*range(1, 12), *range(13, 17)) for iso in _ISO}
    | {f"{windows}{number}": f"cp{number}" for number in range(1250, 1259) for windows in ("windows-", "cp")}
    | {name: name for name in _BY_THEIR_OWN_NAME}
    | {
        "utf8": "utf-8",
        "utf-16le": "utf-16-le",
        "utf-16be": "utf-16-be",
        "utf-32le": "utf-32-le",
        "utf-32be": "utf-32-be",
        "us-ascii": "ascii",
        "latin1": "iso8859-1",
        "latin-1": "iso8859-1",
        "latin9": "iso8859-15",
        "latin-9": "iso8859-15",
        "euc-jp": "euc_jp",
        "iso-2022-jp": "iso2022_jp",
        "euc-kr": "euc_kr",
        "ks_c_5601-1987": "cp949",
        "windows-31j": "cp932",
        "big5-hkscs": "big5hkscs",
        "iso-10646-ucs-2": "utf-16-be",
        "ucs-2": "utf-16-be",
        "csunicode": "utf-16-be",
    }
)

# Charsets in which bytes below 0x80 mean what they mean in ASCII, and so need no decoding of their own.
_NOT_ASCII_SUPERSETS: Final = ("utf-16", "utf-32", "iso2022_jp")


def codec_of(label: str | None) -> str | None:
    """The codec for a declared charset label, or None for no label and for one that is not believed."""
    return CODECS.get(label.strip("\"' ").lower()) if label else None


def is_ascii_superset(codec: str) -> bool:
    """Whether plain ASCII bytes are plain ASCII text in this codec."""
    return not codec.startswith(_NOT_ASCII_SUPERSETS)


def configured_codec(charset: str) -> str:
    """The codec for a charset that the developer names, by any of the names Python has for it.

    Raises:
        ConfigurationError: if it is not one of those in the table.
    """
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        name = ""
    if name not in CODECS.values():
        raise ConfigurationError("charset is not one that can be read, such as iso-8859-15 or windows-1252")
    return name


def decode(data: bytes, declared: str | None, fallback: str) -> tuple[str, bool]:
    """Read `data` as the declared charset if it fits, else as strict UTF-8, else as the fallback.

    Returns:
        The text, and whether something other than what was declared (or UTF-8, if nothing was) had to be used.
    """
    codec = codec_of(declared)
    if codec:
        try:
            return data.decode(codec), False
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8"), declared is not None
    except UnicodeDecodeError:
        return data.decode(fallback, "replace"), True
