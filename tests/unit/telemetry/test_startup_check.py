from __future__ import annotations

import base64
import json
import logging
from typing import TYPE_CHECKING

import pytest

from bot.telemetry.inspection import Health
from bot.telemetry.postgrest_errors import TelemetryError, classified
from bot.telemetry.project_key import key_problem
from bot.telemetry.schema_version import REQUIRED_VERSION
from bot.telemetry.startup_check import check_supabase
from bot.telemetry.supabase_api import SupabaseApi
from bot.telemetry.tables import MUSIC_LOGS, TABLES, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.storage.json_value import Json


def jwt(**claims: str) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'HS256'})}.{part(claims)}.c2lnbmF0dXJl"


class Api(SupabaseApi):
    """Answers from dictionaries instead of a project."""

    def __init__(self, faults: Mapping[Table, TelemetryError], health: Json | TelemetryError) -> None:
        self.faults = faults
        self.health = health

    async def check_columns(self, table: Table) -> None:
        if table in self.faults:
            raise self.faults[table]

    async def call(self, function: str, parameters: Mapping[str, Json] | None = None) -> Json:
        assert function == "telemetry_health"
        if isinstance(self.health, TelemetryError):
            raise self.health
        return self.health


HEALTHY: Json = {"version": REQUIRED_VERSION, "problems": [], "pg_cron": True}


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("sb_publishable_abc", "publishable key"),
        (jwt(role="anon"), "anon key"),
        (jwt(role="authenticated"), "authenticated key"),
    ],
)
def test_a_key_that_cannot_write_is_known_by_its_looks(key: str, words: str) -> None:
    assert words in str(key_problem(key))


@pytest.mark.parametrize(
    "key", ["sb_secret_abc", jwt(role="service_role"), jwt(), "a.b.c", "a.!!!.c", "x", "a.W10.c"]
)
def test_every_other_key_is_left_to_the_server(key: str) -> None:
    assert key_problem(key) is None


async def test_a_healthy_project_is_told_table_by_table(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    inspection = await check_supabase(Api({}, HEALTHY), "sb_secret_x")
    assert (inspection.health, inspection.is_outdated) == (Health(REQUIRED_VERSION), False)
    assert caplog.messages == [f"✅ {table.name} table exists" for table in TABLES]


async def test_a_missing_table_is_named_with_its_cure(caplog: pytest.LogCaptureFixture) -> None:
    fault = classified(404, {}, "PGRST205", "Could not find the table")
    await check_supabase(Api({MUSIC_LOGS: fault}, HEALTHY), "sb_secret_x")
    told = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert "❌ music_logs cannot be used: PGRST205: Could not find the table" in told[0]
    assert "bot/supabase_schema.sql" in told[1]
    assert len(told) == 2


async def test_a_wrong_key_is_told_before_it_is_tried(caplog: pytest.LogCaptureFixture) -> None:
    fault = classified(401, {}, None, "Invalid API key")
    with pytest.raises(TelemetryError, match="Invalid API key"):
        await check_supabase(Api(dict.fromkeys(TABLES, fault), HEALTHY), "sb_publishable_x")
    assert "publishable key" in caplog.messages[0]
    assert "Project Settings → API Keys" in caplog.messages[1]


async def test_what_the_database_finds_is_told_in_words(caplog: pytest.LogCaptureFixture) -> None:
    problems: Json = [
        {"object": "bot_logs", "problem": "grant_missing", "detail": "INSERT"},
        {"object": "music_logs", "problem": "of_the_future", "detail": None},
    ]
    await check_supabase(Api({}, {"version": REQUIRED_VERSION, "problems": problems}), "sb_secret_x")
    told = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert told[0] == "⚠️ bot_logs: the bot's role may not INSERT"
    assert told[1].startswith("⚠️ music_logs: of_the_future")
    assert "bot/supabase_schema.sql" in told[2]


async def test_what_the_owner_may_have_chosen_is_left_to_the_doctor(caplog: pytest.LogCaptureFixture) -> None:
    problems: Json = [{"object": "supabase_realtime", "problem": "deletions_published", "detail": None}]
    await check_supabase(Api({}, {"version": REQUIRED_VERSION, "problems": problems}), "sb_secret_x")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_an_old_schema_without_its_own_check_is_version_0(caplog: pytest.LogCaptureFixture) -> None:
    missing = classified(404, {}, "PGRST202", "Could not find the function")
    inspection = await check_supabase(Api({}, missing), "sb_secret_x")
    assert inspection.health == Health(0)
    assert "your database has version 0" in caplog.text
    assert "storing conversations" in caplog.text


@pytest.mark.parametrize("version", range(REQUIRED_VERSION))
async def test_an_older_version_is_an_error_although_every_table_is_there(
    caplog: pytest.LogCaptureFixture, version: int
) -> None:
    inspection = await check_supabase(Api({}, {"version": version, "problems": []}), "sb_secret_x")
    assert inspection.is_outdated
    told = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert f"your database has version {version}, this bot needs {REQUIRED_VERSION}: paste" in told[0]
    assert told[0].count("\n・") == REQUIRED_VERSION - version
    assert "SQL Editor" in told[1]


async def test_a_newer_version_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await check_supabase(Api({}, {"version": REQUIRED_VERSION + 1, "problems": []}), "sb_secret_x")
    assert "nothing has to be done" in caplog.messages[-1]
    assert {record.levelno for record in caplog.records} == {logging.INFO}


async def test_a_check_that_may_not_be_called_is_told_and_no_version_is_guessed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    refused = classified(403, {}, "42501", "permission denied for function telemetry_health")
    inspection = await check_supabase(Api({}, refused), "sb_secret_x")
    assert (inspection.health, inspection.is_outdated) == (refused, False)
    assert "bot/supabase_schema.sql" in caplog.messages[-1]


async def test_a_project_that_does_not_answer_is_not_judged() -> None:
    for api in (Api({MUSIC_LOGS: TelemetryError("timed out")}, HEALTHY), Api({}, TelemetryError("x"))):
        with pytest.raises(TelemetryError):
            await check_supabase(api, "sb_secret_x")
