"""The contract, sentence by sentence: each class is a row of the provider's table or one of its requests."""

from datetime import datetime, timedelta, timezone

import pytest
from pushing import MULTIPART, PACKINGS, ZIP, as_multipart, codes, field, get, multipart, pairs, post, zip_part

from mxinbound import Mms, MmsNotification, MmsReport, Sms

UTC = timezone.utc
CET = timezone(timedelta(hours=1))


def when(*numbers, zone=UTC):
    return datetime(*numbers, tzinfo=zone)


@pytest.fixture(params=PACKINGS.values(), ids=PACKINGS.keys())
def read(request):
    """Reads one push in each of its packings."""
    return request.param


def without_zip_missing(message):
    """The codes, less the one that every posted notification has."""
    return [code for code in codes(message) if code[0] != "zip-missing"]


class TestId:
    """`id`: unique id of the message."""

    def test_it_is_kept_exactly(self, read):
        assert read("id=004172212931999999999&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=6&message=x").id == (
            "004172212931999999999"
        )


class TestFrom:
    """`from`: originator."""

    def test_it_is_the_originator(self, read):
        message = read("id=1&from=447700900123&to=88600&date=2010-08-21+17%3A32%3A21+%2B0000&type=6&message=x")
        assert message.originator == "447700900123"
        assert codes(message) == []

    @pytest.mark.parametrize(
        "originator",
        [
            "+16505550000/TYPE=PLMN",
            "allan@tomslot.com",
            "NowMMS <nowsms@now.co.uk>",
            "88600",
            "MyShop",
            "0738345664/TYPE=PLMN",
            "Ångström & Söner",
        ],
    )
    def test_any_kind_of_sender_is_kept_as_it_is(self, originator):
        from mxinbound import testing

        for push in (testing.sms(originator=originator), testing.mms(originator=originator)):
            message = get(push.query) if push.method == "GET" else post(push.body, dict(push.headers)["content-type"])
            assert message.originator == originator
            assert codes(message) == []


class TestTo:
    """`to` (printed `to1`): "to" recipient, repeated when there are several."""

    def test_all_are_kept_in_order(self, read):
        message = read("id=1&to=3&from=1&to=1&date=2010-08-21 17:32:21 %2B0000&type=2&to=2&to=1")
        assert message.to == ("3", "1", "2", "1")
        assert without_zip_missing(message) == []


class TestDate:
    """`date`: yyyy-MM-dd HH:mm:ssZ, Z a UTC offset such as +0100."""

    def test_the_offset_is_kept(self, read):
        message = read("id=1&from=1&to=2&date=2008-01-02+03%3A04%3A05%2B0100&type=6&message=x")
        assert message.date == when(2008, 1, 2, 3, 4, 5, zone=CET)
        assert message.date.utcoffset() == timedelta(hours=1)
        assert type(message.date.tzinfo) is timezone
        assert codes(message) == []


class TestType:
    """`type`: 2 MMS, 6 SMS."""

    def test_2_is_an_mms(self, read):
        assert type(read("id=1&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=2")) is MmsNotification

    def test_6_is_an_sms(self, read):
        assert type(read("id=1&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=6&message=x")) is Sms


class TestNetwork:
    """`network` (optional): the sender's network, if known."""

    @pytest.mark.parametrize(
        ("sent", "read_as"),
        [
            ("network=TMOBILEUK&", "TMOBILEUK"),
            ("network=NEVER SEEN&", "NEVER SEEN"),
            ("network=UNKNOWN&", "UNKNOWN"),
            ("network=&", None),
            ("", None),
        ],
    )
    def test_it_is_free_text_or_none(self, read, sent, read_as):
        message = read(f"id=1&{sent}from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=6&message=x")
        assert message.network == read_as
        assert codes(message) == []


class TestCc:
    """`cc` (printed `cc1`): "cc" recipient, repeated when there are several."""

    def test_all_are_kept_in_order(self, read):
        message = read("id=1&from=1&to=2&cc=9&cc=8&date=2010-08-21 17:32:21 %2B0000&type=2&cc=9")
        assert message.cc == ("9", "8", "9")

    def test_there_need_be_none(self, read):
        assert read("id=1&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=2").cc == ()


class TestSubject:
    """`subject`: subject of an MMS."""

    @pytest.mark.parametrize(("sent", "subject"), [("&subject=Hello", "Hello"), ("&subject=", ""), ("", None)])
    def test_blank_is_not_absent(self, read, sent, subject):
        message = read(f"id=1&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=2{sent}")
        assert message.subject == subject
        assert without_zip_missing(message) == []


class TestZip:
    """`mms.zip`: the zipped MMS contents, in a POST."""

    def test_its_bytes_are_at_hand_exactly(self):
        message = post(multipart(*ALL_FIELDS, zip_part()), MULTIPART)
        assert type(message) is Mms
        assert message.archive.raw == ZIP
        assert codes(message) == []

    def test_it_is_in_neither_raw_nor_extra(self):
        message = post(multipart(*ALL_FIELDS, zip_part()), MULTIPART)
        assert message.extra == ()
        assert message.raw == tuple((name, value.encode()) for name, value in pairs(MMS_QUERY))


