"""The whole telemetry against real PostgreSQL behind the real REST protocol, through the real supabase-py."""

from __future__ import annotations

import asyncio
import logging
import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
import pytest

from bot.supabase_client import SupabaseClient
from bot.telemetry.ledger import Account
from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.supabase_api import SupabaseApi
from bot.telemetry.tables import CONVERSATION_LOGS, NETWORK_STATS, TABLES
from tests.support.telemetry import Source, kill_telemetry_in_the_middle, telemetry_settings, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    import psycopg

    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

CHAT = CONVERSATION_LOGS.name


@pytest.fixture
def environ(supabase: RunningSupabase, tmp_path: Path) -> dict[str, str]:
    return {"SUPABASE_URL": supabase.url, "SUPABASE_KEY": supabase.secret_key, "DATA_DIR": str(tmp_path)}


@pytest.fixture
async def client(clean_database: Database, environ: dict[str, str]) -> AsyncIterator[SupabaseClient]:
    client = SupabaseClient(Source(telemetry_settings(environ)))
    yield client
    await client.close()


async def say(client: SupabaseClient, *prompts: str) -> None:
    for prompt in prompts:
        await client.save_conversation_log(user_id=1, user_name="はる", prompt=prompt, response="はい")


async def settled(client: SupabaseClient, table: str = CHAT) -> Account:
    """Wait until nothing of ``table`` is spooled."""
    await until(lambda: table in client.ledger() and not client.ledger()[table].spooled)
    return client.ledger()[table]


def prompts(database: Database) -> list[str]:
    return [prompt for (prompt,) in database.execute("select prompt from conversation_logs order by id")]


