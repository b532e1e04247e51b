"""Where the contract is silent or two-faced: one class for each question, and the reading that loses no message."""

import re
from datetime import datetime, timedelta, timezone, tzinfo

import pytest
from pushing import (
    MULTIPART,
    ZIP,
    as_multipart,
    as_urlencoded,
    codes,
    field,
    get,
    multipart,
    post,
    post_request,
    zip_part,
)

from mxinbound import (
    ConfigurationError,
    Defect,
    InboundRequest,
    MethodNotAllowed,
    Mms,
    MmsNotification,
    MmsReport,
    Receiver,
    Sms,
    UnreadablePush,
    parse,
)

UTC = timezone.utc
ARRIVAL = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SMS = "id=1&from=447700900123&to=88600&date=2010-08-21+17%3A32%3A21+%2B0000&type=6&message=Hello"
MMS = "id=1&from=447700900123&to=88600&date=2010-08-21+17%3A32%3A21+%2B0000&type=2&subject=S"


def without(query, *names):
    return "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in names)


def replaced(query, name, value):
    return re.sub(rf"(^|&){name}=[^&]*", lambda match: f"{match[1]}{name}={value}", query)


FIELDS = [field(name, value) for name, value in (("id", "1"), ("from", "44"), ("to", "55"), ("type", "2"))] + [
    field("date", "2010-08-21 17:32:21 +0000")
]


class Test1NumberedRecipients:
    """`to1` and `cc1`: the name or a footnote mark? Both are accepted, in arrival order, and neither is a defect."""

    def test_bare_and_numbered_names_are_one_parameter(self):
        message = get(replaced(MMS, "to", "a") + "&to2=c&to1=b&cc1=d&to10=e&cc=f&to&to=")
        assert message.to == ("a", "c", "b", "e")
        assert message.cc == ("d", "f")
        assert message.extra == ()
        assert codes(message) == []

    def test_the_names_as_sent_stay_in_raw(self):
        assert [name for name, _ in get("id=1&from=2&to1=3&to2=4&type=2&date=x").raw] == (
            ["id", "from", "to1", "to2", "type", "date"]
        )

    @pytest.mark.parametrize("name", ["total", "to-1", "to1a", "tо"])
    def test_what_only_looks_like_one_is_none(self, name):
        message = get(f"{MMS}&{name}=9".encode())
        assert message.to == ("88600",)
        assert message.extra == ((name, "9"),)


class Test2LostPlusOfANumber:
    """A leading blank before digits is a plus; the raw value is kept."""

    @pytest.mark.parametrize("sent", ["+447700900123", "%20447700900123", "++447700900123"])
    def test_it_is_restored_and_recorded(self, sent):
        message = get(replaced(SMS, "from", sent))
        assert message.originator == "+447700900123"
        assert codes(message) == [("plus-restored", "from")]
        assert dict(message.raw)["from"].lstrip() == b"447700900123"

    def test_recipients_too(self):
        message = get(replaced(MMS, "to", "+447700900456") + "&to=88600&cc=+447700900789")
        assert message.to == ("+447700900456", "88600")
        assert message.cc == ("+447700900789",)
        assert set(codes(message)) == {("plus-restored", "to"), ("plus-restored", "cc")}

    @pytest.mark.parametrize(
        ("sent", "read_as"), [("+MyShop", " MyShop"), ("+%0944", " \t44"), ("%2B44", "+44"), ("44+", "44 "), ("+", " ")]
    )
    def test_nothing_else_is_touched(self, sent, read_as):
        message = get(replaced(SMS, "from", sent))
        assert message.originator == read_as
        assert codes(message) == []

    def test_the_suffix_of_a_number_does_not_matter(self):
        assert get(replaced(SMS, "from", "+16505550000/TYPE=PLMN")).originator == "+16505550000/TYPE=PLMN"


class Test3LostPlusOfAnOffset:
    """Blanks before the offset are allowed, and a missing sign is a plus."""

    @pytest.mark.parametrize(
        "sent",
        ["2010-08-21 17:32:21 0100", "2010-08-21 17:32:21  0100", "2010-08-21 17:32:21 %200100"],
    )
    def test_it_is_restored_and_recorded(self, sent):
        message = get(replaced(SMS, "date", sent))
        assert message.date.isoformat() == "2010-08-21T17:32:21+01:00"
        assert codes(message) == [("plus-restored", "date")]

    @pytest.mark.parametrize("blanks", ["", " ", "  "])
    def test_a_minus_is_never_lost(self, blanks):
        message = get(replaced(SMS, "date", f"2010-08-21 17:32:21{blanks}-0430"))
        assert message.date.isoformat() == "2010-08-21T17:32:21-04:30"
        assert codes(message) == []


class Test4NoOffset:
    """Europe/London, configurable; in the repeated autumn hour the first; recorded as assumed."""

    @pytest.mark.parametrize(
        ("sent", "read_as"),
        [
            ("2007-01-01 12:00:00", "2007-01-01T12:00:00+00:00"),
            ("2007-07-01 12:00:00", "2007-07-01T12:00:00+01:00"),
            ("2007-10-28 01:30:00", "2007-10-28T01:30:00+01:00"),
            ("2007-03-25 01:30:00", "2007-03-25T01:30:00+00:00"),
        ],
        ids=["winter", "summer", "the hour that comes twice", "the hour that never comes"],
    )
    def test_london(self, sent, read_as):
        message = get(replaced(SMS, "date", sent))
        assert message.date.isoformat() == read_as
        assert type(message.date.tzinfo) is timezone
        assert codes(message) == [("date-zone-assumed", "date")]

    @pytest.mark.parametrize("zone", ["America/New_York", timezone(timedelta(hours=-4))])
    def test_another_zone_by_name_or_object(self, zone):
        message = get(replaced(SMS, "date", "2007-07-01 12:00:00"), zone=zone)
        assert message.date.isoformat() == "2007-07-01T12:00:00-04:00"
        assert type(message.date.tzinfo) is timezone

    @pytest.mark.parametrize("zone", ["Europe/Londonium", "../../etc/passwd", "", "\0", "Europe"])
    def test_an_unknown_zone_is_a_mistake_in_the_set_up(self, zone):
        with pytest.raises(ConfigurationError, match=r"^zone is not the name of a time zone, such as Europe/London$"):
            Receiver(zone=zone)

    def test_so_is_one_that_knows_no_offset(self):
        class Nowhere(tzinfo):
            def utcoffset(self, when):
                return None

        with pytest.raises(ConfigurationError, match=r"^zone is a tzinfo that knows no offset$"):
            Receiver(zone=Nowhere())


