"""Every error that leaves the library.

    MxInboundError
    ├── SourceRefused       403   the address is not the gateway's
    ├── RequestTooLarge     413   body, query, fields or one field
    ├── MethodNotAllowed    405   neither GET nor POST
    ├── UnreadablePush      400   not a push we can read (a ValueError)
    ├── BodyIncomplete      408   the sender stopped or left
    ├── BodyConsumed        500   the application read the body first
    ├── ContentError        422   the zip of an MMS (a ValueError)
    │   ├── MalformedContent
    │   ├── UnsafeName
    │   ├── UnsupportedContent ── EncryptedContent
    │   └── ContentTooLarge ── TooManyParts
    └── RetrievalError            fetching an MMS by its id
        ├── CredentialsRefused, MmsNotAvailable, NotAnArchive, ArchiveTooLarge
        └── GatewayUnreachable, GatewayBusy, IncompleteDownload, RetrievalTimeout   (retryable)
    ConfigurationError            outside the tree: `except MxInboundError` must not hide a mistake in the set-up
    InsecureReceiverWarning

A message names a parameter and the shape that was expected, never a value that came in and never a secret. Every
attribute beyond the message has a default, so that errors survive pickling. This module imports nothing at run time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from mxinbound.messages import Defect
    from mxinbound.request import InboundRequest
    from mxinbound.source import SourceVerdict


class MxInboundError(Exception):
    """Any failure to receive, read or retrieve a message."""

    #: The HTTP status that answers the push.
    status: ClassVar[int] = 500
    #: Whether the same request may succeed later.
    retryable: ClassVar[bool] = False
    #: A stable word for logs and metrics: the name of the class, in lower case with hyphens, unless it has its own.
    code: ClassVar[str] = "error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in vars(cls):
            cls.code = "".join(f"-{each.lower()}" if each.isupper() else each for each in cls.__name__).removeprefix(
                "-"
            )


class SourceRefused(MxInboundError):
    """The request's address is not one that may push; `verdict` explains it hop by hop."""

    status = 403

    def __init__(self, message: str, *, verdict: SourceVerdict | None = None) -> None:
        super().__init__(message)
        self.verdict = verdict


class RequestTooLarge(MxInboundError):
    """A request exceeds a ceiling; `limit` is the name in `Limits`, `allowed` its value."""

    status = 413

    def __init__(self, message: str, *, limit: str = "", allowed: float = 0) -> None:
        super().__init__(message)
        self.limit = limit
        self.allowed = allowed


class MethodNotAllowed(MxInboundError):
    """The request's method is one the gateway never uses."""

    status = 405


class UnreadablePush(MxInboundError, ValueError):
    """The request is not a push that can be read.

    `parameter` is the one that failed, if one did; `problems` are all findings; `request` is the push as it came, to be
    kept for a human (None when not even a request could be read).
    """

    status = 400

    def __init__(
        self,
        message: str,
        *,
        parameter: str | None = None,
        problems: tuple[Defect, ...] = (),
        request: InboundRequest | None = None,
    ) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.problems = problems
        self.request = request


class BodyIncomplete(MxInboundError):
    """The sender stopped, left, or was too slow before the body was complete."""

    status = 408
    retryable = True


class BodyConsumed(MxInboundError):
    """The application read the body before the adapter could; the message says what to change."""


class ContentError(MxInboundError, ValueError):
    """The zip of an MMS cannot be read; `part` is the entry concerned, `stage` is "open" or "read"."""

    status = 422

    def __init__(self, message: str, *, part: str | None = None, stage: Literal["open", "read"] = "open") -> None:
        super().__init__(message)
        self.part = part
        self.stage: Literal["open", "read"] = stage


class MalformedContent(ContentError):
    """The zip contradicts itself or the format."""


class UnsafeName(ContentError):
    """An entry's name could lead outside a folder or deceive a reader."""


class UnsupportedContent(ContentError):
    """The zip uses a feature of the format that no MMS needs."""


class EncryptedContent(UnsupportedContent):
    """The zip is encrypted."""


class ContentTooLarge(ContentError):
    """The zip or a part of it exceeds a ceiling; `limit` names it, `allowed` and `found` are the numbers."""

    def __init__(
        self,
        message: str,
        *,
        part: str | None = None,
        stage: Literal["open", "read"] = "open",
        limit: str = "",
        allowed: float = 0,
        found: float | None = None,
    ) -> None:
        super().__init__(message, part=part, stage=stage)
        self.limit = limit
        self.allowed = allowed
        self.found = found


class TooManyParts(ContentTooLarge):
    """The zip has more entries than allowed."""


class RetrievalError(MxInboundError):
    """An MMS could not be fetched; `http_status` and `retry_after` (seconds) are what the gateway answered."""

    def __init__(
        self,
        message: str,
        *,
        message_id: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message_id = message_id
        self.http_status = http_status
        self.retry_after = retry_after


class CredentialsRefused(RetrievalError):
    """The gateway does not accept the user and password."""


class MmsNotAvailable(RetrievalError):
    """The gateway has no such MMS; `expired` tells whether its expiry has passed."""

    def __init__(
        self,
        message: str,
        *,
        message_id: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
        expired: bool = False,
    ) -> None:
        super().__init__(message, message_id=message_id, http_status=http_status, retry_after=retry_after)
        self.expired = expired


class NotAnArchive(RetrievalError):
    """The gateway answered with something that is not a zip."""


class ArchiveTooLarge(RetrievalError):
    """The archive exceeds `Limits.max_retrieve_bytes`."""


class GatewayUnreachable(RetrievalError):
    """No connection to the gateway could be made."""

    retryable = True


class GatewayBusy(RetrievalError):
    """The gateway asked to be tried again later."""

    retryable = True


class IncompleteDownload(RetrievalError):
    """The transfer broke off before the archive was complete."""

    retryable = True


class RetrievalTimeout(RetrievalError):
    """The time allowed for the retrieval ran out."""

    retryable = True


class ConfigurationError(ValueError):
    """The library was set up in a way that cannot work; never caused by what arrives."""


class InsecureReceiverWarning(UserWarning):
    """A receiver accepts pushes from anyone."""
