"""Traffic of several bots and writers in one database, retention, and what is remembered of it."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from bot.supabase_client import SupabaseClient
from tests.support.telemetry import Source, telemetry_settings, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    from bot.telemetry.network_totals import NetworkTotals
    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

SAMPLES = """
insert into network_stats (bot_id, boot_id, sequence, bytes_sent, bytes_recv, bytes_total,
  mb_sent, mb_recv, mb_total, recorded_at)
select %s, gen_random_uuid(), n, n, 3 * n, 4 * n, 0, 0, 0, now() - make_interval(secs => %s + n * 10)
from generate_series(1, %s) as n
"""
ONE = (
    "insert into network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)"
    " values (0, 0, 0, 0, 0, 0)"
)


@pytest.fixture
async def client(
    clean_database: Database,
    supabase: RunningSupabase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[SupabaseClient]:
    monkeypatch.setattr(SupabaseClient, "_send_network_stats", SupabaseClient._send_system_stats)
    monkeypatch.setattr("bot.telemetry.maintenance.PAUSE_SECONDS", 0.05)
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.2)
    environ = {"SUPABASE_URL": supabase.url, "SUPABASE_KEY": supabase.secret_key, "DATA_DIR": str(tmp_path)}
    client = SupabaseClient(Source(telemetry_settings({**environ, "SUPABASE_DB_LIMIT_MB": "1"})))
    await client.initialize()
    await until(lambda: not view(client).stale.is_set())
    yield client
    await client.close()


def view(client: SupabaseClient) -> Any:
    assert client._connection is not None
    return client._connection.view


async def totals(client: SupabaseClient, bot_id: str | None = None) -> NetworkTotals:
    found = await client.network_totals(bot_id=bot_id)
    assert found is not None
    return found


async def test_what_another_writer_adds_is_remembered_soon_and_right_during_the_next_outage(
    client: SupabaseClient, database: Database, supabase: RunningSupabase
) -> None:
    database.execute(SAMPLES, ("primary", 60, 100))
    database.execute(SAMPLES, ("second", 60, 10))
    assert (await totals(client)).bytes_sent == 5050
    await until(lambda: not view(client).stale.is_set() and "second" in client.bot_ids)

    supabase.fault("reset")
    remembered = {bot: await totals(client, bot) for bot in (None, "second", "all", "stranger")}
    assert {bot: found.bytes_sent for bot, found in remembered.items()} == {
        None: 5050,
        "second": 55,
        "all": 5105,
        "stranger": 0,
    }
    assert all(remembered[bot].as_of for bot in (None, "second", "all"))
    supabase.reset()
    assert (await totals(client, "second")).bytes_sent == 55
    assert (await totals(client, "all")).bytes_sent == 5105
    assert client.bot_ids == ["primary", "second"]


async def test_a_report_draws_one_bot_or_all(client: SupabaseClient, database: Database) -> None:
    for bot in ("primary", "second"):
        database.execute(SAMPLES, (bot, 60, 100))
    now = datetime.now(UTC)
    for bot, bots in ((None, 1), ("all", 2)):
        report = await client.network_report(now - timedelta(hours=1), now, bot_id=bot)
        assert report is not None
        assert sum(sent * report.step for _, sent, _ in report.points) == pytest.approx(5050 * bots, rel=0.1)
        assert {gap.bot_id for gap in report.gaps} == {"primary", "second"} if bots == 2 else {"primary"}


async def test_coverage_and_counting_are_unknown_while_the_database_cannot_say(
    client: SupabaseClient, database: Database, supabase: RunningSupabase
) -> None:
    database.execute(SAMPLES, ("primary", 60, 100))
    known = await totals(client)
    assert known.countings == {"all"}
    assert known.seconds_covered == pytest.approx(1000)
    assert known.seconds_expected >= 1060

    missing = {"code": "PGRST202", "message": "no function", "details": None, "hint": None}
    supabase.fault("status", status=404, body=json.dumps(missing), path="network_coverage")
    older = await totals(client)
    await until(lambda: not view(client).stale.is_set())
    supabase.fault("reset")
    outage = await totals(client)

    assert (older.as_of, outage.as_of is None) == (None, False)
    for found in (older, outage):
        assert (found.bytes_sent, found.seconds_expected, found.countings) == (5050, 0, frozenset())


async def test_clean_up_in_batches_keeps_totals_to_the_byte_and_makes_no_insert_wait(
    client: SupabaseClient, database: Database, supabase: RunningSupabase
) -> None:
    database.execute(SAMPLES, ("primary", 30 * 86_400 - 20_000 * 10, 40_000))
    before = await totals(client)
    stop, inserted = threading.Event(), 0

    def insert() -> None:
        nonlocal inserted
        with psycopg.connect(supabase.dsn, autocommit=True) as connection:
            # An insert that has to wait longer for a lock fails, and this thread with it.
            connection.execute("set lock_timeout = '50ms'")
            while not stop.is_set():
                connection.execute(ONE)
                inserted += 1

    inserting = asyncio.create_task(asyncio.to_thread(insert))
    await until(lambda: inserted > 0)
    assert client._connection is not None
    expired = "select count(*) from network_stats where recorded_at < now() - interval '30 days 1 minute'"
    try:
        await client._connection.maintenance.apply_retention()
        # The maintenance of the start may be at it too, and then each deletes a part.
        await until(lambda: database.execute(expired).fetchone() == (0,))
    finally:
        stop.set()
        await inserting
    assert database.execute("select count(*) from network_stats").fetchone() == pytest.approx(
        (20_000 + inserted,), abs=200
    )
    after = await totals(client)
    assert (after.bytes_sent, after.bytes_recv) == (before.bytes_sent, before.bytes_recv)
    assert after.samples == before.samples + inserted


async def test_a_database_near_its_limit_is_told(
    client: SupabaseClient, caplog: pytest.LogCaptureFixture
) -> None:
    await until(lambda: client.storage.size is not None)
    assert client.storage.is_near
    # The client was started, and may have looked already, before this test began.
    records = caplog.get_records("setup") + caplog.get_records("call")
    assert any("SUPABASE_DB_LIMIT_MB" in record.getMessage() for record in records)
