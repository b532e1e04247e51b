"""What the worst archives cost: opened and read to the end, each takes less than 2 MiB beside what is handed out.

Measured in a process of its own, from outside as the system counts pages and from inside as Python counts blocks.
"""

import json
import os
import random
import subprocess
import sys
from functools import partial
from itertools import product

import pytest
from mms.zipping import Entry, MiB, build, deflated, deflated_zeros, extra_field

KiB = 1024
UTF8 = 1 << 11
ALLOWED = 2 * MiB

# A fork has the peak of what it has touched itself, whereas a new process begins with the peak of the one that made it.
MEASURE = """
import json, os, resource, sys, tracemalloc
from mxinbound import ContentError, MmsArchive

class Hoarder:
    content_type, filename, slides, size = "", "", (), 0
    parts = property(lambda self: [self])
    def read(self): return b"x" * (3 << 20)
    def iter_bytes(self): return [self.read()]

def opened(path):
    return Hoarder() if path == "hoarder" else MmsArchive.open(path)

def attempt(read):
    try:
        read()
    except ContentError:
        pass

def use(path):
    try:
        archive = opened(path)
    except ContentError:
        return None
    for part in archive.parts:
        part.content_type, part.filename
    archive.slides
    for part in archive.parts:
        attempt(lambda: all(part.iter_bytes()))
    return archive

def read_beside(archive):
    most = 0
    for part in archive.parts if archive else ():
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        attempt(part.read)
        most = max(most, tracemalloc.get_traced_memory()[1] - before - part.size)
    return most

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def measured(path, harmless):
    use(harmless)
    before = pages()
    use(path)
    grown = pages() - before
    tracemalloc.start()
    use(harmless)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    archive = use(path)
    peak = tracemalloc.get_traced_memory()[1] - held
    return {"pages": grown, "blocks": peak, "beside": read_beside(archive)}

harmless, *paths = sys.argv[1:]
for path in paths:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        print(json.dumps(measured(path, harmless)))
        sys.stdout.flush()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0, path
"""

MANIFEST_BYTES = SMIL_BYTES = 256 * KiB
# Wide, so that each character of the text takes four bytes.
ASTRAL = "\U0001f600".encode()


def listed(*parts, manifest=b"a=text/plain\n"):
    return build([Entry(b"manifest", manifest), *(parts or [Entry(b"a", b"data")])])


def manifest_of(line, first=ASTRAL + b"=image/gif\n"):
    """A manifest as large as is allowed: one line again and again, which may have its number in it."""
    lines = (line % number if b"%" in line else line for number in range(MANIFEST_BYTES))
    data = bytearray(first)
    for each in lines:
        if len(data) + len(each) > MANIFEST_BYTES:
            break
        data += each
    return partial(listed, manifest=bytes(data).ljust(MANIFEST_BYTES))


def smil_of(body, start=b"<smil>" + ASTRAL, end=b"</smil>"):
    """A SMIL as large as is allowed: the body again and again."""
    times = (SMIL_BYTES - len(start) - len(end)) // len(body)
    return show(start + body * times + end)


def show(smil):
    return partial(listed, Entry(b"show", smil), Entry(b"a.txt", b"data"), manifest=b"show=application/smil")


def bits(*fields):
    """Fields of a deflated stream, each a string of bits in the order in which they are read."""
    stream = "".join(fields)
    return bytes(int(stream[at : at + 8][::-1].ljust(1, "0"), 2) for at in range(0, len(stream), 8))


# Blocks of nothing, by how they are compressed; the last with a table of its own that has one code, for the end.
NOTHING = {
    "stored": b"\0\0\0\xff\xff",
    "fixed": bits(("0" + "10" + "0000000") * 4),
    "dynamic": bits(
        (
            ("0" + "01" + "00000" + "00000" + "0111")
            + ("000" * 2 + "100" + "010" + "000" * 13 + "010")
            + ("0" + "1111111" + "0" + "1101011" + "11" + "10")
            + "0"
        )
        * 8
    ),
}


