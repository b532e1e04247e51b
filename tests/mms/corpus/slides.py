"""What the SMIL shows: slides, clock values, the parts that its sources mean; and which part it is."""

import html
import math

from mms.corpus.case import ALONE, BOTH, CONTENTS, GIF, HELLO, UNLISTED, A, B, good, said, utf8, zipped
from mms.corpus.showing import SHOWN, SMIL, UNRESOLVED, img, par, shown
from mms.zipping import Entry

# Where a source leads: the names of the parts, the source, and the part that is meant.
SOURCES = {
    "exact": (["b.gif"], "b.gif", "b.gif"),
    "cid": (["b.gif"], "cid:b.gif", "b.gif"),
    "cid-in-brackets": (["b.gif"], "cid:&lt;b.gif&gt;", "b.gif"),
    "in-brackets": (["b.gif"], "&lt;b.gif&gt;", "b.gif"),
    "dot-slash": (["b.gif"], "./b.gif", "b.gif"),
    "percent": (["eastern sky.gif"], "eastern%20sky.gif", "eastern sky.gif"),
    "percent-cid": (["eastern sky.gif"], "cid:eastern%20sky.gif", "eastern sky.gif"),
    "percent-in-brackets": (["b.gif"], "cid:%3Cb.gif%3E", "b.gif"),
    "percent-utf-8": (["é.gif"], "%C3%A9.gif", "é.gif"),
    "percent-exact-first": (["Lil%2520bud.gif", "Lil%20bud.gif"], "Lil%2520bud.gif", "Lil%2520bud.gif"),
    "percent-decoded-once": (["Lil%20bud.gif"], "Lil%2520bud.gif", "Lil%20bud.gif"),
    "other-case": (["b.gif"], "B.GIF", "b.gif"),
    "other-case-exact-first": (["b.gif", "B.GIF"], "B.GIF", "B.GIF"),
    "other-form": (["é.gif"], "e\u0301.gif", "é.gif"),
    "last-component-of-source": (["b.gif"], "images/b.gif", "b.gif"),
    "last-component-of-part": (["images/b.gif"], "b.gif", "images/b.gif"),
    "stem-of-part": (["b.gif"], "b", "b.gif"),
    "stem-of-part-cid": (["b.gif"], "cid:b", "b.gif"),
    "stem-of-source": (["b"], "b.gif", "b"),
    "entity": (["a&b.gif"], "a&amp;b.gif", "a&b.gif"),
}

UNMATCHED = {
    "absent": (["b.gif"], "c.gif"),
    "other-extension": (["b.gif"], "b.jpg"),
    "ambiguous-case": (["b.gif", "B.gif"], "B.GIF"),
    "ambiguous-last-component": (["x/b.gif", "y/b.gif"], "b.gif"),
    "ambiguous-stem": (["b.gif", "b.png"], "b"),
    "percent-not-utf-8": (["b.gif"], "%FF%FE"),
    "percent-nul": (["b.gif"], "b.gif%00"),
}

EXTERNAL = {
    "http": "http://127.0.0.1/b.gif",
    "https": "https://example.com/b.gif",
    "http-in-capitals": "HTTP://127.0.0.1/b.gif",
    "file": "file:///b.gif",
    "file-relative": "file:b.gif",
    "data": "data:image/gif;base64,R0lGODlh",
    "ftp": "ftp://example.com/b.gif",
    "rtsp": "rtsp://example.com/b.gif",
    "javascript": "javascript:b.gif",
}

CLOCKS = {
    "seconds": ("5s", 5.0),
    "milliseconds": ("5000ms", 5.0),
    "number": ("5", 5.0),
    "zero": ("0", 0.0),
    "minutes-and-seconds": ("00:05", 5.0),
    "minutes-and-seconds-over-a-minute": ("01:30", 90.0),
    "hours-minutes-and-seconds": ("01:02:03", 3723.0),
    "hours-minutes-and-fraction": ("00:00:05.5", 5.5),
    "minutes-and-fraction": ("00:05.25", 5.25),
    "minutes": ("1.5min", 90.0),
    "hours": ("2h", 7200.0),
    "fraction": ("35.723s", 35.723),
    "indefinite": ("indefinite", math.inf),
    "empty": ("", None),
    "word": ("abc", None),
    "unit-alone": ("s", None),
    "nan": ("nan", None),
    "inf": ("inf", None),
    "infinity": ("infinity", None),
    "exponent": ("1e3s", None),
    "underscore": ("1_0s", None),
    "hexadecimal": ("0x10", None),
    "junk-behind": ("5 apples", None),
    "colon-alone": (":", None),
    "five-numbers": ("1:2:3:4:5", None),
}

