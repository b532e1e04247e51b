"""Whether a request comes from the gateway: `Receiver.admit`.

The other side does the same with `ipaddress` objects made once for the networks and anew for each address: the peer,
mapped addresses unmapped, and from the right of X-Forwarded-For as long as the present hop is a trusted proxy. It does
not look at `Forwarded`, nor refuse when the two disagree, as we do. What is timed is admitted; strangers are only
compared.
"""

import random
from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from benchmarks.harness import Contest
from mxinbound import InboundRequest, Receiver, SourceRefused

NETWORKS = (ip_network("83.166.68.0/23"),)
PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))
STRANGERS = ("203.0.113.1", "83.166.70.0", "::1", "::ffff:203.0.113.1", "::ffff:83.166.68.1", "10.0.0.1", "2001:db8::1")


def request(*chain: str) -> InboundRequest:
    """A request by way of these addresses, the peer's being the last."""
    headers = [("accept", "*/*"), ("host", "localhost"), ("user-agent", "Jakarta Commons-HttpClient/3.1")]
    forwarded = [("x-forwarded-for", ", ".join(chain[:-1]))] if chain[:-1] else []
    return InboundRequest(method="POST", headers=headers + forwarded, peer=chain[-1])


def heads(count: int, proxies: int) -> list[InboundRequest]:
    chance = random.Random(9)
    clients = (f"83.166.{chance.choice((68, 69))}.{chance.randrange(256)}" for _ in range(count))
    hops = (("10.0.{0}.{0}", "2001:db8::{0}")[chance.randrange(2)].format(chance.randrange(256)) for _ in iter(int, 1))
    return [request(client, *(next(hops) for _ in range(proxies))) for client in clients]


def admitted(head: InboundRequest, receiver: Receiver) -> bool:
    try:
        receiver.admit(head)
    except SourceRefused:
        return False
    return True


def address(text: str) -> IPv4Address | IPv6Address:
    found = ip_address(text.strip())
    return (found.version == 6 and found.ipv4_mapped) or found


def admitted_with_ipaddress(head: InboundRequest, proxies: tuple) -> bool:
    client = address(head.peer or "")
    if any(client in network for network in proxies):
        claims = [claim for name, value in head.headers if name == "x-forwarded-for" for claim in value.split(",")]
        while claims and any(client in network for network in proxies):
            client = address(claims.pop())
    return any(client in network for network in NETWORKS)


def contests() -> Iterator[Contest]:
    for name, hops, proxies, target in (("direct", 0, (), 0.35), ("behind two proxies", 2, PROXIES, 0.25)):
        ours = partial(admitted, receiver=Receiver(networks=NETWORKS, trusted_proxies=proxies))
        theirs = partial(admitted_with_ipaddress, proxies=proxies)
        pool = partial(heads, proxies=hops)
        contest = Contest(f"Receiver.admit, {name}", "ipaddress", target, pool, ours, theirs, (bool, bool), 256)
        contest.check(request(*claimed, peer) for claimed in ((), ("83.166.68.1", "203.0.113.9")) for peer in STRANGERS)
        yield contest
