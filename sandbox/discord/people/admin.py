"""People API: what an administrator does — guilds, channels, roles, members, users, overwrites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import render
from sandbox.discord.people.api import PREFIX, Fields, PeopleError
from sandbox.discord.seed import add_user
from sandbox.discord.wire import no_content, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.administration import Administration
    from sandbox.discord.channels import Channels
    from sandbox.discord.world import World


class AdminRoutes:
    """Serves ``/sandbox/guilds``, ``/sandbox/channels/{id}`` and ``/sandbox/users``, without asking who."""

    def __init__(self, world: World, administration: Administration, channels: Channels) -> None:
        self._world = world
        self._administration = administration
        self._channels = channels

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        guild, channel = f"{PREFIX}/guilds/{{guild_id}}", f"{PREFIX}/channels/{{channel_id}}"
        return [
            web.post(f"{PREFIX}/users", self._create_user),
            web.post(f"{PREFIX}/guilds", self._create_guild),
            web.patch(guild, self._edit_guild),
            web.post(f"{guild}/channels", self._create_channel),
            web.post(f"{guild}/roles", self._create_role),
            web.patch(f"{guild}/roles/{{role_id}}", self._edit_role),
            web.delete(f"{guild}/roles/{{role_id}}", self._delete_role),
            web.put(f"{guild}/commands/{{name}}/permissions", self._set_command_permissions),
            web.put(f"{guild}/members/{{user_id}}", self._add_member),
            web.patch(f"{guild}/members/{{user_id}}", self._edit_member),
            web.delete(f"{guild}/members/{{user_id}}", self._remove_member),
            web.patch(channel, self._edit_channel),
            web.delete(channel, self._delete_channel),
            web.put(f"{channel}/permissions/{{overwrite_id}}", self._set_overwrite),
            web.delete(f"{channel}/permissions/{{overwrite_id}}", self._delete_overwrite),
            web.post(f"{channel}/threads", self._create_thread),
        ]

    async def _create_user(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        username = fields.text("username")
        if not re.fullmatch(r"[a-z0-9._]{2,32}", username):
            raise PeopleError(400, "username must have 2 to 32 lower case letters, digits, dots, underscores")
        user = add_user(self._world, username, fields.optional("global_name"))
        if fields.optional("guild") is not None:
            self._administration.add_member(self._world.guild(fields.text("guild")), user["id"])
        return reply(user, 201)

    async def _create_guild(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        owner = fields.text("owner", self._world.meta["me"])
        return reply(render.rest_guild(self._administration.create_guild(fields.text("name"), owner)), 201)

    async def _edit_guild(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        return reply(self._administration.edit_guild(guild, await read_object(request)))

    async def _create_channel(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        return reply(self._channels.create(guild, await read_object(request)), 201)

    async def _create_role(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        return reply(self._administration.create_role(guild, await read_object(request)), 201)

    async def _edit_role(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        role_id = request.match_info["role_id"]
        return reply(self._administration.edit_role(guild, role_id, await read_object(request)))

    async def _delete_role(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        self._administration.delete_role(guild, request.match_info["role_id"])
        return no_content()

    async def _set_command_permissions(self, request: web.Request) -> web.Response:
        guild, name = self._world.guild(request.match_info["guild_id"]), request.match_info["name"]
        named = (id_ for id_, command in self._world.commands.items() if command["name"] == name)
        target_id = self._world.bot_id if name == "*" else next(named, name)
        fields = await Fields.of(request)
        overrides: object = fields.raw.get("permissions")
        return reply(self._administration.set_command_permissions(guild, target_id, overrides))

    async def _add_member(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        return reply(self._administration.add_member(guild, request.match_info["user_id"]))

    async def _edit_member(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        raw = await read_object(request)
        return reply(self._administration.edit_member(guild, request.match_info["user_id"], raw))

    async def _remove_member(self, request: web.Request) -> web.Response:
        guild = self._world.guild(request.match_info["guild_id"])
        self._administration.remove_member(guild, request.match_info["user_id"])
        return no_content()

    async def _edit_channel(self, request: web.Request) -> web.Response:
        channel = self._world.channel(request.match_info["channel_id"])
        return reply(self._channels.edit(channel, await read_object(request)))

    async def _delete_channel(self, request: web.Request) -> web.Response:
        self._channels.delete(self._world.channel(request.match_info["channel_id"]))
        return no_content()

    async def _set_overwrite(self, request: web.Request) -> web.Response:
        channel = self._world.channel(request.match_info["channel_id"])
        self._channels.set_overwrite(channel, request.match_info["overwrite_id"], await read_object(request))
        return reply(channel)

    async def _delete_overwrite(self, request: web.Request) -> web.Response:
        channel = self._world.channel(request.match_info["channel_id"])
        self._channels.delete_overwrite(channel, request.match_info["overwrite_id"])
        return reply(channel)

    async def _create_thread(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        parent = self._world.channel(request.match_info["channel_id"])
        message_id = fields.optional("message")
        message = None if message_id is None else self._world.message(parent["id"], message_id)
        raw = {"type": 11, **fields.raw}
        return reply(self._channels.create_thread(parent, fields.text("user"), raw, message), 201)
