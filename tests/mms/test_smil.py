"""The SMIL: slides if it can be read, a defect if not, and never anything else, whatever it holds."""

import math

import pytest
from mms.zipping import Entry, build

from mxinbound import MmsArchive
from mxinbound.mms.smil import seconds_of

CLOCKS = {
    "5s": 5.0,
    "5000ms": 5.0,
    "5": 5.0,
    "5.": 5.0,
    ".5": 0.5,
    "35.723s": 35.723,
    "1.5min": 90.0,
    "2h": 7200.0,
    "+3s": 3.0,
    "0": 0.0,
    " 5 s ": 5.0,
    "5S": 5.0,
    "00:05": 5.0,
    "0:5": 5.0,
    "02:33": 153.0,
    "59:59.999": 3599.999,
    "01:02:03.5": 3723.5,
    "100:00:00": 360000.0,
    "indefinite": math.inf,
    "Indefinite": math.inf,
    "999999999999": 999999999999.0,
    "999999999:59:59": 999999999 * 3600.0 + 3599,
}
NO_CLOCKS = [
    "",
    " ",
    "-5s",
    "-0:05",
    "5x",
    "s",
    ".",
    "five",
    "5 s s",
    "5s5",
    "1e3",
    "nan",
    "inf",
    "infinity",
    "media",
    "0x5",
]
NO_CLOCKS += [
    "60:00",
    "00:60",
    "1:2:3:4",
    ":05",
    "5:",
    "wallclock(1)",
    "5,5s",
    "٥s",
    "５s",
    "5ſ",
    "1_0",
    "5\0s",
    "5.1.1",
]
NO_CLOCKS += ["9" * 13, "9" * 100_000, "9" * 5000 + ":00:00", "0." + "9" * 5000, "00:05." + "9" * 5000]


class TestClockValues:
    @pytest.mark.parametrize(("value", "seconds"), CLOCKS.items(), ids=ascii)
    def test_one_is_seconds(self, value, seconds):
        assert seconds_of(value) == seconds

    @pytest.mark.parametrize("value", NO_CLOCKS, ids=lambda value: ascii(value[:20]))
    def test_what_is_none_is_none(self, value):
        assert seconds_of(value) is None

    def test_no_value_is_none(self):
        assert seconds_of(None) is None


PROVIDER = b"""<smil>
  <head>
    <meta name="title" content="demo"/>
    <layout><root-layout width="160" height="120"/><region id="Image" top="0"/><region id="Text" top="80"/></layout>
  </head>
  <body>
    <par dur="5000ms">
      <img src="demo.gif" region="Image" alt="A demo"/>
      <text src="demo.txt" region="Text" begin="1s" end="0:04"/>
      <audio src="demo.mid"/>
    </par>
    <par dur="indefinite"><text src="cid:last.txt" region="Text" begin="indefinite"/></par>
  </body>
</smil>"""
ANDROID = b"""<smil xmlns="http://www.w3.org/2000/SMIL20/CR/Language"><head><layout/></head><body>
<par dur="8000ms"><img src="cid:demo" region="Image"/></par><par dur="8000ms"><vcard src="card.vcf"/></par>
<par><ref src="&lt;last&gt;"/></par></body></smil>"""
PREFIXED = b"""<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE smil PUBLIC "-//W3C//DTD SMIL 1.0//EN" "http://x/smil.dtd">
<s:SMIL xmlns:s="x" xmlns:y="y"><s:Body><s:PAR DURATION="3s"><s:IMG y:SRC="demo.gif" Alt="&amp;&#233;"/></s:PAR></s:Body></s:SMIL>"""
FILES = {"demo.gif": b"GIF89a", "demo.txt": b"one", "demo.mid": b"MThd", "last.txt": b"two", "card.vcf": b"BEGIN:VCARD"}


def archive_of(smil, files=FILES, **options):
    listed = "".join(f"{name}=text/plain\n" for name in files)
    manifest = Entry(b"manifest", b"smil.xml=application/smil\n" + listed.encode())
    parts = [Entry(name.encode(), data) for name, data in files.items()]
    return MmsArchive.open(build([manifest, Entry(b"smil.xml", smil, **options), *parts]))


def shown(archive):
    """Each slide as its duration and its items, each as tag and part's name."""
    slides = archive.slides
    return slides and [
        (each.duration, [(item.tag, item.part and item.part.name) for item in each.items]) for each in slides
    ]


def codes(archive):
    return [defect.code for defect in archive.defects]


def body(text):
    return f"<smil><body>{text}</body></smil>".encode()


