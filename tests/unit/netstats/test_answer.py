from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock

import pytest

from bot.config import load_settings
from bot.netstats.answer import NetstatsAnswer
from bot.period import Period
from bot.supabase_client import SupabaseClient
from bot.telemetry.network_totals import NetworkTotals

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
COMPARISON = "📅 Compared with the 7 days before"


def totals(counting: str, *, as_of: datetime | None = None) -> NetworkTotals:
    return NetworkTotals(
        bytes_sent=1,
        bytes_recv=1,
        samples=1,
        samples_expected=1,
        seconds_covered=1,
        seconds_expected=1,
        countings=frozenset({counting}),
        as_of=as_of,
    )


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (totals("external"), totals("external"), "Total then"),
        (totals("external"), totals("all"), "They were counted differently and cannot be compared."),
        (totals("external", as_of=NOW), totals("external"), None),
        (totals("external"), totals("external", as_of=NOW), None),
    ],
)
async def test_a_week_is_compared_only_where_it_is_known_to_be_counted_like_the_one_before(
    tmp_path: Path, now: NetworkTotals, before: NetworkTotals, told: str | None
) -> None:
    telemetry = AsyncMock(SupabaseClient)
    telemetry.network_totals.side_effect = [now, before]
    settings = load_settings({"DISCORD_TOKEN": "x", "DATA_DIR": str(tmp_path)}, tmp_path / "none")

    embed = await NetstatsAnswer(telemetry, settings).embed(Period.WEEK, "en")

    shown = {field.name: field.value or "" for field in embed.fields}
    assert (COMPARISON in shown) is (told is not None)
    assert (told or "") in shown.get(COMPARISON, "")
