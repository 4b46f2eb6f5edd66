"""Limits of tokens per day and of questions per minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.chat import budget as budgets
from bot.chat.budget import CUT, SHORTEST_EXCHANGE, Budget, DailyUsage, RateLimit
from bot.config import load_settings
from bot.errors import UserError
from bot.storage.state import State

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = replace(
    load_settings({"DISCORD_TOKEN": "token", "BOT_TIMEZONE": "Asia/Tokyo"}),
    chat_user_tokens_per_day=100,
    chat_guild_tokens_per_day=150,
)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)  # 23:00 in Tokyo

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state.sqlite3")


async def test_answers_count_for_their_asker_and_their_server(state: State, clock: Clock) -> None:
    budget = Budget(state, SETTINGS, clock)
    budget.spend(1, 9, 60)
    budget.spend(2, 9, 30)
    budget.spend(1, None, 40)

    assert budget.of_user(1) == DailyUsage(answers=2, tokens=100)
    assert budget.of_guild(9) == DailyUsage(answers=2, tokens=90)
    with pytest.raises(UserError, match="100"):
        budget.check(1, None)
    budget.check(2, 9)
    budget.spend(3, 9, 60)
    with pytest.raises(UserError, match="150"):
        budget.check(2, 9)
    budget.check(2, None)
    await budget.close()


async def test_a_try_without_an_answer_costs_tokens_and_counts_as_no_answer(
    state: State, clock: Clock
) -> None:
    budget = Budget(state, SETTINGS, clock)
    budget.spend(1, 9, 60, answered=False)

    assert budget.of_user(1) == budget.of_guild(9) == DailyUsage(answers=0, tokens=60)
    await budget.close()


async def test_at_midnight_of_the_owners_zone_the_count_starts_from_zero(state: State, clock: Clock) -> None:
    budget = Budget(state, SETTINGS, clock)
    budget.spend(1, 9, 1000)
    assert budget.resets_at == datetime(2026, 7, 1, 15, 0, tzinfo=UTC)

    clock.now += timedelta(hours=1)

    budget.check(1, 9)
    assert budget.of_user(1) == DailyUsage()
    await budget.close()


async def test_the_usage_of_today_is_known_after_a_restart_and_that_of_yesterday_is_not(
    state: State, clock: Clock, tmp_path: Path
) -> None:
    budget = Budget(state, SETTINGS, clock)
    budget.spend(1, 9, 70)
    budget.storable(1, "hi", "hello")
    await budget.close()

    again = State(tmp_path / "state.sqlite3")
    assert Budget(again, SETTINGS, clock).of_user(1) == DailyUsage(answers=1, tokens=70, stored=200)
    clock.now += timedelta(hours=1)
    assert Budget(again, SETTINGS, clock).of_user(1) == DailyUsage()


@pytest.mark.parametrize(
    "saved", [None, "x", {"day": "2026-07-01"}, {"day": "2026-07-01", "costs": {"user.1": 5}}]
)
async def test_what_cannot_be_read_is_no_usage(state: State, clock: Clock, saved: object) -> None:
    await state.put("chat.costs", saved)

    assert Budget(state, SETTINGS, clock).of_user(1) == DailyUsage()


async def test_what_was_saved_before_characters_were_counted_is_read(state: State, clock: Clock) -> None:
    await state.put("chat.costs", {"day": "2026-07-01", "costs": {"user.1": [2, 70]}})

    assert Budget(state, SETTINGS, clock).of_user(1) == DailyUsage(answers=2, tokens=70)


async def test_the_exchange_that_reaches_the_days_characters_is_cut_and_the_next_is_not_stored(
    state: State, clock: Clock
) -> None:
    budget = Budget(state, replace(SETTINGS, chat_user_stored_characters_per_day=1000), clock)

    assert budget.storable(1, "p" * 300, "a" * 400) == ("p" * 300, "a" * 400)
    assert budget.storable(1, "p" * 100, "a" * 400) == ("p" * 100, "a" * 200 + CUT)
    assert budget.storable(1, "p", "a") is None
    assert budget.storable(2, "p" * 1500, "a") == ("p" * 1000, CUT)
    assert budget.storable(3, "p", "a") == ("p", "a")

    clock.now += timedelta(hours=1)
    assert budget.storable(1, "p", "a") == ("p", "a")
    await budget.close()


async def test_however_short_exchanges_are_only_so_many_are_stored(state: State, clock: Clock) -> None:
    budget = Budget(state, replace(SETTINGS, chat_user_stored_characters_per_day=1000), clock)

    stored = [budget.storable(1, "p", "a") for _ in range(1000)]

    assert stored == [("p", "a")] * (1000 // SHORTEST_EXCHANGE) + [None] * (1000 - 1000 // SHORTEST_EXCHANGE)
    await budget.close()


async def test_without_limits_everybody_may_ask(state: State, clock: Clock) -> None:
    unlimited = replace(
        SETTINGS,
        chat_user_tokens_per_day=0,
        chat_guild_tokens_per_day=0,
        chat_user_stored_characters_per_day=0,
    )
    budget = Budget(state, unlimited, clock)
    budget.spend(1, 9, 10**12)

    budget.check(1, 9)
    assert budget.storable(1, "", "a" * 10**7) == ("", "a" * 10**7)
    await budget.close()


def test_so_many_questions_in_any_minute_and_no_more() -> None:
    rate = RateLimit(2)
    rate.admit(1, 100.0)
    rate.admit(1, 130.0)
    rate.admit(2, 130.0)

    with pytest.raises(UserError, match=r"19 s"):
        rate.admit(1, 141.0)
    rate.admit(1, 160.0)
    with pytest.raises(UserError):
        rate.admit(1, 161.0)


def test_no_limit_is_no_limit() -> None:
    rate = RateLimit(0)

    for _ in range(1000):
        rate.admit(1, 0.0)


async def test_where_too_many_ask_in_a_day_those_who_used_most_are_still_held_to_their_limit(
    state: State, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "_PEOPLE", 10)
    budget = Budget(state, SETTINGS, clock)
    budget.spend(1, 9, 100)

    for user_id in range(2, 100):
        budget.spend(user_id, 1_000 + user_id, 1)
        budget.storable(user_id, "p", "a")

    with pytest.raises(UserError):
        budget.check(1, None)
    assert budget.of_guild(9).tokens == 100
    await budget.close()
    saved = state.get("chat.costs")
    assert isinstance(saved, dict)
    assert isinstance(saved["costs"], dict)
    assert len(saved["costs"]) <= 2 * 10
