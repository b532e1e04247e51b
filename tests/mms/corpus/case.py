"""One case of the corpus, and what most of them are made of: a message of two parts, and the ways to spoil it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import ANY

import attrs
from mms.zipping import Entry, build, deflated

from mxinbound import Limits, MalformedContent


@attrs.frozen(kw_only=True, eq=False)
class Case:
    """An archive and what is expected of it.

    Of a good one: `contents`, the parts in order; `defects`, the codes after `check()`; `types` and `filenames` of
    parts by name; `slides`, each a duration and its items as tag, source and part's name; `details`, the region,
    begin, end and alt of every item; `attachments`, their names; `text`.

    Of a hostile one: `error` at `stage`, its `limit` and `part`. What opens has `contents` beside the damaged part, and
    `defects` are the codes that stand when `check()` has failed at that.

    `ANY`, and what is left out, is what the case is not about.
    """

    name: str
    build: Callable[[], bytes] = attrs.field(repr=False)
    error: Any = None
    stage: str = "open"
    limits: Limits = Limits()
    limit: str | None = None
    part: str | None = None
    contents: Any = ANY
    defects: Any = ()
    types: dict = attrs.field(factory=dict)
    filenames: dict = attrs.field(factory=dict)
    slides: Any = None
    details: Any = ANY
    attachments: Any = ANY
    text: Any = ANY


def good(name, make, contents=ANY, **expected):
    return Case(name=name, build=make, contents=contents, **expected)


def bad(name, error, make, **expected):
    return Case(name=name, build=make, error=error, **expected)


def damaged(name, make, **expected):
    """Opens, but `a.txt` cannot be read."""
    facts = {"stage": "read", "part": "a.txt", "contents": {"b.gif": GIF}} | expected
    return Case(name=name, build=make, error=MalformedContent, **facts)


def kebab(name):
    return name.replace("_", "-")


def zipped(*entries, **options):
    return partial(build, entries, **options)


HELLO = b"Hello, world! Hello, hello."
GIF = b"GIF89a\1\0\1\0\0\0\0;"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"
MANIFEST = Entry(b"manifest", b"a.txt=text/plain\nb.gif=image/gif\n")
A = Entry(b"a.txt", HELLO)
B = Entry(b"b.gif", GIF)
STORED = Entry(b"a.txt", HELLO, method=0)
CONTENTS = {"a.txt": HELLO, "b.gif": GIF}
UTF8 = 1 << 11  # the flag
A_SIZES = (len(HELLO), len(deflated(HELLO)))


def message(**options):
    return zipped(MANIFEST, A, B, **options)


def with_a(like=A, **changes):
    return zipped(MANIFEST, attrs.evolve(like, **changes), B)


def with_b(**changes):
    return zipped(MANIFEST, A, attrs.evolve(B, **changes))


def directory_bytes(entries):
    return sum(len(entry.central_bytes(0)) for entry in entries)


DIRECTORY_BYTES = directory_bytes([MANIFEST, A, B])
EMPTY = build([])
OTHER_ARCHIVE = zipped(Entry(b"c.txt", b"another"))


def alone(name, data=b"data", **options):
    """One part and no manifest."""
    return zipped(Entry(name, data, **options))


def utf8(name, data=b"data", **options):
    return Entry(name.encode(), data, flags=UTF8, **options)


def parts(number):
    return [Entry(b"part-%03d" % index, b"%d" % index, method=0) for index in range(number)]


def said(text, *entries):
    """A manifest of that text, and the parts."""
    return zipped(Entry(b"manifest", text), *(entries or (A, B)))


BOTH = b"a.txt=text/plain\nb.gif=image/gif\n"
TYPES = {"a.txt": "text/plain", "b.gif": "image/gif"}

# Defects that many have: of parts without a manifest, of a part that is not in it, of a type that is none.
ALONE = ("manifest-missing",)
UNLISTED = "manifest-unlisted-file"
BAD_TYPE = "manifest-bad-type"
