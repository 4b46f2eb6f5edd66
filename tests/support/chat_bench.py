"""Chat over real sockets: the real bot and SDK between the Discord and Gemini stand-ins, and their people."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import mimetypes
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar
from unittest.mock import create_autospec

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import discord_http
from bot.background_tasks import cancel_and_wait
from bot.client import Bot
from bot.config import load_settings
from bot.discord_connection import run_until_closed, use_discord_endpoints
from bot.lavalink import NodePool
from bot.llm.gemini import Gemini
from bot.llm.patience import Patience
from bot.netstats.answer import NetstatsAnswer
from bot.storage.state import State
from bot.supabase_client import SupabaseClient
from sandbox.discord.stand_in import DiscordStandIn
from sandbox.gemini import GeminiStandIn
from tests.support.busy_machine import BUSY_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    from sandbox.lavalink import LavalinkStandIn

    Json = dict[str, Any]

T = TypeVar("T")


class ChatBot(Bot):
    """The real bot with chat, and what else a test asks for."""

    wanted: Sequence[str]

    async def setup_hook(self) -> None:
        if self.lavalink:
            self.lavalink.start()
        for extension in ("bot.error_handler", *self.wanted):
            await self.load_extension(extension)
        await self.tree.sync()


async def restart_chat(bot: ChatBot) -> None:
    """Make chat's objects again, as a new process does; what a test patched in its modules stays."""
    for cog in ("Chat", "ChannelSettings", "ChatSettings"):
        await bot.remove_cog(cog)
    await import_module("bot.chat").setup(bot)


class People:
    """Acts for the people of the sandbox, and sees what they see."""

    def __init__(self, session: aiohttp.ClientSession, state: Json) -> None:
        self.session = session
        self.ids = {user["username"]: user["id"] for user in state["users"]}
        self.guild = state["guilds"][0]["id"]
        self.channels = {channel["name"]: channel["id"] for channel in state["guilds"][0]["channels"]}
        self.messages: dict[str, Json] = {}
        self.history: dict[str, list[str]] = {}
        """Every content that each message of the bot has had."""
        self.reactions: list[tuple[str, str]] = []
        self._changed = asyncio.Condition()

    async def watch(self) -> None:
        """Follow the event stream."""
        async with self.session.ws_connect("/sandbox/events") as socket:
            async for frame in socket:
                event = frame.json()
                kind, data = event["type"], event["data"]
                async with self._changed:
                    if kind in {"message_create", "message_update"}:
                        self.messages[data["id"]] = data
                        self.history.setdefault(data["id"], []).append(data["content"])
                    elif kind.startswith("reaction_"):
                        self.reactions.append((kind, data["emoji"]["name"]))
                    self._changed.notify_all()

    async def until(self, found: Callable[[], T]) -> T:
        """Wait until ``found()`` is true after some event, and return it."""
        async with asyncio.timeout(60), self._changed:
            while not (result := found()):
                await self._changed.wait()
            return result

    async def say(
        self,
        who: str,
        channel: str,
        content: str = "",
        *,
        files: Mapping[str, bytes] | None = None,
        reply_to: Json | None = None,
        forward: Json | None = None,
    ) -> Json:
        """Write, with files by their name, or forward a message."""
        body: Json = {"user": self.ids[who], "content": content}
        body["attachments"] = [
            {
                "filename": name,
                "content_type": mimetypes.guess_type(name)[0] or "application/octet-stream",
                "data": base64.b64encode(data).decode(),
            }
            for name, data in (files or {}).items()
        ]
        if reply_to:
            body["reply_to"] = reply_to["id"]
        if forward:
            body["forward"] = {"channel": forward["channel_id"], "message": forward["id"]}
        return await self.post(f"/sandbox/channels/{self.channels[channel]}/messages", body)

    async def edit(self, who: str, message: Json, content: str) -> None:
        path = f"/sandbox/channels/{message['channel_id']}/messages/{message['id']}"
        async with self.session.patch(path, json={"user": self.ids[who], "content": content}) as response:
            assert response.ok

    async def delete(self, who: str, message: Json) -> None:
        path = f"/sandbox/channels/{message['channel_id']}/messages/{message['id']}"
        async with self.session.delete(path, params={"user": self.ids[who]}) as response:
            assert response.ok

    async def press(self, who: str, message: Json) -> Json:
        """Press the only button of a message."""
        body = {
            "user": self.ids[who],
            "channel": message["channel_id"],
            "message": message["id"],
            "custom_id": buttons(message)[0]["custom_id"],
        }
        return await self.post("/sandbox/interactions/component", body)

    async def say_directly(self, who: str, content: str) -> str:
        """Write to the bot; return the channel's id."""
        channel = await self.post("/sandbox/dms", {"user": self.ids[who]})
        body = {"user": self.ids[who], "content": content}
        await self.post(f"/sandbox/channels/{channel['id']}/messages", body)
        return channel["id"]

    async def enter(self, who: str, channel: str) -> None:
        """Join a voice channel."""
        body = {"user": self.ids[who], "guild": self.guild, "channel": self.channels[channel]}
        await self.post("/sandbox/voice", body)

    async def use(self, who: str, place: str, name: str, /, locale: str = "ja", **options: object) -> str:
        """Use a slash command and return what its user reads."""
        body = {"user": self.ids[who], "channel": self.channels[place], "name": name, "options": options}
        call = await self.post("/sandbox/interactions/command", {**body, "locale": locale})
        async with asyncio.timeout(60):
            while True:
                async with self.session.get(f"/sandbox/interactions/{call['id']}") as response:
                    outcome = await response.json()
                if outcome["state"] in {"answered", "failed"}:
                    return " ".join(map(words, outcome["messages"]))
                await asyncio.sleep(0.01)

    async def exchanges(self) -> list[Json]:
        """Return the bot's REST exchanges."""
        async with self.session.get("/sandbox/discord/exchanges") as response:
            return (await response.json())["exchanges"]

    async def command(self, who: str, channel: str, name: str, **options: object) -> Json:
        body = {"user": self.ids[who], "channel": self.channels[channel], "name": name, "options": options}
        return await self.post("/sandbox/interactions/command", body)

    async def post(self, path: str, body: Json) -> Json:
        async with self.session.post(path, json=body) as response:
            answer = await response.json()
            assert response.ok, answer
            return answer

    def by_bot(self, channel: str) -> list[Json]:
        """Return the bot's messages in a channel, oldest first."""
        return [
            message
            for message in self.messages.values()
            if message["author"].get("bot")
            and message["channel_id"] == self.channels[channel]
            and message["content"]
        ]

    def said(self, channel: str) -> list[str]:
        """Return the words of the bot's messages in a channel, embeds included, oldest first."""
        return [
            words(message)
            for message in self.messages.values()
            if message["author"].get("bot") and message["channel_id"] == self.channels.get(channel, channel)
        ]

    def finished(self, channel: str, count: int = 1) -> list[str]:
        """Return the bot's messages once there are ``count`` and none has a button any more."""
        messages = self.by_bot(channel)
        if len(messages) < count or any(map(buttons, messages)):
            return []
        return [message["content"] for message in messages]


