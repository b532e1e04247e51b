"""The whole way of a push: admitted before its body is touched, read with the receiver's options, answered."""

import inspect
import ipaddress
import warnings
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from attrs.exceptions import FrozenInstanceError

from mxinbound import (
    MX_NETWORKS,
    ConfigurationError,
    Defect,
    InboundRequest,
    InsecureReceiverWarning,
    Limits,
    MethodNotAllowed,
    MxInboundError,
    Networks,
    Receiver,
    Reply,
    RequestTooLarge,
    Sms,
    SourceRefused,
    UnreadablePush,
    errors,
    parse,
    testing,
)

GATEWAY = "83.166.68.7"
STRANGER = "198.51.100.9"
SMS = b"id=1&from=447700900123&to=88600&date=2010-08-21+17%3A32%3A21%2B0000&type=6&message=Hello"
NOT_LISTED = (
    "the client's address is in none of the allowed networks; list it in networks= if it may push,"
    " in trusted_proxies= if it is a proxy of yours"
)


class Untouchable:
    """A body that must not be looked at."""

    def __getattribute__(self, name):
        raise AssertionError(f"the body was touched: {name}")

    def __bool__(self):
        raise AssertionError("the body was touched")

    __len__ = __iter__ = __bool__


def sms(query=SMS, peer=GATEWAY, **changes):
    return InboundRequest(method="GET", query=query, peer=peer, **changes)


def insecure(**options):
    with pytest.warns(InsecureReceiverWarning):
        return Receiver(source_check="off", **options)