class Test5OtherShapesOfATime:
    """Z, UTC, GMT, +01:00, T, fractions and no seconds are accepted and recorded; the printed shapes are no defect."""

    @pytest.mark.parametrize(
        ("sent", "read_as"),
        [
            ("2010-08-21T17:32:21+0100", "2010-08-21T17:32:21+01:00"),
            ("2010-08-21t17:32:21z", "2010-08-21T17:32:21+00:00"),
            ("2010-08-21 17:32:21Z", "2010-08-21T17:32:21+00:00"),
            ("2010-08-21 17:32:21 UTC", "2010-08-21T17:32:21+00:00"),
            ("2010-08-21 17:32:21 GMT", "2010-08-21T17:32:21+00:00"),
            ("2010-08-21 17:32:21+01:00", "2010-08-21T17:32:21+01:00"),
            ("2010-08-21 17:32:21+01:59", "2010-08-21T17:32:21+01:59"),
            ("2010-08-21 17:32:21 -05:30", "2010-08-21T17:32:21-05:30"),
            ("2010-08-21 17:32:21+01", "2010-08-21T17:32:21+01:00"),
            ("2010-08-21 17:32:21.5+0100", "2010-08-21T17:32:21.500000+01:00"),
            ("2010-08-21 17:32:21,123456789+0100", "2010-08-21T17:32:21.123456+01:00"),
            ("2010-08-21 17:32+0100", "2010-08-21T17:32:00+01:00"),
            ("  2010-08-21 17:32:21+0100 ", "2010-08-21T17:32:21+01:00"),
            ("2010-08-21  17:32:21+0100", "2010-08-21T17:32:21+01:00"),
        ],
    )
    def test_it_is_read_and_recorded(self, sent, read_as):
        message = get(replaced(SMS, "date", sent.replace("+", "%2B")))
        assert message.date.isoformat() == read_as
        assert codes(message) == [("date-format", "date")]

    def test_several_things_may_be_odd_at_once(self):
        message = get(replaced(SMS, "date", "2010-08-21T17:32"))
        assert message.date.isoformat() == "2010-08-21T17:32:00+01:00"
        assert set(codes(message)) == {("date-format", "date"), ("date-zone-assumed", "date")}
        message = get(replaced(SMS, "date", "2010-08-21 17:32:21+01:00"))
        assert message.date.isoformat() == "2010-08-21T17:32:21+01:00"
        assert set(codes(message)) == {("date-format", "date"), ("plus-restored", "date")}

    @pytest.mark.parametrize(
        "printed", ["2010-08-21 17:32:21%2B0100", "2010-08-21 17:32:21 %2B0100", "2010-08-21 17:32:21-0100"]
    )
    def test_a_printed_shape_is_no_defect(self, printed):
        assert codes(get(replaced(SMS, "date", printed))) == []


class Test6NoReadableDate:
    """Never a reason to refuse: the time of arrival stands in, recorded, and the raw value is kept."""

    @pytest.mark.parametrize(
        "sent",
        [
            "",
            "yesterday",
            "2010-08-21",
            "17:32:21",
            "2010-13-21 17:32:21+0100",
            "2010-02-30 17:32:21+0100",
            "2010-08-21 24:32:21+0100",
            "2010-08-21 17:60:21+0100",
            "2010-08-21 17:32:61+0100",
            "2010-08-21 17:32:21+9900",
            "2010-08-21 17:32:21+0199",
            "2010-08-21 17:32:21+0160",
            "2010-08-21 17:32:21 +0160",
            "2010-08-21 17:32:21+01:60",
            "2010-08-21 17:32:21 01:0",
            "2010-W33-6 17:32:21+0100",
            "20100821173221+0100",
            "2010-08-21 17:32:21 BST",
            "٢٠١٠-٠٨-٢١ ١٧:٣٢:٢١+٠١٠٠",
            "0001-01-01 00:00:00+0100",
            "9999-12-31 23:59:59-0100",
            "1282411941",
            "2010-08-21 17:32:21+0100\n",
            "2010-08-21 17:32:21 \x00+0100",
            "2" * 5000,
        ],
    )
    def test_the_time_of_arrival_stands_in(self, sent):
        body = multipart(*FIELDS[:-1], field("date", sent), zip_part())
        message = parse(InboundRequest(**shape(body), received_at=ARRIVAL))
        if sent == "2010-08-21 17:32:21+0100\n":
            assert codes(message) == [("date-format", "date")]
            return
        assert message.date == ARRIVAL
        assert codes(message) == [("date-unreadable", "date")]
        assert dict(message.raw)["date"] == sent.encode()

    def test_a_missing_one_has_a_code_of_its_own(self):
        message = parse(InboundRequest(method="GET", query=without(SMS, "date").encode(), received_at=ARRIVAL))
        assert message.date == ARRIVAL
        assert codes(message) == [("date-missing", "date")]

    def test_the_ends_of_the_calendar_are_read_if_they_can_be_compared(self):
        message = get(replaced(MMS, "date", "0001-01-01 00:00:00-0100") + "&expiry=9999-12-31 23:59:59%2B0000")
        assert message.date.astimezone(UTC).isoformat() == "0001-01-01T01:00:00+00:00"
        assert not message.expired()
        assert codes(message) == []

    def test_the_arrival_has_a_fixed_offset_however_it_was_given(self):
        from zoneinfo import ZoneInfo

        for given, read_as in [
            (datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Paris")), "2026-07-01T12:00:00+02:00"),
            (datetime(2026, 7, 1, 12), "2026-07-01T12:00:00+00:00"),
            (datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=ZoneInfo("Europe/London")), "2026-10-25T01:30:00+00:00"),
        ]:
            date = parse(InboundRequest(method="GET", query=b"id=1&type=6&message=x", received_at=given)).date
            assert date.isoformat() == read_as
            assert type(date.tzinfo) is timezone
            assert date.fold == 0

    def test_without_a_time_of_arrival_it_is_now(self):
        before = datetime.now(UTC)
        assert before <= get(without(SMS, "date")).date <= datetime.now(UTC)


