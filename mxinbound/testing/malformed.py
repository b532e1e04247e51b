"""Pushes that are wrong, each with the error or the defects that it has to cause.

The gateway, a proxy on the way or somebody else may send them. What can be forgiven is; what cannot is an error that
keeps the push.
"""

from __future__ import annotations

from datetime import datetime

from attrs import evolve, field, frozen

from mxinbound import wire
from mxinbound.errors import MethodNotAllowed, MxInboundError, RequestTooLarge, UnreadablePush
from mxinbound.limits import Limits
from mxinbound.testing.forms import RawPush
from mxinbound.testing.pushes import Push, mms, mms_notification, report, sms


@frozen(kw_only=True)
class MalformedPush:
    """A push with something wrong about it.

    Attributes:
        name: What is wrong, in words with hyphens.
        push: The push.
        error: What reading it must raise; None if it is forgiven.
        defects: The codes that must then be on the message, in order.
    """

    name: str
    push: Push | RawPush = field(repr=False)
    error: type[MxInboundError] | None = None
    defects: tuple[str, ...] = ()


def malformed_pushes() -> tuple[MalformedPush, ...]:
    """Pushes that are wrong, each with the error or the defects it has to cause; none takes more than 100 kB."""
    whole = mms().raw
    limits = Limits()
    forgiven: dict[str, tuple[Push | RawPush, tuple[str, ...]]] = {
        "lost-pluses": (
            sms(originator="+447700900123", to=["+447700900456"]).packed(raw_plus=True),
            ("plus-restored", "plus-restored", "plus-restored"),
        ),
        "no-offset": (sms(date=datetime(2010, 7, 1, 12)), ("date-zone-assumed",)),  # noqa: DTZ001  # that is the point
        "a-date-in-another-format": (sms(date="2010-08-21T17:32:21.5Z"), ("date-format",)),
        "no-date": (sms(date=None), ("date-missing",)),
        "a-date-that-says-nothing": (sms(date="yesterday"), ("date-unreadable",)),
        "an-expiry-that-says-nothing": (mms_notification(expiry="soon"), ("expiry-unreadable",)),
        "latin-9-undeclared": (sms("5 € für Käse").packed(charset="iso-8859-15"), ("charset-fallback",)),
        "half-a-character": (sms(b"H\xc3"), ("charset-fallback",)),
        "no-type": (sms(type=None), ("type-inferred",)),
        "a-type-nobody-knows": (mms(type="99"), ("type-inferred",)),
        "no-message": (sms(text=None), ("message-missing",)),
        "no-originator": (sms(originator=None), ("originator-missing",)),
        "no-recipient": (sms(to=[]), ("to-missing",)),
        "two-ids": (sms(extra=[(wire.ID, "2")]), ("parameter-repeated",)),
        "names-in-capitals": (sms(text=None, extra=[("Message", "Hello")]), ("parameter-name",)),
        "a-zip-by-another-name": (
            evolve(whole, body=whole.body.replace(b'"mms.zip"', b'"upload"')),
            ("zip-part-name",),
        ),
        "a-post-without-its-zip": (mms().but("archive"), ("zip-missing",)),
    }
    unreadable: dict[str, Push | RawPush] = {
        "no-id": sms(id=None),
        "an-empty-id": sms(id=""),
        "nothing-to-tell-what-it-is": sms(type=None, text=None),
        "no-closing-boundary": evolve(whole, body=whole.body[:-4]),
        "another-boundary": evolve(whole, headers=(("content-type", "multipart/form-data; boundary=another"),)),
        "no-boundary": evolve(whole, headers=(("content-type", "multipart/form-data"),)),
        "a-push-of-the-sms-gateway": RawPush(query=b"smsid=1&smsfrom=447700900123&smsto=88600&smsmsg=Hello"),
        "a-push-as-json": RawPush(method="POST", headers=(("content-type", "application/json"),), body=b'{"id": 1}'),
        "a-report-without-an-id": report(id=None),
    }
    too_large = {
        "a-query-over-the-limit": sms("x" * limits.max_query_bytes),
        "too-many-recipients": sms(to=["88600"] * limits.max_fields),
    }
    return (
        *(MalformedPush(name=name, push=push, defects=codes) for name, (push, codes) in forgiven.items()),
        *(MalformedPush(name=name, push=push, error=UnreadablePush) for name, push in unreadable.items()),
        *(MalformedPush(name=name, push=push, error=RequestTooLarge) for name, push in too_large.items()),
        MalformedPush(name="another-method", push=evolve(sms().raw, method="PUT"), error=MethodNotAllowed),
    )
