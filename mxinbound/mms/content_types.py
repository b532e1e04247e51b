"""Content types: telling one from a name or from first bytes.

The table of extensions is ours and not the machine's, so that a message is the same wherever it is read.
"""

import re
from typing import Final

#: How much of a part is looked at to tell its type.
HEAD_BYTES: Final = 512

#: What a part is when nothing tells.
UNKNOWN: Final = "application/octet-stream"
PLAIN_TEXT: Final = "text/plain"
SMIL: Final = "application/smil"
SMIL_TYPES: Final = frozenset({SMIL, "application/smil+xml"})

# Two tokens of RFC 9110.
_ESSENCE: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")

_EXTENSIONS: Final = {
    "3g2": "video/3gpp2",
    "3gp": "video/3gpp",
    "3gpp": "video/3gpp",
    "aac": "audio/aac",
    "amr": "audio/amr",
    "avi": "video/x-msvideo",
    "awb": "audio/amr-wb",
    "bmp": "image/bmp",
    "css": "text/css",
    "dcf": "application/vnd.oma.drm.content",
    "dm": "application/vnd.oma.drm.message",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "imy": "audio/imelody",
    "jad": "text/vnd.sun.j2me.app-descriptor",
    "jar": "application/java-archive",
    "jpe": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mid": "audio/midi",
    "midi": "audio/midi",
    "mmf": "application/vnd.smaf",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "qcp": "audio/qcelp",
    "smil": SMIL,
    "sml": SMIL,
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": PLAIN_TEXT,
    "vcf": "text/x-vcard",
    "vcs": "text/x-vcalendar",
    "wav": "audio/x-wav",
    "wbmp": "image/vnd.wap.wbmp",
    "webm": "video/webm",
    "webp": "image/webp",
}

# The first bytes of what is no text; where one starts like another, the longer comes first.
_MAGIC: Final = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"BM.{4}\x00{4}", re.DOTALL), "image/bmp"),
    (re.compile(rb"II\x2a\x00|MM\x00\x2a"), "image/tiff"),
    (re.compile(rb"#!AMR-WB\n"), "audio/amr-wb"),
    (re.compile(rb"#!AMR\n"), "audio/amr"),
    (re.compile(rb"MThd"), "audio/midi"),
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), "audio/x-wav"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xf2\xf3\xfa\xfb]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), "audio/aac"),
    (re.compile(rb".{4}ftyp(?:hei[cx]|mif1)", re.DOTALL), "image/heic"),
    (re.compile(rb".{4}ftyp3g2", re.DOTALL), "video/3gpp2"),
    (re.compile(rb".{4}ftyp3g", re.DOTALL), "video/3gpp"),
    (re.compile(rb".{4}ftypM4A", re.DOTALL), "audio/mp4"),
    (re.compile(rb".{4}ftypqt", re.DOTALL), "video/quicktime"),
    (re.compile(rb".{4}ftyp", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "video/webm"),
    (re.compile(rb"MMMD"), "application/vnd.smaf"),
    (re.compile(rb"%PDF-"), "application/pdf"),
)

# What a text is in, by its first element or document type; the tags of HTML are those that browsers look for, of which
# only the first can be the root of XML.
_PROLOG: Final = r"(?:\s|<\?.*?\?>|<!--.*?-->)*+<(?:!doctype\s+)?"
_HTML_TAGS: Final = "head|body|title|style|script|iframe|table|div|font|h1|br|p|a|b"
_MARKUP: Final = (
    (re.compile(_PROLOG + r"(?:[\w.-]+:)?smil\b", re.DOTALL | re.IGNORECASE), SMIL),
    (re.compile(_PROLOG + r"(?:[\w.-]+:)?svg\b", re.DOTALL | re.IGNORECASE), "image/svg+xml"),
    (re.compile(_PROLOG + r"(?:[\w.-]+:)?html\b", re.DOTALL | re.IGNORECASE), "text/html"),
    (re.compile(r"\s*<\?xml\b"), "application/xml"),
    (re.compile(_PROLOG + rf"(?:{_HTML_TAGS})\b", re.DOTALL | re.IGNORECASE), "text/html"),
    (re.compile(r"BEGIN:VCARD\b", re.IGNORECASE), "text/x-vcard"),
    (re.compile(r"BEGIN:VCALENDAR\b", re.IGNORECASE), "text/x-vcalendar"),
)
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffd]")
# How many bytes of a character may be missing from the end of a head.
_CUT_BYTES: Final = 3

# What a picture, a sound or a film must not be: it could do something where it is opened.
_ACTIVE: Final = frozenset({"text/html", "image/svg+xml", "application/pdf"})
_PROGRAMS: Final = (b"\x7fELF", b"MZ")
# How these begin: markup with `<`, with a blank of Unicode, or with a byte order mark. What begins otherwise is none of
# them, and most media do.
_ACTIVE_START: Final = re.compile(rb"[%\x7fM<\s\x1c-\x1f\xc2\xe1-\xe3\xef\xfe\xff]")


def is_content_type(essence: str) -> bool:
    """Whether it is `type/subtype` of tokens, lower-case."""
    return _ESSENCE.fullmatch(essence) is not None


def type_of_extension(name: str) -> str | None:
    """The type that a name's extension tells, if it is one of those we know."""
    _, dot, extension = name.rpartition(".")
    return _EXTENSIONS.get(extension.lower()) if dot else None


def type_of_bytes(head: bytes) -> str | None:
    """The type that the first bytes tell; plain text is told by having nothing that text has not."""
    for magic, content_type in _MAGIC:
        if magic.match(head):
            return content_type
    text, is_clean = _text_of(head)
    for markup, content_type in _MARKUP:
        if markup.match(text):
            return content_type
    return PLAIN_TEXT if text and is_clean else None


def is_disguise(content_type: str, head: bytes) -> bool:
    """Whether the first bytes of what is called a picture, a sound or a film are HTML, SVG, PDF or a program."""
    if not content_type.startswith(("image/", "audio/", "video/")) or not _ACTIVE_START.match(head):
        return False
    found = type_of_bytes(head)
    return head.startswith(_PROGRAMS) or (found in _ACTIVE and found != content_type)


def _text_of(head: bytes) -> tuple[str, bool]:
    """The head read as text as far as it goes, and whether it is text to its end."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) & ~1].decode("utf-16", "replace")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        if len(head) >= HEAD_BYTES - _CUT_BYTES:
            # A character that the end of the head cut through is no fault of the text.
            text = text.rstrip("\ufffd")
    return text, not _NOT_TEXT.search(text)
