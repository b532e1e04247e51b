"""Archives made by hand, good and hostile, and what must come of each.

The expectations are written from the rules alone, never from what a reader does. What the rules leave open is
`ANY`, or a tuple of the errors that are all right, or `loose`: nothing but a `ContentError` may leave, and the way
the archive is handed over may not matter.
"""

import html
import math
import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import ANY

import attrs
from mms.zipping import (
    END,
    RECORD,
    SENTINEL,
    Entry,
    MiB,
    build,
    deflated,
    deflated_zeros,
    extra_field,
    pack,
    quoted_entries,
    unicode_path,
    zip64_field,
)

from mxinbound import (
    ContentTooLarge,
    EncryptedContent,
    Limits,
    MalformedContent,
    TooManyParts,
    UnsafeName,
    UnsupportedContent,
)


@attrs.frozen(kw_only=True, eq=False)
class Case:
    """An archive and what is expected of it.

    Of a good one: `contents`, the parts in order; `defects`, the codes after `check()`; `types` and `filenames` of
    parts by name; `slides`, each a duration and its items as tag, source and part's name; `details`, the region,
    begin, end and alt of every item; `attachments`, their names; `text`.

    Of a hostile one: `error` at `stage` (None for either), its `limit` and `part`. What opens has `contents` beside the
    damaged part.
    """

    name: str
    build: Callable[[], bytes] = attrs.field(repr=False)
    error: Any = None
    stage: str | None = "open"
    limits: Limits = Limits()
    limit: str | None = None
    part: str | None = None
    loose: bool = False
    contents: Any = ANY
    defects: Any = ()
    types: dict = attrs.field(factory=dict)
    filenames: dict = attrs.field(factory=dict)
    slides: Any = ANY
    details: Any = ANY
    attachments: Any = ANY
    text: Any = ANY


def good(name, make, contents=ANY, **expected):
    return Case(name=name, build=make, contents=contents, **expected)


def bad(name, error, make, **expected):
    return Case(name=name, build=make, error=error, **expected)


def damaged(name, make, **expected):
    """Opens, but `a.txt` cannot be read."""
    facts = {"stage": "read", "part": "a.txt", "contents": {"b.gif": GIF}, "defects": ANY} | expected
    return Case(name=name, build=make, error=MalformedContent, **facts)


def loose(name, make, **expected):
    return Case(name=name, build=make, loose=True, defects=ANY, **expected)


def kebab(name):
    return name.replace("_", "-")


def zipped(*entries, **options):
    return partial(build, entries, **options)


# One message of two parts, and the ways to spoil it.

HELLO = b"Hello, world! Hello, hello."
GIF = b"GIF89a\1\0\1\0\0\0\0;"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"

MANIFEST = Entry(b"manifest", b"a.txt=text/plain\nb.gif=image/gif\n")
A = Entry(b"a.txt", HELLO)
B = Entry(b"b.gif", GIF)
STORED = Entry(b"a.txt", HELLO, method=0)
CONTENTS = {"a.txt": HELLO, "b.gif": GIF}
UTF8 = 1 << 11


def message(**options):
    return zipped(MANIFEST, A, B, **options)


def with_a(like=A, **changes):
    return zipped(MANIFEST, attrs.evolve(like, **changes), B)


def with_b(**changes):
    return zipped(MANIFEST, A, attrs.evolve(B, **changes))


def directory_bytes(entries):
    return sum(len(entry.central_bytes(0)) for entry in entries)


def alone(name, data=b"data", **options):
    """One part and no manifest."""
    return zipped(Entry(name, data, **options))


def utf8(name, data=b"data", **options):
    return Entry(name.encode(), data, flags=UTF8, **options)


ALONE = ("manifest-missing",)


# Structure: the records at the end.


def second_end(place, missing=0):
    """Another end record, whose comment ends `missing` bytes before the file does."""

    def make(reach):
        fake = pack(END, dict.fromkeys(END, 0) | {"signature": b"PK\5\6", "comment_length": reach})
        entries = {
            "part": [MANIFEST, A, Entry(b"b.gif", fake + GIF, method=0)],
            "entry-comment": [MANIFEST, attrs.evolve(A, comment=fake), B],
            "extra": [MANIFEST, attrs.evolve(A, extra=extra_field(0x5455, fake)), B],
            "local-extra": [MANIFEST, attrs.evolve(A, local_extra=extra_field(0x5455, fake)), B],
        }
        return build(entries[place])

    blank = make(0)
    return make(len(blank) - blank.index(b"PK\5\6") - 22 - missing)


def concatenated(first, second):
    return first() + second()


def without(number, make):
    return make()[:-number]


