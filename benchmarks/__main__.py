"""Measures the areas one after the other, each in a process of its own, and prints one table."""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import attrs

from benchmarks.harness import Contest, Row

#: Those whose two sides run in this process, so that `--check` can show that they do the same job.
CHECKED = ("query", "multipart", "zip", "admission")
AREAS = (*CHECKED, "fast", "memory", "retrieval", "import", "growth", "endpoints", "endurance")
#: Which module and function has the entries of an area, rows or contests to be measured, if not `rows` of its own name.
ENTRIES = {area: (area, "contests") for area in CHECKED} | {"fast": ("zip", "fast"), "import": ("importing", "rows")}
HEAD = ("path", "against", "target", "ratio", "quartiles", "verdict", "note")
WIDTHS = (48, 38, 10, 9, 9, 7)
ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "explanation" / "speed.md"
FRAMEWORKS = "attrs multipart httpx flask werkzeug django starlette python-multipart pydantic"
SERVERS = "uvicorn h11 httptools uvloop granian gunicorn isal"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=AREAS, help="measure one area")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    parser.add_argument("--check", action="store_true", help="measure nothing, show that both sides do the same job")
    parser.add_argument("--area", choices=AREAS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write is for all areas")
    if options.area != "fast":
        sys.modules["isal"] = None  # type: ignore[assignment]  # out of sight
    if options.area:
        for entry in entries(options.area):
            print(json.dumps(attrs.asdict(entry.row() if isinstance(entry, Contest) else entry)), flush=True)
        return
    if options.check:
        for contest in (entry for area in CHECKED for entry in entries(area)):
            contest.check(contest.pool(2))
            print(f"the same job: {contest.path} / {contest.against}")
        return
    print(line(HEAD))
    rows = [row for area in ([options.only] if options.only else AREAS) for row in measured(area)]
    verdicts = [row.verdict for row in rows]
    print(", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in ("ok", "missed", "not run")))
    if options.write:
        write(rows)


def entries(area: str) -> Iterator[Any]:
    module, name = ENTRIES.get(area, (area, "rows"))
    found: Iterator[Any] = getattr(import_module(f"benchmarks.{module}"), name)()
    return found


def measured(area: str) -> Iterator[Row]:
    """The rows of an area, printed as they come."""
    command = [sys.executable, "-m", "benchmarks", "--area", area]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        for text in process.stdout:
            row = Row(**json.loads(text))
            print(line(row.cells), flush=True)
            yield row
    if process.returncode:
        raise SystemExit(f"the area {area} failed")


def line(cells: tuple[str, ...]) -> str:
    sized = [f"{cell:{width}}" for cell, width in zip(cells, WIDTHS, strict=False)]
    return "  ".join([*sized, cells[-1]]).rstrip()


def write(rows: list[Row]) -> None:
    """Put the table between the markers of the page."""
    table = [HEAD, ("---",) * len(HEAD), *([cell.replace("|", "\\|") for cell in row.cells] for row in rows)]
    lines = [about(), "", *(f"| {' | '.join(cells)} |" for cells in table)]
    before, start, rest = PAGE.read_text().partition("<!-- table -->\n")
    _, end, after = rest.partition("<!-- end of table -->\n")
    PAGE.write_text(before + start + "\n".join(lines) + "\n" + end + after)


def about() -> str:
    """What was measured, with what, on what."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in f"{FRAMEWORKS} {SERVERS}".split())
    info = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*:\s*(.*)$", info.read_text(), re.MULTILINE) if info.exists() else None
    return (
        f"mxinbound {metadata.version('mxinbound')} on {platform.python_implementation()} {platform.python_version()},"
        f" {platform.system()} {platform.machine()}, {os.cpu_count()} cores,"
        f" {named[1] if named else platform.processor()}, with {versions}."
    )


if __name__ == "__main__":
    main()
