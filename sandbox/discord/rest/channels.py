"""REST: channels and the status of voice channels.

https://discord.com/developers/docs/resources/channel
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import objects, render
from sandbox.discord.errors import ApiError
from sandbox.discord.form import Form
from sandbox.discord.permissions import MANAGE_CHANNELS, SET_VOICE_CHANNEL_STATUS
from sandbox.discord.rest.api import PREFIX
from sandbox.discord.wire import no_content, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.voice import Voice
    from sandbox.discord.wire import Json


class ChannelRoutes:
    """Serves ``/channels/{channel_id}`` without messages."""

    def __init__(self, core: Core, voice: Voice) -> None:
        self._core = core
        self._world = core.world
        self._voice = voice

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        channel = f"{PREFIX}/channels/{{channel_id}}"
        return [web.get(channel, self._get), web.put(f"{channel}/voice-status", self._voice_status)]

    def _channel(self, request: web.Request, bits: int = 0) -> Json:
        return self._core.channel(request.match_info["channel_id"], bits)

    async def _get(self, request: web.Request) -> web.Response:
        return reply(render.channel(self._world, self._channel(request), self._world.bot_id))

    async def _voice_status(self, request: web.Request) -> web.Response:
        """Set what stands below a voice channel's name; a stage has its topic in place of that.

        https://docs.discord.com/developers/resources/channel#set-voice-channel-status
        """
        channel, form = self._channel(request), Form()
        if channel["type"] != objects.VOICE:
            raise ApiError(400, 50024, "Cannot execute action on this channel type")
        here = self._world.voice_states.get((channel["guild_id"], self._world.bot_id), {})
        is_connected = here.get("channel_id") == channel["id"]
        self._core.require(channel, SET_VOICE_CHANNEL_STATUS | (0 if is_connected else MANAGE_CHANNELS))
        status = form.text((await read_object(request)).get("status"), ("status",), high=500)
        form.check()
        self._voice.set_status(channel, status or None)
        return no_content()
