"""Zips that nobody should open, each with the error it has to cause.

They are small, and the same bytes on every run with one version of zlib.
"""

from __future__ import annotations

from typing import Literal

from attrs import evolve, field, frozen

from mxinbound.errors import (
    ContentError,
    ContentTooLarge,
    EncryptedContent,
    MalformedContent,
    TooManyParts,
    UnsafeName,
    UnsupportedContent,
)
from mxinbound.limits import Limits
from mxinbound.testing.zips import Entry, build_zip, packed


@frozen(kw_only=True)
class HostileZip:
    """An archive that must be refused.

    Attributes:
        name: What is wrong with it, in words with hyphens.
        archive: Its bytes.
        error: What opening it must raise, or reading its parts if `stage` is "read".
        stage: "open" or "read".
    """

    name: str
    archive: bytes = field(repr=False)
    error: type[ContentError]
    stage: Literal["open", "read"] = "open"


def hostile_zips() -> tuple[HostileZip, ...]:
    """Archives that must be refused, each with the error it has to cause; none takes more than 100 kB."""
    limits = Limits()
    text = Entry.of("hello.txt", "Hello")
    good = build_zip([("hello.txt", "text/plain", "Hello")])
    zeros = bytes(limits.max_part_bytes)
    opened: dict[type[ContentError], dict[str, bytes]] = {
        MalformedContent: {
            "no-zip-at-all": b"<html>503 Service Unavailable</html>",
            "cut-off": good[:-30],
            "something-in-front": b"GIF89a" + good,
            "something-behind": good + b"<script>alert(1)</script>",
            "one-zip-after-another": good + good,
            "a-second-end-in-the-comment": packed([text], comment=good),
            "an-entry-that-is-not-listed": packed([text], hidden=[Entry.of("hidden.txt", "Hello")]),
            "one-name-twice": packed([text, text]),
            "another-name-in-the-local-header": packed([evolve(text, local_name=b"other.txt")]),
        },
        UnsafeName: {
            "a-step-up": packed([Entry.of("../hello.txt", "Hello")]),
            "a-step-up-with-backslashes": packed([Entry.of("..\\hello.txt", "Hello")]),
            "a-path-from-the-root": packed([Entry.of("/etc/hello.txt", "Hello")]),
            "a-drive": packed([Entry.of("C:hello.txt", "Hello")]),
            "a-nul-in-a-name": packed([Entry.of("manifest\0.jpg", "Hello")]),
            "a-symbolic-link": packed([evolve(text, attributes=0o120777 << 16)]),
        },
        EncryptedContent: {"encrypted": packed([evolve(text, flags=1)])},
        UnsupportedContent: {"another-method": packed([evolve(text, method=9)])},
        ContentTooLarge: {
            "a-bomb": packed([Entry.of("bomb.bin", zeros + b"\0")]),
            "a-part-that-grows-a-thousandfold": packed([Entry.of("bomb.bin", zeros[: 2 * limits.ratio_grace_bytes])]),
        },
        TooManyParts: {
            "too-many-entries": packed(Entry.of(f"{number}.txt", "") for number in range(limits.max_parts + 1)),
        },
    }
    read = {
        "a-bomb-that-declares-ten-bytes": packed([Entry.of("bomb.bin", zeros, size=10)]),
        "a-wrong-crc": packed([evolve(text, crc32=1)]),
    }
    return (
        *(
            HostileZip(name=name, archive=zip_, error=error)
            for error, zips in opened.items()
            for name, zip_ in zips.items()
        ),
        *(HostileZip(name=name, archive=zip_, error=MalformedContent, stage="read") for name, zip_ in read.items()),
    )
