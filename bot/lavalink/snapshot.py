"""What a restart of the bot must not lose of one guild's music, and its form in JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.lavalink.music_queue import Loop
from bot.lavalink.position import Anchor
from bot.lavalink.tracks import track_from_json, track_to_json, without_requester

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.lavalink.effects import FilterPayload
    from bot.lavalink.tracks import Track
    from bot.storage.json_value import Json

_STORED_NAMES = {"started": "heard"}
"""Fields that were stored under another name in the first release, which is kept."""
_FIELD_NAMES = {stored: name for name, stored in _STORED_NAMES.items()}


class Songs(NamedTuple):
    """The queue: long, and changed seldom."""

    current: Track | None
    upcoming: tuple[Track, ...]
    history: tuple[Track, ...]
    """Latest first."""

    @property
    def all(self) -> Sequence[Track]:
        """Every song."""
        return (*((self.current,) if self.current else ()), *self.upcoming, *self.history)

    def without_requester(self, user_id: int) -> Songs:
        """Return the same with every song that this person asked for as nobody's."""
        current = without_requester(self.current, user_id) if self.current else None
        upcoming, history = (
            tuple(without_requester(track, user_id) for track in songs)
            for songs in (self.upcoming, self.history)
        )
        return Songs(current, upcoming, history)

    def dump(self) -> str:
        """Return it as JSON; takes some milliseconds for thousands of songs."""
        current = () if self.current is None else (self.current,)
        groups = {"current": current, "upcoming": self.upcoming, "history": self.history}
        return json.dumps({name: [track_to_json(track) for track in songs] for name, songs in groups.items()})

    @classmethod
    def load(cls, text: str) -> Songs:
        """Return what `dump` wrote. Raises KeyError, TypeError or ValueError for anything else."""
        raw: dict[str, list[Json]] = json.loads(text)
        current, upcoming, history = (
            tuple(track for stored in raw[name] if (track := track_from_json(stored)))
            for name in ("current", "upcoming", "history")
        )
        return cls(current[0] if current else None, upcoming, history)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A player at one moment, or as much of it as another process can go on from."""

    songs: Songs
    saved_at: float
    """Seconds since the epoch."""
    channel_id: int
    text_channel_id: int | None
    node: str
    """URI of the node that played."""
    play_id: str | None
    started: bool
    """Whether the start of the current track was reported, and so logged, already."""
    position_ms: int
    anchor: Anchor
    paused: bool
    """By people; a pause because nobody listens is not kept."""
    volume: int
    loop: Loop
    stay: bool
    filters: FilterPayload

    def without_requester(self, user_id: int) -> Snapshot:
        """Return the same with every song that this person asked for as nobody's."""
        return replace(self, songs=self.songs.without_requester(user_id))

    def same_but_for_time(self, other: Snapshot | None) -> bool:
        """Return whether only the time of saving differs."""
        return other is not None and self == replace(other, saved_at=self.saved_at)

    def dump_status(self) -> str:
        """Return everything but the songs as JSON."""
        status = {
            _STORED_NAMES.get(field.name, field.name): getattr(self, field.name)
            for field in fields(self)
            if field.name != "songs"
        }
        return json.dumps(status | {"loop": self.loop.value})

    @classmethod
    def load(cls, status_text: str, songs_text: str) -> Snapshot:
        """Return what was dumped. Raises KeyError, TypeError or ValueError for anything else."""
        stored: dict[str, Any] = json.loads(status_text)
        status = {_FIELD_NAMES.get(name, name): value for name, value in stored.items()}
        loop, anchor = Loop(status.pop("loop")), Anchor(*status.pop("anchor"))
        return cls(songs=Songs.load(songs_text), loop=loop, anchor=anchor, **status)
