from __future__ import annotations

from bot.lavalink.track_failures import MAX_FAILURES, TrackFailures


def test_a_failure_is_known_with_its_reason_until_another_track_fails() -> None:
    failures = TrackFailures()
    failures.note("p1", "gone")
    assert failures.has_failed("p1")
    assert failures.reason("p1") == "gone"

    failures.note("p2", None)
    assert not failures.has_failed("p1")
    assert failures.has_failed("p2")
    assert failures.reason("p1") is failures.reason("p2") is None


def test_five_in_a_row_are_too_many() -> None:
    failures = TrackFailures()

    assert [failures.count() for _ in range(MAX_FAILURES)] == [False] * 4 + [True]


def test_a_healthy_track_begins_the_count_again() -> None:
    failures = TrackFailures()
    for _ in range(MAX_FAILURES - 1):
        failures.count()
    failures.reset()

    assert not failures.count()
    assert failures.in_a_row == 1
