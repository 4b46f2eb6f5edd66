from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.telemetry import maintenance
from bot.telemetry.maintenance import RETENTION_ROWS, Maintenance
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


async def test_retention_goes_on_until_nothing_is_expired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "RETENTION_PAUSE", 0)
    api = Api(network_stats=3 * RETENTION_ROWS + 5, music_logs=7)
    keeper = Maintenance(api, "key", None, None)  # pyright: ignore[reportArgumentType] - not used
    assert await keeper.apply_retention() == 3 * RETENTION_ROWS + 12
    assert set(api.expired.values()) == {0}
    assert api.calls == 4


async def test_an_answer_that_is_no_table_ends_it() -> None:
    class Odd(Api):
        async def call(self, function: str, parameters: Mapping[str, Json] | None = None) -> Json:
            return "what?"

    keeper = Maintenance(Odd(), "key", None, None)  # pyright: ignore[reportArgumentType] - not used
    assert await keeper.apply_retention() == 0


async def test_work_that_fails_is_told_and_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def fail(error: Exception) -> None:
        raise error

    await Maintenance._try(fail(TelemetryError("later")))
    await Maintenance._try(fail(KeyError("odd")))
    assert [(record.levelno, record.exc_info is not None) for record in caplog.records] == [
        (logging.INFO, False),
        (logging.ERROR, True),
    ]
