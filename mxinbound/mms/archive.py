"""The zip of an MMS, at hand whatever state it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mxinbound.body import Window


class MmsArchive:
    """The contents of an MMS as they came.

    Two archives are equal when their bytes are. `repr` tells the size only.
    """

    __slots__ = ("_window",)

    def __init__(self, window: Window) -> None:
        self._window = window

    @property
    def raw(self) -> bytes:
        """The zip's bytes, whatever state it is in."""
        return self._window.read()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MmsArchive):
            return NotImplemented
        return self._window.size == other._window.size and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self._window.size)

    def __repr__(self) -> str:
        return f"<MmsArchive of {self._window.size} bytes>"
