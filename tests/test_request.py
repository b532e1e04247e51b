"""The neutral request: a value that can be compared, stored and replayed, and that shows nothing of what it holds."""

import copy
import io
import json
import pickle
import tempfile
from datetime import datetime, timedelta, timezone

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from mxinbound import InboundRequest, Limits, UnreadablePush
from mxinbound.body import CHUNK_BYTES, BodyBuffer, SpooledBody

FOREIGN = "these bytes were not written by InboundRequest.to_bytes()"
WHEN = datetime(2010, 8, 21, 17, 32, 21, 123456, tzinfo=timezone.utc)


def spooled(data):
    buffer = BodyBuffer(Limits(spool_bytes=0, max_body_bytes=max(1, len(data))))
    buffer.write(data)
    body = buffer.finish()
    assert isinstance(body, SpooledBody) or not data
    return body


def a_request(**changes):
    attributes = {
        "method": "POST",
        "query": b"a=1&b=2",
        "headers": (("host", "localhost"), ("x-odd", "ä")),
        "body": b"the body",
        "peer": "83.166.68.7",
        "received_at": WHEN,
    }
    return InboundRequest(**attributes | changes)


class TestValue:
    def test_only_the_method_is_needed(self):
        request = InboundRequest(method="GET")
        assert (request.query, request.headers, request.body) == (b"", (), b"")
        assert (request.peer, request.received_at, request.rebuilt) == (None, None, False)

    def test_attributes_are_keywords(self):
        with pytest.raises(TypeError):
            InboundRequest("GET")

    def test_nothing_can_be_changed(self):
        request = a_request()
        for name in ("method", "query", "headers", "body", "peer", "received_at", "rebuilt"):
            with pytest.raises(FrozenInstanceError):
                setattr(request, name, b"")
        assert request == a_request()

    @pytest.mark.parametrize("kind", [list, tuple, iter])
    def test_headers_given_as_lists_are_pairs_all_the_same(self, kind):
        request = InboundRequest(method="GET", headers=kind([["Host", "localhost"], ["x-b", "2"]]))
        assert request.headers == (("Host", "localhost"), ("x-b", "2"))
        assert hash(request) == hash(InboundRequest.from_bytes(request.to_bytes()))

    @pytest.mark.parametrize("headers", [(("abc",),), (("a", "b", "c"),)])
    def test_what_is_no_pair_is_refused_when_it_is_given(self, headers):
        with pytest.raises(ValueError, match="unpack"):
            InboundRequest(method="GET", headers=headers)

    def test_headers_given_as_any_iterable_are_kept_as_a_tuple_in_order(self):
        pairs = [("b", "1"), ("a", "2"), ("b", "1"), ("B", "3")]
        for given_ in (pairs, tuple(pairs), iter(pairs)):
            assert InboundRequest(method="GET", headers=given_).headers == tuple(pairs)

    @pytest.mark.parametrize(
        "changes",
        [
            {"method": "GET"},
            {"query": b"a=1&b=3"},
            {"headers": ()},
            {"headers": (("x-odd", "ä"), ("host", "localhost"))},
            {"headers": (("Host", "localhost"), ("x-odd", "ä"))},
            {"body": b""},
            {"body": b"the bodY"},
            {"body": b"the body "},
            {"peer": None},
            {"peer": "83.166.68.8"},
            {"received_at": None},
            {"received_at": WHEN + timedelta(microseconds=1)},
            {"received_at": WHEN.replace(tzinfo=None)},
            {"rebuilt": True},
        ],
        ids=lambda changes: ",".join(f"{name}={value!r}" for name, value in changes.items())[:50],
    )
    def test_requests_that_differ_in_anything_are_not_equal(self, changes):
        assert a_request() == a_request()
        assert a_request(**changes) != a_request()
        assert a_request() != a_request(**changes)
        assert a_request(**changes) == a_request(**changes)

    @pytest.mark.parametrize(
        "other", [None, b"", "POST", object(), a_request().to_bytes()], ids=lambda o: type(o).__name__
    )
    def test_a_request_equals_nothing_else(self, other):
        assert a_request() != other
        assert other != a_request()

    def test_equal_requests_hash_alike(self):
        assert hash(a_request()) == hash(a_request())
        assert len({a_request(), a_request(), a_request(method="GET"), a_request(query=b"")}) == 3

    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
    def test_a_copy_is_equal(self, copied):
        assert copied(a_request()) == a_request()

    def test_with_body_changes_the_body_and_what_is_named(self):
        assert a_request().with_body(b"other") == a_request(body=b"other")
        assert attrs.evolve(a_request(), body=b"", rebuilt=True, headers=()) == a_request(
            body=b"", rebuilt=True, headers=()
        )

    def test_a_hand_made_request_keeps_what_it_was_given(self):
        request = InboundRequest(method="weird method", headers=[("X-B", " 1 "), ("x-b", "2")], peer="anything")
        assert request.headers == (("X-B", " 1 "), ("x-b", "2"))
        assert (request.method, request.peer) == ("weird method", "anything")


