"""Splitting a body: the reader of `multipart` is the oracle, windows are exact, and the limits hold at N and N + 1."""

import io
import tempfile
from unittest import mock

import multipart as library
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pushing import MULTIPART, ZIP, field, multipart, post, post_request, zip_part

from mxinbound import InboundRequest, Limits, Mms, RequestTooLarge, UnreadablePush, parse
from mxinbound.body import CHUNK_BYTES, BodyBuffer, SpooledBody
from mxinbound.media_type import parse_content_type
from mxinbound.parsing.parts import _File, _read_head, split

BLOCK_LINES = [
    b'Content-Disposition: form-data; name="id"',
    b'content-disposition: form-data; name="to1"; filename=""',
    b'Content-Disposition: form-data; name="mms.zip"; filename="mms.zip"',
    b"Content-Type: text/plain; charset=UTF-8",
    b"Content-Type: application/zip",
    b'Content-Type: text/plain;charset="iso-8859-1"',
    b"Content-Transfer-Encoding: binary",
    b"X-Other: 1",
]
FIELDS = [field("id", "1"), field("type", "2"), field("date", "2010-08-21 17:32:21 +0000")]


def spooled(data):
    buffer = BodyBuffer(Limits(spool_bytes=0))
    buffer.write(data)
    return buffer.finish()


