"""Whether a request comes from the gateway: the networks, the proxies in between, and the verdict.

In: a request's peer and headers; the body is never touched. Out: a verdict that explains itself hop by hop. Nothing
here raises for anything a sender can write: whatever is odd is a refusal with a reason.

The client is found from the right. The socket's peer is a fact; whoever that peer says it forwarded for is believed
only if the peer is a proxy of ours, and so on to the left. Nobody is trusted by default, and the left end, which the
sender writes, is never believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import frozen

from mxinbound import wire
from mxinbound.errors import ConfigurationError

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from mxinbound.request import InboundRequest

    AddressLike: TypeAlias = str | IPv4Address | IPv6Address
    NetworkLike: TypeAlias = AddressLike | IPv4Network | IPv6Network

#: The address of a peer that has none: the other end of a Unix socket.
UNIX: Final = "unix:"

# Reasons are constant sentences: they go into logs, where nothing that a sender wrote belongs.
ALLOWED: Final = "the client's address is in an allowed network"
NO_CHECK: Final = "the source check is off"
NO_PEER: Final = "the server did not tell the peer's address"
ODD_PEER: Final = "the peer's address is not one that can be read"
NOT_LISTED: Final = (
    "the client's address is in none of the allowed networks; list it in networks= if it may push,"
    " in trusted_proxies= if it is a proxy of yours"
)
NOT_TRUSTED: Final = (
    "the peer is in none of the allowed networks and forwards for somebody else;"
    " list it in trusted_proxies= if it is your own proxy"
)
NO_CLAIM: Final = (
    "the last address known is a trusted proxy's own, which forwards for nobody:"
    " have it set X-Forwarded-For to the address it sees"
)
ODD_HOP: Final = "a trusted proxy forwards for an address that cannot be read"
DISAGREE: Final = "X-Forwarded-For and Forwarded lead to different clients"

#: A network: its first and its last address, packed, and its text. Families differ in length and never compare.
_Range: TypeAlias = tuple[bytes, bytes, str]

_MAPPED: Final = bytes(10) + b"\xff\xff"
# These are compiled when one is first needed: few receivers meet any, and compiling takes longer than the module.
_ZONE: Final = r"%[A-Za-z0-9._~-]+\Z"
_PORT: Final = r":(?:[0-9]{1,5}|_[A-Za-z0-9._-]+)\Z"
# RFC 7239 section 4: pairs of a token and a token or quoted-string, separated by semicolons. Colons and brackets belong
# in quotes, but proxies write them bare.
_PAIR: Final = r'[ \t]*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^",;\s]*))[ \t]*(?:;|\Z)'
_ELEMENT: Final = r'(?:[^",]++|"(?:[^"\\]|\\.)*")*'


def _packed(address: str) -> bytes | None:
    """An address as 4 or 16 bytes in network order, mapped ones unmapped; None for what is no address.

    The name of a peer without an address is its own packed form: no address has that length.
    """
    try:
        if ":" not in address:
            return inet_pton(AF_INET, address)
        if address == UNIX:
            return _PACKED_UNIX
        packed = inet_pton(AF_INET6, re.sub(_ZONE, "", address) if "%" in address else address)
    except (OSError, ValueError):  # ValueError: a NUL, or what no encoding can hold
        return None
    return _unmapped(packed)


def _unmapped(packed: bytes) -> bytes:
    return packed[12:] if packed.startswith(_MAPPED) else packed


_PACKED_UNIX: Final = UNIX.encode()


def _unpacked(packed: bytes) -> str:
    if packed == _PACKED_UNIX:
        return UNIX
    return inet_ntop(AF_INET if len(packed) == 4 else AF_INET6, packed)  # noqa: PLR2004


def _range(given: NetworkLike) -> _Range:
    text = str(given).strip()
    if text == UNIX:
        return _PACKED_UNIX, _PACKED_UNIX, UNIX
    address, slash, prefix = text.partition("/")
    low = _packed(address)
    if low is None or low == _PACKED_UNIX:
        raise ConfigurationError(f"{text!r} is not an address, a network such as 83.166.68.0/23, or 'unix:'")
    bits = len(low) * 8
    if not slash:
        length = bits
    elif prefix.isascii() and prefix.isdigit() and len(prefix) <= 3:  # noqa: PLR2004  # 128
        length = int(prefix) - (96 if bits == 32 and ":" in address else 0)  # noqa: PLR2004  # ::ffff:0:0/96
    else:
        length = -1
    if not 0 <= length <= bits:
        raise ConfigurationError(f"{text!r} has no prefix length that fits its address")
    host_bits = (1 << (bits - length)) - 1
    number = int.from_bytes(low)
    if number & host_bits:
        base = _unpacked((number & ~host_bits).to_bytes(len(low)))
        raise ConfigurationError(f"{text!r} has bits set beyond its prefix; the network is {base}/{length}")
    return low, (number | host_bits).to_bytes(len(low)), f"{_unpacked(low)}/{length}"


@frozen(init=False, repr=False)
class Networks:
    """A set of networks that answers whether an address is in one of them.

    `"83.166.68.7" in MX_NETWORKS` never raises: what is no address is in no network. Immutable; iterating gives each
    network as text.

    Args:
        networks: Addresses and networks as text or `ipaddress` objects; `"unix:"` for peers without an address.

    Raises:
        ConfigurationError: for anything else.
    """

    _ranges: tuple[_Range, ...]

    def __init__(self, *networks: NetworkLike) -> None:
        object.__setattr__(self, "_ranges", tuple(dict.fromkeys(map(_range, networks))))

    def match(self, address: object) -> str | None:
        """The first listed network that an address (text or `ipaddress` object) is in, as text; None if in none."""
        if isinstance(address, str):
            packed = _packed(address)
        else:
            # An `ipaddress` object has it; a scope of an IPv6 one stands beside it and does not count.
            packed = getattr(address, "packed", None)
            packed = _unmapped(packed) if isinstance(packed, bytes) else None
        return self.match_packed(packed) if packed else None

    def match_packed(self, packed: bytes) -> str | None:
        """As `match`, for an address in network byte order."""
        for low, high, text in self._ranges:
            if low <= packed <= high and len(packed) == len(low):
                return text
        return None

    def __contains__(self, address: object) -> bool:
        return self.match(address) is not None

    def __iter__(self) -> Iterator[str]:
        return (text for _, _, text in self._ranges)

    def __len__(self) -> int:
        return len(self._ranges)

    def __repr__(self) -> str:
        return f"Networks({', '.join(map(repr, self))})"


MX_NETWORKS: Final = Networks(*wire.GATEWAY_NETWORKS)


@frozen
class Hop:
    """One address on the way, and what it was taken for."""

    address: str
    role: Literal["proxy", "client"]


@frozen
class SourceVerdict:
    """Whether a request may push, and why.

    Attributes:
        allowed: The answer.
        client: The address that the request came from in the end; None when it cannot be told.
        network: The listed network that the client is in.
        hops: The way from the socket's peer to the client.
        reason: A constant sentence for a human.
    """

    allowed: bool
    client: str | None
    network: str | None
    hops: tuple[Hop, ...]
    reason: str


def networks_of(given: Networks | Iterable[NetworkLike], option: str) -> Networks:
    """A `Networks` from what a developer passes.

    Raises:
        ConfigurationError: for a single one, which would be taken for its letters or its addresses, and for what is no
            network.
    """
    if isinstance(given, Networks):
        return given
    if isinstance(given, str | bytes) or hasattr(given, "network_address"):
        raise ConfigurationError(f"{option} takes several networks, not one: ({given!r},)")
    try:
        return Networks(*given)
    except TypeError:
        raise ConfigurationError(f"{option} takes several networks, as a tuple or a list") from None


#: The packed addresses from the peer to the client, and why they end before one, if they do.
_Way: TypeAlias = "tuple[list[bytes], str | None]"


def allows(request: InboundRequest, networks: Networks, trusted: Networks) -> bool:
    """Whether a request may push, without the explanation."""
    hops, fault = _way(request, trusted)
    return fault is None and networks.match_packed(hops[-1]) is not None


def judge(request: InboundRequest, networks: Networks, trusted: Networks) -> SourceVerdict:
    """Find the client of a request and whether it may push. Looks at the peer and the headers only."""
    way, fault = _way(request, trusted)
    proxies = way if fault else way[:-1]
    hops = tuple(Hop(_unpacked(hop), "proxy") for hop in proxies)
    if fault:
        return SourceVerdict(allowed=False, client=None, network=None, hops=hops, reason=fault)
    packed = way[-1]
    client, network = _unpacked(packed), networks.match_packed(packed)
    reason = ALLOWED if network else NOT_LISTED
    if not network and trusted.match_packed(packed):
        reason = NO_CLAIM
    elif not network and not proxies and _claims(request):
        reason = NOT_TRUSTED
    return SourceVerdict(
        allowed=network is not None, client=client, network=network, hops=(*hops, Hop(client, "client")), reason=reason
    )


def _way(request: InboundRequest, trusted: Networks) -> _Way:
    if request.peer is None:
        return [], NO_PEER
    peer = _hop(request.peer)
    if peer is None:
        return [], ODD_PEER
    if not trusted.match_packed(peer):
        return [peer], None
    found: list[bytes] = []
    for claims in _claims(request):
        hops, fault = _walk(peer, claims, trusted)
        if fault:
            return hops, fault
        if found and hops[-1] != found[-1]:
            return [peer], DISAGREE
        found = found or hops
    return found or [peer], None


def _claims(request: InboundRequest) -> list[Iterator[str]]:
    """For each forwarding header that is there, the addresses it claims, nearest first."""
    listed: list[str] = []
    forwarded: list[str] = []
    for name, value in request.headers:
        lowered = name.lower()
        if lowered == "x-forwarded-for":
            listed.append(value)
        elif lowered == "forwarded":
            forwarded.append(value)
    claims: list[Iterator[str]] = []
    if listed:
        claims.append(reversed(",".join(listed).split(",")))
    if forwarded:
        claims.append(_forwarded_from_right(",".join(forwarded)))
    return claims


def _walk(peer: bytes, claims: Iterator[str], trusted: Networks) -> _Way:
    """Step from the peer to the left for as long as the present hop is a proxy of ours."""
    hops = [peer]
    for claim in claims:
        hop = _hop(claim.strip(" \t"))
        if hop is None:
            return hops, ODD_HOP
        hops.append(hop)
        if not trusted.match_packed(hop):
            break
    return hops, None


def _forwarded_from_right(value: str) -> Iterator[str]:
    # The header is split from the left, since only from there can a quoted string be told from its surroundings. A
    # quote that the sender leaves open swallows what the proxies appended, and is not closed at the end: a refusal.
    elements: list[str] = []
    end = -1
    while end < len(value):
        element = re.compile(_ELEMENT).match(value, end + 1)
        if element is None or value[element.end() : element.end() + 1] not in {",", ""}:
            return iter([""])
        elements.append(element[0].strip(" \t"))
        end = element.end()
    return map(_for_of_element, reversed(elements))


def _for_of_element(element: str) -> str:
    """What stands after `for=` in one element of a Forwarded header; nothing unless it is there once, well formed."""
    # A comma in quotes is allowed by the RFC and used by nobody, except one who closes a quote of the proxy's through a
    # header that the proxy copies without escaping it.
    if "," in element:
        return ""
    found: list[str] = []
    position = 0
    while position < len(element):
        pair = re.compile(_PAIR).match(element, position)
        if pair is None:
            return ""
        if pair[1].lower() == "for":
            found.append(pair[3] if pair[2] is None else re.sub(r"\\(.)", r"\1", pair[2]))
        position = pair.end()
    # Blanks in quotes belong to the value, and no address has any.
    return found[0] if len(found) == 1 and " " not in found[0] and "\t" not in found[0] else ""


def _hop(text: str) -> bytes | None:
    """An address as proxies write it: alone, or with a port, in brackets if it has colons; None for anything else."""
    packed = _packed(text)
    if packed:
        return packed
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        if not bracket or ":" not in host or host == UNIX:
            return None
    else:
        host, colon, port = text.partition(":")
        port = colon + port
    return _packed(host) if not port or re.match(_PORT, port) else None
