"""What a server decides about its bot's commands: held, served and told as Discord does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest
from discord import app_commands

from sandbox.people import PeopleApi, RefusedError
from tests.integration.discord.conftest import TestBot

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from sandbox.people import Person

    Run = Callable[[TestBot], AbstractAsyncContextManager[None]]


async def decide(people: PeopleApi, guild: int, name: str, *overrides: dict[str, object]) -> None:
    await people.call("PUT", f"/guilds/{guild}/commands/{name}/permissions", {"permissions": list(overrides)})


async def test_overrides_are_served_told_and_held(
    run: Run, people: PeopleApi, me: Person, haru: Person, general: str
) -> None:
    bot = TestBot()

    @bot.tree.command(description="x")
    @app_commands.default_permissions(manage_guild=True)
    async def traffic(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("done")

    async with run(bot):
        (command,) = await bot.tree.sync()
        guild = bot.guilds[0]
        with pytest.raises(discord.NotFound):
            await command.fetch_permissions(guild)
        with pytest.raises(RefusedError):
            await haru.slash(general, "traffic")

        told = bot.wait_for("raw_app_command_permissions_update", timeout=60)
        await decide(people, guild.id, "traffic", {"id": haru.id, "type": 2, "permission": True})
        event = await told

        assert (event.target_id, event.application_id) == (command.id, bot.application_id)
        assert [(each.id, each.permission) for each in event.permissions] == [(int(haru.id), True)]
        fetched = await command.fetch_permissions(guild)
        assert [(each.id, each.permission) for each in fetched.permissions] == [(int(haru.id), True)]
        (listed,) = await bot.http.get_guild_application_command_permissions(bot.application_id, guild.id)
        assert int(listed["id"]) == command.id
        await haru.slash(general, "traffic")

        await decide(people, guild.id, "*", {"id": str(guild.id - 1), "type": 3, "permission": False})
        with pytest.raises(RefusedError):
            await haru.slash(general, "traffic")
        await me.slash(general, "traffic")  # The owner is never locked out.


async def test_overrides_of_something_else_are_refused(run: Run, people: PeopleApi, me: Person) -> None:
    bot = TestBot()
    async with run(bot):
        with pytest.raises(RefusedError):
            await decide(people, bot.guilds[0].id, "nothing")
