"""Saving parts: each is a new file in the folder, over nothing, whatever it is called and whatever else is there."""

import os
import stat
import time
from pathlib import Path

import pytest
from mms.ways import LARGE, UTF8, WAYS, archive_of, contents, go
from mms.zipping import Entry, build

from mxinbound import ContentError, MalformedContent, MmsArchive
from mxinbound.body import whole
from mxinbound.mms.names import folded


@pytest.fixture(params=WAYS, autouse=True)
def way(request, monkeypatch):
    go(request.param, monkeypatch)
    return request.param


class TestSavingAll:
    def test_every_part_lies_in_the_folder_with_its_bytes(self, tmp_path):
        parts = {"a.txt": b"one", "d/b.gif": LARGE, "empty": b""}
        archive = MmsArchive.open(build([Entry(name.encode(), data) for name, data in parts.items()]))
        saved = archive.save_to(tmp_path)
        assert saved == {name: tmp_path / Path(name).name for name in parts}
        assert {name: path.read_bytes() for name, path in saved.items()} == parts
        assert sorted(contents(tmp_path)) == ["a.txt", "b.gif", "empty"]

    def test_a_folder_may_be_a_str_and_relative(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert archive_of("a.txt").save_to("") == {"a.txt": Path("a.txt")}
        assert archive_of("a.txt").save_to(".") == {"a.txt": Path("a-2.txt")}
        assert sorted(contents(tmp_path)) == ["a-2.txt", "a.txt"]

    @pytest.mark.parametrize(
        "names",
        [
            ["n" * 300 + ".jpg", "n" * 301 + ".jpg", "N" * 300 + ".jpg"],
            ["a.jpg", "A.JPG", "x/a.jpg", "x\\a.jpg", "a-2.jpg"],
            ["é.jpg", "e\u0301.jpg", "É.jpg"],
            ["...", "....", "\u200b", " ", "part"],
            ["CON", "con.txt", "d/NUL", "com1.jpg", "aux.tar.gz"],
            [".htaccess", "-rf", "~root", "d/.ssh", "..a", "a..", "a\u202egpj.exe"],
            ["ab:c", "<a>", 'a"', "a|b", "a?", "a*", "x=y", "$(x)", "a;b", "%2e%2e%2fa", "．．／a"],
            ["d\\e/f", "d/e\\f", "x" + "/y" * 400, "x" + "\\y" * 400],
        ],
        ids=["long", "case", "form", "nothing left", "devices", "dots", "marks", "folders"],
    )
    def test_names_are_made_safe_and_unique(self, names, tmp_path):
        archive = MmsArchive.open(build([Entry(name.encode(), name.encode(), flags=UTF8) for name in names]))
        folder = tmp_path / "folder"
        folder.mkdir()
        saved = archive.save_to(folder)
        assert list(saved) == names
        assert [path.read_bytes() for path in saved.values()] == [name.encode() for name in names]
        assert {path.parent for path in saved.values()} == {folder}
        assert [path.name for path in saved.values()] == [part.filename for part in archive.parts]
        assert len({folded(path.name) for path in saved.values()}) == len(names)
        assert sorted(contents(folder)) == sorted(path.name for path in saved.values())
        assert list(tmp_path.iterdir()) == [folder]

    def test_again_and_again_takes_other_names(self, tmp_path):
        archive = MmsArchive.open(build([Entry(b"a.txt", b"1"), Entry(b"a-2.txt", b"2"), Entry(b"x/a.txt", b"3")]))
        first, second = archive.save_to(tmp_path), archive.save_to(tmp_path)
        assert [path.name for path in first.values()] == ["a.txt", "a-2.txt", "a-3.txt"]
        assert [path.name for path in second.values()] == ["a-4.txt", "a-2-2.txt", "a-3-2.txt"]
        assert [path.read_bytes() for path in [*first.values(), *second.values()]] == [b"1", b"2", b"3"] * 2

    def test_a_long_name_stays_short_when_it_is_taken(self, tmp_path):
        archive = archive_of("n" * 300 + ".jpg")
        for _ in range(11):
            (saved,) = archive.save_to(tmp_path).values()
        assert saved.name == "n" * 113 + "-11.jpg"

    @pytest.mark.parametrize(
        "occupy",
        [
            lambda path, elsewhere: path.write_bytes(b"theirs"),
            lambda path, elsewhere: path.symlink_to(elsewhere / "file"),
            lambda path, elsewhere: path.symlink_to(elsewhere / "missing"),
            lambda path, elsewhere: path.symlink_to(elsewhere),
            lambda path, elsewhere: path.symlink_to(path),
            lambda path, elsewhere: path.mkdir(),
            lambda path, elsewhere: os.mkfifo(path),
        ],
        ids=["file", "link to a file", "broken link", "link to a folder", "link to itself", "folder", "pipe"],
    )
    def test_what_is_there_stays_as_it_is(self, occupy, tmp_path):
        elsewhere, folder = tmp_path / "elsewhere", tmp_path / "folder"
        elsewhere.mkdir()
        folder.mkdir()
        (elsewhere / "file").write_bytes(b"theirs")
        occupy(folder / "a.txt", elsewhere)
        before = (folder / "a.txt").lstat()
        saved = archive_of("a.txt").save_to(folder)
        assert saved == {"a.txt": folder / "a-2.txt"}
        assert saved["a.txt"].read_bytes() == b"data"
        with pytest.raises(FileExistsError) as caught:
            archive_of("a.txt").parts[0].save(folder / "a.txt")
        assert caught.value.filename == str(folder / "a.txt")
        assert (folder / "a.txt").lstat() == before
        assert contents(elsewhere) == {"file": b"theirs"}
        assert sorted(path.name for path in folder.iterdir()) == ["a-2.txt", "a.txt"]

    def test_a_linked_folder_is_the_folder(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        assert archive_of("a.txt").save_to(tmp_path / "link") == {"a.txt": tmp_path / "link/a.txt"}
        assert contents(tmp_path / "real") == {"a.txt": b"data"}

    @pytest.mark.parametrize("names", [["a.txt"], []], ids=["a part", "no part"])
    def test_a_folder_that_is_not_there_is_not_made(self, names, tmp_path):
        with pytest.raises(FileNotFoundError):
            archive_of(*names).save_to(tmp_path / "missing")
        assert list(tmp_path.iterdir()) == []

    def test_a_file_is_no_folder(self, tmp_path):
        (tmp_path / "file").write_bytes(b"theirs")
        with pytest.raises(NotADirectoryError):
            archive_of("a.txt").save_to(tmp_path / "file")
        assert contents(tmp_path) == {"file": b"theirs"}

    def test_a_zip_that_cannot_be_trusted_saves_nothing(self, tmp_path):
        with pytest.raises(ContentError):
            MmsArchive(whole(b"junk")).save_to(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_a_damaged_part_costs_nothing_but_itself(self, tmp_path):
        damaged = [Entry(b"b", b"x" * 300_000, crc=1), Entry(b"c", LARGE, size=5), Entry(b"d", stream=b"\7")]
        archive = MmsArchive.open(build([Entry(b"a", b"one"), *damaged, Entry(b"e", b"two")]))
        with pytest.raises(MalformedContent) as caught:
            archive.save_to(tmp_path)
        assert (caught.value.part, caught.value.stage) == ("b", "read")
        assert contents(tmp_path) == {"a": b"one", "e": b"two"}


class TestSavingOne:
    @pytest.mark.parametrize("kind", [str, Path])
    def test_it_is_saved_as_what_the_caller_says(self, kind, tmp_path):
        (part,) = archive_of("a.txt", data=LARGE).parts
        path = part.save(kind(tmp_path / "other.name"))
        assert path == tmp_path / "other.name"
        assert contents(tmp_path) == {"other.name": LARGE}

    def test_a_damaged_one_is_not_saved(self, tmp_path):
        (part,) = archive_of("a.txt", data=LARGE, crc=1).parts
        with pytest.raises(MalformedContent):
            part.save(tmp_path / "a.txt")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("path", ["missing/a.txt", "missing/../a.txt"])
    def test_no_folder_is_made(self, path, tmp_path):
        with pytest.raises(FileNotFoundError):
            archive_of("a.txt").parts[0].save(tmp_path / path)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("path", ["", ".", "..", "folder/", "folder/.", "/"])
    def test_a_folder_is_there_already(self, path, tmp_path, monkeypatch):
        (tmp_path / "folder").mkdir()
        monkeypatch.chdir(tmp_path)
        with pytest.raises(FileExistsError):
            archive_of("a.txt").parts[0].save(path)
        assert [path.name for path in tmp_path.iterdir()] == ["folder"]

    def test_a_name_that_the_disk_does_not_take_is_an_os_error(self, tmp_path):
        with pytest.raises(OSError, match="File name too long"):
            archive_of("a.txt").parts[0].save(tmp_path / ("n" * 300))
        assert list(tmp_path.iterdir()) == []


class TestTheFile:
    @pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0, 0o666), (0o777, 0)])
    def test_its_mode_is_that_of_any_new_file(self, umask, mode, tmp_path):
        executable = {"central": {"system": 3, "external": 0o100777 << 16}}
        previous = os.umask(umask)
        try:
            (path,) = archive_of("a.sh", **executable).save_to(tmp_path).values()
        finally:
            os.umask(previous)
        assert stat.S_IMODE(path.stat().st_mode) == mode
        assert path.stat().st_nlink == 1
        assert path.is_file()

    def test_its_time_is_now(self, tmp_path):
        start = time.time()
        (path,) = archive_of("a.txt").save_to(tmp_path).values()
        assert start - 5 <= path.stat().st_mtime <= time.time() + 5
