"""`mxinbound push sms|mms|notification|report URL`: push to an endpoint as the gateway does, and tell what it answers.

The push is sent now and has an id of its own, unless it is given one: an endpoint that keeps each message once takes a
second push of the same id for a repetition. The address that it comes from goes along in `X-Forwarded-For`. Exit code 0
if it is accepted, 1 if not, 2 if nobody answers or the call cannot be understood.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from http.client import HTTPException, InvalidURL
from itertools import chain
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import evolve

from mxinbound import testing, wire
from mxinbound.cli.contents import plain, print_rows
from mxinbound.cli.serving import port
from mxinbound.mms.content_types import HEAD_BYTES, PLAIN_TEXT, UNKNOWN, type_of_bytes, type_of_extension
from mxinbound.mms.names import filenames
from mxinbound.testing.zips import MANIFEST, SMIL_NAME, Part

# The longest that were seen, and more than a double can hold.
_ID_DIGITS: Final = 18
_AVAILABLE: Final = timedelta(days=2)
_SHOWN_CHARACTERS: Final = 500
_TEXT_NAME: Final = "text.txt"
_HOUR: Final = 3600.0

_KINDS: Final[dict[str, tuple[str, Callable[..., testing.Push]]]] = {
    "sms": ("an SMS, by GET", testing.sms),
    "mms": ("an MMS with its contents, by POST", testing.mms),
    "notification": ("word of an MMS, by GET", testing.mms_notification),
    "report": ("a report on an MMS that was sent, by GET", testing.report),
}
_MULTIMEDIA: Final = frozenset({"mms", "notification"})
# What a push is made of, by the builders' names; a malformed one is there as it is.
_CONTENT: Final = ("id", "originator", "to", "network", "text", "images", "cc", "subject", "status")


class _ImpossibleError(Exception):
    """What is asked for cannot be sent, or nobody answers; says why."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("push", help="push to a URL as the gateway does, and tell what it answers")
    kinds = parser.add_subparsers(metavar="KIND", required=True)
    for kind, (what, _) in _KINDS.items():
        _add_options(kinds.add_parser(kind, help=what), kind)


def _add_options(parser: argparse.ArgumentParser, kind: str) -> None:
    parser.add_argument("url", metavar="URL", help="where to, such as http://127.0.0.1:8000/in")
    content = parser.add_argument_group("what is pushed")
    if kind != "report":
        content.add_argument("--text", type=_bytes, help="its text")
    if kind in _MULTIMEDIA:
        content.add_argument(
            "--image",
            dest="images",
            metavar="FILE",
            type=Path,
            action="append",
            help="a picture or another file in it; may be repeated",
        )
        content.add_argument("--subject", type=_bytes, help="its subject")
        content.add_argument(
            "--cc", metavar="NUMBER", type=_bytes, action="append", help="a further recipient; may be repeated"
        )
    if kind == "report":
        content.add_argument("--status", metavar="NUMBER", type=_bytes, help="7, read, by default")
    content.add_argument("--from", dest="originator", metavar="NUMBER", type=_bytes, help="who sent it")
    content.add_argument("--to", metavar="NUMBER", type=_bytes, action="append", help="a recipient; may be repeated")
    content.add_argument("--network", type=_bytes, metavar="NAME", help="the sender's network")
    content.add_argument("--id", type=_id, help="its id; a new one by default")
    content.add_argument("--malformed", metavar="NAME", help="one of the malformed pushes of mxinbound.testing instead")
    parser.add_argument(
        "--peer", metavar="ADDRESS", help="the address it comes from, in X-Forwarded-For; the gateway's by default"
    )
    parser.add_argument("--twice", action="store_true", help="push it a second time, as the gateway may")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--json", action="store_true", help="print one JSON object")
    other.add_argument("--curl", action="store_true", help="print the command that pushes it instead")
    if kind == "notification":
        other.add_argument(
            "--serve", metavar="PORT", type=port, help="let the MMS be fetched from this machine until Ctrl-C"
        )
    parser.set_defaults(run=run, kind=kind, serve=None)


def run(options: argparse.Namespace) -> int:
    """Push, and tell what is answered."""
    try:
        return _run(options)
    except _ImpossibleError as error:
        print(f"mxinbound push: {error}", file=sys.stderr)
        return 2


def _run(options: argparse.Namespace) -> int:
    if not _is_url(options.url):
        raise _ImpossibleError("the URL has to be one of http or https, its blanks and other characters escaped")
    push, title = _pushed(options)
    if options.peer is not None:
        push = evolve(push, peer=options.peer)
    times = 2 if options.twice else 1
    if options.curl:
        print("\n".join([_command(push, options.url)] * times))
        return 0
    gateway = testing.FakeGateway(options.url)
    with ExitStack() as stack:
        if options.serve is not None:
            endpoint = _served(stack, gateway, options.serve)
            print(f"The MMS is at {endpoint} for the user 'user' with the password 'password'.", flush=True)
        answers = _answers(gateway, push, times)
        accepted = all(answer.accepted for answer in answers)
        with suppress(KeyboardInterrupt):
            if options.json:
                print(json.dumps(_as_json(options, push, answers)))
            else:
                print_rows(chain(title, *map(_rows, answers)))
            while options.serve is not None and accepted:
                sys.stdout.flush()
                time.sleep(_HOUR)
        if options.serve is not None:
            print_rows([("fetched", f"{len(gateway.fetched)} times")])
    return 0 if accepted else 1


