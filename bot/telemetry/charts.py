"""What a guild has played most, added up by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.telemetry.postgrest_errors import TelemetryError

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.json_value import Json
    from bot.telemetry.supabase_api import SupabaseApi


@dataclass(frozen=True, slots=True)
class Charts:
    """Titles and people with their number of plays, most first; a person as Discord id, name and number."""

    songs: Sequence[tuple[str, int]]
    listeners: Sequence[tuple[str, str, int]]


async def read_charts(api: SupabaseApi, guild_id: int, since: datetime | None, limit: int) -> Charts:
    """Ask for the charts of a guild since a moment (None: of all time); raises TelemetryError."""
    parameters: dict[str, Json] = {
        "p_from": since.isoformat() if since else None,
        "p_guild_id": str(guild_id),
        "p_limit": limit,
    }
    songs = _rows(await api.call("top_songs", parameters))
    listeners = _rows(await api.call("top_listeners", parameters))
    return Charts(
        [(str(row["song_title"]), int(str(row["play_count"]))) for row in songs],
        [
            (str(row["requested_by_id"]), str(row["requested_by"]), int(str(row["play_count"])))
            for row in listeners
        ],
    )


def _rows(answer: Json) -> Sequence[Mapping[str, Json]]:
    if not isinstance(answer, list):
        raise TelemetryError("the charts are no list of rows", code="unconfirmed")
    return [row for row in answer if isinstance(row, Mapping)]
