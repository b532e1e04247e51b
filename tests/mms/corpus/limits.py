"""Limits: at N, and at N + 1. Those of the SMIL stand with it."""

import attrs
from mms.corpus.case import (
    ALONE,
    CONTENTS,
    DIRECTORY_BYTES,
    GIF,
    HELLO,
    A,
    B,
    alone,
    bad,
    good,
    kebab,
    message,
    parts,
    utf8,
    zipped,
)
from mms.zipping import Entry, MiB, deflated_zeros, unicode_path

from mxinbound import ContentTooLarge, Limits, MalformedContent, TooManyParts


def directories(number):
    return [Entry(b"d%d/" % index, method=0) for index in range(number)]


def at_limit(limit, make, contents, allowed, error=ContentTooLarge, defects=ALONE):
    """Good under this ceiling, refused under one that is lower by one."""
    name = kebab(limit)
    return [
        good(f"limit-{name}-at", make, contents, limits=Limits(**{limit: allowed}), defects=defects),
        bad(f"limit-{name}-over", error, make, limits=Limits(**{limit: allowed - 1}), limit=limit),
    ]


# Ten and eleven times an a in five bytes.
TENFOLD = zipped(Entry(b"a.txt", b"a" * 10, stream=b"KL\x84\1\0"))
ELEVENFOLD = zipped(Entry(b"a.txt", b"a" * 11, stream=b"KL\x84\3\0"))
LISTED = zipped(Entry(b"manifest", b"a.txt=text/plain"), A)

LIMITS = [
    *at_limit("max_archive_bytes", message(), CONTENTS, len(message()()), defects=()),
    *at_limit("max_part_bytes", alone(b"a.txt", HELLO), {"a.txt": HELLO}, len(HELLO)),
    *at_limit("max_total_bytes", zipped(A, B), CONTENTS, len(HELLO + GIF)),
    *at_limit("max_parts", zipped(A, B), CONTENTS, 2, TooManyParts),
    *at_limit("max_directory_bytes", message(), CONTENTS, DIRECTORY_BYTES, defects=()),
    *at_limit("max_name_bytes", alone(b"n" * 100), {"n" * 100: b"data"}, 100),
    *at_limit("max_manifest_bytes", LISTED, {"a.txt": HELLO}, 16, defects=()),
    good(
        "limit-max-archive-bytes-default",
        alone(b"a.bin", bytes(9 * MiB), method=0),
        {"a.bin": bytes(9 * MiB)},
        defects=ALONE,
    ),
    bad(
        "limit-max-archive-bytes-default-over",
        ContentTooLarge,
        message(prefix=bytes(16 * MiB)),
        limit="max_archive_bytes",
    ),
    good(
        "limit-max-part-bytes-default",
        alone(b"a.bin", bytes(10 * MiB), method=0),
        {"a.bin": bytes(10 * MiB)},
        defects=ALONE,
    ),
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
        "limit-max-directory-bytes-by-comments",
        ContentTooLarge,
        zipped(*(attrs.evolve(part, comment=b"x" * 60_000) for part in parts(20))),
        limit="max_directory_bytes",
    ),
    good("limit-max-name-bytes-default", alone(b"n" * 1024), {"n" * 1024: b"data"}, defects=ALONE),
    bad("limit-max-name-bytes-default-over", ContentTooLarge, alone(b"n" * 1025), limit="max_name_bytes"),
    bad("limit-max-name-bytes-counts-bytes", ContentTooLarge, zipped(utf8("é" * 513)), limit="max_name_bytes"),
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
    # Our reading, where the format leaves it open.
    bad(
        "limit-max-parts-count-lies",
        MalformedContent,
        zipped(*parts(129), end={"entries_here": 128, "entries": 128}),
    ),
    bad("limit-max-name-bytes-longer-in-utf-8", ContentTooLarge, alone(b"\x82" * 600), limit="max_name_bytes"),
    bad(
        "limit-max-name-bytes-unicode-path",
        ContentTooLarge,
        alone(b"\x82", extra=unicode_path(b"\x82", b"n" * 2000)),
        limit="max_name_bytes",
    ),
]
