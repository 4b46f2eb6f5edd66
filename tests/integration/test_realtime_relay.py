"""Realtime tells supabase-py and supabase-js of the rows they may see, and of no other."""

from __future__ import annotations

import asyncio
import json
import subprocess
import uuid
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import psycopg
import pytest
from realtime import AsyncRealtimeClient, RealtimeSubscribeStates

from sandbox.supabase.lite import find_node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

MODULES = Path(__file__).parents[2] / "sandbox" / "supabase" / "package.json"
PASSWORD = "correct horse battery staple"
SUBSCRIBED = "Subscribed to PostgreSQL"
MUSIC = (
    "insert into music_logs (guild_id, song_title, requested_by, requested_by_id) values (%s, %s, 'u', '2')"
)
TALK = "insert into conversation_logs (user_id, user_name, prompt, response) values ('1', 'u', %s, 'r')"
TRAFFIC = (
    "insert into network_stats (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)"
    " values (1, 2, 3, 0, 0, 0)"
)
ADMIN = "insert into dashboard_admins (user_id) values (%s)"


class Listener:
    """A channel of supabase-py's own client; what it is told, in order."""

    def __init__(self) -> None:
        self.changes: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.system: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.states: asyncio.Queue[tuple[RealtimeSubscribeStates, Exception | None]] = asyncio.Queue()

    async def change(self) -> dict[str, Any]:
        return (await asyncio.wait_for(self.changes.get(), 60))["data"]

    async def message(self) -> str:
        return (await asyncio.wait_for(self.system.get(), 60)).message

    async def state(self) -> tuple[RealtimeSubscribeStates, Exception | None]:
        return await asyncio.wait_for(self.states.get(), 60)

    async def titles(self, count: int) -> list[str]:
        return [(await self.change())["record"]["song_title"] for _ in range(count)]


@asynccontextmanager
async def listening(
    supabase: RunningSupabase, *bindings: dict[str, Any], token: str | None = None, key: str | None = None
) -> AsyncIterator[Listener]:
    """Yield a listener that is subscribed to ``bindings`` (of table music_logs unless they name another)."""
    client = AsyncRealtimeClient(
        f"{supabase.url}/realtime/v1", key or supabase.publishable_key, auto_reconnect=False
    )
    listener = Listener()
    try:
        await client.connect()
        await client.set_auth(token or key or supabase.publishable_key)
        channel = client.channel("dashboard")
        for binding in bindings:
            filled = {"event": "INSERT", "schema": "public", "table": "music_logs", **binding}
            channel.on_postgres_changes(callback=listener.changes.put_nowait, **filled)
        channel.on_system(listener.system.put_nowait)
        await channel.subscribe(lambda *state: listener.states.put_nowait(state))
        yield listener
    finally:
        await client.close()


@pytest.fixture
def sign_in(supabase: RunningSupabase) -> Callable[[], tuple[str, str, str]]:
    """Return a function that makes a user and returns their id, email address and access token."""

    def make() -> tuple[str, str, str]:
        email = f"{uuid.uuid4()}@example.com"
        user_id = supabase.switch("POST", "/users", {"email": email, "password": PASSWORD})["id"]
        answer = httpx.post(
            f"{supabase.url}/auth/v1/token?grant_type=password",
            headers={"apikey": supabase.publishable_key},
            json={"email": email, "password": PASSWORD},
        )
        return user_id, email, answer.json()["access_token"]

    return make


SignIn = "Callable[[], tuple[str, str, str]]"


async def test_an_insert_reaches_a_listener_in_the_shape_of_supabase(
    supabase: RunningSupabase, clean_database: Database, sign_in: SignIn
) -> None:
    user_id, _, token = sign_in()
    clean_database.execute(ADMIN, [user_id])
    async with listening(supabase, {}, token=token) as listener:
        assert await listener.message() == SUBSCRIBED
        clean_database.execute(MUSIC, ["1", "夜に駆ける"])
        change = await listener.change()
    stored = clean_database.execute("select to_jsonb(m) from music_logs m").fetchone()
    assert stored is not None
    assert change["record"] == stored[0]
    assert {key: change[key] for key in ("schema", "table", "type", "errors")} == {
        "schema": "public",
        "table": "music_logs",
        "type": "INSERT",
        "errors": None,
    }
    assert {"name": "id", "type": "uuid"} in change["columns"]
    assert {"name": "timestamp", "type": "timestamptz"} in change["columns"]
    assert change["commit_timestamp"].endswith("Z")


