"""Fake pushes and zips, so that you can test your handlers without a gateway.

    push = mxinbound.testing.sms(text="Hello")
    message = mxinbound.parse(push.as_request())

Everything here is deterministic: the same call gives the same bytes on every run. Numbers are from ranges reserved for
fiction.
"""

from mxinbound.testing.gateway import FakeGateway
from mxinbound.testing.pushes import Push, mms, mms_notification, report, sms
from mxinbound.testing.zips import HostileZip, build_zip, hostile_zips

__all__ = ["FakeGateway", "HostileZip", "Push", "build_zip", "hostile_zips", "mms", "mms_notification", "report", "sms"]
