"""Every byte belongs to something, and to one thing: prefixes, gaps, overlaps, hidden entries, files cut off."""

from functools import partial

import attrs
from mms.corpus.case import (
    A_SIZES,
    CONTENTS,
    DIRECTORY_BYTES,
    GIF,
    MANIFEST,
    OTHER_ARCHIVE,
    STORED,
    A,
    B,
    bad,
    good,
    message,
    with_a,
    with_b,
    zipped,
)
from mms.zipping import Entry, build, deflated, quoted_entries

from mxinbound import MalformedContent


def concatenated(first, second):
    return first() + second()


def without(number, make):
    return make()[:-number]


def cut(eighths, make):
    whole = make()
    return whole[: len(whole) * eighths // 8]


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
    # Our reading, where the format leaves it open.
    bad("directory-name-longest", MalformedContent, with_b(central={"name_length": 0xFFFF})),
]
