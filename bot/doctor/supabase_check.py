"""Supabase: URL, key, tables, rights, size."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.doctor.invocation import doctor_command
from bot.doctor.network_outliers import find_outliers
from bot.doctor.web import UnreachableError, check_clock, get
from bot.telemetry.inspection import inspect_project
from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.project_key import is_hosted, key_problem, project_of
from bot.telemetry.schema_version import describe_version
from bot.telemetry.storage_guard import StorageGuard
from bot.telemetry.supabase_api import SupabaseApi
from bot.texts import doctor as texts
from bot.texts import schema as schema_texts
from bot.texts.telemetry import DELETIONS_CURE, KEY_CURE, NAMELESS_CURE
from bot.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import Settings
    from bot.doctor.findings import Report
    from bot.telemetry.inspection import Health, Inspection
    from bot.telemetry.tables import Table


async def check_supabase(settings: Settings, report: Report) -> None:
    """Look at the project as the bot will use it; changes nothing."""
    url, key = settings.supabase_url, settings.supabase_key
    if not settings.supabase_enabled or not url or not key:
        problem, path = texts.SUPABASE_OFF if url else texts.SUPABASE_UNSET, settings.embedded_supabase
        report.warn("supabase.url", texts.SUPABASE, problem, texts.SUPABASE_OFF_CURE, path=path)
        return
    if not _key_looks_right(url, key, report) or not await _is_project(url, key, report):
        return
    api = SupabaseApi(url, key)
    try:
        inspection = await _inspect(api, report)
        if inspection is not None:
            _report_tables(inspection.faults, report)
            _report_health(inspection.health, report)
            if not inspection.is_outdated:
                await _check_size(api, settings, report)
                await _check_samples(api, report)
    finally:
        await api.close()


def _key_looks_right(url: str, key: str, report: Report) -> bool:
    if problem := key_problem(key):
        report.fail("supabase.key", texts.KEY, problem, KEY_CURE)
        return False
    ref, host = project_of(key), urlsplit(url).hostname or ""
    if is_hosted(url) and ref and ref != host.partition(".")[0]:
        report.fail("supabase.key", texts.KEY, texts.KEY_WRONG_PROJECT, KEY_CURE, ref=ref)
        return False
    return True


async def _is_project(url: str, key: str, report: Report) -> bool:
    """Ask who answers there; PostgREST describes itself in JSON, refusals are looked at table by table."""
    name, subject = "supabase.url", texts.SUPABASE
    try:
        answer = await get(f"{url}/rest/v1/", {"apikey": key, "Authorization": f"Bearer {key}"})
    except UnreachableError as error:
        is_gone = error.is_nameless and is_hosted(url)
        cure = NAMELESS_CURE if is_gone else texts.NETWORK_CURE
        report.fail(name, subject, texts.UNREACHABLE, cure, url=url, error=error.reason)
        return False
    check_clock(report, url, answer.skew)
    if answer.status != HTTPStatus.NOT_FOUND and (
        answer.status != HTTPStatus.OK or answer.json() is not None
    ):
        return True
    values = {"url": url, "status": answer.status}
    report.fail(name, subject, texts.SUPABASE_STRANGE, texts.SUPABASE_STRANGE_CURE, **values)
    return False


async def _inspect(api: SupabaseApi, report: Report) -> Inspection | None:
    """Return what was found; None if the project does not answer at all, which is reported."""
    try:
        inspection = await inspect_project(api)
    except TelemetryError as error:
        is_key = error.treatment.cure == KEY_CURE
        name, subject = ("supabase.key", texts.KEY) if is_key else ("supabase.url", texts.SUPABASE)
        report.fail(
            name, subject, error.in_language(report.language), error.treatment.cure or texts.BUSY_CURE
        )
        return None
    report.fine("supabase.key", texts.KEY, texts.KEY_FINE)
    return inspection


def _report_tables(faults: Mapping[Table, TelemetryError | None], report: Report) -> None:
    for table, fault in faults.items():
        name = f"supabase.table.{table.name}"
        if fault is None:
            report.fine(name, texts.TABLE, texts.TABLE_FINE, table=table.name)
        else:
            cure = fault.treatment.cure or texts.BUSY_CURE
            report.fail(name, texts.TABLE, fault.in_language(report.language), cure, table=table.name)


def _report_health(health: Health | TelemetryError, report: Report) -> None:
    name = "supabase.rights"
    if isinstance(health, TelemetryError):
        report.fail(
            name, texts.RIGHTS, health.in_language(report.language), health.treatment.cure or texts.BUSY_CURE
        )
        return
    description = describe_version(health.version, report.language)
    if health.is_outdated:
        report.fail("supabase.schema", texts.SCHEMA, description, schema_texts.CURE)
    else:
        report.fine("supabase.schema", texts.SCHEMA, texts.SETTING_BAD, problem=description)
    for problem in sorted(health.problems, key=lambda problem: problem.is_owners_choice):
        is_mild = problem.is_owners_choice or problem.kind in {"not_published", "policy_unknown"}
        note = report.warn if is_mild else report.fail
        cure = DELETIONS_CURE if problem.is_owners_choice else schema_texts.CURE
        note(name, texts.RIGHTS, texts.SETTING_BAD, cure, problem=problem.text)
    if not health.problems and not health.is_outdated:
        report.fine(name, texts.RIGHTS, texts.RIGHTS_FINE)


async def _check_size(api: SupabaseApi, settings: Settings, report: Report) -> None:
    name, guard = "supabase.size", StorageGuard(settings.supabase_db_limit_mb)
    try:
        size = await api.call("database_bytes")
    except TelemetryError as error:
        report.fail(
            name, texts.SIZE, error.in_language(report.language), error.treatment.cure or texts.BUSY_CURE
        )
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


async def _check_samples(api: SupabaseApi, report: Report) -> None:
    """Tell of samples that cannot be true; where there are none, there is nothing to say."""
    name = "supabase.samples"
    try:
        found = await find_outliers(api)
    except TelemetryError as error:
        report.fail(
            name, texts.OUTLIERS, error.in_language(report.language), error.treatment.cure or texts.BUSY_CURE
        )
        return
    if found:
        values = {"count": len(found), "command": doctor_command()}
        report.warn(name, texts.OUTLIERS, texts.OUTLIERS_FOUND, texts.OUTLIERS_CURE, **values)