def of_nothing(kind):
    blocks = NOTHING[kind]
    return listed(Entry(b"a", stream=blocks * (2 * MiB // len(blocks)) + deflated(b"")))


def bomb(declared):
    return listed(Entry(b"a", stream=deflated_zeros(1024), size=declared))


def largest(**options):
    """10 MiB that shrink as far as is allowed."""
    data = random.Random(0).randbytes(60 * KiB)
    return listed(Entry(b"a", data.ljust(10 * MiB, b"\0"), **options))


def many(name, data=b"data", count=127, **options):
    names = [name % {b"n": number} for number in range(count)]
    return listed(*(Entry(each, data, flags=UTF8, **options) for each in names))


def named(unit):
    """127 names as long as is allowed."""
    return many(b"%(n)03d/" + unit * (1020 // len(unit)))


def extras(where, size):
    return many(b"%(n)d", count=8, **{where: extra_field(0x4242, b"") * (size // 4)})


HOSTILE = {
    "a bomb of 1 GiB that declares 10 bytes": partial(bomb, 10),
    "a bomb of 1 GiB that declares 10 MiB": partial(bomb, 10 * MiB),
    "10 MiB deflated": largest,
    "10 MiB stored": partial(largest, method=0),
    **{f"2 MiB of {kind} blocks of nothing": partial(of_nothing, kind) for kind in NOTHING},
    "127 parts": partial(many, b"%(n)d.txt"),
    "127 parts of 64 KiB": partial(many, b"%(n)d", bytes(64 * KiB)),
    "a manifest of short lines": manifest_of(b"%d\n"),
    "a manifest of lines of one letter": manifest_of(b"a\n"),
    "a manifest of one line": manifest_of(b"a"),
    "a manifest of long lines": manifest_of(b"a" * 8000 + b"\n"),
    "a manifest of continued lines": manifest_of(b"a\\\n"),
    "a manifest of short continued lines": manifest_of(b"a\\\nb\n"),
    "a manifest of backslashes": manifest_of(b"\\"),
    "a manifest of comments": manifest_of(b"#\n"),
    "a manifest of one comment": manifest_of(b"#"),
    "a manifest of blank lines": manifest_of(b"\n"),
    "a manifest of blanks": manifest_of(b" "),
    "a manifest of escapes": manifest_of(rb"\u00e9"),
    "a manifest of lines of escapes": manifest_of(rb"\u0300" * 1000 + b"%d\n"),
    "a manifest of combining characters": manifest_of("\u0300\u0316".encode() * 1900 + b"%d\n"),
    "a manifest of parameters": manifest_of(b"a=text/plain" + b";b=c" * 1900 + b"\n"),
    "a manifest of open quotes": manifest_of(b'a=text/plain;b="' + b"\\" * 7900 + b"\n"),
    "a manifest in UTF-16": partial(listed, manifest=b"\xff\xfe" + b"\x3d\xd8\0\xde" * (MANIFEST_BYTES // 4 - 1)),
    "a manifest of case variants": partial(
        listed,
        *(Entry(b"a" * 20 + b"%d" % number, b"data") for number in range(100)),
        manifest=b"".join(
            bytes(letters) + b"%d\n" % (number % 100)
            for number, letters in zip(range(9000), product(b"aA", repeat=20), strict=False)
        ),
    ),
    "a SMIL of elements": smil_of(b"<a/>"),
    "a SMIL of pictures": smil_of(b'<img src="%"/>'),
    "a SMIL of nested elements": smil_of(b"<a>"),
    "a SMIL of one start tag": smil_of(b' a=""', b"<smil", b"/>"),
    "a SMIL of one start tag with 30,000 attributes": show(
        b"<smil" + b"".join(b" a%d=''" % number for number in range(26_000)) + b"/>"
    ),
    "a SMIL of tags with many attributes": smil_of(
        b"<img src='a'" + b"".join(b" a%d=''" % number for number in range(2000)) + b"/>"
    ),
    "a SMIL of one value": smil_of(b"x", b"<smil><img src='", b"'/></smil>"),
    "a SMIL of long sources": smil_of(b"<img src='" + b"x" * 30_000 + b"'/>"),
    "a SMIL of long sources of combining characters": smil_of(b"<img src='" + "\u0300\u0316".encode() * 7500 + b"'/>"),
    "a SMIL of long sources of percents": smil_of(b"<img src='" + b"%cc%80" * 5000 + b"'/>"),
    "a SMIL of one comment": smil_of(b"x", b"<smil><!--", b"--></smil>"),
    "a SMIL of comments": smil_of(b"<!---->"),
    "a SMIL of one instruction": smil_of(b"x", b"<smil><?", b"?></smil>"),
    "a SMIL of text": smil_of(ASTRAL),
    "a SMIL of references": smil_of(b"&#128512;"),
    "a SMIL of entities": smil_of(b"&a;", b'<!DOCTYPE smil PUBLIC "a" "b"><smil>'),
    "a SMIL of blanks": smil_of(b"\n"),
    "a SMIL of a document type": smil_of(b"x", b'<!DOCTYPE smil PUBLIC "', b'" "b"><smil/>'),
    "a SMIL in UTF-16": smil_of(b"<\0a\0/\0>\0", "\ufeff<smil>\U0001f600".encode("utf-16-le"), b""),
    "a SMIL of NULs": smil_of(b"\0"),
    "extra fields of 64 KiB": partial(extras, "local_extra", 65_532),
    "extra fields of 64 KiB in the directory": partial(extras, "extra", 65_532),
    "nothing but end records": partial(bytes, b"PK\5\6" * 20_000),
    "a part of end records": partial(build, [Entry(b"a", b"PK\5\6" * 16_000, method=0)]),
    "10 MiB of signatures of descriptors": partial(
        build, [Entry(b"a", b"PK\7\x08" * (10 * MiB // 4), method=0, descriptor=16)]
    ),
    "names of combining characters": partial(named, "\u0300\u0316".encode()),
    "names of wide characters": partial(named, ASTRAL),
    "names of folders": partial(named, b"/d"),
    "names that make one file name": partial(many, b"%(n)d/" + "\u0300\u0316".encode() * 60 + b".jpg"),
}


@pytest.fixture(scope="module", params=["", "1"], ids=["isal", "zlib"])
def costs(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    paths = [folder / str(number) for number in range(len(HOSTILE))]
    for path, make in zip(paths, HOSTILE.values(), strict=True):
        path.write_bytes(make())
    harmless = folder / "harmless"
    harmless.write_bytes(show("<smil><par><img src='å.txt'/></par></smil>".encode())())
    command = [sys.executable, "-c", MEASURE, harmless, *paths, "hoarder"]
    environment = {**os.environ, "MXINBOUND_NO_ISAL": request.param}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip([*HOSTILE, "hoarder"], found, strict=True))


@pytest.mark.parametrize("name", HOSTILE)
class TestTheWorstArchives:
    def test_the_process_hardly_grows(self, name, costs):
        assert costs[name]["pages"] < ALLOWED

    def test_little_is_allocated(self, name, costs):
        assert costs[name]["blocks"] < ALLOWED

    def test_little_beside_what_is_read_whole(self, name, costs):
        assert costs[name]["beside"] < ALLOWED


def test_what_takes_more_is_noticed(costs):
    assert costs["hoarder"]["pages"] >= 3 * MiB
    assert costs["hoarder"]["blocks"] >= 3 * MiB
    assert costs["hoarder"]["beside"] >= 3 * MiB
