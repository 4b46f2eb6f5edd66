"""Choosing the channel in which every message is a song, and that chat leaves it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.request_channel import request_channel
from sandbox.discord.permissions import BOT, MANAGE_MESSAGES, SEND_MESSAGES
from sandbox.gemini.scripts import Script
from sandbox.lavalink import LavalinkStandIn
from tests.support.telemetry import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

LOUNGE = "ラウンジ"
HERE = "ここに曲名かリンクを書くと再生します"


@pytest.fixture
def extensions() -> Sequence[str]:
    return ("bot.chat", "bot.music")


@pytest.fixture
async def lavalink_stand_in() -> AsyncIterator[LavalinkStandIn]:
    stand_in = LavalinkStandIn(player_update_interval=0.2)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture(autouse=True)
def answer(gemini_stand_in: GeminiStandIn) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["はい"]))


async def without(people: People, bits: int) -> None:
    """Take permissions from the bot's role."""
    async with people.session.get("/sandbox/state") as response:
        roles = (await response.json())["guilds"][0]["roles"]
    role = next(role["id"] for role in roles if role["name"] == "Otonari")
    path = f"/sandbox/guilds/{people.guild}/roles/{role}"
    async with people.session.patch(path, json={"permissions": str(BOT & ~bits)}) as response:
        assert response.ok


def chosen(people: People, bot: ChatBot) -> str | None:
    place = request_channel(bot.state, int(people.guild))
    return str(place.channel_id) if place else None


async def test_a_message_there_is_a_song_and_never_a_question(
    people: People, bot: ChatBot, gemini_stand_in: GeminiStandIn
) -> None:
    await people.use("you", "music", "channel add")
    said = await people.use("you", "music", "channel music")
    assert f"<#{people.channels['music']}>" in said
    assert "権限" not in said
    await people.until(lambda: [words for words in people.said("music") if HERE in words])
    await people.enter("haru", LOUNGE)
    await people.say("haru", "music", "@Otonari Lemon")
    await people.until(lambda: [words for words in people.said("music") if "**Lemon** を再生" in words])
    await people.say("haru", "general", "@Otonari こんにちは")
    await people.until(lambda: "はい" in people.said("general"))

    assert len(gemini_stand_in.journal.entries) == 1
    listed = await people.use("you", "general", "channel list")
    assert f"書き込まれた曲を再生するチャンネル: <#{people.channels['music']}>" in listed
    assert "呼ばれたときだけ" in listed, "it is none of the channels that are answered any more"


async def test_it_is_switched_off_and_answered_again(people: People, bot: ChatBot) -> None:
    await people.use("you", "music", "channel music")
    assert "先に `/チャンネル 音楽`" in await people.use("you", "music", "channel add")
    assert "もうありません" in await people.use("you", "general", "channel music", switch="off")
    assert chosen(people, bot) is None
    await people.use("you", "music", "channel add")
    await people.say("haru", "music", "こんにちは")
    await people.until(lambda: "はい" in people.said("music"))


async def test_it_goes_with_its_channel_also_while_the_bot_is_away(people: People, bot: ChatBot) -> None:
    await people.use("you", "general", "channel music", channel=people.channels["music"])
    assert chosen(people, bot) == people.channels["music"]
    async with people.session.delete(f"/sandbox/channels/{people.channels['music']}") as response:
        assert response.ok
    await until(lambda: chosen(people, bot) is None)
    await bot.state.put(f"music.requests.{people.guild}", {"channel": 4711, "since": 0})
    listed = await people.use("you", "general", "channel list")
    assert "削除されたチャンネル1件" in listed
    assert "4711" not in listed
    assert chosen(people, bot) is None


async def test_what_the_bot_may_not_do_there_is_said(people: People, bot: ChatBot) -> None:
    await without(people, MANAGE_MESSAGES)
    assert "「メッセージの管理」の権限がない" in await people.use("you", "music", "channel music")
    path = f"/sandbox/channels/{people.channels['general']}/permissions/{bot.user.id}"
    async with people.session.put(path, json={"type": 1, "allow": "0", "deny": str(SEND_MESSAGES)}) as done:
        assert done.ok
    assert "メッセージを送信" in await people.use("you", "general", "channel music")
    assert chosen(people, bot) == people.channels["music"]


async def test_it_is_for_those_who_manage_the_server(people: People) -> None:
    body = {"user": people.ids["haru"], "channel": people.channels["music"], "name": "channel music"}
    async with people.session.post("/sandbox/interactions/command", json={**body, "options": {}}) as response:
        assert response.status == 403
