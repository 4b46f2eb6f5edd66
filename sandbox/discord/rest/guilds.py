"""REST: a guild's members, and who speaks on its stages.

https://discord.com/developers/docs/resources/guild
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import render
from sandbox.discord.errors import missing_access
from sandbox.discord.rest.api import PREFIX
from sandbox.discord.wire import no_content, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.guild import Guild
    from sandbox.discord.voice import Voice


class GuildRoutes:
    """Serves what hangs on ``/guilds/{guild_id}``."""

    def __init__(self, core: Core, voice: Voice) -> None:
        self._world = core.world
        self._voice = voice

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        guild = f"{PREFIX}/guilds/{{guild_id}}"
        return [
            web.get(f"{guild}/members/{{user_id}}", self._member),
            web.patch(f"{guild}/voice-states/{{user_id}}", self._edit_voice_state),
        ]

    def _guild(self, request: web.Request) -> Guild:
        guild = self._world.guild(request.match_info["guild_id"])
        if self._world.bot_id not in guild.members:
            raise missing_access()
        return guild

    async def _member(self, request: web.Request) -> web.Response:
        guild, user_id = self._guild(request), request.match_info["user_id"]
        self._world.user(user_id)
        return reply(render.member(self._world, self._world.member(guild, user_id)))

    async def _edit_voice_state(self, request: web.Request) -> web.Response:
        guild, user_id = self._guild(request), request.match_info["user_id"]
        changes = await read_object(request)
        user_id = self._world.bot_id if user_id == "@me" else user_id
        self._voice.modify_on_stage(guild, user_id, changes, by_bot=True)
        return no_content()