PUBLISH = "alter publication supabase_realtime set (publish = '{}')"


async def test_updates_and_deletions_bring_the_key_of_the_old_row_where_they_are_published(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    clean_database.execute(PUBLISH.format("insert, update, delete"))
    try:
        async with listening(supabase, {"event": "*"}, key=supabase.secret_key) as listener:
            assert await listener.message() == SUBSCRIBED
            clean_database.execute(MUSIC, ["1", "first"])
            inserted = await listener.change()
            clean_database.execute("update music_logs set song_title = 'second'")
            updated = await listener.change()
            clean_database.execute("delete from music_logs")
            deleted = await listener.change()
    finally:
        clean_database.execute(PUBLISH.format("insert"))
    key = {"id": inserted["record"]["id"]}
    assert (updated["type"], updated["record"]["song_title"], updated["old_record"]) == (
        "UPDATE",
        "second",
        key,
    )
    assert (deleted["type"], deleted["old_record"]) == ("DELETE", key)


async def test_a_stranger_is_not_told_of_what_was_deleted(
    supabase: RunningSupabase, clean_database: Database, sign_in: SignIn
) -> None:
    clean_database.execute(TALK, ["a secret"])
    everything = [
        {"event": "*", "table": table} for table in ("conversation_logs", "music_logs", "network_stats")
    ]
    async with listening(supabase, *everything, token=sign_in()[2]) as listener:
        assert await listener.message() == SUBSCRIBED
        clean_database.execute("update conversation_logs set prompt = 'another'")
        clean_database.execute("delete from conversation_logs")
        clean_database.execute(MUSIC, ["1", "a song"])
        clean_database.execute("delete from music_logs")
        clean_database.execute(TRAFFIC)
        assert (await listener.change())["table"] == "network_stats"


async def test_many_rows_arrive_once_each_and_in_order(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    async with listening(supabase, {}, key=supabase.secret_key) as listener:
        assert await listener.message() == SUBSCRIBED
        clean_database.execute(
            "insert into music_logs (guild_id, song_title, requested_by, requested_by_id)"
            " select '1', n::text, 'u', '2' from generate_series(1, 1500) n"
        )
        assert await listener.titles(1500) == [str(number) for number in range(1, 1501)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("guild_id=eq.2", ["b"]),
        ("guild_id=neq.2", ["a", "c"]),
        ("guild_id=in.(1,3)", ["a", "c"]),
        ("song_title=gt.a", ["b", "c"]),
        ("song_title=lte.b", ["a", "b"]),
        ("song_title=like.%a%", ["a"]),
        ("song_title=not.ilike.A", ["b", "c"]),
        ("song_title=imatch.^[AB]$", ["a", "b"]),
        ('song_title=not.in.(a,"b")', ["c"]),
        ("song_title=isdistinct.a", ["b", "c"]),
        ("bot_id=not.is.null,guild_id=gt.1,guild_id=lt.3", ["b"]),
    ],
)
async def test_a_filter_lets_only_matching_rows_through(
    supabase: RunningSupabase, clean_database: Database, condition: str, expected: list[str]
) -> None:
    async with listening(supabase, {"filter": condition}, key=supabase.secret_key) as listener:
        assert await listener.message() == SUBSCRIBED
        for guild, title in (("1", "a"), ("2", "b"), ("3", "c")):
            clean_database.execute(MUSIC, [guild, title])
        assert await listener.titles(len(expected)) == expected


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        ({"table": "dashboard_admins"}, "Unable to subscribe to changes with given parameters"),
        ({"table": "no_such_table"}, "Unable to subscribe to changes with given parameters"),
        ({"filter": "no_such_column=eq.1"}, "invalid column for filter"),
        ({"filter": "id=eq.not-a-uuid"}, "invalid input syntax for type uuid"),
        ({"filter": "song_title=match.["}, "invalid regular expression"),
        ({"filter": "song_title=is.true"}, "must be type boolean"),
    ],
)
async def test_a_subscription_that_can_never_be_told_anything_is_refused(
    supabase: RunningSupabase, binding: dict[str, Any], words: str
) -> None:
    async with listening(supabase, binding, key=supabase.secret_key) as listener:
        assert (await listener.state())[0] is RealtimeSubscribeStates.SUBSCRIBED
        state, error = await listener.state()
    assert state is RealtimeSubscribeStates.CHANNEL_ERROR
    assert words in str(error)


