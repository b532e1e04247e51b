"""Pairs of callables, timed in turns: what both must agree on, how they are measured, how a row reads.

A ratio is ours divided by theirs, of process CPU time (that of all threads) unless a contest says otherwise. A sample
is a run of several payloads, some milliseconds at least; both sides get the same ones, in the order A B B A A B and so
on. The garbage collector runs for both, with the payloads out of its sight.
"""

import asyncio
import functools
import gc
import inspect
import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

Run = Callable[[], object]
Clock = Callable[[], float]

LEAST_PAIRS = 9
# Below this a sample is as much about the clock and the caches as about the code.
SAMPLE_SECONDS = 0.004
_STATUS = Path("/proc/self/status")


@frozen(kw_only=True)
class Row:
    """A line of the table: ours by theirs, its quartiles, and what it must not exceed, or reach if `at_least`."""

    path: str
    against: str
    value: float | None = None
    spread: tuple[float, ...] = field(default=(), converter=tuple)
    target: float
    at_least: bool = False
    unit: str = ""
    note: str = ""

    @classmethod
    def of(cls, ratios: Sequence[float], **about: Any) -> "Row":
        low, middle, high = statistics.quantiles(ratios, n=4)
        return cls(value=middle, spread=(low, high), **about)

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not run"
        value = round(self.value, 2)  # as it is printed
        return "ok" if (value >= self.target if self.at_least else value <= self.target) else "missed"

    @property
    def cells(self) -> tuple[str, ...]:
        value = "" if self.value is None else f"{self.value:.2f}{self.unit}"
        target = f"{'≥' if self.at_least else '≤'} {self.target:.2f}{self.unit}"
        spread = "-".join(f"{each:.2f}" for each in self.spread)
        return self.path, self.against, target, value, spread, self.verdict, self.note


@frozen
class Contest:
    """Two ways of doing the same job on distinct payloads, which `pool` makes; `tells` say what came of each."""

    path: str
    against: str
    target: float
    pool: Callable[[int], Sequence[Any]]
    ours: Callable[[Any], Any]
    theirs: Callable[[Any], Any]
    tells: tuple[Callable[[Any], object], Callable[[Any], object]]
    count: int = 128
    seconds: float = 1.0
    note: str = ""

    def check(self, payloads: Iterable[Any]) -> None:
        """Raise an AssertionError unless both sides make the same of every payload."""
        for payload in payloads:
            ours = self.tells[0](_result(self.ours, payload))
            theirs = self.tells[1](_result(self.theirs, payload))
            if ours != theirs:
                raise AssertionError(f"{self.path} / {self.against}: {ours!r:.500} is not {theirs!r:.500}")

    def row(self, clock: Clock = time.process_time) -> Row:
        """Check, then measure."""
        payloads = self.pool(self.count)
        self.check(payloads)
        size = 1
        while min(_seconds(_run(do, payloads, size), clock) for do in (self.ours, self.theirs)) < SAMPLE_SECONDS:
            size *= 2
        ratios = paired(_run(self.ours, payloads, size), _run(self.theirs, payloads, size), self.seconds, clock)
        return Row.of(ratios, path=self.path, against=self.against, target=self.target, note=self.note)


def paired(ours: Run, theirs: Run, seconds: float, clock: Clock = time.process_time) -> list[float]:
    """The ratios of ours to theirs, pair by pair."""
    ours(), theirs()
    gc.collect()
    gc.freeze()
    ratios: list[float] = []
    end = time.monotonic() + seconds
    while len(ratios) < LEAST_PAIRS or time.monotonic() < end:
        if len(ratios) % 2:
            below, above = _seconds(theirs, clock), _seconds(ours, clock)
        else:
            above, below = _seconds(ours, clock), _seconds(theirs, clock)
        ratios.append(above / below)
    gc.unfreeze()
    return ratios


def _seconds(run: Run, clock: Clock) -> float:
    start = clock()
    run()
    return clock() - start


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


def _result(do: Callable[[Any], Any], payload: Any) -> Any:
    return _loop().run_until_complete(do(payload)) if inspect.iscoroutinefunction(do) else do(payload)


def _run(do: Callable[[Any], Any], payloads: Sequence[Any], size: int) -> Run:
    """What does the next `size` payloads, round and round; the loop of an `async def` is entered once for all."""
    endless = itertools.cycle(payloads)

    def run() -> None:
        for payload in itertools.islice(endless, size):
            do(payload)

    async def run_async() -> None:
        for payload in itertools.islice(endless, size):
            await do(payload)

    return (lambda: _loop().run_until_complete(run_async())) if inspect.iscoroutinefunction(do) else run


def memory(name: str) -> float | None:
    """What the system says of this process, in MiB: `VmRSS` now, `VmHWM` at its highest; None where it does not."""
    if not _STATUS.exists():
        return None
    return next(int(line.split()[1]) for line in _STATUS.read_text().splitlines() if line.startswith(name)) / 1024
