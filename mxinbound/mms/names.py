"""The names of a zip's entries: reading them, refusing those that could do harm, and making file names of them.

In: the bytes of a name and what the zip says of them. Out: the name exactly as it was meant, and one that is safe in
any folder. Raises `MalformedContent` for bytes that contradict the zip, `UnsafeName` for a name that could lead outside
a folder or deceive a reader.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from mxinbound.errors import UnsafeName
from mxinbound.mms.refusals import malformed, shown

#: What a file name of ours is at most. File systems stop at 255 bytes, and temporary names, versions and archives
#: of archives need room.
MAX_FILENAME_BYTES: Final = 120

# What a name must not have, and what is said of one that has.
_UNSAFE: Final = (
    (re.compile(r".*?[\x00-\x1f\x7f-\x9f]", re.DOTALL), "a control character"),
    (re.compile(r"[/\\]"), "a slash in front"),
    (re.compile(r"[A-Za-z]:"), "a drive"),
    (re.compile(r"(?:.*[/\\])?\.\.(?:[/\\]|\Z)", re.DOTALL), "a step up"),
    (re.compile(r"(?:.*[/\\])?\.?\Z", re.DOTALL), "nothing after its last slash"),
)
# What most names are: nothing in them needs a second look, but for a device's where they name a file.
_PLAIN: Final = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_ ().-]{0,119}(?<![ .])")
_SLASHES: Final = re.compile(r"[/\\]")
_FORBIDDEN: Final = re.compile(r'[<>:"|?*]')
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\.|\Z)", re.IGNORECASE)
# What is longer is a sentence with a dot in it.
_MAX_EXTENSION_BYTES: Final = 20
_UNICODE_PATH_HEAD: Final = 5
_MAX_COMBINING: Final = 30


def read_name(raw: bytes, unicode_path: bytes | None, *, utf8: bool) -> tuple[str, bool]:
    """Read a name from its bytes.

    Args:
        raw: The bytes in the header.
        unicode_path: The content of the Info-ZIP Unicode path field, if there is one.
        utf8: Whether the zip says that the bytes are UTF-8.

    Returns:
        The name, and whether it had to be taken for CESU-8.

    Raises:
        MalformedContent: if the bytes are not what the zip says.
    """
    if unicode_path is None and raw.isascii():
        return raw.decode(), False
    name, odd = _decoded(raw, utf8=utf8)
    if unicode_path is None:
        return name, odd
    path = _fitting_path(raw, unicode_path)
    if path is None or path == name:
        return name, odd
    # Readers differ on a path of another version than the first: some ignore it, and some do not.
    if unicode_path[0] != 1 or utf8 or raw.isascii() or not path or path.endswith("/") != name.endswith("/"):
        raise malformed("the Unicode path is another name", name)
    refuse_unsafe(name)
    return path, False


def refuse_unsafe(name: str) -> None:
    """Refuse a name, of a file or a folder, that could lead outside a folder or deceive a reader.

    Raises:
        UnsafeName: if it could.
    """
    if _PLAIN.fullmatch(name):
        return
    path = name.removesuffix("/")
    for pattern, what in _UNSAFE:
        if pattern.match(path):
            raise UnsafeName(f"{shown(name)}: the name has {what}, and could lead elsewhere or deceive", part=name)


def filenames(names: Iterable[str]) -> list[str]:
    """A safe file name for each name, unique among them on any disk."""
    # The keys of the names that are taken, each with the last number that was tried for it.
    taken: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        filename = safe_filename(name)
        first = key = folded(filename)
        if first in taken:
            candidates = numbered(filename, taken[first] + 1)
            while key in taken:
                taken[first] += 1
                filename = next(candidates)
                key = folded(filename)
        taken[key] = 1
        unique.append(filename)
    return unique


class Filenames:
    """The file names of the parts of a message, which are made when the first is asked for."""

    __slots__ = ("_made", "_names")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._made: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The file name of the part of that name."""
        if not self._made:  # two threads may make them at once, and make the same
            self._made = dict(zip(self._names, filenames(self._names), strict=True))
        return self._made[name]


def numbered(filename: str, number: int = 1) -> Iterator[str]:
    """The file name, then `name-2.ext`, `name-3.ext`, … without end; or from another number on."""
    stem, extension = _split(filename)
    while True:
        suffix = f"-{number}{extension}"
        yield filename if number == 1 else _cut(stem, MAX_FILENAME_BYTES - len(suffix.encode())) + suffix
        number += 1


def safe_filename(name: str) -> str:
    """A file name made of a name: one component that every system takes as a plain file."""
    if _PLAIN.fullmatch(name) and not _DEVICE.match(name):
        return name
    # Dropped before composing, since what was between two characters may have kept them from it.
    visible = "".join(each for each in _SLASHES.split(name)[-1] if _is_visible(each))
    name = unicodedata.normalize("NFC", visible)
    name = _shortened(_trimmed(_FORBIDDEN.sub("_", name)) or "part")
    if name[0] in ".-~" or _DEVICE.match(name):
        name = _shortened("_" + name)
    return name


def folded(name: str) -> str:
    """What two names have in common when a disk that ignores case and normalisation takes them for one."""
    if name.isascii():
        return name.lower()
    if _has_long_run(name):
        return name.casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _has_long_run(text: str) -> bool:
    """Whether there are more combining characters in a row than any script has.

    Putting them in order costs the square of their number; thirty is what the Unicode standard's annex 15 allows for.
    """
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _MAX_COMBINING:
            return True
    return False


def _decoded(raw: bytes, *, utf8: bool) -> tuple[str, bool]:
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError:
        if utf8:
            raise malformed("a name that is marked as UTF-8 is not") from None
    try:
        # CESU-8, as Java's writers have it: each half of a surrogate pair in three bytes of its own.
        return raw.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16"), True
    except UnicodeError:
        return raw.decode("cp437"), False


def _fitting_path(raw: bytes, field: bytes) -> str | None:
    """The name in a Unicode path field; None where it belongs to another name than the header's."""
    if len(field) < _UNICODE_PATH_HEAD:
        raise malformed("a Unicode path is too short to be one")
    if int.from_bytes(field[1:_UNICODE_PATH_HEAD], "little") != zlib.crc32(raw):
        return None
    try:
        return field[_UNICODE_PATH_HEAD:].decode("utf-8")
    except UnicodeDecodeError:
        raise malformed("a Unicode path is not UTF-8") from None


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] != "C" and category not in {"Zl", "Zp"}


def _trimmed(name: str) -> str:
    while (trimmed := name.strip().rstrip(".")) != name:
        name = trimmed
    return name


def _shortened(name: str) -> str:
    stem, extension = _split(name)
    # Where there is no extension, the cut may fall on a blank or a dot.
    return _trimmed(_cut(stem, MAX_FILENAME_BYTES - len(extension.encode())) + extension)


def _split(filename: str) -> tuple[str, str]:
    stem, dot, extension = filename.rpartition(".")
    if not stem or len(extension.encode()) > _MAX_EXTENSION_BYTES:
        return filename, ""
    return stem, dot + extension


def _cut(text: str, size: int) -> str:
    encoded = text.encode()
    return text if len(encoded) <= size else encoded[:size].decode("utf-8", "ignore")
