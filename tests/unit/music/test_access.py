"""Who may steer the music, votes, and what the charts show, in a simulated Discord."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import AsyncMock, Mock

import discord
import pytest
import simcord
from discord import Permissions

from bot.lavalink import Requester
from bot.music.settings import (
    GuildSettings,
    current_settings,
    forget_gone_role,
    guild_settings,
    save_guild_settings,
)
from bot.telemetry.charts import Charts
from bot.telemetry.postgrest_errors import TelemetryError
from tests.support.music_hall import SONG, STEERING, Hall, hall_fixture, simcord_bot_fixture  # noqa: F401

pytestmark = pytest.mark.simcord(check_errors=False)  # commands fail on purpose here


async def _with_a_dj(hall: Hall) -> tuple[simcord.MemberActor, Mock]:
    """Have haru and yuki listen to haru's song, with a role of DJs that nobody has yet; return yuki."""
    yuki = hall.guild.add_member(hall.env.create_user("yuki"))
    await hall.haru.join_voice(hall.voice)
    await yuki.join_voice(hall.voice)
    player = hall.player(replace(SONG, requester=Requester(hall.haru.id, "haru")), SONG)
    role = hall.guild.create_role("DJ")
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings(dj_role_id=role.id))
    return yuki, player


@pytest.mark.parametrize("command", ["play x", "skip", "nowplaying", "volume"])
async def test_no_command_takes_the_place_of_music_that_is_still_coming_back(
    hall: Hall, command: str
) -> None:
    await hall.haru.join_voice(hall.voice)
    hall.bot.restart_recovery.wait.side_effect = TimeoutError

    hall.pool.available = True
    assert "再起動前の再生を復元" in await hall.say(f"!{command}")
    hall.pool.available = False
    assert "音楽サーバーにつながっていません" in await hall.say(f"!{command}")
    assert not hall.pool.join.called


async def test_only_djs_steer_where_there_are_djs(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)

    for command in ("pause", "resume", "stop", "leave", "volume 50", *STEERING):
        assert "だけです" in await hall.say(f"!{command}"), command
    assert not player.pause.called
    settings = guild_settings(hall.bot.state, hall.guild.id)
    await yuki.member.add_roles(discord.Object(settings.dj_role_id))
    assert "一時停止しました" in await hall.say("!pause", yuki)


async def test_everybody_may_still_add_songs_and_remove_their_own(hall: Hall) -> None:
    _yuki, player = await _with_a_dj(hall)
    player.music_queue.add([replace(SONG, title="mine", requester=Requester(hall.haru.id, "haru"))])
    hall.pool.join.return_value = player

    assert "追加しました" in await hall.say("!play x")
    assert "だけです" in await hall.say("!remove 1 2")
    assert "**mine**" in await hall.say("!remove 2")


async def test_whoever_listens_alone_steers(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    await yuki.leave_voice()
    player.listeners = 1

    assert "一時停止しました" in await hall.say("!pause")


async def test_a_skip_is_voted_on_unless_votes_are_switched_off(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings())

    assert "（1/2）" in await hall.say("!skip", yuki)
    assert "スキップしました" in await hall.say("!skip"), "of one's own song"
    player.skip_votes.clear()
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings(votes=False))
    assert "スキップしました" in await hall.say("!skip", yuki)


async def test_a_second_vote_says_that_there_is_one_already(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings())

    first = await hall.say("!skip", yuki)
    second = await hall.say("!skip", yuki)

    assert "もう投票しています（1/2）" in second
    assert first != second
    assert player.skip_votes == {yuki.id}
    assert not player.skip_current.called


async def test_a_song_that_is_a_favourite_already_is_said_to_be_one(hall: Hall) -> None:
    await _with_a_dj(hall)

    assert "追加しました" in await hall.say("!favorites add")
    assert "もうお気に入りに入っています" in await hall.say("!favorites add")


