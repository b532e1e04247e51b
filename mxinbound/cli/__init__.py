"""The command line: `mxinbound COMMAND`, or `python -m mxinbound COMMAND`. One module a command.

Plain text on standard output, one JSON object where there is a `--json`; errors on standard error. Exit codes: 0 when
it did what it says, 1 for a no or a failure, 2 for a call that cannot be understood; those of a shell, 130 for Ctrl-C
and 141 for output that nobody reads any more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final, NoReturn

from mxinbound.cli import check_ip, demo, inspect, push, retrieve, serve

_INTERRUPTED: Final = 130
_NOBODY_READS: Final = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    parser = argparse.ArgumentParser(prog="mxinbound", description="Receive SMS and MMS from the MX Telecom gateway.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (demo, serve, push, check_ip, inspect, retrieve):
        command.add_to(commands)
    options = parser.parse_args(arguments)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:  # a terminal that cannot show a character of a message shows its code
        reconfigure(errors="backslashreplace")
    try:
        code = int(options.run(options))
        print(end="", flush=True)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except EOFError:
        print("mxinbound: nothing was entered", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # What is still in the buffer would be written at exit, fail again, and be reported.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    return code


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: a checkout that is not installed has none."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        print(f"mxinbound {version('mxinbound')}")
        parser.exit()
