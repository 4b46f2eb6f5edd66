"""What the owner reads when the project is not set up: one line for one cause, with its own cure."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from bot.supabase_client import SupabaseClient
from bot.telemetry.postgrest_errors import TelemetryError, classified
from bot.telemetry.supabase_api import SupabaseApi
from tests.support.telemetry import Source, telemetry_settings
from tests.unit.telemetry.test_startup_check import jwt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.supabase_client.FLUSH_SECONDS", 0.05)
    monkeypatch.setattr("bot.telemetry.circuit_breaker.FIRST_DELAY", 0.01)


async def told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str, *, until: Callable[[SupabaseClient], bool]
) -> list[str]:
    """Return what is said from INFO on, but for what works, until rows were held back for it."""
    caplog.set_level(logging.INFO)
    environ = {"SUPABASE_URL": "http://127.0.0.1:9", "SUPABASE_KEY": key, "DATA_DIR": str(tmp_path)}
    client = SupabaseClient(Source(telemetry_settings(environ)))
    await client.initialize()
    for word in ("a", "b"):
        await client.save_conversation_log(user_id=1, user_name="x", prompt=word, response="y")
    await client.save_music_log(guild_id=1, song_title="x", requested_by="y", requested_by_id=2)
    async with asyncio.timeout(60):
        while not until(client):
            await asyncio.sleep(0.01)
    await client.close()
    fine = ("✅", "🔄")
    return [text for text in caplog.messages if not text.startswith(fine) and "are kept" not in text]


def project_held(client: SupabaseClient) -> bool:
    return "Supabase" in client.failures


@pytest.mark.parametrize("key", ["sb_publishable_0123456789", jwt(role="anon")])
async def test_a_key_for_browsers_is_one_line_and_nothing_is_asked_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    problem, cure = await told(tmp_path, caplog, key, until=project_held)

    assert problem.startswith("❌ SUPABASE_KEY is the ")
    assert "sb_secret_" in cure


@pytest.mark.parametrize(
    ("error", "cure"),
    [
        (classified(401, {}, None, "Invalid API key"), "sb_secret_"),
        (classified(401, {}, "PGRST301", "JWSError"), "sb_secret_"),
        (classified(403, {}, None, "Legacy API keys are disabled"), "sb_secret_"),
        (classified(403, {}, None, "<html><title>Blocked</title>"), "is SUPABASE_URL the project's URL"),
        (classified(406, {}, "PGRST106", "The schema must be one of: api"), "exposed schemas"),
        (classified(404, {}, None, "<html>"), "is SUPABASE_URL the project's URL"),
        (classified(404, {}, "PGRST125", "Invalid path"), "is SUPABASE_URL the project's URL"),
        (classified(307, {}, None, "moved"), "is SUPABASE_URL the project's URL"),
        (classified(402, {}, None, "paused"), "over its quota"),
    ],
    ids=lambda value: value.code if isinstance(value, TelemetryError) else "",
)
async def test_a_fault_of_the_whole_project_is_one_line_with_its_own_cure(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: TelemetryError,
    cure: str,
) -> None:
    refuse(monkeypatch, error)

    line, told_cure = await told(tmp_path, caplog, "sb_secret_x", until=project_held)

    assert str(error) in line
    assert cure in told_cure


async def test_a_schema_that_was_never_run_is_one_line_at_the_start_and_its_cure_is_not_repeated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, classified(404, {}, "PGRST205", "Could not find the table"))

    lines = await told(
        tmp_path,
        caplog,
        "sb_secret_x",
        until=lambda client: {"conversation_logs", "music_logs"} <= client.failures.keys(),
    )

    assert len([line for line in lines if "cannot be used" in line]) == 1
    assert all(name in lines[0] for name in ("conversation_logs", "music_logs", "system_stats"))
    # Once by the check at the start, and once beside the rows that are held back.
    assert len([line for line in lines if "SQL Editor" in line]) == 2


async def test_an_unknown_refusal_is_not_blamed_on_the_schema(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, classified(418, {}, None, "a teapot"))

    lines = await told(tmp_path, caplog, "sb_secret_x", until=lambda client: "music_logs" in client.failures)

    assert not [line for line in lines if "schema" in line]
    assert [line for line in lines if "the project's logs say why" in line]


def refuse(monkeypatch: pytest.MonkeyPatch, error: TelemetryError) -> None:
    async def send(_api: SupabaseApi, _request: object) -> None:
        raise error

    monkeypatch.setattr(SupabaseApi, "_send", send)
