"""Interactions: sending them to the bot, and the states its answers bring them to.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
import collections
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sandbox.discord import objects, render
from sandbox.discord.command_form import GROUP, SUBCOMMAND
from sandbox.discord.errors import ApiError, unknown

if TYPE_CHECKING:
    from sandbox.discord.core import Core
    from sandbox.discord.wire import Json

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
ACKNOWLEDGE_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60
KEPT = 2_000
"""Interactions that people can still look up."""

State = Literal["pending", "deferred", "answered", "failed"]


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One act of a person that the bot answers."""

    id: str
    token: str
    kind: int
    user_id: str
    channel: Json
    data: Json
    created: float
    """Loop time."""
    source: Json | None = None
    """The message whose component was used."""
    metadata: Json = field(default_factory=dict[str, "Json"])
    state: State = "pending"
    ephemeral: bool = False
    original: Json | None = None
    """The message that ``@original`` means."""
    messages: list[Json] = field(default_factory=list["Json"])
    """The response and follow-ups that this interaction made."""
    modal: Json | None = None
    choices: asyncio.Future[list[Json]]
    """What autocomplete answered."""
    timeout: asyncio.TimerHandle | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the bot has called back."""
        return self.state in {"deferred", "answered"}


def qualified_name(data: Json) -> str:
    """Return the name of an invoked command with those of its group and subcommand.

    https://discord.com/developers/docs/interactions/receiving-and-responding#message-interaction-object
    """
    names, options = [data["name"]], data.get("options", [])
    while options and options[0]["type"] in {SUBCOMMAND, GROUP}:
        names.append(options[0]["name"])
        options = options[0].get("options", [])
    return " ".join(names)


class Interactions:
    """Every interaction of this run, by id and by token."""

    def __init__(self, core: Core, acknowledge_seconds: float) -> None:
        self._core = core
        self._acknowledge_seconds = acknowledge_seconds
        self._by_id: collections.OrderedDict[str, Interaction] = collections.OrderedDict()
        self._by_token: dict[str, Interaction] = {}

    def begin(
        self,
        kind: int,
        user_id: str,
        channel: Json,
        data: Json,
        *,
        locale: str,
        source: Json | None = None,
        metadata: Json | None = None,
    ) -> Interaction:
        """Send an interaction to the bot and start its three seconds."""
        loop = asyncio.get_running_loop()
        interaction = Interaction(
            id=self._core.world.new_id(),
            token=self._core.secret(),
            kind=kind,
            user_id=user_id,
            channel=channel,
            data=data,
            created=loop.time(),
            source=source,
            choices=loop.create_future(),
        )
        interaction.metadata = self._metadata(interaction, metadata)
        self._by_id[interaction.id] = self._by_token[interaction.token] = interaction
        if len(self._by_id) > KEPT:
            _, old = self._by_id.popitem(last=False)
            self._by_token.pop(old.token, None)
        interaction.timeout = loop.call_later(self._acknowledge_seconds, self._fail, interaction)
        payload = self._payload(interaction, locale)
        self._core.dispatch("INTERACTION_CREATE", payload, channel.get("guild_id"))
        return interaction

    def _metadata(self, interaction: Interaction, triggering: Json | None) -> Json:
        """Return ``interaction_metadata`` for the messages that answer it."""
        metadata: Json = {
            "id": interaction.id,
            "type": interaction.kind,
            "user": self._core.world.users[interaction.user_id],
            "authorizing_integration_owners": self._owners(interaction.channel),
        }
        if interaction.kind == COMPONENT and interaction.source is not None:
            metadata["interacted_message_id"] = interaction.source["id"]
        if interaction.kind == MODAL_SUBMIT and triggering is not None:
            metadata["triggering_interaction_metadata"] = triggering
        if interaction.kind == COMMAND:
            metadata |= {"name": qualified_name(interaction.data), "command_type": interaction.data["type"]}
        return metadata

    def _owners(self, channel: Json) -> Json:
        return {"0": channel.get("guild_id", "0")}

    def _payload(self, interaction: Interaction, locale: str) -> Json:
        world, channel = self._core.world, interaction.channel
        payload: Json = {
            "version": 1,
            "id": interaction.id,
            "application_id": world.bot_id,
            "type": interaction.kind,
            "token": interaction.token,
            "data": interaction.data,
            "channel_id": channel["id"],
            "channel": render.partial_channel(world, channel, interaction.user_id),
            "app_permissions": str(world.permissions(channel, world.bot_id)),
            "locale": locale,
            "entitlements": [],
            "authorizing_integration_owners": self._owners(channel),
            "context": 1 if channel["type"] == objects.DM else 0,
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if interaction.source is not None:
            payload["message"] = render.message(world, interaction.source, world.bot_id)
        if channel["type"] == objects.DM:
            return payload | {"user": world.users[interaction.user_id]}
        guild = world.guilds[channel["guild_id"]]
        preferred = guild.data["preferred_locale"]
        permissions = world.permissions(channel, interaction.user_id)
        return payload | {
            "guild_id": guild.id,
            "guild": {"id": guild.id, "locale": preferred, "features": guild.data["features"]},
            "guild_locale": preferred,
            "member": render.interaction_member(
                world, guild, guild.members[interaction.user_id], permissions
            ),
        }

    def _fail(self, interaction: Interaction) -> None:
        if not interaction.acknowledged:
            interaction.state = "failed"
            if not interaction.choices.done():
                interaction.choices.set_result([])
            self.changed(interaction)

    def settle(self, interaction: Interaction, state: State) -> None:
        """Note the bot's call back, and stop the clock."""
        interaction.state = state
        if interaction.timeout is not None:
            interaction.timeout.cancel()

    def changed(self, interaction: Interaction) -> None:
        """Tell the person what became of an interaction."""
        self._core.events.add("interaction_update", self.view(interaction), user=interaction.user_id)

    def view(self, interaction: Interaction) -> Json:
        """Return what the people API shows of an interaction."""
        world = self._core.world
        view: Json = {
            "id": interaction.id,
            "type": interaction.kind,
            "user": interaction.user_id,
            "channel_id": interaction.channel["id"],
            "state": interaction.state,
            "ephemeral": interaction.ephemeral,
            "messages": [
                render.message(world, message, interaction.user_id) for message in interaction.messages
            ],
        }
        return view if interaction.modal is None else view | {"modal": interaction.modal}

    def find(self, interaction_id: str) -> Interaction:
        """Return an interaction for the people API; raises ApiError 10062."""
        if interaction_id not in self._by_id:
            raise unknown("interaction")
        return self._by_id[interaction_id]

    def for_callback(self, interaction_id: str, token: str) -> Interaction:
        """Return an interaction that may be acknowledged now; raises ApiError 10062 or 40060."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.state == "failed":
            raise unknown("interaction")
        if interaction.acknowledged:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        return interaction

    def for_webhook(self, application_id: str, token: str) -> Interaction:
        """Return an acknowledged interaction whose token is valid; raises ApiError 10015 or 50027."""
        interaction = self._by_token.get(token)
        if interaction is None or application_id != self._core.world.bot_id or not interaction.acknowledged:
            raise unknown("Webhook")
        if asyncio.get_running_loop().time() - interaction.created > TOKEN_SECONDS:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        return interaction

    def close(self) -> None:
        """Stop every clock."""
        for interaction in self._by_id.values():
            if interaction.timeout is not None:
                interaction.timeout.cancel()
