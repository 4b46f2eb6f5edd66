from __future__ import annotations

from bot.lavalink.stall import StallWatch


class Time:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_position_that_moves_is_no_stall() -> None:
    time = Time()
    watch = StallWatch(10, time)
    for second in range(100):
        time.seconds = second
        watch.see(second * 1000)

        assert not watch.stalled


def test_the_same_position_for_too_long_is_a_stall_until_something_is_asked_for() -> None:
    time = Time()
    watch = StallWatch(10, time)
    watch.see(5_000)
    for second in range(12):
        time.seconds = second
        watch.see(5_000)

    assert watch.stalled
    watch.reset()
    assert not watch.stalled
