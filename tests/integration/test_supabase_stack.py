"""The embedded Supabase answers supabase-py as a hosted project does."""

from __future__ import annotations

import os
import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import psycopg
import pytest
from postgrest.exceptions import APIError
from supabase import AsyncClient, AsyncClientOptions, acreate_client
from supabase_auth.errors import AuthApiError

from tests.integration.conftest import start_supabase, stop_supabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from postgrest import AsyncSelectRequestBuilder

    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

PASSWORD = "correct horse battery staple"


@asynccontextmanager
async def client_of(
    supabase: RunningSupabase, key: str | None = None
) -> AsyncIterator[tuple[AsyncClient, list[httpx.Response]]]:
    """Yield a client and the list of the raw answers that it gets."""
    answers: list[httpx.Response] = []

    async def remember(answer: httpx.Response) -> None:
        answers.append(answer)

    async with httpx.AsyncClient(event_hooks={"response": [remember]}, timeout=60) as http:
        options = AsyncClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
        yield await acreate_client(supabase.url, key or supabase.secret_key, options), answers


def stats_row(**values: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "bot_id": "primary", "cpu_usage": 1.5, **values}


async def test_an_upsert_acknowledges_that_duplicates_are_ignored(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    rows = [stats_row() for _ in range(3)]
    async with client_of(supabase) as (client, answers):
        for expected in (3, 0):
            result = await (
                client.table("system_stats")
                .upsert(
                    rows,
                    on_conflict="id",
                    ignore_duplicates=True,
                    returning="minimal",
                    count="exact",
                    default_to_null=False,
                )
                .execute()
            )
            assert result.count == expected
            assert answers[-1].status_code == 201
            assert "resolution=ignore-duplicates" in answers[-1].headers["Preference-Applied"]
    assert clean_database.execute("select count(*) from system_stats").fetchone() == (3,)


async def test_a_read_is_capped_at_a_thousand_rows_and_counts_all(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    clean_database.execute("insert into system_stats (uptime) select generate_series(1, 1200)")
    async with client_of(supabase) as (client, _):
        result = await client.table("system_stats").select("uptime", count="exact").execute()
    assert (len(result.data), result.count) == (1000, 1200)


async def test_count_is_a_column_where_there_is_one_and_never_the_aggregate(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    clean_database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id)"
        " select '1', title, 'u', '2' from unnest(array['a', 'b', 'b']) title"
    )
    async with client_of(supabase) as (client, _):
        songs = client.table("popular_songs").select("song_title, count")
        ranking = (await songs.order("count", desc=True).execute()).data
        first = await songs.eq("song_title", "b").single().execute()
        with pytest.raises(APIError) as refused:
            await client.table("music_logs").select("song_title, count").execute()
    assert ranking == [{"song_title": "b", "count": 2}, {"song_title": "a", "count": 1}]
    assert first.data == ranking[0]
    assert refused.value.code == "42703"


async def test_long_numbers_are_compared_digit_by_digit(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    low, high = 1573843211640635394, 1573843211640635395
    assert float(low) == float(high), "a double cannot tell them apart"
    clean_database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id)"
        " select unnest(%s::text[]), 'a', 'u', 'x,1573843211640635394)'",
        [[str(low), str(high), f"x{low}"]],
    )
    clean_database.execute(
        "insert into network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)"
        " values (%s, 1, 0, 0, 0, 0), (%s, 2, 0, 0, 0, 0)",
        [low, high],
    )
    async with client_of(supabase) as (client, _):

        def plays() -> AsyncSelectRequestBuilder:
            return client.table("music_logs").select("guild_id").order("guild_id")

        sent = client.table("network_stats").select("bytes_recv")
        by_guild = {
            "eq": plays().eq("guild_id", low),
            "neq": plays().neq("guild_id", low),
            "not": plays().not_.eq("guild_id", str(low)),
            "in": plays().in_("guild_id", [low, f"x{low}"]),
            "or": plays().or_(f"guild_id.eq.{low},and(guild_id.in.({high},1),song_title.eq.b)"),
            "a text with such digits": plays().eq("requested_by_id", f"x,{low})"),
            "a quoted text with such digits": plays().in_("requested_by_id", [f"x,{low})"]),
        }
        found = {
            how: [row["guild_id"] for row in (await query.execute()).data] for how, query in by_guild.items()
        }
        (bigger,) = (await sent.gt("bytes_sent", low).execute()).data
        await client.table("music_logs").delete().eq("guild_id", str(low)).execute()
    everything = [str(low), str(high), f"x{low}"]
    assert found == {
        "eq": everything[:1],
        "neq": everything[1:],
        "not": everything[1:],
        "in": [everything[0], everything[2]],
        "or": everything[:1],
        "a text with such digits": everything,
        "a quoted text with such digits": everything,
    }
    assert bigger == {"bytes_recv": 2}
    left = clean_database.execute("select guild_id from music_logs order by 1").fetchall()
    assert left == [(guild,) for guild in everything[1:]]


