"""A bare Lavalink v4 client: requests, messages, and a record of both. https://lavalink.dev/api"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

PATIENCE = 60.0
USER_ID, GUILD_ID = "900000000000000001", "900000000000000002"


@dataclass
class LavalinkClient:
    """One session on the node at ``url``; ``messages`` holds everything it has said."""

    url: str
    password: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[str, Any]] = field(default_factory=list)
    """Each answer's body, with the name that Lavalink's documentation gives it."""
    session_id: str = ""

    async def __aenter__(self) -> LavalinkClient:
        self._http = aiohttp.ClientSession(headers={"Authorization": self.password})
        self._news = asyncio.Event()
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.drop()
        await self._http.close()

    async def connect(self, session_id: str | None = None) -> dict[str, Any]:
        """Open the websocket, for a session of before if one is named; return ``ready``."""
        headers = {"User-Id": USER_ID, "Client-Name": "contract/1.0"}
        if session_id:
            headers["Session-Id"] = session_id
        self._socket = await self._http.ws_connect(f"{self.url}/v4/websocket", headers=headers)
        self._reader = asyncio.create_task(self._read(self._socket))
        known = len(self.messages)
        ready = await self.hear(lambda message: message["op"] == "ready", after=known)
        self.session_id = ready["sessionId"]
        return ready

    async def drop(self) -> None:
        """Close the websocket."""
        await self._socket.close()
        await self._reader

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self.messages.append(message.json())
            self._news.set()

    async def hear(self, wanted: Callable[[dict[str, Any]], object], after: int = 0) -> dict[str, Any]:
        """Return the first message that fits, of those after the first ``after``; wait for it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._news.clear()
                for message in self.messages[after:]:
                    if wanted(message):
                        return message
                await self._news.wait()

    async def event(self, kind: str, after: int = 0) -> dict[str, Any]:
        """Return the first event of a kind, e.g. ``TrackStartEvent``."""
        return await self.hear(lambda message: message.get("type") == kind, after)

    async def request(self, method: str, path: str, body: object = None, **query: str) -> tuple[int, Any]:
        """Send a request; return the status and the JSON or text."""
        async with self._http.request(method, self.url + path, json=body, params=query) as answer:
            is_json = "json" in answer.content_type
            return answer.status, await (answer.json() if is_json else answer.text())

    async def load(self, identifier: str) -> dict[str, Any]:
        """Load an identifier; return the LoadResult."""
        status, result = await self.request("GET", "/v4/loadtracks", identifier=identifier)
        assert status == 200, result
        self.answers.append(("LoadResult", result))
        return result

    async def update(self, **body: object) -> dict[str, Any]:
        """PATCH the player; return it."""
        status, player = await self.request("PATCH", self.player_path, body)
        assert status == 200, player
        self.answers.append(("Player", player))
        return player

    async def player(self) -> dict[str, Any] | None:
        """Return the player, or None where there is none."""
        status, player = await self.request("GET", self.player_path)
        return player if status == 200 else None

    @property
    def player_path(self) -> str:
        """Path of this session's only player."""
        return f"/v4/sessions/{self.session_id}/players/{GUILD_ID}"
