"""A person's rights against real PostgreSQL: what is stored, erased and refused, up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.supabase_client import SupabaseClient
from bot.telemetry.ledger import Account
from bot.telemetry.personal_data import PersonalData
from bot.telemetry.postgrest_errors import TelemetryError
from tests.support.telemetry import Source, telemetry_settings, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    import psycopg

    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

HARU, YUKI = 1573843211640635394, 1573843211640635395


@pytest.fixture
def environ(supabase: RunningSupabase, tmp_path: Path) -> dict[str, str]:
    return {"SUPABASE_URL": supabase.url, "SUPABASE_KEY": supabase.secret_key, "DATA_DIR": str(tmp_path)}


@pytest.fixture
async def client(
    clean_database: Database, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SupabaseClient]:
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.2)
    monkeypatch.setattr("bot.telemetry.maintenance.PAUSE_SECONDS", 0.05)
    client = SupabaseClient(Source(telemetry_settings(environ)))
    await client.initialize()
    yield client
    await client.close()


def privacy(client: SupabaseClient) -> PersonalData:
    assert client.privacy is not None
    return client.privacy


async def use(client: SupabaseClient, user: int, prompt: str = "q") -> None:
    """Ask once and play a song."""
    await client.save_conversation_log(user_id=user, user_name="はる", prompt=prompt, response="a")
    await client.save_gemini_usage(
        guild_id=5, user_id=user, model="m", prompt_tokens=1, answer_tokens=2, total_tokens=3
    )
    await client.save_music_log(guild_id=5, song_title="夜", requested_by="はる", requested_by_id=user)


TABLES = ("conversation_logs", "gemini_usage", "music_logs")


async def settled(client: SupabaseClient) -> None:
    await until(lambda: not any(client.ledger().get(table, Account()).spooled for table in TABLES))


def spoken(database: Database) -> list[tuple[str, str]]:
    return database.execute("select user_id, prompt from conversation_logs order by id").fetchall()


async def test_what_is_stored_and_what_waits_is_counted_together(
    client: SupabaseClient, supabase: RunningSupabase
) -> None:
    await use(client, HARU)
    await settled(client)
    supabase.fault("reset", method="POST", path="/rest/v1/(conversation|gemini|music)")
    await use(client, HARU)
    stored = await privacy(client).stored(HARU)
    assert stored.is_complete
    assert [(holding.table, holding.rows, holding.waiting) for holding in stored.holdings] == [
        (table, 2, 1) for table in TABLES
    ]
    export = await privacy(client).export(HARU)
    assert [len(export[table]) for table in TABLES] == [1, 1, 1]
    assert [len(export["waiting_to_be_sent"][table]) for table in TABLES] == [1, 1, 1]


async def test_erasing_reaches_the_database_the_spool_and_dead_letters_of_one_person_only(
    client: SupabaseClient,
    database: Database,
    supabase: RunningSupabase,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for user in (HARU, YUKI):
        await use(client, user)
        await client.save_conversation_log(
            user_id=user, user_name="x", prompt="poison", response="", prompt_tokens=2**40
        )
    await settled(client)
    supabase.fault("reset", method="POST", path="/rest/v1/(conversation|gemini|music)")
    for user in (HARU, YUKI):
        await use(client, user, "waiting")

    erased = await privacy(client).erase(HARU)

    assert (erased.rows, erased.is_complete) == (7, True)
    supabase.reset()
    await settled(client)
    assert spoken(database) == [(str(YUKI), "q"), (str(YUKI), "waiting")]
    assert [f'"{YUKI}"' in letter.payload for letter in await client.dead_letters()] == [True]
    assert database.execute(
        "select user_id, count(*) from gemini_usage group by 1 order by 1"
    ).fetchall() == [
        ("0", 2),
        (str(YUKI), 2),
    ]
    assert set(database.execute("select requested_by, requested_by_id from music_logs").fetchall()) == {
        ("-", "0"),
        ("はる", str(YUKI)),
    }
    assert "dropped" not in caplog.text
    for table, account in client.ledger().items():
        assert account.balance == 0, table
    assert client.ledger()["conversation_logs"].dropped == 2


async def test_an_erasure_that_cannot_reach_the_database_is_made_up_for_after_a_restart(
    client: SupabaseClient, database: Database, supabase: RunningSupabase, environ: dict[str, str]
) -> None:
    await use(client, HARU, "before")
    await settled(client)
    supabase.fault("reset")
    erased = await privacy(client).erase(HARU)
    assert not erased.is_complete
    await client.save_conversation_log(user_id=HARU, user_name="x", prompt="after", response="a")
    await client.close()
    supabase.reset()

    again = SupabaseClient(Source(telemetry_settings(environ)))
    await again.initialize()
    await until(lambda: spoken(database) == [(str(HARU), "after")])
    await again.close()


async def test_an_erasure_that_cannot_reach_the_database_is_made_up_for_as_soon_as_it_can(
    client: SupabaseClient, database: Database, supabase: RunningSupabase
) -> None:
    await use(client, HARU)
    await settled(client)
    supabase.fault("reset")
    assert not (await privacy(client).erase(HARU)).is_complete
    assert not await privacy(client).set_opt_out(YUKI, opted_out=True)
    supabase.reset()

    await until(lambda: not spoken(database))
    assert database.execute("select user_id from privacy_optouts").fetchall() == [(str(YUKI),)]


@pytest.fixture
async def other(
    client: SupabaseClient, environ: dict[str, str], tmp_path: Path
) -> AsyncIterator[SupabaseClient]:
    """Another machine's bot with the same database, which has asked it for opt-outs just now."""
    elsewhere = {**environ, "DATA_DIR": str(tmp_path / "elsewhere"), "BOT_ID": "second"}
    other = SupabaseClient(Source(telemetry_settings(elsewhere)))
    await other.initialize()
    await until(lambda: other.storage.size is not None)  # the chore behind that one is done
    yield other
    await other.close()


