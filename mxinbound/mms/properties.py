"""Java properties files, of which the manifest of a zip is one.

In: the bytes of one. Out: pairs of key and value in file order, None for a line that cannot be read. The grammar is
that of `java.util.Properties.load`: comments, continued lines, the separators, the escapes. Never raises.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

# What stands between two lines: blanks, comments, ends of lines, and a backslash that would continue a line if there
# were one.
_BETWEEN: Final = rb"(?:[ \t\f\r\n]++|[#!][^\r\n]*+|\\(?:\r\n?|\n))*+"
_START: Final = re.compile(_BETWEEN)
# A line without a backslash, which most are: its key and its value as they stand.
_PLAIN_LINE: Final = re.compile(rb"([^\\ \t\f=:\r\n]*+)[ \t\f]*+[=:]?+[ \t\f]*+([^\\\r\n]*+)(?!\\)" + _BETWEEN)
# A line and those that continue it: a backslash takes whatever follows with it, the end of a line too.
_LINE: Final = re.compile(rb"((?:[^\\\r\n]++|\\(?:\r\n|.)?)*+)" + _BETWEEN, re.DOTALL)
_CONTINUED: Final = re.compile(rb"\\(?:(?:\r\n?|\n)[ \t\f]*|(.)|\Z)", re.DOTALL)
_KEY: Final = re.compile(r"((?:[^\\ \t\f=:]++|\\.)*+)[ \t\f]*+[=:]?+[ \t\f]*+", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


def read_properties(data: bytes, *, max_line_bytes: int) -> Iterator[tuple[str, str] | None]:
    """Read a Java properties file, its charset told by a byte order mark, else UTF-8 if it fits, else ISO-8859-1.

    Comments and blank lines are no lines here, and a line and those that continue it are one.

    Args:
        data: The file.
        max_line_bytes: How much of a line, those that continue it included, is looked at.
    """
    data, charset = _charset_of(data)
    match = _START.match(data)
    while match and match.end() < len(data):
        start = match.end()
        match = _PLAIN_LINE.match(data, start)
        if match and match.end(2) - start <= max_line_bytes:
            yield match[1].decode(charset), match[2].decode(charset)
            continue
        match = _LINE.match(data, start)
        assert match  # it matches anything
        yield _pair(data[start : min(match.end(1), start + max_line_bytes)], charset)


def _charset_of(data: bytes) -> tuple[bytes, str]:
    """The file without its byte order mark, in a charset in which its syntax is ASCII, and which that is."""
    if data.isascii():
        return data, "utf-8"
    for bom, charset in _BOMS:
        if data.startswith(bom):
            data = data[len(bom) :]
            if charset != "utf-8":
                return data.decode(charset, "replace").encode(), "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data, "iso8859-1"
    return data, "utf-8"


def _pair(line: bytes, charset: str) -> tuple[str, str] | None:
    if b"\n" in line or b"\r" in line or line.endswith(b"\\"):
        line = _CONTINUED.sub(lambda found: found[0] if found[1] else b"", line)
    text = line.decode(charset, "replace")  # the end of a long line may cut a character
    separator = _KEY.match(text)
    assert separator
    try:
        return _unescaped(separator[1]), _unescaped(text[separator.end() :])
    except ValueError:
        return None


def _unescaped(text: str) -> str:
    """Replace the escapes.

    Raises:
        ValueError: for a Unicode escape without its four digits.
    """
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_meaning, text)
    if text.isascii():
        return text
    # Java's strings are UTF-16: a character past U+FFFF is escaped as two halves. One half alone is no character.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _meaning(escape: re.Match[str]) -> str:
    escaped = escape[1]
    if escaped == "u":
        raise ValueError
    return chr(int(escaped[1:], 16)) if len(escaped) > 1 else _CONTROLS.get(escaped, escaped)
