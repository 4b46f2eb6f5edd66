"""discord.py's own voice client, unchanged, against Discord's stand-in and its voice server."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from sandbox.discord import DiscordStandIn
from sandbox.people import PeopleApi
from sandbox.voice import VoiceStandIn
from tests.integration.discord.conftest import TestBot, running, standing_in, watcher
from tests.integration.voice.conftest import hears, serving
from tests.support.tones import tone_frames

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.support.discord_oracle import Watcher

__all__ = ["watcher"]


class Tone(discord.AudioSource):
    """A tone for a while, as Opus."""

    def __init__(self, hertz: float, seconds: float) -> None:
        self._frames = iter(tone_frames(hertz, round(seconds * 50)))

    def read(self) -> bytes:
        return next(self._frames, b"")

    def is_opus(self) -> bool:
        return True


async def play(client: discord.VoiceClient, source: discord.AudioSource) -> None:
    """Play to the end."""
    ended = asyncio.get_running_loop().create_future()
    client.play(source, after=lambda error: client.loop.call_soon_threadsafe(ended.set_result, error))
    assert await ended is None


@pytest.fixture
async def voice(tmp_path: Path) -> AsyncIterator[VoiceStandIn]:
    async with serving(VoiceStandIn(tmp_path)) as voice:
        yield voice


@pytest.fixture
async def stand_in(voice: VoiceStandIn, watcher: Watcher) -> AsyncIterator[DiscordStandIn]:
    stand_in = DiscordStandIn(None, rate_limits=False, voice_server=voice)
    for route in voice.control_routes():  # as the launcher mounts them
        stand_in.app.router.add_route(route.method, f"/sandbox/voice{route.path}", route.handler)
    async with standing_in(stand_in, watcher):
        yield stand_in


@pytest.fixture
async def people(stand_in: DiscordStandIn) -> AsyncIterator[PeopleApi]:
    async with PeopleApi(stand_in.url) as people:
        yield people


@pytest.fixture
async def bot(voice: VoiceStandIn, stand_in: DiscordStandIn) -> AsyncIterator[TestBot]:
    trust = ssl.create_default_context(cafile=voice.info()["roots_file"])  # type: ignore[arg-type]
    bot = TestBot(connector=aiohttp.TCPConnector(ssl=trust))
    async with running(bot, stand_in):
        yield bot


async def connected(bot: TestBot) -> discord.VoiceClient:
    return await bot.guilds[0].voice_channels[0].connect()


async def test_a_tone_of_discord_py_is_heard(voice: VoiceStandIn, bot: TestBot, people: PeopleApi) -> None:
    client = await connected(bot)
    channel = client.channel
    await play(client, Tone(440, 1))
    figures = await hears(voice, 50, str(channel.id))
    assert figures["frequency_hz"] == pytest.approx(440, abs=1)
    assert figures["missing"] == figures["timestamp_jumps"] == figures["encrypted"] == 0
    served = await people.call("GET", f"/voice/{channel.id}/heard?seconds=60")
    assert served["speakers"][0]["total"] == figures["total"]
    await client.disconnect()


async def test_discord_py_encrypts_end_to_end_for_a_person_in_the_channel(
    voice: VoiceStandIn, bot: TestBot, people: PeopleApi
) -> None:
    client = await connected(bot)
    me = await people.person()
    await me.join_voice(str(client.channel.id))
    group = voice.gateway.room(str(client.channel.id)).group
    async with asyncio.timeout(60):
        while not client._connection.can_encrypt or not group.idle:
            await asyncio.sleep(0.01)
    await play(client, Tone(440, 1))
    figures = await hears(voice, 50, str(client.channel.id))
    assert figures["frequency_hz"] == pytest.approx(440, abs=1)
    assert (figures["encrypted"], figures["unreadable"]) == (50, 0)
    assert group.members.keys() == {str(bot.user.id), me.id}
    await me.leave_voice()
    async with asyncio.timeout(60):
        while client._connection.can_encrypt:
            await asyncio.sleep(0.01)
    await play(client, Tone(660, 0.2))  # alone again: there is no group to encrypt for
    silence = 5  # frames that discord.py sends at each end; davey leaves them as they are
    alone = await hears(voice, 60 + silence, str(client.channel.id))
    assert (alone["encrypted"], alone["unreadable"]) == (50, 0)
    await client.disconnect()
