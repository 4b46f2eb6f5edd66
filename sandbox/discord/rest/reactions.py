"""REST: the bot's reactions to messages.

https://discord.com/developers/docs/resources/message#create-reaction
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.permissions import ADD_REACTIONS, READ_MESSAGE_HISTORY
from sandbox.discord.reactions import parse_emoji
from sandbox.discord.rest.api import PREFIX
from sandbox.discord.wire import no_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.reactions import Reactions
    from sandbox.discord.wire import Json


class ReactionRoutes:
    """Serves ``/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me``."""

    def __init__(self, core: Core, reactions: Reactions) -> None:
        self._core = core
        self._world = core.world
        self._reactions = reactions

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        own = f"{PREFIX}/channels/{{channel_id}}/messages/{{message_id}}/reactions/{{emoji}}/@me"
        return [web.put(own, self._add), web.delete(own, self._remove)]

    def _place(self, request: web.Request, bits: int) -> tuple[Json, Json]:
        channel = self._core.channel(request.match_info["channel_id"], bits)
        return channel, self._world.message(channel["id"], request.match_info["message_id"])

    async def _add(self, request: web.Request) -> web.Response:
        channel, message = self._place(request, READ_MESSAGE_HISTORY)
        emoji = parse_emoji(request.match_info["emoji"])
        if self._reactions.find(message, emoji) is None:
            # Joining an emoji that is there already needs no permission to add one.
            self._core.require(channel, ADD_REACTIONS)
        self._reactions.add(channel, message, self._world.bot_id, emoji)
        return no_content()

    async def _remove(self, request: web.Request) -> web.Response:
        channel, message = self._place(request, 0)
        emoji = parse_emoji(request.match_info["emoji"])
        self._reactions.remove(channel, message, self._world.bot_id, emoji)
        return no_content()