class TestBodies:
    @pytest.mark.parametrize("size", [0, 1, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 7])
    def test_the_same_bytes_are_equal_wherever_they_live(self, size):
        data = bytes(range(256)) * (size // 256 + 1)
        data = data[:size]
        with tempfile.TemporaryFile() as file:
            file.write(data)
            bodies = [data, spooled(data), spooled(data), io.BytesIO(data), file]
            requests = [a_request(body=body) for body in bodies]
            for one in requests:
                for other in requests:
                    assert one == other
                    assert hash(one) == hash(other)

    @pytest.mark.parametrize("place", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES])
    @pytest.mark.parametrize("kind", [spooled, io.BytesIO], ids=["spooled", "file"])
    def test_one_other_byte_anywhere_makes_them_differ(self, kind, place):
        data = bytes(2 * CHUNK_BYTES + 1)
        changed = data[:place] + b"x" + data[place + 1 :]
        assert a_request(body=kind(data)) != a_request(body=changed)
        assert a_request(body=changed) != a_request(body=kind(data))
        assert a_request(body=kind(data)) != a_request(body=spooled(changed))

    @pytest.mark.parametrize("kind", [spooled, io.BytesIO], ids=["spooled", "file"])
    def test_one_byte_more_makes_them_differ(self, kind):
        data = bytes(CHUNK_BYTES)
        assert a_request(body=kind(data)) != a_request(body=data + b"\0")
        assert a_request(body=kind(data + b"\0")) != a_request(body=data)
        assert a_request(body=kind(b"")) != a_request(body=b"\0")

    @pytest.mark.parametrize("kind", [spooled, io.BytesIO], ids=["spooled", "file"])
    def test_a_file_is_read_from_its_start_wherever_it_stands(self, kind):
        body = kind(b"the body")
        body.seek(5)
        assert a_request(body=body) == a_request()
        body.seek(0, io.SEEK_END)
        assert a_request(body=body).to_bytes() == a_request().to_bytes()
        assert a_request(body=body).to_bytes() == a_request().to_bytes()

    def test_a_spooled_body_stays_where_it_stands(self):
        body = spooled(b"the body")
        body.seek(5)
        assert a_request(body=body) == a_request()
        assert a_request(body=body).to_bytes() == a_request().to_bytes()
        assert body.tell() == 5


class TestRepr:
    def test_it_shows_the_method_and_sizes(self):
        assert repr(a_request()) == "<InboundRequest POST: 7 bytes of query, 2 headers, 8 bytes of body>"
        assert (
            repr(InboundRequest(method="GET")) == "<InboundRequest GET: 0 bytes of query, 0 headers, 0 bytes of body>"
        )

    @pytest.mark.parametrize("kind", [spooled, io.BytesIO], ids=["spooled", "file"])
    def test_it_shows_the_size_of_a_file(self, kind):
        shown = "<InboundRequest POST: 7 bytes of query, 2 headers, 12 bytes of body>"
        assert repr(a_request(body=kind(b"twelve bytes"))) == shown

    @pytest.mark.parametrize(
        ("method", "shown"),
        [
            ("OPTIONS", "OPTIONS"),
            ("get", "get"),
            ("ABCDEFGHIJ", "ABCDEFGHIJ"),
            ("ABCDEFGHIJK", "?"),
            ("", "?"),
            ("GET447700900123", "?"),
            ("GET 1", "?"),
            ("G\nET", "?"),
        ],
    )
    def test_a_method_is_shown_if_it_is_a_plain_word(self, method, shown):
        expected = f"<InboundRequest {shown}: 0 bytes of query, 0 headers, 0 bytes of body>"
        assert repr(InboundRequest(method=method)) == expected

    def test_it_shows_nothing_of_what_it_holds(self):
        secret = "Secret7733"
        request = InboundRequest(
            method=secret,
            query=secret.encode(),
            headers=[(secret, secret)],
            body=secret.encode(),
            peer=secret,
            received_at=WHEN,
        )
        for text in (repr(request), str(request), f"{request}", repr([request])):
            assert secret not in text
            assert "2010" not in text


