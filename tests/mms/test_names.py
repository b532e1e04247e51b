"""Names: read as they were meant, refused if they could do harm, and made into file names that no disk minds."""

import itertools
import re
import unicodedata
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mms.zipping import Entry, build

from mxinbound import MalformedContent, MmsArchive, UnsafeName
from mxinbound.mms.names import (
    MAX_FILENAME_BYTES,
    filenames,
    folded,
    numbered,
    read_name,
    refuse_unsafe,
    safe_filename,
    shown,
)

DEVICES = ["con", "prn", "aux", "nul", "conin$", "conout$"] + [
    f"{port}{n}" for port in ("com", "lpt") for n in "0189¹²³"
]
CHARACTERS = st.characters(codec="utf-8")
# Pieces of which names are made that somebody meant to do harm with.
PIECES = st.sampled_from(
    [
        *DEVICES,
        *"./\\-~ <>:*_",
        "..",
        "d/",
        "\u200b",
        "\u0301",
        "\u00a0",
        "é",
        "\U0001f600",
        ".jpg",
        " " * 118,
        "n" * 118,
    ]
)
NAMES = st.one_of(st.text(CHARACTERS), st.lists(PIECES | CHARACTERS, max_size=12).map("".join))


def is_safe(name):
    try:
        refuse_unsafe(name)
    except UnsafeName:
        return False
    return True


SAFE_NAMES = NAMES.filter(is_safe)


def unicode_path(raw, path, version=1, crc32=None):
    return bytes([version]) + (zlib.crc32(raw) if crc32 is None else crc32).to_bytes(4, "little") + path


class TestReadingAName:
    @pytest.mark.parametrize(
        ("raw", "utf8", "expected"),
        [
            (b"a.txt", False, ("a.txt", False)),
            (b"a.txt", True, ("a.txt", False)),
            ("Ångå €.txt".encode(), True, ("Ångå €.txt", False)),
            ("Ångå €.txt".encode(), False, ("Ångå €.txt", False)),
            ("\U0001f600".encode(), False, ("\U0001f600", False)),
            (b"\xed\xa0\xbd\xed\xb8\x80.gif", False, ("\U0001f600.gif", True)),
            (b"\xed\xa0\xbd.gif", False, ("φá╜.gif", False)),
            (b"\xed\xb8\x80\xed\xa0\xbd", False, ("φ╕Çφá╜", False)),
            (b"\x8fng\x86", False, ("Ångå", False)),
            (b"\xff\xfe", False, ("\u00a0■", False)),
            (b"\xc0\xaf", False, ("└»", False)),
            (b"\xef\xbb\xbfa", False, ("\ufeffa", False)),
        ],
        ids=[
            "ascii",
            "ascii marked as utf-8",
            "utf-8 marked",
            "utf-8 unmarked",
            "astral",
            "cesu-8",
            "half of a cesu-8 pair",
            "cesu-8 halves the wrong way round",
            "cp437",
            "cp437 of a byte order mark",
            "overlong slash",
            "utf-8 with a byte order mark",
        ],
    )
    def test_it_is_read_as_it_was_meant(self, raw, utf8, expected):
        assert read_name(raw, None, utf8=utf8) == expected

    @pytest.mark.parametrize("raw", [b"\x8fng\x86", b"\xed\xa0\xbd\xed\xb8\x80", b"\xc0\xaf", b"a\xff"], ids=repr)
    def test_what_is_marked_as_utf_8_and_is_not_is_malformed(self, raw):
        with pytest.raises(MalformedContent, match=r"^a name that is marked as UTF-8 is not$"):
            read_name(raw, None, utf8=True)


