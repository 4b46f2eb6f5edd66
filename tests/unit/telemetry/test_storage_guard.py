from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.telemetry.storage_guard import MEBIBYTE, StorageGuard

if TYPE_CHECKING:
    import pytest


def test_each_step_towards_the_limit_is_said_once_until_the_database_shrinks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guard = StorageGuard(500)
    sizes = [100, 399, 400, 410, 451, 452, 300, 405]
    said: list[int] = []
    for size in sizes:
        caplog.clear()
        guard.note(size * MEBIBYTE)
        if any("SUPABASE_DB_LIMIT_MB" in record.getMessage() for record in caplog.records):
            said.append(size)
        assert guard.is_near is (size >= 400)
    assert said == [400, 451, 405]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}


def test_an_unknown_size_is_not_near_its_limit() -> None:
    assert not StorageGuard(1).is_near
