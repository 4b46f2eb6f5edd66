"""A short run of ``make chaos``, and proof that its checker sees in PostgreSQL what it is there to see."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from sandbox.chaos.checker import check
from sandbox.chaos.driver import RunOptions
from sandbox.chaos.process_run import ChaosError, ProcessRun
from sandbox.chaos.report import report
from sandbox.chaos.run import Chaos
from sandbox.chaos.spool_file import SpoolState
from sandbox.supabase import SupabaseStack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import LiteralString

SCHEMA = Path(__file__).parents[2] / "bot" / "supabase_schema.sql"
SEED = 3
"""Fixed, so that a failure can be repeated; ``make chaos`` draws another every time."""
EVENTS = 700
SECONDS = 2.0
HARMS: dict[LiteralString, str] = {
    "delete from music_logs where id = %s": "music_logs",
    "insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)"
    " select guild_id, song_title, requested_by, requested_by_id, timestamp from music_logs"
    " where id = %s": "nobody recorded it",
    "insert into music_logs select * from music_logs where id = %s": "is there twice",
    "update music_logs set song_title = song_title || '!' where id = %s": "recorded as",
    "update music_logs set timestamp = timestamp - interval '1 second'"
    " where id = %s": "not when it was recorded",
}
"""What somebody might do to the rows of one table, and what the checker is to say of it."""


@pytest.fixture
async def stack() -> AsyncIterator[SupabaseStack]:
    with tempfile.TemporaryDirectory(prefix="otonari-test-") as directory:
        stack = SupabaseStack(Path(directory), SCHEMA)
        await stack.start()
        yield stack
        await stack.close()


@pytest.mark.timeout(1200)  # seconds; on a loaded machine it takes many times as long
async def test_telemetry_keeps_every_promise_and_broken_ones_would_be_seen(
    stack: SupabaseStack, tmp_path: Path
) -> None:
    chaos = Chaos(stack=stack, directory=tmp_path, seed=SEED, events=EVENTS, seconds=SECONDS)
    await chaos.run()
    history = await chaos.history()
    verdict = check(history)
    assert verdict.violations == []
    assert chaos.kills
    assert chaos.faults.injected.total()
    assert "Nothing lost beyond that" in report(chaos, history, verdict)

    victim = min(
        str(row["id"]) for row in history.rows["music_logs"] if str(row["id"]) not in verdict.destroyed
    )
    async with await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as database:
        await database.execute("create table saved as select * from music_logs")
        # Without its key the table may hold a row twice; deleting from it then needs another identity.
        await database.execute("alter table music_logs replica identity full")
        await database.execute("alter table music_logs drop constraint music_logs_pkey")
        for harm, words in HARMS.items():
            await database.execute(harm, [victim])
            violations = check(await chaos.history()).violations
            assert any(words in violation for violation in violations)
            assert all("music_logs" in violation for violation in violations)
            await database.execute("truncate music_logs")
            await database.execute("insert into music_logs select * from saved")
            assert check(await chaos.history()).violations == []


async def test_a_process_that_does_not_end_is_told_with_where_it_is_and_what_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.chaos.process_run.STOP_SECONDS", 0.2)
    (tmp_path / "data").mkdir()
    options = RunOptions(journal=tmp_path / "journal.jsonl", seed=SEED, clock_offset=0.0, rate=0.0)
    nobody = {"DISCORD_TOKEN": "x", "SUPABASE_URL": "http://127.0.0.1:9", "SUPABASE_KEY": "sb_secret_none"}
    run = ProcessRun(options, nobody, tmp_path / "data", SpoolState())
    await run.start()
    with pytest.raises(ChaosError, match=r"does not come to its end: \{.*\} wait") as raised:
        await run.end()
    for words in ("Current thread", "Stack for <Task", "in _record"):
        assert words in str(raised.value)
