"""Mutants of small archives, and what must be true of each.

Seeded: the same number gives the same mutant on every run. A mutant is refused with a `ContentError`, or what is read in
it is what the standard library's `zipfile` reads, but for two things that `zipfile` does not look at and one that it does.
"""

import io
import random
import zipfile
import zlib

from mms.zipping import Archive, Entry, unicode_path, zip64_field

from mxinbound import ContentError, Limits
from mxinbound.body import whole
from mxinbound.mms.container import read_entries
from mxinbound.mms.defects import Findings
from mxinbound.mms.inflating import inflate, inflate_whole

LIMITS = Limits(max_part_bytes=4096, max_total_bytes=8192, max_parts=8)
TEXT = b"A text, a text, a text, a text."
SENTINEL = 0xFFFFFFFF

BASES = [
    Archive([Entry(b"manifest", b"a.txt=text/plain\n"), Entry(b"a.txt", TEXT)]),
    Archive([Entry(b"a.txt", TEXT, method=0), Entry(b"b", b"", method=0), Entry(b"c/", b"", method=0)]),
    Archive(
        [Entry(b"a.txt", TEXT, descriptor=16), Entry(b"b", b"", descriptor=16), Entry(b"c", b"PK\3\4" * 4, method=0)]
    ),
    Archive(
        [Entry(b"a", TEXT, descriptor=12), Entry(b"b", TEXT, descriptor=24), Entry(b"c", TEXT, method=0, descriptor=20)]
    ),
    Archive([Entry(b"a.txt", TEXT)], zip64=True),
    Archive(
        [
            Entry(
                b"a.txt",
                TEXT,
                method=0,
                extra=zip64_field(len(TEXT), len(TEXT), 0),
                local_extra=zip64_field(len(TEXT), len(TEXT)),
                local={"size": SENTINEL, "compressed_size": SENTINEL},
                central={"size": SENTINEL, "compressed_size": SENTINEL, "offset": SENTINEL},
            )
        ],
        comment=b"a comment",
    ),
    Archive([Entry("å.txt".encode(), TEXT, flags=1 << 11), Entry("ü".encode("cp437"), TEXT, method=0)]),
    Archive([Entry(b"\x81", TEXT, extra=unicode_path(b"\x81", "ü".encode()), comment=b"x")], trailing=b"\r\n"),
]

_SIGNATURES = (b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08")
_NUMBERS = (0, 1, 2, 7, 8, 16, 0x7F, 0x80, 0xFF, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, SENTINEL)


def mutant(number):
    """The mutant of that number: a base, spoiled in one to three places."""
    dice = random.Random(number)
    data = bytearray(_BUILT[number % len(_BUILT)])
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        dice.choice(_SPOILERS)(dice, data)
    return bytes(data)


def _place(dice, data):
    """Mostly somewhere in a record, where it matters, and not in the data."""
    if dice.random() < 0.7:
        starts = [at for each in _SIGNATURES if (at := data.find(each, dice.randrange(len(data) + 1))) >= 0]
        if starts:
            return min(dice.choice(starts) + dice.randrange(4, 50), len(data))
    return dice.randrange(len(data) + 1)


def _flip(dice, data):
    at = _place(dice, data)
    if at < len(data):
        data[at] ^= 1 << dice.randrange(8)


def _overwrite(dice, data):
    at, size = _place(dice, data), dice.choice((1, 2, 4, 8))
    if at + size <= len(data):
        data[at : at + size] = (dice.choice(_NUMBERS) & (256**size - 1)).to_bytes(size, "little")


def _nudge(dice, data):
    at, size = _place(dice, data), dice.choice((2, 4))
    if at + size <= len(data):
        number = int.from_bytes(data[at : at + size], "little") + dice.choice((-2, -1, 1, 2, 12, 16, 30))
        data[at : at + size] = (number & (256**size - 1)).to_bytes(size, "little")


def _drop(dice, data):
    at = _place(dice, data)
    del data[at : at + dice.choice((1, 2, 4, 12, 16, 30))]


def _insert(dice, data):
    at = _place(dice, data)
    data[at:at] = dice.choice((b"\0", b"\r\n", dice.choice(_SIGNATURES), bytes(4), bytes(12), TEXT))


def _repeat(dice, data):
    start, at = _place(dice, data), _place(dice, data)
    data[at:at] = data[start : start + dice.choice((4, 16, 22, 46, 80))]


def _cut(dice, data):
    del data[dice.randrange(len(data) + 1) :]


def _append(dice, data):
    data += dice.choice((b"\0", b"\r\n", b"x", bytes(16), bytes(17), bytes(data[-22:]), bytes(data)))


_SPOILERS = (_flip, _flip, _overwrite, _overwrite, _nudge, _nudge, _drop, _insert, _repeat, _cut, _append)
_BUILT = [base.to_bytes() for base in BASES]


def check(data):
    """Check what must be true of a mutant.

    Returns:
        Whether it was accepted.
    """
    window = whole(data)
    try:
        entries = read_entries(window, LIMITS, Findings(8))
    except ContentError as error:
        assert error.stage == "open"
        return False
    ours = [(entry, _read(window, entry)) for entry in entries.values()]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            theirs = [_or_error(archive.read, info) for info in archive.infolist() if not info.is_dir()]
    except NotImplementedError as error:
        # It looks at the version that an entry says is needed to read it, which writers set without care.
        assert "zip file version" in str(error)
        return True
    assert len(ours) == len(theirs), data.hex()
    for (entry, mine), other in zip(ours, theirs, strict=True):
        if isinstance(other, Exception):
            assert mine is None, (data.hex(), entry, other)
        else:
            assert mine == other or (mine is None and _is_unfinished(data, entry)), (data.hex(), entry, other)
    return True


def _is_unfinished(data, entry):
    """Why we refuse data that `zipfile` reads: it stops at the declared size, whether the stream has ended or not."""
    inflater = zlib.decompressobj(-15)
    made = inflater.decompress(data[entry.start : entry.start + entry.compressed_size])
    return not inflater.eof or len(made) > entry.size or bool(inflater.unused_data)


def _read(window, entry):
    """The data, None if they are damaged; the same by every way there is."""
    whole_ = _or_error(inflate_whole, window, entry)
    stepped = _or_error(lambda: b"".join(inflate(window, entry, 3)))
    if isinstance(whole_, Exception):
        assert isinstance(whole_, ContentError)
        assert whole_.stage == "read"
        assert type(stepped) is type(whole_)
        return None
    assert stepped == whole_
    return whole_


def _or_error(function, *arguments):
    try:
        return function(*arguments)
    except (
        ContentError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        zlib.error,
        EOFError,
        ValueError,
    ) as error:
        return error
