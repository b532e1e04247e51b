"""The zip builder: what it packs is what a gateway would, or as wrong as it is told to be."""

import io
import zipfile

import javaproperties
import pytest

from mxinbound import MmsArchive, testing

GIF = b"GIF89a"


def contents(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


class TestManifest:
    def test_it_maps_each_name_to_its_type_and_escapes_it(self):
        data = testing.build_zip([("a b=c", "text/plain", "é"), ("#1", "a/b", b"")])
        assert contents(data) == {
            "manifest": b"a\\ b\\=c=text/plain\n\\#1=a/b\n",
            "a b=c": "é".encode(),
            "#1": b"",
        }

    @pytest.mark.parametrize("content_type", ['text/plain; name="a\\\\b\\"c"', " text/plain", "\ttext/plain", ""])
    def test_a_type_is_read_as_it_was_given(self, content_type):
        with MmsArchive.open(testing.build_zip([("a", content_type, b"")])) as archive:
            manifest = contents(archive.raw)["manifest"].decode()
        assert javaproperties.loads(manifest) == {"a": content_type}

    @pytest.mark.parametrize("given", ["x", b"x"])
    def test_it_may_be_given(self, given):
        assert contents(testing.build_zip([], manifest=given)) == {"manifest": b"x"}

    @pytest.mark.parametrize("none", [False, None])
    def test_it_may_be_left_out(self, none):
        data = testing.build_zip([("a.gif", "image/gif", GIF)], manifest=none)
        assert contents(data) == {"a.gif": GIF}
        with MmsArchive.open(data) as archive:
            assert [defect.code for defect in archive.defects] == ["manifest-missing"]

    def test_an_empty_one_is_one(self):
        assert contents(testing.build_zip([], manifest="")) == {"manifest": b""}


class TestSmil:
    def test_it_shows_the_parts_in_their_order(self):
        parts = [
            ("a.txt", "text/plain", "one"),
            ("a.jpg", "image/jpeg", b"\xff\xd8\xff"),
            ("a.amr", "audio/amr", b"#!AMR\n"),
            ("card.vcf", "text/x-vCard", "BEGIN:VCARD"),
            ("b.mp4", "video/mp4", b"\0\0\0\x18ftypmp42"),
            ("b & <c>.txt", "text/plain", "two"),
            ("c.txt", "text/plain", "three"),
            ("d.gif", "image/gif", GIF),
        ]
        with MmsArchive.open(testing.build_zip(parts, smil=True)) as archive:
            shown = [[(item.tag, item.part.name) for item in slide.items] for slide in archive.slides]
            assert shown == [
                [("text", "a.txt"), ("img", "a.jpg"), ("audio", "a.amr")],
                [("video", "b.mp4"), ("text", "b & <c>.txt")],
                [("text", "c.txt"), ("img", "d.gif")],
            ]
            assert [slide.duration for slide in archive.slides] == [5.0] * 3
            assert [part.name for part in archive.attachments] == ["card.vcf"]
            assert archive.check() == ()

    def test_without_anything_to_show_it_has_no_slides(self):
        with MmsArchive.open(testing.build_zip([("a.vcf", "text/x-vCard", "x")], smil=True)) as archive:
            assert archive.slides is None

    @pytest.mark.parametrize("given", ["<smil/>", b"<smil/>", ""])
    def test_it_may_be_given(self, given):
        data = testing.build_zip([("a.gif", "image/gif", GIF)], smil=given)
        assert contents(data)["slides.smil"] == (given if isinstance(given, bytes) else given.encode())
        assert contents(data)["manifest"] == b"slides.smil=application/smil\na.gif=image/gif\n"

    @pytest.mark.parametrize("none", [False, None])
    def test_it_may_be_left_out(self, none):
        assert contents(testing.build_zip([], smil=none)) == {"manifest": b""}

    def test_a_push_may_have_one(self):
        for build in (testing.mms, testing.mms_notification):
            with MmsArchive.open(build(smil=True).archive) as archive:
                assert len(archive.slides) == 1


class TestDescriptors:
    def test_sizes_follow_the_data_as_java_writes_them(self):
        parts = [("a.txt", "text/plain", "Hello"), ("å.gif", "image/gif", GIF)]
        plain, javas = testing.build_zip(parts), testing.build_zip(parts, descriptors=True)
        assert javas.count(b"PK\x07\x08") == 3
        assert javas[14:26] == bytes(12)
        assert contents(plain) == contents(javas)
        with MmsArchive.open(javas) as archive:
            assert [part.read() for part in archive.parts] == [b"Hello", GIF]
            assert archive.check() == ()


@pytest.mark.parametrize("parts", ["Hello", ["a"], [("a.txt", "Hello")], [(b"a", "text/plain", b"")], [None]])
def test_what_is_no_part_is_a_mistake(parts):
    for build in (testing.build_zip, testing.mms, testing.mms_notification):
        with pytest.raises(TypeError, match=r"^a part is a name, a content type, and bytes or text: \('a.txt', "):
            build(parts)


def test_it_is_the_same_every_time():
    parts = [("a.txt", "text/plain", "Hello")]
    assert testing.build_zip(parts, smil=True) == testing.build_zip(iter(parts), smil=True)
