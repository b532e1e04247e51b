"""Flags, methods and extra fields of an entry, and which of two faults is told."""

import attrs
from mms.corpus.case import CONTENTS, HELLO, MANIFEST, STORED, UTF8, A, B, bad, good, message, with_a, zipped
from mms.zipping import Entry, extra_field, unicode_path, zip64_field

from mxinbound import (
    ContentTooLarge,
    EncryptedContent,
    Limits,
    MalformedContent,
    TooManyParts,
    UnsafeName,
    UnsupportedContent,
)

# Flag 3 without a descriptor stands among the headers.
FLAG_ERRORS = dict.fromkeys((4, 7, 8, 9, 10, 12, 14, 15), MalformedContent) | {
    0: EncryptedContent,
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
    # Our reading, where the format leaves it open.
    good("aes-field-without-method", with_a(extra=AES, local_extra=AES), CONTENTS),
    good("extra-padding-4", with_a(extra=bytes(4)), CONTENTS),
    good("extra-padding-5", with_a(extra=bytes(5)), CONTENTS),
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
