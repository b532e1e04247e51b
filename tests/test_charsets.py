"""Which declared charsets are believed, and how bytes become text whatever they are."""

import codecs
import encodings.aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxinbound import ConfigurationError
from mxinbound.charsets import CODECS, codec_of, configured_codec, decode, is_ascii_superset

UNBELIEVED = [
    "zlib",
    "zlib_codec",
    "zip",
    "bz2",
    "base64",
    "hex",
    "rot13",
    "uu",
    "quopri",
    "quoted-printable",
    "utf-7",
    "utf7",
    "unicode-1-1-utf-7",
    "idna",
    "punycode",
    "unicode_escape",
    "unicode-escape",
    "raw_unicode_escape",
    "undefined",
    "palmos",
    "mbcs",
    "oem",
    "charmap",
    "hz",
    "iso-8859-12",
    "iso-8859-17",
    "iso-8859-0",
    "windows-1249",
    "windows-1259",
    "ebcdic",
    "cp037",
    "cp500",
    "x-unknown",
    "../../etc/passwd",
    "utf-8\0",
    "Xutf-8",
    "utf-8\n",
    "utf 8",
    "ＵＴＦ-８",
    "\ud800",
    "x" * 100_000,
]


class TestDeclaredLabels:
    @pytest.mark.parametrize(
        ("label", "text"),
        [
            ("utf-8", "utf-8"),
            ("UTF-8", "utf-8"),
            ("utf8", "utf-8"),
            ('"utf-8"', "utf-8"),
            ("'utf-8'", "utf-8"),
            (" utf-8 ", "utf-8"),
            ("us-ascii", "ascii"),
            ("ASCII", "ascii"),
            ("iso-8859-1", "iso8859-1"),
            ("ISO-8859-15", "iso8859-15"),
            ("iso8859-2", "iso8859-2"),
            ("ISO_8859-16", "iso8859-16"),
            ("latin1", "iso8859-1"),
            ("latin-1", "iso8859-1"),
            ("latin9", "iso8859-15"),
            ("Latin-9", "iso8859-15"),
            ("windows-1250", "cp1250"),
            ("Windows-1252", "cp1252"),
            ("cp1258", "cp1258"),
            ("utf-16", "utf-16"),
            ("utf-16be", "utf-16-be"),
            ("UTF-16LE", "utf-16-le"),
            ("utf-32", "utf-32"),
            ("utf-32le", "utf-32-le"),
            ("utf-32be", "utf-32-be"),
            ("koi8-r", "koi8-r"),
            ("KOI8-U", "koi8-u"),
            ("Shift_JIS", "shift_jis"),
            ("euc-jp", "euc_jp"),
            ("iso-2022-jp", "iso2022_jp"),
            ("GB2312", "gb2312"),
            ("gbk", "gbk"),
            ("gb18030", "gb18030"),
            ("Big5", "big5"),
            ("euc-kr", "euc_kr"),
        ],
    )
    def test_a_charset_of_the_table_is_believed(self, label, text):
        assert codecs.lookup(codec_of(label)).name == codecs.lookup(text).name

    @pytest.mark.parametrize("label", ["", None, " ", '"', *UNBELIEVED], ids=lambda label: ascii(label)[:30])
    def test_any_other_is_not(self, label):
        assert codec_of(label) is None

    @pytest.mark.parametrize("label", UNBELIEVED, ids=lambda label: ascii(label)[:30])
    def test_bytes_with_a_label_that_is_not_believed_are_read_as_if_it_said_nothing(self, label):
        assert decode("å+AGE-".encode(), label, "iso8859-15") == ("å+AGE-", True)
        assert decode(b"\xa4\\x41", label, "iso8859-15") == ("€\\x41", True)

    @pytest.mark.parametrize("codec", sorted(set(CODECS.values())))
    def test_python_knows_every_codec_of_the_table_as_one_of_text(self, codec):
        assert b"".decode(codec) == ""
        assert codecs.lookup(codec).name not in {"zlib", "utf-7", "idna", "punycode", "unicode_escape", "undefined"}

    @pytest.mark.parametrize("label", CODECS)
    def test_labels_stand_in_the_table_in_lower_case(self, label):
        assert label == label.lower().strip("\"' ")

    @pytest.mark.parametrize("codec", sorted(set(CODECS.values())))
    def test_ascii_is_ascii_in_what_is_called_a_superset(self, codec):
        ascii_ = bytes(range(128))
        if is_ascii_superset(codec):
            assert ascii_.decode(codec) == ascii_.decode("ascii")

    @pytest.mark.parametrize(
        "codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "iso2022_jp"]
    )
    def test_these_are_no_supersets(self, codec):
        assert not is_ascii_superset(codec)

    def test_the_usual_ones_are(self):
        assert all(map(is_ascii_superset, ["utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252", "koi8-r"]))


