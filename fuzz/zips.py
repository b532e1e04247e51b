"""Read mutants of small zips: `python fuzz/zips.py [HOW_MANY] [FIRST]`, a million from number 0 by default.

Each is refused with a `ContentError`, or read as `zipfile` reads it. One that is neither is shown with its number.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from mms.mutating import check, mutant


def main(count: int = 1_000_000, first: int = 0) -> int:
    accepted = 0
    for number in range(first, first + count):
        try:
            accepted += check(mutant(number))
        except Exception:
            print(f"mutant {number}: {mutant(number).hex()}")
            raise
    print(f"{count} mutants, {accepted} accepted")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
