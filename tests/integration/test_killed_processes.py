"""What a process that is killed leaves on the disk, and whom it then no longer keeps out."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from bot.config import ConfigError
from bot.storage.data_lock import DataLock
from bot.telemetry.ledger import Account
from bot.telemetry.outbox import Outbox
from bot.telemetry.tables import MUSIC_LOGS

if TYPE_CHECKING:
    from pathlib import Path

COMMITTED = 500
"""Events that a process has said to be on the disk, at least, when it is killed while it records more."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.sqlite3"


def test_a_killed_process_leaves_every_event_that_it_said_was_committed_exactly_once(path: Path) -> None:
    program = textwrap.dedent(
        f"""
        import pathlib, time
        from bot.telemetry.outbox import Outbox
        from bot.telemetry.tables import CONVERSATION_LOGS
        outbox = Outbox(pathlib.Path({str(path)!r}))
        outbox.notify(lambda: print(outbox.spooled(CONVERSATION_LOGS), flush=True))
        n = 0
        while True:
            outbox.record(CONVERSATION_LOGS, {{"n": n, "prompt": "x" * 200}})
            n += 1
            if n % 20 == 0:
                time.sleep(0.01)
        """
    )
    committed = 0
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            committed = int(line)
            if committed >= COMMITTED:
                process.kill()
    assert committed >= COMMITTED
    with contextlib.closing(sqlite3.connect(path)) as connection:
        query = "SELECT json_extract(payload, '$.n') FROM spool ORDER BY sequence"
        stored = [number for (number,) in connection.execute(query)]
        assert connection.execute("SELECT recorded FROM ledger").fetchall() == [(len(stored),)]
    assert stored == list(range(len(stored)))
    assert len(stored) >= committed


async def test_a_restart_after_a_kill_goes_on_where_the_disk_was(path: Path) -> None:
    program = (
        "import pathlib, time;"
        " from bot.telemetry.outbox import Outbox; from bot.telemetry.tables import MUSIC_LOGS;"
        f" outbox = Outbox(pathlib.Path({str(path)!r}));"
        " [outbox.record(MUSIC_LOGS, {'n': n}) for n in range(100)];"
        " outbox.notify(lambda: outbox.spooled(MUSIC_LOGS) == 100 and print('all', flush=True));"
        " time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:  # noqa: ASYNC220
        assert process.stdout is not None
        assert process.stdout.readline() == b"all\n"
        process.kill()
    outbox = Outbox(path)
    rows = await outbox.batch(MUSIC_LOGS, 0, 500, 2**20)
    assert [json.dumps(spooled.row["n"]) for spooled in rows] == [str(n) for n in range(100)]
    assert outbox.ledger()["music_logs"] == Account(recorded=100, spooled=100)
    await outbox.close()


def test_another_process_is_refused_until_the_holder_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from bot.storage.data_lock import DataLock;"
        f" DataLock(pathlib.Path({str(tmp_path)!r})); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(ConfigError):
            DataLock(tmp_path)
        process.kill()
    DataLock(tmp_path).release()
