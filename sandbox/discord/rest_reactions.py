"""REST: reactions to messages.

https://discord.com/developers/docs/resources/message#create-reaction
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import objects
from sandbox.discord.api import PREFIX
from sandbox.discord.form import Form
from sandbox.discord.permissions import ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY
from sandbox.discord.reactions import parse_emoji
from sandbox.discord.wire import no_content, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.reactions import Reactions
    from sandbox.discord.wire import Json


class ReactionRoutes:
    """Serves ``/channels/{channel_id}/messages/{message_id}/reactions``."""

    def __init__(self, core: Core, reactions: Reactions) -> None:
        self._core = core
        self._world = core.world
        self._reactions = reactions

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        base = f"{PREFIX}/channels/{{channel_id}}/messages/{{message_id}}/reactions"
        return [
            web.delete(base, self._clear),
            web.get(f"{base}/{{emoji}}", self._users),
            web.delete(f"{base}/{{emoji}}", self._clear),
            web.put(f"{base}/{{emoji}}/@me", self._add),
            web.delete(f"{base}/{{emoji}}/@me", self._remove_own),
            web.delete(f"{base}/{{emoji}}/{{user_id}}", self._remove),
        ]

    def _place(self, request: web.Request, bits: int) -> tuple[Json, Json]:
        channel = self._world.channel(request.match_info["channel_id"])
        if bits == MANAGE_MESSAGES and channel["type"] == objects.DM:
            bits = 0
        self._core.require(channel, bits)
        return channel, self._world.message(channel["id"], request.match_info["message_id"])

    async def _add(self, request: web.Request) -> web.Response:
        channel, message = self._place(request, READ_MESSAGE_HISTORY)
        emoji = parse_emoji(request.match_info["emoji"])
        if self._reactions.find(message, emoji) is None:
            # Joining an emoji that is there already needs no permission to add one.
            self._core.require(channel, ADD_REACTIONS)
        self._reactions.add(channel, message, self._world.bot_id, emoji)
        return no_content()

    async def _remove_own(self, request: web.Request) -> web.Response:
        channel, message = self._place(request, 0)
        emoji = parse_emoji(request.match_info["emoji"])
        self._reactions.remove(channel, message, self._world.bot_id, emoji)
        return no_content()

    async def _remove(self, request: web.Request) -> web.Response:
        channel, message = self._place(request, MANAGE_MESSAGES)
        emoji = parse_emoji(request.match_info["emoji"])
        self._reactions.remove(channel, message, request.match_info["user_id"], emoji)
        return no_content()

    async def _clear(self, request: web.Request) -> web.Response:
        channel, message = self._place(request, MANAGE_MESSAGES)
        emoji = request.match_info.get("emoji")
        self._reactions.clear(channel, message, None if emoji is None else parse_emoji(emoji))
        return no_content()

    async def _users(self, request: web.Request) -> web.Response:
        _, message = self._place(request, READ_MESSAGE_HISTORY)
        form = Form()
        limit = form.integer(request.query.get("limit"), ("limit",), low=1, high=100, default=25)
        after = form.integer(request.query.get("after"), ("after",), low=0, high=2**64, default=0)
        form.check()
        entry = self._reactions.find(message, parse_emoji(request.match_info["emoji"]))
        users = [] if entry is None else sorted(entry["users"], key=int)
        shown = [self._world.users[user_id] for user_id in users if int(user_id) > after]
        return reply(shown[:limit])
