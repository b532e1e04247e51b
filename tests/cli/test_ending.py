"""What is the same for all commands: how they end when somebody ends them."""

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


def test_the_end_of_what_is_entered_is_told(ending):
    assert ending(EOFError) == (2, "", "mxinbound: nothing was entered\n")


def test_an_error_is_no_end(ending):
    with pytest.raises(ZeroDivisionError):
        ending(ZeroDivisionError)
