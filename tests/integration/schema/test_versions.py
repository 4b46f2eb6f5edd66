"""The file on the other PostgreSQL versions that this machine has (Supabase runs 15 and 17)."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.released_schemas import RELEASED

from . import seeds
from .conftest import REALTIME, SCHEMA, SUPABASE, Database, Server
from .test_upgrades import TOTALS, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture(
    params=INSTALLED or [pytest.param(None, marks=pytest.mark.skip("no other PostgreSQL is installed"))],
    ids=lambda initdb: f"PostgreSQL {initdb.parts[-3]}" if initdb else "none",
)
def other_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A throw-away cluster of an installed version, on a socket in its own directory."""
    binaries = request.param.parent
    directory = Path(tempfile.mkdtemp(prefix="otonari-pg-"))
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "postgres"
        os.chown(directory, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data = directory / "data"

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, user=user, cwd=directory, stdout=subprocess.DEVNULL)

    try:
        run(binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync")
        run(
            binaries / "pg_ctl", "-D", data, "-w", "-l", directory / "log",
            "-o", f"-c listen_addresses= -k {directory}", "start",
        )  # fmt: skip
        try:
            yield Server(f"postgresql://postgres@/postgres?host={directory}")
        finally:
            run(binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(directory)


def test_it_is_pasted_twice_over_the_seeds_and_counts(other_server: Server) -> None:
    database = Database(other_server, other_server.create(setup=SUPABASE + REALTIME))
    database.execute(seeds.TABLES)
    insert = """
        insert into network_stats
          (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at)
        select 1, 2, 3, 0, 0, 0, timestamptz '2026-07-01 00:00+09' + i * interval '10 seconds'
        from generate_series(0, 8639) as i
    """
    database.execute(insert)

    database.execute(SCHEMA)
    database.execute(insert)
    database.execute(SCHEMA)

    with database.acting("service_role") as execute:
        assert execute("select telemetry_health() -> 'problems'") == [([],)]
        noon = "'2026-07-01 12:00:05+09'"
        assert execute(f"select bytes_total, samples from network_totals(p_to => {noon})") == [(25926, 8642)]
        assert execute("select bytes_total, samples_expected from network_totals()") == [(51840, 17280)]
        assert execute("select sum(deleted) from apply_retention(100)") == [(100,)]
        for view in ("popular_songs", "plays_per_guild_30d", "most_active_users_7d", "average_cpu_24h"):
            assert execute(f"select * from {view}") == []
    database.connection.close()


def test_every_released_version_is_upgraded(other_server: Server) -> None:
    for released in RELEASED.values():
        database = Database(other_server, other_server.create(setup=SUPABASE + REALTIME))
        database.execute(released)
        fill(database)
        for _ in range(2):
            database.execute(SCHEMA)

            assert database.execute("select telemetry_health() -> 'problems'") == [([],)]
            assert database.execute(TOTALS) == [(9, 12, 21, 3, 30)]
        database.connection.close()
