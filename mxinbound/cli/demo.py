"""`mxinbound demo`: the main job end to end on this machine, without any other network.

A real HTTP server on loopback, with the WSGI endpoint; a stand-in for the gateway pushes an SMS by GET and an MMS by
multipart POST, and word of another by GET, which is then fetched; what became of them is printed, and the parts of the
MMS are saved.
"""

from __future__ import annotations

import argparse
import queue
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from mxinbound import testing
from mxinbound.adapters import wsgi
from mxinbound.cli.contents import damage_in, print_rows, rows
from mxinbound.cli.messages import message_rows
from mxinbound.cli.serving import served
from mxinbound.messages import InboundMessage, Mms, MmsNotification
from mxinbound.receiver import Receiver
from mxinbound.source import MX_NETWORKS

_INDENT = " " * 4

# A slide with a text and a picture of one pixel, and a card that no slide shows.
_PARTS: Final = (
    (
        "hello.sml",
        "application/smil",
        '<smil><body><par dur="5000ms"><img src="pixel.gif"/><text src="cid:hello.txt"/></par></body></smil>',
    ),
    ("hello.txt", "text/plain", "Hej, möts vi kl. 8?"),
    (
        "pixel.gif",
        "image/gif",
        bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b"),
    ),
    ("card.vcf", "text/x-vCard", "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Example\r\nEND:VCARD\r\n"),
)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("demo", help="receive an SMS and MMS on this machine, end to end")
    parser.add_argument(
        "--keep",
        metavar="DIR",
        type=Path,
        help="where to keep the parts and the zip; a new temporary folder by default",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Push a message of each kind to a real server and print what arrives."""
    folder: Path = options.keep or Path(tempfile.mkdtemp(prefix="mxinbound-demo-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"mxinbound demo: {folder}: {error.strerror}", file=sys.stderr)
        return 1
    # Here and not at the top: the other commands need no HTTP client.
    from mxinbound.retrieval.client import Retriever  # noqa: PLC0415

    arrived: queue.SimpleQueue[InboundMessage] = queue.SimpleQueue()
    # This machine is not in the gateway's network, so for the demo it is listed beside it.
    receiver = Receiver(networks=(*MX_NETWORKS, "127.0.0.1/32"))
    with served(wsgi.endpoint(receiver, arrived.put)) as url:
        print(f"A receiver listens on {url} and takes pushes from {', '.join(receiver.networks)}.")
        gateway = testing.FakeGateway(url)
        with gateway.serve() as endpoint:
            for title, push in _pushes():
                print(f"\n{title}")
                answer = gateway.push(push)
                print(f"{_INDENT}answered     {answer.status} {answer.body!r}")
                if not answer.accepted:
                    return 1
                message = arrived.get(timeout=10)
                _show(message, folder)
                if isinstance(message, MmsNotification):
                    print(f"\nIt is fetched by its id from {endpoint}:")
                    with Retriever(gateway.credentials, endpoint=endpoint, allow_insecure_http=True) as retriever:
                        _show(retriever.complete(message), folder)
    return 0


def _pushes() -> Iterator[tuple[str, testing.Push]]:
    sms = testing.sms("Hej, möts vi kl. 8?", originator="+447700900123")
    yield "The gateway pushes an SMS by GET:", sms
    # The oldest edition of the gateway's page writes dates without an offset, which is forgiven and recorded.
    mms = testing.mms(
        _PARTS, id="4172212932", subject="A picture", to=["88600", "447700900456"], date="2010-08-21 17:32:21"
    )
    yield "The gateway pushes an MMS by multipart POST, its text and its picture in mms.zip:", mms
    kept = testing.mms_notification(
        [("later.txt", "text/plain", "Vi ses!")], id="4172212933", subject="Later", expiry=None
    )
    yield "The gateway pushes word of an MMS by GET, and keeps its contents to be fetched:", kept


def _show(message: InboundMessage, folder: Path) -> None:
    lines = list(message_rows(message))
    if isinstance(message, Mms):
        lines += rows(message.archive, damage_in(message.archive))
        saved = message.archive.save_to(folder)
        lines += [("saved", f"{name!r} as {path}") for name, path in saved.items()]
        path = folder / f"{message.id}.zip"
        path.write_bytes(message.archive.raw)
        lines.append(("zip", f"kept as {path}"))
    print_rows(lines, _INDENT)
