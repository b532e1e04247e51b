"""The manifest's syntax is that of java.util.Properties, for which `javaproperties` stands."""

import random
import re

import javaproperties
import pytest

from mxinbound.mms.properties import read_properties

PIECES = [" ", "\t", "\f", "\n", "\r", "\r\n", "\\", "\\\\", "=", ":", "#", "!", "a", "b", "é", "€", "\x85", "\u2028"]
PIECES += ["\\u0041", "\\u00E9", "\\ud83d\\ude00", "\\n", "\\t", "\\r", "\\f", "\\q", "key", "demo.txt", "image/gif"]
PIECES += ["\\:", "\\=", "\\ ", "\\#", "\\\n", "\\\r\n", "\\\r", "\n#", "\n!", "= ", " : "]


def read(data, most=10_000):
    return list(read_properties(data, max_line_bytes=most))


def made(number):
    dice = random.Random(number)
    return "".join(dice.choice(PIECES) for _ in range(dice.randrange(1, 30)))


def by_the_oracle(text):
    return [(each.key, each.value) for each in javaproperties.parse(text) if isinstance(each, javaproperties.KeyValue)]


# Java itself has a key of nothing in what is left of a backslash at the end; the oracle has no key there.
NOTHING = ("", "")
# Where a backslash continues a line with nothing in it, Java takes what follows for the start of a line, which may be a
# comment; the oracle takes it for a key.
AFTER_NOTHING = re.compile(r"(?:\A|[\r\n])(?:[ \t\f]*\\(?:\r\n?|\n))+[ \t\f]*[#!]")
# Half of a character is one in Java's strings and in the oracle's. It is none in a name.
HALF = "\ufffd"


@pytest.mark.parametrize("first", range(0, 20_000, 1000))
def test_it_is_read_as_java_reads_it(first):
    texts = [made(number) for number in range(first, first + 1000)]
    alike = [text for text in texts if not AFTER_NOTHING.search(text)]
    assert len(alike) > 950
    for text in alike:
        ours, theirs = read(text.encode()), by_the_oracle(text)
        whole = [pair for pair in ours if pair != NOTHING]
        halved = [tuple(halves(part) for part in pair) for pair in theirs if pair != NOTHING]
        assert whole == halved, text


def halves(text):
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class TestABrokenEscape:
    @pytest.mark.parametrize(
        "escape", ["\\u", "\\u12", "\\u12g4", "\\uABC", "\\u 123", "\\u-123", "\\u+123", "\\u１２３４"]
    )
    def test_costs_its_line_and_no_other(self, escape):
        with pytest.raises(javaproperties.InvalidUEscapeError):
            by_the_oracle(f"b={escape}\n") if escape != "\\u１２３４" else by_the_oracle("b=\\u")
        assert read(f"a=1\nb={escape}\nc=3\n".encode()) == [("a", "1"), None, ("c", "3")]
        assert read(f"a=1\n{escape}=2\nc=3\n".encode()) == [("a", "1"), None, ("c", "3")]


class TestTheCharset:
    @pytest.mark.parametrize(
        ("data", "value"),
        [
            pytest.param("a=é€".encode(), "é€", id="utf-8"),
            pytest.param("a=é".encode("latin-1"), "é", id="latin-1 where it is no utf-8"),
            pytest.param(b"\xef\xbb\xbf" + "a=é".encode(), "é", id="utf-8 with a mark"),
            pytest.param(b"\xff\xfe" + "a=é\\u0041".encode("utf-16-le"), "éA", id="utf-16, little"),
            pytest.param(b"\xfe\xff" + "a=é\r\nb".encode("utf-16-be"), "é", id="utf-16, big"),
            pytest.param(b"\xff\xfe" + "a=é".encode("utf-16-le") + b"x", "é\ufffd", id="utf-16, cut"),
        ],
    )
    def test_is_told_by_a_mark_or_by_what_fits(self, data, value):
        assert read(data)[0] == ("a", value)


class TestALongLine:
    def test_is_cut(self):
        assert read(b"a=" + b"x" * 100 + b"\nb=1", most=10) == [("a", "x" * 8), ("b", "1")]

    def test_may_be_cut_through_a_character(self):
        assert read("a=€€\nb=1".encode(), most=6) == [("a", "€\ufffd"), ("b", "1")]

    def test_may_be_cut_through_an_escape(self):
        assert read(b"a=\\u0041\nb=1", most=5) == [None, ("b", "1")]
        assert read(b"a=x\\=\nb=1", most=4) == [("a", "x"), ("b", "1")]


def test_nothing_is_nothing():
    assert read(b"") == read(b"\n\r\n\r# comment") == read(b"  \t\f") == read(b"!\n#") == []
