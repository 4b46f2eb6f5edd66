"""What the bot does for its database beside writing: start-up check, retention, the history of traffic."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, cast

from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.startup_check import check_supabase

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from bot.telemetry.delivery import Delivery
    from bot.telemetry.network_view import NetworkView
    from bot.telemetry.sanitize import Json
    from bot.telemetry.supabase_api import SupabaseApi

log = logging.getLogger(__name__)

CHECK_AGAIN_SECONDS = 30.0
ROUND_SECONDS = 600.0
HISTORY_SECONDS = 3600.0
RETENTION_SECONDS = 86_400.0
RETENTION_ROWS = 2_000
"""Rows deleted per call and table, so that no insert waits long for it."""
RETENTION_PAUSE = 0.2


class Maintenance:
    """One task beside the delivery; nothing that fails here stops the bot."""

    def __init__(self, api: SupabaseApi, key: str, delivery: Delivery, view: NetworkView) -> None:
        self._api = api
        self._key = key
        self._delivery = delivery
        self._view = view
        self._checked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._cleans_itself = False

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
        history_at = retention_at = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= history_at or self._view.needs_history:
                history_at = now + HISTORY_SECONDS
                await self._try(self._view.read_history(self._delivery))
            if now >= retention_at and not self._cleans_itself:
                retention_at = now + RETENTION_SECONDS
                await self._try(self.apply_retention())
            await asyncio.sleep(ROUND_SECONDS)

    async def _check(self) -> None:
        """Check, again and again while the project cannot be reached; say that once."""
        said = ""
        delay = 1.0
        while True:
            try:
                health = await check_supabase(self._api, self._key)
            except TelemetryError as error:
                if error.code != said:
                    log.warning("Supabase cannot be checked yet: %s %s", error, error.treatment.cure)
                said = error.code
                self._checked.set()
                await asyncio.sleep(delay)
                delay = min(delay * 2, CHECK_AGAIN_SECONDS)
            else:
                self._cleans_itself = bool(health and health.get("pg_cron"))
                self._checked.set()
                return

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
    async def _try(work: Coroutine[object, object, object]) -> None:
        """Do ``work``; what goes wrong with it, of whatever kind, is no reason to do no more."""
        (result,) = await asyncio.gather(work, return_exceptions=True)
        if isinstance(result, TelemetryError):
            log.info("Maintenance of Supabase is put off: %s", result)
        elif isinstance(result, BaseException):
            log.error("Maintenance of Supabase failed", exc_info=result)


def _deleted(answer: Json) -> list[int]:
    """Return how many rows went from each table."""
    if not isinstance(answer, list):
        return []
    rows = cast("Sequence[Mapping[str, Json]]", answer)
    return [count for row in rows if isinstance(count := row.get("deleted"), int)]
