from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec

from bot.telemetry import maintenance
from bot.telemetry.maintenance import PAUSE_SECONDS, RETENTION_ROWS, Job, Maintenance
from bot.telemetry.network_view import NetworkView
from bot.telemetry.opt_outs import OptOuts
from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.supabase_api import SupabaseApi

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from bot.storage.json_value import Json


class Api(SupabaseApi):
    """Deletes as many rows as are expired, no more than asked at a time."""

    def __init__(self, **expired: int) -> None:
        self.expired = expired
        self.calls = 0

    async def call(self, function: str, parameters: Mapping[str, Json] | None = None) -> Json:
        assert (function, parameters) == ("apply_retention", {"p_batch": RETENTION_ROWS})
        self.calls += 1
        deleted = {table: min(count, RETENTION_ROWS) for table, count in self.expired.items()}
        for table, count in deleted.items():
            self.expired[table] -= count
        return [{"table_name": table, "deleted": count} for table, count in deleted.items()]


def maintenance_of(api: Api) -> Maintenance:
    unused: Any = None
    view, opt_outs = create_autospec(NetworkView, instance=True), create_autospec(OptOuts, instance=True)
    view.stale = opt_outs.waiting = asyncio.Event()
    return Maintenance(api, "key", unused, view=view, opt_outs=opt_outs, guard=unused)


async def test_retention_goes_on_until_nothing_is_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "RETENTION_PAUSE", 0)
    api = Api(network_stats=3 * RETENTION_ROWS + 5, music_logs=7)
    assert await maintenance_of(api).apply_retention() == 3 * RETENTION_ROWS + 12
    assert set(api.expired.values()) == {0}
    assert api.calls == 4


async def test_an_answer_that_is_no_table_ends_it() -> None:
    class Odd(Api):
        async def call(self, function: str, parameters: Mapping[str, Json] | None = None) -> Json:
            return "what?"

    assert await maintenance_of(Odd()).apply_retention() == 0


async def test_work_that_fails_is_told_and_tried_again_after_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    async def fail(error: Exception) -> None:
        raise error

    jobs = [Job(lambda: fail(TelemetryError("later")), 3600), Job(lambda: fail(KeyError("odd")), 3600)]
    for job in jobs:
        assert job.starts_in <= 0
        await Maintenance._try(job)
        assert 0 < job.starts_in <= 2 * PAUSE_SECONDS
    assert [(record.levelno, record.exc_info is not None) for record in caplog.records] == [
        (logging.INFO, False),
        (logging.ERROR, True),
    ]


async def test_what_goes_on_failing_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def fail() -> None:
        raise TelemetryError("later")

    job = Job(fail, 3600)
    for _ in range(3):
        await Maintenance._try(job)
    assert len(caplog.records) == 1


def test_what_fails_again_and_again_is_tried_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    unused: Any = None
    pauses: list[float] = []
    wish = Job(unused, 600, asyncio.Event(), longest_pause=60)
    for _ in range(6):
        wish.plan_next(succeeded=False)
        pauses.append(wish.starts_in)
    assert pauses == [10, 20, 40, 60, 60, 60]
    wish.plan_next(succeeded=True)
    assert wish.starts_in == 600


def test_what_is_asked_for_is_done_before_it_is_due_but_not_without_a_rest() -> None:
    unused: Any = None
    job = Job(unused, 3600, asyncio.Event())
    job.plan_next(succeeded=True)
    assert job.starts_in > PAUSE_SECONDS
    assert job.asked is not None
    job.asked.set()
    assert 0 < job.starts_in <= PAUSE_SECONDS
