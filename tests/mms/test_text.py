"""Text parts: read in the charset they are in, which is not always the one they say."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxinbound.charsets import CODECS
from mxinbound.mms.text import decode_text

HELLO = "Hello, Ångström €"
LE, BE = HELLO.encode("utf-16-le"), HELLO.encode("utf-16-be")
CHINESE = "你好"

READ = {
    "nothing": (b"", None, "", False),
    "nothing, declared": (b"", "utf-16", "", False),
    "utf-8": (HELLO.encode(), None, HELLO, False),
    "utf-8, declared": (HELLO.encode(), "utf-8", HELLO, False),
    "utf-8, declared in quotes": (HELLO.encode(), '"UTF-8"', HELLO, False),
    "latin-1, declared": (b"\xc5ngstr\xf6m", "iso-8859-1", "Ångström", False),
    "windows-1252, undeclared": (b"\x93\xc5\x94 \x80", None, "“Å” €", True),
    "windows-1252, declared utf-8": (b"\x93\xc5\x94 \x80", "utf-8", "“Å” €", True),
    "bytes that windows-1252 has not": (b"\x81\xff", None, "\ufffdÿ", True),
    "utf-8, declared ascii": (HELLO.encode(), "us-ascii", HELLO, True),
    "ascii, declared nonsense": (b"hello", "no-such", "hello", True),
    "ascii, declared nothing": (b"hello", "", "hello", True),
    "ascii, declared utf-16": (b"hello", "utf-16", "hello", True),
    "mark of utf-8": (codecs.BOM_UTF8 + HELLO.encode(), None, HELLO, False),
    "mark of utf-8, declared latin-1": (codecs.BOM_UTF8 + HELLO.encode(), "iso-8859-1", HELLO, False),
    "mark of utf-8 before what is none": (codecs.BOM_UTF8 + b"\xe9!", None, "ï»¿é!", True),
    "mark of utf-16, low byte first": (codecs.BOM_UTF16_LE + LE, None, HELLO, False),
    "mark of utf-16, high byte first": (codecs.BOM_UTF16_BE + BE, None, HELLO, False),
    "mark of utf-16 against the declared order": (codecs.BOM_UTF16_BE + BE, "utf-16le", HELLO, False),
    "mark of utf-16, declared utf-8": (codecs.BOM_UTF16_LE + LE, "utf-8", HELLO, False),
    "mark of utf-32, low byte first": (codecs.BOM_UTF32_LE + HELLO.encode("utf-32-le"), None, HELLO, False),
    "mark of utf-32, high byte first": (codecs.BOM_UTF32_BE + HELLO.encode("utf-32-be"), None, HELLO, False),
    "mark of utf-16 before a NUL": (codecs.BOM_UTF16_LE + "\0a".encode("utf-16-le"), None, "\0a", False),
    "a mark and nothing": (codecs.BOM_UTF16_LE, None, "", False),
    "one mark only is taken off": (codecs.BOM_UTF8 * 2 + b"a", None, "\ufeffa", False),
    "utf-16 by its NULs, low byte first": (LE, None, HELLO, True),
    "utf-16 by its NULs, high byte first": (BE, None, HELLO, True),
    "utf-16 by its NULs, declared utf-8": (LE, "utf-8", HELLO, True),
    "utf-16 by its NULs, declared latin-1": (BE, "iso-8859-1", HELLO, True),
    "utf-16, declared": (CHINESE.encode("utf-16-le"), "utf-16", CHINESE, False),
    "utf-16, declared, order by its NULs": (BE, "utf-16", HELLO, False),
    "utf-16, declared with its order": (CHINESE.encode("utf-16-be"), "utf-16be", CHINESE, False),
    "utf-32, declared": (HELLO.encode("utf-32-le"), "utf-32", HELLO, False),
    "utf-32, declared with its order": (HELLO.encode("utf-32-be"), "utf-32be", HELLO, False),
    "a NUL in text": (b"a\0bc", None, "a\0bc", False),
    "NULs only": (bytes(4), None, "\0\0\0\0", False),
    "utf-16 cut short": (codecs.BOM_UTF16_LE + LE[:-1], None, LE[:-2].decode("utf-16-le"), True),
    "utf-16 cut short, by its NULs": (LE[:-1], None, LE[:-2].decode("utf-16-le"), True),
    "utf-8 cut in its last character": ("Grüße €".encode()[:-1], None, "Grüße \ufffd", True),
    "utf-8 cut in its last character, of four bytes": ("é😀".encode()[:-1], None, "é\ufffd", True),
    "windows-1252 that ends in what begins a character": (b"caf\xe9", None, "café", True),
    "ucs-2": ("中文".encode("utf-16-be"), "ISO-10646-UCS-2", "中文", False),
    "windows-31j": ("①".encode("cp932"), "Windows-31J", "①", False),
    "shift_jis": ("こんにちは".encode("shift_jis"), "Shift_JIS", "こんにちは", False),
    "gb18030": ("你好😀".encode("gb18030"), "gb18030", "你好😀", False),
}
# Python has codecs of these names, and they are no charsets.
NO_CHARSETS = ["zlib", "hex", "base64", "bz2", "quopri", "uu", "rot13", "idna", "punycode", "unicode_escape"]
NO_CHARSETS += [
    "raw_unicode_escape",
    "undefined",
    "mbcs",
    "oem",
    "utf-7",
    "utf_8_sig",
    "string_escape",
    "../x",
    "\0",
    "é",
]


@pytest.mark.parametrize(("data", "declared", "text", "is_odd"), READ.values(), ids=READ)
def test_it_is_read_as_what_it_is(data, declared, text, is_odd):
    assert decode_text(data, declared) == (text, is_odd)


@pytest.mark.parametrize("label", NO_CHARSETS, ids=ascii)
def test_a_label_that_is_no_charset_changes_nothing(label):
    data = b"x\x9c+AGE- \\u0041 xn--a =41 68656c"
    assert decode_text(data, label) == (data.decode("cp1252"), True)
    assert decode_text(b"+AGE- \\u0041 =41", label) == ("+AGE- \\u0041 =41", True)


def test_nulls_are_looked_for_in_the_first_4096_bytes():
    text = "a" * 2048 + "你" * 5000
    assert decode_text(text.encode("utf-16-be"), None) == (text, True)
    text = "你" * 2048 + "a" * 5000
    assert decode_text(text.encode("utf-16-be"), None)[0] != text


@pytest.mark.parametrize(("wide", "is_utf16"), [(39, True), (40, False)], ids=["61 %", "60 %"])
def test_more_than_60_of_100_upper_bytes_must_be_nulls(wide, is_utf16):
    text = "你" * wide + "a" * (100 - wide)
    assert (decode_text(text.encode("utf-16-le"), None)[0] == text) is is_utf16


LABELS = st.none() | st.text() | st.sampled_from(sorted(CODECS)) | st.sampled_from(NO_CHARSETS)
BYTES = st.binary() | st.builds(
    lambda mark, data, unit: mark + bytes(each * unit for each in data if each * unit < 256),
    st.sampled_from(
        [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE]
    ),
    st.binary(),
    st.sampled_from([0, 1]),
)


@given(BYTES, LABELS)
def test_it_never_raises(data, declared):
    text, is_odd = decode_text(data, declared)
    assert isinstance(is_odd, bool)
    text.encode()  # no half of a surrogate pair is among it


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.sampled_from([None, "utf-8", "UTF8"]))
def test_utf_8_comes_out_as_it_went_in(text, declared):
    assert decode_text(text.encode(), declared) == (text.removeprefix("\ufeff"), False)
    assert decode_text(codecs.BOM_UTF8 + text.encode(), declared) == (text, False)


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))
def test_so_does_marked_utf_16(text, codec):
    data = ("\ufeff" + text).encode(codec)
    # The mark of UTF-16 and a NUL are that of UTF-32; then it must not be valid as such.
    if codec != "utf-16-le" or not text.startswith("\0"):
        assert decode_text(data, None) == (text, False)
