"""When music is recovered."""

from __future__ import annotations

from unittest.mock import Mock

import discord

from bot.client import Bot
from bot.lavalink import NodePool, Player, RestartRecovery
from bot.music.recovery_events import RecoveryEvents
from bot.storage.state import State

GUILD_ID, SHARD = 900, 3


class Stage:
    """A guild of a shard, and its player, if any."""

    def __init__(self) -> None:
        self.bot = Mock(spec=Bot, settings=Mock(bot_language="ja"))
        self.bot.state = Mock(spec=State, get=Mock(return_value=None))
        self.bot.lavalink = Mock(spec=NodePool)
        self.bot.restart_recovery = Mock(spec=RestartRecovery)
        self.guild = Mock(spec=discord.Guild, id=GUILD_ID, shard_id=SHARD, unavailable=False)
        self.bot.guilds, self.bot.get_guild.return_value = [self.guild], self.guild
        self.bot.voice_clients = []
        self.bot.lavalink.player.return_value = None
        self.events = RecoveryEvents(self.bot)

    def player(self) -> Mock:
        player = Mock(spec=Player, guild_id=GUILD_ID, stay=False)
        self.bot.lavalink.player.return_value = player
        self.bot.voice_clients = [player]
        return player

    @property
    def begun(self) -> list[int]:
        return [call.args[0] for call in self.bot.restart_recovery.begin.call_args_list]


async def test_music_comes_back_when_the_shard_is_ready() -> None:
    stage = Stage()
    await stage.events.on_shard_ready(SHARD + 1)
    assert stage.begun == []
    await stage.events.on_shard_ready(SHARD)

    assert stage.begun == [GUILD_ID]


async def test_a_guild_that_discord_cannot_serve_yet_waits_until_it_can() -> None:
    stage = Stage()
    stage.guild.unavailable = True
    await stage.events.on_shard_ready(SHARD)
    assert stage.begun == []
    await stage.events.on_guild_available(stage.guild)

    assert stage.begun == [GUILD_ID]


async def test_a_voice_session_is_renewed_once_in_each_new_gateway_session_and_not_at_the_start() -> None:
    stage = Stage()
    await stage.events.on_shard_connect(SHARD)
    player = stage.player()
    await stage.events.on_guild_available(stage.guild)
    await stage.events.on_shard_ready(SHARD)
    assert not player.reconnect_voice.called

    await stage.events.on_shard_connect(SHARD)
    await stage.events.on_guild_available(stage.guild)
    await stage.events.on_shard_ready(SHARD)
    player.reconnect_voice.assert_called_once_with()


async def test_what_was_chosen_while_music_came_back_holds() -> None:
    stage = Stage()
    player = stage.player()
    stage.bot.state.get.return_value = {"stays": True}
    await stage.events.on_music_recovered(player, 1.0)

    assert player.stay is True


async def test_a_guild_that_the_bot_left_is_forgotten_whether_discord_said_so_or_not() -> None:
    for is_told in (True, False):
        stage = Stage()
        stage.player()
        await stage.events.on_shard_connect(SHARD)
        stage.bot.guilds = []

        await (stage.events.on_guild_remove(stage.guild) if is_told else stage.events.on_ready())

        assert not stage.events._severed
