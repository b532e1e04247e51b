"""The SMIL as a file: its XML, its encoding, what makes it unsafe, and its limits."""

from unittest.mock import ANY

from mms.corpus.case import BOTH, CONTENTS, A, B, damaged, good, kebab, zipped
from mms.corpus.showing import BODY, ONE, SHOWN, SMIL, UNRESOLVED, par, shown
from mms.zipping import Entry, build, deflated_zeros

from mxinbound import Limits


def doctype(declarations, inside=b"&x;"):
    return (
        b"<!DOCTYPE smil ["
        + declarations
        + b']><smil><body><par dur="5s"><img src="b.gif" alt="'
        + inside
        + b'"/></par></body></smil>'
    )


def declared(encoding):
    return b'<?xml version="1.0" encoding="' + encoding + b'"?>'


PROVIDER = b"""<smil><head><layout><root-layout width="176" height="216"/>
<region id="Image" top="0" left="0" height="50%" width="100%"/><region id="Text" top="50%" left="0"/></layout></head>
<body><par dur="5000ms"><img src="b.gif" region="Image" begin="1s" end="00:03" alt="A picture"/><text src="a.txt" region="Text"/></par>
<par dur="10s"><text src="cid:a.txt"/></par></body></smil>"""

ANDROID = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head><layout/></head>
<body><par dur="5000ms"><img src="cid:b"/><vcard src="c.vcf"/></par></body></smil>"""

VCARD = Entry(b"c.vcf", b"BEGIN:VCARD\r\nEND:VCARD\r\n")
PUBLIC = b'<!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "http://www.w3.org/TR/REC-smil/SMIL10.dtd">'

LAUGHS = b'<!ENTITY x0 "lol">' + b"".join(
    b'<!ENTITY x%d "%s">' % (level, b"&x%d;" % (level - 1) * 10) for level in range(1, 10)
)

# The same slide in other words.
SAME = {
    "plain": SMIL,
    "xml-declaration": b'<?xml version="1.0"?>' + SMIL,
    "declared-utf-8": declared(b"UTF-8") + SMIL,
    "declared-ascii": declared(b"us-ascii") + SMIL,
    "declared-latin-1": declared(b"ISO-8859-1") + SMIL,
    "utf-8-bom": b"\xef\xbb\xbf" + SMIL,
    "utf-8-bom-declared": b"\xef\xbb\xbf" + declared(b"utf-8") + SMIL,
    "utf-16-le-bom": b"\xff\xfe" + (declared(b"UTF-16") + SMIL).decode().encode("utf-16-le"),
    "utf-16-be-bom": b"\xfe\xff" + (declared(b"UTF-16") + SMIL).decode().encode("utf-16-be"),
    "utf-16-bom-undeclared": b"\xff\xfe" + SMIL.decode().encode("utf-16-le"),
    "public-doctype": PUBLIC + SMIL,
    "public-doctype-declared": b'<?xml version="1.0"?>\n' + PUBLIC + b"\n" + SMIL,
    "default-namespace": SMIL.replace(b"<smil>", b'<smil xmlns="http://www.w3.org/2000/SMIL20/CR/Language">'),
    "prefixed": b'<s:smil xmlns:s="urn:s"><s:body><s:par dur="5s"><s:img src="b.gif"/><s:text src="a.txt"/></s:par></s:body></s:smil>',
    "prefixed-attributes": b'<smil xmlns:s="urn:s"><body><par s:dur="5s"><img s:src="b.gif"/><text s:src="a.txt"/></par></body></smil>',
    "upper-case": b'<SMIL><BODY><PAR DUR="5s"><IMG SRC="b.gif"/><Text Src="a.txt"></Text></PAR></BODY></SMIL>',
    "duration": SMIL.replace(b"dur=", b"duration="),
    "in-a-seq": b"<smil><body><seq>" + BODY.removeprefix(b"<body>").removesuffix(b"</body>") + b"</seq></body></smil>",
    "comments": b"<!-- -->" + SMIL.replace(b"<par", b"<!-- <par> --><par") + b"<!-- -->",
    "processing-instructions": b'<?xml-stylesheet href="http://example.com/x"?>' + SMIL + b"<?php ?>",
    "character-references": SMIL.replace(b"b.gif", b"b&#46;gif").replace(b"a.txt", b"&#x61;.txt"),
    "character-references-kept": SMIL.replace(b"<img ", b'<img alt="&amp;&lt;&gt;&quot;" '),
    "text-between": SMIL.replace(b"><", b">\n some text <"),
    "cdata": SMIL.replace(b"<par", b"<![CDATA[<par>]]><par"),
    "unknown-elements": SMIL.replace(b"<body>", b"<head><meta/><x/></head><body>"),
    "line-end-behind": SMIL + b"\n",
}

UNSAFE_SMILS = {
    "entity": doctype(b'<!ENTITY x "y">'),
    "entity-not-used": doctype(b'<!ENTITY x "y">', inside=b""),
    "entity-bomb": doctype(LAUGHS, inside=b"&x9;"),
    "entity-bomb-in-the-text": b"<!DOCTYPE smil [" + LAUGHS + b"]><smil>&x9;" + BODY + b"</smil>",
    "entity-long": doctype(b'<!ENTITY x "' + b"y" * 100_000 + b'">', inside=b"&x;" * 1000),
    "entity-of-itself": doctype(b'<!ENTITY x "&x;">'),
    "entity-predefined": doctype(b'<!ENTITY lt "&#38;#60;">', inside=b"&lt;"),
    "external-entity": b'<!DOCTYPE smil [<!ENTITY x SYSTEM "file:///etc/passwd">]><smil>&x;' + BODY + b"</smil>",
    "external-entity-http": b'<!DOCTYPE smil [<!ENTITY x PUBLIC "x" "http://127.0.0.1/">]><smil>&x;'
    + BODY
    + b"</smil>",
    "unparsed-entity": doctype(b'<!NOTATION n SYSTEM "n"><!ENTITY x SYSTEM "x" NDATA n>', inside=b""),
    "parameter-entity": doctype(b'<!ENTITY % x "y">', inside=b""),
    "parameter-entity-used": doctype(b"<!ENTITY % x '<!ENTITY y \"z\">'>%x;", inside=b"&y;"),
    "parameter-entity-external": doctype(b'<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd">%x;', inside=b""),
    "attribute-list": doctype(b'<!ATTLIST img src CDATA "a.txt">', inside=b""),
    "notation": doctype(b'<!NOTATION n SYSTEM "n">', inside=b""),
    "public-doctype-with-entity": PUBLIC[:-1] + b' [<!ENTITY x "y">]>' + SMIL,
    "declared-in-utf-16": b"\xff\xfe" + doctype(b'<!ENTITY x "y">').decode().encode("utf-16-le"),
}

UNPARSABLE = {
    "empty": b"",
    "blank": b" ",
    "text": b"Hello",
    "binary": bytes(range(256)),
    "cut": SMIL[:-3],
    "not-closed": b"<smil><body><par><img src='b.gif'></par></body></smil>",
    "closed-twice": SMIL.replace(b"</par>", b"</par></par>"),
    "attribute-without-quotes": SMIL.replace(b'"b.gif"', b"b.gif"),
    "attribute-twice": SMIL.replace(b"<img ", b'<img src="x" '),
    "nul-inside": SMIL.replace(b"<par", b"\0<par"),
    "root-html": b"<html><body><par><img src='b.gif'/></par></body></html>",
    "root-body": BODY,
    "root-in-root": b"<x>" + SMIL + b"</x>",
    "json": b'{"smil": []}',
}

# Our reading, where the format leaves it open.
ODD_SAME = {
    "bare-doctype": b"<!DOCTYPE smil>" + SMIL,
    "undefined-entity-and-public-doctype": PUBLIC + b"<smil>&nbsp;" + BODY + b"</smil>",
    "undefined-prefix": SMIL.replace(b"smil>", b"s:smil>"),
    "blank-before-the-declaration": b"\n" + declared(b"utf-8") + SMIL,
    "junk-behind": SMIL + b"\0\0",
    "xml-1-1": b'<?xml version="1.1"?>' + SMIL,
    "utf-32-bom": b"\xff\xfe\0\0" + SMIL.decode().encode("utf-32-le"),
    "utf-16-bom-declared-utf-8": b"\xff\xfe" + (declared(b"utf-8") + SMIL).decode().encode("utf-16-le"),
}
ODD_ENCODED = {
    "declared-utf-16-but-ascii": declared(b"UTF-16") + SMIL,
    "utf-16-without-bom": SMIL.decode().encode("utf-16-le"),
}
ODD_UNSAFE = {
    "system-doctype": b'<!DOCTYPE smil SYSTEM "http://127.0.0.1/smil.dtd">' + SMIL,
    "empty-subset": b"<!DOCTYPE smil []>" + SMIL,
    "element-declaration": b"<!DOCTYPE smil [<!ELEMENT smil ANY>]>" + SMIL,
}
ODD_UNPARSABLE = {
    "undefined-entity": b"<smil>&x;" + BODY + b"</smil>",
    "two-roots": SMIL + SMIL,
    "utf-16-cut": b"\xff\xfe" + SMIL.decode().encode("utf-16-le")[:-1],
    "utf-16-lone-surrogate": b"\xff\xfe" + SMIL.decode().encode("utf-16-le") + b"\0\xd8",
}
ODD_SLIDES = {
    "par-in-par": (b"<smil><body><par><par><img src='b.gif'/></par></par></body></smil>", ONE),
    "img-in-img": (
        b"<smil><body><par><img src='b.gif'><img src='b.gif'/></img></par></body></smil>",
        ((None, ONE[0][1] * 2),),
    ),
    "smil-in-smil": (b"<smil><smil><img src='b.gif'/></smil></smil>", ONE),
}


def elements(number):
    """A SMIL of so many elements, the root counted."""
    return b"<smil><body><par>" + b'<img src="b.gif"/>' * (number - 3) + b"</par></body></smil>"


def nested(depth):
    """A SMIL so deep, the root counted."""
    return b"<smil>" + b"<seq>" * (depth - 2) + b'<img src="b.gif"/>' + b"</seq>" * (depth - 2) + b"</smil>"


COMPLEX = ("smil-too-complex",)

SMILS = [
    good(
        "smil-provider",
        shown(PROVIDER),
        {"show": PROVIDER} | CONTENTS,
        slides=(*SHOWN, (10.0, (("text", "cid:a.txt", "a.txt"),))),
        details=(("Image", 1.0, 3.0, "A picture"), ("Text", None, None, None), (None, None, None, None)),
        attachments=(),
        types={"show": "application/smil"},
    ),
    good(
        "smil-android",
        shown(ANDROID, B, VCARD),
        slides=((5.0, (("img", "cid:b", "b.gif"), ("vcard", "c.vcf", "c.vcf"))),),
        attachments=(),
    ),
    *(
        good(f"smil-same-{name}", shown(smil), {"show": smil} | CONTENTS, slides=SHOWN, attachments=())
        for name, smil in SAME.items()
    ),
    *(
        good(
            f"smil-unsafe-{name}",
            shown(smil),
            {"show": smil} | CONTENTS,
            slides=None,
            attachments=("a.txt", "b.gif"),
            defects=("smil-unsafe",),
        )
        for name, smil in UNSAFE_SMILS.items()
    ),
    *(
        good(
            f"smil-unparsable-{name}", shown(smil), {"show": smil} | CONTENTS, slides=None, defects=("smil-unparsable",)
        )
        for name, smil in UNPARSABLE.items()
    ),
    good(
        "smil-encoding-latin-1-declared-utf-8",
        shown(declared(b"utf-8") + SMIL.replace(b"<img ", b'<img alt="\xe9" ')),
        slides=SHOWN,
        details=((None, None, None, "é"), (None, None, None, None)),
        defects=("smil-encoding",),
    ),
    good(
        "smil-encoding-latin-1-undeclared",
        shown(SMIL.replace(b"<img ", b'<img alt="\xe9" ')),
        slides=SHOWN,
        details=((None, None, None, "é"), (None, None, None, None)),
        defects=("smil-encoding",),
    ),
    good(
        "smil-encoding-utf-8-declared-ascii",
        shown(declared(b"us-ascii") + SMIL.replace(b"<img ", '<img alt="é" '.encode())),
        slides=SHOWN,
        details=((None, None, None, "é"), (None, None, None, None)),
        defects=("smil-encoding",),
    ),
    good(
        "smil-encoding-windows-1251",
        shown(declared(b"windows-1251") + SMIL.replace(b"<img ", '<img alt="фото" '.encode("cp1251"))),
        slides=SHOWN,
        details=((None, None, None, "фото"), (None, None, None, None)),
    ),
    # A SMIL that cannot be read costs nothing else.
    damaged(
        "smil-damaged",
        zipped(Entry(b"manifest", b"show=application/smil\n" + BOTH), Entry(b"show", SMIL, crc=1), A, B),
        part="show",
        contents=CONTENTS,
        slides=None,
        defects=("smil-unparsable",),
    ),
    damaged(
        "smil-bomb",
        lambda: build(
            [
                Entry(b"manifest", b"show=application/smil\n" + BOTH),
                Entry(b"show", stream=deflated_zeros(512), size=100),
                A,
                B,
            ]
        ),
        part="show",
        contents=CONTENTS,
        slides=None,
        defects=("smil-unparsable",),
    ),
    # Its limits.
    good("limit-max-smil-bytes-at", shown(SMIL), slides=SHOWN, limits=Limits(max_smil_bytes=len(SMIL))),
    good(
        "limit-max-smil-bytes-over",
        shown(SMIL),
        {"show": SMIL} | CONTENTS,
        slides=None,
        limits=Limits(max_smil_bytes=len(SMIL) - 1),
        defects=COMPLEX,
    ),
    good("limit-max-smil-bytes-default", shown(SMIL.ljust(256 * 1024)), slides=SHOWN),
    good("limit-max-smil-bytes-default-over", shown(SMIL.ljust(256 * 1024 + 1)), slides=None, defects=COMPLEX),
    good("limit-max-smil-elements-at", shown(elements(4)), slides=ONE, limits=Limits(max_smil_elements=4)),
    good(
        "limit-max-smil-elements-over",
        shown(elements(4)),
        slides=None,
        limits=Limits(max_smil_elements=3),
        defects=COMPLEX,
    ),
    good("limit-max-smil-elements-default", shown(elements(2000)), slides=((None, SHOWN[0][1][:1] * 1997),)),
    good("limit-max-smil-elements-default-over", shown(elements(2001)), slides=None, defects=COMPLEX),
    good("limit-max-smil-depth-at", shown(nested(4)), slides=ONE, limits=Limits(max_smil_depth=4)),
    good("limit-max-smil-depth-over", shown(nested(4)), slides=None, limits=Limits(max_smil_depth=3), defects=COMPLEX),
    good("limit-max-smil-depth-default", shown(nested(32)), slides=ONE),
    good("limit-max-smil-depth-default-over", shown(nested(33)), slides=None, defects=COMPLEX),
    good("smil-nested-10000", shown(nested(10_000)), slides=None, defects=COMPLEX),
    good("smil-comment-of-100-kb", shown(SMIL.replace(b"<par", b"<!--" + b"x" * 100_000 + b"--><par")), slides=SHOWN),
    good(
        "smil-alt-of-100-kb",
        shown(SMIL.replace(b"<img ", b'<img alt="' + b"x" * 100_000 + b'" ')),
        slides=SHOWN,
        details=((None, None, None, "x" * 100_000), (None, None, None, None)),
    ),
    good("smil-text-of-100-kb", shown(SMIL.replace(b"<par", b"x" * 100_000 + b"<par")), slides=SHOWN),
    # Not settled: which of two sources counts, and whether a label so long is one that is not believed.
    good(
        "smil-odd-two-sources",
        shown(SMIL.replace(b"<img ", b'<img x:src="c.gif" ')),
        slides=ANY,
        defects=ANY,
    ),
    good(f"smil-encoding-{'x' * 100}", shown(declared(b"x" * 100) + SMIL), slides=SHOWN, defects=ANY),
    # Our reading, where the format leaves it open.
    *(
        good(f"smil-odd-{name}", shown(smil), {"show": smil} | CONTENTS, slides=SHOWN)
        for name, smil in ODD_SAME.items()
    ),
    *(
        good(
            f"smil-odd-{name}",
            shown(smil),
            {"show": smil} | CONTENTS,
            slides=SHOWN,
            defects=("smil-encoding",),
        )
        for name, smil in ODD_ENCODED.items()
    ),
    *(
        good(f"smil-odd-{name}", shown(smil), {"show": smil} | CONTENTS, defects=("smil-unsafe",))
        for name, smil in ODD_UNSAFE.items()
    ),
    *(
        good(f"smil-odd-{name}", shown(smil), {"show": smil} | CONTENTS, defects=("smil-unparsable",))
        for name, smil in ODD_UNPARSABLE.items()
    ),
    *(
        good(f"smil-odd-{name}", shown(smil), {"show": smil} | CONTENTS, slides=slides)
        for name, (smil, slides) in ODD_SLIDES.items()
    ),
    good(
        "smil-odd-item-without-source",
        shown(par(b"<img/><text src=''/>")),
        slides=((5.0, (("text", "", None),)),),
        defects=(UNRESOLVED,),
    ),
    *(
        good(
            f"smil-encoding-{kebab(label)}",
            shown(declared(label.encode()) + SMIL),
            slides=SHOWN,
            defects=("smil-encoding",),
        )
        for label in ("zlib", "idna", "rot13", "unicode_escape", "undefined")
    ),
    good(
        "smil-attributes-many",
        shown(par(b"<img " + b" ".join(b'a%d=""' % number for number in range(20_000)) + b' src="b.gif"/>')),
        defects=COMPLEX,
    ),
]
