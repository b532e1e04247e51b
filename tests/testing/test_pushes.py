"""The builders: what was put in comes out of `parse`, the bytes are the same on every run, and nothing is checked."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mxinbound import Mms, MmsNotification, MmsReport, Sms, UnreadablePush, parse, testing

BUILDERS = {
    "sms": (testing.sms, Sms),
    "mms_notification": (testing.mms_notification, MmsNotification),
    "mms": (testing.mms, Mms),
    "report": (testing.report, MmsReport),
}


@pytest.fixture(params=BUILDERS.values(), ids=BUILDERS.keys())
def builder(request):
    return request.param


class TestDefaults:
    def test_a_push_without_any_argument_is_valid(self, builder):
        build, kind = builder
        message = parse(build().as_request(), strict=True)
        assert type(message) is kind
        assert message.extra == ()

    def test_it_is_the_same_every_time(self, builder):
        build, _ = builder
        assert build() == build()
        assert build().as_request() == build().as_request()

    def test_it_does_not_show_what_it_holds(self, builder):
        build, _ = builder
        assert "447700900123" not in repr(build())

    def test_the_gif_and_the_text_of_an_mms_are_in_its_zip(self):
        import io
        import zipfile

        with zipfile.ZipFile(io.BytesIO(testing.mms().archive)) as archive:
            assert archive.namelist() == ["manifest", "hello.txt", "pixel.gif"]
            assert archive.read("manifest") == b"hello.txt=text/plain\npixel.gif=image/gif\n"
            assert archive.read("hello.txt") == b"Hello"
            assert archive.read("pixel.gif").startswith(b"GIF89a")


class TestAttributes:
    @settings(deadline=None)
    @given(
        text=st.text(st.characters(exclude_categories=["Cs"])),
        to=st.lists(st.text("0123456789+", min_size=1), min_size=1),
        offset=st.integers(-23 * 60, 23 * 60),
    )
    def test_what_goes_into_an_sms_comes_out(self, text, to, offset):
        date = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(minutes=offset)))
        message = parse(testing.sms(text, id="7", originator="+1", to=to, date=date, network="N").as_request())
        assert (message.text, message.to, message.date, message.id) == (text, tuple(to), date, "7")
        assert (message.originator, message.network, message.defects) == ("+1", "N", ())

    @settings(deadline=None)
    @given(
        subject=st.text(st.characters(exclude_categories=["Cs"])),
        data=st.binary(max_size=300),
    )
    def test_what_goes_into_an_mms_comes_out(self, subject, data):
        push = testing.mms(
            [("a", "image/gif", data)], subject=subject, cc=["1", "2"], expiry="2010-08-23 17:32:21+0100"
        )
        message = parse(push.as_request())
        assert (message.subject, message.cc, message.defects) == (subject, ("1", "2"), ())
        assert message.archive.raw == push.archive

    def test_what_goes_into_a_report_comes_out(self):
        push = testing.report(request_id="5", status="3", user_agent="Nokia", type="1")
        message = parse(push.as_request())
        assert (message.request_id, message.status_name, message.user_agent, message.kind) == (
            ("5", "Delivered", "Nokia", "delivery")
        )

    def test_a_zip_may_be_given_whole(self):
        assert parse(testing.mms(archive=b"damaged").as_request()).archive.raw == b"damaged"

    @pytest.mark.parametrize("value", [7, {"1"}, {"1": "2"}, bytearray(b"1"), ["1", 2], date(2026, 1, 2)])
    def test_what_is_no_value_is_a_mistake(self, value):
        with pytest.raises(TypeError, match=r"^to is a str, bytes, a datetime, None or a list of them, not \w+$"):
            testing.sms(to=value)

    @pytest.mark.parametrize("several", [["1", None, "2"], ("1", "2"), (number for number in "12")])
    def test_several_values_are_given_in_their_order(self, several):
        assert parse(testing.sms(to=several).as_request()).to == ("1", "2")

    def test_without_any_value_nothing_is_sent(self):
        nothing = dict.fromkeys(("text", "id", "originator", "to", "date", "type", "network"))
        assert testing.sms(**nothing).query == b""

    @pytest.mark.parametrize("extra", [[("a", 5)], [("a",)], {"ab": "c"}, ["ab"]])
    def test_extra_that_is_no_pairs_is_a_mistake(self, extra):
        with pytest.raises(TypeError, match=r"^extra takes pairs of a name and a value, which is a str or bytes$"):
            testing.sms(extra=extra)

    def test_a_year_has_four_digits_on_every_platform(self):
        assert b"date=0999-01-02+03%3A04%3A05%2B0000" in (
            testing.sms(date=datetime(999, 1, 2, 3, 4, 5, 6, tzinfo=timezone.utc)).query
        )

    def test_an_mms_that_is_notified_can_be_fetched_by_now(self):
        assert not parse(testing.mms_notification().as_request()).expired()

    def test_an_id_of_bytes_is_told_as_text(self):
        assert testing.sms(id=b"7").id == "7"
        assert testing.sms(id=b"\xff").id == "\\xff"
        assert testing.sms(id=None).id == ""

    def test_an_unknown_one_is_a_mistake(self):
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'sender'$"):
            testing.sms(sender="1")


class TestBut:
    def test_without_and_with_other_attributes(self):
        push = testing.mms_notification().but("subject", to=["1", "2"], type="9")
        message = parse(push.as_request())
        assert (message.subject, message.to) == (None, ("1", "2"))
        assert [defect.code for defect in message.defects] == ["type-inferred"]

    def test_the_original_stays_as_it_is(self):
        push = testing.sms()
        assert push.but("id") != push
        assert parse(push.as_request()).id
        with pytest.raises(UnreadablePush):
            parse(push.but("id").as_request())

    def test_it_is_the_push_that_would_have_been_built(self):
        changes = {"id": "2", "to": ["1", "2"], "date": None, "text": "Bye"}
        assert testing.sms().but(**changes) == testing.sms(**changes)
        assert testing.sms().but(subject="new").fields[-1] == ("subject", "new")
        assert testing.sms(to=["1", "2"]).but("to") == testing.sms(to=None)

    def test_the_zip_may_be_left_out_or_changed(self):
        assert testing.mms().but("archive") == testing.mms().but(archive=None)
        assert testing.mms().but("archive").archive is None
        assert parse(testing.mms().but(archive=b"damaged").as_request()).archive.raw == b"damaged"

    def test_extra_is_added(self):
        push = testing.sms(extra=[("a", "1")]).but(extra=[("a", b"2")])
        assert parse(push.as_request()).extra == (("a", "1"), ("a", "2"))

    def test_none_leaves_it_out(self):
        assert parse(testing.sms().but(network=None).as_request()).network is None

    def test_it_may_come_from_elsewhere(self):
        assert testing.sms(peer="203.0.113.9").peer == "203.0.113.9"
        assert testing.mms().but(peer="unix:").as_request().peer == "unix:"
        assert testing.sms().peer == "83.166.68.10"

    def test_an_unknown_name_is_a_mistake(self):
        with pytest.raises(
            TypeError, match=r"^a push has no 'sender'; it has id, originator, .*, archive, extra, peer$"
        ):
            testing.sms().but("sender")

    def test_a_naive_time_has_no_offset(self):
        message = parse(testing.sms(date=datetime(2010, 8, 21, 17, 32, 21)).as_request())
        assert [defect.code for defect in message.defects] == ["date-zone-assumed"]


class TestPackaging:
    def test_a_form_that_there_is_not_is_a_mistake(self):
        with pytest.raises(
            ValueError, match=r"^there is no form 'json' of a push, only query, multipart, urlencoded, z"
        ):
            testing.sms().packed(form="json")

    @pytest.mark.parametrize(
        ("form", "kind"),
        [("query", MmsNotification), ("urlencoded", MmsNotification), ("multipart", Mms), ("zip", Mms)],
    )
    def test_an_mms_goes_along_where_it_has_a_place(self, form, kind):
        for build in (testing.mms, testing.mms_notification):
            assert type(parse(build().packed(form=form).as_request())) is kind

    def test_a_zip_that_there_is_not_is_an_empty_body(self):
        push = testing.sms().packed(form="zip")
        assert (push.body, parse(push.as_request()).text) == (b"", "Hello")

    def test_what_a_form_has_no_use_for_is_ignored(self):
        everything = {"charset_declared": True, "apache": True, "chunked": True, "fields_in_query": True}
        assert testing.sms().packed(**everything).as_request() == testing.sms().as_request()
        urlencoded = testing.sms().packed(form="urlencoded")
        assert urlencoded.packed(fields_in_query=True, apache=True).as_request() == urlencoded.as_request()
        assert urlencoded.query == b""
