"""Where a body lives: counted, in memory or in a file that nobody has to close, and looked at through windows."""

import gc
import io
import os
import subprocess
import sys
import textwrap
import threading
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxinbound import Limits, RequestTooLarge
from mxinbound.body import CHUNK_BYTES, BodyBuffer, SpooledBody, Window, _seek_and_read, read_at, size_of, whole


def buffered(*chunks, **limits):
    buffer = BodyBuffer(Limits(**limits))
    for chunk in chunks:
        buffer.write(chunk)
    return buffer


def spooled(data):
    body = buffered(data, spool_bytes=0, max_body_bytes=len(data) + 1).finish()
    assert isinstance(body, SpooledBody)
    return body


class TestTheBuffer:
    @pytest.mark.parametrize("sizes", [[10], [9, 1], [1] * 10, [0, 10, 0]], ids=str)
    def test_at_spool_bytes_the_body_is_in_memory(self, sizes):
        body = buffered(*(b"x" * size for size in sizes), spool_bytes=10).finish()
        assert body == b"x" * 10
        assert type(body) is bytes

    @pytest.mark.parametrize("sizes", [[11], [10, 1], [1] * 11, [0, 11, 0], [11, 500], [5, 500, 500]], ids=str)
    def test_one_byte_past_it_is_in_a_file(self, sizes):
        body = buffered(*(bytes([65 + n % 26]) * size for n, size in enumerate(sizes)), spool_bytes=10).finish()
        assert type(body) is SpooledBody
        assert body.read() == b"".join(bytes([65 + n % 26]) * size for n, size in enumerate(sizes))
        assert body.size == sum(sizes)

    def test_with_spool_bytes_of_zero_everything_is_in_a_file_but_nothing_at_all(self):
        assert buffered(spool_bytes=0).finish() == b""
        assert buffered(b"", spool_bytes=0).finish() == b""
        assert buffered(b"x", spool_bytes=0).finish().read() == b"x"

    @pytest.mark.parametrize("spool_bytes", [5, 100], ids=["in a file", "in memory"])
    @pytest.mark.parametrize("sizes", [[20], [19, 1], [10, 10], [1] * 20], ids=str)
    def test_at_max_body_bytes_it_is_taken(self, sizes, spool_bytes):
        body = buffered(*(b"x" * size for size in sizes), max_body_bytes=20, spool_bytes=spool_bytes).finish()
        assert whole(body).read() == b"x" * 20

    @pytest.mark.parametrize("spool_bytes", [5, 100], ids=["in a file", "in memory"])
    @pytest.mark.parametrize("sizes", [[21], [20, 1], [10, 11]], ids=str)
    def test_one_byte_past_it_is_refused_with_the_chunk_that_goes_over(self, sizes, spool_bytes):
        *fitting, last = sizes
        buffer = buffered(*(b"x" * size for size in fitting), max_body_bytes=20, spool_bytes=spool_bytes)
        with pytest.raises(RequestTooLarge) as caught:
            buffer.write(b"x" * last)
        assert str(caught.value) == "the body is larger than max_body_bytes (20 bytes)"
        assert (caught.value.limit, caught.value.allowed) == ("max_body_bytes", 20)
        buffer.__exit__()

    def test_one_chunk_in_memory_is_not_copied(self):
        chunk = b"x" * 5000
        assert buffered(chunk).finish() is chunk

    def test_bytes_that_drip_in_are_gathered(self):
        buffer = BodyBuffer(Limits(spool_bytes=1 << 20))
        data = bytes(range(256)) * 20
        for number in range(len(data)):
            buffer.write(data[number : number + 1])
        buffer.write(data)
        buffer.write(b"end")
        assert len(buffer._chunks) == 3
        assert buffer.finish() == data + data + b"end"

    @pytest.mark.parametrize("declared", [None, 0, 1 << 20])
    def test_a_body_declared_at_spool_bytes_is_kept_in_memory(self, declared):
        with BodyBuffer(Limits(spool_bytes=1 << 20), declared) as buffer:
            for _ in range(16):
                buffer.write(b"x" * 65536)
            assert buffer.finish() == b"x" * (1 << 20)

    def test_one_declared_past_it_is_written_as_it_comes(self):
        with BodyBuffer(Limits(spool_bytes=1 << 20), (1 << 20) + 1) as buffer:
            for number in range(64):
                buffer.write(bytes([number]) * 16384)
                assert sum(map(len, buffer._chunks)) < 2 * CHUNK_BYTES
            buffer.write(b"!")
            body = buffer.finish()
        assert body.read() == b"".join(bytes([number]) * 16384 for number in range(64)) + b"!"

    def test_a_body_declared_past_it_that_stays_short_is_whole(self):
        with BodyBuffer(Limits(spool_bytes=10), 11) as buffer:
            buffer.write(b"short")
            assert whole(buffer.finish()).read() == b"short"

    def test_what_is_gathered_for_a_write_is_bounded(self):
        buffer = buffered(b"x", spool_bytes=0)
        for _ in range(1000):
            buffer.write(b"y" * 5000)
            assert sum(map(len, buffer._chunks)) < 2 * CHUNK_BYTES
        assert buffer.finish().read() == b"x" + b"y" * 5_000_000

    def test_without_a_read_that_needs_no_position_there_is_one_that_does(self, monkeypatch):
        body = spooled(b"0123456789")
        monkeypatch.setattr("mxinbound.body._pread", _seek_and_read)
        assert [body.read_at(at, 3) for at in (7, 0, 9)] == [b"789", b"012", b"9"]

    @pytest.mark.skipif("not hasattr(os, 'fork')", reason="there is no fork")
    def test_a_child_and_its_parent_do_not_disturb_each_other(self):
        told = run_python(
            """
            import os
            from mxinbound import Limits
            from mxinbound.body import BodyBuffer
            with BodyBuffer(Limits(spool_bytes=0)) as buffer:
                buffer.write(bytes(range(256)) * 256)
                body = buffer.finish()
            child = os.fork()
            right = all(body.read_at(at, 1) == bytes([at % 256]) for at in range(0, 65536, 7))
            if child == 0:
                os._exit(0 if right else 1)
            print(right, os.waitpid(child, 0)[1])
            """
        )
        assert told == "True 0\n"

    def test_so_are_those_that_are_spooled(self):
        buffer = BodyBuffer(Limits(spool_bytes=3))
        for _ in range(9):
            buffer.write(b"ab")
        assert buffer.finish().read() == b"ab" * 9

    @pytest.mark.parametrize("kind", [bytearray, memoryview], ids=["bytearray", "memoryview"])
    @pytest.mark.parametrize("spool_bytes", [0, 100], ids=["in a file", "in memory"])
    def test_chunks_of_another_type_come_out_as_a_body_all_the_same(self, kind, spool_bytes):
        body = buffered(kind(b"body"), spool_bytes=spool_bytes).finish()
        assert size_of(body) == 4
        assert whole(body).read() == b"body"
        assert type(body) in {bytes, SpooledBody}

    @pytest.mark.parametrize("spool_bytes", [0, 100], ids=["in a file", "in memory"])
    def test_it_is_empty_once_it_has_handed_the_body_out(self, spool_bytes):
        buffer = buffered(b"body", spool_bytes=spool_bytes)
        body = buffer.finish()
        assert buffer.finish() == b""
        buffer.__exit__()
        assert whole(body).read() == b"body"

    def test_discard_closes_the_file(self):
        buffer = buffered(b"body", spool_bytes=0)
        file = buffer._file
        assert not file.closed
        buffer.__exit__()
        assert file.closed
        buffer.__exit__()
        assert buffer.finish() == b""

    def test_discard_forgets_what_is_in_memory(self):
        buffer = buffered(b"body")
        buffer.__exit__()
        assert buffer.finish() == b""

    @given(st.lists(st.binary(max_size=20), max_size=20), st.integers(0, 100))
    def test_chunks_come_out_as_they_went_in(self, chunks, spool_bytes):
        body = buffered(*chunks, spool_bytes=spool_bytes).finish()
        assert whole(body).read() == b"".join(chunks)
        assert isinstance(body, SpooledBody) is (sum(map(len, chunks)) > spool_bytes)


