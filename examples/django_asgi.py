"""Receive pushes in front of Django under ASGI, and in a view of it; the whole project in one file.

    python examples/django_asgi.py
    curl "http://127.0.0.1:8000/in?type=6&id=1&from=447700900123&to=88600&date=2010-08-21+17:32:21+%2B0100&message=Hi"

The text is then a file in `inbox`.
"""

from asyncio import to_thread
from hashlib import sha256
from pathlib import Path

import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

from mxinbound import MX_NETWORKS, InboundMessage, Mms, MmsNotification, MmsReport, Receiver, Sms
from mxinbound.adapters import asgi, django

INBOX = Path("inbox")
INBOX.mkdir(mode=0o700, exist_ok=True)

receiver = Receiver(networks=(*MX_NETWORKS, "127.0.0.1/32"))  # the second for a trial from this machine


async def handle(message: InboundMessage) -> None:
    name = sha256(message.key.encode()).hexdigest()  # a safe file name, the same when the gateway delivers again
    match message:
        case Sms():
            await to_thread((INBOX / f"{name}.txt").write_text, message.text, encoding="utf-8")
        case Mms():
            await to_thread((INBOX / f"{name}.zip").write_bytes, message.archive.raw)
        case MmsNotification() | MmsReport():
            print(message.key)


urlpatterns = [path("view", django.endpoint(receiver, handle))]
settings.configure(ROOT_URLCONF=__name__)
project, push = get_asgi_application(), asgi.endpoint(receiver, handle)


async def application(scope, receive, send):
    # Django takes in a whole body before it asks any view. In front of it a stranger is refused unread.
    await (push if scope.get("path") == "/in" else project)(scope, receive, send)


if __name__ == "__main__":
    uvicorn.run(application, access_log=False, proxy_headers=False)
