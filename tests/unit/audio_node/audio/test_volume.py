from __future__ import annotations

import pytest

from audio_node.audio.volume import gain


@pytest.mark.parametrize(
    ("volume", "factor"),
    [(0, 0.0), (10, 0.0792), (50, 0.4169), (100, 1.0), (150, 2.4621), (200, 3.2828), (1000, 16.414)],
)
def test_volumes_are_as_loud_as_lavaplayers(volume: int, factor: float) -> None:
    assert gain(volume) == pytest.approx(factor, abs=0.001)
