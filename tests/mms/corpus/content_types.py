"""Where the type of a part comes from, and bytes that contradict it."""

from mms.corpus.case import ALONE, BAD_TYPE, GIF, JPEG, PNG, alone, damaged, good, said
from mms.zipping import Entry

BY_EXTENSION = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "png": "image/png",
    "wbmp": "image/vnd.wap.wbmp",
    "amr": "audio/amr",
    "mid": "audio/midi",
    "3gp": "video/3gpp",
    "mp4": "video/mp4",
    "txt": "text/plain",
    "smil": "application/smil",
}

BY_BYTES = {
    "jpeg": (JPEG, "image/jpeg"),
    "gif": (GIF, "image/gif"),
    "gif-87": (b"GIF87a\1\0\1\0\0\0\0;", "image/gif"),
    "png": (PNG, "image/png"),
    "amr": (b"#!AMR\n\x3c\x91", "audio/amr"),
    "midi": (b"MThd\0\0\0\6\0\1", "audio/midi"),
    "zeros": (bytes(1000), "application/octet-stream"),
    "nothing": (b"", "application/octet-stream"),
}

FOREIGN = {
    "html": b"<!DOCTYPE html><html><body><script>1</script></body></html>",
    "html-without-doctype": b"<html><body></body></html>",
    "html-in-capitals": b"<HTML><HEAD></HEAD></HTML>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "svg-with-declaration": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "elf": b"\x7fELF\2\1\1" + bytes(57),
    "pe": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + bytes(46) + b"\x40\0\0\0PE\0\0d\x86" + bytes(100),
}


def typed(kind, data):
    return said(b"x=" + kind, Entry(b"x", data))


CONFLICT = ("type-conflict",)

CONTENT_TYPES = [
    *(
        good(
            f"type-by-extension-{name}",
            alone(b"a." + name.encode(), bytes(20)),
            {f"a.{name}": bytes(20)},
            types={f"a.{name}": kind},
            defects=("manifest-missing", "smil-unparsable") if name == "smil" else ALONE,
        )
        for name, kind in BY_EXTENSION.items()
    ),
    *(
        good(f"type-by-bytes-{name}", alone(b"x", data), types={"x": kind}, defects=ALONE)
        for name, (data, kind) in BY_BYTES.items()
    ),
    good(
        "type-by-extension-in-capitals",
        alone(b"d.x/a.JPG"),
        types={"d.x/a.JPG": "image/jpeg"},
        defects=ALONE,
    ),
    good("type-by-last-extension", alone(b"a.txt.jpg"), types={"a.txt.jpg": "image/jpeg"}, defects=ALONE),
    damaged("type-by-bytes-damaged", alone(b"x", GIF, crc=1), part="x", contents={}, defects=ALONE),
    # Without a dot there is no extension, whatever the name.
    *(
        good(f"type-by-extension-not-of-the-name-{name}", alone(name.encode(), data), types={name: kind}, defects=ALONE)
        for name, data, kind in [
            ("gif", bytes(9), "application/octet-stream"),
            ("txt", bytes(9), "application/octet-stream"),
            ("jpg", PNG, "image/png"),
            ("smil", GIF, "image/gif"),
        ]
    ),
    good(
        "type-of-the-manifest-before-extension",
        said(b"x.gif=video/3gpp", Entry(b"x.gif", bytes(9))),
        types={"x.gif": "video/3gpp"},
    ),
    good("type-of-the-manifest-before-bytes", typed(b"application/x-thing", GIF), types={"x": "application/x-thing"}),
    good(
        "type-of-the-manifest-unknown", typed(b"application/octet-stream", GIF), types={"x": "application/octet-stream"}
    ),
    good("type-bad-then-bytes", typed(b"nonsense", PNG), types={"x": "image/png"}, defects=(BAD_TYPE,)),
    good(
        "type-bad-then-nothing",
        typed(b"nonsense", bytes(9)),
        types={"x": "application/octet-stream"},
        defects=(BAD_TYPE,),
    ),
    *(
        good(
            f"type-conflict-{kind.partition(b'/')[0].decode()}-{name}",
            typed(kind, data),
            {"x": data},
            types={"x": kind.decode()},
            defects=CONFLICT,
        )
        for kind in (b"image/jpeg", b"audio/amr", b"video/3gpp")
        for name, data in FOREIGN.items()
    ),
    *(
        good(
            f"type-conflict-none-{name}",
            typed(b"application/octet-stream", data),
            {"x": data},
            types={"x": "application/octet-stream"},
        )
        for name, data in FOREIGN.items()
    ),
    *(
        good(f"type-conflict-none-{name}", typed(kind, data))
        for name, kind, data in [
            ("jpeg", b"image/jpeg", JPEG),
            ("jpg", b"image/jpg", JPEG),
            ("png-as-gif", b"image/gif", PNG),
            ("amr", b"audio/amr", b"#!AMR\n\x3c"),
            ("3gp", b"video/3gpp", b"\0\0\0\x18ftyp3gp4\0\0\0\0"),
            ("html-declared", b"text/html", FOREIGN["html"]),
            ("empty", b"image/jpeg", b""),
            ("pdf-declared", b"application/pdf", FOREIGN["pdf"]),
        ]
    ),
    # Our reading, where the format leaves it open.
    good("type-conflict-svg-declared", typed(b"image/svg+xml", FOREIGN["svg"]), types={"x": "image/svg+xml"}),
    good(
        "type-conflict-html-behind-blanks",
        typed(b"image/jpeg", b"\n  " + FOREIGN["html"]),
        types={"x": "image/jpeg"},
        defects=CONFLICT,
    ),
]
