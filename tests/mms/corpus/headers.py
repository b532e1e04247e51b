"""The local header and the descriptor against the directory."""

import zlib

import attrs
from mms.corpus.case import (
    A_SIZES,
    CONTENTS,
    GIF,
    HELLO,
    MANIFEST,
    STORED,
    UTF8,
    A,
    B,
    bad,
    good,
    kebab,
    with_a,
    with_b,
    zipped,
)
from mms.zipping import DESCRIPTORS, Entry, build, extra_field, pack, unicode_path, zip64_field

from mxinbound import MalformedContent

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


def earlier_end(data, size):
    """Data with a true descriptor behind its beginning, and an entry behind that."""
    fields = {"signature": b"PK\7\x08", "crc": zlib.crc32(data), "compressed_size": len(data), "size": len(data)}
    return data + pack(DESCRIPTORS[size], fields) + Entry(b"hidden.exe", b"MZ").local_bytes


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
    # A reader from the front, which knows no size, would find the end of the data at the first descriptor that fits.
    *(
        bad(
            f"descriptor-of-the-beginning-in-the-data-{size}",
            MalformedContent,
            with_b(data=earlier_end(b"visible", size), method=0, descriptor=16),
            part="b.gif",
        )
        for size in (16, 24)
    ),
    bad(
        "descriptor-of-nothing-in-front-of-the-data",
        MalformedContent,
        with_b(data=earlier_end(b"", 16), method=0, descriptor=16),
        part="b.gif",
    ),
    good(
        "descriptor-of-the-beginning-in-data-of-known-size",
        with_b(data=earlier_end(b"visible", 16), method=0),
        CONTENTS | {"b.gif": earlier_end(b"visible", 16)},
    ),
    good(
        "descriptors-of-others-in-the-data",
        with_b(data=build([attrs.evolve(A, descriptor=16)]) + b"PK\7\x08" * 9, method=0, descriptor=16),
        CONTENTS | {"b.gif": build([attrs.evolve(A, descriptor=16)]) + b"PK\7\x08" * 9},
    ),
    good(
        "descriptors-in-the-data-50000",
        with_b(data=b"PK\7\x08" * 50_000, method=0, descriptor=16),
        CONTENTS | {"b.gif": b"PK\7\x08" * 50_000},
    ),
    bad(
        "descriptors-in-the-data-50001",
        MalformedContent,
        with_b(data=b"PK\7\x08" * 50_001, method=0, descriptor=16),
        part="b.gif",
    ),
    bad(
        "descriptors-in-the-data-of-two-50001",
        MalformedContent,
        zipped(
            MANIFEST,
            Entry(b"a.txt", b"PK\7\x08" * 25_000, method=0, descriptor=16),
            Entry(b"b.gif", b"PK\7\x08" * 25_001, method=0, descriptor=16),
        ),
        part="b.gif",
    ),
    good(
        "descriptors-in-the-data-of-known-size-50001",
        with_b(data=b"PK\7\x08" * 50_001, method=0),
        CONTENTS | {"b.gif": b"PK\7\x08" * 50_001},
    ),
    # As SharpZipLib writes to a stream: all ones for what is not known yet.
    good(
        "zip64-local-sizes-unknown",
        with_b(
            descriptor=24,
            local={"size": 0xFFFFFFFF, "compressed_size": 0xFFFFFFFF},
            local_extra=zip64_field(2**64 - 1, 2**64 - 1),
        ),
        CONTENTS,
    ),
    bad(
        "zip64-local-sizes-unknown-and-no-descriptor",
        MalformedContent,
        with_b(
            local={"size": 0xFFFFFFFF, "compressed_size": 0xFFFFFFFF}, local_extra=zip64_field(2**64 - 1, 2**64 - 1)
        ),
        part="b.gif",
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
    # Our reading, where the format leaves it open.
    good("local-version", with_a(local={"version": 63}), CONTENTS),
    good("version-63", with_a(local={"version": 63}, central={"version": 63}), CONTENTS),
    good("version-255", with_a(local={"version": 255}, central={"version": 255}), CONTENTS),
    bad("local-extra-malformed", MalformedContent, with_a(local_extra=b"\1\2\3\4\5")),
    bad("local-extra-unicode-path", MalformedContent, with_a(local_extra=unicode_path(b"a.txt", b"c.txt"))),
    good(
        "descriptor-and-only-local-crc-zero",
        with_a(descriptor=16, local={name: A.fields[name] for name in ("size", "compressed_size")}),
        CONTENTS,
    ),
    good("descriptor-and-only-local-sizes-zero", with_a(descriptor=16, local={"crc": A.fields["crc"]}), CONTENTS),
]
