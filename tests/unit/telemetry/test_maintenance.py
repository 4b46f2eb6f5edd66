from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.telemetry import maintenance
from bot.telemetry.maintenance import RETENTION_ROWS, Chore, Maintenance
from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.supabase_api import SupabaseApi

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from bot.telemetry.sanitize import Json


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
    return Maintenance(api, "key", unused, view=unused, wishes=unused, guard=unused)


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


async def test_work_that_fails_is_told_and_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def fail(error: Exception) -> None:
        raise error

    chores = [Chore(lambda: fail(TelemetryError("later")), 60), Chore(lambda: fail(KeyError("odd")), 60)]
    assert [await Maintenance._try(chore) for chore in chores] == [False, False]
    assert [chore.due_at for chore in chores] == [float("-inf")] * 2
    assert [(record.levelno, record.exc_info is not None) for record in caplog.records] == [
        (logging.INFO, False),
        (logging.ERROR, True),
    ]