def file_of(data):
    file = io.BytesIO(data)
    file.seek(len(data) // 2)  # somebody has read some of it
    return file


@pytest.mark.parametrize("body_of", [bytes, spooled, file_of], ids=["bytes", "spooled", "file"])
class TestWindows:
    def parse(self, body, **options):
        return parse(InboundRequest(method="POST", headers=[("Content-Type", MULTIPART)], body=body), **options)

    @pytest.mark.parametrize("size", [0, 1, 8191, 8192, 8193, 65536, 300_000, 1_300_000])
    def test_the_zip_is_exactly_its_bytes_wherever_it_stands(self, body_of, size):
        data = (b"\r\n--xYzZ" * (size // 8 + 1))[:size]
        for parts in ([zip_part(data), *FIELDS], [*FIELDS, zip_part(data)], [FIELDS[0], zip_part(data), *FIELDS[1:]]):
            message = self.parse(body_of(b"preamble\r\n" + multipart(*parts)))
            assert message.archive.raw == data
            assert message.id == "1"

    @pytest.mark.parametrize("size", [8180, 8192, 20_000])
    def test_a_preamble_of_any_length_is_passed_over(self, body_of, size):
        for shift in range(12):
            body = b"x" * (size + shift) + b"\r\n" + multipart(*FIELDS, zip_part())
            assert self.parse(body_of(body)).archive.raw == ZIP

    def test_a_body_can_be_read_again_and_again(self, body_of):
        request = InboundRequest(
            method="POST", headers=[("Content-Type", MULTIPART)], body=body_of(multipart(*FIELDS, zip_part()))
        )
        assert parse(request) == parse(request)
        assert parse(InboundRequest.from_bytes(request.to_bytes())) == parse(request)

    def test_where_the_body_is_makes_no_difference(self, body_of):
        # At the end of a chunk the parser may see less than there is; the chunks are the same wherever the body is.
        parts = multipart(*FIELDS, zip_part())
        for body in (b"x" * CHUNK_BYTES + parts, b"x" * (CHUNK_BYTES - 2) + b"\r\n" + parts, b"x" * 4096 + parts):
            outcomes = set()
            for source in (body, body_of(body)):
                try:
                    outcomes.add(self.parse(source).archive.raw)
                except UnreadablePush as error:
                    outcomes.add(str(error))
            assert len(outcomes) == 1

    def test_a_zip_as_the_whole_body(self, body_of):
        request = InboundRequest(method="POST", query=b"id=1&type=2", body=body_of(ZIP))
        assert parse(request).archive.raw == ZIP

    def test_an_urlencoded_body(self, body_of):
        request = InboundRequest(method="POST", body=body_of(b"id=1&type=6&message=%C3%A9&&&&x=%E9\r\n"))
        message = parse(request)
        assert message.text == "é"
        assert message.raw == (("id", b"1"), ("type", b"6"), ("message", "é".encode()), ("x", b"\xe9"))

    def test_the_limit_holds_for_a_body_that_is_already_here(self, body_of):
        body = multipart(*FIELDS, zip_part())
        assert type(self.parse(body_of(body), limits=Limits(max_body_bytes=len(body)))) is Mms
        with pytest.raises(RequestTooLarge) as caught:
            self.parse(body_of(body), limits=Limits(max_body_bytes=len(body) - 1))
        assert str(caught.value) == f"the body is larger than max_body_bytes ({len(body) - 1} bytes)"


class TestAgainstTheLibrary:
    @given(
        st.lists(
            st.tuples(
                st.text(
                    st.characters(codec="latin-1", exclude_characters='"\r\n\\%', exclude_categories=["Cc"]), max_size=8
                ),
                st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--b", b"\r\n--", b"\r\n\r\n", b"x", b"\0"])).map(
                    b"".join
                ),
            ),
            min_size=1,
            max_size=8,
        )
    )
    def test_the_parts_are_the_same(self, fields):
        body = multipart(*(field(name, data) for name, data in fields), boundary="bOuNd")
        expected = [
            (part.name, part.raw) for part in library.MultipartParser(io.BytesIO(body), b"bOuNd", charset="utf8")
        ]
        request = post_request(body, "multipart/form-data; boundary=bOuNd", b"id=1&type=6")
        message = parse(request)
        assume(not isinstance(message, Mms))  # a name that is the zip's, which is not in raw
        assert message.raw == (*expected, ("id", b"1"), ("type", b"6"))


class TestHeaders:
    """What the header block of a usual part means is remembered; what a sender writes of their own is not."""

    @pytest.fixture
    def known(self, monkeypatch):
        known = {}
        monkeypatch.setattr("mxinbound.parsing.parts._known_heads", known)
        return known

    def test_a_usual_block_is_read_once(self, known, monkeypatch):
        body = multipart(*FIELDS, zip_part())
        first = post(body, MULTIPART)
        assert len(known) == 4
        monkeypatch.setattr("mxinbound.parsing.parts._read_head", None)
        assert post(body, MULTIPART) == first

    @pytest.mark.parametrize(
        "head",
        [
            'Content-Disposition: form-data; name="447700900123"',
            'Content-Disposition: form-data; name="id"; filename="447700900123.txt"',
            'Content-Disposition: form-data; name="id"; x="447700900123"',
            'Content-Disposition: form-data; name="id"\r\nX-Phone: 447700900123',
            'Content-Disposition: form-data; name="id"\r\nContent-Type: text/x447700900123',
            'Content-Disposition: form-data; name="id"\r\nContent-Type: text/plain; charset=447700900123',
            'Content-Disposition: form-data; name="id"\r\nContent-Transfer-Encoding: 447700900123',
            'X-Phone: 447700900123\r\nContent-Disposition: form-data; name="id"',
        ],
    )
    def test_no_block_with_anything_of_the_senders_own_is_kept(self, head, known):
        post(multipart(*FIELDS, (head, "7"), zip_part()), MULTIPART)
        assert len(known) == 4
        assert b"447700900123" not in b"".join(known)

    def test_however_many_there_are_only_so_many_are_kept(self, known):
        name = "Content-Disposition"
        for number in range(1000):
            cased = "".join(c.upper() if number >> at & 1 else c.lower() for at, c in enumerate(name))
            assert post(multipart((f'{cased}: form-data; name="id"', "7"), *FIELDS[1:]), MULTIPART).id == "7"
            assert len(known) <= 256

    @given(st.lists(st.sampled_from(BLOCK_LINES), min_size=1, max_size=4))
    def test_what_is_remembered_is_what_would_be_read_again(self, lines):
        block = b"\r\n".join(lines)
        body = b"--xYzZy\r\n" + block + b"\r\n\r\n1234\r\n--xYzZy--"
        first, again = split(body, "xYzZy", Limits()), split(body, "xYzZy", Limits())
        assert first == again == [(_read_head(b"\r\n" + block + b"\r\n\r\n"), body.index(b"1234"), 4)]


class TestLimits:
    def test_fields_of_the_body_and_the_query_count_together_and_the_zip_does_not(self):
        limits = Limits(max_fields=5)
        body = multipart(*FIELDS, field("a", "1"), zip_part())
        assert type(post(body, MULTIPART, b"x=1", limits=limits)) is Mms
        for query, parts in [
            (b"x=1&y=2", [field("a", "1")]),
            (b"", [field("a", "1")] * 3),
            (b"", [field("a", "1")] * 9),
        ]:
            with pytest.raises(RequestTooLarge) as caught:
                post(multipart(*FIELDS, *parts, zip_part()), MULTIPART, query, limits=limits)
            assert caught.value.limit == "max_fields"

    def test_too_many_parts_are_told_before_the_end(self):
        body = multipart(*[field("a", "1")] * 9, end="")
        with pytest.raises(RequestTooLarge):
            post(body, MULTIPART, limits=Limits(max_fields=5))
        with pytest.raises(UnreadablePush):
            post(multipart(*[field("a", "1")] * 6, end=""), MULTIPART, limits=Limits(max_fields=5))

    @pytest.mark.parametrize("rest", [b"no header\r\n\r\n", b"no blank line"])
    def test_too_many_parts_are_told_before_a_broken_one(self, rest):
        body = multipart(*[field("a", "1")] * 6, end="")
        with pytest.raises(RequestTooLarge):
            post(body + b"--xYzZy\r\n" + rest, MULTIPART, limits=Limits(max_fields=5))

    def test_a_field_of_a_body_has_a_limit_and_a_file_has_the_bodys(self):
        limits = Limits(max_field_bytes=50)
        big = ('Content-Disposition: form-data; name="x"; filename="x"', b"x" * 500)
        message = post(
            multipart(*FIELDS, field("subject", "x" * 50), big, zip_part(b"z" * 500)), MULTIPART, limits=limits
        )
        assert message.subject == "x" * 50
        for parts in ([field("subject", "x" * 51)], [field("n" * 51, "")]):
            with pytest.raises(RequestTooLarge) as caught:
                post(multipart(*FIELDS, *parts, zip_part()), MULTIPART, limits=limits)
            assert caught.value.limit == "max_field_bytes"

    def test_the_fields_of_an_urlencoded_body(self):
        assert post(b"id=1&type=6&message=Hi", None, limits=Limits(max_fields=3)).text == "Hi"
        with pytest.raises(RequestTooLarge):
            post(b"id=1&type=6&message=Hi&x=1", None, limits=Limits(max_fields=3))

    def test_megabytes_of_separators_are_no_fields(self):
        body = b"id=1&type=6&message=Hi" + b"&" * 3_000_000
        assert post(body, None).text == "Hi"

    def test_megabytes_in_one_field_are_refused_before_they_are_decoded(self):
        limits = Limits(max_field_bytes=100)
        assert post(b"id=1&type=6&message=" + b"%41" * 100, None, limits=limits).text == "A" * 100
        for body in (b"id=1&type=6&message=" + b"%zz\r" * 1000, b"&&a" * 300):
            with pytest.raises(RequestTooLarge):
                post(body, None, limits=limits)

    def test_a_part_may_have_as_many_headers_as_mail_and_no_more(self):
        many = "\r\n".join(f"X-{number}: 1" for number in range(31))
        assert post(multipart((f"{FIELDS[0][0]}\r\n{many}", "7"), *FIELDS[1:], zip_part()), MULTIPART).id == "7"
        with pytest.raises(UnreadablePush, match="too long a header"):
            post(multipart((f"{FIELDS[0][0]}\r\n{many}\r\nX: 1", "7"), *FIELDS[1:], zip_part()), MULTIPART)

    def test_lines_that_continue_a_header_count_as_headers(self):
        for lines, fits in [(31, True), (32, False), (2000, False)]:
            body = multipart((field("id", "")[0] + "\r\n x" * lines, "7"), *FIELDS[1:], zip_part())
            if fits:
                assert post(body, MULTIPART).id == "7"
            else:
                with pytest.raises(UnreadablePush, match="too long a header"):
                    post(body, MULTIPART)

    def test_a_header_without_an_end_is_refused_wherever_the_body_is(self):
        start = b"--xYzZy\r\nContent-Disposition: form-data; name=x"
        for rest, sentence in [
            (b"x" * 5000, "too long a header"),
            (b"\r\nX: 1" * 40_000, "too long a header"),
            (b"\r\n x" * 40_000, "too long a header"),
            (b"", "the multipart body is broken"),
            (b"\r\nno colon" * 9, "the multipart body is broken"),
        ]:
            for body in (start + rest, spooled(start + rest)):
                with pytest.raises(UnreadablePush, match=sentence):
                    post(body, MULTIPART)

    @pytest.mark.parametrize(
        ("length", "fits"), [("4", True), ("3", False), ("5", False), ("04", False), ("x", False), ("9" * 5000, False)]
    )
    def test_a_content_length_of_a_part_is_believed_by_nobody_and_must_fit(self, length, fits):
        body = multipart((f"{field('id', '')[0]}\r\nContent-Length: {length}", "1234"), *FIELDS[1:], zip_part())
        if fits:
            assert post(body, MULTIPART).id == "1234"
        else:
            with pytest.raises(UnreadablePush):
                post(body, MULTIPART)

    def test_a_boundary_longer_than_what_is_searched_at_a_time(self):
        boundary = "b" * 20_000
        body = multipart(*FIELDS, zip_part(), boundary=boundary)
        for source in (body, spooled(body)):
            request = InboundRequest(
                method="POST", headers=[("content-type", f"multipart/form-data; boundary={boundary}")], body=source
            )
            assert parse(request).archive.raw == ZIP

    def test_windows_that_do_not_end_at_a_boundary_are_refused(self):
        # The reader misses a first boundary that a chunk's end cuts in two with no line end before it, and takes the
        # second one for the first; searching finds the first. What they disagree on is not delivered.
        for value in ("x", "xyz"):
            body = b"x" * (256 * 1024 - 3) + multipart(field("id", value), field("id", "1"), field("type", "6"))
            with pytest.raises(UnreadablePush, match="the multipart body is broken"):
                parse(InboundRequest(method="POST", headers=[("content-type", MULTIPART)], body=spooled(body)))

    @pytest.mark.parametrize("size", [0, 3, 8192, 8193, 20_000])
    def test_a_search_ends_where_the_body_does(self, size):
        for body in (b"x" * size, _File(spooled(b"x" * size))):
            assert body.find(b"\r\n", 0) == -1
            assert body.find(b"\r\n", size + 1) == -1

    @pytest.mark.parametrize("at", [0, 8191, 8192, 24_575, 300_000, 600_000])
    def test_a_search_finds_what_lies_across_the_pieces_it_reads(self, at):
        data = b"x" * at + b"\r\n--needle" + b"x" * 10
        for body in (data, _File(spooled(data))):
            assert body.find(b"\r\n--needle", 0) == at
            assert body.find(b"\r\n--needle", at) == at
            assert body.find(b"\r\n--needle", at + 1) == -1

    @given(
        st.lists(
            st.sampled_from([b"\r", b"\n", b"-", b"b", b"x", b"\r\n--b", b"\r\n--b\r\n\r\n", b"\r\n--b-"]), max_size=40
        ),
        st.sampled_from([b"--b\r\n", b"--b\r\r\n", b"--\r\n", b"\r\n--b\r\n", b"--b"]),
        st.lists(st.integers(1, 9), max_size=40),
    )
    def test_where_a_boundary_comes_again_is_known_however_the_body_came(self, pieces, line, sizes):
        data = line + b"".join(pieces)
        buffer = BodyBuffer(Limits(spool_bytes=8))
        at = 0
        # Chunks of four bytes and more are kept as they are, what is smaller is put together.
        with mock.patch.multiple("mxinbound.body", _WRITE_BYTES=12, _SMALL_BYTES=4):
            for size in [*sizes, len(data)]:
                buffer.write(data[at : at + size])
                at += size
            body = _File(buffer.finish()) if len(data) > 8 else data
        for needle in (b"\r\n--b", b"\r\n--b\r"):
            for start in range(len(data) + 2):
                assert body.find(needle, start) == data.find(needle, start)

    def test_a_boundary_noted_is_not_searched_for(self, monkeypatch):
        body = multipart(*FIELDS, zip_part(b"z" * 1_000_000))
        source, read, read_at = spooled(body), [], SpooledBody.read_at

        def counted(self, offset, size):
            read.append(size)
            return read_at(self, offset, size)

        monkeypatch.setattr(SpooledBody, "read_at", counted)
        assert split(source, "xYzZy", Limits()) == split(body, "xYzZy", Limits())
        assert sum(read) < 100_000

    @pytest.mark.parametrize(("count", "noted"), [(6, True), (7, False), (9000, False)])
    def test_no_more_boundaries_are_noted_than_parts_are_accepted(self, count, noted):
        buffer = BodyBuffer(Limits(spool_bytes=0, max_fields=5))
        data = b"--xYzZy\r\n" + b"\r\n--xYzZy" * count
        buffer.write(data)
        body = buffer.finish()
        assert bool(body.boundary.line) is noted
        assert len(body.boundary._places) <= 7
        assert _File(body).find(b"\r\n--xYzZy", 10) == 18

    def test_a_search_has_an_end(self):
        data = b"x" * 100_000 + b"\r\n"
        for body in (data, _File(spooled(data))):
            assert body.find(b"\r\n", 0, 40_000) == -1
            assert body.find(b"\r\n", 0, 100_001) == -1
            assert body.find(b"\r\n", 0, 100_002) == 100_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/plain", ("text/plain", {})),
        ("", ("", {})),
        (" Text/PLAIN ; Charset = UTF-8 ", ("text/plain", {"charset": "UTF-8"})),
        ('a/b; x="a;b=c"; y=2', ("a/b", {"x": "a;b=c", "y": "2"})),
        ('a/b; x="a\\"b"', ("a/b", {"x": 'a"b'})),
        ('a/b; x="open; y=2', ("a/b", {"x": "open", "y": "2"})),
        ("a/b; x=1; X=2", ("a/b", {"x": "1"})),
        ("a/b;;; ;x=;=y;z", ("a/b", {"x": ""})),
        ("a/b; boundary=----=_Part_0_1.2", ("a/b", {"boundary": "----=_Part_0_1.2"})),
    ],
)
def test_content_types_are_taken_apart_leniently(value, expected):
    assert parse_content_type(value) == expected


def test_an_ordinary_file_is_left_open_and_a_spooled_one_goes_with_its_last_user():
    with tempfile.TemporaryFile() as file:
        file.write(multipart(*FIELDS, zip_part()))
        message = parse(InboundRequest(method="POST", headers=[("content-type", MULTIPART)], body=file))
        archive = message.archive
        del message
        assert archive.raw == ZIP
        assert not file.closed
