"""When to try again, and when to stop: pure arithmetic of times.

In: a failure. Out: how long to wait, or the failure itself, raised when there is no use or no time in another try.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from attrs import asdict, define, field, frozen

from mxinbound.errors import ConfigurationError

if TYPE_CHECKING:
    from mxinbound.errors import RetrievalError


# Enough for any cap; much further on, a number of seconds has no room for more.
_MOST_DOUBLINGS = 64


def is_positive(value: object) -> bool:
    """Whether something is a number above zero, of which there is an end."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how patiently to try again. Only what may pass by itself is tried again.

    Attributes:
        attempts: Tries in all; 1 for no second one.
        base: Seconds before the second try; doubled for each further one, and shortened by up to a half at random.
        cap: The longest of these waits, in seconds.
        retry_after_cap: The longest wait that the gateway may ask for, in seconds; asked for more, the try is the last.
        attempt_timeout: Seconds for one try; by default a third of the whole call's.
    """

    attempts: int = 4
    base: float = 0.5
    cap: float = 8.0
    retry_after_cap: float = 120.0
    attempt_timeout: float | None = None

    def __attrs_post_init__(self) -> None:
        if not is_positive(self.attempts) or not isinstance(self.attempts, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError("RetryPolicy: attempts must be a whole number above zero")
        for name, value in asdict(self).items():
            if not is_positive(value) and (name, value) != ("attempt_timeout", None):
                raise ConfigurationError(f"RetryPolicy: {name} must be a number above zero")


@define
class Budget:
    """The time of one call: what is left of it, and for one try.

    Attributes:
        policy: How often and how patiently.
        deadline: When the call must have ended, by the clock of `monotonic`.
        expiry: When the gateway forgets the MMS, if it said.
    """

    policy: RetryPolicy
    timeout: float
    expiry: datetime | None
    monotonic: Callable[[], float]
    now: Callable[[], datetime]
    random: Callable[[], float]
    deadline: float = field(init=False)
    tries: int = field(init=False, default=0)

    def __attrs_post_init__(self) -> None:
        self.deadline = self.monotonic() + self.timeout

    def next_try(self) -> float:
        """Count a try, and return when it must have ended, by the clock of `monotonic`."""
        self.tries += 1
        seconds = self.policy.attempt_timeout or self.timeout / 3
        return min(self.deadline, self.monotonic() + seconds)

    def wait_after(self, failure: RetrievalError, *, may_pass: bool) -> float:
        """How many seconds to wait before the next try.

        Raises:
            RetrievalError: the failure, if there is to be none.
        """
        policy = self.policy
        if not may_pass or self.tries >= policy.attempts:
            raise failure
        asked = failure.retry_after or 0.0
        wait = max(
            asked, min(policy.cap, policy.base * 2.0 ** min(self.tries - 1, _MOST_DOUBLINGS)) * (1 - self.random() / 2)
        )
        if asked > policy.retry_after_cap or self.monotonic() + wait >= self.deadline:
            raise failure
        if self.expiry is not None and self.now() + timedelta(seconds=wait) >= self.expiry:
            raise failure
        return wait
