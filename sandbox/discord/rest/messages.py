"""REST: messages and typing.

https://discord.com/developers/docs/resources/message
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from aiohttp import web

from sandbox.discord import objects, render
from sandbox.discord.errors import ApiError
from sandbox.discord.form import SNOWFLAKE, Form
from sandbox.discord.permissions import (
    ATTACH_FILES,
    EMBED_LINKS,
    MANAGE_MESSAGES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
)
from sandbox.discord.rest.api import PREFIX
from sandbox.discord.snowflake import milliseconds
from sandbox.discord.uploads import Body, read_body
from sandbox.discord.wire import no_content, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.messages import Messages
    from sandbox.discord.wire import Json


BULK_LEAST, BULK_MOST, BULK_SECONDS = 2, 100, 14 * 86_400


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
            web.get(f"{channel}/messages/{{message_id}}", self._get),
            web.patch(f"{channel}/messages/{{message_id}}", self._edit),
            web.delete(f"{channel}/messages/{{message_id}}", self._delete),
            web.post(f"{channel}/messages/bulk-delete", self._delete_many),
            web.post(f"{channel}/typing", self._typing),
        ]

    def _channel(self, request: web.Request, bits: int = 0) -> Json:
        return self._core.channel(request.match_info["channel_id"], bits)

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
            raise ApiError(403, 50005, "Cannot edit a message authored by another user")
        return reply(self._view(await self._messages.edit(message, body)))

    async def _delete(self, request: web.Request) -> web.Response:
        channel = self._channel(request)
        message = self._world.message(channel["id"], request.match_info["message_id"])
        if message["author"]["id"] != self._world.bot_id:
            if channel["type"] == objects.DM:
                raise ApiError(403, 50003, "Cannot execute action on a DM channel")
            self._core.require(channel, MANAGE_MESSAGES)
        self._messages.delete(message)
        return no_content()

    async def _delete_many(self, request: web.Request) -> web.Response:
        """Delete messages together: https://docs.discord.com/developers/resources/message#bulk-delete-messages."""
        channel, form = self._channel(request, MANAGE_MESSAGES), Form()
        raw: object = (await read_object(request)).get("messages")
        given = cast("list[object]", raw) if isinstance(raw, list) else []
        ids = [str(item) for item in given if SNOWFLAKE.fullmatch(str(item))]
        if not BULK_LEAST <= len(ids) <= BULK_MOST:
            form.length(("messages",), BULK_LEAST, BULK_MOST)
        form.check()
        oldest = (time.time() - BULK_SECONDS) * 1000
        if any(milliseconds(message_id) < oldest for message_id in ids):
            raise ApiError(400, 50034, "You can only bulk delete messages that are under 14 days old.")
        self._messages.delete_many(channel, ids)
        return no_content()

    async def _typing(self, request: web.Request) -> web.Response:
        channel = self._channel(request, SEND_MESSAGES)
        self._core.typing(channel, self._world.bot_id)
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
