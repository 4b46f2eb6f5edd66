"""What an hour of people who mean harm leaves in the bot's memory; squeezed into some minutes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.frame import Figure
from sandbox.child_process import dying_with_parent
from sandbox.discord import DiscordStandIn
from sandbox.gemini import GeminiStandIn
from sandbox.gemini.scripts import Script
from sandbox.lavalink import LavalinkStandIn
from sandbox.people import Attachment, PeopleApi, Person, RefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable

    from benchmarks.frame import Bench

    Json = dict[str, Any]

TITLE = "Memory of the bot after an hour of hostile use"
ROOT = Path(__file__).resolve().parents[1]
MEBIBYTE = 2**20
ABOVE_IDLE = 60
"""MiB."""
TEXT, VOICE = 0, 2
SETTLE_SECONDS, QUIET_SECONDS, PATIENCE = 15, 10, 900.0
SAMPLE_SECONDS = 0.2
AT_ONCE = 12
"""Calls of the people, who are many."""
LIMITLESS = {
    "CHAT_QUESTIONS_PER_MINUTE": "0",
    "CHAT_USER_TOKENS_PER_DAY": "0",
    "CHAT_USER_STORED_CHARACTERS_PER_DAY": "0",
}
"""The limits are of a minute and a day, and the hour takes a few minutes here."""
LONG = "鬱陶しい" * 490
ANSWER = "檸檬" * 4_000
PLAYLIST = "https://www.youtube.com/playlist?list=jpop"
COMMANDS = ("queue", "privacy", "help", "nowplaying", "usage", "top", "history", "playlist list")
AMOUNTS: dict[str, tuple[int, int]] = {
    "people": (40, 5),
    "servers": (25, 3),
    "servers that add the bot and remove it": (150, 5),
    "messages of 2,000 characters": (4_000, 40),
    "questions with an answer of 8,000 characters": (600, 10),
    "questions about a picture of 1 MB": (200, 5),
    "replies to uploads of 80 MB": (30, 3),
    "slash commands": (1_500, 20),
    "playlists that are added": (1_200, 10),
    "commands to one channel at once": (600, 30),
    "threads, channels and roles with long names": (900, 15),
}
"""How much there is, in full and in short."""


async def measure(bench: Bench) -> list[Figure]:
    await bench.supabase.start()
    async with _surroundings(bench.supabase.environment) as stage:
        await asyncio.sleep(bench.scaled(SETTLE_SECONDS, 3))
        idle = stage.resident()
        amounts = {what: bench.scaled(*sizes) for what, sizes in AMOUNTS.items()}
        highest = await stage.hour(amounts, bench.scaled(QUIET_SECONDS, 2))
        await asyncio.sleep(bench.scaled(SETTLE_SECONDS, 3))
        after, said = stage.resident(), stage.said
    return [
        *(Figure(what=what, value=amount, unit="") for what, amount in amounts.items()),
        Figure(what="messages that the bot sent meanwhile", value=said, unit=""),
        Figure(what="RSS before", value=idle, unit="MiB"),
        Figure(what="RSS at its highest", value=highest, unit="MiB"),
        Figure(what="RSS afterwards", value=after, unit="MiB"),
        Figure(what="afterwards above idle", value=after - idle, unit="MiB", at_most=ABOVE_IDLE),
        *(
            Figure(what=f"… at the end of: {what}", value=resident - idle, unit="MiB above idle")
            for what, resident in stage.steps.items()
        ),
    ]


@dataclass
class Server:
    """A server of somebody who means harm."""

    id: str
    texts: list[str]
    voice: str


@dataclass
class Stage:
    """The bot as a process of its own, the stand-ins, and the people."""

    api: PeopleApi
    process: psutil.Process
    bot_id: str
    people: list[Person] = field(default_factory=list[Person])
    servers: list[Server] = field(default_factory=list[Server])
    steps: dict[str, float] = field(default_factory=dict[str, float])
    """By what was done, the resident memory at its end."""
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _chance: random.Random = field(default_factory=lambda: random.Random(7))

    def resident(self) -> float:
        """Return the resident memory of the bot in MiB."""
        return self.process.memory_info().rss / MEBIBYTE

    @property
    def said(self) -> int:
        """How many messages the bot has sent."""
        created = (event.data for event in self.api.events if event.type == "message_create")
        return sum(message["author"]["id"] == self.bot_id for message in created)

    async def hour(self, amounts: dict[str, int], quiet: float) -> float:
        """Do everything, in the order of AMOUNTS, and wait until nothing happens; returns the highest RSS."""
        doing: tuple[Callable[[int], Awaitable[None]], ...] = (
            self._meet, self._found, self._come_and_go, self._talk, self._ask, self._show, self._upload,
            self._command, self._queue, self._flood, self._name,
        )  # fmt: skip
        highest = [self.resident()]
        watching = asyncio.create_task(self._watch(highest))
        for (what, amount), do in zip(amounts.items(), doing, strict=True):
            print(f"  … {amount:,} {what}", file=sys.stderr, flush=True)
            await do(amount)
            await self._until_quiet(quiet)
            self.steps[what] = self.resident()
            print(f"    {self.steps[what]:.0f} MiB", file=sys.stderr, flush=True)
        watching.cancel()
        return max(highest)

    async def _watch(self, highest: list[float]) -> None:
        while True:
            highest.append(self.resident())
            await asyncio.sleep(SAMPLE_SECONDS)

    async def _until_quiet(self, seconds: float) -> None:
        """Wait until nothing has happened on Discord for ``seconds``."""
        async with asyncio.timeout(PATIENCE):
            before = -1
            while before != self.api.sequence:
                before = self.api.sequence
                await asyncio.sleep(seconds)

    async def _all(self, works: Iterable[Awaitable[object]]) -> None:
        """Do everything, some at a time; what Discord refuses people does not count."""

        async def one(work: Awaitable[object]) -> None:
            async with self._free:
                with contextlib.suppress(RefusedError):
                    await work

        await asyncio.gather(*map(one, works))

    def _anybody(self) -> Person:
        return self._chance.choice(self.people)

    def _anywhere(self) -> str:
        return self._chance.choice(self._chance.choice(self.servers).texts)

    async def _meet(self, count: int) -> None:
        for number in range(count):
            body = {"username": f"mallory{number}", "global_name": f"{number}" + "鬱" * 28}
            user = await self.api.call("POST", "/users", body)
            self.people.append(Person(self.api, user["id"], ""))

    async def _found(self, count: int) -> None:
        for number in range(count):
            server = await self._new_server(f"{number} " + "檸檬" * 40)
            await self._all(self._join(server, person) for person in self.people)
            self.servers.append(server)

    async def _new_server(self, name: str) -> Server:
        guild = await self.api.call("POST", "/guilds", {"name": name})
        places = [(f"text-{number}", TEXT) for number in range(3)] + [("lounge", VOICE)]
        ids = [await self._new_channel(guild["id"], name, kind) for name, kind in places]
        return Server(guild["id"], ids[:3], ids[3])

    async def _new_channel(self, guild_id: str, name: str, kind: int) -> str:
        return (await self.api.call("POST", f"/guilds/{guild_id}/channels", {"name": name, "type": kind}))[
            "id"
        ]

    async def _join(self, server: Server, person: Person) -> None:
        await self.api.call("PUT", f"/guilds/{server.id}/members/{person.id}")

    async def _come_and_go(self, count: int) -> None:
        async def come_and_go(number: int) -> None:
            server = await self._new_server(f"{number} " + "檸檬" * 40)
            await self.api.call("DELETE", f"/guilds/{server.id}/members/{self.bot_id}")

        await self._all(map(come_and_go, range(count)))

    async def _talk(self, count: int) -> None:
        """Say much, as replies, and edit, react and delete."""

        async def talk(number: int) -> None:
            person = self._anybody()
            said = await person.say(self._anywhere(), f"{number} {LONG}")
            await self._anybody().reply(said, f"{number}. {LONG}")
            if number % 3 == 0:
                await person.edit(said, f"{number}! {LONG}")
            if number % 3 == 1:
                await person.react(said, "👍")
            if number % 5 == 0:
                await person.delete(said)

        await self._all(map(talk, range(count // 2)))

    async def _ask(self, count: int) -> None:
        await self._all(
            self._anybody().say(self._anywhere(), f"@Otonari {number} {LONG}"[:2_000])
            for number in range(count)
        )

    async def _show(self, count: int) -> None:
        picture = Attachment("a.png", os.urandom(MEBIBYTE), "image/png")
        await self._all(
            self._anybody().say(self._anywhere(), "@Otonari", attachments=[picture]) for _ in range(count)
        )

    async def _upload(self, count: int) -> None:
        """Upload ten files as large as they may be, three times, and let them be replied to."""
        files = [Attachment(f"{number}.png", bytes(8 * MEBIBYTE - 1), "image/png") for number in range(10)]
        shown = [await self._anybody().say(self._anywhere(), "", attachments=files) for _ in range(3)]
        await self._all(
            self._anybody().reply(shown[number % 3], f"@Otonari {number}") for number in range(count)
        )

    async def _command(self, count: int) -> None:
        async def command(number: int) -> None:
            person, place = self._anybody(), self._anywhere()
            if number % 4 == 0:
                await person.autocomplete(place, "play", {"query": f"{number} {LONG}"[:90]}, "query")
            else:
                await person.slash(place, COMMANDS[number % len(COMMANDS)])

        await self._all(map(command, range(count)))

    async def _queue(self, count: int) -> None:
        """Fill queues, a server each, clear them and fill them again."""
        for server in self.servers:
            owner = self.people[0]
            await self.api.call(
                "POST", "/voice", {"user": owner.id, "guild": server.id, "channel": server.voice}
            )
            await owner.say(server.texts[0], f"!play {PLAYLIST}")
        await self._all(
            self.people[0].say(
                (server := self.servers[number % len(self.servers)]).texts[number % 3],
                "!clear" if number // len(self.servers) % 20 == 19 else f"!play {PLAYLIST}",
            )
            for number in range(count)
        )

    async def _flood(self, count: int) -> None:
        """Let one channel's answers pile up."""
        place = self.servers[0].texts[0]
        words = ("!queue", "!volume 9999", "!play", "@Otonari", "@Otonari 音量を20にして")
        await self._all(self._anybody().say(place, words[number % len(words)]) for number in range(count))

    async def _name(self, count: int) -> None:
        async def name(number: int) -> None:
            server, long = self._chance.choice(self.servers), f"{number}" + "鬱" * 90
            if number % 3 == 0:
                await self._new_channel(server.id, long, TEXT)
            elif number % 3 == 1:
                await self.api.call("POST", f"/guilds/{server.id}/roles", {"name": long})
            else:
                body = {"user": self.people[0].id, "name": long}
                await self.api.call("POST", f"/channels/{server.texts[0]}/threads", body)

        await self._all(map(name, range(count)))


@contextlib.asynccontextmanager
async def _surroundings(supabase: dict[str, str]) -> AsyncGenerator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="otonari-bench-")))
        discord = DiscordStandIn(None, rate_limits=False)
        gemini, lavalink = GeminiStandIn(directory / "gemini", pace=0.001), LavalinkStandIn()
        for service in (discord, gemini, lavalink):
            await service.start()
            stack.push_async_callback(service.close)
        gemini.scripts.rules.append(Script(text=ANSWER))
        environment = {**discord.environment(), **gemini.environment(), **lavalink.environment(), **supabase}
        environment |= LIMITLESS | {"DATA_DIR": str(directory / "data")}
        process = await stack.enter_async_context(_bot(environment))
        await asyncio.wait_for(discord.bot_online.wait(), PATIENCE)
        api = await stack.enter_async_context(PeopleApi(discord.url))
        yield Stage(api, psutil.Process(process.pid), (await api.state())["bot"]["user"]["id"])


@contextlib.asynccontextmanager
async def _bot(environment: dict[str, str]) -> AsyncGenerator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *dying_with_parent([sys.executable, "-m", "bot"]),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
