"""What the doctor says of a Supabase project, in one language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.doctor import supabase_check
from bot.doctor.findings import Report
from bot.doctor.web import Answer, UnreachableError
from bot.telemetry.inspection import Health, Inspection, Problem
from bot.telemetry.postgrest_errors import TelemetryError, classified
from bot.telemetry.schema_version import REQUIRED_VERSION
from bot.telemetry.tables import TABLES
from bot.texts.telemetry import PROBLEMS
from tests.unit.telemetry.test_startup_check import jwt

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
A_NUMBER = re.compile(r"[0-9.]+ [KMG]?B / ")


async def report_of(key: str) -> Report:
    report = Report("ja")
    environ = {"DISCORD_TOKEN": "x", "SUPABASE_URL": "https://ours.supabase.co", "SUPABASE_KEY": key}
    await supabase_check.check_supabase(load_settings(environ, Path("/nonexistent")), report)
    return report


def assert_japanese(report: Report) -> None:
    for finding in report.findings:
        assert JAPANESE.search(finding.message) or A_NUMBER.match(finding.message), finding.message
        assert "<" not in finding.message
        assert "\n" not in finding.message
        assert not finding.cure or JAPANESE.search(finding.cure)


@pytest.mark.parametrize(
    "key", ["sb_publishable_x", jwt(role="anon"), jwt(role="service_role", ref="others")]
)
async def test_a_wrong_key_is_one_line_in_the_readers_language(key: str) -> None:
    report = await report_of(key)

    (finding,) = report.findings
    assert finding.name == "supabase.key"
    assert_japanese(report)


@pytest.mark.parametrize(
    ("fault", "cure"),
    [
        (classified(404, {}, "PGRST205", "Could not find the table"), "SQL Editor"),
        (classified(500, {}, "57014", "canceling statement due to statement timeout"), "しばらくしてから"),
        (classified(418, {}, None, "a teapot"), "ログに理由があります"),
        (classified(418, {}, None, "<html>\n<title>418 a teapot</title>"), "ログに理由があります"),
    ],
    ids=lambda value: value.code if isinstance(value, TelemetryError) else "",
)
async def test_a_fault_of_the_tables_has_the_cure_that_helps_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, fault: TelemetryError, cure: str
) -> None:
    health = Health(99, tuple(Problem("bot_logs", kind, "INSERT") for kind in PROBLEMS))

    async def inspect(_api: object) -> Inspection:
        return Inspection(dict.fromkeys(TABLES, fault), health)

    async def get(_url: str, _headers: object) -> Answer:
        return Answer(200, "{}", 0.0)

    async def size(_self: object, _function: str) -> int:
        return 1

    monkeypatch.setattr(supabase_check, "inspect_project", inspect)

    async def no_outliers(_api: object) -> list[object]:
        return []

    monkeypatch.setattr(supabase_check, "get", get)
    monkeypatch.setattr(supabase_check, "find_outliers", no_outliers)
    monkeypatch.setattr("bot.telemetry.supabase_api.SupabaseApi.call", size)
    report = await report_of("sb_secret_x")

    assert_japanese(report)
    assert {finding.cure for finding in report.findings if finding.name.startswith("supabase.table")} != {""}
    told = [line for line in report.lines() if cure in line]
    assert len(told) == (2 if cure == "SQL Editor" else 1)  # the health's own problems need the schema too


PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"


@pytest.mark.parametrize(
    ("fault", "message", "cure"),
    [
        (
            classified(401, {}, "401", "Invalid API key"),
            "キーが受け付けられません（401: Invalid API key）",
            "secret キー",
        ),
        (classified(502, {}, "502", PAGE), "いまは応答できません（502: Bad Gateway）", "しばらくしてから"),
        (classified(503, {}, None, ""), "いまは応答できません（503: no message）", "しばらくしてから"),
        (
            classified(540, {}, "540", "Project paused"),
            "プロジェクトが一時停止しています（540: Project paused）",
            "Restore project",
        ),
        (classified(540, {}, None, PAGE), "プロジェクトが一時停止しています", "Restore project"),
    ],
)
async def test_a_refusal_of_everything_is_one_line_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, fault: TelemetryError, message: str, cure: str
) -> None:
    async def inspect(_api: object) -> Inspection:
        raise fault

    async def get(_url: str, _headers: object) -> Answer:
        return Answer(401, "{}", None)

    monkeypatch.setattr(supabase_check, "inspect_project", inspect)
    monkeypatch.setattr(supabase_check, "get", get)
    (finding,) = (await report_of("sb_secret_x")).findings

    assert message in finding.message
    assert cure in finding.cure
    assert "<" not in finding.message


@pytest.mark.parametrize(
    ("is_nameless", "cure"), [(True, "Restore project"), (False, "ネットワーク・プロキシ")]
)
async def test_a_project_whose_name_is_gone_has_its_own_cure(
    monkeypatch: pytest.MonkeyPatch, is_nameless: bool, cure: str
) -> None:
    async def get(_url: str, _headers: object) -> Answer:
        raise UnreachableError("x", is_nameless=is_nameless)

    monkeypatch.setattr(supabase_check, "get", get)
    (finding,) = (await report_of("sb_secret_x")).findings

    assert cure in finding.cure


def test_what_is_the_owners_choice_is_a_warning_with_a_cure_of_its_own() -> None:
    report = Report("en")
    problems = (Problem("supabase_realtime", "deletions_published"), Problem("bot_logs", "rls_disabled"))
    supabase_check._report_health(Health(REQUIRED_VERSION, problems), report)

    told = [line for line in report.lines() if "supabase_realtime" in line]
    assert len(told) == 2
    assert told[0].startswith("⚠️")
    assert told[1].endswith("alter publication supabase_realtime set (publish = 'insert');")
