"""Which file of a zip a written reference means, when writers do not agree on how to write one.

A manifest names a file by its key, a SMIL by `src`: exactly, or as a Content-Id, a URL, a path, in another case or
normalisation. The readings are tried in turn, the strictest first, and each counts only where it leaves exactly one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from typing import Final
from urllib.parse import unquote

from mxinbound.mms.names import folded

# A character may become three in another case, and fall apart into four; it may be four bytes, each of them an escape
# of three characters. A reference longer than that means no name, and is not worth folding.
_MOST_FOLDING: Final = 4
_MOST_ESCAPING: Final = 3
_EXTERNAL: Final = re.compile(r"(?!cid:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def match_keys(keys: Collection[str], names: Collection[str]) -> dict[str, str]:
    """Find the name that each key of a manifest means; each name is used once."""
    matched = {key: key for key in keys if key in names}
    if len(matched) == len(keys):
        return matched
    waiting = [key for key in keys if key not in matched]
    unused = dict.fromkeys(name for name in names if name not in matched)
    for reading in (_without_dot, _bare, loosest):
        table = _table(reading, unused)
        for key in waiting:
            candidates = [name for name in table.get(reading(key), ()) if name in unused]
            if len(candidates) == 1:
                matched[key] = candidates[0]
                del unused[candidates[0]]
        waiting = [key for key in waiting if key not in matched]
    return matched


class Sources:
    """The names of a zip's parts, as the `src` of a SMIL may write them."""

    def __init__(self, names: Iterable[str]) -> None:
        names = list(names)
        self._names = frozenset(names)
        self._longest = _MOST_FOLDING * max(map(len, names), default=0) + len("cid:<./>")
        self._by_form: list[dict[str, list[str]]] = [{}, {}, {}, {}]
        # By the last component without its extension, which one side only may have.
        self._extended: dict[str, list[str]] = {}
        self._plain: dict[str, list[str]] = {}
        for name in names:
            forms = _forms(name)
            for table, form in zip(self._by_form, forms, strict=True):
                table.setdefault(form, []).append(name)
            stem = forms[-1].rpartition(".")[0]
            (self._extended if stem else self._plain).setdefault(stem or forms[-1], []).append(name)

    def find(self, src: str) -> str | None:
        """The name that `src` means; None for what is outside the zip, and for what could be several."""
        if src in self._names:
            return src
        if _EXTERNAL.match(src) or len(src) > _MOST_ESCAPING * self._longest:
            return None
        written = src[4:] if _is_cid(src) else src
        targets = [_forms(each) for each in {written, unquote(written)} if len(each) <= self._longest]
        for level, table in enumerate(self._by_form):
            candidates = {name for forms in targets for name in table.get(forms[level], ())}
            if candidates:
                return _only(candidates)
        alike: set[str] = set()
        for *_, last in targets:
            stem = last.rpartition(".")[0]
            alike.update(self._plain.get(stem, ()) if stem else self._extended.get(last, ()))
        return _only(alike)


def loosest(name: str) -> str:
    """What all writings of a key have in common: keys that differ in it mean different names."""
    return folded(_bare(name))


def _forms(reference: str) -> tuple[str, str, str, str]:
    """A reference, or a name, in the forms in which one may be found by the other, the strictest first."""
    bare = _bare(reference)
    loose = folded(bare)
    return _unwrapped(reference), bare, loose, loose.replace("\\", "/").rpartition("/")[2]


def _only(candidates: set[str]) -> str | None:
    return next(iter(candidates)) if len(candidates) == 1 else None


def _without_dot(name: str) -> str:
    return name.removeprefix("./")


def _is_cid(reference: str) -> bool:
    return reference[:4].lower() == "cid:"


def _unwrapped(name: str) -> str:
    """A Content-Id without `cid:` and angle brackets."""
    if _is_cid(name):
        name = name[4:]
    return name[1:-1] if name.startswith("<") and name.endswith(">") else name


def _bare(name: str) -> str:
    return _without_dot(_unwrapped(_without_dot(name)))


def _table(reading: Callable[[str], str], names: Iterable[str]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for name in names:
        table.setdefault(reading(name), []).append(name)
    return table
