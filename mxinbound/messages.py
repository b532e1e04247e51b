"""What a push becomes: one type for each kind of message, so that no attribute is ever a hole.

Immutable values. Numbers, texts, subjects and parts stay out of `repr`, so that a log line or a traceback never holds
somebody's message; what is left is what support needs: id, date, network and the defects.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from attrs import field, fields, frozen

from mxinbound import wire

if TYPE_CHECKING:
    from mxinbound.mms.archive import MmsArchive
    from mxinbound.request import InboundRequest

RawFields: TypeAlias = tuple[tuple[str, bytes], ...]


@frozen
class Defect:
    """Something odd that was forgiven.

    Attributes:
        code: A stable word, listed in the reference.
        parameter: The parameter concerned, by its name in the contract; None when it is not about one of those.
        detail: A sentence for a human. It never holds a value of the push.
    """

    code: str
    parameter: str | None
    detail: str


def _resolved(raw: RawFields | Callable[[], RawFields]) -> RawFields:
    return raw() if callable(raw) else raw


# The two that only others are made from get no methods of their own: making them would take a while at every start.
@frozen(kw_only=True, init=False, repr=False, eq=False)
class _Message:
    """What every message has.

    Attributes:
        id: The gateway's id of the message, opaque.
        originator: Who sent it: an MSISDN, a short code, an alphanumeric sender or an address; `""` if unknown.
        to: The recipients in arrival order.
        date: When the gateway says it was sent; aware, with a fixed offset.
        network: The sender's network, free text; None when unknown.
        extra: Every parameter that no other attribute holds, in arrival order.
        defects: What was odd and forgiven.
        raw: Every field in arrival order, its value as bytes before any charset; the zip is not among them.
        request: The push as it came, if the message was parsed from one.
    """

    _key_word: ClassVar[str]

    id: str
    originator: str = field(repr=False)
    to: tuple[str, ...] = field(repr=False)
    date: datetime
    network: str | None = None
    extra: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    defects: tuple[Defect, ...] = ()
    _raw: RawFields | Callable[[], RawFields] = field(default=(), repr=False, eq=_resolved, alias="raw")
    request: InboundRequest | None = field(default=None, repr=False, eq=False)

    @property
    def raw(self) -> RawFields:
        """Every field in arrival order, its value as bytes before any charset; computed on first use."""
        raw = self._raw
        if callable(raw):
            raw = raw()
            object.__setattr__(self, "_raw", raw)
        return raw

    def __reduce__(self) -> tuple[object, ...]:
        values = {each.alias or each.name: getattr(self, each.name) for each in fields(type(self))}
        return _unpickled, (type(self), values | {"raw": self.raw})

    @property
    def key(self) -> str:
        """The idempotency key: equal for every delivery of one message, whichever way it came."""
        return f"{self._key_word}:{self.id}"


def _unpickled(kind: type[_Message], values: dict[str, Any]) -> _Message:
    return kind(**values)


@frozen(kw_only=True)
class Sms(_Message):
    """A text message."""

    _key_word = "sms"

    text: str = field(repr=False)


@frozen(kw_only=True, init=False, repr=False, eq=False)
class _Multimedia(_Message):
    """What an MMS has whether or not its contents are here."""

    _key_word = "mms"

    cc: tuple[str, ...] = field(default=(), repr=False)
    subject: str | None = field(default=None, repr=False)
    expiry: datetime | None = None


@frozen(kw_only=True)
class Mms(_Multimedia):
    """A multimedia message with its contents."""

    archive: MmsArchive = field(repr=False)


@frozen(kw_only=True)
class MmsNotification(_Multimedia):
    """Word of a multimedia message that can be fetched by its id until it expires."""

    def expired(self, now: datetime | None = None) -> bool:
        """Whether the MMS is past its expiry, and so no longer there to fetch; False when none was given.

        Args:
            now: An aware time to compare with, the present by default.
        """
        return self.expiry is not None and (now or datetime.now(timezone.utc)) >= self.expiry

    def with_archive(self, archive: MmsArchive) -> Mms:
        """The message this becomes once its contents are here."""
        return Mms(
            id=self.id,
            originator=self.originator,
            to=self.to,
            date=self.date,
            network=self.network,
            extra=self.extra,
            defects=self.defects,
            raw=self._raw,
            request=self.request,
            cc=self.cc,
            subject=self.subject,
            expiry=self.expiry,
            archive=archive,
        )


@frozen(kw_only=True)
class MmsReport(_Message):
    """A delivery or read report about an MMS that was sent earlier.

    Attributes:
        request_id: The id of the MMS reported on; `""` if the report does not say.
        status: The status as sent, a number in the printed editions; `""` if the report has none.
        kind: Which report it is: told by the status where that decides, else by the type, else None.
        user_agent: The handset, if it told.
    """

    _key_word = "report"

    request_id: str
    status: str
    kind: Literal["delivery", "read"] | None = None
    user_agent: str | None = None

    @property
    def status_name(self) -> str | None:
        """The status as printed, `"Read"`; None for one that is not printed."""
        return wire.STATUS_NAMES.get(self.status)


InboundMessage: TypeAlias = Sms | Mms | MmsNotification | MmsReport
