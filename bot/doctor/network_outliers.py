"""Impossible samples of the traffic on the command line: listed, and taken out of rows and totals."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.doctor.invocation import doctor_command
from bot.telemetry.inspection import NO_SUCH_FUNCTION
from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.supabase_api import SupabaseApi
from bot.texts import doctor as texts
from bot.texts import schema as schema_texts
from bot.units import format_bytes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bot.config import Settings
    from bot.texts import Language

FASTEST_MBIT = 10_000.0
"""What no line of a bot's host carries in one direction, in Mbit/s."""
BYTES_PER_MEGABIT = 125_000
IDS_AT_A_TIME = 500
SHORTEST_ID = 8


@dataclass(frozen=True, slots=True)
class Outlier:
    """What cannot be true: more bytes than the line carries in these seconds, or fewer than none."""

    id: str
    bot_id: str
    recorded_at: str
    seconds_covered: float
    samples: int
    """1; more where the rows are gone, of which one must have been impossible."""
    bytes_sent: int
    bytes_recv: int


async def find_outliers(api: SupabaseApi, faster_than: float = FASTEST_MBIT) -> list[Outlier]:
    """Return the impossible samples, oldest first; ``faster_than`` is in Mbit/s. Raises TelemetryError."""
    limit = {"p_bytes_per_second": faster_than * BYTES_PER_MEGABIT}
    return [Outlier(**row) for row in await api.rows("network_outliers", limit)]


async def run_network_outliers(
    settings: Settings, options: argparse.Namespace, language: Language
) -> tuple[Sequence[str], int]:
    """Do what was asked; returns the lines to print and the exit code."""
    if not settings.supabase_enabled or not settings.supabase_url or not settings.supabase_key:
        return [texts.SUPABASE_OFF_CURE(language)], 1
    api = SupabaseApi(settings.supabase_url, settings.supabase_key)
    try:
        found = await find_outliers(api, options.faster_than)
        if options.action == "remove":
            return await _remove(api, found, settings, options, language)
    except TelemetryError as error:
        is_outdated = error.code in NO_SUCH_FUNCTION
        cure = schema_texts.CURE if is_outdated else error.treatment.cure or texts.BUSY_CURE
        return [f"❌ {error.in_language(language)}", f"   → {cure(language)}"], 1
    finally:
        await api.close()
    if options.json:
        return [json.dumps([asdict(outlier) for outlier in found], ensure_ascii=False, indent=2)], 0
    return _listed(found, settings, options.faster_than, language), 0


async def _remove(
    api: SupabaseApi,
    found: Sequence[Outlier],
    settings: Settings,
    options: argparse.Namespace,
    language: Language,
) -> tuple[Sequence[str], int]:
    chosen = found if options.all else [each for each in found if _is_meant(each, options.id)]
    if options.id and len(chosen) != 1:
        return [texts.OUTLIER_UNKNOWN.plain(language, id=options.id)], 1
    removed = 0
    for start in range(0, len(chosen), IDS_AT_A_TIME):
        ids = [each.id for each in chosen[start : start + IDS_AT_A_TIME]]
        answer = await api.call("remove_network_outliers", {"p_ids": ids})
        removed += answer if isinstance(answer, int) else 0
    lines = [_line(each, settings, language) for each in chosen]
    return [*lines, texts.OUTLIERS_REMOVED(language, count=removed)], 0


def _is_meant(outlier: Outlier, identifier: str) -> bool:
    return len(identifier) >= SHORTEST_ID and outlier.id.endswith(identifier)


def _listed(
    found: Sequence[Outlier], settings: Settings, faster_than: float, language: Language
) -> Sequence[str]:
    if not found:
        return [texts.OUTLIERS_NONE.plain(language, limit=f"{faster_than:.15g}")]
    hint = texts.OUTLIERS_HINT.plain(language, command=doctor_command())
    return [*(_line(each, settings, language) for each in found), "", hint]


def _line(outlier: Outlier, settings: Settings, language: Language) -> str:
    at = datetime.fromisoformat(outlier.recorded_at).astimezone(settings.bot_timezone)
    sent, received = format_bytes(outlier.bytes_sent), format_bytes(outlier.bytes_recv)
    return (
        f"{outlier.id}  {at:%Y-%m-%d %H:%M:%S %Z}  {outlier.bot_id}"
        f"  ↑ {sent}  ↓ {received}  / {outlier.seconds_covered:.1f} s"
        + (texts.OUTLIER_OF_MANY(language, count=outlier.samples) if outlier.samples > 1 else "")
    )
