"""Voice: who is where, and the events a voice client needs, through the real discord.py client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import discord
import pytest

from sandbox.people import RefusedError
from tests.integration.discord.conftest import TestBot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from sandbox.discord import DiscordStandIn
    from sandbox.people import PeopleApi, Person
    from tests.support.discord_oracle import Watcher

    Run = Callable[[TestBot], AbstractAsyncContextManager[None]]


class Recorder(discord.VoiceProtocol):
    """A voice client that only collects what the gateway tells it, as wavelink's player does."""

    def __init__(self, client: discord.Client, channel: discord.VoiceChannel) -> None:
        super().__init__(client, channel)
        self.states: asyncio.Queue[Any] = asyncio.Queue()
        self.servers: asyncio.Queue[Any] = asyncio.Queue()

    async def on_voice_state_update(self, data: object) -> None:
        self.states.put_nowait(data)

    async def on_voice_server_update(self, data: object) -> None:
        self.servers.put_nowait(data)

    async def connect(self, *, self_deaf: bool, **_: object) -> None:
        await self.channel.guild.change_voice_state(channel=self.channel, self_deaf=self_deaf)

    async def disconnect(self, *, force: bool = False) -> None:
        await self.channel.guild.change_voice_state(channel=None)
        self.cleanup()

    async def state(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.states.get(), 60)

    async def server(self) -> dict[str, Any]:
        return await asyncio.wait_for(self.servers.get(), 60)


async def lounge(bot: TestBot) -> discord.VoiceChannel:
    return bot.guilds[0].voice_channels[0]


async def test_the_bot_joins_is_moved_muted_and_disconnected(
    run: Run, people: PeopleApi, stand_in: DiscordStandIn
) -> None:
    bot = TestBot()
    async with run(bot):
        channel = await lounge(bot)
        other = bot.guilds[0].voice_channels[1]
        client = await channel.connect(cls=Recorder, self_deaf=True)
        joined, server = await client.state(), await client.server()
        assert (joined["channel_id"], joined["self_deaf"]) == (str(channel.id), True)
        assert server["guild_id"] == str(channel.guild.id)
        assert server["token"]
        assert server["endpoint"] == stand_in.voice.endpoint
        member = f"/guilds/{channel.guild.id}/members/{bot.user.id}"
        await people.call("PATCH", member, {"channel_id": str(other.id)})
        moved = await client.state()
        assert (moved["channel_id"], moved["session_id"]) == (str(other.id), joined["session_id"])
        assert (await client.server())["token"] != server["token"]
        await people.call("PATCH", member, {"mute": True})
        assert (await client.state())["mute"]
        await people.call("PATCH", member, {"channel_id": None})
        assert (await client.state())["channel_id"] is None
        assert client.servers.empty()
        assert (await people.state())["voice_states"] == []
        await client.disconnect(force=True)


async def test_people_come_and_go_and_the_bot_sees_them(run: Run, people: PeopleApi, me: Person) -> None:
    bot = TestBot()
    async with run(bot):
        channel = await lounge(bot)
        seen = bot.wait_for("voice_state_update", timeout=60)
        await me.join_voice(str(channel.id), self_mute=True)
        member, before, after = await seen
        assert (member.id, before.channel, after.channel.id) == (int(me.id), None, channel.id)
        assert channel.members == [member]
        assert after.self_mute
        seen = bot.wait_for("voice_state_update", timeout=60)
        await me.leave_voice()
        _, before, after = await seen
        assert (before.channel.id, after.channel) == (channel.id, None)


async def test_a_closed_channel_lets_nobody_in_and_gives_the_bot_no_answer(
    run: Run, people: PeopleApi, haru: Person
) -> None:
    bot = TestBot()
    async with run(bot):
        closed, opened = bot.guilds[0].voice_channels
        overwrite = {"type": 0, "deny": str(1 << 20)}
        await people.call("PUT", f"/channels/{closed.id}/permissions/{closed.guild.id}", overwrite)
        with pytest.raises(RefusedError) as caught:
            await haru.join_voice(str(closed.id))
        client = await closed.connect(cls=Recorder)
        await closed.guild.change_voice_state(channel=opened)
        assert (await client.state())["channel_id"] == str(opened.id)
        await client.disconnect(force=True)
    assert caught.value.status == 403


