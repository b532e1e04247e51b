"""A retrieval without its input and output: what is asked for, and what is to be thought of the answer.

In: the head of an answer and its bytes as they come. Out: nothing while all is well. Raises the `RetrievalError` that
tells what is not; it names the id and numbers, and holds nothing of the answer.
"""

from __future__ import annotations

import re
import struct
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from mxinbound.errors import (
    ArchiveTooLarge,
    CredentialsRefused,
    GatewayBusy,
    GatewayUnreachable,
    IncompleteDownload,
    MmsNotAvailable,
    NotAnArchive,
    RetrievalError,
    RetrievalTimeout,
)
from mxinbound.media_type import parse_content_type
from mxinbound.messages import MmsNotification
from mxinbound.wire import ZIP_SIGNATURES

if TYPE_CHECKING:
    from mxinbound.limits import Limits

#: What is asked for beside the id: the zip as it is, which needs no unpacking, and could only be a bomb if it did.
HEADERS: Final = {"accept": "application/zip, */*;q=0.1", "accept-encoding": "identity", "user-agent": "mxinbound"}

#: How much of the end of an answer must hold the zip's end record: itself, its longest comment, and a few bytes.
TAIL_BYTES: Final = 22 + 0xFFFF + 16
_END_SIGNATURE: Final = b"PK\x05\x06"
# The size of the directory, where it starts, and the size of the comment.
_END: Final = struct.Struct("<12x2IH")
_MAX_BEHIND: Final = 16
_IN_ZIP64: Final = 0xFFFFFFFF

# An id of the gateway's has some twenty digits; a request of many kB is one that no server takes.
_MAX_ID_BYTES: Final = 1024

# Enough for any length or time, and few enough to be read at once.
_DIGITS: Final = re.compile(r"\d{1,20}", re.ASCII)
# What an argument of a command in another charset has.
_HALF_CHARACTER: Final = re.compile("[\ud800-\udfff]")
# A type is named only if it is one of these: whatever else stands in a header may be an echo of the query.
_NAMED_TYPES: Final = frozenset(
    {"text/html", "text/plain", "text/xml", "application/json", "application/xml", "application/zip"}
    | {"application/octet-stream", "multipart/mixed"}
)