class TestOptions:
    def test_the_defaults_are_the_contract(self):
        receiver = Receiver()
        assert receiver.networks == MX_NETWORKS == Networks("83.166.68.0/23")
        assert receiver.trusted_proxies == Networks()
        assert receiver.source_check == "enforce"
        assert receiver.limits == Limits()
        assert (receiver.zone, receiver.charset, receiver.strict) == (None, None, False)

    @pytest.mark.parametrize("name", ["networks", "trusted_proxies"])
    @pytest.mark.parametrize(
        "given",
        [
            Networks("10.0.0.0/8", "unix:"),
            ("10.0.0.0/8", "unix:"),
            ["10.0.0.0/8", "unix:"],
            (ipaddress.ip_network("10.0.0.0/8"), "unix:"),
            {"10.0.0.0/8": 1, "unix:": 2},
        ],
        ids=["Networks", "tuple", "list", "objects", "mapping"],
    )
    def test_networks_come_in_any_iterable(self, name, given):
        assert getattr(Receiver(**{name: given}), name) == Networks("10.0.0.0/8", "unix:")

    def test_the_gateways_network_is_extended_by_unpacking_it(self):
        receiver = Receiver(networks=(*MX_NETWORKS, "127.0.0.1/32"))
        assert isinstance(receiver.receive(sms(peer="127.0.0.1")), Sms)
        assert isinstance(receiver.receive(sms(peer=GATEWAY)), Sms)

    def test_options_are_keywords(self):
        with pytest.raises(TypeError):
            Receiver(("10.0.0.0/8",))
        with pytest.raises(TypeError):
            Receiver(options=None)

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            pytest.param(
                {"networks": ()},
                "networks is empty: with source_check='enforce' every push would be refused",
                id="no networks",
            ),
            pytest.param(
                {"networks": "83.166.68.0/23"},
                "networks takes several networks, not one: ('83.166.68.0/23',)",
                id="one string for networks",
            ),
            pytest.param(
                {"trusted_proxies": "10.0.0.1"},
                "trusted_proxies takes several networks, not one: ('10.0.0.1',)",
                id="one string for trusted_proxies",
            ),
            pytest.param({"networks": ""}, "networks takes several networks, not one: ('',)", id="an empty string"),
            pytest.param(
                {"networks": ["nonsense"]},
                "'nonsense' is not an address, a network such as 83.166.68.0/23, or 'unix:'",
                id="a network that is none",
            ),
            pytest.param(
                {"trusted_proxies": ["10.0.0.1/8"]},
                "'10.0.0.1/8' has bits set beyond its prefix; the network is 10.0.0.0/8",
                id="a proxy with bits beyond its prefix",
            ),
            pytest.param(
                {"source_check": "on"}, "source_check is 'enforce', 'report' or 'off'", id="another source_check"
            ),
            pytest.param({"source_check": None}, "source_check is 'enforce', 'report' or 'off'", id="no source_check"),
            pytest.param(
                {"source_check": "Enforce"}, "source_check is 'enforce', 'report' or 'off'", id="case of source_check"
            ),
            pytest.param(
                {"zone": "Europe/Londn"},
                "zone is not the name of a time zone, such as Europe/London",
                id="a zone that is none",
            ),
            pytest.param(
                {"zone": "Europe"}, "zone is not the name of a time zone, such as Europe/London", id="half a zone"
            ),
            pytest.param({"zone": ""}, "zone is not the name of a time zone, such as Europe/London", id="empty zone"),
            pytest.param(
                {"zone": "../passwd"},
                "zone is not the name of a time zone, such as Europe/London",
                id="a path for a zone",
            ),
            pytest.param(
                {"charset": "utf-88"},
                "charset is not one that can be read, such as iso-8859-15 or windows-1252",
                id="a charset that is none",
            ),
            pytest.param(
                {"charset": ""},
                "charset is not one that can be read, such as iso-8859-15 or windows-1252",
                id="empty charset",
            ),
        ],
    )
    def test_what_cannot_work_is_refused_when_it_is_set_up(self, options, sentence):
        with pytest.raises(ConfigurationError) as caught:
            Receiver(**options)
        assert str(caught.value) == sentence
        assert not isinstance(caught.value, MxInboundError)

    def test_a_zone_that_knows_no_offset_is_refused(self):
        class Timeless(tzinfo):
            def utcoffset(self, when):
                return None

        with pytest.raises(ConfigurationError) as caught:
            Receiver(zone=Timeless())
        assert str(caught.value) == "zone is a tzinfo that knows no offset"

    @pytest.mark.parametrize("check", ["report", "off"])
    def test_no_networks_are_fine_where_nothing_is_enforced(self, check):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InsecureReceiverWarning)
            receiver = Receiver(networks=(), source_check=check)
        assert isinstance(receiver.receive(sms(peer=None)), Sms)

    def test_a_receiver_cannot_be_changed(self):
        receiver = Receiver()
        for name in ("networks", "trusted_proxies", "source_check", "limits", "zone", "charset", "strict"):
            with pytest.raises(FrozenInstanceError):
                setattr(receiver, name, None)

    def test_equal_receivers_are_one_in_a_set(self):
        options = {"networks": ["10.0.0.0/8"], "zone": ZoneInfo("Europe/Paris"), "charset": "cp1252", "strict": True}
        assert {Receiver(**options), Receiver(**options)} == {Receiver(**options)}
        assert len({Receiver(**options), Receiver(), Receiver(strict=True)}) == 3

    @pytest.mark.parametrize(
        "options",
        [
            {"networks": ["10.0.0.0/8"]},
            {"trusted_proxies": ["10.0.0.1"]},
            {"source_check": "report"},
            {"limits": Limits(max_fields=9)},
            {"zone": "UTC"},
            {"charset": "cp1252"},
            {"strict": True},
        ],
        ids=lambda options: next(iter(options)),
    )
    def test_receivers_with_other_options_are_not_equal(self, options):
        assert Receiver(**options) != Receiver()

    def test_repr_shows_the_options(self):
        assert repr(Receiver(networks=["10.0.0.0/8"], zone="UTC")) == (
            "Receiver(networks=Networks('10.0.0.0/8'), trusted_proxies=Networks(), source_check='enforce',"
            f" limits={Limits()!r}, zone='UTC', charset=None, strict=False)"
        )