def break_downloads(monkeypatch: pytest.MonkeyPatch, times: int) -> list[str]:
    """Let the next ``times`` downloads of files fail; return the names of all, as they come."""
    reading, asked = discord_http.read_file, list[str]()

    async def read(attachment: discord.Attachment) -> bytes:
        asked.append(attachment.filename)
        if len(asked) <= times:
            raise aiohttp.ServerDisconnectedError
        return await reading(attachment)

    monkeypatch.setattr(discord_http, "read_file", read)
    return asked


def words(message: Json) -> str:
    """Return what a message says, embeds included."""
    parts = [message["content"]]
    for embed in message.get("embeds", []):
        parts += [embed.get("title"), embed.get("description")]
        parts += [f"{field['name']} {field['value']}" for field in embed.get("fields", [])]
    return " ".join(part for part in parts if part)


def buttons(message: Json) -> list[Json]:
    return [button for row in message.get("components", []) for button in row["components"]]


@pytest.fixture
async def discord_stand_in() -> AsyncIterator[DiscordStandIn]:
    stand_in = DiscordStandIn(None, rate_limits=False, acknowledge_seconds=BUSY_SECONDS)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
async def gemini_stand_in(gemini_state_dir: Path) -> AsyncIterator[GeminiStandIn]:
    stand_in = GeminiStandIn(gemini_state_dir, pace=0.001)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
def extensions() -> Sequence[str]:
    return ("bot.chat",)


@pytest.fixture
async def lavalink_stand_in() -> LavalinkStandIn | None:
    """No music, but where a test's module says otherwise."""
    return None


@pytest.fixture
def environment() -> dict[str, str]:
    """Return the settings of a test's own."""
    return {}


@pytest.fixture
async def bot(
    discord_stand_in: DiscordStandIn,
    gemini_stand_in: GeminiStandIn,
    lavalink_stand_in: LavalinkStandIn | None,
    extensions: Sequence[str],
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> AsyncIterator[ChatBot]:
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    addresses = {**discord_stand_in.environment(), **gemini_stand_in.environment()}
    settings = load_settings({**addresses, **environment})
    use_discord_endpoints(settings)
    bot = ChatBot(settings)
    bot._connection.guild_ready_timeout = 0.05  # two seconds by default, in which nothing more comes here
    bot.state = State(tmp_path / "state.sqlite3")
    bot.wanted = extensions
    nodes = load_settings({**addresses, **lavalink_stand_in.environment()}) if lavalink_stand_in else settings
    bot.lavalink = NodePool(bot, nodes.lavalink_nodes) if nodes.lavalink_nodes else None
    bot.supabase_client = create_autospec(SupabaseClient, instance=True, is_running=True)
    bot.netstats = NetstatsAnswer(bot.supabase_client, bot.settings)
    bot.gemini = Gemini(settings, patience=Patience(chunk=10.0, backoff=0.01))
    running = asyncio.create_task(run_until_closed(bot))
    async with asyncio.timeout(60):
        await discord_stand_in.bot_online.wait()
        await bot.wait_until_ready()
    yield bot
    await bot.close()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@pytest.fixture
async def people(bot: ChatBot, discord_stand_in: DiscordStandIn) -> AsyncIterator[People]:
    async with aiohttp.ClientSession(discord_stand_in.url) as session:
        async with session.get("/sandbox/state") as response:
            people = People(session, await response.json())
        watching = asyncio.create_task(people.watch())
        yield people
        await cancel_and_wait(watching)
