"""Starts the stand-ins that are needed and the real bot against them, and stops it all again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from audio_node.voice.gateway import VoiceOptions
from bot.backoff import doubled
from bot.config import ENV_FILE, OFF, SETTING_KEYS
from bot.env_file import read_env_file
from sandbox.bot_process import BotProcess
from sandbox.dashboard import Dashboard
from sandbox.discord import DiscordStandIn
from sandbox.gemini import GeminiStandIn
from sandbox.lavalink import LavalinkStandIn, catalogue_songs
from sandbox.lrclib import LrclibStandIn
from sandbox.ports import port_fault
from sandbox.supabase import SupabaseStack
from sandbox.tasks import cancel
from sandbox.voice import VoiceStandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.stand_in import Part, StandIn

EMOJI_FONT = Path(__file__).parent / "supabase" / "node_modules" / "twemoji-colr-font" / "twemoji.woff2"
SCHEMA = ENV_FILE.parent / "supabase_schema.sql"
READY_TIMEOUT = 60.0
"""Seconds that the bot may take from its start until it is online."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a bot that ended unasked is started again: the first time, and after starts that failed."""
PAGE_PORT_FAULT = """port {port} of the chat page cannot be used: {fault}.
If `make demo` runs already, open http://127.0.0.1:{port}. Otherwise choose another port:
ポート {port} は使えません。すでに `make demo` が動いていれば http://127.0.0.1:{port} を開いてください。
そうでなければ、別のポートで始めてください：
  make demo ARGS='--port {other}'"""


class LaunchError(Exception):
    """The sandbox or the bot could not be started; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``python -m sandbox`` was asked for."""

    data_dir: Path
    port: int = 0
    """Of the chat page; 0 for any free one."""
    stand_ins_only: bool = False
    """Ignore bot/.env and the settings in the environment: nothing outside this machine is ever used."""
    bot_log: Path | None = None
    """Where the bot's console goes; None: to standard error."""
    with_bot: bool = True
    dashboard_port: int | None = None
    """Of the dashboard; 0 for any free one, None for no dashboard."""
    supabase_port: int = 0
    """Of Supabase's API, so that a dashboard open in a browser finds it again; 0 for any free one."""


def configured(options: Options) -> Mapping[str, str]:
    """Return the owner's own settings by key, as the bot would read them; none with ``stand_ins_only``."""
    if options.stand_ins_only:
        return {}
    raw = {**read_env_file(ENV_FILE).values, **os.environ}
    return {key: value for key in SETTING_KEYS if (value := raw.get(key, "").strip())}


