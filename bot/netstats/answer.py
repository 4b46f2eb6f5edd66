"""What /netstats shows, for whoever asks in whatever way: the sums at once, then the gaps and the chart."""

from __future__ import annotations

import io
import logging
from datetime import datetime
from typing import TYPE_CHECKING

import discord

from bot.errors import UserError
from bot.netstats.embed import add_chart, add_comparison, add_gaps, netstats_embed
from bot.supabase_client import ALL_BOTS, SupabaseClient
from bot.telemetry.postgrest_errors import TelemetryError
from bot.texts import netstats as texts
from bot.traffic_chart import TrafficChart

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.period import Period
    from bot.texts import Language

log = logging.getLogger(__name__)

CHART_NAME = "traffic.png"


class NetstatsAnswer:
    """The traffic of a period as an embed; ``bot_id`` is as `SupabaseClient.network_totals` takes it."""

    def __init__(self, telemetry: SupabaseClient, settings: Settings) -> None:
        self._telemetry = telemetry
        self._timezone = settings.bot_timezone
        self._chart = TrafficChart(settings.data_dir / "matplotlib")

    async def embed(self, period: Period, language: Language, bot_id: str | None = None) -> discord.Embed:
        """Return the traffic of a period, added up by the database; raises UserError where there is none."""
        client, now = self._telemetry, datetime.now(self._timezone)
        totals = await client.network_totals(period.start(now), bot_id=bot_id)
        if totals is None:
            raise UserError(texts.NOT_CONNECTED)
        if not totals.samples:
            raise UserError(texts.NO_DATA)
        embed = netstats_embed(period, totals, now, language)
        past = period.before(now)
        before = await client.network_totals(*past, bot_id=bot_id) if past else None
        # While the database is away, nobody says how it was counted.
        if past and before and totals.is_complete and totals.as_of is None and before.as_of is None:
            # Of several bots together, more seconds are covered than passed.
            seconds = (past[1] - past[0]).total_seconds()
            add_comparison(embed, period, totals, before, seconds=seconds, language=language)
        return embed

    async def add_details(
        self, embed: discord.Embed, period: Period, language: Language, bot_id: str | None = None
    ) -> list[discord.File] | None:
        """Add what takes longer to an embed that is shown already, and return the files that it needs.

        Without the database, or anything to add, it stays as it is: None.
        """
        if embed.timestamp is None:
            return None
        try:
            report = await self._telemetry.network_report(
                period.start(embed.timestamp), embed.timestamp, bot_id=bot_id
            )
        except TelemetryError as error:
            log.info("/netstats stays without a chart: %s", error)
            return None
        if report is None or not report.points:
            return None
        add_gaps(embed, report, language, name_bots=bot_id == ALL_BOTS)
        png = await self._chart.draw(report, self._timezone.key, language)
        if png is None:
            return []
        add_chart(embed, f"attachment://{CHART_NAME}", self._timezone.key, language)
        return [discord.File(io.BytesIO(png), CHART_NAME)]
