"""What the bot says to telemetry, and what it asks of it."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from discord.ext import tasks

from bot.telemetry.charts import Charts, read_charts
from bot.telemetry.known_names import KnownNames
from bot.telemetry.ledger import total
from bot.telemetry.opt_outs import OptOuts
from bot.telemetry.outbox import Outbox
from bot.telemetry.personal_rows import NOBODY
from bot.telemetry.samples import Sampler
from bot.telemetry.storage_guard import StorageGuard
from bot.telemetry.tables import (
    CONVERSATION_LOGS,
    DISCORD_NAMES,
    GEMINI_USAGE,
    MUSIC_LOGS,
    NETWORK_STATS,
    SYSTEM_STATS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import CoroutineType

    from bot.telemetry.connection import SupabaseConnection
    from bot.telemetry.events import DeadLetter
    from bot.telemetry.inspection import Health
    from bot.telemetry.ledger import Account
    from bot.telemetry.network_report import NetworkReport
    from bot.telemetry.network_totals import NetworkTotals
    from bot.telemetry.personal_data import PersonalData
    from bot.telemetry.postgrest_errors import TelemetryError
    from bot.telemetry.samples import TelemetrySource
    from bot.telemetry.supabase_api import AsyncClient
    from bot.telemetry.tables import Table

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 10
CHECK_SECONDS = 3.0
FLUSH_SECONDS = 5.0
ALL_BOTS = "all"
"""In the place of a BOT_ID: every bot that writes to the database."""


class SupabaseClient:
    """Records conversations, plays and samples, and delivers them to Supabase whenever it can be reached.

    Without a project in the settings every method does nothing and every answer is empty. Raises ConfigError
    when another process uses the same ``DATA_DIR``.
    """

    def __init__(self, bot: TelemetrySource) -> None:
        self._settings = bot.settings
        enabled = self._settings.supabase_enabled
        self.supabase_url = self._settings.supabase_url if enabled else None
        self.supabase_key = self._settings.supabase_key
        self.is_running = False
        """Whether rows are being sent, or kept until they can be."""
        self._outbox = Outbox(self._settings.database_file) if enabled else None
        self._opt_outs = OptOuts(bot.state, str(self.supabase_url), self._outbox) if self._outbox else None
        self._connection: SupabaseConnection | None = None
        self.storage = StorageGuard(
            self._settings.supabase_db_limit_mb, thins=self._settings.supabase_db_trim
        )
        """How full the database is."""
        self._names = KnownNames()
        self._sampler = Sampler(bot)
        self._sampled_at = float("-inf")

    @property
    def client(self) -> AsyncClient | None:
        """supabase-py's client; None without a project or before `initialize`."""
        return self._connection.api.client if self._connection else None

    @property
    def privacy(self) -> PersonalData | None:
        """What people may ask about their own data; None without a project or before `initialize`."""
        return self._connection.privacy if self._connection else None

    @property
    def health(self) -> Health | None:
        """What the database last said of itself; None before it has said anything."""
        return self._connection.maintenance.health if self._connection else None

    @property
    def pending_erasures(self) -> int:
        """How many people's erasures the database has not carried out yet."""
        return self._opt_outs.pending_erasures if self._opt_outs else 0

    @property
    def bot_ids(self) -> Sequence[str]:
        """Every bot that is known to write to the database."""
        return self._connection.view.bot_ids if self._connection else ()

    @property
    def last_delivery(self) -> datetime | None:
        """When the database last confirmed rows."""
        return self._connection.delivery.last_delivery if self._connection else None

    @property
    def failures(self) -> Mapping[str, TelemetryError]:
        """What keeps rows from passing now, by table; under "Supabase" what concerns all of them."""
        return self._connection.delivery.failures if self._connection else {}

    @property
    def is_durable(self) -> bool:
        """Whether what is recorded now survives the process: false while the disk fails."""
        return self._outbox is not None and self._outbox.on_disk

    async def initialize(self) -> None:
        """Start to send and to sample; waits at most a few seconds for the project's first answer."""
        if not self._outbox or not self._opt_outs or not self.supabase_url or not self.supabase_key:
            if self._settings.supabase_url:
                log.info("Telemetry is off: SUPABASE_URL is off")
            else:
                log.info("Telemetry is off: SUPABASE_URL is not set")
            return
        from bot.telemetry.connection import SupabaseConnection

        await self._opt_outs.apply_here()

        self._connection = SupabaseConnection(
            self._settings,
            self.supabase_url,
            self.supabase_key,
            outbox=self._outbox,
            opt_outs=self._opt_outs,
            guard=self.storage,
        )
        log.info("✅ Supabase client initialized")
        await self._connection.open(CHECK_SECONDS)
        self.health_monitor_loop.start()
        self.is_running = True
        log.info("🔄 Health monitor started (%ss interval)", INTERVAL_SECONDS)

    async def close(self) -> None:
        """Say that the bot is offline, send what is left for up to 5 s, and keep the rest on disk."""
        self.is_running = False
        if self._connection is not None:
            self.health_monitor_loop.cancel()
            self._record(SYSTEM_STATS, self._sampler.system("offline"))
            await self._connection.close(FLUSH_SECONDS)
            self._connection = None
        if self._outbox is not None:
            await self._outbox.close()
            left = total(self._outbox.ledger().values()).spooled
            if left:
                log.info("%s events of telemetry are kept and will be sent after the next start", left)
            self._outbox = None

    async def save_conversation_log(
        self,
        *,
        user_id: int | str,
        user_name: str,
        prompt: str,
        response: str,
        guild_id: int | None = None,
        channel_id: int | None = None,
        model: str | None = None,
        prompt_tokens: int | None = None,
        response_tokens: int | None = None,
        is_private: bool = False,
    ) -> None:
        """Record one answered question, unless its asker has opted out; returns at once.

        Ids are written as text. ``is_private``: only the asker saw the answer.
        """
        if self._opt_outs is not None and self._opt_outs.has_opted_out(str(user_id)):
            return
        self._record(
            CONVERSATION_LOGS,
            {
                "user_id": str(user_id),
                "user_name": user_name,
                "prompt": prompt,
                "response": response,
                "guild_id": None if guild_id is None else str(guild_id),
                "channel_id": None if channel_id is None else str(channel_id),
                "model": model,
                "prompt_tokens": prompt_tokens,
                "response_tokens": response_tokens,
                "is_private": is_private,
            },
        )

    async def save_music_log(
        self, *, guild_id: int | str, song_title: str, requested_by: str, requested_by_id: int | str
    ) -> None:
        """Record one track that started; returns at once. Ids are written as text."""
        self._record(
            MUSIC_LOGS,
            {
                "guild_id": str(guild_id),
                "song_title": song_title,
                "requested_by": requested_by,
                "requested_by_id": str(requested_by_id),
            },
        )

    async def save_gemini_usage(
        self,
        *,
        guild_id: int | None,
        user_id: int,
        model: str,
        prompt_tokens: int,
        answer_tokens: int,
        total_tokens: int,
    ) -> None:
        """Record the usage of a try at an answer; returns at once. ``guild_id`` is None in a direct message.

        The usage of somebody who has opted out is recorded without their id.
        """
        anonymous = self._opt_outs is not None and self._opt_outs.has_opted_out(str(user_id))
        self._record(
            GEMINI_USAGE,
            {
                "guild_id": None if guild_id is None else str(guild_id),
                "user_id": NOBODY if anonymous else str(user_id),
                "model": model,
                "prompt_tokens": prompt_tokens,
                "answer_tokens": answer_tokens,
                "total_tokens": total_tokens,
            },
        )

    def save_discord_name(
        self, *, discord_id: int, kind: Literal["guild", "channel", "thread"], name: str
    ) -> None:
        """Record what a place is called, unless that was recorded within a day; returns at once."""
        if self._outbox is not None and self._names.is_news(discord_id, name):
            self._record(DISCORD_NAMES, {"discord_id": str(discord_id), "kind": kind, "name": name})

    def ledger(self) -> dict[str, Account]:
        """Return what became of every event, by table; empty without a project."""
        return self._outbox.ledger() if self._outbox else {}

    async def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Return the newest rows that the database refused, each with its reason."""
        return await self._outbox.dead_letters(limit) if self._outbox else []

    async def network_totals(
        self, start: datetime | None = None, end: datetime | None = None, *, bot_id: str | None = None
    ) -> NetworkTotals | None:
        """Return the traffic of a bot (None: this one; or `ALL_BOTS`) in [start, end); None: without limit.

        What waits here is counted too. While the database cannot be asked, its last figures stand in, and
        ``as_of`` and ``is_complete`` say so. None without a project.
        """
        if self._connection is None:
            return None
        return await self._connection.view.totals(self._connection.delivery, self._scope(bot_id), start, end)

    async def network_report(
        self, start: datetime | None, end: datetime, *, bot_id: str | None = None
    ) -> NetworkReport | None:
        """Return points over time and gaps, as the database has them; None without a project.

        Raises TelemetryError.
        """
        return (
            await self._connection.view.report(self._scope(bot_id), start, end) if self._connection else None
        )

    def _scope(self, bot_id: str | None) -> str | None:
        """Return the database's word for a bot: None for all."""
        return None if bot_id == ALL_BOTS else bot_id or self._settings.bot_id

    async def charts(self, guild_id: int, since: datetime | None = None, *, limit: int = 10) -> Charts | None:
        """Return what a guild has played most since a moment (None: ever); None without a project.

        Raises TelemetryError.
        """
        return await read_charts(self._connection.api, guild_id, since, limit) if self._connection else None

    @tasks.loop(seconds=INTERVAL_SECONDS)
    async def health_monitor_loop(self) -> None:
        """Record system and network samples every 10 seconds, whatever goes wrong with one of them."""
        now = time.monotonic()
        if now - self._sampled_at >= INTERVAL_SECONDS / 2:
            self._sampled_at = now
            for send in (self._send_system_stats, self._send_network_stats):
                try:
                    await send()
                except Exception as error:
                    log.exception("❌ Health monitor error: %r", error)  # noqa: TRY401 - the line says it alone
        if clock_stepped(self.health_monitor_loop.next_iteration, datetime.now(UTC)):
            # discord.py plans by the wall clock; without this it would wait for the old time to come back,
            # or make up for the skipped time in a burst.
            self.health_monitor_loop.restart()

    @property
    def _health_monitor_loop(self) -> tasks.Loop[Callable[[Self], CoroutineType[Any, Any, None]]]:
        """The loop under its second name; an alias in the class body would be a second loop."""
        return self.health_monitor_loop

    async def _send_system_stats(self) -> None:
        """Record how the process and its host are."""
        self._record(SYSTEM_STATS, self._sampler.system("online"))

    async def _send_network_stats(self) -> None:
        """Record the traffic since the sample before; the first call only takes the counters' measure."""
        try:
            row = await asyncio.to_thread(self._sampler.network)  # it reads several files for each interface
        except Exception as error:  # noqa: BLE001 - whatever keeps the counters from being read, the next sample may work
            reason = str(error) or type(error).__name__
            log.error("❌ Failed to send network stats: %s", reason)  # noqa: TRY400 - every 10 s: no traceback
            return
        if row is not None:
            self._record(NETWORK_STATS, row)
            log.debug("📊 Network stats: TX=%.2fMB, RX=%.2fMB", row["mb_sent"], row["mb_recv"])

    def _record(self, table: Table, row: Mapping[str, object]) -> None:
        if self._outbox is not None:
            self._outbox.record(table, {"bot_id": self._settings.bot_id, **row})


def clock_stepped(next_iteration: datetime | None, now: datetime) -> bool:
    """Tell whether the wall clock was set, from when a loop of 10 seconds means to run next."""
    if next_iteration is None:
        return False
    ahead = (next_iteration - now).total_seconds()
    return not -INTERVAL_SECONDS <= ahead <= 2 * INTERVAL_SECONDS