class _FullDisk(io.RawIOBase):
    """A file that takes a few bytes, in pieces, and then no more."""

    def __init__(self, room, step):
        self.room = room
        self.step = step
        self.taken = b""

    def write(self, data):
        if not self.room:
            raise OSError(28, "No space left on device")
        piece = bytes(data[: min(self.step, self.room)])
        self.room -= len(piece)
        self.taken += piece
        return len(piece)

    def fileno(self):
        return -1

    def write_pieces(self, _, pieces):
        assert 0 < len(pieces) <= 1024  # macOS has no use for none, and nobody takes more
        return self.write(b"".join(pieces))


@pytest.fixture(params=[True, False], ids=["gathered", "joined"])
def disk(request, monkeypatch):
    """Makes the file of the next body one with so much room, on a system that can gather pieces and on one that cannot."""

    def make(room, step=3):
        file = _FullDisk(room, step)
        monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: file)
        monkeypatch.setattr("os.writev", file.write_pieces, raising=False)
        monkeypatch.setattr("mxinbound.body._HAS_WRITEV", request.param)
        return file

    return make


class TestTheDisk:
    def test_a_file_that_takes_less_than_it_is_given_is_given_the_rest(self, disk):
        file = disk(room=700_000, step=1000)
        buffer = buffered(b"0123", b"456789", b"abc" * 200_000, spool_bytes=5)
        assert file.taken == b"0123456789" + b"abc" * 200_000
        buffer.__exit__()

    def test_more_pieces_than_the_system_takes_at_once(self):
        chunks = [bytes([number % 256]) * 4096 for number in range(1100)]
        body = buffered(*chunks, spool_bytes=len(chunks) * 4096 - 1).finish()
        assert isinstance(body, SpooledBody)
        assert whole(body).read() == b"".join(chunks)

    @pytest.mark.parametrize("sizes", [[4096] * 2500, [100_000]])
    def test_no_number_of_pieces_is_too_many_or_too_few(self, disk, monkeypatch, sizes):
        file = disk(room=sys.maxsize, step=5_000_000)
        monkeypatch.setattr("mxinbound.body.SpooledBody", lambda *_: file)
        chunks = [b"x" * size for size in sizes]
        assert buffered(*chunks, spool_bytes=sum(sizes) - 1).finish() is file
        assert file.taken == b"".join(chunks)
        file.close()

    @pytest.mark.parametrize("room", [0, 1, 9])
    def test_a_full_disk_is_an_os_error_and_leaves_nothing_open(self, disk, room):
        file = disk(room)
        buffer = buffered(b"0123", spool_bytes=5)
        with pytest.raises(OSError, match=r"^\[Errno 28\] No space left on device$"):
            buffer.write(b"456789")
        buffer.__exit__()
        assert file.closed

    def test_a_folder_that_cannot_be_written_is_an_os_error(self, monkeypatch):
        def refuse(**_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("tempfile.TemporaryFile", refuse)
        buffer = buffered(b"0123", spool_bytes=5)
        with pytest.raises(PermissionError):
            buffer.write(b"456789")
        buffer.__exit__()

    def test_a_real_limit_of_the_system_passes_through_and_leaves_nothing_open(self):
        pytest.importorskip("resource")
        told = run_python(
            """
            import io, resource
            from mxinbound import Limits
            from mxinbound.adapters._bodies import collect
            from mxinbound.body import BodyBuffer

            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
            buffer = BodyBuffer(Limits(spool_bytes=10))
            buffer.write(b"x" * 1000)
            buffer.write(b"x")
            try:
                buffer.finish()
            except OSError as error:
                print(type(error).__name__)
            buffer.__exit__()
            try:
                collect(io.BytesIO(b"x" * 1001).read, None, Limits(spool_bytes=10))
            except OSError as error:
                print(type(error).__name__)
            """
        )
        assert told == "OSError\nOSError\n"

    def test_without_a_free_descriptor_nothing_is_left_open_nor_said(self):
        pytest.importorskip("resource")
        told = run_python(
            """
            import gc, os, resource
            from mxinbound import Limits
            from mxinbound.body import BodyBuffer

            buffer = BodyBuffer(Limits(spool_bytes=0))
            buffer.write(b"body")
            free = os.open(os.devnull, os.O_RDONLY)
            os.close(free)
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, free))
            try:
                print(buffer.finish().read())
            except OSError:
                print(b"body")
            buffer.__exit__()
            gc.collect()
            """
        )
        assert told == "b'body'\n"


def run_python(script):
    """What a script prints, run where a warning, one at the end of the interpreter included, would be seen."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(script)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


@pytest.fixture
def nothing_warned():
    """Collects garbage after the test and finds no warning, not even one that could not be raised."""
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def is_open(descriptor):
    try:
        return bool(os.fstat(descriptor))
    except OSError:
        return False


@pytest.mark.usefixtures("nothing_warned")
class TestNobodyHasToCloseABody:
    def test_the_last_reference_closes_it(self):
        body = spooled(b"body")
        descriptor = body._descriptor
        other = body
        del body
        assert is_open(descriptor)
        del other
        gc.collect()
        assert not is_open(descriptor)

    def test_a_window_keeps_it_open(self):
        window = whole(spooled(b"body"))
        gc.collect()
        assert window.read() == b"body"

    def test_one_that_is_part_of_a_cycle_is_closed_by_the_collector(self):
        # An error holds its traceback, the traceback a frame, the frame the body: such cycles are usual.
        cycle = []
        cycle += [cycle, spooled(b"body")]
        descriptor = cycle[1]._descriptor
        del cycle
        assert is_open(descriptor)
        gc.collect()
        assert not is_open(descriptor)

    def test_one_that_an_error_holds_is_closed_by_the_collector(self):
        def fail(body):
            try:
                raise ValueError
            except ValueError as error:
                kept = [error, body]
            return len(kept)

        assert fail(spooled(b"body")) == 2
        gc.collect()

    def test_one_that_is_read_through_a_buffer_is_closed_with_it(self):
        body = spooled(b"body")
        descriptor = body._descriptor
        with io.BufferedReader(body) as reader:
            assert reader.read() == b"body"
        assert body.closed
        assert not is_open(descriptor)

    def test_one_that_is_still_there_when_the_interpreter_ends_is_closed_too(self):
        told = run_python(
            """
            from mxinbound import InboundRequest, Limits
            from mxinbound.body import BodyBuffer, whole

            def spooled():
                buffer = BodyBuffer(Limits(spool_bytes=1))
                buffer.write(b"a body")
                return buffer.finish()

            dropped = spooled()
            del dropped
            kept = spooled()
            window = whole(spooled())
            request = InboundRequest(method="POST", body=spooled())
            cycle = [spooled()]
            cycle.append(cycle)
            print(kept.read(), window.read())
            """
        )
        assert told == "b'a body' b'a body'\n"

    def test_closing_it_twice_is_fine(self):
        body = spooled(b"body")
        body.close()
        body.close()
        assert body.closed
        with pytest.raises(ValueError, match="closed file"):
            body.read()
        with pytest.raises(ValueError, match="closed file"):
            body.read_at(0, 1)


DATA = bytes(range(256)) * 8 + b"\nline\r\n\nlast"


class TestAsAFile:
    def test_it_can_be_read_and_sought_and_not_written(self):
        body = spooled(DATA)
        assert (body.readable(), body.seekable(), body.writable()) == (True, True, False)
        assert isinstance(body, io.RawIOBase)

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("read"), st.integers(-1, len(DATA) + 10)),
                st.tuples(st.just("readline"), st.integers(-1, 300)),
                st.tuples(st.just("seek"), st.integers(0, len(DATA) + 10)),
                st.tuples(st.just("seek"), st.integers(0, 20), st.just(io.SEEK_CUR)),
                st.tuples(st.just("seek"), st.integers(-len(DATA), 20), st.just(io.SEEK_END)),
                st.tuples(st.just("tell")),
                st.tuples(st.just("readall")),
            ),
            max_size=20,
        )
    )
    def test_it_does_what_a_file_in_memory_does(self, calls):
        body, model = spooled(DATA), io.BytesIO(DATA)
        for name, *arguments in calls:
            expected = getattr(model, {"readall": "read"}.get(name, name))(*arguments)
            assert getattr(body, name)(*arguments) == expected
            assert body.tell() == model.tell()

    @pytest.mark.parametrize(("offset", "whence"), [(-1, 0), (-6, 1), (-len(DATA) - 1, 2)])
    def test_there_is_nothing_before_its_start(self, offset, whence):
        body = spooled(DATA)
        body.seek(5)
        with pytest.raises(ValueError, match=r"^a seek to nowhere$"):
            body.seek(offset, whence)
        assert body.tell() == 5

    @pytest.mark.parametrize(
        "kind", [bytearray, lambda data: memoryview(bytearray(data)).cast("H")], ids=["bytes", "shorts"]
    )
    def test_it_reads_into_a_buffer(self, kind):
        body, buffer = spooled(b"0123456789"), kind(b"------")
        assert body.readinto(buffer) == 6
        assert bytes(buffer) == b"012345"
        assert body.readinto(buffer) == 4
        assert bytes(buffer) == b"678945"
        assert body.readinto(buffer) == 0
        assert body.readinto(bytearray()) == 0

    def test_its_lines_are_iterated(self):
        assert list(spooled(DATA)) == list(io.BytesIO(DATA))

    def test_a_zip_in_it_can_be_opened(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as written:
            written.writestr("a", b"a" * 100_000)
        with zipfile.ZipFile(spooled(archive.getvalue())) as read:
            assert read.read("a") == b"a" * 100_000

    @pytest.mark.parametrize(
        ("offset", "size", "found"),
        [(0, 4, b"body"), (1, 2, b"od"), (3, 9, b"y"), (4, 1, b""), (9, 1, b""), (0, 0, b""), (0, 100, b"body")],
    )
    def test_it_is_read_at_a_place_without_moving(self, offset, size, found):
        body = spooled(b"body")
        body.seek(2)
        assert body.read_at(offset, size) == found
        assert body.tell() == 2
        assert body.read() == b"dy"

    def test_threads_read_at_their_own_places(self):
        data = b"".join(n.to_bytes(4) for n in range(20_000))
        body = spooled(data)
        interval = sys.getswitchinterval()
        barrier = threading.Barrier(4)

        def odd_ones(thread):
            barrier.wait()
            return [n for n in range(thread, 20_000, 7) if body.read_at(4 * n, 4) != n.to_bytes(4)]

        sys.setswitchinterval(1e-6)
        try:
            with ThreadPoolExecutor(4) as pool:
                assert list(pool.map(odd_ones, range(4))) == [[]] * 4
        finally:
            sys.setswitchinterval(interval)
        assert body.tell() == 0


class _Stingy(io.RawIOBase):
    """A raw file that hands out fewer bytes than it is asked for, as raw files may."""

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=io.SEEK_SET):
        return self._file.seek(offset, whence)

    def readinto(self, buffer):
        data = self._file.read(min(3, len(buffer)))
        buffer[: len(data)] = data
        return len(data)


SOURCES = pytest.mark.parametrize(
    "kind", [bytes, spooled, io.BytesIO, _Stingy], ids=["bytes", "spooled", "file", "stingy file"]
)


class TestWindows:
    @SOURCES
    def test_a_source_is_measured_and_read_at_a_place(self, kind):
        source = kind(b"0123456789")
        assert size_of(source) == 10
        assert read_at(source, 2, 7) == b"2345678"
        assert read_at(source, 8, 7) == b"89"
        assert read_at(source, 10, 1) == b""

    @SOURCES
    def test_a_window_shows_its_stretch_and_no_more(self, kind):
        window = Window(kind(b"0123456789"), 2, 5)
        assert window.read() == b"23456"
        assert window.read() == b"23456"
        assert b"".join(window.chunks()) == b"23456"
        assert Window(kind(b"0123456789"), 4, 0).read() == b""

    @SOURCES
    def test_a_stretch_of_it_is_found_in_bytes_that_hold_it(self, kind):
        window = Window(kind(b"0123456789"), 2, 5)
        held, start = window.holding(1, 3)
        assert held[start : start + 3] == b"345"

    def test_what_holds_a_stretch_is_no_copy_of_what_is_in_memory(self):
        data = b"0123456789"
        assert Window(data, 2, 5).holding(1, 3)[0] is data

    @SOURCES
    @pytest.mark.parametrize("size", [1, 100, CHUNK_BYTES + 1])
    def test_a_window_on_the_whole_shows_everything(self, kind, size):
        data = (b"0123456" * (size // 7 + 1))[:size]
        window = whole(kind(data))
        assert (window.start, window.size) == (0, size)
        assert window.read() == data
        assert b"".join(window.chunks()) == data

    def test_a_spooled_body_stays_where_it_stands(self):
        body = spooled(b"0123456789")
        body.seek(3)
        assert size_of(body) == 10
        assert read_at(body, 5, 2) == b"56"
        assert whole(body).read() == b"0123456789"
        assert b"".join(whole(body).chunks()) == b"0123456789"
        assert body.tell() == 3

    def test_nothing_is_copied_before_it_is_read(self):
        data = bytes(100)
        assert whole(data).source is data
        assert whole(data).read() is data

    @pytest.mark.parametrize(
        ("kind", "size", "steps"),
        [
            (bytes, 4 * CHUNK_BYTES, [CHUNK_BYTES] * 4),
            (bytes, 4 * CHUNK_BYTES + 1, [*[CHUNK_BYTES] * 4, 1]),
            (spooled, 1, [1]),
            (spooled, CHUNK_BYTES, [CHUNK_BYTES]),
            (spooled, CHUNK_BYTES + 1, [CHUNK_BYTES, 1]),
            (io.BytesIO, CHUNK_BYTES + 1, [CHUNK_BYTES, 1]),
        ],
    )
    def test_chunks_are_the_same_wherever_the_body_is(self, kind, size, steps):
        source = kind(bytes(size + 8))
        assert list(map(len, Window(source, 4, size).chunks())) == steps

    @given(st.binary(max_size=50), st.data())
    def test_every_window_on_every_source_shows_the_same(self, data, draw):
        start = draw.draw(st.integers(0, len(data)))
        size = draw.draw(st.integers(0, len(data) - start))
        for source in (data, spooled(data + b"!"), io.BytesIO(data)):
            window = Window(source, start, size)
            assert window.read() == b"".join(window.chunks()) == data[start : start + size]

    def test_repr_shows_no_content(self):
        assert repr(Window(b"secret", 1, 5)) == "Window(start=1, size=5)"
        assert "secret" not in repr(spooled(b"secret"))
