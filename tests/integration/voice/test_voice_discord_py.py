"""discord.py's own voice client, unchanged, against Discord's stand-in and its voice server."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from sandbox.discord import DiscordStandIn
from sandbox.people import PeopleApi, RefusedError
from sandbox.voice import VoiceStandIn
from tests.integration.discord.conftest import TestBot, running, standing_in, watcher
from tests.integration.voice.conftest import hears, hears_all, serving
from tests.support.tones import tone_frames
from tests.support.voice_client import VoiceClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.support.discord_oracle import Watcher

__all__ = ["watcher"]
SILENT_FRAMES = 5
"""What discord.py sends at the end of a source; davey leaves them unencrypted."""


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
    figures = await hears(voice, 50 + SILENT_FRAMES, str(channel.id))
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
    figures = await hears(voice, 50 + SILENT_FRAMES, str(client.channel.id))
    assert figures["frequency_hz"] == pytest.approx(440, abs=1)
    assert (figures["encrypted"], figures["unreadable"]) == (50, 0)
    assert group.members.keys() == {str(bot.user.id), me.id}
    await me.leave_voice()
    async with asyncio.timeout(60):
        while client._connection.can_encrypt:
            await asyncio.sleep(0.01)
    await play(client, Tone(660, 0.2))  # alone again: there is no group to encrypt for
    alone = await hears(voice, 60 + 2 * SILENT_FRAMES, str(client.channel.id))
    assert (alone["encrypted"], alone["unreadable"]) == (50, 0)
    await client.disconnect()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def heard_again(voice: VoiceStandIn, client: discord.VoiceClient, hertz: float) -> None:
    """Play a short tone and expect it in the channel where the client is."""
    channel = str(client.channel.id)
    before = sum(one["total"]["packets"] for one in await hears_all(voice, channel))
    await play(client, Tone(hertz, 0.5))
    figures = await hears(voice, before + 25 + SILENT_FRAMES, channel)
    assert figures["frequency_hz"] == pytest.approx(hertz, abs=5)


async def test_discord_py_follows_when_it_is_moved_to_another_channel(
    voice: VoiceStandIn, bot: TestBot, people: PeopleApi
) -> None:
    client = await connected(bot)
    first, other = bot.guilds[0].voice_channels[:2]
    ssrc = client.ssrc
    member = f"/guilds/{other.guild.id}/members/{bot.user.id}"
    await people.call("PATCH", member, {"channel_id": str(other.id)})
    await until(lambda: client.channel == other and client.ssrc != ssrc and client.is_connected())
    await heard_again(voice, client, 660)
    assert voice.gateway.room(str(first.id)).sessions == {}
    await client.disconnect()
    assert voice.gateway.sessions == {}


async def test_discord_py_follows_a_change_of_region_to_another_address(
    voice: VoiceStandIn, bot: TestBot, people: PeopleApi
) -> None:
    client = await connected(bot)
    endpoint = client.endpoint
    await people.call("POST", "/voice/region")
    await until(lambda: client.endpoint != endpoint and client.is_connected())
    assert client.endpoint == voice.endpoint
    await heard_again(voice, client, 550)
    await client.disconnect()


async def test_a_deleted_channel_and_a_kick_end_discord_pys_connection(
    voice: VoiceStandIn, bot: TestBot, people: PeopleApi
) -> None:
    client = await connected(bot)
    member = f"/guilds/{client.guild.id}/members/{bot.user.id}"
    await people.call("PATCH", member, {"channel_id": None})
    await until(lambda: client.guild.voice_client is None)
    client = await connected(bot)
    await people.call("DELETE", f"/channels/{client.channel.id}")
    await until(lambda: bot.guilds[0].voice_client is None)
    assert voice.gateway.sessions == {}


async def test_a_person_connects_with_a_client_of_their_own(
    voice: VoiceStandIn, bot: TestBot, people: PeopleApi
) -> None:
    channel = bot.guilds[0].voice_channels[0]
    me = await people.person()
    await me.join_voice(str(channel.id))
    server = await people.call("POST", "/voice/server", {"user": me.id, "guild": str(channel.guild.id)})
    assert server["endpoint"] == voice.endpoint
    own = VoiceClient(
        server["endpoint"],
        server_id=server["guild_id"],
        user_id=me.id,
        session_id=server["session_id"],
        token=server["token"],
        tls=ssl.create_default_context(cafile=voice.info()["roots_file"]),  # type: ignore[arg-type]
    )
    async with own:
        await own.speak()
        for frame in tone_frames(330, 25):
            own.send_frame(frame)
        assert (await hears(voice, 25, str(channel.id)))["user_id"] == me.id
    await me.leave_voice()
    with pytest.raises(RefusedError):
        await people.call("POST", "/voice/server", {"user": me.id, "guild": str(channel.guild.id)})


async def test_a_bot_in_the_audience_of_a_stage_is_not_heard(
    voice: VoiceStandIn, bot: TestBot, people: PeopleApi
) -> None:
    guild = bot.guilds[0]
    made = await people.call("POST", f"/guilds/{guild.id}/channels", {"name": "stage", "type": 13})
    await until(lambda: guild.get_channel(int(made["id"])) is not None)
    client = await guild.get_channel(int(made["id"])).connect()
    await play(client, Tone(440, 0.1))
    assert await hears_all(voice, made["id"]) == []
    await people.call("POST", "/stage", {"user": str(bot.user.id), "guild": str(guild.id), "speaks": True})
    await heard_again(voice, client, 440)
    await client.disconnect()
