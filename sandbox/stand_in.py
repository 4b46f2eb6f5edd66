"""What the launcher needs of every stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web


class StandIn(Protocol):
    """A service that speaks a real one's protocol on loopback."""

    name: str
    """``discord``, ``gemini``, ``lavalink`` or ``supabase``; control routes are under ``/sandbox/<name>``."""

    async def start(self) -> None:
        """Listen; returns when requests are answered."""
        ...

    async def close(self) -> None:
        """Stop listening and end everything that was started."""
        ...

    def environment(self) -> Mapping[str, str]:
        """Return the bot's settings (and other environment variables) that point it here; after start()."""
        ...

    def info(self) -> Mapping[str, object]:
        """Return addresses, ports and keys for people and tests, ready for JSON; after start()."""
        ...

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of its fault switches, relative to ``/sandbox/<name>``."""
        ...
