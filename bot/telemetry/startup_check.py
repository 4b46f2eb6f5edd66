"""Says at the start what is missing in the Supabase project, and what mends it: one line for one cause."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.telemetry.inspection import NO_SUCH_TABLE, inspect_project
from bot.telemetry.postgrest_errors import OUTDATED, TelemetryError
from bot.telemetry.project_key import key_problem
from bot.telemetry.schema_version import REQUIRED_VERSION, explain_version
from bot.texts import schema as schema_texts
from bot.texts import telemetry as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.telemetry.inspection import Health, Inspection
    from bot.telemetry.supabase_api import SupabaseApi
    from bot.telemetry.tables import Table
    from bot.texts import Text

log = logging.getLogger(__name__)


async def check_supabase(api: SupabaseApi, key: str) -> Inspection:
    """Log what is there and what is missing; returns what was found.

    Raises TelemetryError if nothing can be said yet, because the project cannot be reached, or takes no row
    with this key.
    """
    if problem := key_problem(key):
        log.error("❌ %s", problem)
        log.error("   → %s", texts.KEY_CURE)
    inspection = await inspect_project(api)
    if _is_new(inspection.faults):
        cures = _log_tables(inspection.faults)
    else:
        faults = _without_outdated(inspection.faults) if inspection.is_outdated else inspection.faults
        cures = _log_tables(faults)
        cures = {**_log_health(inspection.health), **cures}
    for cure, level in cures.items():
        log.log(level, "   → %s", cure)
    return inspection


def log_version(version: int) -> None:
    """Log what the database's version means, as an error where the file has to be run again."""
    for cure, level in _log_version(version).items():
        log.log(level, "   → %s", cure)


def _log_tables(faults: Mapping[Table, TelemetryError | None]) -> dict[Text, int]:
    """Log which tables can be used; returns the cures, each with its level."""
    by_code: dict[str, list[tuple[str, TelemetryError]]] = {}
    for table, fault in faults.items():
        if fault is None:
            log.info("✅ %s table exists", table.name)
        else:
            by_code.setdefault(fault.code, []).append((table.name, fault))
    cures: dict[Text, int] = {}
    for found in by_code.values():
        fault = found[0][1]
        log.error("❌ %s cannot be used: %s", ", ".join(name for name, _ in found), fault)
        if fault.treatment.cure:
            cures[fault.treatment.cure] = logging.ERROR
    return cures


def _is_new(faults: Mapping[Table, TelemetryError | None]) -> bool:
    """Whether the schema was never run: then that is the one thing to be said."""
    return all(fault is not None and fault.code in NO_SUCH_TABLE for fault in faults.values())


def _without_outdated(
    faults: Mapping[Table, TelemetryError | None],
) -> Mapping[Table, TelemetryError | None]:
    """Return the tables but those of which the database's version says why they cannot be used."""
    return {table: fault for table, fault in faults.items() if fault is None or fault.treatment != OUTDATED}


def _log_version(version: int) -> dict[Text, int]:
    if version < REQUIRED_VERSION:
        log.error("❌ Supabase: %s", explain_version(version))
        return {schema_texts.CURE: logging.ERROR}
    log.info("Supabase: %s", explain_version(version))
    return {}


def _log_health(health: Health | TelemetryError) -> dict[Text, int]:
    if isinstance(health, TelemetryError):
        log.warning("The database's own check cannot be used: %s", health)
        return {health.treatment.cure: logging.WARNING} if health.treatment.cure else {}
    cures = _log_version(health.version) if health.version != REQUIRED_VERSION else {}
    # Of the owner's choices the doctor tells.
    problems = [problem for problem in health.problems if not problem.is_owners_choice]
    for problem in problems:
        log.warning("⚠️ %s", problem.text)
    return {schema_texts.CURE: logging.WARNING, **cures} if problems else cures
