"""Pools of distinct payloads, the same on every run: pushes as the contract has them, zips as handsets fill them."""

import io
import random
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from attrs import define
from pydantic import BaseModel, Field

from mxinbound import testing
from mxinbound.testing.pushes import Push

PLAIN = "meet me at the station, platform 2: 5:30 or later? bring 10% more + the tickets & call Anna"
WIDE = "Grüße aus Köln — žluťoučký кофе в субботу, 駅で会おう 😀 né ça va"
# Pictures and sounds hardly shrink: sixteen of the 256 values become one, and deflating saves a few per cent.
_SKEW = bytes(16) + bytes(range(16, 256))
_MEDIA = (("image_0.jpg", "image/jpeg", 60), ("image_1.jpg", "image/jpeg", 30), ("sound.amr", "audio/amr", 10))


def sms(count: int, query_bytes: int = 200, words: str = PLAIN) -> list[Push]:
    """SMS to two numbers, which makes eight parameters, in about so many bytes of query."""
    chance, pushes = random.Random(8), []
    for each in _attributes(count):
        push, text = testing.sms(**each), ""
        while len(push.query) < query_bytes:
            text += chance.choice(words.split()) + " "
            push = push.but(to=[*each["to"], each["originator"]], text=text[:-1])
        pushes.append(push)
    return pushes


def notifications(count: int) -> list[Push]:
    return [testing.mms_notification(**each, subject=f"Hello {each['id']}") for each in _attributes(count)]


def mms(count: int, body_bytes: int) -> list[Push]:
    """MMS by POST, with bodies of about that size."""
    archives = zips(count, body_bytes - 1500, stored=True)
    return [testing.mms(archive=data, **each) for each, data in zip(_attributes(count), archives, strict=True)]


def _attributes(count: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(6)
    start = datetime(2010, 8, 21, 17, 32, 21, tzinfo=timezone(timedelta(hours=1)))
    for number in range(count):
        yield {
            "id": str(4172212931 + number * 7919),
            "originator": str(447700900000 + chance.randrange(1000)),
            "to": [str(88000 + chance.randrange(1000))],
            "date": start + timedelta(seconds=chance.randrange(10**8)),
            "network": chance.choice(("TMOBILEUK", "O2UK", "ATTUS", "CINGULARUS")),
        }


def noise(seed: int, size: int) -> bytes:
    """Bytes that shrink about as much as those of a picture."""
    return random.Random(seed).randbytes(size).translate(_SKEW)


def zips(count: int, size: int, *, stored: bool) -> list[bytes]:
    return [zip_of(seed, size, stored=stored) for seed in range(count)]


def zip_of(seed: int, size: int, *, stored: bool) -> bytes:
    """A zip of a text, a SMIL, two pictures and a sound, of about that size, with its manifest."""
    shown = ("hello.txt", *(name for name, _, _ in _MEDIA))
    pars = "".join(f'<par dur="5s"><ref src="{name}"/></par>' for name in shown)
    types = "".join(f"{name}={content_type}\n" for name, content_type, _ in _MEDIA)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest", f"slides.smil=application/smil\nhello.txt=text/plain\n{types}")
        archive.writestr("slides.smil", f"<smil><body>{pars}</body></smil>")
        archive.writestr("hello.txt", " ".join(random.Random(seed).choices(WIDE.split(), k=12)))
        for name, _, share in _MEDIA:
            archive.writestr(name, noise(seed, size * share // 100))
    return file.getvalue()


@define
class Stream:
    """A body that comes in fresh chunks of at most `step` bytes, as from a socket."""

    body: bytes
    step: int = 64 * 1024
    at: int = 0

    def read(self, size: int = -1) -> bytes:
        size = self.step if size < 0 else min(size, self.step)
        chunk = self.body[self.at : self.at + size]
        self.at += len(chunk)
        return chunk


class SmsModel(BaseModel):
    """What a user would declare for an SMS."""

    id: str
    originator: str = Field(alias="from")
    to: list[str]
    date: datetime
    type: Literal["6"]
    network: str | None = None
    text: str = Field(alias="message")


class MmsModel(BaseModel):
    """What a user would declare for an MMS, the zip aside."""

    id: str
    originator: str = Field(alias="from")
    to: list[str]
    cc: list[str] = []
    date: datetime
    expiry: datetime | None = None
    type: Literal["2"]
    network: str | None = None
    subject: str | None = None


def told(message: Any) -> dict[str, Any]:
    """What a message of ours or a model of theirs says, in common terms."""
    names = ("id", "originator", "to", "cc", "date", "expiry", "network", "subject", "text")
    found = {name: getattr(message, name, None) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value}
