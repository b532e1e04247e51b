"""From a zip to its parts: opened with all checks and listed, and read whole.

`zipfile` does what it can: it trusts the directory and checks each CRC. What we do beyond that, the manifest and the
types of the parts included, is in our time. The zips are of bytes that hardly shrink, as pictures are. `[fast]` is the
same with isal in sight, which that extra installs and our reader picks; `zipfile` stays with zlib.
"""

import io
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from importlib import util

from benchmarks.harness import Contest, Row
from benchmarks.multipart import SIZES
from benchmarks.payloads import zips
from mxinbound import MmsArchive

WITH_ZLIB = {"deflated": 1.0, "stored": 1.1}
WITH_ISAL = {"deflated": 0.8, "stored": 0.7}


def ours_listed(data: bytes) -> list[tuple[str, int]]:
    return [(part.name, part.size) for part in MmsArchive.open(data).parts]


def listed_with_zipfile(data: bytes) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.infolist()


def ours_read(data: bytes) -> list[bytes]:
    return [part.read() for part in MmsArchive.open(data).parts]


def read_with_zipfile(data: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(entry) for entry in archive.infolist()]


def contests(targets: dict[str, float] = WITH_ZLIB, note: str = "") -> Iterator[Contest]:
    """The first entry is the manifest, which is no part for us."""
    if targets is WITH_ZLIB:
        tells = (list, lambda entries: [(entry.filename, entry.file_size) for entry in entries[1:]])
        path, against = "open the zip of an MMS and list its parts", "zipfile.ZipFile + infolist()"
        typical = partial(zips, size=24_000, stored=False)
        yield Contest(path, against, 4.0, typical, ours_listed, listed_with_zipfile, tells)
    sizes = (("24 kB", 24_000, 128), ("220 kB", 220_000, 64), SIZES[2])
    for method, (name, size, count) in ((method, size) for method in targets for size in sizes):
        pool = partial(zips, size=size, stored=method == "stored")
        path, tells = f"open and read all parts, {method}, {name}", (list, lambda contents: contents[1:])
        yield Contest(path, "zipfile", targets[method], pool, ours_read, read_with_zipfile, tells, count, note=note)


def fast() -> Iterator[Contest | Row]:
    ours_read(zips(1, 1000, stored=False)[0])
    if "isal" in sys.modules:
        yield from contests(WITH_ISAL, note="[fast]")
        return
    why = "this version does not pick isal" if util.find_spec("isal") else "isal is not installed"
    for method, target in WITH_ISAL.items():
        yield Row(path=f"open and read all parts, {method}", against="zipfile", target=target, note=f"[fast]: {why}")