class TestHeader:
    REQUEST = InboundRequest(
        method="GET", headers=[("x-a", "1"), ("X-B", "b"), ("X-A", "2"), ("x-a", ""), ("x-ab", "3"), ("x-empty", "")]
    )

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("x-a", "1,2,"),
            ("X-A", "1,2,"),
            ("x-b", "b"),
            ("X-b", "b"),
            ("x-ab", "3"),
            ("x-empty", ""),
            ("x-c", None),
            ("x", None),
            ("", None),
        ],
    )
    def test_it_is_found_in_any_case_and_repeats_are_joined_in_order(self, name, value):
        assert self.REQUEST.header(name) == value


class TestProbes:
    @pytest.mark.parametrize(
        ("method", "query", "is_probe"),
        [
            ("HEAD", b"", True),
            ("HEAD", b"id=1", True),
            ("OPTIONS", b"", True),
            ("OPTIONS", b"id=1", True),
            ("GET", b"", True),
            ("GET", b"&", True),
            ("GET", b"&&&", True),
            ("GET", b"id=1", False),
            ("GET", b"x", False),
            ("GET", b"X", False),
            ("GET", b"=", False),
            ("GET", b"&a&", False),
            ("POST", b"", False),
            ("POST", b"id=1", False),
            ("PUT", b"", False),
            ("DELETE", b"", False),
            ("TRACE", b"", False),
            ("head", b"", False),
            ("get", b"", False),
            ("", b"", False),
        ],
    )
    def test_a_monitor_looks_without_pushing(self, method, query, is_probe):
        assert InboundRequest(method=method, query=query).is_probe is is_probe


# Every character there is, the lone halves of surrogate pairs among them.
TEXTS = st.text(st.characters(exclude_categories=()))
TIMES = st.none() | st.builds(
    lambda naive, zone: naive.replace(tzinfo=zone),
    st.datetimes(),
    st.none() | st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(timezone),
)
REQUESTS = st.builds(
    InboundRequest,
    method=TEXTS,
    query=st.binary(),
    headers=st.lists(st.tuples(TEXTS, TEXTS)),
    body=st.binary(),
    peer=st.none() | TEXTS,
    received_at=TIMES,
    rebuilt=st.booleans(),
)


