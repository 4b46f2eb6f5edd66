"""What answers may cost: tokens per person and server and day, questions per person and minute."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.errors import UserError
from bot.texts import chat as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config import Settings
    from bot.storage.json_value import Json
    from bot.storage.state import State

MINUTE = 60.0
SAVE_SECONDS = 2.0
_STATE = "chat.costs"
_ASKERS = 10_000
"""People whose last questions are noted; beyond, the one who was silent for longest is forgotten."""


@dataclass(slots=True)
class Cost:
    """What somebody's answers have cost today."""

    answers: int = 0
    tokens: int = 0


class Budget:
    """Counts tokens by day (of ``BOT_TIMEZONE``) for people and servers, also across restarts."""

    def __init__(
        self, state: State, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._state = state
        self._settings = settings
        self._clock = clock
        self._day = ""
        self._costs: dict[str, Cost] = {}
        self._saving: asyncio.Task[None] | None = None

    def of_user(self, user_id: int) -> Cost:
        """Return what a person's answers have cost today."""
        return self._today().get(f"user.{user_id}", Cost())

    def of_guild(self, guild_id: int) -> Cost:
        """Return what a server's answers have cost today."""
        return self._today().get(f"guild.{guild_id}", Cost())

    @property
    def renewed_at(self) -> datetime:
        """When the next day begins."""
        now = self._clock().astimezone(self._settings.bot_timezone)
        # By the wall clock: a day of 23 or 25 hours ends at midnight too.
        return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    def check(self, user_id: int, guild_id: int | None) -> None:
        """Raise UserError where today's tokens are used up."""
        limit = self._settings.chat_user_tokens_per_day
        if limit and self.of_user(user_id).tokens >= limit:
            raise UserError(texts.USER_BUDGET_SPENT, limit=f"{limit:,}", when=self._renewal())
        limit = self._settings.chat_guild_tokens_per_day
        if guild_id is not None and limit and self.of_guild(guild_id).tokens >= limit:
            raise UserError(texts.GUILD_BUDGET_SPENT, limit=f"{limit:,}", when=self._renewal())

    def spend(self, user_id: int, guild_id: int | None, tokens: int) -> None:
        """Count one answer; it is kept by and by."""
        costs = self._today()
        for key in (f"user.{user_id}", *([] if guild_id is None else [f"guild.{guild_id}"])):
            cost = costs.setdefault(key, Cost())
            cost.answers += 1
            cost.tokens += tokens
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save())

    async def close(self) -> None:
        """Keep what was counted last."""
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.wait({self._saving})
            await self._state.put(_STATE, {"day": self._day, "costs": self._plain()})

    async def _save(self) -> None:
        """Keep what is counted within the next moments all at once."""
        await asyncio.sleep(SAVE_SECONDS)
        await self._state.put(_STATE, {"day": self._day, "costs": self._plain()})

    def _renewal(self) -> str:
        return discord.utils.format_dt(self.renewed_at, "R")

    def _plain(self) -> dict[str, Json]:
        return {key: [cost.answers, cost.tokens] for key, cost in self._costs.items()}

    def _today(self) -> dict[str, Cost]:
        day = self._clock().astimezone(self._settings.bot_timezone).date().isoformat()
        if day != self._day:
            self._costs = {} if self._day else _costs_of(self._state.get(_STATE), day)
            self._day = day
        return self._costs


def _costs_of(saved: Json, day: str) -> dict[str, Cost]:
    """Return the costs that were saved, if it was on this ``day``."""
    match saved:
        case {"day": saved_day, "costs": dict(costs)} if saved_day == day:
            return {key: Cost(*map(_whole, value)) for key, value in costs.items() if isinstance(value, list)}
        case _:
            return {}


class RateLimit:
    """Lets each person ask ``per_minute`` questions in any minute; 0 is without limit."""

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
        if len(self._asked) > _ASKERS:
            self._asked.popitem(last=False)


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
