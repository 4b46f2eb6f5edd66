"""What the voice server hears, from a client of our own over real sockets."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.voice.conftest import client_of, hears, member
from tests.support.tones import tone_frames
from tests.support.voice_client import AES, XCHACHA

if TYPE_CHECKING:
    from sandbox.voice import VoiceStandIn


@pytest.mark.parametrize("mode", [AES, XCHACHA])
async def test_a_tone_is_heard_through_either_cipher(server: VoiceStandIn, mode: str) -> None:
    async with client_of(server, member("1"), mode=mode) as client:
        await client.speak()
        for frame in tone_frames(440, 50, amplitude=0.25):
            client.send_frame(frame)
        figures = await hears(server, 50)
    assert figures["frequency_hz"] == pytest.approx(440, abs=1)
    assert figures["level_dbfs"] == pytest.approx(20 * math.log10(0.25) - 3.01, abs=0.5)
    assert (figures["packets"], figures["missing"], figures["timestamp_jumps"]) == (50, 0, 0)
    assert (figures["decoded"], figures["audible"], figures["encrypted"]) == (50, 50, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a datagram came")
async def test_the_spacing_is_the_networks_however_late_the_server_reads(server: VoiceStandIn) -> None:
    async with client_of(server, member("1")) as client:
        await client.speak()
        for frame in tone_frames(440, 10):
            client.send_frame(frame)
            time.sleep(0.02)  # noqa: ASYNC251 - nobody, the server included, does anything meanwhile
        figures = await hears(server, 10)
    assert figures["spacing_ms"]["median"] > 15
