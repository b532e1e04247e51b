"""The manifest: its grammar, its types, and the parts that its keys mean."""

import attrs
from mms.corpus.case import (
    ALONE,
    BAD_TYPE,
    BOTH,
    CONTENTS,
    GIF,
    HELLO,
    JPEG,
    MANIFEST,
    TYPES,
    UNLISTED,
    A,
    B,
    good,
    said,
    utf8,
    zipped,
)
from mms.zipping import Entry, deflated

ABSENT = "manifest-absent-file"
SWEDISH = utf8("Ångå.txt", HELLO)

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

# Each names the parts a.txt and b.gif with their types, in the words of java.util.Properties.
PROPERTIES = {
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
    good("manifest-continued-escape", said(b"a.txt=text/plain\nb.gif=image/gi\\\n\\u0066\n"), CONTENTS, types=TYPES),
    good(
        "manifest-continuation-is-no-comment",
        said(b"a.txt=text/\\\n#x\nb.gif=image/gif\n"),
        CONTENTS,
        types={"a.txt": "text/#x"},
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
    good(
        "manifest-lone-surrogate-in-the-type",
        said(b"a.txt=text/plain\nb.gif=image/\\ud83d\n"),
        CONTENTS,
        types=TYPES,
        defects=(BAD_TYPE,),
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
        "manifest-names-in-brackets",
        said(b"<0000>=image/gif", Entry(b"<0000>", GIF)),
        {"<0000>": GIF},
        types={"<0000>": "image/gif"},
    ),
    # Our reading, where the format leaves it open.
    good(
        "manifest-broken-escapes",
        said(b"1=\\u\n2=\\u\n" + BOTH),
        CONTENTS,
        types=TYPES,
        defects=("manifest-bad-line",) * 2,
    ),
    # However far behind a line stands, it counts, as long as the manifest is under its ceiling.
    good(
        "manifest-key-behind-many-that-are-absent",
        said(b"".join(b"absent-%d=a/b\n" % number for number in range(1000)) + b"./a.txt=text/html\n"),
        CONTENTS,
        types={"a.txt": "text/html"},
        defects=(ABSENT,) * 200,
    ),
    good(
        "manifest-key-behind-many-lines",
        said(b"a.txt=a/b\n" * 20_000 + b"b.gif=image/png\na.txt=text/html\n"),
        CONTENTS,
        types={"a.txt": "text/html", "b.gif": "image/png"},
        defects=("manifest-duplicate-key",),
    ),
    good(
        "manifest-trailing-blanks", said(b"a.txt=text/plain  \nb.gif=image/gif\t\n"), CONTENTS, types=TYPES, defects=()
    ),
    good("manifest-key-empty", said(b"=image/gif\n" + BOTH), CONTENTS, types=TYPES, defects=("manifest-bad-line",)),
    good(
        "manifest-keys-of-one-part",
        said(b"./a.txt=text/plain\na.txt=text/plain\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
        defects=(ABSENT,),
    ),
    good("manifest-lone-surrogate", said(b"\\ud83d.gif=image/gif\n" + BOTH), CONTENTS, types=TYPES, defects=(ABSENT,)),
    good(
        "manifest-lone-surrogate-in-a-parameter",
        said(b"a.txt=text/plain; charset=\\udc80\nb.gif=image/gif\n"),
        CONTENTS,
        types=TYPES,
        defects=("text-encoding",),
        text=HELLO.decode(),
    ),
    good(
        "manifest-unescaped-blanks",
        said(b"eastern sky.jpg=image/jpeg", Entry(b"eastern sky.jpg", JPEG)),
        {"eastern sky.jpg": JPEG},
        types={"eastern sky.jpg": "image/jpeg"},
        defects=(ABSENT, UNLISTED),
    ),
    good(
        "manifest-key-of-a-directory",
        zipped(Entry(b"manifest", b"d/=a/b\n" + BOTH), Entry(b"d/", method=0), A, B),
        CONTENTS,
        types=TYPES,
        defects=(ABSENT,),
    ),
    good(
        "manifest-binary", said(bytes(range(256)) * 4), CONTENTS, types=TYPES, defects=(ABSENT,) * 3 + (UNLISTED,) * 2
    ),
    good("manifest-utf-16-cut", said(b"\xff\xfea"), CONTENTS, types=TYPES, defects=(ABSENT, UNLISTED, UNLISTED)),
    good("manifest-of-backslashes", said(b"\\" * 1001), CONTENTS, types=TYPES, defects=(ABSENT, UNLISTED, UNLISTED)),
    good("manifest-of-continuations", said(b"\\\n" * 100_000), CONTENTS, types=TYPES, defects=(UNLISTED, UNLISTED)),
    good("manifest-of-empty-keys", said(b"=\n" * 100_000), CONTENTS, types=TYPES, defects=("manifest-bad-line",) * 200),
]
