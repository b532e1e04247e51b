"""The messages as values: what they are equal by, what they show, and what they never show."""

import copy
from datetime import datetime, timedelta, timezone

import pytest
from attrs.exceptions import FrozenInstanceError

from mxinbound import Defect, InboundMessage, InboundRequest, Mms, MmsArchive, MmsNotification, MmsReport, Sms, wire
from mxinbound.body import whole
from mxinbound.parsing.defects import known_defect

DATE = datetime(2010, 8, 21, 17, 32, 21, tzinfo=timezone.utc)
EXPIRY = DATE + timedelta(days=2)
DEFECT = Defect("to-missing", "to", "there is no recipient")

SHARED = {
    "id": "4172212931",
    "originator": "447700900123",
    "to": ("447700900456", "447700900789"),
    "date": DATE,
    "network": "TMOBILEUK",
    "extra": (("Extra8844", "Extra9955"),),
    "defects": (DEFECT,),
    "raw": (("Raw8844", b"Raw9955"),),
    "request": InboundRequest(method="GET", query=b"Query7733", peer="83.166.68.7"),
}
MULTIMEDIA = {"cc": ("447700900001",), "subject": "Subject7733", "expiry": EXPIRY}
ATTRIBUTES = {
    Sms: SHARED | {"text": "Text7733"},
    Mms: SHARED | MULTIMEDIA | {"archive": MmsArchive(whole(b"Archive7733"))},
    MmsNotification: SHARED | MULTIMEDIA,
    MmsReport: SHARED | {"request_id": "4172212930", "status": "7", "kind": "read", "user_agent": "Nokia"},
}
KINDS = pytest.mark.parametrize("kind", ATTRIBUTES, ids=lambda kind: kind.__name__)


def make(kind, /, **changes):
    return kind(**ATTRIBUTES[kind] | changes)


class TestEveryMessage:
    @KINDS
    def test_holds_what_it_was_given(self, kind):
        message = make(kind)
        assert {name: getattr(message, name) for name in ATTRIBUTES[kind]} == ATTRIBUTES[kind]
        assert isinstance(message, InboundMessage)

    @KINDS
    def test_attributes_are_keywords(self, kind):
        with pytest.raises(TypeError):
            kind("1", "2", ("3",), DATE)
        with pytest.raises(TypeError):
            kind("one", **SHARED)

    @KINDS
    def test_needs_little(self, kind):
        own = {Sms: {"text": ""}, Mms: {"archive": None}, MmsReport: {"request_id": "", "status": ""}}.get(kind, {})
        message = kind(id="1", originator="", to=(), date=DATE, **own)
        assert (message.network, message.extra, message.defects, message.raw) == (None, (), (), ())
        assert message.request is None
        if kind in {Mms, MmsNotification}:
            assert (message.cc, message.subject, message.expiry) == ((), None, None)
        if kind is MmsReport:
            assert (message.kind, message.user_agent, message.status_name) == (None, None, None)

    @KINDS
    def test_cannot_be_changed(self, kind):
        message = make(kind)
        for name in ATTRIBUTES[kind]:
            with pytest.raises((FrozenInstanceError, AttributeError)):
                setattr(message, name, None)
        with pytest.raises((FrozenInstanceError, AttributeError)):
            message.another = 1
        assert message == make(kind)

    @KINDS
    def test_equal_ones_hash_alike(self, kind):
        assert make(kind) == make(kind)
        assert hash(make(kind)) == hash(make(kind))
        assert copy.deepcopy(make(kind)) == make(kind) == copy.copy(make(kind))

    @KINDS
    def test_the_request_is_no_part_of_the_comparison(self, kind):
        assert make(kind, request=None) == make(kind)
        assert hash(make(kind, request=None)) == hash(make(kind))

    @pytest.mark.parametrize(
        ("kind", "name"), [(kind, name) for kind, names in ATTRIBUTES.items() for name in names if name != "request"]
    )
    def test_anything_else_is(self, kind, name):
        other = {"date": DATE + timedelta(seconds=1), "archive": MmsArchive(whole(b"Archive7744"))}.get(name, "other")
        if name == "raw":
            other = (("Raw8844", b"Raw9944"),)
        assert make(kind, **{name: other}) != make(kind)

    @KINDS
    def test_one_of_another_kind_is_another_message(self, kind):
        others = [make(other) for other in ATTRIBUTES if other is not kind]
        assert make(kind) not in [*others, None, "sms:4172212931"]

    @pytest.mark.parametrize(
        ("kind", "key"),
        [
            (Sms, "sms:4172212931"),
            (Mms, "mms:4172212931"),
            (MmsNotification, "mms:4172212931"),
            (MmsReport, "report:4172212931"),
        ],
    )
    def test_key_is_the_kind_and_the_id(self, kind, key):
        assert make(kind).key == key
        assert make(kind, id="a:b c").key == key.partition(":")[0] + ":a:b c"

    @pytest.mark.parametrize(
        ("kind", "own"),
        [
            (Sms, ""),
            (Mms, f", expiry={EXPIRY!r}"),
            (MmsNotification, f", expiry={EXPIRY!r}"),
            (MmsReport, ", request_id='4172212930', status='7', kind='read', user_agent='Nokia'"),
        ],
    )
    def test_repr_shows_what_support_needs(self, kind, own):
        assert repr(make(kind)) == (
            f"{kind.__name__}(id='4172212931', date={DATE!r}, network='TMOBILEUK', defects=({DEFECT!r},){own})"
        )

    @KINDS
    def test_repr_holds_no_number_no_text_and_no_content(self, kind):
        shown = f"{make(kind)!r} {make(kind)} {[make(kind)]}"
        assert "7733" not in shown
        assert "8844" not in shown
        assert "9955" not in shown
        assert "44770090" not in shown
        assert "83.166" not in shown


