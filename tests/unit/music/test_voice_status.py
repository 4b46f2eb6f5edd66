"""The song as the status of its voice channel: the latest that is wanted, where the bot may set it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot.client import Bot
from bot.lavalink import NodePool, Player
from bot.music import voice_status
from bot.music.voice_status import VoiceStatus, leave, status_text
from bot.storage.state import State
from tests.support.music_hall import SONG

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

GUILD, LOUNGE, STUDIO, STAGE = 900, 5, 6, 7


class Channels:
    """Voice channels that note what is set, in order."""

    def __init__(self) -> None:
        self.allowed = True
        self.put: list[tuple[int, str | None]] = []
        self.going = asyncio.Event()
        self.going.set()
        self._known = {
            LOUNGE: self._channel(discord.VoiceChannel, LOUNGE),
            STUDIO: self._channel(discord.VoiceChannel, STUDIO),
            STAGE: self._channel(discord.StageChannel, STAGE),
        }

    def _channel(self, kind: type, channel_id: int) -> Mock:
        async def edit(*, status: str | None) -> None:
            self.put.append((channel_id, status))
            await self.going.wait()

        channel = Mock(spec=kind, id=channel_id, edit=AsyncMock(side_effect=edit))
        channel.permissions_for.side_effect = lambda _me: discord.Permissions(
            set_voice_channel_status=self.allowed
        )
        return channel

    def get(self, channel_id: int) -> Mock | None:
        return self._known.get(channel_id)


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def bot(channels: Channels, tmp_path: Path) -> Mock:
    guild = Mock(spec=discord.Guild, id=GUILD, get_channel=channels.get)
    bot = Mock(spec=Bot, get_guild=Mock(return_value=guild), restart_recovery=None)
    bot.lavalink = Mock(spec=NodePool)
    bot.lavalink.player.return_value = None
    bot.state = State(tmp_path / "otonari.sqlite3")
    return bot


@pytest.fixture
async def cog(bot: Mock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[VoiceStatus]:
    monkeypatch.setattr(voice_status, "INTERVAL", 0.0)
    cog = VoiceStatus(bot)
    bot.get_cog.return_value = cog
    yield cog
    await cog.cog_unload()
    await bot.state.close()


@pytest.fixture
def player() -> Mock:
    player = Mock(spec=Player, guild_id=GUILD, track=SONG)
    player.channel = Mock(spec=discord.VoiceChannel, id=LOUNGE)
    return player


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


async def test_a_song_is_shown_with_its_artist_and_goes_with_the_last_one(
    cog: VoiceStatus, player: Mock, channels: Channels
) -> None:
    await cog.on_music_track_start(player, SONG)
    await until(lambda: channels.put == [(LOUNGE, "🎵 夜に駆ける · YOASOBI")])
    await cog.on_music_changed(player)
    player.track = None
    await cog.on_music_changed(player)

    await until(lambda: channels.put[1:] == [(LOUNGE, None)])


async def test_of_songs_that_are_skipped_meanwhile_only_the_last_is_sent(
    cog: VoiceStatus, player: Mock, channels: Channels
) -> None:
    channels.going.clear()
    await cog.on_music_track_start(player, SONG)
    await until(lambda: len(channels.put) == 1)
    for title in ("群青", "怪物", "Lemon"):
        await cog.on_music_track_start(player, replace(SONG, title=title))
    channels.going.set()
    await until(lambda: len(channels.put) == 2)

    assert channels.put[1] == (LOUNGE, "🎵 Lemon · YOASOBI")


async def test_the_status_is_taken_away_before_the_bot_leaves(
    cog: VoiceStatus, bot: Mock, player: Mock, channels: Channels
) -> None:
    await cog.on_music_track_start(player, SONG)
    await until(lambda: len(channels.put) == 1)
    player.disconnect.side_effect = lambda: channels.put.append((0, "left"))
    await leave(bot, player)

    assert channels.put[-2:] == [(LOUNGE, None), (0, "left")]


async def test_a_status_that_discord_does_not_take_away_keeps_nobody_in_the_channel(
    cog: VoiceStatus, bot: Mock, player: Mock, channels: Channels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_status, "LEAVE_SECONDS", 0.01)
    await cog.on_music_track_start(player, SONG)
    await until(lambda: len(channels.put) == 1)
    channels.going.clear()
    await leave(bot, player)

    player.disconnect.assert_awaited_once_with()
    channels.going.set()


async def test_it_goes_along_to_another_channel(
    cog: VoiceStatus, bot: Mock, player: Mock, channels: Channels
) -> None:
    await cog.on_music_track_start(player, SONG)
    await until(lambda: len(channels.put) == 1)
    bot.lavalink.player.return_value = player
    me = Mock(spec=discord.Member, id=1, guild=Mock(spec=discord.Guild, id=GUILD, me=Mock(id=1)))
    before, after = Mock(channel=channels.get(LOUNGE)), Mock(channel=channels.get(STUDIO))
    await cog.on_voice_state_update(me, before, after)

    await until(lambda: channels.put[1:] == [(LOUNGE, None), (STUDIO, "🎵 夜に駆ける · YOASOBI")])


async def test_a_stage_and_a_channel_that_is_gone_are_left_alone(
    cog: VoiceStatus, player: Mock, channels: Channels
) -> None:
    for channel_id in (STAGE, 99):
        player.channel.id = channel_id
        await cog.on_music_track_start(player, SONG)
        await cog.clear(GUILD)

    assert channels.put == []


async def test_without_the_permission_nothing_is_sent_and_one_line_says_why(
    cog: VoiceStatus, player: Mock, channels: Channels, caplog: pytest.LogCaptureFixture
) -> None:
    channels.allowed = False
    with caplog.at_level(logging.DEBUG, "bot.music.voice_status"):
        for title in ("群青", "怪物"):
            await cog.on_music_track_start(player, replace(SONG, title=title))
            await until(lambda: bool(caplog.messages))
            await cog.clear(GUILD)

    assert channels.put == []
    (line,) = caplog.messages
    assert "Set Voice Channel Status is missing" in line


async def test_a_refusal_is_no_failure(
    cog: VoiceStatus, player: Mock, channels: Channels, caplog: pytest.LogCaptureFixture
) -> None:
    response = Mock(status=403, reason="Forbidden")
    channels.get(LOUNGE).edit = AsyncMock(side_effect=discord.Forbidden(response, {"code": 50013}))
    with caplog.at_level(logging.DEBUG):
        await cog.on_music_track_start(player, SONG)
        await until(lambda: bool(caplog.messages))
        await cog.clear(GUILD)

    assert [record.levelno for record in caplog.records if record.name == voice_status.__name__] == [10]


async def test_what_a_killed_process_left_is_taken_away_unless_its_music_came_back(
    bot: Mock, player: Mock, channels: Channels, cog: VoiceStatus
) -> None:
    await bot.state.put(f"music.voice_status.{GUILD}", LOUNGE)
    bot.lavalink.player.return_value = player
    await cog.on_guild_available(Mock(spec=discord.Guild, id=GUILD))
    await cog.on_music_recovered(player, 1.0)
    await until(lambda: channels.put == [(LOUNGE, "🎵 夜に駆ける · YOASOBI")])
    bot.lavalink.player.return_value = None
    after = VoiceStatus(bot)
    await after.on_guild_available(Mock(spec=discord.Guild, id=GUILD))
    await until(lambda: channels.put[1:] == [(LOUNGE, None)])
    await after.cog_unload()

    assert bot.state.get(f"music.voice_status.{GUILD}") is None


def test_a_status_fits_and_others_words_do_nothing_in_it() -> None:
    hostile = replace(SONG, title="@everyone https://evil.example/" * 50, author="<@123456789012345678>" * 50)

    assert len(status_text(hostile)) <= 500
    assert not any(acts in status_text(hostile) for acts in ("@everyone", "https://", "<@"))
    assert status_text(replace(SONG, author="")) == "🎵 夜に駆ける"