class Sandbox:
    """Every stand-in whose real service is not configured, and the bot."""

    def __init__(self, options: Options) -> None:
        self.options = options
        real = configured(options)
        self.real_services = [
            key
            for key in ("GEMINI_API_KEY", "LAVALINK_NODES", "LYRICS_URL", "SUPABASE_URL")
            if real.get(key, OFF).lower() != OFF
        ]
        self.voice = VoiceStandIn(options.data_dir / "voice", require_e2ee=True)
        self.discord = DiscordStandIn(
            options.data_dir / "discord",
            port=options.port,
            players=self._players,
            emoji_font=EMOJI_FONT,
            stand_ins=lambda: [one.name for one in self.stand_ins],
            voice_server=self.voice,
        )
        self.gemini = None if "GEMINI_API_KEY" in real else GeminiStandIn(options.data_dir / "gemini")
        self.lavalink = (
            None
            if "LAVALINK_NODES" in real
            else LavalinkStandIn(
                data_dir=options.data_dir / "lavalink",
                lyrics_plugin=False,
                voice=VoiceOptions(ssl=self.voice.trust),
            )
        )
        self.lrclib = None if "LYRICS_URL" in real else LrclibStandIn(catalogue_songs())
        self._api_port_fault = port_fault(options.supabase_port)
        api_port = 0 if self._api_port_fault else options.supabase_port
        self.supabase = (
            None
            if "SUPABASE_URL" in real
            else SupabaseStack(options.data_dir / "supabase", SCHEMA, port=api_port)
        )
        self.bot = BotProcess(self._bot_environment, options.bot_log)
        self.dashboard: Dashboard | None = None
        self._close = contextlib.AsyncExitStack()

    @property
    def stand_ins(self) -> list[StandIn]:
        """The services that this sandbox stands in for."""
        stand_ins = (self.discord, self.supabase, self.gemini, self.lavalink, self.lrclib)
        return [one for one in stand_ins if one is not None]

    async def start(self, progress: Callable[[str], None]) -> None:
        """Start everything and return when the bot is online.

        ``progress`` is called with a line for each step. On failure, what was started is stopped again.
        Raises LaunchError if the page's port is taken or the bot does not come online, and whatever a
        stand-in raises that cannot start.
        """
        port = self.options.port
        if fault := port_fault(port):
            raise LaunchError(PAGE_PORT_FAULT.format(port=port, fault=fault, other=port + 10))
        if self.supabase is not None and self._api_port_fault:
            progress(f"supabase: port {self.options.supabase_port}: {self._api_port_fault}; taking another")
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self.close)
            self.dashboard = self._make_dashboard(progress)
            for part in self._parts:
                self.discord.app.router.add_routes(
                    web.RouteDef(
                        route.method, f"/sandbox/{part.name}{route.path}", route.handler, route.kwargs
                    )
                    for route in part.control_routes()
                )
            servers = [*self.stand_ins, self.voice]
            await asyncio.gather(*(self._start_one(server, progress) for server in servers))
            if self.options.with_bot:
                self._close.push_async_callback(self.bot.close)
                await self._start_bot(progress)
                self._close.push_async_callback(cancel, asyncio.create_task(self._keep_bot(progress)))
            if self.dashboard is not None:
                self._close.push_async_callback(self.dashboard.close)
                await self.dashboard.start()
            undo.pop_all()

    async def close(self) -> None:
        """Stop the bot first, while all it talks to is still there, then the stand-ins."""
        await self._close.aclose()

    def info(self) -> dict[str, object]:
        """Return every address, port and key, ready for JSON."""
        services = {part.name: dict(part.info()) for part in self._parts}
        return {"page": self.discord.url, "data_dir": str(self.options.data_dir), **services}

    @property
    def _parts(self) -> list[Part]:
        return [*self.stand_ins, self.voice, self.bot, *([self.dashboard] if self.dashboard else [])]

    def _make_dashboard(self, progress: Callable[[str], None]) -> Dashboard | None:
        """Return the dashboard of the embedded Supabase; an owner's own project has its own."""
        if self.options.dashboard_port is None or self.supabase is None:
            return None
        login_file = self.supabase.data_dir / "dashboard-login.json"
        return Dashboard(self.supabase, login_file, progress, port=self.options.dashboard_port)

    async def _start_one(self, server: Part, progress: Callable[[str], None]) -> None:
        began = time.monotonic()
        self._close.push_async_callback(server.close)
        await server.start()
        progress(f"{server.name} ready ({time.monotonic() - began:.1f} s)")

    async def _start_bot(self, progress: Callable[[str], None]) -> None:
        began = time.monotonic()
        await self.bot.start()
        online = asyncio.ensure_future(self.discord.bot_online.wait())
        exited = asyncio.ensure_future(self.bot.exited.wait())
        try:
            await asyncio.wait({online, exited}, timeout=READY_TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
            if exited.done():
                raise LaunchError(f"the bot ended ({self.bot.ending}); its log says why")
            if not online.done():
                raise LaunchError(f"the bot was not online after {READY_TIMEOUT:.0f} s; its log says why")
        finally:
            online.cancel()
            exited.cancel()
        progress(f"bot online ({time.monotonic() - began:.1f} s)")

    async def _keep_bot(self, progress: Callable[[str], None]) -> None:
        """Start the bot again when it ends unasked, as a service manager would, and say so."""
        failures = 0
        while True:
            await self.bot.lost.wait()
            pause = doubled(failures, first=FIRST_PAUSE, most=LONGEST_PAUSE)
            progress(
                f"the bot ended ({self.bot.ending}); starting it again in {pause:.0f} s"
                " · ボットが終了したので、起動し直します"
            )
            await asyncio.sleep(pause)
            if not self.bot.lost.is_set():  # it was started meanwhile, or is to stay away
                continue
            try:
                await self._start_bot(progress)
            except LaunchError as error:
                failures += 1
                progress(str(error))
            else:
                failures = 0

    def _bot_environment(self) -> dict[str, str]:
        """Return the settings that point the bot here, besides those of its owner."""
        settings: dict[str, str] = dict.fromkeys(SETTING_KEYS, "") if self.options.stand_ins_only else {}
        settings["DATA_DIR"] = str(self.options.data_dir / "bot")
        settings["NETWORK_INTERFACES"] = "lo"  # the stand-ins are on this machine
        settings["VOICE_STATUS"] = configured(self.options).get("VOICE_STATUS", "on")
        for stand_in in self.stand_ins:
            settings |= stand_in.environment()
        return settings

    def _players(self) -> list[dict[str, object]]:
        return self.lavalink.players() if self.lavalink else []
