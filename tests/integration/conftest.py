"""One embedded Supabase for the whole session, in a process of its own: tests have a loop each."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psycopg
import pytest
from psycopg import sql

from sandbox.child_process import dying_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class RunningSupabase:
    """Addresses and keys of the stack, and its switches."""

    url: str
    secret_key: str
    publishable_key: str
    legacy_service_role_key: str
    legacy_anon_key: str
    dsn: str
    """A superuser's."""
    control: str
    data_dir: str
    pids: dict[str, int]

    def switch(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Turn a switch (see sandbox/supabase/control.py) and return its answer."""
        answer = httpx.request(method, self.control + path, json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def fault(self, action: str, **rule: object) -> None:
        """Throw a fault (see sandbox/faults.py); it is withdrawn after the test."""
        self.switch("POST", "/faults", {"action": action, **rule})

    def reset(self) -> None:
        """Withdraw faults, latency, a low "Max rows" and Realtime's bad moods."""
        self.switch("DELETE", "/faults")
        self.switch("PUT", "/max_rows", {"rows": None})
        self.switch("PUT", "/latency", {"ms": 0})
        self.switch("PUT", "/realtime", {"mode": "serve"})


def start_supabase(data_dir: Path, *options: str) -> tuple[subprocess.Popen[str], RunningSupabase]:
    """Start ``python -m sandbox.supabase`` and wait until it is ready."""
    process = subprocess.Popen(
        dying_with_parent(
            [sys.executable, "-m", "sandbox.supabase", "--json", "--data-dir", str(data_dir), *options]
        ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.communicate()
        pytest.fail(f"the embedded Supabase ended with code {process.returncode}; stderr tells why")
    return process, RunningSupabase(**json.loads(line))


def stop_supabase(process: subprocess.Popen[str]) -> int:
    """Ask it to stop and return its exit code."""
    process.terminate()
    process.communicate(timeout=120)
    return process.returncode


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Return a directory for a Supabase of the test's own.

    It goes at the end: a cluster takes up 40 MB, and pytest keeps its own directories for long.
    """
    with tempfile.TemporaryDirectory(prefix="otonari-test-") as directory:
        yield Path(directory)


@pytest.fixture(scope="session")
def supabase() -> Iterator[RunningSupabase]:
    """Return the session's Supabase with bot/supabase_schema.sql applied."""
    with tempfile.TemporaryDirectory(prefix="otonari-test-") as directory:
        process, running = start_supabase(Path(directory))
        yield running
        assert stop_supabase(process) == 0


@pytest.fixture(autouse=True)
def reset_supabase(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no fault to the next test."""
    yield
    if "supabase" in request.fixturenames:
        request.getfixturevalue("supabase").reset()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up no answer only because the machine is busy with something else."""
    for module in ("network_view", "personal_data"):
        monkeypatch.setattr(f"bot.telemetry.{module}.ANSWER_SECONDS", 120.0)


@pytest.fixture
def database(supabase: RunningSupabase) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Return a superuser's connection, each statement its own transaction."""
    with psycopg.connect(supabase.dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def clean_database(
    database: psycopg.Connection[tuple[Any, ...]],
) -> psycopg.Connection[tuple[Any, ...]]:
    """Empty every table of the product, and return the connection."""
    tables = database.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    names = sql.SQL(", ").join(sql.Identifier("public", name) for (name,) in tables)
    database.execute(sql.SQL("truncate {} cascade").format(names))
    return database
