"""The embeds of ``/netstats`` and ``/status``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import discord

from bot.netstats import format_bytes
from bot.telemetry.ledger import total
from bot.texts import admin as texts

if TYPE_CHECKING:
    from datetime import datetime

    from bot.client import Bot
    from bot.netstats import Period
    from bot.telemetry.host_metrics import HostSample
    from bot.telemetry.network_totals import NetworkTotals
    from bot.texts import Language

COLOUR = 0x00FF88
TROUBLE_COLOUR = 0xFFB020
FIELD_LIMIT = 1024
"""https://discord.com/developers/docs/resources/message#embed-object-embed-limits"""


def netstats_embed(period: Period, totals: NetworkTotals, now: datetime, language: Language) -> discord.Embed:
    """Return the embed of ``/netstats`` for ``totals`` of at least one sample."""
    embed = discord.Embed(title=period.title, colour=COLOUR, timestamp=now)
    embed.add_field(name="📤 Sent", value=format_bytes(totals.bytes_sent))
    embed.add_field(name="📥 Received", value=format_bytes(totals.bytes_recv))
    embed.add_field(name="📊 Total", value=format_bytes(totals.bytes_total))
    embed.add_field(name="📈 Data Points", value=f"{totals.samples:,}")
    embed.add_field(name="⚡ Avg/10s", value=format_bytes(totals.bytes_total / totals.samples))
    embed.add_field(name=texts.COVERAGE(language), value=_coverage(totals))
    embed.set_footer(text="Updated every 10 seconds")
    notes: list[str] = []
    if not totals.is_complete:
        notes.append(texts.INCOMPLETE(language))
    elif totals.as_of is not None:
        notes.append(texts.LAST_KNOWN(language, as_of=discord.utils.format_dt(totals.as_of, "f")))
    if totals.pending_samples and notes:
        notes.append(texts.PENDING(language, count=f"{totals.pending_samples:,}"))
    if notes:
        embed.description = "\n".join(notes)
        embed.colour = discord.Colour(TROUBLE_COLOUR)
    return embed


def _coverage(totals: NetworkTotals) -> str:
    """Return the share of expected samples that are there; 100 % only if none is missing."""
    share = totals.samples / totals.samples_expected
    shown = 100.0 if totals.samples >= totals.samples_expected else min(math.floor(share * 1000) / 10, 99.9)
    return f"{shown:.1f}% ({totals.samples:,} / {totals.samples_expected:,})"


def status_embed(bot: Bot, host: HostSample, now: datetime, language: Language) -> discord.Embed:
    """Return the embed of ``/status``."""
    embed = discord.Embed(title=texts.STATUS_TITLE(language), colour=COLOUR, timestamp=now)
    minutes = int(bot.uptime // 60)
    uptime = texts.UPTIME_VALUE(
        language, days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60
    )
    embed.add_field(name=texts.UPTIME(language), value=uptime)
    embed.add_field(name=texts.GATEWAY(language), value=_milliseconds(bot.latency * 1000, language))
    embed.add_field(name=texts.LAVALINK(language), value=_milliseconds(bot.lavalink_ping_ms(), language))
    embed.add_field(name=texts.GUILDS(language), value=f"{len(bot.guilds):,}")
    embed.add_field(name=texts.CPU(language), value=f"{host.cpu_usage:.0f}%")
    embed.add_field(
        name=texts.RAM(language), value=texts.RAM_VALUE(language, percent=host.ram_usage, rss=host.memory_rss)
    )
    _add_telemetry(embed, bot, language)
    return embed


def _add_telemetry(embed: discord.Embed, bot: Bot, language: Language) -> None:
    telemetry = bot.supabase_client
    if not telemetry.is_running:
        embed.add_field(name=texts.TELEMETRY(language), value=texts.TELEMETRY_OFF(language), inline=False)
        return
    account = total(telemetry.ledger().values())
    ledger = texts.LEDGER(
        language,
        recorded=account.recorded,
        delivered=account.delivered,
        duplicate=account.duplicate,
        spooled=account.spooled,
        dead=account.dead,
        dropped=account.dropped,
    )
    embed.add_field(name=texts.TELEMETRY(language), value=ledger, inline=False)
    last = telemetry.last_delivery
    embed.add_field(
        name=texts.LAST_DELIVERY(language),
        value=discord.utils.format_dt(last, "R") if last else texts.NEVER(language),
        inline=False,
    )
    troubles = [f"`{table}`: {trouble}" for table, trouble in telemetry.troubles.items()]
    if not telemetry.is_durable:
        troubles.append(texts.NOT_DURABLE(language))
    if troubles:
        told = "\n".join(troubles)
        embed.add_field(name=texts.TROUBLE(language), value=told[:FIELD_LIMIT], inline=False)
        embed.colour = discord.Colour(TROUBLE_COLOUR)


def _milliseconds(value: float | None, language: Language) -> str:
    """Return a round trip, or that there is none (also while the gateway has not measured one)."""
    if value is None or not math.isfinite(value):
        return texts.NOT_AVAILABLE(language)
    return f"{value:.0f} ms"
