"""Content types: taken apart as they are written, told by extension and first bytes, and seen through."""

import codecs
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxinbound.media_type import parse_content_type
from mxinbound.mms.content_types import (
    HEAD_BYTES,
    is_content_type,
    is_disguise,
    type_of_bytes,
    type_of_extension,
)

VALUES = {
    "image/jpeg": ("image/jpeg", {}),
    " Image/JPEG ": ("image/jpeg", {}),
    "image/jpeg;": ("image/jpeg", {}),
    "text/plain; charset=utf-8": ("text/plain", {"charset": "utf-8"}),
    "text/plain;charset=utf-8;name=a.txt": ("text/plain", {"charset": "utf-8", "name": "a.txt"}),
    "text/plain ; Charset = UTF-8 ": ("text/plain", {"charset": "UTF-8"}),
    'text/plain; charset="utf-8"; x=y': ("text/plain", {"charset": "utf-8", "x": "y"}),
    'text/plain; name="a;b=c.txt"; charset=utf-8': ("text/plain", {"name": "a;b=c.txt", "charset": "utf-8"}),
    r'text/plain; name="a\"b\\c"': ("text/plain", {"name": 'a"b\\c'}),
    'text/plain; name="open; charset=utf-8': ("text/plain", {"name": "open", "charset": "utf-8"}),
    "text/plain; charset=a; charset=b": ("text/plain", {"charset": "a"}),
    "text/plain; charset=": ("text/plain", {"charset": ""}),
    'text/plain; charset=""': ("text/plain", {"charset": ""}),
    "text/plain; charset": ("text/plain", {}),
    "text/plain; =utf-8": ("text/plain", {}),
    "text/plain;;; charset=utf-8": ("text/plain", {"charset": "utf-8"}),
    "multipart/mixed; boundary=----=_a/b==": ("multipart/mixed", {"boundary": "----=_a/b=="}),
    "text/plain charset=utf-8": ("text/plain charset=utf-8", {}),
    "; charset=utf-8": ("", {"charset": "utf-8"}),
    "": ("", {}),
}


class TestTakingApart:
    @pytest.mark.parametrize(("value", "expected"), VALUES.items(), ids=VALUES)
    def test_a_value_is_a_type_and_parameters(self, value, expected):
        assert parse_content_type(value) == expected

    @given(st.text() | st.text('a/;= "\\'))
    def test_it_never_raises(self, value):
        essence, parameters = parse_content_type(value)
        assert essence == value.partition(";")[0].strip().lower()
        assert all(name == name.lower() for name in parameters)

    @pytest.mark.parametrize("essence", ["image/jpeg", "application/smil+xml", "a/b", "x-a.b/!#$%&'*+-.^_`|~0", "1/2"])
    def test_a_type_is_two_tokens(self, essence):
        assert is_content_type(essence)

    @pytest.mark.parametrize(
        "essence",
        ["", "image", "/", "a/", "/b", "a/b/c", "a /b", "a/b c", "a/b,c", "é/b", "a/b\n", "A/b", "a/(b)", 'a/"b"'],
    )
    def test_anything_else_is_none(self, essence):
        assert not is_content_type(essence)


EXTENSIONS = {
    "a.jpg": "image/jpeg",
    "a.JPEG": "image/jpeg",
    "a.b.gif": "image/gif",
    ".png": "image/png",
    "d.txt/a.mp3": "audio/mpeg",
    "d\\a.3gp": "video/3gpp",
    "demo.sml": "application/smil",
    "demo.smil": "application/smil",
    "a.vcf": "text/x-vcard",
    "a.txt": "text/plain",
}


class TestExtensions:
    @pytest.mark.parametrize(("name", "expected"), EXTENSIONS.items(), ids=EXTENSIONS)
    def test_an_extension_of_ours_tells_the_type(self, name, expected):
        assert type_of_extension(name) == expected

    @pytest.mark.parametrize("name", ["", "a", "a.", "a.xyz", "a.jpg.", "a.jpg/b", "a.exe", "a.jp g"])
    def test_another_tells_nothing(self, name):
        assert type_of_extension(name) is None

    @pytest.mark.parametrize("name", ["jpg", "GIF", "txt", "mid", "d/jpg", "d.x/txt", "d\\jpg", "d.x\\jpg"])
    def test_a_name_without_a_dot_has_none(self, name):
        assert type_of_extension(name) is None


