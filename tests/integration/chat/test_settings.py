"""What administrators choose in Discord: channels, personas, models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.gemini.scripts import Script
from tests.support.telemetry import until

if TYPE_CHECKING:
    from sandbox.discord.stand_in import DiscordStandIn
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People


@pytest.fixture
def environment() -> dict[str, str]:
    return {"GEMINI_MODELS": "gemini-3.5-flash,gemini-gone"}


@pytest.fixture(autouse=True)
def answer(gemini_stand_in: GeminiStandIn) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["はい"]))


async def test_a_chosen_channel_is_answered_without_a_mention_also_after_a_restart(
    people: People, bot: ChatBot
) -> None:
    assert f"<#{people.channels['general']}>" in await people.use("you", "general", "channel add")
    await people.say("haru", "general", "こんにちは")
    await people.until(lambda: "はい" in people.said("general"))

    await bot.reload_extension("bot.chat")
    await people.say("haru", "music", "こんにちは")
    await people.say("haru", "general", "こんばんは")
    await people.until(lambda: people.said("general").count("はい") == 2)

    assert people.by_bot("music") == []
    assert people.channels["general"] in await people.use("you", "music", "channel list")


async def test_a_channel_that_is_taken_back_is_left_alone(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.use("you", "general", "channel add", channel=people.channels["music"])
    await people.use("you", "general", "channel remove", channel=people.channels["music"])

    await people.say("haru", "music", "こんにちは")
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: "はい" in people.said("general"))

    assert len(gemini_stand_in.journal.entries) == 1


@pytest.mark.parametrize("name", ["channel add", "persona show", "model"])
async def test_choices_are_for_those_who_manage_the_server(people: People, name: str) -> None:
    body = {"user": people.ids["haru"], "channel": people.channels["general"], "name": name, "options": {}}
    async with people.session.post("/sandbox/interactions/command", json=body) as response:
        assert response.status == 403


async def test_a_channels_persona_goes_before_the_servers(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.use("you", "general", "persona set", persona="陽気な料理人")
    await people.use("you", "general", "persona set", persona="無口な庭師", channel=people.channels["music"])

    for channel in ("general", "music"):
        await people.say("haru", channel, "@Otonari こんにちは")
        await people.until(lambda channel=channel: "はい" in people.said(channel))

    instructions = {entry.system_instruction for entry in gemini_stand_in.journal.entries}
    assert sum("陽気な料理人" in text for text in instructions) == 1
    assert sum("無口な庭師" in text for text in instructions) == 1
    assert "無口な庭師" in await people.use("you", "music", "persona show")


async def test_a_persona_that_is_cleared_is_gone(people: People, gemini_stand_in: GeminiStandIn) -> None:
    await people.use("you", "general", "persona set", persona="陽気な料理人")
    await people.use("you", "general", "persona clear")

    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: "はい" in people.said("general"))

    assert "陽気な料理人" not in gemini_stand_in.journal.entries[-1].system_instruction


async def test_a_chosen_model_answers_in_its_server_and_its_usage_is_recorded_under_its_name(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    assert "gemini-3.5-flash" in await people.use("you", "general", "model", model="gemini-3.5-flash")

    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: "はい" in people.said("general"))
    channel = await people.say_directly("haru", "こんにちは")
    await people.until(lambda: "はい" in people.said(channel))

    models = [entry.model for entry in gemini_stand_in.journal.entries]
    assert models == ["models/gemini-3.5-flash", f"models/{bot.settings.gemini_model}"]
    await people.until(lambda: bot.supabase_client.save_gemini_usage.await_count == 2)
    recorded = [call.kwargs["model"] for call in bot.supabase_client.save_gemini_usage.await_args_list]
    assert recorded == ["gemini-3.5-flash", bot.settings.gemini_model]


async def test_only_listed_models_can_be_chosen(people: People, bot: ChatBot) -> None:
    answer = await people.use("you", "general", "model", model="gemini-expensive")

    assert "`gemini-expensive` は選べません" in answer
    assert f"`{bot.settings.gemini_model}` `gemini-3.5-flash` `gemini-gone`" in answer


async def test_a_chosen_model_that_is_gone_is_replaced(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.use("you", "general", "model", model="gemini-gone")

    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: "はい" in people.said("general"))

    assert gemini_stand_in.journal.entries[-1].model == "models/gemini-flash-latest"


async def _delete_channel(people: People, name: str) -> None:
    async with people.session.delete(f"/sandbox/channels/{people.channels[name]}") as response:
        assert response.ok


async def test_what_was_chosen_for_a_channel_goes_with_it(people: People, bot: ChatBot) -> None:
    gone, kept = people.channels["music"], people.channels["general"]
    for channel in (gone, kept):
        await people.use("you", "general", "channel add", channel=channel)
    await people.use("you", "general", "persona set", persona="無口な庭師", channel=gone)
    await people.use("you", "music", "reset")
    await _delete_channel(people, "music")

    await until(lambda: not [key for key in bot.state.keys("chat.") if gone in key])
    listed = await people.use("you", "general", "channel list")
    assert (gone in listed, kept in listed) == (False, True)


async def test_a_channel_that_was_deleted_meanwhile_is_told_of_once_and_forgotten(
    people: People, bot: ChatBot
) -> None:
    await people.use("you", "general", "channel add")
    key = f"chat.channels.{people.guild}"
    await bot.state.put(key, [*bot.state.get(key), 4711])

    listed = await people.use("you", "general", "channel list")
    assert "削除されたチャンネル1件" in listed
    assert "4711" not in listed
    assert people.channels["general"] in listed
    assert "削除" not in await people.use("you", "general", "channel list")
    assert bot.state.get(key) == [int(people.channels["general"])]


async def test_a_channel_that_cannot_be_looked_up_is_not_taken_for_deleted(
    people: People, bot: ChatBot, discord_stand_in: DiscordStandIn
) -> None:
    key = f"chat.channels.{people.guild}"
    await bot.state.put(key, [4711])
    discord_stand_in.faults.add(
        {"action": "status", "status": 403, "method": "GET", "path": "/channels/4711$"}
    )
    assert "<#4711>" in await people.use("you", "general", "channel list")
    assert bot.state.get(key) == [4711]


@pytest.mark.parametrize("persona", [" ", "\u3000", "\u200b", "\n\u3164\n"], ids=ascii)
async def test_a_persona_that_shows_nothing_is_refused(people: People, persona: str) -> None:
    await people.use("you", "general", "persona set", persona="無口な庭師")
    assert "見える文字がありません" in await people.use("you", "general", "persona set", persona=persona)
    assert "無口な庭師" in await people.use("you", "general", "persona show")


async def test_a_persona_that_does_not_fit_where_it_is_shown_is_not_kept(people: People) -> None:
    long, fitting = "あ\n" * 750, "あ\n" * 450
    assert "文字短くしてください" in await people.use("you", "general", "persona set", persona=long)
    assert "いつもどおり" in await people.use("you", "general", "persona show")
    assert "> あ" in await people.use("you", "general", "persona set", persona=fitting)
    assert "> あ" in await people.use("you", "general", "persona show")


async def test_the_chosen_channels_fit_into_the_message_that_lists_them(people: People, bot: ChatBot) -> None:
    key = f"chat.channels.{people.guild}"
    await bot.state.put(key, [10**18 + number for number in range(50)])
    assert "50件まで" in await people.use("you", "general", "channel add")
    await bot.state.put(key, [10**18 + number for number in range(49)])
    assert "すべてのメッセージに答えます" in await people.use("you", "general", "channel add")
