"""A SMIL in whatever encoding, or meant to do harm: the right slides or a defect, nothing fetched, nothing raised."""

import random
import subprocess
import sys

import pytest
from mms.test_smil import ANDROID, FILES, GIF, IMG, PREFIXED, PROVIDER, SHAPES, TEXT, archive_of, body, codes, shown

from mxinbound import Limits
from mxinbound.mms.smil import SmilFault, read_slides

ACCENTED = "<smil><par><text src='demo.txt' alt='Ångå'/></par></smil>"
ENCODED = {
    "utf-8": (ACCENTED.encode(), False),
    "utf-8 with a mark": (("\ufeff" + ACCENTED).encode(), False),
    "utf-16 with a mark, low byte first": (("\ufeff" + ACCENTED).encode("utf-16-le"), False),
    "utf-16 with a mark, high byte first": (("\ufeff" + ACCENTED).encode("utf-16-be"), False),
    "utf-16 with a mark and a declaration": (
        ("\ufeff<?xml version='1.0' encoding='utf-16'?>" + ACCENTED).encode("utf-16-be"),
        False,
    ),
    "utf-16 with a mark, declared utf-8": (
        ("\ufeff<?xml version='1.0' encoding='utf-8'?>" + ACCENTED).encode("utf-16-le"),
        False,
    ),
    "utf-16 without a mark, low byte first": (ACCENTED.encode("utf-16-le"), True),
    "utf-16 without a mark, high byte first": (ACCENTED.encode("utf-16-be"), True),
    "utf-16 declared, utf-8": (b"<?xml version='1.0' encoding='UTF-16'?>" + ACCENTED.encode(), True),
    "utf-32 declared, utf-8": (b"<?xml version='1.0' encoding='utf-32be'?>" + ACCENTED.encode(), True),
    "utf-8 declared, latin-1": (b"<?xml version='1.0' encoding='UTF-8'?>" + ACCENTED.encode("latin-1"), True),
    "nothing declared, latin-1": (ACCENTED.encode("latin-1"), True),
    "latin-1": (b"<?xml version='1.0' encoding='ISO-8859-1'?>" + ACCENTED.encode("latin-1"), False),
    "cp437, which is not believed": (b"<?xml version='1.0' encoding='cp437'?>" + ACCENTED.encode(), True),
    **{
        f"{label}, which is no charset": (f"<?xml version='1.0' encoding='{label}'?>{ACCENTED}".encode(), True)
        for label in ("zlib", "utf-7", "idna", "hex", "unicode_escape", "undefined", "rot13", "x" * 40)
    },
}


@pytest.mark.parametrize(("smil", "is_odd"), ENCODED.values(), ids=ENCODED)
def test_encodings(smil, is_odd):
    archive = archive_of(smil)
    assert [item.alt for slide in archive.slides for item in slide.items] == ["Ångå"]
    assert codes(archive) == ["smil-encoding"] * is_odd


def subset(declarations, use=""):
    return f"<!DOCTYPE smil [{declarations}]>".encode() + body(use + IMG)


