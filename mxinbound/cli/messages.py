"""A message, and the way it came, as rows for a terminal.

Numbers and texts are shown: these are commands to develop with. What a sender wrote is escaped where it does more than
show a character.
"""

from __future__ import annotations

from collections.abc import Iterator

from mxinbound.cli.contents import plain, text_rows
from mxinbound.messages import Defect, InboundMessage, MmsReport, Sms
from mxinbound.source import SourceVerdict


def message_rows(message: InboundMessage) -> Iterator[tuple[str, str]]:
    """A label and what it labels for each attribute of a message, all but the contents of an MMS."""
    yield "became", type(message).__name__
    yield "key", plain(message.key)
    yield "originator", plain(message.originator)
    yield "to", plain(", ".join(message.to))
    yield "date", message.date.isoformat(sep=" ")
    yield "network", plain(str(message.network))
    match message:
        case Sms():
            yield from text_rows(message.text)
        case MmsReport():
            name = f" ({message.status_name})" if message.status_name else ""
            yield "status", plain(message.status) + name
            yield "reports on", plain(message.request_id)
            yield "kind", str(message.kind)
            yield "device", plain(str(message.user_agent))
        case _:
            if message.cc:
                yield "cc", plain(", ".join(message.cc))
            yield "subject", plain(str(message.subject))
            yield "expiry", str(message.expiry)
    for name, value in message.extra:
        yield "extra", f"{plain(name)}={plain(value)}"
    for defect in message.defects:
        yield "forgiven", described(defect)


def described(defect: Defect) -> str:
    """A defect in a line."""
    about = f" ({defect.parameter})" if defect.parameter else ""
    return f"{defect.code}{about}: {defect.detail}"


def verdict_rows(verdict: SourceVerdict) -> Iterator[tuple[str, str]]:
    """The addresses on the way, nearest first, and the network that the last is listed in."""
    for hop in verdict.hops:
        listed = f", in {verdict.network}" if hop.role == "client" and verdict.network else ""
        yield hop.role, hop.address + listed
