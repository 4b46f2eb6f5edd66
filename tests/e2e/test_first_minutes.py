"""What a newcomer does first: chat, play, /netstats; and what the owner finds in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.people import RefusedError
from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox


async def test_a_mention_is_answered_and_the_conversation_is_in_postgresql(
    sandbox: RunningSandbox, me: Person
) -> None:
    general = await me.channel("general")
    asked = await me.say(general, "@Otonari こんにちは、e2eです")
    answer = await me.message(
        general, lambda message: message.get("message_reference", {}).get("message_id") == asked["id"]
    )
    assert answer["author"]["id"] == sandbox.bot_id
    rows = await eventually(
        lambda: sandbox.rows(
            "select user_id, user_name, response from conversation_logs where prompt = %s",
            ["こんにちは、e2eです"],
        )
    )
    ((user_id, user_name, response),) = rows
    assert (user_id, user_name) == (me.id, "あなた")
    shown = [message for message in await me.read(general) if message["id"] == answer["id"]]
    assert shown[0]["content"] == response


async def test_a_song_is_played_in_my_voice_channel_and_logged_with_my_name(
    sandbox: RunningSandbox, me: Person
) -> None:
    music, lounge = await me.channel("music"), await me.channel("ラウンジ")
    await me.join_voice(lounge)
    outcome = await me.run(music, "play", {"query": "夜に駆ける"})
    assert outcome["state"] == "answered"
    assert not outcome["ephemeral"]
    rows = await eventually(
        lambda: sandbox.rows(
            "select requested_by, requested_by_id from music_logs where song_title = '夜に駆ける'"
        )
    )
    assert rows == [("あなた", me.id)]
    state = await me.api.state()
    assert [player["title"] for player in state["players"]] == ["夜に駆ける"]
    bot_voice = [voice for voice in state["voice_states"] if voice["user_id"] == sandbox.bot_id]
    assert [voice["channel_id"] for voice in bot_voice] == [lounge]
    await me.run(music, "leave")
    await me.leave_voice()


async def test_netstats_shows_the_sum_of_what_is_in_the_database(sandbox: RunningSandbox, me: Person) -> None:
    general = await me.channel("general")
    await eventually(lambda: sandbox.rows("select 1 from network_stats limit 1"))
    await eventually(lambda: sandbox.rows("select 1 from system_stats where guild_count = 1 limit 1"))
    outcome = await me.run(general, "netstats", {"period": "all"})
    (embed,) = outcome["messages"][0]["embeds"]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert embed["title"] == "📊 Network Stats - All Time"
    assert embed["color"] == 0x00FF88
    points = int(fields["📈 Data Points"].replace(",", ""))
    assert points >= 1
    # The bot's own count never lags behind the database.
    ((stored, sent),) = sandbox.rows("select count(*), sum(bytes_sent) from network_stats")
    assert abs(points - stored) <= 1
    assert sent > 0
    assert set(fields) >= {"📤 Sent", "📥 Received", "📊 Total", "📈 Data Points", "⚡ Avg/10s"}


async def test_status_shows_a_ledger_that_adds_up(me: Person) -> None:
    outcome = await me.run(await me.channel("general"), "status", locale="en-US")
    fields = {field["name"]: field["value"] for field in outcome["messages"][0]["embeds"][0]["fields"]}
    words = fields["🗄️ Telemetry"].replace(",", "").replace("=", " ").replace("+", " ").split()
    counts = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert counts.pop("recorded") == sum(counts.values())


async def test_prefix_commands_are_the_same_commands(sandbox: RunningSandbox, me: Person) -> None:
    music = await me.channel("music")
    asked = await me.say(music, "!queue")
    answer = await me.message(music, lambda message: int(message["id"]) > int(asked["id"]))
    assert answer["author"]["id"] == sandbox.bot_id


async def test_somebody_without_manage_server_is_not_offered_netstats(me: Person) -> None:
    haru = await me.api.person("はる")
    with pytest.raises(RefusedError, match="403"):
        await haru.slash(await haru.channel("general"), "netstats")
