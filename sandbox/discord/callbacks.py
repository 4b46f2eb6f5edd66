"""The bot's answers to an interaction: the call back, the original response, follow-ups.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sandbox.discord import objects, render
from sandbox.discord.components import check_modal
from sandbox.discord.errors import ApiError, unknown
from sandbox.discord.form import Form
from sandbox.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, qualified_name
from sandbox.discord.messages import EPHEMERAL, LOADING, reference
from sandbox.discord.uploads import Body

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.interactions import Interaction, Interactions
    from sandbox.discord.messages import Messages
    from sandbox.discord.wire import Json

MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9

_ALLOWED: dict[int, frozenset[int]] = {
    COMMAND: frozenset({MESSAGE, DEFERRED_MESSAGE, MODAL}),
    COMPONENT: frozenset({MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL}),
    AUTOCOMPLETE: frozenset({CHOICES}),
    MODAL_SUBMIT: frozenset({MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE}),
}


class Callbacks:
    """Carries out what the bot answers."""

    def __init__(self, core: Core, interactions: Interactions, messages: Messages) -> None:
        self._core = core
        self._interactions = interactions
        self._messages = messages

    async def acknowledge(self, interaction: Interaction, body: Body) -> Json:
        """Carry out a call back and return Discord's interaction callback object; raises ApiError."""
        kind = body.json.get("type")
        allowed = _ALLOWED[interaction.kind]
        if interaction.source is None:
            allowed = allowed - {DEFERRED_UPDATE, UPDATE}
        form = Form()
        form.choice(kind, ("type",), allowed)
        form.check()
        raw: Any = body.json.get("data")
        data = Body(cast("Json", raw) if isinstance(raw, dict) else {}, body.files)
        resource: Json | None = None
        if kind in {MESSAGE, DEFERRED_MESSAGE}:
            resource = await self._respond(interaction, data, loading=kind == DEFERRED_MESSAGE)
        elif kind in {UPDATE, DEFERRED_UPDATE}:
            resource = await self._update(interaction, data if kind == UPDATE else None)
        elif kind == CHOICES:
            self._suggest(interaction, data.json)
        else:
            self._open(interaction, data.json)
        self._interactions.changed(interaction)
        return self._result(interaction, cast("int", kind), resource)

    async def _respond(self, interaction: Interaction, data: Body, *, loading: bool) -> Json:
        interaction.ephemeral = _ephemeral(data)
        original = await self._create(interaction, data, ephemeral=interaction.ephemeral, loading=loading)
        interaction.original = original
        self._interactions.settle(interaction, "deferred" if loading else "answered")
        return original

    async def _create(self, interaction: Interaction, data: Body, *, ephemeral: bool, loading: bool) -> Json:
        world = self._core.world
        extra: Json = {
            "application_id": world.bot_id,
            "webhook_id": world.bot_id,
            "interaction_metadata": interaction.metadata,
        }
        answered = interaction.source if interaction.original is None else interaction.original
        if interaction.kind == COMMAND and interaction.original is None:
            command = interaction.data
            chat_input = command["type"] == 1
            extra["type"] = objects.CHAT_INPUT_COMMAND if chat_input else objects.CONTEXT_MENU_COMMAND
            user = world.users[interaction.user_id]
            extra["interaction"] = {
                "id": interaction.id,
                "type": COMMAND,
                "name": qualified_name(command),
                "user": user,
            }
        elif answered is not None:
            extra |= {"type": objects.REPLY, "message_reference": reference(interaction.channel, answered)}
        if interaction.original is not None:
            extra["interaction_metadata"] = interaction.metadata | {
                "original_response_message_id": interaction.original["id"]
            }
        message = await self._messages.create(
            interaction.channel,
            world.bot_id,
            data,
            reader=interaction.user_id if ephemeral else None,
            extra=extra,
            loading=loading,
        )
        interaction.messages.append(message)
        return message

    async def _update(self, interaction: Interaction, data: Body | None) -> Json:
        source = cast("Json", interaction.source)
        if data is not None:
            await self._messages.edit(source, data)
        interaction.original = source
        self._interactions.settle(interaction, "answered")
        return source

    def _suggest(self, interaction: Interaction, data: Json) -> None:
        form = Form()
        choices = form.objects(data.get("choices"), ("data", "choices"), high=25)
        for index, choice in enumerate(choices):
            where = ("data", "choices", index)
            form.text(choice.get("name"), (*where, "name"), low=1, high=100, required=True)
            if isinstance(choice.get("value"), str):
                form.text(choice["value"], (*where, "value"), high=100)
            elif choice.get("value") is None:
                form.required((*where, "value"))
        form.check()
        self._interactions.settle(interaction, "answered")
        if not interaction.choices.done():
            interaction.choices.set_result(choices)

    def _open(self, interaction: Interaction, data: Json) -> None:
        form = Form()
        interaction.modal = check_modal(form, data)
        form.check()
        self._interactions.settle(interaction, "answered")

    def _result(self, interaction: Interaction, kind: int, resource: Json | None) -> Json:
        found: Json = {
            "id": interaction.id,
            "type": interaction.kind,
            "channel_id": interaction.channel["id"],
        }
        if "guild_id" in interaction.channel:
            found["guild_id"] = interaction.channel["guild_id"]
        result: Json = {"interaction": found}
        if resource is not None:
            found |= {
                "response_message_id": resource["id"],
                "response_message_loading": bool(resource["flags"] & LOADING),
                "response_message_ephemeral": bool(resource["flags"] & EPHEMERAL),
            }
        if resource is not None and kind in {MESSAGE, DEFERRED_MESSAGE, UPDATE}:
            shown = UPDATE if kind == UPDATE else MESSAGE
            result["resource"] = {"type": shown, "message": self._view(resource)}
        return result

    def _view(self, message: Json) -> Json:
        return render.message(self._core.world, message, self._core.world.bot_id)

    async def follow_up(self, interaction: Interaction, body: Body) -> Json:
        """Send a follow-up and return the message.

        The first one after a deferral fills the "is thinking" message, and keeps that message's visibility:
        https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
        """
        original = interaction.original
        if original is not None and original["flags"] & LOADING:
            return await self.edit(interaction, "@original", body)
        ephemeral = _ephemeral(body)
        message = await self._create(interaction, body, ephemeral=ephemeral, loading=False)
        if original is None:
            interaction.original = message
        self._interactions.changed(interaction)
        return self._view(message)

    def message(self, interaction: Interaction, message_id: str) -> Json:
        """Return the stored message that ``@original`` or an id means; raises ApiError 10008."""
        found = interaction.original
        if message_id != "@original":
            own = (message for message in interaction.messages if message["id"] == message_id)
            found = next(own, found if found is not None and found["id"] == message_id else None)
        if found is None:
            raise unknown("Message")
        return self._core.find_message(interaction.channel["id"], found["id"])

    def get(self, interaction: Interaction, message_id: str) -> Json:
        """Return a message of the interaction as the bot reads it."""
        return self._view(self.message(interaction, message_id))

    async def edit(self, interaction: Interaction, message_id: str, body: Body) -> Json:
        """Edit a message of the interaction and return it; a deferral is answered by it."""
        message = await self._messages.edit(self.message(interaction, message_id), body)
        if message is interaction.original and interaction.state == "deferred":
            interaction.state = "answered"
        self._interactions.changed(interaction)
        return self._view(message)

    def delete(self, interaction: Interaction, message_id: str) -> None:
        """Delete a message of the interaction; raises ApiError 10008, or 50001 for one it does not own."""
        message = self.message(interaction, message_id)
        if message["author"]["id"] != self._core.world.bot_id:
            raise ApiError(403, 50001, "Missing Access")
        self._messages.delete(message)
        if interaction.state == "deferred":
            interaction.state = "answered"
        interaction.messages[:] = [kept for kept in interaction.messages if kept["id"] != message["id"]]
        self._interactions.changed(interaction)


def _ephemeral(body: Body) -> bool:
    form = Form()
    flags = form.integer(body.json.get("flags"), ("flags",), low=0, high=2**31 - 1, default=0)
    form.check()
    return bool(flags & EPHEMERAL)
