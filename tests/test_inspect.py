"""`mxinbound inspect`: what it shows of an archive, and what it does not let a sender do to a terminal."""

import json

import pytest

from mxinbound import testing
from mxinbound.cli import main

SMIL = """<smil><head><layout><region id="Image"/></layout></head><body>
<par dur="5s"><img src="pixel.gif" region="Image" alt="a dot" begin="1s" end="indefinite"/><text src="gone.txt"/></par>
<par dur="indefinite"><text src="hello.txt"/></par><par/>
</body></smil>"""
PARTS = [
    ("hello.sml", "application/smil", SMIL),
    ("hello.txt", "text/plain", "Hello\nthere"),
    ("pixel.gif", "image/gif", b"GIF89a"),
    ("card", "", "BEGIN:VCARD"),
]
SHOWN = """\
part         'hello.sml' application/smil, {size} bytes
part         'hello.txt' text/plain, 11 bytes
part         'pixel.gif' image/gif, 6 bytes
part         'card' text/x-vcard by bytes, 11 bytes
slide 1      img 'pixel.gif', text that is not here, for 5 s
slide 2      text 'hello.txt', with no end
slide 3      nothing
attachment   'card'
text         Hello
             there
defect       manifest-bad-type: 'card': the manifest's type for the file is no type; it was told by the name or the first bytes
defect       smil-unresolved: 'hello.sml': the SMIL shows something that is not in the zip, or could be several parts
"""


@pytest.fixture
def inspect(tmp_path, capsys):
    """Inspects an archive and gives the exit code, the output, and the errors."""

    def inspect(data, *options):
        (tmp_path / "mms.zip").write_bytes(data)
        return main(["inspect", str(tmp_path / "mms.zip"), *options]), *capsys.readouterr()

    return inspect


def damaged(name, *, data=b"Hello", **parts):
    """An archive in which the bytes of one part are not what its CRC says."""
    whole = testing.build_zip([("good.txt", "text/plain", "good"), (name, "", data)])
    at = whole.rindex(b"PK\x01\x02")
    stream = whole.rindex(name.encode(), 0, at) + len(name)
    return whole[:stream] + bytes([whole[stream] ^ 0x10]) + whole[stream + 1 :]


def test_what_is_inside_is_shown_in_the_order_of_the_message(inspect):
    code, out, err = inspect(testing.build_zip(PARTS))
    assert (code, err) == (0, "")
    assert out == SHOWN.format(size=len(SMIL))


def test_as_json_it_is_all_there(inspect, tmp_path):
    code, out, _ = inspect(testing.build_zip(PARTS), "--json")
    report = json.loads(out)
    assert code == 0
    assert report["file"] == str(tmp_path / "mms.zip")
    assert report["parts"][3] == {
        "name": "card",
        "filename": "card",
        "content_type": "text/x-vcard",
        "charset": None,
        "type_source": "bytes",
        "bytes": 11,
        "error": None,
    }
    assert report["slides"][0] == {
        "duration": 5,
        "items": [
            {
                "tag": "img",
                "src": "pixel.gif",
                "part": "pixel.gif",
                "region": "Image",
                "begin": 1,
                "end": "indefinite",
                "alt": "a dot",
            },
            {"tag": "text", "src": "gone.txt", "part": None, "region": None, "begin": None, "end": None, "alt": None},
        ],
    }
    assert [slide["duration"] for slide in report["slides"]] == [5, "indefinite", None]
    assert (report["attachments"], report["text"], report["saved"]) == (["card"], "Hello\nthere", {})
    assert [defect["code"] for defect in report["defects"]] == ["manifest-bad-type", "smil-unresolved"]


def test_without_slides_there_are_none_to_show(inspect):
    archive = testing.build_zip([("hello.txt", "text/plain", "Hello")])
    assert "slide" not in inspect(archive)[1]
    assert json.loads(inspect(archive, "--json")[1])["slides"] is None


@pytest.mark.parametrize(
    "case", [case for case in testing.hostile_zips() if case.stage == "open"], ids=lambda case: case.name
)
class TestWhatIsRefused:
    def test_is_said_to_be_and_why(self, inspect, case):
        code, out, err = inspect(case.archive)
        assert (code, err) == (1, "")
        assert out.startswith("refused: ")
        assert out.endswith(f" ({case.error.code})\n")
        assert len(out.splitlines()) == 1

    def test_and_so_in_json(self, inspect, case):
        code, out, err = inspect(case.archive, "--json")
        error = json.loads(out)["error"]
        assert (code, err, error["code"], error["stage"]) == (1, "", case.error.code, "open")


