"""``kill -9`` while conversations are recorded and Supabase is down: nothing is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tests.e2e.conftest import eventually

if TYPE_CHECKING:
    from sandbox.people import Event, Person
    from tests.support.running_sandbox import RunningSandbox

CONVERSATIONS = 1_000
KILL_AFTER = 500
CHANNELS = 50
"""Answers of one channel come one after the other, those of different channels at once."""
WRITE_WINDOW = 0.25
"""Seconds that the writer may take until an event is on disk."""


async def test_every_conversation_recorded_before_the_kill_arrives_exactly_once(
    sandbox: RunningSandbox, me: Person
) -> None:
    channels = [
        await me.api.call("POST", f"/guilds/{me.guild_id}/channels", {"name": f"kill-{number}"})
        for number in range(CHANNELS)
    ]
    sandbox.control("supabase", "POST", "/faults", {"action": "reset"})
    prompts: dict[str, str] = {}
    answered: dict[str, float] = {}

    def note(event: Event) -> bool:
        if event.type == "interaction_update" and event.data["state"] == "answered":
            answered.setdefault(event.data["id"], time.monotonic())
        return len(answered) >= KILL_AFTER

    async def ask(channel: str, numbers: range) -> None:
        for number in numbers:
            interaction = await me.slash(channel, "chat", {"prompt": f"conversation {number}"})
            prompts[interaction] = f"conversation {number}"

    asking = [
        asyncio.create_task(ask(channel["id"], range(start, CONVERSATIONS, CHANNELS)))
        for start, channel in enumerate(channels)
    ]
    await me.api.wait_for(note, timeout=60)
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
