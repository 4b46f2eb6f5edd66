"""How many bytes of files are in memory at a time, and who waits for whom."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import pairwise

import pytest

from bot.background_tasks import cancel_and_wait
from bot.chat.file_budget import FileBudget
from bot.errors import UserError
from bot.texts import chat as texts


class Questions:
    """Questions with files; each holds its bytes until it is let go."""

    def __init__(self, budget: FileBudget) -> None:
        self.budget = budget
        self.begun: list[str] = []
        self.most = 0
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, name: str, size: int, *, whose: int | None = None) -> None:
        end = self._ends[name] = asyncio.Event()
        asker = len(self._ends) if whose is None else whose

        async def hold() -> None:
            async with self.budget.hold(size, whose=asker):
                self.begun.append(name)
                self.most = max(self.most, self.budget.in_flight)
                await end.wait()

        self.tasks[name] = asyncio.create_task(hold())
        await settled()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks[name]
        await settled()

    async def cancel(self, name: str) -> None:
        await cancel_and_wait(self.tasks[name])
        await settled()


async def settled() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def questions() -> Questions:
    return Questions(FileBudget(10))


async def test_what_is_beyond_the_limit_waits_until_there_is_room(questions: Questions) -> None:
    await questions.ask("a", 6)
    await questions.ask("b", 4)
    await questions.ask("c", 5)
    assert questions.begun == ["a", "b"]

    await questions.end("b")
    assert questions.begun == ["a", "b"]
    await questions.end("a")

    assert questions.begun == ["a", "b", "c"]
    await questions.end("c")
    assert questions.budget.in_flight == 0
    assert questions.most == 10


async def test_a_small_one_does_not_overtake_a_large_one_that_came_before_it(questions: Questions) -> None:
    await questions.ask("a", 6)
    await questions.ask("large", 10)
    await questions.ask("small", 1)
    assert questions.begun == ["a"]

    await questions.end("a")
    assert questions.begun == ["a", "large"]
    await questions.end("large")

    assert questions.begun == ["a", "large", "small"]
    await questions.end("small")


async def test_what_is_larger_than_the_limit_is_held_alone(questions: Questions) -> None:
    await questions.ask("a", 1)
    await questions.ask("huge", 1_000)
    assert questions.begun == ["a"]

    await questions.end("a")
    assert questions.begun == ["a", "huge"]
    assert questions.budget.in_flight == 10
    await questions.end("huge")


async def test_questions_without_files_never_wait(questions: Questions) -> None:
    await questions.ask("a", 10)
    await questions.ask("plain", 0)

    assert questions.begun == ["a", "plain"]
    await questions.end("plain")
    await questions.end("a")


async def test_of_one_person_one_holds_or_waits_at_a_time(questions: Questions) -> None:
    for name in "abc":
        await questions.ask(name, 6, whose=1)
    await questions.ask("somebody else's", 6, whose=2)

    await questions.end("a")

    assert questions.begun == ["a", "somebody else's"]
    await questions.end("somebody else's")
    await questions.end("b")
    await questions.end("c")


async def test_who_gives_up_while_waiting_keeps_nothing_and_lets_those_behind_pass(
    questions: Questions,
) -> None:
    await questions.ask("a", 6)
    await questions.ask("large", 10)
    await questions.ask("small", 4)

    await questions.cancel("large")

    assert questions.begun == ["a", "small"]
    await questions.cancel("a")
    await questions.end("small")
    assert questions.budget.in_flight == 0


async def test_who_is_cancelled_when_there_is_room_at_last_gives_it_back(questions: Questions) -> None:
    await questions.ask("a", 10)
    await questions.ask("b", 10)

    # In the same turn of the loop: the room is given to b, and b is cancelled before it learns of that.
    questions.tasks["a"].cancel()
    await asyncio.sleep(0)
    questions.tasks["b"].cancel()
    for task in questions.tasks.values():
        with suppress(asyncio.CancelledError):
            await task

    assert questions.begun == ["a"]
    assert questions.budget.in_flight == 0


async def test_who_waits_too_long_is_told_so_and_the_next_one_is_served() -> None:
    questions = Questions(FileBudget(10, patience=0.01))
    await questions.ask("a", 10)
    await questions.ask("b", 10)

    with pytest.raises(UserError) as caught:
        await questions.tasks["b"]

    assert caught.value.text is texts.FILES_BUSY
    await questions.end("a")
    await questions.ask("c", 10)
    assert questions.begun == ["a", "c"]
    await questions.end("c")
    assert questions.budget.in_flight == 0


@pytest.mark.parametrize("sizes", [(7, 7, 7, 7), (3, 9, 1, 10, 2), (40, 1, 40)])
async def test_in_flight_is_never_more_than_the_limit_and_the_order_is_kept(sizes: tuple[int, ...]) -> None:
    budget, order = FileBudget(10), list[int]()

    async def question(number: int, size: int) -> None:
        async with budget.hold(size, whose=number):
            order.append(number)
            assert 0 < budget.in_flight <= 10
            await asyncio.sleep(0)

    await asyncio.gather(*(question(number, size) for number, size in enumerate(sizes)))

    assert all(before < after for before, after in pairwise(order))
    assert len(order) == len(sizes)
    assert budget.in_flight == 0
