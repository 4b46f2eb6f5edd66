"""Attack: reach a command that the server's settings deny by a prefix, plain words or the model's tools.

And the other way round: nobody whom an administrator has allowed a command is locked out by the bot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.telemetry.network_totals import NetworkTotals
from bot.texts import errors, music
from sandbox.lavalink import LavalinkStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sandbox.discord.stand_in import DiscordStandIn
    from sandbox.gemini import GeminiStandIn
    from tests.support.chat_bench import ChatBot, People

    Json = dict[str, Any]

LOUNGE = "ラウンジ"
ROLE, USER, CHANNEL = 1, 2, 3
PLAY = {
    "prefix": "!play 夜に駆ける",
    "plain words": "@Otonari 夜に駆ける流して",
    "a tool": "@Otonari ええと、それじゃあ call play query=夜に駆ける",
}
"""Every way but the slash command."""


@pytest.fixture
def extensions() -> Sequence[str]:
    return ("bot.chat", "bot.music", "bot.admin_commands", "bot.help")


@pytest.fixture
async def lavalink_stand_in() -> AsyncIterator[LavalinkStandIn]:
    stand_in = LavalinkStandIn(player_update_interval=0.2)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
def totals(bot: ChatBot) -> None:
    totals = NetworkTotals(bytes_sent=5 * 1024**2, bytes_recv=1024**2, samples=10, samples_expected=10)
    bot.supabase_client.network_totals.return_value = totals
    bot.supabase_client.network_report.return_value = None


async def decide(people: People, command: str, *overrides: tuple[str, int, bool]) -> None:
    """Set overrides, as an administrator does in the server's settings."""
    entries = [{"id": id_, "type": kind, "permission": allowed} for id_, kind, allowed in overrides]
    path = f"/sandbox/guilds/{people.guild}/commands/{command}/permissions"
    async with people.session.put(path, json={"permissions": entries}) as response:
        assert response.ok, await response.text()


async def give_role(people: People, who: str) -> str:
    role = await people.post(f"/sandbox/guilds/{people.guild}/roles", {"name": "traffic"})
    path = f"/sandbox/guilds/{people.guild}/members/{people.ids[who]}"
    async with people.session.patch(path, json={"roles": [role["id"]]}) as response:
        assert response.ok
    return role["id"]


def is_playing(bot: ChatBot) -> bool:
    assert bot.lavalink
    player = bot.lavalink.player(bot.guilds[0])
    return player is not None and player.track is not None


@pytest.mark.parametrize("way", PLAY)
@pytest.mark.parametrize("whom", ["the user", "@everyone", "the channel", "the whole bot"])
async def test_what_the_server_denies_is_denied_every_way(
    way: str, whom: str, people: People, bot: ChatBot
) -> None:
    await people.enter("haru", LOUNGE)
    override = {
        "the user": (people.ids["haru"], USER, False),
        "@everyone": (people.guild, ROLE, False),
        "the channel": (people.channels["general"], CHANNEL, False),
        "the whole bot": (people.guild, ROLE, False),
    }[whom]
    await decide(people, "*" if whom == "the whole bot" else "play", override)

    await people.say("haru", "general", PLAY[way])

    await people.until(lambda: [said for said in people.said("general") if errors.CHECK_FAILED.ja in said])
    assert not is_playing(bot)


@pytest.mark.parametrize("way", PLAY)
async def test_what_is_decided_later_holds_from_then_on(way: str, people: People, bot: ChatBot) -> None:
    await people.enter("haru", LOUNGE)
    await people.say("haru", "general", "!volume")
    await people.until(lambda: people.said("general"))
    await decide(people, "play", (people.ids["haru"], USER, False))

    await people.say("haru", "general", PLAY[way])

    await people.until(lambda: [said for said in people.said("general") if errors.CHECK_FAILED.ja in said])
    assert not is_playing(bot)


async def test_what_is_known_is_not_asked_for_again(people: People, bot: ChatBot) -> None:
    for count in (1, 2, 3):
        await people.say("haru", "general", "!volume")
        await people.until(lambda count=count: len(people.said("general")) == count)

    asked = [each for each in await people.exchanges() if each["path"].endswith("/commands/permissions")]
    assert len(asked) == 1