async def test_row_level_security_decides_who_is_told(
    supabase: RunningSupabase, clean_database: Database, sign_in: SignIn
) -> None:
    admin_id, _, admin_token = sign_in()
    clean_database.execute(ADMIN, [admin_id])
    talk, traffic = {"table": "conversation_logs"}, {"table": "network_stats"}
    async with (
        listening(supabase, talk, traffic, token=admin_token) as admin,
        listening(supabase, talk, traffic, token=sign_in()[2]) as stranger,
        listening(supabase, talk, traffic) as nobody,
    ):
        for listener in (admin, stranger, nobody):
            assert await listener.message() == SUBSCRIBED
        clean_database.execute(TALK, ["a secret"])
        clean_database.execute(TRAFFIC)
        told = [await admin.change(), await admin.change()]
        assert [change["table"] for change in told] == ["conversation_logs", "network_stats"]
        assert (await stranger.change())["table"] == "network_stats"
        refused = [await nobody.change(), await nobody.change()]
        assert [change["errors"] for change in refused] == [["Error 401: Unauthorized"]] * 2
        assert [change["record"] for change in refused] == [{}, {}]


async def test_columns_that_a_role_may_not_select_are_left_out(
    supabase: RunningSupabase, clean_database: Database, sign_in: SignIn
) -> None:
    user_id, _, token = sign_in()
    clean_database.execute(ADMIN, [user_id])
    clean_database.execute("revoke select on music_logs from authenticated")
    clean_database.execute("grant select (id, song_title) on music_logs to authenticated")
    try:
        async with listening(supabase, {}, token=token) as listener:
            assert await listener.message() == SUBSCRIBED
            clean_database.execute(MUSIC, ["1", "a song"])
            change = await listener.change()
    finally:
        clean_database.execute("revoke select (id, song_title) on music_logs from authenticated")
        clean_database.execute("grant select on music_logs to authenticated")
    assert set(change["record"]) == {"id", "song_title"}
    assert [column["name"] for column in change["columns"]] == ["id", "song_title"]


async def test_a_listener_gets_only_the_columns_it_selects(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    async with listening(supabase, {"select": ["song_title"]}, {}, key=supabase.secret_key) as listener:
        assert await listener.message() == SUBSCRIBED
        clean_database.execute(MUSIC, ["1", "a song"])
        records = [(await listener.change())["record"] for _ in range(2)]
    assert records[0] == {"song_title": "a song"}
    assert records[1]["guild_id"] == "1"


async def test_a_token_of_somebody_else_may_not_join(supabase: RunningSupabase) -> None:
    async with listening(supabase, {}, token="e30.e30.c2lnbmF0dXJl") as listener:
        state, error = await listener.state()
    assert state is RealtimeSubscribeStates.CHANNEL_ERROR
    assert "JwtSignatureError" in str(error)


async def test_too_many_connections_refuse_the_join_in_realtime_s_words(supabase: RunningSupabase) -> None:
    supabase.switch("PUT", "/realtime", {"mode": "too_many_connections"})
    async with listening(supabase, {}) as listener:
        state, error = await listener.state()
    assert state is RealtimeSubscribeStates.CHANNEL_ERROR
    assert "ConnectionRateLimitReached: Too many connected users" in str(error)


async def test_realtime_can_be_refused_and_its_sockets_cut(supabase: RunningSupabase) -> None:
    url = f"{supabase.url}/realtime/v1/websocket?apikey={supabase.publishable_key}"
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert supabase.switch("GET", "/realtime")["connections"] >= 1
            assert supabase.switch("POST", "/realtime/cut")["cut"] >= 1
            message = await asyncio.wait_for(socket.receive(), 60)
            assert message.type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
        supabase.switch("PUT", "/realtime", {"mode": "refuse"})
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)
    assert refused.value.status == 503


async def test_changes_are_told_again_after_the_database_was_away(
    supabase: RunningSupabase, clean_database: Database
) -> None:
    async with listening(supabase, {}, key=supabase.secret_key) as listener:
        assert await listener.message() == SUBSCRIBED
        supabase.switch("POST", "/postgres/stop")
        supabase.switch("POST", "/postgres/start")
        with psycopg.connect(supabase.dsn, autocommit=True) as connection:
            wait_for_slot(connection)
            connection.execute(MUSIC, ["1", "after"])
        assert await listener.titles(1) == ["after"]


def wait_for_slot(connection: Database) -> None:
    """Wait until Realtime reads the log again."""
    query = "select count(*) from pg_replication_slots where active_pid is not null or temporary"
    while connection.execute(query).fetchone() == (0,):
        connection.execute("select pg_sleep(0.05)")


