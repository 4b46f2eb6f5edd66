"""Whether anybody hears the music: pausing for nobody, and leaving after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.lavalink.idle import IdleCountdown, Idleness
from bot.lavalink.playback import Playback

if TYPE_CHECKING:
    import discord

    from bot.lavalink.connection import Node
    from bot.lavalink.timings import Timings


class Presence(Playback):
    """Pauses while nobody can hear, and tells when the channel has no use for the bot any more."""

    def __init__(
        self, client: discord.Client, channel: discord.abc.Connectable, *, node: Node, timings: Timings
    ) -> None:
        super().__init__(client, channel, node=node, timings=timings)
        self._idle = IdleCountdown(timings, self._on_idle)
        self._stay = False

    @property
    def stay(self) -> bool:
        """Whether the bot stays, and plays on, though nobody listens and nothing plays (24/7)."""
        return self._stay

    @stay.setter
    def stay(self, value: bool) -> None:
        self._stay = value
        self._changed()
        self.watch_listeners()

    def watch_listeners(self) -> None:
        """Pause while nobody listens, and count down to leaving; called when anything about that changed."""
        if self.ended:
            return
        alone = self.listeners == 0
        self.hold("alone", held=alone and not self.stay)
        silent: Idleness | None = "silent" if self.play_id is None else None
        self._idle.watch(None if self.stay else "alone" if alone else silent)

    def on_silenced(self, *, silenced: bool) -> None:
        """Pause while Discord lets nobody hear the bot."""
        self.hold("silenced", held=silenced)

    def _on_idle(self, idleness: Idleness) -> None:
        self.client.dispatch("music_idle", self, idleness)

    def cleanup(self) -> None:
        """End what runs for this player."""
        self._idle.stop()
        super().cleanup()
