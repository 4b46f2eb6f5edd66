"""The real bot (discord.py, wavelink) on sockets against the stand-ins of Discord and Lavalink."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import pytest
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

import bot.client
from bot.client import Bot
from bot.config import load_settings
from bot.discord_connection import run_until_closed, use_discord_endpoints
from bot.lavalink import (
    Effect,
    MusicStore,
    NodePool,
    Player,
    RestartRecovery,
    SnapshotSaver,
    Timings,
    payload_of,
)
from bot.lavalink.music_queue import Loop
from bot.netstats.answer import NetstatsAnswer
from bot.storage.state import State
from sandbox.discord import DiscordStandIn
from sandbox.lavalink import LavalinkNodes, LavalinkStandIn
from tests.support.busy_machine import BUSY_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from sandbox.lavalink.player import Player as LavalinkPlayer

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which a condition that has not come true fails the test."""
TIMINGS = Timings(
    heartbeat=0.5,
    retry_first=0.05,
    retry_most=0.2,
    ping=0.2,
    voice_lost=0.3,
    voice=1.0,
    restore=0.05,
    join=3.0,
    request=5.0,
    patience=0.5,
)
SETTINGS = {"SHARD_COUNT": "1", "BOT_LANGUAGE": "ja"}


SECOND = 1000


@dataclass(frozen=True)
class Heard:
    """What people hear at one moment, by Lavalink, and what is to come, by the bot."""

    at: float
    """Seconds, by a clock of no matter."""
    position: int
    title: str | None
    paused: bool
    volume: int
    filters: dict[str, object]
    loop: Loop
    queue: tuple[tuple[str, int], ...]
    """Titles and requesters."""


