"""REST: channels and the status of voice channels.

https://discord.com/developers/docs/resources/channel
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import render
from sandbox.discord.form import Form
from sandbox.discord.permissions import CONNECT
from sandbox.discord.rest.api import PREFIX
from sandbox.discord.wire import no_content, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.wire import Json


class ChannelRoutes:
    """Serves ``/channels/{channel_id}`` without messages."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._world = core.world

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        channel = f"{PREFIX}/channels/{{channel_id}}"
        return [web.get(channel, self._get), web.put(f"{channel}/voice-status", self._voice_status)]

    def _channel(self, request: web.Request, bits: int = 0) -> Json:
        return self._core.channel(request.match_info["channel_id"], bits)

    async def _get(self, request: web.Request) -> web.Response:
        return reply(render.channel(self._world, self._channel(request), self._world.bot_id))

    async def _voice_status(self, request: web.Request) -> web.Response:
        channel, form = self._channel(request, CONNECT), Form()
        status = form.text((await read_object(request)).get("status"), ("status",), high=500)
        form.check()
        data = {"id": channel["id"], "guild_id": channel["guild_id"], "status": status or None}
        self._core.dispatch_in(channel, "VOICE_CHANNEL_STATUS_UPDATE", data)
        self._core.events.add("channel_update", {**channel, "status": status or None, "change": "update"})
        return no_content()
