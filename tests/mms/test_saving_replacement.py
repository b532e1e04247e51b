"""Replacing a file by one that comes in pieces: the old one or the new one, whole, and nothing beside it."""

import os
import stat

import pytest
from mms.ways import LARGE, WAYS, contents, go, run

from mxinbound.mms.saving import Replacement

OLD = b"old"


@pytest.fixture(params=WAYS, autouse=True)
def way(request, monkeypatch):
    go(request.param, monkeypatch)
    return request.param


@pytest.fixture
def place(tmp_path):
    (tmp_path / "a.zip").write_bytes(OLD)
    return tmp_path / "a.zip"


def replaced(place, *chunks):
    with Replacement(place) as replacement:
        for chunk in chunks:
            replacement.write(chunk)
        return replacement.finish()


class TestReplacing:
    @pytest.mark.parametrize("chunks", [[], [b"new"], [LARGE, b"n", LARGE]], ids=["empty", "small", "large"])
    def test_puts_the_new_file_in_the_place_of_the_old(self, place, chunks):
        assert replaced(place, *chunks) == place
        assert contents(place.parent) == {"a.zip": b"".join(chunks)}

    def test_makes_the_file_where_there_is_none(self, tmp_path):
        assert replaced(tmp_path / "b", b"new") == tmp_path / "b"
        assert contents(tmp_path) == {"b": b"new"}

    def test_the_folder_may_be_this_one(self, place, monkeypatch):
        monkeypatch.chdir(place.parent)
        replaced(place.relative_to(place.parent), b"new")
        assert contents(place.parent) == {"a.zip": b"new"}

    def test_a_link_is_replaced_and_not_what_it_leads_to(self, place):
        link = place.with_name("link")
        link.symlink_to(place)
        replaced(link, b"new")
        assert not link.is_symlink()
        assert contents(place.parent) == {"a.zip": OLD, "link": b"new"}

    def test_its_mode_is_that_of_any_new_file(self, place):
        usual = place.with_name("usual")
        usual.write_bytes(b"")
        assert stat.S_IMODE(replaced(place, b"new").stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)

    def test_until_it_is_all_there_the_old_one_is(self, way, place):
        with Replacement(place) as replacement:
            replacement.write(LARGE)
            assert place.read_bytes() == OLD
            others = [path.name for path in place.parent.iterdir() if path != place]
            replacement.finish()
        assert len(others) == (0 if way == "nameless" else 1)
        assert all(name.startswith(".") and name.endswith(".tmp") for name in others)

    def test_its_bytes_are_on_the_disk_before_it_is_there(self, place, monkeypatch):
        synced = []

        def fsync(descriptor):
            status = os.fstat(descriptor)
            is_folder = stat.S_ISDIR(status.st_mode)
            synced.append(("the folder" if is_folder else status.st_size, place.read_bytes() == OLD))

        monkeypatch.setattr(os, "fsync", fsync)
        replaced(place, LARGE)
        assert synced[0] == (len(LARGE), True)
        assert synced[-1] == ("the folder", False)


class TestWhenItGoesWrong:
    def test_what_goes_wrong_inside_is_what_is_raised(self, place):
        def spoil():
            with Replacement(place) as replacement:
                replacement.write(b"new")
                raise KeyError

        with pytest.raises(KeyError):
            spoil()
        assert contents(place.parent) == {"a.zip": OLD}

    @pytest.mark.parametrize("size", [1000, 8000, 8193, 65536])
    def test_a_full_disk_is_an_os_error_and_leaves_the_old_file(self, way, place, size):
        script = f"""
            from mxinbound.mms.saving import Replacement
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
            try:
                with Replacement(folder / "a.zip") as replacement:
                    for _ in range(400):
                        replacement.write(bytes({size}))
            except OSError as error:
                print(errno.errorcode[error.errno], error.__context__)
        """
        assert run(script, way, place.parent) == "EFBIG None\n"
        assert contents(place.parent) == {"a.zip": OLD}

    def test_a_disk_that_is_full_at_the_end_does_so_too(self, way, place):
        script = """
            from mxinbound.mms.saving import Replacement
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
            try:
                with Replacement(folder / "a.zip") as replacement:
                    replacement.write(bytes(101))
                    replacement.finish()
            except OSError as error:
                print(errno.errorcode[error.errno], error.__context__)
        """
        assert run(script, way, place.parent) == "EFBIG None\n"
        assert contents(place.parent) == {"a.zip": OLD}

    def test_a_process_that_is_killed_leaves_the_old_file(self, way, place):
        script = """
            from mxinbound.mms.saving import Replacement
            child = os.fork()
            if child == 0:
                with Replacement(folder / "a.zip") as replacement:
                    replacement.write(LARGE)
                    os.kill(os.getpid(), signal.SIGKILL)
            print(os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL)
        """
        assert run(script, way, place.parent) == "True\n"
        left = contents(place.parent)
        assert left.pop("a.zip") == OLD
        assert len(left) == (0 if way == "nameless" else 1)

    def test_a_name_that_cannot_be_taken_leaves_nothing(self, tmp_path):
        (tmp_path / "folder").mkdir()
        with pytest.raises(IsADirectoryError):
            replaced(tmp_path / "folder", b"new")
        assert [path.name for path in tmp_path.iterdir()] == ["folder"]

    def test_a_folder_that_is_not_there_is_told_at_once(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            Replacement(tmp_path / "none" / "a.zip").__enter__()
