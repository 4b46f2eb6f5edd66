"""A server's choices for chat: channels, personas and a model. Kept in the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.storage.state import State

PERSONA_LIMIT = 1500
"""Characters."""
CHANNELS_LIMIT = 50
"""As many as fit into one message that lists them."""


class Preferences:
    """The choices of each server's administrators, kept across restarts."""

    def __init__(self, state: State) -> None:
        self._state = state

    def channels(self, guild_id: int) -> frozenset[int]:
        """Return the channels in which every message is answered."""
        saved = self._state.get(f"chat.channels.{guild_id}")
        channels = saved if isinstance(saved, list) else []
        return frozenset(channel for channel in channels if isinstance(channel, int))

    async def choose_channel(self, guild_id: int, channel_id: int, *, chosen: bool) -> None:
        """Answer every message of a channel from now on, or no longer."""
        channels = self.channels(guild_id)
        await self._save_channels(guild_id, channels | {channel_id} if chosen else channels - {channel_id})

    async def _save_channels(self, guild_id: int, channels: frozenset[int]) -> None:
        key = f"chat.channels.{guild_id}"
        if channels:
            await self._state.put(key, [*sorted(channels)])
        else:
            await self._state.delete(key)

    def persona(self, guild_id: int, *channel_ids: int | None) -> str:
        """Return the persona of the first of these channels that has one, else the server's, else ""."""
        for channel_id in (*channel_ids, None):
            persona = self._state.get(_persona_key(guild_id, channel_id))
            if isinstance(persona, str):
                return persona
        return ""

    async def set_persona(self, guild_id: int, channel_id: int | None, persona: str) -> None:
        """Set the persona of a channel, or of the whole server; "" removes it."""
        key = _persona_key(guild_id, channel_id)
        if persona:
            await self._state.put(key, persona)
        else:
            await self._state.delete(key)

    def chosen_channels(self, guild_id: int) -> frozenset[int]:
        """Return every channel for which something was chosen."""
        prefix = f"{_persona_key(guild_id, None)}."
        personas = (key.removeprefix(prefix) for key in self._state.keys(prefix))
        return self.channels(guild_id) | {int(channel_id) for channel_id in personas}

    async def forget_channel(self, guild_id: int, channel_id: int) -> None:
        """Forget what was chosen for a channel that is gone."""
        if channel_id in self.chosen_channels(guild_id):
            await self.choose_channel(guild_id, channel_id, chosen=False)
            await self.set_persona(guild_id, channel_id, "")

    async def forget_guild(self, guild_id: int) -> None:
        """Forget what was chosen in a server."""
        for channel_id in self.chosen_channels(guild_id):
            await self.forget_channel(guild_id, channel_id)
        await self.set_persona(guild_id, None, "")
        await self.choose_model(guild_id, None)

    def model(self, guild_id: int) -> str | None:
        """Return the model that was chosen, None for the configured one."""
        model = self._state.get(f"chat.model.{guild_id}")
        return model if isinstance(model, str) else None

    async def choose_model(self, guild_id: int, model: str | None) -> None:
        """Choose the model that answers in a server; None: the configured one."""
        key = f"chat.model.{guild_id}"
        if model is None:
            await self._state.delete(key)
        else:
            await self._state.put(key, model)


def _persona_key(guild_id: int, channel_id: int | None) -> str:
    return f"chat.persona.{guild_id}" + (f".{channel_id}" if channel_id else "")
