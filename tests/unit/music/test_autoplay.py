"""Which song follows by itself, with a node pool that answers from a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest

from bot.client import Bot
from bot.lavalink import NodePool, NothingFoundError, Player, Requester, Track, Tracks
from bot.lavalink.music_queue import MusicQueue
from bot.music.autoplay import MAX_FAILURES, MIX_URL, Autoplay
from bot.music.settings import GuildSettings, save_guild_settings
from bot.storage.state import State
from tests.support.music_hall import SONG

ME = 999


def song(identifier: str, source: str = "youtube") -> Track:
    return replace(SONG, identifier=identifier, title=identifier, source=source)


@pytest.fixture
async def bot(tmp_path: Path) -> Mock:
    bot = Mock(spec=Bot, state=State(tmp_path / "state.sqlite3"), lavalink=Mock(spec=NodePool))
    bot.user = Mock(id=ME, display_name="Otonari")
    await save_guild_settings(bot.state, 10, GuildSettings(autoplays=True))
    return bot


def player_after(*recent: Track) -> Mock:
    player = Mock(spec=Player, guild_id=10, music_queue=MusicQueue(), enqueue=AsyncMock(return_value=1))
    player.music_queue.add(recent)
    for _ in range(len(recent) + 1):
        player.music_queue.advance()
    return player


def knows(bot: Mock, **mixes: Sequence[Track]) -> None:
    async def search(query: str, requester: Requester) -> Tracks:
        assert requester == Requester(ME, "Otonari")
        for seed, tracks in mixes.items():
            if query == MIX_URL.format(seed):
                return Tracks("playlist", tracks)
        if not query.startswith("https://"):
            return Tracks("search", [song("found")])
        raise NothingFoundError(query)

    bot.lavalink.search.side_effect = search


async def test_the_first_song_of_the_mix_that_was_not_heard_follows(bot: Mock) -> None:
    player = player_after(song("b"), song("a"))
    knows(bot, a=[song("a"), song("b"), song("c"), song("d")])

    assert await Autoplay(bot).after_end(player)
    player.enqueue.assert_awaited_once_with([song("c")])


async def test_where_the_last_song_has_no_mix_the_one_before_leads_on(bot: Mock) -> None:
    player = player_after(song("a"), song("unknown"))
    knows(bot, a=[song("z")])

    assert await Autoplay(bot).after_end(player)


async def test_a_song_of_another_source_leads_on_by_its_copy_on_youtube(bot: Mock) -> None:
    player = player_after(song("x", "soundcloud"))
    knows(bot, found=[song("found"), song("y")])

    assert await Autoplay(bot).after_end(player)


async def test_without_anything_new_or_anything_heard_nothing_follows(bot: Mock) -> None:
    knows(bot, a=[song("a")])

    assert not await Autoplay(bot).after_end(player_after(song("a")))
    assert not await Autoplay(bot).after_end(player_after())


async def test_a_guild_that_does_not_want_it_has_silence(bot: Mock) -> None:
    await save_guild_settings(bot.state, 10, GuildSettings())
    knows(bot, a=[song("b")])

    assert not await Autoplay(bot).after_end(player_after(song("a")))


async def test_failures_in_a_row_end_it_until_a_person_plays_a_song(bot: Mock) -> None:
    autoplay, player = Autoplay(bot), player_after(song("a"))
    knows(bot, a=[song("b")])
    for _ in range(MAX_FAILURES):
        assert await autoplay.after_failure(player)
    assert not await autoplay.after_failure(player)
    autoplay.note_start(player, replace(SONG, requester=Requester(ME, "Otonari")))
    assert not await autoplay.after_failure(player)
    autoplay.note_start(player, SONG)

    assert await autoplay.after_failure(player)


async def test_a_failure_with_others_waiting_needs_no_help(bot: Mock) -> None:
    player = player_after(song("a"))
    player.music_queue.add([song("next")])

    assert not await Autoplay(bot).after_failure(player)