GIF, TXT = ("img", "demo.gif"), ("text", "demo.txt")
IMG, TEXT = "<img src='demo.gif'/>", "<text src='demo.txt'/>"
SHAPES = {
    "media outside a par": (body(IMG + TEXT), [(None, [GIF]), (None, [TXT])]),
    "media outside a par with a duration": (body("<img src='demo.gif' dur='3s'/>"), [(3.0, [GIF])]),
    "media without a body": (f"<smil>{IMG}</smil>".encode(), [(None, [GIF])]),
    "a seq of media": (body(f"<seq dur='1s'>{IMG}{TEXT}</seq>"), [(None, [GIF]), (None, [TXT])]),
    "a seq of pars": (
        body(f"<seq><par dur='1s'>{IMG}</par><par dur='2s'>{TEXT}</par></seq>"),
        [(1.0, [GIF]), (2.0, [TXT])],
    ),
    "a seq in a par": (body(f"<par dur='1s'><seq>{IMG}{TEXT}</seq></par>"), [(1.0, [GIF, TXT])]),
    "a par in a par": (body(f"<par dur='1s'>{IMG}<par dur='2s'>{TEXT}</par></par>"), [(1.0, [GIF, TXT])]),
    "an empty par among others": (body(f"<par dur='1s'/><par dur='2s'>{IMG}</par>"), [(1.0, []), (2.0, [GIF])]),
    "a par with no duration": (body(f"<par>{IMG}</par>"), [(None, [GIF])]),
    "a par with no clock value": (body(f"<par dur='soon'>{IMG}</par>"), [(None, [GIF])]),
    "duration and dur": (body(f"<par duration='1s' dur='2s'>{IMG}</par>"), [(2.0, [GIF])]),
    "media in a link": (body(f"<par><a href='http://x/'>{IMG}</a></par>"), [(None, [GIF])]),
    "what has no source": (body("<par><img/><img alt=''/><text>hello</text>" + IMG + "</par>"), [(None, [GIF])]),
    "what shows nothing": (
        body("<par><param src='demo.gif'/><link src='demo.gif'/>" + TEXT + "</par>"),
        [(None, [TXT])],
    ),
    "media in the head": (f"<smil><head>{IMG}<x>{IMG}</x></head><body>{TEXT}</body></smil>".encode(), [(None, [TXT])]),
    "a par in the head": (f"<smil><head><par>{IMG}</par></head><body>{TEXT}</body></smil>".encode(), [(None, [TXT])]),
    "a head in the body": (body(f"<head>{IMG}</head>{TEXT}"), [(None, [TXT])]),
    "comments and blanks": (
        body(f"<!-- {TEXT} -->\n<par>\n{IMG}\n</par>").replace(b"\n", b" " * 60_000),
        [(None, [GIF])],
    ),
    "character data": (body(f"<![CDATA[{TEXT}]]>{'x' * 100_000}{IMG}"), [(None, [GIF])]),
    "a source on its own twice": (body(f"<par>{IMG}</par><par>{IMG}</par>"), [(None, [GIF]), (None, [GIF])]),
    "a comment of 250 kB": (body(f"<!--{'a<>&' * 60_000}-->{IMG}"), [(None, [GIF])]),
    "an instruction of 250 kB": (body(f"<?a {'a<>&' * 60_000}?>{IMG}"), [(None, [GIF])]),
    "provider": (
        PROVIDER,
        [(5.0, [GIF, TXT, ("audio", "demo.mid")]), (math.inf, [("text", "last.txt")])],
    ),
    "prefixes and capitals": (PREFIXED, [(3.0, [GIF])]),
    "a public document type": (b"<!DOCTYPE smil PUBLIC 'a' 'file:///dev/zero'>" + body(IMG), [(None, [GIF])]),
    "a bare document type": (b"<!DOCTYPE smil>" + body(IMG), [(None, [GIF])]),
    "blanks before the declaration": (b"\r\n <?xml version='1.0'?>" + body(IMG), [(None, [GIF])]),
    "NULs behind the end": (body(IMG) + bytes(100), [(None, [GIF])]),
    "an unknown entity of a public document type": (
        b"<!DOCTYPE smil PUBLIC 'a' 'b'>" + body("&nbsp;" + IMG),
        [(None, [GIF])],
    ),
}


class TestWhatIsShown:
    @pytest.mark.parametrize(("smil", "expected"), SHAPES.values(), ids=SHAPES)
    def test_slides_are_as_they_are_written(self, smil, expected):
        archive = archive_of(smil)
        assert shown(archive) == expected
        assert codes(archive) == []

    def test_android_leaves_extensions_out_and_shows_cards(self):
        files = {"demo.gif": b"GIF89a", "card.vcf": b"BEGIN:VCARD", "last.txt": b"two"}
        items = [(8.0, [GIF]), (8.0, [("vcard", "card.vcf")]), (None, [("ref", "last.txt")])]
        assert shown(archive_of(ANDROID, files)) == items

    def test_items_have_their_attributes(self):
        first, second = archive_of(PROVIDER).slides
        picture, text, sound = first.items
        assert (picture.src, picture.region, picture.alt, picture.begin) == ("demo.gif", "Image", "A demo", None)
        assert (text.src, text.region, text.alt, text.begin, text.end) == ("demo.txt", "Text", None, 1.0, 4.0)
        assert (sound.region, sound.begin, sound.end, sound.alt) == (None, None, None, None)
        assert (second.items[0].src, second.items[0].begin) == ("cid:last.txt", math.inf)
        assert archive_of(PREFIXED).slides[0].items[0].alt == "&é"

    def test_a_slide_does_not_show_what_it_says(self):
        slide = archive_of(body("<par><img src='secret' alt='secret'/></par>")).slides[0]
        assert "secret" not in repr(slide)

    @pytest.mark.parametrize("smil", [b"<smil/>", body("<par/><par dur='1s'/>"), body("<text>hello</text>")], ids=repr)
    def test_what_shows_nothing_is_none(self, smil):
        archive = archive_of(smil)
        assert archive.slides is None
        assert codes(archive) == []

    @pytest.mark.parametrize(
        "src", ["http://x/demo.gif", "file:///etc/passwd", "data:,demo.gif", "ftp://x/a", "", "no.gif"]
    )
    def test_what_is_not_in_the_zip_has_no_part(self, src):
        archive = archive_of(body(f"<par><img src='{src}'/>{TEXT}</par>"))
        assert shown(archive) == [(None, [("img", None), TXT])]
        assert archive.slides[0].items[0].src == src
        assert codes(archive) == ["smil-unresolved"]

    def test_it_does_not_show_itself(self):
        assert shown(archive_of(body("<img src='smil.xml'/>" + TEXT))) == [(None, [("img", None)]), (None, [TXT])]
