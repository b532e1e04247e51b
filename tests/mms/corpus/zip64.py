"""The records and fields of Zip64, where they are needed and where they are not."""

import struct

import attrs
from mms.corpus.case import (
    A_SIZES,
    CONTENTS,
    DIRECTORY_BYTES,
    HELLO,
    MANIFEST,
    A,
    B,
    bad,
    good,
    kebab,
    message,
    with_a,
    zipped,
)
from mms.zipping import RECORD, SENTINEL, extra_field, pack, zip64_field

from mxinbound import ContentTooLarge, MalformedContent, TooManyParts


def classic_values(make):
    """Zip64 records where none is needed, the classic fields all filled in."""
    record = make()[-98:-42]
    entries, size, offset = struct.unpack_from("<32xQQQ", record)
    return {"entries_here": entries, "entries": entries, "directory_size": size, "directory_offset": offset}


ZIP64_END = classic_values(message(zip64=True))
ZIP64_ENTRY = {"compressed_size": SENTINEL, "size": SENTINEL}

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
    good(
        "zip64-classic-disks-are-sentinels",
        message(zip64=True, end={"disk": 0xFFFF, "directory_disk": 0xFFFF}),
        CONTENTS,
    ),
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
    # Our reading, where the format leaves it open.
    bad("zip64-locator-no-disks", MalformedContent, message(zip64=True, locator={"disks": 0})),
    bad(
        "zip64-locator-without-signature",
        MalformedContent,
        message(zip64=True, locator={"signature": b"PK\6\x08"}),
    ),
    bad(
        "zip64-record-directory-size-huge",
        ContentTooLarge,
        message(zip64=True, record={"directory_size": 2**63}),
        limit="max_directory_bytes",
    ),
    bad("zip64-extensible-data", MalformedContent, message(zip64=True, extensible=b"\1\0\4\0\0\0data")),
    good("zip64-entry-disk", with_a(central={"disk": 0xFFFF}, extra=extra_field(1, bytes(4))), CONTENTS),
    good("zip64-entry-field-without-need", with_a(extra=zip64_field(*A_SIZES)), CONTENTS),
    bad("zip64-entry-field-without-need-that-disagrees", MalformedContent, with_a(extra=zip64_field(1, 1))),
    good("zip64-entry-field-empty", with_a(extra=extra_field(1, b"")), CONTENTS),
    bad("zip64-entry-field-too-long", MalformedContent, with_a(central=ZIP64_ENTRY, extra=zip64_field(*A_SIZES, 0, 0))),
    *(
        bad(f"zip64-entry-{name}", ContentTooLarge, with_a(**changes), limit="max_part_bytes", part="a.txt")
        for name, changes in {
            "size-sentinel-without-field": {"central": {"size": SENTINEL}},
            "both-sentinels-without-field": {"central": ZIP64_ENTRY},
            "size-huge": {"central": {"size": SENTINEL}, "extra": zip64_field(2**63)},
        }.items()
    ),
    *(
        bad(f"zip64-entry-{name}", MalformedContent, with_a(**changes))
        for name, changes in {
            "compressed-size-sentinel-without-field": {"central": {"compressed_size": SENTINEL}},
            "compressed-size-huge": {"central": {"compressed_size": SENTINEL}, "extra": zip64_field(2**64 - 1)},
        }.items()
    ),
]
