"""25 players of the audio node, passing Opus on and transcoding, as a listener's kernel sees the packets."""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import statistics
import struct
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from audio_node.audio.music import Music
from benchmarks.frame import Figure, percentile
from sandbox.child_process import dying_with_parent
from tests.support.sound import RATE, Samples, encoded

if TYPE_CHECKING:
    from benchmarks.frame import Bench

TITLE = "Audio node: 25 players, end-to-end encrypted"
ROOT = Path(__file__).resolve().parents[1]
PLAYERS = 25
STARTS = 5
SO_TIMESTAMPNS = 35
"""Linux tells when a packet arrived, however late it is read (socket(7))."""


class Ear(threading.Thread):
    """Notes when which packet of whom arrived."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**23)
        self.socket.bind(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.heard: dict[int, list[tuple[int, float]]] = defaultdict(list)

    def run(self) -> None:
        while True:
            packet, ancillary, _, _ = self.socket.recvmsg(2048, 64)
            if not packet:
                return
            sequence, _, ssrc = struct.unpack_from(">HII", packet, 2)
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2])
            self.heard[ssrc].append((sequence, seconds + nanoseconds / 1e9))

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"", ("127.0.0.1", self.port))
        self.join()
        self.socket.close()


async def measure(bench: Bench) -> list[Figure]:
    soak, short = bench.scaled(600, 5), bench.scaled(60, 5)
    with tempfile.TemporaryDirectory(prefix="otonari-bench-") as directory:
        song = await asyncio.to_thread(_song, soak + 30)
        opus, aac = Path(directory) / "song.webm", Path(directory) / "song.m4a"
        opus.write_bytes(await asyncio.to_thread(encoded, song, "webm", "libopus", b="128k"))
        aac.write_bytes(await asyncio.to_thread(encoded, song[:, : (short + 30) * RATE], "ipod", "aac"))
        del song
        ready, rest = await _at_rest()
        passing = await _players("passing on", opus, 100, soak, share=6)
        transcoding = await _players("transcoding", aac, 90, short, share=40)
    return [
        Figure(what="ready after", value=ready, unit="s", at_most=1.5),
        Figure(what="at rest: RSS", value=rest, unit="MiB", at_most=70),
        *passing,
        *transcoding,
    ]


def _song(seconds: int) -> Samples:
    import numpy as np  # noqa: PLC0415

    music = Music("otonari", (seconds + 10) * 1000)
    pieces = [np.frombuffer(music.samples(at * RATE, RATE), np.float32) for at in range(seconds)]
    return np.concatenate(pieces).reshape(-1, 2).T


async def _at_rest() -> tuple[float, float]:
    """Return seconds until the node listens, and MiB that it then has; medians of five starts."""
    seconds: list[float] = []
    rss: list[float] = []
    for _ in range(STARTS):
        began = time.perf_counter()
        command = dying_with_parent([sys.executable, "-m", "audio_node", "--json", "--port", "0"])
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        assert process.stdout is not None
        await process.stdout.readline()
        seconds.append(time.perf_counter() - began)
        rss.append(psutil.Process(process.pid).memory_info().rss / 2**20)
        process.terminate()
        await process.wait()
    return statistics.median(seconds), statistics.median(rss)


async def _players(kind: str, file: Path, volume: int, seconds: int, *, share: float) -> list[Figure]:
    ear = Ear()
    ear.start()
    command = ("-m", "benchmarks.audio_node_process", ear.port, seconds, PLAYERS, file, volume)
    took = json.loads(await _output(*(str(part) for part in command)))
    await asyncio.to_thread(ear.close)
    heard = list(ear.heard.values())
    off = [
        abs(after - before - 0.02) * 1000
        for packets in heard
        for (_, before), (_, after) in itertools.pairwise(packets)
    ]
    missing = sum((packets[-1][0] - packets[0][0]) % 2**16 + 1 - len(packets) % 2**16 for packets in heard)
    first = [heard[0][1] - took["started"][str(ssrc)] for ssrc, heard in ear.heard.items()]
    return [
        Figure(
            what=f"{kind}: CPU", value=took["share"] * 100, unit="% of a core", at_most=share,
            note=f"{seconds} s",
        ),
        Figure(what=f"{kind}: RSS", value=took["rss"], unit="MiB"),
        Figure(what=f"{kind}: off 20 ms, median", value=percentile(off, 0.5), unit="ms"),
        Figure(what=f"{kind}: off 20 ms, p99", value=percentile(off, 0.99), unit="ms", at_most=5),
        Figure(what=f"{kind}: off 20 ms, worst", value=max(off), unit="ms"),
        Figure(what=f"{kind}: packets lost", value=missing, unit="", at_most=0),
        Figure(what=f"{kind}: packets not ready in time", value=took["nulled"], unit="", at_most=0),
        Figure(
            what=f"{kind}: heard after", value=statistics.median(first) * 1000, unit="ms", at_most=400,
            note=f"at most {max(first) * 1000:.0f} ms",
        ),
    ]  # fmt: skip


async def _output(*arguments: str) -> str:
    command = dying_with_parent([sys.executable, *arguments])
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{arguments[:2]} ended with {process.returncode}")
    return output.decode()
