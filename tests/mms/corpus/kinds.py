"""What kind of thing an entry is: files, directories, links, devices, and what a Mac adds."""

import struct
import zlib

from mms.corpus.case import ALONE, CONTENTS, HELLO, MANIFEST, A, B, bad, good, with_a, zipped
from mms.zipping import Entry, deflated, extra_field

from mxinbound import MalformedContent, UnsafeName

LINK = 0o120777
MODES = {"link": LINK, "fifo": 0o010644, "character-device": 0o020644, "block-device": 0o060644, "socket": 0o140644}
SYSTEMS = {"dos": 0, "unix": 3, "ntfs": 10, "vfat": 14, "macos": 19, "unknown": 255}


def asi(mode):
    body = struct.pack("<HLHH", mode, 0, 0, 0)
    return extra_field(0x756E, struct.pack("<L", zlib.crc32(body)) + body)


def libarchive(mode):
    return extra_field(0x6C78, bytes([5]) + struct.pack("<HL", 3 << 8 | 20, mode << 16))


ASI_LINK, XL_LINK = asi(LINK), libarchive(LINK)


def moded(name, mode, system=3, **options):
    return Entry(name, method=0, central={"external": mode << 16, "system": system}, **options)


KINDS = [
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
    # Directories, and what a Mac adds.
    good("directory", zipped(MANIFEST, Entry(b"d/", method=0), A, B), CONTENTS),
    good("directory-of-unix", zipped(MANIFEST, moded(b"d/", 0o040755), A, B), CONTENTS),
    good("directory-of-dos", zipped(MANIFEST, Entry(b"d/", method=0, central={"external": 0x10}), A, B), CONTENTS),
    good("directory-nested", zipped(MANIFEST, Entry(b"d/", method=0), Entry(b"d/e/", method=0), A, B), CONTENTS),
    good("directory-only", zipped(Entry(b"d/", method=0)), {}, defects=ALONE),
    good("directory-called-manifest", zipped(Entry(b"manifest/", method=0), A), {"a.txt": HELLO}, defects=ALONE),
    bad("directory-with-data", MalformedContent, zipped(MANIFEST, Entry(b"d/", b"data", method=0), A, B)),
    bad("directory-with-deflated-data", MalformedContent, zipped(MANIFEST, Entry(b"d/", b"data"), A, B)),
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
    # Our reading, where the format leaves it open.
    bad("mode-directory-without-a-slash", MalformedContent, zipped(MANIFEST, A, B, moded(b"d", 0o040755))),
    good("mode-regular-with-a-slash", zipped(MANIFEST, A, B, moded(b"d/", 0o100644)), CONTENTS),
    bad("mode-directory-of-dos-without-a-slash", MalformedContent, with_a(central={"external": 0x10})),
    *(
        bad(f"mode-of-kind-{kind:o}", UnsafeName, zipped(moded(b"c.txt", kind << 12 | 0o644)))
        for kind in (3, 5, 7, 9, 11, 13, 14, 15)
    ),
    bad(
        "directory-with-compressed-bytes",
        MalformedContent,
        zipped(MANIFEST, Entry(b"d/", b"", stream=deflated(HELLO)), A, B),
    ),
    # Links for readers that look for the mode in extra fields.
    *(
        bad(
            f"link-in-an-asi-field-{where}",
            UnsafeName,
            zipped(MANIFEST, Entry(b"a.txt", b"/etc/passwd", **{extra: ASI_LINK})),
            part="a.txt",
        )
        for where, extra in [("of-the-directory", "extra"), ("of-the-local-header", "local_extra")]
    ),
    *(
        bad(
            f"link-in-a-libarchive-field-{where}",
            UnsafeName,
            zipped(MANIFEST, Entry(b"a.txt", b"/etc/passwd", **{extra: XL_LINK})),
            part="a.txt",
        )
        for where, extra in [("of-the-directory", "extra"), ("of-the-local-header", "local_extra")]
    ),
    good(
        "file-in-an-asi-field",
        zipped(MANIFEST, Entry(b"a.txt", HELLO, extra=asi(0o100644), local_extra=asi(0o100644)), B),
        CONTENTS,
    ),
    good(
        "asi-field-cut-short", zipped(MANIFEST, Entry(b"a.txt", HELLO, extra=extra_field(0x756E, b"1234")), B), CONTENTS
    ),
    good(
        "file-in-a-libarchive-field",
        zipped(MANIFEST, Entry(b"a.txt", HELLO, local_extra=libarchive(0o100644)), B),
        CONTENTS,
    ),
    good(
        "libarchive-field-without-a-mode",
        zipped(MANIFEST, Entry(b"a.txt", HELLO, local_extra=extra_field(0x6C78, b"\1\x14\3")), B),
        CONTENTS,
    ),
    bad(
        "label-of-a-disk",
        MalformedContent,
        zipped(MANIFEST, Entry(b"a.txt", HELLO, central={"external": 8}), B),
        part="a.txt",
    ),
]
