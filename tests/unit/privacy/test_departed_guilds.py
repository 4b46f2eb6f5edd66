from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock, create_autospec

import discord
import pytest

from bot.chat.answerer import Answerer
from bot.chat.channel_commands import ChannelSettings
from bot.chat.commands import Chat
from bot.chat.forgotten import Forgotten
from bot.chat.preferences import Preferences
from bot.chat.settings_commands import ChatSettings
from bot.client import Bot
from bot.music.library import Library, Playlist
from bot.music.library_commands import LibraryCommands
from bot.music.settings import GuildSettings, guild_settings, save_guild_settings
from bot.music.sound_commands import SoundCommands
from bot.privacy import departed_guilds
from bot.privacy.departed_guilds import DepartedGuilds, KeepsGuildData
from bot.request_channel import RequestChannel, choose_request_channel
from bot.storage.state import State
from tests.support.music_hall import SONG

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0
HERE, OTHER = 900, 901


class World:
    """A bot in two servers, each with choices, playlists and a conversation that was reset."""

    def __init__(self, path: Path) -> None:
        self.now, self.path = 1_000_000.0, path
        self.bot = create_autospec(Bot, instance=True)
        self.bot.is_ready.return_value = True
        self.present = {HERE, OTHER}
        self.bot.get_guild.side_effect = lambda guild_id: guild_id if guild_id in self.present else None
        self.answerer = create_autospec(Answerer, instance=True)
        self.restart()

    def restart(self) -> None:
        """Begin again with what is on disk."""
        self.bot.state = self.state = State(self.path)
        self.preferences, self.library = Preferences(self.state), Library(self.path)
        unused = {"responder": Mock(), "memory": Mock(), "preferences": Mock(), "budget": Mock()}
        self.bot.cogs = {
            "Chat": Chat(self.bot, answerer=self.answerer, forgotten=Forgotten(self.state), **unused),
            "ChannelSettings": ChannelSettings(self.bot, self.preferences),
            "ChatSettings": ChatSettings(self.bot, self.preferences, Mock()),
            "LibraryCommands": LibraryCommands(self.library),
            "SoundCommands": SoundCommands(self.bot),
        }
        self.departed = DepartedGuilds(self.bot, lambda: self.now)

    async def choose(self, guild_id: int) -> None:
        await self.preferences.choose_channel(guild_id, guild_id + 10, chosen=True)
        await self.preferences.set_persona(guild_id, None, "陽気")
        await self.preferences.set_persona(guild_id, guild_id + 10, "無口")
        await self.preferences.choose_model(guild_id, "gemini-x")
        await self.state.put(f"chat.begin.{guild_id + 10}", 5)
        await choose_request_channel(self.bot, guild_id, RequestChannel(guild_id + 10, 5))
        await self.library.save_playlist(guild_id, Playlist("朝", 1, [SONG]))
        await save_guild_settings(self.state, guild_id, GuildSettings(dj_role_id=3, stays=True))

    async def chosen(self, guild_id: int) -> list[object]:
        """Return what is still remembered of a server."""
        ids = {str(guild_id), str(guild_id + 10)}
        kept = [
            *(key for key in self.state.keys("") if not ids.isdisjoint(key.split("."))),
            *await self.library.playlists(guild_id),
        ]
        return [*kept, *([] if guild_settings(self.state, guild_id) == GuildSettings() else [guild_id])]

    async def remove(self, guild_id: int) -> None:
        """Let Discord tell that the bot was removed."""
        self.present.discard(guild_id)
        channel = Mock(spec=discord.TextChannel, id=guild_id + 10)
        guild = Mock(spec=discord.Guild, id=guild_id, channels=[channel], threads=[])
        await self.departed.on_guild_remove(guild)

    async def later(self, days: float) -> None:
        self.now += days * DAY
        await self.departed.check()


@pytest.fixture
async def world(tmp_path: Path) -> World:
    world = World(tmp_path / "otonari.sqlite3")
    for guild_id in (HERE, OTHER):
        await world.choose(guild_id)
    return world


async def test_a_server_is_forgotten_30_days_after_the_bot_was_removed(world: World) -> None:
    before = await world.chosen(HERE)
    assert len(before) >= 8
    await world.remove(HERE)
    await world.later(29.9)
    assert set(map(str, before)) <= set(map(str, await world.chosen(HERE)))

    world.restart()
    await world.later(0.2)

    assert await world.chosen(HERE) == []
    world.answerer.forget_channel.assert_called_with(HERE + 10)
    assert len(await world.chosen(OTHER)) == len(before), "nothing of the others"
    world.restart()
    assert await world.chosen(HERE) == []


@pytest.mark.parametrize("way", ["join", "available", "silently"])
async def test_taking_the_bot_back_keeps_everything(world: World, way: str) -> None:
    before = await world.chosen(HERE)
    await world.remove(HERE)
    await world.later(20)
    world.present.add(HERE)
    if way == "join":
        await world.departed.on_guild_join(Mock(spec=discord.Guild, id=HERE))
    elif way == "available":
        await world.departed.on_guild_available(Mock(spec=discord.Guild, id=HERE))
    await world.later(20)
    world.present.discard(HERE)
    await world.later(100)

    assert list(map(str, await world.chosen(HERE))) == list(map(str, before))


async def test_a_server_that_is_only_absent_is_never_forgotten(world: World) -> None:
    before = await world.chosen(HERE)
    world.present.clear()
    await world.later(1000)
    assert list(map(str, await world.chosen(HERE))) == list(map(str, before))


async def test_nothing_is_forgotten_before_discord_told_where_the_bot_is(world: World) -> None:
    await world.remove(HERE)
    world.bot.is_ready.return_value = False
    await world.later(31)
    assert await world.chosen(HERE)


async def test_what_cannot_be_forgotten_now_is_forgotten_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.remove(HERE)
    with monkeypatch.context() as broken:
        broken.setattr("bot.music.library.connect", Mock(side_effect=OSError("disk")))
        await world.later(31)
    assert await world.library.playlists(HERE)
    await world.later(0.1)
    assert await world.chosen(HERE) == []


def test_every_cog_that_stores_choices_of_servers_can_forget_them(world: World) -> None:
    assert all(isinstance(cog, KeepsGuildData) for cog in world.bot.cogs.values())


async def test_of_very_many_servers_that_the_bot_left_the_first_are_forgotten_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departed_guilds, "MOST", 3)
    await world.remove(HERE)
    for number in range(3):
        world.now += 1
        await world.remove(1_000 + number)

    assert await world.chosen(HERE) == []
    assert len(world.state.keys("guilds.left.")) == 3