async def test_an_erasure_reaches_what_waits_on_another_machine(
    client: SupabaseClient, other: SupabaseClient, database: Database, supabase: RunningSupabase
) -> None:
    for user in (HARU, YUKI):
        await other.save_conversation_log(
            user_id=user, user_name="x", prompt="poison", response="", prompt_tokens=2**40
        )
    await settled(other)
    supabase.fault("reset", method="POST", path="/rest/v1/(conversation|gemini|music)")
    await use(other, HARU, "waiting")

    assert (await privacy(client).erase(HARU)).is_complete
    supabase.reset()
    await settled(other)

    assert spoken(database) == []
    assert database.execute("select user_id from gemini_usage").fetchall() == [("0",)]
    assert database.execute("select requested_by_id from music_logs").fetchall() == [("0",)]
    assert other.ledger()["conversation_logs"] == Account(recorded=3, duplicate=1, dead=2)
    assert other._opt_outs is not None
    other._opt_outs.waiting.set()  # instead of ten minutes
    await until(lambda: other.ledger()["conversation_logs"].dead == 1)
    assert [f'"{YUKI}"' in letter.payload for letter in await other.dead_letters()] == [True]
    assert other.ledger()["conversation_logs"] == Account(recorded=3, duplicate=1, dead=1, dropped=1)


async def test_a_refusal_holds_in_the_database_for_a_bot_that_has_not_heard_of_it(
    client: SupabaseClient, other: SupabaseClient, database: Database
) -> None:
    assert await privacy(client).set_opt_out(HARU, opted_out=True)
    assert not privacy(other).has_opted_out(HARU)
    await use(other, HARU)
    await settled(other)
    assert spoken(database) == []
    assert database.execute("select user_id from gemini_usage").fetchall() == [("0",)]

    await privacy(other).stored(HARU)
    assert privacy(other).has_opted_out(HARU)
    assert await privacy(other).set_opt_out(HARU, opted_out=False)
    await privacy(client).stored(HARU)
    assert not privacy(client).has_opted_out(HARU)


async def test_who_refuses_is_not_recorded_and_costs_are_nobodys(
    client: SupabaseClient, database: Database
) -> None:
    assert await privacy(client).set_opt_out(HARU, opted_out=True)
    await use(client, HARU)
    await use(client, YUKI)
    await settled(client)
    assert spoken(database) == [(str(YUKI), "q")]
    assert database.execute("select user_id from gemini_usage order by 1").fetchall() == [
        ("0",),
        (str(YUKI),),
    ]

    assert await privacy(client).set_opt_out(HARU, opted_out=False)
    await use(client, HARU, "again")
    await settled(client)
    assert (str(HARU), "again") in spoken(database)
    assert database.execute("select * from privacy_optouts").fetchall() == []


async def test_a_refusal_during_an_outage_holds_and_reaches_other_machines_afterwards(
    client: SupabaseClient,
    database: Database,
    supabase: RunningSupabase,
    environ: dict[str, str],
    tmp_path: Path,
) -> None:
    supabase.fault("reset")
    assert not await privacy(client).set_opt_out(HARU, opted_out=True)
    assert privacy(client).has_opted_out(HARU)
    await client.close()
    while_down = SupabaseClient(Source(telemetry_settings(environ)))
    await while_down.initialize()
    await use(while_down, HARU)
    assert "conversation_logs" not in while_down.ledger()
    supabase.reset()
    optouts = "select user_id from privacy_optouts"
    await until(lambda: database.execute(optouts).fetchall() == [(str(HARU),)])
    await while_down.close()

    elsewhere = {**environ, "DATA_DIR": str(tmp_path / "elsewhere"), "BOT_ID": "second"}
    other = SupabaseClient(Source(telemetry_settings(elsewhere)))
    await other.initialize()
    await until(lambda: privacy(other).has_opted_out(HARU))
    assert not privacy(other).has_opted_out(YUKI)
    await other.close()


async def test_nothing_is_exported_while_the_database_is_away(
    client: SupabaseClient, supabase: RunningSupabase
) -> None:
    supabase.fault("reset")
    with pytest.raises(TelemetryError):
        await privacy(client).export(HARU)
    assert not (await privacy(client).stored(HARU)).is_complete
