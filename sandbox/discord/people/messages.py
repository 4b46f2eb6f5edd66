"""People API: reading, writing, editing and deleting messages, typing, reactions."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, cast

from aiohttp import web

from sandbox.discord import objects, render
from sandbox.discord.messages import FORWARD
from sandbox.discord.people.api import PREFIX, Fields, PeopleError
from sandbox.discord.people.state import require
from sandbox.discord.permissions import (
    ADD_REACTIONS,
    ATTACH_FILES,
    MANAGE_MESSAGES,
    READ_MESSAGE_HISTORY,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
)
from sandbox.discord.uploads import Body, Upload
from sandbox.discord.wire import no_content, object_in, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.messages import Messages
    from sandbox.discord.reactions import Reactions
    from sandbox.discord.wire import Json


class PeopleMessageRoutes:
    """Serves ``/sandbox/channels/{channel_id}/…``."""

    def __init__(self, core: Core, messages: Messages, reactions: Reactions) -> None:
        self._core = core
        self._world = core.world
        self._messages = messages
        self._reactions = reactions

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        channel = f"{PREFIX}/channels/{{channel_id}}"
        message = f"{channel}/messages/{{message_id}}"
        return [
            web.get(f"{channel}/messages", self._list),
            web.post(f"{channel}/messages", self._create),
            web.patch(message, self._edit),
            web.delete(message, self._delete),
            web.post(f"{message}/reactions", self._react),
            web.post(f"{channel}/typing", self._typing),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        channel_id = request.match_info["channel_id"]
        user_id = request.query.get("user", self._world.meta["me"])
        channel = require(self._core, channel_id, user_id, READ_MESSAGE_HISTORY)
        hidden = [
            message
            for message in self._world.ephemeral.get(channel_id, {}).values()
            if self._core.ephemeral_reader[message["id"]] == user_id
        ]
        shown = [*self._world.messages.get(channel["id"], {}).values(), *hidden]
        shown.sort(key=lambda message: int(message["id"]))
        before, limit = request.query.get("before", ""), request.query.get("limit", "50")
        if before.isdecimal():
            shown = [message for message in shown if int(message["id"]) < int(before)]
        count = min(int(limit), 1000) if limit.isdecimal() else 50
        page = shown[-count:] if count else []
        return reply([render.message(self._world, message, user_id) for message in page])

    async def _create(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        user_id, channel_id = fields.text("user"), request.match_info["channel_id"]
        threads = self._world.channel(channel_id)["type"] in objects.THREADS
        files = read_files(fields.raw.get("attachments"))
        needed = (SEND_MESSAGES_IN_THREADS if threads else SEND_MESSAGES) | (ATTACH_FILES if files else 0)
        channel = require(self._core, channel_id, user_id, needed)
        content = fields.text("content", "")
        if not fields.raw.get("raw"):
            content = self._with_mention(content)
        payload: Json = {"content": content}
        if fields.optional("reply_to") is not None:
            payload["message_reference"] = {"message_id": fields.text("reply_to")}
        forward = fields.object("forward")
        if forward:
            payload["message_reference"] = {
                "type": FORWARD,
                "channel_id": forward.get("channel"),
                "message_id": forward.get("message"),
            }
        message = await self._messages.create(channel, user_id, Body(payload, files))
        return reply(render.message(self._world, message, user_id))

    def _with_mention(self, content: str) -> str:
        """Turn ``@Otonari`` into a mention, as the client's picker does."""
        return content.replace(
            f"@{self._world.users[self._world.bot_id]['username']}", f"<@{self._world.bot_id}>"
        )

    async def _edit(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        user_id = fields.text("user")
        channel = require(self._core, request.match_info["channel_id"], user_id)
        message = self._world.message(channel["id"], request.match_info["message_id"])
        if message["author"]["id"] != user_id:
            raise PeopleError(403, "a person can only edit their own messages")
        edited = await self._messages.edit(
            message, Body({"content": self._with_mention(fields.text("content"))})
        )
        return reply(render.message(self._world, edited, user_id))

    async def _delete(self, request: web.Request) -> web.Response:
        user_id = request.query.get("user") or (await Fields.of(request)).text("user")
        channel = require(self._core, request.match_info["channel_id"], user_id)
        message = self._core.find_message(channel["id"], request.match_info["message_id"])
        own = user_id in {message["author"]["id"], self._core.ephemeral_reader.get(message["id"])}
        if not own and not self._world.permissions(channel, user_id) & MANAGE_MESSAGES:
            raise PeopleError(403, "a person can only delete their own messages")
        self._messages.delete(message)
        return no_content()

    async def _typing(self, request: web.Request) -> web.Response:
        user_id = (await Fields.of(request)).text("user")
        self._core.typing(
            require(self._core, request.match_info["channel_id"], user_id, SEND_MESSAGES), user_id
        )
        return no_content()

    async def _react(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        user_id = fields.text("user")
        channel = require(self._core, request.match_info["channel_id"], user_id, ADD_REACTIONS)
        message = self._world.message(channel["id"], request.match_info["message_id"])
        self._reactions.toggle(channel, message, user_id, fields.text("emoji"))
        return reply(render.message(self._world, message, user_id))


def read_files(value: object) -> dict[str, Upload]:
    """Return the files of ``attachments: [{filename, content_type, data}]``; raises PeopleError 400."""
    if value is None:
        return {}
    if not isinstance(value, list):
        raise PeopleError(400, "attachments must be a list")
    return {str(index): read_file(entry) for index, entry in enumerate(cast("list[object]", value))}


def read_file(value: object) -> Upload:
    """Return one file of the people API; raises PeopleError 400."""
    fields = object_in(value)
    filename, data = fields.get("filename"), fields.get("data")
    if not isinstance(filename, str) or not isinstance(data, str):
        raise PeopleError(400, "a file needs filename and data (base64)")
    content_type = str(fields.get("content_type") or "application/octet-stream")
    try:
        return Upload(filename, content_type, base64.b64decode(data, validate=True))
    except binascii.Error as error:
        raise PeopleError(400, "data must be base64") from error