# Our reading, where the format leaves it open.
OPEN_CLOCKS = {
    "minus": ("-5s", None),
    "plus": ("+5s", 5.0),
    "blanks-around": (" 5s ", 5.0),
    "blank-inside": ("5 s", 5.0),
    "unit-in-capitals": ("5S", 5.0),
    "indefinite-in-capitals": ("INDEFINITE", math.inf),
    "media": ("media", None),
    "leading-point": (".5s", 0.5),
    "trailing-point": ("5.s", 5.0),
    "sixty-seconds": ("00:60", None),
    "one-digit-each": ("5:5", 305.0),
    "arabic-digit": ("٥s", None),
    "superscript-digit": ("²s", None),
    "400-digits": ("9" * 400, None),
    "400-digits-of-hours": ("9" * 400 + "h", None),
    "5000-digits": ("9" * 5000 + "ms", None),
    "many-hours": ("99999999:00:00", 99_999_999 * 3600.0),
    "no-break-space": ("5\u00a0s", None),
}


def pictures(names):
    return [utf8(name, GIF) for name in names]


def slide(source, part):
    """The one slide of `par(img(source))`."""
    return ((5.0, (("img", html.unescape(source), part),)),)


SLIDES = [
    good("smil-without-media", shown(b"<smil><head/><body/></smil>"), slides=None),
    good("smil-without-anything", shown(b"<smil/>"), slides=None),
    good("smil-par-without-media-alone", shown(par()), slides=None),
    good(
        "smil-par-without-media",
        shown(b"<smil><body><par dur='1s'/><par dur='5s'>" + img("b.gif") + b"</par></body></smil>"),
        slides=((1.0, ()), (5.0, (("img", "b.gif", "b.gif"),))),
    ),
    good(
        "smil-media-outside-par",
        shown(b"<smil><body>" + img("b.gif") + b'<text src="a.txt"/></body></smil>'),
        slides=((None, SHOWN[0][1][:1]), (None, SHOWN[0][1][1:])),
    ),
    good(
        "smil-media-outside-par-in-seq",
        shown(b"<smil><body><seq>" + img("b.gif") + b'</seq><text src="a.txt"/></body></smil>'),
        slides=((None, SHOWN[0][1][:1]), (None, SHOWN[0][1][1:])),
    ),
    good(
        "smil-media-outside-and-inside-par",
        shown(b'<smil><body><text src="a.txt"/><par>' + img("b.gif") + b"</par></body></smil>"),
        slides=((None, SHOWN[0][1][1:]), (None, SHOWN[0][1][:1])),
    ),
    good("smil-seq-in-par", shown(par(b"<seq>" + img("b.gif") + b"</seq>")), slides=((5.0, SHOWN[0][1][:1]),)),
    good(
        "smil-media-in-other-elements",
        shown(par(b"<a><switch>" + img("b.gif") + b"</switch></a>")),
        slides=((5.0, SHOWN[0][1][:1]),),
    ),
    good(
        "smil-every-medium",
        shown(
            par(
                *(
                    b"<%s src='b.gif'/>" % tag
                    for tag in (b"text", b"img", b"audio", b"video", b"ref", b"animation", b"textstream")
                )
            )
        ),
        slides=(
            (
                5.0,
                tuple(
                    (tag, "b.gif", "b.gif")
                    for tag in ("text", "img", "audio", "video", "ref", "animation", "textstream")
                ),
            ),
        ),
    ),
    good(
        "smil-part-shown-twice",
        shown(par(img("b.gif"), img("cid:b.gif"))),
        slides=((5.0, (("img", "b.gif", "b.gif"), ("img", "cid:b.gif", "b.gif"))),),
        attachments=("a.txt",),
    ),
    *(
        good(
            f"smil-clock-{name}",
            shown(par(img("b.gif"), dur=f' dur="{clock}"'.encode())),
            slides=((seconds, SHOWN[0][1][:1]),),
        )
        for name, (clock, seconds) in (CLOCKS | OPEN_CLOCKS).items()
    ),
    good("smil-clock-missing", shown(par(img("b.gif"), dur=b"")), slides=((None, SHOWN[0][1][:1]),)),
    # Sources.
    *(
        good(f"smil-source-{name}", shown(par(img(source)), *pictures(names)), slides=slide(source, part))
        for name, (names, source, part) in SOURCES.items()
    ),
    *(
        good(
            f"smil-source-{name}",
            shown(par(img(source)), *pictures(names)),
            slides=slide(source, None),
            defects=(UNRESOLVED,),
        )
        for name, (names, source) in UNMATCHED.items()
    ),
    good(
        "smil-source-of-the-manifest",
        shown(par(img("manifest"))),
        slides=((5.0, (("img", "manifest", None),)),),
        defects=(UNRESOLVED,),
    ),
    # Which part is the SMIL.
    good("smil-type-xml", shown(SMIL, kind=b"application/smil+xml"), slides=SHOWN, attachments=()),
    good(
        "smil-type-with-parameters",
        shown(SMIL, kind=b'Application/SMIL; charset="utf-8"; start="<x>"'),
        slides=SHOWN,
        attachments=(),
    ),
    good(
        "smil-type-text",
        shown(SMIL, kind=b"text/plain"),
        slides=None,
        attachments=("show", "a.txt", "b.gif"),
        text=f"{SMIL.decode()}\n\n{HELLO.decode()}",
    ),
    good("smil-type-xml-text", shown(SMIL, kind=b"text/xml"), slides=None),
    good(
        "smil-name-alone-is-no-smil",
        said(b"smil.txt=text/plain\nb.gif=image/gif\n", Entry(b"smil.txt", SMIL), B),
        slides=None,
        text=SMIL.decode(),
    ),
    good(
        "smil-extension-against-manifest",
        said(b"x.smil=text/plain\n" + BOTH, Entry(b"x.smil", SMIL), A, B),
        slides=None,
        types={"x.smil": "text/plain"},
    ),
    good(
        "smil-by-extension-smil",
        zipped(A, B, Entry(b"x.smil", SMIL)),
        slides=SHOWN,
        types={"x.smil": "application/smil"},
        defects=ALONE,
        attachments=(),
    ),
    good(
        "smil-by-extension-sml",
        zipped(A, B, Entry(b"demo.sml", SMIL)),
        slides=SHOWN,
        types={"demo.sml": "application/smil"},
        defects=ALONE,
    ),
    good(
        "smil-by-bytes",
        zipped(A, B, Entry(b"show", SMIL)),
        slides=SHOWN,
        types={"show": "application/smil"},
        defects=ALONE,
    ),
    good(
        "smil-by-extension-of-an-unlisted-part",
        said(BOTH, A, B, Entry(b"x.smil", SMIL)),
        slides=SHOWN,
        defects=(UNLISTED,),
    ),
    good("smil-last", said(BOTH + b"x=application/smil\n", A, B, Entry(b"x", SMIL)), slides=SHOWN, attachments=()),
    good(
        "smil-several",
        said(
            b"y=application/smil\nx=application/smil\n" + BOTH, Entry(b"x", par(img("a.txt"))), Entry(b"y", SMIL), A, B
        ),
        {"y": SMIL, "x": par(img("a.txt"))} | CONTENTS,
        slides=SHOWN,
        attachments=("x",),
        defects=("smil-several",),
    ),
    good(
        "smil-several-first-unparsable",
        said(b"x=application/smil\ny=application/smil\n" + BOTH, Entry(b"x", b"<"), Entry(b"y", SMIL), A, B),
        slides=None,
        defects=("smil-several", "smil-unparsable"),
    ),
    good(
        "smil-tells-the-order-of-the-text",
        shown(
            par(b'<text src="2.txt"/>', dur=b"").replace(b"</body>", b'<par><text src="1.txt"/></par></body>'),
            Entry(b"1.txt", b"one"),
            Entry(b"2.txt", b"two"),
        ),
        slides=((None, (("text", "2.txt", "2.txt"),)), (None, (("text", "1.txt", "1.txt"),))),
        attachments=(),
        text="two\n\none",
    ),
    # Our reading, where the format leaves it open.
    *(
        good(
            f"smil-source-external-{name}",
            shown(par(img(source)), B),
            slides=((5.0, (("img", source, None),)),),
            attachments=("b.gif",),
            defects=(UNRESOLVED,),
        )
        for name, source in EXTERNAL.items()
    ),
    good(
        "smil-media-outside-par-with-dur",
        shown(b'<smil><body><text src="a.txt" dur="5s"/></body></smil>'),
        slides=((5.0, SHOWN[0][1][1:]),),
    ),
    good(
        "smil-source-cid-in-capitals",
        shown(par(img("CID:b.gif"))),
        slides=((5.0, (("img", "CID:b.gif", "b.gif"),)),),
    ),
    good(
        "smil-source-cid-that-looks-encoded",
        shown(par(img("cid:Lil%20bud.gif")), *pictures(["Lil%20bud.gif"])),
        slides=((5.0, (("img", "cid:Lil%20bud.gif", "Lil%20bud.gif"),)),),
        attachments=(),
    ),
    good(
        "smil-source-of-the-smil",
        shown(par(img("show"))),
        slides=((5.0, (("img", "show", None),)),),
        defects=(UNRESOLVED,),
    ),
]
