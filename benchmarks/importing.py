"""What importing costs, in a fresh interpreter each time, the interpreter's own start not counted.

Both sides find the same few packages in a folder of their own: no `.pth` files, no frameworks, and none of the packages
that put another `multipart` in front. The first import of each, which compiles, is not counted either.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attr
import attrs

import mxinbound
from benchmarks.harness import Row, paired

OURS = "from mxinbound import Receiver, parse, Reply, Limits, Sms, Mms, MmsNotification, MmsReport"
THEIRS = "import attrs, multipart"
UNINVITED = {"httpx", "asyncio", "anyio", "flask", "werkzeug", "django", "starlette", "fastapi"}
TIMED = """
import sys, time
sys.path.append({folder!r})
start = time.process_time()
{statement}
print(time.process_time() - start, *sys.modules)
"""


def rows() -> Iterator[Row]:
    spent = 0.0

    def run(statement: str) -> None:
        nonlocal spent
        code = TIMED.format(folder=folder, statement=statement)
        told = subprocess.run([sys.executable, "-IS", "-c", code], check=True, capture_output=True, text=True).stdout
        seconds, *modules = told.split()
        assert not UNINVITED.intersection(modules), f"{statement} imports {UNINVITED.intersection(modules)}"
        spent += float(seconds)

    with tempfile.TemporaryDirectory() as folder:
        sources = [Path(package.__file__ or "").parent for package in (attr, attrs, mxinbound)]
        for source in (*sources, *(found for each in sys.path if (found := Path(each, "multipart.py")).is_file())):
            Path(folder, source.name).symlink_to(source)
        ratios = paired(lambda: run(OURS), lambda: run(THEIRS), 6, lambda: spent)
    yield Row.of(
        ratios, path="import what receives and parses", against=f"`{THEIRS}`", target=1.8, note="no httpx, no asyncio"
    )
