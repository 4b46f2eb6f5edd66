from __future__ import annotations

from bot.telemetry import known_names
from bot.telemetry.known_names import AGAIN_SECONDS, KnownNames


class Clock:
    def __init__(self) -> None:
        self.now = 5.0

    def __call__(self) -> float:
        return self.now


def test_a_name_is_news_once_a_day_and_whenever_it_changes() -> None:
    clock = Clock()
    names = KnownNames(clock)
    assert [names.is_news(1, name) for name in ("a", "a", "b", "b", "a")] == [True, False, True, False, True]
    assert names.is_news(2, "a")
    clock.now += AGAIN_SECONDS - 1
    assert not names.is_news(1, "a")
    clock.now += 1
    assert names.is_news(1, "a")
    assert not names.is_news(1, "a")


def test_no_more_places_are_remembered_than_fit() -> None:
    names = KnownNames()
    for place in range(known_names.MOST_NAMES + 5):
        names.is_news(place, "a")
        names.is_news(0, "a")  # heard of all the time
    assert len(names._names) == known_names.MOST_NAMES
    assert not names.is_news(0, "a")
    assert names.is_news(1, "a")
