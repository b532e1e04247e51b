"""The one neutral value that every adapter produces and everything else reads.

In: what a server or framework knows about a request, undecoded. Out: an immutable value that can be compared, stored
and replayed. Raises `UnreadablePush` from `from_bytes` only. It never shows what it holds: `repr` tells sizes.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve, field, frozen

from mxinbound.body import CHUNK_BYTES, BodySource, read_at, size_of, whole
from mxinbound.errors import UnreadablePush

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FORMAT: Final = rb"mxinbound-request 1 ([0-9]{1,12}) ([0-9]{1,12}) ([0-9]{1,12})\n"


def _same_body(one: BodySource, other: BodySource) -> bool:
    if isinstance(one, bytes) and isinstance(other, bytes):
        return one == other
    size = size_of(one)
    return size == size_of(other) and all(
        read_at(one, offset, CHUNK_BYTES) == read_at(other, offset, CHUNK_BYTES)
        for offset in range(0, size, CHUNK_BYTES)
    )


def _pairs(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple([(name, value) for name, value in pairs]) if pairs else ()


@frozen(kw_only=True, eq=False, repr=False)
class InboundRequest:
    """A push as it came: nothing decoded, nothing dropped.

    Attributes:
        method: As sent, `"GET"`.
        query: The raw bytes after the `?`.
        headers: Name and value pairs in arrival order, repeats kept. Adapters hand out lower-case names, each once and
            sorted, the values of one name joined by `,`.
        body: `bytes`, or a seekable binary file that is read from its start.
        peer: The address of the socket's other end as text, `"unix:"` for a Unix socket, None when unknown.
        received_at: When the adapter took it, aware.
        rebuilt: Whether the body was put together again from a form that the framework had already parsed.
    """

    method: str
    query: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=(), converter=_pairs)
    body: BodySource = b""
    peer: str | None = None
    received_at: datetime | None = None
    rebuilt: bool = False

    def header(self, name: str) -> str | None:
        """The value of a header whatever its case, repeats joined by `,`; None when it is absent."""
        name = name.lower()
        values = [value for key, value in self.headers if key.lower() == name]
        return ",".join(values) if values else None

    @property
    def is_probe(self) -> bool:
        """Whether this is a monitor's look rather than a push: HEAD, OPTIONS, or a GET without parameters."""
        return self.method in {"HEAD", "OPTIONS"} or (self.method == "GET" and not self.query.strip(b"&"))

    def with_body(self, body: BodySource) -> InboundRequest:
        """A copy with this body."""
        return evolve(self, body=body)

    def __reduce__(self) -> tuple[Callable[[bytes], InboundRequest], tuple[bytes]]:
        return InboundRequest.from_bytes, (self.to_bytes(),)

    def to_bytes(self) -> bytes:
        """Everything in one blob that `from_bytes` reads back, in this version or a later one."""
        import json  # noqa: PLC0415  # for those who queue or keep pushes

        head = json.dumps(
            {
                "method": self.method,
                "headers": self.headers,
                "peer": self.peer,
                "received_at": self.received_at and self.received_at.isoformat(),
                "rebuilt": self.rebuilt,
            },
            ensure_ascii=False,
        ).encode("utf-8", "surrogatepass")
        body = whole(self.body)
        start = f"mxinbound-request 1 {len(head)} {len(self.query)} {body.size}\n".encode()
        return b"".join((start, head, self.query, *body.chunks()))

    @classmethod
    def from_bytes(cls, blob: bytes) -> InboundRequest:
        """Read what `to_bytes` wrote.

        Raises:
            UnreadablePush: if the blob is anything else.
        """
        import json  # noqa: PLC0415  # as above

        head = query_at = body_at = None
        try:
            blob = bytes(blob)
            start = re.match(_FORMAT, blob)
            if start is None:
                raise ValueError
            query_at = start.end() + int(start[1])
            body_at = query_at + int(start[2])
            if body_at + int(start[3]) != len(blob):
                raise ValueError
            head = _checked(json.loads(blob[start.end() : query_at].decode("utf-8", "surrogatepass")))
        except (ValueError, KeyError, TypeError, RecursionError):
            pass
        if head is None:  # raised out here, so that no context of it holds what was read
            raise UnreadablePush("these bytes were not written by InboundRequest.to_bytes()")
        return cls(query=blob[query_at:body_at], body=blob[body_at:], **head)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InboundRequest):
            return NotImplemented
        return self._head() == other._head() and _same_body(self.body, other.body)

    def __hash__(self) -> int:
        return hash(self._head())

    def _head(self) -> tuple[object, ...]:
        return self.method, self.query, self.headers, self.peer, self.received_at, self.rebuilt

    def __repr__(self) -> str:
        # A method is any token the sender likes; only a plain word is shown.
        method = self.method if self.method.isalpha() and len(self.method) <= 10 else "?"  # noqa: PLR2004
        return (
            f"<InboundRequest {method}: {len(self.query)} bytes of query, {len(self.headers)} headers,"
            f" {size_of(self.body)} bytes of body>"
        )


def _checked(head: dict[str, Any]) -> dict[str, Any]:
    """The attributes in a blob's head, each of the type it must have."""
    received_at = head["received_at"]
    pairs = [(name, value) for name, value in map(_list, _list(head["headers"]))]
    texts = [head["method"], *(text for pair in pairs for text in pair)]
    if head["peer"] is not None:
        texts.append(head["peer"])
    if not all(isinstance(text, str) for text in texts) or not isinstance(head["rebuilt"], bool):
        raise TypeError
    return {
        "method": head["method"],
        "headers": pairs,
        "peer": head["peer"],
        "received_at": None if received_at is None else datetime.fromisoformat(received_at),
        "rebuilt": head["rebuilt"],
    }


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError
    return cast("list[object]", value)
