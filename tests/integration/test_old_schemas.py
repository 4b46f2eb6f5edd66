"""The bot on databases of every earlier version, through REST: what it says, and what an erasure promises."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from bot.doctor import supabase_check
from bot.doctor.findings import Report
from bot.supabase_client import SupabaseClient
from bot.telemetry import startup_check
from bot.telemetry.inspection import Health
from bot.telemetry.schema_version import ERASES_SINCE, REQUIRED_VERSION, describe_version
from bot.telemetry.supabase_api import SupabaseApi
from tests.integration.conftest import start_supabase, stop_supabase
from tests.support.released_schemas import CURRENT, RELEASED, version_number
from tests.support.telemetry import Source, telemetry_settings, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from bot.config import Settings
    from tests.integration.conftest import RunningSupabase

    Connection = psycopg.Connection[tuple[Any, ...]]

HARU, YUKI = "1573843211640635394", "1573843211640635395"
NEW_PROJECT = """
drop schema public cascade;
create schema public;
grant all on schema public to postgres;
grant usage on schema public to public, anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant references on tables to authenticator;
-- as projects that were made before the spring of 2026
alter default privileges for role postgres in schema public grant all on tables to service_role;
"""
PERSONAL = {
    "conversation_logs": (
        "user_id",
        "(user_id, user_name, prompt, response, timestamp) values (%s, 'x', '', ''",
    ),
    "gemini_usage": ("user_id", "(user_id, model, timestamp) values (%s, 'm'"),
    "music_logs": (
        "requested_by_id",
        "(requested_by_id, requested_by, guild_id, song_title, timestamp) values (%s, 'x', '5', '夜'",
    ),
}


class Project:
    """An embedded Supabase into which any version of the schema is pasted."""

    def __init__(self, supabase: RunningSupabase, schema: Path, connection: Connection) -> None:
        self.supabase = supabase
        self.schema = schema
        self.connection = connection

    def paste(self, text: str) -> None:
        self.schema.write_text(text, encoding="utf-8")
        self.supabase.switch("POST", "/schema/reload")

    def tables(self) -> list[str]:
        found = self.connection.execute("select tablename from pg_tables where schemaname = 'public'")
        return [table for (table,) in found if table in PERSONAL]

    def say(self, user: str, timestamp: str) -> None:
        """Store a row about somebody in each table that has some, at an SQL expression's time."""
        for table in self.tables():
            _, insert = PERSONAL[table]
            moment = "now()" if (table, timestamp) == ("gemini_usage", "null") else timestamp
            self.connection.execute(f"insert into {table} {insert}, {moment})", [user])  # type: ignore[arg-type]

    def rows_of(self, user: str) -> int:
        counts = [
            self.connection.execute(f"select count(*) from {table} where {PERSONAL[table][0]} = %s", [user])
            for table in self.tables()
        ]
        return sum(row[0] for count in counts for row in count)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    directory = tmp_path_factory.mktemp("old")
    with tempfile.TemporaryDirectory(prefix="otonari-test-") as data:
        schema = directory / "schema.sql"
        schema.write_text(CURRENT, encoding="utf-8")
        process, supabase = start_supabase(Path(data), "--schema", str(schema))
        with psycopg.connect(supabase.dsn, autocommit=True) as connection:
            yield Project(supabase, schema, connection)
        assert stop_supabase(process) == 0


@pytest.fixture(params=[*RELEASED, str(REQUIRED_VERSION)])
def version(request: pytest.FixtureRequest, project: Project) -> int:
    """Have the project made from one version, and return its number."""
    project.connection.execute(NEW_PROJECT)
    project.paste({**RELEASED, str(REQUIRED_VERSION): CURRENT}[request.param])
    for user in (HARU, YUKI):
        project.say(user, "now() - interval '1 hour'")
        project.say(user, "null")
    return version_number(request.param)


@pytest.fixture
def settings(project: Project, tmp_path: Path) -> Settings:
    supabase = project.supabase
    environ = {"SUPABASE_URL": supabase.url, "SUPABASE_KEY": supabase.secret_key, "DATA_DIR": str(tmp_path)}
    return telemetry_settings(environ)


@pytest.fixture
async def client(
    version: int, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SupabaseClient]:
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.2)
    for pause in ("PAUSE_SECONDS", "MAX_OPT_OUT_PAUSE", "MINUTE"):
        monkeypatch.setattr(f"bot.telemetry.maintenance.{pause}", 0.05)
    client = SupabaseClient(Source(settings))
    await client.initialize()
    yield client
    await client.close()


async def test_start_up_and_the_doctor_say_alike_what_an_older_database_cannot_do(
    version: int, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    report = Report("ja")
    api = SupabaseApi(settings.supabase_url or "", settings.supabase_key or "")
    try:
        inspection = await startup_check.check_supabase(api, settings.supabase_key or "")
    finally:
        await api.close()
    await supabase_check.check_supabase(settings, report)

    logged = [record for record in caplog.records if describe_version(version, "en") in record.message]
    (found,) = [finding for finding in report.findings if finding.name == "supabase.schema"]
    assert found.message == describe_version(version, "ja")
    assert inspection.is_outdated is (version < REQUIRED_VERSION)
    if inspection.is_outdated:
        assert [record.levelno for record in logged] == [logging.ERROR]
        assert (found.level, "SQL Editor" in found.cure) == ("error", True)
        assert "supabase.rights" not in {finding.name for finding in report.findings if finding.level == "ok"}
    else:
        assert not [record for record in caplog.records if record.levelno > logging.INFO]
        assert report.count("ok") == len(report.findings)


async def test_an_erasure_is_never_called_complete_while_rows_remain_or_may_come_back(
    client: SupabaseClient, project: Project, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await until(lambda: client.health is not None)
    assert client.health is not None
    assert client.health.version == version
    assert client.privacy is not None
    of_others = project.rows_of(YUKI)

    erased = await client.privacy.erase(int(HARU))

    project.say(HARU, "now() - interval '30 minutes'")  # another bot's, which was away
    left = project.rows_of(HARU)
    assert (erased.is_complete, erased.needs_update) == (version >= ERASES_SINCE, version < ERASES_SINCE)
    assert (left == 0, client.pending_erasures == 0) == (erased.is_complete, erased.is_complete)
    assert ("An erasure is kept until the schema is run again" in caplog.text) is erased.needs_update

    project.paste(CURRENT)
    await until(lambda: client.health == Health(REQUIRED_VERSION) and client.pending_erasures == 0)
    assert project.rows_of(HARU) == 0
    assert project.rows_of(YUKI) == of_others > 0
    told = f"Supabase: your database has version {REQUIRED_VERSION}, as this bot needs it."
    assert (told in caplog.messages) is (version < REQUIRED_VERSION)
