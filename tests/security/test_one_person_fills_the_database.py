"""One person who asks without a pause, for as long as conversations are kept: the free plan does not fill."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.chat.budget import Budget
from bot.config import load_settings
from bot.errors import UserError
from bot.llm.tokens import CONVERSATION_LIMIT, OUTPUT_LIMIT
from bot.music.play_limit import KNOWN, MOST, TITLE_CHARACTERS, PlayLimit
from bot.storage.state import State

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = load_settings({"DISCORD_TOKEN": "token"})
UNLIMITED = load_settings(
    {"DISCORD_TOKEN": "t", "CHAT_USER_TOKENS_PER_DAY": "0", "CHAT_USER_STORED_CHARACTERS_PER_DAY": "0"}
)
MINUTES, KEPT_DAYS = 24 * 60, 90
FREE_PLAN = 500 * 1024**2
ROW, USAGE_ROW, CHARACTER = 474, 222, 3.3
"""Measured bytes of the row of a short exchange, of the row of its usage, and of a kanji, the costliest."""
HABITS = {
    "the longest answers in English": ("more", "a" * 30_000, CONVERSATION_LIMIT + OUTPUT_LIMIT),
    "the longest answers in kanji": ("続", "鬱" * 8_000, CONVERSATION_LIMIT + OUTPUT_LIMIT),
    "the shortest questions": ("a", "b", 250),
    "commands in plain words": ("止めて", "⏹", 0),
    "long questions": ("q" * 4_000, "no", 1_200),
}


def bytes_of_a_day(budget: Budget) -> dict[str, tuple[float, float]]:
    """Ask for a whole day as often as one may, a person for each habit; returns bytes of words and of all."""
    weights: dict[str, tuple[float, float]] = {}
    for user_id, (habit, (prompt, answer, tokens)) in enumerate(HABITS.items()):
        of_words = of_usage = 0.0
        for _ in range(MINUTES * SETTINGS.chat_questions_per_minute):
            try:
                budget.check(user_id, None)
            except UserError:
                break
            words = budget.storable(user_id, prompt, answer)
            if words is not None:
                of_words += ROW + CHARACTER * sum(map(len, words))
            if tokens:
                of_usage += USAGE_ROW
                budget.spend(user_id, None, tokens)
        weights[habit] = of_words, of_words + of_usage
    return weights


async def test_nobodys_words_take_up_more_than_a_seventh_of_the_free_plan_and_all_not_half(
    tmp_path: Path,
) -> None:
    budget = Budget(State(tmp_path / "state.sqlite3"), SETTINGS)
    for habit, (of_words, of_all) in bytes_of_a_day(budget).items():
        assert 0 < of_words * KEPT_DAYS < FREE_PLAN / 7, habit
        assert of_all * KEPT_DAYS < FREE_PLAN / 2, habit
    await budget.close()


async def test_without_the_limits_each_of_them_fills_it(tmp_path: Path) -> None:
    budget = Budget(State(tmp_path / "state.sqlite3"), UNLIMITED)
    for habit, (of_words, _) in bytes_of_a_day(budget).items():
        assert of_words * KEPT_DAYS > FREE_PLAN, habit
    await budget.close()


async def test_a_member_who_talks_all_day_feels_neither_limit(tmp_path: Path) -> None:
    now = datetime(2026, 11, 28, 0, 0, tzinfo=UTC)
    budget = Budget(State(tmp_path / "state.sqlite3"), SETTINGS, lambda: now)
    prompt, answer = "q" * 80, "a" * 1_000
    for _ in range(110):  # with a full memory each time
        budget.check(1, None)
        assert budget.storable(1, prompt, answer) == (prompt, answer)
        budget.spend(1, None, CONVERSATION_LIMIT + 600)
    await budget.close()


async def test_a_person_at_the_limit_of_tokens_is_refused_until_midnight(tmp_path: Path) -> None:
    now = datetime(2026, 11, 28, 0, 0, tzinfo=UTC)
    budget = Budget(State(tmp_path / "state.sqlite3"), SETTINGS, lambda: now)
    budget.spend(1, None, SETTINGS.chat_user_tokens_per_day)
    with pytest.raises(UserError):
        budget.check(1, None)
    budget.check(2, None)
    now += timedelta(days=1)
    budget.check(1, None)
    await budget.close()


PLAY_ROW, ORDINARY_PLAYS = 450, 24 * 60 // 3
"""Bytes of a play's row with its indexes, and songs of three minutes that fit into a day."""


def test_a_song_of_a_second_that_is_repeated_takes_up_less_than_a_fifth_of_the_free_plan() -> None:
    today = date(2026, 11, 28)
    plays = PlayLimit(lambda: today)

    recorded = sum(plays.admit(1, 7, "beep") for _ in range(24 * 3_600))

    assert ORDINARY_PLAYS < recorded == MOST
    assert recorded * PLAY_ROW * KEPT_DAYS < FREE_PLAN / 5
    assert plays.admit(1, 8, "song")
    assert plays.admit(2, 7, "song")
    today += timedelta(days=1)
    assert plays.admit(1, 7, "song")


def test_long_titles_count_for_more_and_nobody_is_counted_without_end() -> None:
    plays = PlayLimit(lambda: date(2026, 11, 28))
    title = "鬱" * 10 * TITLE_CHARACTERS

    assert sum(plays.admit(1, 7, title) for _ in range(MOST)) == -(-MOST // 11)
    for person in range(2 * KNOWN):
        plays.admit(1, person, "song")
    assert len(plays._plays) == KNOWN
