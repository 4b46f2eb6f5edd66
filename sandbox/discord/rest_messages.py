"""REST: messages, typing, pins.

https://discord.com/developers/docs/resources/message
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import objects, render
from sandbox.discord.api import PREFIX
from sandbox.discord.errors import ApiError
from sandbox.discord.form import Form
from sandbox.discord.messages import SUPPRESS_EMBEDS
from sandbox.discord.permissions import (
    ATTACH_FILES,
    EMBED_LINKS,
    MANAGE_MESSAGES,
    PIN_MESSAGES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
)
from sandbox.discord.snowflake import milliseconds
from sandbox.discord.uploads import Body, read_body
from sandbox.discord.wire import no_content, now, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.messages import Messages
    from sandbox.discord.wire import Json

BULK_AGE = 14 * 24 * 3600
"""Seconds after which a message cannot be bulk deleted."""
BULK_LEAST = 2
PINS = 250


class MessageRoutes:
    """Serves ``/channels/{channel_id}/messages`` and what hangs on it."""

    def __init__(self, core: Core, messages: Messages) -> None:
        self._core = core
        self._world = core.world
        self._messages = messages

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        channel = f"{PREFIX}/channels/{{channel_id}}"
        return [
            web.get(f"{channel}/messages", self._list),
            web.post(f"{channel}/messages", self._create),
            web.post(f"{channel}/messages/bulk-delete", self._bulk_delete),
            web.get(f"{channel}/messages/pins", self._pins),
            web.put(f"{channel}/messages/pins/{{message_id}}", self._pin),
            web.delete(f"{channel}/messages/pins/{{message_id}}", self._unpin),
            web.get(f"{channel}/pins", self._old_pins),
            web.put(f"{channel}/pins/{{message_id}}", self._pin),
            web.delete(f"{channel}/pins/{{message_id}}", self._unpin),
            web.get(f"{channel}/messages/{{message_id}}", self._get),
            web.patch(f"{channel}/messages/{{message_id}}", self._edit),
            web.delete(f"{channel}/messages/{{message_id}}", self._delete),
            web.post(f"{channel}/typing", self._typing),
        ]

    def _channel(self, request: web.Request, bits: int = 0) -> Json:
        channel = self._world.channel(request.match_info["channel_id"])
        self._core.require(channel, bits)
        return channel

    def _view(self, message: Json) -> Json:
        return render.message(self._world, message, self._world.bot_id)

    async def _list(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        if not self._world.permissions(channel, self._world.bot_id) & READ_MESSAGE_HISTORY:
            return reply([])
        form = Form()
        limit = form.integer(request.query.get("limit"), ("limit",), low=1, high=100, default=50)
        given = {key: request.query[key] for key in ("around", "before", "after") if key in request.query}
        ids = {key: form.integer(value, (key,), low=0, high=2**64, default=0) for key, value in given.items()}
        form.check()
        messages = list(self._world.messages.get(channel["id"], {}).values())
        return reply([self._view(message) for message in _page(messages, limit, ids)])

    async def _get(self, request: web.Request) -> web.Response:
        channel = self._channel(request, READ_MESSAGE_HISTORY)
        return reply(self._view(self._world.message(channel["id"], request.match_info["message_id"])))

    async def _create(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        send = SEND_MESSAGES_IN_THREADS if channel["type"] in objects.THREADS else SEND_MESSAGES
        body = await read_body(request)
        needed = send | (EMBED_LINKS if body.json.get("embeds") else 0) | (ATTACH_FILES if body.files else 0)
        self._core.require(channel, needed)
        self._may_reply(channel, body)
        message = await self._messages.create(channel, self._world.bot_id, body)
        nonce = body.json.get("nonce")
        return reply(self._view(message) | ({} if nonce is None else {"nonce": nonce}))

    def _may_reply(self, channel: Json, body: Body) -> None:
        held = self._world.permissions(channel, self._world.bot_id)
        if body.json.get("message_reference") and not held & READ_MESSAGE_HISTORY:
            raise ApiError(400, 160002, "Cannot reply without permission to read message history")

    async def _edit(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        body = await read_body(request)
        message = self._world.message(channel["id"], request.match_info["message_id"])
        if message["author"]["id"] != self._world.bot_id:
            self._suppress(channel, message, body.json)
            return reply(self._view(message))
        return reply(self._view(await self._messages.edit(message, body)))

    def _suppress(self, channel: Json, message: Json, raw: Json) -> None:
        """Change the one thing of another's message that a moderator may: whether its embeds show."""
        if set(raw) != {"flags"}:
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        self._core.require(channel, MANAGE_MESSAGES)
        form = Form()
        flags = form.integer(raw["flags"], ("flags",), low=0, high=2**31 - 1, default=0)
        form.check()
        message["flags"] = (message["flags"] & ~SUPPRESS_EMBEDS) | (flags & SUPPRESS_EMBEDS)
        self._messages.touched(message)

    async def _delete(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        message = self._world.message(channel["id"], request.match_info["message_id"])
        if message["author"]["id"] != self._world.bot_id:
            if channel["type"] == objects.DM:
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            self._core.require(channel, MANAGE_MESSAGES)
        self._messages.delete(message)
        return no_content()

    async def _bulk_delete(self, request: web.Request) -> web.Response:
        channel = self._channel(request, MANAGE_MESSAGES)
        form = Form()
        ids = form.snowflakes((await read_object(request)).get("messages"), ("messages",), high=100)
        form.check()
        if len(ids) < BULK_LEAST:
            raise ApiError(400, 50016, "Provided too few or too many messages to delete.")
        if any(time.time() - milliseconds(key) / 1000 > BULK_AGE for key in ids):
            raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
        known = [key for key in ids if key in self._world.messages.get(channel["id"], {})]
        data: Json = {"ids": known, "channel_id": channel["id"], "guild_id": channel["guild_id"]}
        for key in known:
            self._world.remove_message(channel["id"], key)
            self._core.events.add("message_delete", {"id": key, "channel_id": channel["id"]})
        self._core.dispatch_in(channel, "MESSAGE_DELETE_BULK", data)
        return no_content()

    async def _typing(self, request: web.Request) -> web.Response:
        channel = self._channel(request, SEND_MESSAGES)
        self._core.typing(channel, self._world.bot_id)
        return no_content()

    def _pinned(self, channel: Json) -> list[Json]:
        messages = self._world.messages.get(channel["id"], {}).values()
        return [message for message in reversed(messages) if message["pinned"]]

    async def _pins(self, request: web.Request) -> web.Response:
        channel = self._channel(request, READ_MESSAGE_HISTORY)
        items = [
            {
                "pinned_at": self._world.meta.get("pins", {}).get(message["id"], message["timestamp"]),
                "message": self._view(message),
            }
            for message in self._pinned(channel)[:50]
        ]
        return reply({"items": items, "has_more": len(self._pinned(channel)) > len(items)})

    async def _old_pins(self, request: web.Request) -> web.Response:
        channel = self._channel(request, READ_MESSAGE_HISTORY)
        return reply([self._view(message) for message in self._pinned(channel)])

    async def _pin(self, request: web.Request) -> web.Response:
        return self._set_pinned(request, pinned=True)

    async def _unpin(self, request: web.Request) -> web.Response:
        return self._set_pinned(request, pinned=False)

    def _set_pinned(self, request: web.Request, *, pinned: bool) -> web.Response:
        channel = self._channel(request, PIN_MESSAGES)
        message = self._world.message(channel["id"], request.match_info["message_id"])
        if pinned and len(self._pinned(channel)) >= PINS:
            raise ApiError(400, 30003, f"Maximum number of pins reached ({PINS})")
        if message["pinned"] != pinned:
            message["pinned"] = pinned
            channel["last_pin_timestamp"] = now() if pinned else channel["last_pin_timestamp"]
            self._world.touch("channel", channel["id"])
            self._messages.touched(message)
            data = {"channel_id": channel["id"], "last_pin_timestamp": channel["last_pin_timestamp"]}
            guild = {"guild_id": channel["guild_id"]} if "guild_id" in channel else {}
            self._core.dispatch_in(channel, "CHANNEL_PINS_UPDATE", data | guild)
        return no_content()


def _page(messages: list[Json], limit: int, ids: dict[str, int]) -> list[Json]:
    """Return one page, newest first, as ``around``, ``before`` or ``after`` asks."""
    if "around" in ids:
        older = [message for message in messages if int(message["id"]) <= ids["around"]]
        newer = [message for message in messages if int(message["id"]) > ids["around"]]
        half = limit // 2
        return (older[-(limit - half) :] + newer[:half])[::-1]
    if "after" in ids:
        return [message for message in messages if int(message["id"]) > ids["after"]][:limit][::-1]
    if "before" in ids:
        messages = [message for message in messages if int(message["id"]) < ids["before"]]
    return messages[-limit:][::-1]
