"""What comes of each archive of the corpus: exactly what the rules say, in whatever way it is handed over."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import attrs
import pytest
from mms.corpus import CASES, GIF, HELLO, A, B
from mms.zipping import build

from mxinbound import ContentError, Limits, MmsArchive
from mxinbound.body import BodyBuffer, SpooledBody

GOOD = [case for case in CASES if case.error is None]
REFUSED = [case for case in CASES if case.error is not None and case.stage == "open"]
DAMAGED = [case for case in CASES if case.error is not None and case.stage == "read"]


# Good ones that zipfile refuses, in one release or another.
REFUSED_BY_ZIPFILE = {"version-255"}


def each(cases):
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


@attrs.frozen
class Refusal:
    """A `ContentError`, so that two of them can be compared."""

    kind: type
    sentence: str
    stage: str
    part: str | None
    limit: str | None
    allowed: float | None

    @classmethod
    def of(cls, error):
        limit, allowed = getattr(error, "limit", None), getattr(error, "allowed", None)
        return cls(type(error), str(error), error.stage, error.part, limit, allowed)


@attrs.frozen
class SeenPart:
    name: str
    filename: str
    content_type: str
    charset: str | None
    size: int
    crc32: int
    data: Any = attrs.field(repr=False)


@attrs.frozen
class Seen:
    """Everything that an archive tells."""

    parts: tuple[SeenPart, ...]
    slides: Any
    details: Any
    attachments: Any
    text: Any
    defects: Any
    defects_after: Any


def attempt(read: Callable[[], Any]):
    """What comes of it, where a `ContentError` is an answer and any other error is none."""
    try:
        return read()
    except ContentError as error:
        return Refusal.of(error)


def see(case, source):
    archive = attempt(lambda: MmsArchive.open(source, limits=case.limits))
    if isinstance(archive, Refusal):
        return archive
    with archive:
        return Seen(
            parts=tuple(see_part(part) for part in archive.parts),
            slides=attempt(lambda: see_slides(archive.slides)),
            details=attempt(lambda: see_details(archive.slides)),
            attachments=attempt(lambda: tuple(part.name for part in archive.attachments)),
            text=attempt(lambda: archive.text),
            defects=attempt(lambda: codes(archive.check())),
            defects_after=codes(archive.defects),
        )


def see_part(part):
    content_type = attempt(lambda: part.content_type)
    return SeenPart(part.name, part.filename, content_type, part.charset, part.size, part.crc32, attempt(part.read))


def see_slides(slides):
    if slides is None:
        return None
    return tuple(
        (slide.duration, tuple((item.tag, item.src, item.part and item.part.name) for item in slide.items))
        for slide in slides
    )


def see_details(slides):
    return tuple((item.region, item.begin, item.end, item.alt) for slide in slides or () for item in slide.items)


def codes(defects):
    return tuple(sorted(defect.code for defect in defects))


def spooled(data):
    with BodyBuffer(Limits(spool_bytes=0, max_body_bytes=len(data) + 1)) as buffer:
        buffer.write(data)
        return buffer.finish()


class TestTheCorpus:
    def test_every_name_is_one_of_its_own_in_small_letters(self):
        names = [case.name for case in CASES]
        assert len(set(names)) == len(names)
        assert [name for name in names if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []

    @each([case for case in GOOD if case.contents is not ANY])
    def test_the_standard_library_finds_the_same_data_in_a_good_one(self, case):
        try:
            with zipfile.ZipFile(io.BytesIO(case.build())) as archive:
                names = [info for info in archive.infolist() if not info.is_dir()]
                found = [archive.read(info) for info in names if info.filename.lower() != "manifest"]
        except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error):
            # For the version that it says is needed; and newer releases look for overlaps and Unicode paths.
            assert case.name in REFUSED_BY_ZIPFILE
            return
        expected = [data for name, data in case.contents.items() if name.lower() != "manifest"]
        assert sorted(found) == sorted(expected)


class TestWhatIsGood:
    @each(GOOD)
    def test_it_is_read_as_expected(self, case, library):
        seen = see(case, case.build())
        assert not isinstance(seen, Refusal), seen
        contents = {part.name: part.data for part in seen.parts}
        assert case.contents is ANY or list(contents.items()) == list(case.contents.items())
        assert seen.slides == case.slides
        assert seen.details == case.details
        assert seen.attachments == case.attachments
        assert seen.text == case.text
        assert [name for name, data in contents.items() if not isinstance(data, bytes)] == []
        types = {part.name: part.content_type for part in seen.parts}
        assert {name: types[name] for name in case.types} == case.types
        filenames = {part.name: part.filename for part in seen.parts}
        assert {name: filenames[name] for name in case.filenames} == case.filenames
        if case.defects is not ANY:
            assert seen.defects == tuple(sorted(case.defects))
            assert seen.defects_after == seen.defects
        for part in seen.parts:
            assert (part.size, part.crc32) == (len(part.data), zlib.crc32(part.data))
        names = list(filenames.values())
        assert len({name.casefold() for name in names}) == len(names)
        assert [name for name in names if not name or name[0] in ".-~ " or name[-1] in ". "] == []
        assert [name for name in names if re.search(r'[\x00-\x1f\x7f<>:"|?*/\\]', name)] == []

    @each(GOOD)
    def test_a_part_is_the_same_in_each_way(self, case, library):
        archive = MmsArchive.open(case.build(), limits=case.limits)
        for part in archive.parts:
            data = part.read()
            assert b"".join(part.iter_bytes()) == data
            assert b"".join(part.iter_bytes(chunk_size=1000)) == data
            with part.open() as file:
                assert file.read() == data
            assert archive[part.name].read() == data


class TestWhatIsRefused:
    @each(REFUSED)
    def test_it_is_refused_with_its_error(self, case):
        refusal = see(case, case.build())
        assert isinstance(refusal, Refusal), refusal
        assert refusal.kind is case.error
        assert refusal.stage == "open"
        assert case.part in {None, refusal.part}
        if case.limit is not None:
            assert (refusal.limit, refusal.allowed) == (case.limit, getattr(case.limits, case.limit))


class TestWhatIsDamaged:
    @each(DAMAGED)
    def test_the_part_raises_and_the_others_are_read(self, case, library):
        seen = see(case, case.build())
        assert isinstance(seen, Seen), seen
        refusals = {part.name: part.data for part in seen.parts if isinstance(part.data, Refusal)}
        contents = {part.name: part.data for part in seen.parts if part.name not in refusals}
        assert list(refusals) == [case.part]
        refusal = refusals[case.part]
        assert refusal.kind is case.error
        assert (refusal.stage, refusal.part) == ("read", case.part)
        assert contents == case.contents
        assert seen.slides == case.slides
        assert seen.defects == refusal
        assert seen.defects_after == case.defects

    @each(DAMAGED)
    def test_it_raises_each_time_and_in_each_way(self, case, library):
        archive = MmsArchive.open(case.build(), limits=case.limits)
        part = archive[case.part]
        ways = {
            "at once": part.read,
            "again": part.read,
            "in steps": lambda: list(part.iter_bytes()),
            "in small steps": lambda: list(part.iter_bytes(chunk_size=1000)),
            "as a file": lambda: part.open().read(),
            "as text": part.text,
        }
        refusals = {way: attempt(read) for way, read in ways.items()}
        for way, refusal in refusals.items():
            assert isinstance(refusal, Refusal), way
            assert (refusal.kind, refusal.stage, refusal.part) == (refusals["again"].kind, "read", part.name), way


class TestEveryOne:
    @each(CASES)
    def test_it_does_not_matter_how_it_is_handed_over(self, case, tmp_path):
        data = case.build()
        path = tmp_path / "mms.zip"
        path.write_bytes(data)
        expected = see(case, data)
        assert see(case, path) == expected
        assert see(case, str(path)) == expected
        assert see(case, io.BytesIO(data)) == expected
        with path.open("rb") as file:
            assert see(case, file) == expected
        if data:
            body = spooled(data)
            assert isinstance(body, SpooledBody)
            assert see(case, body) == expected


class TestEveryByte:
    """Small archives of which every beginning and every neighbour is tried."""

    WHOLE = build([A, B], zip64=True, comment=b"hi")

    def test_no_beginning_of_an_archive_is_one(self):
        for size in range(len(self.WHOLE)):
            with pytest.raises(ContentError) as caught:
                MmsArchive.open(self.WHOLE[:size])
            assert Refusal.of(caught.value).stage == "open"

    @pytest.mark.parametrize("change", [0x01, 0x80, 0xFF])
    def test_another_byte_makes_a_content_error_or_another_archive(self, change):
        for index in range(len(self.WHOLE)):
            data = bytearray(self.WHOLE)
            data[index] ^= change
            seen = see(CASES[0], bytes(data))
            if not isinstance(seen, Refusal):
                read = [part.data for part in seen.parts]
                assert all(data in {HELLO, GIF} for data in read if isinstance(data, bytes)), index
