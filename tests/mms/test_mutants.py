"""A share of the mutants that `fuzz/zips.py` makes by the million."""

import pytest
from mms.mutating import check, mutant

PER_TEST = 10_000


@pytest.mark.parametrize("first", range(0, 100_000, PER_TEST))
def test_a_mutant_is_refused_or_read_as_zipfile_reads_it(first, library):
    accepted = sum(check(mutant(number)) for number in range(first, first + PER_TEST))
    assert PER_TEST // 10 < accepted < PER_TEST // 2  # both outcomes are tried


def test_a_mutant_is_the_same_on_every_run():
    assert mutant(12345) == mutant(12345) != mutant(12346)
