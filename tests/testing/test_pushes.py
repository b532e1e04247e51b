"""The builders: what was put in comes out of `parse`, the bytes are the same on every run, and nothing is checked."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
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

    def test_none_leaves_it_out(self):
        assert parse(testing.sms().but(network=None).as_request()).network is None

    def test_it_may_come_from_elsewhere(self):
        assert testing.sms(peer="203.0.113.9").peer == "203.0.113.9"
        assert testing.mms().but(peer="unix:").as_request().peer == "unix:"
        assert testing.sms().peer == "83.166.68.10"

    def test_an_unknown_name_is_a_mistake(self):
        with pytest.raises(TypeError, match=r"^a push has no 'sender'; it has id, originator, to,"):
            testing.sms().but("sender")

    def test_a_naive_time_has_no_offset(self):
        message = parse(testing.sms(date=datetime(2010, 8, 21, 17, 32, 21)).as_request())
        assert [defect.code for defect in message.defects] == ["date-zone-assumed"]
