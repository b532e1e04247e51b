"""One way to call both retrievers: what a test says to it is done by threads, by asyncio, and by trio."""

import contextlib
from functools import partial

from anyio.from_thread import start_blocking_portal

from mxinbound import AsyncRetriever, Credentials, Retriever

WAYS = ["sync", "asyncio", "trio"]

# Every character that means something in a URL, one that is two bytes, and words to recognise.
USER = "us3r/na+me@ex=ample.invalid"
PASSWORD = "pa%55ss&w?ör d#5ecret"
CREDENTIALS = Credentials(USER, PASSWORD)


class _Awaited:
    """An `AsyncRetriever` in a loop of its own, called as a `Retriever` is."""

    def __init__(self, portal, retriever):
        self._portal = portal
        self.retriever = retriever

    def __getattr__(self, name):
        method = getattr(self.retriever, name)
        return lambda *arguments, **options: self._portal.call(partial(method, *arguments, **options))


def _waiting(sleeps):
    async def sleep(seconds):
        sleeps.append(seconds)

    return sleep


@contextlib.contextmanager
def fetching(way, gateway=None, *, sleeps=None, credentials=CREDENTIALS, **options):
    """A retriever that does not sleep; what it would have slept is in `sleeps`."""
    sleeps = [] if sleeps is None else sleeps
    if gateway is not None:
        options = {"endpoint": gateway.url, "allow_insecure_http": True} | options
    if way == "sync":
        with Retriever(credentials, sleep=sleeps.append, **options) as retriever:
            yield retriever
        return
    with start_blocking_portal(way) as portal:
        retriever = AsyncRetriever(credentials, sleep=_waiting(sleeps), **options)
        try:
            yield _Awaited(portal, retriever)
        finally:
            portal.call(retriever.aclose)
