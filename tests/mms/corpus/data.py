"""The data of a part: checksums, sizes, deflate streams and bombs."""

import struct
import zlib

import attrs
from mms.corpus.case import CONTENTS, EMPTY, GIF, HELLO, MANIFEST, STORED, A, B, bad, damaged, good, parts, with_a
from mms.zipping import SENTINEL, Entry, MiB, build, deflated, deflated_zeros, quoted_entries

from mxinbound import ContentTooLarge, MalformedContent


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
    # Our reading, where the format leaves it open.
    # The directory proves it alone, since nothing has a CRC of zero and takes two bytes when it is deflated; but one
    # damaged part should not spoil the others.
    *(
        damaged(name, make)
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
    bad("bomb-of-4-gib-that-declares-a-sentinel", ContentTooLarge, lying_zeros(4096, SENTINEL), limit="max_part_bytes"),
]
