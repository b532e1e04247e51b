"""Reading a body under the limits, from whatever hands it out in pieces.

In: a blocking `read(size)` or an async iterator. Out: the body, in memory or spooled. Raises `RequestTooLarge` and
`BodyIncomplete`, and leaves nothing behind when it does. Also puts a body together again from a form that a framework
has already taken apart.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from typing import IO, TYPE_CHECKING, Final

from attrs import evolve

from mxinbound.body import BODY_TOO_LARGE, BodyBuffer, SpooledBody
from mxinbound.errors import BodyIncomplete

if TYPE_CHECKING:
    from mxinbound.limits import Limits
    from mxinbound.request import InboundRequest

#: 8 KiB reads cost two and a half times as much under gunicorn.
READ_BYTES: Final = 64 * 1024


def has_body(head: InboundRequest) -> bool:
    """Whether a request's body is read at all: only a POST's has a meaning here."""
    return head.method == "POST"


def declared_size(head: InboundRequest, limits: Limits) -> int | None:
    """The Content-Length, if there is one that means something.

    Raises:
        RequestTooLarge: if it is over the limit, before anything is read.
    """
    value = (head.header("content-length") or "").strip()
    if not (value.isascii() and value.isdigit()):
        return None
    # Python refuses to convert thousands of digits.
    size = int(value) if len(value) <= 18 else sys.maxsize  # noqa: PLR2004
    limits.refuse_over("max_body_bytes", size, BODY_TOO_LARGE)
    return size


def collect(read: Callable[[int], bytes], size: int | None, limits: Limits) -> bytes | SpooledBody:
    """Read a body of `size` bytes, or up to its end if that is None.

    Raises:
        BodyIncomplete: if the sender leaves before the end.
        RequestTooLarge: if there is more than the limit.
    """
    left = size
    with BodyBuffer(limits, size) as buffer:
        while left is None or left:
            try:
                chunk = read(READ_BYTES if left is None else min(READ_BYTES, left))
            except OSError:
                # Not chained: a server's error may quote what it was reading.
                raise BodyIncomplete("the connection broke before the body was complete") from None
            if not chunk:
                break
            buffer.write(chunk)
            left = None if left is None else left - len(chunk)
        if left:
            raise BodyIncomplete(_SHORT)
        return buffer.finish()


_SHORT: Final = "the body ended before its Content-Length; the sender left, or the body was read before"


async def collect_async(chunks: AsyncIterator[bytes], size: int | None, limits: Limits) -> bytes | SpooledBody:
    """Read a body of `size` bytes, or of whatever comes if that is None, for at most `max_read_seconds`.

    Raises:
        BodyIncomplete: if it has not come by then, or if it is shorter.
        RequestTooLarge: if there is more than the limit.
    """
    import asyncio  # noqa: PLC0415  # so that sync frameworks, which share this module, do not import it

    come = 0
    with BodyBuffer(limits, size) as buffer:
        try:
            async with asyncio.timeout(limits.max_read_seconds):
                async for chunk in chunks:
                    come += len(chunk)
                    buffer.write(chunk)
        except TimeoutError:
            raise BodyIncomplete(f"the body took longer than max_read_seconds ({limits.max_read_seconds} s)") from None
        if size is not None and come < size:
            raise BodyIncomplete(_SHORT)
        return buffer.finish()


def rebuilt(
    head: InboundRequest,
    fields: Iterable[tuple[str | None, str]],
    files: Iterable[tuple[str | None, str | None, IO[bytes]]],
    limits: Limits,
) -> InboundRequest:
    """The request with a body made anew from a parsed form: its texts, then its files as name, file name, content.

    Raises:
        RequestTooLarge: if that is over the limit.
    """
    boundary = secrets.token_hex(16)
    with BodyBuffer(limits) as buffer:
        for name, text in fields:
            buffer.write(_part_head(boundary, name, None) + text.encode("utf-8", "surrogatepass"))
        for name, filename, file in files:
            buffer.write(_part_head(boundary, name, filename))
            file.seek(0)
            while chunk := file.read(READ_BYTES):
                buffer.write(chunk)
            file.seek(0)
        buffer.write(f"\r\n--{boundary}--\r\n".encode())
        body = buffer.finish()
    headers = [pair for pair in head.headers if pair[0] not in {"content-type", "content-length"}]
    headers.append(("content-type", f"multipart/form-data; boundary={boundary}"))
    return evolve(head, body=body, headers=sorted(headers), rebuilt=True)


def _part_head(boundary: str, name: str | None, filename: str | None) -> bytes:
    disposition = f'form-data; name="{_quoted(name or "")}"'
    if filename is not None:
        disposition += f'; filename="{_quoted(filename)}"'
    return f"\r\n--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
