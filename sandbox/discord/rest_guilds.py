"""REST: guilds, members, roles, voice states.

https://discord.com/developers/docs/resources/guild
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord import render
from sandbox.discord.api import PREFIX
from sandbox.discord.errors import missing_access, missing_permissions, unknown
from sandbox.discord.form import Form
from sandbox.discord.permissions import (
    CHANGE_NICKNAME,
    DEAFEN_MEMBERS,
    KICK_MEMBERS,
    MANAGE_CHANNELS,
    MANAGE_GUILD,
    MANAGE_NICKNAMES,
    MANAGE_ROLES,
    MODERATE_MEMBERS,
    MOVE_MEMBERS,
    MUTE_MEMBERS,
)
from sandbox.discord.wire import no_content, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.administration import Administration
    from sandbox.discord.channels import Channels
    from sandbox.discord.core import Core
    from sandbox.discord.guild import Guild
    from sandbox.discord.voice import Voice
    from sandbox.discord.wire import Json

_MEMBER_FIELDS = {
    "nick": MANAGE_NICKNAMES,
    "roles": MANAGE_ROLES,
    "mute": MUTE_MEMBERS,
    "deaf": DEAFEN_MEMBERS,
    "channel_id": MOVE_MEMBERS,
    "communication_disabled_until": MODERATE_MEMBERS,
}


class GuildRoutes:
    """Serves ``/guilds/{guild_id}``."""

    def __init__(self, core: Core, administration: Administration, channels: Channels, voice: Voice) -> None:
        self._core = core
        self._world = core.world
        self._administration = administration
        self._channels = channels
        self._voice = voice

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        guild = f"{PREFIX}/guilds/{{guild_id}}"
        return [
            web.get(guild, self._get),
            web.patch(guild, self._edit),
            web.delete(f"{PREFIX}/users/@me/guilds/{{guild_id}}", self._leave),
            web.get(f"{guild}/channels", self._list_channels),
            web.post(f"{guild}/channels", self._create_channel),
            web.get(f"{guild}/threads/active", self._active_threads),
            web.get(f"{guild}/members", self._list_members),
            web.get(f"{guild}/members/search", self._search_members),
            web.patch(f"{guild}/members/@me", self._edit_self),
            web.get(f"{guild}/members/{{user_id}}", self._member),
            web.patch(f"{guild}/members/{{user_id}}", self._edit_member),
            web.delete(f"{guild}/members/{{user_id}}", self._kick),
            web.put(f"{guild}/members/{{user_id}}/roles/{{role_id}}", self._add_role),
            web.delete(f"{guild}/members/{{user_id}}/roles/{{role_id}}", self._remove_role),
            web.get(f"{guild}/roles", self._list_roles),
            web.post(f"{guild}/roles", self._create_role),
            web.get(f"{guild}/roles/{{role_id}}", self._role),
            web.patch(f"{guild}/roles/{{role_id}}", self._edit_role),
            web.delete(f"{guild}/roles/{{role_id}}", self._delete_role),
            web.get(f"{guild}/voice-states/{{user_id}}", self._voice_state),
            web.patch(f"{guild}/voice-states/{{user_id}}", self._edit_voice_state),
        ]

    def _guild(self, request: web.Request, bits: int = 0) -> Guild:
        guild = self._world.guild(request.match_info["guild_id"])
        if self._world.bot_id not in guild.members:
            raise missing_access()
        if guild.permissions(self._world.bot_id) & bits != bits:
            raise missing_permissions()
        return guild

    async def _get(self, request: web.Request) -> web.Response:
        guild = self._guild(request)
        view = render.rest_guild(guild)
        if request.query.get("with_counts", "").lower() in {"true", "1"}:
            view |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
        return reply(view)

    async def _edit(self, request: web.Request) -> web.Response:
        guild = self._guild(request, MANAGE_GUILD)
        return reply(self._administration.edit_guild(guild, await read_object(request)))

    async def _leave(self, request: web.Request) -> web.Response:
        self._administration.remove_member(self._guild(request), self._world.bot_id)
        return no_content()

    async def _list_channels(self, request: web.Request) -> web.Response:
        return reply(self._world.channels_of(self._guild(request).id))

    async def _create_channel(self, request: web.Request) -> web.Response:
        guild = self._guild(request, MANAGE_CHANNELS)
        return reply(self._channels.create(guild, await read_object(request)), 201)

    async def _active_threads(self, request: web.Request) -> web.Response:
        threads = self._world.threads_of(self._guild(request).id)
        shown = [thread for thread in threads if not thread["thread_metadata"]["archived"]]
        return reply({"threads": shown, "members": [], "has_more": False})

    def _view(self, member: Json) -> Json:
        return render.member(self._world, member)

    async def _list_members(self, request: web.Request) -> web.Response:
        guild, form = self._guild(request), Form()
        limit = form.integer(request.query.get("limit"), ("limit",), low=1, high=1000, default=1)
        after = form.integer(request.query.get("after"), ("after",), low=0, high=2**64, default=0)
        form.check()
        found = sorted((key for key in guild.members if int(key) > after), key=int)
        return reply([self._view(guild.members[key]) for key in found[:limit]])

    async def _search_members(self, request: web.Request) -> web.Response:
        guild, form = self._guild(request), Form()
        query = form.text(request.query.get("query"), ("query",), low=1, high=100, required=True).lower()
        limit = form.integer(request.query.get("limit"), ("limit",), low=1, high=1000, default=1)
        form.check()
        found = [
            self._view(member)
            for key, member in guild.members.items()
            if any(
                (name or "").lower().startswith(query)
                for name in (
                    member["nick"],
                    self._world.users[key]["username"],
                    self._world.users[key]["global_name"],
                )
            )
        ]
        return reply(found[:limit])

    async def _member(self, request: web.Request) -> web.Response:
        guild = self._guild(request)
        self._world.user(request.match_info["user_id"])
        return reply(self._view(self._world.member(guild, request.match_info["user_id"])))

    async def _edit_self(self, request: web.Request) -> web.Response:
        guild = self._guild(request, CHANGE_NICKNAME)
        raw = await read_object(request)
        return reply(self._administration.edit_member(guild, self._world.bot_id, {"nick": raw.get("nick")}))

    async def _edit_member(self, request: web.Request) -> web.Response:
        raw = await read_object(request)
        bits = 0
        for field, needed in _MEMBER_FIELDS.items():
            bits |= needed if field in raw else 0
        guild = self._guild(request, bits)
        return reply(self._administration.edit_member(guild, request.match_info["user_id"], raw))

    async def _kick(self, request: web.Request) -> web.Response:
        guild = self._guild(request, KICK_MEMBERS)
        if request.match_info["user_id"] == guild.data["owner_id"]:
            raise missing_permissions()
        self._administration.remove_member(guild, request.match_info["user_id"])
        return no_content()

    async def _add_role(self, request: web.Request) -> web.Response:
        return self._change_roles(request, add=True)

    async def _remove_role(self, request: web.Request) -> web.Response:
        return self._change_roles(request, add=False)

    def _change_roles(self, request: web.Request, *, add: bool) -> web.Response:
        guild = self._guild(request, MANAGE_ROLES)
        user_id, role_id = request.match_info["user_id"], request.match_info["role_id"]
        if role_id not in guild.roles:
            raise unknown("Role")
        kept = [role for role in self._world.member(guild, user_id)["roles"] if role != role_id]
        roles = [*kept, role_id] if add else kept
        self._administration.edit_member(guild, user_id, {"roles": roles})
        return no_content()

    async def _list_roles(self, request: web.Request) -> web.Response:
        return reply(list(self._guild(request).roles.values()))

    async def _create_role(self, request: web.Request) -> web.Response:
        guild = self._guild(request, MANAGE_ROLES)
        return reply(self._administration.create_role(guild, await read_object(request)))

    async def _role(self, request: web.Request) -> web.Response:
        guild = self._guild(request)
        if request.match_info["role_id"] not in guild.roles:
            raise unknown("Role")
        return reply(guild.roles[request.match_info["role_id"]])

    async def _edit_role(self, request: web.Request) -> web.Response:
        guild = self._guild(request, MANAGE_ROLES)
        role_id, raw = request.match_info["role_id"], await read_object(request)
        return reply(self._administration.edit_role(guild, role_id, raw))

    async def _delete_role(self, request: web.Request) -> web.Response:
        self._administration.delete_role(self._guild(request, MANAGE_ROLES), request.match_info["role_id"])
        return no_content()

    def _voice_user(self, request: web.Request) -> str:
        user_id = request.match_info["user_id"]
        return self._world.bot_id if user_id == "@me" else user_id

    async def _voice_state(self, request: web.Request) -> web.Response:
        return reply(self._voice.state(self._guild(request), self._voice_user(request)))

    async def _edit_voice_state(self, request: web.Request) -> web.Response:
        guild, changes = self._guild(request), await read_object(request)
        self._voice.modify_on_stage(guild, self._voice_user(request), changes, by_bot=True)
        return no_content()
