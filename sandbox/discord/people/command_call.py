"""Turning what a person typed into the data of a command interaction, with Discord's checks.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-data
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from sandbox.discord import objects, render
from sandbox.discord.people.api import PeopleError
from sandbox.discord.people.messages import read_file
from sandbox.discord.uploads import safe_filename

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.uploads import Blobs
    from sandbox.discord.wire import Json

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(
    1, 12
)
_SELECT_RESOLVES = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}
BOT_DM = 1
USER_COMMAND = 2


class CommandCall:
    """One person's use of a command or select menu in one channel; collects ``resolved``."""

    def __init__(self, core: Core, blobs: Blobs, channel: Json, user_id: str) -> None:
        self._core = core
        self._world = core.world
        self._blobs = blobs
        self.channel = channel
        self.user_id = user_id
        self._resolved: Json = {}

    async def data(self, name: str, given: Json, focused: str | None, target: str | None) -> Json:
        """Return the interaction data of ``name`` ("group sub" for a subcommand).

        ``focused`` names the option being typed (autocomplete): then nothing is required and the rest is
        not checked. Raises PeopleError 404 for an unknown command, 403 for a forbidden one, 400 for options.
        """
        path = name.split(" ")
        command = self._command(name if target else path[0])
        self._check_allowed(command)
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        if target is not None:
            self._resolve(USER if command["type"] == USER_COMMAND else None, target)
            data["target_id"] = target
        else:
            options = await self._options(command.get("options", []), path[1:], given, focused)
            if options:
                data["options"] = options
        return data | ({"resolved": self._resolved} if self._resolved else {})

    def _command(self, name: str) -> Json:
        for command in self._world.commands.values():
            if command["name"] == name:
                return command
        raise PeopleError(404, f"the bot has not registered /{name}")

    def _check_allowed(self, command: Json) -> None:
        if self.channel["type"] == objects.DM:
            contexts = command.get("contexts")
            if not (command["dm_permission"] if contexts is None else BOT_DM in contexts):
                raise PeopleError(403, f"/{command['name']} is not offered in direct messages")
            return
        contexts = command.get("contexts")
        if contexts is not None and 0 not in contexts:
            raise PeopleError(403, f"/{command['name']} is not offered in guilds")
        guild = self._world.guild(self.channel["guild_id"])
        is_thread = self.channel["type"] in objects.THREADS
        source = self._world.channel(self.channel["parent_id"]) if is_thread else self.channel
        if not guild.allows_command(command, self._world.bot_id, source, self.user_id):
            raise PeopleError(403, f"this person may not use /{command['name']}")

    async def _options(
        self, options: list[Json], path: list[str], given: Json, focused: str | None
    ) -> list[Json]:
        nested = [option for option in options if option["type"] in {SUBCOMMAND, GROUP}]
        if nested:
            chosen = next((option for option in nested if path and option["name"] == path[0]), None)
            if chosen is None:
                raise PeopleError(404, f"there is no such subcommand: {' '.join(path) or '(none named)'}")
            inner = await self._options(chosen.get("options", []), path[1:], given, focused)
            return [{"name": chosen["name"], "type": chosen["type"], "options": inner}]
        if path:
            raise PeopleError(404, f"there is no such subcommand: {' '.join(path)}")
        if unknown := set(given) - {option["name"] for option in options}:
            raise PeopleError(400, f"there is no option {', '.join(sorted(unknown))}")
        found: list[Json] = []
        for option in options:
            value = given.get(option["name"])
            if value is None and focused != option["name"]:
                if option.get("required") and focused is None:
                    raise PeopleError(400, f"{option['name']} is required")
                continue
            entry: Json = {"name": option["name"], "type": option["type"]}
            if focused == option["name"]:
                found.append(entry | {"value": "" if value is None else value, "focused": True})
            else:
                found.append(entry | {"value": await self._value(option, value)})
        return found

    async def _value(self, option: Json, value: Any) -> Any:  # noqa: ANN401 - JSON of the option's type
        kind, name = option["type"], option["name"]
        if kind == ATTACHMENT:
            return await self._upload(value)
        types = {INTEGER: (int,), NUMBER: (int, float), BOOLEAN: (bool,)}.get(kind, (str,))
        if not isinstance(value, types) or (isinstance(value, bool) and kind != BOOLEAN):
            raise PeopleError(400, f"{name} must be {' or '.join(entry.__name__ for entry in types)}")
        if option.get("choices") and value not in [choice["value"] for choice in option["choices"]]:
            raise PeopleError(400, f"{name} must be one of its choices")
        unit = "length" if kind == STRING else "value"
        if kind in {STRING, INTEGER, NUMBER}:
            measure = len(str(value)) if kind == STRING else value
            low, high = option.get(f"min_{unit}"), option.get(f"max_{unit}")
            if (low is not None and measure < low) or (high is not None and measure > high):
                raise PeopleError(400, f"{name} must lie between {low} and {high} ({unit})")
        elif kind != BOOLEAN:
            self._resolve(kind, str(value))
            if kind == CHANNEL and self._world.channel(str(value))["type"] not in option.get(
                "channel_types", range(99)
            ):
                raise PeopleError(400, f"{name} must be a channel of another type")
        return value

    async def _upload(self, value: object) -> str:
        upload = read_file(value)
        attachment_id = self._world.new_id()
        await self._blobs.save(attachment_id, upload.data)
        filename = safe_filename(upload.filename)
        place = f"/ephemeral-attachments/{self._world.bot_id}/{attachment_id}/{quote(filename)}"
        url = self._world.base_url + place
        self._resolved.setdefault("attachments", {})[attachment_id] = {
            "id": attachment_id,
            "filename": filename,
            "size": len(upload.data),
            "url": url,
            "proxy_url": url,
            "content_type": upload.content_type,
            "ephemeral": True,
        }
        return attachment_id

    def _resolve(self, kind: int | None, value: str) -> None:
        """Add the object that an id means; raises PeopleError 400 when there is none of that kind."""
        world = self._world
        guild = world.guilds.get(self.channel.get("guild_id", ""))
        if kind is None:
            message = self._core.find_message(self.channel["id"], value)
            self._resolved.setdefault("messages", {})[value] = render.message(world, message, world.bot_id)
        elif kind in {USER, MENTIONABLE} and value in world.users:
            self._resolved.setdefault("users", {})[value] = world.users[value]
            if guild is not None and value in guild.members:
                member = render.member_partial(guild.members[value])
                held = world.permissions(self.channel, value)
                self._resolved.setdefault("members", {})[value] = member | {"permissions": str(held)}
        elif kind in {ROLE, MENTIONABLE} and guild is not None and value in guild.roles:
            self._resolved.setdefault("roles", {})[value] = guild.roles[value]
        elif (
            kind == CHANNEL
            and guild is not None
            and world.channels.get(value, {}).get("guild_id") == guild.id
        ):
            partial = render.partial_channel(world, world.channels[value], self.user_id)
            self._resolved.setdefault("channels", {})[value] = partial
        else:
            raise PeopleError(400, f"there is no {value} of that kind here")

    def selected(self, component: Json, values: object) -> Json:
        """Return ``values`` and ``resolved`` of a select menu; raises PeopleError 400."""
        if not isinstance(values, list) or not all(
            isinstance(value, str) for value in cast("list[object]", values)
        ):
            raise PeopleError(400, "values must be a list of strings")
        chosen = cast("list[str]", values)
        if not component["min_values"] <= len(chosen) <= component["max_values"]:
            raise PeopleError(400, f"choose {component['min_values']} to {component['max_values']} values")
        if component["type"] in _SELECT_RESOLVES:
            for value in chosen:
                self._resolve(_SELECT_RESOLVES[component["type"]], value)
            return {"values": chosen, "resolved": self._resolved}
        if set(chosen) - {option["value"] for option in component["options"]}:
            raise PeopleError(400, "values must be among the menu's options")
        return {"values": chosen}
