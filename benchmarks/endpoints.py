"""A whole endpoint on a real server, under `wrk`: 16 connections, 64 distinct pushes, one worker.

Against it stands a bare application on the same server that gives the same answer to anything; for the 300 kB MMS, one
that drains the body first. Both servers run all the time and are loaded in turns, a second each. Requests per second
are as good as the machine is quiet: the processor time of the server per request, which the note has, says more.
gunicorn runs its default worker, which takes a connection for each request.
"""

import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks import payloads
from benchmarks.harness import Row
from benchmarks.servers import Server, missing, serving
from mxinbound.testing.pushes import Push

ROUNDS = 6
COUNT = 64
Pairs = list[tuple[float, float]]
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
        for name, pushes, server, ours, theirs, target, p99 in (
            ("ASGI endpoint, SMS", sms, "uvicorn (h11)", "endpoint", "bare", 0.9, 1.5),
            ("ASGI endpoint, SMS", sms, "uvicorn (httptools, uvloop)", "endpoint", "bare", 0.7, 1.5),
            ("ASGI endpoint, SMS", sms, "granian", "endpoint", "bare", 0.6, 1.5),
            ("WSGI endpoint, SMS", sms, "gunicorn", "wsgi_endpoint", "wsgi_bare", 0.92, None),
            ("ASGI endpoint, 300 kB MMS", mms, "uvicorn (h11)", "endpoint", "draining", 0.75, None),
        ):
            path, against = f"{name}, {server}", f"{theirs.removeprefix('wsgi_')} application"
            rate = {"path": path, "against": f"{against}, requests/s", "target": target, "at_least": True}
            if lacking := missing(server):
                yield Row(**rate, note=f"needs {' and '.join(lacking)}")
                continue
            for number, push in enumerate(pushes, 1):
                Path(folder, str(number)).write_bytes(as_http(push))
            rates, slowest, cpu = measured(Path(folder), server, (ours, theirs), pushes[0])
            mine, base = (statistics.median(side) * 1e6 for side in zip(*cpu, strict=True))
            yield compared(rates, **rate, note=f"CPU per request {mine:.0f} µs by {base:.0f}, {base / mine:.2f}")
            if p99:
                yield compared(slowest, path=path, against=f"{against}, p99", target=p99)


def as_http(push: Push) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in push.headers)
    return f"{push.method} /?{push.query.decode()} HTTP/1.1\r\n{head}\r\n".encode() + push.body


def measured(folder: Path, server: str, applications: tuple[str, str], push: Push) -> list[Pairs]:
    """Pairs of requests per second, of the time in which 99 of 100 were answered, of CPU seconds per request."""
    with serving(server, applications[0]) as endpoint, serving(server, applications[1]) as bare:
        both = (endpoint, bare)
        pushed = {"method": push.method, "headers": dict(push.headers), "content": push.body}
        answers = [httpx.request(url=f"{each.url}?{push.query.decode()}", **pushed) for each in both]
        assert len({(answer.status_code, answer.headers["content-type"], answer.content) for answer in answers}) == 1
        # Only the endpoint reads what it gets.
        assert [httpx.get(f"{each.url}?id=").status_code for each in both] == [400, 200]
        rounds = [[load(folder, each) for each in both] for _ in range(1 + ROUNDS)]
    return [[(ours[which], theirs[which]) for ours, theirs in rounds[1:]] for which in range(3)]


def load(folder: Path, server: Server) -> tuple[float, float, float]:
    script = folder / "load.lua"
    script.write_text(SCRIPT)
    start = server.cpu_seconds()
    command = ["wrk", "-t1", "-c16", "-d1s", "-s", script, server.url]
    environment = os.environ | {"PUSHES": str(folder)}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    requests, microseconds, p99, failed = map(int, told.rpartition("@")[2].split())
    assert not failed, f"{failed} of {requests} requests failed"
    return requests / microseconds * 1e6, p99, (server.cpu_seconds() - start) / requests


def compared(pairs: Pairs, **about: object) -> Row:
    """The ratio of medians, with the quartiles of the ratios of the pairs."""
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    low, _, high = statistics.quantiles((a / b for a, b in pairs), n=4)
    return Row(value=ours / theirs, spread=(low, high), **about)
