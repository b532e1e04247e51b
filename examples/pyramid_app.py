"""Receive pushes in Pyramid.

    gunicorn --pythonpath examples --limit-request-line 0 pyramid_app:app
    curl "http://127.0.0.1:8000/in?type=6&id=1&from=447700900123&to=88600&date=2010-08-21+17:32:21+%2B0100&message=Hi"

The text is then a file in `inbox`. Without the limit of 0, gunicorn refuses texts of some 4,000 characters
and more.
"""

from hashlib import sha256
from pathlib import Path

from pyramid.config import Configurator
from pyramid.wsgi import wsgiapp

from mxinbound import MX_NETWORKS, InboundMessage, Mms, MmsNotification, MmsReport, Receiver, Sms
from mxinbound.adapters.wsgi import endpoint

INBOX = Path("inbox")
INBOX.mkdir(mode=0o700, exist_ok=True)

receiver = Receiver(networks=(*MX_NETWORKS, "127.0.0.1/32"))  # the second for a trial from this machine


def handle(message: InboundMessage) -> None:
    # A hash makes a safe file name, and the same one when the gateway delivers again.
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


with Configurator() as config:
    config.add_route("in", "/in")
    config.add_view(wsgiapp(endpoint(receiver, handle)), route_name="in")
    app = config.make_wsgi_app()