class TestTheUnicodePath:
    RAW = b"r\xe9p"  # windows-1252, which cp437 reads as another name

    def test_it_is_the_name_where_the_other_is_not_told_apart(self):
        assert read_name(self.RAW, unicode_path(self.RAW, "rép".encode()), utf8=False) == ("rép", False)

    def test_it_is_the_name_of_a_folder_too(self):
        raw = self.RAW + b"/"
        assert read_name(raw, unicode_path(raw, "rép/".encode()), utf8=False) == ("rép/", False)

    @pytest.mark.parametrize(
        ("raw", "utf8"),
        [(b"a.txt", False), ("é".encode(), True), ("é".encode(), False)],
        ids=["ascii", "marked", "not"],
    )
    def test_it_may_repeat_the_name(self, raw, utf8):
        assert read_name(raw, unicode_path(raw, raw), utf8=utf8) == (raw.decode(), False)

    def test_one_of_another_name_is_left_alone(self):
        assert read_name(self.RAW, unicode_path(b"other", b"x"), utf8=False) == ("rΘp", False)

    @pytest.mark.parametrize("version", [0, 2, 255])
    def test_one_of_another_version_is_malformed_since_readers_differ_on_it(self, version):
        with pytest.raises(MalformedContent, match=r"^'.*': the Unicode path is another name$"):
            read_name(self.RAW, unicode_path(self.RAW, b"x", version=version), utf8=False)

    def test_one_of_another_version_may_repeat_the_name(self):
        assert read_name(self.RAW, unicode_path(self.RAW, "rΘp".encode(), version=2), utf8=False) == ("rΘp", False)

    @pytest.mark.parametrize("raw", [b"a.txt", "é".encode()], ids=["ascii", "marked as utf-8"])
    def test_another_name_for_what_has_one_already_is_malformed(self, raw):
        with pytest.raises(MalformedContent, match=r"^'.*': the Unicode path is another name$"):
            read_name(raw, unicode_path(raw, b"b.txt"), utf8=not raw.isascii())

    def test_an_empty_one_is_malformed(self):
        with pytest.raises(MalformedContent, match=r"^'r\\u0398p': the Unicode path is another name$"):
            read_name(self.RAW, unicode_path(self.RAW, b""), utf8=False)

    @pytest.mark.parametrize("field", [b"", b"\1", b"\1\0\0\0"], ids=repr)
    def test_a_short_one_is_malformed(self, field):
        with pytest.raises(MalformedContent, match=r"^a Unicode path is too short to be one$"):
            read_name(self.RAW, field, utf8=False)

    def test_one_that_is_not_utf_8_is_malformed(self):
        with pytest.raises(MalformedContent, match=r"^a Unicode path is not UTF-8$"):
            read_name(self.RAW, unicode_path(self.RAW, b"\xe9"), utf8=False)

    def test_it_does_not_hide_an_unsafe_name(self):
        raw = b"../r\xe9p"
        with pytest.raises(UnsafeName):
            read_name(raw, unicode_path(raw, "rép".encode()), utf8=False)


UNSAFE = [
    "",
    ".",
    "..",
    "a/..",
    "../a",
    "a/../b",
    "a\\..\\b",
    "..\\a",
    "/a",
    "\\a",
    "\\\\host\\share",
    "C:",
    "c:a",
    "C:\\a",
]
UNSAFE += ["a//", "a\\", "a/.", "a\\.", "a\0.jpg", "a\nb", "a\rb", "a\x1bb", "a\x7fb", "a\x85b", "a\x9fb", "\x1f"]
HARMLESS = [
    "a",
    "a/b",
    "a\\b",
    "a/./b",
    "a//b",
    "...",
    "..a",
    "a..",
    ".a",
    "a.",
    "ab:c",
    "1:a",
    ":a",
    "é:a",
    "~",
    "-",
    " ",
]
HARMLESS += ["a/...", "\u202ea", "\ud7ff", "\u00a0", "a..b/c", "%2e%2e/a", "．．/a"]


class TestRefusing:
    @pytest.mark.parametrize(
        ("name", "what"),
        [
            ("a\0.jpg", "a control character"),
            ("x/\x85", "a control character"),
            ("/a", "a slash in front"),
            ("\\a", "a slash in front"),
            ("C:a", "a drive"),
            ("../a", "a step up"),
            ("a/..", "a step up"),
            ("a\\..\\b/", "a step up"),
            ("a//", "nothing after its last slash"),
            ("a/./", "nothing after its last slash"),
            (".", "nothing after its last slash"),
        ],
    )
    def test_the_sentence_says_what_is_wrong(self, name, what):
        with pytest.raises(UnsafeName) as caught:
            refuse_unsafe(name)
        assert str(caught.value) == f"{name!a}: the name has {what}, and could lead elsewhere or deceive"
        assert caught.value.part == name

    @pytest.mark.parametrize("name", UNSAFE, ids=ascii)
    def test_what_could_do_harm_is_refused(self, name):
        with pytest.raises(UnsafeName) as caught:
            refuse_unsafe(name)
        assert re.fullmatch(
            re.escape(ascii(name)) + ": the name has (a control character|a slash in front|a drive|a step up|"
            "nothing after its last slash), and could lead elsewhere or deceive",
            str(caught.value),
        )
        assert caught.value.part == name

    @pytest.mark.parametrize("name", HARMLESS, ids=ascii)
    def test_what_is_only_odd_is_kept_as_it_is(self, name):
        archive = MmsArchive.open(build([Entry(name.encode(), b"data", flags=1 << 11)]))
        assert [(part.name, part.read()) for part in archive.parts] == [(name, b"data")]

    def test_a_long_name_is_shown_cut(self):
        assert shown("é" * 80) == ascii("é" * 80)
        assert shown("é" * 81) == ascii("é" * 80 + "...")


