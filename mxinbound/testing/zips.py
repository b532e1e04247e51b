"""Zips as the gateway packs them: the parts, and a `manifest` that maps each name to its type."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import TypeAlias

#: A part's name, its content type, and its bytes or text.
Part: TypeAlias = tuple[str, str, bytes | str]


def build_zip(parts: Iterable[Part], *, manifest: str | bytes | None = None) -> bytes:
    """The zip of an MMS.

    Args:
        parts: In order; a text is written as UTF-8.
        manifest: Its content, if it is not to be the one that fits the parts.
    """
    parts = list(parts)
    if manifest is None:
        manifest = "".join(f"{_escaped(name)}={content_type}\n" for name, content_type, _ in parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in (("manifest", manifest), *((name, data) for name, _, data in parts)):
            # A fixed time, so that the bytes are the same on every run.
            entry = zipfile.ZipInfo(name, (2010, 8, 21, 17, 32, 20))
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _escaped(key: str) -> str:
    """A key of a Java properties file, which a manifest is."""
    escaped = "".join("\\" + character if character in " \t\f=:\\" else character for character in key)
    return "\\" + escaped if key.startswith(("#", "!")) else escaped
