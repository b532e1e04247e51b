"""`mxinbound retrieve ID…`: fetch MMS by their ids.

The user and password come from the environment or a prompt, never from the command line, which others can see. Exit
code: 0 when all were fetched, else how many failed, 63 for that many and more; and 64 more if the gateway refused the
user and password. A call that cannot be understood is 2, as everywhere; `--json` tells it from two that failed.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mxinbound.errors import ConfigurationError, CredentialsRefused, MxInboundError
from mxinbound.mms.names import filenames
from mxinbound.wire import RETRIEVE_URL

if TYPE_CHECKING:
    from mxinbound.retrieval.client import Retriever
    from mxinbound.retrieval.credentials import Credentials

_MOST_FAILED: Final = 63
_CREDENTIALS_REFUSED: Final = 64


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("retrieve", help="fetch MMS by their ids")
    parser.add_argument("ids", metavar="ID", nargs="+")
    place = parser.add_mutually_exclusive_group()
    place.add_argument(
        "-o",
        dest="output",
        metavar="DIR",
        type=Path,
        default=Path(),
        help="save each zip there as ID.zip; here by default",
    )
    place.add_argument(
        "--extract", metavar="DIR", type=Path, help="save the parts there instead, in a new folder for each ID"
    )
    parser.add_argument("--endpoint", metavar="URL", default=RETRIEVE_URL, help="where to fetch from")
    parser.add_argument("--allow-insecure-http", action="store_true", help="send the password over plain http")
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=30.0, help="for each MMS, retries included")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fetch each MMS and say what became of it."""
    # Here and not at the top: the other commands need no HTTP client.
    from mxinbound.retrieval.client import Retriever  # noqa: PLC0415

    try:
        retriever = Retriever(
            _credentials(),
            endpoint=options.endpoint,
            timeout=options.timeout,
            allow_insecure_http=options.allow_insecure_http,
        )
    except ConfigurationError as error:
        print(f"mxinbound retrieve: {error}", file=sys.stderr)
        return 2
    outcomes: list[dict[str, Any]] = []
    failed: list[Exception] = []
    ids = list(dict.fromkeys(options.ids))
    with retriever:
        for number, (message_id, name) in enumerate(zip(ids, filenames(ids), strict=True), 1):
            _progress(f"fetching {number} of {len(ids)}")
            try:
                saved = _fetch(retriever, message_id, name, options)
            except (MxInboundError, OSError, ValueError) as error:  # the last for what cannot be an id
                failed.append(error)
                outcomes.append({"id": message_id, "error": _described(error)})
            else:
                outcomes.append({"id": message_id, "saved": saved})
            _progress("")
            if not options.json:
                _tell(outcomes[-1])
    if options.json:
        print(json.dumps({"messages": outcomes}))
    refused = _CREDENTIALS_REFUSED if any(isinstance(each, CredentialsRefused) for each in failed) else 0
    return min(len(failed), _MOST_FAILED) + refused


def _credentials() -> Credentials:
    from mxinbound.retrieval.credentials import Credentials  # noqa: PLC0415

    try:
        return Credentials.from_env()
    except ConfigurationError:
        if not sys.stdin.isatty():
            raise
    print("user: ", end="", file=sys.stderr, flush=True)
    return Credentials(sys.stdin.readline().strip(), getpass.getpass("password: "))


def _fetch(retriever: Retriever, message_id: str, name: str, options: argparse.Namespace) -> str | dict[str, str]:
    if options.extract:
        archive = retriever.retrieve(message_id)
        archive.check()
        folder: Path = options.extract / name
        folder.mkdir(parents=True)
        return {part: str(path) for part, path in archive.save_to(folder).items()}
    options.output.mkdir(parents=True, exist_ok=True)
    return str(retriever.download(message_id, options.output / f"{name}.zip"))


def _described(error: Exception) -> dict[str, Any]:
    code = error.code if isinstance(error, MxInboundError) else "os-error" if isinstance(error, OSError) else "no-id"
    return {"code": code, "message": str(error)}


def _tell(outcome: dict[str, Any]) -> None:
    if "error" in outcome:
        print(f"mxinbound retrieve: {outcome['id']!a}: {outcome['error']['message']}", file=sys.stderr)
        return
    saved: str | dict[str, str] = outcome["saved"]
    message_id: str = outcome["id"]
    shown = message_id if message_id.isprintable() else ascii(message_id)
    for line in [saved] if isinstance(saved, str) else [f"{name!r} as {path}" for name, path in saved.items()]:
        print(f"{shown}  {line}")


def _progress(text: str) -> None:
    """Show what is going on, in the place of what was shown before, where somebody is looking."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
