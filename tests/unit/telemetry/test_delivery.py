"""Every line of DESIGN's table of error classes, against a real HTTP server."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.telemetry.delivery import BATCH_ROWS, Delivery
from bot.telemetry.ledger import Account
from bot.telemetry.outbox import Outbox
from bot.telemetry.postgrest_errors import Remedy
from bot.telemetry.supabase_api import SupabaseApi
from bot.telemetry.tables import CONVERSATION_LOGS, MUSIC_LOGS, NETWORK_STATS, SYSTEM_STATS
from tests.support.postgrest_double import (
    PostgrestDouble,
    committing,
    cut_short,
    failing,
    hang_up,
    page,
    poisoned,
    running_double,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from aiohttp import web

    from bot.storage.json_value import Json
    from bot.telemetry.events import Spooled
    from bot.telemetry.tables import Table
    from tests.support.postgrest_double import Answer

KEY = "sb_secret_for_tests"
CHAT, PLAYS = CONVERSATION_LOGS.name, MUSIC_LOGS.name


class NoWait(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return 0.0


class Clock:
    """Monotonic time that stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def double() -> AsyncIterator[PostgrestDouble]:
    async with running_double() as double:
        yield double


@pytest.fixture
async def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outbox]:
    monkeypatch.setattr("bot.telemetry.outbox.COMMIT_WINDOW", 0.002)  # only to be quick
    outbox = Outbox(tmp_path / "x.sqlite3")
    yield outbox
    await outbox.close()


@asynccontextmanager
async def delivering(
    outbox: Outbox,
    url: str,
    *,
    rng: random.Random | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    on_delivered: Callable[[Table, Sequence[Spooled], int], None] | None = None,
) -> AsyncIterator[Delivery]:
    api = SupabaseApi(url, KEY)
    delivery = Delivery(outbox, api, rng=rng or NoWait(), monotonic=monotonic, on_delivered=on_delivered)
    delivery.start()
    try:
        yield delivery
    finally:
        await delivery.close()
        await api.close()


def say(outbox: Outbox, *prompts: object) -> list[str]:
    return [outbox.record(CONVERSATION_LOGS, {"prompt": prompt}) for prompt in prompts]


async def settled(outbox: Outbox, table: str, **expected: int) -> None:
    """Wait until the ledger of ``table`` is as ``expected``."""
    account = Account(**expected)
    async with asyncio.timeout(60):
        while outbox.ledger().get(table) != account:
            await asyncio.sleep(0.005)


def stored(double: PostgrestDouble, table: str = CHAT) -> list[object]:
    return [row["prompt"] for row in double.rows(table)]


