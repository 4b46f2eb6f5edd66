"""Attack: have the bot tell the name of a channel that one cannot see, by writing its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
import pytest

from tests.unit.chat.test_commands import World, scripted, simcord_bot, world

if TYPE_CHECKING:
    import simcord

__all__ = ["scripted", "simcord_bot", "world"]


@pytest.fixture
def secret(world: World) -> simcord.ChannelHandle:
    """A channel for Yuki and the bot alone."""
    everyone = world.guild.default_role
    hidden = discord.PermissionOverwrite(view_channel=False)
    shown = discord.PermissionOverwrite(view_channel=True)
    assert world.bot.user
    return world.guild.create_text_channel("layoffs", overwrites={everyone: hidden, world.yuki: shown})


def read(world: World) -> str:
    """Return everything that the model read last."""
    return "\n".join(text for _role, text in world.gemini.asked[-1])


async def test_a_channel_that_the_asker_cannot_see_has_no_name(
    world: World, secret: simcord.ChannelHandle
) -> None:
    await world.haru.send(world.general, f"{world.me} <#{secret.id}> って何？")

    assert "layoffs" not in read(world)
    assert f"<#{secret.id}>" in read(world)
    assert "layoffs" not in str(world.logged.await_args)


async def test_who_sees_it_reads_its_name(world: World, secret: simcord.ChannelHandle) -> None:
    await world.yuki.send(world.general, f"{world.me} <#{secret.id}> って何？")

    assert "#layoffs" in read(world)
    assert "#layoffs" in str(world.logged.await_args)


async def test_what_others_wrote_is_read_with_the_eyes_of_the_asker(
    world: World, secret: simcord.ChannelHandle
) -> None:
    theirs = await world.yuki.send(world.general, f"see <#{secret.id}>")

    await world.haru.send(world.general, f"{world.me} 何のこと？", reply_to=theirs)

    assert "> " in read(world)
    assert "layoffs" not in read(world)


async def test_what_was_said_before_is_too(world: World, secret: simcord.ChannelHandle) -> None:
    await world.yuki.send(world.general, f"{world.me} <#{secret.id}> って何？")
    await world.haru.send(world.general, f"{world.me} さっきのチャンネルの名前は？")

    assert "って何？" in read(world)
    assert "layoffs" not in read(world)

    await world.yuki.send(world.general, f"{world.me} もう一度")
    assert "#layoffs" in read(world)


async def test_the_slash_command_reads_likewise(world: World, secret: simcord.ChannelHandle) -> None:
    await world.haru.slash(world.general, "chat", prompt=f"<#{secret.id}> と <#{world.general.id}>")
    assert "layoffs" not in read(world)
    assert "#general" in read(world)

    await world.yuki.slash(world.general, "chat", prompt=f"<#{secret.id}>")
    assert "#layoffs" in read(world)