class TestOptionsAtWork:
    """Each option changes how the same push is read, in `parse` and `receive` alike."""

    @pytest.fixture(params=["parse", "receive"])
    def read(self, request):
        return lambda receiver, push: getattr(receiver, request.param)(push)

    @pytest.mark.parametrize(
        ("zone", "hours"),
        [
            (None, 1),
            ("UTC", 0),
            ("America/New_York", -4),
            (ZoneInfo("Asia/Tokyo"), 9),
            (timezone(timedelta(hours=5)), 5),
        ],
        ids=str,
    )
    def test_zone_is_that_of_a_date_without_an_offset(self, read, zone, hours):
        push = sms(b"id=1&from=2&to=3&date=2010-08-21+17:32:21&type=6&message=x")
        message = read(Receiver(zone=zone), push)
        assert message.date == datetime(2010, 8, 21, 17, 32, 21, tzinfo=timezone(timedelta(hours=hours)))
        assert [defect.code for defect in message.defects] == ["date-zone-assumed"]

    @pytest.mark.parametrize(("charset", "text"), [(None, "€"), ("windows-1252", "¤"), ("koi8-r", "╓")])
    def test_charset_is_that_of_text_that_is_not_utf_8(self, read, charset, text):
        message = read(Receiver(charset=charset), sms(SMS + b"+%A4"))
        assert message.text == f"Hello {text}"
        assert [defect.code for defect in message.defects] == ["charset-fallback"]

    def test_strict_forgives_nothing(self, read):
        push = sms(SMS.replace(b"to=88600&", b""))
        assert [defect.code for defect in read(Receiver(), push).defects] == ["to-missing"]
        with pytest.raises(UnreadablePush) as caught:
            read(Receiver(strict=True), push)
        assert str(caught.value) == "'to': there is no recipient (to-missing), and strict=True forgives nothing"
        assert read(Receiver(strict=True), sms()).defects == ()

    def test_limits_are_the_ceilings(self, read):
        with pytest.raises(RequestTooLarge) as caught:
            read(Receiver(limits=Limits(max_query_bytes=len(SMS) - 1)), sms())
        sentence = f"the query string is longer than max_query_bytes ({len(SMS) - 1} bytes)"
        assert str(caught.value) == sentence
        assert read(Receiver(limits=Limits(max_query_bytes=len(SMS))), sms()).text == "Hello"

    def test_a_receiver_with_defaults_reads_as_parse_does(self, read):
        assert read(Receiver(), sms()) == parse(sms())