def shape(body):
    request = post_request(body, MULTIPART)
    return {"method": request.method, "headers": request.headers, "body": request.body}


class Test7Expiry:
    """Read as `date` is; None when absent or unreadable."""

    @pytest.mark.parametrize("sent", ["soon", "", "2010-99-99 00:00:00+0100"])
    def test_an_unreadable_one_is_none_and_recorded(self, sent):
        message = get(f"{MMS}&expiry={sent}")
        assert message.expiry is None
        assert codes(message) == [("expiry-unreadable", "expiry")]
        assert not message.expired()

    def test_its_oddities_are_its_own(self):
        message = get(f"{MMS}&expiry=2010-08-23T17:32:21")
        assert message.expiry.isoformat() == "2010-08-23T17:32:21+01:00"
        assert set(codes(message)) == {("date-format", "expiry"), ("date-zone-assumed", "expiry")}
        assert codes(get(f"{MMS}&expiry=2010-08-23+17:32:21+0100")) == [("plus-restored", "expiry")]


class Test8BodyAndQuery:
    """Both are read: the body first, then the query for names not seen, `to` and `to1` being one name."""

    def test_the_query_fills_in_what_the_body_lacks(self):
        message = post(
            multipart(field("id", "1"), field("to1", "body"), field("type", "2"), zip_part()),
            MULTIPART,
            b"from=44&to=query&id=2&date=2010-08-21+17%3A32%3A21+%2B0000&tag=x",
        )
        assert message.id == "1"
        assert message.to == ("body",)
        assert message.originator == "44"
        assert message.extra == (("tag", "x"),)
        assert codes(message) == []
        assert [name for name, _ in message.raw] == ["id", "to1", "type", "from", "to", "id", "date", "tag"]

    def test_an_urlencoded_body_too(self):
        message = post(b"id=1&type=6&message=Hi&to=1", "application/x-www-form-urlencoded", b"TO=2&from=44&to2=3")
        assert message.to == ("1",)
        assert message.originator == "44"

    def test_a_get_has_no_body(self):
        assert parse(InboundRequest(method="GET", query=SMS.encode(), body=b"id=2&message=no")).text == "Hello"


class Test9WhereTheZipIs:
    """Named mms.zip, else its file name, else mms_zip, else the first part of no known name that starts as a zip."""

    @pytest.mark.parametrize(
        ("head", "expected"),
        [
            ('Content-Disposition: form-data; name="mms.zip"', []),
            ("Content-Disposition: form-data; name=mms.zip; filename=mms.zip", []),
            ('Content-Disposition: form-data; name="mms.zip"; filename="other.bin"', []),
            ('content-disposition: FORM-DATA; NAME="mms.zip"', []),
            ('Content-Disposition: form-data; name="MMS.Zip"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: form-data; name="file"; filename="mms.zip"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: form-data; name="f"; filename="C:\\tmp\\MMS.ZIP"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: form-data; name="f"; filename="/tmp/mms.zip"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: form-data; name="f"; filename="tmp\\mms.zip"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: form-data; name="mms_zip"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: form-data; name="x"; filename="mms_zip"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: form-data; name="attachment"', [("zip-part-name", "mms.zip")]),
            ('Content-Disposition: attachment; filename="a.bin"', [("zip-part-name", "mms.zip")]),
            ("Content-Type: application/zip", [("zip-part-name", "mms.zip")]),
            ("X-Nothing: known", [("zip-part-name", "mms.zip")]),
        ],
    )
    @pytest.mark.parametrize("first", [True, False], ids=["zip first", "zip last"])
    def test_it_is_found(self, head, expected, first):
        parts = [(head, ZIP), *FIELDS] if first else [*FIELDS, (head, ZIP)]
        message = post(multipart(*parts), MULTIPART)
        assert type(message) is Mms
        assert message.archive.raw == ZIP
        assert codes(message) == expected
        assert message.extra == ()

    @pytest.mark.parametrize("first", [True, False])
    def test_a_part_without_any_header_may_be_it(self, first):
        body = multipart(*FIELDS)
        bare = b"--xYzZy\r\n\r\n" + ZIP + b"\r\n"
        body = bare + body if first else body.replace(b"--xYzZy--", bare + b"--xYzZy--")
        assert post(body, MULTIPART).archive.raw == ZIP

    @pytest.mark.parametrize(
        "filename", ["mms.zip", "MMS.ZIP", "/tmp/mms.zip", "tmp\\mms.zip", "C:\\tmp\\mms.zip", "mms_zip"]
    )
    def test_its_file_name_is_enough_whatever_the_bytes(self, filename):
        head = f'Content-Disposition: form-data; name="f"; filename="{filename}"'
        assert post(multipart(*FIELDS, (head, b"damaged")), MULTIPART).archive.raw == b"damaged"

    def test_the_empty_zip_of_java_is_one_too(self):
        empty = b"PK\x05\x06" + bytes(18)
        assert post(multipart(*FIELDS, ("X-A: b", empty)), MULTIPART).archive.raw == empty

    def test_a_surer_name_wins_over_an_earlier_part(self):
        parts = [(f'Content-Disposition: form-data; name="{name}"', ZIP[:-1] + last) for name, last in ORDERED]
        for count in range(len(parts), 0, -1):
            message = post(multipart(*FIELDS, *parts[:count]), MULTIPART)
            assert message.archive.raw[-1:] == ORDERED[count - 1][1]
            repeated = ("parameter-repeated", "mms.zip") in codes(message)
            assert repeated == (count > 1)
            assert len(message.raw) == len(FIELDS) + count - 1
            assert message.extra == ()

    def test_of_two_with_the_name_the_first_counts(self):
        message = post(multipart(*FIELDS, zip_part(), zip_part(b"second")), MULTIPART)
        assert message.archive.raw == ZIP
        assert codes(message) == [("parameter-repeated", "mms.zip")]
        assert dict(message.raw)["mms.zip"] == b"second"

    def test_the_name_is_enough_whatever_the_bytes(self):
        message = post(multipart(*FIELDS, zip_part(b"damaged")), MULTIPART)
        assert message.archive.raw == b"damaged"
        assert post(multipart(*FIELDS, zip_part(b"")), MULTIPART).archive.raw == b""

    def test_a_known_field_is_never_taken_for_the_zip(self):
        message = post(multipart(*FIELDS, field("subject", ZIP)), MULTIPART)
        assert type(message) is MmsNotification
        assert dict(message.raw)["subject"] == ZIP

    def test_other_files_stand_in_raw_only(self):
        picture = 'Content-Disposition: form-data; name="pic"; filename="a.gif"\r\nContent-Type: image/gif', b"GIF\xff"
        nameless = "Content-Type: image/gif", b"GIF\xfe"
        message = post(multipart(*FIELDS, picture, zip_part(), nameless), MULTIPART)
        assert message.extra == ()
        assert message.raw[-2:] == (("pic", b"GIF\xff"), ("", b"GIF\xfe"))
        assert codes(message) == []

    def test_bytes_that_look_like_boundaries_and_line_ends_survive(self):
        data = b"PK\x03\x04\r\n--xYzZ\r\n\r\n--\r\n--xYz\r\n\n\r\r\n-" + bytes(range(256)) + b"\r\n"
        for parts in ([zip_part(data), *FIELDS], [*FIELDS, zip_part(data)]):
            assert post(multipart(*parts), MULTIPART).archive.raw == data


