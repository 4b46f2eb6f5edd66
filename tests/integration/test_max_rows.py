"""A project whose "Max rows" are fewer than what is asked for: what is read in pages is read to its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.supabase_client import SupabaseClient
from bot.telemetry.charts import read_charts
from bot.telemetry.supabase_api import SupabaseApi
from tests.support.telemetry import Source, telemetry_settings, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import psycopg

    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

ROWS = 250
"""Of each kind; by pages of 100, whose last one is short, and of 125, whose last one is full."""
QUARTERS = """
insert into network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at)
select n, 3 * n, 4 * n, 0, 0, 0, now() - n * interval '15 minutes' from generate_series(1, %s) as n
"""
PEOPLE = "insert into privacy_optouts (user_id) select n::text from generate_series(1, %s) as n"
ERASURES = """
insert into privacy_erasures (user_id, erased_before) select n::text, now() from generate_series(1, %s) as n
"""
BOTS = """
insert into network_stats (bot_id, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select 'bot-' || n, 1, 2, 3, 0, 0, 0 from generate_series(1, %s) as n
"""


@pytest.fixture(params=[100, 125])
def few_rows(request: pytest.FixtureRequest, supabase: RunningSupabase, clean_database: Database) -> None:
    supabase.switch("PUT", "/max_rows", {"rows": request.param})


@pytest.fixture
async def api(supabase: RunningSupabase) -> AsyncIterator[SupabaseApi]:
    api = SupabaseApi(supabase.url, supabase.secret_key)
    yield api
    await api.close()


@pytest.mark.usefixtures("few_rows")
async def test_every_opt_out_and_every_erasure_is_learned(api: SupabaseApi, database: Database) -> None:
    database.execute(PEOPLE, (ROWS,))
    database.execute(ERASURES, (ROWS,))
    everybody = {str(n) for n in range(1, ROWS + 1)}

    assert await api.opted_out() == everybody
    erased = [erasure.user_id for erasure in await api.erasures()]
    assert (len(erased), set(erased)) == (ROWS, everybody)


@pytest.mark.usefixtures("few_rows")
async def test_netstats_remembers_all_of_the_traffic_for_an_outage(
    supabase: RunningSupabase, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SupabaseClient, "_send_network_stats", SupabaseClient._send_system_stats)
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.2)
    database.execute(QUARTERS, (ROWS,))
    environ = {"SUPABASE_URL": supabase.url, "SUPABASE_KEY": supabase.secret_key, "DATA_DIR": str(tmp_path)}
    client = SupabaseClient(Source(telemetry_settings(environ)))
    await client.initialize()
    try:
        await until(lambda: client._connection is not None and not client._connection.view.stale.is_set())
        supabase.fault("reset")
        for since in (None, datetime.now(UTC) - timedelta(days=30)):
            totals = await client.network_totals(since)
            assert totals is not None
            assert (totals.samples, totals.bytes_sent) == (ROWS, ROWS * (ROWS + 1) // 2)
            assert totals.as_of is not None
        day = await client.network_totals(datetime.now(UTC) - timedelta(hours=12))
        assert day is not None
        assert 40 < day.samples < 50
    finally:
        await client.close()


@pytest.mark.usefixtures("few_rows")
async def test_every_bot_of_the_database_is_known(api: SupabaseApi, database: Database) -> None:
    database.execute(BOTS, (ROWS,))

    bots = [str(row["bot_id"]) for row in await api.rows("network_bots")]

    assert (len(bots), set(bots)) == (ROWS, {f"bot-{n}" for n in range(1, ROWS + 1)})


async def test_even_three_rows_come_in_pages_of_two(
    supabase: RunningSupabase, clean_database: Database, api: SupabaseApi
) -> None:
    supabase.switch("PUT", "/max_rows", {"rows": 2})
    clean_database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id)"
        " select '1', 'song ' || n, 'x', n::text from generate_series(1, 5) as n, generate_series(1, n)"
    )

    assert [row["table_name"] for row in await api.rows("personal_data_summary", {"p_user_id": "5"})] == [
        "conversation_logs",
        "gemini_usage",
        "music_logs",
    ]
    charts = await read_charts(api, 1, None, 10)
    assert charts.songs == [(f"song {n}", n) for n in (5, 4, 3, 2, 1)]
    assert [count for _, _, count in (await read_charts(api, 1, None, 3)).listeners] == [5, 4, 3]
