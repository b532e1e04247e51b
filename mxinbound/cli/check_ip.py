"""`mxinbound check-ip ADDRESS`: would a request from there be let in, and why? Exit code 0 inside, 1 outside."""

from __future__ import annotations

import argparse
import json
import sys

from attrs import asdict

from mxinbound.errors import ConfigurationError
from mxinbound.receiver import Receiver
from mxinbound.request import InboundRequest
from mxinbound.source import MX_NETWORKS


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("check-ip", help="tell whether an address may push, and why")
    parser.add_argument("address", metavar="ADDRESS", help="the address of the socket's other end, or 'unix:'")
    parser.add_argument("--forwarded-for", metavar="CHAIN", help="an X-Forwarded-For header as it arrives")
    parser.add_argument(
        "--trusted-proxy", metavar="NETWORK", action="append", default=[], help="a proxy of yours; may be repeated"
    )
    parser.add_argument(
        "--network",
        metavar="NETWORK",
        action="append",
        help="an allowed network instead of the gateway's; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge the address and print the verdict."""
    try:
        receiver = Receiver(networks=options.network or MX_NETWORKS, trusted_proxies=options.trusted_proxy)
    except ConfigurationError as error:
        print(f"mxinbound check-ip: {error}", file=sys.stderr)
        return 2
    headers = [] if options.forwarded_for is None else [("x-forwarded-for", options.forwarded_for)]
    verdict = receiver.explain(InboundRequest(method="GET", peer=options.address, headers=headers))
    if options.json:
        print(json.dumps(asdict(verdict)))
    else:
        for hop in verdict.hops:
            print(f"{hop.role:<7} {hop.address}")
        print(f"{'allowed' if verdict.allowed else 'refused'}: {verdict.reason}")
        if verdict.network:
            print(f"network {verdict.network}")
    return 0 if verdict.allowed else 1
