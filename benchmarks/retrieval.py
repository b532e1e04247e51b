"""Fetching an MMS into a file over a connection that is kept: `Retriever.download`.

By hand it is an `httpx` stream written to a temporary file, which is flushed to the disk (fsync) and renamed, as ours
is. It does no more than that: no retries, no deadline, no cap, no look at what came, no fsync of the folder, and its
password shows in every log. The row is of processor time; the time by the clock, the disk's included, is in the note.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
from attrs import evolve

from benchmarks.harness import Contest, Row
from benchmarks.multipart import SIZES
from benchmarks.servers import serving
from mxinbound import Credentials, Retriever


def rows() -> Iterator[Row]:
    with (
        serving("uvicorn (h11)", "gateway") as server,
        tempfile.TemporaryDirectory() as folder,
        Retriever(Credentials("user", "secret"), endpoint=server.url, allow_insecure_http=True) as retriever,
        httpx.Client(headers={"Accept-Encoding": "identity"}, timeout=30) as client,
    ):
        mine, other = Path(folder, "ours.zip"), Path(folder, "theirs.zip")

        def by_us(message_id: str) -> Path:
            return retriever.download(message_id, mine)

        def by_hand(message_id: str) -> Path:
            parameters = {"user": "user", "pass": "secret", "id": message_id}
            with client.stream("GET", server.url, params=parameters) as response:
                response.raise_for_status()
                with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
                    file.writelines(response.iter_raw())
                    file.flush()
                    os.fsync(file.fileno())
            return Path(file.name).replace(other)

        for name, size, count in SIZES[1:]:
            path, against = f"retrieval of {name} to a file", "an httpx stream by hand, with fsync"
            ids, tells = partial(ids_of, size), (Path.read_bytes, Path.read_bytes)
            contest = Contest(path, against, 1.1, ids, by_us, by_hand, tells, count, seconds=2.5)
            yield evolve(contest.row(), note=f"by the clock {contest.row(time.perf_counter).value:.2f}")


def ids_of(size: int, count: int) -> list[str]:
    return [f"{size}-{number}" for number in range(count)]
