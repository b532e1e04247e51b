"""Splitting a query: the standard library is the oracle, and the limits hold at N and N + 1."""

import tracemalloc
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mxinbound import InboundRequest, Limits, RequestTooLarge, parse
from mxinbound.parsing.query import Undecoded, raw_fields, read_fields

# Every character that means something in a query, and a few that do not.
QUERIES = st.lists(
    st.sampled_from(
        [b"&", b"=", b"+", b"%", b"%3A", b"%2B", b"%26", b"%3D", b"%25", b"%2b", b"%C3%A9", b"%e9", b"%4", b"%zz", b";"]
        + [
            b"%1E",
            b"%1f",
            b"\x1e",
            b"\x1f",
            b"%10",
            b"a",
            b"to",
            b"7",
            b" ",
            b"\xe9",
            b"\xc3\xa9",
            b"\n",
            b"\r\n",
            b"\x00",
            b"?",
            b"#",
            b"%0A",
            b"%00",
        ]
    ),
    max_size=30,
).map(b"".join)


def as_bytes(value):
    return value.data if isinstance(value, Undecoded) else value.encode()


class TestAgainstTheStandardLibrary:
    @given(QUERIES)
    @example(b"a=%=3D&b==&c=%3D%0A=")
    @example(b"a=1&&b=%%41&=&%3D=%3D")
    @example(b"a&b=c=d")
    @example(b"a=%1E&b=%1Fc")
    @example(b"a=\x1e&b=\x1fc")
    @example(b"a=%\n&b=%41")
    def test_names_and_values_are_what_parse_qsl_finds(self, query):
        expected = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=None)
        found = [(name, as_bytes(value)) for name, _, value in read_fields(query, Limits())]
        assert [value for _, value in found] == [
            unquote_to_bytes(piece.partition(b"=")[2].replace(b"+", b" ")) for piece in query.split(b"&") if piece
        ]
        assert len(found) == len(expected)
        assert raw_fields(read_fields(query, Limits())) == tuple(found)

    @given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=30)), max_size=20))
    def test_what_was_encoded_comes_back(self, fields):
        query = urlencode(fields, errors="surrogatepass").encode()
        expected = [(name, value) for name, value in fields]
        assert [
            (name, as_bytes(value).decode("utf-8", "surrogatepass")) for name, _, value in read_fields(query, Limits())
        ] == expected

    @given(st.text(st.characters(max_codepoint=127), max_size=60))
    @example("%\n41")
    @example("100%\r")
    @example("%zz%\rab")
    @example("a%zz=b%\rc")
    @example("%41\r\n%42 %")
    @example("=%3D==%")
    @example("% \t\n")
    @example("x%41   ")
    def test_an_escaped_value_is_what_unquote_to_bytes_makes_of_it(self, text):
        query = b"v=" + text.replace("&", "").encode() + b"%41"
        ((_, _, value),) = read_fields(query, Limits())
        assert as_bytes(value) == unquote_to_bytes(query[2:].replace(b"+", b" "))

    @pytest.mark.parametrize("more", [b"", b"&to=%00", b"&to", b"&a=b=c", b"&message=%A4"])
    def test_a_large_body_is_read_like_a_small_one(self, more):
        small = [(name, as_bytes(value)) for name, _, value in read_fields(b"id=%C3%A9+%26" + more, Limits())]
        large = read_fields(b"id=%C3%A9+%26" + more + b"&x=" + b"%2B" * 30_000, Limits())
        assert [(name, as_bytes(value)) for name, _, value in large] == [*small, ("x", b"+" * 30_000)]

    def test_one_emoji_does_not_make_a_large_body_four_times_as_large(self):
        encoded = b"message=%F0%9F%98%80" + b"&x=" + b"y" * 4_000_000
        limits = Limits(max_field_bytes=5_000_000)
        tracemalloc.start()
        read_fields(encoded, limits)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4.5 * len(encoded)


class TestLimits:
    def test_an_equals_sign_in_a_value_is_part_of_it(self):
        fields = [(name, as_bytes(value)) for name, _, value in read_fields(b"a=b=c&d=%C3%A9=e", Limits())]
        assert fields == [("a", b"b=c"), ("d", "é=e".encode())]

    def test_fields(self):
        assert len(read_fields(b"&".join([b"a=1"] * 5), Limits(max_fields=5))) == 5
        with pytest.raises(RequestTooLarge) as caught:
            read_fields(b"&".join([b"a=1"] * 6), Limits(max_fields=5))
        assert str(caught.value) == "the request has more fields than max_fields (5)"
        assert (caught.value.limit, caught.value.allowed) == ("max_fields", 5)

    def test_empty_pieces_are_no_fields(self):
        assert len(read_fields(b"&&&a=1&&&b=2&&&", Limits(max_fields=2))) == 2

    @pytest.mark.parametrize("query", [b"a=%s", b"%s=a", b"b=%%20&a=%s", b"a=%%C3%%A9%s"])
    def test_field_bytes(self, query):
        extra = 2 if b"%%C3" in query else 0
        read_fields(query % (b"x" * (40 - extra)), Limits(max_field_bytes=40))
        with pytest.raises(RequestTooLarge) as caught:
            read_fields(query % (b"x" * (41 - extra)), Limits(max_field_bytes=40))
        assert str(caught.value) == "a field is larger than max_field_bytes (40 bytes)"
        assert (caught.value.limit, caught.value.allowed) == ("max_field_bytes", 40)

    def test_escapes_count_as_the_bytes_they_stand_for(self):
        assert len(read_fields(b"a=" + b"%41" * 40, Limits(max_field_bytes=40))) == 1

    def test_query_bytes(self):
        limits = Limits(max_query_bytes=50)
        query = b"id=1&type=6&message=".ljust(50, b"x")
        assert parse(InboundRequest(method="GET", query=query), limits=limits).id == "1"
        for method in ("GET", "POST"):
            with pytest.raises(RequestTooLarge) as caught:
                parse(InboundRequest(method=method, query=query + b"x"), limits=limits)
            assert str(caught.value) == "the query string is longer than max_query_bytes (50 bytes)"
            assert (caught.value.limit, caught.value.allowed) == ("max_query_bytes", 50)
