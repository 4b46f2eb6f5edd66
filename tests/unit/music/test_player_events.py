"""What happens when the player reports something by itself."""

from __future__ import annotations

from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot.client import Bot
from bot.lavalink import NodePool, Player, Requester, Track
from bot.music.player_events import PlayerEvents
from bot.storage.state import State

SONG = Track(
    encoded="QAAA",
    identifier="id",
    title="*夜に駆ける* @everyone",
    author="YOASOBI",
    length_ms=261_000,
    is_stream=False,
    is_seekable=True,
    source="youtube",
    requester=Requester(7, "はる"),
)


@pytest.fixture
def bot() -> Mock:
    bot = Mock(spec=Bot)
    bot.settings = Mock(bot_language="ja")
    bot.supabase_client = Mock(save_music_log=AsyncMock())
    bot.lavalink = Mock(spec=NodePool)
    bot.state = Mock(spec=State, get=Mock(return_value=None))
    bot.user = Mock(spec=discord.ClientUser, id=1, display_name="Otonari")
    return bot


@pytest.fixture
def player() -> Mock:
    player = Mock(spec=Player)
    player.guild_id = 900
    player.text_channel = Mock(spec=discord.TextChannel)
    player.channel = Mock(spec=discord.VoiceChannel, id=5)
    player.skip_votes = set()
    return player


@pytest.fixture
def events(bot: Mock) -> PlayerEvents:
    return PlayerEvents(bot)


def told(player: Mock) -> str:
    player.text_channel.send.assert_awaited_once()
    embed = player.text_channel.send.await_args.kwargs["embed"]
    return f"{embed.author.name or ''} {embed.title or ''} {embed.description or ''}"


async def test_a_play_is_logged_with_the_songs_own_requester(
    events: PlayerEvents, bot: Mock, player: Mock
) -> None:
    await events.on_music_track_start(player, SONG)

    bot.supabase_client.save_music_log.assert_awaited_once_with(
        guild_id=900, song_title=SONG.title, requested_by="はる", requested_by_id=7
    )


async def test_a_play_is_logged_where_nobody_is_to_be_told(
    events: PlayerEvents, bot: Mock, player: Mock
) -> None:
    player.text_channel = None
    await events.on_music_track_start(player, SONG)

    bot.supabase_client.save_music_log.assert_awaited_once()


@pytest.mark.parametrize(
    ("idleness", "words"), [("alone", "だれもいなくなった"), ("silent", "しばらく再生がなかった")]
)
async def test_an_idle_player_leaves_with_a_word(
    events: PlayerEvents, player: Mock, idleness: str, words: str
) -> None:
    await events.on_music_idle(player, idleness)

    player.disconnect.assert_awaited_once_with()
    assert words in told(player)


async def test_the_player_hears_of_people_who_come_and_go(
    events: PlayerEvents, bot: Mock, player: Mock
) -> None:
    bot.lavalink.player.return_value = player
    member = Mock(spec=discord.Member)
    await events.on_voice_state_update(member, Mock(), Mock())

    player.watch_listeners.assert_called_once_with()


@pytest.mark.parametrize("pool", [None, Mock(spec=NodePool, player=Mock(return_value=None))])
async def test_people_who_come_and_go_elsewhere_matter_to_nobody(
    events: PlayerEvents, bot: Mock, player: Mock, pool: Mock | None
) -> None:
    bot.lavalink = pool
    await events.on_voice_state_update(Mock(spec=discord.Member), Mock(), Mock())

    player.watch_listeners.assert_not_called()


async def test_the_player_of_a_guild_that_is_left_is_destroyed(
    events: PlayerEvents, bot: Mock, player: Mock
) -> None:
    bot.lavalink.player.return_value = player
    await events.on_guild_remove(Mock(spec=discord.Guild))

    player.disconnect.assert_awaited_once_with()


async def test_notices_go_to_the_voice_channels_chat_when_their_channel_is_gone(
    events: PlayerEvents, bot: Mock, player: Mock
) -> None:
    guild = Mock(spec=discord.Guild, id=900)
    player.channel.id, player.text_channel.id = 5, 6
    bot.lavalink.player.return_value, bot.get_guild.return_value = player, guild
    await events.on_guild_channel_delete(Mock(spec=discord.TextChannel, id=7, guild=guild))
    assert player.text_channel.id == 6
    await events.on_guild_channel_delete(Mock(spec=discord.TextChannel, id=6, guild=guild))
    assert player.text_channel is player.channel
    await events.on_guild_channel_delete(Mock(spec=discord.VoiceChannel, id=5, guild=guild))
    assert player.text_channel is None
    player.text_channel = Mock(spec=discord.Thread, id=8)
    await events.on_raw_thread_delete(Mock(spec=discord.RawThreadDeleteEvent, thread_id=8, guild_id=900))
    assert player.text_channel is player.channel
