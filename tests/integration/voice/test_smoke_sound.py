"""``make smoke`` listens to the bot, on a real voice server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox import smoke
from sandbox.discord import DiscordStandIn
from sandbox.people import PeopleApi
from tests.support.voice_sender import voice_sender

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.voice import VoiceStandIn


@pytest.fixture
async def discord(server: VoiceStandIn) -> AsyncIterator[DiscordStandIn]:
    """A world in which the bot is in the lounge, and a person too."""
    discord = DiscordStandIn(None, voice_server=server)
    for route in server.control_routes():
        discord.app.router.add_route(route.method, f"/sandbox/voice{route.path}", route.handler)
    await discord.start()
    guild = next(iter(discord.world.guilds.values()))
    lounge = next(one for one in discord.world.channels_of(guild.id) if one["name"] == smoke.LOUNGE)
    for user_id in (discord.world.bot_id, discord.world.meta["me"]):
        discord.voice.place(guild, lounge, user_id, {})
    yield discord
    await discord.close()


async def listen(discord: DiscordStandIn) -> None:
    async with PeopleApi(discord.url) as api:
        await smoke.listen(await api.person(), discord.world.bot_id, "a tone", 440)


async def test_it_tells_the_tone_that_the_bot_sends(
    discord: DiscordStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    guild = next(iter(discord.world.guilds))
    async with voice_sender(discord.url, guild, discord.world.bot_id) as sender:
        await sender.play(440, amplitude=0.178)
        await listen(discord)
    assert "→ 440 Hz, -18 dBFS, 0 gaps in " in capsys.readouterr().out


async def test_a_node_that_never_connects_is_told(
    discord: DiscordStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "SOUND_PATIENCE", 0.1)
    with pytest.raises(smoke.SmokeError, match="has not connected"):
        await listen(discord)