class TestAdmission:
    @pytest.mark.parametrize("verb", ["admit", "receive"])
    @pytest.mark.parametrize(
        ("peer", "headers", "sentence"),
        [
            (STRANGER, (), f"this request came from the address {STRANGER}, and that is not allowed to push here"),
            ("unix:", (), "this request came from the address unix:, and that is not allowed to push here"),
            (None, (), "this request came from an address that cannot be told, and that is not allowed to push here"),
            (
                "10.0.0.1",
                [("x-forwarded-for", STRANGER)],
                f"this request came from the address {STRANGER}, and that is not allowed to push here",
            ),
            (
                "10.0.0.1",
                [("x-forwarded-for", "unknown")],
                "this request came from an address that cannot be told, and that is not allowed to push here",
            ),
        ],
        ids=["a stranger", "a Unix socket", "nobody known", "a stranger behind a proxy", "an unreadable hop"],
    )
    def test_a_stranger_is_refused_before_the_body_is_touched(self, verb, peer, headers, sentence):
        receiver = Receiver(trusted_proxies=["10.0.0.1"])
        request = InboundRequest(method="POST", peer=peer, headers=headers, body=Untouchable())
        with pytest.raises(SourceRefused) as caught:
            getattr(receiver, verb)(request)
        assert str(caught.value) == sentence
        assert caught.value.verdict == receiver.explain(request)
        assert not caught.value.verdict.allowed

    @pytest.mark.parametrize("check", ["enforce", "report", "off"])
    def test_neither_admit_nor_explain_touch_the_body_of_anybody(self, check):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InsecureReceiverWarning)
            receiver = Receiver(source_check=check)
        request = InboundRequest(method="POST", peer=GATEWAY, body=Untouchable())
        assert receiver.admit(request) is None
        assert receiver.explain(request).allowed

    def test_receive_checks_the_address_and_parse_does_not(self):
        stranger = sms(peer=STRANGER)
        assert Receiver().parse(stranger).text == "Hello"
        with pytest.raises(SourceRefused):
            Receiver().receive(stranger)

    def test_the_address_is_checked_before_anything_else(self):
        for request in (sms(b"", peer=STRANGER), InboundRequest(method="PUT", peer=STRANGER), sms(b"x", peer=None)):
            with pytest.raises(SourceRefused):
                Receiver().receive(request)

    @pytest.mark.parametrize(
        ("request_", "error"),
        [
            (InboundRequest(method="PUT", peer=GATEWAY), MethodNotAllowed),
            (sms(b"from=1&type=6&message=x"), UnreadablePush),
            (sms(b"id=1&" + b"&" * 70_000), RequestTooLarge),
        ],
        ids=["PUT", "no id", "too long"],
    )
    def test_what_the_gateway_sends_can_still_be_unreadable(self, request_, error):
        for verb in (Receiver().parse, Receiver().receive):
            with pytest.raises(error):
                verb(request_)


