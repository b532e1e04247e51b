"""How the cost grows with the input: with honest input of any size, and with input built to find a square in it.

The figure is the cost at the largest size, divided by what it would be if it grew from that at an eighth of the size as
the size does: 1 is linear, 8 a square, and less than 1 means that something does not grow at all. The note has the cost
at each size, the first being 1. What is refused costs too, so a refusal is an outcome like another.
"""

import io
import statistics
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from attrs import frozen

from benchmarks import payloads
from benchmarks.harness import SAMPLE_SECONDS, Row, paired
from mxinbound import InboundRequest, MmsArchive, MxInboundError, Receiver, parse, testing
from mxinbound.adapters import wsgi

# Large input falls out of caches, which costs a third at most; a square would be far beyond.
ABOUT = {"against": "growing as the size does", "target": 1.5}
FORM = "multipart/form-data"
BOUNDARY = "mxinbound-benchmarks-7d3f9a"


@frozen
class Growth:
    """Something that may be small or large: `make` builds it of a size, `do` is what is timed."""

    what: str
    sizes: tuple[int, ...]
    make: Callable[[int], Any]
    do: Callable[[Any], object]

    def row(self) -> Row:
        first, *_, top = self.sizes
        ratios = self.ratios(top // 8, top, 0.6)
        costs = [statistics.median(self.ratios(first, size, 0.1)) * size / first for size in self.sizes[1:]]
        note = (
            " : ".join(f"{size:,}" for size in self.sizes)
            + " costs "
            + " : ".join(f"{cost:.3g}" for cost in (1, *costs))
        )
        return Row.of(ratios, path=self.what, **ABOUT, note=note)

    def ratios(self, low: int, high: int, seconds: float) -> list[float]:
        """The cost of the large size by that of as many of the small as make it up."""
        small, large = self.make(low), self.make(high)
        start = time.process_time()
        self.do(large)
        # As many as make a sample, and never so many that the small ones would take long.
        repeats = max(1, min(int(SAMPLE_SECONDS / (time.process_time() - start)), 200))
        of_small = min(repeats * high // low, 2000)
        found = paired(self.times(large, repeats), self.times(small, of_small), seconds)
        return [ratio * of_small * low / (repeats * high) for ratio in found]

    def times(self, subject: Any, count: int) -> Callable[[], object]:
        return lambda: [self.do(subject) for _ in range(count)] and None


def parsed(request: InboundRequest) -> object:
    try:
        message = parse(request)
    except MxInboundError as error:
        return error
    return message.raw


def received(push: tuple[dict[str, Any], bytes]) -> object:
    return parsed(wsgi.read(push[0] | {"wsgi.input": payloads.Stream(push[1])}))


def opened(data: bytes) -> object:
    """Everything that is in an archive."""
    try:
        archive = MmsArchive.open(data)
        shown = archive.slides, archive.text, archive.defects
        return shown, [(part.filename, part.content_type, part.read()) for part in archive.parts]
    except MxInboundError as error:
        return error


judged = Receiver(trusted_proxies=["10.0.0.0/8"]).explain


def filled(piece: str, size: int) -> str:
    return piece * (size // len(piece.encode()))


def query(text: str) -> InboundRequest:
    return InboundRequest(method="GET", query=f"id=1&type=6&{text}".encode())


def form(body: str, content_type: str = f"{FORM}; boundary={BOUNDARY}") -> InboundRequest:
    return InboundRequest(method="POST", headers=[("content-type", content_type)], body=body.encode())


def part(head: str, data: str = "1") -> str:
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{data}\r\n"


def parts(text: str) -> InboundRequest:
    return form(f"{part('name=id')}{part('name=type', '2')}{text}--{BOUNDARY}--\r\n")


def behind(name: str, value: str) -> InboundRequest:
    return InboundRequest(method="POST", headers=[(name, value)], peer="10.0.0.1")


def body(size: int) -> tuple[dict[str, Any], bytes]:
    push = payloads.mms(1, size)[0]
    return push.for_wsgi(), push.body


def pictures(count: int) -> bytes:
    return testing.build_zip([(f"{number}.jpg", "image/jpeg", payloads.noise(number, 2000)) for number in range(count)])


def archive(name: str, text: str, others: int = 100) -> bytes:
    """A zip of one file that matters, and of a hundred texts that it may refer to."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(name, text)
        for number in range(others):
            packed.writestr(f"Text_{number}.txt", "Hello")
    return file.getvalue()


def slides(text: str) -> bytes:
    return archive("s.smil", f"<smil><body>{text}</body></smil>")


def colliding(stem: str, count: int) -> bytes:
    """Names that are one name on a disk that forbids some characters."""
    names = (stem + "".join("?*<>"[number >> 2 * digit & 3] for digit in range(4)) for number in range(count))
    return testing.build_zip([(name, "text/plain", "Hello") for name in names])


def honest() -> Iterator[Growth]:
    yield Growth("parameters", (8, 32, 256), lambda n: query("&".join(f"to={i}" for i in range(n - 2))), parsed)
    yield Growth("length of a text", (64, 2048, 49_152), lambda n: query("message=" + filled("caf%C3%A9+", n)), parsed)
    yield Growth("length of a parameter's name", (16, 512, 8192), lambda n: query("x" * n + "=1"), parsed)
    yield Growth("parts of a form", (8, 32, 248), lambda n: parts(part('name="to"') * n), parsed)
    yield Growth("body", (30_000, 300_000, 2_000_000, 16_000_000), body, received)
    yield Growth("parts of an MMS", (1, 16, 120), pictures, opened)
    yield Growth("length of an entry's name", (16, 128, 1024), lambda n: archive("x" * n, "", 0), opened)
    lines = Growth(
        "lines of a manifest",
        (8, 512, 8192),
        lambda n: archive("manifest", "".join(f"{i}=a/b\n" for i in range(n))),
        opened,
    )
    yield lines
    yield Growth("slides", (8, 64, 512), lambda n: slides('<par><text src="Text_7.txt"/></par>' * n), opened)
    yield Growth("proxies", (1, 64, 512), lambda n: behind("x-forwarded-for", "1.2.3.4" + ", 10.0.0.2" * n), judged)


Hostile = tuple[str, int, Callable[[str, int], Any], Callable[[Any], object], tuple[str, ...]]


def hostile() -> Iterator[Hostile]:
    """What it is about, the largest size, what is built of a piece and a size, what is timed, the pieces."""
    # Up to what the limits let pass, or a server: 64 KiB of query, 16 KiB of a header, 256 KiB of manifest.
    pieces = ("%", "%zz", "&", "=", "+", ";", "%2B", "%25", "%A4", "\xa4")
    yield "queries", 64_000, lambda piece, n: query(filled(piece, n)), parsed, pieces
    values = ("message=%A4", "message=%C3", "&&&date=1", "&&&date=+", "&&&from=+", "&expiry=2010-08-21+", "&status=%00")
    yield "values", 64_000, lambda piece, n: query(piece[:8] + filled(piece[8:], n - 8)), parsed, values
    types = (";", '"', ";a=b", ';a="\\', " ", "; charset=x", ";boundary=")
    yield "content types", 16_000, lambda piece, n: form("x", FORM + filled(piece, n)), parsed, types
    heads = (";", "; a=b", 'name="\\"', "\\", '"')
    yield "part headers", 4000, lambda piece, n: parts(part(filled(piece, n))), parsed, heads
    ends = ("\r\n", "\r\n\r\n", f"\r\n--{BOUNDARY[:-1]}", f"--{BOUNDARY}", "\r")
    yield "zip parts", 1 << 20, lambda piece, n: parts(part('name="mms.zip"', filled(piece, n))), parsed, ends
    yield "preambles", 1 << 20, lambda piece, n: form(filled(piece, n) + part('name="id"')), parsed, ends
    chains = (",", " ", "10.0.0.1,", "[", "%", ":")
    yield "X-Forwarded-For", 16_000, lambda piece, n: behind("x-forwarded-for", filled(piece, n)), judged, chains
    chains = (",", '"', '"\\', "for=10.0.0.1,", "for=10.0.0.1;", ";", 'for="a;', "for=", 'a="\\",')
    yield "Forwarded", 16_000, lambda piece, n: behind("forwarded", filled(piece, n)), judged, chains
    records = ("PK\5\6" + "\0" * 18, "PK\5\6", "PK\3\4" + "\0" * 26, "PK\1\2", "PK\6\7", "PK\7\x08", "P", "\0")
    yield "stored parts", 1 << 21, lambda piece, n: archive("a.bin", filled(piece, n), 0), opened, records
    yield "names", 120, colliding, opened, ("a", "CON", "\u0130", "e\u0301", "." * 100)
    lines = ("\\", "\\\n", "\\u0041", "\\uzz\n", "a=b/c\n", "=", "TEXT_7.TXT=text/plain\n", "#\n", "a=b/c;d=e;", " ")
    yield "manifests", 256_000, lambda piece, n: archive("manifest", filled(piece, n)), opened, lines
    tags = (
        '<text src="cid:nobody%20knows"/>',
        '<text src="TEXT_7.TXT"/>',
        '<a src="Text_7"/>',
        "<par a='1'/>",
        "&amp;" * 99,
    )
    yield "SMILs", 1900, lambda piece, n: slides(piece * n), opened, tags


def rows() -> Iterator[Row]:
    for growth in honest():
        yield growth.row()
    for what, top, build, do, pieces in hostile():
        about = f"hostile {what}, the worst of {len(pieces)}"
        growths = {piece: Growth(about, (top,), partial(build, piece), do) for piece in pieces}
        found = {piece: growth.ratios(top // 8, top, 0.2) for piece, growth in growths.items()}
        piece = max(found, key=lambda each: statistics.median(found[each]))
        yield Row.of(found[piece], path=about, **ABOUT, note=f"`{piece[:24]!a}` up to {top:,}")
