"""Fake pushes, fake zips and a fake gateway, so that you can test your handlers without the real one.

    push = mxinbound.testing.sms(text="Hello")
    message = mxinbound.parse(push.as_request())

Everything here is deterministic: the same call gives the same bytes on every run. Numbers are from ranges reserved for
fiction. It needs the standard library only, and changes nothing that it does not make itself.
"""

from typing import TYPE_CHECKING, Any

from mxinbound.testing.forms import RawPush
from mxinbound.testing.gateway import Answer, FakeGateway
from mxinbound.testing.hostile import HostileZip, hostile_zips
from mxinbound.testing.malformed import MalformedPush, malformed_pushes
from mxinbound.testing.packaging import Packaging
from mxinbound.testing.pushes import Push, mms, mms_notification, report, sms
from mxinbound.testing.zips import build_zip

if TYPE_CHECKING:
    from mxinbound.testing.contract import AdapterContract

__all__ = [
    "AdapterContract",
    "Answer",
    "FakeGateway",
    "HostileZip",
    "MalformedPush",
    "Packaging",
    "Push",
    "RawPush",
    "build_zip",
    "hostile_zips",
    "malformed_pushes",
    "mms",
    "mms_notification",
    "report",
    "sms",
]


def __getattr__(name: str) -> Any:
    """Load the contract when it is asked for: few need it, and its assertions are to be rewritten before."""
    if name == "AdapterContract":
        from mxinbound.testing.contract import AdapterContract  # noqa: PLC0415

        return AdapterContract
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