class TestRaw:
    @KINDS
    def test_is_computed_on_first_use_and_once(self, kind):
        calls = []
        message = make(kind, raw=lambda: (calls.append(1), (("a", b"1"),))[1])
        assert calls == []
        assert message.raw == (("a", b"1"),)
        assert message.raw is message.raw
        assert calls == [1]

    @KINDS
    def test_messages_are_equal_whether_or_not_it_was_computed(self, kind):
        lazy, done = make(kind, raw=lambda: (("a", b"1"),)), make(kind, raw=(("a", b"1"),))
        assert lazy == done
        assert hash(lazy) == hash(done)
        assert lazy.raw == done.raw
        assert lazy == done
        assert make(kind, raw=lambda: (("a", b"2"),)) != done


class TestMmsNotification:
    @pytest.mark.parametrize(
        ("expiry", "now", "expired"),
        [
            (EXPIRY, EXPIRY - timedelta(microseconds=1), False),
            (EXPIRY, EXPIRY, True),
            (EXPIRY, EXPIRY + timedelta(microseconds=1), True),
            (EXPIRY, EXPIRY.astimezone(timezone(timedelta(hours=9))), True),
            (EXPIRY, (EXPIRY - timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=9))), False),
            (None, EXPIRY, False),
            (None, None, False),
            (datetime(2000, 1, 1, tzinfo=timezone.utc), None, True),
            (datetime(9000, 1, 1, tzinfo=timezone.utc), None, False),
        ],
        ids=[
            "just before",
            "at",
            "just after",
            "at, elsewhere",
            "before, elsewhere",
            "never",
            "never now",
            "past",
            "future",
        ],
    )
    def test_expires_at_its_expiry(self, expiry, now, expired):
        notification = make(MmsNotification, expiry=expiry)
        assert notification.expired(now) is expired
        assert notification.expired(now=now) is expired
        if now is None:
            assert notification.expired() is expired

    def test_a_naive_time_is_not_compared(self):
        with pytest.raises(TypeError):
            make(MmsNotification).expired(EXPIRY.replace(tzinfo=None))

    def test_with_its_archive_it_becomes_the_mms_with_everything_else_kept(self):
        archive = MmsArchive(whole(b"Archive7733"))
        mms = make(MmsNotification).with_archive(archive)
        assert type(mms) is Mms
        assert mms == make(Mms)
        assert {name: getattr(mms, name) for name in ATTRIBUTES[MmsNotification]} == ATTRIBUTES[MmsNotification]
        assert mms.request is SHARED["request"]
        assert mms.archive is archive
        assert mms.key == make(MmsNotification).key

    def test_with_its_archive_what_it_was_made_from_is_still_not_read_before_it_is_asked_for(self):
        calls = []
        mms = make(MmsNotification, raw=lambda: calls.append(1) or ()).with_archive(MmsArchive(whole(b"")))
        assert calls == []
        assert mms.raw == ()
        assert calls == [1]


