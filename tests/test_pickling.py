"""Messages, requests and errors go through pickle and copy, as task queues and process pools need."""

import copy
import pickle

import pytest

from mxinbound import InboundRequest, Limits, Receiver, UnreadablePush, parse, testing
from mxinbound.body import BodyBuffer


def spooled(push):
    buffer = BodyBuffer(Limits(spool_bytes=0))
    buffer.write(push.body)
    request = push.as_request()
    return request.with_body(buffer.finish()) if push.body else request


@pytest.mark.parametrize("through", [lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy, copy.copy])
@pytest.mark.parametrize(
    "push",
    [testing.sms(), testing.mms_notification(), testing.mms(), testing.report()],
    ids=["sms", "notification", "mms", "report"],
)
class TestMessages:
    @pytest.mark.parametrize("request_of", [testing.Push.as_request, spooled], ids=["memory", "spooled"])
    def test_they_arrive_as_they_were(self, through, push, request_of):
        message = parse(request_of(push))
        arrived = through(message)
        assert arrived == message
        assert type(arrived) is type(message)
        assert arrived.raw == message.raw
        assert arrived.request == message.request


def test_a_spooled_body_by_itself_becomes_a_file_in_memory():
    body = spooled(testing.mms()).body
    assert copy.copy(body).read() == testing.mms().body


def test_an_error_keeps_its_request():
    with pytest.raises(UnreadablePush) as caught:
        parse(spooled(testing.mms().but("id")))
    arrived = pickle.loads(pickle.dumps(caught.value))
    assert arrived.request == caught.value.request
    assert arrived.problems == caught.value.problems


def test_a_receiver_does_too():
    receiver = Receiver(zone="Europe/Paris", trusted_proxies=["10.0.0.0/8"])
    assert pickle.loads(pickle.dumps(receiver)) == receiver


def test_a_request_with_a_list_for_a_header_is_a_value_all_the_same():
    request = InboundRequest(method="GET", headers=[["a", "b"]])
    assert request.headers == (("a", "b"),)
    assert hash(request) == hash(InboundRequest.from_bytes(request.to_bytes()))
