"""What Discord needs of its voice server: who may connect to it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceMember:
    """Somebody in a voice channel: what VOICE_STATE_UPDATE and VOICE_SERVER_UPDATE told them."""

    guild_id: str
    channel_id: str
    user_id: str
    session_id: str
    token: str
    person: bool = False
    """The sandbox is their Discord client, until one of their own identifies."""
    silenced: bool = False
    """Muted, or in the audience of a stage: what they send reaches nobody."""
    stage: bool = False
    """The channel is a stage, which has no end-to-end encryption."""


class VoiceServer(Protocol):
    """The server that VOICE_SERVER_UPDATE names."""

    @property
    def endpoint(self) -> str:
        """Return ``host:port``, as VOICE_SERVER_UPDATE has it."""
        ...

    def place(self, member: VoiceMember) -> None:
        """Let somebody in, or note what changed; a connection with an older token or session ends."""
        ...

    def remove(self, guild_id: str, user_id: str, *, call_ended: bool = False) -> None:
        """Disconnect somebody who left; ``call_ended``: the whole channel is gone."""
        ...

    def on_move(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` when the endpoint has changed, so that everybody is told the new one."""
        ...
