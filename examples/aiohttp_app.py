"""Receive pushes in aiohttp.

    python examples/aiohttp_app.py
    curl "http://127.0.0.1:8000/in?type=6&id=1&from=447700900123&to=88600&date=2010-08-21+17:32:21+%2B0100&message=Hi"

The text is then a file in `inbox`.
"""

import asyncio
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from mxinbound import MX_NETWORKS, InboundMessage, Mms, MmsNotification, MmsReport, Receiver, Sms
from mxinbound.adapters.aiohttp import endpoint

INBOX = Path("inbox")
INBOX.mkdir(mode=0o700, exist_ok=True)

receiver = Receiver(networks=(*MX_NETWORKS, "127.0.0.1/32"))  # the second for a trial from this machine


def handle(message: InboundMessage) -> None:
    name = sha256(message.key.encode()).hexdigest()  # a safe file name, the same when the gateway delivers again
    match message:
        case Sms():
            (INBOX / f"{name}.txt").write_text(message.text, encoding="utf-8")
        case Mms():
            (INBOX / f"{name}.zip").write_bytes(message.archive.raw)
        case MmsNotification() | MmsReport():
            print(message.key)


app = web.Application()
app.router.add_route("*", "/in", endpoint(receiver, handle))


async def main() -> None:
    # Without this size, a text of some 8,000 characters is refused; an access log would show texts and numbers.
    runner = web.AppRunner(app, max_line_size=65536, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 8000).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
