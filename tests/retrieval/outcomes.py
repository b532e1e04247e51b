"""Everything that a retrieval can come to but an archive, each with the error that it is."""

import contextlib
import socket
from collections.abc import Callable
from typing import Any

from attrs import field, frozen
from retrieval import gateway as answers
from retrieval.gateway import ARCHIVE, PATH, ZIP, Authority, Gateway, head

from mxinbound import (
    ArchiveTooLarge,
    CredentialsRefused,
    GatewayBusy,
    GatewayUnreachable,
    IncompleteDownload,
    Limits,
    MmsNotAvailable,
    NotAnArchive,
    RetrievalError,
    RetrievalTimeout,
    RetryPolicy,
)

AUTHORITY = Authority()
STRANGER = Authority()
LENGTH = len(ARCHIVE)
DECLARED = head(200, ZIP | {"Content-Length": str(LENGTH)})


@frozen
class Outcome:
    """What the gateway does, and what comes of it: a kind of error, its sentence, and its status."""

    name: str
    answer: answers.Answer | None
    error: type[RetrievalError]
    sentence: str
    status: int | None
    options: dict[str, Any] = field(factory=dict)
    secured_by: Authority | None = None

    @contextlib.contextmanager
    def gateway(self):
        """The gateway, and the endpoint to use, which it listens at unless the connection is to be refused."""
        secured = self.secured_by and self.secured_by.server
        with Gateway.of(self.answer, tls=secured) as gateway, nobody() as port:
            yield gateway, gateway.url if self.answer else f"http://127.0.0.1:{port}{PATH}"


@contextlib.contextmanager
def nobody():
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def a_page_is(size: Callable[[int], str]) -> str:
    return f"the gateway answered with text/html of {size(len(answers.PAGE))}, which does not start as a zip"


# Long enough for a request to arrive on a busy machine.
IN_TIME = {"timeout": 0.2}
TOO_LATE = "the time allowed for the retrieval ran out"

OUTCOMES = [
    Outcome(
        "401", answers.page(401), CredentialsRefused, "the gateway refused the user and password (401)", 401
    ),
    Outcome(
        "403", answers.page(403), CredentialsRefused, "the gateway refused the user and password (403)", 403
    ),
    Outcome("404", answers.page(404), MmsNotAvailable, "the gateway has no MMS of this id (404)", 404),
    Outcome("500", answers.page(500), GatewayBusy, "the gateway asked to be tried again later (500)", 500),
    Outcome(
        "a redirect to the same host", answers.redirect(f"{PATH}/2"), RetrievalError,
        "the gateway answered with a redirect, which is not followed (302)", 302,
    ),
    Outcome(
        "a redirect that echoes the query", answers.echo, RetrievalError,
        "the gateway answered with a redirect, which is not followed (302)", 302,
    ),
    Outcome(
        "a head that echoes the query", answers.echo_in_the_head, MmsNotAvailable,
        "the gateway has no MMS of this id (404)", 404,
    ),
    Outcome(
        "not a zip", answers.page(), NotAnArchive, a_page_is("{} bytes".format), 200,
    ),
    Outcome(
        "packed", answers.packed(), NotAnArchive,
        f"the gateway answered with application/zip of {len(answers.PACKED)} bytes,"
        " in a content encoding that was not asked for", 200,
    ),
    Outcome(
        "declared too large", answers.archive(), ArchiveTooLarge,
        f"the archive is larger than max_retrieve_bytes ({LENGTH - 1} bytes)", 200,
        {"limits": Limits(max_retrieve_bytes=LENGTH - 1)},
    ),
    Outcome(
        "too large", answers.chunked(), ArchiveTooLarge, "the archive is larger than max_retrieve_bytes (100 bytes)",
        200, {"limits": Limits(max_retrieve_bytes=100)},
    ),
    Outcome(
        "a short body", answers.short(), IncompleteDownload, "the transfer broke off after 30 bytes", 200,
    ),
    Outcome(
        "a body without its end", answers.until_closed(ARCHIVE[:-30]), IncompleteDownload,
        f"the transfer broke off after {LENGTH - 30} bytes: the end of the zip is missing", 200,
    ),
    Outcome(
        "no answer", answers.hang_up, IncompleteDownload, "the transfer broke off before an answer came", None,
    ),
    Outcome(
        "no HTTP", answers.hang(b"SSH-2.0-OpenSSH\r\n\r\n"), IncompleteDownload,
        "the transfer broke off before an answer came", None,
    ),
    Outcome(
        "a reset", answers.reset(DECLARED + ARCHIVE[:30]), IncompleteDownload,
        "the transfer broke off after 30 bytes", 200,
    ),
    Outcome(
        "a reset before the answer", answers.reset(), IncompleteDownload,
        "the transfer broke off before an answer came", None,
    ),
    Outcome("silence", answers.hang(), RetrievalTimeout, TOO_LATE, None, IN_TIME),
    Outcome(
        "silence within the body", answers.hang(DECLARED + ARCHIVE[:30]), RetrievalTimeout, TOO_LATE, 200, IN_TIME
    ),
    Outcome(
        "a head that never ends", answers.drip(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"), RetrievalTimeout, TOO_LATE,
        None, IN_TIME,
    ),
    Outcome(
        "a body that never ends", answers.drip(head(200, ZIP) + ARCHIVE[:30], b"x"), RetrievalTimeout, TOO_LATE, 200,
        IN_TIME,
    ),
    Outcome(
        "a connection refused", None, GatewayUnreachable,
        "the gateway could not be reached: no connection could be made", None,
    ),
    Outcome(
        "a certificate refused", answers.archive(), GatewayUnreachable,
        "the gateway could not be reached: its certificate is not valid", None, {}, STRANGER,
    ),
    Outcome(
        "a garbled transfer", answers.garble, IncompleteDownload, "the transfer broke off after 30 bytes", 200, {},
        AUTHORITY,
    ),
]  # fmt: skip

ONCE = RetryPolicy(attempts=1, attempt_timeout=30)


def by_name(outcome: Outcome) -> str:
    return outcome.name
