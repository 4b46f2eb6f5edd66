"""The picture of a period's traffic, as ``network_report`` of bot/supabase_schema.sql tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.telemetry.postgrest_errors import TelemetryError

if TYPE_CHECKING:
    from bot.storage.json_value import Json


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a sample."""

    bot_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReport:
    """Points over time, and the gaps; times of points in Unix seconds, rates in bytes per second."""

    since: float
    until: float
    step: float
    """Seconds that one point stands for; where one is missing there was no sample."""
    points: Sequence[tuple[float, float, float]]
    """When it begins, sent per second, received per second."""
    gaps: Sequence[Gap]
    """The largest ones, largest first."""
    gap_count: int
    gap_seconds: float


def parse_report(answer: Json) -> NetworkReport:
    """Return the report of the function's JSON; raises TelemetryError if it is something else."""
    try:
        return _parsed(_mapping(answer))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise TelemetryError(f"network_report gave no report: {error!r}", code="unconfirmed") from error


def _parsed(report: Mapping[str, Json]) -> NetworkReport:
    return NetworkReport(
        since=_number(report["since"]),
        until=_number(report["until"]),
        step=_number(report["step"]),
        points=[
            (_number(at), _number(sent), _number(received))
            for at, sent, received in map(_sequence, _sequence(report["points"]))
        ],
        gaps=[
            Gap(str(gap["bot_id"]), _moment(gap["from"]), _moment(gap["to"]))
            for gap in map(_mapping, _sequence(report["gaps"]))
        ],
        gap_count=int(_number(report["gap_count"])),
        gap_seconds=_number(report["gap_seconds"]),
    )


def _mapping(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return value


def _sequence(value: Json) -> Sequence[Json]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(value)
    return value


def _number(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return float(value)


def _moment(value: Json) -> datetime:
    return datetime.fromtimestamp(_number(value), UTC)
