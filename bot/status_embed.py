"""The embed of ``/status``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import discord

from bot.colours import AMBER, GREEN
from bot.discord_limits import EMBED_FIELD_LENGTH
from bot.escaping import code_label, label
from bot.markup import composed, joined, timestamp
from bot.telemetry.ledger import total
from bot.telemetry.schema_version import REQUIRED_VERSION, describe_version
from bot.texts import status as texts
from bot.units import format_bytes

if TYPE_CHECKING:
    from datetime import datetime

    from bot.client import Bot
    from bot.telemetry.host_metrics import HostSample
    from bot.telemetry.inspection import Health
    from bot.telemetry.storage_guard import StorageGuard
    from bot.texts import Language

TROUBLE_LENGTH = 200
"""Characters of what a server says."""
SLOW_GATEWAY = 1.0
"""Seconds of a heartbeat's round trip above which something is wrong; far from Discord it is 0.3."""


def status_embed(bot: Bot, host: HostSample, now: datetime, language: Language) -> discord.Embed:
    """Return the embed of ``/status``."""
    embed = discord.Embed(title=texts.STATUS_TITLE(language), colour=GREEN, timestamp=now)
    minutes = int(bot.uptime // 60)
    uptime = texts.UPTIME_VALUE(
        language, days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60
    )
    embed.add_field(name=texts.UPTIME(language), value=uptime)
    embed.add_field(name=texts.GATEWAY(language), value=_gateway(bot, language))
    embed.add_field(name=texts.LAVALINK(language), value=_lavalink(bot, language))
    embed.add_field(name=texts.GUILDS(language), value=f"{len(bot.guilds):,}")
    embed.add_field(name=texts.CPU(language), value=f"{host.cpu_usage:.0f}%")
    embed.add_field(
        name=texts.RAM(language), value=texts.RAM_VALUE(language, percent=host.ram_usage, rss=host.memory_rss)
    )
    if bot.latency > SLOW_GATEWAY:
        embed.colour = discord.Colour(AMBER)
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
        value=timestamp(last, "R") if last else texts.NEVER(language),
        inline=False,
    )
    near = _add_storage(embed, telemetry.storage, language)
    outdated = _add_version(embed, telemetry.health, language)
    failures = [
        composed("`{}`: {}", code_label(table), label(trouble.in_language(language), TROUBLE_LENGTH))
        for table, trouble in telemetry.failures.items()
    ]
    if not telemetry.is_durable:
        failures.append(texts.NOT_DURABLE(language))
    if telemetry.pending_erasures:
        failures.append(texts.ERASURES_WAIT(language, count=telemetry.pending_erasures))
    if failures:
        text = joined("\n", failures)
        embed.add_field(name=texts.TROUBLE(language), value=text[:EMBED_FIELD_LENGTH], inline=False)
    if failures or near or outdated:
        embed.colour = discord.Colour(AMBER)


def _add_storage(embed: discord.Embed, storage: StorageGuard, language: Language) -> bool:
    """Show how full the database is; returns whether it is nearly full."""
    if storage.size is None:
        return False
    text = texts.STORAGE_VALUE(
        language,
        size=format_bytes(storage.size),
        limit=format_bytes(storage.limit),
        percent=math.floor(100 * storage.size / storage.limit),
    )
    if storage.is_near:
        text = f"⚠️ {text}\n{texts.STORAGE_NEAR(language)}"
    embed.add_field(name=texts.STORAGE(language), value=text, inline=False)
    return storage.is_near


def _add_version(embed: discord.Embed, health: Health | None, language: Language) -> bool:
    """Say where the database's schema is not the bot's; returns whether it has to be run again."""
    if health is None or health.version == REQUIRED_VERSION:
        return False
    text = describe_version(health.version, language)
    if health.is_outdated:
        text = f"⚠️ {text}"
    embed.add_field(name=texts.SCHEMA(language), value=text[:EMBED_FIELD_LENGTH], inline=False)
    return health.is_outdated


def _gateway(bot: Bot, language: Language) -> str:
    milliseconds = bot.latency * 1000  # NaN before the first heartbeat was answered
    return f"{milliseconds:.0f} ms" if math.isfinite(milliseconds) else texts.NOT_MEASURED(language)


def _lavalink(bot: Bot, language: Language) -> str:
    if bot.lavalink is None:
        return texts.LAVALINK_OFF(language)
    milliseconds = bot.lavalink_ping_ms()
    return texts.LAVALINK_DOWN(language) if milliseconds is None else f"{milliseconds:.0f} ms"
