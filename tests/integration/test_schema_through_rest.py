"""The schema as the bot and the dashboard meet it: through the REST API, with each kind of key."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import httpx
import pytest
from postgrest.exceptions import APIError
from supabase import AsyncClient, AsyncClientOptions, acreate_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import psycopg

    from tests.integration.conftest import RunningSupabase

    Connection = psycopg.Connection[tuple[Any, ...]]

PASSWORD = "correct horse battery staple"
PERMISSION_DENIED = "42501"
OPEN = ("system_stats", "network_stats", "network_stats_rollup", "network_stats_rollup_daily")
PRIVATE = ("conversation_logs", "music_logs", "bot_logs", "gemini_usage", "discord_names")
VIEWS = ("popular_songs", "plays_per_guild_30d", "average_cpu_24h", "most_active_users_7d")
NOW = datetime.now(UTC)

ROWS: dict[str, dict[str, object]] = {
    "system_stats": {"cpu_usage": 12.5},
    "conversation_logs": {"user_id": "1", "user_name": "はる", "prompt": "a", "response": "b"},
    "music_logs": {
        "guild_id": "10", "song_title": "夜に駆ける", "requested_by": "はる", "requested_by_id": "1",
    },
    "network_stats": {
        "bytes_sent": 1, "bytes_recv": 2, "bytes_total": 3, "mb_sent": 0, "mb_recv": 0, "mb_total": 0,
    },
    "bot_logs": {"level": "ERROR", "logger": "bot", "message": "x"},
    "gemini_usage": {"user_id": "1", "model": "gemini"},
    "discord_names": {"discord_id": "10", "kind": "guild", "name": "お隣さん荘"},
}  # fmt: skip


@asynccontextmanager
async def client_of(supabase: RunningSupabase, key: str) -> AsyncIterator[AsyncClient]:
    async with httpx.AsyncClient(timeout=60) as http:
        options = AsyncClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
        yield await acreate_client(supabase.url, key, options)


@asynccontextmanager
async def someone(supabase: RunningSupabase) -> AsyncIterator[tuple[AsyncClient, str]]:
    """Sign up a stranger; yield their client and id."""
    async with client_of(supabase, supabase.publishable_key) as client:
        answer = await client.auth.sign_up({"email": f"{uuid.uuid4().hex}@example.com", "password": PASSWORD})
        assert answer.user is not None
        yield client, answer.user.id


@pytest.fixture
async def bot(supabase: RunningSupabase, clean_database: Connection) -> AsyncIterator[AsyncClient]:
    """The bot's client; one row in every table that it writes."""
    async with client_of(supabase, supabase.secret_key) as client:
        for table, row in ROWS.items():
            await client.table(table).insert(row).execute()
        yield client


class Request(Protocol):
    async def execute(self) -> object: ...


async def refused(request: Request) -> None:
    with pytest.raises(APIError) as caught:
        await request.execute()
    assert caught.value.code == PERMISSION_DENIED


async def count(client: AsyncClient, relation: str) -> int:
    return len((await client.table(relation).select("*").execute()).data)


async def test_nobody_without_a_session_reads_anything(supabase: RunningSupabase, bot: AsyncClient) -> None:
    async with client_of(supabase, supabase.publishable_key) as client:
        for relation in (*OPEN, *PRIVATE, *VIEWS, "dashboard_admins"):
            await refused(client.table(relation).select("*"))
        for function in ("network_totals", "apply_retention", "telemetry_health", "retention_policy"):
            await refused(client.rpc(function, {}))


async def test_a_stranger_reads_figures_and_no_words(supabase: RunningSupabase, bot: AsyncClient) -> None:
    async with someone(supabase) as (client, _):
        assert [await count(client, table) for table in OPEN] == [1] * len(OPEN)
        assert [await count(client, table) for table in (*PRIVATE, "dashboard_admins")] == [0] * 6
        assert [await count(client, view) for view in VIEWS] == [1, 1, 1, 0]
        assert (await client.rpc("network_totals", {}).execute()).data[0]["bytes_total"] == 3
        for function in ("apply_retention", "telemetry_health"):
            await refused(client.rpc(function, {}))


