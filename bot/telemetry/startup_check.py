"""Says at the start what is missing in the Supabase project, and what mends it."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from typing import TYPE_CHECKING, cast

from bot.telemetry.inspection import inspect_project
from bot.telemetry.postgrest_errors import KEY_CURE, SCHEMA_CURE, TelemetryError
from bot.telemetry.schema_version import REQUIRED_VERSION, describe_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.telemetry.inspection import Health, Inspection
    from bot.telemetry.supabase_api import SupabaseApi

log = logging.getLogger(__name__)


def key_problem(key: str) -> str | None:
    """Say what is wrong with a key that cannot write, from its looks; None if it may be right.

    https://supabase.com/docs/guides/api/api-keys
    """
    if key.startswith("sb_publishable_"):
        return "SUPABASE_KEY is the publishable key, which is made for browsers and may not write"
    role = _claim(key, "role")
    if role in {"anon", "authenticated"}:
        return f"SUPABASE_KEY is the {role} key, which may not write"
    return None


async def check_supabase(api: SupabaseApi, key: str) -> Inspection:
    """Log what is there and what is missing; returns what was found.

    Raises TelemetryError if nothing can be said yet, because the project cannot be reached.
    """
    if problem := key_problem(key):
        log.error("❌ %s", problem)
        log.error("   → %s", KEY_CURE)
    inspection = await inspect_project(api)
    for table, fault in inspection.faults.items():
        if fault is None:
            log.info("✅ %s table exists", table.name)
        else:
            log.error("❌ %s cannot be used: %s", table.name, fault)
    faults = [fault for fault in inspection.faults.values() if fault]
    for cure in {fault.treatment.cure for fault in faults} - {""}:
        log.error("   → %s", cure)
    _log_health(inspection.health)
    return inspection


def log_version(version: int) -> None:
    """Log what the database's version means, as an error where the file has to be run again."""
    description = describe_version(version, "en")
    if version < REQUIRED_VERSION:
        log.error("❌ Supabase: %s", description)
        log.error("   → %s", SCHEMA_CURE)
    else:
        log.info("Supabase: %s", description)


def _log_health(health: Health | TelemetryError) -> None:
    if isinstance(health, TelemetryError):
        log.warning("The database's own check cannot be used: %s", health)
        log.warning("   → %s", health.treatment.cure or SCHEMA_CURE)
        return
    if health.version != REQUIRED_VERSION:
        log_version(health.version)
    for problem in health.problems:
        log.warning("⚠️ %s", problem)
    if health.problems:
        log.warning("   → %s", SCHEMA_CURE)


def project_of(key: str) -> str | None:
    """Return the project that a legacy key, a JWT, was made for; None for a key that does not say."""
    return _claim(key, "ref")


def _claim(key: str, name: str) -> str | None:
    """Return a claim of a legacy key, a JWT."""
    parts = key.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - RFC 7515 §3.1: header, payload, signature
        return None
    try:
        claims: object = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    claim = cast("Mapping[str, object]", claims).get(name) if isinstance(claims, dict) else None
    return claim if isinstance(claim, str) else None
