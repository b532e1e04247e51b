"""Run in a process of its own: fetch under the eyes of everybody who records requests, and print what they saw.

    python leaking.py sync|asyncio|trio

Prints JSON: for each outcome, by each way to the gateway, the text that each observer has, and what the gateway got.
"""

import contextlib
import errno
import json
import logging
import pickle
import sys
from traceback import TracebackException

import anyio
import sentry_sdk
from attrs import asdict, define, evolve, field
from retrieval import gateway as answers
from retrieval.fetching import CREDENTIALS
from retrieval.gateway import ARCHIVE, Gateway, Proxy
from retrieval.outcomes import AUTHORITY, DECLARED, ONCE, OUTCOMES, Outcome, nobody
from sentry_sdk.scrubber import EventScrubber
from sentry_sdk.transport import Transport

from mxinbound import AsyncRetriever, RetrievalError, Retriever
from mxinbound.retrieval.transport import httpx

# This observer is made for httpx, and sees nothing of what its continuation does.
INSTRUMENTED = httpx.__name__ == "httpx"
if INSTRUMENTED:
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    SPANS = InMemorySpanExporter()

#: What every observer sees, or it is none.
ID = "4172212931"

PATIENCE = 0.3

ENVELOPES = []


class Collecting(logging.Handler):
    """Keeps all that a record could show."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.records = []

    def emit(self, record):
        self.records.append((record.levelno, record.name, f"{self.format(record)} {record.__dict__!r}"))


class Keeping(Transport):
    """Sends nothing, and keeps it."""

    def capture_envelope(self, envelope):
        ENVELOPES.append(envelope.serialize().decode("utf-8", "replace"))


LOG = Collecting()


def watch():
    logging.getLogger().addHandler(LOG)
    logging.getLogger().setLevel(logging.DEBUG)
    if INSTRUMENTED:
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(SPANS))
        HTTPXClientInstrumentor().instrument(tracer_provider=provider)
    sentry_sdk.init(
        dsn="http://public@127.0.0.1:9/1",
        transport=Keeping,
        send_default_pii=True,
        include_local_variables=True,
        attach_stacktrace=True,
        traces_sample_rate=1.0,
        event_scrubber=EventScrubber(denylist=[], pii_denylist=[]),
    )


@define(repr=False)
class Seen:
    """What one retrieval came to in the eyes of each observer."""

    error: str | None = None
    chain: list[str] = field(factory=list)
    observers: dict[str, str] = field(factory=dict)
    loud: list[str] = field(factory=list)
    requests: list[list[list[str]]] = field(factory=list)
    others: int = 0


class FullDisk:
    """Where the bytes of an archive cannot be put."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, chunk):
        raise OSError(errno.ENOSPC, "No space left on device")


CANCELLED = Outcome("cancelled before the head", answers.hang(), TimeoutError, "", None)
FULL = Outcome("a full disk", answers.archive(), OSError, "", 200)
OTHERS = [
    Outcome("all is well", answers.archive(), None, "", 200),
    FULL,
    CANCELLED,
    evolve(CANCELLED, name="cancelled within the body", answer=answers.hang(DECLARED + ARCHIVE[:30]), status=200),
]
#: What httpx does by itself: every observer must see it all.
CONTROL = Outcome("httpx by itself", answers.page(500), httpx.HTTPStatusError, "", 500)
REDIRECTED = Outcome("a redirect to another host", None, RetrievalError, "", 302)


def prepared(retriever, outcome):
    if outcome is FULL:
        retriever._in_memory = FullDisk
    return retriever


def fetch_plainly(outcome, endpoint, options):
    if outcome is CONTROL:
        with httpx.Client(transport=options["transport"]) as client:
            client.get(f"{endpoint}?{CREDENTIALS._query.decode()}&id={ID}").raise_for_status()
    with Retriever(CREDENTIALS, endpoint=endpoint, **options) as retriever:
        prepared(retriever, outcome).retrieve(ID)


async def fetch_awaiting(outcome, endpoint, options):
    if outcome is CONTROL:
        async with httpx.AsyncClient(transport=options["transport"]) as client:
            (await client.get(f"{endpoint}?{CREDENTIALS._query.decode()}&id={ID}")).raise_for_status()
    async with AsyncRetriever(CREDENTIALS, endpoint=endpoint, **options) as retriever:
        with anyio.fail_after(PATIENCE if outcome.error is TimeoutError else 30):
            await prepared(retriever, outcome).retrieve(ID)


