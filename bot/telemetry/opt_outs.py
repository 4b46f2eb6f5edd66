"""What people want done with what they say: kept on this machine, and carried to the database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from bot.storage.purge import purged_afterwards
from bot.telemetry.inspection import read_health
from bot.telemetry.postgrest_errors import OUTDATED, TelemetryError

if TYPE_CHECKING:
    from bot.storage.json_value import Json
    from bot.storage.state import State
    from bot.telemetry.events import Erasure
    from bot.telemetry.outbox import Outbox
    from bot.telemetry.supabase_api import SupabaseApi

OPTED_OUT = "privacy.opted_out"
UNSENT = "privacy.unsent"
ERASURES = "privacy.erasures"
PROJECT = "privacy.project"
OPTED_IN = ""
"""In the place of the time since when somebody has opted out."""


class OptOuts:
    """Who must not be recorded, and who is to be forgotten.

    The local list rules until the database has it; from then on the database keeps to it whoever sends, see
    ``enforce_privacy`` of bot/supabase_schema.sql, and other bots learn of it here. Ids are Discord's, as
    text.
    """

    def __init__(self, state: State, project: str, outbox: Outbox) -> None:
        self._state = state
        self._project = project
        self._outbox = outbox
        self._syncing = asyncio.Lock()
        self.waiting = asyncio.Event()
        """Set when an opt-out or an erasure could not reach the database at once."""
        self._applied: set[Erasure] = set()
        """Of those that the database knows."""
        opted_out, unsent, erasures = state.get(OPTED_OUT), state.get(UNSENT), state.get(ERASURES)
        self._opted_out = set(map(str, opted_out)) if isinstance(opted_out, Sequence) else set[str]()
        self._unsent = _texts(unsent)
        self._erasures = _texts(erasures)

    def has_opted_out(self, user_id: str) -> bool:
        """Whether nothing that this person says may be recorded."""
        return user_id in self._opted_out

    async def set_opt_out(self, user_id: str, *, opted_out: bool) -> None:
        """Note an opt-out, or its end; it holds from now on, on disk too."""
        self._unsent[user_id] = datetime.now(UTC).isoformat() if opted_out else OPTED_IN
        (self._opted_out.add if opted_out else self._opted_out.discard)(user_id)
        await self._save()

    async def forget(self, user_id: str, before: datetime) -> None:
        """Note that everything this person said until ``before`` is to go."""
        self._erasures[user_id] = before.isoformat()
        await self._state.put(ERASURES, dict(self._erasures))

    @property
    def pending_erasures(self) -> int:
        """How many people's erasures the database has not confirmed yet."""
        return len(self._erasures)

    async def erase(self, api: SupabaseApi, user_id: str) -> int:
        """Have the database forget what is noted for this person; raises TelemetryError.

        Returns how many rows were erased or freed of the name; 0 where that has been done meanwhile. Where
        the database's schema cannot do all of it, what can be is done, the request is kept, and an error with
        the treatment `OUTDATED` is raised.
        """
        before = self._erasures.get(user_id)
        if before is None:
            return 0
        # Asked first: were the schema updated in between, the erasure would only be repeated.
        health = await read_health(api)
        answer = await api.call("erase_personal_data", {"p_user_id": user_id, "p_before": before})
        if not isinstance(answer, list):
            raise TelemetryError("erase_personal_data gave no rows", code="unconfirmed")
        if not health.honours_erasures:
            reason = f"version {health.version} of the database cannot erase everything"
            raise TelemetryError(reason, OUTDATED, code="schema")
        if self._erasures.get(user_id) == before:
            del self._erasures[user_id]
            await self._state.put(ERASURES, dict(self._erasures))
        rows = cast("Sequence[Mapping[str, Json]]", answer)
        return sum(count for row in rows if isinstance(count := row.get("changed"), int))

    async def sync(self, api: SupabaseApi) -> None:
        """Tell the database what it does not know yet, and learn the rest from it; raises TelemetryError."""
        self.waiting.clear()
        await self.sync_opt_outs(api)
        for user_id in list(self._erasures):
            await self.erase(api, user_id)
        await self._apply_erasures(await api.erasures())

    async def sync_opt_outs(self, api: SupabaseApi) -> None:
        """Tell the database of opt-outs that it lacks, and learn those of others; raises TelemetryError."""
        async with self._syncing:
            if self._state.get(PROJECT) != self._project:
                # A database that never heard of these people.
                now = datetime.now(UTC).isoformat()
                self._unsent = {**dict.fromkeys(self._opted_out, now), **self._unsent}
            for user_id, since in list(self._unsent.items()):
                if since == OPTED_IN:
                    await api.opt_in(user_id)
                else:
                    await api.opt_out(user_id, datetime.fromisoformat(since))
                if self._unsent.get(user_id) == since:
                    del self._unsent[user_id]
            known = await api.opted_out()
            self._opted_out = {
                user_id for user_id in known | self._unsent.keys() if self._unsent.get(user_id) != OPTED_IN
            }
            await self._save()
            await self._state.put(PROJECT, self._project)

    async def ask(self, api: SupabaseApi, user_id: str) -> None:
        """Learn whether one person has opted out by way of another bot; raises TelemetryError."""
        async with self._syncing:
            opted_out = await api.has_opted_out(user_id)
            if user_id not in self._unsent:
                (self._opted_out.add if opted_out else self._opted_out.discard)(user_id)

    async def apply_here(self) -> None:
        """Drop what waits here of people whose erasure a process before this one may not have come to."""
        for user_id, before in self._erasures.items():
            await self._erase_here(user_id, datetime.fromisoformat(before))

    async def _apply_erasures(self, erasures: Sequence[Erasure]) -> None:
        """Drop what waits here of people who asked another bot to forget them."""
        for erasure in erasures:
            if erasure not in self._applied:
                await self._erase_here(erasure.user_id, erasure.before)
                self._applied.add(erasure)
        self._applied.intersection_update(erasures)

    async def _erase_here(self, user_id: str, before: datetime) -> None:
        async with purged_afterwards(self._state):
            await self._outbox.erase_personal_rows(user_id, before)

    async def _save(self) -> None:
        await self._state.put(UNSENT, dict(self._unsent))
        await self._state.put(OPTED_OUT, sorted(self._opted_out))


def _texts(value: Json) -> dict[str, str]:
    """Return what was kept by id, all of it text."""
    if not isinstance(value, Mapping):
        return {}
    return {user_id: kept for user_id, kept in value.items() if isinstance(kept, str)}
