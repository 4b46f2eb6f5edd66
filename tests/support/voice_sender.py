"""Somebody's voice connection to a sandbox: it sends a tone, as a node does, end-to-end encrypted."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import cycle
from typing import TYPE_CHECKING

from bot.background_tasks import cancel_and_wait
from sandbox.people import PeopleApi
from tests.support.dave_clients import DaveClient, Davey
from tests.support.tones import SILENCE, tone_frames

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

FRAME_SECONDS = 0.02
FRAMES_PER_SECOND = 50
LAST_SILENCE = 5
"""Frames of silence with which a sender stops, so that nobody hears it break off."""


class VoiceSender:
    """Sends Opus frames, one every 20 ms."""

    def __init__(self, client: DaveClient) -> None:
        self.client = client
        self._sending: asyncio.Task[None] | None = None

    async def play(self, hertz: float, *, amplitude: float = 0.25) -> None:
        """Send a tone from now on; whole periods fit into a second, so that its end and beginning fit."""
        await self.stop()
        self._sending = asyncio.create_task(
            self._send(tone_frames(hertz, FRAMES_PER_SECOND, amplitude=amplitude))
        )

    async def stop(self) -> None:
        """Stop as Discord asks for: with five frames of silence."""
        if self._sending is not None:
            await cancel_and_wait(self._sending)
            self._sending = None
            for _ in range(LAST_SILENCE):
                self.client.send_frame(SILENCE)

    async def _send(self, frames: list[bytes]) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        for frame in cycle(frames):
            self.client.send_frame(frame)
            due += FRAME_SECONDS
            await asyncio.sleep(due - clock())


@asynccontextmanager
async def voice_sender(sandbox: str, guild: str, user: str) -> AsyncGenerator[VoiceSender]:
    """Connect somebody who is in a voice channel of a sandbox, by its address, and let them speak."""
    async with PeopleApi(sandbox) as api:
        server = await api.call("POST", "/voice/server", {"user": user, "guild": guild})
        states = (await api.state())["voice_states"]
    client = DaveClient(
        server["endpoint"],
        library=Davey,
        channel_id=next(state["channel_id"] for state in states if state["user_id"] == user),
        server_id=guild,
        user_id=user,
        session_id=server["session_id"],
        token=server["token"],
    )
    async with client:
        await client.speak()
        sender = VoiceSender(client)
        beating = asyncio.create_task(_beat(client))
        try:
            yield sender
        finally:
            await sender.stop()
            await cancel_and_wait(beating)


async def _beat(client: DaveClient) -> None:
    """Show that the connection lives, as often as the server asked for."""
    interval = (await client.message(8))["d"]["heartbeat_interval"]
    while True:
        await asyncio.sleep(interval / 1000)
        await client.beat()
