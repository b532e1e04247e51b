"""The promises over everything: any bytes in, a message or our own error out; nothing private shows; memory is flat."""

import io
import logging
import subprocess
import sys
import traceback
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pushing import MULTIPART, codes, field, get, multipart, post

from mxinbound import (
    InboundRequest,
    Limits,
    Mms,
    MmsNotification,
    MmsReport,
    MxInboundError,
    Receiver,
    Sms,
    parse,
    testing,
)

NUMBER = "447700900123"
SECRET = "Meet me at the bridge"
PRIVATE = [NUMBER, SECRET, "900123", "bridge"]

TOKENS = st.sampled_from(
    [
        b"id=1",
        b"type=6",
        b"type=2",
        b"&",
        b"&",
        b"&",
        b"=",
        b"%",
        b"+",
        b"\r\n",
        b"--b",
        b"--b--",
        b"message=",
        b"to=",
        b"TO1=",
    ]
    + [
        b"date=2010-08-21 17:32:21",
        b"+0100",
        b"requestid=",
        b"status=7",
        b"smsid=",
        b"smsmsg=",
        b"PK\x03\x04",
        b"mms.zip",
    ]
    + [
        b'\r\n--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1',
        b"Content-Type: text/plain; charset=utf-7",
        b"\xa4",
    ]
    + [
        b'Content-Disposition: form-data; name="mms.zip"; filename="mms.zip"',
        b"\r\n\r\n",
        b"\xff\xfe",
        b"\0",
        b'"',
        b";",
    ]
)
BYTES = st.lists(TOKENS | st.binary(max_size=8), max_size=40).map(b"".join)
TYPES = st.sampled_from(
    ["", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "application/zip", "multipart/mixed"]
    + ["multipart/form-data", 'multipart/form-data; boundary="b', "application/x-www-form-urlencoded; charset=utf-16"]
) | st.text(max_size=30)


class TestAnyBytesIn:
    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=400)
    @given(
        method=st.sampled_from(["GET", "POST", "POST", "POST", "HEAD", "PUT"]) | st.text(max_size=5),
        query=BYTES,
        body=BYTES,
        content_type=TYPES,
        peer=st.none() | st.text(max_size=20),
        strict=st.booleans(),
        limits=st.sampled_from(
            [Limits(), Limits(max_fields=3, max_field_bytes=9, max_query_bytes=99, max_body_bytes=300)]
        ),
    )
    def test_a_message_or_our_own_error_comes_out(self, method, query, body, content_type, peer, strict, limits):
        request = InboundRequest(
            method=method, query=query, body=body, peer=peer, headers=[("Content-Type", content_type)]
        )
        receiver = Receiver(strict=strict, limits=limits, source_check="report")
        try:
            message = receiver.receive(request)
        except MxInboundError as error:
            assert receiver.reply_to(error).body
            return
        assert isinstance(message, Sms | Mms | MmsNotification | MmsReport)
        assert message.id
        assert message.date.utcoffset() is not None
        assert all(isinstance(value, bytes) for _, value in message.raw)
        assert len(message.defects) <= limits.max_defects
        assert hash(message) == hash(receiver.receive(request)) or "date-" in str(codes(message))
        assert repr(message)
        if isinstance(message, Mms):
            assert message.archive.raw in body

    @given(st.binary(max_size=200), st.binary(max_size=50))
    def test_any_request_goes_through_a_queue_unchanged(self, query, body):
        request = InboundRequest(method="POST", query=query, body=body, peer="83.166.68.10", headers=[("a", "b")])
        assert InboundRequest.from_bytes(request.to_bytes()) == request


