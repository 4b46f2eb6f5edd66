"""The sessions of a node: opened by a client's websocket, resumed by the next, forgotten after that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from audio_node.server.playback import Json, Playback
from audio_node.server.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = TypeVar("P", bound=Playback)
P_co = TypeVar("P_co", bound=Playback, covariant=True)


class NewPlayer(Protocol[P_co]):
    """Makes players."""

    def __call__(self, guild_id: str, user_id: str, send: Callable[[Json], None], /) -> P_co:
        """Return the player of a guild for the bot ``user_id``, whose messages go to ``send``."""
        ...


class Sessions(Generic[P]):
    """Every session by its id; ``stats`` are sent to each of them every ``stats_interval`` seconds."""

    def __init__(
        self, new_player: NewPlayer[P], *, stats: Callable[[], Json], stats_interval: float = 60.0
    ) -> None:
        self._sessions: dict[str, Session[P]] = {}
        self._new_player = new_player
        self._stats = stats
        self._stats_interval = stats_interval

    def __iter__(self) -> Iterator[Session[P]]:
        return iter(list(self._sessions.values()))

    @property
    def players(self) -> list[P]:
        """Return every player of every session."""
        return [player for session in self for player in session.players.values()]

    def get(self, session_id: str) -> Session[P] | None:
        """Return the session of this id if its client is here: those that wait are not seen by requests."""
        session = self._sessions.get(session_id)
        return None if session is None or session.is_waiting else session

    def waiting(self, session_id: str) -> Session[P] | None:
        """Return the session of this id if it waits for its client to come back."""
        session = self._sessions.get(session_id)
        return session if session is not None and session.is_waiting else None

    def open(self, user_id: str) -> Session[P]:
        """Open a session for the bot ``user_id``."""
        session = Session(
            user_id,
            new_player=lambda guild_id, send: self._new_player(guild_id, user_id, send),
            stats=self._stats,
            stats_interval=self._stats_interval,
            expired=self._forget,
        )
        self._sessions[session.id] = session
        return session

    def close(self) -> None:
        """End every session with its players."""
        for session in self:
            self._forget(session)

    def _forget(self, session: Session[P]) -> None:
        self._sessions.pop(session.id, None)
        session.close()
