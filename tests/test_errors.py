"""The tree of errors as it is documented: who descends from whom, which status answers, what may be tried again."""

import copy
import inspect
import pickle
import subprocess
import sys
import warnings

import pytest

import mxinbound
from mxinbound import Defect, Hop, InboundRequest, SourceVerdict, errors

# class: (parent, status, retryable, code)
TREE = {
    "MxInboundError": ("Exception", 500, False, "error"),
    "SourceRefused": ("MxInboundError", 403, False, "source-refused"),
    "RequestTooLarge": ("MxInboundError", 413, False, "request-too-large"),
    "MethodNotAllowed": ("MxInboundError", 405, False, "method-not-allowed"),
    "UnreadablePush": ("MxInboundError", 400, False, "unreadable-push"),
    "BodyIncomplete": ("MxInboundError", 408, True, "body-incomplete"),
    "BodyConsumed": ("MxInboundError", 500, False, "body-consumed"),
    "ContentError": ("MxInboundError", 422, False, "content-error"),
    "MalformedContent": ("ContentError", 422, False, "malformed-content"),
    "UnsafeName": ("ContentError", 422, False, "unsafe-name"),
    "UnsupportedContent": ("ContentError", 422, False, "unsupported-content"),
    "EncryptedContent": ("UnsupportedContent", 422, False, "encrypted-content"),
    "ContentTooLarge": ("ContentError", 422, False, "content-too-large"),
    "TooManyParts": ("ContentTooLarge", 422, False, "too-many-parts"),
    "RetrievalError": ("MxInboundError", 500, False, "retrieval-error"),
    "CredentialsRefused": ("RetrievalError", 500, False, "credentials-refused"),
    "MmsNotAvailable": ("RetrievalError", 500, False, "mms-not-available"),
    "NotAnArchive": ("RetrievalError", 500, False, "not-an-archive"),
    "ArchiveTooLarge": ("RetrievalError", 500, False, "archive-too-large"),
    "GatewayUnreachable": ("RetrievalError", 500, True, "gateway-unreachable"),
    "GatewayBusy": ("RetrievalError", 500, True, "gateway-busy"),
    "IncompleteDownload": ("RetrievalError", 500, True, "incomplete-download"),
    "RetrievalTimeout": ("RetrievalError", 500, True, "retrieval-timeout"),
}
VALUE_ERRORS = {"UnreadablePush", "ContentError", "ConfigurationError"}

VERDICT = SourceVerdict(allowed=False, client="1.2.3.4", network=None, hops=(Hop("1.2.3.4", "client"),), reason="so")
REQUEST = InboundRequest(method="GET", query=b"a=b", peer="1.2.3.4")
PART = {"part": "a.jpg", "stage": "read"}
FETCH = {"message_id": "1", "http_status": 503, "retry_after": 1.5}

# class: (attributes by default, attributes to give)
ATTRIBUTES = {
    "SourceRefused": ({"verdict": None}, {"verdict": VERDICT}),
    "RequestTooLarge": ({"limit": "", "allowed": 0}, {"limit": "max_fields", "allowed": 7}),
    "UnreadablePush": (
        {"parameter": None, "problems": (), "request": None},
        {"parameter": "id", "problems": (Defect("id-missing", "id", "gone"),), "request": REQUEST},
    ),
    "ContentError": ({"part": None, "stage": "open"}, PART),
    "ContentTooLarge": (
        {"part": None, "stage": "open", "limit": "", "allowed": 0, "found": None},
        PART | {"limit": "max_part_bytes", "allowed": 7, "found": 8},
    ),
    "RetrievalError": ({"message_id": None, "http_status": None, "retry_after": None}, FETCH),
    "MmsNotAvailable": (
        {"message_id": None, "http_status": None, "retry_after": None, "expired": False},
        FETCH | {"expired": True},
    ),
}


