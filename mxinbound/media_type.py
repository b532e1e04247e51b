"""Taking a content type apart, of a request, an answer or a part."""

import re
from typing import Final

# An unquoted value ends at the semicolon only: real boundaries hold `=` and `/` without quotes.
_PARAMETER: Final = re.compile(r';\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))')
_ESCAPED: Final = re.compile(r"\\(.)")


def parse_content_type(value: str) -> tuple[str, dict[str, str]]:
    """Split a content type into `type/subtype`, lower-case, and its parameters, of which the first of a name counts."""
    essence, semicolon, _ = value.partition(";")
    parameters: dict[str, str] = {}
    if semicolon:
        for match in _PARAMETER.finditer(value, len(essence)):
            quoted = match[2]
            found = match[3].strip(' \t"') if quoted is None else _ESCAPED.sub(r"\1", quoted)
            parameters.setdefault(match[1].lower(), found)
    return essence.strip().lower(), parameters
