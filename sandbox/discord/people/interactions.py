"""People API: slash commands, autocomplete, components and modals, as the client sends them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from aiohttp import web

from sandbox.discord import objects
from sandbox.discord.components import SELECTS, walk
from sandbox.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT
from sandbox.discord.people.api import PREFIX, Fields, PeopleError
from sandbox.discord.people.command_call import CommandCall
from sandbox.discord.people.state import require
from sandbox.discord.permissions import USE_APPLICATION_COMMANDS
from sandbox.discord.wire import reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.core import Core
    from sandbox.discord.interactions import Interaction, Interactions
    from sandbox.discord.uploads import Blobs
    from sandbox.discord.wire import Json


class PeopleInteractionRoutes:
    """Serves ``/sandbox/interactions``."""

    def __init__(self, core: Core, interactions: Interactions, blobs: Blobs) -> None:
        self._core = core
        self._interactions = interactions
        self._blobs = blobs

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        base = f"{PREFIX}/interactions"
        return [
            web.post(f"{base}/command", self._command),
            web.post(f"{base}/autocomplete", self._autocomplete),
            web.post(f"{base}/component", self._component),
            web.post(f"{base}/modal", self._modal),
            web.get(f"{base}/{{interaction_id}}", self._get),
        ]

    async def _call(self, fields: Fields, focused: str | None) -> tuple[CommandCall, Json]:
        channel = require(self._core, fields.text("channel"), fields.text("user"))
        in_guild = channel["type"] != objects.DM
        held = self._core.world.permissions(channel, fields.text("user"))
        if in_guild and not held & USE_APPLICATION_COMMANDS:
            raise PeopleError(403, "this person may not use application commands here")
        call = CommandCall(self._core, self._blobs, channel, fields.text("user"))
        data = await call.data(
            fields.text("name"), fields.object("options"), focused, fields.optional("target")
        )
        return call, data

    async def _command(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        call, data = await self._call(fields, None)
        return self._begun(
            self._interactions.begin(
                COMMAND, call.user_id, call.channel, data, locale=fields.text("locale", "ja")
            )
        )

    async def _autocomplete(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        call, data = await self._call(fields, fields.text("focused"))
        locale = fields.text("locale", "ja")
        interaction = self._interactions.begin(AUTOCOMPLETE, call.user_id, call.channel, data, locale=locale)
        # Shielded: a client that goes away must not cancel what the bot is about to fill.
        return reply({"choices": await asyncio.shield(interaction.choices)})

    def _begun(self, interaction: Interaction) -> web.Response:
        return reply({"id": interaction.id, "token": interaction.token})

    async def _component(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        user_id, custom_id = fields.text("user"), fields.text("custom_id")
        channel = require(self._core, fields.text("channel"), user_id)
        message = self._core.find_message(channel["id"], fields.text("message"))
        if self._core.ephemeral_reader.get(message["id"], user_id) != user_id:
            raise PeopleError(403, "this person cannot see that message")
        component = _find(message["components"], custom_id)
        data: Json = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"]}
        if component["type"] in SELECTS:
            values = fields.raw.get("values")
            data |= CommandCall(self._core, self._blobs, channel, user_id).selected(component, values)
        return self._begun(
            self._interactions.begin(
                COMPONENT, user_id, channel, data, locale=fields.text("locale", "ja"), source=message
            )
        )

    async def _modal(self, request: web.Request) -> web.Response:
        fields = await Fields.of(request)
        opener = self._interactions.find(fields.text("interaction"))
        if opener.modal is None or opener.user_id != fields.text("user"):
            raise PeopleError(400, "that interaction opened no modal for this person")
        values = fields.object("values")
        known = {item.get("custom_id") for item in walk(opener.modal["components"])}
        if unknown := set(values) - known:
            raise PeopleError(400, f"the modal has no {', '.join(sorted(unknown))}")
        data: Json = {
            "custom_id": opener.modal["custom_id"],
            "components": [_filled(component, values) for component in opener.modal["components"]],
        }
        # The client closes a modal when it is sent: it cannot be sent twice.
        opener.modal = None
        return self._begun(
            self._interactions.begin(
                MODAL_SUBMIT,
                opener.user_id,
                opener.channel,
                data,
                locale=fields.text("locale", "ja"),
                source=opener.source,
                metadata=opener.metadata,
            )
        )

    async def _get(self, request: web.Request) -> web.Response:
        return reply(self._interactions.view(self._interactions.find(request.match_info["interaction_id"])))


def _find(components: list[Json], custom_id: str) -> Json:
    for component in walk(components):
        if component.get("custom_id") == custom_id:
            if component.get("disabled"):
                raise PeopleError(400, "the component is disabled")
            return component
    raise PeopleError(404, "the message has no such component")


def _filled(component: Json, values: Json) -> Json:
    """Return a modal's component as its submission carries it; raises PeopleError for missing input."""
    filled: Json = {"type": component["type"], "id": component["id"]}
    if "components" in component:
        filled["components"] = [_filled(child, values) for child in component["components"]]
    if "component" in component:
        filled["component"] = _filled(component["component"], values)
    if "custom_id" in component:
        filled["custom_id"] = component["custom_id"]
        filled |= _input(component, values.get(component["custom_id"], component.get("value")))
    return filled


def _input(component: Json, value: object) -> Json:
    required = component.get("required", True)
    if component["type"] in SELECTS:
        chosen = [str(item) for item in cast("list[object]", value)] if isinstance(value, list) else []
        if required and not chosen:
            raise PeopleError(400, f"{component['custom_id']} is required")
        return {"values": chosen}
    text = "" if value is None else str(value)
    low, high = component.get("min_length") or (1 if required else 0), component.get("max_length") or 4000
    if not low <= len(text) <= high and (required or text):
        raise PeopleError(400, f"{component['custom_id']} must have {low} to {high} characters")
    return {"value": text}
