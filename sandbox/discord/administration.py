"""Making and changing guilds, members and roles, whoever asks; the callers check that they may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord import objects, render
from sandbox.discord.errors import ApiError, unknown
from sandbox.discord.form import Form
from sandbox.discord.permissions import EVERYONE
from sandbox.discord.seed import add_guild

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.guild import Guild
    from sandbox.discord.voice import Voice
    from sandbox.discord.wire import Json

_ROLE_FLAGS = ("hoist", "mentionable")
_VOICE_FIELDS = frozenset({"mute", "deaf", "channel_id"})


class Administration:
    """Changes guilds, members and roles, and tells everybody."""

    def __init__(self, core: Core, voice: Voice) -> None:
        self._core = core
        self._world = core.world
        self._voice = voice

    def create_guild(self, name: str, owner_id: str) -> Guild:
        """Make a guild and invite the bot."""
        self._world.user(owner_id)
        guild = add_guild(self._world, name, owner_id)
        self._invite(guild)
        self._tell(guild)
        return guild

    def _invite(self, guild: Guild) -> None:
        view = render.gateway_guild(self._world, guild, everybody=False)
        # Unlike the ones after READY, this GUILD_CREATE is about a guild that was joined.
        del view["unavailable"]
        self._core.dispatch("GUILD_CREATE", view, guild.id)

    def edit_guild(self, guild: Guild, raw: Json) -> Json:
        """Change a guild's name or locale."""
        form = Form()
        if "name" in raw:
            guild.data["name"] = form.text(raw["name"], ("name",), low=2, high=100, required=True)
        if raw.get("preferred_locale") is not None:
            guild.data["preferred_locale"] = form.text(raw["preferred_locale"], ("preferred_locale",))
        form.check()
        self._world.touch("guild", guild.id)
        view = render.rest_guild(guild)
        self._core.dispatch("GUILD_UPDATE", view, guild.id)
        self._tell(guild)
        return view

    def create_role(self, guild: Guild, raw: Json) -> Json:
        """Make a role above @everyone."""
        for role in guild.roles.values():
            role["position"] += role["id"] != guild.id
        role = objects.role(self._world.new_id(), "new role", EVERYONE)
        self._fill_role(role, raw)
        guild.roles[role["id"]] = role
        self._role_event("CREATE", guild, role)
        return role

    def edit_role(self, guild: Guild, role_id: str, raw: Json) -> Json:
        """Change a role; raises ApiError 10011."""
        role = self._role(guild, role_id)
        self._fill_role(role, raw)
        self._role_event("UPDATE", guild, role)
        return role

    def delete_role(self, guild: Guild, role_id: str) -> None:
        """Delete a role and take it from every member; raises ApiError 10011, or 50028 for a managed one."""
        role = self._role(guild, role_id)
        if role_id == guild.id or role["managed"]:
            raise ApiError(400, 50028, "Invalid Role")
        del guild.roles[role_id]
        for member in guild.members.values():
            member["roles"] = [kept for kept in member["roles"] if kept != role_id]
        self._world.touch("guild", guild.id)
        self._core.dispatch("GUILD_ROLE_DELETE", {"guild_id": guild.id, "role_id": role_id}, guild.id)
        self._tell(guild)

    def _role(self, guild: Guild, role_id: str) -> Json:
        if role_id not in guild.roles:
            raise unknown("Role")
        return guild.roles[role_id]

    def _fill_role(self, role: Json, raw: Json) -> None:
        form = Form()
        if raw.get("name") is not None:
            role["name"] = form.text(raw["name"], ("name",), low=1, high=100)
        if raw.get("permissions") is not None:
            value = form.integer(raw["permissions"], ("permissions",), low=0, high=2**63 - 1, default=0)
            role["permissions"] = str(value)
        if raw.get("color") is not None:
            color = form.integer(raw["color"], ("color",), low=0, high=0xFFFFFF, default=0)
            role |= {"color": color, "colors": role["colors"] | {"primary_color": color}}
        form.check()
        role |= {name: bool(raw[name]) for name in _ROLE_FLAGS if raw.get(name) is not None}

    def _role_event(self, kind: str, guild: Guild, role: Json) -> None:
        self._world.touch("guild", guild.id)
        self._core.dispatch(f"GUILD_ROLE_{kind}", {"guild_id": guild.id, "role": role}, guild.id)
        self._tell(guild)

    def add_member(self, guild: Guild, user_id: str) -> Json:
        """Let a user join a guild."""
        self._world.user(user_id)
        if user_id not in guild.members:
            guild.members[user_id] = objects.member(user_id)
            self._world.touch("guild", guild.id)
            if user_id == self._world.bot_id:
                self._invite(guild)
            view = render.member(self._world, guild.members[user_id])
            self._core.dispatch("GUILD_MEMBER_ADD", view | {"guild_id": guild.id}, guild.id)
            self._tell(guild)
        return render.member(self._world, guild.members[user_id])

    def remove_member(self, guild: Guild, user_id: str) -> None:
        """Take a member out of a guild; when it is the bot, the guild is gone for it."""
        self._world.member(guild, user_id)
        self._voice.leave(guild, user_id)
        if user_id == self._world.bot_id:
            self._core.dispatch("GUILD_DELETE", {"id": guild.id}, guild.id)
        del guild.members[user_id]
        self._world.touch("guild", guild.id)
        if user_id != self._world.bot_id:
            data = {"guild_id": guild.id, "user": self._world.users[user_id]}
            self._core.dispatch("GUILD_MEMBER_REMOVE", data, guild.id)
        self._tell(guild)

    def edit_member(self, guild: Guild, user_id: str, raw: Json) -> Json:
        """Change nickname, roles or time-out; move, mute or deafen; raises ApiError as Discord does."""
        member, form = self._world.member(guild, user_id), Form()
        changes: Json = {}
        if "nick" in raw:
            changes["nick"] = form.text(raw["nick"], ("nick",), high=32) or None
        if raw.get("roles") is not None:
            roles = form.snowflakes(raw["roles"], ("roles",), high=250)
            if any(role_id not in guild.roles for role_id in roles):
                raise unknown("Role")
            changes["roles"] = list(dict.fromkeys(roles))
        if "communication_disabled_until" in raw:
            until = form.text(raw["communication_disabled_until"], ("communication_disabled_until",))
            changes["communication_disabled_until"] = until or None
        form.check()
        voice = {name: raw[name] for name in _VOICE_FIELDS if name in raw}
        if voice:
            self._voice.modify(guild, user_id, voice)
        member |= changes
        view = render.member(self._world, member)
        if changes or voice.keys() - {"channel_id"}:
            self._world.touch("guild", guild.id)
            own = user_id == self._world.bot_id
            self._core.dispatch("GUILD_MEMBER_UPDATE", view | {"guild_id": guild.id}, guild.id, own=own)
            self._tell(guild)
        return view

    def set_command_permissions(self, guild: Guild, target_id: str, raw: object) -> Json:
        """Replace the overrides of a command, or with the application's id those of all commands.

        People do it in the server's settings; a bot's own token may not
        (https://discord.com/developers/docs/interactions/application-commands#edit-application-command-permissions).
        """
        if target_id != self._world.bot_id and target_id not in self._world.commands:
            raise unknown("application command")
        form = Form()
        entries: list[Json] = []
        for index, entry in enumerate(form.objects(raw, ("permissions",), high=100)):
            path = ("permissions", index)
            kind = form.integer(entry.get("type"), (*path, "type"), low=1, high=3, default=1)
            target = form.text(entry.get("id"), (*path, "id"), low=1, high=20, required=True)
            entries.append({"id": target, "type": kind, "permission": entry.get("permission") is True})
        form.check()
        guild.command_permissions[target_id] = entries
        self._world.touch("guild", guild.id)
        view = render.command_permissions(self._world, guild, target_id)
        self._core.dispatch("APPLICATION_COMMAND_PERMISSIONS_UPDATE", view, guild.id)
        self._tell(guild)
        return view

    def _tell(self, guild: Guild) -> None:
        """Tell people that a guild, its roles or members changed."""
        self._core.events.add("guild_update", {"id": guild.id, "name": guild.data["name"]})
