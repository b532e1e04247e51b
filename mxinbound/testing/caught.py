"""Raising what a framework catches.

Flask, Quart and Django turn what an application raises into a 500, and tell of it by a signal of their own. Nothing of
any of them is imported or changed.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

_SIGNALS: Final = ("flask.signals", "quart.signals", "django.core.signals")

#: What a framework caught while it handled the push of this context.
_caught: ContextVar[list[BaseException] | None] = ContextVar("mxinbound_caught", default=None)


@contextmanager
def raised_again() -> Generator[None]:
    """Raise what a framework catches of what the application raises meanwhile."""
    # Only what the application itself has imported can be running it.
    for name in _SIGNALS:
        if name in sys.modules:
            # Once more changes nothing. Blinker's weak references make noise when the interpreter ends.
            sys.modules[name].got_request_exception.connect(_keep, weak=False)
    caught: list[BaseException] = []
    token = _caught.set(caught)
    try:
        yield
    finally:
        _caught.reset(token)
    if caught:
        raise caught[0]


def _keep(_: object = None, **about: Any) -> None:
    """Keep an error for the push of this context, if there is one: the signals tell of everything in the process."""
    error = about.get("exception") or sys.exc_info()[1]  # Django says nothing, and is handling it
    if (caught := _caught.get()) is not None and error is not None:
        caught.append(error)
