"""The embedded Supabase says clearly why it cannot start, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock

import aiohttp
import psutil
import psycopg
import pytest

from sandbox.supabase import StackError, SupabaseStack, lite
from sandbox.supabase.errors import died
from sandbox.supabase.postgres import EmbeddedPostgres
from sandbox.supabase.service_process import ServiceProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture
def directory() -> Iterator[Path]:
    """Return a directory that goes at the end: a cluster takes up 40 MB, and pytest keeps its own."""
    with tempfile.TemporaryDirectory(prefix="otonari-test-") as name:
        yield Path(name)


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[EmbeddedPostgres]:
    postgres = EmbeddedPostgres(data_dir)
    await postgres.start()
    try:
        yield postgres
    finally:
        await postgres.stop()


def left_in(directory: Path) -> list[psutil.Process]:
    """Return the running processes that were started on ``directory``, or in it."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "cwd"])
        if any(
            str(directory) in word for word in (process.info["cwd"] or "", *(process.info["cmdline"] or []))
        )
    ]


async def test_postgres_keeps_its_data_and_its_port_over_a_restart(directory: Path) -> None:
    async with running(directory / "pg") as postgres:
        async with await psycopg.AsyncConnection.connect(postgres.dsn) as connection:
            await connection.execute("create table kept as select '夜'::text as word")
        dsn, pid = postgres.dsn, postgres.pid
        await postgres.stop()
        assert pid is not None
        assert postgres.pid is None
        assert left_in(directory) == []
        assert not psutil.pid_exists(pid)
        await postgres.start()
        assert postgres.dsn == dsn
        async with await psycopg.AsyncConnection.connect(postgres.dsn) as connection:
            assert await (await connection.execute("select word from kept")).fetchone() == ("夜",)


async def test_two_sandboxes_cannot_share_their_data(directory: Path) -> None:
    async with running(directory):
        with pytest.raises(StackError, match="another sandbox is running"):
            await EmbeddedPostgres(directory).start()


async def test_a_wrong_password_does_not_open_the_database(directory: Path) -> None:
    async with running(directory) as postgres:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            await psycopg.AsyncConnection.connect(postgres.dsn.replace(postgres.password, "guess"))


async def test_an_orphan_of_a_killed_sandbox_is_stopped(directory: Path) -> None:
    async with running(directory) as orphan:
        pid = orphan.pid or 0
        orphan._release()  # what the kernel does when a sandbox is killed
        async with running(directory) as successor:
            assert successor.pid != pid
            assert not psutil.pid_exists(pid)


async def test_damaged_data_are_told_in_postgres_own_words(directory: Path) -> None:
    async with running(directory) as postgres:
        control_file = postgres.cluster / "global" / "pg_control"
    control_file.unlink()
    with pytest.raises(StackError, match="could not find the database system"):
        await EmbeddedPostgres(directory).start()
    assert left_in(directory) == []


async def test_a_data_directory_that_is_a_file_is_named(directory: Path) -> None:
    path = directory / "data"
    path.write_text("")
    with pytest.raises(StackError, match=str(path)):
        await SupabaseStack(path, directory / "schema.sql").start()


async def start_with_schema(directory: Path, schema: str | None, port: int = 0) -> None:
    path = directory / "schema.sql"
    if schema is not None:
        path.write_text(schema)
    stack = SupabaseStack(directory / "data", path, port=port)
    try:
        await stack.start()
    finally:
        await stack.close()


async def test_a_taken_port_is_named_and_everything_is_stopped_again(directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=f"port {port} .* is taken"):
            await start_with_schema(directory, "select 1", port)
    assert left_in(directory) == []


async def test_a_schema_that_cannot_be_applied_is_named_with_the_fault(directory: Path) -> None:
    with pytest.raises(StackError, match=r"schema\.sql cannot be read"):
        await start_with_schema(directory, None)
    with pytest.raises(StackError, match=r'schema\.sql cannot be applied: syntax error at or near "tabel"'):
        await start_with_schema(directory, "create tabel t ()")
    # Like a hosted project's SQL editor, which is no superuser.
    with pytest.raises(StackError, match="permission denied"):
        await start_with_schema(directory, "create role somebody superuser")
    assert left_in(directory) == []


async def test_a_table_that_is_away_for_the_first_request_is_found_when_it_is_back(directory: Path) -> None:
    schema = directory / "schema.sql"
    schema.write_text(
        "create table kept (id int); alter table kept enable row level security;"
        "grant select, insert on kept to service_role"
    )
    stack = SupabaseStack(directory / "data", schema)
    await stack.start()
    try:
        async with (
            aiohttp.ClientSession(headers={"apikey": stack.secret_key}) as session,
            await psycopg.AsyncConnection.connect(stack.dsn, autocommit=True) as database,
        ):
            await database.execute("alter table kept rename to away")
            async with session.get(f"{stack.url}/rest/v1/kept") as missing:
                assert missing.status == HTTPStatus.NOT_FOUND
            await database.execute("alter table away rename to kept")
            async with session.post(f"{stack.url}/rest/v1/kept?columns=id", json=[{"id": 1}]) as stored:
                assert stored.status == HTTPStatus.CREATED, await stored.text()
    finally:
        await stack.close()


async def test_missing_npm_packages_are_told_with_the_cure(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lite, "PROGRAM", directory / "none.js")
    with pytest.raises(StackError, match=r"npm packages .* are missing; run `make setup`"):
        await start_with_schema(directory, "select 1")
    assert left_in(directory) == []


async def test_a_lite_that_ends_is_told_with_its_last_lines(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = directory / "broken.js"
    program.write_text("console.error('out of', 'luck'); process.exit(3)")
    monkeypatch.setattr(lite, "PROGRAM", program)
    with pytest.raises(StackError, match=r"ended with code 3[\s\S]*out of luck"):
        await start_with_schema(directory, "select 1")


def node_that_says(directory: Path, version: str) -> None:
    node = directory / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)


@pytest.mark.parametrize(("version", "chosen"), [("v20.0.0", True), ("v18.20.1", False), ("nonsense", False)])
def test_the_system_s_node_is_used_if_it_is_new_enough(
    directory: Path, monkeypatch: pytest.MonkeyPatch, version: str, chosen: bool
) -> None:
    node_that_says(directory, version)
    monkeypatch.setenv("PATH", str(directory), prepend=os.pathsep)
    monkeypatch.setattr(lite, "find_spec", lambda _name: Mock(origin="/wheel/__init__.py"))
    assert lite.find_node() == (str(directory / "node") if chosen else "/wheel/bin/node")


def test_without_any_node_the_cure_is_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setattr(lite, "find_spec", lambda _name: None)
    with pytest.raises(StackError, match="Node 20 or newer is needed and there is none; run `make setup`"):
        lite.find_node()


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("FATAL: could not write: No space left on device", "the disk is full"),
        ("Error: listen EADDRINUSE: Address already in use", "its port is taken"),
        ("something else", "ended with code 1. Its last lines:\nsomething else"),
    ],
)
def test_a_known_cause_is_put_first(output: str, cause: str) -> None:
    assert cause in str(died("PostgreSQL", 1, output))


async def test_a_service_that_ignores_its_stop_signal_is_killed(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.supabase.service_process.STOP_SECONDS", 0.2)
    program = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)"
    process = await ServiceProcess.start(
        [sys.executable, "-c", f"{program}; time.sleep(60)"], log_file=directory / "log"
    )
    while process.last_lines() != "deaf":
        await asyncio.sleep(0.01)
    await process.stop()
    assert process.returncode == -signal.SIGKILL
