"""Receive pushes in Litestar.

    python examples/litestar_app.py
    curl "http://127.0.0.1:8000/in?type=6&id=1&from=447700900123&to=88600&date=2010-08-21+17:32:21+%2B0100&message=Hi"

The text is then a file in `inbox`.
"""

from hashlib import sha256
from pathlib import Path

import uvicorn
from litestar import Litestar, asgi

from mxinbound import MX_NETWORKS, InboundMessage, Mms, MmsNotification, MmsReport, Receiver, Sms
from mxinbound.adapters.asgi import endpoint

INBOX = Path("inbox")
INBOX.mkdir(mode=0o700, exist_ok=True)

receiver = Receiver(networks=(*MX_NETWORKS, "127.0.0.1/32"))  # the second for a trial from this machine


def handle(message: InboundMessage) -> None:
    # A plain function runs in a thread, where it may take its time. A hash makes a safe file name, and the same one
    # when the gateway delivers again.
    name = sha256(message.key.encode()).hexdigest()
    match message:
        case Sms():
            (INBOX / f"{name}.txt").write_text(message.text, encoding="utf-8")
        case Mms():
            (INBOX / f"{name}.zip").write_bytes(message.archive.raw)
        case MmsNotification():
            print(message.key, "can be fetched until", message.expiry)
        case MmsReport():
            print(message.key, "says of", message.request_id, "that it is", message.status_name)


app = Litestar([asgi("/in", copy_scope=True)(endpoint(receiver, handle))])

if __name__ == "__main__":
    # An access log would show texts and numbers, and which proxies to believe is for the receiver to say.
    uvicorn.run(app, access_log=False, proxy_headers=False)
