"""A SMIL and the parts it shows, and the ways to write one."""

from mms.corpus.case import A, B, zipped
from mms.zipping import Entry

SHOWN = ((5.0, (("img", "b.gif", "b.gif"), ("text", "a.txt", "a.txt"))),)
BODY = b'<body><par dur="5s"><img src="b.gif"/><text src="a.txt"/></par></body>'
SMIL = b"<smil>" + BODY + b"</smil>"
ONE = ((None, (("img", "b.gif", "b.gif"),)),)
UNRESOLVED = "smil-unresolved"


def shown(smil, *entries, kind=b"application/smil"):
    """A SMIL, then parts whose names tell their types."""
    entries = entries or (A, B)
    lines = [
        b"show=" + kind,
        *(
            entry.name.replace(b" ", b"\\ ").replace(b":", b"\\:")
            + b"="
            + (b"text/plain" if entry.name.endswith(b".txt") else b"image/gif")
            for entry in entries
        ),
    ]
    return zipped(Entry(b"manifest", b"\n".join(lines)), Entry(b"show", smil), *entries)


def par(*items, dur=b' dur="5s"'):
    return b"<smil><body><par" + dur + b">" + b"".join(items) + b"</par></body></smil>"


def img(src):
    return b'<img src="' + src.encode() + b'"/>'