def attributes_of(name):
    """What an error of this name holds by default and may be given: its own, or its nearest ancestor's."""
    while name in TREE:
        if name in ATTRIBUTES:
            return ATTRIBUTES[name]
        name = TREE[name][0]
    return {}, {}


@pytest.mark.parametrize("name", TREE)
class TestEachError:
    def test_has_its_place_in_the_tree(self, name):
        kind = getattr(errors, name)
        parent, status, retryable, code = TREE[name]
        assert kind.__base__.__name__ == parent
        assert (kind.status, kind.retryable, kind.code) == (status, retryable, code)
        assert issubclass(kind, ValueError) is bool(VALUE_ERRORS & {base.__name__ for base in kind.__mro__})

    def test_stands_at_the_front_door(self, name):
        assert getattr(mxinbound, name) is getattr(errors, name)

    def test_needs_a_sentence_only(self, name):
        error = getattr(errors, name)("a sentence")
        assert str(error) == "a sentence"
        assert vars(error) == attributes_of(name)[0]

    def test_takes_its_attributes_by_name(self, name):
        _, given = attributes_of(name)
        error = getattr(errors, name)("a sentence", **given)
        assert str(error) == "a sentence"
        assert {key: getattr(error, key) for key in given} == given
        if given:
            with pytest.raises(TypeError):
                getattr(errors, name)("a sentence", *given.values())

    @pytest.mark.parametrize(
        "copied",
        [*(lambda error, p=p: pickle.loads(pickle.dumps(error, p)) for p in range(6)), copy.copy, copy.deepcopy],
        ids=[*(f"pickle {protocol}" for protocol in range(6)), "copy", "deepcopy"],
    )
    def test_survives_pickling_and_copying(self, name, copied):
        _, given = attributes_of(name)
        error = getattr(errors, name)("a sentence", **given)
        error.add_note("a note")
        twin = copied(error)
        assert type(twin) is type(error)
        assert str(twin) == "a sentence"
        assert vars(twin) == given | {"__notes__": ["a note"]}

    def test_is_told_apart_by_its_code(self, name):
        assert [other for other, row in TREE.items() if row[3] == TREE[name][3]] == [name]


def test_the_code_of_an_error_of_ones_own_is_its_name_unless_it_has_one():
    class QueueFull(errors.MxInboundError):
        pass

    class InboxFull(QueueFull):
        code = "full"

    assert (QueueFull.code, InboxFull.code) == ("queue-full", "full")


def test_the_tree_is_complete():
    found = {
        name
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, BaseException) and kind.__module__ == errors.__name__
    }
    assert found == {*TREE, "ConfigurationError", "InsecureReceiverWarning"}


def test_the_tree_is_drawn_at_the_top_of_its_file():
    for name, (parent, status, _, _) in TREE.items():
        line = next(line for line in errors.__doc__.splitlines() if name in line)
        if parent == "MxInboundError" and name != "RetrievalError":
            assert f" {status} " in line
    assert "ConfigurationError" in errors.__doc__
    assert "InsecureReceiverWarning" in errors.__doc__


def test_a_mistake_in_the_set_up_is_outside_the_tree():
    assert errors.ConfigurationError.__bases__ == (ValueError,)
    assert not issubclass(errors.ConfigurationError, errors.MxInboundError)
    assert errors.InsecureReceiverWarning.__bases__ == (UserWarning,)


def test_the_warning_is_shown_by_default():
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.warn("open to all", errors.InsecureReceiverWarning, stacklevel=1)
    assert [str(each.message) for each in caught] == ["open to all"]


def test_the_module_imports_nothing_of_the_package():
    script = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("alone", sys.argv[1])
spec.loader.exec_module(importlib.util.module_from_spec(spec))
print([name for name in sys.modules if name.partition(".")[0] in {"mxinbound", "attrs", "attr"}])
"""
    done = subprocess.run([sys.executable, "-c", script, errors.__file__], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
