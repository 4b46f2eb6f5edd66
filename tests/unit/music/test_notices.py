"""What the bot says about music on its own account."""

from __future__ import annotations

from unittest.mock import Mock

import discord
import pytest

from bot.client import Bot
from bot.lavalink import NotRecoveredReason, Player, Requester, Snapshot, Track
from bot.music.messages import announce
from bot.music.notices import Notices

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
    return Mock(spec=Bot, settings=Mock(bot_language="ja", secrets=("s3cret-Pa55",)))


@pytest.fixture
def player() -> Mock:
    player = Mock(spec=Player)
    player.guild_id = 900
    player.text_channel = Mock(spec=discord.TextChannel)
    player.channel = Mock(spec=discord.VoiceChannel, id=5)
    return player


@pytest.fixture
def notices(bot: Mock) -> Notices:
    return Notices(bot)


def told(player: Mock) -> str:
    player.text_channel.send.assert_awaited_once()
    embed = player.text_channel.send.await_args.kwargs["embed"]
    return f"{embed.author.name or ''} {embed.title or ''} {embed.description or ''}"


async def test_a_channel_that_may_not_be_written_to_does_not_stop_the_music(
    notices: Notices, player: Mock
) -> None:
    player.text_channel.send.side_effect = discord.Forbidden(Mock(status=403), "Missing Permissions")
    await notices.on_music_interrupted(player)

    player.text_channel.send.assert_awaited_once()


async def test_a_failed_song_is_named_with_its_reason_and_cannot_ping(notices: Notices, player: Mock) -> None:
    await notices.on_music_track_failed(player, SONG, "blocked in *your* country")
    words = told(player)

    assert "\\*夜に駆ける\\*" in words
    assert "@everyone" not in words
    assert "blocked in \\*your\\* country" in words


async def test_the_words_of_a_source_show_no_secret(notices: Notices, player: Mock) -> None:
    await notices.on_music_track_failed(player, SONG, "refused s3cret-Pa55, Authorization: other")

    assert "refused" in told(player)
    assert "s3cret" not in told(player)
    assert "other" not in told(player)


async def test_a_failure_without_a_reason_says_so(notices: Notices, player: Mock) -> None:
    await notices.on_music_track_failed(player, SONG, None)

    assert "原因不明" in told(player)


async def test_a_stuck_song_is_told(notices: Notices, player: Mock) -> None:
    await notices.on_music_track_stuck(player, SONG)

    assert "音声が届かなくなりました" in told(player)


async def test_a_storm_is_told_with_its_number(notices: Notices, player: Mock) -> None:
    await notices.on_music_too_many_failures(player, 5)

    assert "続けて5曲" in told(player)


async def test_an_interruption_is_told(notices: Notices, player: Mock) -> None:
    await notices.on_music_interrupted(player)

    assert "つながりしだい" in told(player)


async def test_its_end_is_told(notices: Notices, player: Mock) -> None:
    await notices.on_music_restored(player)

    assert "続きから" in told(player)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("empty", "だれもいなくなった"), ("closed", "入れなかった"), ("late", None), ("kicked", None)],
)
async def test_music_that_is_not_recovered_is_announced_where_anybody_might_wonder(
    notices: Notices, bot: Mock, player: Mock, reason: NotRecoveredReason, sentence: str | None
) -> None:
    bot.get_channel.return_value = player.text_channel
    snapshot = Mock(spec=Snapshot, text_channel_id=5, songs=Mock(current=object()))
    await notices.on_music_not_recovered(snapshot, reason)

    sent = [call.kwargs["embed"].description for call in player.text_channel.send.await_args_list]
    assert len(sent) == (sentence is not None)
    assert all(sentence in description for description in sent)


async def test_a_muted_bot_says_so_once_and_says_when_it_can_be_heard_again(
    notices: Notices, player: Mock
) -> None:
    player.track, player.pause_reasons = SONG, {"silenced"}
    await notices.on_music_auto_pause(player, "silenced", True)
    await notices.on_music_track_start(player, SONG)
    player.text_channel.send.assert_awaited_once()

    await notices.on_music_auto_pause(player, "silenced", False)
    assert player.text_channel.send.await_count == 2
    assert "続きから" in player.text_channel.send.await_args.kwargs["embed"].description


async def test_without_embed_links_a_notice_is_plain_words() -> None:
    channel = Mock(spec=discord.TextChannel)
    channel.permissions_for.return_value = discord.Permissions(send_messages=True)
    await announce(channel, "さようなら")
    assert channel.send.await_args.args == ("さようなら",)
    assert "embed" not in channel.send.await_args.kwargs
