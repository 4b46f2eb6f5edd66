"""Messages in both directions, through the real discord.py client."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import discord
import pytest

from sandbox.people import Attachment, RefusedError
from tests.integration.discord.conftest import TestBot

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    import aiohttp

    from sandbox.discord import DiscordStandIn
    from sandbox.people import Json, PeopleApi, Person
    from tests.support.discord_oracle import Watcher

    Check = Callable[[discord.Message], bool] | None
    Run = Callable[[TestBot], AbstractAsyncContextManager[None]]


async def heard(bot: TestBot, act: Awaitable[Json], check: Check = None) -> tuple[Json, discord.Message]:
    """Do ``act`` and return its result and the message that the bot then gets."""
    waiting = bot.wait_for("message", check=check, timeout=60)
    return await act, await waiting


async def test_the_client_connects_and_sees_the_seeded_guild(run: Run) -> None:
    bot = TestBot()
    async with run(bot):
        (guild,) = bot.guilds
        assert guild.name == "お隣さん"
        assert [channel.name for channel in guild.text_channels] == ["general", "music", "bot-lab"]
        assert [channel.name for channel in guild.voice_channels] == ["ラウンジ", "作業部屋"]
        assert guild.member_count == 4
        assert guild.owner_id == (await bot.application_info()).owner.id
        assert guild.me.guild_permissions.send_messages
        assert not guild.me.guild_permissions.administrator


async def test_a_message_reaches_the_bot_and_its_reply_reaches_the_people(
    run: Run, me: Person, general: str
) -> None:
    bot = TestBot()

    @bot.listen()
    async def on_message(message: discord.Message) -> None:
        if not message.author.bot:
            assert bot.user in message.mentions
            async with message.channel.typing():
                await message.reply(f"{message.clean_content}|{message.author.display_name}")

    async with run(bot):
        question = await me.say(general, "@Otonari こんにちは")
        assert question["content"] == f"<@{bot.user.id}> こんにちは"
        answer = await me.message(general)
    assert answer["content"] == "@Otonari こんにちは|あなた"
    assert answer["type"] == 19
    assert answer["message_reference"]["message_id"] == question["id"]
    assert answer["referenced_message"]["content"] == question["content"]
    assert [user["id"] for user in answer["mentions"]] == [me.id]
    assert [message["id"] for message in await me.read(general)] == [question["id"], answer["id"]]


async def test_the_bot_edits_and_deletes_its_message(
    run: Run, people: PeopleApi, me: Person, general: str
) -> None:
    bot = TestBot()
    async with run(bot):
        message = await bot.get_channel(int(general)).send("一")
        edited = await message.edit(content="二", embed=discord.Embed(title="題", colour=0x00FF88))
        assert edited.edited_at is not None
        (shown,) = await me.read(general)
        assert (shown["content"], shown["embeds"][0]["title"]) == ("二", "題")
        await message.delete()
        await people.wait_for(lambda event: event.type == "message_delete")
        assert await me.read(general) == []
        with pytest.raises(discord.NotFound) as caught:
            await message.edit(content="三")
    assert caught.value.code == 10008


async def test_people_edit_and_delete_their_messages(run: Run, me: Person, general: str) -> None:
    bot = TestBot()
    async with run(bot):
        said, message = await heard(bot, me.say(general, "いち"))
        edited = bot.wait_for("message_edit", timeout=60)
        await me.edit(said, "に")
        _, after = await edited
        assert (after.id, after.content) == (message.id, "に")
        deleted = bot.wait_for("message_delete", timeout=60)
        await me.delete(said)
        assert (await deleted).id == message.id


async def test_an_embed_arrives_whole(run: Run, me: Person, general: str) -> None:
    embed = discord.Embed(title="題", description="説明", colour=0x00FF88, url="https://example.com/")
    embed.set_author(name="誰か", icon_url="https://example.com/a.png").set_footer(text="下")
    embed.add_field(name="一", value="1", inline=True).add_field(name="二", value="2", inline=False)
    embed.set_image(url="https://example.com/i.png").set_thumbnail(url="https://example.com/t.png")
    embed.timestamp = discord.utils.utcnow()
    bot = TestBot()
    async with run(bot):
        sent = await bot.get_channel(int(general)).send(embed=embed)
        (shown,) = (await me.read(general))[0]["embeds"]
    assert sent.embeds[0].to_dict()["fields"] == embed.to_dict()["fields"] == shown["fields"]
    assert shown["color"] == 0x00FF88
    assert shown["footer"]["text"] == "下"


async def test_attachments_go_both_ways(
    run: Run, me: Person, general: str, rest: aiohttp.ClientSession
) -> None:
    bot = TestBot()
    async with run(bot):
        picture = Attachment("絵 1.png", b"\x89PNG data", "image/png")
        _, message = await heard(bot, me.say(general, "見て", attachments=[picture]))
        (received,) = message.attachments
        assert received.content_type == "image/png"
        assert await received.read() == b"\x89PNG data"
        file = discord.File(io.BytesIO(b"print(1)"), "a.py", description="code")
        embed = discord.Embed(title="x").set_image(url="attachment://a.py")
        sent = await message.reply(file=file, embed=embed)
        edited = await sent.edit(attachments=[discord.File(io.BytesIO(b"2"), "b.txt")])
    assert [attachment.filename for attachment in edited.attachments] == ["b.txt"]
    async with rest.get(sent.attachments[0].url) as response:
        assert await response.read() == b"print(1)"
        assert response.headers["Content-Security-Policy"] == "sandbox"
    assert sent.embeds[0].image.url == sent.attachments[0].url


async def test_nobody_is_pinged_whom_allowed_mentions_leaves_out(run: Run, me: Person, general: str) -> None:
    bot = TestBot()
    async with run(bot):
        channel = bot.get_channel(int(general))
        loud = await channel.send(f"<@{me.id}> @everyone")
        quiet = await channel.send(f"<@{me.id}> @everyone", allowed_mentions=discord.AllowedMentions.none())
    assert [user.id for user in loud.mentions] == [int(me.id)]
    assert not loud.mention_everyone, "the bot has no permission for it"
    assert quiet.mentions == []


async def test_history_is_paged_as_discord_pages_it(run: Run, me: Person, general: str) -> None:
    bot = TestBot()
    async with run(bot):
        said = [int((await me.say(general, str(number)))["id"]) for number in range(7)]
        channel = bot.get_channel(int(general))

        async def page(**options: object) -> list[int]:
            return [message.id async for message in channel.history(**options)]

        assert await page(limit=3) == said[:3:-1]
        assert await page(limit=2, before=discord.Object(said[3])) == [said[2], said[1]]
        assert await page(limit=2, after=discord.Object(said[3])) == [said[4], said[5]]
        assert await page(limit=3, around=discord.Object(said[3])) == [said[4], said[3], said[2]]
        assert (await channel.fetch_message(said[0])).content == "0"


async def test_reactions_and_typing_reach_the_other_side(
    run: Run, people: PeopleApi, me: Person, general: str
) -> None:
    bot = TestBot()
    async with run(bot):
        said, message = await heard(bot, me.say(general, "👍して"))
        await message.add_reaction("👍")
        await people.wait_for(lambda event: event.type == "reaction_add")
        added = bot.wait_for("raw_reaction_add", check=lambda p: p.user_id == int(me.id), timeout=60)
        await me.react(said, "👍")
        assert str((await added).emoji) == "👍"
        refreshed = await message.channel.fetch_message(message.id)
        assert (refreshed.reactions[0].count, refreshed.reactions[0].me) == (2, True)
        await message.remove_reaction("👍", bot.user)
        await people.wait_for(lambda event: event.type == "reaction_remove")
        typed = bot.wait_for("typing", timeout=60)
        await me.typing(general)
        _, user, _ = await typed
        assert user.id == int(me.id)
        await message.channel.typing()
        await people.wait_for(
            lambda event: event.type == "typing_start" and event.data["user_id"] == str(bot.user.id)
        )


async def test_direct_messages_work_both_ways(run: Run, me: Person) -> None:
    bot = TestBot()
    async with run(bot):
        channel = await me.direct_channel()
        _, message = await heard(bot, me.say(channel, "こっそり"))
        assert isinstance(message.channel, discord.DMChannel)
        assert message.content == "こっそり"
        await message.author.send("はい")
        assert (await me.message(channel))["content"] == "はい"


async def test_a_thread_is_opened_and_talked_in(
    run: Run, people: PeopleApi, me: Person, general: str
) -> None:
    bot = TestBot()
    async with run(bot):
        said = await me.say(general, "話そう")
        created = bot.wait_for("thread_create", timeout=60)
        opened = {"user": me.id, "name": "話", "message": said["id"]}
        await people.call("POST", f"/channels/{general}/threads", opened)
        thread = await created
        assert (str(thread.id), str(thread.parent_id)) == (said["id"], general)
        await thread.send("中")
        _, inner = await heard(bot, me.say(str(thread.id), "外"), lambda m: m.content == "外")
        assert inner.channel.id == thread.id
        with pytest.raises(RefusedError, match="already been created"):
            await people.call("POST", f"/channels/{general}/threads", opened)


async def test_a_repeated_nonce_makes_one_message(
    rest: aiohttp.ClientSession, me: Person, general: str
) -> None:
    body = {"content": "一度だけ", "nonce": "abc", "enforce_nonce": True}
    ids = set()
    for _ in range(2):
        async with rest.post(f"channels/{general}/messages", json=body) as response:
            ids.add((await response.json())["id"])
    assert len(ids) == len(await me.read(general)) == 1


async def test_a_forward_carries_a_snapshot(run: Run, me: Person, general: str) -> None:
    bot = TestBot()
    async with run(bot):
        said = await me.say(general, "元の話", attachments=[Attachment("a.txt", b"abc", "text/plain")])
        music = await me.channel("music")
        _, message = await heard(bot, me.forward(music, said), lambda m: bool(m.message_snapshots))
        (snapshot,) = message.message_snapshots
        assert (message.content, snapshot.content) == ("", "元の話")
        assert await snapshot.attachments[0].read() == b"abc"
        own = await bot.get_channel(int(general)).send("自分の話")
        await own.forward(bot.get_channel(int(music)))
    assert (await me.read(music))[-1]["message_snapshots"][0]["message"]["content"] == "自分の話"


async def test_messages_are_deleted_together(
    run: Run, me: Person, general: str, people: PeopleApi, watcher: Watcher
) -> None:
    bot, gone = TestBot(), asyncio.Queue[Any]()
    async with run(bot):
        bot.on_raw_bulk_message_delete = gone.put  # type: ignore[attr-defined]
        channel = bot.get_channel(int(general))
        ids = [int((await me.say(general, str(number)))["id"]) for number in range(3)]
        unknown = ids[2] + 1
        await channel.delete_messages([discord.Object(key) for key in (*ids[:2], unknown)])
        assert (await asyncio.wait_for(gone.get(), 60)).message_ids == set(ids[:2])
        assert [message["content"] for message in await me.read(general)] == ["2"]
        for refused in ([ids[2]], list(range(101)), [1, 2]):  # too few, too many, too old
            with pytest.raises(discord.HTTPException):
                await bot.http.delete_messages(channel.id, refused)
        assert [message["content"] for message in await me.read(general)] == ["2"]
    # What was wrong on purpose is not what is looked for here.
    watcher.problems = [problem for problem in watcher.problems if " request " not in problem]


async def test_deleting_messages_together_takes_manage_messages(
    run: Run, me: Person, general: str, people: PeopleApi, stand_in: DiscordStandIn
) -> None:
    bot = TestBot()
    async with run(bot):
        deny = {"type": 1, "allow": "0", "deny": str(discord.Permissions(manage_messages=True).value)}
        await people.call("PUT", f"/channels/{general}/permissions/{stand_in.world.bot_id}", deny)
        ids = [int((await me.say(general, str(number)))["id"]) for number in range(2)]
        with pytest.raises(discord.Forbidden):
            await bot.http.delete_messages(int(general), ids)
