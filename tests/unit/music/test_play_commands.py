"""The music commands in a simulated Discord, with spec'd stand-ins for the node pool and the player."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from discord import Locale, PermissionOverwrite

from bot.lavalink import (
    JoinTimeoutError,
    NoNodeError,
    NothingFoundError,
    Requester,
    Tracks,
)
from bot.lavalink.music_queue import QUEUE_LIMIT
from tests.support.music_hall import SONG, STEERING, Hall, hall_fixture, simcord_bot_fixture, words_of  # noqa: F401

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.simcord(check_errors=False)  # commands fail on purpose here

COMMANDS = ("play", "pause", "resume", "skip", "stop", "queue", "nowplaying", "volume", "join", "leave")
OTHERS = ("search x", "history", "lyrics", "favorites add", "playlist save x")
UNTRANSLATED = {"dj", "8D"}
WITHOUT_MUSIC = ("dj", "top", "favorites", "playlist")


async def test_every_command_is_there_as_slash_and_prefix_with_a_japanese_name(hall: Hall) -> None:
    registered = {command.name: command for command in await hall.bot.tree.fetch_commands()}

    assert {*COMMANDS, *(command.split()[0] for command in (*STEERING, *OTHERS, *WITHOUT_MUSIC))} <= set(
        registered
    )
    assert all(hall.bot.get_command(name) for name in COMMANDS)
    assert registered["play"].name_localizations[Locale.japanese] == "再生"
    assert registered["play"].description_localizations[Locale.american_english].startswith("Play")


async def test_every_command_and_option_reads_well_in_japanese_and_in_english(hall: Hall) -> None:
    def unlocalised(item: Any, path: str) -> list[str]:
        nested = [*getattr(item, "options", []), *getattr(item, "choices", [])]
        found = [name for inner in nested for name in unlocalised(inner, f"{path} {inner.name}")]
        if not item.name_localizations and item.name not in UNTRANSLATED:
            found.append(path)
        if hasattr(item, "description") and Locale.american_english not in item.description_localizations:
            found.append(f"{path}: {item.description}")
        return found

    registered = await hall.bot.tree.fetch_commands()
    assert [name for command in registered for name in unlocalised(command, f"/{command.name}")] == []


async def test_play_joins_the_callers_channel_and_plays_the_best_match(hall: Hall) -> None:
    player = hall.player()
    hall.pool.player.side_effect = None
    hall.pool.join.return_value = player
    await hall.haru.join_voice(hall.voice)

    assert "夜に駆ける" in await hall.say("!play 夜に 駆ける")
    assert hall.pool.search.await_args.args == ("夜に 駆ける", Requester(hall.haru.id, "haru"))
    assert hall.pool.join.await_args.args[0].id == hall.voice.id
    assert player.enqueue.await_args.args == ([SONG],)
    assert player.text_channel.id == hall.text.id


async def test_play_says_the_place_in_the_queue_when_something_plays(hall: Hall) -> None:
    await hall.haru.join_voice(hall.voice)
    hall.pool.join.return_value = hall.player(SONG, SONG)

    assert "2番目" in await hall.say("!play x")


async def test_play_adds_a_whole_playlist(hall: Hall) -> None:
    await hall.haru.join_voice(hall.voice)
    player = hall.pool.join.return_value = hall.player(SONG)
    hall.pool.search.return_value = Tracks("playlist", [SONG] * 3, "夏*")

    assert "夏\\*** から3曲" in await hall.say("!play https://example.org/list")
    assert len(player.music_queue) == 3


async def test_play_says_what_did_not_fit_into_the_queue(hall: Hall) -> None:
    await hall.haru.join_voice(hall.voice)
    hall.pool.join.return_value = hall.player(*[SONG] * (QUEUE_LIMIT))
    hall.pool.search.return_value = Tracks("playlist", [SONG] * 3, "夏")

    assert "1曲を追加しました（満杯のため、2曲は入りません）" in await hall.say("!play list")
    assert f"{QUEUE_LIMIT}曲まで" in await hall.say("!play x")


async def test_a_slash_command_is_answered_in_the_callers_language(hall: Hall) -> None:
    await hall.haru.join_voice(hall.voice)
    hall.pool.join.return_value = hall.player()
    result = await hall.haru.slash(hall.text, "play", query="x")

    assert result.response is not None
    assert "Here comes **夜に駆ける**" in (result.response.embeds[0].description or "")


async def test_every_command_says_that_music_is_not_set_up(hall: Hall) -> None:
    hall.bot.lavalink = None

    for command in (*COMMANDS, *STEERING, *OTHERS):
        assert "Lavalink" in await hall.say("!play x" if command == "play" else f"!{command}")


async def test_every_command_is_among_those_tested(hall: Hall) -> None:
    names = {command.name for command in hall.bot.commands}

    tested = (*COMMANDS, *STEERING, *OTHERS, *WITHOUT_MUSIC)
    assert names == {command.split()[0] for command in tested}


@pytest.mark.parametrize("command", ["play x", "join", "search x"])
async def test_somebody_in_no_voice_channel_is_told_to_join_one(hall: Hall, command: str) -> None:
    assert "先にボイスチャンネルに入ってください" in await hall.say(f"!{command}")


@pytest.mark.parametrize(
    "command",
    ["pause", "resume", "skip", "stop", "queue", "nowplaying", "volume", "leave", "filter 8d", "history"],
)
async def test_without_a_player_there_is_nothing_to_control(hall: Hall, command: str) -> None:
    assert "ボイスチャンネルに入っていません" in await hall.say(f"!{command}")


@pytest.mark.parametrize("command", ["pause", "resume", "skip", "nowplaying"])
async def test_a_silent_player_has_no_song_to_control(hall: Hall, command: str) -> None:
    await hall.haru.join_voice(hall.voice)
    hall.player()

    assert "何も再生していません" in await hall.say(f"!{command}")


async def test_others_music_is_not_taken_away_from_another_channel(hall: Hall) -> None:
    yuki = hall.guild.add_member(hall.env.create_user("yuki"))
    await yuki.join_voice(hall.voice)
    await hall.haru.join_voice(hall.other)
    player = hall.player(SONG)

    own = ("play x", "join", "pause", "resume", "skip", "stop", "volume 50", "leave")
    for command in (*own, *STEERING):
        assert f"<#{hall.voice.id}>" in await hall.say(f"!{command}")
    assert not hall.pool.join.called
    assert not player.method_calls


@pytest.mark.parametrize("command", ["queue", "nowplaying", "volume"])
async def test_anybody_may_look(hall: Hall, command: str) -> None:
    hall.player(SONG)

    assert await hall.say(f"!{command}")


async def test_music_that_nobody_hears_may_be_moved(hall: Hall) -> None:
    await hall.haru.join_voice(hall.other)
    hall.player(SONG)
    await hall.say("!join")

    assert hall.pool.join.await_args.args[0].id == hall.other.id


@pytest.mark.parametrize("permission", ["connect", "speak", "view_channel"])
async def test_a_missing_permission_is_named(hall: Hall, permission: str) -> None:
    await hall.haru.join_voice(hall.voice)
    channel = hall.bot.get_channel(hall.voice.id)
    await channel.set_permissions(hall.guild.me, overwrite=PermissionOverwrite(**{permission: False}))

    answer = await hall.say("!play x")
    assert f"<#{hall.voice.id}> で必要な権限が足りません" in answer
    assert not hall.pool.search.called


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NoNodeError(), "音楽サーバーにつながっていません"),
        (NothingFoundError("xyzzy"), "「xyzzy」に合う曲は見つかりませんでした"),
    ],
)
async def test_a_search_that_fails_is_told_and_joins_nothing(
    hall: Hall, error: Exception, words: str
) -> None:
    await hall.haru.join_voice(hall.voice)
    hall.pool.search.side_effect = error

    assert words in await hall.say("!play xyzzy")
    assert not hall.pool.join.called


async def test_a_channel_that_cannot_be_joined_in_time_is_told(hall: Hall) -> None:
    await hall.haru.join_voice(hall.voice)
    hall.pool.join.side_effect = JoinTimeoutError(hall.voice.id)

    assert "接続できませんでした" in await hall.say("!join")


@pytest.mark.parametrize(
    ("command", "call", "arguments", "words"),
    [
        ("pause", "pause", (True,), "一時停止しました"),
        ("resume", "pause", (False,), "再開しました"),
        ("skip", "skip_current", (), "**夜に駆ける** をスキップしました"),
        ("stop", "stop_playing", (), "キューを空にしました"),
        ("volume 0", "set_volume", (0,), "0%にしました"),
        ("volume 200", "set_volume", (200,), "200%にしました"),
        ("leave", "disconnect", (), "退出しました"),
    ],
)
async def test_a_command_reaches_the_player_and_is_answered(
    hall: Hall, command: str, call: str, arguments: tuple[object, ...], words: str
) -> None:
    await hall.haru.join_voice(hall.voice)
    player = hall.player(SONG)

    assert words in await hall.say(f"!{command}")
    getattr(player, call).assert_awaited_once_with(*arguments)


@pytest.mark.parametrize("level", ["201", "-1", "loud"])
async def test_a_volume_out_of_range_is_refused(hall: Hall, level: str) -> None:
    await hall.haru.join_voice(hall.voice)
    player = hall.player(SONG)

    assert "`!volume [0-200]`" in await hall.say(f"!volume {level}")
    assert not player.set_volume.called


async def test_the_current_song_is_shown_with_its_progress(hall: Hall) -> None:
    hall.player(SONG)

    answer = await hall.say("!np")
    assert "夜に駆ける" in answer
    assert "1:01 / 4:21" in answer


async def test_the_queue_is_shown_with_what_plays_and_what_waits(hall: Hall) -> None:
    hall.player(SONG, replace(SONG, title="群青"))

    assert "`1.` 群青" in await hall.say("!q")


async def test_commands_in_a_private_message_are_for_guilds(hall: Hall) -> None:
    await hall.haru.send_dm("!play x")
    answer = hall.haru.user.dm_channel.last_message

    assert answer is not None
    assert "サーバーの中" in words_of(answer)


async def _forbid(hall: Hall, **permissions: bool) -> None:
    channel = hall.bot.get_channel(hall.text.id)
    await channel.set_permissions(hall.guild.me, overwrite=PermissionOverwrite(**permissions))


async def test_without_embed_links_a_song_plays_and_the_missing_permission_is_named(hall: Hall) -> None:
    await hall.haru.join_voice(hall.voice)
    player = hall.player()
    hall.pool.join.return_value = player
    await _forbid(hall, embed_links=False)

    words = await hall.say("!play 夜に駆ける")
    assert "夜に駆ける" in words
    assert "埋め込みリンク" in words
    assert not hall.text.last_message.embeds
    player.enqueue.assert_awaited()
