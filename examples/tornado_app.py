"""Receive pushes in Tornado.

    python examples/tornado_app.py
    curl "http://127.0.0.1:8000/in?type=6&id=1&from=447700900123&to=88600&date=2010-08-21+17:32:21+%2B0100&message=Hi"

The text is then a file in `inbox`.
"""

import asyncio
from hashlib import sha256
from pathlib import Path

from tornado.web import Application, RequestHandler, stream_request_body

from mxinbound import MX_NETWORKS, InboundMessage, InboundRequest, Mms, MxInboundError, Receiver, Reply, Sms

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
        case _:
            print(message.key)


@stream_request_body  # otherwise Tornado takes in, and takes apart, a stranger's body too
class Push(RequestHandler):
    def prepare(self):
        ours, self.chunks = self.request, []
        query, headers = ours.query.encode("latin-1"), ours.headers.get_all()
        self.push = InboundRequest(method=ours.method, query=query, headers=headers, peer=ours.remote_ip)
        if self.push.is_probe:
            self.answer(Reply.accepted())
        else:
            self.attempt(receiver.admit, self.push)

    def data_received(self, chunk):
        self.chunks.append(chunk)

    async def get(self):
        message = self.attempt(receiver.receive, self.push.with_body(b"".join(self.chunks)))
        if message:
            await asyncio.to_thread(handle, message)
            self.answer(Reply.accepted())

    post = get

    def attempt(self, step, request):
        try:
            return step(request)
        except MxInboundError as error:
            self.answer(receiver.reply_to(error))

    def answer(self, reply):
        self.set_status(reply.status)
        self.set_header("Content-Type", reply.content_type)
        self.finish(reply.body)


app = Application([("/in", Push)], log_function=lambda _: None)  # an access log would show texts and numbers


async def main():
    app.listen(8000, "127.0.0.1", max_body_size=receiver.limits.max_body_bytes)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
