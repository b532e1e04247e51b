"""What is asked for, and what is thought of each answer; every sentence of it as a whole."""

import io
import struct
import zipfile
from datetime import datetime, timedelta, timezone

import attrs
import pytest

from mxinbound import (
    ArchiveTooLarge,
    CredentialsRefused,
    GatewayBusy,
    GatewayUnreachable,
    IncompleteDownload,
    Limits,
    MmsNotAvailable,
    MmsNotification,
    NotAnArchive,
    RetrievalError,
    RetrievalTimeout,
)
from mxinbound.retrieval.exchange import HEADERS, TAIL_BYTES, Judge, Order
from mxinbound.testing import build_zip

NOON = datetime(2026, 8, 21, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
ARCHIVE = build_zip([("a.txt", "text/plain", "a")])
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
CANARY = "s3cret"


def answered(size, named, what):
    """What is said of an answer that is no archive."""
    return f"the gateway answered with {named} of {size.removeprefix('of ')}, {what}"


def notification(expiry=None):
    return MmsNotification(id="41", originator="447700900123", to=("88600",), date=NOON - HOUR, expiry=expiry)


def judge(expiry=None, **limits):
    return Judge(Order("41", expiry), Limits(**limits), lambda: NOON)


def caught(*calls):
    """The error of the last of the calls, those before it being all right."""
    *before, last = calls
    for call in before:
        call()
    with pytest.raises(RetrievalError) as info:
        last()
    assert info.value.message_id == "41"
    return info.value


def of_head(status=200, headers=None, **options):
    of = judge(**options)
    return caught(lambda: of.take_head(status, headers or {}))


class TestOrder:
    def test_an_id_is_one(self):
        assert Order.of("41") == Order("41", None)

    def test_a_notification_is_one(self):
        assert Order.of(notification(NOON)) == Order("41", NOON)

    @pytest.mark.parametrize("value", [41, None, b"41"], ids=["a number", "nothing", "bytes"])
    def test_nothing_else_is(self, value):
        with pytest.raises(TypeError) as info:
            Order.of(value)
        assert str(info.value) == "an MMS is fetched by its id or its MmsNotification"

    def test_an_empty_id_is_not(self):
        with pytest.raises(ValueError) as info:
            Order.of("")
        assert str(info.value) == "an id is not empty"

    @pytest.mark.parametrize("size", [1024, 1025])
    def test_a_long_id_is_not_asked_for(self, size):
        for value in ("4" * size, "é" * (size // 2) + "4" * (size % 2), attrs.evolve(notification(), id="4" * size)):
            if size == 1024:
                Order.of(value)
                continue
            with pytest.raises(RetrievalError) as info:
                Order.of(value)
            assert type(info.value) is RetrievalError
            assert str(info.value) == "the id is longer than 1024 bytes; it was not asked for"
            assert len(info.value.message_id.encode()) == size

    @pytest.mark.parametrize(
        "message", ["4\ud8001", attrs.evolve(notification(), id="41\udfff")], ids=["id", "notification"]
    )
    def test_half_a_character_is_not_sent(self, message):
        with pytest.raises(ValueError) as info:
            Order.of(message)
        assert (type(info.value), str(info.value)) == (ValueError, "an id is text that can be sent")
        assert (info.value.__cause__, info.value.__context__) == (None, None)

    @pytest.mark.parametrize(
        ("expiry", "expired"),
        [(None, False), (NOON + HOUR, False), (NOON, True), (NOON - HOUR, True)],
        ids=["none", "later", "now", "past"],
    )
    def test_is_refused_when_it_has_expired(self, expiry, expired):
        order = Order("41", expiry)
        assert order.expired(NOON) is expired
        if not expired:
            order.refuse_expired(NOON)
            return
        with pytest.raises(MmsNotAvailable) as info:
            order.refuse_expired(NOON)
        assert str(info.value) == "the MMS has expired; it was not asked for"
        assert (info.value.message_id, info.value.http_status, info.value.expired) == ("41", None, True)

    def test_the_zip_is_asked_for_as_it_is(self):
        assert HEADERS == {
            "accept": "application/zip, */*;q=0.1",
            "accept-encoding": "identity",
            "user-agent": "mxinbound",
        }


REFUSED = [
    (401, CredentialsRefused, "the gateway refused the user and password (401)"),
    (403, CredentialsRefused, "the gateway refused the user and password (403)"),
    (404, MmsNotAvailable, "the gateway has no MMS of this id (404)"),
    (410, MmsNotAvailable, "the gateway has no MMS of this id (410)"),
    (408, GatewayBusy, "the gateway asked to be tried again later (408)"),
    (425, GatewayBusy, "the gateway asked to be tried again later (425)"),
    (429, GatewayBusy, "the gateway asked to be tried again later (429)"),
    (500, GatewayBusy, "the gateway asked to be tried again later (500)"),
    (503, GatewayBusy, "the gateway asked to be tried again later (503)"),
    (599, GatewayBusy, "the gateway asked to be tried again later (599)"),
    (300, RetrievalError, "the gateway answered with a redirect, which is not followed (300)"),
    (302, RetrievalError, "the gateway answered with a redirect, which is not followed (302)"),
    (399, RetrievalError, "the gateway answered with a redirect, which is not followed (399)"),
    (400, RetrievalError, "the gateway refused the request (400)"),
    (407, RetrievalError, "the gateway refused the request (407)"),
    (499, RetrievalError, "the gateway refused the request (499)"),
    (600, RetrievalError, "the gateway refused the request (600)"),
    (999, RetrievalError, "the gateway refused the request (999)"),
]


class TestStatus:
    @pytest.mark.parametrize(("status", "kind", "sentence"), REFUSED, ids=[str(status) for status, *_ in REFUSED])
    def test_tells_what_is_wrong(self, status, kind, sentence):
        error = of_head(status)
        assert (type(error), str(error), error.http_status) == (kind, sentence, status)
        assert error.retryable is (kind is GatewayBusy)

    @pytest.mark.parametrize("status", [201, 204, 206, 299])
    def test_another_success_is_no_archive(self, status):
        error = of_head(status, {"content-length": "5"})
        assert (type(error), str(error), error.http_status) == (
            NotAnArchive,
            answered("5 bytes", "no type", f"with status {status}"),
            status,
        )

    @pytest.mark.parametrize("status", [404, 410])
    @pytest.mark.parametrize(
        ("expiry", "expired", "sentence"),
        [
            (NOON + HOUR, False, "the gateway has no MMS of this id"),
            (NOON, True, "the MMS has expired"),
            (NOON - HOUR, True, "the MMS has expired"),
        ],
        ids=["later", "now", "past"],
    )
    def test_what_is_gone_has_expired_if_its_expiry_has_passed(self, status, expiry, expired, sentence):
        error = of_head(status, expiry=expiry)
        assert (str(error), error.expired) == (f"{sentence} ({status})", expired)

    @pytest.mark.parametrize(
        ("value", "seconds"),
        [
            ("120", 120.0),
            (" 7 ", 7.0),
            ("0", 0.0),
            ("999999999", 999999999.0),
            ("Fri, 21 Aug 2026 12:01:30 GMT", 90.0),
            ("Fri, 21 Aug 2026 13:01:30 +0100", 90.0),
            ("Fri, 21 Aug 2026 12:01:30 -0000", 90.0),
            ("Fri, 21 Aug 2026 11:00:00 GMT", 0.0),
            ("", None),
            ("soon", None),
            ("1.5", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            ("1234567890", 1234567890.0),
            ("1" * 5000, None),
            ("²", None),
            ("٣", None),
            ("inf", None),
            ("nan", None),
            ("Fri, 99 Aug 2026 12:00:00 GMT", None),
            ("Fri, 21 Aug 99999999999 12:00:00 GMT", None),
            ("Fri, 21 Aug 2026 12:00:00 +99999999999999999999", None),
        ],
        ids=[
            "seconds", "blanks", "none", "many", "a date", "another zone", "no zone", "a past date", "nothing", "a word",
            "a fraction", "negative", "a plus", "an exponent", "ten digits", "digits without end", "superscript", "arabic", "inf", "nan",
            "no date", "a year too large", "a zone too large",
        ],
    )  # fmt: skip
    def test_when_to_try_again_is_in_seconds(self, value, seconds):
        error = of_head(503, {"retry-after": value})
        assert error.retry_after == seconds

    def test_only_the_busy_say_when(self):
        assert of_head(404, {"retry-after": "5"}).retry_after is None


TYPES = [
    (None, "no type"),
    ("", "no type"),
    ("text/html", "text/html"),
    ("Text/HTML; charset=utf-8", "text/html"),
    ("application/zip", "application/zip"),
    ("application/json", "application/json"),
    (f"text/x-{CANARY}", "another type"),
    (f"text/html; user={CANARY}", "text/html"),
]


class TestHead:
    @pytest.mark.parametrize(("value", "named"), TYPES, ids=[str(value) for value, _ in TYPES])
    def test_only_known_types_are_named(self, value, named):
        of = judge()
        of.take_head(200, {} if value is None else {"content-type": value})
        error = caught(lambda: of.take(PAGE))
        assert type(error) is NotAnArchive
        assert str(error) == answered("unknown length", named, "which does not start as a zip")

    @pytest.mark.parametrize("value", ["gzip", "br", "GZIP", "identity, gzip", CANARY])
    def test_an_encoding_is_refused(self, value):
        error = of_head(200, {"content-encoding": value, "content-length": "9", "content-type": "application/zip"})
        assert (type(error), error.http_status) == (NotAnArchive, 200)
        assert str(error) == answered("9 bytes", "application/zip", "in a content encoding that was not asked for")

    @pytest.mark.parametrize("value", ["identity", " Identity "])
    def test_identity_is_none(self, value):
        of = judge()
        of.take_head(200, {"content-encoding": value})
        of.take(ARCHIVE[:-1])
        assert type(caught(of.finish)) is IncompleteDownload
        of.take(ARCHIVE[-1:])
        assert of.finish() is None

    @pytest.mark.parametrize("declared", ["1001", "99999999999", "9" * 20])
    def test_what_is_declared_too_large_is_refused_at_once(self, declared):
        error = of_head(200, {"content-length": declared}, max_retrieve_bytes=1000)
        assert (type(error), str(error)) == (
            ArchiveTooLarge,
            "the archive is larger than max_retrieve_bytes (1000 bytes)",
        )

    @pytest.mark.parametrize("value", ["1000", " 1000 ", "x", "-1", "²", "1" * 5000])
    def test_what_is_not_is_not(self, value):
        of = told({"content-length": value}, max_retrieve_bytes=1000)
        size = "1000 bytes" if value.strip() == "1000" else "unknown length"
        error = caught(lambda: of.take(b"<"))
        assert str(error) == answered(size, "application/zip", "which does not start as a zip")


PAGE = b"<html>"


def told(headers=None, **options):
    of = judge(**options)
    of.take_head(200, {"content-type": "application/zip"} | (headers or {}))
    return of


class TestBytes:
    @pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 1000])
    @pytest.mark.parametrize("body", [ARCHIVE, EMPTY_ZIP], ids=["an archive", "an empty one"])
    def test_an_archive_is_all_right_however_it_comes(self, body, size):
        of = told({"content-length": str(len(body))})
        for start in range(0, len(body), size):
            assert type(caught(of.finish)) in {NotAnArchive, IncompleteDownload}
            of.take(body[start : start + size])
        assert of.finish() is None

    @pytest.mark.parametrize("body", [b"<", b"\xef", b"PX", b"PK\x01", b"PK\x03\x05", b"PK\x05\x04"])
    @pytest.mark.parametrize("size", [1, 10], ids=["a byte at a time", "at once"])
    def test_what_does_not_start_as_a_zip_is_refused_at_its_first_wrong_byte(self, body, size):
        of = told()
        chunks = [body[start : start + size] for start in range(0, len(body), size)]
        error = caught(*((lambda each=each: of.take(each)) for each in chunks))
        assert type(error) is NotAnArchive
        assert str(error) == answered("unknown length", "application/zip", "which does not start as a zip")

    def test_what_grows_too_large_is_refused(self):
        of = told(max_retrieve_bytes=10)
        error = caught(lambda: of.take(ARCHIVE[:10]), lambda: of.take(b"x"))
        assert (type(error), str(error)) == (
            ArchiveTooLarge,
            "the archive is larger than max_retrieve_bytes (10 bytes)",
        )

    @pytest.mark.parametrize(
        ("headers", "size"),
        [({}, "unknown length"), ({"content-length": "0"}, "0 bytes")],
        ids=["undeclared", "declared"],
    )
    def test_nothing_is_no_archive(self, headers, size):
        error = caught(told(headers).finish)
        assert (type(error), str(error)) == (NotAnArchive, answered(size, "application/zip", "which is empty"))

    @pytest.mark.parametrize(
        ("declared", "sent"), [(10, b""), (10, ARCHIVE[:9]), (10, ARCHIVE[:11])], ids=["nothing", "less", "more"]
    )
    def test_another_length_than_declared_is_incomplete(self, declared, sent):
        of = told({"content-length": str(declared)})
        error = caught(lambda: of.take(sent), of.finish)
        assert (type(error), str(error)) == (
            IncompleteDownload,
            f"the transfer broke off after {len(sent)} of {declared} bytes",
        )

    def test_a_length_beside_chunks_means_nothing(self):
        of = told({"content-length": "5"})
        assert type(caught(lambda: of.take(ARCHIVE), of.finish)) is IncompleteDownload
        of = told({"content-length": "5", "transfer-encoding": "chunked"})
        of.take(ARCHIVE)
        assert of.finish() is None

    @pytest.mark.parametrize("headers", [{}, {"transfer-encoding": "chunked"}], ids=["until the end", "in chunks"])
    @pytest.mark.parametrize("size", [7, 1 << 20])
    def test_the_end_of_a_zip_within_is_not_that_of_the_whole(self, headers, size):
        with zipfile.ZipFile(io.BytesIO(), "w") as written:
            written.writestr("a.jar", ARCHIVE)
            written.writestr("b.txt", "b")
            whole = written.fp.getvalue()
        cut = whole[: whole.index(ARCHIVE) + len(ARCHIVE)]
        of = told(headers)
        for start in range(0, len(cut), size):
            of.take(cut[start : start + size])
        if headers:  # who cuts it off does not say that it has ended
            of.finish()
            return
        error = caught(of.finish)
        assert (type(error), str(error)) == (
            IncompleteDownload,
            f"the transfer broke off after {len(cut)} bytes: the end of the zip is missing",
        )

    @pytest.mark.parametrize(
        ("end", "found"),
        [
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 0, 0), True),
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 0, 0) + b"\r\n", True),
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 0, 8) + b"12PK\x05\x0678", True),
            (struct.pack("<4s8x2IH", b"PK\5\6", 0xFFFFFFFF, 0, 0), True),
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 0xFFFFFFFF, 0), True),
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 0, 1), False),
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 0, 0) + bytes(17), False),
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 0, 0)[:-1], False),
            (struct.pack("<4s8x2IH", b"PK\5\6", 3, 0, 0), False),
            (struct.pack("<4s8x2IH", b"PK\5\6", 4, 1, 0), False),
        ],
        ids=[
            "as it is", "a line end behind", "another in its comment", "zip64 by the size", "zip64 by the offset",
            "a comment cut off", "much behind", "itself cut off", "a hole in front", "another offset",
        ],
    )  # fmt: skip
    def test_where_nothing_else_tells_it_the_end_record_has_to_fit(self, end, found):
        of = told()
        of.take(b"PK\3\4" + end)
        if found:
            of.finish()
        else:
            assert type(caught(of.finish)) is IncompleteDownload

    @pytest.mark.parametrize("cut", [1, 20, 100], ids=["in the end record's last byte", "within it", "far before"])
    def test_without_an_end_record_it_is_incomplete(self, cut):
        of = told()
        body = ARCHIVE[:-cut] if cut > 22 else ARCHIVE[:-22] + b"PK\x05\x07"
        error = caught(lambda: of.take(body), of.finish)
        assert (type(error), str(error)) == (
            IncompleteDownload,
            f"the transfer broke off after {len(body)} bytes: the end of the zip is missing",
        )

    @pytest.mark.parametrize(("beyond", "found"), [(0, True), (1, False)], ids=["just near", "just too far"])
    @pytest.mark.parametrize(
        "size", [1000, 70_000, 1 << 20], ids=["small chunks", "a large and a small one", "one chunk"]
    )
    def test_the_end_record_may_have_the_longest_comment_and_a_bit_behind_it(self, beyond, found, size):
        comment = bytes(0xFFFF)
        end = struct.pack("<4s8x2IH", b"PK\5\6", 0, 5004, len(comment)) + comment + bytes(16 + beyond)
        assert len(end) == TAIL_BYTES + beyond
        body = b"PK\x03\x04" + bytes(5000) + end
        of = told()
        for start in range(0, len(body), size):
            of.take(body[start : start + size])
        if found:
            of.finish()
        else:
            assert type(caught(of.finish)) is IncompleteDownload


def raised(error):
    """An error that a judge makes for others to raise."""
    return type(error), str(error), error.http_status, error.message_id


class TestTheWay:
    def test_a_gateway_out_of_reach(self):
        assert raised(judge().unreachable("it is far")) == (
            GatewayUnreachable, "the gateway could not be reached: it is far", None, "41",
        )  # fmt: skip

    def test_a_transfer_that_never_began(self):
        assert raised(judge().broken()) == (
            IncompleteDownload, "the transfer broke off before an answer came", None, "41",
        )  # fmt: skip

    def test_a_transfer_that_ended_early(self):
        of = told()
        of.take(ARCHIVE[:7])
        assert raised(of.broken()) == (IncompleteDownload, "the transfer broke off after 7 bytes", 200, "41")

    def test_a_transfer_that_took_too_long(self):
        assert raised(judge().too_late()) == (
            RetrievalTimeout, "the time allowed for the retrieval ran out", None, "41",
        )  # fmt: skip
