"""Limits of use: tokens and stored characters per person (or server) and day, questions per minute."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict, deque
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from typing import TYPE_CHECKING

from bot.background_tasks import cancel_and_wait
from bot.errors import UserError
from bot.markup import number, timestamp
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config import Settings
    from bot.escaping import Label
    from bot.storage.json_value import Json
    from bot.storage.state import State

MINUTE = 60.0
SAVE_SECONDS = 2.0
_STATE = "chat.costs"
"""The key, and the name of the field in it, are those of the first version."""
SHORTEST_EXCHANGE = 200
"""Characters that an exchange counts for at least: so much its row weighs besides its words (measured)."""
CUT = "… (CHAT_USER_STORED_CHARACTERS_PER_DAY)"
"""Behind what is stored of the exchange that reaches the limit; names what the owner may change."""
_PEOPLE = 10_000
"""Whose last questions are kept; beyond, the one who was silent for longest is dropped. Of so many people and
servers, the usage of today is kept at least."""


@dataclass(slots=True)
class DailyUsage:
    """The answers that somebody got today, the tokens that these used, the characters that were stored."""

    answers: int = 0
    tokens: int = 0
    stored: int = 0


class Budget:
    """Counts tokens by day (of ``BOT_TIMEZONE``) for people and servers, also across restarts."""

    def __init__(
        self, state: State, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._state = state
        self._settings = settings
        self._clock = clock
        self._day = ""
        self._usage: dict[str, DailyUsage] = {}
        self._saving: asyncio.Task[None] | None = None

    def of_user(self, user_id: int) -> DailyUsage:
        """Return a person's usage of today."""
        return self._today().get(f"user.{user_id}", DailyUsage())

    def of_guild(self, guild_id: int) -> DailyUsage:
        """Return a server's usage of today."""
        return self._today().get(f"guild.{guild_id}", DailyUsage())

    @property
    def resets_at(self) -> datetime:
        """When the next day begins."""
        now = self._clock().astimezone(self._settings.bot_timezone)
        # By the wall clock: a day of 23 or 25 hours ends at midnight too.
        return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    def check(self, user_id: int, guild_id: int | None) -> None:
        """Raise UserError where today's tokens are used up."""
        limit = self._settings.chat_user_tokens_per_day
        if limit and self.of_user(user_id).tokens >= limit:
            raise UserError(texts.USER_BUDGET_SPENT, limit=number(limit), when=self._reset_time())
        limit = self._settings.chat_guild_tokens_per_day
        if guild_id is not None and limit and self.of_guild(guild_id).tokens >= limit:
            raise UserError(texts.GUILD_BUDGET_SPENT, limit=number(limit), when=self._reset_time())

    def spend(self, user_id: int, guild_id: int | None, tokens: int, *, answered: bool = True) -> None:
        """Count what a question cost, ``answered`` or not; it is saved within a few seconds."""
        today = self._today()
        for key in (f"user.{user_id}", *([] if guild_id is None else [f"guild.{guild_id}"])):
            usage = today.setdefault(key, DailyUsage())
            usage.answers += answered
            usage.tokens += tokens
        self._drop_least()
        self._save_soon()

    def storable(self, user_id: int, prompt: str, answer: str) -> tuple[str, str] | None:
        """Return what of an exchange may be stored, and count it; None where today's share is used up.

        The exchange that reaches the limit is cut, and says so.
        """
        limit = self._settings.chat_user_stored_characters_per_day
        if not limit:
            return prompt, answer
        usage = self._today().setdefault(f"user.{user_id}", DailyUsage())
        left = limit - usage.stored
        if left <= 0:
            return None
        usage.stored += max(len(prompt) + len(answer), SHORTEST_EXCHANGE)
        self._drop_least()
        self._save_soon()
        if len(prompt) + len(answer) <= left:
            return prompt, answer
        return prompt[:left], answer[: max(left - len(prompt), 0)] + CUT

    def _drop_least(self) -> None:
        """Forget who used least today where there are too many: the limits are for those who use much."""
        if len(self._usage) > 2 * _PEOPLE:
            most = nlargest(_PEOPLE, self._usage.items(), key=lambda item: (item[1].tokens, item[1].stored))
            self._usage = dict(most)

    def _save_soon(self) -> None:
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save())

    async def close(self) -> None:
        """Save what was counted last."""
        if self._saving is not None:
            await cancel_and_wait(self._saving)
            await self._state.put(_STATE, {"day": self._day, "costs": self._saved_form()})

    async def _save(self) -> None:
        """Save what is counted within the next seconds all at once."""
        await asyncio.sleep(SAVE_SECONDS)
        await self._state.put(_STATE, {"day": self._day, "costs": self._saved_form()})

    def _reset_time(self) -> Label:
        return timestamp(self.resets_at, "R")

    def _saved_form(self) -> dict[str, Json]:
        return {key: [*astuple(usage)] for key, usage in self._usage.items()}

    def _today(self) -> dict[str, DailyUsage]:
        day = self._clock().astimezone(self._settings.bot_timezone).date().isoformat()
        if day != self._day:
            self._usage = {} if self._day else _usage_in(self._state.get(_STATE), day)
            self._day = day
        return self._usage


def _usage_in(saved: Json, day: str) -> dict[str, DailyUsage]:
    """Return the usage that was saved, if it was on this ``day``."""
    match saved:
        case {"day": saved_day, "costs": dict(saved_usage)} if saved_day == day:
            return {
                key: DailyUsage(*map(_whole, value))
                for key, value in saved_usage.items()
                if isinstance(value, list)
            }
        case _:
            return {}


class RateLimit:
    """Limits each person to ``per_minute`` questions in any minute; 0 is without limit."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._asked: OrderedDict[int, deque[float]] = OrderedDict()

    def admit(self, user_id: int, at: float) -> None:
        """Count a question at ``at`` seconds; raises UserError, with the time to wait, for one too many."""
        if not self._per_minute:
            return
        asked = self._asked.setdefault(user_id, deque(maxlen=self._per_minute))
        self._asked.move_to_end(user_id)
        if len(asked) == self._per_minute and (wait := asked[0] + MINUTE - at) > 0:
            raise UserError(texts.TOO_MANY_QUESTIONS, seconds=math.ceil(wait))
        asked.append(at)
        if len(self._asked) > _PEOPLE:
            self._asked.popitem(last=False)


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
