"""The two libraries that inflate, and what runs with each of them."""

from importlib import import_module

import pytest

from mxinbound.mms import inflating

LIBRARIES = ["zlib", "isal.isal_zlib"]


@pytest.fixture(params=LIBRARIES)
def library(request, monkeypatch):
    """The library that inflates from here on."""
    found = import_module(request.param)
    monkeypatch.setattr(inflating, "_library", lambda: found)
    return found