@pytest.mark.usefixtures("totals")
async def test_a_role_that_was_allowed_is_not_locked_out(people: People, bot: ChatBot) -> None:
    role = await give_role(people, "haru")
    await decide(people, "netstats", (role, ROLE, True))
    await decide(people, "dj", (role, ROLE, True))

    await people.say("haru", "general", "@Otonari 今月どれくらい通信した？")
    await people.until(lambda: [said for said in people.said("general") if "6.00 MB" in said])
    assert music.DJ_EVERYBODY.ja in await people.use("haru", "general", "dj")
    await people.say("haru", "general", "!dj")
    await people.until(lambda: [said for said in people.said("general") if music.DJ_EVERYBODY.ja in said])
    await people.say("haru", "general", "@Otonari ヘルプ")
    await people.until(lambda: [said for said in people.said("general") if "サーバーを管理する人へ" in said])


async def test_who_is_not_allowed_keeps_the_default(people: People, bot: ChatBot) -> None:
    role = await give_role(people, "haru")
    await decide(people, "dj", (role, ROLE, True))

    await people.say("yuki", "general", "!dj")

    await people.until(lambda: [said for said in people.said("general") if "サーバー管理" in said])


async def test_slash_commands_are_discords_own_decision(people: People, bot: ChatBot) -> None:
    await decide(people, "volume", (people.ids["haru"], USER, False))

    body = {"user": people.ids["haru"], "channel": people.channels["general"], "name": "volume"}
    async with people.session.post("/sandbox/interactions/command", json=body) as response:
        assert response.status == 403


async def test_the_defaults_hold_where_discord_does_not_tell(
    people: People, bot: ChatBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_arguments: object) -> None:
        raise aiohttp.ServerDisconnectedError

    monkeypatch.setattr(bot.http, "get_guild_application_command_permissions", fail)
    await people.say("haru", "general", "!volume")
    await people.say("haru", "general", "!dj")

    await people.until(lambda: [said for said in people.said("general") if music.NOT_CONNECTED.ja in said])
    await people.until(lambda: [said for said in people.said("general") if "サーバー管理" in said])
    await people.say("you", "general", "!dj")
    await people.until(lambda: [said for said in people.said("general") if music.DJ_EVERYBODY.ja in said])


async def test_managers_commands_are_registered_for_servers_alone(
    people: People, discord_stand_in: DiscordStandIn
) -> None:
    async with people.session.get("/sandbox/state") as response:
        commands = (await response.json())["commands"]
    installs = {
        command["name"]: command["integration_types"]
        for command in commands
        if command["default_member_permissions"] is not None
    }

    assert {"netstats", "status", "dj", "channel", "persona", "model"} <= set(installs)
    assert all(types == [0] for types in installs.values())


@pytest.mark.usefixtures("totals")
@pytest.mark.parametrize("command", ["netstats", "status", "dj", "persona show"])
async def test_who_installed_the_bot_for_themselves_reaches_no_managers_command(
    command: str, people: People, discord_stand_in: DiscordStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever Discord registered; here the owner is the one whom everything is allowed."""
    owners = {"1": people.ids["you"]}
    monkeypatch.setattr("sandbox.discord.interactions.Interactions._owners", lambda *_: owners)

    assert errors.NOT_INSTALLED.ja in await people.use("you", "general", command)


@pytest.mark.usefixtures("totals")
@pytest.mark.parametrize("has_model", [True, False])
async def test_nor_by_the_plain_words_in_chat(
    has_model: bool,
    people: People,
    bot: ChatBot,
    gemini_stand_in: GeminiStandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owners = {"1": people.ids["you"]}
    monkeypatch.setattr("sandbox.discord.interactions.Interactions._owners", lambda *_: owners)
    if not has_model:
        bot.gemini = None

    said = await people.use("you", "general", "chat", prompt="今月どれくらい通信した？")
    said += await people.use("you", "general", "chat", prompt="ねえねえ call netstats period=all")

    assert "MB" not in said
    assert not any(entry.tools for entry in gemini_stand_in.journal.entries)
