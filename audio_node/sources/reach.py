"""Which addresses the node may fetch from.

It runs inside its owner's network: an address of anybody's choice would have it read what only that network
may. This is server-side request forgery: https://cwe.mitre.org/data/definitions/918.html
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from audio_node.errors import SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
REFUSED = "nothing may be fetched from this address"
"""One sentence for all of them: several would tell what is there."""


class Host(NamedTuple):
    """Where a link leads."""

    name: str
    port: int


def host_of(url: str) -> Host | None:
    """Return the host of an http(s) link; None for anything else, user info included."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    is_plain = parts.scheme in _PORTS and parts.username is None and parts.hostname
    return Host(parts.hostname.lower(), port) if is_plain and parts.hostname else None


def public_addresses_only(_url: str, address: str | None) -> None:
    """Raise SourceUnavailableError for an IP address that is not reached over the internet.

    For `HttpFile`, which asks for every address that it is connected to, whatever the name said before.
    """
    if address is not None and not is_public(address):
        raise SourceUnavailableError(REFUSED)


def named_hosts_only(names: Collection[str]) -> Callable[[str, str | None], None]:
    """Return what raises SourceUnavailableError for a link to a host that the owner did not name.

    Wherever the named ones are: it may well be the owner's own network.
    """

    def check(url: str, _address: str | None) -> None:
        host = host_of(url)
        if host is None or not is_named(host, names):
            raise SourceUnavailableError(REFUSED)

    return check


def is_named(host: Host, names: Collection[str]) -> bool:
    """Tell whether ``host`` is one of the owner's ``names``.

    A name stands for the ports of http and https, or for the one after its colon; ``*.name`` for all below.
    """
    return any(_stands_for(name.lower(), host) for name in names)


def _stands_for(name: str, host: Host) -> bool:
    bare = name.removesuffix(f":{host.port}")
    if bare == name and host.port not in _PORTS.values():
        return False
    return host.name.endswith(bare[1:]) if bare.startswith("*.") else host.name == bare.strip("[]")


def is_public(address: str) -> bool:
    """Tell whether an IP address is reached over the internet, and the IPv4 address inside it, too."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inside = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inside is None and parsed in _NAT64:
            inside = ipaddress.IPv4Address(int(parsed) & 0xFFFF_FFFF)
        if inside is not None:
            return is_public(str(inside))
    return parsed.is_global and not parsed.is_multicast