def fetch(way, *arguments):
    if way == "sync":
        fetch_plainly(*arguments)
    else:
        anyio.run(fetch_awaiting, *arguments, backend=way)


def text_of(error):
    """All that an exception has to show, of itself and its attributes."""
    attributes = [repr(getattr(error, name, None)) for name in dir(error) if not name.startswith("__")]
    pickled = b""
    with contextlib.suppress(TypeError):  # those of httpx are not pickled
        pickled = pickle.dumps(error)
    shown = [str(error), repr(error), repr(error.args), repr(vars(error)), pickled.decode("latin-1"), *attributes]
    request = getattr(error, "_request", None)
    return "\n".join([*shown, str(request and request.url)])


def watched(way, outcome, gateway, endpoint, options):
    if INSTRUMENTED:
        SPANS.clear()
    ENVELOPES.clear()
    LOG.records.clear()
    seen = Seen()
    with sentry_sdk.isolation_scope(), sentry_sdk.start_transaction(name="a retrieval"):
        try:
            fetch(way, outcome, endpoint, options)
        except (Exception, KeyboardInterrupt) as error:
            seen.error = type(error).__name__
            seen.chain = [repr(each) for each in (error.__cause__, error.__context__) if each]
            seen.observers["exception"] = text_of(error)
            shown = TracebackException.from_exception(error, capture_locals=True)
            seen.observers["traceback"] = "".join(shown.format(chain=True))
            sentry_sdk.capture_exception(error)
        else:
            sentry_sdk.capture_message("all is well")
    seen.observers["log at INFO"] = "\n".join(text for level, _, text in LOG.records if level >= logging.INFO)
    seen.observers["log at DEBUG"] = "\n".join(text for *_, text in LOG.records)
    seen.loud = [f"{name}: {text}" for _, name, text in LOG.records]
    if INSTRUMENTED:
        seen.observers["opentelemetry"] = "\n".join(span.to_json() for span in SPANS.get_finished_spans())
    seen.observers["sentry"] = "\n".join(ENVELOPES)
    seen.requests = [[list(pair) for pair in each.query] for each in gateway.requests]
    return seen


def of_httpx(way, **options):
    kind = httpx.HTTPTransport if way == "sync" else httpx.AsyncHTTPTransport
    return kind(verify=AUTHORITY.client, **options)


def options_for(way, outcome, transport):
    options = {"transport": transport, "retry": ONCE, "allow_insecure_http": True} | outcome.options
    # Long enough for the request to arrive, however busy the machine is.
    return options | {"timeout": PATIENCE} if "timeout" in options else options


def directly(way, outcome):
    with outcome.gateway() as (gateway, endpoint):
        return watched(way, outcome, gateway, endpoint, options_for(way, outcome, of_httpx(way)))


def by_proxy(way, outcome):
    secured = evolve(outcome, secured_by=outcome.secured_by or AUTHORITY)
    with Proxy() as proxy:
        with secured.gateway() as (gateway, endpoint), nobody() as port:
            options = options_for(way, outcome, of_httpx(way, proxy=proxy.url))
            nowhere = f"https://127.0.0.1:{port}/RetrieveMMS"
            seen = watched(way, outcome, gateway, endpoint if outcome.answer else nowhere, options)
        seen.observers["proxy"] = proxy.seen.decode("latin-1")
    return seen


def to_another_host(way, route):
    with Gateway.of(answers.archive()) as other:
        outcome = evolve(REDIRECTED, answer=answers.redirect(f"http://localhost:{other.port}/RetrieveMMS?id={ID}"))
        seen = route(way, outcome)
        seen.others = other.connections
    return seen


def main(way):
    watch()
    found = {}
    for name, route in {"directly": directly, "by proxy": by_proxy}.items():
        for outcome in [*OUTCOMES, *OTHERS, CONTROL]:
            if way == "sync" and outcome.error is TimeoutError:
                continue
            found[f"{outcome.name}, {name}"] = route(way, outcome)
        found[f"{REDIRECTED.name}, {name}"] = to_another_host(way, route)
    json.dump({name: asdict(seen) for name, seen in found.items()}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