ORDERED = [("attachment", b"3"), ("mms_zip", b"2"), ('a"; filename="mms.zip', b"1"), ("mms.zip", b"0")]


class Test10OtherPackings:
    """An SMS by POST, an urlencoded POST, fields in the query with a raw zip as body: all accepted."""

    @pytest.mark.parametrize("pack", [as_urlencoded, as_multipart])
    def test_an_sms_by_post(self, pack):
        message = pack(SMS)
        assert type(message) is Sms
        assert message.text == "Hello"
        assert codes(message) == []

    @pytest.mark.parametrize(
        "content_type", ["application/zip", "application/x-zip-compressed", "application/octet-stream", None, "foo/bar"]
    )
    def test_a_raw_zip_with_its_fields_in_the_query(self, content_type):
        message = post(ZIP, content_type, MMS.encode())
        assert type(message) is Mms
        assert message.archive.raw == ZIP
        assert message.subject == "S"
        assert message.request.body == ZIP
        assert [name for name, _ in message.raw] == ["id", "from", "to", "date", "type", "subject"]
        assert codes(message) == []

    def test_a_declared_zip_is_one_whatever_its_bytes(self):
        assert post(b"damaged", "application/zip", MMS.encode()).archive.raw == b"damaged"

    @pytest.mark.parametrize("content_type", [None, "", "text/plain", "APPLICATION/X-WWW-FORM-URLENCODED;charset=x"])
    def test_an_urlencoded_body_needs_no_declaration(self, content_type):
        message = post(SMS.encode() + b"X \r\n", content_type)
        assert message.text == "HelloX "
        assert message.request.method == "POST"

    def test_a_body_that_cannot_be_read_does_not_cost_a_message_in_the_query(self):
        message = post(b"{}", "application/json", SMS.encode())
        assert message.text == "Hello"
        assert message.request.body == b"{}"

    @pytest.mark.parametrize(
        "content_type",
        [
            'multipart/form-data; boundary="xYzZy"',
            "multipart/form-data;boundary=xYzZy",
            "Multipart/Form-Data ; charset=utf-8 ; Boundary = xYzZy ",
            'multipart/form-data; boundary="x\\YzZy"',
        ],
    )
    def test_a_boundary_quoted_or_not(self, content_type):
        assert post(multipart(*FIELDS, zip_part()), content_type).archive.raw == ZIP

    @pytest.mark.parametrize("boundary", ["----=_Part_0_1.2", "a/b?c:d(e)", "'x'", "x+y_z", "a" * 70, "=="])
    def test_any_boundary_that_mail_libraries_make(self, boundary):
        body = multipart(*FIELDS, zip_part(), boundary=boundary)
        for declared in (boundary, f'"{boundary}"'):
            assert post(body, f"multipart/form-data; boundary={declared}").archive.raw == ZIP

    @pytest.mark.parametrize("name", ["id", '"id"', '"id"; filename="x"', 'id; filename="x"', '"id";x=y'])
    def test_names_quoted_or_not_with_and_without_a_file_name(self, name):
        head = f"Content-Disposition: form-data; name={name}"
        request = post_request(multipart((head, "77"), *FIELDS[1:], zip_part()), MULTIPART)
        assert parse(request).id == "77"
        assert parse(request).request is request

    def test_parts_as_apache_httpclient_3_writes_them(self):
        parts = [
            (
                f'Content-Disposition: form-data; name="{name}"\r\nContent-Type: text/plain; charset=US-ASCII\r\n'
                "Content-Transfer-Encoding: 8bit",
                value,
            )
            for name, value in (("id", "1"), ("from", "44"), ("to", "5"), ("type", "2"), ("subject", "Hi"))
        ]
        parts.append(
            (
                'Content-Disposition: form-data; name="mms.zip"; filename="mms.zip"\r\n'
                "Content-Type: application/octet-stream; charset=ISO-8859-1\r\nContent-Transfer-Encoding: binary",
                ZIP,
            )
        )
        parts.append(field("date", "2010-08-21 17:32:21 +0000"))
        message = post(multipart(*parts), MULTIPART)
        assert message.archive.raw == ZIP
        assert message.subject == "Hi"
        assert codes(message) == []

    def test_preamble_and_epilogue_are_ignored(self):
        body = b"This is a preamble.\r\n" + multipart(*FIELDS, zip_part()) + b"epilogue\r\n--xYzZy\r\nnot a part"
        assert post(body, MULTIPART).archive.raw == ZIP

    @pytest.mark.parametrize(
        "body",
        [
            multipart(*FIELDS, zip_part(), end="\r\n"),
            multipart(*FIELDS, zip_part(), end=""),
            multipart(*FIELDS, zip_part())[:-8],
            b"\r\n",
            b"no boundary at all",
            b"--xYzZy\r\nContent-Disposition: form-data; name=id\n\n1\r\n--xYzZy--",
            multipart(("no colon here", "1")),
            multipart(("Content-Length: 99", "1")),
        ],
        ids=["open", "open at once", "cut", "blank", "prose", "bare line feeds", "broken header", "wrong length"],
    )
    def test_a_body_without_its_last_boundary_is_unreadable(self, body):
        with pytest.raises(UnreadablePush) as caught:
            post(body, MULTIPART)
        assert str(caught.value) == (
            "the multipart body is broken: expected parts between the declared boundary, closed by a last one"
        )
        assert [problem.code for problem in caught.value.problems] == ["body-unreadable"]
        assert caught.value.request.body == body

    @pytest.mark.parametrize("place", [0, 2, len(FIELDS)])
    def test_a_boundary_right_after_a_header_ends_a_part_without_content(self, place):
        parts = [*FIELDS[:place], field("subject", ""), *FIELDS[place:]]
        body = multipart(*parts).replace(b"\r\n\r\n\r\n", b"\r\n\r\n")
        message = post(body, MULTIPART)
        assert message.subject == ""
        assert message == post(multipart(*parts), MULTIPART)

    @pytest.mark.parametrize("parameters", ["", "; boundary", "; boundary=", '; boundary=""', "; boundary=\u20ac"])
    def test_so_is_one_without_a_declared_boundary(self, parameters):
        with pytest.raises(UnreadablePush, match="the multipart body is broken"):
            post(multipart(*FIELDS), f"multipart/form-data{parameters}")

    def test_a_part_with_a_huge_header_is_unreadable(self):
        request = post_request(multipart(("X-Long: " + "x" * 9000, "1"), *FIELDS), MULTIPART)
        with pytest.raises(UnreadablePush, match=r"^a part of the multipart body has too long a header$") as caught:
            parse(request)
        assert [problem.code for problem in caught.value.problems] == ["body-unreadable"]
        assert caught.value.request is request

    def test_a_name_in_latin_1_or_utf_8(self):
        heads = [b'Content-Disposition: form-data; name="\xc3\xa9"', b'Content-Disposition: form-data; name="\xe9"']
        message = post(multipart(*FIELDS, (heads[0], "1"), (heads[1], "2"), zip_part()), MULTIPART)
        assert message.extra == (("é", "1"), ("é", "2"))


