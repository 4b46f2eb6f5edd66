"""REST: registering application commands.

https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aiohttp import web

from sandbox.discord import render
from sandbox.discord.command_form import check_command
from sandbox.discord.errors import ApiError, missing_access, unknown
from sandbox.discord.form import Form
from sandbox.discord.rest.api import PREFIX
from sandbox.discord.wire import parse, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.wire import Json

CHAT_INPUT = 1
LIMITS = {CHAT_INPUT: 100, 2: 15, 3: 15}
"""Commands of each type."""


class CommandRoutes:
    """Serves ``/applications/{application_id}/commands`` and who may use them in a guild."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._world = core.world

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        application = f"{PREFIX}/applications/{{application_id}}"
        in_guild = f"{application}/guilds/{{guild_id}}/commands"
        return [
            web.get(f"{application}/commands", self._list),
            web.put(f"{application}/commands", self._replace),
            web.get(f"{in_guild}/permissions", self._permissions),
            web.get(f"{in_guild}/{{command_id}}/permissions", self._permissions_of_one),
        ]

    def _check_application(self, request: web.Request) -> None:
        if request.match_info["application_id"] != self._world.bot_id:
            raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
        guild_id = request.match_info.get("guild_id")
        if guild_id is not None and self._world.bot_id not in self._world.guild(guild_id).members:
            raise missing_access()

    async def _list(self, request: web.Request) -> web.Response:
        self._check_application(request)
        localised = request.query.get("with_localizations", "").lower() in {"true", "1"}
        commands = list(self._world.commands.values())
        return reply(commands if localised else [_without_localisations(command) for command in commands])

    async def _replace(self, request: web.Request) -> web.Response:
        self._check_application(request)
        form, value = Form(), parse(await request.read())
        if not isinstance(value, list):
            raise ApiError(400, 50035, "Invalid Form Body")
        entries = form.objects(cast("object", value), (), high=sum(LIMITS.values()))
        wanted = [check_command(form, raw, (index,)) for index, raw in enumerate(entries)]
        form.check()
        self._check_set(wanted)
        old = {(command["type"], command["name"]): command for command in self._world.commands.values()}
        for command in old.values():
            self._remove(command)
        replaced = [self._keep(command, old.get((command["type"], command["name"]))) for command in wanted]
        self._core.events.add("commands_update", {"commands": replaced})
        return reply(replaced)

    async def _permissions(self, request: web.Request) -> web.Response:
        self._check_application(request)
        guild = self._world.guild(request.match_info["guild_id"])
        return reply(
            [render.command_permissions(self._world, guild, id_) for id_ in guild.command_permissions]
        )

    async def _permissions_of_one(self, request: web.Request) -> web.Response:
        self._check_application(request)
        guild, command_id = (
            self._world.guild(request.match_info["guild_id"]),
            request.match_info["command_id"],
        )
        if command_id not in guild.command_permissions:
            raise unknown("application command permissions")
        return reply(render.command_permissions(self._world, guild, command_id))

    def _check_set(self, commands: list[Json]) -> None:
        names = [(command["type"], command["name"]) for command in commands]
        if len(set(names)) < len(names):
            raise ApiError(400, 50035, "Application command names must be unique")
        for kind, limit in LIMITS.items():
            if sum(command["type"] == kind for command in commands) > limit:
                raise ApiError(400, 30032, f"Maximum number of application commands reached ({limit}).")

    def _keep(self, command: Json, old: Json | None) -> Json:
        unchanged = old is not None and all(old.get(key) == value for key, value in command.items())
        kept: Json = {
            "id": self._world.new_id() if old is None else old["id"],
            "application_id": self._world.bot_id,
            "version": old["version"] if old is not None and unchanged else self._world.new_id(),
            **command,
        }
        self._world.commands[kept["id"]] = kept
        self._world.touch("command", kept["id"])
        return kept

    def _remove(self, command: Json) -> None:
        del self._world.commands[command["id"]]
        self._world.touch("command", command["id"])


def _without_localisations(value: Json) -> Json:
    """Return a command as a list without ``with_localizations`` shows it."""
    plain = {key: item for key, item in value.items() if not key.endswith("_localizations")}
    for key in ("options", "choices"):
        if key in plain:
            plain[key] = [_without_localisations(entry) for entry in plain[key]]
    return plain
