"""REST: channels, overwrites, threads, reactions, voice status.

https://discord.com/developers/docs/resources/channel
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import objects, render
from sandbox.discord.api import PREFIX
from sandbox.discord.form import Form
from sandbox.discord.permissions import (
    CONNECT,
    CREATE_PRIVATE_THREADS,
    CREATE_PUBLIC_THREADS,
    MANAGE_CHANNELS,
    MANAGE_ROLES,
    MANAGE_THREADS,
)
from sandbox.discord.wire import no_content, now, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.channels import Channels
    from sandbox.discord.core import Core
    from sandbox.discord.wire import Json


class ChannelRoutes:
    """Serves ``/channels/{channel_id}`` without messages."""

    def __init__(self, core: Core, channels: Channels) -> None:
        self._core = core
        self._world = core.world
        self._channels = channels

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        channel = f"{PREFIX}/channels/{{channel_id}}"
        return [
            web.get(channel, self._get),
            web.patch(channel, self._edit),
            web.delete(channel, self._delete),
            web.put(f"{channel}/permissions/{{overwrite_id}}", self._set_overwrite),
            web.delete(f"{channel}/permissions/{{overwrite_id}}", self._delete_overwrite),
            web.put(f"{channel}/voice-status", self._voice_status),
            web.post(f"{channel}/threads", self._create_thread),
            web.post(f"{channel}/messages/{{message_id}}/threads", self._thread_from_message),
            web.put(f"{channel}/thread-members/@me", self._join_thread),
            web.delete(f"{channel}/thread-members/@me", self._join_thread),
            web.get(f"{channel}/threads/archived/public", self._archived),
        ]

    def _channel(self, request: web.Request, bits: int = 0) -> Json:
        channel = self._world.channel(request.match_info["channel_id"])
        self._core.require(channel, bits | (CONNECT if bits and channel["type"] in objects.VOCAL else 0))
        return channel

    def _view(self, channel: Json) -> Json:
        return render.channel(self._world, channel, self._world.bot_id)

    def _managed(self, request: web.Request) -> Json:
        """Return a channel that the bot may change."""
        channel = self._channel(request)
        if channel["type"] in objects.THREADS:
            self._core.require(channel, 0 if channel["owner_id"] == self._world.bot_id else MANAGE_THREADS)
        elif channel["type"] != objects.DM:
            channel = self._channel(request, MANAGE_CHANNELS)
        return channel

    async def _get(self, request: web.Request) -> web.Response:
        return reply(self._view(self._channel(request)))

    async def _edit(self, request: web.Request) -> web.Response:
        return reply(self._view(self._channels.edit(self._managed(request), await read_object(request))))

    async def _delete(self, request: web.Request) -> web.Response:
        channel = self._managed(request)
        view = self._view(channel)
        self._channels.delete(channel)
        return reply(view)

    async def _set_overwrite(self, request: web.Request) -> web.Response:
        channel = self._channel(request, MANAGE_ROLES)
        self._channels.set_overwrite(channel, request.match_info["overwrite_id"], await read_object(request))
        return no_content()

    async def _delete_overwrite(self, request: web.Request) -> web.Response:
        channel = self._channel(request, MANAGE_ROLES)
        self._channels.delete_overwrite(channel, request.match_info["overwrite_id"])
        return no_content()

    async def _voice_status(self, request: web.Request) -> web.Response:
        channel, form = self._channel(request, CONNECT), Form()
        status = form.text((await read_object(request)).get("status"), ("status",), high=500)
        form.check()
        data = {"id": channel["id"], "guild_id": channel["guild_id"], "status": status or None}
        self._core.dispatch_in(channel, "VOICE_CHANNEL_STATUS_UPDATE", data)
        self._core.events.add("channel_update", {**channel, "status": status or None, "change": "update"})
        return no_content()

    async def _create_thread(self, request: web.Request) -> web.Response:
        raw = await read_object(request)
        public = raw.get("type") == objects.PUBLIC_THREAD
        channel = self._channel(request, CREATE_PUBLIC_THREADS if public else CREATE_PRIVATE_THREADS)
        return reply(self._thread_view(self._channels.create_thread(channel, self._world.bot_id, raw)), 201)

    async def _thread_from_message(self, request: web.Request) -> web.Response:
        channel = self._channel(request, CREATE_PUBLIC_THREADS)
        message = self._world.message(channel["id"], request.match_info["message_id"])
        raw = await read_object(request)
        thread = self._channels.create_thread(channel, self._world.bot_id, raw, message)
        return reply(self._thread_view(thread), 201)

    def _thread_view(self, thread: Json) -> Json:
        member = {"id": thread["id"], "user_id": self._world.bot_id, "join_timestamp": now(), "flags": 0}
        return thread | {"member": member}

    async def _join_thread(self, request: web.Request) -> web.Response:
        self._channel(request)
        return no_content()

    async def _archived(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        threads = [
            thread
            for thread in self._world.threads_of(channel["guild_id"])
            if thread["parent_id"] == channel["id"] and thread["thread_metadata"]["archived"]
        ]
        return reply({"threads": threads, "members": [], "has_more": False})
