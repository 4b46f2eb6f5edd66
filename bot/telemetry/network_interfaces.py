"""Which network interfaces count: those that lead out of this machine, each byte once.

``/sys/class/net`` tells what an interface is, where there is one (Linux); elsewhere its name has to.
https://docs.kernel.org/admin-guide/abi-testing.html (sysfs-class-net)
"""

from __future__ import annotations

import re
from enum import IntEnum, auto
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SYSFS = Path("/sys/class/net")
LOOPBACK_FLAG = 0x8
"""IFF_LOOPBACK of linux/if.h."""
TUNNEL_TYPES = {512, 768, 769, 776, 778, 823, 65534}
"""Of linux/if_arp.h: PPP, IPv4 and IPv6 tunnels, SIT, GRE and GRE over IPv6, none (TUN, WireGuard)."""
TUNNEL_KINDS = {"wireguard", "vxlan", "geneve", "ppp"}
"""DEVTYPE of an interface's uevent."""

LOOPBACK_NAME = re.compile(r"lo\d*|loopback.*", re.IGNORECASE)
BRIDGE_NAME = re.compile(
    r"(docker|podman|br|virbr|lxcbr|lxdbr|cni|vmbr|bridge|vmenet)\d*|br-.*|ovs-.*|ifb\d+|vethernet.*"
    r"|vmware.*|virtualbox.*|(ap|anpi|enc|ipfw|pflog|usbus)\d+|epair\d+[ab]",
    re.IGNORECASE,
)
NOWHERE_NAME = re.compile(r"dummy\d+|kube-ipvs\d+|nodelocaldns")
KERNEL_TUNNEL_NAME = re.compile(r"(gretap|ip6gretap|erspan|ip6erspan)\d+")
"""Those that Linux gives to every namespace; it says of none that it is a tunnel."""
PEER_NAME = re.compile(r"(veth|cali|lxc|vnet).*", re.IGNORECASE)
TUNNEL_NAME = re.compile(
    r"(u?tun|tap|wg|ppp|sit|gre|gretap|tunl|ip6tnl|erspan|vti|ipsec|gif|stf|tailscale|zt|vxlan|flannel|cilium_"
    r"|nordlynx|openvpn|protonvpn|mullvad|cloudflarewarp|wintun|hamachi|radmin vpn).*",
    re.IGNORECASE,
)


class Kind(IntEnum):
    """What an interface is. Of the kinds that are there, the first from `OWN` on counts, and no other."""

    REPEATS = auto()
    """Loopback, bridges, and whatever lies on top of another interface: a VLAN, a bond."""
    OWN = auto()
    """A network card, and what cannot be told from one."""
    PEERED = auto()
    """Its other end is elsewhere: how a container reaches the world; on a host, the way to a container."""
    PEER_OF_CONTAINER = auto()
    """The same, with a name that hosts give to their end."""
    TUNNEL = auto()
    """A VPN or the like, which another interface carries, if there is one."""
    PORT = auto()
    """A virtual port of a bridge: in a container with a bridge of its own, the only way out."""
    NOWHERE = auto()
    """A dummy, which holds addresses and carries nothing away."""


_KINDS_BY_NAME = ((PEER_NAME, Kind.PEER_OF_CONTAINER), (NOWHERE_NAME, Kind.NOWHERE))


def counted(names: Collection[str], chosen: Sequence[str] = (), sysfs: Path = SYSFS) -> set[str]:
    """Return which of the interfaces count: those ``chosen`` (shell patterns), or else by their kinds."""
    if chosen:
        return {
            name for name in names if any(name == pattern or fnmatchcase(name, pattern) for pattern in chosen)
        }
    kinds = {name: kind_of(name, sysfs) for name in names}
    best = min((kind for kind in kinds.values() if kind is not Kind.REPEATS), default=None)
    return {name for name, kind in kinds.items() if kind is best}


def kind_of(name: str, sysfs: Path = SYSFS) -> Kind:
    """Return what the interface is."""
    device = sysfs / name
    if (device / "device").exists():  # hardware
        # The fast path of a virtual machine's card has that card as its master, which counts both.
        return Kind.REPEATS if (device / "master" / "device").exists() else Kind.OWN
    if LOOPBACK_NAME.fullmatch(name) or BRIDGE_NAME.fullmatch(name) or _repeats(device):
        return Kind.REPEATS
    if (device / "brport").exists():
        return Kind.PORT
    if _is_tunnel(name, device):
        return Kind.TUNNEL
    named = next((kind for pattern, kind in _KINDS_BY_NAME if pattern.fullmatch(name)), None)
    if named is not None:
        return named
    return Kind.PEERED if _read(device / "iflink") != _read(device / "ifindex") else Kind.OWN


def identity(name: str, sysfs: Path = SYSFS) -> str:
    """Return what stays the same for as long as the interface is the same one; "" where nobody can tell.

    An interface that was removed and made again under its name has another index.
    """
    return _read(sysfs / name / "ifindex")


def _repeats(device: Path) -> bool:
    is_loopback = int(_read(device / "flags") or "0", 16) & LOOPBACK_FLAG
    is_bridge = (device / "bridge").exists()
    return bool(is_loopback) or is_bridge or any(device.glob("lower_*"))


def _is_tunnel(name: str, device: Path) -> bool:
    if not device.is_dir():
        return TUNNEL_NAME.fullmatch(name) is not None
    kind = re.search(r"^DEVTYPE=(\w+)", _read(device / "uevent"), re.MULTILINE)
    return (
        (device / "tun_flags").exists()
        or KERNEL_TUNNEL_NAME.fullmatch(name) is not None
        or int(_read(device / "type") or "1") in TUNNEL_TYPES
        or (kind is not None and kind[1] in TUNNEL_KINDS)
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""  # gone meanwhile, or not for this kind of interface
