"""The bot's voice connection in a browser test: it sends a tone, as a node does, end-to-end encrypted."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import cycle
from typing import TYPE_CHECKING

from bot.background_tasks import cancel_and_wait
from tests.support.dave_clients import DaveClient, Davey
from tests.support.tones import SILENCE, tone_frames

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.browser.chat_page import ChatPage

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
async def voice_sender(chat: ChatPage, user: str) -> AsyncGenerator[VoiceSender]:
    """Connect somebody who is in a voice channel, and let them speak."""
    answer = await chat.post("/voice/server", {"user": user, "guild": chat.guild})
    channel = chat.discord.world.voice_states[chat.guild, user]["channel_id"]
    client = DaveClient(
        answer["endpoint"],
        library=Davey,
        channel_id=channel,
        server_id=answer["guild_id"],
        user_id=user,
        session_id=answer["session_id"],
        token=answer["token"],
    )
    async with client:
        await client.speak()
        sender = VoiceSender(client)
        try:
            yield sender
        finally:
            await sender.stop()
