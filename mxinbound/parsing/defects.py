"""The defects that reading a push may find, and the sentence of each."""

from typing import Final

from mxinbound.messages import Defect

DETAILS: Final = {
    "date-zone-assumed": "the time has no UTC offset; the configured zone was assumed",
    "date-format": "the time is not written in a printed shape, yyyy-MM-dd HH:mm:ss+0100",
    "date-unreadable": "the time cannot be read; the time of arrival stands in",
    "date-missing": "there is no time; the time of arrival stands in",
    "expiry-unreadable": "the time cannot be read",
    "plus-restored": "a plus sign had become a blank and was put back",
    "charset-fallback": "the bytes do not fit the declared charset or UTF-8, and were read as another",
    "type-inferred": "the type is missing, unknown or wrong; the kind was told by the other parameters",
    "message-missing": "there is no text",
    "originator-missing": "there is no originator",
    "to-missing": "there is no recipient",
    "parameter-repeated": "it came more than once; the first counts, and all stand in raw",
    "parameter-name": "the name differs in case or has blanks around it",
    "zip-missing": "a posted MMS came without its zip; it can still be fetched by its id",
    "zip-part-name": "the zip was not in a part named mms.zip, and was found by its file name or its first bytes",
    "form-already-parsed": "the framework parsed the form before the adapter could read the body; charsets may be lost",
}


def known_defect(code: str, parameter: str | None) -> Defect:
    """A defect with the sentence that goes with its code."""
    return Defect(code, parameter, DETAILS[code])
