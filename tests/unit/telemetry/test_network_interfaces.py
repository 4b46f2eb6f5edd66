from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.telemetry.network_interfaces import counted, identity

if TYPE_CHECKING:
    from pathlib import Path

CARD = {"flags": "0x1003", "type": "1", "ifindex": "2", "iflink": "2", "device/": ""}
VETH = {"flags": "0x1003", "type": "1", "ifindex": "9", "iflink": "4"}
VIRTUAL = {"flags": "0x1003", "type": "1", "ifindex": "7", "iflink": "7"}
TUN = {**VIRTUAL, "type": "65534", "tun_flags": "0x1001"}
DEVICES: dict[str, dict[str, str]] = {
    "lo": {"flags": "0x9", "type": "772", "ifindex": "1", "iflink": "1"},
    "eth0": CARD,
    "eth1": {**CARD, "brport/": "", "ifindex": "3", "iflink": "3"},
    "wwan0": {**CARD, "type": "65534", "uevent": "DEVTYPE=wwan"},
    "hv0": {**CARD, "lower_vf0/": ""},
    "vf0": {**CARD, "master/device/": ""},
    "uplink": {**VIRTUAL, "bridge/": ""},
    "bond7": {**VIRTUAL, "lower_eth0/": "", "lower_eth1/": ""},
    "eth0.10": {**VETH, "lower_eth0/": ""},
    "port1": {**VETH, "brport/": ""},
    "host1": VETH,
    "veth12": VETH,
    "vpn": TUN,
    "home": {**VIRTUAL, "type": "65534", "uevent": "DEVTYPE=wireguard\nINTERFACE=home"},
    "dsl": {**VIRTUAL, "type": "512", "uevent": "DEVTYPE=ppp"},
    "dummy0": VIRTUAL,
    "gretap0": {**VIRTUAL, "iflink": "0"},
    "erspan0": {**VIRTUAL, "iflink": "0"},
}


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    """What the kernel says of interfaces of every kind; a name with a slash is a directory."""
    for name, files in DEVICES.items():
        (tmp_path / name).mkdir()
        for file, content in files.items():
            path = tmp_path / name / file
            path.mkdir(parents=True) if file.endswith("/") else path.write_text(content + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("there", "count"),
    [
        ("lo", ""),
        ("lo eth0", "eth0"),
        ("lo eth0 eth1 uplink bond7 eth0.10 port1 host1 veth12 vpn home dsl", "eth0 eth1"),
        ("lo eth1 uplink veth12 port1", "eth1"),
        ("lo eth0 wwan0", "eth0 wwan0"),
        ("lo hv0 vf0", "hv0"),
        ("lo host1", "host1"),
        ("lo host1 veth12 vpn home", "host1"),
        ("lo veth12", "veth12"),
        ("lo veth12 vpn", "veth12"),
        ("lo uplink port1", "port1"),
        ("lo uplink port1 vpn", "vpn"),
        ("lo vpn", "vpn"),
        ("lo home dsl uplink", "home dsl"),
        ("lo eth0 dummy0", "eth0"),
        ("lo host1 dummy0", "host1"),
        ("lo vpn dummy0", "vpn"),
        ("lo dummy0", "dummy0"),
        ("lo host1 gretap0 erspan0", "host1"),
    ],
)
def test_what_leads_out_of_the_machine_counts_once(sysfs: Path, there: str, count: str) -> None:
    assert counted(there.split(), sysfs=sysfs) == set(count.split())


@pytest.mark.parametrize(
    ("there", "count"),
    [
        ("lo eth0 wlan0 docker0 br-1a2b veth1234 wg0 tun0 tailscale0", "eth0 wlan0"),
        ("lo0 en0 en5 utun0 utun3 bridge0 gif0", "en0 en5"),
        ("lo wg0", "wg0"),
        ("lo tap0", "tap0"),
        ("lo eth0", "eth0"),
        ("lo0 en0 ap1 anpi0 vmenet0", "en0"),
        ("lo0 em0 epair0a enc0 ipfw0 pflog0 usbus0", "em0"),
    ],
)
def test_where_nobody_tells_what_they_are_their_names_decide(tmp_path: Path, there: str, count: str) -> None:
    assert counted(there.split(), sysfs=tmp_path / "none") == set(count.split())


def test_on_windows_names_have_spaces(tmp_path: Path) -> None:
    there = ["Loopback Pseudo-Interface 1", "Ethernet", "Wi-Fi 2", "vEthernet (Default Switch)"]
    assert counted(there, sysfs=tmp_path / "none") == {"Ethernet", "Wi-Fi 2"}


@pytest.mark.parametrize(
    "name",
    [
        "OpenVPN TAP-Windows6", "NordLynx", "ProtonVPN TUN", "Mullvad", "CloudflareWARP",
        "Wintun Userspace Tunnel", "Hamachi", "Radmin VPN",
        "VMware Network Adapter VMnet8", "VirtualBox Host-Only Network",
    ],
)  # fmt: skip
def test_vpns_and_virtual_machines_repeat_what_the_card_carries(tmp_path: Path, name: str) -> None:
    assert counted(["Ethernet", name], sysfs=tmp_path / "none") == {"Ethernet"}


def test_a_chosen_name_with_brackets_is_that_name(tmp_path: Path) -> None:
    there = ["Ethernet", "vEthernet [Intern]"]
    assert counted(there, ("vEthernet [Intern]",), tmp_path) == {"vEthernet [Intern]"}


def test_what_the_owner_chose_counts_and_nothing_else(sysfs: Path) -> None:
    assert counted(DEVICES, ("lo", "veth*"), sysfs) == {"lo", "veth12"}
    assert counted(DEVICES, ("eth9",), sysfs) == set()


def test_an_interface_is_the_same_while_its_index_is(sysfs: Path) -> None:
    before = identity("eth0", sysfs)
    (sysfs / "eth0" / "ifindex").write_text("30\n")
    assert (before, identity("eth0", sysfs), identity("gone", sysfs)) == ("2", "30", "")
