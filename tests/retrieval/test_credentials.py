"""Credentials show neither of the two to anybody but the gateway."""

import copy
import pickle
from traceback import TracebackException

import pytest

from mxinbound import ConfigurationError, Credentials

USER = "us3r"
PASSWORD = "pa%55ss&w?ör d#5ecret"

BOTH = {"MXINBOUND_USER": USER, "MXINBOUND_PASSWORD": PASSWORD}


def shown_to_a_reader_of_frames(error, secret):
    """The lines with the secret in what is printed of an error with the variables of its frames."""
    shown = "".join(TracebackException.from_exception(error, capture_locals=True).format())
    assert "Credentials" in shown
    return [line for line in shown.splitlines() if secret in line]


class TestCredentials:
    @pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format, ascii])
    def test_are_masked_however_they_are_shown(self, show):
        assert show(Credentials(USER, PASSWORD)) == "Credentials(user='***', password='***')"

    @pytest.mark.parametrize(
        "duplicate",
        [
            copy.copy,
            copy.deepcopy,
            *(lambda credentials, p=p: pickle.dumps(credentials, p) for p in range(pickle.HIGHEST_PROTOCOL + 1)),
        ],
        ids=["copy", "deepcopy", *(f"pickle {p}" for p in range(pickle.HIGHEST_PROTOCOL + 1))],
    )
    def test_are_neither_copied_nor_pickled(self, duplicate):
        with pytest.raises(TypeError) as caught:
            duplicate(Credentials(USER, PASSWORD))
        assert str(caught.value) == (
            "Credentials are not pickled or copied: make them anew from where the secret is kept"
        )

    def test_have_no_attribute_that_shows_one(self):
        credentials = Credentials(USER, PASSWORD)
        public = [getattr(credentials, name) for name in dir(credentials) if not name.startswith("_")]
        assert not [each for each in public if USER in repr(each) or PASSWORD in repr(each)]
        assert not hasattr(credentials, "__dict__")

    @pytest.mark.parametrize(
        ("user", "password"),
        [("", PASSWORD), (USER, ""), ("", ""), (None, PASSWORD), (USER, None)],
        ids=["no user", "no password", "neither", "None for a user", "None for a password"],
    )
    def test_are_two(self, user, password):
        with pytest.raises(ConfigurationError) as caught:
            Credentials(user, password)
        assert str(caught.value) == "Credentials: user and password must not be empty"

    def test_an_empty_user_shows_the_password_in_no_frame(self):
        secret = iter([PASSWORD])
        with pytest.raises(ConfigurationError) as caught:
            Credentials("", next(secret))
        assert shown_to_a_reader_of_frames(caught.value, PASSWORD) == []

    @pytest.mark.parametrize(
        ("user", "password"),
        [(1, PASSWORD), (USER, 1), (USER.encode(), PASSWORD), (USER, PASSWORD.encode())],
        ids=["a number for a user", "a number for a password", "a user in bytes", "a password in bytes"],
    )
    def test_are_text(self, user, password):
        with pytest.raises(ConfigurationError):
            Credentials(user, password)

    @pytest.mark.parametrize(
        ("user", "password"),
        [(USER + "\udce9", PASSWORD), (USER, PASSWORD + "\udce9")],
        ids=["the user", "the password"],
    )
    def test_that_are_no_unicode_are_refused_without_being_shown(self, user, password):
        # What an environment variable in another charset becomes.
        with pytest.raises(ConfigurationError) as caught:
            Credentials(user, password)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        assert USER not in repr(caught.value)
        assert PASSWORD not in repr(caught.value)

    @pytest.mark.parametrize(
        ("target", "joined"),
        [
            (b"/RetrieveMMS?id=1", b"/RetrieveMMS?user=us3r&pass=pa%2555ss%26w%3F%C3%B6r%20d%235ecret&id=1"),
            (b"/?id=a%26b%3Fc?d", b"/?user=us3r&pass=pa%2555ss%26w%3F%C3%B6r%20d%235ecret&id=a%26b%3Fc?d"),
        ],
        ids=["an id", "an id with marks"],
    )
    def test_join_in_front_of_what_is_asked_for(self, target, joined):
        assert Credentials(USER, PASSWORD).joined_to(target) == joined


class TestFromEnv:
    def test_takes_both_from_a_mapping(self):
        joined = Credentials.from_env(BOTH).joined_to(b"/?id=1")
        assert joined == Credentials(USER, PASSWORD).joined_to(b"/?id=1")

    def test_takes_both_from_the_environment(self, monkeypatch):
        for name, value in BOTH.items():
            monkeypatch.setenv(name, value)
        joined = Credentials.from_env().joined_to(b"/?id=1")
        assert joined == Credentials(USER, PASSWORD).joined_to(b"/?id=1")

    @pytest.mark.parametrize(
        ("environment", "missing"),
        [
            ({}, "MXINBOUND_USER and MXINBOUND_PASSWORD"),
            ({"MXINBOUND_USER": USER}, "MXINBOUND_PASSWORD"),
            ({"MXINBOUND_PASSWORD": PASSWORD}, "MXINBOUND_USER"),
            (BOTH | {"MXINBOUND_PASSWORD": ""}, "MXINBOUND_PASSWORD"),
        ],
        ids=["neither", "no password", "no user", "an empty password"],
    )
    def test_tells_what_is_missing(self, environment, missing, monkeypatch):
        for name, value in BOTH.items():  # which is not looked at where there is a mapping
            monkeypatch.setenv(name, value)
        with pytest.raises(ConfigurationError) as caught:
            Credentials.from_env(environment)
        assert str(caught.value) == f"Credentials: {missing} not set in the environment"

    def test_no_frame_shows_the_password_where_the_user_is_no_unicode(self, monkeypatch):
        monkeypatch.setenv("MXINBOUND_USER", "us3r\udcff")
        monkeypatch.setenv("MXINBOUND_PASSWORD", PASSWORD)
        with pytest.raises(ConfigurationError) as caught:
            Credentials.from_env()
        assert str(caught.value) == "Credentials: user and password must be text that can be sent"
        assert shown_to_a_reader_of_frames(caught.value, PASSWORD) == []

    @pytest.mark.parametrize("kept", list(BOTH))
    def test_no_frame_shows_the_one_that_is_not_missing(self, kept, monkeypatch):
        for name in BOTH:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(kept, BOTH[kept])
        with pytest.raises(ConfigurationError) as caught:
            Credentials.from_env()
        lines = shown_to_a_reader_of_frames(caught.value, BOTH[kept])
        assert lines == []
