"""A simulated Discord guild in which music commands are tried; node pool and player are stand-ins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock, Mock

import pytest
import simcord

from bot.client import Bot
from bot.config import load_settings
from bot.lavalink import NodePool, Player, Requester, RestartRecovery, Track, Tracks
from bot.lavalink.music_queue import MusicQueue
from bot.music.live_progress import LiveProgress
from bot.netstats.answer import NetstatsAnswer
from bot.storage.state import State

if TYPE_CHECKING:
    import discord

STEERING = (
    *("playnext x", "playnow x", "skipto 1", "previous", "seek 1:00", "move 1", "remove 1", "clear"),
    *("shuffle", "undo", "loop off", "filter bassboost", "autoplay", "stay"),
)
"""Commands that change what others hear."""
SONG = Track(
    encoded="QAAA",
    identifier="id",
    title="夜に駆ける",
    author="YOASOBI",
    length_ms=261_000,
    is_stream=False,
    is_seekable=True,
    source="youtube",
    requester=Requester(1, "はる"),
)


@dataclass
class Hall:
    """A guild with a text and two voice channels, and a person."""

    env: simcord.Env
    bot: Bot
    guild: simcord.GuildHandle
    text: simcord.ChannelHandle
    voice: simcord.ChannelHandle
    other: simcord.ChannelHandle
    haru: simcord.MemberActor
    pool: Mock

    def player(self, *tracks: Track, channel: simcord.ChannelHandle | None = None) -> Mock:
        """Put the bot into ``channel`` (default: the first voice channel), playing ``tracks``."""
        handle = channel or self.voice
        player = Mock(spec=Player)
        player.channel = self.bot.get_channel(handle.id)
        player.music_queue = MusicQueue()
        player.music_queue.add(tracks)
        player.track = player.music_queue.advance()
        player.listeners = len(player.channel.voice_states)
        player.paused, player.volume, player.position_ms = False, 100, 61_000
        player.guild_id, player.stay, player.filter_payload, player.skip_votes = (
            self.guild.id,
            False,
            {},
            set(),
        )
        player.change = AsyncMock(side_effect=lambda operation: operation(player.music_queue))
        player.enqueue = AsyncMock(side_effect=player.music_queue.add)
        player.skip_current = AsyncMock(return_value=player.track)
        self.pool.player.side_effect = lambda _guild: player
        return player

    async def say(self, content: str, who: simcord.MemberActor | None = None) -> str:
        """Send a prefix command; return what the bot answered, words or embed."""
        before = self.text.last_message
        await (who or self.haru).send(self.text, content)
        last = self.text.last_message
        assert last is not None
        assert last != before
        return words_of(last)


def words_of(message: discord.Message) -> str:
    embeds = [
        " ".join([embed.title or "", embed.description or "", *(field.value or "" for field in embed.fields)])
        for embed in message.embeds
    ]
    return " ".join([message.content, *embeds]).strip()


@pytest.fixture(name="simcord_bot")
def simcord_bot_fixture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bot:
    monkeypatch.setattr("bot.client.EXTENSIONS", ("bot.error_handler", "bot.music"))
    # A bot whose progress bar moves on every few seconds would never settle.
    monkeypatch.setattr("bot.music.info_commands.LiveProgress", partial(LiveProgress, interval=3_600.0))
    settings = {"DISCORD_TOKEN": "x", "SHARD_COUNT": "1", "DATA_DIR": str(tmp_path)}
    bot = Bot(load_settings(settings, Path("/nonexistent")))
    bot.lavalink = Mock(spec=NodePool)
    bot.lavalink.player.return_value = None
    bot.restart_recovery = Mock(spec=RestartRecovery, wait=AsyncMock())
    bot.lavalink.search.return_value = Tracks("search", [SONG, replace(SONG, title="群青")])
    bot.supabase_client = Mock(initialize=AsyncMock(), close=AsyncMock())
    bot.netstats = NetstatsAnswer(bot.supabase_client, bot.settings)
    bot.gemini = None
    bot.state = State(tmp_path / "otonari.sqlite3")
    return bot


@pytest.fixture(name="hall")
async def hall_fixture(simcord_env: simcord.Env, simcord_bot: Bot) -> Hall:
    guild = simcord_env.create_guild()
    return Hall(
        simcord_env,
        simcord_bot,
        guild,
        guild.create_text_channel("music"),
        guild.create_voice_channel("lounge"),
        guild.create_voice_channel("studio"),
        guild.add_member(simcord_env.create_user("haru")),
        simcord_bot.lavalink,
    )
