"""``kill -9`` while conversations are recorded and Supabase is down: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.people import Person
from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.running_sandbox import RunningSandbox

KILL_AFTER = 200
"""Conversations on the bot's disk when it is killed, while people go on asking."""
PEOPLE = 40
"""Each in a channel of their own, where answers come one after another, and each within the rate limit."""


async def newcomer(me: Person, number: int) -> tuple[Person, str]:
    """Return a new member of my guild, and a new channel."""
    name = {"username": f"kill_{number}", "guild": me.guild_id}
    user = await me.api.call("POST", "/users", name)
    channel = await me.api.call("POST", f"/guilds/{me.guild_id}/channels", {"name": name["username"]})
    return Person(me.api, user["id"], me.guild_id), channel["id"]


def on_disk(sandbox: RunningSandbox) -> set[str]:
    """Return the prompts that the bot has committed and not delivered."""
    path = Path(sandbox.info["data_dir"]) / "bot" / "otonari.sqlite3"
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as connection:
        query = "SELECT json_extract(payload, '$.prompt') FROM spool WHERE table_name = 'conversation_logs'"
        prompts = {prompt for (prompt,) in connection.execute(query)}
    return {prompt for prompt in prompts if prompt.startswith("conversation ")}


async def test_every_conversation_recorded_before_the_kill_arrives_exactly_once(
    sandbox: RunningSandbox, me: Person
) -> None:
    people = [await newcomer(me, number) for number in range(PEOPLE)]
    sandbox.control("supabase", "POST", "/faults", {"action": "reset"})

    async def ask(person: Person, channel: str, numbers: Iterable[int]) -> None:
        for number in numbers:
            # One at a time: a busy machine's bot could not acknowledge all of them within three seconds.
            await person.run(channel, "chat", {"prompt": f"conversation {number}"})

    asking = [
        asyncio.create_task(ask(person, channel, itertools.count(start, PEOPLE)))
        for start, (person, channel) in enumerate(people)
    ]
    await eventually(lambda: len(on_disk(sandbox)) >= KILL_AFTER, doing="conversations on the bot's disk")
    committed = on_disk(sandbox)
    sandbox.control("bot", "POST", "/kill")
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)

    assert sandbox.rows("select count(*) from conversation_logs where prompt like 'conversation %'") == [(0,)]
    sandbox.control("supabase", "DELETE", "/faults")
    sandbox.start_bot()

    def arrived() -> dict[str, int]:
        query = "select prompt, count(*) from conversation_logs where prompt like 'conversation %' group by 1"
        return dict(sandbox.rows(query))

    await eventually(lambda: committed <= arrived().keys())
    assert set(arrived().values()) == {1}
