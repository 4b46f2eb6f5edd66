from __future__ import annotations

import asyncio
import threading
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from bot.config import ConfigError
from bot.telemetry.ledger import Account
from bot.telemetry.outbox import Outbox
from bot.telemetry.tables import BOT_LOGS, CONVERSATION_LOGS, MUSIC_LOGS, NETWORK_STATS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.telemetry.events import Spooled

CHAT = CONVERSATION_LOGS.name


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.sqlite3"


@pytest.fixture
async def outbox(path: Path) -> AsyncIterator[Outbox]:
    outbox = Outbox(path)
    yield outbox
    await outbox.close()


async def everything(outbox: Outbox) -> list[Spooled]:
    return await outbox.batch(CONVERSATION_LOGS, 0, 100_000, 2**30)


async def test_a_row_gets_its_id_and_the_time_of_its_event(outbox: Outbox) -> None:
    identifier = outbox.record(CONVERSATION_LOGS, {"prompt": "こんにちは"})
    outbox.record(NETWORK_STATS, {})
    (spooled,) = await everything(outbox)
    assert spooled.row["id"] == spooled.id == identifier
    assert uuid.UUID(identifier).version == 7
    stamp = datetime.fromisoformat(str(spooled.row["timestamp"]))
    assert stamp.tzinfo is not None
    assert uuid.UUID(identifier).int >> 80 == int(stamp.timestamp() * 1000)
    (sample,) = await outbox.batch(NETWORK_STATS, 0, 10, 1000)
    assert set(sample.row) == {"id", "recorded_at"}


async def test_odd_values_are_sanitised_and_neighbours_stay(outbox: Outbox) -> None:
    for prompt in ("before", "nul \0", "lone \ud83d", float("nan"), 10**40, "x" * 4000, "after"):
        outbox.record(CONVERSATION_LOGS, {"prompt": prompt})
    prompts = [spooled.row["prompt"] for spooled in await everything(outbox)]
    assert prompts == ["before", "nul \ufffd", "lone \ufffd", None, 2**63 - 1, "x" * 4000, "after"]


async def test_the_ledger_is_exact_at_every_moment(outbox: Outbox) -> None:
    seen = []
    for n in range(3_000):
        outbox.record(CONVERSATION_LOGS, {"n": n})
        seen.append(outbox.ledger()[CHAT])
    assert seen == [Account(recorded=n + 1, spooled=n + 1) for n in range(3_000)]
    rows = await everything(outbox)
    assert [spooled.row["n"] for spooled in rows] == list(range(3_000))
    outbox.acknowledge(CONVERSATION_LOGS, rows[:10], 7)
    outbox.dead_letter(CONVERSATION_LOGS, rows[10], "refused")
    (letter,) = await outbox.dead_letters()
    assert (letter.id, letter.reason) == (rows[10].id, "refused")
    assert outbox.ledger()[CHAT] == Account(3_000, delivered=7, duplicate=3, spooled=2_989, dead=1)


async def test_a_reason_with_odd_characters_is_kept_readable(outbox: Outbox) -> None:
    outbox.record(CONVERSATION_LOGS, {"prompt": "x"})
    (spooled,) = await everything(outbox)
    outbox.dead_letter(CONVERSATION_LOGS, spooled, "token \ud83d\0")
    (letter,) = await outbox.dead_letters()
    assert letter.reason == "token \ufffd\ufffd"


async def test_any_thread_may_record(outbox: Outbox) -> None:
    def work(number: int) -> None:
        for n in range(500):
            outbox.record(CONVERSATION_LOGS, {"thread": number, "n": n})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    await asyncio.gather(*(asyncio.to_thread(thread.join) for thread in threads))
    rows = [spooled.row for spooled in await everything(outbox)]
    assert len({row["id"] for row in rows}) == 2_000
    assert [row["id"] for row in rows] == sorted(str(row["id"]) for row in rows)
    for number in range(4):
        assert [row["n"] for row in rows if row["thread"] == number] == list(range(500))


async def test_a_commit_is_announced_and_then_counts_as_ready_to_send(outbox: Outbox) -> None:
    loop, announced = asyncio.get_running_loop(), asyncio.Event()
    outbox.notify(lambda: loop.call_soon_threadsafe(announced.set) if outbox.spooled(MUSIC_LOGS) else None)
    assert outbox.spooled(MUSIC_LOGS) == 0
    outbox.record(MUSIC_LOGS, {"song_title": "夜に駆ける"})
    await asyncio.wait_for(announced.wait(), 60)
    assert outbox.spooled(MUSIC_LOGS) == 1
    assert outbox.on_disk


async def test_closing_commits_what_was_just_recorded_and_frees_the_directory(path: Path) -> None:
    first = Outbox(path)
    with pytest.raises(ConfigError, match="DATA_DIR"):
        Outbox(path)
    first.record(BOT_LOGS, {"message": "last words"})
    await first.close()
    second = Outbox(path)
    (spooled,) = await second.batch(BOT_LOGS, 0, 10, 1000)
    assert spooled.row["message"] == "last words"
    assert second.ledger() == {"bot_logs": Account(recorded=1, spooled=1)}
    await second.close()


async def test_an_unusable_directory_is_no_reason_not_to_record(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    outbox = Outbox(tmp_path / "data" / "x.sqlite3")
    outbox.record(CONVERSATION_LOGS, {"prompt": "x"})
    assert len(await everything(outbox)) == 1
    assert not outbox.on_disk
    await outbox.close()


async def test_the_disk_is_used_again_when_it_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.telemetry.outbox.UPKEEP_SECONDS", 0.01)
    obstacle = tmp_path / "data"
    obstacle.touch()
    outbox = Outbox(obstacle / "x.sqlite3")
    identifier = outbox.record(CONVERSATION_LOGS, {"prompt": "x"})
    assert [spooled.id for spooled in await everything(outbox)] == [identifier]
    assert not outbox.on_disk
    obstacle.unlink()
    async with asyncio.timeout(60):
        while not outbox.on_disk:
            await asyncio.sleep(0.005)
    assert [spooled.id for spooled in await everything(outbox)] == [identifier]
    assert outbox.ledger() == {CHAT: Account(recorded=1, spooled=1)}
    await outbox.close()


async def test_network_samples_that_wait_add_up(outbox: Outbox) -> None:
    for _ in range(3):
        outbox.record(NETWORK_STATS, {"bytes_sent": 10, "bytes_recv": 20})
    assert await outbox.network_sum(0, float("inf")) == (3, 30, 60)
