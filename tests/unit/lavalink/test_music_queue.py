from __future__ import annotations

import gc
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lavalink.music_queue import ALWAYS, HISTORY_LIMIT, Loop, MusicQueue, SharedRoom


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


def test_a_track_can_be_added_next() -> None:
    queue = playing("a", "b")
    queue.add(["x", "y"], place=0)

    assert queue.upcoming == ("x", "y", "b")


def test_skipping_to_a_track_takes_out_those_before_it() -> None:
    queue = playing("a", "b", "c", "d")

    assert queue.skip_to(1) == "c"
    assert (queue.upcoming, queue.history) == (("d",), ("a",))


def test_going_back_plays_the_track_before_and_keeps_the_current_one_next() -> None:
    queue = playing("a", "b", "c")
    queue.advance()

    assert queue.previous() == "a"
    assert (queue.upcoming, queue.history) == (("b", "c"), ())
    assert queue.previous() is None
    assert queue.current == "a"


def test_a_track_can_be_moved() -> None:
    queue = playing("a", "b", "c", "d")

    assert queue.move(2, 0) == "d"
    assert queue.upcoming == ("d", "b", "c")


def test_a_range_can_be_removed_in_either_order() -> None:
    queue = playing("a", "b", "c", "d", "e")

    assert queue.remove(2, 1) == ("c", "d")
    assert queue.upcoming == ("b", "e")


@pytest.mark.parametrize("place", [-1, 2, 99])
def test_a_place_that_does_not_exist_changes_nothing(place: int) -> None:
    queue = playing("a", "b", "c")
    for operation in (
        lambda: queue.move(0, place),
        lambda: queue.move(place, 0),
        lambda: queue.remove(place),
        lambda: queue.remove(0, place),
        lambda: queue.skip_to(place),
    ):
        with pytest.raises(IndexError):
            operation()

    assert (queue.current, queue.upcoming) == ("a", ("b", "c"))
    assert queue.undo() is None


def test_shuffling_keeps_every_track() -> None:
    queue = playing(*"abcdefgh")
    queue.shuffle(Random(1))

    assert sorted(queue.upcoming) == list("bcdefgh")
    assert queue.upcoming != tuple("bcdefgh")


def test_an_undone_removal_puts_tracks_back_where_they_were_and_keeps_what_came_since() -> None:
    queue = playing("a", "b", "c", "d")
    queue.remove(1)
    queue.add(["new"])
    queue.undo()

    assert queue.upcoming == ("b", "c", "d", "new")


def test_an_undone_clearing_brings_everything_back() -> None:
    queue = playing("a", "b", "c")
    queue.clear()
    queue.undo()

    assert queue.upcoming == ("b", "c")


def test_an_undone_skip_plays_the_skipped_track_and_then_the_one_that_followed() -> None:
    queue = playing("a", "b", "c")
    queue.advance(skip=True)
    queue.undo()

    assert (queue.current, queue.upcoming, queue.history) == ("a", ("b", "c"), ())


def test_an_undone_skip_in_a_looped_queue_does_not_double_the_track() -> None:
    queue = playing("a", "b", loop=Loop.QUEUE)
    queue.advance(skip=True)
    queue.undo()

    assert (queue.current, queue.upcoming) == ("a", ("b",))


def test_undoing_a_skip_in_a_looped_queue_of_one_track_leaves_one_track() -> None:
    queue = playing("a", loop=Loop.QUEUE)
    queue.advance(skip=True)
    queue.undo()

    assert (queue.current, queue.upcoming) == ("a", ())


def test_going_back_in_a_looped_queue_does_not_double_the_track() -> None:
    queue = playing("a", "b", loop=Loop.QUEUE)
    queue.advance()
    queue.previous()

    assert (queue.current, queue.upcoming) == ("a", ("b",))


def test_undoing_the_removal_of_a_track_that_plays_again_does_not_double_it() -> None:
    queue = playing("a", "b", loop=Loop.QUEUE)
    queue.advance()
    queue.remove(0)
    queue.previous()
    queue.undo()

    assert (queue.current, queue.upcoming) == ("a", ("b",))


