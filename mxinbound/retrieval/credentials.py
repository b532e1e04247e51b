"""The user and password of an account, which nothing shows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final, NoReturn
from urllib.parse import quote, urlencode

from mxinbound.errors import ConfigurationError

_USER: Final = "MXINBOUND_USER"
_PASSWORD: Final = "MXINBOUND_PASSWORD"  # noqa: S105  # the name of a variable


class Credentials:
    """The user and password of the account that receives.

    `repr` shows neither, and there is no attribute that does. They cannot be pickled.
    """

    __slots__ = ("_query",)

    def __init__(self, user: str, password: str) -> None:
        """Keep a user and a password.

        Raises:
            ConfigurationError: if one of them is empty, or no text.
        """
        empty = not user or not password
        query = _in_query(user, password)
        del user, password  # an error shows its frames to whoever prints them with their variables
        if empty:
            raise ConfigurationError("Credentials: user and password must not be empty")
        if query is None:
            raise ConfigurationError("Credentials: user and password must be text that can be sent")
        self._query = query

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Credentials:
        """The credentials in `MXINBOUND_USER` and `MXINBOUND_PASSWORD`.

        Raises:
            ConfigurationError: if one of the two is not set.
        """
        if environment is None:
            environment = os.environ
        missing = [name for name in (_USER, _PASSWORD) if not environment.get(name)]
        both = map(environment.__getitem__, (_USER, _PASSWORD))
        del environment  # for the same reason
        if missing:
            raise ConfigurationError(f"Credentials: {' and '.join(missing)} not set in the environment")
        return cls(*both)

    def __repr__(self) -> str:
        return "Credentials(user='***', password='***')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("Credentials are not pickled or copied: make them anew from where the secret is kept")

    def joined_to(self, target: bytes) -> bytes:
        """The path and query of a URL, with the credentials in front of what is asked for."""
        path, _, query = target.partition(b"?")
        return b"%b?%b&%b" % (path, self._query, query)


def _in_query(user: str, password: str) -> bytes | None:
    """As the gateway gets them, "user" and "pass" in the query; None for what is no text, or holds half a character."""
    try:
        return urlencode({"user": str.encode(user), "pass": str.encode(password)}, quote_via=quote).encode("ascii")
    except (UnicodeEncodeError, TypeError):
        return None
