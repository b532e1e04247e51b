"""Which file of a zip a manifest's key or a SMIL's source means: the strictest reading that leaves exactly one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxinbound.mms.matching import Sources, match_keys

KEYS = {
    "exactly": (["b.gif"], ["a.gif", "b.gif"], {"b.gif": "b.gif"}),
    "exactly, whatever else fits": (["a.gif"], ["A.GIF", "<a.gif>", "a.gif"], {"a.gif": "a.gif"}),
    "the key with a dot": (["./a.gif"], ["a.gif"], {"./a.gif": "a.gif"}),
    "the name with a dot": (["a.gif"], ["./a.gif"], {"a.gif": "./a.gif"}),
    "the key in brackets": (["<a.gif>"], ["a.gif"], {"<a.gif>": "a.gif"}),
    "the name in brackets": (["a.gif"], ["<a.gif>"], {"a.gif": "<a.gif>"}),
    "cid before the key": (["cid:a.gif"], ["a.gif"], {"cid:a.gif": "a.gif"}),
    "cid before the name": (["a.gif"], ["CID:a.gif"], {"a.gif": "CID:a.gif"}),
    "cid and brackets": (["cid:<a.gif>"], ["a.gif"], {"cid:<a.gif>": "a.gif"}),
    "everything at once": (["./cid:<./A.GIF>"], ["a.gif"], {"./cid:<./A.GIF>": "a.gif"}),
    "another case": (["A.GIF"], ["a.gif"], {"A.GIF": "a.gif"}),
    "another form": (["e\u0301"], ["é"], {"e\u0301": "é"}),
    "another case and form": (["E\u0301"], ["é"], {"E\u0301": "é"}),
    "two names in another case": (["A.gif"], ["a.gif", "a.GIF"], {}),
    "two names, one of which is taken": (["a.gif", "A.gif"], ["a.gif", "a.GIF"], {"a.gif": "a.gif", "A.gif": "a.GIF"}),
    "a stricter reading comes first": (["A.GIF", "<a.gif>"], ["a.gif"], {"<a.gif>": "a.gif"}),
    "a name is used once": (["A.gif", "a.GIF"], ["a.gif"], {"A.gif": "a.gif"}),
    "never by its last component": (["d/a.gif"], ["a.gif"], {}),
    "never by its stem": (["a"], ["a.gif"], {}),
    "never decoded": (["%61.gif"], ["a.gif"], {}),
    "nothing": ([""], ["a.gif"], {}),
    "no names": (["a.gif"], [], {}),
    "half a bracket": (["<a.gif"], ["a.gif"], {}),
}


class TestTheKeysOfAManifest:
    @pytest.mark.parametrize(("keys", "names", "expected"), KEYS.values(), ids=KEYS)
    def test_a_key_means_the_one_name_that_is_left(self, keys, names, expected):
        assert match_keys(keys, names) == expected

    @given(
        st.lists(st.text("aA./<>é\u0301e", max_size=4), unique=True),
        st.lists(st.text("aA./<>é\u0301e", max_size=4), unique=True),
    )
    def test_no_name_is_used_twice_and_an_exact_one_always_counts(self, keys, names):
        matched = match_keys(keys, names)
        assert len(set(matched.values())) == len(matched)
        assert set(matched) <= set(keys)
        assert set(matched.values()) <= set(names)
        assert {key: matched[key] for key in keys if key in names} == {key: key for key in keys if key in names}


FOUND = {
    "exactly": (["a.gif", "A.gif", "cid:a.gif"], "cid:a.gif", "cid:a.gif"),
    "exactly, like something outside": (["http://x/a.gif"], "http://x/a.gif", "http://x/a.gif"),
    "exactly, with a percent": (["a%20b.gif"], "a%20b.gif", "a%20b.gif"),
    "exactly, with two percents": (["Lil%2520bud.jpg"], "Lil%2520bud.jpg", "Lil%2520bud.jpg"),
    "a percent behind cid": (["Lil%2520bud.jpg"], "cid:Lil%2520bud.jpg", "Lil%2520bud.jpg"),
    "cid": (["a.gif"], "cid:a.gif", "a.gif"),
    "cid in capitals": (["a.gif"], "CID:a.gif", "a.gif"),
    "cid in the name": (["cid:a.gif"], "a.gif", "cid:a.gif"),
    "encoded": (["a b.gif"], "a%20b.gif", "a b.gif"),
    "encoded beyond ascii": (["é.gif"], "cid:%C3%A9.gif", "é.gif"),
    "encoded in another form": (["é.gif"], "e%CC%81.gif", "é.gif"),
    "encoded brackets": (["a.gif"], "cid:%3Ca.gif%3E", "a.gif"),
    "encoded cid": (["a.gif"], "cid%3Aa.gif", "a.gif"),
    "a broken escape": (["50%.gif"], "cid:50%.gif", "50%.gif"),
    "brackets": (["a.gif"], "<a.gif>", "a.gif"),
    "brackets of the name": (["<a.gif>"], "cid:a.gif", "<a.gif>"),
    "brackets of both": (["<0000>"], "cid:<0000>", "<0000>"),
    "a dot": (["a.gif"], "./a.gif", "a.gif"),
    "a dot behind cid": (["a.gif"], "cid:./a.gif", "a.gif"),
    "a dot of the name": (["./a.gif"], "a.gif", "./a.gif"),
    "another case": (["A.GIF"], "a.gif", "A.GIF"),
    "another form": (["é.gif"], "e\u0301.gif", "é.gif"),
    "the last component of the source": (["a.gif"], "images/a.gif", "a.gif"),
    "the last component of the name": (["images/a.gif"], "a.gif", "images/a.gif"),
    "the last components of both": (["x/a.gif"], "y/A.gif", "x/a.gif"),
    "the last component behind a backslash": (["images\\a.gif"], "a.gif", "images\\a.gif"),
    "without an extension": (["a.gif", "b.gif"], "cid:a", "a.gif"),
    "without an extension in a folder": (["x/A.gif", "b.gif"], "cid:a", "x/A.gif"),
    "with an extension too many": (["a", "b"], "cid:a.gif", "a"),
    "an exact one among many": (["a", "A", "a.gif", "x/a"], "a", "a"),
    "a strict one among many": (["a.gif", "A.gif", "x/a.gif"], "./a.gif", "a.gif"),
}
NOT_FOUND = {
    "nothing": (["a.gif"], ""),
    "something else": (["a.gif"], "b.gif"),
    "a colon behind cid": (["a.gif"], "cid:http://x/a.gif/"),
    "another extension": (["a.gif"], "a.jpg"),
    "two in another case": (["A.gif", "a.GIF"], "a.gif"),
    "two by their last components": (["x/a.gif", "y/a.gif"], "a.gif"),
    "two by their stems": (["a.gif", "a.jpg"], "a"),
    # The looser reading would leave one, but the stricter left two already.
    "two in folders and a stem": (["x/a", "y/a", "z/a.gif"], "a"),
    "two in another case and a stem": (["A.gif", "a.GIF", "a"], "a.gIf"),
    "a folder": (["x/a.gif"], "x"),
    "a step up": (["a.gif"], ".."),
}
OUTSIDE = ["http://x/a.gif", "HTTPS://x/a.gif", "file:///a.gif", "file:a.gif", "data:,a.gif", "ftp://x/a.gif"]
OUTSIDE += ["rtsp://x/a.gif", "c:a.gif", "C:\\a.gif", "x-a+b.c:a.gif", "javascript:a.gif", "mid:a.gif"]


class TestTheSourcesOfASmil:
    @pytest.mark.parametrize(("names", "src", "expected"), FOUND.values(), ids=FOUND)
    def test_a_source_means_the_one_name_that_is_left(self, names, src, expected):
        assert Sources(names).find(src) == expected

    @pytest.mark.parametrize(("names", "src"), NOT_FOUND.values(), ids=NOT_FOUND)
    def test_what_could_be_several_or_none_is_nothing(self, names, src):
        assert Sources(names).find(src) is None

    @pytest.mark.parametrize("src", OUTSIDE)
    def test_what_is_outside_is_nothing_whatever_it_ends_with(self, src):
        assert Sources(["a.gif"]).find(src) is None

    @given(st.lists(st.text(min_size=1), unique=True))
    def test_every_name_means_itself(self, names):
        sources = Sources(names)
        assert [sources.find(name) for name in names] == names

    @given(st.text(), st.text())
    def test_no_source_raises(self, name, src):
        assert Sources([name]).find(src) in {name, None}

    @given(st.text("abcé\u0301 ._-", min_size=1))
    def test_case_and_form_of_the_only_name_do_not_matter(self, name):
        find = Sources([name]).find
        assert find(unicodedata.normalize("NFD", name.upper())) == name
        assert find(f"cid:{unicodedata.normalize('NFC', name)}") == name
