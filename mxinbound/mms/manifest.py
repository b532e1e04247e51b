"""The manifest of a zip: which parts there are, in which order, and of which types.

In: the entries of the zip. Out: their names in the manifest's order, each with the type it declares. Whatever is wrong
with the manifest is recorded and costs its order and types only; but one over its limit is a `ContentTooLarge`.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from mxinbound.body import Window
from mxinbound.errors import MalformedContent
from mxinbound.limits import Limits
from mxinbound.media_type import parse_content_type
from mxinbound.mms.content_types import is_content_type
from mxinbound.mms.defects import Findings
from mxinbound.mms.directory import Entry
from mxinbound.mms.inflating import inflate_whole
from mxinbound.mms.matching import loosest, match_keys
from mxinbound.mms.properties import read_properties
from mxinbound.mms.refusals import over

#: A type and its charset, as the manifest declares them.
Declared: TypeAlias = tuple[str, str | None]

_NAME: Final = "manifest"
# What a line has that gives a name of one letter the type `image/gif`, its end included. Few are as short.
_LEAST_LINE_BYTES: Final = 12
# A name may be escaped, in six bytes a character, and a type stands beside it.
_LINE_BYTES_PER_NAME_BYTE: Final = 8
_LINE_BREAKS: Final = frozenset("\r\n\x00")


def find_manifest(entries: dict[str, Entry]) -> str | None:
    """The name of the manifest: the exact one, else the only one in another case, at the top of the zip."""
    if _NAME in entries:
        return _NAME
    found = [name for name in entries if name.lower() == _NAME]
    return found[0] if len(found) == 1 else None


def declared_types(
    window: Window, manifest: str | None, entries: dict[str, Entry], limits: Limits, findings: Findings
) -> dict[str, Declared | None]:
    """The names that the manifest lists, in its order, each with the type it gives; None for one that is no type."""
    if manifest is None:
        findings.record("manifest-missing")
        return {}
    size = entries[manifest].size
    if size > limits.max_manifest_bytes:
        raise over(limits, "max_manifest_bytes", size, "it is the manifest, and larger than", manifest)
    try:
        data = inflate_whole(window, entries[manifest])
    except MalformedContent:
        findings.record("manifest-damaged")
        return {}
    lines = _read_lines(data, entries, limits, findings)
    # The manifest's own name is among those that may be meant, so that a line for it is no missing file.
    meant = match_keys(lines, entries)
    declared: dict[str, Declared | None] = {}
    for key, value in lines.items():
        name = meant.get(key)
        if name is None:
            findings.record("manifest-absent-file", key)
        elif name != manifest:
            declared[name] = _declared_type(value)
            if declared[name] is None:
                findings.record("manifest-bad-type", name)
    for name in entries:
        if name not in declared and name != manifest:
            findings.record("manifest-unlisted-file", name)
    return declared


def _read_lines(data: bytes, entries: dict[str, Entry], limits: Limits, findings: Findings) -> dict[str, str]:
    """The lines that may name an entry; of those that do not do so exactly there may be hostile numbers."""
    lines: dict[str, str] = {}
    possible: set[str] | None = None
    max_lines = limits.max_manifest_bytes // _LEAST_LINE_BYTES
    for number, pair in enumerate(
        read_properties(data, max_line_bytes=limits.max_name_bytes * _LINE_BYTES_PER_NAME_BYTE), 1
    ):
        if number > max_lines:
            findings.record("manifest-bad-line", line=number)
            break
        if pair is None or not pair[0]:
            findings.record("manifest-bad-line", line=number)
            continue
        key, value = pair
        if key in lines:
            findings.record("manifest-duplicate-key", key)
            lines[key] = value
        elif key in entries:
            lines[key] = value
        else:
            possible = possible or {loosest(name) for name in entries}
            # More could neither be matched nor recorded.
            if loosest(key) in possible and len(lines) < limits.max_parts + limits.max_defects:
                lines[key] = value
            else:
                findings.record("manifest-absent-file", key)
    return lines


def _declared_type(value: str) -> Declared | None:
    if is_content_type(value):  # nothing to take apart
        return value, None
    essence, parameters = parse_content_type(value)
    # Asked of the value, since a letter that is none of ASCII may become one in lower case.
    if not value.partition(";")[0].isascii() or not is_content_type(essence) or not _LINE_BREAKS.isdisjoint(value):
        return None
    return essence, parameters.get("charset")
