"""Receive SMS and MMS from the MX Telecom (OpenMarket) gateway, in any web framework.

A push becomes a typed message; what is odd is forgiven and recorded; strangers are turned away before their body is
read.

    receiver = mxinbound.Receiver()
    message = receiver.receive(request)   # Sms, Mms, MmsNotification or MmsReport

The adapters for WSGI, ASGI, Flask, Django, Starlette and FastAPI are in `mxinbound.adapters`; each imports its
framework only when it is imported itself.
"""

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
from mxinbound.mms.archive import MmsArchive
from mxinbound.mms.parts import MmsPart
from mxinbound.mms.smil import Item, Slide
from mxinbound.parsing import parse
from mxinbound.receiver import Receiver
from mxinbound.reply import Reply
from mxinbound.request import InboundRequest
from mxinbound.source import MX_NETWORKS, Hop, Networks, SourceVerdict
from mxinbound.wire import RETRIEVE_URL

__all__ = [
    "MX_NETWORKS",
    "RETRIEVE_URL",
    "ArchiveTooLarge",
    "BodyConsumed",
    "BodyIncomplete",
    "ConfigurationError",
    "ContentError",
    "ContentTooLarge",
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
