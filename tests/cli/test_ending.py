"""What is the same for all commands: how they end when somebody ends them."""

import os

import pytest

from mxinbound.cli import main


@pytest.fixture
def ending(monkeypatch, capsys):
    """Runs a command that ends with an error, and gives its exit code, its output, and its errors."""

    def ending(error):
        def run(options):
            raise error

        monkeypatch.setattr("mxinbound.cli.check_ip.run", run)
        return main(["check-ip", "83.166.68.1"]), *capsys.readouterr()

    return ending


def test_an_interrupt_is_told_by_the_exit_code_only(ending):
    assert ending(KeyboardInterrupt) == (130, "", "")


def test_the_end_of_what_is_entered_is_told(ending):
    assert ending(EOFError) == (2, "", "mxinbound: nothing was entered\n")


def test_an_error_is_no_end(ending):
    with pytest.raises(ZeroDivisionError):
        ending(ZeroDivisionError)


def test_a_reader_who_has_left_is_no_reason_to_say_more(monkeypatch, capsys):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as output:
        monkeypatch.setattr("sys.stdout", output)
        assert main(["check-ip", "83.166.68.1"]) == 1
        output.write("more, which an interpreter may have to write at its exit")
    assert capsys.readouterr() == ("", "")