class TestMmsReport:
    @pytest.mark.parametrize(
        ("status", "name"),
        [
            ("1", "Buffered"),
            ("2", "Indeterminate delivery"),
            ("3", "Delivered"),
            ("4", "Delivery expired"),
            ("5", "Rejected"),
            ("6", "Forwarded"),
            ("7", "Read"),
            ("8", "Deleted"),
            ("9", "Indeterminate read"),
            ("10", "Expired read"),
            ("11", None),
            ("0", None),
            ("07", None),
            ("", None),
            ("Read", None),
        ],
    )
    def test_a_printed_status_has_a_name(self, status, name):
        assert make(MmsReport, status=status).status_name == name
        assert len(wire.STATUS_NAMES) == 10


class TestMmsArchive:
    def test_raw_is_the_bytes_as_they_came(self):
        assert MmsArchive(whole(b"not even a zip")).raw == b"not even a zip"

    def test_archives_are_equal_by_their_bytes(self):
        one, twin, other = (MmsArchive(whole(data)) for data in (b"same", b"same", b"diff"))
        assert one == twin
        assert hash(one) == hash(twin)
        assert one != other
        assert one != MmsArchive(whole(b"same but longer"))
        assert one != b"same"

    def test_repr_shows_its_size_only(self):
        assert repr(MmsArchive(whole(b"secret"))) == "<MmsArchive of 6 bytes>"


class TestDefect:
    def test_is_a_value(self):
        assert Defect("a", None, "b") == Defect(code="a", parameter=None, detail="b")
        assert len({Defect("a", None, "b"), Defect("a", None, "b"), Defect("a", "id", "b"), DEFECT}) == 3
        assert repr(DEFECT) == "Defect(code='to-missing', parameter='to', detail='there is no recipient')"
        with pytest.raises(FrozenInstanceError):
            DEFECT.code = "x"

    @pytest.mark.parametrize(
        ("code", "detail"),
        [
            ("date-zone-assumed", "the time has no UTC offset; the configured zone was assumed"),
            ("date-format", "the time is not written in a printed shape, yyyy-MM-dd HH:mm:ss+0100"),
            ("date-unreadable", "the time cannot be read; the time of arrival stands in"),
            ("date-missing", "there is no time; the time of arrival stands in"),
            ("expiry-unreadable", "the time cannot be read"),
            ("plus-restored", "a plus sign had become a blank and was put back"),
            ("charset-fallback", "the bytes do not fit the declared charset or UTF-8, and were read as another"),
            ("type-inferred", "the type is missing, unknown or wrong; the kind was told by the other parameters"),
            ("message-missing", "there is no text"),
            ("originator-missing", "there is no originator"),
            ("to-missing", "there is no recipient"),
            ("parameter-repeated", "it came more than once; the first counts, and all stand in raw"),
            ("parameter-name", "the name differs in case or has blanks around it"),
            ("zip-missing", "a posted MMS came without its zip; it can still be fetched by its id"),
            (
                "zip-part-name",
                "the zip was not in a part named mms.zip, and was found by its file name or its first bytes",
            ),
            (
                "form-already-parsed",
                "the framework parsed the form before the adapter could read the body; charsets may be lost",
            ),
        ],
    )
    def test_a_known_one_says_what_its_code_means(self, code, detail):
        assert known_defect(code, "date") == Defect(code, "date", detail)
        assert known_defect(code, None) == Defect(code, None, detail)
