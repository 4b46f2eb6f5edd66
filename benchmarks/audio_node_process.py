"""``python -m benchmarks.audio_node_process PORT SECONDS PLAYERS FILE VOLUME``: players that send to a port.

Each has a group of two for DAVE and AES-256-GCM, as on Discord. One line of JSON tells what it took.
"""

from __future__ import annotations

import asyncio
import json
import resource
import secrets
import socket
import struct
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import davey
import psutil

from audio_node.audio.container import file_source
from audio_node.player import Player
from audio_node.voice.dave import Dave
from audio_node.voice.encryption import Aes256Gcm
from audio_node.voice.opcodes import Op
from audio_node.voice.pacer import Pacer
from audio_node.voice.rtp import RtpStream
from audio_node.voice.sender import Sender
from tests.support.dave_group import DaveGroup

if TYPE_CHECKING:
    from audio_node.audio.media import Source
    from audio_node.errors import AudioError

WARM_UP = 3
CHANNEL, US, LISTENER = 1, 2, 3


class Silent:
    """Nobody listens to events here, but for failures."""

    def track_started(self, source: Source) -> None: ...

    def track_ended(self, source: Source, reason: str) -> None: ...

    def track_failed(self, source: Source, error: AudioError) -> None:
        raise RuntimeError(source) from error

    def track_stuck(self, source: Source, threshold_ms: int) -> None: ...


def encrypted() -> Dave:
    """Return our membership in a group that somebody else has begun."""
    group = DaveGroup(CHANNEL)
    listener = davey.DaveSession(1, LISTENER, CHANNEL)
    listener.set_external_sender(group.external_sender)
    ours = Dave(US, CHANNEL)
    ((_, key_package),) = ours.begin(1)
    assert isinstance(key_package, bytes)
    ours.receive_binary(Op.DAVE_MLS_EXTERNAL_SENDER, group.external_sender)
    proposals = group.add(key_package, 0)[1:]
    result = listener.process_proposals(davey.ProposalsOperationType.append, proposals)
    assert result is not None
    assert result.welcome is not None
    ours.receive_binary(Op.DAVE_MLS_WELCOME, struct.pack(">H", 0) + result.welcome)
    assert ours.encrypting
    return ours


async def run(port: int, seconds: float, players: int, file: Path, volume: int) -> dict[str, object]:
    """Play, and return what it took."""
    pacer = Pacer()
    started: dict[int, float] = {}
    playing: list[Player] = []
    for ssrc in range(players):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.setblocking(False)
        udp.connect(("127.0.0.1", port))
        player = Player(asyncio.get_running_loop(), Silent())
        player.set_volume(volume)
        cipher = Aes256Gcm(secrets.token_bytes(32))
        sender = Sender(player, udp, RtpStream(ssrc), cipher, encrypted(), lambda _: None)
        pacer.add(sender.turn)
        playing.append(player)
    for ssrc, player in enumerate(playing):
        started[ssrc] = time.time()
        player.play(file_source(file))
        await asyncio.sleep(0.04)
    await asyncio.sleep(WARM_UP)
    begin, cpu = time.monotonic(), time.process_time()
    nulled = sum(player.counts.nulled for player in playing)
    await asyncio.sleep(seconds)
    share = (time.process_time() - cpu) / (time.monotonic() - begin)
    nulled = sum(player.counts.nulled for player in playing) - nulled
    pacer.close()
    for player in playing:
        player.close()
    rss = psutil.Process().memory_info().rss / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    return {"share": share, "nulled": nulled, "rss": rss, "most": most, "started": started}


if __name__ == "__main__":
    port, seconds, players, path, volume = sys.argv[1:]
    print(json.dumps(asyncio.run(run(int(port), float(seconds), int(players), Path(path), int(volume)))))
