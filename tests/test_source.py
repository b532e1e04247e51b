"""Who may push: the networks by themselves, then the way from the socket's peer to the client.

The addresses are documentation's own: 83.166.68.7 stands for the gateway, 198.51.100.9 for a stranger, 10.0.0.1 and
10.0.0.2 for proxies of ours.
"""

import copy
import ipaddress
import pickle
import subprocess
import sys
from pathlib import PurePosixPath

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from mxinbound import MX_NETWORKS, ConfigurationError, Hop, InboundRequest, Networks, Receiver, SourceRefused
from mxinbound.source import SourceVerdict

GATEWAY = "83.166.68.7"
GATEWAY6 = "2001:db8:5::7"
STRANGER = "198.51.100.9"
EDGE = "10.0.0.1"
INNER = "10.0.0.2"
NETWORKS = ("83.166.68.0/23", "2001:db8:5::/48")
TRUSTED = ("10.0.0.0/24",)

ALLOWED = "the client's address is in an allowed network"
NO_CLAIM = (
    "the last address known is a trusted proxy's own, which forwards for nobody:"
    " have it set X-Forwarded-For to the address it sees"
)
NOT_LISTED = (
    "the client's address is in none of the allowed networks; list it in networks= if it may push,"
    " in trusted_proxies= if it is a proxy of yours"
)
NOT_TRUSTED = (
    "the peer is in none of the allowed networks and forwards for somebody else;"
    " list it in trusted_proxies= if it is your own proxy"
)
NO_PEER = "the server did not tell the peer's address"
ODD_PEER = "the peer's address is not one that can be read"
ODD_HOP = "a trusted proxy forwards for an address that cannot be read"
DISAGREE = "X-Forwarded-For and Forwarded lead to different clients"

# What no address is, in every shape that a header, a log or a mistake may hand over.
NO_ADDRESSES = {
    "empty": "",
    "a blank": " ",
    "blank before": " 83.166.68.7",
    "blank after": "83.166.68.7 ",
    "newline after": "83.166.68.7\n",
    "newline before": "\n83.166.68.7",
    "NUL after": "83.166.68.7\0",
    "NUL alone": "\0",
    "lone surrogate": "83.166.68.7\ud800",
    "a port": "83.166.68.7:80",
    "brackets": "[::ffff:83.166.68.7]",
    "a prefix": "83.166.68.7/32",
    "leading zero": "083.166.68.7",
    "leading zero inside": "83.166.068.7",
    "octal": "0123.0246.0104.07",
    "leading zero, mapped": "::ffff:83.166.68.07",
    "hexadecimal": "0x53.0xa6.0x44.0x07",
    "three numbers": "83.166.17415",
    "one number": "1403405319",
    "five numbers": "83.166.68.7.7",
    "a trailing dot": "83.166.68.7.",
    "an octet too large": "83.166.68.256",
    "a sign": "+83.166.68.7",
    "other digits": "٨٣.١٦٦.٦٨.٧",
    "full width": "８３.１６６.６８.７",
    "a zone on IPv4": "83.166.68.7%eth0",
    "an empty zone": "::ffff:83.166.68.7%",
    "two zones": "::ffff:83.166.68.7%a%b",
    "a zone with a slash": "::ffff:83.166.68.7%a/b",
    "two elisions": "::ffff::83.166.68.7",
    "too many groups": "0:0:0:0:0:0:ffff:83.166.68.7:0",
    "a name": "gateway.example",
    "unknown": "unknown",
    "hidden": "_hidden",
    "unix in brackets": "[unix:]",
    "unix with a path": "unix:/run/app.sock",
    "unix in capitals": "UNIX:",
    "huge": "83.166.68.7" * 100_000,
    "huge in colons": ":" * 1_000_000,
}


class _Unprintable:
    def __str__(self):
        raise RuntimeError("no text for me")


NO_TEXTS = {
    "None": None,
    "an integer": 1403405319,
    "an integer that is too long to print": 10**5000,
    "a negative integer": -1,
    "a float": 83.166,
    "NaN": float("nan"),
    "bytes": b"83.166.68.7",
    "packed bytes": bytes([83, 166, 68, 7]),
    "a bytearray": bytearray(b"83.166.68.7"),
    "a tuple": (83, 166, 68, 7),
    "a list of one": ["83.166.68.7"],
    "a network": ipaddress.ip_network("83.166.68.0/24"),
    "what cannot be printed": _Unprintable(),
    "what only prints like an address": PurePosixPath("83.166.68.7"),
}


