"""Admit, parse, reply: the whole way of a push, without any framework and without I/O.

In: an `InboundRequest`, its body there or still to come. Out: a message, or the reply to an error. Raises what the
steps raise, an `MxInboundError` always; a mistake in the set-up is a `ConfigurationError` when it is made.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import tzinfo
from typing import TYPE_CHECKING, Literal

from attrs import Factory, evolve, field, frozen

from mxinbound.errors import ConfigurationError, InsecureReceiverWarning, MxInboundError, SourceRefused, UnreadablePush
from mxinbound.limits import Limits
from mxinbound.messages import Defect, InboundMessage
from mxinbound.parsing import Options, parse_with
from mxinbound.reply import Reply
from mxinbound.source import MX_NETWORKS, NO_CHECK, Networks, SourceVerdict, allows, judge, networks_of

if TYPE_CHECKING:
    from mxinbound.request import InboundRequest
    from mxinbound.source import NetworkLike

SourceCheck = Literal["enforce", "report", "off"]


def _networks(given: Networks | Iterable[NetworkLike]) -> Networks:
    return networks_of(given, "networks")


def _trusted_proxies(given: Networks | Iterable[NetworkLike]) -> Networks:
    return networks_of(given, "trusted_proxies")


def _checked_options(receiver: Receiver) -> Options:
    return Options.checked(zone=receiver.zone, charset=receiver.charset, strict=receiver.strict)


@frozen(kw_only=True)
class Receiver:
    """Takes in pushes: who may push, how they are read, how they are answered.

    An adapter calls `admit` with a request that has no body yet, then `parse` with all of it; `receive` is both at
    once, for those who have all of it already.

    Args:
        networks: Where pushes may come from, by default the gateway's network of the contract.
        trusted_proxies: Your own proxies in front of this application, whose `X-Forwarded-For` or `Forwarded` is
            believed.
        source_check: `"enforce"` refuses strangers, `"report"` lets them pass with the defect
            `source-not-allowed`, `"off"` does not look.
        limits: The ceilings.
        zone: What a date without an offset is in, a `tzinfo` or its name; Europe/London by default.
        charset: How text that is neither declared nor UTF-8 is read; ISO-8859-15 by default.
        strict: Whether anything odd about a push makes it unreadable instead of being recorded.

    Raises:
        ConfigurationError: if any of it cannot work.
    """

    networks: Networks = field(default=MX_NETWORKS, converter=_networks)
    trusted_proxies: Networks = field(default=Networks(), converter=_trusted_proxies)
    source_check: SourceCheck = "enforce"
    limits: Limits = field(factory=Limits)
    zone: tzinfo | str | None = None
    charset: str | None = None
    strict: bool = False
    _options: Options = field(init=False, repr=False, eq=False, default=Factory(_checked_options, takes_self=True))

    def __attrs_post_init__(self) -> None:
        if self.source_check not in ("enforce", "report", "off"):  # what is given may not be hashable
            raise ConfigurationError("source_check is 'enforce', 'report' or 'off'")
        if not isinstance(self.limits, Limits):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError("limits is a Limits")
        if self.source_check == "enforce" and not self.networks:
            raise ConfigurationError("networks is empty: with source_check='enforce' every push would be refused")
        if self.source_check == "off":
            warnings.warn(
                "source_check='off': this receiver takes pushes from anyone", InsecureReceiverWarning, stacklevel=3
            )

    def admit(self, request: InboundRequest) -> None:
        """Check where a request comes from. Looks at its peer and headers only; its body may still be to come.

        Raises:
            SourceRefused: if it may not push; only with `source_check="enforce"`.
        """
        if self.source_check != "enforce" or allows(request, self.networks, self.trusted_proxies):
            return
        verdict = self.explain(request)
        seen = f"the address {verdict.client}" if verdict.client else "an address that cannot be told"
        raise SourceRefused(f"this request came from {seen}, and that is not allowed to push here", verdict=verdict)

    def explain(self, request: InboundRequest) -> SourceVerdict:
        """Tell where a request comes from and whether it may push, hop by hop. Never raises."""
        verdict = judge(request, self.networks, self.trusted_proxies)
        return evolve(verdict, allowed=True, reason=NO_CHECK) if self.source_check == "off" else verdict

    def parse(self, request: InboundRequest) -> InboundMessage:
        """Read a request, wherever it comes from.

        Raises:
            UnreadablePush: if it is not a push that can be read.
            RequestTooLarge: if it exceeds a limit.
            MethodNotAllowed: if its method is neither GET nor POST.
        """
        return parse_with(request, self._options, self.limits)

    def receive(self, request: InboundRequest) -> InboundMessage:
        """Admit a request and read it.

        Raises:
            SourceRefused: if it may not push.
            UnreadablePush, RequestTooLarge, MethodNotAllowed: as `parse`.
        """
        self.admit(request)
        return read_admitted(self, request)

    @staticmethod
    def reply_to(error: MxInboundError) -> Reply:
        """The answer to an error of receiving: its status, and its sentence as plain text."""
        if isinstance(error, UnreadablePush) and error.request is not None and error.request.is_probe:
            # A monitor sends no message, and wants to see that somebody is there.
            return Reply.accepted()
        return Reply(error.status, f"{error}\n".encode())


def read_admitted(receiver: Receiver, request: InboundRequest) -> InboundMessage:
    """The rest of `Receiver.receive`, once `admit` has let the request in."""
    message = receiver.parse(request)
    if receiver.source_check == "report":
        verdict = receiver.explain(request)
        if not verdict.allowed:
            defect = Defect("source-not-allowed", None, verdict.reason)
            return evolve(message, defects=(*message.defects, defect))
    return message
