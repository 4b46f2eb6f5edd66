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
        watch.report(second * 1000)

        assert watch.check("p1") is None


def test_a_stalled_track_is_sent_again_once_and_given_up_the_second_time() -> None:
    time = Time()
    watch = StallWatch(10, time)
    actions = []
    for second in range(30):
        time.seconds = second
        watch.report(5_000)
        actions.append(watch.check("p1"))

    assert [action for action in actions if action] == ["resend", "give_up"]
    assert actions.index("resend") == 11


def test_another_track_is_sent_again_first_too() -> None:
    time = Time()
    watch = StallWatch(10, time)
    time.seconds = 11
    assert watch.check("p1") == "resend"
    time.seconds = 22
    assert watch.check("p2") == "resend"


def test_while_nothing_should_move_nothing_is_stalled() -> None:
    time = Time()
    watch = StallWatch(10, time)
    time.seconds = 100
    assert watch.check(None) is None
    time.seconds = 110
    assert watch.check("p1") is None


def test_what_was_just_asked_for_has_its_time() -> None:
    time = Time()
    watch = StallWatch(10, time)
    time.seconds = 11
    watch.reset()

    assert watch.check("p1") is None
