"""`mxinbound inspect FILE.zip`: what is inside the zip of an MMS, or why it is refused.

Exit code 0 for one that is sound, 1 for one that is refused or has damaged parts.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mxinbound.cli.contents import as_json, damage_in, error_as_json, plain, print_rows, rows, save_sound, saved_rows
from mxinbound.errors import ContentError
from mxinbound.mms.archive import MmsArchive


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("inspect", help="show what is inside the zip of an MMS, or why it is refused")
    parser.add_argument("file", metavar="FILE.zip", type=Path)
    parser.add_argument("--extract", metavar="DIR", type=Path, help="save the parts there; nothing is overwritten")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Open the file, read everything in it, and print what is found."""
    try:
        with MmsArchive.open(options.file) as archive:
            return _report(archive, options)
    except ContentError as error:
        if options.json:
            print(json.dumps({"file": str(options.file), "error": error_as_json(error)}))
        else:
            print(f"refused: {error} ({error.code})")
    except BrokenPipeError:  # not the file: nobody reads what is printed
        raise
    except OSError as error:
        print(f"mxinbound inspect: {plain(str(error))}", file=sys.stderr)
    return 1


def _report(archive: MmsArchive, options: argparse.Namespace) -> int:
    damage = damage_in(archive)
    saved = save_sound(archive, options.extract) if options.extract else {}
    if options.json:
        paths = None if saved is None else {name: str(path) for name, path in saved.items()}
        print(json.dumps({"file": str(options.file), **as_json(archive, damage), "saved": paths}))
    else:
        print_rows(rows(archive, damage))
        print_rows(saved_rows(saved, options.extract))
    return 1 if damage else 0
