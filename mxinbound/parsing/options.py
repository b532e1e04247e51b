"""How pushes are read, checked when it is set up."""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import cache

from attrs import frozen

from mxinbound import wire
from mxinbound.charsets import configured_codec
from mxinbound.errors import ConfigurationError


@frozen
class Options:
    """How pushes are read.

    Attributes:
        zone: What a time without an offset is in; None for the contract's.
        charset: The codec of text that is neither declared nor UTF-8.
        strict: Whether anything odd makes a push unreadable.
    """

    zone: tzinfo | None
    charset: str
    strict: bool

    @classmethod
    def checked(cls, *, zone: tzinfo | str | None, charset: str | None, strict: bool) -> Options:
        """Options from what a developer passes.

        Raises:
            ConfigurationError: for a zone or a charset that is not known.
        """
        codec = wire.FALLBACK_CHARSET if charset is None else configured_codec(charset)
        return cls(None if zone is None else _zone_of(zone), codec, strict)


@cache
def assumed_zone() -> tzinfo:
    """The zone of the contract, loaded when the first time without an offset comes."""
    return _zone_of(wire.ASSUMED_ZONE)


def _zone_of(zone: tzinfo | str) -> tzinfo:
    if isinstance(zone, tzinfo):
        if datetime(2000, 1, 1, tzinfo=zone).utcoffset() is None:
            raise ConfigurationError("zone is a tzinfo that knows no offset")
        return zone
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # few processes ever see a date without an offset

    try:
        return ZoneInfo(zone)
    except (ValueError, TypeError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError; OSError: the name of a folder
        raise ConfigurationError("zone is not the name of a time zone, such as Europe/London") from None
