"""How long music waits for what, in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from bot.backoff import full_jitter


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Every waiting time of the package in one place; tests shorten them."""

    heartbeat: float = 2.5
    """Between websocket pings; a node that owes a pong for half as long again is lost."""
    request: float = 15.0
    """For a whole REST request: a source may take its time to find a song."""
    command: float = 0.4
    """That a command waits for a node; the request goes on without it."""
    voice: float = 5.0
    """For a request with a voice server, which a node answers once it is connected there, or never; and for
    deleting what it left unanswered."""
    connect: float = 3.0
    """For a TCP connection to a node."""
    ready: float = 10.0
    """From the websocket's handshake to Lavalink's ``ready``."""
    retry_first: float = 0.5
    retry_most: float = 5.0
    """Bounds of the back-off between attempts to connect."""
    ping: float = 10.0
    """Between measurements of the round trip."""
    measure: float = 3.0
    """For one of them."""
    restore: float = 1.0
    """Between attempts to restore interrupted players."""
    patience: float = 5.0
    """That an interruption may last before it is reported."""
    join: float = 10.0
    """For joining a voice channel."""
    voice_lost: float = 3.0
    """Without a voice connection until a new voice session is made."""
    fallback: float = 6.0
    """For finding another source of a song that failed."""
    stall: float = 20.0
    """That a track's position may not change before it is sent again, and again before it is given up."""
    save: float = 1.0
    """Between two looks at what has to be saved for a restart."""
    memory: float = 1800.0
    """After a restart, music that stopped longer ago than this is not recovered."""
    alone: float = 120.0
    """Until the bot leaves a channel where nobody listens."""
    idle: float = 300.0
    """Until the bot leaves a channel where nothing plays."""
    resume: int = 60
    """How long Lavalink keeps a session whose websocket is lost."""

    def pause(self, attempts: int) -> float:
        """Return how long to wait in seconds, after so many failed attempts before the last one."""
        return full_jitter(attempts, first=self.retry_first, most=self.retry_most)
