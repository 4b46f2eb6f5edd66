"""Real interfaces in network namespaces: what counts, and that nothing counts twice or from before."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MEGABYTE = 2**20
METER = """
import json, sys
from bot.telemetry.host_metrics import HostMetrics
metrics = HostMetrics(interfaces=sys.argv[1:])
for _ in sys.stdin:
    print(json.dumps(metrics.traffic()), flush=True)
"""
SEND = """
import socket, sys
address, count = sys.argv[1], int(sys.argv[2])
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(count // 1000):
    out.sendto(bytes(1000), (address, 9))
"""

COUNTED = """
import psutil, sys
from bot.telemetry.network_interfaces import counted
sys.exit(counted(psutil.net_io_counters(pernic=True)) != set(sys.argv[1:]))
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@dataclass
class Namespace:
    """A network namespace as a bot would run in, and ``world``, where its interfaces lead."""

    name: str
    world: str

    def link(self, *words: str) -> None:
        ip("-n", self.name, "link", *words)

    def way_out(self, name: str, subnet: int) -> None:
        """Add an interface that leads into the world, as a container has one."""
        peer = f"w{subnet}"
        self.link("add", name, "type", "veth", "peer", "name", peer, "netns", self.world)
        for namespace, device, host in ((self.name, name, 1), (self.world, peer, 2)):
            ip("-n", namespace, "address", "add", f"10.99.{subnet}.{host}/24", "dev", device)
            ip("-n", namespace, "link", "set", device, "up")

    def run(self, program: str, *arguments: str) -> None:
        command = ["ip", "netns", "exec", self.name, sys.executable, "-c", program, *arguments]
        subprocess.run(command, check=True, cwd=ROOT, timeout=60)

    def send(self, address: str, count: int) -> None:
        self.run(SEND, address, str(count))


class Meter:
    """The bot's own measuring, in a namespace; each call is a sample."""

    def __init__(self, namespace: str, *interfaces: str) -> None:
        self._process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, sys.executable, "-c", METER, *interfaces],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sent(self) -> int | None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        sample = json.loads(self._process.stdout.readline())
        return sample and sample[0]

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    if os.geteuid() or not shutil.which("ip"):
        pytest.skip("network namespaces need root and iproute2")
    token = uuid.uuid4().hex[:6]
    one = Namespace(f"otonari-{token}", f"otonari-{token}-world")
    made: list[str] = []
    try:
        for name in (one.name, one.world):
            try:
                ip("netns", "add", name)
            except subprocess.CalledProcessError as error:
                pytest.skip(f"no network namespace can be made here: {error.stderr.strip()}")
            made.append(name)
            ip("-n", name, "link", "set", "lo", "up")
        yield one
    finally:
        for name in made:
            ip("netns", "delete", name)


@pytest.fixture
def meters(namespace: Namespace) -> Iterator[list[Meter]]:
    """Meters that are ended after the test."""
    running: list[Meter] = []
    yield running
    for meter in running:
        meter.close()


def measure(meters: list[Meter], namespace: Namespace, *interfaces: str) -> Meter:
    meters.append(Meter(namespace.name, *interfaces))
    assert meters[-1].sent() is None
    return meters[-1]


def test_an_interface_that_goes_takes_its_past_with_it_and_one_that_comes_brings_none(
    namespace: Namespace, meters: list[Meter]
) -> None:
    namespace.way_out("eth0", 1)
    namespace.way_out("eth1", 2)
    namespace.send("10.99.1.2", 20 * MEGABYTE)
    namespace.send("10.99.2.2", 5 * MEGABYTE)
    meter = measure(meters, namespace)

    namespace.send("10.99.1.2", MEGABYTE)
    both = meter.sent()
    namespace.link("delete", "eth1")
    gone = meter.sent()
    # moved in from another place, its counters along: what it carried there is not of this time
    ip("-n", namespace.world, "link", "add", "eth2", "type", "veth", "peer", "name", "w3")
    ip("-n", namespace.world, "address", "add", "10.99.3.1/24", "dev", "eth2")
    ip("-n", namespace.world, "neighbour", "add", "10.99.3.9", "lladdr", "02:00:00:00:00:09", "dev", "eth2")
    for device in ("eth2", "w3"):
        ip("-n", namespace.world, "link", "set", device, "up")
    subprocess.run(
        ["ip", "netns", "exec", namespace.world, sys.executable, "-c", SEND, "10.99.3.9", str(MEGABYTE)],
        check=True,
        timeout=60,
    )
    ip("-n", namespace.world, "link", "set", "eth2", "netns", namespace.name)
    came = meter.sent()
    namespace.send("10.99.1.2", MEGABYTE)
    later = meter.sent()

    for count in (both, later):
        assert count is not None
        assert MEGABYTE * 0.9 < count < MEGABYTE * 1.3
    assert gone is not None
    assert came is not None
    assert max(gone, came) < MEGABYTE / 10


def test_what_a_bridge_and_the_ends_of_containers_repeat_counts_once_and_loopback_never(
    namespace: Namespace, meters: list[Meter]
) -> None:
    namespace.way_out("eth0", 1)
    namespace.link("add", "bridge7", "type", "bridge")
    namespace.way_out("port1", 2)
    namespace.link("set", "port1", "master", "bridge7")
    namespace.way_out("veth5", 3)
    meter = measure(meters, namespace)
    everything = measure(meters, namespace, "*")
    loopback = measure(meters, namespace, "lo")

    namespace.send("10.99.1.2", MEGABYTE)
    namespace.send("10.99.3.2", MEGABYTE)
    namespace.send("127.0.0.1", 4 * MEGABYTE)

    counted, total, local = meter.sent(), everything.sent(), loopback.sent()
    assert counted is not None
    assert total is not None
    assert local is not None
    assert MEGABYTE * 0.9 < counted < MEGABYTE * 1.3
    assert local > 4 * MEGABYTE * 0.9
    assert total > local + 2 * MEGABYTE * 0.9


def test_a_tunnel_counts_where_there_is_nothing_else(namespace: Namespace, meters: list[Meter]) -> None:
    ip("-n", namespace.name, "tuntap", "add", "vpn", "mode", "tun")
    ip("-n", namespace.name, "address", "add", "10.99.9.1/24", "dev", "vpn")
    namespace.run(COUNTED, "vpn")
    namespace.way_out("eth0", 1)
    namespace.run(COUNTED, "eth0")
