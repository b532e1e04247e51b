"""Archives made by hand, good and hostile, and what must come of each.

The expectations are written from the rules, not from what a reader does. Where the format leaves something open, they
are our reading, under a comment that says so; `ANY` is what a case is not about, or what is not settled yet.
"""

from mms.corpus.case import GIF, HELLO, A, B
from mms.corpus.content_types import CONTENT_TYPES
from mms.corpus.data import DATA
from mms.corpus.entries import FEATURES, PRECEDENCE
from mms.corpus.filenames import FILE_NAMES
from mms.corpus.headers import HEADERS
from mms.corpus.kinds import KINDS
from mms.corpus.limits import LIMITS
from mms.corpus.manifests import MANIFESTS
from mms.corpus.names import NAMES
from mms.corpus.records import RECORDS
from mms.corpus.slides import SLIDES
from mms.corpus.smils import SMILS
from mms.corpus.texts import TEXTS
from mms.corpus.tiling import TILING
from mms.corpus.zip64 import ZIP64

__all__ = ["CASES", "GIF", "HELLO", "A", "B"]

CASES = [
    *RECORDS,
    *ZIP64,
    *TILING,
    *HEADERS,
    *FEATURES,
    *PRECEDENCE,
    *NAMES,
    *KINDS,
    *LIMITS,
    *DATA,
    *MANIFESTS,
    *SMILS,
    *SLIDES,
    *TEXTS,
    *CONTENT_TYPES,
    *FILE_NAMES,
]