class TestDecoding:
    @pytest.mark.parametrize(
        ("data", "declared", "text", "fell_back"),
        [
            pytest.param(b"Hello", None, "Hello", False, id="ASCII"),
            pytest.param(b"", None, "", False, id="nothing"),
            pytest.param("å€".encode(), None, "å€", False, id="UTF-8"),
            pytest.param(b"\xa4", None, "€", True, id="neither declared nor UTF-8"),
            pytest.param(b"\xe5\xa4", "utf-8", "å€", True, id="declared as UTF-8 but is not"),
            pytest.param("å".encode(), "utf-8", "å", False, id="declared as UTF-8 and is"),
            pytest.param(b"\xa4", "iso-8859-1", "¤", False, id="declared"),
            pytest.param("å".encode(), "iso-8859-1", "Ã¥", False, id="declared as what fits anything"),
            pytest.param("å".encode(), "us-ascii", "å", True, id="declared as ASCII, is UTF-8"),
            pytest.param(b"\x80", "windows-1252", "€", False, id="declared as Windows'"),
            pytest.param(b"\x81\xa4", "windows-1252", "\x81€", True, id="declared as Windows', does not fit"),
            pytest.param("å".encode("utf-16"), "utf-16", "å", False, id="UTF-16"),
            pytest.param(b"\xe5\x00\x00", "utf-16le", "å\0\0", True, id="half a character of UTF-16"),
            pytest.param(b"\x00\xd8", "utf-16le", "\0Ø", True, id="half a pair of UTF-16"),
            pytest.param("日本".encode("shift_jis"), "Shift_JIS", "日本", False, id="Shift JIS"),
            pytest.param(b"Hello", "x-unknown", "Hello", True, id="not believed"),
            pytest.param(b"Hello", "", "Hello", True, id="an empty label"),
            pytest.param(b"\xed\xa0\x80", None, "í\xa0\x80", True, id="a surrogate is no UTF-8"),
        ],
    )
    def test_what_is_declared_first_then_utf_8_then_the_fallback(self, data, declared, text, fell_back):
        assert decode(data, declared, "iso8859-15") == (text, fell_back)

    def test_what_fits_not_even_the_fallback_is_replaced(self):
        assert decode(b"a\x81", None, "cp1252") == ("a\ufffd", True)

    @given(
        st.binary(),
        st.one_of(st.none(), st.text(), st.sampled_from(sorted(CODECS)), st.sampled_from(UNBELIEVED)),
        st.sampled_from(sorted(set(CODECS.values()))),
    )
    def test_it_never_raises_and_makes_text_that_can_be_written(self, data, declared, fallback):
        text, fell_back = decode(data, declared, fallback)
        assert text.encode("utf-8").decode("utf-8") == text
        if not fell_back:
            assert text == data.decode(codec_of(declared) or "utf-8")

    @given(st.text(), st.sampled_from(["utf-8", "utf-16", "utf-32", "gb18030", None]))
    def test_text_in_its_declared_charset_is_read_as_it_was(self, text, declared):
        assert decode(text.encode(declared or "utf-8"), declared, "iso8859-15") == (text, False)


class TestTheConfiguredFallback:
    @pytest.mark.parametrize(
        ("given_", "codec"),
        [
            ("iso-8859-15", "iso8859-15"),
            ("ISO_8859_15", "iso8859-15"),
            ("latin9", "iso8859-15"),
            ("latin_1", "iso8859-1"),
            ("windows-1252", "cp1252"),
            ("windows_1252", "cp1252"),
            ("cp1252", "cp1252"),
            ("UTF8", "utf-8"),
            ("ascii", "ascii"),
            ("koi8_r", "koi8-r"),
        ],
    )
    def test_is_known_by_any_of_its_names(self, given_, codec):
        assert configured_codec(given_) == codec

    @pytest.mark.parametrize(
        "charset",
        [
            "",
            "utf-88",
            "zlib",
            "hex",
            "rot13",
            "idna",
            "punycode",
            "undefined",
            "unicode_escape",
            "raw_unicode_escape",
            "../encodings",
            "a\0b",
            "\ud800",
            "x" * 100_000,
        ],
        ids=lambda charset: ascii(charset)[:30],
    )
    def test_is_a_mistake_in_the_set_up_if_it_is_none(self, charset):
        with pytest.raises(ConfigurationError) as caught:
            configured_codec(charset)
        assert str(caught.value) == "charset is not one that can be read, such as iso-8859-15 or windows-1252"

    @pytest.mark.parametrize("name", sorted(set(encodings.aliases.aliases.values())))
    def test_reads_any_bytes_whichever_codec_of_pythons_it_is(self, name):
        try:
            codec = configured_codec(name)
        except ConfigurationError:
            return
        for data in (bytes(range(256)), b"\xff", b"\x1b$B\xff", b"\\x", b"xn--\xff", b"\xff-"):
            assert isinstance(decode(data, None, codec)[0], str)