@frozen
class Order:
    """What is to be fetched."""

    message_id: str
    expiry: datetime | None

    @classmethod
    def of(cls, message: str | MmsNotification) -> Order:
        """What an id or a notification asks for.

        Raises:
            TypeError: if it is neither.
            ValueError: if the id is empty, or holds half a character.
            RetrievalError: if it is too long to be asked for, which one that was pushed may be.
        """
        order = cls(message.id, message.expiry) if isinstance(message, MmsNotification) else cls(message, None)
        if not isinstance(order.message_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError("an MMS is fetched by its id or its MmsNotification")
        if not order.message_id:
            raise ValueError("an id is not empty")
        if _HALF_CHARACTER.search(order.message_id):
            raise ValueError("an id is text that can be sent")
        if len(order.message_id.encode()) > _MAX_ID_BYTES:
            raise RetrievalError(
                f"the id is longer than {_MAX_ID_BYTES} bytes; it was not asked for", message_id=order.message_id
            )
        return order

    def expired(self, now: datetime) -> bool:
        """Whether the gateway has forgotten it by now."""
        return self.expiry is not None and now >= self.expiry

    def refuse_expired(self, now: datetime) -> None:
        """Refuse to fetch what is gone.

        Raises:
            MmsNotAvailable: if it has expired.
        """
        if self.expired(now):
            raise MmsNotAvailable("the MMS has expired; it was not asked for", message_id=self.message_id, expired=True)


class Judge:
    """Judges one answer to an order, from its head to its last byte."""

    def __init__(self, order: Order, limits: Limits, now: Callable[[], datetime]) -> None:
        self._order = order
        self._allowed = limits.max_retrieve_bytes
        self._now = now
        self._status: int | None = None
        self._type = ""
        self._declared: int | None = None
        self._in_chunks = False
        self._head = b""
        # The last chunks, of which all but the first are less than a tail.
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._size = 0

    def take_head(self, status: int, headers: Mapping[str, str]) -> None:
        """Judge the head of the answer.

        Raises:
            RetrievalError: if there is no archive to expect.
        """
        self._status = status
        essence, _ = parse_content_type(headers.get("content-type", ""))
        self._type = essence if essence in _NAMED_TYPES else "another type" if essence else "no type"
        self._in_chunks = "transfer-encoding" in headers
        length = "" if self._in_chunks else headers.get("content-length", "").strip()  # which then means nothing
        self._declared = int(length) if _DIGITS.fullmatch(length) else None
        if status != HTTPStatus.OK:
            raise self._refused(status, headers.get("retry-after", ""))
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise self._not_an_archive("in a content encoding that was not asked for")
        if self._declared is not None and self._declared > self._allowed:
            raise self._too_large()

    def take(self, chunk: bytes) -> None:
        """Judge the next bytes of the answer.

        Raises:
            RetrievalError: if it is no archive, or too large.
        """
        self._size += len(chunk)
        if self._size > self._allowed:
            raise self._too_large()
        if len(self._head) < len(ZIP_SIGNATURES[0]):
            self._head += chunk[: len(ZIP_SIGNATURES[0]) - len(self._head)]
            if not any(each.startswith(self._head) for each in ZIP_SIGNATURES):
                raise self._not_an_archive("which does not start as a zip")
        self._tail.append(chunk)
        self._tail_size += len(chunk)
        while self._tail_size - len(self._tail[0]) >= TAIL_BYTES:
            self._tail_size -= len(self._tail.popleft())

    def finish(self) -> None:
        """Judge the answer as a whole.

        Raises:
            RetrievalError: if it is no archive, or a part of one.
        """
        if not self._size and not self._declared:
            raise self._not_an_archive("which is empty")
        if self._declared is not None and self._size != self._declared:
            raise self._incomplete(f"after {self._size} of {self._declared} bytes")
        if not self._has_end():
            raise self._incomplete(f"after {self._size} bytes: the end of the zip is missing")

    def _has_end(self) -> bool:
        tail = b"".join(self._tail)[-TAIL_BYTES:]
        at = tail.rfind(_END_SIGNATURE)
        if self._in_chunks or self._declared is not None:
            return at >= 0
        # Only the zip tells its end here, and one within it has an end record, too.
        while at >= 0 and not _is_end(tail, at, self._size):
            at = tail.rfind(_END_SIGNATURE, 0, at)
        return at >= 0

    def unreachable(self, why: str) -> RetrievalError:
        """The error for a gateway that could not be spoken to."""
        return self._error(GatewayUnreachable, f"the gateway could not be reached: {why}")

    def broken(self) -> RetrievalError:
        """The error for an answer that broke off."""
        return self._incomplete("before an answer came" if self._status is None else f"after {self._size} bytes")

    def too_late(self) -> RetrievalError:
        """The error for an answer that took too long."""
        return self._error(RetrievalTimeout, "the time allowed for the retrieval ran out")

    def _refused(self, status: int, retry_after: str) -> RetrievalError:
        match status, status // 100:
            case ((401 | 403), _):
                return self._error(CredentialsRefused, f"the gateway refused the user and password ({status})")
            case ((404 | 410), _):
                expired = self._order.expired(self._now())
                sentence = "the MMS has expired" if expired else "the gateway has no MMS of this id"
                return self._error(MmsNotAvailable, f"{sentence} ({status})", expired=expired)
            case ((408 | 425 | 429), _) | (_, 5):
                sentence = f"the gateway asked to be tried again later ({status})"
                return self._error(GatewayBusy, sentence, retry_after=_seconds_of(retry_after, self._now()))
            case _, 3:
                sentence = f"the gateway answered with a redirect, which is not followed ({status})"
                return self._error(RetrievalError, sentence)
            case _, 0 | 1 | 2:
                return self._not_an_archive(f"with status {status}")
            case _:
                return self._error(RetrievalError, f"the gateway refused the request ({status})")

    def _not_an_archive(self, what: str) -> RetrievalError:
        size = "unknown length" if self._declared is None else f"{self._declared} bytes"
        return self._error(NotAnArchive, f"the gateway answered with {self._type} of {size}, {what}")

    def _too_large(self) -> RetrievalError:
        return self._error(ArchiveTooLarge, f"the archive is larger than max_retrieve_bytes ({self._allowed} bytes)")

    def _incomplete(self, when: str) -> RetrievalError:
        return self._error(IncompleteDownload, f"the transfer broke off {when}")

    def _error(self, kind: type[RetrievalError], sentence: str, **more: Any) -> RetrievalError:
        return kind(sentence, message_id=self._order.message_id, http_status=self._status, **more)


def _is_end(tail: bytes, at: int, size: int) -> bool:
    """Whether a zip of that size ends with the end record in its tail: its directory before it, its comment behind."""
    record = tail[at : at + _END.size]
    if len(record) < _END.size:
        return False
    directory, offset, comment = _END.unpack(record)
    start = size - len(tail) + at
    behind = len(tail) - at - _END.size - comment
    return 0 <= behind <= _MAX_BEHIND and (offset + directory == start or _IN_ZIP64 in (offset, directory))


def _seconds_of(retry_after: str, now: datetime) -> float | None:
    """The seconds that a `Retry-After` asks for, as a number or as a date; None if it says neither."""
    value = retry_after.strip()
    if _DIGITS.fullmatch(value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        return max(0.0, (when - now).total_seconds())
    except (ValueError, OverflowError):
        return None
