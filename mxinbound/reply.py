"""The answer to a push, in no framework's terms."""

from typing import Any

from attrs import Factory, field, frozen

from mxinbound.errors import ConfigurationError


def _checked_headers(reply: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(reply.status, int) or not isinstance(reply.body, bytes):
        raise ConfigurationError("a Reply takes a whole number and bytes: Reply(200, b'OK')")
    if reply.status == 200 and not reply.body:  # noqa: PLR2004  # the status says it best
        raise ConfigurationError("a Reply with status 200 needs a body: the gateway takes an empty one for a failure")
    pairs = (("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body))))
    if reply.status == 405:  # noqa: PLR2004  # RFC 9110 15.5.6: a 405 names what is allowed
        return (*pairs, ("Allow", "GET, HEAD, OPTIONS, POST"))
    return pairs


@frozen
class Reply:
    """What to answer: an HTTP status, a body, and the body's content type.

    Raises:
        ConfigurationError: for other types, and for a 200 without a body, which the gateway takes for a failure and
            delivers again.
    """

    status: int
    body: bytes
    content_type: str = "text/plain"
    #: The header pairs that go with the reply, Content-Length included.
    headers: tuple[tuple[str, str], ...] = field(
        init=False, repr=False, eq=False, default=Factory(_checked_headers, takes_self=True)
    )

    @classmethod
    def accepted(cls) -> "Reply":
        """The answer that tells the gateway the message has arrived: 200 with the body `OK`."""
        return _ACCEPTED


_ACCEPTED = Reply(200, b"OK")
