"""SUPABASE_DB_TRIM: one pass an hour, asked for only where it is wanted, and told."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec

from bot.telemetry.maintenance import HOUR, THINNED_ROWS, Maintenance
from bot.telemetry.network_view import NetworkView
from bot.telemetry.opt_outs import OptOuts
from bot.telemetry.storage_guard import StorageGuard
from bot.telemetry.supabase_api import SupabaseApi
from bot.units import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from bot.storage.json_value import Json


class Api(SupabaseApi):
    """Answers as `thin_stats` does, and keeps what it was asked."""

    def __init__(self, *deleted: int) -> None:
        self.deleted = deleted
        self.asked: list[tuple[str, Mapping[str, Json] | None]] = []

    async def call(self, function: str, parameters: Mapping[str, Json] | None = None) -> Json:
        self.asked.append((function, parameters))
        return [{"table_name": "network_stats", "deleted": count} for count in self.deleted]


def maintenance_of(api: Api, guard: StorageGuard) -> Maintenance:
    unused: Any = None
    view, opt_outs = create_autospec(NetworkView, instance=True), create_autospec(OptOuts, instance=True)
    view.stale = opt_outs.waiting = asyncio.Event()
    return Maintenance(api, "key", unused, view=view, opt_outs=opt_outs, guard=guard)


async def test_one_bounded_pass_begins_at_80_percent_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    api = Api(3, 40)
    await maintenance_of(api, StorageGuard(500, thins=True)).thin_stats()
    assert api.asked == [("thin_stats", {"p_bytes": 400 * MEBIBYTE, "p_rows": THINNED_ROWS})]
    assert "43 old samples" in caplog.text


async def test_a_pass_with_nothing_to_do_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await maintenance_of(Api(), StorageGuard(500, thins=True)).thin_stats()
    assert caplog.messages == []


async def test_without_the_setting_nothing_is_asked_for() -> None:
    api = Api(3)
    await maintenance_of(api, StorageGuard(500)).thin_stats()
    assert api.asked == []


def test_it_is_done_once_an_hour() -> None:
    maintenance = maintenance_of(Api(), StorageGuard(500, thins=True))
    [job] = [job for job in maintenance._jobs if job.work == maintenance.thin_stats]
    assert job.every == HOUR
