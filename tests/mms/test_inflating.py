"""What inflates: zlib, or ISA-L in its place, by the same rules."""

import random
import sys
import zlib
from importlib import import_module

import pytest
from mms.conftest import LIBRARIES
from mms.zipping import Entry, build, deflated

from mxinbound import MalformedContent, MmsArchive
from mxinbound.mms import inflating

# What a stream makes whose code for literals leaves sequences of bits over that mean nothing, and do not occur in it.
MADE = bytes(16)
INCOMPLETE = bytes.fromhex("05c181000000000100ffd500000000000020")


def chosen():
    return inflating._library.__wrapped__().__name__


class TestTheChoice:
    def test_it_is_isal_where_that_is_installed(self, monkeypatch):
        monkeypatch.delenv("MXINBOUND_NO_ISAL", raising=False)
        assert chosen() == "isal.isal_zlib"

    @pytest.mark.parametrize(("value", "expected"), [("1", "zlib"), ("", "isal.isal_zlib")])
    def test_the_environment_may_forbid_it(self, value, expected, monkeypatch):
        monkeypatch.setenv("MXINBOUND_NO_ISAL", value)
        assert chosen() == expected

    def test_it_is_zlib_where_it_is_not(self, monkeypatch):
        monkeypatch.delenv("MXINBOUND_NO_ISAL", raising=False)
        monkeypatch.setitem(sys.modules, "isal", None)
        assert chosen() == "zlib"


def spoiled_stream(number):
    """A deflated stream and what it was made of, the stream mostly spoiled in one place, and the size sometimes."""
    dice = random.Random(number)
    size = dice.choice((0, 1, 50, 700))
    data = dice.choice(
        (dice.randbytes(size), b"ab" * size, bytes(map(min, dice.randbytes(size), dice.randbytes(size))))
    )
    compressor = zlib.compressobj(dice.choice((0, 1, 9)), zlib.DEFLATED, -15, 9, dice.choice((0, 2, 3, 4)))
    stream = bytearray(compressor.compress(data) + compressor.flush())
    what = dice.randrange(5)
    if what < 2:
        stream[dice.randrange(len(stream))] ^= 1 << dice.randrange(8)
    elif what == 2:
        stream += dice.randbytes(dice.randrange(1, 20))
    elif what == 3:
        del stream[dice.randrange(len(stream)) :]
    return data, bytes(stream), max(0, len(data) + dice.choice((0, 0, 0, -1, 1)))


def outcome(read):
    try:
        return read()
    except MalformedContent as error:
        assert error.stage == "read"
        return None


def outcomes(number):
    """What each library reads in each way; None for damage."""
    data, stream, size = spoiled_stream(number)
    part = MmsArchive.open(build([Entry(b"a", data, stream=stream, size=size)]))["a"]
    yield outcome(part.read)
    for step in (1, 3, 100, 65_536):
        yield outcome(lambda step=step: b"".join(part.iter_bytes(step)))


class TestBothLibraries:
    def test_they_read_the_same_of_what_is_spoiled(self, monkeypatch):
        found = {}
        for name in LIBRARIES:
            library = import_module(name)
            monkeypatch.setattr(inflating, "_library", lambda library=library: library)
            found[name] = [set(outcomes(number)) for number in range(1000)]
        first, second = found.values()
        assert first == second
        assert {len(each) for each in first} == {1}  # the same in each way
        read = sum(None not in each for each in first)
        assert 100 < read < 500  # both outcomes are tried

    def test_a_code_that_is_not_complete_is_damage_to_zlib_alone(self, library):
        part = MmsArchive.open(build([Entry(b"a", MADE, stream=INCOMPLETE)]))["a"]
        expected = None if library is zlib else MADE
        assert outcome(part.read) == expected
        assert outcome(lambda: b"".join(part.iter_bytes(10))) == expected

    def test_what_such_a_code_makes_is_checked_all_the_same(self, library):
        for lie in ({"size": 15}, {"size": 17}, {"crc": 1}):
            part = MmsArchive.open(build([Entry(b"a", MADE, stream=INCOMPLETE, **lie)]))["a"]
            assert outcome(part.read) is None
            assert outcome(lambda part=part: list(part.iter_bytes(10))) is None

    @pytest.mark.parametrize("size", [500_000, 524_288, 524_289, 1_000_000])
    def test_a_large_part_is_read_whole(self, library, size):
        data = random.Random(size).randbytes(size // 2) + bytes(size - size // 2)
        for method in (0, 8):
            part = MmsArchive.open(build([Entry(b"a", data, method=method)]))["a"]
            assert part.read() == data

    @pytest.mark.parametrize("more", [b"\0", b"PK"])
    def test_what_follows_the_end_of_a_large_one_is_damage(self, library, more):
        data = random.Random(0).randbytes(600_000)
        part = MmsArchive.open(build([Entry(b"a", data, stream=deflated(data) + more)]))["a"]
        with pytest.raises(MalformedContent, match=r"^'a': something follows the end of the deflated data$"):
            part.read()