async def test_a_dashboard_admin_reads_everything(supabase: RunningSupabase, bot: AsyncClient) -> None:
    async with someone(supabase) as (client, user_id), someone(supabase) as (_, other_id):
        await bot.table("dashboard_admins").insert([{"user_id": user_id}, {"user_id": other_id}]).execute()

        assert [await count(client, relation) for relation in (*OPEN, *PRIVATE)] == [1] * 9
        assert [await count(client, view) for view in VIEWS] == [1] * 4
        assert (await client.table("dashboard_admins").select("user_id").execute()).data == [
            {"user_id": user_id}
        ]


@pytest.mark.parametrize("is_admin", [False, True])
async def test_nobody_who_signs_in_writes(
    supabase: RunningSupabase, bot: AsyncClient, is_admin: bool
) -> None:
    async with someone(supabase) as (client, user_id):
        if is_admin:
            await bot.table("dashboard_admins").insert({"user_id": user_id}).execute()
        for table, row in (ROWS | {"dashboard_admins": {"user_id": user_id}}).items():
            key = next(iter(row))
            await refused(client.table(table).insert(row))
            await refused(client.table(table).update(row).eq(key, row[key]))
            await refused(client.table(table).delete().eq(key, row[key]))


@pytest.mark.parametrize("key", ["secret_key", "legacy_service_role_key"])
async def test_the_bot_reads_writes_and_checks_with_either_kind_of_key(
    supabase: RunningSupabase, clean_database: Connection, key: str
) -> None:
    async with client_of(supabase, getattr(supabase, key)) as client:
        for table, row in ROWS.items():
            await client.table(table).insert(row).execute()
            (stored,) = (await client.table(table).select("*").execute()).data
            assert stored.items() >= {**row, "bot_id": "primary"}.items()
            await client.table(table).delete().eq("id", stored["id"]).execute()
            assert await count(client, table) == 0
        health = (await client.rpc("telemetry_health", {}).execute()).data
        assert health["problems"] == []
        assert health["realtime"] is True
        assert all(health["tables"].values())


async def test_batches_sent_twice_and_in_parts_are_counted_once(
    supabase: RunningSupabase, clean_database: Connection
) -> None:
    boot_id = str(uuid.uuid4())
    rows = [
        {
            "id": str(uuid.uuid4()), "boot_id": boot_id, "sequence": number, "interval_seconds": 10,
            "recorded_at": (NOW - timedelta(seconds=10 * number)).isoformat(),
            "bytes_sent": number, "bytes_recv": 2 * number, "bytes_total": 3 * number,
            "mb_sent": 0, "mb_recv": 0, "mb_total": 0,
        }
        for number in range(1000)
    ]  # fmt: skip
    async with client_of(supabase, supabase.secret_key) as client:
        for batch in (rows[:500], rows[250:750], rows[500:990], rows):
            await (
                client.table("network_stats")
                .upsert(batch, on_conflict="id", ignore_duplicates=True, default_to_null=False)
                .execute()
            )
        totals = (await client.rpc("network_totals", {}).execute()).data

    assert totals == [
        {
            "bytes_sent": 499_500,
            "bytes_recv": 999_000,
            "bytes_total": 1_498_500,
            "samples": 1000,
            "samples_expected": 1000,
            "seconds_covered": 10_000,
            "first_sample_at": totals[0]["first_sample_at"],
            "last_sample_at": totals[0]["last_sample_at"],
        }
    ]
    assert datetime.fromisoformat(totals[0]["first_sample_at"]) == NOW - timedelta(seconds=9990)
    assert datetime.fromisoformat(totals[0]["last_sample_at"]) == NOW


