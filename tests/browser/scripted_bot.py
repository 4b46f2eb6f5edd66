"""A bot that does what a test says: a gateway session that collects interactions, and REST calls by hand."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.background_tasks import cancel_and_wait

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from sandbox.discord.stand_in import DiscordStandIn

INTENTS = 1 << 0 | 1 << 7 | 1 << 9 | 1 << 12 | 1 << 15
DISPATCH, HEARTBEAT, IDENTIFY, VOICE_STATE, HELLO = 0, 1, 2, 4, 10


class ScriptedBot:
    """The bot's side of a browser test; use as an async context manager."""

    def __init__(self, discord: DiscordStandIn) -> None:
        self._discord = discord
        self.id: str = discord.world.bot_id
        self.interactions: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._ready = asyncio.Event()

    async def __aenter__(self) -> ScriptedBot:
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bot {self._discord.token}"})
        self._socket = await self._session.ws_connect(self._discord.environment()["DISCORD_GATEWAY_URL"])
        self._reader = asyncio.create_task(self._read())
        await self._ready.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await cancel_and_wait(self._reader, self._heartbeats)
        await self._socket.close()
        await self._session.close()

    async def _read(self) -> None:
        async for frame in self._socket:
            payload = frame.json()
            if payload["op"] == HELLO:
                identity = {"token": self._discord.token, "intents": INTENTS, "properties": {}}
                await self._socket.send_json({"op": IDENTIFY, "d": identity})
                self._heartbeats = asyncio.create_task(self._beat(payload["d"]["heartbeat_interval"] / 1000))
            elif payload["op"] == DISPATCH and payload["t"] == "READY":
                self._ready.set()
            elif payload["op"] == DISPATCH and payload["t"] == "INTERACTION_CREATE":
                self.interactions.put_nowait(payload["d"])

    async def _beat(self, seconds: float) -> None:
        """Show that the connection lives: a test may take longer than a gateway waits for a silent client."""
        while True:
            await self._socket.send_json({"op": HEARTBEAT, "d": None})
            await asyncio.sleep(seconds)

    async def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Make a REST call and return its JSON (empty for 204); raises when it is refused."""
        url = f"{self._discord.url}/api/v10{path}"
        async with self._session.request(method, url, json=body) as response:
            answer = {} if response.status == 204 else await response.json()
            assert response.status < 400, answer
            return answer

    async def show(self, channel: str, filename: str, data: bytes, embed: Mapping[str, object]) -> None:
        """Send a file and an embed."""
        form = aiohttp.FormData()
        form.add_field("payload_json", json.dumps({"embeds": [embed]}), content_type="application/json")
        form.add_field("files[0]", data, filename=filename, content_type="application/octet-stream")
        url = f"{self._discord.url}/api/v10/channels/{channel}/messages"
        async with self._session.post(url, data=form) as response:
            assert response.status < 400, await response.text()

    async def say(self, channel: str, content: str = "", **rest: object) -> dict[str, Any]:
        """Send a message."""
        return await self.call("POST", f"/channels/{channel}/messages", {"content": content, **rest})

    async def register(self, *commands: Mapping[str, object]) -> None:
        """Register global commands."""
        await self.call("PUT", f"/applications/{self.id}/commands", commands)

    async def answer(self, interaction: Mapping[str, Any], kind: int, data: object = None) -> None:
        """Call back an interaction with a response type."""
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
        await self.call("POST", path, {"type": kind, "data": data})

    async def complete(self, interaction: Mapping[str, Any], data: object) -> None:
        """Edit the original response."""
        await self.call("PATCH", f"/webhooks/{self.id}/{interaction['token']}/messages/@original", data)

    async def join(self, guild: str, channel: str | None) -> None:
        """Join a voice channel, or leave."""
        await self._socket.send_json({"op": VOICE_STATE, "d": {"guild_id": guild, "channel_id": channel}})