def cut(eighths, make):
    whole = make()
    return whole[: len(whole) * eighths // 8]


def patched(make, old, new):
    whole = make()
    assert whole.count(old) == 1
    return whole.replace(old, new)


EMPTY = build([])
DIRECTORY_BYTES = directory_bytes([MANIFEST, A, B])
TRAILING = {"nul": b"\0", "cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "mixed": b"\0\r\n\0"}
OTHER_ARCHIVE = zipped(Entry(b"c.txt", b"another"))

RECORDS = [
    good("plain", message(), CONTENTS, types={"a.txt": "text/plain", "b.gif": "image/gif"}, text=HELLO.decode()),
    good("stored", zipped(*(attrs.evolve(entry, method=0) for entry in (MANIFEST, A, B))), CONTENTS),
    good("empty-archive", zipped(), {}, defects=("manifest-missing",)),
    good("manifest-only", zipped(Entry(b"manifest", b"")), {}),
    good("empty-parts", zipped(MANIFEST, Entry(b"a.txt"), Entry(b"b.gif", method=0)), {"a.txt": b"", "b.gif": b""}),
    good("directory-in-another-order", message(order=(2, 0, 1)), CONTENTS),
    *(
        bad(f"not-a-zip-{name}", MalformedContent, partial(bytes, data))
        for name, data in {
            "nothing": b"",
            "two-bytes": b"PK",
            "local-signature": b"PK\3\4",
            "end-signature": b"PK\5\6",
            "html": b"<html><body>Service unavailable</body></html>",
            "zeros": bytes(100),
            "line-ends": b"\r\n" * 8,
            "signature-and-line-ends": b"PK\5\6" + b"\r\n" * 8,
            "end-record-without-its-last-byte": EMPTY[:-1],
            "spanning-marker": b"PK\7\x08" + EMPTY,
            "gzip": b"\x1f\x8b\x08\0" + bytes(40),
        }.items()
    ),
    # Comments.
    good("comment", message(comment=b"made by hand"), CONTENTS),
    good("comment-longest", message(comment=b"x" * 0xFFFF), CONTENTS),
    good("comment-that-ends-in-nul", message(comment=b"x\0\0"), CONTENTS),
    good("comment-of-40-nul", message(comment=bytes(40)), CONTENTS),
    good("comment-with-local-signature", message(comment=b"PK\3\4 PK\1\2 PK\7\x08"), CONTENTS),
    good("comment-with-half-a-signature", message(comment=b"PK\5"), CONTENTS),
    bad("comment-too-long", MalformedContent, message(comment=b"hello", end={"comment_length": 6})),
    bad("comment-too-long-without-one", MalformedContent, message(end={"comment_length": 1})),
    bad("comment-too-short", MalformedContent, message(comment=b"hello", end={"comment_length": 3})),
    bad("comment-undeclared", MalformedContent, message(comment=b"hello", end={"comment_length": 0})),
    bad("comment-with-signature", MalformedContent, message(comment=b"PK\5\6")),
    bad("comment-with-signature-inside", MalformedContent, message(comment=b"see PK\5\6 here")),
    bad("comment-is-an-end-record", MalformedContent, message(comment=EMPTY)),
    bad("comment-is-an-archive", MalformedContent, message(comment=OTHER_ARCHIVE())),
    bad(
        "comment-is-an-end-record-with-a-comment",
        MalformedContent,
        message(comment=build([], comment=b"xx")),
    ),
    # A second end record elsewhere.
    *(
        bad(f"second-end-in-{place}-reaching-the-end", MalformedContent, partial(second_end, place))
        for place in ("part", "entry-comment", "extra", "local-extra")
    ),
    *(
        good(f"second-end-in-{place}-short-of-the-end", partial(second_end, place, missing=40))
        for place in ("part", "entry-comment", "extra", "local-extra")
    ),
    loose("second-end-in-part-one-byte-short", partial(second_end, "part", missing=1)),
    loose("second-end-in-part-past-the-end", partial(second_end, "part", missing=-1)),
    good("archive-in-stored-part", with_b(data=OTHER_ARCHIVE(), method=0), CONTENTS | {"b.gif": OTHER_ARCHIVE()}),
    good("archive-in-deflated-part", with_b(data=OTHER_ARCHIVE()), CONTENTS | {"b.gif": OTHER_ARCHIVE()}),
    # Trailing bytes.
    *(
        good(f"trailing-{name}", message(trailing=data), CONTENTS, defects=("trailing-bytes",))
        for name, data in TRAILING.items()
    ),
    *(
        good(f"trailing-16-{name}", message(trailing=(data * 16)[:16]), CONTENTS, defects=("trailing-bytes",))
        for name, data in TRAILING.items()
    ),
    *(
        bad(f"trailing-17-{name}", MalformedContent, message(trailing=(data * 17)[:17]))
        for name, data in TRAILING.items()
    ),
    *(
        bad(f"trailing-{name}", MalformedContent, message(trailing=data))
        for name, data in {
            "blank": b" ",
            "tab": b"\t",
            "x-behind-nul": b"\0x",
            "x-before-nul": b"x\0",
            "ff": b"\xff",
            "1-mib-nul": bytes(MiB),
        }.items()
    ),
    good("trailing-behind-comment", message(comment=b"hi", trailing=b"\r\n"), CONTENTS, defects=("trailing-bytes",)),
    good("trailing-behind-nothing", zipped(trailing=b"\0"), {}, defects=("manifest-missing", "trailing-bytes")),
    good("trailing-behind-zip64", message(zip64=True, trailing=b"\n"), CONTENTS, defects=("trailing-bytes",)),
    # Each field of the end record.
    *(
        bad(f"end-{name}", MalformedContent, message(end=fields))
        for name, fields in {
            "disk": {"disk": 1},
            "directory-disk": {"directory_disk": 1},
            "both-disks": {"disk": 1, "directory_disk": 1},
            "disk-sentinel-without-zip64": {"disk": 0xFFFF},
            "entries-here-fewer": {"entries_here": 2},
            "entries-fewer": {"entries": 2},
            "entries-here-more": {"entries_here": 4},
            "entries-more": {"entries": 4},
            "entries-here-none": {"entries_here": 0},
            "both-counts-none": {"entries_here": 0, "entries": 0},
            "both-counts-fewer": {"entries_here": 2, "entries": 2},
            "both-counts-more": {"entries_here": 4, "entries": 4},
            "directory-size-none": {"directory_size": 0},
            "directory-size-one": {"directory_size": 1},
            "directory-size-too-small": {"directory_size": DIRECTORY_BYTES - 1},
            "directory-size-too-large": {"directory_size": DIRECTORY_BYTES + 1},
            "directory-offset-none": {"directory_offset": 0},
            "directory-offset-one": {"directory_offset": 1},
            "directory-offset-past-the-end": {"directory_offset": 5000},
            "directory-offset-far": {"directory_offset": 0xFFFFFFFE},
            "directory-offset-sentinel-without-zip64": {"directory_offset": SENTINEL},
            "directory-nowhere": {"directory_size": 0, "directory_offset": 0},
        }.items()
    ),
    bad(
        "end-counts-sentinel-without-zip64",
        (MalformedContent, TooManyParts),
        message(end={"entries_here": 0xFFFF, "entries": 0xFFFF}),
    ),
    bad(
        "end-directory-size-sentinel-without-zip64",
        (MalformedContent, ContentTooLarge),
        message(end={"directory_size": SENTINEL}),
    ),
    bad(
        "end-directory-size-huge",
        (MalformedContent, ContentTooLarge),
        message(end={"directory_size": 0x7FFFFFFF}),
    ),
    bad("end-counts-in-an-empty-archive", MalformedContent, zipped(end={"entries_here": 1, "entries": 1})),
    bad("end-offset-in-an-empty-archive", MalformedContent, zipped(end={"directory_offset": 1})),
    bad("end-size-in-an-empty-archive", MalformedContent, zipped(end={"directory_size": 1})),
]

# Structure: Zip64.


def classic_values(make):
    """Zip64 records where none is needed, the classic fields all filled in."""
    record = make()[-98:-42]
    entries, size, offset = struct.unpack_from("<32xQQQ", record)
    return {"entries_here": entries, "entries": entries, "directory_size": size, "directory_offset": offset}


ZIP64_END = classic_values(message(zip64=True))
ZIP64_ENTRY = {"compressed_size": SENTINEL, "size": SENTINEL}
A_SIZES = (len(HELLO), len(deflated(HELLO)))

ZIP64 = [
    good("zip64", message(zip64=True), CONTENTS),
    good("zip64-empty-archive", zipped(zip64=True), {}, defects=("manifest-missing",)),
    good("zip64-with-comment", message(zip64=True, comment=b"hi"), CONTENTS),
    good("zip64-classic-fields-filled-in", message(zip64=True, end=ZIP64_END), CONTENTS),
    *(
        good(f"zip64-classic-{kebab(name)}-filled-in", message(zip64=True, end={name: value}), CONTENTS)
        for name, value in ZIP64_END.items()
        if not name.startswith("entries")
    ),
    good("zip64-classic-disks-are-sentinels", message(zip64=True, end={"disk": 0xFFFF, "directory_disk": 0xFFFF})),
    *(
        bad(
            f"zip64-classic-{kebab(name)}-disagrees",
            MalformedContent,
            message(zip64=True, end=ZIP64_END | {name: value + 1}),
        )
        for name, value in ZIP64_END.items()
    ),
    bad("zip64-classic-disk-disagrees", MalformedContent, message(zip64=True, end={"disk": 1})),
    bad("zip64-classic-directory-disk-disagrees", MalformedContent, message(zip64=True, end={"directory_disk": 1})),
    *(
        bad(f"zip64-record-{name}", MalformedContent, message(zip64=True, record=fields))
        for name, fields in {
            "signature": {"signature": b"PK\6\5"},
            "size-too-small": {"record_size": 43},
            "size-too-large": {"record_size": 45},
            "size-none": {"record_size": 0},
            "size-huge": {"record_size": 2**64 - 1},
            "disk": {"disk": 1},
            "directory-disk": {"directory_disk": 1},
            "entries-here-fewer": {"entries_here": 2},
            "entries-fewer": {"entries": 2},
            "both-counts-fewer": {"entries_here": 2, "entries": 2},
            "both-counts-more": {"entries_here": 4, "entries": 4},
            "directory-size-less": {"directory_size": DIRECTORY_BYTES - 1},
            "directory-size-more": {"directory_size": DIRECTORY_BYTES + 1},
            "directory-offset-less": {"directory_offset": 0},
            "directory-offset-far": {"directory_offset": 2**64 - 1},
        }.items()
    ),
    bad(
        "zip64-record-counts-huge",
        TooManyParts,
        message(zip64=True, record=dict.fromkeys(["entries_here", "entries"], 2**63)),
        limit="max_parts",
    ),
    bad(
        "zip64-record-directory-size-huge",
        (MalformedContent, ContentTooLarge),
        message(zip64=True, record={"directory_size": 2**63}),
    ),
    *(
        bad(f"zip64-locator-{name}", MalformedContent, message(zip64=True, locator=fields))
        for name, fields in {
            "points-to-the-start": {"record_offset": 0},
            "points-one-byte-before": {
                "record_offset": sum(ZIP64_END[name] for name in ("directory_size", "directory_offset")) - 1
            },
            "points-one-byte-behind": {
                "record_offset": sum(ZIP64_END[name] for name in ("directory_size", "directory_offset")) + 1
            },
            "points-past-the-end": {"record_offset": 5000},
            "points-far": {"record_offset": 2**64 - 1},
            "disk": {"disk": 1},
            "two-disks": {"disks": 2},
        }.items()
    ),
    loose("zip64-locator-no-disks", message(zip64=True, locator={"disks": 0})),
    bad(
        "zip64-locator-without-signature",
        (MalformedContent, TooManyParts),
        message(zip64=True, locator={"signature": b"PK\6\x08"}),
    ),
    bad(
        "zip64-locator-without-signature-and-classic-fields-filled-in",
        MalformedContent,
        message(zip64=True, locator={"signature": b"PK\6\x08"}, end=ZIP64_END),
    ),
    bad("zip64-locator-without-record", MalformedContent, message(before_end=b"PK\6\7" + bytes(12) + b"\1\0\0\0")),
    bad(
        "zip64-record-without-locator",
        MalformedContent,
        message(before_end=pack(RECORD, dict.fromkeys(RECORD, 0) | {"signature": b"PK\6\6", "record_size": 44})),
    ),
    bad("zip64-gap-before-locator", MalformedContent, message(zip64=True, between=b"\0")),
    bad("zip64-gap-before-record", MalformedContent, message(zip64=True, before_end=b"\0")),
    bad(
        "zip64-record-elsewhere",
        MalformedContent,
        zipped(
            MANIFEST,
            A,
            attrs.evolve(B, data=message(zip64=True)()[-98:-42], method=0),
            zip64=True,
            locator={"record_offset": len(MANIFEST.local_bytes + A.local_bytes + B.local_header)},
        ),
    ),
    bad("zip64-prefix", MalformedContent, message(zip64=True, prefix=b"MZ", shifted=False)),
    loose("zip64-extensible-data", message(zip64=True, extensible=b"\1\0\4\0\0\0data")),
    bad(
        "zip64-extensible-data-undeclared",
        MalformedContent,
        message(zip64=True, extensible=b"data", record={"record_size": 44}),
    ),
    bad("zip64-extensible-data-missing", MalformedContent, message(zip64=True, record={"record_size": 54})),
    # The field in an entry.
    good("zip64-entry-sizes", with_a(central=ZIP64_ENTRY, extra=zip64_field(*A_SIZES)), CONTENTS),
    good("zip64-entry-size", with_a(central={"size": SENTINEL}, extra=zip64_field(A_SIZES[0])), CONTENTS),
    good(
        "zip64-entry-compressed-size",
        with_a(central={"compressed_size": SENTINEL}, extra=zip64_field(A_SIZES[1])),
        CONTENTS,
    ),
    good(
        "zip64-entry-offset",
        zipped(attrs.evolve(A, central={"offset": SENTINEL}, extra=zip64_field(0)), B, MANIFEST),
        CONTENTS,
    ),
    good(
        "zip64-entry-everything",
        zipped(
            attrs.evolve(A, central=ZIP64_ENTRY | {"offset": SENTINEL}, extra=zip64_field(*A_SIZES, 0)),
            B,
            MANIFEST,
            zip64=True,
        ),
        CONTENTS,
    ),
    good(
        "zip64-entry-both-headers",
        with_a(central=ZIP64_ENTRY, extra=zip64_field(*A_SIZES), local=ZIP64_ENTRY, local_extra=zip64_field(*A_SIZES)),
        CONTENTS,
    ),
    good("zip64-entry-local-header-only", with_a(local=ZIP64_ENTRY, local_extra=zip64_field(*A_SIZES)), CONTENTS),
    good(
        "zip64-entry-streamed",
        with_a(descriptor=24, local=ZIP64_ENTRY, local_extra=zip64_field(0, 0)),
        CONTENTS,
    ),
    good(
        "zip64-entry-behind-other-fields",
        with_a(central=ZIP64_ENTRY, extra=extra_field(0x5455, b"\1abcd") + zip64_field(*A_SIZES)),
        CONTENTS,
    ),
    loose("zip64-entry-disk", with_a(central={"disk": 0xFFFF}, extra=extra_field(1, bytes(4)))),
    loose("zip64-entry-field-without-need", with_a(extra=zip64_field(*A_SIZES))),
    loose("zip64-entry-field-without-need-that-disagrees", with_a(extra=zip64_field(1, 1))),
    loose("zip64-entry-field-empty", with_a(extra=extra_field(1, b""))),
    loose("zip64-entry-field-too-long", with_a(central=ZIP64_ENTRY, extra=zip64_field(*A_SIZES, 0, 0))),
    *(
        bad(f"zip64-entry-{name}", (MalformedContent, ContentTooLarge), with_a(**changes))
        for name, changes in {
            "size-sentinel-without-field": {"central": {"size": SENTINEL}},
            "both-sentinels-without-field": {"central": ZIP64_ENTRY},
            "compressed-size-sentinel-without-field": {"central": {"compressed_size": SENTINEL}},
            "size-huge": {"central": {"size": SENTINEL}, "extra": zip64_field(2**63)},
            "compressed-size-huge": {"central": {"compressed_size": SENTINEL}, "extra": zip64_field(2**64 - 1)},
        }.items()
    ),
    *(
        bad(f"zip64-entry-{name}", MalformedContent, with_a(**changes))
        for name, changes in {
            "offset-sentinel-without-field": {"central": {"offset": SENTINEL}},
            "offset-huge": {"central": {"offset": SENTINEL}, "extra": zip64_field(2**64 - 1)},
            "disk-sentinel-without-field": {"central": {"disk": 0xFFFF}},
            "field-too-short": {"central": ZIP64_ENTRY, "extra": zip64_field(len(HELLO))},
            "field-cut": {"central": ZIP64_ENTRY, "extra": extra_field(1, bytes(15))},
            "field-twice": {"central": ZIP64_ENTRY, "extra": zip64_field(*A_SIZES) * 2},
            "compressed-size-disagrees": {"central": ZIP64_ENTRY, "extra": zip64_field(A_SIZES[0], A_SIZES[1] + 1)},
            "size-disagrees-with-local": {"central": ZIP64_ENTRY, "extra": zip64_field(A_SIZES[0] + 1, A_SIZES[1])},
            "local-size-disagrees": {"local": ZIP64_ENTRY, "local_extra": zip64_field(A_SIZES[0] + 1, A_SIZES[1])},
            "local-compressed-size-disagrees": {
                "local": ZIP64_ENTRY,
                "local_extra": zip64_field(A_SIZES[0], A_SIZES[1] + 1),
            },
            "local-sentinels-without-field": {"local": ZIP64_ENTRY},
            "local-field-too-short": {"local": ZIP64_ENTRY, "local_extra": zip64_field(len(HELLO))},
            "local-zeros-unannounced": {"local": ZIP64_ENTRY, "local_extra": zip64_field(0, 0)},
        }.items()
    ),
]

# Structure: every byte belongs to something, and to one thing.

A_OFFSET = len(MANIFEST.local_bytes)
HIDDEN = Entry(b"hidden.txt", b"hidden", listed=False)
NOWHERE = Entry(b"nowhere.txt", b"nowhere", written=False)


def partial_overlap():
    """The stored data of one entry holds the local header and the data of another."""
    inner = Entry(b"b.gif", GIF, method=0, written=False, central={"offset": len(STORED.local_header)})
    return build([attrs.evolve(STORED, data=inner.local_bytes), inner])


TILING = [
    *(
        bad(f"prefix-{name}", MalformedContent, message(prefix=prefix, shifted=shifted))
        for prefix, kind in {b"\0": "byte", b"#!/bin/sh\n": "script", b"PK00": "spanning-marker"}.items()
        for shifted, name in {True: f"{kind}-counted", False: f"{kind}-not-counted"}.items()
    ),
    bad("prefix-is-an-archive", MalformedContent, message(prefix=OTHER_ARCHIVE())),
    bad("concatenated", MalformedContent, partial(concatenated, OTHER_ARCHIVE, message())),
    bad("concatenated-twice-the-same", MalformedContent, partial(concatenated, message(), message())),
    bad("concatenated-with-an-empty-one", MalformedContent, partial(concatenated, message(), zipped())),
    bad("concatenated-behind-an-empty-one", MalformedContent, partial(concatenated, zipped(), message())),
    bad("suffix", MalformedContent, message(trailing=b"suffix")),
    bad("suffix-is-an-entry", MalformedContent, message(trailing=HIDDEN.local_bytes)),
    bad("gap-before-the-first-entry", MalformedContent, zipped(attrs.evolve(MANIFEST, before=b"\0"), A, B)),
    bad("gap-between-entries", MalformedContent, with_b(before=b"\0")),
    bad("gap-between-entries-of-16-bytes", MalformedContent, with_b(before=bytes(16))),
    bad(
        "gap-behind-a-descriptor",
        MalformedContent,
        zipped(attrs.evolve(A, descriptor=16), attrs.evolve(B, before=b"\0")),
    ),
    bad("gap-before-the-directory", MalformedContent, message(before_directory=b"\0")),
    bad("gap-before-the-end-record", MalformedContent, message(before_end=b"\0")),
    bad(
        "directory-signature-counted",
        MalformedContent,
        message(before_end=b"PK\5\5\2\0ab", end={"directory_size": DIRECTORY_BYTES + 8}),
    ),
    bad("directory-signature-not-counted", MalformedContent, message(before_end=b"PK\5\5\2\0ab")),
    bad("archive-extra-data", MalformedContent, message(before_directory=b"PK\6\x08\2\0\0\0ab")),
    bad("hidden-first", MalformedContent, zipped(HIDDEN, MANIFEST, A, B)),
    bad("hidden-between", MalformedContent, zipped(MANIFEST, HIDDEN, A, B)),
    bad("hidden-last", MalformedContent, zipped(MANIFEST, A, B, HIDDEN)),
    bad("hidden-alone", MalformedContent, zipped(HIDDEN)),
    bad("hidden-of-the-same-name", MalformedContent, zipped(MANIFEST, A, B, attrs.evolve(A, listed=False))),
    bad("listed-nowhere", MalformedContent, zipped(MANIFEST, A, B, NOWHERE)),
    bad("listed-nowhere-first", MalformedContent, zipped(NOWHERE, MANIFEST, A, B)),
    *(
        bad(f"offset-{name}", MalformedContent, with_a(central={"offset": offset}))
        for name, offset in {
            "one-less": A_OFFSET - 1,
            "one-more": A_OFFSET + 1,
            "of-another-entry": 0,
            "past-the-end": 5000,
            "far": 0xFFFFFFFE,
        }.items()
    ),
    bad("offset-in-the-end-record", MalformedContent, with_a(central={"offset": len(message()()) - 22})),
    bad("overlap-full", MalformedContent, zipped(A, attrs.evolve(A, written=False, central={"offset": 0}))),
    bad(
        "overlap-full-other-name",
        MalformedContent,
        zipped(A, attrs.evolve(A, name=b"b.txt", written=False, central={"offset": 0})),
    ),
    bad(
        "overlap-full-local-name-of-the-second",
        MalformedContent,
        zipped(
            attrs.evolve(A, local_name=b"b.txt"), attrs.evolve(A, name=b"b.txt", written=False, central={"offset": 0})
        ),
    ),
    bad("overlap-quoted", MalformedContent, lambda: build(quoted_entries(5, b"kernel " * 100))),
    bad("overlap-quoted-two", MalformedContent, lambda: build(quoted_entries(2, b"kernel"))),
    bad("overlap-partial", MalformedContent, partial_overlap),
    bad("overlap-of-data-and-next-header", MalformedContent, with_a(compressed_size=A_SIZES[1] + 4)),
    bad("overlap-of-data-and-directory", MalformedContent, with_b(compressed_size=len(deflated(GIF)) + 10)),
    bad("data-past-the-end", MalformedContent, with_a(compressed_size=100_000)),
    bad("data-shorter-than-its-place", MalformedContent, with_a(compressed_size=A_SIZES[1] - 1)),
    bad("directory-header-signature", MalformedContent, with_a(central={"signature": b"PK\1\3"})),
    bad("directory-last-header-signature", MalformedContent, with_b(central={"signature": b"\0\0\0\0"})),
    bad("directory-name-too-long", MalformedContent, with_b(central={"name_length": 6})),
    bad("directory-name-too-short", MalformedContent, with_b(central={"name_length": 4})),
    bad("directory-extra-too-long", MalformedContent, with_b(central={"extra_length": 9})),
    bad("directory-comment-too-long", MalformedContent, with_b(central={"comment_length": 1})),
    bad("directory-comment-too-short", MalformedContent, with_b(comment=b"hello", central={"comment_length": 4})),
    bad("directory-name-longest", (MalformedContent, ContentTooLarge), with_b(central={"name_length": 0xFFFF})),
    bad("directory-entry-disk", MalformedContent, with_a(central={"disk": 1})),
    good("entry-comment", with_a(comment=b"a comment"), CONTENTS),
    good("entry-attributes-and-times", with_a(central={"internal": 1, "time": 0xFFFF, "date": 0}), CONTENTS),
    *(
        bad(f"cut-by-{number}", MalformedContent, partial(without, number, message()))
        for number in (1, 2, 21, 22, 23, 24, 44, 68, 100)
    ),
    *(bad(f"cut-to-{eighths}-eighths", MalformedContent, partial(cut, eighths, message())) for eighths in range(1, 8)),
    bad("cut-in-comment", MalformedContent, partial(without, 1, message(comment=b"hello"))),
    bad("cut-in-zip64", MalformedContent, partial(without, 23, message(zip64=True))),
    *(
        bad(f"without-the-first-{number}", MalformedContent, lambda number=number: message()()[number:])
        for number in (1, 4, 30, A_OFFSET)
    ),
]

# Structure: the local header and the descriptor against the directory.

LOCAL_LIES = {
    "signature": {"signature": b"PK\3\5"},
    "signature-of-the-directory": {"signature": b"PK\1\2"},
    "flag-0": {"flags": 1},
    "flag-1": {"flags": 2},
    "flag-6": {"flags": 1 << 6},
    "flag-11": {"flags": UTF8},
    "flag-13": {"flags": 1 << 13},
    "method-stored": {"method": 0},
    "method-12": {"method": 12},
    "method-99": {"method": 99},
    "crc": {"crc": 1},
    "crc-zero": {"crc": 0},
    "size": {"size": 1},
    "size-zero": {"size": 0},
    "compressed-size": {"compressed_size": 1},
    "compressed-size-zero": {"compressed_size": 0},
    "zeros-without-flag-3": {"crc": 0, "size": 0, "compressed_size": 0},
    "name-length-less": {"name_length": 4},
    "name-length-more": {"name_length": 6},
    "name-length-none": {"name_length": 0},
    "name-length-longest": {"name_length": 0xFFFF},
    "extra-length": {"extra_length": 1},
    "extra-length-longest": {"extra_length": 0xFFFF},
}
LOCAL_NAMES = {
    "other": b"c.txt",
    "other-case": b"A.txt",
    "longer": b"a.txt2",
    "shorter": b"a.tx",
    "none": b"",
    "unsafe": b"../a.txt",
    "with-nul": b"a.txt\0",
}
DESCRIPTOR_LIES = {
    "crc": {"crc": 1},
    "crc-zero": {"crc": 0},
    "size": {"size": 1},
    "size-zero": {"size": 0},
    "compressed-size": {"compressed_size": 1},
    "sizes-swapped": {"compressed_size": A_SIZES[0], "size": A_SIZES[1]},
    "all-zero": {"crc": 0, "size": 0, "compressed_size": 0},
}
CRC_IS_SIGNATURE = b"\xac\nz\xd5"
CRC_IS_ZERO = b"\x9d\n\xd9m"
ZEROS = {"crc": 0, "size": 0, "compressed_size": 0}

HEADERS = [
    *(bad(f"local-{name}", MalformedContent, with_a(local=fields)) for name, fields in LOCAL_LIES.items()),
    *(bad(f"local-name-{name}", MalformedContent, with_a(local_name=data)) for name, data in LOCAL_NAMES.items()),
    bad(
        "local-name-other-encoding",
        MalformedContent,
        zipped(Entry("é.txt".encode(), local_name=b"\x82.txt", flags=UTF8)),
    ),
    bad("local-stored-but-directory-deflated", MalformedContent, with_a(STORED, central={"method": 8})),
    good("local-time-and-date", with_a(local={"time": 0, "date": 0}), CONTENTS),
    good("local-extra-of-its-own", with_a(local_extra=extra_field(0x5455, b"\1abcd")), CONTENTS),
    good("directory-extra-of-its-own", with_a(extra=extra_field(0x5455, b"\1abcd")), CONTENTS),
    loose("local-version", with_a(local={"version": 63})),
    loose("version-63", with_a(local={"version": 63}, central={"version": 63})),
    loose("version-255", with_a(local={"version": 255}, central={"version": 255})),
    loose("local-extra-malformed", with_a(local_extra=b"\1\2\3\4\5")),
    loose("local-extra-unicode-path", with_a(local_extra=unicode_path(b"a.txt", b"c.txt"))),
    # Descriptors.
    *(good(f"descriptor-{length}", with_a(descriptor=length), CONTENTS) for length in (12, 16, 20, 24)),
    *(good(f"descriptor-{length}-stored", with_a(STORED, descriptor=length), CONTENTS) for length in (12, 16, 20, 24)),
    *(good(f"descriptor-{length}-last", with_b(descriptor=length), CONTENTS) for length in (12, 16, 20, 24)),
    *(
        good(
            f"descriptor-{length}-zip64", zipped(MANIFEST, attrs.evolve(A, descriptor=length), B, zip64=True), CONTENTS
        )
        for length in (12, 16, 20, 24)
    ),
    *(
        bad(f"descriptor-{length}-{name}", MalformedContent, with_a(descriptor=length, trailer=fields))
        for length in (12, 16, 20, 24)
        for name, fields in DESCRIPTOR_LIES.items()
    ),
    *(
        bad(
            f"descriptor-{length}-signature",
            MalformedContent,
            with_a(descriptor=length, trailer={"signature": b"PK\7\7"}),
        )
        for length in (16, 24)
    ),
    bad("descriptor-20-size-high-half", MalformedContent, with_a(descriptor=20, trailer={"size": A_SIZES[0] + 2**32})),
    bad(
        "descriptor-24-compressed-size-high-half",
        MalformedContent,
        with_a(descriptor=24, trailer={"compressed_size": A_SIZES[1] + 2**32}),
    ),
    bad("descriptor-missing", MalformedContent, with_a(flags=8, local=ZEROS)),
    bad("descriptor-missing-but-local-values", MalformedContent, with_a(flags=8)),
    bad("descriptor-missing-last", MalformedContent, with_b(flags=8, local=ZEROS)),
    *(
        bad(f"descriptor-{length}-unannounced", MalformedContent, with_a(flags=0, descriptor=length, local={}))
        for length in (12, 16, 20, 24)
    ),
    bad(
        "descriptor-unannounced-but-local-values",
        MalformedContent,
        with_b(
            before=pack(
                {"signature": "4s", "crc": "L", "compressed_size": "L", "size": "L"},
                {"signature": b"PK\7\x08"} | A.fields,
            )
        ),
    ),
    bad(
        "descriptor-twice",
        MalformedContent,
        zipped(attrs.evolve(A, descriptor=16), attrs.evolve(B, before=attrs.evolve(A, descriptor=16).descriptor_bytes)),
    ),
    good(
        "descriptor-and-local-values", with_a(descriptor=16, local={name: A.fields[name] for name in ZEROS}), CONTENTS
    ),
    good("descriptor-announced-by-local-header-only", with_a(descriptor=16, central={"flags": 0}), CONTENTS),
    good("descriptor-announced-by-directory-only-and-not-there", with_a(flags=8, local={"flags": 0}), CONTENTS),
    bad("descriptor-announced-by-directory-only", MalformedContent, with_a(descriptor=16, local={"flags": 0})),
    bad(
        "descriptor-announced-by-directory-only-and-local-values",
        MalformedContent,
        with_a(descriptor=16, local={"flags": 0} | {name: A.fields[name] for name in ZEROS}),
    ),
    bad("descriptor-zeros-announced-by-directory-only", MalformedContent, with_a(flags=8, local=ZEROS | {"flags": 0})),
    *(
        bad(f"descriptor-and-local-{kebab(name)}-wrong", MalformedContent, with_a(descriptor=16, local={name: 1}))
        for name in ZEROS
    ),
    loose(
        "descriptor-and-only-local-crc-zero",
        with_a(descriptor=16, local={name: A.fields[name] for name in ("size", "compressed_size")}),
    ),
    loose("descriptor-and-only-local-sizes-zero", with_a(descriptor=16, local={"crc": A.fields["crc"]})),
    *(
        good(
            f"descriptor-{length}-where-the-crc-is-its-signature",
            with_b(data=CRC_IS_SIGNATURE, descriptor=length),
            CONTENTS | {"b.gif": CRC_IS_SIGNATURE},
        )
        for length in (12, 16, 20, 24)
    ),
    good("crc-zero-of-some-bytes", with_b(data=CRC_IS_ZERO), CONTENTS | {"b.gif": CRC_IS_ZERO}),
    good(
        "crc-zero-of-some-bytes-and-descriptor",
        with_b(data=CRC_IS_ZERO, descriptor=12),
        CONTENTS | {"b.gif": CRC_IS_ZERO},
    ),
    good(
        "descriptor-in-the-data",
        with_b(data=GIF + b"PK\7\x08" + bytes(12), method=0, descriptor=16),
        CONTENTS | {"b.gif": GIF + b"PK\7\x08" + bytes(12)},
    ),
    # As java.util.zip writes.
    good("java", zipped(*(attrs.evolve(entry, descriptor=16) for entry in (MANIFEST, A, B))), CONTENTS),
    good(
        "java-utf-8-flag",
        zipped(*(attrs.evolve(entry, descriptor=16, flags=8 | UTF8) for entry in (MANIFEST, A, B))),
        CONTENTS,
    ),
    good("java-empty-file", with_a(data=b"", stream=b"\3\0", descriptor=16), {"a.txt": b"", "b.gif": GIF}),
    good(
        "java-empty-manifest",
        zipped(Entry(b"manifest", b"", stream=b"\3\0", descriptor=16), A),
        {"a.txt": HELLO},
        defects=("manifest-unlisted-file",),
    ),
    good("java-directory", zipped(MANIFEST, Entry(b"d/", b"", stream=b"\3\0", descriptor=16), A, B), CONTENTS),
]

# Flags, methods and extra fields.

FLAG_ERRORS = dict.fromkeys((4, 5, 7, 8, 9, 10, 12, 14, 15), MalformedContent) | {
    0: EncryptedContent,
    3: MalformedContent,
    5: UnsupportedContent,
    6: EncryptedContent,
    13: EncryptedContent,
}
AES = extra_field(0x9901, b"\2\0AE\3\x08\0")
TIME = extra_field(0x5455, b"\1abcd")

FEATURES = [
    *(bad(f"flag-{bit}", error, with_a(flags=1 << bit)) for bit, error in FLAG_ERRORS.items()),
    *(
        bad(
            f"flag-{bit}-on-a-directory",
            FLAG_ERRORS[bit],
            zipped(MANIFEST, Entry(b"d/", method=0, flags=1 << bit), A, B),
        )
        for bit in (0, 4, 5, 6, 13)
    ),
    *(good(f"flag-{bit}", with_a(flags=1 << bit), CONTENTS) for bit in (1, 2, 11)),
    good("flags-1-and-2", with_a(flags=6), CONTENTS),
    good("flags-1-to-3-and-11", with_a(flags=0xE | UTF8, descriptor=16), CONTENTS),
    good("flag-1-stored", with_a(STORED, flags=2), CONTENTS),
    bad("flags-all", EncryptedContent, with_a(flags=0xFFFF)),
    bad("flag-0-in-the-manifest", EncryptedContent, zipped(attrs.evolve(MANIFEST, flags=1), A, B)),
    *(
        bad(f"method-{method}", UnsupportedContent, with_a(method=method))
        for method in (1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 14, 20, 93, 94, 95, 96, 97, 98, 100, 0xFFFF)
    ),
    bad("method-99", EncryptedContent, with_a(method=99)),
    bad("method-12-in-the-manifest", UnsupportedContent, zipped(attrs.evolve(MANIFEST, method=12), A, B)),
    bad("aes", EncryptedContent, with_a(method=99, flags=1, extra=AES, local_extra=AES)),
    bad("aes-without-flag", EncryptedContent, with_a(method=99, extra=AES, local_extra=AES)),
    loose("aes-field-without-method", with_a(extra=AES, local_extra=AES)),
    bad("aes-field-twice", MalformedContent, with_a(extra=AES * 2)),
    # Extra fields.
    good("extra", with_a(extra=TIME), CONTENTS),
    good(
        "extra-several",
        with_a(extra=TIME + extra_field(0x7875, b"\1\4abcd\4efgh") + extra_field(0xCAFE, b"")),
        CONTENTS,
    ),
    good("extra-repeated", with_a(extra=TIME * 3), CONTENTS),
    good("extra-64", with_a(extra=TIME * 64), CONTENTS),
    bad("extra-65", MalformedContent, with_a(extra=TIME * 65)),
    good("extra-aligned-to-a-page", with_a(local_extra=TIME + bytes(4095)), CONTENTS),
    good("extra-unicode-comment", with_a(extra=extra_field(0x6375, b"\1abcdcomment"), comment=b"comment"), CONTENTS),
    *(good(f"extra-padding-{number}", with_a(extra=bytes(number)), CONTENTS) for number in (1, 2, 3)),
    *(
        good(f"extra-padding-{number}-behind-a-field", with_a(extra=TIME + bytes(number)), CONTENTS)
        for number in (1, 2, 3)
    ),
    *(
        good(f"extra-padding-{number}-in-local-header", with_a(local_extra=bytes(number)), CONTENTS)
        for number in (1, 2, 3)
    ),
    loose("extra-padding-4", with_a(extra=bytes(4))),
    loose("extra-padding-5", with_a(extra=bytes(5))),
    *(
        bad(f"extra-{name}", MalformedContent, with_a(extra=data))
        for name, data in {
            "one-byte": b"\1",
            "two-bytes": b"UT",
            "three-bytes": b"UT\0",
            "padding-not-zero": TIME + b"\0\0\1",
            "too-long": b"UT\6\0\1abcd",
            "longest": b"UT\xff\xff\1abcd",
            "second-too-long": TIME + b"ux\1\0",
            "padding-before-a-field": b"\0" + TIME,
            "zip64-twice": zip64_field(0) * 2,
            "unicode-path-twice": unicode_path(b"a.txt", b"a.txt") * 2,
        }.items()
    ),
]

# What is wrong with an entry is found in this order.
PRECEDENCE = [
    bad("encryption-before-flags", EncryptedContent, with_a(flags=1 | 1 << 4)),
    bad("encryption-before-name", EncryptedContent, zipped(Entry(b"../a.txt", flags=1))),
    bad("flags-before-method", MalformedContent, with_a(flags=1 << 4, method=12)),
    bad("method-before-name", UnsupportedContent, zipped(Entry(b"../a.txt", method=12))),
    bad("name-before-size", UnsafeName, zipped(Entry(b"../a.txt", HELLO)), limits=Limits(max_part_bytes=1)),
    bad("first-entry-before-second", UnsafeName, zipped(Entry(b"../a.txt"), Entry(b"b.txt", flags=1))),
    bad("entries-before-local-headers", UnsafeName, zipped(attrs.evolve(A, local_name=b"c.txt"), Entry(b"../b.txt"))),
    bad("size-before-tiling", ContentTooLarge, message(prefix=b"x"), limits=Limits(max_part_bytes=1)),
    bad(
        "directory-size-before-entries",
        ContentTooLarge,
        zipped(Entry(b"../a.txt")),
        limits=Limits(max_directory_bytes=10),
        limit="max_directory_bytes",
    ),
    bad(
        "count-before-entries",
        TooManyParts,
        zipped(Entry(b"../a.txt"), B),
        limits=Limits(max_parts=1),
        limit="max_parts",
    ),
]

# Names.

UNSAFE = {
    "leading-slash": "/a.txt",
    "leading-backslash": "\\a.txt",
    "leading-slashes": "//a.txt",
    "share": "\\\\host\\share\\a.txt",
    "drive": "C:a.txt",
    "drive-small": "c:a.txt",
    "drive-alone": "C:",
    "drive-slash": "C:/a.txt",
    "drive-backslash": "C:\\a.txt",
    "parent": "..",
    "parent-slash": "../a.txt",
    "parent-backslash": "..\\a.txt",
    "parent-far": "../../../../etc/passwd",
    "parent-inside": "a/../b.txt",
    "parent-inside-backslash": "a\\..\\b.txt",
    "parent-inside-mixed": "a\\../b.txt",
    "parent-last": "a/..",
    "parent-last-backslash": "a\\..",
    "dot": ".",
    "dot-last": "a/.",
    "dot-last-backslash": "a\\.",
    "empty-last-backslash": "a\\",
    "nul": "manifest\0.jpg",
    "nul-first": "\0a.txt",
    "nul-last": "a.txt\0",
    "soh": "a\1.txt",
    "tab": "a\t.txt",
    "newline": "a\n.txt",
    "carriage-return": "a\r.txt",
    "escape": "a\x1b[2J.txt",
    "unit-separator": "a\x1f.txt",
    "delete": "a\x7f.txt",
}
C1_CONTROLS = {"next-line": "a\x85.txt", "csi": "a\x9b2J.txt"}
# What only looks odd is kept as it is.
KEPT = {
    "two-dots-inside": "a..b.txt",
    "two-dots-before": "..a/b.txt",
    "three-dots": ".../a.txt",
    "three-dots-before": "...txt",
    "leading-dot-slash": "./a.txt",
    "dot-inside": "a/./b.txt",
    "two-slashes": "a//b.txt",
    "colon-behind-two-letters": "ab:c.txt",
    "colon-behind-a-digit": "1:a.txt",
    "leading-colon": ":a.txt",
    "colon-behind-a-word": "file:stream.txt",
    "home": "~/a.txt",
    "option": "-rf",
    "device": "CON",
    "device-with-extension": "nul.txt",
    "dot-behind": "a.txt.",
    "blanks-around": " a.txt ",
    "blank-inside": "eastern sky.jpg",
    "percent": "%2e%2e%2fa.txt",
    "percent-twice": "Lil%2520bud.jpg",
    "brackets": "<0000>",
    "parentheses": "picture(3).jpg",
    "encoded-word": "=?UTF-8?Q?Copy.jpg?=",
    "folder": "images/tpm.jpg",
    "folder-by-backslash": "images\\tpm.jpg",
    "line-separator": "a\u2028b.txt",
    "bidi-override": "a\u202egpj.exe",
    "byte-order-mark": "\ufeffa.txt",
    "decomposed": "A\u030angstro\u0308m.txt",
    "emoji": "😀.gif",
}
LINK = 0o120777
MODES = {"link": LINK, "fifo": 0o010644, "character-device": 0o020644, "block-device": 0o060644, "socket": 0o140644}
SYSTEMS = {"dos": 0, "unix": 3, "ntfs": 10, "vfat": 14, "macos": 19, "unknown": 255}
CESU8 = "\ud83d\ude00.txt".encode("utf-8", "surrogatepass")


def moded(name, mode, system=3, **options):
    return Entry(name, method=0, central={"external": mode << 16, "system": system}, **options)


NAMES = [
    *(bad(f"unsafe-{name}", UnsafeName, alone(data.encode())) for name, data in UNSAFE.items()),
    *(bad(f"unsafe-{name}-flagged", UnsafeName, alone(data.encode(), flags=UTF8)) for name, data in UNSAFE.items()),
    *(
        bad(f"unsafe-{name}-directory", UnsafeName, zipped(MANIFEST, A, B, Entry(data.encode() + b"/", method=0)))
        for name, data in UNSAFE.items()
    ),
    *(
        bad(f"unsafe-{name}-among-others", UnsafeName, zipped(MANIFEST, A, B, Entry(UNSAFE[name].encode())))
        for name in ("parent-slash", "nul", "leading-slash")
    ),
    *(bad(f"unsafe-{name}-flagged", UnsafeName, zipped(utf8(data))) for name, data in C1_CONTROLS.items()),
    *(bad(f"unsafe-{name}-unflagged", UnsafeName, alone(data.encode())) for name, data in C1_CONTROLS.items()),
    bad("unsafe-directory-root", UnsafeName, zipped(Entry(b"/", method=0))),
    bad("unsafe-directory-empty-last", UnsafeName, zipped(Entry(b"a//", method=0))),
    bad("unsafe-directory-drive", UnsafeName, zipped(Entry(b"C:/", method=0))),
    loose("drive-with-a-letter-beyond-ascii", zipped(utf8("é:a.txt"))),
    *(good(f"name-kept-{case}", zipped(utf8(name)), {name: b"data"}, defects=ALONE) for case, name in KEPT.items()),
    bad("name-empty", MalformedContent, alone(b"")),
    bad("name-empty-flagged", MalformedContent, alone(b"", flags=UTF8)),
    # Encodings.
    good("name-utf-8-flagged", zipped(utf8("Ångå.txt")), {"Ångå.txt": b"data"}, defects=ALONE),
    good("name-utf-8-without-flag", alone("Ångå.txt".encode()), {"Ångå.txt": b"data"}, defects=ALONE),
    good("name-cesu-8", alone(CESU8), {"😀.txt": b"data"}, defects=("manifest-missing", "name-encoding")),
    good("name-cp437", alone(b"\x82t\x82.txt"), {"été.txt": b"data"}, defects=ANY),
    good(
        "name-cp437-all", alone(bytes(range(128, 256))), {bytes(range(128, 256)).decode("cp437"): b"data"}, defects=ANY
    ),
    good(
        "name-lone-surrogate", alone(b"\xed\xa0\xbd.txt"), {b"\xed\xa0\xbd.txt".decode("cp437"): b"data"}, defects=ANY
    ),
    good(
        "name-overlong-without-flag",
        alone(b"a\xc0\xafb.txt"),
        {b"a\xc0\xafb.txt".decode("cp437"): b"data"},
        defects=ANY,
    ),
    good(
        "name-overlong-nul-without-flag",
        alone(b"a\xc0\x80b.txt"),
        {b"a\xc0\x80b.txt".decode("cp437"): b"data"},
        defects=ANY,
    ),
    *(
        bad(f"name-flagged-{name}", MalformedContent, alone(data, flags=UTF8))
        for name, data in {
            "latin-1": b"\xe9.txt",
            "cp437": b"\x82.txt",
            "cesu-8": CESU8,
            "lone-surrogate": b"\xed\xa0\xbd.txt",
            "overlong-slash": b"..\xc0\xafa.txt",
            "overlong-nul": b"a\xc0\x80.txt",
            "cut": b"a\xc3",
            "beyond-unicode": b"\xf4\x90\x80\x80.txt",
            "ff": b"\xff.txt",
        }.items()
    ),
    # The Unicode path.
    good(
        "unicode-path-the-same",
        alone(b"a.txt", extra=unicode_path(b"a.txt", b"a.txt")),
        {"a.txt": b"data"},
        defects=ALONE,
    ),
    good(
        "unicode-path-the-same-flagged",
        zipped(utf8("é.txt", extra=unicode_path("é.txt".encode(), "é.txt".encode()))),
        {"é.txt": b"data"},
        defects=ALONE,
    ),
    good(
        "unicode-path-counts",
        alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", "ж.txt".encode())),
        {"ж.txt": b"data"},
        defects=ANY,
    ),
    good(
        "unicode-path-counts-over-utf-8",
        alone("é.txt".encode(), extra=unicode_path("é.txt".encode(), b"e.txt")),
        {"e.txt": b"data"},
        defects=ANY,
    ),
    good(
        "unicode-path-of-another-name",
        alone(b"a.txt", extra=unicode_path(b"b.txt", b"b.txt")),
        {"a.txt": b"data"},
        defects=ALONE,
    ),
    good(
        "unicode-path-of-another-name-unsafe",
        alone(b"a.txt", extra=unicode_path(b"b.txt", b"../b.txt")),
        {"a.txt": b"data"},
        defects=ALONE,
    ),
    good(
        "unicode-path-of-another-name-not-utf-8",
        alone(b"a.txt", extra=unicode_path(b"b.txt", b"\xff")),
        {"a.txt": b"data"},
        defects=ALONE,
    ),
    good(
        "unicode-path-crc-zero",
        alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", b"b.txt", crc=0)),
        {"é.txt": b"data"},
        defects=ANY,
    ),
    bad("unicode-path-differs-from-ascii", MalformedContent, alone(b"a.txt", extra=unicode_path(b"a.txt", b"b.txt"))),
    bad(
        "unicode-path-differs-from-ascii-in-case",
        MalformedContent,
        alone(b"a.txt", extra=unicode_path(b"a.txt", b"A.txt")),
    ),
    bad(
        "unicode-path-differs-from-flagged",
        MalformedContent,
        zipped(utf8("é.txt", extra=unicode_path("é.txt".encode(), b"b.txt"))),
    ),
    bad(
        "unicode-path-differs-from-flagged-in-form",
        MalformedContent,
        zipped(utf8("é.txt", extra=unicode_path("é.txt".encode(), "e\u0301.txt".encode()))),
    ),
    bad("unicode-path-not-utf-8", MalformedContent, alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", b"\x82.txt"))),
    bad("unicode-path-cesu-8", MalformedContent, alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", CESU8))),
    bad("unicode-path-empty", MalformedContent, alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", b""))),
    bad("unicode-path-empty-over-ascii", MalformedContent, alone(b"a.txt", extra=unicode_path(b"a.txt", b""))),
    bad("unicode-path-unsafe", UnsafeName, alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", b"../a.txt"))),
    bad("unicode-path-unsafe-nul", UnsafeName, alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", b"a\0.txt"))),
    loose("unicode-path-over-unsafe", alone(b"../\x82.txt", extra=unicode_path(b"../\x82.txt", b"a.txt"))),
    loose("unicode-path-version-2", alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", b"a.txt", version=2))),
    *(
        loose(f"unicode-path-of-{size}-bytes", alone(b"a.txt", extra=extra_field(0x7075, b"\1abcd"[:size])))
        for size in (0, 1, 4)
    ),
    loose("unicode-path-makes-a-directory", alone(b"\x82", extra=unicode_path(b"\x82", b"d/"))),
    # The same name twice.
    bad("duplicate", MalformedContent, zipped(MANIFEST, A, B, A)),
    bad("duplicate-next-to-it", MalformedContent, zipped(A, A)),
    bad("duplicate-other-data", MalformedContent, zipped(A, Entry(b"a.txt", b"other"))),
    bad("duplicate-manifest", MalformedContent, zipped(MANIFEST, A, B, MANIFEST)),
    bad("duplicate-directory", MalformedContent, zipped(Entry(b"d/", method=0), Entry(b"d/", method=0))),
    bad("duplicate-flagged-and-not", MalformedContent, zipped(utf8("é.txt"), Entry("é.txt".encode()))),
    bad("duplicate-utf-8-and-cp437", MalformedContent, zipped(Entry("é.txt".encode()), Entry(b"\x82.txt"))),
    bad(
        "duplicate-by-unicode-path",
        MalformedContent,
        zipped(Entry(b"a.txt"), Entry(b"\x82.txt", extra=unicode_path(b"\x82.txt", b"a.txt"))),
    ),
    good(
        "almost-duplicate-case",
        zipped(Entry(b"a.txt", b"1"), Entry(b"A.txt", b"2")),
        {"a.txt": b"1", "A.txt": b"2"},
        defects=ALONE,
    ),
    good(
        "almost-duplicate-form",
        zipped(utf8("é", b"1"), utf8("e\u0301", b"2")),
        {"é": b"1", "e\u0301": b"2"},
        defects=ALONE,
    ),
    good(
        "almost-duplicate-dot",
        zipped(Entry(b"a.txt", b"1"), Entry(b"./a.txt", b"2")),
        {"a.txt": b"1", "./a.txt": b"2"},
        defects=ALONE,
    ),
    good(
        "file-and-file-below-it",
        zipped(Entry(b"a", b"1"), Entry(b"a/b", b"2")),
        {"a": b"1", "a/b": b"2"},
        defects=ALONE,
    ),
    loose("file-and-directory-of-one-name", zipped(Entry(b"a", b"1"), Entry(b"a/", method=0))),
    # Modes.
    *(
        bad(f"mode-{kind}-{system}", UnsafeName, zipped(MANIFEST, A, B, moded(b"c.txt", mode, number)))
        for kind, mode in MODES.items()
        for system, number in SYSTEMS.items()
    ),
    *(
        bad(f"mode-{kind}-directory", UnsafeName, zipped(MANIFEST, A, B, moded(b"d/", mode)))
        for kind, mode in MODES.items()
    ),
    bad("mode-link-with-target", UnsafeName, zipped(MANIFEST, A, B, moded(b"c.txt", LINK, data=b"/etc/passwd"))),
    *(
        good(f"mode-{mode:o}-{system}", with_a(central={"external": mode << 16, "system": number}), CONTENTS)
        for mode in (0o100644, 0o104755, 0o644)
        for system, number in SYSTEMS.items()
    ),
    loose("mode-directory-without-a-slash", zipped(MANIFEST, A, B, moded(b"d", 0o040755))),
    loose("mode-regular-with-a-slash", zipped(MANIFEST, A, B, moded(b"d/", 0o100644))),
    loose("mode-directory-of-dos-without-a-slash", with_a(central={"external": 0x10})),
    *(
        loose(f"mode-of-kind-{kind:o}", zipped(moded(b"c.txt", kind << 12 | 0o644)))
        for kind in (3, 5, 7, 9, 11, 13, 14, 15)
    ),
    # Directories, and what a Mac adds.
    good("directory", zipped(MANIFEST, Entry(b"d/", method=0), A, B), CONTENTS),
    good("directory-of-unix", zipped(MANIFEST, moded(b"d/", 0o040755), A, B), CONTENTS),
    good("directory-of-dos", zipped(MANIFEST, Entry(b"d/", method=0, central={"external": 0x10}), A, B), CONTENTS),
    good("directory-nested", zipped(MANIFEST, Entry(b"d/", method=0), Entry(b"d/e/", method=0), A, B), CONTENTS),
    good("directory-only", zipped(Entry(b"d/", method=0)), {}, defects=ALONE),
    good("directory-called-manifest", zipped(Entry(b"manifest/", method=0), A), {"a.txt": HELLO}, defects=ALONE),
    bad("directory-with-data", MalformedContent, zipped(MANIFEST, Entry(b"d/", b"data", method=0), A, B)),
    bad("directory-with-deflated-data", MalformedContent, zipped(MANIFEST, Entry(b"d/", b"data"), A, B)),
    loose("directory-with-compressed-bytes", zipped(MANIFEST, Entry(b"d/", b"", stream=deflated(HELLO)), A, B)),
    good(
        "mac-metadata",
        zipped(
            MANIFEST,
            Entry(b"__MACOSX/", method=0),
            Entry(b"__MACOSX/._a.txt", b"\0\5\x16\7"),
            Entry(b".DS_Store", b"\0\0\0\1Bud1"),
            A,
            B,
        ),
        CONTENTS | {"__MACOSX/._a.txt": b"\0\5\x16\7", ".DS_Store": b"\0\0\0\1Bud1"},
        defects=("manifest-unlisted-file", "manifest-unlisted-file"),
        filenames={"__MACOSX/._a.txt": "_._a.txt", ".DS_Store": "_.DS_Store"},
    ),
]

# Limits: at N, and at N + 1.


def parts(number):
    return [Entry(b"part-%03d" % index, b"%d" % index, method=0) for index in range(number)]


def directories(number):
    return [Entry(b"d%d/" % index, method=0) for index in range(number)]


def at_limit(limit, make, allowed, error=ContentTooLarge, **others):
    """Good under this ceiling, refused under one that is lower by one."""
    name = kebab(limit)
    return [
        good(f"limit-{name}-at", make, limits=Limits(**{limit: allowed}, **others), defects=ANY),
        bad(f"limit-{name}-over", error, make, limits=Limits(**{limit: allowed - 1}, **others), limit=limit),
    ]


# Ten and eleven times an a in five bytes.
TENFOLD = zipped(Entry(b"a.txt", b"a" * 10, stream=b"KL\x84\1\0"))
ELEVENFOLD = zipped(Entry(b"a.txt", b"a" * 11, stream=b"KL\x84\3\0"))
LISTED = zipped(Entry(b"manifest", b"a.txt=text/plain"), A)

LIMITS = [
    *at_limit("max_archive_bytes", message(), len(message()())),
    *at_limit("max_part_bytes", alone(b"a.txt", HELLO), len(HELLO)),
    *at_limit("max_total_bytes", zipped(A, B), len(HELLO + GIF)),
    *at_limit("max_parts", zipped(A, B), 2, TooManyParts),
    *at_limit("max_directory_bytes", message(), DIRECTORY_BYTES),
    *at_limit("max_name_bytes", alone(b"n" * 100), 100),
    *at_limit("max_manifest_bytes", LISTED, 16),
    good("limit-max-archive-bytes-default", alone(b"a.bin", bytes(9 * MiB), method=0), defects=ANY),
    bad(
        "limit-max-archive-bytes-default-over",
        ContentTooLarge,
        message(prefix=bytes(16 * MiB)),
        limit="max_archive_bytes",
    ),
    good("limit-max-part-bytes-default", alone(b"a.bin", bytes(10 * MiB), method=0), defects=ANY),
    bad(
        "limit-max-part-bytes-default-over",
        ContentTooLarge,
        alone(b"a.bin", bytes(10 * MiB + 1), method=0),
        limit="max_part_bytes",
    ),
    good(
        "limit-max-total-bytes-counts-no-more",
        zipped(A, B),
        CONTENTS,
        limits=Limits(max_part_bytes=len(HELLO), max_total_bytes=len(HELLO + GIF)),
        defects=ALONE,
    ),
    good(
        "limit-max-parts-default",
        zipped(*parts(128)),
        {f"part-{index:03}": b"%d" % index for index in range(128)},
        defects=ALONE,
    ),
    good(
        "limit-max-parts-default-with-manifest",
        zipped(Entry(b"manifest"), *parts(127)),
        defects=("manifest-unlisted-file",) * 127,
    ),
    good("limit-max-parts-default-with-directories", zipped(*parts(100), *directories(28)), defects=ALONE),
    bad("limit-max-parts-default-over", TooManyParts, zipped(*parts(129)), limit="max_parts"),
    bad(
        "limit-max-parts-default-with-manifest-over",
        TooManyParts,
        zipped(Entry(b"manifest"), *parts(128)),
        limit="max_parts",
    ),
    bad(
        "limit-max-parts-default-with-directories-over",
        TooManyParts,
        zipped(*parts(100), *directories(29)),
        limit="max_parts",
    ),
    bad("limit-max-parts-many", TooManyParts, zipped(*parts(1000)), limit="max_parts"),
    bad(
        "limit-max-parts-count-lies",
        (TooManyParts, MalformedContent),
        zipped(*parts(129), end={"entries_here": 128, "entries": 128}),
    ),
    bad(
        "limit-max-directory-bytes-by-comments",
        ContentTooLarge,
        zipped(*(attrs.evolve(part, comment=b"x" * 60_000) for part in parts(20))),
        limit="max_directory_bytes",
    ),
    good("limit-max-name-bytes-default", alone(b"n" * 1024), {"n" * 1024: b"data"}, defects=ALONE),
    bad("limit-max-name-bytes-default-over", ContentTooLarge, alone(b"n" * 1025), limit="max_name_bytes"),
    bad("limit-max-name-bytes-counts-bytes", ContentTooLarge, zipped(utf8("é" * 513)), limit="max_name_bytes"),
    loose("limit-max-name-bytes-longer-in-utf-8", alone(b"\x82" * 600)),
    loose("limit-max-name-bytes-unicode-path", alone(b"\x82", extra=unicode_path(b"\x82", b"n" * 2000))),
    bad(
        "limit-max-name-bytes-directory",
        ContentTooLarge,
        zipped(Entry(b"d" * 1024 + b"/", method=0)),
        limit="max_name_bytes",
    ),
    bad(
        "limit-max-manifest-bytes-default-over",
        ContentTooLarge,
        zipped(Entry(b"manifest", b"#" * (256 * 1024 + 1)), A),
        limit="max_manifest_bytes",
    ),
    good(
        "limit-max-manifest-bytes-default",
        zipped(Entry(b"manifest", b"a.txt=text/plain\n".ljust(256 * 1024, b"#")), A),
        {"a.txt": HELLO},
    ),
    bad(
        "limit-max-manifest-bytes-other-case",
        ContentTooLarge,
        zipped(Entry(b"MANIFEST", b"a.txt=text/plain"), A),
        limits=Limits(max_manifest_bytes=15),
        limit="max_manifest_bytes",
    ),
    good(
        "limit-max-ratio-at",
        TENFOLD,
        {"a.txt": b"a" * 10},
        limits=Limits(max_ratio=2, ratio_grace_bytes=1),
        defects=ALONE,
    ),
    bad(
        "limit-max-ratio-over",
        ContentTooLarge,
        ELEVENFOLD,
        limits=Limits(max_ratio=2, ratio_grace_bytes=1),
        limit="max_ratio",
    ),
    good(
        "limit-ratio-grace-bytes-at",
        TENFOLD,
        {"a.txt": b"a" * 10},
        limits=Limits(max_ratio=1, ratio_grace_bytes=10),
        defects=ALONE,
    ),
    bad(
        "limit-ratio-grace-bytes-over",
        ContentTooLarge,
        ELEVENFOLD,
        limits=Limits(max_ratio=1, ratio_grace_bytes=10),
        limit="max_ratio",
    ),
    good("limit-ratio-grace-default", alone(b"a.bin", stream=deflated_zeros(1), data=bytes(MiB)), defects=ALONE),
    bad(
        "limit-max-ratio-default-over",
        ContentTooLarge,
        alone(b"a.bin", stream=deflated_zeros(2), data=bytes(2 * MiB)),
        limit="max_ratio",
    ),
    good(
        "limit-max-defects-at",
        zipped(Entry(b"manifest", b"a.txt=text/plain\n1=a/b\n2=a/b\n3=a/b\n"), A),
        limits=Limits(max_defects=3),
        defects=("manifest-absent-file",) * 3,
    ),
    good(
        "limit-max-defects-over",
        zipped(Entry(b"manifest", b"a.txt=text/plain\n1=a/b\n2=a/b\n3=a/b\n4=a/b\n"), A),
        limits=Limits(max_defects=3),
        defects=("manifest-absent-file",) * 3,
    ),
    good(
        "limit-max-defects-default",
        zipped(
            Entry(
                b"manifest", b"a.txt=text/plain\n" + b"".join(b"absent-%d=image/gif\n" % index for index in range(5000))
            ),
            A,
        ),
        {"a.txt": HELLO},
        defects=("manifest-absent-file",) * 200,
    ),
]

# The data of a part.


def lying_zeros(mebibytes, size, **options):
    return lambda: build([MANIFEST, Entry(b"a.txt", stream=deflated_zeros(mebibytes), size=size, **options), B])


def sized(stream, size=27, **options):
    """The part of 27 bytes, or of another size, in other compressed bytes."""
    return with_a(stream=stream, size=size, **options)


EMPTY_BLOCK = b"\0\0\0\xff\xff"
# A stored block that is not the last.
HELLO_BLOCK = b"\0" + struct.pack("<HH", len(HELLO), len(HELLO) ^ 0xFFFF) + HELLO

DATA = [
    damaged("crc-wrong", with_a(crc=1)),
    damaged("crc-wrong-stored", with_a(STORED, crc=1)),
    damaged("crc-zero-where-it-is-not", with_a(crc=0)),
    damaged("crc-wrong-with-descriptor", with_a(crc=1, descriptor=16)),
    damaged("crc-of-other-data", with_a(STORED, crc=zlib.crc32(b"other"))),
    damaged("size-too-small", with_a(size=len(HELLO) - 1)),
    damaged("size-too-small-with-fitting-crc", with_a(size=len(HELLO) - 1, crc=zlib.crc32(HELLO[:-1]))),
    damaged("size-too-large", with_a(size=len(HELLO) + 1)),
    damaged("size-zero-with-fitting-crc", with_a(size=0, crc=0)),
    damaged("size-much-too-large", with_a(size=MiB)),
    damaged("size-too-small-with-descriptor", with_a(size=len(HELLO) - 1, descriptor=16)),
    # The directory proves it alone, since nothing has a CRC of zero and takes two bytes when it is deflated; but one
    # damaged part should not spoil the others.
    *(
        damaged(name, make, stage=None)
        for name, make in {
            "crc-wrong-of-nothing": with_a(data=b"", crc=1),
            "crc-wrong-of-nothing-stored": with_a(data=b"", crc=1, method=0),
            "size-zero": with_a(size=0),
            "deflate-nothing-at-all-for-some": sized(b""),
            "deflate-nothing-at-all-for-nothing": with_a(data=b"", stream=b""),
            "deflate-nothing-at-all-with-descriptor": with_a(data=b"", stream=b"", descriptor=16),
            "deflate-one-byte": with_a(data=b"", stream=b"\3"),
        }.items()
    ),
    bad("stored-size-too-small", MalformedContent, with_a(STORED, size=len(HELLO) - 1)),
    bad("stored-size-too-large", MalformedContent, with_a(STORED, size=len(HELLO) + 1)),
    bad("stored-size-zero", MalformedContent, with_a(STORED, size=0)),
    damaged("deflate-cut", sized(deflated(HELLO)[:-1])),
    damaged("deflate-cut-in-half", sized(deflated(HELLO)[:10])),
    damaged("deflate-without-last-block", sized(HELLO_BLOCK)),
    damaged("deflate-and-trailing-byte", sized(deflated(HELLO) + b"\0")),
    damaged("deflate-and-trailing-archive", sized(deflated(HELLO) + EMPTY)),
    damaged("deflate-twice", sized(deflated(HELLO) * 2)),
    damaged("deflate-twice-and-twice-the-size", sized(deflated(HELLO) * 2, 2 * len(HELLO), crc=zlib.crc32(HELLO * 2))),
    damaged("deflate-java-empty-and-trailing-byte", with_a(data=b"", stream=b"\3\0\0")),
    damaged("deflate-with-zlib-header", sized(zlib.compress(HELLO))),
    damaged("deflate-is-stored", sized(HELLO)),
    damaged("deflate-reserved-block", sized(b"\7\0\0\0")),
    damaged("deflate-stored-block-length-lies", sized(b"\1\5\0\5\0hello", 5)),
    damaged("deflate-distance-too-far", sized(b"\x4b\x04\x22\x00", 4)),
    damaged("deflate-random", sized(bytes(range(255, 0, -7)))),
    good(
        "deflate-fixed", sized(b"\x4b\x4c\x84\1\0", 10, crc=zlib.crc32(b"a" * 10)), {"a.txt": b"a" * 10, "b.gif": GIF}
    ),
    good("deflate-stored-blocks", sized(HELLO_BLOCK + b"\3\0"), CONTENTS),
    good("deflate-empty-blocks-before", sized(EMPTY_BLOCK * 50_000 + deflated(HELLO)), CONTENTS),
    good("deflate-empty-blocks-behind", sized(HELLO_BLOCK + EMPTY_BLOCK * 50_000 + b"\3\0"), CONTENTS),
    good(
        "deflate-empty-blocks-only",
        with_a(data=b"", stream=EMPTY_BLOCK * 50_000 + b"\3\0"),
        {"a.txt": b"", "b.gif": GIF},
    ),
    damaged("deflate-one-byte-behind-empty-blocks", sized(HELLO_BLOCK + EMPTY_BLOCK * 50_000 + deflated(b"!"))),
    damaged("deflate-empty-blocks-without-last", sized(HELLO_BLOCK + EMPTY_BLOCK * 50_000)),
    good("deflate-64-kib-exactly", with_a(data=bytes(65536)), {"a.txt": bytes(65536), "b.gif": GIF}),
    good("deflate-64-kib-and-one", with_a(data=bytes(65537)), {"a.txt": bytes(65537), "b.gif": GIF}),
    good("stored-64-kib-and-one", with_a(STORED, data=bytes(65537)), {"a.txt": bytes(65537), "b.gif": GIF}),
    damaged("deflate-64-kib-and-one-declared-exactly", with_a(data=bytes(65537), size=65536)),
    good("stored-longer-than-anything", with_a(STORED, data=bytes(3 * MiB)), {"a.txt": bytes(3 * MiB), "b.gif": GIF}),
    # Bombs.
    damaged("bomb-that-declares-10-bytes", lying_zeros(512, 10)),
    damaged("bomb-that-declares-nothing", lying_zeros(512, 0)),
    damaged("bomb-that-declares-10-mib", lying_zeros(1024, 10 * MiB)),
    damaged("bomb-with-descriptor", lying_zeros(512, 10, descriptor=16)),
    bad("bomb-of-1-gib", ContentTooLarge, lying_zeros(1024, 1024 * MiB)),
    bad("bomb-of-4-gib-that-declares-a-sentinel", (ContentTooLarge, MalformedContent), lying_zeros(4096, SENTINEL)),
    bad(
        "bomb-of-many-parts",
        ContentTooLarge,
        lambda: build([attrs.evolve(part, method=8, stream=deflated_zeros(1), size=MiB) for part in parts(100)]),
        limit="max_total_bytes",
    ),
    bad("bomb-of-quoted-parts", ContentTooLarge, lambda: build(quoted_entries(30, bytes(MiB)))),
    good(
        "bomb-in-the-manifest",
        lambda: build([Entry(b"manifest", stream=deflated_zeros(512), size=10), A, B]),
        CONTENTS,
        defects=("manifest-damaged",),
    ),
]

# The manifest.


def said(text, *entries):
    return zipped(Entry(b"manifest", text), *(entries or (A, B)))


BOTH = b"a.txt=text/plain\nb.gif=image/gif\n"
TYPES = {"a.txt": "text/plain", "b.gif": "image/gif"}
UNLISTED = "manifest-unlisted-file"
ABSENT = "manifest-absent-file"
BAD_TYPE = "manifest-bad-type"
SWEDISH = utf8("Ångå.txt", HELLO)

# Each names the parts a.txt and b.gif with their types, in the words of java.util.Properties.
PROPERTIES = {
    "lf": BOTH,
    "crlf": BOTH.replace(b"\n", b"\r\n"),
    "cr": BOTH.replace(b"\n", b"\r"),
    "mixed-line-ends": b"a.txt=text/plain\r\rb.gif=image/gif\n\r",
    "without-last-line-end": BOTH[:-1],
    "blank-lines": b"\n \n\t\n\na.txt=text/plain\n\n\nb.gif=image/gif\n\n",
    "comments": b"#made by hand\n!a\n  # c.txt=text/plain\na.txt=text/plain\n\t!c.txt=text/plain\nb.gif=image/gif",
    "comment-that-ends-in-a-backslash": b"# comment \\\na.txt=text/plain\nb.gif=image/gif\n",
    "colon": BOTH.replace(b"=", b":"),
    "blank": BOTH.replace(b"=", b" "),
    "tab": BOTH.replace(b"=", b"\t"),
    "form-feed": BOTH.replace(b"=", b"\f"),
    "blanks-around": BOTH.replace(b"=", b" \t= \f"),
    "blanks-around-colon": BOTH.replace(b"=", b"  :  "),
    "blanks-before": b"  a.txt=text/plain\n\t\fb.gif=image/gif\n",
    "continued": b"a.txt=\\\ntext/plain\nb.gif=image/\\\ngif\n",
    "continued-with-blanks": b"a.txt=text/\\\n   \tplain\nb.g\\\n  if=image/gif\n",
    "continued-crlf": b"a.txt=text/\\\r\n  plain\r\nb.gif=image/\\\r\ngif\r\n",
    "continued-cr": b"a.txt=text/\\\r  plain\rb.gif=image/\\\rgif\r",
    "continued-before-the-separator": b"a.txt\\\n=text/plain\nb.gif \\\n = image/gif\n",
    "continued-twice": b"a.txt=te\\\nxt/\\\nplain\nb.gif=image/gif\n",
    "continued-at-the-end": b"a.txt=text/plain\nb.gif=image/gif\\",
    "continued-into-nothing": b"a.txt=text/plain\nb.gif=image/gif\\\n\n",
    "escaped": b"\\a\\.txt=text\\/plain\n\\u0062.gif=image\\u002Fgif\n",
    "escaped-capitals": b"a.txt=text/plain\n\\u0062\\u002E\\u0067\\u0069f=image/gif\n",
    "types-in-capitals": b"a.txt=TEXT/Plain\nb.gif=Image/GIF\n",
    "parameters": b'a.txt=text/plain; charset=utf-8\nb.gif=image/gif;name="b.gif"\n',
    "parameters-without-value": b"a.txt=text/plain;charset\nb.gif=image/gif;\n",
    "parameters-odd": b"a.txt=text/plain ; charset = utf-8 ;;; x\nb.gif=image/gif; =; a=b=c\n",
    "parameters-beyond-ascii": "a.txt=text/plain; name=é\nb.gif=image/gif; name=\u2028\n".encode(),
    "utf-8-bom": b"\xef\xbb\xbf" + BOTH,
    "utf-16-le-bom": b"\xff\xfe" + BOTH.decode().encode("utf-16-le"),
    "utf-16-be-bom": b"\xfe\xff" + BOTH.decode().encode("utf-16-be"),
    "itself": b"manifest=text/plain\n" + BOTH,
    "itself-last": BOTH + b"manifest=",
    "keys-with-dot-slash": b"./a.txt=text/plain\n./b.gif=image/gif\n",
    "keys-in-brackets": b"<a.txt>=text/plain\n<b.gif>=image/gif\n",
    "keys-with-cid": b"cid\\:a.txt=text/plain\ncid\\:b.gif=image/gif\n",
    "keys-in-other-case": b"A.TXT=text/plain\nB.Gif=image/gif\n",
}
# A value that is no type: the extension tells.
BAD_TYPES = {
    "empty": b"b.gif=",
    "missing": b"b.gif",
    "blank": b"b.gif=   ",
    "one-word": b"b.gif=image",
    "no-subtype": b"b.gif=image/",
    "no-type": b"b.gif=/gif",
    "slash": b"b.gif=/",
    "two-slashes": b"b.gif=text/plain/x",
    "blank-inside": b"b.gif=text/pl ain",
    "two-types": b"b.gif=text/plain, image/png",
    "not-tokens": b"b.gif=text/(plain)",
    "beyond-ascii": "b.gif=text/plaïn".encode(),
    "only-parameters": b"b.gif=; charset=utf-8",
    "parameters-of-nothing": b"b.gif=text; charset=utf-8",
    "carriage-return": b"b.gif=text/plain\\r",
    "newline": b"b.gif=text/plain\\nX-Header: 1",
    "newline-in-parameters": b"b.gif=text/plain; charset=utf-8\\r\\nX-Header: 1",
    "newline-escaped": b"b.gif=text/plain\\u000ax",
    "kelvin-sign": "b.gif=text/\u212aar".encode(),
    "dotless-i": "b.gif=ımage/png".encode(),
    "nul": b"b.gif=text/plain\\u0000",
    "nul-in-parameters": b"b.gif=text/plain; name=\\u0000",
    "two-separators": b"b.gif==text/plain",
    "colon-and-equals": b"b.gif:=text/plain",
}
BROKEN_ESCAPES = {
    "not-hexadecimal": b"c.txt=text/plain\\u00g1",
    "cut": b"c.txt=text/plain\\u00",
    "nothing": b"c.txt=text/plain\\u",
    "in-the-key": b"c\\u12.txt=text/plain",
    "blank": b"c.txt=\\u 0061",
    "sign": b"c.txt=\\u+061",
    "underscore": b"c.txt=\\u0_61",
    "other-digits": "c.txt=\\u٠٠٦١".encode(),
}

MANIFESTS = [
    *(good(f"manifest-{name}", said(text), CONTENTS, types=TYPES) for name, text in PROPERTIES.items()),
    *(
        good(
            f"manifest-bad-type-{name}", said(b"a.txt=text/plain\n" + line), CONTENTS, types=TYPES, defects=(BAD_TYPE,)
        )
        for name, line in BAD_TYPES.items()
    ),
    *(
        good(
            f"manifest-broken-escape-{name}",
            said(line + b"\n" + BOTH),
            CONTENTS,
            types=TYPES,
            defects=("manifest-bad-line",),
        )
        for name, line in BROKEN_ESCAPES.items()
    ),
    good(
        "manifest-broken-escape-last",
        said(BOTH + b"c.txt=text/plain\\u00"),
        CONTENTS,
        types=TYPES,
        defects=("manifest-bad-line",),
    ),
    good(
        "manifest-broken-escape-of-a-part",
        said(b"a.txt=text/plain\nb.gif=image/gif\\u"),
        CONTENTS,
        types=TYPES,
        defects=("manifest-bad-line", UNLISTED),
    ),
    good(
        "manifest-broken-escapes",
        said(b"1=\\u\n2=\\u\n" + BOTH),
        CONTENTS,
        types=TYPES,
        defects=ANY,
    ),
    good("manifest-continued-escape", said(b"a.txt=text/plain\nb.gif=image/gi\\\n\\u0066\n"), CONTENTS, types=TYPES),
    good(
        "manifest-continuation-is-no-comment",
        said(b"a.txt=text/\\\n#x\nb.gif=image/gif\n"),
        CONTENTS,
        types={"a.txt": "text/#x"},
    ),
    # The ceilings of `Limits` are all there are.
    good(
        "manifest-key-behind-many-that-are-absent",
        said(b"".join(b"absent-%d=a/b\n" % number for number in range(1000)) + b"./a.txt=text/html\n"),
        CONTENTS,
        types={"a.txt": "text/html"},
        defects=ANY,
    ),
    good(
        "manifest-key-behind-many-lines",
        said(b"a.txt=a/b\n" * 20_000 + b"b.gif=image/png\na.txt=text/html\n"),
        CONTENTS,
        types={"a.txt": "text/html", "b.gif": "image/png"},
        defects=ANY,
    ),
    good(
        "manifest-line-long",
        said(b"b.gif=image/png; name=" + b"x" * 100_000 + b"\na.txt=text/plain"),
        {"b.gif": GIF, "a.txt": HELLO},
        types={"b.gif": "image/png"},
    ),
    good(
        "manifest-continuation-of-an-empty-line",
        said(b"a.txt=\\\n\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
        defects=(BAD_TYPE,),
    ),
    good(
        "manifest-escaped-tab-before-a-parameter",
        said(b"a.txt=text/plain;\\tcharset=iso-8859-1", Entry(b"a.txt", "Ångå".encode("latin-1"))),
        text="Ångå",
    ),
    good(
        "manifest-two-backslashes-continue-nothing",
        said(b"a.txt=text/plain;x=\\\\\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
    ),
    good(
        "manifest-trailing-blanks", said(b"a.txt=text/plain  \nb.gif=image/gif\t\n"), CONTENTS, types=TYPES, defects=ANY
    ),
    good("manifest-missing", zipped(A, B), CONTENTS, types=TYPES, defects=ALONE, text=HELLO.decode()),
    good("manifest-empty", said(b""), CONTENTS, types=TYPES, defects=(UNLISTED, UNLISTED)),
    good("manifest-upper-case", zipped(Entry(b"MANIFEST", BOTH), A, B), CONTENTS, types=TYPES),
    good("manifest-capital", zipped(A, B, Entry(b"Manifest", BOTH)), CONTENTS, types=TYPES),
    good(
        "manifest-several-in-other-case",
        zipped(Entry(b"Manifest", BOTH), A, Entry(b"MANIFEST", b"")),
        {"Manifest": BOTH, "a.txt": HELLO, "MANIFEST": b""},
        defects=ALONE,
    ),
    good(
        "manifest-exact-among-other-case",
        zipped(Entry(b"MANIFEST", b"x"), Entry(b"manifest", BOTH), A, B, Entry(b"Manifest", b"y")),
        CONTENTS | {"MANIFEST": b"x", "Manifest": b"y"},
        types=TYPES,
        defects=(UNLISTED, UNLISTED),
    ),
    good(
        "manifest-not-at-the-top",
        zipped(Entry(b"d/manifest", BOTH), A),
        {"d/manifest": BOTH, "a.txt": HELLO},
        defects=ALONE,
    ),
    good(
        "manifest-not-at-the-top-by-backslash",
        zipped(Entry(b"d\\manifest", BOTH), A),
        {"d\\manifest": BOTH, "a.txt": HELLO},
        defects=ALONE,
    ),
    good(
        "manifest-with-extension",
        zipped(Entry(b"manifest.txt", BOTH), A),
        {"manifest.txt": BOTH, "a.txt": HELLO},
        defects=ALONE,
    ),
    good("manifest-stored", zipped(attrs.evolve(MANIFEST, method=0), A, B), CONTENTS, types=TYPES),
    good("manifest-last", zipped(A, B, MANIFEST), CONTENTS, types=TYPES),
    *(
        good(
            f"manifest-damaged-by-{name}",
            zipped(attrs.evolve(MANIFEST, data=b"b.gif=image/gif\na.txt=a/b\n", **changes), A, B),
            CONTENTS,
            types=TYPES,
            defects=("manifest-damaged",),
        )
        for name, changes in {
            "crc": {"crc": 1},
            "crc-stored": {"crc": 1, "method": 0},
            "cut-deflate": {"stream": deflated(b"b.gif=image/gif\na.txt=a/b\n")[:-2]},
            "trailing-bytes": {"stream": deflated(b"b.gif=image/gif\na.txt=a/b\n") + b"\0"},
            "random-deflate": {"stream": b"\xff" * 20},
            "size": {"size": 3},
        }.items()
    ),
    good("manifest-order", said(b"b.gif=image/gif\na.txt=text/plain\n"), {"b.gif": GIF, "a.txt": HELLO}),
    good(
        "manifest-unlisted-last",
        said(b"b.gif=image/gif\n", Entry(b"1", b"1"), Entry(b"2", b"2"), B, A),
        {"b.gif": GIF, "1": b"1", "2": b"2", "a.txt": HELLO},
        defects=(UNLISTED,) * 3,
    ),
    good("manifest-absent", said(BOTH + b"c.txt=text/plain\n"), CONTENTS, defects=(ABSENT,)),
    good("manifest-absent-all", said(b"1=a/b\n2=a/b\n"), CONTENTS, defects=(ABSENT, ABSENT, UNLISTED, UNLISTED)),
    good("manifest-key-empty", said(b"=image/gif\n" + BOTH), CONTENTS, types=TYPES, defects=ANY),
    good(
        "manifest-duplicate-key",
        said(b"b.gif=text/plain\na.txt=text/plain\nb.gif=image/gif\n"),
        {"b.gif": GIF, "a.txt": HELLO},
        types=TYPES,
        defects=("manifest-duplicate-key",),
    ),
    good(
        "manifest-duplicate-key-in-other-writing",
        said(b"a.txt=a/b\n\\u0061.txt=text/plain\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
        defects=("manifest-duplicate-key",),
    ),
    good(
        "manifest-keys-of-one-part",
        said(b"./a.txt=text/plain\na.txt=text/plain\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
        defects=ANY,
    ),
    good(
        "manifest-utf-8",
        said("Ångå.txt=text/html".encode(), SWEDISH),
        {"Ångå.txt": HELLO},
        types={"Ångå.txt": "text/html"},
    ),
    good(
        "manifest-latin-1",
        said("Ångå.txt=text/html".encode("latin-1"), SWEDISH),
        {"Ångå.txt": HELLO},
        types={"Ångå.txt": "text/html"},
    ),
    good(
        "manifest-escapes",
        said(b"\\u00c5ng\\u00E5.txt=text/html", SWEDISH),
        {"Ångå.txt": HELLO},
        types={"Ångå.txt": "text/html"},
    ),
    good(
        "manifest-utf-16-beyond-ascii",
        said(b"\xfe\xff" + "Ångå.txt=text/html".encode("utf-16-be"), SWEDISH),
        {"Ångå.txt": HELLO},
        types={"Ångå.txt": "text/html"},
    ),
    good(
        "manifest-decomposed-key",
        said("A\u030anga\u030a.txt=text/html".encode(), SWEDISH),
        {"Ångå.txt": HELLO},
        types={"Ångå.txt": "text/html"},
    ),
    good(
        "manifest-decomposed-name",
        said("Ångå.txt=text/html".encode(), utf8("A\u030anga\u030a.txt", HELLO)),
        {"A\u030anga\u030a.txt": HELLO},
        types={"A\u030anga\u030a.txt": "text/html"},
    ),
    good("manifest-surrogate-escapes", said(b"\\ud83d\\ude00.gif=image/gif", utf8("😀.gif", GIF)), {"😀.gif": GIF}),
    good("manifest-lone-surrogate", said(b"\\ud83d.gif=image/gif\n" + BOTH), CONTENTS, types=TYPES, defects=ANY),
    good(
        "manifest-lone-surrogate-in-the-type",
        said(b"a.txt=text/plain\nb.gif=image/\\ud83d\n"),
        CONTENTS,
        types=TYPES,
        defects=(BAD_TYPE,),
    ),
    good(
        "manifest-lone-surrogate-in-a-parameter",
        said(b"a.txt=text/plain; charset=\\udc80\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
        defects=ANY,
        text=HELLO.decode(),
    ),
    good("manifest-nul-in-the-key", said(b"a.txt\\u0000=image/gif\n" + BOTH), CONTENTS, types=TYPES, defects=(ABSENT,)),
    good("manifest-raw-nul", said(b"\0a.txt=image/gif\n" + BOTH), CONTENTS, types=TYPES, defects=(ABSENT,)),
    # What str.splitlines takes for line ends.
    *(
        good(
            f"manifest-{name}-is-no-line-end",
            said(f"a{mark}b.txt=text/html\n".encode(), utf8(f"a{mark}b.txt", HELLO)),
            {f"a{mark}b.txt": HELLO},
            types={f"a{mark}b.txt": "text/html"},
        )
        for name, mark in {"line-separator": "\u2028", "paragraph-separator": "\u2029"}.items()
    ),
    good(
        "manifest-vertical-tab-is-no-line-end",
        said(b"a.txt=text/plain;x=\x0bc.txt=a/b\nb.gif=image/gif;x=\x1cd.txt=a/b\n"),
        CONTENTS,
        types=TYPES,
    ),
    good(
        "manifest-next-line-is-no-line-end",
        said(b"a.txt=text/plain;x=\x85c.txt=a/b\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
    ),
    good(
        "manifest-no-break-space-is-no-blank",
        said("\u00a0=a/b\n".encode() + BOTH),
        CONTENTS,
        types=TYPES,
        defects=(ABSENT,),
    ),
    good(
        "manifest-escaped-blanks",
        said(b"eastern\\ sky.jpg=image/x", Entry(b"eastern sky.jpg", JPEG)),
        {"eastern sky.jpg": JPEG},
        types={"eastern sky.jpg": "image/x"},
    ),
    good(
        "manifest-escaped-separators",
        said(b"a\\=b\\:c.jpg=image/x", Entry(b"a=b:c.jpg", JPEG)),
        {"a=b:c.jpg": JPEG},
        types={"a=b:c.jpg": "image/x"},
    ),
    good(
        "manifest-escaped-marks",
        said(b"\\#a=image/x\n\\!b=image/y", Entry(b"#a", b"1"), Entry(b"!b", b"2")),
        {"#a": b"1", "!b": b"2"},
        types={"#a": "image/x", "!b": "image/y"},
    ),
    good(
        "manifest-escaped-backslash",
        said(b"d\\\\a.jpg=image/x", Entry(b"d\\a.jpg", JPEG)),
        {"d\\a.jpg": JPEG},
        types={"d\\a.jpg": "image/x"},
    ),
    good(
        "manifest-unescaped-blanks",
        said(b"eastern sky.jpg=image/jpeg", Entry(b"eastern sky.jpg", JPEG)),
        {"eastern sky.jpg": JPEG},
        types={"eastern sky.jpg": "image/jpeg"},
        defects=ANY,
    ),
    good(
        "manifest-key-exact-before-other-case",
        said(b"A.TXT=text/x\na.txt=text/y\n", Entry(b"a.txt", b"1"), Entry(b"A.TXT", b"2")),
        {"A.TXT": b"2", "a.txt": b"1"},
        types={"A.TXT": "text/x", "a.txt": "text/y"},
    ),
    good(
        "manifest-key-ambiguous-case",
        said(b"A.txt=text/x\n", Entry(b"a.txt", b"1"), Entry(b"A.TXT", b"2")),
        {"a.txt": b"1", "A.TXT": b"2"},
        types={"a.txt": "text/plain", "A.TXT": "text/plain"},
        defects=(ABSENT, UNLISTED, UNLISTED),
    ),
    good(
        "manifest-key-ambiguous-form",
        said("É=text/x\n".encode(), utf8("é", b"1"), utf8("e\u0301", b"2")),
        {"é": b"1", "e\u0301": b"2"},
        defects=(ABSENT, UNLISTED, UNLISTED),
    ),
    good(
        "manifest-key-of-a-directory",
        zipped(Entry(b"manifest", b"d/=a/b\n" + BOTH), Entry(b"d/", method=0), A, B),
        CONTENTS,
        types=TYPES,
        defects=ANY,
    ),
    good(
        "manifest-names-in-brackets",
        said(b"<0000>=image/gif", Entry(b"<0000>", GIF)),
        {"<0000>": GIF},
        types={"<0000>": "image/gif"},
    ),
    good("manifest-binary", said(bytes(range(256)) * 4), CONTENTS, types=TYPES, defects=ANY),
    good("manifest-utf-16-cut", said(b"\xff\xfea"), CONTENTS, types=TYPES, defects=ANY),
    good("manifest-of-backslashes", said(b"\\" * 1001), CONTENTS, types=TYPES, defects=ANY),
    good("manifest-of-continuations", said(b"\\\n" * 100_000), CONTENTS, types=TYPES, defects=ANY),
    good("manifest-of-empty-keys", said(b"=\n" * 100_000), CONTENTS, types=TYPES, defects=ANY),
]

# The SMIL.

SHOWN = ((5.0, (("img", "b.gif", "b.gif"), ("text", "a.txt", "a.txt"))),)
BODY = b'<body><par dur="5s"><img src="b.gif"/><text src="a.txt"/></par></body>'
SMIL = b"<smil>" + BODY + b"</smil>"
UNRESOLVED = "smil-unresolved"


def shown(smil, *entries, kind=b"application/smil"):
    """A SMIL, then parts whose names tell their types."""
    entries = entries or (A, B)
    lines = [
        b"show=" + kind,
        *(
            entry.name.replace(b" ", b"\\ ").replace(b":", b"\\:")
            + b"="
            + (b"text/plain" if entry.name.endswith(b".txt") else b"image/gif")
            for entry in entries
        ),
    ]
    return zipped(Entry(b"manifest", b"\n".join(lines)), Entry(b"show", smil), *entries)


def par(*items, dur=b' dur="5s"'):
    return b"<smil><body><par" + dur + b">" + b"".join(items) + b"</par></body></smil>"


def img(src):
    return b'<img src="' + src.encode() + b'"/>'


def doctype(declarations, inside=b"&x;"):
    return (
        b"<!DOCTYPE smil ["
        + declarations
        + b']><smil><body><par dur="5s"><img src="b.gif" alt="'
        + inside
        + b'"/></par></body></smil>'
    )


def declared(encoding):
    return b'<?xml version="1.0" encoding="' + encoding + b'"?>'


PROVIDER = b"""<smil><head><layout><root-layout width="176" height="216"/>
<region id="Image" top="0" left="0" height="50%" width="100%"/><region id="Text" top="50%" left="0"/></layout></head>
<body><par dur="5000ms"><img src="b.gif" region="Image" begin="1s" end="00:03" alt="A picture"/><text src="a.txt" region="Text"/></par>
<par dur="10s"><text src="cid:a.txt"/></par></body></smil>"""
ANDROID = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head><layout/></head>
<body><par dur="5000ms"><img src="cid:b"/><vcard src="c.vcf"/></par></body></smil>"""
VCARD = Entry(b"c.vcf", b"BEGIN:VCARD\r\nEND:VCARD\r\n")
PUBLIC = b'<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "http://www.w3.org/TR/REC-smil/SMIL10.dtd">'
LAUGHS = b'<!ENTITY x0 "lol">' + b"".join(
    b'<!ENTITY x%d "%s">' % (level, b"&x%d;" % (level - 1) * 10) for level in range(1, 10)
)

# The same slide in other words.
SAME = {
    "plain": SMIL,
    "xml-declaration": b'<?xml version="1.0"?>' + SMIL,
    "declared-utf-8": declared(b"UTF-8") + SMIL,
    "declared-ascii": declared(b"us-ascii") + SMIL,
    "declared-latin-1": declared(b"ISO-8859-1") + SMIL,
    "utf-8-bom": b"\xef\xbb\xbf" + SMIL,
    "utf-8-bom-declared": b"\xef\xbb\xbf" + declared(b"utf-8") + SMIL,
    "utf-16-le-bom": b"\xff\xfe" + (declared(b"UTF-16") + SMIL).decode().encode("utf-16-le"),
    "utf-16-be-bom": b"\xfe\xff" + (declared(b"UTF-16") + SMIL).decode().encode("utf-16-be"),
    "utf-16-bom-undeclared": b"\xff\xfe" + SMIL.decode().encode("utf-16-le"),
    "public-doctype": PUBLIC + SMIL,
    "public-doctype-declared": b'<?xml version="1.0"?>\n' + PUBLIC + b"\n" + SMIL,
    "default-namespace": SMIL.replace(b"<smil>", b'<smil xmlns="http://www.w3.org/2000/SMIL20/CR/Language">'),
    "prefixed": b'<s:smil xmlns:s="urn:s"><s:body><s:par dur="5s"><s:img src="b.gif"/><s:text src="a.txt"/></s:par></s:body></s:smil>',
    "prefixed-attributes": b'<smil xmlns:s="urn:s"><body><par s:dur="5s"><img s:src="b.gif"/><text s:src="a.txt"/></par></body></smil>',
    "upper-case": b'<SMIL><BODY><PAR DUR="5s"><IMG SRC="b.gif"/><Text Src="a.txt"></Text></PAR></BODY></SMIL>',
    "duration": SMIL.replace(b"dur=", b"duration="),
    "in-a-seq": b"<smil><body><seq>" + BODY.removeprefix(b"<body>").removesuffix(b"</body>") + b"</seq></body></smil>",
    "comments": b"<!-- -->" + SMIL.replace(b"<par", b"<!-- <par> --><par") + b"<!-- -->",
    "processing-instructions": b'<?xml-stylesheet href="http://example.com/x"?>' + SMIL + b"<?php ?>",
    "character-references": SMIL.replace(b"b.gif", b"b&#46;gif").replace(b"a.txt", b"&#x61;.txt"),
    "character-references-kept": SMIL.replace(b"<img ", b'<img alt="&amp;&lt;&gt;&quot;" '),
    "text-between": SMIL.replace(b"><", b">\n some text <"),
    "cdata": SMIL.replace(b"<par", b"<![CDATA[<par>]]><par"),
    "unknown-elements": SMIL.replace(b"<body>", b"<head><meta/><x/></head><body>"),
    "line-end-behind": SMIL + b"\n",
}
UNSAFE_SMILS = {
    "entity": doctype(b'<!ENTITY x "y">'),
    "entity-not-used": doctype(b'<!ENTITY x "y">', inside=b""),
    "entity-bomb": doctype(LAUGHS, inside=b"&x9;"),
    "entity-bomb-in-the-text": b"<!DOCTYPE smil [" + LAUGHS + b"]><smil>&x9;" + BODY + b"</smil>",
    "entity-long": doctype(b'<!ENTITY x "' + b"y" * 100_000 + b'">', inside=b"&x;" * 1000),
    "entity-of-itself": doctype(b'<!ENTITY x "&x;">'),
    "entity-predefined": doctype(b'<!ENTITY lt "&#38;#60;">', inside=b"&lt;"),
    "external-entity": b'<!DOCTYPE smil [<!ENTITY x SYSTEM "file:///etc/passwd">]><smil>&x;' + BODY + b"</smil>",
    "external-entity-http": b'<!DOCTYPE smil [<!ENTITY x PUBLIC "x" "http://127.0.0.1/">]><smil>&x;'
    + BODY
    + b"</smil>",
    "unparsed-entity": doctype(b'<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "x" NDATA n>', inside=b""),
    "parameter-entity": doctype(b'<!ENTITY % x "y">', inside=b""),
    "parameter-entity-used": doctype(b"<!ENTITY % x '<!ENTITY y \"z\">'>%x;", inside=b"&y;"),
    "parameter-entity-external": doctype(b'<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd">%x;', inside=b""),
    "attribute-list": doctype(b'<!ATTLIST img src CDATA "a.txt">', inside=b""),
    "notation": doctype(b'<!NOTATION n SYSTEM "n">', inside=b""),
    "public-doctype-with-entity": PUBLIC[:-1] + b' [<!ENTITY x "y">]>' + SMIL,
    "declared-in-utf-16": b"\xff\xfe" + doctype(b'<!ENTITY x "y">').decode().encode("utf-16-le"),
}
UNPARSABLE = {
    "empty": b"",
    "blank": b" ",
    "text": b"Hello",
    "binary": bytes(range(256)),
    "cut": SMIL[:-3],
    "not-closed": b"<smil><body><par><img src='b.gif'></par></body></smil>",
    "closed-twice": SMIL.replace(b"</par>", b"</par></par>"),
    "attribute-without-quotes": SMIL.replace(b'"b.gif"', b"b.gif"),
    "attribute-twice": SMIL.replace(b"<img ", b'<img src="x" '),
    "nul-inside": SMIL.replace(b"<par", b"\0<par"),
    "root-html": b"<html><body><par><img src='b.gif'/></par></body></html>",
    "root-body": BODY,
    "root-in-root": b"<x>" + SMIL + b"</x>",
    "json": b'{"smil": []}',
}
# Where a source leads: the names of the parts, the source, and the part that is meant.
SOURCES = {
    "exact": (["b.gif"], "b.gif", "b.gif"),
    "cid": (["b.gif"], "cid:b.gif", "b.gif"),
    "cid-in-brackets": (["b.gif"], "cid:&lt;b.gif&gt;", "b.gif"),
    "in-brackets": (["b.gif"], "&lt;b.gif&gt;", "b.gif"),
    "dot-slash": (["b.gif"], "./b.gif", "b.gif"),
    "percent": (["eastern sky.gif"], "eastern%20sky.gif", "eastern sky.gif"),
    "percent-cid": (["eastern sky.gif"], "cid:eastern%20sky.gif", "eastern sky.gif"),
    "percent-in-brackets": (["b.gif"], "cid:%3Cb.gif%3E", "b.gif"),
    "percent-utf-8": (["é.gif"], "%C3%A9.gif", "é.gif"),
    "percent-exact-first": (["Lil%2520bud.gif", "Lil%20bud.gif"], "Lil%2520bud.gif", "Lil%2520bud.gif"),
    "percent-decoded-once": (["Lil%20bud.gif"], "Lil%2520bud.gif", "Lil%20bud.gif"),
    "other-case": (["b.gif"], "B.GIF", "b.gif"),
    "other-case-exact-first": (["b.gif", "B.GIF"], "B.GIF", "B.GIF"),
    "other-form": (["é.gif"], "e\u0301.gif", "é.gif"),
    "last-component-of-source": (["b.gif"], "images/b.gif", "b.gif"),
    "last-component-of-part": (["images/b.gif"], "b.gif", "images/b.gif"),
    "stem-of-part": (["b.gif"], "b", "b.gif"),
    "stem-of-part-cid": (["b.gif"], "cid:b", "b.gif"),
    "stem-of-source": (["b"], "b.gif", "b"),
    "entity": (["a&b.gif"], "a&amp;b.gif", "a&b.gif"),
}
UNMATCHED = {
    "absent": (["b.gif"], "c.gif"),
    "other-extension": (["b.gif"], "b.jpg"),
    "ambiguous-case": (["b.gif", "B.gif"], "B.GIF"),
    "ambiguous-last-component": (["x/b.gif", "y/b.gif"], "b.gif"),
    "ambiguous-stem": (["b.gif", "b.png"], "b"),
    "percent-not-utf-8": (["b.gif"], "%FF%FE"),
    "percent-nul": (["b.gif"], "b.gif%00"),
}
EXTERNAL = {
    "http": "http://127.0.0.1/b.gif",
    "https": "https://example.com/b.gif",
    "http-in-capitals": "HTTP://127.0.0.1/b.gif",
    "file": "file:///b.gif",
    "file-relative": "file:b.gif",
    "data": "data:image/gif;base64,R0lGODlh",
    "ftp": "ftp://example.com/b.gif",
    "rtsp": "rtsp://example.com/b.gif",
    "javascript": "javascript:b.gif",
}
CLOCKS = {
    "seconds": ("5s", 5.0),
    "milliseconds": ("5000ms", 5.0),
    "number": ("5", 5.0),
    "zero": ("0", 0.0),
    "minutes-and-seconds": ("00:05", 5.0),
    "minutes-and-seconds-over-a-minute": ("01:30", 90.0),
    "hours-minutes-and-seconds": ("01:02:03", 3723.0),
    "hours-minutes-and-fraction": ("00:00:05.5", 5.5),
    "minutes-and-fraction": ("00:05.25", 5.25),
    "minutes": ("1.5min", 90.0),
    "hours": ("2h", 7200.0),
    "fraction": ("35.723s", 35.723),
    "indefinite": ("indefinite", math.inf),
    "empty": ("", None),
    "word": ("abc", None),
    "unit-alone": ("s", None),
    "nan": ("nan", None),
    "inf": ("inf", None),
    "infinity": ("infinity", None),
    "exponent": ("1e3s", None),
    "underscore": ("1_0s", None),
    "hexadecimal": ("0x10", None),
    "junk-behind": ("5 apples", None),
    "colon-alone": (":", None),
    "five-numbers": ("1:2:3:4:5", None),
    # The rules do not tell what these are.
    "minus": ("-5s", ANY),
    "plus": ("+5s", ANY),
    "blanks-around": (" 5s ", ANY),
    "blank-inside": ("5 s", ANY),
    "unit-in-capitals": ("5S", ANY),
    "indefinite-in-capitals": ("INDEFINITE", ANY),
    "media": ("media", ANY),
    "leading-point": (".5s", ANY),
    "trailing-point": ("5.s", ANY),
    "sixty-seconds": ("00:60", ANY),
    "one-digit-each": ("5:5", ANY),
    "arabic-digit": ("٥s", ANY),
    "superscript-digit": ("²s", ANY),
    "400-digits": ("9" * 400, ANY),
    "400-digits-of-hours": ("9" * 400 + "h", ANY),
    "5000-digits": ("9" * 5000 + "ms", ANY),
    "many-hours": ("99999999:00:00", ANY),
    "no-break-space": ("5\u00a0s", ANY),
}


def pictures(names):
    return [utf8(name, GIF) for name in names]


def slide(source, part):
    """The one slide of `par(img(source))`."""
    return ((5.0, (("img", html.unescape(source), part),)),)


def elements(number):
    """A SMIL of so many elements, the root counted."""
    return b"<smil><body><par>" + b'<img src="b.gif"/>' * (number - 3) + b"</par></body></smil>"


def nested(depth):
    """A SMIL so deep, the root counted."""
    return b"<smil>" + b"<seq>" * (depth - 2) + b'<img src="b.gif"/>' + b"</seq>" * (depth - 2) + b"</smil>"


ONE = ((None, (("img", "b.gif", "b.gif"),)),)
COMPLEX = ("smil-too-complex",)

SMILS = [
    good(
        "smil-provider",
        shown(PROVIDER),
        {"show": PROVIDER} | CONTENTS,
        slides=(*SHOWN, (10.0, (("text", "cid:a.txt", "a.txt"),))),
        details=(("Image", 1.0, 3.0, "A picture"), ("Text", None, None, ANY), (None, None, None, ANY)),
        attachments=(),
        types={"show": "application/smil"},
    ),
    good(
        "smil-android",
        shown(ANDROID, B, VCARD),
        slides=((5.0, (("img", "cid:b", "b.gif"), ("vcard", "c.vcf", "c.vcf"))),),
        attachments=(),
    ),
    *(
        good(f"smil-same-{name}", shown(smil), {"show": smil} | CONTENTS, slides=SHOWN, attachments=())
        for name, smil in SAME.items()
    ),
    *(
        good(
            f"smil-unsafe-{name}",
            shown(smil),
            {"show": smil} | CONTENTS,
            slides=None,
            attachments=ANY,
            defects=("smil-unsafe",),
        )
        for name, smil in UNSAFE_SMILS.items()
    ),
    *(
        good(
            f"smil-unparsable-{name}", shown(smil), {"show": smil} | CONTENTS, slides=None, defects=("smil-unparsable",)
        )
        for name, smil in UNPARSABLE.items()
    ),
    # What the rules do not tell apart from the above.
    *(
        good(f"smil-odd-{name}", shown(smil), {"show": smil} | CONTENTS, defects=ANY)
        for name, smil in {
            "system-doctype": b'<!DOCTYPE smil SYSTEM "http://127.0.0.1/smil.dtd">' + SMIL,
            "bare-doctype": b"<!DOCTYPE smil>" + SMIL,
            "empty-subset": b"<!DOCTYPE smil []>" + SMIL,
            "element-declaration": b"<!DOCTYPE smil [<!ELEMENT smil ANY>]>" + SMIL,
            "undefined-entity": b"<smil>&x;" + BODY + b"</smil>",
            "undefined-entity-and-public-doctype": PUBLIC + b"<smil>&nbsp;" + BODY + b"</smil>",
            "undefined-prefix": SMIL.replace(b"smil>", b"s:smil>"),
            "blank-before-the-declaration": b"\n" + declared(b"utf-8") + SMIL,
            "junk-behind": SMIL + b"\0\0",
            "two-roots": SMIL + SMIL,
            "xml-1-1": b'<?xml version="1.1"?>' + SMIL,
            "declared-utf-16-but-ascii": declared(b"UTF-16") + SMIL,
            "utf-16-without-bom": SMIL.decode().encode("utf-16-le"),
            "utf-32-bom": b"\xff\xfe\0\0" + SMIL.decode().encode("utf-32-le"),
            "utf-16-bom-declared-utf-8": b"\xff\xfe" + (declared(b"utf-8") + SMIL).decode().encode("utf-16-le"),
            "utf-16-cut": b"\xff\xfe" + SMIL.decode().encode("utf-16-le")[:-1],
            "utf-16-lone-surrogate": b"\xff\xfe" + SMIL.decode().encode("utf-16-le") + b"\0\xd8",
            "par-in-par": b"<smil><body><par><par><img src='b.gif'/></par></par></body></smil>",
            "img-in-img": b"<smil><body><par><img src='b.gif'><img src='b.gif'/></img></par></body></smil>",
            "item-without-source": par(b"<img/><text src=''/>"),
            "two-sources": SMIL.replace(b"<img ", b'<img x:src="c.gif" '),
            "smil-in-smil": b"<smil><smil><img src='b.gif'/></smil></smil>",
        }.items()
    ),
    good(
        "smil-encoding-latin-1-declared-utf-8",
        shown(declared(b"utf-8") + SMIL.replace(b"<img ", b'<img alt="\xe9" ')),
        slides=SHOWN,
        details=((None, None, None, "é"), ANY),
        defects=("smil-encoding",),
    ),
    good(
        "smil-encoding-latin-1-undeclared",
        shown(SMIL.replace(b"<img ", b'<img alt="\xe9" ')),
        slides=SHOWN,
        details=((None, None, None, "é"), ANY),
        defects=ANY,
    ),
    good(
        "smil-encoding-utf-8-declared-ascii",
        shown(declared(b"us-ascii") + SMIL.replace(b"<img ", '<img alt="é" '.encode())),
        slides=SHOWN,
        details=((None, None, None, "é"), ANY),
        defects=("smil-encoding",),
    ),
    good(
        "smil-encoding-windows-1251",
        shown(declared(b"windows-1251") + SMIL.replace(b"<img ", '<img alt="фото" '.encode("cp1251"))),
        slides=SHOWN,
        details=((None, None, None, "фото"), ANY),
    ),
    *(
        good(f"smil-encoding-{kebab(label)}", shown(declared(label.encode()) + SMIL), slides=SHOWN, defects=ANY)
        for label in ("zlib", "idna", "rot13", "unicode_escape", "undefined", "x" * 100)
    ),
    good("smil-without-media", shown(b"<smil><head/><body/></smil>"), slides=None),
    good("smil-without-anything", shown(b"<smil/>"), slides=None),
    good("smil-par-without-media-alone", shown(par()), slides=None),
    good(
        "smil-par-without-media",
        shown(b"<smil><body><par dur='1s'/><par dur='5s'>" + img("b.gif") + b"</par></body></smil>"),
        slides=((1.0, ()), (5.0, (("img", "b.gif", "b.gif"),))),
    ),
    good(
        "smil-media-outside-par",
        shown(b"<smil><body>" + img("b.gif") + b'<text src="a.txt"/></body></smil>'),
        slides=((None, SHOWN[0][1][:1]), (None, SHOWN[0][1][1:])),
    ),
    good(
        "smil-media-outside-par-in-seq",
        shown(b"<smil><body><seq>" + img("b.gif") + b'</seq><text src="a.txt"/></body></smil>'),
        slides=((None, SHOWN[0][1][:1]), (None, SHOWN[0][1][1:])),
    ),
    good(
        "smil-media-outside-and-inside-par",
        shown(b'<smil><body><text src="a.txt"/><par>' + img("b.gif") + b"</par></body></smil>"),
        slides=((None, SHOWN[0][1][1:]), (None, SHOWN[0][1][:1])),
    ),
    good(
        "smil-media-outside-par-with-dur",
        shown(b'<smil><body><text src="a.txt" dur="5s"/></body></smil>'),
        slides=((ANY, SHOWN[0][1][1:]),),
    ),
    good("smil-seq-in-par", shown(par(b"<seq>" + img("b.gif") + b"</seq>")), slides=((5.0, SHOWN[0][1][:1]),)),
    good(
        "smil-media-in-other-elements",
        shown(par(b"<a><switch>" + img("b.gif") + b"</switch></a>")),
        slides=((5.0, SHOWN[0][1][:1]),),
    ),
    good(
        "smil-every-medium",
        shown(
            par(
                *(
                    b"<%s src='b.gif'/>" % tag
                    for tag in (b"text", b"img", b"audio", b"video", b"ref", b"animation", b"textstream")
                )
            )
        ),
        slides=(
            (
                5.0,
                tuple(
                    (tag, "b.gif", "b.gif")
                    for tag in ("text", "img", "audio", "video", "ref", "animation", "textstream")
                ),
            ),
        ),
    ),
    good(
        "smil-part-shown-twice",
        shown(par(img("b.gif"), img("cid:b.gif"))),
        slides=((5.0, (("img", "b.gif", "b.gif"), ("img", "cid:b.gif", "b.gif"))),),
        attachments=("a.txt",),
    ),
    *(
        good(
            f"smil-clock-{name}",
            shown(par(img("b.gif"), dur=f' dur="{clock}"'.encode())),
            slides=((seconds, SHOWN[0][1][:1]),),
            defects=ANY,
        )
        for name, (clock, seconds) in CLOCKS.items()
    ),
    good("smil-clock-missing", shown(par(img("b.gif"), dur=b"")), slides=((None, SHOWN[0][1][:1]),)),
    # Sources.
    *(
        good(f"smil-source-{name}", shown(par(img(source)), *pictures(names)), slides=slide(source, part))
        for name, (names, source, part) in SOURCES.items()
    ),
    *(
        good(
            f"smil-source-{name}",
            shown(par(img(source)), *pictures(names)),
            slides=slide(source, None),
            defects=(UNRESOLVED,),
        )
        for name, (names, source) in UNMATCHED.items()
    ),
    *(
        good(
            f"smil-source-external-{name}",
            shown(par(img(source)), B),
            slides=((5.0, (("img", source, None),)),),
            attachments=("b.gif",),
            defects=ANY,
        )
        for name, source in EXTERNAL.items()
    ),
    good(
        "smil-source-cid-in-capitals",
        shown(par(img("CID:b.gif"))),
        slides=((5.0, (("img", "CID:b.gif", ANY),)),),
        defects=ANY,
    ),
    good(
        "smil-source-cid-that-looks-encoded",
        shown(par(img("cid:Lil%20bud.gif")), *pictures(["Lil%20bud.gif"])),
        slides=((5.0, (("img", "cid:Lil%20bud.gif", ANY),)),),
        attachments=ANY,
        defects=ANY,
    ),
    good("smil-source-of-the-smil", shown(par(img("show"))), slides=((5.0, (("img", "show", ANY),)),), defects=ANY),
    good(
        "smil-source-of-the-manifest",
        shown(par(img("manifest"))),
        slides=((5.0, (("img", "manifest", None),)),),
        defects=(UNRESOLVED,),
    ),
    # Which part is the SMIL.
    good("smil-type-xml", shown(SMIL, kind=b"application/smil+xml"), slides=SHOWN, attachments=()),
    good(
        "smil-type-with-parameters",
        shown(SMIL, kind=b'Application/SMIL; charset="utf-8"; start="<x>"'),
        slides=SHOWN,
        attachments=(),
    ),
    good(
        "smil-type-text",
        shown(SMIL, kind=b"text/plain"),
        slides=None,
        attachments=ANY,
        text=f"{SMIL.decode()}\n\n{HELLO.decode()}",
    ),
    good("smil-type-xml-text", shown(SMIL, kind=b"text/xml"), slides=None),
    good(
        "smil-name-alone-is-no-smil",
        said(b"smil.txt=text/plain\nb.gif=image/gif\n", Entry(b"smil.txt", SMIL), B),
        slides=None,
        text=SMIL.decode(),
    ),
    good(
        "smil-extension-against-manifest",
        said(b"x.smil=text/plain\n" + BOTH, Entry(b"x.smil", SMIL), A, B),
        slides=None,
        types={"x.smil": "text/plain"},
    ),
    good(
        "smil-by-extension-smil",
        zipped(A, B, Entry(b"x.smil", SMIL)),
        slides=SHOWN,
        types={"x.smil": "application/smil"},
        defects=ALONE,
        attachments=(),
    ),
    good(
        "smil-by-extension-sml",
        zipped(A, B, Entry(b"demo.sml", SMIL)),
        slides=SHOWN,
        types={"demo.sml": "application/smil"},
        defects=ALONE,
    ),
    good(
        "smil-by-bytes",
        zipped(A, B, Entry(b"show", SMIL)),
        slides=SHOWN,
        types={"show": "application/smil"},
        defects=ALONE,
    ),
    good(
        "smil-by-extension-of-an-unlisted-part",
        said(BOTH, A, B, Entry(b"x.smil", SMIL)),
        slides=SHOWN,
        defects=(UNLISTED,),
    ),
    good("smil-last", said(BOTH + b"x=application/smil\n", A, B, Entry(b"x", SMIL)), slides=SHOWN, attachments=()),
    good(
        "smil-several",
        said(
            b"y=application/smil\nx=application/smil\n" + BOTH, Entry(b"x", par(img("a.txt"))), Entry(b"y", SMIL), A, B
        ),
        {"y": SMIL, "x": par(img("a.txt"))} | CONTENTS,
        slides=SHOWN,
        attachments=ANY,
        defects=("smil-several",),
    ),
    good(
        "smil-several-first-unparsable",
        said(b"x=application/smil\ny=application/smil\n" + BOTH, Entry(b"x", b"<"), Entry(b"y", SMIL), A, B),
        slides=None,
        defects=("smil-several", "smil-unparsable"),
    ),
    good("smil-none", message(), slides=None, attachments=("a.txt", "b.gif")),
    good(
        "smil-tells-the-order-of-the-text",
        shown(
            par(b'<text src="2.txt"/>', dur=b"").replace(b"</body>", b'<par><text src="1.txt"/></par></body>'),
            Entry(b"1.txt", b"one"),
            Entry(b"2.txt", b"two"),
        ),
        text="two\n\none",
    ),
    # A SMIL that cannot be read costs nothing else.
    damaged(
        "smil-damaged",
        zipped(Entry(b"manifest", b"show=application/smil\n" + BOTH), Entry(b"show", SMIL, crc=1), A, B),
        part="show",
        contents=CONTENTS,
        slides=None,
    ),
    damaged(
        "smil-bomb",
        lambda: build(
            [
                Entry(b"manifest", b"show=application/smil\n" + BOTH),
                Entry(b"show", stream=deflated_zeros(512), size=100),
                A,
                B,
            ]
        ),
        part="show",
        contents=CONTENTS,
        slides=None,
    ),
    # Its limits.
    good("limit-max-smil-bytes-at", shown(SMIL), slides=SHOWN, limits=Limits(max_smil_bytes=len(SMIL))),
    good(
        "limit-max-smil-bytes-over",
        shown(SMIL),
        {"show": SMIL} | CONTENTS,
        slides=None,
        limits=Limits(max_smil_bytes=len(SMIL) - 1),
        defects=COMPLEX,
    ),
    good("limit-max-smil-bytes-default", shown(SMIL.ljust(256 * 1024)), slides=SHOWN),
    good("limit-max-smil-bytes-default-over", shown(SMIL.ljust(256 * 1024 + 1)), slides=None, defects=COMPLEX),
    good("limit-max-smil-elements-at", shown(elements(4)), slides=ONE, limits=Limits(max_smil_elements=4)),
    good(
        "limit-max-smil-elements-over",
        shown(elements(4)),
        slides=None,
        limits=Limits(max_smil_elements=3),
        defects=COMPLEX,
    ),
    good("limit-max-smil-elements-default", shown(elements(2000)), slides=((None, SHOWN[0][1][:1] * 1997),)),
    good("limit-max-smil-elements-default-over", shown(elements(2001)), slides=None, defects=COMPLEX),
    good("limit-max-smil-depth-at", shown(nested(4)), slides=ONE, limits=Limits(max_smil_depth=4)),
    good("limit-max-smil-depth-over", shown(nested(4)), slides=None, limits=Limits(max_smil_depth=3), defects=COMPLEX),
    good("limit-max-smil-depth-default", shown(nested(32)), slides=ONE),
    good("limit-max-smil-depth-default-over", shown(nested(33)), slides=None, defects=COMPLEX),
    good("smil-nested-10000", shown(nested(10_000)), slides=None, defects=COMPLEX),
    good("smil-comment-of-100-kb", shown(SMIL.replace(b"<par", b"<!--" + b"x" * 100_000 + b"--><par")), slides=SHOWN),
    good(
        "smil-alt-of-100-kb",
        shown(SMIL.replace(b"<img ", b'<img alt="' + b"x" * 100_000 + b'" ')),
        slides=SHOWN,
        details=((None, None, None, "x" * 100_000), ANY),
    ),
    good("smil-text-of-100-kb", shown(SMIL.replace(b"<par", b"x" * 100_000 + b"<par")), slides=SHOWN),
    good(
        "smil-attributes-many",
        shown(par(b"<img " + b" ".join(b'a%d=""' % number for number in range(20_000)) + b' src="b.gif"/>')),
        defects=ANY,
    ),
]

# Text.


def texts(data, charset=""):
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    return said(f"a.txt={kind}\n".encode(), Entry(b"a.txt", data))


FITTING = {
    "utf-8": "Ångå €",
    "UTF-8": "Ångå €",
    "utf8": "Ångå €",
    "us-ascii": "Angstrom",
    "iso-8859-1": "Ångå",
    "ISO-8859-15": "Ångå €",
    "windows-1252": "Ångå €“”",
    "windows-1251": "Привет",
    "koi8-r": "Привет",
    "iso-8859-7": "Γειά",
    "shift_jis": "こんにちは",
    "euc-jp": "こんにちは",
    "iso-2022-jp": "こんにちは",
    "gb2312": "你好",
    "gb18030": "你好😀",
    "big5": "你好",
    "euc-kr": "안녕",
    "utf-16be": "Ångå €😀",
    "utf-16le": "Ångå €😀",
}
# Labels that Python takes for codecs, or that are nothing at all; each with bytes that such a codec would change.
LABELS = {
    "zlib": b"plain",
    "zip": b"plain",
    "bz2": b"plain",
    "hex": b"68656c6c6f",
    "base64": b"aGVsbG8=",
    "quopri": b"a=3Db",
    "uu": b"begin 666 x",
    "rot13": b"uryyb",
    "idna": b"xn--bcher-kva",
    "punycode": b"bcher-kva",
    "unicode_escape": b"\\u0041",
    "raw_unicode_escape": b"\\u0041",
    "utf-7": b"+AGEAYg-",
    "undefined": b"plain",
    "mbcs": b"plain",
    "no-such-charset": b"plain",
}
ODD_LABELS = {
    "path": b'"../../etc/passwd"',
    "empty": b'""',
    "long": b"x" * 100_000,
    "blank": b'" "',
    "beyond-ascii": "é".encode(),
}

TEXTS = [
    *(
        good(
            f"text-declared-{'in-capitals-' * charset.isupper()}{kebab(charset.lower())}",
            texts(text.encode(charset), charset),
            text=text,
        )
        for charset, text in FITTING.items()
    ),
    *(
        good(
            f"text-label-{kebab(label)}",
            texts(data, label),
            text=data.decode(),
            defects=ANY,
        )
        for label, data in LABELS.items()
    ),
    *(
        good(f"text-label-{name}", said(b"a.txt=text/plain; charset=" + label, A), text=HELLO.decode(), defects=ANY)
        for name, label in ODD_LABELS.items()
    ),
    good(
        "text-label-with-nul",
        said(b"a.txt=text/plain; charset=utf-8\\u0000", A),
        types={"a.txt": "text/plain"},
        text=HELLO.decode(),
        defects=(BAD_TYPE,),
    ),
    good("text-declared-in-quotes", texts("Ångå".encode("latin-1"), '"iso-8859-1"'), text="Ångå"),
    good(
        "text-declared-ascii-does-not-fit", texts("Ångå".encode(), "us-ascii"), text="Ångå", defects=("text-encoding",)
    ),
    good(
        "text-declared-utf-8-does-not-fit",
        texts("Ångå".encode("latin-1"), "utf-8"),
        text="Ångå",
        defects=("text-encoding",),
    ),
    good(
        "text-declared-ascii-is-windows-1252",
        texts(b"\x93quoted\x94", "us-ascii"),
        text="“quoted”",
        defects=("text-encoding",),
    ),
    good(
        "text-declared-euc-kr-does-not-fit",
        texts("Ångå €".encode(), "euc-kr"),
        text="Ångå €",
        defects=("text-encoding",),
    ),
    good("text-utf-8", texts("Ångå €😀".encode()), text="Ångå €😀"),
    good("text-utf-8-bom", texts(b"\xef\xbb\xbf" + "Ångå".encode()), text="Ångå"),
    good("text-utf-8-bom-declared", texts(b"\xef\xbb\xbf" + "Ångå".encode(), "utf-8"), text="Ångå"),
    good("text-utf-8-bom-declared-latin-1", texts(b"\xef\xbb\xbf" + "Ångå".encode(), "iso-8859-1"), defects=ANY),
    good("text-utf-8-bom-alone", texts(b"\xef\xbb\xbf"), text=""),
    good("text-utf-16-le-bom", texts(b"\xff\xfe" + "Ångå".encode("utf-16-le")), text="Ångå"),
    good("text-utf-16-be-bom", texts(b"\xfe\xff" + "Ångå".encode("utf-16-be")), text="Ångå"),
    good("text-utf-16-bom-declared", texts(b"\xfe\xff" + "Ångå".encode("utf-16-be"), "utf-16"), text="Ångå"),
    good(
        "text-utf-16-bom-declared-utf-8",
        texts(b"\xff\xfe" + "Ångå".encode("utf-16-le"), "utf-8"),
        text="Ångå",
        defects=ANY,
    ),
    good("text-utf-16-be-bom-declared-le", texts(b"\xfe\xff" + "Ångå".encode("utf-16-be"), "utf-16le"), defects=ANY),
    good("text-utf-16-bom-cut", texts(b"\xff\xfe" + "Ångå".encode("utf-16-le")[:-1]), defects=ANY),
    good("text-utf-32-bom", texts(b"\xff\xfe\0\0" + "Ångå".encode("utf-32-le")), defects=ANY),
    good("text-utf-16-le-by-nuls", texts("Hello, world".encode("utf-16-le")), text="Hello, world", defects=ANY),
    good("text-utf-16-be-by-nuls", texts("Hello, world".encode("utf-16-be")), text="Hello, world", defects=ANY),
    good(
        "text-utf-16-le-by-nuls-beyond-ascii",
        texts("Ångström, hello".encode("utf-16-le")),
        text="Ångström, hello",
        defects=ANY,
    ),
    good("text-windows-1252", texts(b"\x93quoted\x94 \x80"), text="“quoted” €", defects=ANY),
    good("text-windows-1252-unassigned", texts(b"\x81\x8d\xff"), defects=ANY),
    good("text-every-byte", texts(bytes(range(256))), defects=ANY),
    good("text-nul-inside", texts(b"a\0b"), defects=ANY),
    good("text-empty", texts(b""), text=""),
    good("text-empty-declared-utf-16", texts(b"", "utf-16"), text=""),
    good(
        "text-two-parts",
        said(b"1.txt=text/plain\n2.txt=text/plain\n", Entry(b"2.txt", b"two"), Entry(b"1.txt", b"one")),
        text="one\n\ntwo",
    ),
    good(
        "text-other-types-left-out",
        said(
            b"1=text/plain\n2=text/html\n3=text/x-vcard\n",
            Entry(b"1", b"one"),
            Entry(b"2", b"<p>"),
            Entry(b"3", b"three"),
        ),
        text="one",
    ),
    good("text-none", said(b"b.gif=image/gif\n", B), text=""),
    good(
        "text-without-manifest", zipped(A, Entry(b"c.TXT", b"three")), text=f"{HELLO.decode()}\n\nthree", defects=ALONE
    ),
]

# Types.

BY_EXTENSION = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "png": "image/png",
    "wbmp": "image/vnd.wap.wbmp",
    "amr": "audio/amr",
    "mid": "audio/midi",
    "3gp": "video/3gpp",
    "mp4": "video/mp4",
    "txt": "text/plain",
    "smil": "application/smil",
}
BY_BYTES = {
    "jpeg": (JPEG, "image/jpeg"),
    "gif": (GIF, "image/gif"),
    "gif-87": (b"GIF87a\1\0\1\0\0\0\0;", "image/gif"),
    "png": (PNG, "image/png"),
    "amr": (b"#!AMR\n\x3c\x91", "audio/amr"),
    "midi": (b"MThd\0\0\0\6\0\1", "audio/midi"),
    "zeros": (bytes(1000), "application/octet-stream"),
    "nothing": (b"", "application/octet-stream"),
}
FOREIGN = {
    "html": b"<!DOCTYPE html><html><body><script>1</script></body></html>",
    "html-without-doctype": b"<html><body></body></html>",
    "html-in-capitals": b"<HTML><HEAD></HEAD></HTML>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "svg-with-declaration": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "elf": b"\x7fELF\2\1\1" + bytes(57),
    "pe": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(46) + b"\x40\0\0\0PE\0\0d\x86" + bytes(100),
}


def typed(kind, data):
    return said(b"x=" + kind, Entry(b"x", data))


CONFLICT = ("type-conflict",)

CONTENT_TYPES = [
    *(
        good(
            f"type-by-extension-{name}", alone(b"a." + name.encode(), bytes(20)), types={f"a.{name}": kind}, defects=ANY
        )
        for name, kind in BY_EXTENSION.items()
    ),
    *(
        good(f"type-by-bytes-{name}", alone(b"x", data), types={"x": kind}, defects=ALONE)
        for name, (data, kind) in BY_BYTES.items()
    ),
    good(
        "type-by-extension-in-capitals",
        alone(b"d.x/a.JPG"),
        types={"d.x/a.JPG": "image/jpeg"},
        defects=ALONE,
    ),
    good("type-by-last-extension", alone(b"a.txt.jpg"), types={"a.txt.jpg": "image/jpeg"}, defects=ALONE),
    good(
        "type-by-bytes-damaged",
        alone(b"x", GIF, crc=1),
        error=MalformedContent,
        stage="read",
        part="x",
        contents={},
        defects=ANY,
    ),
    # Without a dot there is no extension, whatever the name.
    *(
        good(f"type-by-extension-not-of-the-name-{name}", alone(name.encode(), data), types={name: kind}, defects=ALONE)
        for name, data, kind in [
            ("gif", bytes(9), "application/octet-stream"),
            ("txt", bytes(9), "application/octet-stream"),
            ("jpg", PNG, "image/png"),
            ("smil", GIF, "image/gif"),
        ]
    ),
    good(
        "type-of-the-manifest-before-extension",
        said(b"x.gif=video/3gpp", Entry(b"x.gif", bytes(9))),
        types={"x.gif": "video/3gpp"},
    ),
    good("type-of-the-manifest-before-bytes", typed(b"application/x-thing", GIF), types={"x": "application/x-thing"}),
    good(
        "type-of-the-manifest-unknown", typed(b"application/octet-stream", GIF), types={"x": "application/octet-stream"}
    ),
    good("type-bad-then-bytes", typed(b"nonsense", PNG), types={"x": "image/png"}, defects=(BAD_TYPE,)),
    good(
        "type-bad-then-nothing",
        typed(b"nonsense", bytes(9)),
        types={"x": "application/octet-stream"},
        defects=(BAD_TYPE,),
    ),
    *(
        good(
            f"type-conflict-{kind.partition(b'/')[0].decode()}-{name}",
            typed(kind, data),
            {"x": data},
            types={"x": kind.decode()},
            defects=CONFLICT,
        )
        for kind in (b"image/jpeg", b"audio/amr", b"video/3gpp")
        for name, data in FOREIGN.items()
    ),
    *(
        good(
            f"type-conflict-none-{name}",
            typed(b"application/octet-stream", data),
            {"x": data},
            types={"x": "application/octet-stream"},
        )
        for name, data in FOREIGN.items()
    ),
    *(
        good(f"type-conflict-none-{name}", typed(kind, data))
        for name, kind, data in [
            ("jpeg", b"image/jpeg", JPEG),
            ("jpg", b"image/jpg", JPEG),
            ("png-as-gif", b"image/gif", PNG),
            ("amr", b"audio/amr", b"#!AMR\n\x3c"),
            ("3gp", b"video/3gpp", b"\0\0\0\x18ftyp3gp4\0\0\0\0"),
            ("html-declared", b"text/html", FOREIGN["html"]),
            ("empty", b"image/jpeg", b""),
            ("pdf-declared", b"application/pdf", FOREIGN["pdf"]),
        ]
    ),
    good(
        "type-conflict-svg-declared", typed(b"image/svg+xml", FOREIGN["svg"]), types={"x": "image/svg+xml"}, defects=ANY
    ),
    good(
        "type-conflict-html-behind-blanks",
        typed(b"image/jpeg", b"\n  " + FOREIGN["html"]),
        types={"x": "image/jpeg"},
        defects=ANY,
    ),
]

# File names.

FILENAMES = {
    "plain": ("a.txt", "a.txt"),
    "folder": ("d/a.txt", "a.txt"),
    "folder-by-backslash": ("d\\a.txt", "a.txt"),
    "folder-by-slash-and-backslash": ("d/e\\a.txt", "a.txt"),
    "folder-by-backslash-and-slash": ("d\\e/a.txt", "a.txt"),
    "folders-many": ("d/" * 100 + "a.txt", "a.txt"),
    "folder-is-a-device": ("d/CON/a.txt", "a.txt"),
    "leading-dot": (".htaccess", "_.htaccess"),
    "leading-dots": ("...a", "_...a"),
    "leading-dot-in-a-folder": ("d/.profile", "_.profile"),
    "leading-hyphen": ("-rf", "_-rf"),
    "leading-hyphen-in-a-folder": ("d/-x.txt", "_-x.txt"),
    "leading-tilde": ("~a", "_~a"),
    "leading-blanks-and-dot": ("  .a", "_.a"),
    "device": ("CON", "_CON"),
    "device-in-small-letters": ("con", "_con"),
    "device-in-mixed-letters": ("Aux.jpg", "_Aux.jpg"),
    "device-with-extension": ("CON.txt", "_CON.txt"),
    "device-with-two-extensions": ("nul.tar.gz", "_nul.tar.gz"),
    "device-with-dot": ("CON.", "_CON"),
    "device-with-blank": ("CON ", "_CON"),
    "device-prn": ("prn", "_prn"),
    "device-com": ("COM1.jpg", "_COM1.jpg"),
    "device-lpt": ("LPT9.txt", "_LPT9.txt"),
    "device-superscript-one": ("com¹.jpg", "_com¹.jpg"),
    "device-superscript-two": ("COM²", "_COM²"),
    "device-superscript-three": ("lpt³.txt", "_lpt³.txt"),
    "device-conin": ("CONIN$", "_CONIN$"),
    "device-conout": ("conout$.txt", "_conout$.txt"),
    "device-behind-what-is-dropped": ("\u200bCON.txt", "_CON.txt"),
    "no-device-longer": ("console.txt", "console.txt"),
    "no-device-with-digit": ("CON1.txt", "CON1.txt"),
    "no-device-with-two-digits": ("com10.txt", "com10.txt"),
    "no-device-extension": ("a.con", "a.con"),
    "nothing-left-of-three-dots": ("...", "part"),
    "nothing-left-of-four-dots": ("....", "part"),
    "nothing-left-of-blanks": ("   ", "part"),
    "nothing-left-of-dots-and-blanks": (". . .", "part"),
    "nothing-left-of-format-characters": ("\u200b\u200d", "part"),
    "trailing-dot": ("a.txt.", "a.txt"),
    "trailing-dots": ("a.txt...", "a.txt"),
    "trailing-dots-and-blanks": ("a.txt . .", "a.txt"),
    "blanks-around": (" a.txt ", "a.txt"),
    "blank-inside": ("a b.txt", "a b.txt"),
    "colon": ("ab:c.txt", "ab_c.txt"),
    "brackets": ("<0000>", "_0000_"),
    "every-forbidden-mark": ('<>:"|?*', "_______"),
    "encoded-word": ("=?UTF-8?Q?Copy.jpg?=", "=_UTF-8_Q_Copy.jpg_="),
    "percent": ("a%2fb.txt", "a%2fb.txt"),
    "bidi-override": ("a\u202egpj.exe", "agpj.exe"),
    "bidi-isolates": ("\u2066a\u2069.txt", "a.txt"),
    "bidi-mark": ("a\u200f.txt", "a.txt"),
    "byte-order-mark": ("\ufeffa.txt", "a.txt"),
    "line-separators": ("a\u2028b\u2029.txt", "ab.txt"),
    "private-use": ("\ue000a.txt", "a.txt"),
    "soft-hyphen": ("a\u00adb.txt", "ab.txt"),
    "dropped-before-a-dot": ("\u200b.htaccess", "_.htaccess"),
    "decomposed": ("A\u030anga\u030a.txt", "Ångå.txt"),
    "ligature": ("ﬁle.txt", "ﬁle.txt"),
    "emoji": ("😀.gif", "😀.gif"),
    "120-bytes": ("n" * 120, "n" * 120),
    "121-bytes": ("n" * 121, "n" * 120),
    "300-bytes": ("n" * 300, "n" * 120),
    "120-bytes-with-extension": ("n" * 116 + ".jpg", "n" * 116 + ".jpg"),
    "121-bytes-with-extension": ("n" * 117 + ".jpg", "n" * 116 + ".jpg"),
    "300-bytes-with-extension": ("n" * 296 + ".jpg", "n" * 116 + ".jpg"),
    "404-bytes-in-characters-of-two": ("é" * 200 + ".jpg", "é" * 58 + ".jpg"),
    "304-bytes-in-characters-of-three": ("€" * 100 + ".jpg", "€" * 38 + ".jpg"),
}
COLLISIONS = {
    "case": {"a.jpg": "a.jpg", "A.JPG": "A-2.JPG"},
    "form": {"é.jpg": "é.jpg", "e\u0301.jpg": "é-2.jpg"},
    "folders": {"x/a.jpg": "a.jpg", "y/a.jpg": "a-2.jpg", "z/a.jpg": "a-3.jpg"},
    "backslash": {"x\\a.jpg": "a.jpg", "a.jpg": "a-2.jpg"},
    "without-extension": {"x/a": "a", "y/a": "a-2"},
    "number-taken": {"a.jpg": "a.jpg", "a-2.jpg": "a-2.jpg", "x/a.jpg": "a-3.jpg"},
    "number-taken-later": {"a.jpg": "a.jpg", "x/a.jpg": "a-2.jpg", "a-2.jpg": "a-2-2.jpg"},
    "part": {"...": "part", "....": "part-2"},
    "marks": {"1<.jpg": "1_.jpg", "1>.jpg": "1_-2.jpg"},
    "dropped": {"a.jpg": "a.jpg", "a\u200b.jpg": "a-2.jpg"},
    "device": {"CON.txt": "_CON.txt", "_CON.txt": "_CON-2.txt"},
    "case-and-folder": {"x/A.jpg": "A.jpg", "a.jpg": "a-2.jpg", "A.JPG": "A-3.JPG"},
}

FILE_NAMES = [
    *(
        good(
            f"filename-{case}",
            zipped(utf8(name)),
            {name: b"data"},
            filenames={name: filename},
            defects=ALONE,
        )
        for case, (name, filename) in FILENAMES.items()
    ),
    *(
        good(
            f"filename-collision-{name}",
            zipped(*(utf8(part) for part in filenames)),
            filenames=filenames,
            defects=ALONE,
        )
        for name, filenames in COLLISIONS.items()
    ),
    good(
        "filename-collision-long",
        zipped(utf8("n" * 300 + ".jpg"), utf8("n" * 301 + ".jpg")),
        filenames={"n" * 300 + ".jpg": "n" * 116 + ".jpg"},
        defects=ALONE,
    ),
    good(
        "filename-many-collisions",
        zipped(*(Entry(b"%d/a.jpg" % number) for number in range(1, 101))),
        filenames={"1/a.jpg": "a.jpg", "100/a.jpg": "a-100.jpg"},
        defects=ALONE,
    ),
    good(
        "filename-of-the-manifest-is-free",
        zipped(MANIFEST, A, B, Entry(b"d/manifest", b"x")),
        filenames={"d/manifest": "manifest"},
        defects=(UNLISTED,),
    ),
]

CASES = [
    *RECORDS,
    *ZIP64,
    *TILING,
    *HEADERS,
    *FEATURES,
    *PRECEDENCE,
    *NAMES,
    *LIMITS,
    *DATA,
    *MANIFESTS,
    *SMILS,
    *TEXTS,
    *CONTENT_TYPES,
    *FILE_NAMES,
]
