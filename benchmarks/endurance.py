"""A million SMS and ten thousand MMS of 30 kB through one WSGI endpoint: does it slow down, does the process grow?

A fork keeps the process as it was after the first tenth. When everything has come, the two are timed in turns on the
same messages, so that a machine that got busier meanwhile is not taken for a library that got slower.
"""

import gc
import itertools
import multiprocessing
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

from benchmarks import payloads
from benchmarks.harness import Row, memory, paired
from benchmarks.payloads import Stream
from mxinbound import InboundMessage, Mms, Receiver
from mxinbound.adapters import wsgi

SLICES, SMS_A_SLICE, MMS_A_SLICE = 400, 2500, 25


def traffic() -> tuple[Callable[[], None], Callable[[], int]]:
    """What pushes a slice of messages, each SMS with an id of its own, and what counts those that were received."""
    texts = [push.for_wsgi() for push in payloads.sms(64)]
    pictures = [(push.for_wsgi(), push.body) for push in payloads.mms(64, 30_000)]
    ids = itertools.count(10**9)
    received = itertools.count()

    def handle(message: InboundMessage) -> None:
        next(received)
        assert message.raw
        assert not isinstance(message, Mms) or all(part.read() for part in message.archive.parts)

    application = wsgi.endpoint(Receiver(), handle)

    def push(environ: dict[str, Any], **changes: object) -> None:
        assert application(environ | changes, lambda status, _: status) == [b"OK"]

    def messages() -> None:
        for number in range(SMS_A_SLICE):
            environ = texts[number % 64]
            push(environ, QUERY_STRING=f"id={next(ids)}{environ['QUERY_STRING'][13:]}")
        for number in range(MMS_A_SLICE):
            environ, body = pictures[number % 64]
            push(environ, **{"wsgi.input": Stream(body)})

    return messages, lambda: next(received)


def rows() -> Iterator[Row]:
    messages, count = traffic()
    path = f"{SLICES * SMS_A_SLICE:,} SMS, {SLICES * MMS_A_SLICE:,} MMS"
    rate = {"path": path, "against": "rate after the first tenth", "target": 0.97, "at_least": True}
    size = {"path": f"{path}, memory", "against": "size after the first tenth", "target": 1.0, "unit": " MiB"}
    if "fork" not in multiprocessing.get_all_start_methods() or memory("VmRSS") is None:
        yield from (Row(**about, note="needs fork and /proc") for about in (rate, size))
        return
    for _ in range(SLICES // 10):
        messages()
    before = memory("VmRSS") or 0
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    young = context.Process(target=answer, args=(there, messages), daemon=True)
    young.start()
    for _ in range(SLICES - SLICES // 10):
        messages()
    assert count() == SLICES * (SMS_A_SLICE + MMS_A_SLICE)
    gc.collect()
    after = memory("VmRSS") or 0
    spent = 0.0

    def old_slice() -> None:
        nonlocal spent
        spent += seconds(messages)

    def young_slice() -> None:
        nonlocal spent
        here.send(True)
        spent += here.recv()

    # The time of the young by that of the old is the rate of the old by that of the young.
    yield Row.of(paired(young_slice, old_slice, 6, lambda: spent), **rate)
    yield Row(**size, value=after - before, note=f"of {before:.0f} MiB")


def answer(asked: Connection, run: Callable[[], object]) -> None:
    """Run it each time one is asked to, and tell how long it took."""
    while asked.recv():
        asked.send(seconds(run))


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start
