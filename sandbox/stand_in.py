"""What the launcher needs of what it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web


class Part(Protocol):
    """Something that the launcher starts, stops and shows."""

    name: str
    """``discord``, ``gemini``, ``bot`` …; control routes are under ``/sandbox/<name>``."""

    async def start(self) -> None:
        """Start; a server answers requests when this returns."""
        ...

    async def close(self) -> None:
        """End everything that was started."""
        ...

    def info(self) -> Mapping[str, object]:
        """Return addresses, ports and keys for people and tests, ready for JSON; after start()."""
        ...

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of its switches, relative to ``/sandbox/<name>``."""
        ...


class StandIn(Part, Protocol):
    """A service that speaks a real one's protocol on loopback."""

    def environment(self) -> Mapping[str, str]:
        """Return the bot's settings (and other environment variables) that point it here; after start()."""
        ...