class TestNothingPrivateShows:
    MESSAGES = {
        "sms": lambda: get(testing.sms(SECRET, originator=NUMBER, to=[NUMBER]).query),
        "notification": lambda: get(testing.mms_notification(subject=SECRET, originator=NUMBER, cc=[NUMBER]).query),
        "mms": lambda: parse(
            testing.mms([("a.txt", "text/plain", SECRET)], subject=SECRET, originator=NUMBER).as_request()
        ),
        "report": lambda: get(testing.report(originator=NUMBER, to=[NUMBER]).query),
        "extra": lambda: get(testing.sms(originator=NUMBER).query + f"&{NUMBER}={SECRET}&x={SECRET}%A4".encode()),
    }

    @pytest.mark.parametrize("make", MESSAGES.values(), ids=MESSAGES.keys())
    def test_in_the_repr_of_a_message_its_request_and_its_archive(self, make):
        message = make()
        shown = f"{message!r} {message} {message.request!r} {getattr(message, 'archive', None)!r} {message.defects}"
        assert not any(private in shown for private in PRIVATE)

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda: get(f"from={NUMBER}&message={SECRET}&{NUMBER}=1"),
            lambda: get(f"id=1&from={NUMBER}&{NUMBER}={SECRET}"),
            lambda: get(f"id={NUMBER}&type={NUMBER}&from={NUMBER}"),
            lambda: get(f"id=1&from=+{NUMBER}&message={SECRET}%A4&type=6&date={NUMBER}", strict=True),
            lambda: get(f"smsfrom={NUMBER}&smsmsg={SECRET}"),
            lambda: post(f"--b\r\n{SECRET}: {NUMBER}\r\n".encode(), "multipart/form-data; boundary=b"),
            lambda: post(multipart(field(NUMBER, SECRET), (SECRET, NUMBER)), MULTIPART),
            lambda: post(SECRET.encode(), f"text/{NUMBER}"),
            lambda: get(f"id=1&from={NUMBER}&message={SECRET}", limits=Limits(max_fields=1)),
            lambda: get(f"id=1&from={NUMBER}&message={SECRET}", limits=Limits(max_field_bytes=5)),
            lambda: parse(InboundRequest(method=f"X{NUMBER}", query=SECRET.encode())),
            lambda: InboundRequest.from_bytes(SECRET.encode()),
            lambda: Receiver().receive(InboundRequest(method="GET", query=SECRET.encode(), peer=NUMBER)),
        ],
    )
    def test_in_an_error_its_traceback_its_problems_and_the_reply(self, spoil):
        with pytest.raises(MxInboundError) as caught:
            spoil()
        error = caught.value
        # The lines of source in a traceback are this test's own and hold what it sends.
        shown = "".join(traceback.TracebackException.from_exception(error).format_exception_only())
        shown += f"{error!r} {error} {getattr(error, 'problems', '')} {Receiver().reply_to(error)}"
        assert error.__context__ is None or error.__suppress_context__
        assert error.__cause__ is None
        assert not any(private in shown for private in PRIVATE)

    @pytest.mark.parametrize("make", MESSAGES.values(), ids=MESSAGES.keys())
    def test_in_any_record_that_the_library_logs(self, make, caplog):
        from mxinbound.adapters import wsgi

        caplog.set_level(logging.DEBUG)
        request = make().request
        for peer, body in (("83.166.68.10", request.body), ("203.0.113.9", request.body), ("83.166.68.10", b"")):
            environ = {"REQUEST_METHOD": request.method, "QUERY_STRING": request.query.decode("latin-1")}
            environ |= {"REMOTE_ADDR": peer, "wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}
            environ["CONTENT_TYPE"] = request.header("content-type") or ""
            wsgi.endpoint(Receiver(), lambda message: None)(environ, lambda *_: None)
        assert len(caplog.records) == 3
        assert not any(private in str(vars(record)) for record in caplog.records for private in PRIVATE)


def test_the_fields_of_a_message_are_those_of_the_documented_table():
    common = ["id", "originator", "to", "date", "network", "extra", "defects", "_raw", "request"]
    assert [field.name for field in attrs.fields(Sms)] == [*common, "text"]
    assert [field.name for field in attrs.fields(MmsNotification)] == [*common, "cc", "subject", "expiry"]
    assert [field.name for field in attrs.fields(Mms)] == [*common, "cc", "subject", "expiry", "archive"]
    assert [field.name for field in attrs.fields(MmsReport)] == [*common, "request_id", "status", "kind", "user_agent"]


MEASURE_16_MIB = """
import resource, sys
from mxinbound.adapters import wsgi
from mxinbound import Receiver, Limits
from mxinbound.testing import sms

SIZE = 16 * 1024 * 1024
HEAD = b'--b\\r\\nContent-Disposition: form-data; name="id"\\r\\n\\r\\n1\\r\\n--b\\r\\n'
HEAD += b'Content-Disposition: form-data; name="type"\\r\\n\\r\\n2\\r\\n--b\\r\\n'
HEAD += b'Content-Disposition: form-data; name="mms.zip"; filename="mms.zip"\\r\\n\\r\\nPK\\x03\\x04'
TAIL = b'\\r\\n--b--\\r\\n'

class Stream:
    # Fresh bytes at every read, as a socket gives them; nothing but what was asked for exists at any time.
    def __init__(self, size):
        self.left = [HEAD, size, TAIL]
    def read(self, size):
        while self.left:
            first = self.left[0]
            if isinstance(first, bytes):
                del self.left[0]
                return first
            if first:
                self.left[0] = first - min(size, first)
                return b"z" * min(size, first)
            del self.left[0]
        return b""

def push(size):
    environ = sms().for_wsgi() | {
        "REQUEST_METHOD": "POST", "CONTENT_TYPE": "multipart/form-data; boundary=b",
        "CONTENT_LENGTH": str(len(HEAD) + size + len(TAIL)), "wsgi.input": Stream(size), "QUERY_STRING": "",
    }
    sizes = []
    def handler(message):
        sizes.append(message.archive._window.size)
    body = wsgi.endpoint(Receiver(), handler)(environ, lambda *_: None)
    assert body == [b"OK"], body
    assert sizes == [size + 4]

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

push(1024)
push(2 * 1024 * 1024)  # the modules that spooling needs
before = peak()
push(SIZE)
print(peak() - before)
"""


@pytest.mark.skipif("sys.platform == 'win32'", reason="there is no resource module")
def test_a_push_of_16_mib_adds_less_than_2_mib_of_memory():
    out = subprocess.run([sys.executable, "-c", MEASURE_16_MIB], capture_output=True, text=True, check=True)
    assert int(out.stdout) < 2 * 1024 * 1024


def test_no_file_of_the_package_is_far_over_400_lines():
    package = Path(__file__).parent.parent / "mxinbound"
    assert {path.name for path in package.rglob("*.py") if path.read_text().count("\n") > 420} == set()
