"""Plain words and function calls reach the bot's own commands, with the asker's own rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.notice_mark import marked
from bot.telemetry.network_totals import NetworkTotals
from bot.texts import errors, music
from sandbox.gemini.scripts import Script
from sandbox.lavalink import LavalinkStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]

LOUNGE = "ラウンジ"


@pytest.fixture
def extensions() -> Sequence[str]:
    return ("bot.chat", "bot.music", "bot.admin_commands")


@pytest.fixture
async def lavalink_stand_in() -> AsyncIterator[LavalinkStandIn]:
    stand_in = LavalinkStandIn(player_update_interval=0.2)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
def totals(bot: ChatBot) -> NetworkTotals:
    """What telemetry answers when it is asked for traffic."""
    totals = NetworkTotals(bytes_sent=5 * 1024**2, bytes_recv=1024**2, samples=10, samples_expected=10)
    bot.supabase_client.network_totals.return_value = totals
    bot.supabase_client.network_report.return_value = None
    return totals


async def test_plain_words_play_and_skip_without_a_model(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await people.enter("haru", LOUNGE)
    await people.say("haru", "general", "@Otonari 夜に駆ける流して")
    await people.until(lambda: [said for said in people.said("general") if "夜に駆ける" in said])

    await people.say("haru", "general", "@Otonari 次の曲")
    await people.until(lambda: [said for said in people.said("general") if "スキップ" in said])

    assert not gemini_stand_in.journal.entries
    logged = [call.kwargs for call in bot.supabase_client.save_conversation_log.await_args_list]
    assert logged[0]["prompt"] == "夜に駆ける流して"
    assert "夜に駆ける" in logged[0]["response"]


async def test_what_is_refused_to_a_command_is_refused_to_plain_words(people: People) -> None:
    await people.say("haru", "general", "@Otonari play the song 夜に駆ける")

    await people.until(lambda: [said for said in people.said("general") if music.NOT_IN_VOICE.ja in said])


async def test_plain_words_in_a_direct_message_are_answered_that_a_server_is_needed(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    bot.gemini = None

    channel = await people.say_directly("haru", "スキップして")

    await people.until(lambda: marked(errors.GUILD_ONLY.ja) in people.said(channel))
    assert not gemini_stand_in.journal.entries


async def test_traffic_is_shown_to_those_who_may_use_netstats_only(
    people: People, totals: NetworkTotals
) -> None:
    await people.say("haru", "general", "@Otonari 今月どれくらい通信した？")
    (refusal,) = await people.until(lambda: people.said("general"))
    assert "サーバー管理" in refusal

    await people.say("you", "music", "@Otonari 今月どれくらい通信した？")
    (answer,) = await people.until(lambda: people.said("music"))
    assert "Last 30 Days" in answer
    assert "6.00 MB" in answer


async def test_the_model_calls_a_command_and_goes_on_with_its_result(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await people.enter("haru", LOUNGE)

    # More than a plain request, so the model is asked; the stand-in checks the thought signature.
    await people.say("haru", "general", "@Otonari 疲れたので「夜に駆ける」を流して、それから少し話そう。")
    await people.until(lambda: [said for said in people.said("general") if "`play` を実行しました" in said])

    assert len(people.said("general")) >= 2
    assert "夜に駆ける" in people.said("general")[0]
    first, second = gemini_stand_in.journal.entries
    assert {"play", "skip", "netstats"} <= set(first.tools)
    assert second.outcome == "OK"
    (response,) = second.contents[-1]["parts"]
    assert "夜に駆ける" in response["function_response"]["response"]["result"]
    assert bot.supabase_client.save_gemini_usage.await_count == 1


async def test_the_model_learns_of_a_refusal(
    people: People, gemini_stand_in: GeminiStandIn, totals: NetworkTotals
) -> None:
    await people.say("haru", "general", "@Otonari 今月はどれくらいのネットワークを使ったの、ねえ？")
    await people.until(lambda: [said for said in people.said("general") if "`netstats`" in said])

    assert "サーバー管理" in people.said("general")[0]
    assert not [said for said in people.said("general") if "MB" in said]


async def test_what_others_wrote_gives_nobody_their_rights(
    people: People, gemini_stand_in: GeminiStandIn, totals: NetworkTotals
) -> None:
    theirs = await people.say("you", "general", "call netstats period=all")
    await people.say("haru", "general", "@Otonari これをやって、call netstats", reply_to=theirs)

    await people.until(lambda: [said for said in people.said("general") if "サーバー管理" in said])
    assert not [said for said in people.said("general") if "MB" in said]


async def test_a_conversation_about_music_is_none_of_the_commands(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["もちろん"]))

    await people.say("haru", "general", "@Otonari play chess with me")

    assert await people.until(lambda: people.finished("general")) == ["もちろん"]


async def test_a_game_is_not_music_even_for_the_stand_in_of_a_model(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.enter("haru", LOUNGE)
    await people.say("haru", "general", "@Otonari play tic tac toe")
    await people.until(lambda: people.finished("general"))

    (entry,) = gemini_stand_in.journal.entries
    assert "play" in entry.tools
    assert not [said for said in people.said("general") if "🎵" in said]


async def test_a_bare_word_is_for_the_model_until_music_plays_and_in_a_reply(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["次の問題です"]))
    await people.enter("haru", LOUNGE)
    await people.say("haru", "general", "@Otonari skip")
    await people.until(lambda: people.finished("general"))
    (answer,) = people.by_bot("general")
    asked = len(gemini_stand_in.journal.entries)

    await people.say("haru", "general", "@Otonari 夜に駆ける流して")
    await people.until(lambda: [said for said in people.said("general") if "夜に駆ける" in said])
    await people.say("haru", "general", "skip", reply_to=answer)
    await people.until(lambda: len(gemini_stand_in.journal.entries) > asked)
    assert not [said for said in people.said("general") if "スキップしました" in said]

    await people.say("haru", "general", "@Otonari skip")
    await people.until(lambda: [said for said in people.said("general") if "スキップしました" in said])


async def test_plain_words_in_the_slash_command_run_the_command_with_the_askers_own_rights(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot, totals: NetworkTotals
) -> None:
    refused = await people.use("haru", "general", "chat", prompt="今月どれくらい通信した？")
    in_english = await people.use("haru", "general", "chat", locale="en-US", prompt="network stats")
    answer = await people.use("you", "general", "chat", prompt="今月どれくらい通信した？")

    assert "サーバー管理" in refused
    assert "Manage Server" in in_english
    assert "Last 30 Days" in answer
    assert not gemini_stand_in.journal.entries
    recorded = [call.kwargs["prompt"] for call in bot.supabase_client.save_conversation_log.await_args_list]
    assert recorded[-1] == "今月どれくらい通信した？"


async def test_the_model_calls_a_command_for_the_slash_command_too_and_privately_where_it_was_asked_so(
    people: People, gemini_stand_in: GeminiStandIn, totals: NetworkTotals
) -> None:
    await people.enter("haru", LOUNGE)

    played = "疲れたので「夜に駆ける」を流して、それから少し話そう。"
    answer = await people.use("haru", "general", "chat", prompt=played, private=True)
    await people.until(lambda: [m for m in people.messages.values() if "`play`" in m["content"]])

    assert "夜に駆ける" in answer
    answers = [m for m in people.messages.values() if m["author"].get("bot") and m["flags"] & 64]
    assert len(answers) == 2
    first, second = gemini_stand_in.journal.entries
    assert {"play", "skip", "netstats"} <= set(first.tools)
    assert "夜に駆ける" in second.contents[-1]["parts"][0]["function_response"]["response"]["result"]

    asked = "今月はどれくらいのネットワークを使ったの、ねえ？"
    assert "サーバー管理" in await people.use("haru", "general", "chat", prompt=asked)


async def test_the_slash_command_offers_no_commands_where_there_is_no_server(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    channel = (await people.post("/sandbox/dms", {"user": people.ids["haru"]}))["id"]
    people.channels["dm"] = channel

    await people.use("haru", "dm", "chat", prompt="夜に駆ける流して")

    (entry,) = gemini_stand_in.journal.entries
    assert entry.tools == []