async def test_the_startup_lines_name_every_table(
    client: SupabaseClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await client.initialize()
    assert [message for message in caplog.messages if message[0] in "✅🔄❌⚠"] == [
        "✅ Supabase client initialized",
        *(f"✅ {table.name} table exists" for table in TABLES),
        "🔄 Health monitor started (10s interval)",
    ]
    assert client.is_running
    assert client.client is not None


async def test_a_conversation_and_a_play_reach_the_database_as_they_happen(
    client: SupabaseClient, database: Database
) -> None:
    await client.initialize()
    await say(client, "こんにちは")
    await client.save_music_log(guild_id=5, song_title="夜に駆ける", requested_by="ユキ", requested_by_id=6)
    assert await settled(client) == Account(1, delivered=1)
    assert await settled(client, "music_logs") == Account(1, delivered=1)
    assert client.last_delivery is not None
    conversations = "select bot_id, user_id, user_name, prompt, response from conversation_logs"
    assert database.execute(conversations).fetchall() == [("primary", "1", "はる", "こんにちは", "はい")]
    plays = "select bot_id, guild_id, song_title, requested_by, requested_by_id from music_logs"
    assert database.execute(plays).fetchall() == [("primary", "5", "夜に駆ける", "ユキ", "6")]


async def test_the_cost_of_an_answer_reaches_the_database(client: SupabaseClient, database: Database) -> None:
    await client.initialize()
    for guild_id in (5, None):
        await client.save_gemini_usage(
            guild_id=guild_id,
            user_id=6,
            model="gemini-test",
            prompt_tokens=10,
            answer_tokens=20,
            total_tokens=37,
        )
    assert await settled(client, "gemini_usage") == Account(2, delivered=2)
    usage = (
        "select bot_id, guild_id, user_id, model, prompt_tokens, answer_tokens, total_tokens"
        " from gemini_usage order by guild_id"
    )
    assert database.execute(usage).fetchall() == [
        ("primary", "5", "6", "gemini-test", 10, 20, 37),
        ("primary", None, "6", "gemini-test", 10, 20, 37),
    ]


async def test_odd_texts_are_stored_and_cost_no_neighbour(client: SupabaseClient, database: Database) -> None:
    await client.initialize()
    await say(client, "before", "nul \0", "lone \ud83d", "長" * 4_000, '"\\\n\u2028 quotes', "after")
    await client.save_music_log(guild_id=5, song_title="歌" * 300, requested_by="\udc00", requested_by_id=6)
    assert await settled(client) == Account(6, delivered=6)
    await settled(client, "music_logs")
    assert prompts(database) == [
        "before",
        "nul \ufffd",
        "lone \ufffd",
        "長" * 4_000,
        '"\\\n\u2028 quotes',
        "after",
    ]
    titles = database.execute("select song_title, requested_by from music_logs").fetchall()
    assert titles == [("歌" * 300, "\ufffd")]


async def test_samples_are_recorded_by_the_health_monitor(
    client: SupabaseClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    counters = psutil.net_io_counters()
    grown = iter([(0, 0), (2**20, 3 * 2**20), (2**21, 4 * 2**20)])

    def reading() -> object:
        sent, received = next(grown)
        return counters._replace(bytes_sent=10**9 + sent, bytes_recv=10**9 + received)

    await client.initialize()
    await until(lambda: "system_stats" in client.ledger() and client._sampler.metrics._last is not None)
    client.health_monitor_loop.cancel()  # or else its next sample takes one of these readings
    monkeypatch.setattr(psutil, "net_io_counters", reading)
    client._sampler.metrics._last = None
    for _ in range(3):
        await client._send_network_stats()
    await client.network_totals()  # sends what waits for its turn
    rows = database.execute(
        "select bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, sequence,"
        " interval_seconds >= 0 from network_stats order by sequence desc limit 2"
    ).fetchall()
    assert [row[:6] for row in rows] == [
        (2**20, 2**20, 2**21, 1.0, 1.0, 2.0),
        (2**20, 3 * 2**20, 2**22, 1.0, 3.0, 4.0),
    ]
    assert rows[0][6] - rows[1][6] == 1
    assert rows[0][7]
    await settled(client, "system_stats")
    (system,) = database.execute(
        "select ping_gateway, ping_lavalink, server_count, guild_count, status, memory_rss > 1, uptime >= 0,"
        " cpu_usage >= 0, ram_usage > 0, memory_heap > 0 from system_stats"
    ).fetchall()
    assert system == (42.0, 7.5, 2, 2, "online", *[True] * 5)


async def test_unknown_pings_are_stored_as_unknown(client: SupabaseClient, database: Database) -> None:
    source = client._sampler._bot
    assert isinstance(source, Source)
    source.latency, source.lavalink_ping = float("nan"), None
    await client.initialize()
    await until(lambda: "system_stats" in client.ledger())
    await settled(client, "system_stats")
    assert database.execute("select ping_gateway, ping_lavalink from system_stats").fetchall() == [
        (None, None)
    ]


async def test_a_warning_of_the_bot_becomes_a_row_without_secrets(
    client: SupabaseClient, database: Database, supabase: RunningSupabase
) -> None:
    await client.initialize()
    try:
        raise RuntimeError(f"key {supabase.secret_key}")
    except RuntimeError:
        logging.getLogger("bot.chat").exception("error %s", "abc", extra={"error_id": "abc"})
    await settled(client, "bot_logs")
    query = "select level, logger, message, error_id, traceback from bot_logs"
    (row,) = database.execute(query).fetchall()
    assert row[:4] == ("ERROR", "bot.chat", "error abc", "abc")
    assert row[4].endswith("RuntimeError: key ***\n")


async def test_rows_that_a_constraint_refuses_are_set_aside_and_their_neighbours_stored(
    client: SupabaseClient, database: Database
) -> None:
    await say(client, *(f"good {n}" for n in range(20)))
    too_much = 2**40  # prompt_tokens is a 32-bit integer
    await client.save_conversation_log(
        user_id=1, user_name="x", prompt="poison", response="", prompt_tokens=too_much
    )
    await say(client, "last")
    await client.initialize()
    assert await settled(client) == Account(22, delivered=21, dead=1)
    assert "poison" not in prompts(database)
    (letter,) = await client.dead_letters()
    assert letter.reason.startswith("22003: ")


async def test_a_grant_that_is_missing_holds_one_table_until_it_is_given(
    client: SupabaseClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    database.execute("revoke insert on conversation_logs from service_role")
    try:
        await client.initialize()
        assert "conversation_logs: the bot's role may not INSERT" in caplog.text
        await say(client, "a", "b")
        await client.save_music_log(guild_id=1, song_title="x", requested_by="y", requested_by_id=2)
        assert await settled(client, "music_logs") == Account(1, delivered=1)
        await until(lambda: CHAT in client.failures)
        assert client.failures[CHAT].code == "42501"
        assert client.ledger()[CHAT] == Account(2, spooled=2)
    finally:
        database.execute("grant insert on conversation_logs to service_role")
    assert await settled(client) == Account(2, delivered=2)
    assert prompts(database) == ["a", "b"]
    held = [record for record in caplog.records if "held back" in record.message]
    assert len(held) == 1


async def test_answers_that_are_lost_or_false_make_no_row_twice_and_lose_none(
    client: SupabaseClient, database: Database, supabase: RunningSupabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telemetry.circuit_breaker.FIRST_DELAY", 0.02)  # only to be quick
    path = "/rest/v1/conversation_logs"
    await client.initialize()
    supabase.fault("drop_answer", path=path, times=1)
    supabase.fault("status", status=200, body="<html></html>", path=path, times=1)
    supabase.fault("status", status=429, headers={"Retry-After": "0"}, path=path, times=1)
    supabase.fault("reset", path=path, times=1)
    await say(client, *(str(n) for n in range(50)))
    account = await settled(client)
    assert account == Account(50, delivered=50 - account.duplicate, duplicate=account.duplicate)
    assert prompts(database) == [str(n) for n in range(50)]


async def test_the_bot_starts_while_supabase_is_away_and_delivers_after_it_is_back(
    client: SupabaseClient, database: Database, supabase: RunningSupabase, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    supabase.fault("status", status=503)
    await client.initialize()
    assert client.is_running
    assert "Supabase cannot be checked yet: 503" in caplog.text
    await say(client, "a")
    await until(lambda: "Supabase" in client.failures)
    supabase.reset()
    assert await settled(client) == Account(1, delivered=1)
    await until(lambda: "✅ bot_logs table exists" in caplog.messages)
    assert prompts(database) == ["a"]


async def test_a_project_that_hangs_delays_the_start_by_a_few_seconds_only(
    clean_database: Database, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.supabase_client.CHECK_SECONDS", 0.05)
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.05)
    # A request is given up by the start and the flush, not by its own timeout.
    monkeypatch.setattr("bot.telemetry.supabase_api.TIMEOUT", None)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = SupabaseClient(Source(telemetry_settings({**environ, "SUPABASE_URL": url})))
        async with asyncio.timeout(60):
            await client.initialize()
            await say(client, "a")
            await client.close()


async def test_the_publishable_key_is_told_from_the_secret_one(
    clean_database: Database,
    environ: dict[str, str],
    supabase: RunningSupabase,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.05)
    client = SupabaseClient(Source(telemetry_settings({**environ, "SUPABASE_KEY": supabase.publishable_key})))
    await client.initialize()
    await client.close()
    assert "publishable key" in caplog.text
    assert "API Keys" in caplog.text


async def test_closing_says_offline_and_sends_what_is_left(
    client: SupabaseClient, database: Database
) -> None:
    await client.initialize()
    await say(client, "last words")
    await client.close()
    assert prompts(database) == ["last words"]
    query = "select status from system_stats order by timestamp desc limit 1"
    assert database.execute(query).fetchall() == [("offline",)]
    assert not client.is_running
    assert client.client is None


async def test_what_could_not_be_sent_before_the_end_is_sent_after_the_next_start(
    client: SupabaseClient,
    database: Database,
    supabase: RunningSupabase,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.2)
    supabase.fault("reset")
    await client.initialize()
    await say(client, "kept")
    await client.close()
    assert prompts(database) == []
    supabase.reset()
    again = SupabaseClient(Source(telemetry_settings(environ)))
    await again.initialize()
    assert await settled(again) == Account(1, delivered=1)
    await again.close()
    assert prompts(database) == ["kept"]


async def test_expired_rows_are_deleted_by_the_bot_where_the_database_does_not(
    client: SupabaseClient, database: Database
) -> None:
    database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)"
        " select '1', 'x', 'y', '2', now() - make_interval(days => n) from generate_series(80, 99) as n"
    )
    await client.initialize()
    count = "select count(*) from music_logs where timestamp < now() - interval '90 days'"
    await until(lambda: database.execute(count).fetchone() == (0,))
    assert database.execute("select count(*) from music_logs").fetchone() == (10,)


@pytest.mark.parametrize("trim", ["on", "off"])
async def test_old_samples_are_thinned_where_that_is_wanted(
    clean_database: Database, environ: dict[str, str], caplog: pytest.LogCaptureFixture, trim: str
) -> None:
    caplog.set_level(logging.INFO)
    fill_thirty_days(clean_database)
    cutoff = datetime.now(UTC) - timedelta(days=8)

    def old() -> int:
        query = "select count(*) from network_stats where recorded_at < %s"
        [(count,)] = clean_database.execute(query, [cutoff]).fetchall()
        return count

    before = old()
    limits = {"SUPABASE_DB_LIMIT_MB": "1", "SUPABASE_DB_TRIM": trim}
    client = SupabaseClient(Source(telemetry_settings({**environ, **limits})))
    await client.initialize()
    if trim == "on":
        await until(lambda: "SUPABASE_DB_TRIM: 10000 old samples deleted" in caplog.text)
        assert old() == before - 10_000
    else:
        await until(lambda: "SUPABASE_DB_LIMIT_MB" in caplog.text)  # the job before
        assert old() == before
    await client.close()


def fill_thirty_days(database: Database) -> tuple[int, int]:
    """Insert a sample every ten seconds for 30 days; returns the sums sent and received."""
    database.execute(
        "insert into network_stats (bot_id, boot_id, sequence, bytes_sent, bytes_recv, bytes_total,"
        "  mb_sent, mb_recv, mb_total, recorded_at)"
        " select 'primary', 'b0000000-0000-4000-8000-000000000000', n, n, 3 * n, 4 * n, 0, 0, 0,"
        "  now() - interval '1 minute' - make_interval(secs => n * 10) from generate_series(1, 259200) as n"
    )
    total_sent = 259_200 * 259_201 // 2
    return total_sent, 3 * total_sent


async def test_network_totals_are_true_with_thirty_days_of_samples_up_and_down(
    client: SupabaseClient, database: Database, supabase: RunningSupabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SupabaseClient, "_send_network_stats", SupabaseClient._send_system_stats)
    sent, received = fill_thirty_days(database)
    await client.initialize()
    await until(lambda: client._connection is not None and not client._connection.view.stale.is_set())

    online = await client.network_totals()
    assert online is not None
    assert (online.bytes_sent, online.bytes_recv, online.samples) == (sent, received, 259_200)
    assert (online.as_of, online.is_complete, online.pending_samples) == (None, True, 0)
    assert online.samples_expected == 259_200

    sample = {"bytes_sent": 100, "bytes_recv": 1_000, "bytes_total": 1_100}
    client._record(NETWORK_STATS, {**sample, "mb_sent": 0, "mb_recv": 0, "mb_total": 0})
    online = await client.network_totals()
    assert online is not None
    assert (online.bytes_sent, online.samples) == (sent + 100, 259_201)

    supabase.fault("reset")
    for _ in range(3):
        client._record(NETWORK_STATS, {**sample, "mb_sent": 0, "mb_recv": 0, "mb_total": 0})
    outage = await client.network_totals()
    assert outage is not None
    assert (outage.bytes_sent, outage.bytes_recv) == (sent + 400, received + 4_000)
    assert (outage.samples, outage.pending_samples) == (259_204, 3)
    assert outage.as_of is not None

    day = datetime.now(UTC) - timedelta(days=1)
    outage_day = await client.network_totals(day)
    everyone = await client.network_totals(bot_id="all")
    supabase.reset()
    online_day = await client.network_totals(day)
    assert outage_day is not None
    assert online_day is not None
    assert everyone is not None
    assert outage_day.bytes_sent == pytest.approx(online_day.bytes_sent, rel=0.01)
    assert everyone.bytes_sent == outage.bytes_sent
    again = await client.network_totals()
    assert again is not None
    assert (again.bytes_sent, again.samples, again.pending_samples) == (sent + 400, 259_204, 0)


async def test_network_totals_say_when_the_database_was_never_reached(
    client: SupabaseClient, supabase: RunningSupabase
) -> None:
    supabase.fault("reset")
    await client.initialize()
    client._record(NETWORK_STATS, {"bytes_sent": 5, "bytes_recv": 6})
    totals = await client.network_totals()
    assert totals is not None
    assert (totals.is_complete, totals.bytes_sent, totals.bytes_recv) == (False, 5, 6)


async def test_a_killed_process_is_made_up_for_exactly_once(
    clean_database: Database, database: Database, environ: dict[str, str], supabase: RunningSupabase
) -> None:
    supabase.fault("reset", probability=0.3)
    supabase.fault("drop_answer", probability=0.3)
    said, safe = await asyncio.to_thread(kill_telemetry_in_the_middle, environ, 1_000)
    supabase.reset()
    client = SupabaseClient(Source(telemetry_settings(environ)))
    await client.initialize()
    account = await settled(client)
    await client.close()
    stored = prompts(database)
    assert len(set(stored)) == len(stored)
    assert set(safe) <= set(stored) <= set(said)
    assert stored == [prompt for prompt in said if prompt in set(stored)]
    assert account.balance == 0
    assert account.recorded == len(stored)


async def test_without_a_project_everything_is_quiet(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for url in ("", "off"):
        client = SupabaseClient(
            Source(telemetry_settings({"SUPABASE_URL": url, "DATA_DIR": str(tmp_path / "data")}))
        )
        await client.initialize()
        await say(client, "x")
        await client.save_music_log(guild_id=1, song_title="x", requested_by="y", requested_by_id=2)
        assert (client.ledger(), await client.network_totals(), await client.dead_letters()) == ({}, None, [])
        assert (client.client, client.supabase_url, client.is_running) == (None, None, False)
        await client.close()
    assert [message for message in caplog.messages if "Telemetry" in message] == [
        "Telemetry is off: SUPABASE_URL is not set",
        "Telemetry is off: SUPABASE_URL is off",
    ]
    assert not (tmp_path / "data" / "otonari.lock").exists()


@pytest.mark.parametrize(
    "ask", ["check_columns", "rollup", "opted_out", "has_opted_out", "opt_out", "erasures"]
)
async def test_a_page_of_html_is_never_an_answer(supabase: RunningSupabase, ask: str) -> None:
    html = {"Content-Type": "text/html"}
    supabase.fault("status", status=200, body="<html>Sign in</html>", headers=html, path="/rest/v1/")
    arguments = {
        "check_columns": (CONVERSATION_LOGS,),
        "rollup": (datetime.now(UTC),),
        "opted_out": (),
        "has_opted_out": ("1",),
        "opt_out": ("1", datetime.now(UTC)),
        "erasures": (),
    }
    api = SupabaseApi(supabase.url, supabase.secret_key)
    try:
        with pytest.raises(TelemetryError, match="unconfirmed"):
            await getattr(api, ask)(*arguments[ask])
    finally:
        await api.close()
