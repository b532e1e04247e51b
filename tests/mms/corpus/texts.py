"""The charsets of texts, and the text of a message."""

from mms.corpus.case import ALONE, BAD_TYPE, HELLO, A, B, good, kebab, said, zipped
from mms.zipping import Entry


def texts(data, charset=""):
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    return said(f"a.txt={kind}\n".encode(), Entry(b"a.txt", data))


FITTING = {
    "utf-8": "Ångå €",
    "UTF-8": "Ångå €",
    "utf8": "Ångå €",
    "us-ascii": "Angstrom",
    "iso-8859-1": "Ångå",
    "ISO-8859-15": "Ångå €",
    "windows-1252": "Ångå €“”",
    "windows-1251": "Привет",
    "koi8-r": "Привет",
    "iso-8859-7": "Γειά",
    "shift_jis": "こんにちは",
    "euc-jp": "こんにちは",
    "iso-2022-jp": "こんにちは",
    "gb2312": "你好",
    "gb18030": "你好😀",
    "big5": "你好",
    "euc-kr": "안녕",
    "utf-16be": "Ångå €😀",
    "utf-16le": "Ångå €😀",
}

# Labels that Python takes for codecs, or that are nothing at all; each with bytes that such a codec would change.
LABELS = {
    "zlib": b"plain",
    "zip": b"plain",
    "bz2": b"plain",
    "hex": b"68656c6c6f",
    "base64": b"aGVsbG8=",
    "quopri": b"a=3Db",
    "uu": b"begin 666 x",
    "rot13": b"uryyb",
    "idna": b"xn--bcher-kva",
    "punycode": b"bcher-kva",
    "unicode_escape": b"\\u0041",
    "raw_unicode_escape": b"\\u0041",
    "utf-7": b"+AGEAYg-",
    "undefined": b"plain",
    "mbcs": b"plain",
    "no-such-charset": b"plain",
}

ODD_LABELS = {
    "path": b'"../../etc/passwd"',
    "empty": b'""',
    "long": b"x" * 100_000,
    "blank": b'" "',
    "beyond-ascii": "é".encode(),
}