class Test11TypeMissingOrUnknown:
    """Told by the other parameters, and recorded; nothing to tell by is unreadable."""

    @pytest.mark.parametrize("type_", ["", "&type=", "&type=9", "&type=MMS", "&type=02"])
    @pytest.mark.parametrize(
        ("query", "kind"),
        [
            ("message=Hi", Sms),
            ("message=", Sms),
            ("subject=S", MmsNotification),
            ("subject=", MmsNotification),
            ("expiry=2010-08-23 17:32:21%2B0000", MmsNotification),
            ("cc=1", MmsNotification),
            ("cc1=1", MmsNotification),
            ("mms.zip=", MmsNotification),
            ("subject=S&message=Hi", MmsNotification),
            ("requestid=5", MmsReport),
            ("status=3", MmsReport),
            ("status=3&message=Hi", MmsReport),
        ],
    )
    def test_it_is_inferred(self, type_, query, kind):
        message = get(f"id=1&from=1&to=2&date=2010-08-21 17:32:21%2B0000&{query}{type_}")
        assert type(message) is kind
        assert codes(message) == [("type-inferred", "type")]

    @pytest.mark.parametrize("type_", ["", "type=9&"])
    def test_nothing_to_infer_from_is_unreadable(self, type_):
        with pytest.raises(UnreadablePush) as caught:
            get(f"{type_}id=1&from=1&to=2&date=2010-08-21 17:32:21%2B0000&network=X&url=Y")
        assert str(caught.value) == ("'type' is neither 2 (MMS) nor 6 (SMS), and no other parameter tells the kind")
        assert caught.value.parameter == "type"
        assert caught.value.problems[0].code == "type-unknown"

    @pytest.mark.parametrize("type_", ["6", "9", "", "1"])
    def test_a_zip_makes_an_mms_whatever_the_type_says(self, type_):
        fields = [field("type", type_), field("message", "x"), field("status", "3")]
        message = post(multipart(*FIELDS[:3], FIELDS[-1], *fields, zip_part()), MULTIPART)
        assert type(message) is Mms
        assert codes(message) == [("type-inferred", "type")]
        assert message.extra == (("message", "x"), ("status", "3"))

    @pytest.mark.parametrize("type_", ["1", "2", "3", "4"])
    def test_a_report_of_either_edition(self, type_):
        message = get(f"id=1&requestid=2&from=1&to=2&date=2010-08-21 17:32:21%2B0000&type={type_}&status=99")
        assert type(message) is MmsReport
        assert message.kind == {"1": "delivery", "2": "read", "3": "delivery", "4": "read"}[type_]
        assert message.status_name is None
        assert codes(message) == []

    @pytest.mark.parametrize("status", range(1, 11))
    def test_the_status_tells_the_kind_of_a_report_before_its_type(self, status):
        names = "Buffered|Indeterminate delivery|Delivered|Delivery expired|Rejected|Forwarded"
        names += "|Read|Deleted|Indeterminate read|Expired read"
        for type_ in "1234":
            message = get(f"id=1&requestid=2&from=1&to=2&date=x&type={type_}&status={status}")
            assert message.status_name == names.split("|")[status - 1]
            assert message.kind == ("delivery" if status <= 6 else "read")

    def test_a_report_that_tells_nothing_has_no_kind(self):
        message = get("id=1&from=1&to=2&date=2010-08-21 17:32:21%2B0000&requestid=2")
        assert (message.kind, message.status, message.status_name, message.user_agent) == (None, "", None, None)
        assert get("id=1&from=1&to=2&date=x&status=").request_id == ""

    def test_a_text_message_is_one_whatever_else_it_carries(self):
        message = get(f"{SMS}&requestid=9&status=3")
        assert type(message) is Sms
        assert message.extra == (("requestid", "9"), ("status", "3"))
        assert codes(message) == []

    def test_a_report_of_type_6_without_a_text_is_one(self):
        message = get(without(SMS, "message") + "&requestid=9&status=3")
        assert type(message) is MmsReport
        assert codes(message) == [("type-inferred", "type")]

    def test_blanks_around_the_type_do_not_matter(self):
        assert codes(get(replaced(SMS, "type", "+6+"))) == []


