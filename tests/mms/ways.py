"""The ways of saving a file, which depend on the system and the disk: for tests to go each of them."""

import errno
import os
import subprocess
import sys
import textwrap

from mms.zipping import Entry, build

from mxinbound import MmsArchive

UTF8 = 1 << 11
LARGE = bytes(range(256)) * 2000


def no_links(*_, **__):
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


WAYS = ["nameless", "named", "named without links"]


def go(way, monkeypatch):
    """From here on files are saved this way."""
    if way.startswith("named"):
        monkeypatch.delattr(os, "O_TMPFILE")
    if way.endswith("without links"):
        monkeypatch.setattr(os, "link", no_links)


# The same for a script, and what such scripts need.
SCRIPT = """
import errno, io, os, resource, signal, sys
from pathlib import Path
sys.path[:] = {path!r}
from mms.ways import LARGE, archive_of, no_links
from mms.zipping import Entry, build
from mxinbound import MmsArchive

if {way!r}.startswith("named"):
    del os.O_TMPFILE
os.fsync = lambda _: None  # what happens to a process is independent of it, and it takes long
if {way!r}.endswith("without links"):
    os.link = no_links
folder = Path({folder!r})
"""


def start(script, way, folder):
    source = SCRIPT.format(path=sys.path, way=way, folder=str(folder)) + textwrap.dedent(script)
    return subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(script, way, folder):
    process = start(script, way, folder)
    printed = process.communicate()
    assert (process.returncode, printed[1]) == (0, "")
    return printed[0]


def archive_of(*names, data=b"data", **options):
    return MmsArchive.open(build([Entry(name.encode(), data, flags=UTF8, **options) for name in names]))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}
