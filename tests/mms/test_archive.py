"""The archive: checked when it is used, the same for every source and thread, and gone with its last reference."""

import io
import tempfile
import traceback
from pathlib import Path

import pytest
from mms.zipping import Entry, build, unicode_path

from mxinbound import (
    ContentTooLarge,
    Limits,
    MalformedContent,
    Mms,
    MmsArchive,
    Receiver,
    TooManyParts,
    parse,
    testing,
)
from mxinbound.body import BodyBuffer, Window, whole
from mxinbound.testing import build_zip

SMIL = """<smil><body><par dur="5s"><text src="two.txt"/><img src="a.gif"/></par>
<par><text src="cid:one.txt"/></par></body></smil>"""
PARTS = [
    ("one.txt", "text/plain", "Eins"),
    ("show.smil", "application/smil", SMIL),
    ("two.txt", "text/plain; charset=utf-8", "Zwei"),
    ("a.gif", "image/gif", b"GIF89a" + bytes(range(256)) * 1000),
    ("three.txt", "text/plain", "Drei"),
    ("b.gif", "image/gif", b"GIF89a"),
]
ZIP = build_zip(PARTS)
JUNK = b"junk" * 10
DAMAGED = build([Entry(b"a.txt", b"x" * 100_000, crc=1), Entry(b"b.txt", b"two"), Entry(b"show.smil", b"<smil>")])

#: Every use of an archive but `raw`.
USES = {
    "parts": lambda archive: archive.parts,
    "slides": lambda archive: archive.slides,
    "attachments": lambda archive: archive.attachments,
    "text": lambda archive: archive.text,
    "defects": lambda archive: archive.defects,
    "check": lambda archive: archive.check(),
    "save_to": lambda archive: archive.save_to("/nowhere/at/all"),
    "in": lambda archive: "a" in archive,
    "by name": lambda archive: archive["a"],
}


def spooled(data):
    with BodyBuffer(Limits(spool_bytes=0)) as buffer:
        buffer.write(data)
        return buffer.finish()


def temporary(data):
    file = tempfile.SpooledTemporaryFile(max_size=10)  # noqa: SIM115  # the test closes it
    file.write(data)
    return file


def on_disk(data, tmp_path):
    path = tmp_path / "mms.zip"
    path.write_bytes(data)
    return path


SOURCES = {
    "path": on_disk,
    "str": lambda data, tmp_path: str(on_disk(data, tmp_path)),
    "bytes": lambda data, tmp_path: data,
    "memory file": lambda data, tmp_path: io.BytesIO(data),
    "open file": lambda data, tmp_path: on_disk(data, tmp_path).open("rb"),
    "open file without a buffer": lambda data, tmp_path: on_disk(data, tmp_path).open("rb", buffering=0),
    "spooled file": lambda data, tmp_path: temporary(data),
    "spooled body": lambda data, tmp_path: spooled(data),
}


@pytest.fixture(params=SOURCES)
def source(request, tmp_path):
    made = SOURCES[request.param](ZIP, tmp_path)
    yield made
    if hasattr(made, "close"):
        made.close()


class TestAReceivedArchive:
    def test_a_damaged_one_does_not_cost_the_message(self):
        message = parse(testing.mms(archive=JUNK, subject="Hi", cc=["1"]).as_request())
        assert isinstance(message, Mms)
        assert (message.id, message.originator, message.to) == ("4172212931", "447700900123", ("88600",))
        assert (message.subject, message.cc, message.network, message.defects) == ("Hi", ("1",), "TMOBILEUK", ())
        assert message.archive.raw == JUNK

    @pytest.mark.parametrize("use", USES.values(), ids=USES)
    def test_every_use_of_a_damaged_one_raises(self, use):
        archive = parse(testing.mms(archive=JUNK).as_request()).archive
        with pytest.raises(
            MalformedContent, match=r"^the zip has no end record: it is cut off, or no zip at all$"
        ) as caught:
            use(archive)
        assert (caught.value.part, caught.value.stage) == (None, "open")

    def test_the_same_error_is_raised_each_time_and_does_not_grow(self):
        archive = MmsArchive(whole(build([Entry(b"%d" % number, b"") for number in range(4)])), Limits(max_parts=3))
        caught = []
        for use in [*USES.values()] * 3:
            with pytest.raises(TooManyParts) as info:
                use(archive)
            caught.append(info.value)
        facts = {
            (type(each), str(each), each.part, each.stage, each.limit, each.allowed, each.found) for each in caught
        }
        assert facts == {(TooManyParts, "the zip has more entries than max_parts (3)", None, "open", "max_parts", 3, 4)}
        assert len({id(each) for each in caught}) == len(caught)
        lengths = [len(traceback.extract_tb(each.__traceback__)) for each in caught]
        assert lengths[: len(USES)] == lengths[-len(USES) :]
        assert [each for each in caught if each.__context__ or each.__cause__] == []

    def test_limits_reach_it(self):
        request = testing.mms(archive=ZIP).as_request()
        tight = Limits(max_parts=6)
        assert len(parse(request).archive.parts) == 6
        for message in (parse(request, limits=tight), Receiver(limits=tight).receive(request)):
            with pytest.raises(TooManyParts):
                message.archive.parts  # noqa: B018
            assert message.archive.raw == ZIP

    def test_it_is_not_looked_at_until_it_is_used(self):
        class Source(io.BytesIO):
            def read(self, size=-1):
                raise AssertionError

        archive = MmsArchive(whole(Source(ZIP)))
        assert repr(archive) == f"<MmsArchive of {len(ZIP)} bytes>"
        with pytest.raises(AssertionError):
            archive.parts  # noqa: B018

    def test_an_error_of_the_disk_is_not_kept(self):
        class Source(io.BytesIO):
            fails = True

            def read(self, size=-1):
                if self.fails:
                    raise OSError(5, "Input/output error")
                return super().read(size)

        source = Source(ZIP)
        archive = MmsArchive(whole(source))
        with pytest.raises(OSError, match="Input/output error"):
            archive.parts  # noqa: B018
        source.fails = False
        assert len(archive.parts) == 6