class RawSocket:
    """A websocket without a client library, to say what no library says."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def ask(self, message: object) -> list[Any]:
        await self._socket.send_str(json.dumps(message))
        return await self.next()

    async def next(self) -> list[Any]:
        return await self._socket.receive_json(timeout=60)


@asynccontextmanager
async def raw_socket(supabase: RunningSupabase, version: str) -> AsyncIterator[RawSocket]:
    url = f"{supabase.url}/realtime/v1/websocket?apikey={supabase.secret_key}&vsn={version}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        yield RawSocket(socket)


async def test_both_serialisations_are_spoken(supabase: RunningSupabase) -> None:
    async with raw_socket(supabase, "1.0.0") as socket:
        beat = {"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": "7"}
        answer = await socket.ask(beat)
        assert answer == {
            "topic": "phoenix",
            "event": "phx_reply",
            "payload": {"status": "ok", "response": {}},
            "ref": "7",
        }
    async with raw_socket(supabase, "2.0.0") as socket:
        answer = await socket.ask([None, "7", "phoenix", "heartbeat", {}])
        assert answer == [None, "7", "phoenix", "phx_reply", {"status": "ok", "response": {}}]


async def test_leaving_closes_the_channel_and_what_no_channel_handles_is_refused(
    supabase: RunningSupabase,
) -> None:
    async with raw_socket(supabase, "2.0.0") as socket:
        joined = await socket.ask(["1", "1", "realtime:a", "phx_join", {"config": {}}])
        assert joined[3:] == ["phx_reply", {"status": "ok", "response": {"postgres_changes": []}}]
        shout = await socket.ask(["1", "2", "realtime:a", "broadcast", {}])
        assert shout[4]["status"] == "error"
        left = await socket.ask(["1", "3", "realtime:a", "phx_leave", {}])
        assert left[3:] == ["phx_reply", {"status": "ok", "response": {}}]
        assert (await socket.next())[2:4] == ["realtime:a", "phx_close"]


async def test_an_expired_token_closes_the_channel(supabase: RunningSupabase) -> None:
    async with raw_socket(supabase, "2.0.0") as socket:
        await socket.ask(["1", "1", "realtime:a", "phx_join", {"config": {}}])
        refused = await socket.ask(["1", None, "realtime:a", "access_token", {"access_token": "e30.e30.e30"}])
        assert (refused[3], refused[4]["status"]) == ("system", "error")
        assert (await socket.next())[3] == "phx_close"


@contextmanager
def supabase_js(supabase: RunningSupabase, **settings: object) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Run realtime_client.mjs; yield a function that returns its next line of a kind."""
    script = Path(__file__).with_name("realtime_client.mjs")
    command = [find_node(), str(script), str(MODULES), json.dumps({"url": supabase.url, **settings})]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = process.stdout

        def next_of(kind: str) -> dict[str, Any]:
            while kind not in (event := json.loads(lines.readline() or '{"ended": true}')):
                assert "ended" not in event, "supabase-js ended"
            return event[kind]

        try:
            yield next_of
        finally:
            process.stdin.close()
            process.wait(timeout=120)


def test_supabase_js_hears_of_what_its_user_may_see(
    supabase: RunningSupabase, clean_database: Database, sign_in: SignIn
) -> None:
    _, email, _ = sign_in()
    bindings = [
        {"event": "INSERT", "schema": "public", "table": "conversation_logs"},
        {"event": "INSERT", "schema": "public", "table": "system_stats", "filter": "bot_id=eq.夜"},
        {"event": "INSERT", "schema": "public", "table": "network_stats"},
    ]
    key = supabase.publishable_key
    with supabase_js(supabase, key=key, bindings=bindings, email=email, password=PASSWORD) as next_of:
        assert next_of("state")["status"] == "SUBSCRIBED"
        assert next_of("system")["message"] == SUBSCRIBED
        clean_database.execute(TALK, ["a secret"])
        clean_database.execute(MUSIC, ["1", "a song that somebody asked for"])
        for bot, load in (("other", 99), ("夜", 12.5)):
            clean_database.execute(
                "insert into system_stats (bot_id, cpu_usage) values (%s, %s)", [bot, load]
            )
        clean_database.execute(TRAFFIC)
        stats, traffic = next_of("change"), next_of("change")
    assert (stats["eventType"], stats["new"]["bot_id"], stats["new"]["cpu_usage"]) == ("INSERT", "夜", 12.5)
    assert (traffic["table"], traffic["new"]["bytes_total"]) == ("network_stats", 3)
