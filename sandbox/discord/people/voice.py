"""People API: joining, moving and leaving voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.people.api import PREFIX, Fields
from sandbox.discord.wire import no_content, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.voice import Voice
    from sandbox.discord.wire import Json


class PeopleVoiceRoutes:
    """Serves ``/sandbox/voice`` and ``/sandbox/stage``."""

    def __init__(self, core: Core, voice: Voice) -> None:
        self._core = core
        self._voice = voice

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            web.post(f"{PREFIX}/voice", self._join),
            web.post(f"{PREFIX}/voice/server", self._server),
            web.post(f"{PREFIX}/stage", self._speak),
        ]

    async def _join(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        guild = self._core.world.guild(fields.text("guild"))
        channel_id, user_id = fields.optional("channel"), fields.text("user")
        if channel_id is None:
            self._voice.leave(guild, user_id)
            return no_content()
        flags: Json = {
            name: bool(fields.raw[name]) for name in ("self_mute", "self_deaf") if name in fields.raw
        }
        return reply(self._voice.join(guild, channel_id, user_id, flags))

    async def _server(self, request: web.Request) -> web.Response:
        """Answer what a Discord client of a person's own needs to connect to voice."""
        fields = await Fields.of(request)
        guild, user_id = self._core.world.guild(fields.text("guild")), fields.text("user")
        session_id = self._voice.state(guild, user_id)["session_id"]
        return reply(self._voice.server_for(guild, user_id) | {"session_id": session_id})

    async def _speak(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        guild, user_id = self._core.world.guild(fields.text("guild")), fields.text("user")
        changes = {"suppress": not fields.raw.get("speaks")}
        self._voice.modify_on_stage(guild, user_id, changes, by_bot=False)
        return reply(self._voice.state(guild, user_id))