def test_a_refusal_for_size_tells_the_numbers(inspect):
    (case,) = [case for case in testing.hostile_zips() if case.name == "too-many-entries"]
    error = json.loads(inspect(case.archive, "--json")[1])["error"]
    assert error == {
        "code": "too-many-parts",
        "message": "the zip has more entries than max_parts (128)",
        "part": None,
        "stage": "open",
        "limit": "max_parts",
        "allowed": 128,
        "found": 129,
    }


class TestDamagedParts:
    @pytest.mark.parametrize("name", ["bad.txt", "bad.bin"])
    def test_are_told_and_the_others_shown(self, inspect, name):
        code, out, _ = inspect(damaged(name))
        assert code == 1
        assert out.startswith("part         'good.txt' text/plain, 4 bytes\n")
        assert f"part         '{name}' " in out
        assert f", damaged: '{name}': " in out
        assert ("text         good" in out) is (name == "bad.bin")

    def test_and_so_in_json(self, inspect):
        code, out, _ = inspect(damaged("bad.txt"), "--json")
        report = json.loads(out)
        assert code == 1
        assert report["parts"][0]["error"] is None
        assert report["parts"][1]["error"]["code"] == "malformed-content"
        assert report["text"] is None

    @pytest.mark.parametrize("options", [[], ["--json"]], ids=["rows", "json"])
    def test_the_others_are_extracted(self, inspect, tmp_path, options):
        folder = tmp_path / "out"
        code, out, _ = inspect(damaged("bad.txt"), "--extract", str(folder), *options)
        assert code == 1
        assert [path.name for path in folder.iterdir()] == ["good.txt"]
        if options:
            assert json.loads(out)["saved"] is None
        else:
            assert out.endswith(f"saved        the parts that are sound, in {folder}\n")


class TestExtracting:
    def test_saves_the_parts_in_a_folder_that_it_makes(self, inspect, tmp_path):
        folder = tmp_path / "a new" / "folder"
        code, out, _ = inspect(testing.build_zip(PARTS), "--extract", str(folder))
        assert code == 0
        assert {path.name for path in folder.iterdir()} == {"hello.sml", "hello.txt", "pixel.gif", "card"}
        assert (folder / "hello.txt").read_bytes() == b"Hello\nthere"
        assert out.endswith(f"saved        'card' as {folder / 'card'}\n")

    def test_says_in_json_where_they_are(self, inspect, tmp_path):
        _, out, _ = inspect(testing.build_zip(PARTS), "--json", "--extract", str(tmp_path))
        assert json.loads(out)["saved"]["card"] == str(tmp_path / "card")

    def test_overwrites_nothing(self, inspect, tmp_path):
        (tmp_path / "card").write_text("mine")
        assert inspect(testing.build_zip(PARTS), "--extract", str(tmp_path))[0] == 0
        assert (tmp_path / "card").read_text() == "mine"
        assert (tmp_path / "card-2").read_text() == "BEGIN:VCARD"


def test_a_file_that_is_not_there_is_a_failure(capsys):
    assert main(["inspect", "no such file.zip"]) == 1
    assert capsys.readouterr() == (
        "",
        "mxinbound inspect: [Errno 2] No such file or directory: 'no such file.zip'\n",
    )


class TestATerminal:
    ESCAPES = "\x1b[31m\x07\u202e\u2066\x9b"

    def test_gets_no_control_character_from_a_text(self, inspect):
        out = inspect(testing.build_zip([("a.txt", "text/plain", f"a{self.ESCAPES}b\ttab")]))[1]
        assert "text         a\\x1b[31m\\x07\\u202e\\u2066\\x9bb\\ttab\n" in out

    @pytest.mark.parametrize(
        ("name", "shown"),
        [("a\u202etxt.exe", r"'a\u202etxt.exe'"), ("a\u2028b", r"'a\u2028b'"), ("a'b", '"a\'b"'), ("å", "'å'")],
    )
    def test_gets_none_from_a_name(self, inspect, name, shown):
        out = inspect(testing.build_zip([(name, "text/plain", "")]))[1]
        assert out.startswith(f"part         {shown} text/plain")

    def test_gets_none_from_a_smil(self, inspect):
        smil = "<smil><body><par><a\u202eb src='x'/></par></body></smil>"
        out = inspect(testing.build_zip([("a.sml", "application/smil", smil)]))[1]
        assert all(character.isprintable() or character == "\n" for character in out)
