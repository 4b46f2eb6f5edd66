"""REST: interaction call backs, ``@original`` and follow-ups.

https://discord.com/developers/docs/interactions/receiving-and-responding#endpoints
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.rest.api import PREFIX
from sandbox.discord.uploads import read_body
from sandbox.discord.wire import no_content, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.callbacks import Callbacks
    from sandbox.discord.interactions import Interactions


class InteractionRoutes:
    """Serves ``/interactions`` and the webhook of an interaction."""

    def __init__(self, interactions: Interactions, callbacks: Callbacks) -> None:
        self._interactions = interactions
        self._callbacks = callbacks

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        webhook = f"{PREFIX}/webhooks/{{webhook_id}}/{{token}}"
        return [
            web.post(f"{PREFIX}/interactions/{{interaction_id}}/{{token}}/callback", self._callback),
            web.post(webhook, self._follow_up),
            web.get(f"{webhook}/messages/{{message_id}}", self._get),
            web.patch(f"{webhook}/messages/{{message_id}}", self._edit),
            web.delete(f"{webhook}/messages/{{message_id}}", self._delete),
        ]

    async def _callback(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        interaction = self._interactions.for_callback(
            request.match_info["interaction_id"], request.match_info["token"]
        )
        result = await self._callbacks.acknowledge(interaction, body)
        if request.query.get("with_response", "").lower() in {"true", "1"}:
            return reply(result)
        return no_content()

    async def _follow_up(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        info = request.match_info
        interaction = self._interactions.for_webhook(info["webhook_id"], info["token"])
        return reply(await self._callbacks.follow_up(interaction, body))

    async def _get(self, request: web.Request) -> web.Response:
        info = request.match_info
        interaction = self._interactions.for_webhook(info["webhook_id"], info["token"])
        return reply(self._callbacks.get(interaction, info["message_id"]))

    async def _edit(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        info = request.match_info
        interaction = self._interactions.for_webhook(info["webhook_id"], info["token"])
        return reply(await self._callbacks.edit(interaction, info["message_id"], body))

    async def _delete(self, request: web.Request) -> web.Response:
        info = request.match_info
        interaction = self._interactions.for_webhook(info["webhook_id"], info["token"])
        self._callbacks.delete(interaction, info["message_id"])
        return no_content()