def _is_url(url: str) -> bool:
    try:
        split = urlsplit(url)
        known = split.scheme in {"http", "https"} and split.hostname and split.port != 0
    except ValueError:
        return False
    return bool(known) and url.isascii() and url.isprintable() and " " not in url


def _bytes(text: str) -> bytes:
    """An argument as it was typed: UTF-8, but for bytes that are none."""
    return text.encode("utf-8", "surrogateescape")


def _id(text: str) -> str:
    text.encode()  # a text, or an error that argparse reports
    return text


def _pushed(options: argparse.Namespace) -> tuple[testing.Push | testing.RawPush, list[tuple[str, str]]]:
    """What is pushed, and what is told of it."""
    if options.malformed is None:
        push = _push(options)
        return push, [("pushed", f"{options.kind}, id {plain(push.id)}")]
    if any(getattr(options, name, None) is not None for name in _CONTENT):
        raise _ImpossibleError("--malformed pushes what it names as it is: only --peer can be changed")
    cases = {case.name: case for case in testing.malformed_pushes()}
    if options.malformed not in cases:
        raise _ImpossibleError(f"--malformed takes one of {', '.join(cases)}")
    case = cases[options.malformed]
    expected = f"accepted, forgiving {', '.join(case.defects)}"
    if case.error is not None:
        expected = f"refused with {case.error.status} ({case.error.code})"
    return case.push, [("pushed", case.name), ("expected", expected)]


def _push(options: argparse.Namespace) -> testing.Push:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    # Not the one it has by default, or an endpoint that keeps each message once would take it for a repetition.
    lowest = 10 ** (_ID_DIGITS - 1)
    attributes: dict[str, Any] = {"date": now, "id": str(lowest + secrets.randbelow(9 * lowest))}
    if options.kind in _MULTIMEDIA:
        attributes["expiry"] = now + _AVAILABLE
        parts = _parts(options)
        if parts:
            attributes |= {"parts": parts, "smil": True}
    given = {name: getattr(options, name, None) for name in _CONTENT if name != "images"}
    if options.kind in _MULTIMEDIA:
        del given["text"]
    attributes |= {name: value for name, value in given.items() if value is not None}
    return _KINDS[options.kind][1](**attributes)


def _parts(options: argparse.Namespace) -> list[Part]:
    """The text and the files; none if none are given."""
    texts: list[Part] = [] if options.text is None else [(_TEXT_NAME, PLAIN_TEXT, options.text)]
    files: list[Path] = options.images or []
    # The names of a zip are unique, and these are taken.
    _, _, _, *names = filenames([MANIFEST, SMIL_NAME, _TEXT_NAME, *(path.name for path in files)])
    return texts + [_file(path, name) for path, name in zip(files, names, strict=True)]


def _file(path: Path, name: str) -> Part:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _ImpossibleError(f"{plain(str(path))}: {error.strerror}") from None
    return name, type_of_extension(name) or type_of_bytes(data[:HEAD_BYTES]) or UNKNOWN, data


def _command(push: testing.Push | testing.RawPush, url: str) -> str:
    """The curl command that sends the same as `FakeGateway` does."""
    raw = push.raw if isinstance(push, testing.Push) else push
    return evolve(raw, headers=(*raw.given_headers, ("x-forwarded-for", raw.peer))).curl(url)


def _served(stack: ExitStack, gateway: testing.FakeGateway, at: int) -> str:
    try:
        return stack.enter_context(gateway.serve(port=at))
    except OSError as error:
        raise _ImpossibleError(f"cannot serve at port {at}: {error.strerror}") from None


def _answers(gateway: testing.FakeGateway, push: testing.Push | testing.RawPush, times: int) -> list[testing.Answer]:
    try:
        return [gateway.push(push) for _ in range(times)]
    except (ValueError, InvalidURL):
        # Its text would quote what cannot be sent.
        raise _ImpossibleError("Python's HTTP client cannot send this push to this URL; try it with --curl") from None
    except (OSError, HTTPException) as error:
        raise _ImpossibleError(f"no answer: {plain(str(error)) or type(error).__name__}") from None


def _rows(answer: testing.Answer) -> Iterator[tuple[str, str]]:
    """The answer, and what it is to the gateway."""
    yield "answered", f"{answer.status} in {answer.seconds:.3f} s"
    text = answer.body.decode("utf-8", "replace").strip()
    for number, line in enumerate(text[:_SHOWN_CHARACTERS].splitlines()):
        yield "" if number else "body", plain(line)
    if len(text) > _SHOWN_CHARACTERS:
        yield "", f"and more: {len(answer.body)} bytes in all"
    if answer.accepted and answer.in_time:
        yield "accepted", "the gateway does not push it again"
    elif answer.accepted:
        yield "accepted", f"but the contract allows {wire.ANSWER_WITHIN_SECONDS:g} s, and the gateway may not wait"
    elif answer.status == HTTPStatus.OK:
        yield "not accepted", "the body is empty, which is a failure to the gateway: it pushes again"
    else:
        yield "not accepted", "the status is not 200: the gateway pushes again"


def _as_json(
    options: argparse.Namespace, push: testing.Push | testing.RawPush, answers: Sequence[testing.Answer]
) -> dict[str, Any]:
    return {
        "url": options.url,
        "kind": None if options.malformed is not None else options.kind,
        "malformed": options.malformed,
        "id": push.id if isinstance(push, testing.Push) else None,
        "answers": [
            {
                "status": answer.status,
                "body": answer.body.decode("utf-8", "replace"),
                "seconds": round(answer.seconds, 6),
                "accepted": answer.accepted,
                "in_time": answer.in_time,
            }
            for answer in answers
        ],
    }