TEXTS = [
    *(
        good(
            f"text-declared-{'in-capitals-' * charset.isupper()}{kebab(charset.lower())}",
            texts(text.encode(charset), charset),
            text=text,
        )
        for charset, text in FITTING.items()
    ),
    good(
        "text-label-with-nul",
        said(b"a.txt=text/plain; charset=utf-8\\u0000", A),
        types={"a.txt": "text/plain"},
        text=HELLO.decode(),
        defects=(BAD_TYPE,),
    ),
    good("text-declared-in-quotes", texts("Ångå".encode("latin-1"), '"iso-8859-1"'), text="Ångå"),
    good(
        "text-declared-ascii-does-not-fit", texts("Ångå".encode(), "us-ascii"), text="Ångå", defects=("text-encoding",)
    ),
    good(
        "text-declared-utf-8-does-not-fit",
        texts("Ångå".encode("latin-1"), "utf-8"),
        text="Ångå",
        defects=("text-encoding",),
    ),
    good(
        "text-declared-ascii-is-windows-1252",
        texts(b"\x93quoted\x94", "us-ascii"),
        text="“quoted”",
        defects=("text-encoding",),
    ),
    good(
        "text-declared-euc-kr-does-not-fit",
        texts("Ångå €".encode(), "euc-kr"),
        text="Ångå €",
        defects=("text-encoding",),
    ),
    good("text-utf-8", texts("Ångå €😀".encode()), text="Ångå €😀"),
    good("text-utf-8-bom", texts(b"\xef\xbb\xbf" + "Ångå".encode()), text="Ångå"),
    good("text-utf-8-bom-declared", texts(b"\xef\xbb\xbf" + "Ångå".encode(), "utf-8"), text="Ångå"),
    good("text-utf-8-bom-alone", texts(b"\xef\xbb\xbf"), text=""),
    good("text-utf-16-le-bom", texts(b"\xff\xfe" + "Ångå".encode("utf-16-le")), text="Ångå"),
    good("text-utf-16-be-bom", texts(b"\xfe\xff" + "Ångå".encode("utf-16-be")), text="Ångå"),
    good("text-utf-16-bom-declared", texts(b"\xfe\xff" + "Ångå".encode("utf-16-be"), "utf-16"), text="Ångå"),
    # Not settled: what is left of the text.
    good("text-utf-16-bom-cut", texts(b"\xff\xfe" + "Ångå".encode("utf-16-le")[:-1]), defects=("text-encoding",)),
    good("text-empty", texts(b""), text=""),
    good("text-empty-declared-utf-16", texts(b"", "utf-16"), text=""),
    good(
        "text-two-parts",
        said(b"1.txt=text/plain\n2.txt=text/plain\n", Entry(b"2.txt", b"two"), Entry(b"1.txt", b"one")),
        text="one\n\ntwo",
    ),
    good(
        "text-other-types-left-out",
        said(
            b"1=text/plain\n2=text/html\n3=text/x-vcard\n",
            Entry(b"1", b"one"),
            Entry(b"2", b"<p>"),
            Entry(b"3", b"three"),
        ),
        text="one",
    ),
    good("text-none", said(b"b.gif=image/gif\n", B), text=""),
    good(
        "text-without-manifest", zipped(A, Entry(b"c.TXT", b"three")), text=f"{HELLO.decode()}\n\nthree", defects=ALONE
    ),
    # Our reading, where the format leaves it open.
    *(
        good(
            f"text-label-{kebab(label)}",
            texts(data, label),
            text=data.decode(),
            defects=("text-encoding",),
        )
        for label, data in LABELS.items()
    ),
    *(
        good(
            f"text-label-{name}",
            said(b"a.txt=text/plain; charset=" + label, A),
            text=HELLO.decode(),
            defects=("text-encoding",),
        )
        for name, label in ODD_LABELS.items()
    ),
    good("text-utf-8-bom-declared-latin-1", texts(b"\xef\xbb\xbf" + "Ångå".encode(), "iso-8859-1"), text="Ångå"),
    good(
        "text-utf-16-bom-declared-utf-8",
        texts(b"\xff\xfe" + "Ångå".encode("utf-16-le"), "utf-8"),
        text="Ångå",
    ),
    good("text-utf-16-be-bom-declared-le", texts(b"\xfe\xff" + "Ångå".encode("utf-16-be"), "utf-16le"), text="Ångå"),
    good("text-utf-32-bom", texts(b"\xff\xfe\0\0" + "Ångå".encode("utf-32-le")), text="Ångå"),
    good(
        "text-utf-16-le-by-nuls",
        texts("Hello, world".encode("utf-16-le")),
        text="Hello, world",
        defects=("text-encoding",),
    ),
    good(
        "text-utf-16-be-by-nuls",
        texts("Hello, world".encode("utf-16-be")),
        text="Hello, world",
        defects=("text-encoding",),
    ),
    good(
        "text-utf-16-le-by-nuls-beyond-ascii",
        texts("Ångström, hello".encode("utf-16-le")),
        text="Ångström, hello",
        defects=("text-encoding",),
    ),
    good("text-windows-1252", texts(b"\x93quoted\x94 \x80"), text="“quoted” €", defects=("text-encoding",)),
    good("text-windows-1252-unassigned", texts(b"\x81\x8d\xff"), text="\ufffd\ufffdÿ", defects=("text-encoding",)),
    good(
        "text-every-byte",
        texts(bytes(range(256))),
        text=bytes(range(256)).decode("cp1252", "replace"),
        defects=("text-encoding",),
    ),
    good("text-nul-inside", texts(b"a\0b"), text="a\0b"),
]
