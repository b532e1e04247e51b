"""Receive SMS and MMS from the MX Telecom (OpenMarket) gateway, in any web framework.

A push becomes a typed message; what is odd is forgiven and recorded; strangers are turned away before their body is
read.

    receiver = mxinbound.Receiver()
    message = receiver.receive(request)   # Sms, Mms, MmsNotification or MmsReport

The adapters for WSGI, ASGI, Flask, Django, Starlette, FastAPI and aiohttp are in `mxinbound.adapters`; each imports its
framework only when it is imported itself.
"""

import typing

from mxinbound.errors import (
    ArchiveTooLarge,
    BodyConsumed,
    BodyIncomplete,
    ConfigurationError,
    ContentError,
    ContentTooLarge,
    CredentialsRefused,
    EncryptedContent,
    GatewayBusy,
    GatewayUnreachable,
    IncompleteDownload,
    InsecureReceiverWarning,
    MalformedContent,
    MethodNotAllowed,
    MmsNotAvailable,
    MxInboundError,
    NotAnArchive,
    RequestTooLarge,
    RetrievalError,
    RetrievalTimeout,
    SourceRefused,
    TooManyParts,
    UnreadablePush,
    UnsafeName,
    UnsupportedContent,
)
from mxinbound.limits import Limits
from mxinbound.messages import Defect, InboundMessage, Mms, MmsNotification, MmsReport, Sms
from mxinbound.parsing import parse
from mxinbound.receiver import Receiver
from mxinbound.reply import Reply
from mxinbound.request import InboundRequest
from mxinbound.source import MX_NETWORKS, Hop, Networks, SourceVerdict
from mxinbound.wire import RETRIEVE_URL

if typing.TYPE_CHECKING:
    from mxinbound.mms.archive import MmsArchive
    from mxinbound.mms.parts import MmsPart
    from mxinbound.mms.smil import Item, Slide
    from mxinbound.retrieval.client import AsyncRetriever, Retriever
    from mxinbound.retrieval.credentials import Credentials
    from mxinbound.retrieval.retry import RetryPolicy

__all__ = [
    "MX_NETWORKS",
    "RETRIEVE_URL",
    "ArchiveTooLarge",
    "AsyncRetriever",
    "BodyConsumed",
    "BodyIncomplete",
    "ConfigurationError",
    "ContentError",
    "ContentTooLarge",
    "Credentials",
    "CredentialsRefused",
    "Defect",
    "EncryptedContent",
    "GatewayBusy",
    "GatewayUnreachable",
    "Hop",
    "InboundMessage",
    "InboundRequest",
    "IncompleteDownload",
    "InsecureReceiverWarning",
    "Item",
    "Limits",
    "MalformedContent",
    "MethodNotAllowed",
    "Mms",
    "MmsArchive",
    "MmsNotAvailable",
    "MmsNotification",
    "MmsPart",
    "MmsReport",
    "MxInboundError",
    "Networks",
    "NotAnArchive",
    "Receiver",
    "Reply",
    "RequestTooLarge",
    "RetrievalError",
    "RetrievalTimeout",
    "Retriever",
    "RetryPolicy",
    "Slide",
    "Sms",
    "SourceRefused",
    "SourceVerdict",
    "TooManyParts",
    "UnreadablePush",
    "UnsafeName",
    "UnsupportedContent",
    "parse",
]

# Importing these takes longer than all the rest, and who receives an SMS needs none: the first MMS loads the reader of
# its contents, the first retriever an HTTP client.
_LAZY = {
    "AsyncRetriever": "retrieval.client",
    "Credentials": "retrieval.credentials",
    "Item": "mms.smil",
    "MmsArchive": "mms.archive",
    "MmsPart": "mms.parts",
    "Retriever": "retrieval.client",
    "RetryPolicy": "retrieval.retry",
    "Slide": "mms.smil",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
