"""From a request to a message: query.py and form.py split it into fields, fields.py makes a message of them.

Pure functions of bytes. Whatever arrives, the outcome is a message or an `MxInboundError`.
"""

from datetime import tzinfo

from mxinbound.limits import Limits
from mxinbound.messages import InboundMessage
from mxinbound.parsing.fields import read_message
from mxinbound.parsing.form import read_form
from mxinbound.parsing.options import Options
from mxinbound.request import InboundRequest

__all__ = ["Options", "parse", "parse_with"]

_DEFAULTS = Options.checked(zone=None, charset=None, strict=False)


def parse(
    request: InboundRequest,
    *,
    zone: tzinfo | str | None = None,
    charset: str | None = None,
    strict: bool = False,
    limits: Limits = Limits(),
) -> InboundMessage:
    """Read a push.

    Args:
        request: The push, its body complete.
        zone: What a date without an offset is in, a `tzinfo` or its name; Europe/London by default.
        charset: How text that is neither declared nor UTF-8 is read; ISO-8859-15 by default.
        strict: Whether anything odd makes the push unreadable instead of being recorded.
        limits: The ceilings.

    Returns:
        An `Sms`, `Mms`, `MmsNotification` or `MmsReport`.

    Raises:
        UnreadablePush: if it is not a push that can be read.
        RequestTooLarge: if it exceeds a limit.
        MethodNotAllowed: if its method is neither GET nor POST.
        ConfigurationError: if `zone` or `charset` is not known.
    """
    defaults = zone is None and charset is None and not strict
    options = _DEFAULTS if defaults else Options.checked(zone=zone, charset=charset, strict=strict)
    return read_message(read_form(request, limits), options, limits)


def parse_with(request: InboundRequest, options: Options, limits: Limits) -> InboundMessage:
    """As `parse`, with options that have been checked before."""
    return read_message(read_form(request, limits), options, limits)
