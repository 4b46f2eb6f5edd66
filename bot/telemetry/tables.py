"""The tables that telemetry writes, as ``bot/supabase_schema.sql`` creates them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One of the tables below: its name, the column of the event's own time, and what is written to it."""

    name: str
    time_column: str
    columns: tuple[str, ...]
    """Every column the bot writes beside ``id`` and the time; the start-up check asks for exactly these."""
    is_statistic: bool = False
    """A sample of a series: sent every 10 s instead of at once, and given up first when the spool is full."""


SYSTEM_STATS = Table(
    "system_stats",
    "timestamp",
    (
        "bot_id",
        "cpu_usage",
        "ram_usage",
        "memory_rss",
        "memory_heap",
        "ping_gateway",
        "ping_lavalink",
        "lavalink_nodes",
        "server_count",
        "guild_count",
        "uptime",
        "status",
    ),
    is_statistic=True,
)
CONVERSATION_LOGS = Table(
    "conversation_logs",
    "timestamp",
    (
        "bot_id",
        "user_id",
        "user_name",
        "prompt",
        "response",
        "guild_id",
        "channel_id",
        "model",
        "prompt_tokens",
        "response_tokens",
        "is_private",
    ),
)
MUSIC_LOGS = Table(
    "music_logs", "timestamp", ("bot_id", "guild_id", "song_title", "requested_by", "requested_by_id")
)
NETWORK_STATS = Table(
    "network_stats",
    "recorded_at",
    (
        "bot_id",
        "bytes_sent",
        "bytes_recv",
        "bytes_total",
        "mb_sent",
        "mb_recv",
        "mb_total",
        "boot_id",
        "sequence",
        "interval_seconds",
        "counting",
    ),
    is_statistic=True,
)
BOT_LOGS = Table("bot_logs", "timestamp", ("bot_id", "level", "logger", "message", "error_id", "traceback"))

GEMINI_USAGE = Table(
    "gemini_usage",
    "timestamp",
    ("bot_id", "guild_id", "user_id", "model", "prompt_tokens", "answer_tokens", "total_tokens"),
)

DISCORD_NAMES = Table("discord_names", "timestamp", ("bot_id", "discord_id", "kind", "name"))

TABLES = (SYSTEM_STATS, CONVERSATION_LOGS, MUSIC_LOGS, NETWORK_STATS, BOT_LOGS, GEMINI_USAGE, DISCORD_NAMES)