HEADS = {
    "image/jpeg": [b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb"],
    "image/gif": [b"GIF87a", b"GIF89a"],
    "image/png": [b"\x89PNG\r\n\x1a\n"],
    "image/webp": [b"RIFF\n\n\n\nWEBP"],
    "image/bmp": [b"BM\n\n\n\n\0\0\0\0"],
    "image/tiff": [b"II*\0", b"MM\0*"],
    "image/heic": [b"\0\0\0\x18ftypheic", b"\0\0\0\nftypheix", b"\0\0\0\x18ftypmif1"],
    "image/svg+xml": [
        b"<svg",
        b"<svg:svg ",
        b"<?xml version='1.0'?>\n<!-- <html> --><svg>",
        b"<!DOCTYPE svg PUBLIC",
        codecs.BOM_UTF8 + b"<SVG/>",
    ],
    "audio/amr": [b"#!AMR\n"],
    "audio/amr-wb": [b"#!AMR-WB\n"],
    "audio/midi": [b"MThd"],
    "audio/x-wav": [b"RIFF\n\n\n\nWAVE"],
    "audio/ogg": [b"OggS"],
    "audio/mpeg": [b"ID3", b"\xff\xfb", b"\xff\xf3"],
    "audio/aac": [b"\xff\xf1", b"\xff\xf9"],
    "audio/mp4": [b"\0\0\0\x18ftypM4A "],
    "video/mp4": [b"\0\0\0\x18ftypmp42", b"\0\0\0\nftypisom"],
    "video/3gpp": [b"\0\0\0\x18ftyp3gp4"],
    "video/3gpp2": [b"\0\0\0\x18ftyp3g2a"],
    "video/quicktime": [b"\0\0\0\x18ftypqt  "],
    "video/webm": [b"\x1a\x45\xdf\xa3"],
    "application/pdf": [b"%PDF-1.4"],
    "application/vnd.smaf": [b"MMMD"],
    "application/smil": [b"<smil>", b"\n<SMIL xmlns='x'>", b"<!-- a --><smil/>", "\ufeff<smil>".encode("utf-16-le")],
    "application/xml": [b"<?xml version='1.0'?><data/>", b" <?xml", "\ufeff<?xml ".encode("utf-16-be")],
    "text/html": [b"<!DOCTYPE html>", b"<html", b"  <HEAD>", b"<script>", b"<p>", b"<!-- <svg> --> <a href", b"<br/>"],
    "text/x-vcard": [b"BEGIN:VCARD\r\n", b"begin:vcard"],
    "text/x-vcalendar": [b"BEGIN:VCALENDAR\r\n"],
    "text/plain": [
        b"Hello",
        b"Ang\xc3\xa5",
        codecs.BOM_UTF8 + b"x",
        b"\r\n\t\f",
        "\ufeffhi".encode("utf-16-be"),
        b"<smiles>",
        b"<pre>",
        b"<abbr>",
        b"GIF",
        b"< p>",
        b"BEGIN:VCARDS",
        b"a" * 511 + b"\xc3",
        b"a" * 509 + b"\xf0\x9f\x98",
    ],
    None: [
        b"",
        b"\0",
        b"a\0b",
        b"a\x1b[0m",
        b"a\x7f",
        b"Ang\xe5 latin",
        bytes(HEAD_BYTES),
        b"\x7fELF",
        b"MZ\x90\0",
        codecs.BOM_UTF8,
        codecs.BOM_UTF16_LE,
        # Cut short where the head ends is a character only; this one ends before.
        b"a" * 100 + b"\xc3",
        b"PK\3\4",
    ],
}


class TestFirstBytes:
    @pytest.mark.parametrize(
        ("head", "expected"), [(head, expected) for expected, heads in HEADS.items() for head in heads], ids=repr
    )
    def test_they_tell_the_type(self, head, expected):
        assert type_of_bytes(head) == expected

    @given(st.binary(max_size=HEAD_BYTES) | st.text("<!-?>smilhtvg \n:").map(str.encode))
    def test_they_never_raise(self, head):
        assert type_of_bytes(head) is None or is_content_type(type_of_bytes(head))

    @given(
        st.text(
            st.characters(codec="utf-8", min_codepoint=32, exclude_categories=["Cc"], exclude_characters="\ufffd"),
            min_size=600,
        )
    )
    def test_a_text_is_one_wherever_its_head_ends(self, text):
        data = ("Dear all, " + text).encode()
        assert type_of_bytes(data[:HEAD_BYTES]) == "text/plain"


ACTIVE = [
    b"<html>",
    b" \n<!doctype html>",
    b"<script>",
    b"%PDF-1.7",
    b"\x7fELF\2",
    b"MZ\x90\0",
    b"<?xml version='1.0'?><svg>",
]
MEDIA = ["image/jpeg", "audio/amr", "video/3gpp", "image/x-unheard-of"]


class TestDisguises:
    @pytest.mark.parametrize("content_type", MEDIA)
    @pytest.mark.parametrize("head", ACTIVE, ids=repr)
    def test_what_could_do_something_is_no_picture_sound_or_film(self, content_type, head):
        assert is_disguise(content_type, head)

    @pytest.mark.parametrize(
        ("bom", "codec"),
        [("", "utf-8"), ("\ufeff", "utf-8"), ("\ufeff", "utf-16-le"), ("\ufeff", "utf-16-be")],
        ids=["bare", "UTF-8", "UTF-16 LE", "UTF-16 BE"],
    )
    def test_no_blank_in_front_hides_it(self, bom, codec):
        blanks = [blank for blank in map(chr, range(sys.maxunicode + 1)) if blank.isspace()]
        assert len(blanks) > 20
        for blank in ("", *blanks):
            assert is_disguise("image/jpeg", f"{bom}{blank}<html>".encode(codec))

    @pytest.mark.parametrize(
        "content_type", ["text/html", "application/pdf", "application/octet-stream", "text/plain", "imagery/x"]
    )
    @pytest.mark.parametrize("head", ACTIVE, ids=repr)
    def test_what_claims_to_be_none_is_no_disguise(self, content_type, head):
        assert not is_disguise(content_type, head)

    @pytest.mark.parametrize("content_type", MEDIA)
    @pytest.mark.parametrize(
        "head", [b"", b"GIF89a", b"\xff\xd8\xff", b"Hello", b"\0\0", b"<smil>", b"PK\3\4"], ids=repr
    )
    def test_one_that_is_another_is_none_either(self, content_type, head):
        assert not is_disguise(content_type, head)

    def test_a_drawing_that_is_one_is_none(self):
        assert not is_disguise("image/svg+xml", b"<svg>")
        assert is_disguise("image/svg+xml", b"<html>")
        assert is_disguise("image/svg+xml", b"MZ")