async def test_a_full_channel_lets_nobody_in(run: Run, people: PeopleApi, me: Person, haru: Person) -> None:
    bot = TestBot()
    async with run(bot):
        channel, opened = bot.guilds[0].voice_channels
        await people.call("PATCH", f"/channels/{channel.id}", {"user_limit": 1})
        await haru.join_voice(str(channel.id))
        client = await channel.connect(cls=Recorder)
        await channel.guild.change_voice_state(channel=opened)
        assert (await client.state())["channel_id"] == str(opened.id)
        await client.disconnect(force=True)
        # The owner may move members, and so gets in.
        assert (await me.join_voice(str(channel.id)))["channel_id"] == str(channel.id)


async def test_a_deleted_channel_and_a_new_region_reach_the_voice_client(run: Run, people: PeopleApi) -> None:
    bot = TestBot()
    async with run(bot):
        channel = await lounge(bot)
        client = await channel.connect(cls=Recorder)
        await client.state()
        token = (await client.server())["token"]
        await people.call("PATCH", f"/channels/{channel.id}", {"rtc_region": "us-west"})
        assert (await client.server())["token"] != token
        deleted = bot.wait_for("guild_channel_delete", timeout=60)
        await people.call("DELETE", f"/channels/{channel.id}")
        assert (await client.state())["channel_id"] is None
        assert (await deleted).id == channel.id
        await client.disconnect(force=True)


async def test_the_bot_leaves_voice_when_its_session_ends(run: Run, people: PeopleApi) -> None:
    bot = TestBot()
    async with run(bot):
        client = await (await lounge(bot)).connect(cls=Recorder)
        await client.server()
        await people.call("POST", "/discord/gateway/close", {"code": 4009, "resumable": False})
        await people.wait_for(
            lambda event: event.type == "voice_state_update" and not event.data["channel_id"]
        )
    assert (await people.state())["voice_states"] == []


async def test_a_stage_lets_its_moderators_decide_who_speaks(
    run: Run, people: PeopleApi, stand_in: DiscordStandIn
) -> None:
    bot = TestBot()
    async with run(bot):
        guild = bot.guilds[0]
        await people.call("POST", f"/guilds/{guild.id}/channels", {"name": "ステージ", "type": 13})
        while not guild.stage_channels:
            await asyncio.sleep(0.01)
        voice = await guild.stage_channels[0].connect(cls=Recorder, self_deaf=True)
        assert (await voice.state())["suppress"]

        await guild.me.request_to_speak()
        assert (await voice.state())["request_to_speak_timestamp"]
        with pytest.raises(discord.Forbidden):
            await guild.me.edit(suppress=False)
        spoken = {"user": str(bot.user.id), "guild": str(guild.id), "speaks": True}
        await people.call("POST", "/stage", spoken)
        state = await voice.state()
        assert (state["suppress"], state["request_to_speak_timestamp"]) == (False, None)
        await voice.disconnect()


async def test_a_voice_channels_status_takes_a_permission_and_from_outside_another(
    run: Run, people: PeopleApi, stand_in: DiscordStandIn, watcher: Watcher
) -> None:
    bot, heard = TestBot(), asyncio.Queue[Any]()
    me = await people.person()
    async with run(bot):
        channel = await lounge(bot)
        bot.on_socket_event_type = heard.put  # type: ignore[method-assign]
        with pytest.raises(discord.Forbidden):
            await channel.edit(status="🎵 Lemon")
        await me.join_voice(str(channel.id))
        await channel.connect(cls=Recorder)
        await channel.edit(status="🎵 Lemon")
        assert stand_in.world.voice_statuses == {str(channel.id): "🎵 Lemon"}
        changed = await people.wait_for(lambda event: event.type == "channel_update")
        assert (changed.data["id"], changed.data["status"]) == (str(channel.id), "🎵 Lemon")
        while await asyncio.wait_for(heard.get(), 60) != "VOICE_CHANNEL_STATUS_UPDATE":
            pass
        with pytest.raises(discord.HTTPException) as refused:
            await channel.edit(status="x" * 501)
        assert refused.value.code == 50035
        await bot.voice_clients[0].disconnect(force=True)
        assert stand_in.world.voice_statuses, "somebody is still there"
        await me.leave_voice()
        assert stand_in.world.voice_statuses == {}
    # What was wrong on purpose is not what is looked for here.
    watcher.problems = [problem for problem in watcher.problems if " request " not in problem]


async def test_a_stage_has_no_status(run: Run, people: PeopleApi, stand_in: DiscordStandIn) -> None:
    bot = TestBot()
    guild_id = (await people.state())["guilds"][0]["id"]
    made = await people.call("POST", f"/guilds/{guild_id}/channels", {"name": "舞台", "type": 13})
    async with run(bot):
        with pytest.raises(discord.HTTPException) as refused:
            await bot.http.edit_voice_channel_status("🎵", channel_id=int(made["id"]))
        assert refused.value.code == 50024
