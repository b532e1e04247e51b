"""The contract as data: what the gateway sends, in its own words, and how we read it.

Each constant stands under the sentence of the provider's page "Receiving MMS messages using HTTP" (US edition unless
another is named) that it comes from. Where the page is unclear, the comment gives our reading. Nothing here has
behaviour beyond looking a name up, and nothing here imports the rest of the package.
"""

from typing import Final, Literal

# "We will make an HTTP request to your URL for every MMS or SMS received": the parameter names, as printed. `to1` and
# `cc1` carry a footnote mark in print, and sister pages of the provider spell them bare, so the bare names are the
# names and the numbered ones are accepted as the same.
ID: Final = "id"
FROM: Final = "from"
TO: Final = "to"
DATE: Final = "date"
TYPE: Final = "type"
NETWORK: Final = "network"
CC: Final = "cc"
SUBJECT: Final = "subject"
ZIP: Final = "mms.zip"
EXPIRY: Final = "expiry"
MESSAGE: Final = "message"

# The delivery and read reports of the same provider reach the same URL with three names more.
REQUEST_ID: Final = "requestid"
STATUS: Final = "status"
USER_AGENT: Final = "useragent"

# "Repeated when there are several": the only two that may come more than once.
REPEATABLE: Final = frozenset({TO, CC})

NAMES: Final = frozenset(
    {ID, FROM, TO, DATE, TYPE, NETWORK, CC, SUBJECT, ZIP, EXPIRY, MESSAGE, REQUEST_ID, STATUS, USER_AGENT}
)

# The names a part of a form may have without being the zip: the page's table, without the zip itself.
FIELD_NAMES: Final = NAMES - {ZIP}

# Some frameworks turn the dot of a name into an underscore before anything else sees it.
ZIP_ALIAS: Final = "mms_zip"

# "type: 2 for MMS, 6 for SMS".
TYPE_MMS: Final = "2"
TYPE_SMS: Final = "6"

# One edition of the reports page numbers the types 1 delivery and 2 read, another 3 and 4. Neither is told apart from
# an MMS by its type: `requestid` or `status` is what makes a report.
REPORT_TYPES: Final[dict[str, Literal["delivery", "read"]]] = {
    "1": "delivery",
    "3": "delivery",
    "2": "read",
    "4": "read",
}

# The statuses of a report in the order they are printed, counted from 1.
STATUS_NAMES: Final = {
    "1": "Buffered",
    "2": "Indeterminate delivery",
    "3": "Delivered",
    "4": "Delivery expired",
    "5": "Rejected",
    "6": "Forwarded",
    "7": "Read",
    "8": "Deleted",
    "9": "Indeterminate read",
    "10": "Expired read",
}
READ_STATUSES: Final = frozenset({"7", "8", "9", "10"})

# "The customer should only accept requests from 83.166.68.0/23", that is 83.166.68.0 to 83.166.69.255.
GATEWAY_NETWORKS: Final = ("83.166.68.0/23",)

# "The MMS can be retrieved by an HTTP request to …/RetrieveMMS" with user, pass and id. Plain http is printed too; the
# password travels in the URL, so https is the default.
RETRIEVE_URL: Final = "https://mms.mxtelecom.com/RetrieveMMS"

# "The response should be HTTP 200 with a non-empty body, in under 10 seconds."
ANSWER_WITHIN_SECONDS: Final = 10.0

# The oldest edition prints `date` without an offset, and the sister SMS page says "London local time".
ASSUMED_ZONE: Final = "Europe/London"

# The charset of `subject` and `message` is not published. Strict UTF-8 first; what does not fit is read as the charset
# that the provider's SMS page names for its text parameter.
FALLBACK_CHARSET: Final = "iso-8859-15"

# Pushes of other products that can reach the same URL, told by a name that none of ours has.
FOREIGN_PUSHES: Final = (
    (frozenset({"smsid", "smsfrom", "smsto", "smsmsg"}), "a push of the provider's SMS gateway (smsfrom, smsmsg, …)"),
    (frozenset({"msisdn", "shortcode"}), "an unsubscribe notice (msisdn, shortcode)"),
)
FOREIGN_CONTENT_TYPES: Final = {
    "multipart/mixed": "a push of the provider's JSON interface (v2)",
    "application/json": "a push of the provider's JSON interface (v2)",
    "multipart/related": "a SOAP push (MM7)",
    "text/xml": "a SOAP push (MM7)",
    "application/soap+xml": "a SOAP push (MM7)",
}

# A zip starts with a local file header, or, when it is empty, with its end record.
ZIP_SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")

# Every spelling of a name that is read without remark: itself, and the numbered recipients, of which the first nine
# stand here so that looking one up is a single dictionary access.
EXACT_NAMES: Final = {name: name for name in NAMES} | {
    f"{name}{number}": name for name in REPEATABLE for number in range(1, 10)
}


def lookup(name: str) -> str | None:
    """Find the parameter that `name` spells: exactly, numbered, in another case, or with blanks around it."""
    folded = name.strip().lower()
    known = EXACT_NAMES.get(folded)
    if known is None and (bare := folded.rstrip("0123456789")) in REPEATABLE:
        return bare
    return known