class Plays:
    """Stands for telemetry: notes the plays that are logged."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    async def initialize(self) -> None: ...

    async def close(self) -> None: ...

    def save_discord_name(self, **_row: object) -> None: ...

    async def save_music_log(self, **row: object) -> None:
        self.rows.append(row)

    @property
    def titles(self) -> list[object]:
        return [row["song_title"] for row in self.rows]


@dataclass
class Bench:
    """The running bot, its surroundings, and what people do."""

    bot: Bot
    discord: DiscordStandIn
    nodes: Sequence[LavalinkStandIn]
    plays: Plays
    http: aiohttp.ClientSession
    control: str
    ids: dict[str, str] = field(default_factory=dict)
    before: Heard | None = None
    """What was heard before something went wrong."""

    # People

    async def act(self, method: str, path: str, **body: object) -> Any:
        """Do something through the people API; return its answer."""
        async with self.http.request(
            method, f"{self.discord.url}/sandbox{path}", json=body or None
        ) as answer:
            assert answer.status < 400, f"{method} {path}: {answer.status} {await answer.text()}"
            return await answer.json() if answer.content_type == "application/json" else None

    async def learn_ids(self) -> None:
        """Note the ids of people, the bot among them, and channels by name."""
        state = await self.act("GET", "/state")
        guild = state["guilds"][0]
        self.ids = {"guild": guild["id"], "me": self.discord.world.meta["me"]}
        self.ids |= {channel["name"]: channel["id"] for channel in guild["channels"]}
        self.ids |= {user["username"]: user["id"] for user in self.discord.world.users.values()}

    async def enter(self, who: str, channel: str | None) -> None:
        place = self.ids[channel] if channel else None
        await self.act("POST", "/voice", user=self.ids[who], guild=self.ids["guild"], channel=place)
        await self.until(lambda: self._voice_of(who) == place)

    def _voice_of(self, who: str) -> str | None:
        guild = self.bot.get_guild(int(self.ids["guild"]))
        state = guild._voice_state_for(int(self.ids[who])) if guild else None
        return str(state.channel.id) if state and state.channel else None

    async def say(self, content: str, who: str = "you") -> str:
        """Write a prefix command in #music; return the bot's answer there, which is not the controller."""
        after, answers = await self.write(content, who), list[str]()

        async def answered() -> bool:
            messages = await self.messages(after)
            answers[:] = [_words(message) for message in messages if not is_controller(message)]
            return bool(answers)

        await self.until(answered)
        return answers[0]

    async def write(self, content: str, who: str) -> int:
        """Write in #music; return the message's id."""
        path = f"/channels/{self.ids['music']}/messages"
        return int((await self.act("POST", path, user=self.ids[who], content=content))["id"])

    async def hear(self, after: int, containing: str = "") -> list[str]:
        """Wait until the bot has written something ``containing`` these words after a message."""
        spoken: list[str] = []

        async def heard() -> bool:
            spoken[:] = [words for words in await self.words(after) if containing in words]
            return bool(spoken)

        await self.until(heard)
        return spoken

    async def words(self, after: int = 0, reader: str = "you") -> list[str]:
        """Return what the bot has written in #music, oldest first, as one person sees it."""
        return [_words(message) for message in await self.messages(after, reader)]

    async def messages(self, after: int = 0, reader: str = "you") -> list[dict[str, Any]]:
        """Return the bot's messages in #music, oldest first, as one person sees them."""
        query = f"limit=1000&user={self.ids[reader]}"
        messages = await self.act("GET", f"/channels/{self.ids['music']}/messages?{query}")
        return [
            message for message in messages if message["author"].get("bot") and int(message["id"]) > after
        ]

    async def controllers(self) -> list[dict[str, Any]]:
        """Return the controllers in #music."""
        return [message for message in await self.messages() if is_controller(message)]

    async def press(
        self, message: dict[str, Any], custom_id: str, who: str = "you", values: Sequence[str] | None = None
    ) -> str:
        """Press a button of a message, or choose from its menu; return what is written in answer."""
        call = await self.act(
            "POST",
            "/interactions/component",
            user=self.ids[who],
            channel=self.ids["music"],
            message=message["id"],
            custom_id=custom_id,
            locale="ja",
            **({} if values is None else {"values": values}),
        )
        answer: dict[str, Any] = {}

        async def answered() -> bool:
            answer.update(await self.act("GET", f"/interactions/{call['id']}"))
            return answer["state"] in {"answered", "failed"}

        await self.until(answered)
        assert answer["state"] == "answered"
        return " ".join(_words(told) for told in answer["messages"] if told["id"] != message["id"])

    async def slash(self, name: str, /, who: str = "you", locale: str = "ja", **options: object) -> str:
        """Use a slash command in #music; return what its user reads."""
        call = await self.act(
            "POST",
            "/interactions/command",
            user=self.ids[who],
            channel=self.ids["music"],
            name=name,
            options=options,
            locale=locale,
        )
        answer: dict[str, Any] = {}

        async def answered() -> bool:
            answer.update(await self.act("GET", f"/interactions/{call['id']}"))
            return answer["state"] in {"answered", "failed"}

        await self.until(answered)
        assert answer["state"] == "answered"
        return " ".join(_words(message) for message in answer["messages"])

    async def suggestions(self, name: str, option: str, written: str) -> list[dict[str, Any]]:
        """Write in an option of a slash command; return the choices that are offered."""
        call = {
            "user": self.ids["you"],
            "channel": self.ids["music"],
            "name": name,
            "options": {option: written},
            "focused": option,
        }
        return (await self.act("POST", "/interactions/autocomplete", **call))["choices"]

    # The bot and its nodes

    @property
    def player(self) -> Player:
        guild = self.bot.get_guild(int(self.ids["guild"]))
        assert guild is not None
        assert self.bot.lavalink is not None
        player = self.bot.lavalink.player(guild)
        assert player is not None
        return player

    @property
    def in_voice(self) -> bool:
        guild = self.bot.get_guild(int(self.ids["guild"]))
        return bool(guild and guild.voice_client)

    @property
    def voice_state(self) -> dict[str, Any] | None:
        """Return the bot's voice state as Discord has it; None where it is in no channel."""
        return self.discord.world.voice_states.get((self.ids["guild"], self.discord.world.bot_id))

    async def bot_role(self) -> dict[str, Any]:
        """Return the role that Discord made for the bot."""
        roles = (await self.act("GET", "/state"))["guilds"][0]["roles"]
        return next(role for role in roles if role["name"] == "Otonari")

    def playing(self, node: int = 0) -> LavalinkPlayer | None:
        """Return the only player of a node as the stand-in holds it, or None."""
        players = self.nodes[node].node.players
        return players[0] if players else None

    async def listen(self) -> None:
        """Have a song heard, half a minute in, with everything about it that a fault could lose."""
        for who in ("you", "haru"):
            await self.enter(who, "ラウンジ")
        await self.say("!play Lemon")
        await self.say("!play 群青", "haru")
        await self.player.set_volume(70)
        await self.player.apply_filters(payload_of({Effect.ROTATION}))
        await self.player.change(lambda queue: queue.set_loop(Loop.QUEUE))
        await self.until(lambda: self.plays.titles == ["Lemon"])
        node = next(number for number in range(len(self.nodes)) if self.title(number))
        await self.player.seek(30 * SECOND)
        await self.until(lambda: self.player.position_ms >= 30 * SECOND)
        self.before = self.heard(node)

    def heard(self, node: int = 0) -> Heard:
        """Return what is heard from a node now."""
        player, queue = self.playing(node), self.player.music_queue
        assert player is not None
        return Heard(
            at=time.monotonic(),
            position=player.position,
            title=self.title(node),
            paused=player.paused,
            volume=player.volume,
            filters={name: value for name, value in player.filters.items() if value},
            loop=queue.loop,
            queue=tuple((track.title, track.requester.id) for track in queue.upcoming),
        )

    async def goes_on(self, node: int = 0, **changes: object) -> None:
        """Wait until music is heard from a node; assert that nothing of what was ``before`` is lost.

        Save ``changes``; and its place in the song may be no more than a second off, whatever the time that
        it stood still.
        """
        assert self.before is not None
        before = replace(self.before, **changes)
        await self.until(lambda: self.title(node) and self.playing(node).connected)
        await self.until(lambda: not self.player.interrupted and not self.player.voiceless)
        after = self.heard(node)
        assert replace(after, at=before.at, position=before.position) == before
        passed = (after.at - before.at) * SECOND
        assert before.position - SECOND <= after.position <= before.position + passed + SECOND
        assert abs(self.playing(node).position - self.player.position_ms) <= SECOND
        assert self.plays.titles.count(before.title) <= 1, "a song that goes on is not logged again"

    def title(self, node: int = 0) -> str | None:
        player = self.playing(node)
        return player.track.title if player and player.track else None

    async def strike(self, path: str, node: int = 0, **body: object) -> None:
        """Turn a switch of a node, e.g. ``node/kill``."""
        url = f"{self.control}/{self.nodes[node].node_name}/{path}"
        async with self.http.post(url, json=body) as answer:
            assert answer.status < 400, await answer.text()

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for a condition (a function, or an asynchronous one) to come true."""
        async with asyncio.timeout(PATIENCE):
            while True:
                result = condition()
                if asyncio.iscoroutine(result):
                    result = await result
                if result:
                    return
                await asyncio.sleep(0.01)


def is_controller(message: dict[str, Any]) -> bool:
    """Tell a controller, by its buttons."""
    return any(
        button.get("custom_id", "").startswith("music:")
        for row in message.get("components", [])
        for button in row["components"]
    )


def _words(message: dict[str, Any]) -> str:
    embeds = [
        f"{embed.get('author', {}).get('name', '')} {embed.get('title', '')} {embed.get('description', '')}"
        for embed in message.get("embeds", [])
    ]
    return " ".join([message["content"], *embeds]).strip()


@asynccontextmanager
async def music_bench(
    monkeypatch: pytest.MonkeyPatch,
    *,
    nodes: int = 1,
    timings: Timings = TIMINGS,
    time_scale: float = 1.0,
    update_interval: float = 0.2,
    dead: Sequence[int] = (),
    before: Callable[[Bench], Awaitable[None]] | None = None,
) -> AsyncIterator[Bench]:
    """Run the bot in #music's guild with ``nodes`` Lavalink nodes; those in ``dead`` do not listen yet.

    ``before`` is done before the bot starts.
    """
    monkeypatch.setattr(bot.client, "EXTENSIONS", ("bot.error_handler", "bot.music"))
    discord = DiscordStandIn(None, rate_limits=False, acknowledge_seconds=BUSY_SECONDS)
    stand_ins = [
        LavalinkStandIn(name=f"node-{number}", time_scale=time_scale, player_update_interval=update_interval)
        for number in range(nodes)
    ]
    lavalink = LavalinkNodes(stand_ins)
    await discord.start()
    await lavalink.start()
    control = web.AppRunner(web.Application())
    control.app.add_routes(lavalink.control_routes())
    await control.setup()
    await web.TCPSite(control, "127.0.0.1", 0).start()
    data = TemporaryDirectory()
    environment = {**SETTINGS, **discord.environment(), **lavalink.environment(), "DATA_DIR": data.name}
    settings = load_settings(environment, Path("/nonexistent"))
    _keep_endpoints(monkeypatch)
    use_discord_endpoints(settings)
    otonari, plays = Bot(settings), Plays()
    otonari.supabase_client = plays
    otonari.netstats = NetstatsAnswer(otonari.supabase_client, otonari.settings)
    otonari.gemini = None
    # discord.py waits so long after READY for further guilds; there is one.
    otonari._connection.guild_ready_timeout = 0.05
    otonari.state = State(settings.database_file)
    otonari.before_identify_hook = _at_once
    pool = NodePool(otonari, settings.lavalink_nodes, timings, hosts=settings.music_url_hosts)
    saver = SnapshotSaver(MusicStore(settings.music_file), pool, interval=timings.save)
    otonari.lavalink = pool
    otonari.restart_recovery = RestartRecovery(otonari, pool, saver, timings)
    address = f"http://127.0.0.1:{control.addresses[0][1]}"
    async with aiohttp.ClientSession() as http:
        bench = Bench(otonari, discord, stand_ins, plays, http, address)
        for node in dead:
            await bench.strike("node/kill", node)
        await bench.learn_ids()
        if before is not None:
            await before(bench)
        running = asyncio.create_task(run_until_closed(otonari))
        try:
            await bench.until(lambda: running.done() or (otonari.is_ready() and bool(otonari.guilds)))
            if len(dead) < nodes:
                await bench.until(lambda: otonari.lavalink and otonari.lavalink.available)
            yield bench
        finally:
            await otonari.close()
            await asyncio.wait({running})
            await lavalink.close()
            await discord.close()
            await control.cleanup()
            data.cleanup()


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """Stand for discord.py's wait of five seconds between two sessions."""


def _keep_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the endpoints that the bot sets put back after the test."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)


def patient(**changes: float) -> Timings:
    """Return the bench's timings with ``changes``."""
    return replace(TIMINGS, **changes)


@pytest.fixture
async def pair(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """Two nodes, the first of which plays."""
    async with music_bench(monkeypatch, nodes=2) as bench:
        await bench.until(lambda: all(node.up for node in bench.bot.lavalink._nodes))
        await bench.listen()
        if bench.title(1):
            bench.nodes = bench.nodes[::-1]
        yield bench