class Test12Charset:
    """The part's own charset if it fits, else strict UTF-8, else ISO-8859-15 (configurable), recorded; bytes are kept."""

    @pytest.mark.parametrize(
        ("declared", "data", "text", "recorded"),
        [
            (None, "Grüße €".encode(), "Grüße €", False),
            (None, b"Test \xa4", "Test €", True),
            ("UTF-8", "Grüße".encode(), "Grüße", False),
            ("iso-8859-1", b"caf\xe9 \xa4", "café ¤", False),
            ("ISO-8859-15", b"\xa4", "€", False),
            ("windows-1252", b"\x80", "€", False),
            ('"utf-8"', "é".encode(), "é", False),
            ("utf-16be", "Hé".encode("utf-16-be"), "Hé", False),
            ("utf-16be", "Hi".encode("utf-16-be"), "Hi", False),
            ("utf-16", b"odd", "odd", True),
            ("US-ASCII", "é".encode(), "é", True),
            ("us-ascii", b"\xe9", "é", True),
            ("utf-8", b"\xe9", "é", True),
            ("zlib", "é".encode(), "é", True),
            ("unicode_escape", b"\\u0041", "\\u0041", False),
            ("utf-7", b"+AEE-", "+AEE-", False),
            ("x-unknown", b"plain", "plain", False),
            ("windows-1252", b"\x81", "\x81", True),
        ],
    )
    def test_of_a_part(self, declared, data, text, recorded):
        head = 'Content-Disposition: form-data; name="subject"'
        if declared:
            head += f"\r\nContent-Type: text/plain; charset={declared}"
        message = post(multipart(*FIELDS, (head, data), zip_part()), MULTIPART)
        assert message.subject == text
        assert codes(message) == ([("charset-fallback", "subject")] if recorded else [])
        assert dict(message.raw)["subject"] == data

    def test_of_a_query(self):
        message = get(replaced(SMS, "message", "Gr%C3%BC%C3%9Fe"))
        assert message.text == "Grüße"
        assert codes(message) == []

    def test_of_a_query_with_raw_bytes(self):
        assert get(SMS.encode() + b"\xa4").text == "Hello€"
        assert get(SMS.encode() + "é".encode()).text == "Helloé"

    def test_of_an_urlencoded_body(self):
        body = SMS.encode() + b"%A4"
        assert post(body, "application/x-www-form-urlencoded; charset=iso-8859-1").text == "Hello¤"
        assert post(body, "application/x-www-form-urlencoded").text == "Hello€"
        body = SMS.encode() + b"%C3%A9"
        assert post(body, "application/x-www-form-urlencoded; charset=iso-8859-1").text == "HelloÃ©"

    @pytest.mark.parametrize(
        ("charset", "text"), [("cp1252", "Hello¤"), ("utf-8", "Hello\ufffd"), ("ascii", "Hello\ufffd")]
    )
    def test_the_fallback_is_configurable_and_never_fails(self, charset, text):
        message = get(SMS.encode() + b"%A4", charset=charset)
        assert message.text == text
        assert codes(message) == [("charset-fallback", "message")]

    @pytest.mark.parametrize("charset", ["nonsense", "zlib", "rot13", "", "hex", "idna", "\0", "\ud800"])
    def test_an_unknown_fallback_is_a_mistake_in_the_set_up(self, charset):
        with pytest.raises(
            ConfigurationError, match=r"^charset is not one that can be read, such as iso-8859-15 or windows-1252$"
        ):
            Receiver(charset=charset)

    def test_each_parameter_is_decoded_by_itself(self):
        message = get(b"id=1&type=6&date=2010-08-21 17:32:21%2B0000&from=%C3%A9&to=%E9&message=%A4&%E9=%E9")
        assert (message.originator, message.to, message.text, message.extra) == ("é", ("é",), "€", (("é", "é"),))
        assert codes(message) == [
            ("charset-fallback", "to"),
            ("charset-fallback", "message"),
            ("charset-fallback", None),
        ]


