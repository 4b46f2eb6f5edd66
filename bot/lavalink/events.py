"""What a player tells the rest of the bot: events dispatched on the client, for cogs to listen to.

Each has the player as its first argument:

* ``music_track_start(player, track)``: a track plays; once per playing, not again when it is restored
* ``music_track_replaced(player, track, fallback)``: it failed, and the song is played from another source
* ``music_track_failed(player, track, reason)``: it could not be played; the source's words, or None
* ``music_track_stuck(player, track)``: its audio stopped arriving
* ``music_stream_ended(player, track)``: a live stream ended by itself, and not because of a failure
* ``music_too_many_failures(player, failures)``: so many tracks in a row failed that the player stopped
* ``music_queue_end(player)``: the last track has ended, or was skipped
* ``music_changed(player)``: the queue or the way it is played is another now
* ``music_player_end(player)``: it has left the voice channel
* ``music_auto_pause(player, reason, active)``: a pause reason (`PauseReason`) began, or ended
* ``music_voice_lost(player, close_code)``: its voice connection kept breaking, and it is about to leave;
  Discord's last close code, or None where it gave none
* ``music_interrupted(player)``: for a while no node can play; the music goes on as soon as one can
* ``music_restored(player)``: it does, after such an interruption
* ``music_idle(player, idleness)``: nobody has listened, or nothing has played, for a while
"""

from __future__ import annotations

from typing import Protocol


class Dispatch(Protocol):
    """Dispatches an event of one player, which is its first argument."""

    def __call__(self, event: str, /, *args: object) -> None:
        """Dispatch ``event``, e.g. ``music_track_start``, with what follows the player."""
        ...