class TestAFileName:
    # The device is not there until the name is cut.
    @pytest.mark.parametrize(
        "name", ["con" + " " * 200 + "y", "Con" + " " * 200 + "y.txt", "nul" + " " * 113 + "é.jpg"]
    )
    def test_a_cut_does_not_make_a_device_of_it(self, name):
        assert not is_device(safe_filename(name))

    @pytest.mark.parametrize(
        "name", [f"{device}{rest}" for device in DEVICES for rest in ("", ".txt", " .tar.gz", ".")]
    )
    def test_no_device_is_one(self, name):
        assert safe_filename(name).startswith("_")
        assert safe_filename(f"d/{name.upper()}").startswith("_")

    @given(SAFE_NAMES)
    @example("con" + " " * 200 + "y")
    @example("a" * 119 + " b")
    @example("a" * 119 + "..b")
    @example("<\u0338")
    @example("a\nb")
    @example("\x1b[2Jx")
    @example("a\0b\x7f")
    @example("4\udcff")
    def test_it_is_a_plain_file_everywhere(self, name):
        filename = safe_filename(name)
        assert 0 < len(filename.encode()) <= MAX_FILENAME_BYTES == 120
        assert not re.search(r'[\x00-\x1f\x7f<>:"|?*/\\]', filename)
        assert filename[0] not in ".-~"
        assert filename[-1] != "."
        assert filename == filename.strip()
        assert not is_device(filename)
        assert unicodedata.is_normalized("NFC", filename)
        assert [
            each for each in filename if unicodedata.category(each) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
        ] == []
        assert is_safe(filename)

    @given(SAFE_NAMES)
    def test_its_own_file_name_is_the_same(self, name):
        assert safe_filename(safe_filename(name)) == safe_filename(name)

    @given(st.lists(SAFE_NAMES, max_size=20))
    @example(["a" * 200, "A" * 200, "a" * 199])
    @example(["é.jpg", "e\u0301.jpg", "E\u0301.JPG"])
    @example(["a.jpg", "x/a.jpg", "a-2.jpg", "A-2.jpg"])
    @example(["ß", "SS", "ss", "ẞ"])
    def test_no_two_are_the_same_on_any_disk(self, names):
        made = filenames(names)
        assert len(made) == len(names)
        assert len({folded(each) for each in made}) == len(names)
        for each in made:
            assert len(each.encode()) <= MAX_FILENAME_BYTES
            assert not is_device(each)
            assert each[-1] not in ". "

    @given(st.lists(SAFE_NAMES, max_size=10))
    def test_the_first_of_a_kind_keeps_its_own(self, names):
        assert filenames(names)[:1] == [safe_filename(name) for name in names[:1]]

    def test_the_number_stands_before_the_extension_and_within_the_length(self):
        made = list(itertools.islice(numbered("é" * 57 + "n.jpeg"), 11))
        assert made[0] == "é" * 57 + "n.jpeg"
        assert made[1] == "é" * 56 + "-2.jpeg"
        assert made[10] == "é" * 56 + "-11.jpeg"

    def test_what_is_too_long_is_no_extension(self):
        assert safe_filename("a." + "b" * 20) == "a." + "b" * 20
        assert safe_filename("n" * 150 + "." + "b" * 20) == "n" * 99 + "." + "b" * 20
        assert safe_filename("n" * 150 + "." + "b" * 21) == "n" * 120


def is_device(filename):
    """Whether Windows would open a device: what stands before the first dot is one, blanks at its end aside."""
    return filename.partition(".")[0].rstrip(" ").lower() in DEVICES + [
        f"{port}{n}" for port in ("com", "lpt") for n in "234567"
    ]


class TestFolding:
    def test_more_marks_than_any_script_has_are_not_put_in_order(self):
        # Which would cost the square of their number.
        marks = "\u0300\u0316"
        assert folded("A" + marks * 15) == folded("a" + "\u0316\u0300" * 15)
        assert folded("A" + marks * 16) == folded("a" + marks * 16)
        assert folded("A" + marks * 16) != folded("a" + "\u0316\u0300" * 16)

    @pytest.mark.parametrize(
        ("first", "second"),
        [("A.JPG", "a.jpg"), ("é", "e\u0301"), ("É", "e\u0301"), ("ß", "SS"), ("ﬁ", "FI"), ("\u212a", "K"), ("ς", "Σ")],
    )
    def test_what_a_disk_may_take_for_one_folds_to_one(self, first, second):
        assert folded(first) == folded(second)

    @pytest.mark.parametrize(("first", "second"), [("a", "b"), ("é", "e"), ("a ", "a"), ("ø", "o")])
    def test_others_do_not(self, first, second):
        assert folded(first) != folded(second)

    @given(st.text(CHARACTERS))
    def test_folding_twice_is_folding_once(self, name):
        assert folded(folded(name)) == folded(name)
        assert folded(unicodedata.normalize("NFD", name)) == folded(name)
