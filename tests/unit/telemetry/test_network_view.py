from __future__ import annotations

from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

from bot.telemetry.events import NetworkSum
from bot.telemetry.network_view import NetworkView

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@asynccontextmanager
async def paused(*_: object) -> AsyncGenerator[None]:
    yield


async def test_what_waits_is_not_covered_while_its_gap_is_still_listed() -> None:
    row = {"bytes_sent": 5, "bytes_recv": 5, "samples": 90, "samples_expected": 90}
    coverage = {"seconds_covered": 900.0, "seconds_expected": 1000.0, "countings": ["external"]}
    api: Any = SimpleNamespace(call=AsyncMock(return_value=row), rows=AsyncMock(return_value=[coverage]))
    outbox: Any = SimpleNamespace(network_sum=AsyncMock(return_value=NetworkSum(10, 1, 2)))
    delivery: Any = SimpleNamespace(flush=AsyncMock(), paused=paused)

    totals = await NetworkView("primary", outbox, api).totals(delivery, None, None, None)

    assert (totals.bytes_sent, totals.bytes_recv, totals.pending_samples) == (6, 7, 10)
    assert (totals.seconds_covered, totals.seconds_expected) == (900, 1000)
