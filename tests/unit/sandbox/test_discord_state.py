"""Ids, the store on disk, sessions and intents."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.discord import intents
from sandbox.discord.events import EventLog
from sandbox.discord.seed import seed
from sandbox.discord.sessions import Session
from sandbox.discord.snowflake import Snowflakes, milliseconds
from sandbox.discord.store import Store
from sandbox.discord.world import World

if TYPE_CHECKING:
    from pathlib import Path


def test_ids_rise_and_tell_when_they_were_made() -> None:
    fresh = Snowflakes()
    ids = [int(fresh()) for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert abs(milliseconds(str(ids[0])) / 1000 - time.time()) < 60


def test_ids_rise_above_those_of_a_clock_that_was_ahead() -> None:
    ahead = int(Snowflakes()()) + (3_600_000 << 22)
    assert int(Snowflakes(ahead)()) == ahead + 1


async def test_what_was_flushed_is_there_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "discord.sqlite"
    world = World(path)
    seed(world)
    world.store.start(world.record)
    world.messages["1"] = {"9": {"id": "9", "channel_id": "1", "content": "\ud800"}}
    world.touch("message", "9")
    async with asyncio.timeout(60):
        while not _rows(path, "message"):
            await asyncio.sleep(0.01)  # the store writes behind, by its own clock
    # No close(): the process is gone.
    again = World(path)
    assert again.messages == world.messages
    assert again.users == world.users
    assert again.guilds == world.guilds
    assert not again.fresh
    await world.store.close(world.record)


def _rows(path: Path, kind: str) -> int:
    with sqlite3.connect(path) as connection:
        (count,) = connection.execute("SELECT count(*) FROM records WHERE kind = ?", (kind,)).fetchone()
    connection.close()
    return count


async def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    path = tmp_path / "discord.sqlite"
    store = Store(path)
    assert list(store.load()) == []
    store.touch("user", "1")
    values: dict[tuple[str, str], object] = {("user", "1"): {"id": "1"}}
    with sqlite3.connect(path) as lock:
        lock.execute("ALTER TABLE records RENAME TO away")
    with pytest.raises(sqlite3.OperationalError):
        await store.flush(lambda *key: values.get(key))
    with lock:
        lock.execute("ALTER TABLE away RENAME TO records")
    lock.close()
    await store.flush(lambda *key: values.get(key))
    assert list(store.load()) == [("user", "1", {"id": "1"})]
    values.clear()
    store.touch("user", "1")
    await store.close(lambda *key: values.get(key))
    assert list(store.load()) == []


@given(st.lists(st.integers(0, 2**63), min_size=1, max_size=20), st.integers(1, 16))
def test_each_guild_is_held_by_exactly_one_shard(guilds: list[int], count: int) -> None:
    shards = [Session((index, count), intents.GUILDS) for index in range(count)]
    for guild in guilds:
        assert sum(shard.holds(str(guild)) for shard in shards) == 1
    assert [shard.holds(None) for shard in shards] == [True] + [False] * (count - 1)


@given(sent=st.integers(0, 30), kept=st.integers(1, 10), after=st.integers(0, 30))
def test_a_resume_is_possible_exactly_when_nothing_was_forgotten(sent: int, kept: int, after: int) -> None:
    session = Session((0, 1), intents.GUILDS)
    session.replay = type(session.replay)(maxlen=kept)
    for number in range(sent):
        session.dispatch("X", {"number": number})
    known = after >= sent - kept and after <= sent
    if after <= sent:
        assert session.can_replay(after) is known


@pytest.mark.parametrize(
    ("event", "bits", "in_guild", "wanted"),
    [
        ("MESSAGE_CREATE", intents.GUILD_MESSAGES, True, True),
        ("MESSAGE_CREATE", intents.GUILD_MESSAGES, False, False),
        ("MESSAGE_CREATE", intents.DIRECT_MESSAGES, False, True),
        ("TYPING_START", intents.GUILD_MESSAGES, True, False),
        ("VOICE_STATE_UPDATE", intents.GUILD_VOICE_STATES, True, True),
        ("GUILD_MEMBER_ADD", intents.GUILDS, True, False),
        ("INTERACTION_CREATE", 0, True, True),
        ("VOICE_SERVER_UPDATE", 0, True, True),
    ],
)
def test_an_event_needs_its_intent(event: str, bits: int, in_guild: bool, wanted: bool) -> None:
    assert intents.wanted(event, bits, in_guild=in_guild) is wanted


async def test_followers_get_what_is_kept_then_what_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog()
    log.add("a", {})
    log.add("b", {}, user="1")
    log.add("c", {})
    stream = log.follow(1, "2")
    assert (await anext(stream)).type == "c"
    log.add("d", {}, user="2")
    event = await anext(stream)
    assert (event.type, event.sequence) == ("d", 4)
    await stream.aclose()  # type: ignore[attr-defined]
