"""Whether anybody hears the music: pausing for nobody, and leaving after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.lavalink.idle import IdleCountdown, Idleness

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.lavalink.playback import Playback
    from bot.lavalink.timings import Timings
    from bot.lavalink.voice_connection import VoiceConnection


class Presence:
    """Pauses while nobody listens, and reports when the channel has no use for the bot any more."""

    def __init__(
        self,
        voice: VoiceConnection,
        playback: Playback,
        *,
        timings: Timings,
        on_idle: Callable[[Idleness], None],
    ) -> None:
        self.stay = False
        """Whether the bot stays, and plays on, though nobody listens and nothing plays (24/7)."""
        self._voice = voice
        self._playback = playback
        self._countdown = IdleCountdown(timings, on_idle)

    def watch(self) -> None:
        """Pause while nobody listens, and count down to leaving; called when anything about that changed."""
        alone = self._voice.listeners == 0
        self._playback.set_pause_reason("alone", active=alone and not self.stay)
        silent: Idleness | None = "silent" if self._playback.play_id is None else None
        self._countdown.watch(None if self.stay else "alone" if alone else silent)

    def end(self) -> None:
        """Count down no more."""
        self._countdown.stop()
