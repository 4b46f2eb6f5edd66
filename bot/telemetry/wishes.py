"""What people want done with what they say: kept on this machine, and carried to the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from bot.telemetry.sanitize import Json
    from bot.telemetry.supabase_api import SupabaseApi

log = logging.getLogger(__name__)

OPTED_OUT = "privacy.opted_out"
UNSENT = "privacy.unsent"
ERASURES = "privacy.erasures"
PROJECT = "privacy.project"
ERASE_FOR = timedelta(days=8)
"""Rows wait for up to 7 days in the spool of another machine, which erasing now cannot reach."""


class Store(Protocol):
    """What is used of `bot.state.State`."""

    def get(self, key: str) -> Json:
        """Return the value under ``key``, or None."""
        ...

    async def put(self, key: str, value: Json) -> None:
        """Remember ``value``."""
        ...


class Wishes:
    """Who must not be recorded, and who is to be forgotten; the local list rules until the database has it.

    Ids are Discord's, as text.
    """

    def __init__(self, store: Store, project: str) -> None:
        self._store = store
        self._project = project
        self._syncing = asyncio.Lock()
        opted_out, unsent, erasures = store.get(OPTED_OUT), store.get(UNSENT), store.get(ERASURES)
        self._opted_out = set(map(str, opted_out)) if isinstance(opted_out, Sequence) else set[str]()
        self._unsent = (
            {user: bool(out) for user, out in unsent.items()} if isinstance(unsent, Mapping) else {}
        )
        self._erasures = (
            {user: str(before) for user, before in erasures.items()} if isinstance(erasures, Mapping) else {}
        )

    def refuses(self, user_id: str) -> bool:
        """Whether nothing that this person says may be recorded."""
        return user_id in self._opted_out

    @property
    def unsent(self) -> int:
        """How many wishes the database does not know yet."""
        return len(self._unsent)

    async def set_refusal(self, user_id: str, *, refuses: bool) -> None:
        """Note a wish; it holds from now on, on disk too."""
        self._unsent[user_id] = refuses
        (self._opted_out.add if refuses else self._opted_out.discard)(user_id)
        await self._save()

    async def forget(self, user_id: str, before: datetime) -> None:
        """Note that everything this person said until ``before`` is to go."""
        self._erasures[user_id] = before.isoformat()
        await self._store.put(ERASURES, dict(self._erasures))

    async def erase(self, api: SupabaseApi, user_id: str) -> int:
        """Have the database forget what is noted for this person; raises TelemetryError.

        Returns how many rows were erased or freed of the name.
        """
        before = self._erasures[user_id]
        answer = await api.call("erase_personal_data", {"p_user_id": user_id, "p_before": before})
        rows = cast("Sequence[Mapping[str, Json]]", answer if isinstance(answer, list) else [])
        return sum(count for row in rows if isinstance(count := row.get("changed"), int))

    async def sync(self, api: SupabaseApi) -> None:
        """Tell the database what it does not know yet and learn from it the rest; raises TelemetryError."""
        async with self._syncing:
            await self._sync_refusals(api)
            await self._sync_erasures(api)

    async def _sync_refusals(self, api: SupabaseApi) -> None:
        if self._store.get(PROJECT) != self._project:
            # A database that never heard of these people.
            self._unsent = {**dict.fromkeys(self._opted_out, True), **self._unsent}
        for user_id, refuses in list(self._unsent.items()):
            await (api.opt_out(user_id) if refuses else api.opt_in(user_id))
            if self._unsent.get(user_id) == refuses:
                del self._unsent[user_id]
        known = await api.opted_out()
        self._opted_out = {
            user_id for user_id in known | self._unsent.keys() if self._unsent.get(user_id, True)
        }
        await self._save()
        await self._store.put(PROJECT, self._project)

    async def _sync_erasures(self, api: SupabaseApi) -> None:
        for user_id, before in list(self._erasures.items()):
            await self.erase(api, user_id)
            if datetime.fromisoformat(before) < datetime.now(UTC) - ERASE_FOR:
                del self._erasures[user_id]
        await self._store.put(ERASURES, dict(self._erasures))

    async def _save(self) -> None:
        await self._store.put(UNSENT, dict(self._unsent))
        await self._store.put(OPTED_OUT, sorted(self._opted_out))
