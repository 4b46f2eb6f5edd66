"""Messages of a request channel go when they are due: together where that is allowed, and only whose may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from unittest.mock import Mock

import discord
import pytest

from bot.music import tidying
from bot.music.tidying import Tidier

CONTROLLER = 99


class Place:
    """A text channel that notes what is deleted, and how."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.may_manage = True
        self.refusal: discord.HTTPException | None = None
        self.channel = Mock(spec=discord.TextChannel, id=7)
        self.channel.permissions_for.side_effect = lambda _me: discord.Permissions(
            manage_messages=self.may_manage
        )
        self.channel.get_partial_message.side_effect = self._message
        self.channel.delete_messages.side_effect = self._delete

    def _message(self, message_id: int) -> Mock:
        async def delete() -> None:
            await self._delete([Mock(id=message_id)])

        return Mock(spec=discord.PartialMessage, id=message_id, delete=delete)

    async def _delete(self, messages: Collection[Mock]) -> None:
        self.calls.append([message.id for message in messages])
        if self.refusal is not None:
            raise self.refusal


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def told() -> list[set[int]]:
    return []


@pytest.fixture
async def tidier(
    place: Place, told: list[set[int]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tidier]:
    monkeypatch.setattr(tidying, "PAUSE", 0.0)
    tidier = Tidier(
        lambda: place.channel,
        is_kept=lambda key: key == CONTROLLER,
        on_tidied=lambda gone: told.append({*gone}),
    )
    yield tidier
    await tidier.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


async def test_what_is_due_goes_together_and_the_controller_stays(
    tidier: Tidier, place: Place, told: list[set[int]]
) -> None:
    tidier.add(1, "person", after=0)
    tidier.add(2, "bot", after=0)
    tidier.add(3, "other", after=0)
    tidier.add(CONTROLLER, "bot", after=0)
    tidier.add(4, "person", after=3_600)
    await until(lambda: bool(told))

    assert place.calls == [[1, 2]]
    assert told == [{1, 2}]


async def test_without_the_permission_only_the_bots_own_go_one_by_one(
    tidier: Tidier, place: Place, told: list[set[int]]
) -> None:
    place.may_manage = False
    for message_id, writer in ((1, "person"), (2, "bot"), (3, "bot")):
        tidier.add(message_id, writer, after=0)  # type: ignore[arg-type]
    await until(lambda: bool(told))

    assert place.calls == [[2], [3]]


async def test_a_message_that_is_due_sooner_does_not_wait_for_another(tidier: Tidier, place: Place) -> None:
    tidier.add(1, "bot", after=3_600)
    await asyncio.sleep(0)
    tidier.add(2, "bot", after=0)
    await until(lambda: place.calls == [[2]])


async def test_what_will_go_soon_is_told_so_that_nothing_moves_for_it(
    tidier: Tidier, told: list[set[int]]
) -> None:
    tidier.add(1, "bot", after=0)
    tidier.add(2, "person", after=20)
    tidier.add(3, "other", after=20)
    tidier.add(4, "bot", after=120)
    tidier.add(CONTROLLER, "bot", after=20)
    await until(lambda: bool(told))

    assert told == [{1, 2}]


async def test_what_is_gone_or_refused_stops_nothing(
    tidier: Tidier, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.music.tidying")
    place.refusal = discord.NotFound(Mock(status=404), "gone")
    tidier.add(1, "bot", after=0)
    await until(lambda: len(place.calls) == 1)
    assert not caplog.messages
    place.refusal = discord.Forbidden(Mock(status=403), "no")
    tidier.add(2, "bot", after=0)
    await until(lambda: len(place.calls) == 2)
    await until(lambda: bool(caplog.messages))
    place.refusal = None
    tidier.add(3, "bot", after=0)
    await until(lambda: place.calls[-1] == [3])


async def test_what_somebody_deleted_is_left_out(tidier: Tidier, place: Place) -> None:
    tidier.add(1, "bot", after=0)
    tidier.forget(1)
    tidier.add(2, "bot", after=0)
    await until(lambda: bool(place.calls))

    assert place.calls == [[2]]
