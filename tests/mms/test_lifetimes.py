"""How long an archive lives, who may share it, and what it is a copy of."""

import copy
import gc
import pickle
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mms.test_archive import JUNK, PARTS, SOURCES, USES, ZIP, on_disk, spooled
from mms.zipping import Entry, build

from mxinbound import ContentError, Limits, MmsArchive, TooManyParts
from mxinbound.body import SpooledBody, whole

DAMAGED = build([Entry(b"a.txt", b"x" * 100_000, crc=1), Entry(b"b.txt", b"two"), Entry(b"show.smil", b"<smil>")])


@pytest.fixture(params=SOURCES)
def source(request, tmp_path):
    made = SOURCES[request.param](ZIP, tmp_path)
    yield made
    if hasattr(made, "close"):
        made.close()


def test_parts_are_right_from_eight_threads_at_once(source):
    archive = MmsArchive(whole(source)) if not isinstance(source, (str, Path)) else MmsArchive.open(source)
    expected = {name: data.encode() if isinstance(data, str) else data for name, _, data in PARTS}

    def read(number):
        names = sorted(expected, key=lambda name: hash((name, number)))
        whole_ones = {name: archive[name].read() for name in names}
        return whole_ones == expected == {name: b"".join(archive[name].iter_bytes(1000)) for name in names}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(40)))
        assert len({id(slides) for slides in pool.map(lambda _: archive.slides, range(8))}) == 1
    archive.close()


@pytest.fixture
def no_collector():
    """Without the collector only the last reference counts."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def read_all(archive):
    return [part.read() for part in archive.parts], archive.text, archive.slides, archive.attachments, archive.check()


def caught(use):
    def attempt(archive):
        try:
            use(archive)
        except ContentError as error:
            return str(error)
        raise AssertionError

    return attempt


CIRCLES = {
    "unused": (ZIP, repr),
    "read": (ZIP, read_all),
    "iterated half-way": (ZIP, lambda archive: next(archive["a.gif"].iter_bytes())),
    "equal": (ZIP, lambda archive: archive == MmsArchive(whole(ZIP))),
    "pickled": (ZIP, pickle.dumps),
    **{f"junk, {name}": (JUNK, caught(use)) for name, use in USES.items()},
    "junk, twice": (JUNK, lambda archive: [caught(use)(archive) for use in USES.values()] * 2),
    "damaged, read": (DAMAGED, caught(lambda archive: archive.parts[0].read())),
    "damaged, iterated": (DAMAGED, caught(lambda archive: list(archive.parts[0].iter_bytes()))),
    "damaged, checked": (DAMAGED, caught(MmsArchive.check)),
    "damaged, text": (DAMAGED, caught(lambda archive: archive.text)),
    "damaged, slides": (DAMAGED, lambda archive: archive.slides),
}


@pytest.mark.usefixtures("no_collector")
class TestTheLastReference:
    @pytest.mark.parametrize(("data", "use"), CIRCLES.values(), ids=CIRCLES)
    def test_it_closes_a_spooled_body(self, data, use):
        body = spooled(data)
        archive = MmsArchive(whole(body))
        references = weakref.ref(body), weakref.ref(archive)
        use(archive)
        del archive, body
        assert [reference() for reference in references] == [None, None]

    @pytest.mark.parametrize("data", [ZIP, DAMAGED], ids=["good", "damaged"])
    def test_it_closes_a_spooled_body_after_saving(self, data, tmp_path):
        body = spooled(data)
        archive = MmsArchive(whole(body))
        reference = weakref.ref(body)
        try:
            archive.save_to(tmp_path)
        except ContentError as error:
            assert error.part == "a.txt"
        del archive, body
        assert reference() is None

    def test_a_part_keeps_it_and_an_archive_is_not_needed(self):
        body = spooled(ZIP)
        archive = MmsArchive(whole(body))
        part, reference = archive.parts[0], weakref.ref(archive)
        del archive, body
        assert reference() is None
        assert part.read() == b"Eins"

    def test_a_path_is_closed_with_the_archive_and_nobody_is_warned(self, tmp_path):
        archive = MmsArchive.open(on_disk(ZIP, tmp_path))
        body = weakref.ref(archive._file)
        assert isinstance(body(), SpooledBody)
        del archive
        assert body() is None

    def test_a_path_that_is_refused_is_closed(self, tmp_path):
        path = on_disk(JUNK, tmp_path)
        for _ in range(3):
            with pytest.raises(ContentError):
                MmsArchive.open(path)
        assert [each for each in gc.get_objects() if type(each) is SpooledBody] == []


THROUGH = {"pickle": lambda value: pickle.loads(pickle.dumps(value)), "copy": copy.copy, "deep copy": copy.deepcopy}


@pytest.mark.parametrize("through", THROUGH.values(), ids=THROUGH)
class TestCopies:
    def test_an_archive_arrives_as_it_was(self, source, through):
        archive = MmsArchive.open(source)
        arrived = through(archive)
        assert arrived == archive
        assert hash(arrived) == hash(archive)
        assert [(part.name, part.content_type, part.read()) for part in arrived.parts] == [
            (part.name, part.content_type, part.read()) for part in archive.parts
        ]
        archive.close()

    def test_so_do_its_limits(self, through):
        archive = through(MmsArchive(whole(ZIP), Limits(max_parts=6)))
        with pytest.raises(TooManyParts):
            archive.parts  # noqa: B018

    def test_a_damaged_one_arrives_damaged(self, through):
        archive = MmsArchive(whole(JUNK))
        assert caught(MmsArchive.check)(archive) == caught(MmsArchive.check)(through(archive))
        assert through(archive).raw == JUNK

    def test_a_part_arrives_readable(self, through):
        part = through(MmsArchive(whole(spooled(ZIP))).parts[2])
        assert (part.name, part.content_type, part.charset, part.text()) == ("two.txt", "text/plain", "utf-8", "Zwei")

    def test_slides_arrive_with_their_parts(self, through):
        slides = through(MmsArchive(whole(spooled(ZIP))).slides)
        assert [item.part.name for slide in slides for item in slide.items] == ["two.txt", "a.gif", "one.txt"]
        assert slides[1].items[0].part.read() == b"Eins"


class TestEquality:
    def test_archives_are_equal_when_their_bytes_are(self, source):
        archive = MmsArchive.open(source)
        assert archive == MmsArchive.open(ZIP)
        assert hash(archive) == hash(MmsArchive.open(ZIP))
        assert len({archive, MmsArchive.open(ZIP)}) == 1
        assert MmsArchive(whole(JUNK)) == MmsArchive(whole(JUNK))
        archive.close()

    def test_others_are_not(self):
        changed = ZIP.replace(b"one.txt", b"eno.txt")
        assert len(changed) == len(ZIP)
        assert MmsArchive.open(ZIP) != MmsArchive(whole(changed))
        assert MmsArchive.open(ZIP) != MmsArchive(whole(JUNK))
        assert MmsArchive.open(ZIP) != ZIP

    def test_parts_are_themselves_only(self):
        first, second = MmsArchive.open(ZIP), MmsArchive.open(ZIP)
        assert first.parts == first.parts
        assert first.parts[0] != second.parts[0]
        assert len({*first.parts, *second.parts}) == 12