def test_a_queue_that_going_back_made_too_full_takes_nothing_more() -> None:
    queue: MusicQueue[int] = MusicQueue(limit=2)
    queue.add([1, 2])
    queue.advance()
    queue.advance()
    queue.add([3, 4])
    queue.previous()

    assert queue.upcoming == (2, 3, 4)
    assert queue.add([5, 6, 7, 8]) == 0


def test_undoing_a_stop_twice_brings_back_the_track_and_the_queue() -> None:
    queue = playing("a", "b", "c")
    queue.stop()
    queue.undo()
    queue.undo()

    assert (queue.current, queue.upcoming) == ("a", ("b", "c"))


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("add", "next", "advance", "skip", "drop", "stop", "skip_to", "previous"),
                *("move", "remove", "clear", "shuffle", "set_loop", "undo"),
            ]
        ),
        st.integers(0, 8),
        st.integers(0, 8),
    ),
    max_size=80,
)


@settings(max_examples=400)
@given(OPERATIONS, st.sampled_from(Loop))
def test_no_track_is_ever_in_two_places_or_made_up(
    operations: list[tuple[str, int, int]], loop: Loop
) -> None:
    queue: MusicQueue[Song] = MusicQueue(limit=10)
    queue.loop = loop
    known: set[Song] = set()
    for name, first, second in operations:
        before = (queue.current, queue.upcoming, queue.history)
        try:
            known |= operate(queue, name, first, second)
        except IndexError:
            assert (queue.current, queue.upcoming, queue.history) == before
        present = [*queue.upcoming] + ([] if queue.current is None else [queue.current])
        assert len(set(present)) == len(present)
        assert set(present) | set(queue.history) <= known
        assert len(queue.history) <= HISTORY_LIMIT
        assert len(queue.upcoming) <= 10 + len(operations), "only going back may exceed the limit"


class Song:
    """Compared by identity, as two requests for the same song are two things."""


def operate(queue: MusicQueue[Song], name: str, first: int, second: int) -> set[Song]:
    songs = {Song() for _ in range(first)} if name in {"add", "next"} else set[Song]()
    match name:
        case "add":
            queue.add(songs)
        case "next":
            queue.add(songs, place=0)
        case "advance" | "skip":
            queue.advance(skip=name == "skip")
        case "skip_to":
            queue.skip_to(first)
        case "move":
            queue.move(first, second)
        case "remove":
            queue.remove(first, second)
        case "shuffle":
            queue.shuffle(Random(first))
        case "set_loop":
            queue.set_loop(tuple(Loop)[first % len(Loop)])
        case _:
            getattr(queue, name)()
    return songs


def test_changed_tracks_stay_where_they_are_and_can_be_undone() -> None:
    queue = playing("a", "b", "c", "d")
    queue.advance(skip=True)
    queue.remove(1)
    queue.change_tracks(str.upper)

    assert (queue.history, queue.current, queue.upcoming) == (("A",), "B", ("C",))
    queue.undo()
    queue.undo()
    assert (queue.history, queue.current, queue.upcoming) == ((), "A", ("B", "C", "D"))


def test_what_was_removed_and_may_come_back_is_no_more_than_what_may_wait() -> None:
    queue: MusicQueue[int] = MusicQueue(limit=10)
    for first in range(0, 100, 10):
        queue.add(range(first, first + 10))
        queue.clear()

    assert queue.held == 10
    assert queue.undo() is not None
    assert queue.upcoming == tuple(range(90, 100))
    assert queue.undo() is None


def test_all_queues_together_hold_no_more_than_the_process_may_but_each_has_its_own_few() -> None:
    room = SharedRoom(limit=5 * ALWAYS)
    queues = [MusicQueue[int](room=room) for _ in range(10)]

    taken = [queue.add(range(1_000)) for queue in queues]

    assert taken == [5 * ALWAYS, *[ALWAYS] * 9]
    assert queues[0].limit == 5 * ALWAYS
    for _ in range(30):
        queues[1].clear()
        assert queues[1].add(range(1_000)) == ALWAYS
    assert queues[1].held == 2 * ALWAYS, "what was taken out, and may come back, counts"


def test_a_queue_that_is_gone_makes_room() -> None:
    room = SharedRoom(limit=500)
    gone: MusicQueue[int] = MusicQueue(room=room)
    gone.add(range(500))
    del gone
    gc.collect()

    assert MusicQueue[int](room=room).add(range(500)) == 500
