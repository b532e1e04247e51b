import re
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve

from benchmarks.harness import Contest, Row

ROOT = Path(__file__).parent.parent
CONTEST = Contest(
    "doubling", "adding", 1.0, range, lambda number: 2 * number, lambda number: number + number, (str, str)
)


def test_both_sides_of_every_benchmark_do_the_same_job():
    # In a process of its own: Django can be configured only once in each.
    command = [sys.executable, "-m", "benchmarks", "--check"]
    told = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert told.returncode == 0, told.stderr
    checked = [line.partition(" / ")[2] for line in told.stdout.splitlines()]
    counts = {name: checked.count(name) for name in checked}
    assert counts == {
        "urllib.parse.parse_qsl alone": 3,
        "Flask request.args + pydantic": 1,
        "Starlette query_params + pydantic": 1,
        "Django form": 1,
        "multipart.MultipartParser": 6,
        "Starlette form + pydantic": 6,
        "Werkzeug + pydantic": 4,
        "zipfile.ZipFile + infolist()": 1,
        "zipfile": 6,
        "ipaddress": 2,
    }


def test_a_benchmark_whose_sides_differ_is_refused():
    CONTEST.check(range(3))
    with pytest.raises(AssertionError, match=re.escape("doubling / adding: '6' is not '9'")):
        evolve(CONTEST, theirs=lambda number: number * number).check([0, 2, 3])


@pytest.mark.parametrize(
    ("value", "at_least", "verdict"),
    [
        (0.9, False, "ok"),
        (0.904, False, "ok"),
        (0.906, False, "missed"),
        (0.9, True, "ok"),
        (0.896, True, "ok"),
        (0.89, True, "missed"),
        (None, True, "not run"),
    ],
)
def test_the_figure_that_is_printed_is_the_one_that_is_judged(value, at_least, verdict):
    row = Row(path="this", against="that", value=value, target=0.9, at_least=at_least)
    assert row.verdict == verdict
    assert row.cells[3:6] == ("" if value is None else f"{value:.2f}", "", verdict)
    assert row.cells[2] == ("≥ 0.90" if at_least else "≤ 0.90")


def test_a_ratio_is_the_median_of_the_pairs_with_their_quartiles():
    row = Row.of([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 70.0], path="this", against="that", target=4)
    assert row.cells == ("this", "that", "≤ 4.00", "4.00", "2.00-6.00", "ok", "")
