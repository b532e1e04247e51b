"""What a body of 16 MiB takes in memory: the highest resident size while it is received, above the one before.

The chunks come from a file, 64 KiB at a time, so nobody else holds them. A message of 30 kB came before, so that what
is imported and allocated once is there. Each time is in a process whose heap has held nothing large before.
"""

import asyncio
import hashlib
import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import payloads
from benchmarks.harness import Row, memory
from mxinbound import Mms, parse, testing
from mxinbound.adapters import asgi


def rows() -> Iterator[Row]:
    about = {
        "path": "multipart of 16 MiB → Mms, memory",
        "against": "the spool on the disk",
        "target": 2,
        "unit": " MiB",
    }
    if memory("VmRSS") is None:
        yield Row(**about, note="needs /proc")
        return
    with tempfile.TemporaryDirectory() as folder:
        small, large = payloads.mms(1, 30_000)[0], payloads.mms(1, 16 << 20)[0]
        for name, push in (("small", small), ("large", large)):
            Path(folder, name).write_bytes(push.body)
        digest = hashlib.sha256(large.archive or b"").digest()
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as fresh:
            peaks = [fresh.submit(peak_above_start, Path(folder), digest).result() for _ in range(5)]
    yield Row.of(peaks, **about)


def peak_above_start(folder: Path, digest: bytes) -> float:
    """The highest resident size while the large body is received, above the one before, in MiB."""
    message = received(folder / "small")
    Path("/proc/self/clear_refs").write_text("5")  # the highest size begins anew
    start = memory("VmRSS")
    message = received(folder / "large")
    peak = memory("VmHWM")
    assert isinstance(message, Mms)
    assert hashlib.sha256(message.archive.raw).digest() == digest
    assert start is not None
    assert peak is not None
    return peak - start


def received(path: Path) -> Any:
    scope, _ = testing.mms().for_asgi()
    kept = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
    scope["headers"] = [*kept, (b"content-length", str(path.stat().st_size).encode())]
    with path.open("rb", buffering=0) as file:

        async def receive() -> dict[str, Any]:
            chunk = file.read(64 * 1024)
            return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

        return parse(asyncio.run(asgi.read(scope, receive)))
