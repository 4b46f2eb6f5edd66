"""The charts of `/top`, from the bot's own client to PostgreSQL and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.telemetry.charts import Charts, read_charts
from bot.telemetry.supabase_api import SupabaseApi

if TYPE_CHECKING:
    import psycopg

    from tests.integration.conftest import RunningSupabase

NOW = datetime.now(UTC)


async def test_a_guilds_charts_are_added_up_over_the_period(
    supabase: RunningSupabase, clean_database: psycopg.Connection[tuple[Any, ...]]
) -> None:
    plays = [
        *[("10", "Lemon", "はる", "1", NOW - timedelta(hours=hour)) for hour in range(3)],
        ("10", "群青", "ユキ", "2", NOW),
        ("10", "群青", "はる（旧）", "1", NOW - timedelta(days=20)),
        *[("11", "怪物", "ユキ", "2", NOW)] * 9,
    ]
    clean_database.cursor().executemany(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)"
        " values (%s, %s, %s, %s, %s)",
        plays,
    )
    api = SupabaseApi(supabase.url, supabase.secret_key)
    try:
        week = await read_charts(api, 10, NOW - timedelta(days=7), 10)
        ever = await read_charts(api, 10, None, 1)
    finally:
        await api.close()

    assert week == Charts([("Lemon", 3), ("群青", 1)], [("1", "はる", 3), ("2", "ユキ", 1)])
    assert ever == Charts([("Lemon", 3)], [("1", "はる", 4)])
