"""Saving when the disk, the source or the process fails, or others save at the same time: whole files or none."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from mms.ways import LARGE, WAYS, archive_of, contents, go, no_links, run, start

from mxinbound.mms import saving


@pytest.fixture(params=WAYS, autouse=True)
def way(request, monkeypatch):
    go(request.param, monkeypatch)
    return request.param


class _Chunks:
    """Chunks that do something when the first of them has been written."""

    def __init__(self, act):
        self.act = act

    def __iter__(self):
        yield LARGE
        self.act()
        yield LARGE


class TestWhenItGoesWrong:
    def test_a_failing_source_leaves_nothing(self, tmp_path):
        def fail():
            raise KeyError("source")

        with pytest.raises(KeyError):
            saving.save(_Chunks(fail), tmp_path, ["a"])
        assert list(tmp_path.iterdir()) == []

    def test_nothing_has_the_name_before_it_is_whole(self, tmp_path):
        seen = []
        saving.save(_Chunks(lambda: seen.extend(path.name for path in tmp_path.iterdir())), tmp_path, ["a"])
        assert "a" not in seen
        assert contents(tmp_path) == {"a": LARGE * 2}

    def test_a_name_that_is_taken_meanwhile_is_not_overwritten(self, tmp_path):
        chunks = _Chunks(lambda: (tmp_path / "a").write_bytes(b"theirs"))
        assert saving.save(chunks, tmp_path, ["a", "b"]) == tmp_path / "b"
        assert contents(tmp_path) == {"a": b"theirs", "b": LARGE * 2}

    def test_a_folder_that_goes_away_meanwhile_is_an_os_error(self, tmp_path):
        folder = tmp_path / "folder"
        folder.mkdir()
        with pytest.raises(FileNotFoundError):
            saving.save(_Chunks(lambda: folder.rename(tmp_path / "moved")), folder, ["a"])
        assert not (tmp_path / "moved/a").exists()

    def test_no_free_name_is_an_error_and_leaves_nothing(self, tmp_path):
        (tmp_path / "a").write_bytes(b"theirs")
        (tmp_path / "b").write_bytes(b"theirs")
        with pytest.raises(FileExistsError):
            saving.save([b"ours"], tmp_path, ["a", "b"])
        assert contents(tmp_path) == {"a": b"theirs", "b": b"theirs"}

    def test_a_full_disk_is_an_os_error_and_leaves_what_is_whole(self, way, tmp_path):
        script = """
            archive = MmsArchive.open(build([Entry(b"a", b"one"), Entry(b"b", LARGE), Entry(b"c", b"two")]))
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
            for save in (archive.save_to, lambda folder: archive["b"].save(folder / "d")):
                try:
                    save(folder)
                except OSError as error:
                    print(errno.errorcode[error.errno])
        """
        assert run(script, way, tmp_path) == "EFBIG\nEFBIG\n"
        assert contents(tmp_path) == {"a": b"one"}

    def test_a_disk_that_fails_at_the_end_leaves_no_empty_file(self, way, tmp_path, monkeypatch):
        def fail(*_, **__):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        for name in ("fsync", "replace", "rename"):
            monkeypatch.setattr(os, name, fail)
        with pytest.raises(OSError, match="Input/output error"):
            saving.save([LARGE], tmp_path, ["a"])
        assert list(tmp_path.iterdir()) == []

    def test_one_that_cannot_rename_leaves_no_empty_file(self, way, tmp_path, monkeypatch):
        def fail(*_, **__):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        monkeypatch.setattr(os, "replace", fail)
        monkeypatch.setattr(os, "rename", fail)
        saved = None
        try:
            saved = saving.save([LARGE], tmp_path, ["a"])
        except OSError as error:
            assert error.errno == errno.EIO
        assert contents(tmp_path) == ({} if saved is None else {"a": LARGE})

    def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_before_it_returns(self, tmp_path, monkeypatch):
        synced = []

        def fsync(descriptor):
            status = os.fstat(descriptor)
            synced.append(
                (
                    stat.S_ISDIR(status.st_mode),
                    stat.S_ISDIR(status.st_mode) or status.st_size,
                    (tmp_path / "a").exists(),
                )
            )

        monkeypatch.setattr(os, "fsync", fsync)
        archive_of("a", data=LARGE).save_to(tmp_path)
        (tmp_path / "a").unlink()
        archive_of("a", data=LARGE).parts[0].save(tmp_path / "a")
        assert synced == [(False, len(LARGE), False), (True, True, True)] * 2

    def test_a_nameless_file_that_cannot_be_named_is_saved_all_the_same(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "link", no_links)
        (tmp_path / "a.txt").write_bytes(b"theirs")
        assert archive_of("a.txt", data=LARGE).save_to(tmp_path) == {"a.txt": tmp_path / "a-2.txt"}
        assert contents(tmp_path) == {"a.txt": b"theirs", "a-2.txt": LARGE}

    def test_where_folders_cannot_be_opened_it_is_saved_all_the_same(self, tmp_path, monkeypatch):
        monkeypatch.delattr(os, "O_DIRECTORY")
        assert archive_of("a", data=LARGE).save_to(tmp_path) == {"a": tmp_path / "a"}
        assert contents(tmp_path) == {"a": LARGE}

    def test_a_process_that_is_killed_leaves_whole_files_only(self, way, tmp_path):
        script = """
            class Deadly(io.BytesIO):
                def read(self, size=-1):
                    self.left -= 1
                    if self.left < 0:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return super().read(size)

            chunks = os.urandom(300_000)
            data = build([Entry(b"a", chunks, method=0), Entry(b"b", b"one"), Entry(b"c", chunks, method=0)])
            expected = {"a": chunks, "b": b"one", "c": chunks}
            kept = set()
            for number in range(1, 40):
                (folder / str(number)).mkdir()
                child = os.fork()
                if child == 0:
                    source = Deadly(data)
                    source.left = number
                    MmsArchive.open(source).save_to(folder / str(number))
                    os._exit(0)
                _, status = os.waitpid(child, 0)
                left = {path.name: path.read_bytes() for path in (folder / str(number)).iterdir()}
                whole = {name: data for name, data in left.items() if not name.endswith(".tmp")}
                assert whole.items() <= expected.items()
                kept.add((os.WIFSIGNALED(status), *sorted(whole)))
                temporary = len(left) - len(whole)
                assert temporary <= TEMPORARY
            print(sorted(kept))
        """
        allowed = 0 if way == "nameless" else 1
        kept = [(False, "a", "b", "c"), (True,), (True, "a"), (True, "a", "b")]
        assert run(script.replace("TEMPORARY", str(allowed)), way, tmp_path) == f"{kept}\n"


def test_a_name_that_is_taken_is_told_from_links_that_are_not_allowed(tmp_path, monkeypatch):
    # Where no link may be made, that is said before it is looked whether the name is free.
    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "a").symlink_to("nowhere")
    assert [path.name for path in archive_of("a", "b").save_to(tmp_path).values()] == ["a-2", "b"]
    assert (tmp_path / "a").is_symlink()


def test_a_disk_that_has_no_nameless_files_gets_named_ones(tmp_path, monkeypatch):
    opened = os.open

    def refuse(path, flags, *arguments, **options):
        if hasattr(os, "O_TMPFILE") and flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return opened(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    archive_of("a").save_to(tmp_path)
    assert list(contents(tmp_path)) == ["a"]


class TestTheFolder:
    @pytest.fixture
    def folder(self, tmp_path, monkeypatch):
        """A folder that answers what it is told to when its names are to be on the disk."""
        sync = os.fsync

        def answer(number):
            def fsync(descriptor):
                if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                    raise OSError(number, os.strerror(number))
                sync(descriptor)

            monkeypatch.setattr(os, "fsync", fsync)
            return tmp_path

        return answer

    @pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
    def test_need_not_be_able_to_wait_for_its_names(self, folder, number):
        place = folder(number)
        assert list(archive_of("a").save_to(place)) == ["a"]
        assert list(contents(place)) == ["a"]

    def test_may_fail_in_it(self, folder):
        place = folder(errno.EIO)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            archive_of("a").save_to(place)

    def test_need_not_be_readable(self, tmp_path, monkeypatch):
        opened = os.open

        def refuse(path, flags, *arguments, **options):
            if flags == os.O_DIRECTORY:
                raise PermissionError
            return opened(path, flags, *arguments, **options)

        monkeypatch.setattr(os, "open", refuse)
        archive_of("a")["a"].save(tmp_path / "b")
        assert list(contents(tmp_path)) == ["b"]

    def test_is_left_alone_where_folders_cannot_be_opened(self, tmp_path, monkeypatch):
        monkeypatch.delattr(os, "O_DIRECTORY")
        archive_of("a")["a"].save(tmp_path / "b")
        assert list(contents(tmp_path)) == ["b"]


class TestManyAtOnce:
    def test_threads_get_all_their_files(self, tmp_path):
        names = ["a.txt", "x/a.txt", "A-2.txt"]
        archives = [archive_of(*names, data=b"%d" % number * 1000) for number in range(8)] * 3
        with ThreadPoolExecutor(8) as pool:
            saved = list(pool.map(lambda archive: archive.save_to(tmp_path), archives))
        for archive, paths in zip(archives, saved, strict=True):
            assert {name: path.read_bytes() for name, path in paths.items()} == {
                part.name: part.read() for part in archive.parts
            }
        assert len({path for paths in saved for path in paths.values()}) == len(contents(tmp_path)) == 72

    def test_so_do_processes(self, way, tmp_path):
        script = """
            for number in range(20):
                archive = archive_of("a.txt", "x/a.txt", data=b"%d %d" % (os.getpid(), number) * 1000)
                for name, path in archive.save_to(folder).items():
                    assert path.read_bytes() == archive[name].read()
            print(os.getpid())
        """
        processes = [start(script, way, tmp_path) for _ in range(3)]
        printed = [process.communicate() for process in processes]
        assert [error for _, error in printed] == [""] * 3
        expected = [b"%d %d" % (int(pid), number) * 1000 for pid, _ in printed for number in range(20)] * 2
        assert sorted(contents(tmp_path).values()) == sorted(expected)
