"""`mxinbound serve`: a receiver to develop with, which shows every push that arrives, and for a refused one why.

It listens on loopback unless it is told otherwise, and lets in the gateway and this machine. This machine is trusted as
a proxy as well, so that what a tunnel or `mxinbound push` forwards is judged by the address it is forwarded for. Each
push is kept in a folder of its own before it is answered. Exit code 0 when it is ended by Ctrl-C, 1 if it cannot listen
or keep anything, 2 for a call that cannot be understood.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mxinbound.adapters import wsgi
from mxinbound.cli.contents import damage_in, plain, print_rows, rows, save_sound, saved_rows
from mxinbound.cli.messages import described, message_rows, verdict_rows
from mxinbound.cli.serving import Server, port
from mxinbound.errors import ConfigurationError, ContentError, MxInboundError, SourceRefused, UnreadablePush
from mxinbound.messages import InboundMessage, Mms
from mxinbound.mms.names import numbered, safe_filename
from mxinbound.mms.saving import save
from mxinbound.receiver import Receiver
from mxinbound.reply import Reply
from mxinbound.request import InboundRequest
from mxinbound.source import MX_NETWORKS

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_LOOPBACK: Final = ("127.0.0.1", "::1")
_INDENT: Final = " " * 4
_RAW: Final = "push.bin"
_ZIP: Final = "mms.zip"
_LONGEST_METHOD: Final = 20


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("serve", help="receive pushes on this machine and show them, until Ctrl-C")
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        type=_address,
        default=_LOOPBACK[0],
        help="where to listen; by default 127.0.0.1, which only this machine reaches",
    )
    parser.add_argument(
        "--port", metavar="PORT", type=port, default=8000, help="8000 by default; 0 for any that is free"
    )
    parser.add_argument(
        "--keep", metavar="DIR", type=Path, help="where to keep the pushes; a new temporary folder by default"
    )
    parser.add_argument(
        "--network",
        metavar="NETWORK",
        action="append",
        help="an allowed network instead of the gateway's and this machine; may be repeated",
    )
    parser.add_argument(
        "--trusted-proxy",
        metavar="NETWORK",
        action="append",
        help="a proxy of yours instead of this machine; may be repeated",
    )
    parser.add_argument(
        "--allow-anyone", action="store_true", help="take pushes from every address, and say which are not allowed"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Receive until Ctrl-C."""
    try:
        receiver = Receiver(
            networks=options.network or (*MX_NETWORKS, *_LOOPBACK),
            trusted_proxies=options.trusted_proxy or _LOOPBACK,
            source_check="report" if options.allow_anyone else "enforce",
        )
    except ConfigurationError as error:
        print(f"mxinbound serve: {plain(str(error))}", file=sys.stderr)
        return 2
    desk = _Desk(receiver)
    try:
        with Server(options.host, options.port, desk) as server, suppress(KeyboardInterrupt):
            desk.folder = options.keep or Path(tempfile.mkdtemp(prefix="mxinbound-serve-"))
            desk.folder.mkdir(parents=True, exist_ok=True)
            print(f"A receiver listens on {server.url} until Ctrl-C.")
            print_rows(_set_up(receiver, desk.folder), _INDENT)
            sys.stdout.flush()
            server.serve_forever()
    except (OSError, UnicodeError) as error:  # the second for what cannot be the name of a host
        print(f"mxinbound serve: {plain(str(error))}", file=sys.stderr)
        return 1
    return 0


def _address(text: str) -> str:
    if not text:  # which would listen on every address of the machine
        raise argparse.ArgumentTypeError("an address, or the name of one")
    return text


def _set_up(receiver: Receiver, folder: Path) -> Iterator[tuple[str, str]]:
    yield "pushes from", "anyone" if receiver.source_check == "report" else ", ".join(receiver.networks)
    yield "proxies", ", ".join(receiver.trusted_proxies)
    yield "kept in", plain(str(folder))


class _Desk:
    """The application: takes pushes in, several at a time, and shows them one after another."""

    folder: Path

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._lock = threading.Lock()
        self._arrived: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        head = wsgi.head_of(environ)
        reply, about = self._answer(head, environ)
        self._show(head, reply, [*verdict_rows(self._receiver.explain(head)), *about])
        return wsgi.reply(reply)(environ, start_response)

    def _answer(self, head: InboundRequest, environ: WSGIEnvironment) -> tuple[Reply, list[tuple[str, str]]]:
        """The reply, and what there is to show beside it."""
        if head.is_probe:
            return Reply.accepted(), [("no push", "a HEAD, an OPTIONS, or a GET without parameters")]
        try:
            return self._received(environ)
        except OSError as error:
            reply = Reply(HTTPStatus.INTERNAL_SERVER_ERROR, b"this push could not be kept\n")
            return reply, [("not kept", error.strerror or type(error).__name__)]

    def _received(self, environ: WSGIEnvironment) -> tuple[Reply, list[tuple[str, str]]]:
        try:
            message = wsgi.receive(self._receiver, environ)
        except MxInboundError as error:
            return self._receiver.reply_to(error), list(self._refused(error))
        return Reply.accepted(), list(self._taken(message))

    def _refused(self, error: MxInboundError) -> Iterator[tuple[str, str]]:
        yield "refused", f"{plain(str(error))} ({error.code})"
        if isinstance(error, SourceRefused) and error.verdict is not None:
            yield "because", error.verdict.reason
        if isinstance(error, UnreadablePush):
            for problem in error.problems:
                if problem.detail != str(error):
                    yield "problem", described(problem)
            assert error.request is not None
            yield "kept", plain(str(self._kept(error.request, "unreadable")))

    def _taken(self, message: InboundMessage) -> Iterator[tuple[str, str]]:
        assert message.request is not None
        folder = self._kept(message.request, message.key.replace(":", "-", 1))
        yield from message_rows(message)
        if isinstance(message, Mms):
            save([message.archive.raw], folder, [_ZIP])
            yield from _contents(message, folder)
        yield "kept", plain(str(folder))
        with self._lock:
            self._arrived[message.key] += 1
            times = self._arrived[message.key]
        if times > 1:
            yield "again", f"number {times} with this key: a delivery of the same message, to be handled once"

    def _kept(self, request: InboundRequest, name: str) -> Path:
        """The folder, new, in which the raw push is."""
        folder = next(filter(_is_made, (self.folder / free for free in numbered(safe_filename(name)))))
        save([request.to_bytes()], folder, [_RAW])
        return folder

    def _show(self, head: InboundRequest, reply: Reply, about: list[tuple[str, str]]) -> None:
        assert head.received_at is not None
        method = plain(head.method[:_LONGEST_METHOD])
        with self._lock, _even_if_nobody_reads():
            print(f"\n{head.received_at.astimezone():%H:%M:%S} {method} answered {reply.status}")
            print_rows(about, _INDENT)
            sys.stdout.flush()


@contextmanager
def _even_if_nobody_reads() -> Generator[None]:
    """Go on when whoever read the output has gone, so that a push that is kept is answered."""
    try:
        yield
    except BrokenPipeError:
        # What is still to be written, at the end of the process, too, has to go somewhere.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _is_made(folder: Path) -> bool:
    """Make a folder, and tell whether it was not there before."""
    try:
        folder.mkdir()
    except FileExistsError:
        return False
    return True


def _contents(message: Mms, folder: Path) -> Iterator[tuple[str, str]]:
    try:
        yield from rows(message.archive, damage_in(message.archive))
    except ContentError as error:
        yield "refused", f"{error} ({error.code})"
    else:
        yield from saved_rows(save_sound(message.archive, folder), folder)