class Test13Blanks:
    """Blank `message` and `subject` are valid; no `message` at all on type 6 is a blank, recorded."""

    @pytest.mark.parametrize("spelt", ["message=", "message"])
    def test_a_blank_text(self, spelt):
        message = get(replaced(SMS, "message", "").replace("message=", spelt))
        assert message.text == ""
        assert codes(message) == []

    def test_no_text_at_all(self):
        message = get(without(SMS, "message"))
        assert type(message) is Sms
        assert message.text == ""
        assert codes(message) == [("message-missing", "message")]


class Test15And16Id:
    """An opaque string, compared exactly; without one there is no message, and the raw push stays at hand."""

    @pytest.mark.parametrize("id_", ["4172212931", "0", "00", "999999999999999999999", "a b/c", "é", " 1"])
    def test_it_is_never_touched(self, id_):
        message = post(multipart(field("id", id_), *FIELDS[1:], zip_part()), MULTIPART)
        assert message.id == id_
        assert message.key == f"mms:{id_}"

    @pytest.mark.parametrize(
        "query", [without(SMS, "id"), replaced(SMS, "id", ""), "x=y", "", "id", "msisdn=1&date=x", "smsid=5"]
    )
    def test_without_one_the_push_is_unreadable_and_kept(self, query):
        request = InboundRequest(method="GET", query=query.encode(), peer="83.166.68.10")
        with pytest.raises(UnreadablePush) as caught:
            parse(request)
        assert str(caught.value) == "'id' is missing: every push carries one"
        assert caught.value.parameter == "id"
        assert caught.value.problems[0] == Defect("id-missing", "id", "'id' is missing: every push carries one")
        assert caught.value.request is request


class Test17NobodyOnOneEnd:
    """Without `from` or `to` the message is delivered all the same, and says so."""

    @pytest.mark.parametrize("query", [without(SMS, "from"), replaced(SMS, "from", "")])
    def test_no_originator(self, query):
        message = get(query)
        assert message.originator == ""
        assert codes(message) == [("originator-missing", "from")]

    @pytest.mark.parametrize("query", [without(SMS, "to"), replaced(SMS, "to", ""), replaced(SMS, "to", "&to2=")])
    def test_no_recipient(self, query):
        message = get(query)
        assert message.to == ()
        assert codes(message) == [("to-missing", "to")]


class Test18UnknownParameters:
    """Kept, in order, duplicates included; a broken escape stays as it is."""

    def test_they_are_in_extra_and_raw(self):
        message = get(f"b=2&{SMS}&a=1&b=3&=empty&blank=&flag&a=1")
        expected = [("b", "2"), ("a", "1"), ("b", "3"), ("", "empty"), ("blank", ""), ("flag", ""), ("a", "1")]
        assert message.extra == tuple(expected)
        assert [pair for pair in message.raw if pair[0] in dict(expected)] == [
            (name, value.encode()) for name, value in expected
        ]
        assert codes(message) == []

    def test_known_ones_that_the_kind_of_message_does_not_have_are_among_them(self):
        assert get(f"z=1&{SMS}&subject=S&cc=9&cc2=8&expiry=E&a=2").extra == (
            (("z", "1"), ("subject", "S"), ("cc", "9"), ("cc2", "8"), ("expiry", "E"), ("a", "2"))
        )
        message = get(f"{SMS}&subject=%A4")
        assert message.extra == (("subject", "€"),)
        assert codes(message) == [("charset-fallback", "subject")]
        assert get(f"{MMS}&message=Hi&useragent=U").extra == (("message", "Hi"), ("useragent", "U"))
        assert get("id=1&requestid=2&date=x&from=1&to=2&subject=S").extra == (("subject", "S"),)

    @pytest.mark.parametrize("broken", ["%zz", "100%", "%", "%%41", "%4", "a%2", "%u0041", "%\u00e9", "50%=x%41="])
    def test_a_broken_escape_stays(self, broken):
        from urllib.parse import unquote_to_bytes

        message = get(replaced(SMS, "message", broken).encode())
        assert message.text == unquote_to_bytes(broken).decode()


class Test19RepeatedParameters:
    """The first value counts, and it is recorded; all are kept raw."""

    @pytest.mark.parametrize("name", ["id", "from", "date", "type", "network", "message"])
    def test_the_first_counts(self, name):
        once = get(f"{SMS}&network=N")
        twice = get(f"{SMS}&network=N&{name}=other&{name}=third")
        assert (twice.id, twice.originator, twice.date, twice.network, twice.text) == (
            (once.id, once.originator, once.date, once.network, once.text)
        )
        assert codes(twice) == [("parameter-repeated", name)]
        assert [value for key, value in twice.raw if key == name][1:] == [b"other", b"third"]
        assert twice.extra == ()


class Test20Url:
    """A `url` parameter is kept with the unknown ones and never followed."""

    def test_it_is_just_extra(self):
        assert get(f"{MMS}&url=http%3A%2F%2Fevil.example%2F").extra == (("url", "http://evil.example/"),)


class Test21Spelling:
    """Names: exact first, then trimmed and whatever their case, recorded."""

    @pytest.mark.parametrize("spelt", ["From", "FROM", "+from", "from+", "%09From%0A"])
    def test_another_spelling_is_read_and_recorded(self, spelt):
        message = get(SMS.replace("from", spelt))
        assert message.originator == "447700900123"
        assert codes(message) == [("parameter-name", "from")]
        assert message.extra == ()

    def test_the_exact_spelling_counts_wherever_it_stands(self):
        message = get(f"ID=wrong&{SMS}&Message=wrong")
        assert (message.id, message.text) == ("1", "Hello")
        assert set(codes(message)) == {
            ("parameter-name", "id"),
            ("parameter-repeated", "id"),
            ("parameter-name", "message"),
            ("parameter-repeated", "message"),
        }

    def test_recipients_keep_their_order_whatever_their_spelling(self):
        message = get(f"TO2=a&{SMS}&To=b")
        assert message.to == ("a", "88600", "b")
        assert codes(message) == [("parameter-name", "to")]


