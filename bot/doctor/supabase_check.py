"""Supabase: URL, key, tables, rights, size."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from bot.doctor.web import UnreachableError, check_clock, get
from bot.telemetry.postgrest_errors import KEY_CURE, SCHEMA_CURE, Remedy, TelemetryError
from bot.telemetry.startup_check import PROBLEMS, key_problem, project_of
from bot.telemetry.storage_guard import StorageGuard
from bot.telemetry.supabase_api import SupabaseApi
from bot.telemetry.tables import TABLES
from bot.texts import doctor as texts
from bot.units import format_bytes

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.findings import Report
    from bot.storage.json_value import Json

HOSTED = re.compile(r"([a-z0-9]+)\.supabase\.(?:co|in)")


async def check_supabase(settings: Settings, report: Report) -> None:
    """Look at the project as the bot will use it; changes nothing."""
    url, key = settings.supabase_url, settings.supabase_key
    if not settings.supabase_enabled or not url or not key:
        told, path = texts.SUPABASE_OFF if url else texts.SUPABASE_UNSET, settings.embedded_supabase
        report.warn("supabase.url", texts.SUPABASE, told, texts.SUPABASE_OFF_CURE, path=path)
        return
    if not _key_looks_right(url, key, report) or not await _is_project(url, key, report):
        return
    api = SupabaseApi(url, key)
    try:
        if await _check_tables(api, report):
            await _check_rights(api, report)
            await _check_size(api, settings, report)
    finally:
        await api.close()


def _key_looks_right(url: str, key: str, report: Report) -> bool:
    if problem := key_problem(key):
        report.fail("supabase.key", texts.KEY, problem, KEY_CURE)
        return False
    hosted = HOSTED.fullmatch(urlsplit(url).hostname or "")
    ref = project_of(key)
    if hosted and ref and ref != hosted[1]:
        report.fail("supabase.key", texts.KEY, texts.KEY_WRONG_PROJECT, KEY_CURE, ref=ref)
        return False
    return True


async def _is_project(url: str, key: str, report: Report) -> bool:
    """Ask who answers there; PostgREST describes itself in JSON, refusals are looked at table by table."""
    name, subject = "supabase.url", texts.SUPABASE
    try:
        answer = await get(f"{url}/rest/v1/", {"apikey": key, "Authorization": f"Bearer {key}"})
    except UnreachableError as error:
        report.fail(name, subject, texts.UNREACHABLE, texts.NETWORK_CURE, url=url, error=error)
        return False
    check_clock(report, url, answer.skew)
    if answer.status != HTTPStatus.NOT_FOUND and (
        answer.status != HTTPStatus.OK or answer.json() is not None
    ):
        return True
    values = {"url": url, "status": answer.status}
    report.fail(name, subject, texts.SUPABASE_STRANGE, texts.SUPABASE_STRANGE_CURE, **values)
    return False


async def _check_tables(api: SupabaseApi, report: Report) -> bool:
    """Ask for every table; returns whether the project answers at all."""
    faults: dict[str, TelemetryError | None] = {}
    for table in TABLES:
        try:
            await api.check_columns(table)
            faults[table.name] = None
        except TelemetryError as error:
            if error.treatment.project_wide:
                is_key = error.treatment.cure == KEY_CURE
                name, subject = ("supabase.key", texts.KEY) if is_key else ("supabase.url", texts.SUPABASE)
                report.fail(name, subject, str(error), error.treatment.cure or texts.BUSY_CURE)
                return False
            faults[table.name] = error
    report.fine("supabase.key", texts.KEY, texts.KEY_FINE)
    for name, fault in faults.items():
        if fault is None:
            report.fine(f"supabase.table.{name}", texts.TABLE, texts.TABLE_FINE, table=name)
        else:
            waits = fault.treatment.remedy is Remedy.RETRY
            cure = fault.treatment.cure or (texts.BUSY_CURE if waits else SCHEMA_CURE)
            report.fail(f"supabase.table.{name}", texts.TABLE, str(fault), cure, table=name)
    return True


async def _check_rights(api: SupabaseApi, report: Report) -> None:
    name = "supabase.rights"
    try:
        health = await api.call("telemetry_health")
    except TelemetryError as error:
        report.fail(name, texts.RIGHTS, str(error), error.treatment.cure or SCHEMA_CURE)
        return
    found = health.get("problems") if isinstance(health, Mapping) else None
    problems = cast("Sequence[Mapping[str, Json]]", found if isinstance(found, list) else [])
    for problem in problems:
        kind = str(problem.get("problem"))
        words = f"{problem.get('object')}: {PROBLEMS.get(kind, kind)} {problem.get('detail') or ''}".strip()
        note = report.warn if kind in {"not_published", "policy_unknown"} else report.fail
        note(name, texts.RIGHTS, texts.SETTING_BAD, SCHEMA_CURE, problem=words)
    if not problems:
        report.fine(name, texts.RIGHTS, texts.RIGHTS_FINE)


async def _check_size(api: SupabaseApi, settings: Settings, report: Report) -> None:
    name, guard = "supabase.size", StorageGuard(settings.supabase_db_limit_mb)
    try:
        size = await api.call("database_bytes")
    except TelemetryError as error:
        report.fail(name, texts.SIZE, str(error), error.treatment.cure or SCHEMA_CURE)
        return
    guard.size = size if isinstance(size, int) else 0
    values = {
        "size": format_bytes(guard.size),
        "limit": format_bytes(guard.limit),
        "percent": 100 * guard.size // guard.limit,
    }
    if guard.is_near:
        report.warn(name, texts.SIZE, texts.SIZE_FINE, texts.SIZE_CURE, **values)
    else:
        report.fine(name, texts.SIZE, texts.SIZE_FINE, **values)
