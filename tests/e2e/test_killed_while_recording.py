"""``kill -9`` while conversations are recorded and Supabase is down: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sandbox.people import Person
from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from sandbox.people import Event
    from tests.support.running_sandbox import RunningSandbox

CONVERSATIONS = 1_000
KILL_AFTER = 500
PEOPLE = 100
"""Each in a channel of their own, where answers come one after another, and each within the rate limit."""
WRITE_WINDOW = 0.25
"""Seconds that the writer may take until an event is on disk."""


async def newcomer(me: Person, number: int) -> tuple[Person, str]:
    """Return a new member of my guild, and a new channel."""
    name = {"username": f"kill_{number}", "guild": me.guild_id}
    user = await me.api.call("POST", "/users", name)
    channel = await me.api.call("POST", f"/guilds/{me.guild_id}/channels", {"name": name["username"]})
    return Person(me.api, user["id"], me.guild_id), channel["id"]


async def test_every_conversation_recorded_before_the_kill_arrives_exactly_once(
    sandbox: RunningSandbox, me: Person
) -> None:
    people = [await newcomer(me, number) for number in range(PEOPLE)]
    sandbox.control("supabase", "POST", "/faults", {"action": "reset"})
    prompts: dict[str, str] = {}
    answered: dict[str, float] = {}

    def note(event: Event) -> bool:
        if event.type == "interaction_update" and event.data["state"] == "answered":
            answered.setdefault(event.data["id"], time.monotonic())
        return len(answered) >= KILL_AFTER

    async def ask(person: Person, channel: str, numbers: range) -> None:
        for number in numbers:
            interaction = await person.slash(channel, "chat", {"prompt": f"conversation {number}"})
            prompts[interaction] = f"conversation {number}"

    asking = [
        asyncio.create_task(ask(person, channel, range(start, CONVERSATIONS, PEOPLE)))
        for start, (person, channel) in enumerate(people)
    ]
    await me.api.wait_for(note, timeout=120)
    killed_at = time.monotonic()
    sandbox.control("bot", "POST", "/kill")
    await asyncio.gather(*asking, return_exceptions=True)

    assert sandbox.rows("select count(*) from conversation_logs where prompt like 'conversation %'") == [(0,)]
    sandbox.control("supabase", "DELETE", "/faults")
    sandbox.control("bot", "POST", "/start")
    safe = {
        prompt
        for interaction, prompt in prompts.items()
        if answered.get(interaction, killed_at) < killed_at - WRITE_WINDOW
    }
    assert safe

    def arrived() -> dict[str, int]:
        query = "select prompt, count(*) from conversation_logs where prompt like 'conversation %' group by 1"
        return dict(sandbox.rows(query))

    await eventually(lambda: safe <= arrived().keys())
    assert set(arrived().values()) == {1}
