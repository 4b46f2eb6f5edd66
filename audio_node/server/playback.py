"""The port between the protocol and what plays: one guild's player, as a client's requests see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audio_node.track import Track

Json: TypeAlias = "dict[str, object]"


@dataclass(frozen=True, slots=True)
class VoiceState:
    """What Discord told the bot about the voice connection."""

    token: str
    endpoint: str
    session_id: str
    channel_id: str

    def as_json(self) -> Json:
        """Return the JSON of Lavalink's voice state."""
        return {
            "token": self.token,
            "endpoint": self.endpoint,
            "sessionId": self.session_id,
            "channelId": self.channel_id,
        }


class Playback(Protocol):
    """Plays one track at a time for one guild; times in milliseconds."""

    @property
    def track(self) -> Track | None:
        """Return what plays."""
        ...

    @property
    def voice(self) -> VoiceState | None:
        """Return the voice state given last."""
        ...

    @property
    def connected(self) -> bool:
        """Whether there is a voice connection."""
        ...

    def connect(self, voice: VoiceState) -> None:
        """Connect to a voice server, instead of the one before."""
        ...

    def play(
        self, track: Track, *, position: int | None, end_time: int | None, user_data: Json | None
    ) -> None:
        """Play ``track`` instead of what plays."""
        ...

    def stop(self) -> None:
        """End what plays."""
        ...

    def pause(self, *, paused: bool) -> None:
        """Pause, or go on."""
        ...

    def seek(self, position: int) -> None:
        """Go to another position in the track."""
        ...

    def set_volume(self, volume: int) -> None:
        """Change the volume, in percent, 0 to 1000."""
        ...

    def set_end_time(self, end_time: int | None) -> None:
        """Let the track finish there, or at its end."""
        ...

    def set_user_data(self, user_data: Json) -> None:
        """Keep the client's own data with the track."""
        ...

    def set_filters(self, filters: Mapping[str, object]) -> None:
        """Put these filters in place of those before."""
        ...

    def as_json(self) -> Json:
        """Return Lavalink's player (https://lavalink.dev/api/rest.html#player)."""
        ...

    def send_update(self) -> None:
        """Tell the client where the player is."""
        ...

    def destroy(self) -> None:
        """End the track and the voice connection."""
        ...
