"""Zips by other writers: what they put in comes out, and nothing is held against them."""

import io
import zipfile
import zlib

import pytest
from mms.writers import BROKEN, EXPLAINED, FILES, PARTS, REFUSED, WRITTEN

import mxinbound
from mxinbound import MmsArchive


def explained(name):
    return EXPLAINED.get(name, (PARTS, set()))


@pytest.mark.parametrize("name", WRITTEN)
class TestEveryWriter:
    def test_the_parts_are_those_put_in(self, name):
        archive = MmsArchive.open(WRITTEN[name])
        parts, _ = explained(name)
        assert [(part.name, part.content_type, part.read()) for part in archive.parts] == parts
        assert [(part.size, part.crc32) for part in archive.parts] == [
            (len(data), zlib.crc32(data)) for _, _, data in parts
        ]
        assert [archive[part].read() for part, _, _ in parts] == [data for _, _, data in parts]

    def test_nothing_is_held_against_it(self, name):
        archive = MmsArchive.open(WRITTEN[name])
        _, codes = explained(name)
        assert {defect.code for defect in archive.check()} == codes
        assert {defect.code for defect in archive.defects} == codes

    def test_the_standard_library_reads_the_same(self, name):
        parts, _ = explained(name)
        with zipfile.ZipFile(io.BytesIO(WRITTEN[name])) as archive:
            found = [archive.read(info) for info in archive.infolist() if not info.is_dir()]
        assert set(found) >= {data for _, _, data in parts}
        assert len(found) == len(parts) + 1


@pytest.mark.parametrize("name", [name for name in WRITTEN if explained(name)[0][0][1] == "application/smil"])
def test_the_slide_shows_the_picture_and_the_text(name):
    (slide,) = MmsArchive.open(WRITTEN[name]).slides
    assert [item.part.read() for item in slide.items] == [FILES["demo.gif"], FILES["demo.txt"]]


@pytest.mark.parametrize("name", REFUSED)
def test_what_contradicts_itself_is_refused_whoever_wrote_it(name):
    with pytest.raises(getattr(mxinbound, REFUSED[name])):
        MmsArchive.open(BROKEN[name])
