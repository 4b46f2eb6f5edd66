"""REST: registering application commands, global and per guild.

https://discord.com/developers/docs/interactions/application-commands
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from aiohttp import web

from sandbox.discord.api import PREFIX
from sandbox.discord.command_form import check_command
from sandbox.discord.errors import ApiError, missing_access, unknown
from sandbox.discord.form import Form
from sandbox.discord.wire import no_content, parse, read_object, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.wire import Json

CHAT_INPUT = 1
LIMITS = {CHAT_INPUT: 100, 2: 15, 3: 15}
"""Commands of each type, per scope."""


class CommandRoutes:
    """Serves ``/applications/{application_id}[/guilds/{guild_id}]/commands``."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._world = core.world

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        found: list[web.RouteDef] = []
        for base in ("/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}"):
            commands = f"{PREFIX}{base}/commands"
            found += [
                web.get(commands, self._list),
                web.put(commands, self._replace),
                web.post(commands, self._create),
            ]
            if "guild_id" in base:
                found.append(web.get(f"{commands}/permissions", self._permissions))
            found += [
                web.get(f"{commands}/{{command_id}}", self._get),
                web.patch(f"{commands}/{{command_id}}", self._edit),
                web.delete(f"{commands}/{{command_id}}", self._delete),
            ]
        one = f"{PREFIX}/applications/{{application_id}}/guilds/{{guild_id}}/commands/{{command_id}}"
        return [*found, web.get(f"{one}/permissions", self._no_permissions)]

    def _scope(self, request: web.Request) -> str | None:
        if request.match_info["application_id"] != self._world.bot_id:
            raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
        guild_id = request.match_info.get("guild_id")
        if guild_id is not None and self._world.bot_id not in getattr(
            self._world.guilds.get(guild_id), "members", {}
        ):
            raise missing_access()
        return guild_id

    def _in_scope(self, scope: str | None) -> list[Json]:
        return [command for command in self._world.commands.values() if command.get("guild_id") == scope]

    def _one(self, request: web.Request) -> Json:
        scope = self._scope(request)
        command = self._world.commands.get(request.match_info["command_id"])
        if command is None or command.get("guild_id") != scope:
            raise unknown("application command")
        return command

    async def _list(self, request: web.Request) -> web.Response:
        localised = request.query.get("with_localizations", "").lower() in {"true", "1"}
        commands = self._in_scope(self._scope(request))
        return reply(commands if localised else [_without_localisations(command) for command in commands])

    async def _get(self, request: web.Request) -> web.Response:
        return reply(self._one(request))

    async def _replace(self, request: web.Request) -> web.Response:
        scope, form = self._scope(request), Form()
        value = parse(await request.read())
        if not isinstance(value, list):
            raise ApiError(400, 50035, "Invalid Form Body")
        entries = form.objects(cast("object", value), (), high=sum(LIMITS.values()))
        wanted = [check_command(form, raw, (index,)) for index, raw in enumerate(entries)]
        form.check()
        self._check_set(wanted)
        old = {(command["type"], command["name"]): command for command in self._in_scope(scope)}
        for command in old.values():
            self._remove(command)
        replaced = [
            self._keep(scope, command, old.get((command["type"], command["name"]))) for command in wanted
        ]
        self._changed()
        return reply(replaced)

    async def _create(self, request: web.Request) -> web.Response:
        scope, form = self._scope(request), Form()
        command = check_command(form, await read_object(request), ())
        form.check()
        present = self._in_scope(scope)
        same = (
            entry for entry in present if (entry["type"], entry["name"]) == (command["type"], command["name"])
        )
        old = next(same, None)
        if old is None:
            self._check_set([*present, command])
        kept = self._keep(scope, command, old)
        self._changed()
        return reply(kept, 201 if old is None else 200)

    async def _edit(self, request: web.Request) -> web.Response:
        old, form = self._one(request), Form()
        command = check_command(form, {**old, **await read_object(request)}, ())
        form.check()
        self._check_set(
            [entry for entry in self._in_scope(old.get("guild_id")) if entry is not old] + [command]
        )
        kept = self._keep(old.get("guild_id"), command, old)
        self._changed()
        return reply(kept)

    async def _delete(self, request: web.Request) -> web.Response:
        self._remove(self._one(request))
        self._changed()
        return no_content()

    async def _permissions(self, request: web.Request) -> web.Response:
        self._scope(request)
        return reply([])

    async def _no_permissions(self, request: web.Request) -> web.Response:
        self._scope(request)
        # Nobody has set any: that is the client's settings page, which this stand-in leaves out.
        raise unknown("application command permissions")

    def _check_set(self, commands: list[Json]) -> None:
        names = [(command["type"], command["name"]) for command in commands]
        if len(set(names)) < len(names):
            raise ApiError(400, 50035, "Application command names must be unique")
        for kind, limit in LIMITS.items():
            if sum(command["type"] == kind for command in commands) > limit:
                raise ApiError(400, 30032, f"Maximum number of application commands reached ({limit}).")

    def _keep(self, scope: str | None, command: Json, old: Json | None) -> Json:
        unchanged = old is not None and all(old.get(key) == value for key, value in command.items())
        kept: Json = {
            "id": self._world.new_id() if old is None else old["id"],
            "application_id": self._world.bot_id,
            "version": old["version"] if old is not None and unchanged else self._world.new_id(),
            **command,
            **({} if scope is None else {"guild_id": scope}),
        }
        self._world.commands[kept["id"]] = kept
        self._world.touch("command", kept["id"])
        return kept

    def _remove(self, command: Json) -> None:
        del self._world.commands[command["id"]]
        self._world.touch("command", command["id"])

    def _changed(self) -> None:
        self._core.events.add("commands_update", {"commands": list(self._world.commands.values())})


def _without_localisations(value: Json) -> Json:
    """Return a command as a list without ``with_localizations`` shows it."""
    plain = {key: item for key, item in value.items() if not key.endswith("_localizations")}
    for key in ("options", "choices"):
        if key in plain:
            plain[key] = [_without_localisations(entry) for entry in plain[key]]
    return plain