class Test22Semicolons:
    """`;` never splits."""

    def test_it_is_part_of_the_value(self):
        assert get(replaced(SMS, "message", "a;b=c;id=2")).text == "a;b=c;id=2"


class Test24Monitors:
    """HEAD, OPTIONS and an empty GET are answered 200 with a body; there is no message."""

    @pytest.mark.parametrize(("method", "query"), [("HEAD", SMS), ("OPTIONS", ""), ("GET", ""), ("GET", "&&")])
    def test_there_is_no_message_and_the_reply_is_200(self, method, query):
        receiver = Receiver()
        request = InboundRequest(method=method, query=query.encode())
        assert request.is_probe
        with pytest.raises(UnreadablePush) as caught:
            receiver.parse(request)
        assert method == "GET" or str(caught.value) == f"a {method} request carries no message"
        reply = receiver.reply_to(caught.value)
        assert (reply.status, reply.body) == (200, b"OK")

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "", "get", "é"])
    def test_another_method_is_not_allowed(self, method):
        with pytest.raises(MethodNotAllowed, match=r"^a push is a GET or a POST$") as caught:
            parse(InboundRequest(method=method, query=SMS.encode()))
        reply = Receiver().reply_to(caught.value)
        assert reply.status == 405
        assert ("Allow", "GET, HEAD, OPTIONS, POST") in reply.headers


class TestForeignPushes:
    """What other products send to the same URL is recognised, and named in the error."""

    @pytest.mark.parametrize(
        ("request_", "product"),
        [
            (
                InboundRequest(
                    method="GET",
                    query=b"smsto=447700900456&smsfrom=447700900123&smsdate=2007-01-01+12%3A00%3A00&smsid=5&smsmsg=Hi",
                ),
                "a push of the provider's SMS gateway (smsfrom, smsmsg, …)",
            ),
            (
                post_request(b"smsfrom=1&smsid=5&smsmsg=Hi", None),
                "a push of the provider's SMS gateway (smsfrom, smsmsg, …)",
            ),
            (
                InboundRequest(
                    method="GET",
                    query=b"msisdn=447700900123&shortcode=88600&shortcode=88601&date=2010-08-21+00:00:00&source=STOP",
                ),
                "an unsubscribe notice (msisdn, shortcode)",
            ),
            (
                post_request(
                    b"--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b--", "multipart/mixed; boundary=b"
                ),
                "a push of the provider's JSON interface (v2)",
            ),
            (post_request(b"{}", "application/json"), "a push of the provider's JSON interface (v2)"),
            (post_request(b"{}", "application/json", b"tenant=7"), "a push of the provider's JSON interface (v2)"),
            (
                post_request(b"--b\r\n\r\n<soap/>\r\n--b--", "multipart/related; boundary=b; type=text/xml"),
                "a SOAP push (MM7)",
            ),
            (post_request(b"<soap/>", "text/xml; charset=utf-8"), "a SOAP push (MM7)"),
        ],
    )
    def test_it_is_named(self, request_, product):
        with pytest.raises(UnreadablePush) as caught:
            parse(request_)
        assert str(caught.value) == f"this looks like {product}, not one of the MMS gateway"
        assert caught.value.request is request_
        assert [problem.code for problem in caught.value.problems] in (["foreign-push"], ["id-missing"])

    def test_another_content_type_is_not(self):
        request = post_request(b"%PDF", "application/pdf")
        with pytest.raises(UnreadablePush) as caught:
            parse(request)
        assert caught.value.request is request
        assert [problem.code for problem in caught.value.problems] == ["content-type-unknown"]
        assert str(caught.value) == (
            "the Content-Type is none of multipart/form-data, application/x-www-form-urlencoded and application/zip"
        )


class TestStrict:
    """`strict=True` turns what would be forgiven into an error."""

    def test_a_clean_push_passes(self):
        assert get(SMS, strict=True).text == "Hello"

    def test_a_defect_is_an_error(self):
        with pytest.raises(UnreadablePush) as caught:
            get(replaced(SMS, "date", "2007-07-01 12:00:00").replace("from=", "from=+"), strict=True)
        error = caught.value
        assert str(error) == (
            "'from': a plus sign had become a blank and was put back (plus-restored), and strict=True forgives nothing"
        )
        assert error.parameter == "from"
        assert [problem.code for problem in error.problems] == ["plus-restored", "date-zone-assumed"]
        assert error.request.query

    def test_a_defect_that_is_about_no_parameter(self):
        with pytest.raises(
            UnreadablePush, match=r"^the bytes do not fit .* \(charset-fallback\), and strict=True forgives"
        ):
            get(f"{SMS}&x=%A4", strict=True)

    @pytest.mark.parametrize("options", [{"zone": "Europe/Paris"}, {"charset": "cp1252"}])
    def test_other_options_do_not_make_it_so(self, options):
        assert get(f"{SMS}&x=%A4", **options)
        with pytest.raises(UnreadablePush):
            get(f"{SMS}&x=%A4", strict=True, **options)


SENTENCES = {
    "zip-part-name": "the zip was not in a part named mms.zip, and was found by its file name or its first bytes",
    "parameter-repeated": "it came more than once; the first counts, and all stand in raw",
    "form-already-parsed": "the framework parsed the form before the adapter could read the body; charsets may be lost",
    "zip-missing": "a posted MMS came without its zip; it can still be fetched by its id",
    "type-inferred": "the type is missing, unknown or wrong; the kind was told by the other parameters",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_defect_is_a_sentence(code):
    import attrs

    parts = [FIELDS[0], FIELDS[4], ("X-A: b", ZIP), ("X-A: b", ZIP), field("type", "6")]
    request = attrs.evolve(post_request(multipart(*parts), MULTIPART), rebuilt=True)
    found = (*parse(request).defects, *post(multipart(*FIELDS), MULTIPART).defects)
    assert SENTENCES[code] in {defect.detail for defect in found if defect.code == code}
