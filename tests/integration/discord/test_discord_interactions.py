"""Slash commands, autocomplete, components and modals, through the real discord.py client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import discord
import pytest
from discord import app_commands

from sandbox.discord import DiscordStandIn
from sandbox.people import Attachment, PeopleApi, RefusedError
from tests.integration.discord.conftest import TestBot, running, standing_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from sandbox.people import Person
    from tests.support.discord_oracle import Watcher

    Run = Callable[[TestBot], AbstractAsyncContextManager[None]]

Interaction = discord.Interaction[TestBot]


async def test_a_command_carries_its_options_and_is_answered(
    run: Run, people: PeopleApi, me: Person, haru: Person, general: str
) -> None:
    bot = TestBot()
    seen: dict[str, object] = {}

    @bot.tree.command(description="一つずつ")
    @app_commands.choices(period=[app_commands.Choice(name="今日", value="today")])
    async def everything(  # noqa: PLR0917 - one of each type
        interaction: Interaction,
        word: str,
        count: app_commands.Range[int, 1, 5],
        period: str,
        who: discord.Member,
        where: discord.TextChannel,
        ratio: float = 0.5,
        sure: bool = False,
        role: discord.Role | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        seen.update(
            word=word,
            count=count,
            period=period,
            who=who.display_name,
            where=where.name,
            ratio=ratio,
            sure=sure,
        )
        seen.update(locale=str(interaction.locale), manages=interaction.permissions.manage_guild)
        seen.update(sends=interaction.app_permissions.send_messages, role=role.name if role else None)
        seen.update(file=await file.read() if file else None, guild=interaction.guild.name)
        await interaction.response.send_message("はい")

    async with run(bot):
        await bot.tree.sync()
        role = next(role for role in bot.guilds[0].roles if role.name == "常連")
        options = {"word": "語", "count": 3, "period": "today", "who": haru.id, "where": general, "ratio": 2}
        options |= {"sure": True, "role": str(role.id), "file": Attachment("a.txt", b"abc").json()}
        outcome = await me.run(general, "everything", options)
    assert outcome["state"] == "answered"
    (message,) = outcome["messages"]
    assert (message["content"], message["type"], message["application_id"]) == ("はい", 20, str(bot.user.id))
    assert message["interaction_metadata"]["user"]["id"] == me.id
    assert seen == {
        "word": "語",
        "count": 3,
        "period": "today",
        "who": "はる",
        "where": "general",
        "ratio": 2,
        "sure": True,
        "locale": "ja",
        "manages": True,
        "sends": True,
        "role": "常連",
        "file": b"abc",
        "guild": "お隣さん",
    }
    assert (await me.read(general))[-1]["id"] == message["id"]
    (command,) = (await people.state())["commands"]
    assert command["name"] == "everything"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "word is required"),
        ({"word": 3}, "word must be str"),
        ({"word": "語", "count": 9}, "count must lie between 1 and 5"),
        ({"word": "語", "count": True}, "count must be int"),
        ({"word": "語", "period": "year"}, "period must be one of its choices"),
        ({"word": "語", "who": "1"}, "there is no 1"),
        ({"word": "語", "other": 1}, "there is no option other"),
        ({"word": "長" * 11}, "word must lie between"),
    ],
)
async def test_wrong_options_never_reach_the_bot(
    run: Run, me: Person, general: str, options: dict[str, object], told: str
) -> None:
    bot = TestBot()

    @bot.tree.command()
    @app_commands.choices(period=[app_commands.Choice(name="今日", value="today")])
    async def strict(
        interaction: Interaction,
        word: app_commands.Range[str, 2 - 1, 10],
        count: app_commands.Range[int, 1, 5] = 1,
        period: str = "today",
        who: discord.Member | None = None,
    ) -> None:
        raise AssertionError

    async with run(bot):
        await bot.tree.sync()
        with pytest.raises(RefusedError, match=told) as caught:
            await me.slash(general, "strict", options)
    assert caught.value.status == 400


async def test_commands_are_hidden_from_those_who_may_not_use_them(
    run: Run, me: Person, haru: Person, general: str
) -> None:
    bot = TestBot()

    @bot.tree.command()
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def guarded(interaction: Interaction) -> None:
        await interaction.response.send_message("管理者さん")

    async with run(bot):
        await bot.tree.sync()
        with pytest.raises(RefusedError) as refused:
            await haru.slash(general, "guarded")
        with pytest.raises(RefusedError) as elsewhere:
            await me.slash(await me.direct_channel(), "guarded")
        with pytest.raises(RefusedError) as unknown:
            await me.slash(general, "nothing")
        outcome = await me.run(general, "guarded")
    assert (refused.value.status, elsewhere.value.status, unknown.value.status) == (403, 403, 404)
    assert outcome["messages"][0]["content"] == "管理者さん"


async def test_a_subcommand_is_found_by_its_path(run: Run, me: Person, general: str) -> None:
    bot = TestBot()
    group = app_commands.Group(name="set", description="設定")

    @group.command()
    async def volume(interaction: Interaction, percent: int) -> None:
        await interaction.response.send_message(f"{percent} %")

    bot.tree.add_command(group)
    async with run(bot):
        await bot.tree.sync()
        outcome = await me.run(general, "set volume", {"percent": 30})
        with pytest.raises(RefusedError, match="no such subcommand"):
            await me.slash(general, "set nothing")
    assert outcome["messages"][0]["content"] == "30 %"


async def test_a_deferred_answer_fills_the_thinking_message_whatever_the_follow_up_asks(
    run: Run, people: PeopleApi, me: Person, general: str
) -> None:
    bot = TestBot()

    @bot.tree.command()
    async def slow(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        original = await interaction.original_response()
        assert original.flags.loading
        first = await interaction.followup.send("一", ephemeral=True, wait=True)
        assert first.id == original.id
        assert not first.flags.ephemeral
        second = await interaction.followup.send("二", ephemeral=True, wait=True)
        assert second.flags.ephemeral
        await interaction.edit_original_response(content="一'")
        await second.edit(content="二'")
        await interaction.delete_original_response()

    async with run(bot):
        await bot.tree.sync()
        interaction = await me.slash(general, "slow")
        gone = await people.wait_for(lambda event: event.type == "message_delete")
        shown = await me.read(general)
        everyone = await (await people.person("はる")).read(general)
        view = await people.call("GET", f"/interactions/{interaction}")
    assert [message["content"] for message in shown] == ["二'"]
    assert shown[0]["id"] != gone.data["id"]
    assert everyone == []
    assert (view["state"], [message["content"] for message in view["messages"]]) == ("answered", ["二'"])


async def test_an_ephemeral_answer_is_seen_by_its_reader_alone(
    run: Run, people: PeopleApi, me: Person, haru: Person, general: str
) -> None:
    bot = TestBot()

    @bot.tree.command()
    async def secret(interaction: Interaction) -> None:
        await interaction.response.send_message("内緒", ephemeral=True)

    async with run(bot):
        await bot.tree.sync()
        outcome = await me.run(general, "secret")
    assert outcome["ephemeral"]
    assert [message["content"] for message in await me.read(general)] == ["内緒"]
    assert await haru.read(general) == []
    assert "MESSAGE_CREATE" not in bot.seen
    await me.delete(outcome["messages"][0])
    assert await me.read(general) == []


async def test_autocomplete_offers_the_bots_choices(run: Run, me: Person, general: str) -> None:
    bot = TestBot()

    @bot.tree.command()
    async def play(interaction: Interaction, song: str) -> None:
        await interaction.response.send_message(song)

    @play.autocomplete("song")
    async def songs(_: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}に駆ける", value="yoru")]

    async with run(bot):
        await bot.tree.sync()
        choices = await me.autocomplete(general, "play", {"song": "夜"}, "song")
    assert [(choice["name"], choice["value"]) for choice in choices] == [("夜に駆ける", "yoru")]


class Panel(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="止める", emoji="⏹", custom_id="stop", style=discord.ButtonStyle.danger)
    async def stop_button(self, interaction: Interaction, _: discord.ui.Button[Panel]) -> None:
        await interaction.response.edit_message(content="止めました", view=None)

    @discord.ui.button(label="静かに", custom_id="quiet")
    async def quiet(self, interaction: Interaction, _: discord.ui.Button[Panel]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="静か")
        await interaction.followup.send("こっそり", ephemeral=True)

    @discord.ui.select(
        custom_id="pick",
        options=[discord.SelectOption(label="あ", value="a"), discord.SelectOption(label="い")],
    )
    async def pick(self, interaction: Interaction, select: discord.ui.Select[Panel]) -> None:
        await interaction.response.send_message(",".join(select.values))


async def test_components_are_used(run: Run, me: Person, general: str) -> None:
    bot = TestBot()
    async with run(bot):
        await bot.get_channel(int(general)).send("鳴っています", view=Panel())
        message = await me.message(general)
        chosen = await me.outcome(await me.click(message, "pick", ["a"]))
        assert chosen["messages"][0]["content"] == "a"
        assert chosen["messages"][0]["message_reference"]["message_id"] == message["id"]
        quiet = await me.outcome(await me.click(message, "quiet"))
        assert quiet["messages"] == []
        hidden = await me.message(general, lambda shown: shown["content"] == "こっそり")
        assert hidden["flags"] & 64
        with pytest.raises(RefusedError, match="options"):
            await me.click(message, "pick", ["z"])
        with pytest.raises(RefusedError, match="no such component"):
            await me.click(message, "other")
        await me.outcome(await me.click(message, "stop"))
        with pytest.raises(RefusedError, match="no such component"):
            await me.click(message, "stop")
    assert (await me.read(general))[0]["content"] == "止めました"


async def test_a_layout_view_is_shown_and_used(run: Run, me: Person, general: str) -> None:
    class Layout(discord.ui.LayoutView):
        row = discord.ui.ActionRow()
        box = discord.ui.Container(
            discord.ui.TextDisplay("# 曲"), discord.ui.Separator(), accent_colour=0x00FF88
        )

        @row.button(label="次", custom_id="next")
        async def skip(self, interaction: Interaction, _: discord.ui.Button[Layout]) -> None:
            await interaction.response.send_message("次です")

    bot = TestBot()
    async with run(bot):
        await bot.get_channel(int(general)).send(view=Layout())
        outcome = await me.outcome(await me.click(await me.message(general), "next"))
    assert outcome["messages"][0]["content"] == "次です"


async def test_a_modal_is_opened_filled_and_sent_once(run: Run, me: Person, general: str) -> None:
    class Question(discord.ui.Modal, title="質問"):
        name = discord.ui.TextInput(label="名前", custom_id="name", max_length=5)
        why = discord.ui.Label(
            text="理由", component=discord.ui.TextInput(custom_id="why", required=False, default="なし")
        )

        async def on_submit(self, interaction: Interaction) -> None:
            await interaction.response.send_message(f"{self.name.value}/{self.why.component.value}")

    bot = TestBot()

    @bot.tree.command()
    async def ask(interaction: Interaction) -> None:
        await interaction.response.send_modal(Question())

    async with run(bot):
        await bot.tree.sync()
        opened = await me.run(general, "ask")
        assert (opened["modal"]["title"], opened["messages"]) == ("質問", [])
        with pytest.raises(RefusedError, match="name must have"):
            await me.submit(opened["id"], {"name": "長すぎる名前"})
        outcome = await me.outcome(await me.submit(opened["id"], {"name": "はる"}))
        with pytest.raises(RefusedError, match="no modal"):
            await me.submit(opened["id"], {"name": "はる"})
    assert outcome["messages"][0]["content"] == "はる/なし"


async def test_a_context_menu_gets_its_target(run: Run, me: Person, general: str) -> None:
    bot = TestBot()

    @bot.tree.context_menu(name="読み上げ")
    async def read_out(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(message.content)

    async with run(bot):
        await bot.tree.sync()
        said = await me.say(general, "本文")
        outcome = await me.outcome(await me.slash(general, "読み上げ", target=said["id"]))
    assert (outcome["messages"][0]["content"], outcome["messages"][0]["type"]) == ("本文", 23)


async def test_an_interaction_that_nobody_acknowledges_fails_and_cannot_be_answered(watcher: Watcher) -> None:
    bot = TestBot()
    release = asyncio.Event()
    caught: list[int] = []

    @bot.tree.command()
    async def sleepy(interaction: Interaction) -> None:
        await release.wait()
        try:
            await interaction.response.send_message("遅い")
        except discord.NotFound as error:
            caught.append(error.code)
        release.clear()

    stand_in = DiscordStandIn(None, acknowledge_seconds=0.05)
    async with standing_in(stand_in, watcher), PeopleApi(stand_in.url) as people, running(bot, stand_in):
        await bot.tree.sync()
        me = await people.person()
        outcome = await me.run(await me.channel("general"), "sleepy")
        finished = bot.wait_for("app_command_completion", timeout=60)
        release.set()
        await finished
    assert (outcome["state"], caught) == ("failed", [10062])


async def test_an_interaction_is_acknowledged_once(run: Run, me: Person, general: str) -> None:
    bot = TestBot()
    codes: list[int] = []

    @bot.tree.command()
    async def twice(interaction: Interaction) -> None:
        await interaction.response.send_message("一度目")
        adapter = interaction.response._parent.http
        route = discord.http.Route("POST", f"/interactions/{interaction.id}/{interaction.token}/callback")
        try:
            await adapter.request(route, json={"type": 5})
        except discord.HTTPException as error:
            codes.append(error.code)
        await interaction.followup.send("終わり")

    bot_http = bot.http
    async with run(bot):
        discord.Interaction.http = property(lambda _: bot_http)  # type: ignore[attr-defined]
        await bot.tree.sync()
        await me.run(general, "twice")
        await me.message(general, lambda message: message["content"] == "終わり")
        del discord.Interaction.http  # type: ignore[attr-defined]
    assert codes == [40060]


async def test_commands_are_registered_replaced_and_localised(run: Run, people: PeopleApi) -> None:
    bot = TestBot()

    class Translator(app_commands.Translator):
        async def translate(
            self, string: app_commands.locale_str, locale: discord.Locale, _: object
        ) -> str | None:
            return "流す" if locale is discord.Locale.japanese and string.message == "play" else None

    @bot.tree.command(name="play", description="play")
    async def play(interaction: Interaction) -> None: ...

    async with run(bot):
        await bot.tree.set_translator(Translator())
        (first,) = await bot.tree.sync()
        (second,) = await bot.tree.sync()
        assert first.id == second.id
        (listed,) = await bot.tree.fetch_commands()
        assert listed.name_localizations == {}, "a list leaves them out unless asked for"
        (shown,) = (await people.state())["commands"]
        assert shown["name_localizations"] == {"ja": "流す"}
        bot.tree.clear_commands(guild=None)
        assert await bot.tree.sync() == []
    updates = [event for event in people.events if event.type == "commands_update"]
    assert len(updates) == 3
