"""What the bot does for its database beside writing: start-up check, opt-outs, retention, history, size."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from bot.background_tasks import cancel_and_wait
from bot.backoff import doubled
from bot.telemetry.inspection import Health, read_health
from bot.telemetry.postgrest_errors import BAD_KEY, Remedy, TelemetryError
from bot.telemetry.startup_check import check_supabase, log_version
from bot.waiting import happens

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.storage.json_value import Json
    from bot.telemetry.delivery import Delivery
    from bot.telemetry.network_view import NetworkView
    from bot.telemetry.opt_outs import OptOuts
    from bot.telemetry.storage_guard import StorageGuard
    from bot.telemetry.supabase_api import SupabaseApi

log = logging.getLogger(__name__)

CHECK_AGAIN_SECONDS = 30.0
PAUSE_SECONDS = 5.0
"""Between two times of a job, however often it is asked for; doubled with every time that it failed."""
LONGEST_PAUSE = 600.0
MAX_OPT_OUT_PAUSE = 60.0
MINUTE = 60.0
TEN_MINUTES = 600.0
HOUR = 3600.0
DAY = 86_400.0
RETENTION_ROWS = 2_000
"""Rows deleted per call and table, so that no insert waits long for it."""
RETENTION_PAUSE = 0.2
THINNED_ROWS = 10_000
"""Samples of each table that an hour's pass deletes at most; a bot writes 360 in that time."""


@dataclass(slots=True)
class Job:
    """Something to do again and again, and also whenever ``asked`` is set; times in seconds."""

    work: Callable[[], Awaitable[object]]
    every: float
    asked: asyncio.Event | None = None
    longest_pause: float = LONGEST_PAUSE
    failures: int = 0
    due_at: float = float("-inf")
    rests_until: float = float("-inf")

    @property
    def starts_in(self) -> float:
        """How long it is until it is to be done; not above 0 if now."""
        is_asked = self.asked is not None and self.asked.is_set()
        return (self.rests_until if is_asked else self.due_at) - time.monotonic()

    def plan_next(self, *, succeeded: bool) -> None:
        """Plan the next time."""
        now = time.monotonic()
        self.failures = 0 if succeeded else self.failures + 1
        self.rests_until = now + doubled(self.failures, first=PAUSE_SECONDS, most=self.longest_pause)
        self.due_at = now + self.every if succeeded else self.rests_until


class Maintenance:
    """One task beside the delivery; nothing that fails here stops the bot."""

    def __init__(
        self,
        api: SupabaseApi,
        key: str,
        delivery: Delivery,
        *,
        view: NetworkView,
        opt_outs: OptOuts,
        guard: StorageGuard,
    ) -> None:
        self._api = api
        self._key = key
        self._delivery = delivery
        self._guard = guard
        self._opt_outs = opt_outs
        self.health: Health | None = None
        """What the database last said of itself; None until it has."""
        self._checked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._jobs = (
            Job(lambda: opt_outs.sync(api), TEN_MINUTES, opt_outs.waiting, MAX_OPT_OUT_PAUSE),
            Job(lambda: view.read_history(delivery), HOUR, view.stale),
            Job(self._measure, HOUR),
            Job(self.thin_stats, HOUR),
            # An owner who has run the schema again, or an older file, is told without a restart.
            Job(self._read_health, MINUTE),
            # Also where pg_cron is: it may have been switched on after the schema was run, without its job.
            Job(self.apply_retention, DAY),
        )

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._task = asyncio.create_task(self._run(), name="telemetry maintenance")

    async def first_check(self, seconds: float) -> bool:
        """Wait for the first start-up check, at most ``seconds``; returns whether it has said something."""
        return await happens(self._checked, within=seconds)

    async def close(self) -> None:
        """Stop at once."""
        await cancel_and_wait(self._task)

    async def _run(self) -> None:
        usable = await self._check()
        while usable:
            for job in self._jobs:
                if job.starts_in <= 0:
                    await self._try(job)
            await self._rest()

    async def _rest(self) -> None:
        """Wait until a job is due or asked for."""
        seconds = max(min(job.starts_in for job in self._jobs), 0)
        askable = [job.asked for job in self._jobs if job.asked and not job.asked.is_set()]
        tasks: list[asyncio.Task[object]] = [asyncio.create_task(asyncio.sleep(seconds))]
        tasks += [asyncio.create_task(event.wait()) for event in askable]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def _check(self) -> bool:
        """Check, again and again while the project cannot be reached; say that once.

        Returns false where nothing can be done with this key, which the check has said.
        """
        said = ""
        for failures in itertools.count():
            try:
                health = (await check_supabase(self._api, self._key)).health
            except TelemetryError as error:
                self._checked.set()
                if error.code == BAD_KEY:
                    return False
                if error.treatment.remedy is Remedy.HOLD:
                    self._delivery.hold(error)
                elif error.code != said:
                    log.warning("Supabase cannot be checked yet: %s", error)
                said = error.code
                await asyncio.sleep(doubled(failures, first=1.0, most=CHECK_AGAIN_SECONDS))
            else:
                self.health = health if isinstance(health, Health) else None
                self._checked.set()
                return True
        raise AssertionError("an endless count has ended")

    async def _read_health(self) -> None:
        """Look whether the schema was run again, and carry out then what waited; raises TelemetryError."""
        before, self.health = self.health, await read_health(self._api)
        if before is not None and before.version != self.health.version:
            log_version(self.health.version)
            self._opt_outs.waiting.set()

    async def _measure(self) -> None:
        """Compare the database's size with its limit; raises TelemetryError."""
        size = await self._api.call("database_bytes")
        if isinstance(size, int):
            self._guard.note(size)

    async def thin_stats(self) -> None:
        """Have the database delete some old samples, if that is wanted and needed; raises TelemetryError."""
        if not self._guard.thins:
            return
        parameters = {"p_bytes": self._guard.near_bytes, "p_rows": THINNED_ROWS}
        if total := sum(_deleted(await self._api.call("thin_stats", parameters))):
            log.info(
                "SUPABASE_DB_TRIM: %s old samples deleted from Supabase; its totals stay",
                total,
            )

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
    async def _try(job: Job) -> None:
        """Do a job; whatever goes wrong with it is no reason to do no more."""
        try:
            await job.work()
        except TelemetryError as error:
            level = logging.DEBUG if job.failures else logging.INFO
            log.log(level, "Maintenance of Supabase is put off: %s", error)
            job.plan_next(succeeded=False)
        except Exception:
            # Not even a fault of our own may end the other jobs.
            log.exception("Maintenance of Supabase failed")
            job.plan_next(succeeded=False)
        else:
            job.plan_next(succeeded=True)


def _deleted(answer: Json) -> list[int]:
    """Return how many rows went from each table."""
    if not isinstance(answer, list):
        return []
    rows = cast("Sequence[Mapping[str, Json]]", answer)
    return [count for row in rows if isinstance(count := row.get("deleted"), int)]