class TestNetworks:
    @pytest.mark.parametrize(
        ("address", "inside"),
        [
            pytest.param("83.166.67.255", False, id="just below"),
            pytest.param("83.166.68.0", True, id="the first"),
            pytest.param("83.166.68.255", True, id="end of the lower half"),
            pytest.param("83.166.69.0", True, id="start of the upper half"),
            pytest.param("83.166.69.255", True, id="the last"),
            pytest.param("83.166.70.0", False, id="just above"),
            pytest.param("83.165.68.7", False, id="another second octet"),
            pytest.param("0.0.0.0", False, id="nobody"),
            pytest.param("255.255.255.255", False, id="everybody"),
            pytest.param("127.0.0.1", False, id="this machine"),
            pytest.param("::1", False, id="this machine, IPv6"),
            pytest.param("::ffff:83.166.68.7", True, id="mapped"),
            pytest.param("::FFFF:53A6:4407", True, id="mapped, hexadecimal, capitals"),
            pytest.param("0:0:0:0:0:ffff:53a6:4407", True, id="mapped, written out"),
            pytest.param("::ffff:83.166.68.7%eth0", True, id="mapped, with a zone"),
            pytest.param("::ffff:83.166.70.0", False, id="mapped, just above"),
            pytest.param("::83.166.68.7", False, id="IPv4-compatible is not mapped"),
            pytest.param("::ffff:0:83.166.68.7", False, id="IPv4-translated is not mapped"),
            pytest.param("64:ff9b::83.166.68.7", False, id="NAT64 is not mapped"),
            pytest.param("2002:53a6:4407::", False, id="6to4 is not mapped"),
            pytest.param(ipaddress.ip_address("83.166.68.7"), True, id="an IPv4Address"),
            pytest.param(ipaddress.ip_address("83.166.70.0"), False, id="an IPv4Address outside"),
            pytest.param(ipaddress.ip_address("::ffff:83.166.68.7"), True, id="a mapped IPv6Address"),
            pytest.param(ipaddress.ip_address("::ffff:83.166.68.7%eth0"), True, id="a mapped IPv6Address with a zone"),
            pytest.param(ipaddress.ip_address("2001:db8::1"), False, id="an IPv6Address"),
            pytest.param("unix:", False, id="a Unix socket"),
        ],
    )
    def test_the_gateways_network_holds_both_its_ends_and_nothing_beyond(self, address, inside):
        assert (address in MX_NETWORKS) is inside
        assert MX_NETWORKS.match(address) == ("83.166.68.0/23" if inside else None)

    @pytest.mark.parametrize("text", NO_ADDRESSES.values(), ids=NO_ADDRESSES)
    def test_text_that_is_no_address_is_in_no_network(self, text):
        assert text not in Networks("0.0.0.0/0", "::/0", "unix:")

    @pytest.mark.parametrize("thing", NO_TEXTS.values(), ids=NO_TEXTS)
    def test_a_thing_that_is_no_address_is_in_no_network(self, thing):
        assert thing not in Networks("0.0.0.0/0", "::/0", "unix:")

    def test_bytes_are_in_no_network_even_where_python_forbids_to_print_them(self):
        script = "from mxinbound import MX_NETWORKS; assert b'83.166.68.7' not in MX_NETWORKS"
        subprocess.run([sys.executable, "-bb", "-c", script], check=True, capture_output=True)

    @pytest.mark.parametrize(
        ("network", "inside", "outside"),
        [
            pytest.param("0.0.0.0/0", ["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"], ["::", "::1"], id="/0"),
            pytest.param("128.0.0.0/1", ["128.0.0.0", "255.255.255.255"], ["127.255.255.255"], id="/1"),
            pytest.param("198.51.100.8/31", ["198.51.100.8", STRANGER], ["198.51.100.7", "198.51.100.10"], id="/31"),
            pytest.param("198.51.100.9/32", [STRANGER], ["198.51.100.8", "198.51.100.10"], id="/32"),
            pytest.param("198.51.100.9", [STRANGER], ["198.51.100.8", "198.51.100.10"], id="one address"),
            pytest.param("255.255.255.255", ["255.255.255.255"], ["255.255.255.254"], id="the last address"),
            pytest.param("::/0", ["::", "ffff:" * 7 + "ffff"], ["0.0.0.0", "::ffff:1.2.3.4"], id="IPv6 /0"),
            pytest.param(
                "2001:db8::/32", ["2001:db8::", "2001:db8:ffff::"], ["2001:db7:ffff::", "2001:db9::"], id="v6"
            ),
            pytest.param("2001:db8::1/128", ["2001:db8::1", "2001:DB8:0::1%eth0"], ["2001:db8::2"], id="/128"),
            pytest.param("fe80::1%eth0", ["fe80::1", "fe80::1%eth1"], ["fe80::2"], id="zones do not count"),
            pytest.param("::ffff:83.166.68.0/119", ["83.166.68.0", "83.166.69.255"], ["83.166.70.0"], id="mapped"),
            pytest.param("::ffff:0:0/96", ["0.0.0.0", "255.255.255.255"], ["::"], id="all mapped"),
            pytest.param("unix:", ["unix:"], ["unix", "0.0.0.0", "::"], id="a Unix socket"),
            pytest.param(" 10.0.0.0/8\n", ["10.1.2.3"], ["11.0.0.0"], id="blanks around, as in a setting"),
        ],
    )
    def test_a_network_holds_its_addresses_and_not_their_neighbours(self, network, inside, outside):
        networks = Networks(network)
        assert [address for address in inside if address not in networks] == []
        assert [address for address in outside if address in networks] == []

    @pytest.mark.parametrize(
        ("network", "text"),
        [
            ("83.166.68.0/23", "83.166.68.0/23"),
            ("127.0.0.1", "127.0.0.1/32"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("::1", "::1/128"),
            ("::ffff:83.166.68.0/119", "83.166.68.0/23"),
            ("::ffff:83.166.68.7", "83.166.68.7/32"),
            ("unix:", "unix:"),
            (ipaddress.ip_network("83.166.68.0/23"), "83.166.68.0/23"),
            (ipaddress.ip_network("2001:db8::/32"), "2001:db8::/32"),
            (ipaddress.ip_network("::ffff:83.166.68.0/119"), "83.166.68.0/23"),
            (ipaddress.ip_address("127.0.0.1"), "127.0.0.1/32"),
            (ipaddress.ip_address("::1"), "::1/128"),
            (ipaddress.ip_address("::ffff:127.0.0.1"), "127.0.0.1/32"),
        ],
        ids=str,
    )
    def test_a_network_is_given_back_as_text(self, network, text):
        assert list(Networks(network)) == [text]

    @pytest.mark.parametrize(
        "network",
        [
            "",
            "nonsense",
            "localhost",
            "/23",
            "083.166.68.0/23",
            "83.166.68/23",
            "83.166.68.0 /23",
            "83.166.68.7:80",
            "[::1]",
            "83.166.68.0-83.166.69.255",
            "a\0b",
            "\ud800",
            "unix",
            "unix:/0",
            "unix:/32",
            "unix:/40",
            "unix:/run/app.sock",
            None,
            5,
        ],
        ids=repr,
    )
    def test_what_is_no_address_cannot_be_listed(self, network):
        with pytest.raises(ConfigurationError) as caught:
            Networks("10.0.0.0/8", network)
        shown = repr(str(network))
        assert str(caught.value) == f"{shown} is not an address, a network such as 83.166.68.0/23, or 'unix:'"

    @pytest.mark.parametrize(
        "network",
        [
            "83.166.68.0/",
            "83.166.68.0/33",
            "83.166.68.0/-1",
            "83.166.68.0/+23",
            "83.166.68.0/ 23",
            "83.166.68.0/x",
            "83.166.68.0/²³",
            "83.166.68.0/23/23",
            "83.166.68.0/255.255.254.0",
            "83.166.68.0/23,10.0.0.0/8",
            "83.166.68.0/" + "9" * 5000,
            "::/129",
            "::ffff:83.166.68.0/95",
            "::ffff:83.166.68.0/129",
        ],
        ids=lambda text: text[:30],
    )
    def test_a_prefix_length_must_fit(self, network):
        with pytest.raises(ConfigurationError) as caught:
            Networks(network)
        assert str(caught.value) == f"{network!r} has no prefix length that fits its address"

    @pytest.mark.parametrize(
        ("network", "meant"),
        [
            ("83.166.68.1/23", "83.166.68.0/23"),
            ("83.166.69.0/23", "83.166.68.0/23"),
            ("83.166.68.0/0", "0.0.0.0/0"),
            ("2001:db8::1/32", "2001:db8::/32"),
            ("::ffff:83.166.69.0/119", "83.166.68.0/23"),
        ],
    )
    def test_an_address_with_a_prefix_is_told_its_network(self, network, meant):
        with pytest.raises(ConfigurationError) as caught:
            Networks(network)
        assert str(caught.value) == f"{network!r} has bits set beyond its prefix; the network is {meant}"

    def test_the_first_listed_network_is_the_one_that_matches(self):
        networks = Networks("10.0.0.0/8", "10.0.0.0/24", "2001:db8::/32", "2001:db8::/48")
        assert networks.match("10.0.0.1") == "10.0.0.0/8"
        assert networks.match("2001:db8::1") == "2001:db8::/32"

    def test_networks_are_extended_by_unpacking_them(self):
        networks = Networks(*MX_NETWORKS, "127.0.0.1/32")
        assert list(networks) == ["83.166.68.0/23", "127.0.0.1/32"]
        assert GATEWAY in networks
        assert "127.0.0.1" in networks
        assert "127.0.0.1" not in MX_NETWORKS

    def test_a_network_that_is_listed_twice_is_there_once(self):
        assert list(Networks("::1", "127.0.0.1", "127.0.0.1/32", "::ffff:127.0.0.1")) == ["::1/128", "127.0.0.1/32"]

    def test_length_and_truth_tell_how_many_there_are(self):
        assert len(Networks()) == 0
        assert not Networks()
        assert len(Networks("::1", "127.0.0.1")) == 2
        assert Networks("::1")
        assert GATEWAY not in Networks()

    def test_networks_written_differently_are_equal_and_hash_alike(self):
        one, other = Networks("127.0.0.1", "::1"), Networks("::ffff:127.0.0.1/128", "0::1")
        assert one == other
        assert hash(one) == hash(other)

    @pytest.mark.parametrize("other", [Networks(), Networks("127.0.0.1", "::1"), ("127.0.0.1/32",), "127.0.0.1/32"])
    def test_other_networks_are_not_equal(self, other):
        assert Networks("127.0.0.1") != other

    def test_repr_can_be_evaluated(self):
        assert repr(Networks()) == "Networks()"
        assert repr(Networks("83.166.68.0/23", "unix:")) == "Networks('83.166.68.0/23', 'unix:')"

    @pytest.mark.parametrize("name", ["_networks", "_by_length", "another"])
    def test_networks_cannot_be_changed(self, name):
        with pytest.raises((FrozenInstanceError, AttributeError)):
            setattr(MX_NETWORKS, name, ())
        assert list(MX_NETWORKS) == ["83.166.68.0/23"]

    @pytest.mark.parametrize(
        "copied",
        [copy.copy, copy.deepcopy, *(lambda x, p=p: pickle.loads(pickle.dumps(x, p)) for p in range(2, 6))],
        ids=["copy", "deepcopy", "pickle 2", "pickle 3", "pickle 4", "pickle 5"],
    )
    def test_a_copy_is_equal_and_still_answers(self, copied):
        networks = Networks(*NETWORKS, "unix:")
        twin = copied(networks)
        assert twin == networks
        assert hash(twin) == hash(networks)
        assert [address in twin for address in (GATEWAY, GATEWAY6, "unix:", STRANGER)] == [True, True, True, False]


def _unmapped(address):
    return getattr(address, "ipv4_mapped", None) or address


def _unmapped_network(network):
    base = _unmapped(network.network_address)
    return ipaddress.ip_network((base, network.prefixlen - network.max_prefixlen + base.max_prefixlen))


@st.composite
def _networks(draw):
    address = draw(st.ip_addresses())
    return ipaddress.ip_network((address, draw(st.integers(0, address.max_prefixlen))), strict=False)


@st.composite
def _networks_and_address(draw):
    """Some networks, and an address that is anywhere, or at an end of one of them, or just beyond it."""
    networks = draw(st.lists(_networks(), min_size=1, max_size=5))
    near = draw(st.sampled_from(networks))
    family = type(near.network_address)
    edges = (int(near.network_address), int(near.broadcast_address))
    number = draw(st.sampled_from([edges[0] - 1, edges[0], edges[1], edges[1] + 1]))
    bounded = min(max(number, 0), 2**near.max_prefixlen - 1)
    return networks, draw(st.one_of(st.ip_addresses(), st.just(family(bounded))))


class TestNetworksAgreeWithTheIpaddressModule:
    @given(_networks_and_address())
    def test_on_every_address_and_network_of_both_families(self, given_):
        networks, address = given_
        expected = [net for net in map(_unmapped_network, networks) if _unmapped(address) in net]
        ours = Networks(*networks)
        assert (address in ours) is bool(expected)
        assert ours.match(str(address)) == ours.match(address) == ours.match(address.exploded)
        if expected:
            assert ipaddress.ip_network(ours.match(address)) == expected[0]

    @given(_networks())
    def test_on_how_a_network_is_written(self, network):
        assert [ipaddress.ip_network(text) for text in Networks(network)] == [_unmapped_network(network)]
        assert Networks(str(network)) == Networks(network) == Networks(*Networks(network))

    @given(st.text())
    def test_on_what_is_no_address(self, text):
        try:
            ipaddress.ip_address(text)
        except ValueError:
            assert text not in Networks("0.0.0.0/0", "::/0")


def _verdict(way, reason, network):
    """The verdict of `10.0.0.1 > 83.166.68.7`: proxies, then, unless the last is a question mark, the client."""
    *proxies, client = way.split(" > ")
    hops = tuple(Hop(proxy, "proxy") for proxy in proxies)
    if client == "?":
        return SourceVerdict(allowed=False, client=None, network=None, hops=hops, reason=reason)
    return SourceVerdict(
        allowed=network is not None, client=client, network=network, hops=(*hops, Hop(client, "client")), reason=reason
    )


def _assert_verdict(receiver, request, verdict):
    assert receiver.explain(request) == verdict
    if verdict.allowed:
        receiver.admit(request)
        return
    with pytest.raises(SourceRefused) as caught:
        receiver.admit(request)
    assert caught.value.verdict == verdict
    seen = f"the address {verdict.client}" if verdict.client else "an address that cannot be told"
    assert str(caught.value) == f"this request came from {seen}, and that is not allowed to push here"


def _table(rows):
    return pytest.mark.parametrize(
        ("peer", "headers", "verdict"), [pytest.param(*row, id=name) for name, row in rows.items()]
    )


def _allowed(way):
    return _verdict(way, ALLOWED, NETWORKS[":" in way.rpartition(" > ")[2]])


def _refused(way, reason=NOT_LISTED):
    return _verdict(way, reason, None)


def _xff(*values):
    return [("x-forwarded-for", value) for value in values]


def _fwd(*values):
    return [("forwarded", value) for value in values]


def _receiver(trusted=TRUSTED, networks=NETWORKS):
    return Receiver(networks=networks, trusted_proxies=trusted)


def _head(peer, headers):
    return InboundRequest(method="POST", peer=peer, headers=headers)


class TestWithoutTrustedProxies:
    @_table(
        {
            "the gateway": (GATEWAY, [], _allowed(GATEWAY)),
            "the gateway over IPv6": (GATEWAY6, [], _allowed(GATEWAY6)),
            "the gateway, mapped": (f"::ffff:{GATEWAY}", [], _allowed(GATEWAY)),
            "the gateway with a port": (f"{GATEWAY}:52000", [], _allowed(GATEWAY)),
            "the gateway in brackets": (f"[{GATEWAY6}]", [], _allowed(GATEWAY6)),
            "the gateway in brackets with a port": (f"[{GATEWAY6}]:52000", [], _allowed(GATEWAY6)),
            "the gateway with a zone": (f"{GATEWAY6}%eth0", [], _allowed(GATEWAY6)),
            "a stranger": (STRANGER, [], _refused(STRANGER)),
            "a stranger over IPv6": ("2001:DB8:6::1", [], _refused("2001:db8:6::1")),
            "a stranger who says he forwards for the gateway": (
                STRANGER,
                _xff(GATEWAY),
                _refused(STRANGER, NOT_TRUSTED),
            ),
            "a stranger who says so in Forwarded": (
                STRANGER,
                _fwd(f"for={GATEWAY}"),
                _refused(STRANGER, NOT_TRUSTED),
            ),
            "a proxy next door": (EDGE, _xff(GATEWAY), _refused(EDGE, NOT_TRUSTED)),
            "a proxy on this machine": ("127.0.0.1", _xff(GATEWAY), _refused("127.0.0.1", NOT_TRUSTED)),
            "the gateway, whatever it forwards for": (GATEWAY, _xff(STRANGER), _allowed(GATEWAY)),
            "the gateway, whatever nonsense it sends": (GATEWAY, _xff("nonsense") + _fwd('"'), _allowed(GATEWAY)),
            "other headers mean nothing": (
                STRANGER,
                [("x-real-ip", GATEWAY), ("client-ip", GATEWAY), ("true-client-ip", GATEWAY), ("via", GATEWAY)],
                _refused(STRANGER),
            ),
            "no peer": (None, [], _refused("?", NO_PEER)),
            "no peer but a header": (None, _xff(GATEWAY), _refused("?", NO_PEER)),
            "an empty peer": ("", [], _refused("?", ODD_PEER)),
            "an empty peer and a header": ("", _xff(GATEWAY), _refused("?", ODD_PEER)),
            "a peer that is a name": ("testclient", [], _refused("?", ODD_PEER)),
            "a peer with a leading zero": ("083.166.68.7", [], _refused("?", ODD_PEER)),
            "a peer with a blank": (f" {GATEWAY}", [], _refused("?", ODD_PEER)),
            "several peers": (f"{GATEWAY}, {STRANGER}", [], _refused("?", ODD_PEER)),
            "a Unix socket": ("unix:", [], _refused("unix:")),
            "a Unix socket and a header": ("unix:", _xff(GATEWAY), _refused("unix:", NOT_TRUSTED)),
            "a Unix socket in brackets": ("[unix:]", [], _refused("?", ODD_PEER)),
            "a Unix socket with a path": ("unix:/run/app.sock", [], _refused("?", ODD_PEER)),
        }
    )
    def test_the_peer_is_the_client(self, peer, headers, verdict):
        _assert_verdict(_receiver(trusted=()), _head(peer, headers), verdict)

    def test_a_unix_socket_may_push_if_it_is_listed(self):
        verdict = _verdict("unix:", ALLOWED, "unix:")
        _assert_verdict(_receiver(trusted=(), networks=[*NETWORKS, "unix:"]), _head("unix:", _xff(STRANGER)), verdict)

    def test_nobody_is_trusted_by_default(self):
        assert list(Receiver().trusted_proxies) == []
        assert Receiver().explain(_head("127.0.0.1", _xff(GATEWAY))) == _refused("127.0.0.1", NOT_TRUSTED)


class TestForwardedFor:
    @_table(
        {
            "the gateway": (EDGE, _xff(GATEWAY), _allowed(f"{EDGE} > {GATEWAY}")),
            "a stranger": (EDGE, _xff(STRANGER), _refused(f"{EDGE} > {STRANGER}")),
            "over two proxies": (EDGE, _xff(f"{GATEWAY}, {INNER}"), _allowed(f"{EDGE} > {INNER} > {GATEWAY}")),
            "over the same proxy twice": (EDGE, _xff(f"{GATEWAY}, {EDGE}"), _allowed(f"{EDGE} > {EDGE} > {GATEWAY}")),
            "without blanks": (EDGE, _xff(f"{GATEWAY},{INNER}"), _allowed(f"{EDGE} > {INNER} > {GATEWAY}")),
            "with tabs": (EDGE, _xff(f"\t{GATEWAY}\t,\t{INNER} "), _allowed(f"{EDGE} > {INNER} > {GATEWAY}")),
            "the left end is not believed": (EDGE, _xff(f"{GATEWAY}, {STRANGER}"), _refused(f"{EDGE} > {STRANGER}")),
            "the left end is not believed over two proxies": (
                EDGE,
                _xff(f"{GATEWAY}, {STRANGER}, {INNER}"),
                _refused(f"{EDGE} > {INNER} > {STRANGER}"),
            ),
            "a proxy's name left of a stranger does not help": (
                EDGE,
                _xff(f"{GATEWAY}, {EDGE}, {STRANGER}"),
                _refused(f"{EDGE} > {STRANGER}"),
            ),
            "what is left of the client is not read": (
                EDGE,
                _xff(f'",;\0, {GATEWAY}'),
                _allowed(f"{EDGE} > {GATEWAY}"),
            ),
            "a quote has no meaning": (EDGE, _xff(f'"{GATEWAY}, {STRANGER}'), _refused(f"{EDGE} > {STRANGER}")),
            "a trusted proxy without a header is the client": (EDGE, [], _refused(EDGE, NO_CLAIM)),
            "only proxies": (EDGE, _xff(INNER), _refused(f"{EDGE} > {INNER}", NO_CLAIM)),
            "only proxies, several": (EDGE, _xff(f"{EDGE}, {INNER}"), _refused(f"{EDGE} > {INNER} > {EDGE}", NO_CLAIM)),
            "in several headers": (EDGE, _xff(GATEWAY, INNER), _allowed(f"{EDGE} > {INNER} > {GATEWAY}")),
            "in several headers, the last counts": (EDGE, _xff(GATEWAY, STRANGER), _refused(f"{EDGE} > {STRANGER}")),
            "in several headers of any case": (
                EDGE,
                [("X-FORWARDED-FOR", STRANGER), ("x-other", STRANGER), ("X-Forwarded-For", f"{GATEWAY}, {INNER}")],
                _allowed(f"{EDGE} > {INNER} > {GATEWAY}"),
            ),
            "with a port": (EDGE, _xff(f"{GATEWAY}:443"), _allowed(f"{EDGE} > {GATEWAY}")),
            "with a port that is hidden": (EDGE, _xff(f"{GATEWAY}:_p-1"), _allowed(f"{EDGE} > {GATEWAY}")),
            "mapped": (EDGE, _xff(f"::ffff:{GATEWAY}"), _allowed(f"{EDGE} > {GATEWAY}")),
            "mapped, in brackets, with a port": (EDGE, _xff(f"[::ffff:{GATEWAY}]:1"), _allowed(f"{EDGE} > {GATEWAY}")),
            "a mapped peer": (f"::ffff:{EDGE}", _xff(GATEWAY), _allowed(f"{EDGE} > {GATEWAY}")),
            "IPv6": (EDGE, _xff(GATEWAY6), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 in capitals": (EDGE, _xff(GATEWAY6.upper()), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 in brackets": (EDGE, _xff(f"[{GATEWAY6}]"), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 in brackets with a port": (EDGE, _xff(f"[{GATEWAY6}]:65535"), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 with a zone": (EDGE, _xff(f"{GATEWAY6}%en.0_~-"), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 with a zone, brackets and a port": (
                EDGE,
                _xff(f"[{GATEWAY6}%1]:1"),
                _allowed(f"{EDGE} > {GATEWAY6}"),
            ),
            "unreadable beyond a proxy": (
                EDGE,
                _xff(f"{GATEWAY}, unknown, {INNER}"),
                _refused(f"{EDGE} > {INNER} > ?", ODD_HOP),
            ),
            "an empty header": (EDGE, _xff(""), _refused(f"{EDGE} > ?", ODD_HOP)),
            "an empty header after another": (EDGE, _xff(GATEWAY, ""), _refused(f"{EDGE} > ?", ODD_HOP)),
            "an empty element": (EDGE, _xff(f"{GATEWAY}, , {INNER}"), _refused(f"{EDGE} > {INNER} > ?", ODD_HOP)),
            "an empty element at the end": (EDGE, _xff(f"{GATEWAY},"), _refused(f"{EDGE} > ?", ODD_HOP)),
            "an empty element at the start": (EDGE, _xff(f",{INNER}"), _refused(f"{EDGE} > {INNER} > ?", ODD_HOP)),
        }
    )
    def test_is_read_from_the_right_over_trusted_proxies(self, peer, headers, verdict):
        _assert_verdict(_receiver(), _head(peer, headers), verdict)

    @pytest.mark.parametrize(
        "hop",
        [
            "unknown",
            "Unknown",
            "_hidden",
            "_gazonk",
            "-",
            "null",
            "localhost",
            "gateway.example",
            "083.166.68.7",
            "83.166.68.07",
            "0x53.166.68.7",
            "83.166.17415",
            "1403405319",
            "83.166.68.7.",
            "83.166.68.7/32",
            "83.166.68.7 83.166.68.7",
            "X83.166.68.7",
            "83.166.68.7X",
            "83.166.68.7;83.166.68.7",
            "83.166.68.7\n",
            "83.166.68.7\xa0",
            "83.166.68.7\0",
            "83.166.68.7%eth0",
            '"83.166.68.7"',
            "'83.166.68.7'",
            "for=83.166.68.7",
            "http://83.166.68.7",
            "83.166.68.7:",
            "83.166.68.7:x",
            "83.166.68.7:-1",
            "83.166.68.7:123456",
            "83.166.68.7:80:80",
            "83.166.68.7:80 x",
            "83.166.68.7:80\n",
            "83.166.68.7:٨٠",
            "83.166.68.7:_",
            ":80",
            "[83.166.68.7]",
            "[83.166.68.7]:80",
            "[2001:db8:5::7",
            "2001:db8:5::7]",
            "[2001:db8:5::7]80",
            "[2001:db8:5::7]:",
            "[2001:db8:5::7]:x",
            "[2001:db8:5::7]:1]",
            "[[2001:db8:5::7]]",
            "[2001:db8:5::7 ]",
            "2001:db8:5::7%",
            "2001:db8:5::7%a b",
            "2001:db8:5::7\ud800",
            "2001:db8:5::7/128",
            "[unix:]",
            "[unix:]:80",
            "unix:80",
            "[]",
            "[",
            "]",
            "::ffff:083.166.68.7",
        ],
    )
    @pytest.mark.parametrize(
        ("place", "proxies"), [("{}", EDGE), ("83.166.68.7, {}", EDGE), ("{}, 10.0.0.2", f"{EDGE} > {INNER}")], ids=str
    )
    def test_a_hop_that_cannot_be_read_is_refused_wherever_it_stands(self, hop, place, proxies):
        receiver = _receiver(networks=("0.0.0.0/0", "::/0", "unix:"))
        verdict = _refused(f"{proxies} > ?", ODD_HOP)
        _assert_verdict(receiver, _head(EDGE, _xff(place.format(hop))), verdict)
        quoted = hop.replace("\\", "\\\\").replace('"', '\\"')
        steps = reversed([*(f'for="{each}"' for each in proxies.split(" > ")[1:]), f'for="{quoted}"'])
        _assert_verdict(receiver, _head(EDGE, _fwd(", ".join(steps))), verdict)

    def test_a_proxy_behind_a_unix_socket_is_trusted_if_it_is_listed(self):
        receiver = _receiver(trusted=[*TRUSTED, "unix:"])
        _assert_verdict(receiver, _head("unix:", _xff(GATEWAY)), _allowed(f"unix: > {GATEWAY}"))
        _assert_verdict(receiver, _head(EDGE, _xff(f"{GATEWAY}, unix:")), _allowed(f"{EDGE} > unix: > {GATEWAY}"))
        _assert_verdict(receiver, _head("unix:", []), _refused("unix:", NO_CLAIM))

    def test_a_trusted_proxy_that_is_listed_too_may_push_by_itself_but_not_for_strangers(self):
        receiver = _receiver(networks=[EDGE])
        _assert_verdict(receiver, _head(EDGE, []), _verdict(EDGE, ALLOWED, f"{EDGE}/32"))
        _assert_verdict(receiver, _head(EDGE, _xff(STRANGER)), _refused(f"{EDGE} > {STRANGER}"))


class TestForwarded:
    @_table(
        {
            "the gateway": (EDGE, _fwd(f"for={GATEWAY}"), _allowed(f"{EDGE} > {GATEWAY}")),
            "a stranger": (EDGE, _fwd(f"for={STRANGER}"), _refused(f"{EDGE} > {STRANGER}")),
            "in any case": (EDGE, [("FORWARDED", f"FoR={GATEWAY}")], _allowed(f"{EDGE} > {GATEWAY}")),
            "over two proxies": (EDGE, _fwd(f"for={GATEWAY}, for={INNER}"), _allowed(f"{EDGE} > {INNER} > {GATEWAY}")),
            "in several headers": (
                EDGE,
                _fwd(f"for={GATEWAY}", f"for={INNER}"),
                _allowed(f"{EDGE} > {INNER} > {GATEWAY}"),
            ),
            "the left end is not believed": (
                EDGE,
                _fwd(f"for={GATEWAY}, for={STRANGER}"),
                _refused(f"{EDGE} > {STRANGER}"),
            ),
            "only proxies": (EDGE, _fwd(f"for={INNER}"), _refused(f"{EDGE} > {INNER}", NO_CLAIM)),
            "quoted": (EDGE, _fwd(f'for="{GATEWAY}"'), _allowed(f"{EDGE} > {GATEWAY}")),
            "quoted, with a port": (EDGE, _fwd(f'for="{GATEWAY}:443"'), _allowed(f"{EDGE} > {GATEWAY}")),
            "bare, with a port": (EDGE, _fwd(f"for={GATEWAY}:443"), _allowed(f"{EDGE} > {GATEWAY}")),
            "IPv6": (EDGE, _fwd(f'for="[{GATEWAY6}]"'), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 with a port": (EDGE, _fwd(f'for="[{GATEWAY6}]:443"'), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 with a zone": (EDGE, _fwd(f'for="[{GATEWAY6}%eth0]:443"'), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 without quotes": (EDGE, _fwd(f"for=[{GATEWAY6}]:443"), _allowed(f"{EDGE} > {GATEWAY6}")),
            "IPv6 without brackets": (EDGE, _fwd(f'for="{GATEWAY6}"'), _allowed(f"{EDGE} > {GATEWAY6}")),
            "mapped": (EDGE, _fwd(f'for="[::ffff:{GATEWAY}]"'), _allowed(f"{EDGE} > {GATEWAY}")),
            "escaped": (EDGE, _fwd(r'for="83\.166.68.\7"'), _allowed(f"{EDGE} > {GATEWAY}")),
            "first of several pairs": (EDGE, _fwd(f"for={GATEWAY};proto=https"), _allowed(f"{EDGE} > {GATEWAY}")),
            "last of several pairs": (
                EDGE,
                _fwd(f"by={EDGE};proto=https;for={GATEWAY}"),
                _allowed(f"{EDGE} > {GATEWAY}"),
            ),
            "blanks around pairs": (EDGE, _fwd(f" by={EDGE} ;\tfor={GATEWAY} "), _allowed(f"{EDGE} > {GATEWAY}")),
            "a semicolon at the end": (EDGE, _fwd(f"for={GATEWAY};"), _allowed(f"{EDGE} > {GATEWAY}")),
            "a quoted comma, which the sender may have smuggled in": (
                EDGE,
                _fwd(f'for={GATEWAY};x=", for={STRANGER};host=evil"'),
                _refused(f"{EDGE} > ?", ODD_HOP),
            ),
            "a quoted semicolon": (EDGE, _fwd(f'host="a;for=b";for={GATEWAY}'), _allowed(f"{EDGE} > {GATEWAY}")),
            "a quoted escape": (EDGE, _fwd(rf'host="a\";\\";for={GATEWAY}'), _allowed(f"{EDGE} > {GATEWAY}")),
            "a quoted client is not the client": (
                EDGE,
                _fwd(f'for={STRANGER};host=", for={GATEWAY}"'),
                _refused(f"{EDGE} > ?", ODD_HOP),
            ),
            "quotes that are closed left of the client": (
                EDGE,
                _fwd(f'for={STRANGER};x="a, \\", b", for={GATEWAY}'),
                _allowed(f"{EDGE} > {GATEWAY}"),
            ),
            "unreadable left of the client": (
                EDGE,
                _fwd(f"for=unknown, for={GATEWAY}"),
                _allowed(f"{EDGE} > {GATEWAY}"),
            ),
            "unreadable beyond a proxy": (
                EDGE,
                _fwd(f"for={GATEWAY}, for=_x, for={INNER}"),
                _refused(f"{EDGE} > {INNER} > ?", ODD_HOP),
            ),
        }
    )
    def test_is_read_from_the_right_over_trusted_proxies(self, peer, headers, verdict):
        _assert_verdict(_receiver(), _head(peer, headers), verdict)

    @pytest.mark.parametrize(
        "value",
        [
            "",
            " ",
            ",",
            ";",
            f"for={GATEWAY},",
            f"for={GATEWAY}, ",
            f";for={GATEWAY}",
            f"for={GATEWAY};;",
            GATEWAY,
            "for",
            "for=",
            'for=""',
            "=",
            f"={GATEWAY}",
            f"for ={GATEWAY}",
            f"for= {GATEWAY}",
            f"for:{GATEWAY}",
            f"fo r={GATEWAY}",
            f"fоr={GATEWAY}",
            f"xfor={GATEWAY}",
            f"Xfor={GATEWAY}",
            f"for={GATEWAY}X",
            f"by={GATEWAY}",
            f"by={GATEWAY};proto=https",
            f"for={GATEWAY};for={GATEWAY}",
            f"for={GATEWAY};For={STRANGER}",
            f"for={GATEWAY};=",
            f"for={GATEWAY};by",
            f"for={GATEWAY} by={EDGE}",
            f"for={GATEWAY} x",
            f'for="{GATEWAY}"x',
            f'for=x"{GATEWAY}"',
            f'for={GATEWAY}"x"',
            f"for='{GATEWAY}'",
            f'for="{GATEWAY}',
            f'for={GATEWAY}"',
            f'for={GATEWAY};x="',
            f'for={GATEWAY};x="\\"',
            f'for="{GATEWAY}\\"',
            f'"for={GATEWAY}"',
            f'"for"={GATEWAY}',
            f'for=" {GATEWAY}"',
            f'for="{GATEWAY}, {GATEWAY}"',
        ],
    )
    def test_an_element_that_is_not_well_formed_is_refused(self, value):
        _assert_verdict(_receiver(), _head(EDGE, _fwd(value)), _refused(f"{EDGE} > ?", ODD_HOP))

    @pytest.mark.parametrize(
        "appended",
        [
            f"for={STRANGER}",
            f'for="{STRANGER}"',
            f'for="{STRANGER}:52000";proto=http;by="{EDGE}"',
            f'by="[::1]:80";for="{STRANGER}";host="a"',
        ],
    )
    @pytest.mark.parametrize("separator", [",", ", ", " , "], ids=repr)
    @pytest.mark.parametrize(
        "sent",
        [
            f'for="{GATEWAY}',
            f'for={GATEWAY}"',
            f'for={GATEWAY};x="',
            f'for={GATEWAY};x="\\',
            f'for={GATEWAY};x="\\"',
            f'for={GATEWAY};x="\\\\',
            f'for={GATEWAY}, x="',
            f'"for={GATEWAY}',
            f'for={GATEWAY};"',
            '"',
            '"""',
            '\\"',
            '"\\',
        ],
    )
    def test_a_quote_that_the_sender_leaves_open_swallows_what_the_proxy_appends_and_is_refused(
        self, sent, separator, appended
    ):
        verdict = _refused(f"{EDGE} > ?", ODD_HOP)
        _assert_verdict(_receiver(), _head(EDGE, _fwd(f"{sent}{separator}{appended}")), verdict)
        _assert_verdict(_receiver(), _head(EDGE, _fwd(sent, appended)), verdict)


class TestBothHeaders:
    @_table(
        {
            "agree": (EDGE, _xff(GATEWAY) + _fwd(f"for={GATEWAY}"), _allowed(f"{EDGE} > {GATEWAY}")),
            "agree, in the other order": (
                EDGE,
                _fwd(f"for={GATEWAY}") + _xff(GATEWAY),
                _allowed(f"{EDGE} > {GATEWAY}"),
            ),
            "agree, written differently": (
                EDGE,
                _xff(f"{GATEWAY}:80") + _fwd(f'for="[::ffff:{GATEWAY}]:81"'),
                _allowed(f"{EDGE} > {GATEWAY}"),
            ),
            "agree on the client, not on the way": (
                EDGE,
                _xff(f"{GATEWAY}, {INNER}") + _fwd(f"for={GATEWAY}"),
                _allowed(f"{EDGE} > {INNER} > {GATEWAY}"),
            ),
            "agree on a stranger": (EDGE, _xff(STRANGER) + _fwd(f"for={STRANGER}"), _refused(f"{EDGE} > {STRANGER}")),
            "differ": (EDGE, _xff(GATEWAY) + _fwd(f"for={STRANGER}"), _refused(f"{EDGE} > ?", DISAGREE)),
            "differ the other way": (EDGE, _xff(STRANGER) + _fwd(f"for={GATEWAY}"), _refused(f"{EDGE} > ?", DISAGREE)),
            "differ, both allowed": (
                EDGE,
                _xff("83.166.68.8") + _fwd(f"for={GATEWAY}"),
                _refused(f"{EDGE} > ?", DISAGREE),
            ),
            "differ in length": (
                EDGE,
                _xff(f"{GATEWAY}, {INNER}") + _fwd(f"for={INNER}"),
                _refused(f"{EDGE} > ?", DISAGREE),
            ),
            "one is unreadable": (EDGE, _xff(GATEWAY) + _fwd("for=unknown"), _refused(f"{EDGE} > ?", ODD_HOP)),
            "the other is unreadable": (
                EDGE,
                _xff("unknown") + _fwd(f"for={GATEWAY}"),
                _refused(f"{EDGE} > ?", ODD_HOP),
            ),
            "one is empty": (EDGE, _xff("") + _fwd(f"for={GATEWAY}"), _refused(f"{EDGE} > ?", ODD_HOP)),
            "the other is empty": (EDGE, _xff(GATEWAY) + _fwd(""), _refused(f"{EDGE} > ?", ODD_HOP)),
            "not from a trusted proxy": (
                STRANGER,
                _xff(GATEWAY) + _fwd(f"for={GATEWAY}"),
                _refused(STRANGER, NOT_TRUSTED),
            ),
        }
    )
    def test_must_lead_to_one_client(self, peer, headers, verdict):
        _assert_verdict(_receiver(), _head(peer, headers), verdict)


class TestTheVerdictsValue:
    def test_an_explanation_can_be_read_by_a_human(self):
        verdict = _receiver().explain(_head(EDGE, _xff(STRANGER)))
        assert repr(verdict) == (
            f"SourceVerdict(allowed=False, client='{STRANGER}', network=None,"
            f" hops=(Hop(address='{EDGE}', role='proxy'), Hop(address='{STRANGER}', role='client')),"
            f" reason={NOT_LISTED!r})"
        )

    def test_it_cannot_be_changed(self):
        with pytest.raises(FrozenInstanceError):
            _receiver().explain(_head(GATEWAY, [])).allowed = True
        with pytest.raises(FrozenInstanceError):
            Hop(GATEWAY, "client").role = "proxy"

    def test_no_reason_holds_what_a_sender_wrote(self):
        for headers in (_xff("secret"), _fwd("for=secret"), _xff(GATEWAY) + _fwd("for=198.51.100.77")):
            verdict = _receiver().explain(_head(EDGE, headers))
            assert "secret" not in repr(verdict)
            assert "198.51.100.77" not in repr(verdict)


# Shreds of both headers, so that a random text is often nearly well formed.
_SHREDS = st.sampled_from(
    [
        *'",;=\\ \t[]:%._',
        "for=",
        "For=",
        "by=",
        'x="',
        "\\",
        '\\"',
        "unknown",
        "_hidden",
        ":443",
        "%eth0",
        GATEWAY,
        f"for={GATEWAY}",
        f'for="{GATEWAY}"',
        f'for="[{GATEWAY6}]:80"',
        f"[{GATEWAY6}]",
        f"::ffff:{GATEWAY}",
        EDGE,
        f"for={EDGE}",
        "unix:",
        "\0",
        "\n",
        "\ud800",
    ]
)
_HEADER_VALUES = st.one_of(st.lists(_SHREDS, max_size=12).map("".join), st.text())
_OTHER_HEADERS = st.lists(
    st.tuples(st.sampled_from(["x-forwarded-for", "Forwarded", "host"]), _HEADER_VALUES), max_size=3
)


class TestWhateverASenderWrites:
    receiver = _receiver(trusted=[*TRUSTED, "unix:"], networks=NETWORKS)

    @given(st.one_of(st.none(), st.sampled_from([EDGE, GATEWAY, STRANGER, "unix:"]), _HEADER_VALUES), _OTHER_HEADERS)
    def test_there_is_a_verdict_and_admission_agrees_with_it(self, peer, headers):
        request = _head(peer, headers)
        verdict = self.receiver.explain(request)
        assert verdict.allowed is (verdict.network is not None) is (verdict.reason == ALLOWED)
        assert [hop.role for hop in verdict.hops].count("client") == (verdict.client is not None)
        if verdict.client is not None:
            assert verdict.hops[-1] == Hop(verdict.client, "client")
            assert verdict.network == self.receiver.networks.match(verdict.client)
        assert all(hop.address in self.receiver.trusted_proxies for hop in verdict.hops if hop.role == "proxy")
        _assert_verdict(self.receiver, request, verdict)

    @given(_HEADER_VALUES, st.sampled_from([",", ", "]), st.sampled_from([STRANGER, f"{STRANGER}:52000"]))
    def test_the_stranger_that_the_proxy_appends_to_x_forwarded_for_is_the_client(self, sent, separator, appended):
        expected = _refused(f"{EDGE} > {STRANGER}")
        assert self.receiver.explain(_head(EDGE, _xff(f"{sent}{separator}{appended}"))) == expected
        assert self.receiver.explain(_head(EDGE, _xff(sent, appended))) == expected

    @given(
        _HEADER_VALUES,
        st.sampled_from([",", ", "]),
        st.sampled_from([f"for={STRANGER}", f'for="{STRANGER}:52000"', f'by="{EDGE}";for="{STRANGER}";proto=https']),
    )
    def test_the_stranger_that_the_proxy_appends_to_forwarded_is_the_client_or_nobody_is(
        self, sent, separator, appended
    ):
        expected = (_refused(f"{EDGE} > {STRANGER}"), _refused(f"{EDGE} > ?", ODD_HOP))
        assert self.receiver.explain(_head(EDGE, _fwd(f"{sent}{separator}{appended}"))) in expected
        assert self.receiver.explain(_head(EDGE, _fwd(sent, appended))) in expected
        if '"' not in sent:
            assert self.receiver.explain(_head(EDGE, _fwd(sent, appended))) == expected[0]

    @given(_HEADER_VALUES, _HEADER_VALUES, st.booleans())
    def test_a_header_that_the_proxy_does_not_write_never_lets_a_stranger_in(self, sent, other, in_forwarded):
        headers = _xff(other) + _fwd(sent, f"for={STRANGER}") if in_forwarded else _fwd(other) + _xff(sent, STRANGER)
        verdict = self.receiver.explain(_head(EDGE, headers))
        assert not verdict.allowed
        assert verdict.client in {None, STRANGER}

    @pytest.mark.parametrize(
        "value",
        [
            "," * 60_000,
            " " * 60_000,
            ("\t" * 59_000) + "x",
            '"' * 60_001,
            '"' + "\\" * 60_001,
            '"' + '\\"' * 30_000,
            'x="' + "a" * 60_000,
            'x="a",' * 10_000 + '"',
            'x="",' * 12_000,
            "x=1;" * 15_000,
            "x=1 ;" * 12_000 + '"',
            "x=1" + " " * 60_000 + "x",
            "for=1;" + " " * 60_000 + "x",
            "x" * 60_000,
            "x" * 60_000 + "=",
            ";" * 60_000,
            "=" * 60_000,
            "[" * 60_000,
            ":" * 60_000,
            "%" * 60_000,
            ":" + "%a" * 30_000,
            ":%" + "a" * 60_000 + "!",
            "::1%" + "a" * 60_000,
            "1:_" + "a" * 60_000 + "!",
            "1." * 30_000,
            f"for={INNER}," * 4_000,
            f"for={INNER}," * 4_000 + f"for={INNER}",
            f"{INNER}," * 6_000,
            f"{INNER}," * 6_000 + INNER,
        ],
        ids=lambda value: f"{value[:10]!r}…{value[-10:]!r}",
    )
    def test_sixty_thousand_hostile_bytes_are_read_in_linear_time(self, value):
        # A quadratic step would take minutes here.
        for headers in (_xff(value), _fwd(value), _xff(value) + _fwd(value)):
            assert not self.receiver.explain(_head(EDGE, headers)).allowed
        assert not self.receiver.explain(_head(value, [])).allowed
        assert value not in self.receiver.networks

    def test_a_long_way_of_our_own_proxies_is_followed_to_its_end(self):
        way = " > ".join([EDGE, *[INNER] * 4_000, GATEWAY])
        assert self.receiver.explain(_head(EDGE, _xff(GATEWAY + f",{INNER}" * 4_000))) == _allowed(way)
        assert self.receiver.explain(_head(EDGE, _fwd(f"for={GATEWAY}" + f",for={INNER}" * 4_000))) == _allowed(way)


@pytest.mark.parametrize(
    "value", ["garbage", "for", "for=83.166.68.7 garbage", "for=83.166.68.7;;", "=83.166.68.7", "for:83.166.68.7"]
)
def test_an_element_of_forwarded_that_is_not_made_of_pairs_is_refused(value):
    receiver = Receiver(trusted_proxies=["10.0.0.1"])
    verdict = receiver.explain(InboundRequest(method="GET", peer="10.0.0.1", headers=[("Forwarded", value)]))
    assert not verdict.allowed
    assert verdict.client is None


def test_a_trusted_proxy_that_forwards_for_nobody_is_told_what_to_do():
    receiver = Receiver(trusted_proxies=["10.0.0.1"])
    verdict = receiver.explain(InboundRequest(method="GET", peer="10.0.0.1"))
    assert (verdict.allowed, verdict.client) == (False, "10.0.0.1")
    assert verdict.reason == (
        "the last address known is a trusted proxy's own, which forwards for nobody:"
        " have it set X-Forwarded-For to the address it sees"
    )


def test_networks_that_are_no_list_are_a_mistake_in_the_set_up():
    with pytest.raises(ConfigurationError, match=r"^networks takes several networks, as a tuple or a list$"):
        Receiver(networks=None)


@pytest.mark.parametrize("given", ["10.0.0.0/16", b"10.0.0.0/16", ipaddress.ip_network("10.0.0.0/16")])
def test_one_network_instead_of_several_is_a_mistake_in_the_set_up(given):
    with pytest.raises(ConfigurationError, match=r"^trusted_proxies takes several networks, not one: \("):
        Receiver(trusted_proxies=given)