class TestReport:
    def test_a_stranger_is_let_in_and_the_message_says_so(self):
        receiver = Receiver(source_check="report")
        stranger = sms(peer=STRANGER)
        assert receiver.admit(stranger) is None
        message = receiver.receive(stranger)
        assert message.text == "Hello"
        assert message.defects == (Defect("source-not-allowed", None, NOT_LISTED),)
        assert message.request is stranger
        assert message.raw == parse(stranger).raw
        assert receiver.explain(stranger).allowed is False

    def test_it_says_so_after_the_other_defects(self):
        message = Receiver(source_check="report").receive(sms(SMS.replace(b"to=88600&", b""), peer=None))
        assert [(defect.code, defect.detail) for defect in message.defects] == [
            ("to-missing", "there is no recipient"),
            ("source-not-allowed", "the server did not tell the peer's address"),
        ]

    def test_the_gateways_message_has_no_such_defect(self):
        assert Receiver(source_check="report").receive(sms()).defects == ()

    def test_parse_does_not_look(self):
        assert Receiver(source_check="report").parse(sms(peer=STRANGER)).defects == ()

    def test_strict_is_about_the_push_and_not_about_its_source(self):
        message = Receiver(source_check="report", strict=True).receive(sms(peer=STRANGER))
        assert [defect.code for defect in message.defects] == ["source-not-allowed"]

    @pytest.mark.parametrize(
        "push",
        [testing.sms(), testing.mms(), testing.mms_notification(), testing.report()],
        ids=["sms", "mms", "n", "r"],
    )
    def test_every_kind_of_message_can_say_so(self, push):
        request = push.as_request()
        message = Receiver(networks=["10.0.0.0/8"], source_check="report").receive(request)
        assert type(message) is type(parse(request))
        assert [defect.code for defect in message.defects] == ["source-not-allowed"]

    def test_it_warns_nobody(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            Receiver(source_check="report")
        assert caught == []


class TestOff:
    def test_the_warning_points_to_the_line_that_made_the_receiver(self):
        line = inspect.currentframe().f_lineno + 2
        with pytest.warns(InsecureReceiverWarning) as caught:
            Receiver(source_check="off")
        assert [str(each.message) for each in caught] == ["source_check='off': this receiver takes pushes from anyone"]
        assert (caught[0].filename, caught[0].lineno) == (__file__, line)

    def test_anybody_is_let_in_without_a_word(self):
        receiver = insecure()
        for peer in (STRANGER, None, "", "nonsense", "unix:"):
            assert receiver.admit(sms(peer=peer)) is None
            assert receiver.receive(sms(peer=peer)).defects == ()

    def test_the_explanation_says_that_the_check_is_off_and_who_it_was(self):
        verdict = insecure().explain(sms(peer=STRANGER))
        assert (verdict.allowed, verdict.client, verdict.network) == (True, STRANGER, None)
        assert verdict.reason == "the source check is off"
        assert [hop.address for hop in verdict.hops] == [STRANGER]


def _classes(root):
    return [root, *(found for child in root.__subclasses__() for found in _classes(child))]


STATUSES = {errors.SourceRefused: 403, errors.RequestTooLarge: 413, errors.MethodNotAllowed: 405}
STATUSES |= {errors.UnreadablePush: 400, errors.BodyIncomplete: 408, errors.BodyConsumed: 500}


class TestReplies:
    @pytest.mark.parametrize("kind", _classes(MxInboundError), ids=lambda kind: kind.__name__)
    def test_every_error_is_answered_with_its_status_and_its_sentence(self, kind):
        status = STATUSES.get(kind, 422 if issubclass(kind, errors.ContentError) else 500)
        assert Receiver().reply_to(kind("a sentence – in full")) == Reply(
            status, "a sentence – in full\n".encode(), "text/plain"
        )

    def test_a_refusal_says_which_address_was_seen(self):
        with pytest.raises(SourceRefused) as caught:
            Receiver().receive(sms(peer=STRANGER))
        assert Receiver().reply_to(caught.value) == Reply(
            403, b"this request came from the address 198.51.100.9, and that is not allowed to push here\n"
        )

    @pytest.mark.parametrize(
        ("method", "query"),
        [("HEAD", b""), ("HEAD", SMS), ("OPTIONS", b""), ("OPTIONS", SMS), ("GET", b""), ("GET", b"&&")],
    )
    def test_a_monitor_is_answered_200(self, method, query):
        with pytest.raises(UnreadablePush) as caught:
            Receiver().receive(InboundRequest(method=method, query=query, peer=GATEWAY))
        assert Receiver().reply_to(caught.value) == Reply.accepted()

    @pytest.mark.parametrize(
        ("request_", "reply"),
        [
            (sms(b"a=b"), Reply(400, b"'id' is missing: every push carries one\n")),
            (InboundRequest(method="POST", peer=GATEWAY), Reply(400, b"'id' is missing: every push carries one\n")),
            (InboundRequest(method="PUT", peer=GATEWAY), Reply(405, b"a push is a GET or a POST\n")),
            (InboundRequest(method="get", query=SMS, peer=GATEWAY), Reply(405, b"a push is a GET or a POST\n")),
        ],
        ids=["GET", "POST", "PUT", "get"],
    )
    def test_a_push_that_cannot_be_read_is_not(self, request_, reply):
        with pytest.raises(MxInboundError) as caught:
            Receiver().receive(request_)
        assert Receiver().reply_to(caught.value) == reply

    def test_an_error_without_a_request_is_no_monitors(self):
        assert Receiver().reply_to(UnreadablePush("no request")).status == 400


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"limits": None}, "limits is a Limits"),
        ({"zone": 3}, "zone is not the name of a time zone, such as Europe/London"),
        ({"source_check": ["enforce"]}, "source_check is 'enforce', 'report' or 'off'"),
        ({"limits": {"max_fields": 3}}, "limits is a Limits"),
    ],
)
def test_options_of_another_type_are_a_mistake_in_the_set_up(options, sentence):
    with pytest.raises(ConfigurationError) as caught:
        Receiver(**options)
    assert str(caught.value) == sentence
