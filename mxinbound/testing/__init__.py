"""Fake pushes and zips, so that you can test your handlers without a gateway.

    push = mxinbound.testing.sms(text="Hello")
    message = mxinbound.parse(push.as_request())

Everything here is deterministic: the same call gives the same bytes on every run. Numbers are from ranges reserved for
fiction.
"""

from mxinbound.testing.forms import RawPush
from mxinbound.testing.gateway import Answer, FakeGateway
from mxinbound.testing.hostile import HostileZip, hostile_zips
from mxinbound.testing.pushes import Packaging, Push, mms, mms_notification, report, sms
from mxinbound.testing.zips import build_zip

__all__ = [
    "Answer",
    "FakeGateway",
    "HostileZip",
    "Packaging",
    "Push",
    "RawPush",
    "build_zip",
    "hostile_zips",
    "mms",
    "mms_notification",
    "report",
    "sms",
]