LAUGHS = "<!ENTITY l0 'ha'>" + "".join(f"<!ENTITY l{n + 1} '{f'&l{n};' * 10}'>" for n in range(10))
UNSAFE = {
    "billion laughs": subset(LAUGHS, "&l10;"),
    "quadratic blowup": subset(f"<!ENTITY a '{'a' * 20_000}'>", "&a;" * 20_000),
    "external entity": subset("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "&a;"),
    "external parameter entity": subset("<!ENTITY % a SYSTEM 'http://127.0.0.1:9/a.dtd'> %a;"),
    "system identifier": b"<!DOCTYPE smil SYSTEM 'file:///etc/passwd'>" + body(IMG),
    "public identifier and a subset": b"<!DOCTYPE smil PUBLIC 'a' 'b' [<!ENTITY a 'b'>]>" + body("&a;" + IMG),
    "empty subset": subset(""),
    "attribute list": subset("<!ATTLIST img src CDATA 'demo.gif'>"),
    "notation": subset("<!NOTATION a SYSTEM 'file:///bin/sh'>"),
}
COMPLEX = {
    "nested elements": b"<smil>" + b"<par>" * 10_000 + b"</par>" * 10_000 + b"</smil>",
    "nested elements that do not end": b"<smil>" * 40_000,
    "2,001 elements": b"<smil>" + b"<a/>" * 1999 + IMG.encode() + b"</smil>",
    "start tag of 30,000 attributes": b"<smil" + b"".join(b" a%d=''" % number for number in range(25_000)) + b"/>",
    "attribute of 250 kB": body(f"<img src='{'a' * 250_000}'/>"),
    "name of 250 kB": body(f"<{'a' * 250_000}"),
    "more than 256 KiB": body(IMG + "\n" * (256 * 1024)),
}
UNPARSABLE = {
    "nothing": b"",
    "a mark": b"\xef\xbb\xbf",
    "a mark of utf-16": b"\xff\xfe",
    "blanks": b" \r\n\t",
    "NULs": bytes(1000),
    "a NUL inside": body(IMG + "\0" + TEXT),
    "text": b"Hello, world",
    "two roots": body(IMG) * 2,
    "text behind the end": body(IMG) + b"x",
    "another root": b"<html><body><img src='demo.gif'/></body></html>",
    "comment of 250 kB without an end": body(f"<!--{'a' * 250_000}"),
    "no end": b"<smil><body><img src='demo.gif'/>",
    "cut within a tag": b"<smil><body><img src='demo.g",
    "wrong nesting": b"<smil><body></smil></body>",
    "an attribute twice": b"<smil a='1' a='2'/>",
    "an attribute without quotes": b"<smil a=1/>",
    "a bare ampersand": body("a & b"),
    "an unknown entity": body("&nbsp;"),
    "a reference to half a character": body("&#xd800;"),
    "a reference to a NUL": body("&#0;"),
    "a control character": body("\x01"),
    "a declaration in the middle": body("<?xml version='1.0'?>"),
    "utf-16 cut short": ("\ufeff" + ACCENTED).encode("utf-16-le")[:-1],
    "zip": b"PK\3\4" * 100,
}
HOSTILE = {
    **{f"unsafe, {name}": (smil, "smil-unsafe") for name, smil in UNSAFE.items()},
    **{f"complex, {name}": (smil, "smil-too-complex") for name, smil in COMPLEX.items()},
    **{f"unparsable, {name}": (smil, "smil-unparsable") for name, smil in UNPARSABLE.items()},
}


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(("smil", "code"), HOSTILE.values(), ids=HOSTILE)
    def test_there_are_no_slides_and_a_defect_says_why(self, smil, code):
        archive = archive_of(smil)
        assert archive.slides is None
        assert [each for each in codes(archive) if each != "smil-encoding"] == [code]
        assert [part.name for part in archive.attachments] == list(FILES)
        assert archive["smil.xml"].read() == smil

    def test_a_damaged_one_is_unparsable_for_the_slides(self):
        archive = archive_of(PROVIDER, crc=1)
        assert archive.slides is None
        assert codes(archive) == ["smil-unparsable"]
        assert [part.name for part in archive.attachments] == list(FILES)

    @pytest.mark.parametrize(("elements", "depth"), [(9, 3), (10, 2)])
    def test_its_limits_can_be_set(self, elements, depth):
        smil = b"<smil><a><b/></a>" + b"<a/>" * 7 + b"</smil>"
        with pytest.raises(SmilFault, match="smil-too-complex"):
            read_slides(smil, lambda src: None, Limits(max_smil_elements=elements, max_smil_depth=depth))
        assert read_slides(smil, lambda src: None, Limits(max_smil_elements=10, max_smil_depth=3)) == ((), False)

    def test_a_token_within_32_kib_is_read_wherever_it_stands(self):
        for before in range(0, 40_000, 1999):
            smil = body(" " * before + f"<img src='demo.gif' alt='{'a' * 15_000}'/>")
            assert shown(archive_of(smil)) == [(None, [GIF])]


WATCHED = """
import sys
sys.path[:] = {path!r}
from mms.test_smil_attacks import ENCODED, HOSTILE, SHAPES, archive_of, body
smils = [smil for smil, _ in [*ENCODED.values(), *HOSTILE.values(), *SHAPES.values()]]
smils += [body(f"<img src='{{src}}'/>") for src in ("file:///etc/passwd", "http://127.0.0.1:9/", "data:,a", "ftp://127.0.0.1/")]
archives = [archive_of(smil) for smil in smils]
for smil, _ in ENCODED.values():  # their codecs are loaded from files, once
    archive_of(smil).slides
seen = []
watching = True
sys.addaudithook(lambda event, arguments: seen.append((event, arguments)) if watching and not event.startswith("object.") else None)
for archive in archives:
    archive.slides
open("/dev/null").close()
watching = False
print([event for event, _ in seen], len(archives))
"""


def test_nothing_is_opened_or_fetched():
    done = subprocess.run(
        [sys.executable, "-c", WATCHED.format(path=sys.path)], capture_output=True, text=True, check=False
    )
    number = len(ENCODED) + len(HOSTILE) + len(SHAPES) + 4
    assert (done.stderr, done.stdout) == ("", f"['open'] {number}\n")


@pytest.mark.parametrize("smil", [PROVIDER, ANDROID, PREFIXED], ids=["provider", "android", "prefixed"])
def test_a_mutant_is_slides_or_a_fault(smil):
    chance = random.Random(0)
    alphabet = b"<>&;/'\"=![]-?%#: \0\xc3\xff\xfea" + smil
    read = 0
    for _ in range(7000):
        mutant = bytearray(smil)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(mutant))
            mutant[at : at + chance.choice((0, 1, 1, 1, 5))] = chance.choices(alphabet, k=chance.choice((0, 1, 1, 5)))
        try:
            slides, _ = read_slides(bytes(mutant), lambda src: None, Limits())
        except SmilFault as fault:
            assert fault.code in {"smil-unsafe", "smil-unparsable", "smil-too-complex"}
        else:
            read += 1
            assert all(item.src is not None and item.part is None for slide in slides for item in slide.items)
    assert 500 < read < 6500  # both outcomes are tried