async def test_a_batch_is_sent_as_an_upsert_that_ignores_duplicates(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    async with delivering(outbox, double.url) as delivery:
        (identifier,) = say(outbox, "こんにちは")
        await settled(outbox, CHAT, recorded=1, delivered=1)
        assert delivery.last_delivery is not None
    (row,) = double.rows(CHAT)
    assert row["id"] == identifier
    assert set(double.headers[0]["Prefer"].split(",")) == {
        "return=minimal",
        "count=exact",
        "resolution=ignore-duplicates",
        "missing=default",
    }
    assert "on_conflict=id" in double.headers[0]["query"]
    assert double.headers[0]["apiKey"] == KEY


async def test_everything_goes_in_order_and_in_bounded_batches(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    say(outbox, *range(1_200))
    say(outbox, *("x" * 100_000 for _ in range(5)))
    async with delivering(outbox, double.url):
        await settled(outbox, CHAT, recorded=1_205, delivered=1_205)
    assert stored(double)[:1_200] == list(range(1_200))
    assert max(len(rows) for _, rows in double.requests) <= BATCH_ROWS
    assert max(sum(len(str(row["prompt"])) for row in rows) for _, rows in double.requests) <= 256 * 1024


@pytest.mark.parametrize(
    "answer",
    [
        *(failing(status, None) for status in (408, 429, 500, 502, 503, 504, 520)),
        *(failing(503, code) for code in ("08006", "53300", "57P01")),
        *(failing(500, code) for code in ("40001", "57014", "XX000")),
        *(failing(503, f"PGRST00{digit}") for digit in range(4)),
        page(200),
        page(201),
        page(502),
        hang_up,
        cut_short,
    ],
)
async def test_what_passes_by_itself_is_tried_again(
    outbox: Outbox, double: PostgrestDouble, answer: Answer
) -> None:
    double.script.extend([answer] * 3)
    async with delivering(outbox, double.url):
        say(outbox, "a", "b")
        await settled(outbox, CHAT, recorded=2, delivered=2)
    assert stored(double) == ["a", "b"]
    assert len(double.requests) >= 4


async def test_a_server_that_falls_silent_is_asked_again(
    outbox: Outbox, double: PostgrestDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.telemetry.supabase_api.TIMEOUT", httpx.Timeout(0.1))
    silent = asyncio.Event()

    async def never(request: web.Request, rows: list[dict[str, object]]) -> web.StreamResponse:
        await silent.wait()
        return await double.store(request, rows)

    double.script.append(never)
    async with delivering(outbox, double.url):
        say(outbox, "a", "b")
        await settled(outbox, CHAT, recorded=2, delivered=2)
    silent.set()
    assert stored(double) == ["a", "b"]


async def test_rows_wait_for_a_server_that_is_not_there_yet(outbox: Outbox) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    refused = asyncio.Event()

    class Watching(NoWait):
        def uniform(self, a: float, b: float) -> float:
            refused.set()
            return 0.05

    async with delivering(outbox, f"http://127.0.0.1:{port}", rng=Watching()) as delivery:
        say(outbox, "a")
        await asyncio.wait_for(refused.wait(), 60)
        assert outbox.ledger()[CHAT] == Account(1, spooled=1)
        assert delivery.failures["Supabase"].code == "network"


async def test_an_answer_that_is_lost_after_the_commit_makes_no_second_row(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    double.script.append(committing(double))
    async with delivering(outbox, double.url):
        say(outbox, "a", "b")
        await settled(outbox, CHAT, recorded=2, duplicate=2)
    assert stored(double) == ["a", "b"]


async def test_a_row_whose_id_is_there_already_counts_as_delivered_before(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    taken = 'duplicate key value violates unique constraint "conversation_logs_pkey"'

    async def strict(request: web.Request, rows: list[dict[str, object]]) -> web.StreamResponse:
        if any(row["prompt"] == "taken" for row in rows):
            return await failing(409, "23505", taken)(request, rows)
        return await double.store(request, rows)

    double.always[CHAT] = strict
    async with delivering(outbox, double.url):
        say(outbox, "a", "taken", "b")
        await settled(outbox, CHAT, recorded=3, delivered=2, duplicate=1)
    assert stored(double) == ["a", "b"]


async def test_retry_after_is_obeyed(outbox: Outbox, double: PostgrestDouble) -> None:
    clock = Clock()
    double.script.append(failing(429, None, Retry_After="30"))
    async with delivering(outbox, double.url, monotonic=clock) as delivery:
        say(outbox, "a")
        await double.until(lambda: len(double.requests) == 1)
        async with asyncio.timeout(60):
            while not delivery.failures:
                await asyncio.sleep(0.001)
        assert delivery._project.wait == 30
        clock.now += 29.9
        assert delivery._due_in(delivery._queues_of([CONVERSATION_LOGS])[0]) == pytest.approx(0.1)
        clock.now += 0.1
        say(outbox, "b")
        await settled(outbox, CHAT, recorded=2, delivered=2)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "42501"),
        (404, "42P01"),
        (400, "42703"),
        (400, "PGRST204"),
        (404, "PGRST205"),
        (418, None),
        (400, None),
    ],
)
async def test_a_fault_of_one_tables_setup_holds_only_that_table(
    outbox: Outbox, double: PostgrestDouble, status: int, code: str | None
) -> None:
    double.always[CHAT] = failing(status, code)
    async with delivering(outbox, double.url) as delivery:
        say(outbox, "a", "b", "c")
        await double.until(lambda: len(double.requests) >= 3)
        outbox.record(MUSIC_LOGS, {"song_title": "夜に駆ける"})
        await settled(outbox, PLAYS, recorded=1, delivered=1)
        assert outbox.ledger()[CHAT] == Account(3, spooled=3)
        assert delivery.failures[CHAT].treatment.remedy is Remedy.HOLD
        probes = [len(rows) for table, rows in double.requests if table == CHAT][1:]
        assert set(probes) == {1}
        del double.always[CHAT]
        await settled(outbox, CHAT, recorded=3, delivered=3)
        assert not delivery.failures
    assert stored(double) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, None),
        (402, None),
        *((401, f"PGRST30{digit}") for digit in range(4)),
        (500, "PGRST300"),
        (405, "25006"),
    ],
)
async def test_a_fault_of_the_whole_project_holds_everything_and_loses_nothing(
    outbox: Outbox, double: PostgrestDouble, status: int, code: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    double.always = {CHAT: failing(status, code), PLAYS: failing(status, code)}
    async with delivering(outbox, double.url) as delivery:
        say(outbox, "a", "b")
        outbox.record(MUSIC_LOGS, {"song_title": "夜に駆ける"})
        await double.until(lambda: len(double.requests) >= 5)
        assert list(delivery.failures) == ["Supabase"]
        assert {len(rows) for _, rows in double.requests[1:]} == {1}, "a probe is one row"
        assert len([record for record in caplog.records if "held back" in record.message]) == 1
        double.always.clear()
        await settled(outbox, CHAT, recorded=2, delivered=2)
        await settled(outbox, PLAYS, recorded=1, delivered=1)


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "22P05"), (400, "22003"), (400, "23502"), (400, "23514"), (400, "PGRST102"), (413, None)],
)
async def test_a_poison_row_is_set_aside_with_its_reason_and_its_neighbours_pass(
    outbox: Outbox, double: PostgrestDouble, status: int, code: str | None
) -> None:
    double.always[CHAT] = poisoned(7, 8, 99, code=code, status=status)(double)
    say(outbox, *range(100))
    async with delivering(outbox, double.url):
        await settled(outbox, CHAT, recorded=100, delivered=97, dead=3)
    assert stored(double) == [n for n in range(100) if n not in {7, 8, 99}]
    letters = await outbox.dead_letters()
    assert {(code or str(status)) in letter.reason for letter in letters} == {True}
    assert len(double.requests) < 60


