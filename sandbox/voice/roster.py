"""Who is in which voice channel, by what Discord said, and so who may connect."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.voice_server import VoiceMember


class Roster:
    """Everybody in voice: a user is in one channel of a guild at most."""

    def __init__(self) -> None:
        self._members: dict[tuple[str, str], VoiceMember] = {}

    def __iter__(self) -> Iterator[VoiceMember]:
        return iter(list(self._members.values()))

    def place(self, member: VoiceMember) -> VoiceMember | None:
        """Note a member; returns what was known of them before."""
        key = (member.guild_id, member.user_id)
        old = self._members.get(key)
        self._members[key] = member
        return old

    def remove(self, guild_id: str, user_id: str) -> VoiceMember | None:
        """Forget a member; returns what was known of them."""
        return self._members.pop((guild_id, user_id), None)

    def find(self, guild_id: str, user_id: str) -> VoiceMember | None:
        """Return a member."""
        return self._members.get((guild_id, user_id))

    def has_guild(self, guild_id: str) -> bool:
        """Tell whether anybody is in voice there."""
        return any(member.guild_id == guild_id for member in self)
