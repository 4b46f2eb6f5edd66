"""What is kept of people who asked to be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

from bot.storage.state import State
from bot.telemetry.events import Erasure
from bot.telemetry.opt_outs import OptOuts
from bot.telemetry.outbox import Outbox
from bot.telemetry.supabase_api import SupabaseApi

if TYPE_CHECKING:
    from pathlib import Path


async def test_erasures_are_carried_out_once_and_forgotten_when_the_database_names_them_no_more(
    tmp_path: Path,
) -> None:
    outbox, api = create_autospec(Outbox, instance=True), create_autospec(SupabaseApi, instance=True)
    api.opted_out.return_value = set()
    opt_outs = OptOuts(State(tmp_path / "state.sqlite3"), "project", outbox)
    asked = [Erasure(str(number), datetime(2026, 7, 1, tzinfo=UTC)) for number in range(9)]

    for first in range(7):
        api.erasures.return_value = asked[first : first + 3]
        await opt_outs.sync(api)
        assert len(opt_outs._applied) == 3

    assert [call.args[0] for call in outbox.erase_personal_rows.await_args_list] == list("012345678")
