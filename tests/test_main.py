"""The module that `python -m mxinbound` runs, and a standard output that is no terminal."""

import contextlib
import io
import runpy
import sys

import pytest

from mxinbound.cli import main


def test_the_package_runs_as_a_module(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["mxinbound", "check-ip", "83.166.68.7"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("mxinbound", run_name="__main__")
    assert ended.value.code == 0
    assert "allowed" in capsys.readouterr().out


def test_a_standard_output_that_cannot_be_configured_is_written_to_as_it_is():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["check-ip", "203.0.113.9"]) == 1
    assert "refused" in out.getvalue()
