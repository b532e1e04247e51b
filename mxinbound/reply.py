"""The answer to a push, in no framework's terms."""

from typing import Any

from attrs import field, frozen

from mxinbound.errors import ConfigurationError


def _checked(reply: Any, _: object, body: Any) -> None:
    status = reply.status
    if not isinstance(status, int) or not isinstance(body, bytes):
        raise ConfigurationError("a Reply takes a whole number and bytes: Reply(200, b'OK')")
    if status == 200 and not body:  # noqa: PLR2004  # the status says it best
        raise ConfigurationError("a Reply with status 200 needs a body: the gateway takes an empty one for a failure")


@frozen
class Reply:
    """What to answer: an HTTP status, a body, and the body's content type.

    Raises:
        ConfigurationError: for other types, and for a 200 without a body, which the gateway takes for a failure and
            delivers again.
    """

    status: int
    body: bytes = field(validator=_checked)
    content_type: str = "text/plain"

    @classmethod
    def accepted(cls) -> "Reply":
        """The answer that tells the gateway the message has arrived: 200 with the body `OK`."""
        return _ACCEPTED

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The header pairs that go with the reply, Content-Length included."""
        pairs = (("Content-Type", self.content_type), ("Content-Length", str(len(self.body))))
        if self.status == 405:  # noqa: PLR2004  # RFC 9110 15.5.6: a 405 names what is allowed
            return (*pairs, ("Allow", "GET, HEAD, OPTIONS, POST"))
        return pairs


_ACCEPTED = Reply(200, b"OK")