class TestOpening:
    def test_it_reads_every_source(self, source):
        with MmsArchive.open(source) as archive:
            assert [part.name for part in archive.parts] == [name for name, _, _ in PARTS]
            assert archive["a.gif"].read() == PARTS[3][2]
            assert archive.raw == ZIP

    @pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
    def test_it_is_checked_at_once(self, make, tmp_path):
        made = make(JUNK, tmp_path)
        with pytest.raises(MalformedContent):
            MmsArchive.open(made)
        if not isinstance(made, (str, bytes, Path)):
            assert not made.closed
            made.close()

    def test_what_the_caller_opened_stays_open(self, source):
        archive = MmsArchive.open(source)
        archive.close()
        archive.close()
        if isinstance(source, (str, Path)):
            return
        assert archive["one.txt"].read() == b"Eins"
        if not isinstance(source, bytes):
            assert not source.closed

    @pytest.mark.parametrize("kind", [str, Path])
    def test_use_after_close_is_a_value_error(self, kind, tmp_path):
        with MmsArchive.open(kind(on_disk(ZIP, tmp_path))) as archive:
            part = archive["a.gif"]
        for use in (part.read, part.text, part.open, lambda: archive.raw, archive.check):
            with pytest.raises(ValueError, match=r"^I/O operation on closed file$"):
                use()

    def test_a_file_that_the_caller_closes_is_closed(self):
        file = io.BytesIO(ZIP)
        archive = MmsArchive.open(file)
        file.close()
        with pytest.raises(ValueError, match="closed file"):
            archive.raw  # noqa: B018

    def test_a_file_that_is_not_there_is_an_os_error(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            MmsArchive.open(tmp_path / "missing.zip")
        with pytest.raises(IsADirectoryError):
            MmsArchive.open(tmp_path)

    def test_limits_count(self):
        with pytest.raises(ContentTooLarge) as caught:
            MmsArchive.open(ZIP, Limits(max_archive_bytes=len(ZIP) - 1))
        assert (caught.value.limit, caught.value.found) == ("max_archive_bytes", len(ZIP))
        assert MmsArchive.open(ZIP, limits=Limits(max_archive_bytes=len(ZIP))).raw == ZIP

    def test_a_folder_that_holds_something_is_malformed(self):
        folder = {"size": 0, "crc": 0}
        archive = build([Entry(b"d/", stream=b"\x03\x00", **folder), Entry(b"a", b"one")])
        assert [part.name for part in MmsArchive.open(archive).parts] == ["a"]
        with pytest.raises(MalformedContent, match=r"^'d/': a folder has data$"):
            MmsArchive.open(build([Entry(b"d/", stream=b"hi", **folder), Entry(b"a", b"one")]))

    @pytest.mark.parametrize("around", [b"PK\5\6" + bytes(18), ZIP], ids=["end records", "zips"])
    @pytest.mark.parametrize("kind", [bytes, io.BytesIO], ids=["bytes", "file"])
    def test_what_stands_around_it_is_not_looked_at(self, around, kind):
        archive = MmsArchive(Window(kind(around + ZIP + around), len(around), len(ZIP)))
        assert archive["a.gif"].read() == PARTS[3][2]

    def test_a_unicode_path_of_the_local_header_alone_is_malformed(self):
        name = b"r\xe9p"
        extra = unicode_path(name, b"other")
        with pytest.raises(
            MalformedContent, match=r"^'r\\u0398p': the local header has another name than the directory$"
        ):
            MmsArchive.open(build([Entry(name, b"one", local_extra=extra)]))
        assert MmsArchive.open(build([Entry(name, b"one", local_extra=extra, extra=extra)])).parts[0].name == "other"


class TestLookingUp:
    ARCHIVE = MmsArchive.open(ZIP)

    def test_a_part_is_found_by_its_exact_name(self):
        assert self.ARCHIVE["a.gif"] is self.ARCHIVE.parts[3]
        assert "a.gif" in self.ARCHIVE
        assert [
            name for name in ("A.GIF", "manifest", "", None, 0, self.ARCHIVE.parts[0]) if name in self.ARCHIVE
        ] == []

    @pytest.mark.parametrize("name", ["A.GIF", "manifest", "", 0])
    def test_another_name_is_a_key_error(self, name):
        with pytest.raises(KeyError):
            self.ARCHIVE[name]

    def test_it_is_not_iterable(self):
        for attempt in (iter, list, len):
            with pytest.raises(TypeError):
                attempt(self.ARCHIVE)

    def test_the_text_is_in_the_order_it_is_shown(self):
        assert self.ARCHIVE.text == "Zwei\n\nEins\n\nDrei"

    def test_attachments_are_what_no_slide_shows(self):
        assert [part.name for part in self.ARCHIVE.attachments] == ["three.txt", "b.gif"]

    def test_without_a_smil_everything_is_an_attachment_and_text_is_in_order(self):
        archive = MmsArchive.open(
            build_zip([("b.txt", "text/plain", "1"), ("a.txt", "text/plain", "2"), ("c", "text/plain", "")])
        )
        assert archive.slides is None
        assert [part.name for part in archive.attachments] == ["b.txt", "a.txt", "c"]
        assert archive.text == "1\n\n2"

    def test_it_says_what_told_the_type(self):
        parts = {b"a": b"x", b"b.gif": b"x", b"c": b"GIF89a", b"d": b"\0"}
        archive = MmsArchive.open(build([Entry(b"manifest", b"a=x/y")] + [Entry(*each) for each in parts.items()]))
        assert [(part.content_type, part.type_source) for part in archive.parts] == [
            ("x/y", "manifest"),
            ("image/gif", "extension"),
            ("image/gif", "bytes"),
            ("application/octet-stream", "default"),
        ]

    def test_chunks_are_of_the_size_asked_for_at_most(self):
        part = self.ARCHIVE["a.gif"]
        for size in (1000, 65_536, 10_000_000):
            chunks = list(part.iter_bytes(size))
            assert b"".join(chunks) == part.read()
            assert max(map(len, chunks)) <= min(size, 65_536)
        with pytest.raises(ValueError, match=r"^chunk_size must be at least 1$"):
            part.iter_bytes(0)

    def test_nothing_of_the_contents_is_shown(self):
        shown = repr((self.ARCHIVE, self.ARCHIVE.parts, self.ARCHIVE.slides))
        assert "Eins" not in shown
        assert "GIF89" not in shown
        assert repr(self.ARCHIVE) == f"<MmsArchive of {len(ZIP)} bytes>"
        assert repr(self.ARCHIVE.parts[0]) == "<MmsPart 'one.txt' of 4 bytes>"


class TestDefects:
    def test_check_finds_all_and_raises_for_damage(self):
        parts = [
            ("a.jpg", "image/jpeg", "<html>"),
            ("b.txt", "text/plain", b"\xff"),
            ("c.smil", "application/smil", "<"),
        ]
        archive = MmsArchive.open(build_zip(parts))
        assert archive.defects == ()
        found = archive.check()
        assert [defect.code for defect in found] == ["type-conflict", "text-encoding", "smil-unparsable"]
        assert archive.defects == found == archive.check()
        with pytest.raises(MalformedContent) as caught:
            MmsArchive.open(DAMAGED).check()
        assert (caught.value.part, caught.value.stage) == ("a.txt", "read")

    @pytest.mark.parametrize("absent", [3, 4, 5, 100])
    def test_there_are_never_more_than_allowed(self, absent):
        manifest = "".join(f"{number}=text/plain\n" for number in range(absent))
        archive = MmsArchive.open(build_zip([], manifest=manifest), Limits(max_defects=4))
        details = [defect.detail for defect in archive.defects]
        assert details == [
            f"'{number}': the manifest lists a file that is not in the zip" for number in range(min(absent, 4))
        ]
        assert {(defect.code, defect.parameter) for defect in archive.check()} == {("manifest-absent-file", None)}


@pytest.mark.parametrize("source", [None, 7, io.StringIO("PK"), ["PK"]], ids=["nothing", "a number", "text", "a list"])
def test_what_is_no_source_is_a_mistake_of_the_caller(source):
    with pytest.raises(TypeError, match=r"^MmsArchive\.open takes a path, bytes, or a file opened in binary mode$"):
        MmsArchive.open(source)


def test_a_part_whose_first_bytes_are_damaged_has_no_type():
    archive = MmsArchive.open(build([Entry(b"a", b"GIF89a", stream=b"\xff" * 8)]))
    assert (archive["a"].content_type, archive["a"].type_source) == ("application/octet-stream", "default")
    with pytest.raises(MalformedContent):
        archive["a"].read()
