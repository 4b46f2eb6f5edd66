"""What the bot does for its database beside writing: start-up check, wishes, retention, history, size."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.startup_check import check_supabase

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.telemetry.delivery import Delivery
    from bot.telemetry.network_view import NetworkView
    from bot.telemetry.sanitize import Json
    from bot.telemetry.storage_guard import StorageGuard
    from bot.telemetry.supabase_api import SupabaseApi
    from bot.telemetry.wishes import Wishes

log = logging.getLogger(__name__)

CHECK_AGAIN_SECONDS = 30.0
ROUND_SECONDS = 600.0
PAUSE_SECONDS = 5.0
"""Between two rounds, however much there seems to be to do; doubled with every round in which one failed."""
HOUR = 3600.0
DAY = 86_400.0
RETENTION_ROWS = 2_000
"""Rows deleted per call and table, so that no insert waits long for it."""
RETENTION_PAUSE = 0.2


@dataclass(slots=True)
class Chore:
    """Something to do again and again."""

    work: Callable[[], Awaitable[object]]
    every: float
    due_at: float = float("-inf")


class Maintenance:
    """One task beside the delivery; nothing that fails here stops the bot."""

    def __init__(
        self,
        api: SupabaseApi,
        key: str,
        delivery: Delivery,
        *,
        view: NetworkView,
        wishes: Wishes,
        guard: StorageGuard,
    ) -> None:
        self._api = api
        self._key = key
        self._view = view
        self._guard = guard
        self._checked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._history = Chore(lambda: view.read_history(delivery), HOUR)
        # Also where pg_cron is: it may have been switched on after the schema was run, without its job.
        self._chores = (
            Chore(lambda: wishes.sync(api), HOUR),
            self._history,
            Chore(self._measure, HOUR),
            Chore(self.apply_retention, DAY),
        )

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._task = asyncio.create_task(self._run(), name="telemetry maintenance")

    async def first_check(self, seconds: float) -> bool:
        """Wait for the first start-up check, at most ``seconds``; returns whether it has said something."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._checked.wait(), seconds)
        return self._checked.is_set()

    async def close(self) -> None:
        """Stop at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        await self._check()
        failures = 0
        while True:
            results = [await self._try(chore) for chore in self._chores if self._is_due(chore)]
            failures = 0 if all(results) else failures + 1
            await asyncio.sleep(min(PAUSE_SECONDS * 2 ** min(failures, 16), ROUND_SECONDS))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._view.stale.wait(), ROUND_SECONDS)

    def _is_due(self, chore: Chore) -> bool:
        asked_for = chore is self._history and self._view.stale.is_set()
        return asked_for or time.monotonic() >= chore.due_at

    async def _check(self) -> None:
        """Check, again and again while the project cannot be reached; say that once."""
        said = ""
        delay = 1.0
        while True:
            try:
                await check_supabase(self._api, self._key)
            except TelemetryError as error:
                if error.code != said:
                    log.warning("Supabase cannot be checked yet: %s %s", error, error.treatment.cure)
                said = error.code
                self._checked.set()
                await asyncio.sleep(delay)
                delay = min(delay * 2, CHECK_AGAIN_SECONDS)
            else:
                self._checked.set()
                return

    async def _measure(self) -> None:
        """Compare the database's size with its limit; raises TelemetryError."""
        size = await self._api.call("database_bytes")
        if isinstance(size, int):
            self._guard.note(size)

    async def apply_retention(self) -> int:
        """Have the database delete expired rows, a few at a time; returns how many. Raises TelemetryError."""
        total = 0
        while True:
            deleted = _deleted(await self._api.call("apply_retention", {"p_batch": RETENTION_ROWS}))
            total += sum(deleted)
            if max(deleted, default=0) < RETENTION_ROWS:
                if total:
                    log.info("Retention: %s expired rows deleted from Supabase", total)
                return total
            await asyncio.sleep(RETENTION_PAUSE)

    @staticmethod
    async def _try(chore: Chore) -> bool:
        """Do a chore and return whether that went well; whatever goes wrong is no reason to do no more."""
        (result,) = await asyncio.gather(chore.work(), return_exceptions=True)
        if isinstance(result, TelemetryError):
            log.info("Maintenance of Supabase is put off: %s", result)
        elif isinstance(result, BaseException):
            log.error("Maintenance of Supabase failed", exc_info=result)
        if isinstance(result, BaseException):
            return False
        chore.due_at = time.monotonic() + chore.every
        return True


def _deleted(answer: Json) -> list[int]:
    """Return how many rows went from each table."""
    if not isinstance(answer, list):
        return []
    rows = cast("Sequence[Mapping[str, Json]]", answer)
    return [count for row in rows if isinstance(count := row.get("deleted"), int)]
