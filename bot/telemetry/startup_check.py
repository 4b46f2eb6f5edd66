"""Says at the start what is missing in the Supabase project, and what mends it."""

from __future__ import annotations

import base64
import binascii
import json
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from bot.telemetry.postgrest_errors import KEY_CURE, SCHEMA_CURE, TelemetryError
from bot.telemetry.tables import TABLES

if TYPE_CHECKING:
    from bot.storage.json_value import Json
    from bot.telemetry.supabase_api import SupabaseApi
    from bot.telemetry.tables import Table

log = logging.getLogger(__name__)

PROBLEMS = {
    "table_missing": "the table is missing",
    "grant_missing": "the bot's role may not",
    "rls_disabled": "row level security is off, so that anybody may read it",
    "policy_missing": "a policy is missing:",
    "policy_unknown": "has a policy that is not from bot/supabase_schema.sql; who may read it?",
    "not_published": "Realtime does not publish it, so a dashboard stands still:",
    "trigger_missing": "the trigger that adds up the totals, or keeps wishes of /privacy, is missing:",
}
"""What `telemetry_health()` of bot/supabase_schema.sql finds, in words."""


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


async def check_supabase(api: SupabaseApi, key: str) -> Mapping[str, Json] | None:
    """Log what is there and what is missing; returns what `telemetry_health` told.

    Raises TelemetryError if nothing can be said yet, because the project cannot be reached.
    """
    if problem := key_problem(key):
        log.error("❌ %s", problem)
        log.error("   → %s", KEY_CURE)
    faults = {table: await _fault_of(api, table) for table in TABLES}
    for table, fault in faults.items():
        if fault is None:
            log.info("✅ %s table exists", table.name)
        else:
            log.error("❌ %s cannot be used: %s", table.name, fault)
    for cure in {fault.treatment.cure for fault in faults.values() if fault} - {""}:
        log.error("   → %s", cure)
    return await _check_details(api)


async def _fault_of(api: SupabaseApi, table: Table) -> TelemetryError | None:
    try:
        await api.check_columns(table)
    except TelemetryError as error:
        if error.treatment.project_wide:
            raise
        return error
    return None


async def _check_details(api: SupabaseApi) -> Mapping[str, Json] | None:
    try:
        health = await api.call("telemetry_health")
    except TelemetryError as error:
        if error.treatment.project_wide:
            raise
        log.warning("The database's own check cannot be used: %s", error)
        log.warning("   → %s", error.treatment.cure or SCHEMA_CURE)
        return None
    if not isinstance(health, Mapping):
        return None
    problems = health.get("problems")
    if isinstance(problems, Sequence) and not isinstance(problems, str) and problems:
        for problem in cast("Sequence[Mapping[str, Json]]", problems):
            words = PROBLEMS.get(str(problem.get("problem")), str(problem.get("problem")))
            log.warning("⚠️ %s: %s %s", problem.get("object"), words, problem.get("detail") or "")
        log.warning("   → %s", SCHEMA_CURE)
    return health


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
