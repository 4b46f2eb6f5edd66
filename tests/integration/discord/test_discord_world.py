"""Permissions, administration and persistence."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import aiohttp
import discord
import pytest

from sandbox.discord import DiscordStandIn, permissions
from sandbox.people import Attachment, PeopleApi, RefusedError
from tests.integration.discord.conftest import TestBot, running, standing_in
from tests.support.discord_oracle import exchange_problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from sandbox.people import Person
    from tests.support.discord_oracle import Watcher

    Run = Callable[[TestBot], AbstractAsyncContextManager[None]]


async def deny(people: PeopleApi, channel: str, target: str, bits: int, kind: int = 1) -> None:
    overwrite = {"type": kind, "allow": "0", "deny": str(bits)}
    await people.call("PUT", f"/channels/{channel}/permissions/{target}", overwrite)


async def test_the_bot_is_stopped_by_what_it_lacks(
    run: Run, people: PeopleApi, me: Person, general: str
) -> None:
    bot = TestBot()
    async with run(bot):
        own, channel = str(bot.user.id), bot.get_channel(int(general))
        said = await me.say(general, "やあ")
        message = await channel.fetch_message(int(said["id"]))

        async def refused(bits: int, act: Callable[[], object]) -> int:
            await deny(people, general, own, bits)
            with pytest.raises(discord.HTTPException) as caught:
                await act()  # type: ignore[misc]
            return caught.value.code

        assert await refused(permissions.SEND_MESSAGES, lambda: channel.send("x")) == 50013
        assert (
            await refused(permissions.EMBED_LINKS, lambda: channel.send(embed=discord.Embed(title="x")))
            == 50013
        )
        file = discord.File(io.BytesIO(b"x"), "x.txt")
        assert await refused(permissions.ATTACH_FILES, lambda: channel.send(file=file)) == 50013
        assert await refused(permissions.READ_MESSAGE_HISTORY, lambda: message.reply("x")) == 160002
        assert await refused(permissions.ADD_REACTIONS, lambda: message.add_reaction("👍")) == 50013
        assert await refused(permissions.MANAGE_MESSAGES, message.delete) == 50013
        assert await refused(permissions.VIEW_CHANNEL, lambda: channel.send("x")) == 50001
        bot.seen.clear()
        await deny(people, general, own, permissions.VIEW_CHANNEL)
        waiting = bot.wait_for("message", timeout=60)
        await me.say(general, "見えない")
        await me.say(await me.channel("music"), "見える")
        assert (await waiting).content == "見える"


async def test_people_are_stopped_by_what_they_lack(
    people: PeopleApi, me: Person, haru: Person, general: str
) -> None:
    said = await me.say(general, "やあ")
    with pytest.raises(RefusedError, match="their own"):
        await haru.edit(said, "ほい")
    with pytest.raises(RefusedError, match="their own"):
        await haru.delete(said)
    await deny(people, general, me.guild_id, permissions.SEND_MESSAGES, kind=0)
    with pytest.raises(RefusedError, match="may not"):
        await haru.say(general, "言えない")
    await me.say(general, "持ち主は言える")
    await deny(people, general, me.guild_id, permissions.VIEW_CHANNEL, kind=0)
    with pytest.raises(RefusedError, match="may not"):
        await haru.read(general)


async def test_an_administrators_acts_reach_the_bot(run: Run, people: PeopleApi, haru: Person) -> None:
    bot = TestBot()
    async with run(bot):
        guild = bot.guilds[0]
        joined = bot.wait_for("guild_join", timeout=60)
        await people.call("POST", "/guilds", {"name": "新しい"})
        assert (await joined).name == "新しい"
        made = bot.wait_for("guild_channel_create", timeout=60)
        channel = await people.call("POST", f"/guilds/{guild.id}/channels", {"name": "New Room", "type": 0})
        assert (await made).name == "new-room"
        changed = bot.wait_for("guild_channel_update", timeout=60)
        await people.call("PATCH", f"/channels/{channel['id']}", {"topic": "話題"})
        assert (await changed)[1].topic == "話題"
        created = bot.wait_for("guild_role_create", timeout=60)
        role = await people.call("POST", f"/guilds/{guild.id}/roles", {"name": "DJ", "permissions": "8"})
        assert (await created).permissions.administrator
        await people.call(
            "PATCH", f"/guilds/{guild.id}/members/{haru.id}", {"roles": [role["id"]], "nick": "春"}
        )
        member = await guild.fetch_member(int(haru.id))
        assert (member.nick, member.guild_permissions.administrator) == ("春", True)
        deleted = bot.wait_for("guild_role_delete", timeout=60)
        await people.call("DELETE", f"/guilds/{guild.id}/roles/{role['id']}")
        assert (await deleted).name == "DJ"
        gone = bot.wait_for("guild_remove", timeout=60)
        await people.call("DELETE", f"/guilds/{guild.id}/members/{bot.user.id}")
        assert (await gone).id == guild.id
        with pytest.raises(discord.Forbidden):
            await guild.fetch_member(int(haru.id))
        back = bot.wait_for("guild_join", timeout=60)
        await people.call("PUT", f"/guilds/{guild.id}/members/{bot.user.id}")
        assert (await back).id == guild.id


async def test_whoever_is_in_no_voice_channel_cannot_be_moved(people: PeopleApi, haru: Person) -> None:
    with pytest.raises(RefusedError, match="not connected to voice"):
        await people.call("PATCH", f"/guilds/{haru.guild_id}/members/{haru.id}", {"channel_id": "1"})


async def test_the_world_outlives_a_restart(tmp_path: Path, watcher: Watcher) -> None:
    first = DiscordStandIn(tmp_path)
    async with standing_in(first, watcher), PeopleApi(first.url) as people:
        me = await people.person()
        general = await me.channel("general")
        said = await me.say(general, "覚えて", attachments=[Attachment("a.txt", b"abc", "text/plain")])
        await me.react(said, "👍")
        gone = await me.say(general, "忘れて")
        await me.delete(gone)
        direct = await me.direct_channel()
    second = DiscordStandIn(tmp_path)
    async with standing_in(second, watcher), PeopleApi(second.url) as people:
        me = await people.person()
        (message,) = await me.read(general)
        assert (message["content"], message["reactions"][0]["me"]) == ("覚えて", True)
        async with (
            aiohttp.ClientSession() as session,
            session.get(message["attachments"][0]["url"]) as response,
        ):
            assert await response.read() == b"abc"
        assert message["attachments"][0]["url"].startswith(second.url)
        assert await me.direct_channel() == direct
        assert int((await me.say(general, "次"))["id"]) > int(gone["id"])
        async with running(TestBot(), second):
            pass
    assert (second.token, second.world.bot_id) == (first.token, first.world.bot_id)


async def test_events_are_replayed_and_private_ones_kept_from_others(
    stand_in: DiscordStandIn, people: PeopleApi, me: Person, haru: Person, general: str
) -> None:
    start = (await people.state())["sequence"]
    await me.say(general, "一")
    stand_in.core.events.add("interaction_update", {"id": "0"}, user=me.id)
    await haru.say(general, "二")

    async def types(query: str, count: int) -> list[str]:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{stand_in.url}/sandbox/events{query}") as ws,
        ):
            return [(await ws.receive_json())["type"] for _ in range(count)]

    own = await types(f"?after={start}&user={me.id}", 3)
    others = await types(f"?after={start}&user={haru.id}", 2)
    assert own == ["message_create", "interaction_update", "message_create"]
    assert others == ["message_create", "message_create"]


async def test_the_page_avatars_and_state_are_served(stand_in: DiscordStandIn, me: Person) -> None:
    async with aiohttp.ClientSession(stand_in.url) as session:
        for path, kind in (
            (f"/avatars/{me.id}.svg", "image/svg+xml"),
            (f"/avatars/{me.id}.png", "image/png"),
        ):
            async with session.get(path) as response:
                assert (response.status, response.content_type) == (200, kind)
        async with session.get("/avatars/1.png") as response:
            assert response.status == 404
        async with session.get("/") as response:
            assert (response.status, response.content_type) == (200, "text/html")


async def test_what_plays_is_told_to_people(watcher: Watcher) -> None:
    players: list[dict[str, object]] = []
    stand_in = DiscordStandIn(None, players=lambda: players)
    async with standing_in(stand_in, watcher), PeopleApi(stand_in.url) as people:
        players.append({"guild_id": "1", "title": "夜に駆ける", "position_ms": 0, "paused": False})
        event = await people.wait_for(lambda event: event.type == "player_update")
        assert (await people.state())["players"] == players
    assert event.data["title"] == "夜に駆ける"


async def test_the_last_exchanges_can_be_read_from_another_process(
    run: Run, people: PeopleApi, general: str
) -> None:
    bot = TestBot()
    async with run(bot):
        file = discord.File(io.BytesIO(b"x"), "x.txt")
        await bot.get_channel(int(general)).send("中身", file=file)
    exchanges = (await people.call("GET", "/discord/exchanges"))["exchanges"]
    assert (exchanges[-1]["method"], exchanges[-1]["route"]) == ("POST", "/channels/{channel_id}/messages")
    assert exchanges[-1]["request"]["content"] == exchanges[-1]["response"]["content"] == "中身"
    assert exchange_problems(exchanges) == []
    assert (await people.call("DELETE", "/discord/exchanges"))["exchanges"] == []