class TestExpiry:
    """`expiry`: when the MMS stops being available."""

    def test_it_is_a_time_like_date(self, read):
        message = read("id=1&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=2&expiry=2010-08-23 17:32:21 %2B0000")
        assert message.expiry == when(2010, 8, 23, 17, 32, 21)

    def test_there_need_be_none(self, read):
        message = read("id=1&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=2")
        assert message.expiry is None
        assert without_zip_missing(message) == []


class TestMessage:
    """`message`: text of the SMS."""

    def test_it_is_the_text(self, read):
        message = read("id=1&from=1&to=2&date=2010-08-21 17:32:21 %2B0000&type=6&message=One+%26+two%3D3%2B4")
        assert message.text == "One & two=3+4"
        assert codes(message) == []


MMS_QUERY = (
    "id=1&from=447700900123&to=447700900456&date=2008-01-02+03%3A04%3A05%2B0100"
    "&type=2&network=UNKNOWN&cc=447700900001&subject=S&expiry=2008-01-04+03%3A04%3A05%2B0100"
)
ALL_FIELDS = [field(name, value) for name, value in pairs(MMS_QUERY)]


class TestTheSixRequests:
    """What the six sample requests become, however they are packed."""

    def test_a_notification_of_an_mms(self, read):
        message = read(
            "id=4172212931&from=447700900123&to=88600&date=2010-08-21+17%3A32%3A21+%2B0000&type=2"
            "&network=TMOBILEUK&subject=Hello&expiry=2010-08-23+17%3A32%3A21+%2B0000"
        )
        assert type(message) is MmsNotification
        assert message.id == "4172212931"
        assert message.key == "mms:4172212931"
        assert message.originator == "447700900123"
        assert message.to == ("88600",)
        assert message.date == when(2010, 8, 21, 17, 32, 21)
        assert message.network == "TMOBILEUK"
        assert message.subject == "Hello"
        assert message.expiry == when(2010, 8, 23, 17, 32, 21)
        assert message.cc == ()
        assert message.extra == ()
        assert without_zip_missing(message) == []

    def test_several_recipients_and_a_blank_subject(self, read):
        message = read(
            "id=1&from=447700900123&to=447700900456&to=447700900789&cc=447700900001"
            "&date=2008-01-02+03%3A04%3A05%2B0100&type=2&subject=&expiry=2008-01-04+03%3A04%3A05%2B0100"
        )
        assert type(message) is MmsNotification
        assert message.to == ("447700900456", "447700900789")
        assert message.cc == ("447700900001",)
        assert message.subject == ""
        assert message.network is None
        assert message.date == when(2008, 1, 2, 3, 4, 5, zone=CET)
        assert without_zip_missing(message) == []

    def test_both_pluses_lost(self, read):
        message = read("id=2&from=+447700900123&to1=88600&date=2008-01-02+03:04:05+0100&type=2")
        assert type(message) is MmsNotification
        assert message.originator == "+447700900123"
        assert message.to == ("88600",)
        assert message.date == when(2008, 1, 2, 3, 4, 5, zone=CET)
        assert without_zip_missing(message) == [("plus-restored", "from"), ("plus-restored", "date")]
        assert dict(message.raw)["from"] == b" 447700900123"

    def test_no_zone_in_summer_and_a_latin_9_euro(self, read):
        message = read("id=3&from=447700900123&to=88600&date=2007-07-01+12%3A00%3A00&type=6&message=Test+%A4")
        assert type(message) is Sms
        assert message.text == "Test €"
        assert message.date == when(2007, 7, 1, 12, zone=CET)
        assert set(codes(message)) == {("date-zone-assumed", "date"), ("charset-fallback", "message")}
        assert dict(message.raw)["message"] == b"Test \xa4"

    def test_a_double_blank_and_an_empty_text(self, read):
        message = read("id=4&from=447700900123&to=88600&date=2010-08-21+17:32:21++0000&type=6&message=")
        assert type(message) is Sms
        assert message.text == ""
        assert message.date == when(2010, 8, 21, 17, 32, 21)
        assert codes(message) == [("plus-restored", "date")]

    def test_a_report_although_its_type_is_2(self, read):
        message = read(
            "id=77&requestid=4172212931&to=88600&from=447700900123"
            "&date=2010-08-21+17%3A40%3A00%2B0100&type=2&status=7&useragent=Nokia"
        )
        assert type(message) is MmsReport
        assert message.key == "report:77"
        assert message.request_id == "4172212931"
        assert message.status == "7"
        assert message.status_name == "Read"
        assert message.kind == "read"
        assert message.user_agent == "Nokia"
        assert message.originator == "447700900123"
        assert message.to == ("88600",)
        assert message.extra == ()
        assert codes(message) == []

    def test_a_posted_notification_says_that_its_zip_is_missing(self):
        assert codes(as_multipart(MMS_QUERY)) == [("zip-missing", "mms.zip")]
