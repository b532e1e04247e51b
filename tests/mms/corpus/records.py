"""The end record, its comment, and what follows it."""

from functools import partial

import attrs
from mms.corpus.case import (
    CONTENTS,
    DIRECTORY_BYTES,
    EMPTY,
    GIF,
    HELLO,
    MANIFEST,
    OTHER_ARCHIVE,
    TYPES,
    A,
    B,
    bad,
    good,
    message,
    with_b,
    zipped,
)
from mms.zipping import END, SENTINEL, Entry, MiB, build, extra_field, pack

from mxinbound import ContentTooLarge, MalformedContent, TooManyParts


def hiding(place, fake):
    entries = {
        "part": [MANIFEST, A, Entry(b"b.gif", fake + GIF, method=0)],
        "entry-comment": [MANIFEST, attrs.evolve(A, comment=fake), B],
        "extra": [MANIFEST, attrs.evolve(A, extra=extra_field(0x5455, fake)), B],
        "local-extra": [MANIFEST, attrs.evolve(A, local_extra=extra_field(0x5455, fake)), B],
    }
    return build(entries[place])


def fake_end(place, missing=0):
    """An end record to stand in that place, whose comment ends `missing` bytes before the file does."""
    record = dict.fromkeys(END, 0) | {"signature": b"PK\5\6"}
    blank = hiding(place, pack(END, record))
    return pack(END, record | {"comment_length": len(blank) - blank.index(b"PK\5\6") - 22 - missing})


def second_end(place, missing=0):
    """Another end record than the one at the end."""
    return hiding(place, fake_end(place, missing))


TRAILING = {"nul": b"\0", "cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "mixed": b"\0\r\n\0"}

RECORDS = [
    good(
        "plain",
        message(),
        CONTENTS,
        types=TYPES,
        filenames={"a.txt": "a.txt", "b.gif": "b.gif"},
        slides=None,
        details=(),
        attachments=("a.txt", "b.gif"),
        text=HELLO.decode(),
    ),
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
        good(
            f"second-end-in-{place}-short-of-the-end",
            partial(second_end, place, missing=40),
            CONTENTS | ({"b.gif": fake_end(place, missing=40) + GIF} if place == "part" else {}),
        )
        for place in ("part", "entry-comment", "extra", "local-extra")
    ),
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
    bad("end-counts-in-an-empty-archive", MalformedContent, zipped(end={"entries_here": 1, "entries": 1})),
    bad("end-offset-in-an-empty-archive", MalformedContent, zipped(end={"directory_offset": 1})),
    bad("end-size-in-an-empty-archive", MalformedContent, zipped(end={"directory_size": 1})),
    # Our reading, where the format leaves it open.
    *(
        good(
            f"second-end-in-part-{name}",
            partial(second_end, "part", missing=missing),
            CONTENTS | {"b.gif": fake_end("part", missing=missing) + GIF},
        )
        for name, missing in {"one-byte-short": 1, "past-the-end": -1}.items()
    ),
    bad(
        "end-counts-sentinel-without-zip64",
        TooManyParts,
        message(end={"entries_here": 0xFFFF, "entries": 0xFFFF}),
        limit="max_parts",
    ),
    bad(
        "end-directory-size-sentinel-without-zip64",
        MalformedContent,
        message(end={"directory_size": SENTINEL}),
    ),
    bad(
        "end-directory-size-huge",
        ContentTooLarge,
        message(end={"directory_size": 0x7FFFFFFF}),
        limit="max_directory_bytes",
    ),
]
