"""From the fields of a push to its message: which kind it is, and one small reader for each parameter.

In: a `Form`. Out: a message, with everything odd in its defects. Raises `UnreadablePush` when there is no id, nothing
to tell the kind by, or, under `strict`, anything odd at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final, Literal

from mxinbound import wire
from mxinbound.charsets import decode
from mxinbound.errors import UnreadablePush
from mxinbound.messages import Defect, InboundMessage, Mms, MmsNotification, MmsReport, Sms
from mxinbound.parsing.dates import fixed, read_printed, read_variant
from mxinbound.parsing.defects import known_defect
from mxinbound.parsing.options import assumed_zone

if TYPE_CHECKING:
    from mxinbound.limits import Limits
    from mxinbound.parsing.form import Form
    from mxinbound.parsing.options import Options
    from mxinbound.parsing.query import Undecoded, Value

# Which parameters the attributes of a message hold; all others are its `extra`. The type is held by the class.
_SHARED: Final = frozenset({wire.ID, wire.FROM, wire.TO, wire.DATE, wire.TYPE, wire.NETWORK})
_HELD_BY_SMS: Final = _SHARED | {wire.MESSAGE}
_HELD_BY_MMS: Final = _SHARED | {wire.CC, wire.SUBJECT, wire.EXPIRY}
_HELD_BY_REPORT: Final = _SHARED | {wire.REQUEST_ID, wire.STATUS, wire.USER_AGENT}


def read_message(form: Form, options: Options, limits: Limits) -> InboundMessage:
    """Make a message of a form.

    Raises:
        UnreadablePush: if it has no id, if its kind cannot be told, or if it is odd and `strict` is set.
    """
    fields = _Fields(form, options, limits)
    if not fields.values.get(wire.ID):
        raise fields.unreadable(wire.ID, "id-missing", _foreign(fields) or "'id' is missing: every push carries one")
    message = _reader(fields)(fields)
    if options.strict and message.defects:
        first = message.defects[0]
        about = f"'{first.parameter}': " if first.parameter else ""
        sentence = f"{about}{first.detail} ({first.code}), and strict=True forgives nothing"
        raise UnreadablePush(sentence, parameter=first.parameter, problems=message.defects, request=form.request)
    return message


def _foreign(fields: _Fields) -> str | None:
    names = {name.strip().lower() for name, _, _ in fields.form.fields}
    for markers, product in wire.FOREIGN_PUSHES:
        if len(names & markers) > 1:
            return f"this looks like {product}, not one of the MMS gateway"
    return None


class _Fields:
    """The values of one push by parameter, and the defects found while reading them.

    Most values are text already; the checks for that are made in line, where they cost least.
    """

    __slots__ = ("defects", "form", "further", "limits", "options", "unknown", "values")

    def __init__(self, form: Form, options: Options, limits: Limits) -> None:
        self.form = form
        self.options = options
        self.limits = limits
        self.defects: list[Defect] = list(form.defects)
        #: The first value of each parameter, and the further ones of those that came again.
        self.values: dict[str, str] = {}
        self.further: dict[str, list[str]] = {}
        #: What is none of the contract's parameters, under its own name.
        self.unknown: list[tuple[str, str]] = []
        misspelt: list[tuple[str, str]] = []
        values, names = self.values, wire.NAMES
        for spelt, _, value in form.fields:
            if spelt in names and type(value) is str:
                if spelt in values:
                    self._take(spelt, value)
                else:
                    values[spelt] = value
            else:
                self._take_odd(spelt, value, misspelt)
        for name, text in misspelt:  # exact spellings come first, wherever they stand
            self._take(name, text)

    def _take_odd(self, spelt: str, value: Value, misspelt: list[tuple[str, str]]) -> None:
        name = wire.lookup(spelt)
        # The parameter of a defect is a name of the contract or nothing: what a sender names stays out of logs.
        text = value if isinstance(value, str) else self.decoded(value, name)
        if name is None:
            self.unknown.append((spelt, text))
            return
        exact = spelt == spelt.strip().lower()
        if not exact:
            self.note("parameter-name", name)
        if exact or name in wire.REPEATABLE:
            self._take(name, text)
        else:
            misspelt.append((name, text))

    def _take(self, name: str, text: str) -> None:
        if name not in self.values:
            self.values[name] = text
            return
        self.further.setdefault(name, []).append(text)
        if name not in wire.REPEATABLE:
            self.note("parameter-repeated", name)

    def note(self, code: str, parameter: str | None) -> None:
        """Record a defect, once for each parameter."""
        defect = known_defect(code, parameter)
        if defect not in self.defects:
            self.defects.append(defect)

    def unreadable(self, parameter: str, code: str, sentence: str) -> UnreadablePush:
        """The error that says why there is no message, with everything found so far."""
        problems = (Defect(code, parameter, sentence), *self.defects)
        return UnreadablePush(sentence, parameter=parameter, problems=problems, request=self.form.request)

    def decoded(self, value: Undecoded, parameter: str | None) -> str:
        """The text of a value that is bytes yet."""
        text, fell_back = decode(value.data, value.charset, self.options.charset)
        if fell_back:
            self.note("charset-fallback", parameter)
        return text

    def number(self, text: str, parameter: str) -> str:
        """An address, not empty, with the plus that a form's decoding turned into a blank."""
        if text[0] != " ":
            return text
        bare = text.lstrip(" ")
        if bare[:1] not in _DIGITS:
            return text
        self.note("plus-restored", parameter)
        return f"+{bare}"

    def recipients(self, name: str) -> tuple[str, ...]:
        """All values of `to` or `cc` that are not empty."""
        first = self.values.get(name, "")
        if first and not self.further:
            return (self.number(first, name),)
        texts = (first, *self.further.get(name, ()))
        recipients = tuple([self.number(text, name) for text in texts if text])
        if not recipients and name == wire.TO:
            self.note("to-missing", name)
        return recipients

    def time(self, name: str) -> datetime | None:
        """A time, or None for one that is absent or cannot be read, which is recorded."""
        text = self.values.get(name)
        if text is None:
            if name == wire.DATE:
                self.note("date-missing", name)
            return None
        when = read_printed(text)
        if when is not None:
            return when
        read = read_variant(text, self.options.zone or assumed_zone())
        if read is None:
            self.note(f"{name}-unreadable", name)
            return None
        when, codes = read
        for code in codes:
            self.note(code, name)
        return when

    def date(self) -> datetime:
        """When the message was sent, or when it came if it does not say."""
        return self.time(wire.DATE) or fixed(self.form.request.received_at or datetime.now(timezone.utc))

    def originator(self) -> str:
        """Who sent the message."""
        originator = self.values.get(wire.FROM)
        if not originator:
            self.note("originator-missing", wire.FROM)
            return ""
        return self.number(originator, wire.FROM)

    def extra(self, held: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """The fields that no attribute of the message holds, in arrival order."""
        if self.values.keys() <= held:
            return tuple(self.unknown)
        extra: list[tuple[str, str]] = []
        for name, _, value in self.form.fields:
            known = wire.lookup(name)
            if known not in held:
                extra.append((name, value if isinstance(value, str) else self.decoded(value, known)))
        return tuple(extra)


_DIGITS: Final = tuple("0123456789")


def _reader(fields: _Fields) -> Callable[[_Fields], InboundMessage]:
    """Which kind of message the parameters make, the declared type being only one witness."""
    values = fields.values
    reader: Callable[[_Fields], InboundMessage]
    declared = values.get(wire.TYPE, "").strip()
    if fields.form.zip is not None:
        reader, certain = _mms, declared == wire.TYPE_MMS
    elif (wire.REQUEST_ID in values or wire.STATUS in values) and not (
        declared == wire.TYPE_SMS and wire.MESSAGE in values
    ):
        reader, certain = _report, declared in wire.REPORT_TYPES
    elif declared == wire.TYPE_SMS:
        return _sms
    elif declared == wire.TYPE_MMS:
        return _notification
    elif values.keys() & {wire.ZIP, wire.SUBJECT, wire.EXPIRY, wire.CC}:
        reader, certain = _notification, False
    elif wire.MESSAGE in values:
        reader, certain = _sms, False
    else:
        raise fields.unreadable(
            wire.TYPE, "type-unknown", "'type' is neither 2 (MMS) nor 6 (SMS), and no other parameter tells the kind"
        )
    if not certain:
        fields.note("type-inferred", wire.TYPE)
    return reader


# The last argument of each message is its defects, since reading the others finds them.


def _sms(fields: _Fields) -> Sms:
    text = fields.values.get(wire.MESSAGE)
    if text is None:
        fields.note("message-missing", wire.MESSAGE)
        text = ""
    return Sms(
        text=text,
        id=fields.values[wire.ID],
        to=fields.recipients(wire.TO),
        originator=fields.originator(),
        date=fields.date(),
        network=fields.values.get(wire.NETWORK) or None,
        extra=fields.extra(_HELD_BY_SMS),
        raw=fields.form.raw,
        request=fields.form.request,
        defects=tuple(fields.defects),
    )


def _notification(fields: _Fields) -> MmsNotification:
    if fields.form.zip is None and fields.form.request.method == "POST":
        fields.note("zip-missing", wire.ZIP)
    return MmsNotification(
        cc=fields.recipients(wire.CC) if wire.CC in fields.values else (),  # most have none
        subject=fields.values.get(wire.SUBJECT),
        expiry=fields.time(wire.EXPIRY),
        id=fields.values[wire.ID],
        to=fields.recipients(wire.TO),
        originator=fields.originator(),
        date=fields.date(),
        network=fields.values.get(wire.NETWORK) or None,
        extra=fields.extra(_HELD_BY_MMS),
        raw=fields.form.raw,
        request=fields.form.request,
        defects=tuple(fields.defects),
    )


def _mms(fields: _Fields) -> Mms:
    # Here and not at the top: who receives an SMS does not wait for it to load.
    from mxinbound.mms.archive import MmsArchive  # noqa: PLC0415

    window = fields.form.zip
    assert window is not None  # it is what made the kind
    return _notification(fields).with_archive(MmsArchive(window, fields.limits))


def _report(fields: _Fields) -> MmsReport:
    status = fields.values.get(wire.STATUS, "")
    kind: Literal["delivery", "read"] | None
    if status in wire.STATUS_NAMES:
        kind = "read" if status in wire.READ_STATUSES else "delivery"
    else:
        kind = wire.REPORT_TYPES.get(fields.values.get(wire.TYPE, ""))
    return MmsReport(
        request_id=fields.values.get(wire.REQUEST_ID, ""),
        status=status,
        kind=kind,
        user_agent=fields.values.get(wire.USER_AGENT) or None,
        id=fields.values[wire.ID],
        to=fields.recipients(wire.TO),
        originator=fields.originator(),
        date=fields.date(),
        network=fields.values.get(wire.NETWORK) or None,
        extra=fields.extra(_HELD_BY_REPORT),
        raw=fields.form.raw,
        request=fields.form.request,
        defects=tuple(fields.defects),
    )
