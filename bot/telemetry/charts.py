"""What a guild has played most, added up by the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    songs = await api.rows("top_songs", parameters, most=limit)
    listeners = await api.rows("top_listeners", parameters, most=limit)
    return Charts(
        [(str(row["song_title"]), int(str(row["play_count"]))) for row in songs],
        [
            (str(row["requested_by_id"]), str(row["requested_by"]), int(str(row["play_count"])))
            for row in listeners
        ],
    )
