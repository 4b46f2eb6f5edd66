"""REST: the bot's user and application, other users, direct channels, the gateway's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import render
from sandbox.discord.errors import ApiError
from sandbox.discord.rest.api import PREFIX
from sandbox.discord.wire import read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core

APPLICATION_FLAGS = 1 << 13 | 1 << 15 | 1 << 19
"""Presence, members and message content intents allowed with few guilds, as a small bot has them."""


class UserRoutes:
    """Serves ``/users``, ``/applications/@me``, ``/oauth2/applications/@me`` and ``/gateway/bot``."""

    def __init__(self, core: Core) -> None:
        self._world = core.world

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            web.get(f"{PREFIX}/gateway/bot", self._gateway_bot),
            web.get(f"{PREFIX}/users/@me", self._me),
            web.post(f"{PREFIX}/users/@me/channels", self._direct_channel),
            web.get(f"{PREFIX}/users/{{user_id}}", self._user),
            web.get(f"{PREFIX}/applications/@me", self._application),
            web.get(f"{PREFIX}/oauth2/applications/@me", self._application),
        ]

    async def _gateway_bot(self, _request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
        url = f"{self._world.base_url.replace('http', 'ws', 1)}/gateway"
        return reply({"url": url, "shards": 1, "session_start_limit": limit})

    async def _me(self, _request: web.Request) -> web.Response:
        user = self._world.users[self._world.bot_id]
        own = {"mfa_enabled": True, "locale": "ja", "verified": True, "email": None, "premium_type": 0}
        return reply(user | own)

    async def _direct_channel(self, request: web.Request) -> web.Response:
        user_id = str((await read_object(request)).get("recipient_id"))
        if user_id == self._world.bot_id or self._world.user(user_id).get("bot"):
            raise ApiError(400, 50007, "Cannot send messages to this user")
        channel = self._world.direct_channel(user_id)
        return reply(render.channel(self._world, channel, self._world.bot_id))

    async def _user(self, request: web.Request) -> web.Response:
        return reply(self._world.user(request.match_info["user_id"]))

    async def _application(self, _request: web.Request) -> web.Response:
        world = self._world
        bot = world.users[world.bot_id]
        return reply(
            {
                "id": world.bot_id,
                "name": bot["username"],
                "icon": None,
                "description": "",
                "type": None,
                "bot": bot,
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "0" * 64,
                "flags": APPLICATION_FLAGS,
                "flags_new": str(APPLICATION_FLAGS),
                "redirect_uris": [],
                "interactions_endpoint_url": None,
                "role_connections_verification_url": None,
                "owner": world.users[world.meta["me"]],
                "approximate_guild_count": len(world.bot_guilds()),
                "approximate_user_install_count": 0,
                "approximate_user_authorization_count": 0,
                "explicit_content_filter": 0,
                "team": None,
                "eligible_oauth2_scopes": ["bot", "applications.commands"],
            }
        )