class TestBytes:
    @given(REQUESTS)
    def test_what_is_written_is_read_back(self, request_):
        read = InboundRequest.from_bytes(request_.to_bytes())
        assert read == request_
        assert hash(read) == hash(request_)
        assert type(read.body) is bytes
        assert read.received_at == request_.received_at
        if request_.received_at is not None:
            assert read.received_at.utcoffset() == request_.received_at.utcoffset()
        assert read.to_bytes() == request_.to_bytes()

    @given(st.binary(max_size=100))
    def test_a_spooled_body_is_written_as_the_same_bytes(self, data):
        assert a_request(body=spooled(data)).to_bytes() == a_request(body=data).to_bytes()
        assert InboundRequest.from_bytes(a_request(body=spooled(data)).to_bytes()).body == data

    @pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 5 * CHUNK_BYTES + 1])
    @pytest.mark.parametrize("kind", [bytes, spooled, io.BytesIO], ids=["bytes", "spooled", "file"])
    def test_a_body_of_any_size_is_written_whole(self, kind, size):
        data = (b"0123456" * (size // 7 + 1))[:size]
        assert InboundRequest.from_bytes(a_request(body=kind(data)).to_bytes()).body == data

    @pytest.mark.parametrize(
        "text",
        [
            "\0",
            "\r\n",
            "ä€😀",
            "\u2028\u2029\x85",
            "\ud800",
            "\udc80\udcff",
            "\ud83d x \ude00",
            chr(0xD83D) + chr(0xDE00),
            '"\\/',
            "\ufeff",
            "a" * 100_000,
        ],
        ids=lambda text: ascii(text)[:20],
    )
    def test_odd_text_survives(self, text):
        request = InboundRequest(method=text, headers=[(text, text)], peer=text)
        assert InboundRequest.from_bytes(request.to_bytes()) == request

    def test_the_version_is_written_first(self):
        assert a_request().to_bytes().startswith(b"mxinbound-request 1 ")

    def test_no_header_nor_query_can_pretend_to_be_something_else(self):
        blob = a_request(headers=[("a", "}\n")], query=b"\n\n{}", body=b"mxinbound-request 1 0 0\n")
        assert InboundRequest.from_bytes(blob.to_bytes()) == blob

    @pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
    def test_it_is_read_from_anything_that_holds_bytes(self, kind):
        assert InboundRequest.from_bytes(kind(a_request().to_bytes())) == a_request()


def assert_foreign(blob):
    with pytest.raises(UnreadablePush) as caught:
        InboundRequest.from_bytes(blob)
    assert str(caught.value) == FOREIGN
    assert (caught.value.parameter, caught.value.problems, caught.value.request) == (None, (), None)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


HEAD = {"method": "GET", "headers": [["a", "b"]], "peer": None, "received_at": None, "rebuilt": False}


def _blob_of(head):
    """A blob as `to_bytes` writes it, but with another head."""
    whole = a_request(query=b"", body=b"").to_bytes()
    prefix, newline, written = whole.partition(b"\n")
    head = head if isinstance(head, bytes) else json.dumps(head).encode()
    return prefix.replace(b" %d " % len(written), b" %d " % len(head)) + newline + head


class TestForeignBytes:
    @pytest.mark.parametrize(
        "blob",
        [
            pytest.param(b"", id="nothing"),
            pytest.param(b"\n", id="a line"),
            pytest.param(b"mxinbound-request", id="the name alone"),
            pytest.param(b"mxinbound-request 1 \n", id="no sizes"),
            pytest.param(a_request().to_bytes().replace(b"request 1 ", b"request 2 ", 1), id="another version"),
            pytest.param(a_request().to_bytes().replace(b"request 1 ", b"request 10 ", 1), id="a later version"),
            pytest.param(a_request().to_bytes().replace(b"request 1 ", b"request  1 ", 1), id="two blanks"),
            pytest.param(a_request().to_bytes().replace(b"request 1 ", b"request 1 -", 1), id="a negative size"),
            pytest.param(a_request().to_bytes().replace(b"request 1 ", b"request 1 9", 1), id="a size too large"),
            pytest.param(
                a_request().to_bytes().replace(b"request 1 ", b"request 1 " + b"9" * 5000, 1), id="a huge size"
            ),
            pytest.param(a_request().to_bytes().replace(b"\n", b"\r\n", 1), id="CR LF"),
            pytest.param(b" " + a_request().to_bytes(), id="a blank before"),
            pytest.param(b"\xef\xbb\xbf" + a_request().to_bytes(), id="a byte order mark before"),
            pytest.param(a_request().to_bytes().upper(), id="capitals"),
            pytest.param(pickle.dumps({"method": "GET"}), id="a pickle"),
            pytest.param(json.dumps(HEAD).encode(), id="JSON"),
            pytest.param(b"GET /?id=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", id="HTTP"),
            pytest.param(b"PK\x03\x04", id="a zip"),
            pytest.param("mxinbound-request 1 2 0\n{}", id="text"),
            pytest.param(None, id="None"),
            pytest.param(7, id="an integer"),
            pytest.param(-1, id="a negative integer"),
            pytest.param([1, 2, 300], id="a list"),
            pytest.param(object(), id="an object"),
        ],
    )
    def test_are_told_by_their_start(self, blob):
        assert_foreign(blob)

    def test_the_heads_of_the_next_test_would_be_read_if_they_were_right(self):
        assert InboundRequest.from_bytes(_blob_of(HEAD)) == InboundRequest(method="GET", headers=[("a", "b")])

    @pytest.mark.parametrize(
        "head",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"{", id="cut off"),
            pytest.param(b"\xff\xfe\x00", id="no text"),
            pytest.param(b'{"method": "\xff"}', id="no UTF-8"),
            pytest.param(json.dumps(HEAD).encode() + b"x", id="something after it"),
            pytest.param(b"[" * 200_000, id="deep"),
            pytest.param(b'{"method":' * 100_000, id="deep in objects"),
            pytest.param(b"9" * 5000, id="a huge number"),
            pytest.param(None, id="null"),
            pytest.param(1, id="a number"),
            pytest.param("GET", id="a text"),
            pytest.param([], id="a list"),
            pytest.param({}, id="an empty object"),
            *(pytest.param({k: v for k, v in HEAD.items() if k != name}, id=f"without {name}") for name in HEAD),
            *(
                pytest.param(HEAD | {"method": value}, id=f"method {value!r}")
                for value in (None, 1, True, ["GET"], {"GET": 1})
            ),
            *(
                pytest.param(HEAD | {"headers": value}, id=f"headers {value!r}")
                for value in (None, 1, True, "ab", ["ab"], {"ab": 1}, [[]], [["a"]], [["a", "b", "c"]], [["a", 1]])
            ),
            *(
                pytest.param(HEAD | {"headers": value}, id=f"headers {value!r}")
                for value in ([[None, "b"]], [{"a": 1, "b": 2}], [["a", ["b"]]], [None], {})
            ),
            *(pytest.param(HEAD | {"peer": value}, id=f"peer {value!r}") for value in (1, False, ["a"], {})),
            *(
                pytest.param(HEAD | {"received_at": value}, id=f"received_at {value!r}")
                for value in (1, False, "", "yesterday", "2010-13-01", [], float("nan"), "2010-08-21T17:32:21+25:00")
            ),
            *(pytest.param(HEAD | {"rebuilt": value}, id=f"rebuilt {value!r}") for value in (None, 0, 1, "true", [])),
        ],
    )
    def test_are_told_by_their_head(self, head):
        assert_foreign(_blob_of(head))

    WHOLE = a_request(headers=[("a", "ä")], query=b"id=1", body=b"message=Hello").to_bytes()

    @pytest.mark.parametrize(
        "cuts",
        [range(len(WHOLE) - len(b"message=Hello")), range(len(WHOLE) - len(b"message=Hello"), len(WHOLE))],
        ids=["before the body", "in the body"],
    )
    def test_a_blob_that_is_cut_off_anywhere_is_none(self, cuts):
        for cut in cuts:
            assert_foreign(self.WHOLE[:cut])

    def test_a_blob_with_something_after_it_is_none(self):
        assert_foreign(self.WHOLE + b"x")
        assert_foreign(self.WHOLE + self.WHOLE)

    @given(st.binary() | st.binary().map(b"mxinbound-request 1 ".__add__) | st.binary().map(_blob_of))
    def test_random_bytes_are_none(self, blob):
        assert_foreign(blob)

    @pytest.mark.parametrize("bit", range(8))
    def test_a_flipped_bit_gives_a_request_or_the_error_and_nothing_else(self, bit):
        read = 0
        for place in range(len(self.WHOLE)):
            blob = bytearray(self.WHOLE)
            blob[place] ^= 1 << bit
            try:
                InboundRequest.from_bytes(blob)
            except UnreadablePush as error:
                assert str(error) == FOREIGN  # not every flip is seen
            else:
                read += 1
        assert read < len(self.WHOLE) / 2

    @given(
        st.dictionaries(
            st.sampled_from(list(HEAD)),
            st.none() | st.booleans() | st.text() | st.lists(st.lists(st.text(), max_size=3), max_size=3),
        )
    )
    def test_a_random_head_gives_a_request_or_the_error_and_nothing_else(self, changes):
        try:
            read = InboundRequest.from_bytes(_blob_of(HEAD | changes))
        except UnreadablePush as error:
            assert str(error) == FOREIGN  # some are well formed
        else:
            assert InboundRequest.from_bytes(read.to_bytes()) == read
            assert isinstance(read.method, str)
            assert isinstance(hash(read), int)
