"""A person's rights over what is stored about them: to see it, to have it, to have it erased, to say no."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.telemetry.personal_rows import ABOUT
from bot.telemetry.postgrest_errors import OUTDATED, TelemetryError
from bot.telemetry.tables import TABLES

if TYPE_CHECKING:
    from bot.storage.json_value import Json
    from bot.telemetry.delivery import Delivery
    from bot.telemetry.opt_outs import OptOuts
    from bot.telemetry.outbox import Outbox
    from bot.telemetry.supabase_api import SupabaseApi

log = logging.getLogger(__name__)

ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Holding:
    """How much one table holds about a person."""

    table: str
    rows: int
    since: datetime | None
    """When the oldest of them in the database was recorded."""
    waiting: int
    """How many of ``rows`` wait here, dead letters included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is stored about a person, by table."""

    holdings: Sequence[Holding]
    is_complete: bool
    """False while the database cannot be asked: only what waits here is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure has done by now."""

    rows: int
    """Rows erased, or freed of the person's name."""
    is_complete: bool
    """False while it waits for the database; it is kept, and done there as soon as it can be."""
    needs_update: bool = False
    """Whether it waits for bot/supabase_schema.sql to be run again, rather than for the network."""


class PersonalData:
    """Answers one person at a time; the id is Discord's."""

    def __init__(self, opt_outs: OptOuts, outbox: Outbox, api: SupabaseApi, delivery: Delivery) -> None:
        self._opt_outs = opt_outs
        self._outbox = outbox
        self._api = api
        self._delivery = delivery

    def has_opted_out(self, user_id: int) -> bool:
        """Whether this person's conversations are not recorded."""
        return self._opt_outs.has_opted_out(str(user_id))

    async def set_opt_out(self, user_id: int, *, opted_out: bool) -> bool:
        """Stop recording this person's conversations, or begin again; holds at once and after restarts.

        Returns whether the database knows of it already; if not, it learns of it later.
        """
        await self._opt_outs.set_opt_out(str(user_id), opted_out=opted_out)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._opt_outs.sync_opt_outs(self._api)
        except (TelemetryError, TimeoutError) as error:
            log.info("An opt-out waits for the database: %r", error)
            self._opt_outs.waiting.set()
            return False
        return True

    async def stored(self, user_id: int) -> Stored:
        """Return how much is stored about a person, and since when; also learns of an opt-out."""
        waiting = await self._outbox.personal_rows(str(user_id))
        found: Mapping[str, Mapping[str, Json]] = {}
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                rows = await self._api.rows("personal_data_summary", {"p_user_id": str(user_id)})
                found = {str(row["table_name"]): row for row in rows}
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._opt_outs.ask(self._api, str(user_id))
        except (TelemetryError, TimeoutError) as error:
            log.info("What is stored about a person cannot be asked now: %r", error)
        return Stored(
            holdings=[_holding(table, found.get(table, {}), len(waiting.get(table, []))) for table in ABOUT],
            is_complete=bool(found),
        )

    async def export(self, user_id: int) -> dict[str, Json]:
        """Return every row about a person, by table; raises TelemetryError without the database."""
        waiting = await self._outbox.personal_rows(str(user_id))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                stored = await self._api.call("personal_data", {"p_user_id": str(user_id)})
        except TimeoutError as error:
            raise TelemetryError("personal_data gave no answer in time") from error
        if not isinstance(stored, Mapping):
            raise TelemetryError("personal_data gave no data", code="unconfirmed")
        return {**stored, "waiting_to_be_sent": waiting}

    async def erase(self, user_id: int) -> Erased:
        """Erase everything that a person has said until now; where the database is away, later there."""
        person, before = str(user_id), datetime.now(UTC)
        await self._opt_outs.forget(person, before)
        async with contextlib.AsyncExitStack() as stack:
            for table in TABLES:
                if table.name in ABOUT:
                    await stack.enter_async_context(self._delivery.paused(table))
            rows = await self._outbox.erase_personal_rows(person, before)
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    rows += await self._opt_outs.erase(self._api, person)
            except (TelemetryError, TimeoutError) as error:
                self._opt_outs.waiting.set()
                is_outdated = isinstance(error, TelemetryError) and error.treatment == OUTDATED
                if is_outdated:
                    log.warning("An erasure is kept until the schema is run again: %s", error)
                    log.warning("   → %s", OUTDATED.cure)
                else:
                    log.info("An erasure waits for the database: %r", error)
                return Erased(rows=rows, is_complete=False, needs_update=is_outdated)
        return Erased(rows=rows, is_complete=True)


def _holding(table: str, row: Mapping[str, Json], waiting: int) -> Holding:
    entries, first = row.get("entries"), row.get("first_at")
    return Holding(
        table,
        (entries if isinstance(entries, int) else 0) + waiting,
        datetime.fromisoformat(first) if isinstance(first, str) else None,
        waiting,
    )
