"""Names: unsafe ones, their encodings, the Unicode path, and the same name twice."""

from mms.corpus.case import ALONE, MANIFEST, UTF8, A, B, alone, bad, good, utf8, zipped
from mms.zipping import Entry, extra_field, unicode_path

from mxinbound import MalformedContent, UnsafeName

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

# What only looks odd is kept as it is; there is more of it among the file names.
KEPT = {
    "two-dots-inside": "a..b.txt",
    "two-dots-before": "..a/b.txt",
    "three-dots": ".../a.txt",
    "three-dots-before": "...txt",
    "leading-dot-slash": "./a.txt",
    "dot-inside": "a/./b.txt",
    "two-slashes": "a//b.txt",
    "colon-behind-a-digit": "1:a.txt",
    "leading-colon": ":a.txt",
    "colon-behind-a-word": "file:stream.txt",
    "home": "~/a.txt",
    "device-with-extension": "nul.txt",
    "blank-inside": "eastern sky.jpg",
    "percent": "%2e%2e%2fa.txt",
    "percent-twice": "Lil%2520bud.jpg",
    "parentheses": "picture(3).jpg",
    "folder": "images/tpm.jpg",
    "folder-by-backslash": "images\\tpm.jpg",
    "line-separator": "a\u2028b.txt",
    "decomposed": "A\u030angstro\u0308m.txt",
}

CESU8 = "\ud83d\ude00.txt".encode("utf-8", "surrogatepass")

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
    *(good(f"name-kept-{case}", zipped(utf8(name)), {name: b"data"}, defects=ALONE) for case, name in KEPT.items()),
    bad("name-empty", MalformedContent, alone(b"")),
    bad("name-empty-flagged", MalformedContent, alone(b"", flags=UTF8)),
    # Encodings.
    good("name-utf-8-flagged", zipped(utf8("Ångå.txt")), {"Ångå.txt": b"data"}, defects=ALONE),
    good("name-utf-8-without-flag", alone("Ångå.txt".encode()), {"Ångå.txt": b"data"}, defects=ALONE),
    good("name-cesu-8", alone(CESU8), {"😀.txt": b"data"}, defects=("manifest-missing", "name-encoding")),
    good("name-cp437", alone(b"\x82t\x82.txt"), {"été.txt": b"data"}, defects=ALONE),
    good(
        "name-cp437-all",
        alone(bytes(range(128, 256))),
        {bytes(range(128, 256)).decode("cp437"): b"data"},
        defects=ALONE,
    ),
    good(
        "name-lone-surrogate", alone(b"\xed\xa0\xbd.txt"), {b"\xed\xa0\xbd.txt".decode("cp437"): b"data"}, defects=ALONE
    ),
    good(
        "name-overlong-without-flag",
        alone(b"a\xc0\xafb.txt"),
        {b"a\xc0\xafb.txt".decode("cp437"): b"data"},
        defects=ALONE,
    ),
    good(
        "name-overlong-nul-without-flag",
        alone(b"a\xc0\x80b.txt"),
        {b"a\xc0\x80b.txt".decode("cp437"): b"data"},
        defects=ALONE,
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
        defects=ALONE,
    ),
    good(
        "unicode-path-counts-over-utf-8",
        alone("é.txt".encode(), extra=unicode_path("é.txt".encode(), b"e.txt")),
        {"e.txt": b"data"},
        defects=ALONE,
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
        defects=ALONE,
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
    # Our reading, where the format leaves it open.
    good(
        "drive-with-a-letter-beyond-ascii",
        zipped(utf8("é:a.txt")),
        {"é:a.txt": b"data"},
        filenames={"é:a.txt": "é_a.txt"},
        defects=ALONE,
    ),
    bad("unicode-path-over-unsafe", UnsafeName, alone(b"../\x82.txt", extra=unicode_path(b"../\x82.txt", b"a.txt"))),
    *(
        bad(
            f"unicode-path-version-{version}",
            MalformedContent,
            alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", b"a.txt", version=version)),
            part="é.txt",
        )
        for version in (0, 2, 255)
    ),
    good(
        "unicode-path-version-2-of-the-same-name",
        alone(b"\x82.txt", extra=unicode_path(b"\x82.txt", "é.txt".encode(), version=2)),
        {"é.txt": b"data"},
        defects=ALONE,
    ),
    bad(
        "unicode-path-version-0-of-ascii",
        MalformedContent,
        alone(b"a.txt", extra=unicode_path(b"a.txt", b"b.txt", version=0)),
    ),
    bad(
        "two-names-that-are-one-without-marks",
        MalformedContent,
        zipped(*[Entry("├⌐.txt".encode(), b"a", flags=0x800), Entry("é.txt".encode(), b"b")]),
    ),
    *(
        bad(
            f"unicode-path-of-{size}-bytes",
            MalformedContent,
            alone(b"a.txt", extra=extra_field(0x7075, b"\1abcd"[:size])),
        )
        for size in (0, 1, 4)
    ),
    bad("unicode-path-makes-a-directory", MalformedContent, alone(b"\x82", extra=unicode_path(b"\x82", b"d/"))),
    good(
        "file-and-directory-of-one-name", zipped(Entry(b"a", b"1"), Entry(b"a/", method=0)), {"a": b"1"}, defects=ALONE
    ),
]