async def test_without_votes_only_djs_skip_the_songs_of_others(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    settings = guild_settings(hall.bot.state, hall.guild.id)
    await save_guild_settings(hall.bot.state, hall.guild.id, replace(settings, votes=False))

    assert "だけです" in await hall.say("!skip", yuki)
    assert not player.skip_votes
    assert "スキップしました" in await hall.say("!skip"), "of one's own song"


async def test_votes_of_those_who_left_do_not_count(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    player.skip_votes.add(4711)

    assert "（1/2）" in await hall.say("!skip", yuki)


async def test_votes_are_counted_again_when_people_stop_hearing(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings())
    mio, sora = (hall.guild.add_member(hall.env.create_user(name)) for name in ("mio", "sora"))
    for person in (mio, sora):
        await person.join_voice(hall.voice)
    for voter in (yuki, mio):
        await hall.say("!skip", voter)
    assert not player.skip_current.called

    await sora.leave_voice()

    assert player.skip_current.call_count == 1
    assert not player.skip_votes


async def test_djs_are_chosen_by_those_who_manage_the_server(hall: Hall) -> None:
    assert "権限" in await hall.say("!dj")
    admin = hall.guild.create_role("admin", permissions=Permissions(manage_guild=True))
    boss = hall.guild.add_member(hall.env.create_user("boss"), roles=[admin])
    role = hall.guild.create_role("DJ")

    assert f"<@&{role.id}>" in await hall.say(f"!dj <@&{role.id}> off", boss)
    assert guild_settings(hall.bot.state, hall.guild.id) == GuildSettings(dj_role_id=role.id, votes=False)
    assert "聞いている全員" in await hall.say("!dj @everyone on", boss)
    assert guild_settings(hall.bot.state, hall.guild.id) == GuildSettings()


async def _boss(hall: Hall) -> simcord.MemberActor:
    admin = hall.guild.create_role("admin", permissions=Permissions(manage_guild=True))
    return hall.guild.add_member(hall.env.create_user("boss"), roles=[admin])


@pytest.mark.parametrize("noticed", [True, False], ids=["while it runs", "while it does not"])
async def test_a_dj_role_that_was_deleted_controls_nothing_is_told_of_once_and_forgotten(
    hall: Hall, noticed: bool
) -> None:
    yuki, player = await _with_a_dj(hall)
    boss, guild = await _boss(hall), hall.bot.get_guild(hall.guild.id)
    assert guild is not None
    settings = guild_settings(hall.bot.state, guild.id)
    assert "だけです" in await hall.say("!pause", yuki)
    if noticed:
        player.text_channel = Mock(spec=discord.TextChannel)
        role = guild.get_role(settings.dj_role_id)
        await role.delete()
        await hall.bot.get_cog("SoundCommands").on_guild_role_delete(role)
        assert "削除されました" in player.text_channel.send.await_args.kwargs["embed"].description
        assert guild_settings(hall.bot.state, guild.id).dj_role_id is None
    else:
        await save_guild_settings(hall.bot.state, guild.id, replace(settings, dj_role_id=4711, votes=False))

    assert "一時停止しました" in await hall.say("!pause", yuki), "everybody who listens steers"
    told = await hall.say("!dj", boss)
    assert "DJのロールは削除されました" in told
    assert "<@&" not in told
    assert "聞いている全員" in told
    assert "削除" not in await hall.say("!dj", boss), "once"
    assert guild_settings(hall.bot.state, guild.id).dj_role_id is None
    if not noticed:
        assert "スキップしました" in await hall.say("!skip", yuki), "of another's song, without votes"


async def test_a_role_of_a_server_that_is_unavailable_is_not_gone(hall: Hall) -> None:
    await save_guild_settings(hall.bot.state, 5, GuildSettings(dj_role_id=7))
    outage = Mock(spec=discord.Guild, id=5, unavailable=True, get_role=Mock(return_value=None))
    assert current_settings(hall.bot.state, outage).dj_role_id == 7
    assert not await forget_gone_role(hall.bot.state, outage)


async def test_a_role_that_was_deleted_meanwhile_is_forgotten_at_the_start(hall: Hall) -> None:
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings(dj_role_id=4711, stays=True))
    await hall.bot.get_cog("SoundCommands").on_guild_available(hall.bot.get_guild(hall.guild.id))
    expected = GuildSettings(dj_role_gone=True, stays=True)
    assert guild_settings(hall.bot.state, hall.guild.id) == expected


async def test_the_charts_leave_out_what_the_bot_put_on_and_show_titles_as_they_are(hall: Hall) -> None:
    me = str(hall.bot.user.id)
    charts = Charts([("*Lemon*", 5), ("群青", 2)], [("7", "はる", 4), (me, "Otonari", 3)])
    hall.bot.supabase_client.charts = AsyncMock(return_value=charts)
    words = await hall.say("!top today")

    assert "今日" in words
    assert "\\*Lemon\\* — 5回" in words
    assert "はる — 4回" in words
    assert "Otonari" not in words
    guild_id, since = hall.bot.supabase_client.charts.await_args.args
    assert (guild_id, since.hour, str(since.tzinfo)) == (hall.guild.id, 0, "Asia/Tokyo")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"return_value": None}, "データベースが設定されていない"),
        ({"return_value": Charts([], [])}, "再生記録はありません"),
        ({"side_effect": TelemetryError("down")}, "データベースにつながりませんでした"),
    ],
)
async def test_charts_that_cannot_be_had_are_told(hall: Hall, answer: dict[str, object], words: str) -> None:
    hall.bot.supabase_client.charts = AsyncMock(**answer)

    assert words in await hall.say("!top all")


async def test_people_who_are_deafened_neither_vote_nor_are_needed(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings())
    player.track = replace(SONG, requester=Requester(1, "somebody else"))
    sora = hall.guild.add_member(hall.env.create_user("sora"))
    await sora.join_voice(hall.voice, self_deaf=True)

    assert "スピーカーミュート中" in await hall.say("!skip", sora)
    assert "（1/2）" in await hall.say("!skip", yuki), "of two who hear it, though three are there"
    await hall.haru.set_voice(self_deaf=True)
    assert "スキップしました" in await hall.say("!skip", yuki), "of one"


async def test_the_vote_of_somebody_who_is_deafened_afterwards_does_not_count(hall: Hall) -> None:
    yuki, player = await _with_a_dj(hall)
    await save_guild_settings(hall.bot.state, hall.guild.id, GuildSettings())
    player.track = replace(SONG, requester=Requester(1, "somebody else"))
    third = hall.guild.add_member(hall.env.create_user("sora"))
    await third.join_voice(hall.voice)
    assert "（1/2）" in await hall.say("!skip", yuki)
    await yuki.set_voice(self_deaf=True)
    assert "（1/2）" in await hall.say("!skip", third)