async def test_a_function_of_the_database_is_called_with_its_arguments(supabase: RunningSupabase) -> None:
    async with client_of(supabase) as (client, _):
        health = (await client.rpc("telemetry_health", {}).execute()).data
        with pytest.raises(APIError) as missing:
            await client.rpc("no_such_function", {}).execute()
    assert health["realtime"] is True
    assert missing.value.code == "PGRST202"


@pytest.mark.parametrize(
    ("table", "row", "code"),
    [
        ("no_such_table", {}, "PGRST205"),
        ("system_stats", {"no_such_column": 1}, "PGRST204"),
        ("conversation_logs", {"user_id": "1"}, "23502"),
        ("system_stats", {"cpu_usage": "warm"}, "22P02"),
    ],
)
async def test_a_row_that_does_not_fit_is_refused_with_the_code_of_its_reason(
    supabase: RunningSupabase, clean_database: Database, table: str, row: dict[str, object], code: str
) -> None:
    async with client_of(supabase) as (client, _):
        with pytest.raises(APIError) as refused:
            await client.table(table).insert(row).execute()
    assert refused.value.code == code


async def test_a_stored_row_cannot_be_inserted_again(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    row = stats_row()
    async with client_of(supabase) as (client, answers):
        await client.table("system_stats").insert(row).execute()
        with pytest.raises(APIError) as refused:
            await client.table("system_stats").insert(row).execute()
    assert (refused.value.code, answers[-1].status_code) == ("23505", 409)


async def test_a_table_without_a_grant_is_closed_even_to_the_service_role(
    supabase: RunningSupabase, database: Database
) -> None:
    database.execute("set role postgres")
    database.execute("create table public.forgotten_grant (id int primary key)")
    try:
        supabase.switch("POST", "/schema/reload")
        async with client_of(supabase) as (client, answers):
            with pytest.raises(APIError) as refused:
                await client.table("forgotten_grant").select("*").execute()
    finally:
        database.execute("drop table public.forgotten_grant")
    assert (refused.value.code, answers[-1].status_code) == ("42501", 403)


async def test_the_publishable_key_reads_nothing(supabase: RunningSupabase) -> None:
    async with client_of(supabase, supabase.publishable_key) as (client, answers):
        with pytest.raises(APIError) as refused:
            await client.table("conversation_logs").select("*").execute()
    assert (refused.value.code, answers[-1].status_code) == ("42501", 401)


@pytest.mark.parametrize(
    ("headers", "message"),
    [({}, "No API key found in request"), ({"apikey": "sb_secret_of_somebody_else"}, "Invalid API key")],
)
def test_a_request_without_a_key_of_the_project_is_unauthorized(
    supabase: RunningSupabase, headers: dict[str, str], message: str
) -> None:
    for path in ("/rest/v1/system_stats", "/auth/v1/user", "/realtime/v1/websocket"):
        answer = httpx.get(supabase.url + path, headers=headers)
        assert (answer.status_code, answer.json()["message"]) == (401, message)


async def test_the_legacy_service_role_key_works_like_the_secret_one(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    async with client_of(supabase, supabase.legacy_service_role_key) as (client, _):
        result = await client.table("system_stats").insert(stats_row()).execute()
        assert result.data[0]["cpu_usage"] == 1.5
    async with client_of(supabase, supabase.legacy_anon_key) as (client, _):
        with pytest.raises(APIError):
            await client.table("system_stats").select("*").execute()


async def test_somebody_signs_in_and_sees_what_row_level_security_shows_them(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    email = f"{uuid.uuid4()}@example.com"
    user_id = supabase.switch("POST", "/users", {"email": email, "password": PASSWORD})["id"]
    clean_database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response) values ('1', 'u', 'p', 'r')"
    )
    async with client_of(supabase, supabase.publishable_key) as (client, _):
        with pytest.raises(AuthApiError):
            await client.auth.sign_in_with_password({"email": email, "password": "wrong"})
        session = await client.auth.sign_in_with_password({"email": email, "password": PASSWORD})
        assert session.user is not None
        assert session.user.id == user_id
        stranger = await client.table("conversation_logs").select("*").execute()
        clean_database.execute("insert into dashboard_admins (user_id) values (%s)", [user_id])
        admin = await client.table("conversation_logs").select("*").execute()
    assert (len(stranger.data), len(admin.data)) == (0, 1)


def test_an_address_that_is_taken_cannot_sign_up_again(supabase: RunningSupabase) -> None:
    user = {"email": f"{uuid.uuid4()}@example.com", "password": PASSWORD}
    supabase.switch("POST", "/users", user)
    answer = httpx.post(f"{supabase.control}/users", json=user)
    assert answer.status_code == 503
    assert user["email"] in answer.json()["error"]


async def test_a_stopped_database_is_a_503_and_is_found_again_when_it_is_back(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    clean_database.execute("insert into system_stats default values")
    async with client_of(supabase) as (client, answers):
        await client.table("system_stats").select("id").execute()
        supabase.switch("POST", "/postgres/stop")
        try:
            with pytest.raises(APIError) as refused:
                await client.table("system_stats").insert(stats_row()).execute()
        finally:
            supabase.switch("POST", "/postgres/start")
        assert (refused.value.code, answers[-1].status_code) == ("PGRST000", 503)
        result = await client.table("system_stats").select("id").execute()
    assert len(result.data) == 1


async def test_a_status_fault_answers_with_its_status_headers_and_body(supabase: RunningSupabase) -> None:
    supabase.fault("status", status=429, headers={"Retry-After": "3"}, body="<html>", times=1)
    async with client_of(supabase) as (client, answers):
        with pytest.raises(APIError):
            await client.table("system_stats").insert(stats_row()).execute()
        assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (429, "3")
        await client.table("system_stats").select("id").limit(1).execute()


async def test_a_reset_connection_leaves_no_row(supabase: RunningSupabase, clean_database: Database) -> None:
    supabase.fault("reset", method="POST", times=1)
    async with client_of(supabase) as (client, _):
        with pytest.raises(httpx.TransportError):
            await client.table("system_stats").insert(stats_row()).execute()
    assert clean_database.execute("select count(*) from system_stats").fetchone() == (0,)


async def test_a_dropped_answer_leaves_the_row(supabase: RunningSupabase, clean_database: Database) -> None:
    supabase.fault("drop_answer", method="POST", times=1)
    async with client_of(supabase) as (client, _):
        with pytest.raises(httpx.TransportError):
            await client.table("system_stats").insert(stats_row()).execute()
    assert clean_database.execute("select count(*) from system_stats").fetchone() == (1,)


def test_a_truncated_answer_breaks_in_the_middle(supabase: RunningSupabase, clean_database: Database) -> None:
    clean_database.execute("insert into system_stats default values")
    supabase.fault("truncate", times=1)
    url, headers = f"{supabase.url}/rest/v1/system_stats", {"apikey": supabase.secret_key}
    with httpx.stream("GET", url, headers=headers) as answer:
        chunks = answer.iter_raw()
        assert next(chunks).startswith(b'[{"id"')
        with pytest.raises(httpx.RemoteProtocolError):
            next(chunks)


async def test_a_hanging_request_is_never_answered(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    supabase.fault("hang", times=1)
    async with httpx.AsyncClient(headers={"apikey": supabase.secret_key}, timeout=0.3) as http:
        with pytest.raises(httpx.ReadTimeout):
            await http.get(f"{supabase.url}/rest/v1/system_stats")
        assert (await http.get(f"{supabase.url}/rest/v1/system_stats", timeout=60)).status_code == 200


@pytest.mark.parametrize("switch", ["latency", "fault"])
async def test_an_answer_is_late_by_the_time_that_was_set(supabase: RunningSupabase, switch: str) -> None:
    if switch == "latency":
        supabase.switch("PUT", "/latency", {"ms": 200})
    else:
        supabase.fault("delay", seconds=0.2)
    async with httpx.AsyncClient(headers={"apikey": supabase.secret_key}) as http:
        started = time.monotonic()
        await http.get(f"{supabase.url}/rest/v1/system_stats?limit=1")
        assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/latency", {"ms": -1}),
        ("PUT", "/realtime", {"mode": "sulk"}),
        ("POST", "/faults", {"action": "explode"}),
    ],
)
def test_a_switch_refuses_what_it_does_not_know(
    supabase: RunningSupabase, method: str, path: str, body: object
) -> None:
    answer = httpx.request(method, supabase.control + path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_path_that_no_service_has_is_not_found(supabase: RunningSupabase) -> None:
    answer = httpx.get(f"{supabase.url}/functions/v1/hello", headers={"apikey": supabase.secret_key})
    assert (answer.status_code, answer.json()) == (404, {"message": "no Route matched with those values"})


def test_data_keys_and_users_outlive_a_restart(data_dir: Path) -> None:
    process, first = start_supabase(data_dir)
    with psycopg.connect(first.dsn) as connection:
        connection.execute("insert into music_logs values (default, '1', '夜に駆ける', 'u', '2')")
    user = {"email": "a@example.com", "password": PASSWORD}
    first.switch("POST", "/users", user)
    assert stop_supabase(process) == 0
    process, second = start_supabase(data_dir)
    try:
        headers = {"apikey": first.secret_key}
        rows = httpx.get(f"{second.url}/rest/v1/music_logs?select=song_title", headers=headers).json()
        signed_in = httpx.post(
            f"{second.url}/auth/v1/token?grant_type=password",
            headers={"apikey": first.publishable_key},
            json=user,
        )
    finally:
        assert stop_supabase(process) == 0
    assert rows == [{"song_title": "夜に駆ける"}]
    assert signed_in.status_code == 200


def test_a_killed_sandbox_leaves_no_process_and_starts_again(data_dir: Path) -> None:
    process, first = start_supabase(data_dir)
    children = [psutil.Process(pid) for pid in first.pids.values()]
    process.kill()
    process.communicate(timeout=120)
    _, alive = psutil.wait_procs(children, timeout=120)
    assert alive == []
    process, _ = start_supabase(data_dir)
    assert stop_supabase(process) == 0


def test_a_killed_postgres_leaves_nothing_that_stops_the_next_start(data_dir: Path) -> None:
    process, first = start_supabase(data_dir)
    with psycopg.connect(first.dsn) as connection:
        connection.execute("insert into music_logs values (default, '1', 'song', 'u', '2')")
    os.kill(first.pids["postgres"], signal.SIGKILL)
    process.kill()
    process.communicate(timeout=120)
    # After a restart of the machine any program may have the old process id: here, this test.
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    process, second = start_supabase(data_dir)
    with psycopg.connect(second.dsn) as connection:
        assert connection.execute("select count(*) from music_logs").fetchone() == (1,)
    assert stop_supabase(process) == 0


def test_a_postgres_that_dies_is_started_again(data_dir: Path) -> None:
    process, running = start_supabase(data_dir)
    try:
        with psycopg.connect(running.dsn) as connection:
            connection.execute("insert into music_logs values (default, '1', 'song', 'u', '2')")
        os.kill(running.pids["postgres"], signal.SIGKILL)
        url = f"{running.url}/rest/v1/music_logs?select=song_title"
        deadline = time.monotonic() + 60
        while (answer := httpx.get(url, headers={"apikey": running.secret_key}, timeout=60)).json() != [
            {"song_title": "song"}
        ]:
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.1)
    finally:
        assert stop_supabase(process) == 0


def test_a_request_that_waits_for_a_postgres_that_died_is_answered(data_dir: Path) -> None:
    process, running = start_supabase(data_dir)
    asked = "select pid from pg_stat_activity where wait_event_type = 'Lock'"
    try:
        with (
            ThreadPoolExecutor(1) as pool,
            psycopg.connect(running.dsn) as holder,
            psycopg.connect(running.dsn, autocommit=True) as watcher,
        ):
            holder.execute("lock table music_logs in access exclusive mode")
            url, headers = f"{running.url}/rest/v1/music_logs", {"apikey": running.secret_key}
            answer = pool.submit(httpx.get, url, headers=headers, timeout=200)
            while not (backend := watcher.execute(asked).fetchone()):
                assert not answer.done(), answer.result().text
            os.kill(backend[0], signal.SIGSTOP)  # so that nobody is told that its connection is dead
            holder.close()
            watcher.close()
            os.kill(running.pids["postgres"], signal.SIGKILL)
            assert answer.result().status_code == 502
            os.kill(backend[0], signal.SIGKILL)
    finally:
        assert stop_supabase(process) == 0


def test_a_lite_that_dies_is_started_again(data_dir: Path) -> None:
    process, running = start_supabase(data_dir)
    try:
        os.kill(running.pids["lite"], signal.SIGKILL)
        url, headers = f"{running.url}/rest/v1/system_stats", {"apikey": running.secret_key}
        deadline = time.monotonic() + 30
        while (answer := httpx.get(url, headers=headers)).status_code != 200:
            assert answer.status_code == 502
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        assert stop_supabase(process) == 0