async def test_totals_are_asked_by_period_and_bot_in_any_offset(
    supabase: RunningSupabase, clean_database: Connection
) -> None:
    async with client_of(supabase, supabase.secret_key) as client:
        for bot_id, moment, sent in [
            ("primary", "2026-07-01T00:00:00+09:00", 10),
            ("second", "2026-07-01T00:07:30+09:00", 100),
            ("primary", "2026-07-02T00:00:00+09:00", 1000),
        ]:
            await (
                client.table("network_stats")
                .insert(
                    {**ROWS["network_stats"], "bot_id": bot_id, "recorded_at": moment, "bytes_sent": sent}
                )
                .execute()
            )

        async def sent(**parameters: object) -> int:
            return (await client.rpc("network_totals", parameters).execute()).data[0]["bytes_sent"]

        july = {"p_from": "2026-07-01T00:00:00+09:00", "p_to": "2026-07-02T00:00:00+09:00"}
        assert await sent(**july) == 110
        assert await sent(**july, p_bot_id="primary") == 10
        assert await sent(p_from="2026-06-30T15:07:30Z", p_to=None, p_bot_id=None) == 1100
        assert await sent(p_to="2026-06-30T20:37:30+05:30") == 10
        assert await sent() == 1110


async def test_retention_is_called_until_nothing_is_left(
    supabase: RunningSupabase, bot: AsyncClient, clean_database: Connection
) -> None:
    clean_database.execute("""
        insert into bot_logs (level, logger, message, timestamp)
        select 'ERROR', 'bot', 'x', now() - interval '31 days' from generate_series(1, 5)
    """)

    rounds = []
    while not rounds or sum(rounds[-1].values()):
        answer = await bot.rpc("apply_retention", {"p_batch": 2}).execute()
        rounds.append({row["table_name"]: row["deleted"] for row in answer.data})

    assert [deleted["bot_logs"] for deleted in rounds] == [2, 2, 1, 0]
    assert set(rounds[0]) == {*ROWS, "privacy_erasures"}
    assert await count(bot, "bot_logs") == 1


async def test_every_query_of_the_seeds_works(supabase: RunningSupabase, bot: AsyncClient) -> None:
    async with someone(supabase) as (client, user_id):
        await bot.table("dashboard_admins").insert({"user_id": user_id}).execute()
        hour_ago = (NOW - timedelta(hours=1)).isoformat()

        latest = (
            await client.table("system_stats").select("*").order("timestamp", desc=True).limit(10).execute()
        )
        graph = await (
            client.table("system_stats")
            .select("timestamp, cpu_usage, ram_usage, server_count")
            .gte("timestamp", hour_ago)
            .order("timestamp", desc=False)
            .execute()
        )
        words = (
            await client.table("conversation_logs")
            .select("*")
            .order("timestamp", desc=True)
            .limit(50)
            .execute()
        )
        plays = await (
            client.table("music_logs")
            .select("*")
            .eq("guild_id", "10")
            .order("timestamp", desc=True)
            .limit(20)
            .execute()
        )
        traffic = await (
            client.table("network_stats").select("*").order("recorded_at", desc=True).limit(100).execute()
        )
        megabytes = await (
            client.table("network_stats")
            .select("mb_sent, mb_recv, mb_total")
            .gte("recorded_at", hour_ago)
            .execute()
        )

    assert latest.data[0]["cpu_usage"] == graph.data[0]["cpu_usage"] == 12.5
    assert set(graph.data[0]) == {"timestamp", "cpu_usage", "ram_usage", "server_count"}
    assert words.data[0]["prompt"] == "a"
    assert len(plays.data) == 1
    assert traffic.data[0]["bytes_total"] == 3
    assert megabytes.data == [{"mb_sent": 0, "mb_recv": 0, "mb_total": 0}]


async def test_songs_are_ranked(bot: AsyncClient) -> None:
    await bot.table("music_logs").insert([{**ROWS["music_logs"], "song_title": "アイドル"}] * 2).execute()

    ranking = await bot.table("popular_songs").select("*").order("count", desc=True).limit(10).execute()

    assert ranking.data == [{"song_title": "アイドル", "count": 2}, {"song_title": "夜に駆ける", "count": 1}]


async def test_songs_are_ranked_by_the_columns_that_the_seeds_name(bot: AsyncClient) -> None:
    await bot.table("music_logs").insert([{**ROWS["music_logs"], "song_title": "アイドル"}] * 2).execute()

    ranking = await (
        bot.table("popular_songs").select("song_title, count").order("count", desc=True).limit(10).execute()
    )

    assert ranking.data == [{"song_title": "アイドル", "count": 2}, {"song_title": "夜に駆ける", "count": 1}]