async def test_an_outage_in_the_middle_of_a_bisection_loses_nothing(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    poison = poisoned(3)(double)
    double.always[CHAT] = poison
    double.script.extend([poison, poison, hang_up, poison, poison, committing(double), poison, page(200)])
    say(outbox, *range(8))
    async with delivering(outbox, double.url):
        async with asyncio.timeout(60):
            while outbox.ledger()[CHAT].spooled:
                await asyncio.sleep(0.005)
    account = outbox.ledger()[CHAT]
    assert (account.dead, account.delivered + account.duplicate, account.balance) == (1, 7, 0)
    assert sorted(stored(double), key=str) == [0, 1, 2, 4, 5, 6, 7]


async def test_a_batch_that_is_too_slow_is_sent_in_smaller_ones(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    async def slow(request: web.Request, rows: list[dict[str, object]]) -> web.StreamResponse:
        if len(rows) > 100:
            return await failing(500, "57014", "canceling statement due to statement timeout")(request, rows)
        return await double.store(request, rows)

    double.always[CHAT] = slow
    say(outbox, *range(700))
    async with delivering(outbox, double.url):
        await settled(outbox, CHAT, recorded=700, delivered=700)
    assert stored(double) == list(range(700))


async def test_statistics_go_every_five_seconds_and_conversations_at_once(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    clock = Clock()
    async with delivering(outbox, double.url, monotonic=clock):
        outbox.record(SYSTEM_STATS, {"cpu_usage": 1.0})
        await settled(outbox, "system_stats", recorded=1, delivered=1)
        outbox.record(SYSTEM_STATS, {"cpu_usage": 2.0})
        say(outbox, "a")
        await settled(outbox, CHAT, recorded=1, delivered=1)
        assert outbox.ledger()["system_stats"] == Account(2, delivered=1, spooled=1)
        clock.now += 5
        say(outbox, "b")  # wakes the sender, whose own clock stands still
        await settled(outbox, "system_stats", recorded=2, delivered=2)
        clock.now += 9.9
        outbox.record(SYSTEM_STATS, {"cpu_usage": 3.0})
        await settled(outbox, "system_stats", recorded=3, delivered=3)


async def test_flushing_sends_what_would_wait(outbox: Outbox, double: PostgrestDouble) -> None:
    clock = Clock()
    async with delivering(outbox, double.url, monotonic=clock) as delivery:
        for _ in range(3):
            outbox.record(NETWORK_STATS, {"bytes_sent": 1})
            assert await delivery.flush(5, [NETWORK_STATS])
        assert outbox.ledger()["network_stats"] == Account(3, delivered=3)


async def test_flushing_gives_up_when_the_next_attempt_is_too_late(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    double.always[CHAT] = failing(503, None, Retry_After="60")
    async with delivering(outbox, double.url) as delivery:
        say(outbox, "a")
        assert not await delivery.flush(5)
    assert outbox.ledger()[CHAT] == Account(1, spooled=1)


async def test_a_lone_conversation_is_not_kept_waiting_by_a_backlog_of_statistics(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    for n in range(3_000):
        outbox.record(SYSTEM_STATS, {"cpu_usage": n})
    async with delivering(outbox, double.url):
        await double.until(lambda: len(double.requests) >= 1)
        say(outbox, "a")
        await settled(outbox, CHAT, recorded=1, delivered=1)
        await settled(outbox, "system_stats", recorded=3_000, delivered=3_000)
    tables = [table for table, _ in double.requests]
    assert tables.index(CHAT) < len(tables) - 1


async def test_a_fault_of_our_own_does_not_end_the_sending(
    outbox: Outbox, double: PostgrestDouble, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with delivering(outbox, double.url) as delivery:
        upsert = delivery._api.upsert
        calls = 0

        async def broken(table: Table, rows: list[dict[str, Json]]) -> int:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise RecursionError("never thought of")
            return await upsert(table, rows)

        monkeypatch.setattr(delivery._api, "upsert", broken)
        say(outbox, "a")
        await settled(outbox, CHAT, recorded=1, delivered=1)
    assert "never thought of" in caplog.text
    assert any(record.levelno == logging.ERROR for record in caplog.records)


async def test_what_was_confirmed_is_told(outbox: Outbox, double: PostgrestDouble) -> None:
    told: list[tuple[str, int, int]] = []
    async with delivering(
        outbox,
        double.url,
        on_delivered=lambda table, events, new: told.append((table.name, len(events), new)),
    ):
        say(outbox, "a", "b")
        await settled(outbox, CHAT, recorded=2, delivered=2)
    assert sum(count for _, count, _ in told) == sum(new for _, _, new in told) == 2


async def test_closing_in_the_middle_of_a_request_keeps_its_rows(
    outbox: Outbox, double: PostgrestDouble
) -> None:
    started = asyncio.Event()

    async def never(request: web.Request, rows: list[dict[str, object]]) -> web.StreamResponse:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    double.always[CHAT] = never
    async with delivering(outbox, double.url):
        say(outbox, "a")
        await asyncio.wait_for(started.wait(), 60)
    assert outbox.ledger()[CHAT] == Account(1, spooled=1)


async def test_pausing_one_table_lets_the_others_pass(outbox: Outbox, double: PostgrestDouble) -> None:
    async with delivering(outbox, double.url) as delivery:
        async with delivery.paused(CONVERSATION_LOGS):
            say(outbox, "a")
            outbox.record(MUSIC_LOGS, {"song_title": "夜に駆ける"})
            await settled(outbox, PLAYS, recorded=1, delivered=1)
            assert outbox.ledger()[CHAT] == Account(1, spooled=1)
        await settled(outbox, CHAT, recorded=1, delivered=1)
