from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from bot.telemetry.samples import Sampler
from tests.support.telemetry import Source, telemetry_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("seconds", "stored"),
    [(0.04, 40.0), (0.0, 0.0), (41.251, None), (-0.001, None), (math.inf, None), (math.nan, None)],
)
def test_a_ping_that_cannot_be_is_stored_as_unknown(
    tmp_path: Path, seconds: float, stored: float | None
) -> None:
    source = Source(telemetry_settings({"DATA_DIR": str(tmp_path)}))
    source.latency, source.lavalink_ping = seconds, seconds * 1000
    row = Sampler(source).system("online")
    assert (row["ping_gateway"], row["ping_lavalink"]) == (stored, stored)
