from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.music_queue import HISTORY_LIMIT, Loop, MusicQueue


def playing(*tracks: str, loop: Loop = Loop.OFF) -> MusicQueue[str]:
    queue: MusicQueue[str] = MusicQueue()
    queue.loop = loop
    queue.add(tracks)
    queue.advance()
    return queue


def test_tracks_play_in_the_order_they_were_added() -> None:
    queue = playing("a", "b")
    queue.add(["c"])

    assert [queue.current, queue.advance(), queue.advance(), queue.advance()] == ["a", "b", "c", None]


def test_an_empty_queue_has_nothing_to_advance_to() -> None:
    queue: MusicQueue[str] = MusicQueue()

    assert queue.advance() is None
    assert queue.history == ()


def test_what_was_played_is_in_the_history_latest_first() -> None:
    queue = playing("a", "b", "c")
    queue.advance()
    queue.advance(skip=True)

    assert queue.history == ("b", "a")


def test_a_looped_track_plays_again_when_it_ends() -> None:
    queue = playing("a", "b", loop=Loop.TRACK)

    assert queue.advance() == "a"
    assert queue.upcoming == ("b",)


def test_a_looped_track_is_left_when_somebody_skips_it() -> None:
    queue = playing("a", "b", loop=Loop.TRACK)

    assert queue.advance(skip=True) == "b"


def test_a_looped_queue_takes_every_track_again() -> None:
    queue = playing("a", "b", loop=Loop.QUEUE)

    assert [queue.advance() for _ in range(4)] == ["b", "a", "b", "a"]


@pytest.mark.parametrize("loop", Loop)
def test_a_dropped_track_never_comes_back(loop: Loop) -> None:
    queue = playing("broken", "b", loop=loop)

    assert queue.drop() == "b"
    assert "broken" not in (*queue.upcoming, *queue.history)


def test_stopping_forgets_what_waits_and_remembers_what_played() -> None:
    queue = playing("a", "b", "c")
    queue.stop()

    assert (queue.current, queue.upcoming, queue.history) == (None, (), ("a",))


def test_a_full_queue_takes_only_what_fits() -> None:
    queue: MusicQueue[int] = MusicQueue(limit=3)

    assert queue.add(range(5)) == 3
    assert queue.add([9]) == 0
    assert queue.upcoming == (0, 1, 2)


OPERATIONS = st.lists(st.sampled_from(["add", "advance", "skip", "drop", "stop"]), max_size=60)


@given(OPERATIONS, st.sampled_from(Loop))
def test_no_track_is_ever_in_two_places_or_made_up(operations: list[str], loop: Loop) -> None:
    queue: MusicQueue[int] = MusicQueue(limit=10)
    queue.loop = loop
    added = 0
    for operation in operations:
        match operation:
            case "add":
                added += queue.add([added])
            case "drop":
                queue.drop()
            case "stop":
                queue.stop()
            case _:
                queue.advance(skip=operation == "skip")
        present = [*queue.upcoming] + ([] if queue.current is None else [queue.current])
        assert len(set(present)) == len(present)
        assert set(present) | set(queue.history) <= set(range(added))
        assert len(queue.history) <= HISTORY_LIMIT
