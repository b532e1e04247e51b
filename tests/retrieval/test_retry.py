"""When to try again, and when to stop, by clocks that stand still until they are told."""

import math
import random
from datetime import datetime, timedelta, timezone

import pytest

from mxinbound import (
    ConfigurationError,
    CredentialsRefused,
    GatewayBusy,
    GatewayUnreachable,
    RetryPolicy,
)
from mxinbound.retrieval.retry import Budget

NOON = datetime(2026, 8, 21, 12, tzinfo=timezone.utc)
POLICY = RetryPolicy()
PASSING = GatewayUnreachable("out of reach")


class Clock:
    """Both clocks, which move together."""

    def __init__(self):
        self.seconds = 0.0

    def monotonic(self):
        return 1000.0 + self.seconds

    def now(self):
        return NOON + timedelta(seconds=self.seconds)


def budget(policy=POLICY, *, timeout=1e6, expiry=None, chance=lambda: 0.0, clock=None):
    clock = clock or Clock()
    return Budget(policy, timeout, expiry, clock.monotonic, clock.now, chance)


def waits(of, failure=PASSING, *, may_pass=True):
    """All waits until the failure is raised."""
    found = []
    while True:
        of.next_try()
        try:
            found.append(of.wait_after(failure, may_pass=may_pass))
        except type(failure) as raised:
            assert raised is failure
            return found


class TestPolicy:
    def test_has_defaults(self):
        policy = RetryPolicy()
        assert (policy.attempts, policy.base, policy.cap, policy.retry_after_cap) == (4, 0.5, 8.0, 120.0)
        assert policy.attempt_timeout is None

    @pytest.mark.parametrize("name", ["base", "cap", "retry_after_cap", "attempt_timeout"])
    @pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, "1", True, [1]], ids=repr)
    def test_is_of_numbers_above_zero(self, name, value):
        with pytest.raises(ConfigurationError) as caught:
            RetryPolicy(**{name: value})
        assert str(caught.value) == f"RetryPolicy: {name} must be a number above zero"

    @pytest.mark.parametrize("name", ["base", "cap", "retry_after_cap"])
    def test_has_each_but_the_time_of_one_try(self, name):
        with pytest.raises(ConfigurationError) as caught:
            RetryPolicy(**{name: None})
        assert str(caught.value) == f"RetryPolicy: {name} must be a number above zero"

    @pytest.mark.parametrize("attempts", [0, -1, math.nan, math.inf, 2.5, 4.0, "4", True, None], ids=repr)
    def test_counts_its_tries_in_whole_numbers(self, attempts):
        with pytest.raises(ConfigurationError) as caught:
            RetryPolicy(attempts=attempts)
        assert str(caught.value) == "RetryPolicy: attempts must be a whole number above zero"


class TestWaits:
    @pytest.mark.parametrize(
        ("policy", "expected"),
        [
            (RetryPolicy(), [0.5, 1.0, 2.0]),
            (RetryPolicy(attempts=1), []),
            (RetryPolicy(attempts=2), [0.5]),
            (RetryPolicy(attempts=8, base=1), [1, 2, 4, 8, 8, 8, 8]),
            (RetryPolicy(attempts=3, base=20), [8, 8]),
            (RetryPolicy(attempts=4, cap=0.75), [0.5, 0.75, 0.75]),
        ],
        ids=["the default", "one try", "two tries", "up to the cap", "from the cap", "a cap between"],
    )
    def test_double_up_to_the_cap(self, policy, expected):
        assert waits(budget(policy)) == expected

    def test_stay_at_the_cap_however_many_there_are(self):
        policy = RetryPolicy(attempts=2000, cap=0.001)
        assert waits(budget(policy)) == [0.001] * 1999

    @pytest.mark.parametrize(("chance", "part"), [(0.0, 1.0), (0.5, 0.75), (1.0, 0.5)], ids=["least", "half", "most"])
    def test_are_shortened_by_up_to_a_half(self, chance, part):
        policy = RetryPolicy(attempts=7)
        longest = [0.5, 1, 2, 4, 8, 8]
        assert waits(budget(policy, chance=lambda: chance)) == [part * each for each in longest]

    def test_differ_by_chance_and_stay_within_bounds(self):
        policy = RetryPolicy(attempts=2)
        found = [waits(budget(policy, chance=random.Random(seed).random))[0] for seed in range(100)]
        assert 0.25 < min(found) < 0.3
        assert 0.45 < max(found) <= 0.5
        assert len(set(found)) == 100

    def test_there_are_none_after_what_does_not_pass(self):
        refused = CredentialsRefused("no")
        assert waits(budget(), refused, may_pass=False) == []

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            (None, [0.5, 1.0, 2.0]),
            (0.0, [0.5, 1.0, 2.0]),
            (0.75, [0.75, 1.0, 2.0]),
            (30.0, [30.0] * 3),
            (120.0, [120.0] * 3),
            (120.001, []),
            (1e9, []),
        ],
        ids=["nothing", "at once", "a bit", "half a minute", "the cap", "over the cap", "decades"],
    )
    def test_are_as_long_as_the_gateway_asks_up_to_the_cap(self, asked, expected):
        assert waits(budget(), GatewayBusy("later", retry_after=asked)) == expected

    def test_what_the_gateway_asks_for_is_not_shortened(self):
        assert waits(budget(chance=lambda: 1.0), GatewayBusy("later", retry_after=30.0)) == [30.0] * 3

    @pytest.mark.parametrize(
        ("timeout", "asked", "expected"),
        [(0.5, None, []), (0.501, None, [0.5]), (30, 30.0, []), (30.001, 30.0, [30.0])],
        ids=["just too long", "just short enough", "asked too much", "asked just enough"],
    )
    def test_end_before_the_time_is_up(self, timeout, asked, expected):
        policy = RetryPolicy(attempts=2)
        assert waits(budget(policy, timeout=timeout), GatewayBusy("later", retry_after=asked)) == expected

    def test_the_time_that_tries_take_counts(self):
        clock = Clock()
        of = budget(timeout=10, clock=clock)
        of.next_try()
        clock.seconds = 9.4
        assert of.wait_after(PASSING, may_pass=True) == 0.5
        clock.seconds = 9.5
        with pytest.raises(GatewayUnreachable):
            of.wait_after(PASSING, may_pass=True)

    @pytest.mark.parametrize(
        ("left", "expected"),
        [(0.5, []), (0.501, [0.5]), (-1, [])],
        ids=["expired by then", "not yet", "expired"],
    )
    def test_end_before_the_expiry(self, left, expected):
        policy = RetryPolicy(attempts=2)
        assert waits(budget(policy, expiry=NOON + timedelta(seconds=left))) == expected


class TestOneTry:
    @pytest.mark.parametrize(
        ("policy", "timeout", "spent", "seconds"),
        [
            (RetryPolicy(), 30, 0, 10),
            (RetryPolicy(), 30, 15, 10),
            (RetryPolicy(), 30, 25, 5),
            (RetryPolicy(attempt_timeout=4), 30, 0, 4),
            (RetryPolicy(attempt_timeout=4), 30, 28, 2),
            (RetryPolicy(attempt_timeout=40), 30, 0, 30),
            (RetryPolicy(), 30, 31, -1),
        ],
        ids=["a third", "a third later", "what is left", "its own", "its own, cut", "all", "nothing left"],
    )
    def test_has_a_third_of_the_time_or_its_own_and_no_more_than_is_left(self, policy, timeout, spent, seconds):
        clock = Clock()
        of = budget(policy, timeout=timeout, clock=clock)
        clock.seconds = spent
        assert of.next_try() == clock.monotonic() + seconds
