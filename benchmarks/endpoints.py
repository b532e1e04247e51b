"""A whole endpoint on a real server, under `wrk`: 16 connections, 64 distinct pushes, one worker.

Against it stands a bare application on the same server that gives the same answer to anything; for the 300 kB MMS, one
that drains the body first. The servers run all the time and are loaded in turns, a second each. Requests per second are
as good as the machine is quiet: the processor time of the server per request, which the note has, says more. It also
tells how far the bare application gets that calls `parse_qsl` on the query and drops what it finds. gunicorn runs its
default worker, which takes a connection for each request.
"""

import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import httpx
from attrs import frozen

from benchmarks import payloads
from benchmarks.harness import Row
from benchmarks.servers import Server, missing, serving
from mxinbound.testing.pushes import Push

ROUNDS = 6
COUNT = 64
_ASGI = ("endpoint", "bare", "splitting")
_WSGI = tuple(f"wsgi_{each}" for each in _ASGI)
SCRIPT = """
local requests, at = {}, 0
function init()
  for number = 1, COUNT do
    local file = io.open(os.getenv("PUSHES") .. "/" .. number, "rb")
    requests[number] = file:read("*a")
    file:close()
  end
end
function request()
  at = at % COUNT + 1
  return requests[at]
end
function done(summary, latency)
  local failed = summary.errors
  failed = failed.connect + failed.read + failed.write + failed.status + failed.timeout
  io.write(string.format("\\n@ %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(99), failed))
end
""".replace("COUNT", str(COUNT))


def rows() -> Iterator[Row]:
    sms, mms = payloads.sms(COUNT), payloads.mms(COUNT, 300_000)
    with tempfile.TemporaryDirectory() as folder:
        for name, pushes, server, applications, target, p99 in (
            ("ASGI endpoint, SMS", sms, "uvicorn (h11)", _ASGI, 0.9, 1.5),
            ("ASGI endpoint, SMS", sms, "uvicorn (httptools, uvloop)", _ASGI, 0.7, 1.5),
            ("ASGI endpoint, SMS", sms, "granian", _ASGI, 0.6, 1.5),
            ("WSGI endpoint, SMS", sms, "gunicorn", _WSGI, 0.92, None),
            ("ASGI endpoint, 300 kB MMS", mms, "uvicorn (h11)", ("endpoint", "draining"), 0.75, None),
        ):
            path, against = f"{name}, {server}", f"{applications[1].removeprefix('wsgi_')} application"
            rate = {"path": path, "against": f"{against}, requests/s", "target": target, "at_least": True}
            if lacking := missing(server):
                yield Row(**rate, note=f"needs {' and '.join(lacking)}")
                continue
            for number, push in enumerate(pushes, 1):
                Path(folder, str(number)).write_bytes(as_http(push))
            rounds = measured(Path(folder), server, applications, pushes[0])
            yield compared(rounds, "rate", **rate, note=_note(rounds))
            if p99:
                yield compared(rounds, "p99", path=path, against=f"{against}, p99", target=p99)


def as_http(push: Push) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in push.headers)
    return f"{push.method} /?{push.query.decode()} HTTP/1.1\r\n{head}\r\n".encode() + push.body


@frozen
class Load:
    """What a second of load came to: requests per second, in which time 99 of 100 were answered, CPU per request."""

    rate: float
    p99: float
    microseconds: float


def measured(folder: Path, server: str, applications: Sequence[str], push: Push) -> list[list[Load]]:
    """Rounds in which each of the applications was loaded once: our endpoint, the bare one, and others."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(server, each)) for each in applications]
        pushed = {"method": push.method, "headers": dict(push.headers), "content": push.body}
        answers = [httpx.request(url=f"{each.url}?{push.query.decode()}", **pushed) for each in servers]
        assert len({(answer.status_code, answer.headers["content-type"], answer.content) for answer in answers}) == 1
        # Only the endpoint reads what it gets.
        statuses = [httpx.get(f"{each.url}?id=").status_code for each in servers]
        assert statuses == [400, *[200] * (len(servers) - 1)]
        return [[load(folder, each) for each in servers] for _ in range(1 + ROUNDS)][1:]


def load(folder: Path, server: Server) -> Load:
    script = folder / "load.lua"
    script.write_text(SCRIPT)
    start = server.cpu_seconds()
    command = ["wrk", "-t1", "-c16", "-d1s", "-s", script, server.url]
    environment = os.environ | {"PUSHES": str(folder)}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    requests, microseconds, p99, failed = map(int, told.rpartition("@")[2].split())
    assert not failed, f"{failed} of {requests} requests failed"
    return Load(requests / microseconds * 1e6, p99, (server.cpu_seconds() - start) / requests * 1e6)


def compared(rounds: list[list[Load]], what: str, **about: object) -> Row:
    """The ratio of medians, with the quartiles of the ratios of the pairs."""
    low, _, high = statistics.quantiles((getattr(pair[0], what) / getattr(pair[1], what) for pair in rounds), n=4)
    ours, theirs, *_ = medians(rounds, what)
    return Row(value=ours / theirs, spread=(low, high), **about)


def medians(rounds: list[list[Load]], what: str) -> list[float]:
    """The medians of one figure, application by application."""
    return [statistics.median(getattr(each, what) for each in loads) for loads in zip(*rounds, strict=True)]


def _note(rounds: list[list[Load]]) -> str:
    ours, theirs, *_ = medians(rounds, "microseconds")
    _, bare, *splitting = medians(rounds, "rate")
    note = f"CPU per request {ours:.0f} µs by {theirs:.0f}, {theirs / ours:.2f}"
    return f"{note}; `parse_qsl` and no more: {splitting[0] / bare:.2f}" if splitting else note
