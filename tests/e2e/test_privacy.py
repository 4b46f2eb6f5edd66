"""``/privacy``, as a person uses it: see, export, delete, say no, also in a DM and while Supabase is down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.e2e.conftest import eventually
from tests.e2e.test_netstats import bot_online

if TYPE_CHECKING:
    from sandbox.people import Json, Person
    from tests.support.running_sandbox import RunningSandbox


@pytest.fixture
async def haru(me: Person) -> Person:
    """Somebody who manages nothing."""
    await bot_online(me)
    return await me.api.person("はる")


def said(sandbox: RunningSandbox, person: Person) -> int:
    ((count,),) = sandbox.rows("select count(*) from conversation_logs where user_id = %s", [person.id])
    return count


async def talk(sandbox: RunningSandbox, person: Person, channel: str, words: str) -> None:
    """Ask something and wait for the answer."""
    asked = await person.say(channel, f"@Otonari {words}")
    await person.message(
        channel, lambda message: message.get("message_reference", {}).get("message_id") == asked["id"], 30
    )


async def privacy(person: Person, channel: str) -> tuple[Json, dict[str, str]]:
    """Use the command; returns its message and the embed's fields."""
    outcome = await person.run(channel, "privacy", locale="en-US")
    assert outcome["ephemeral"]
    return outcome["messages"][0], fields_of(outcome["messages"][0])


def fields_of(message: Json) -> dict[str, str]:
    return {field["name"]: field["value"] for field in message["embeds"][0]["fields"]}


async def pressed(person: Person, message: Json, custom_id: str) -> Json:
    """Press a button and return its outcome."""
    return await person.outcome(await person.click(message, custom_id))


def refusals(sandbox: RunningSandbox) -> list[str]:
    return [user_id for (user_id,) in sandbox.rows("select user_id from privacy_optouts")]


async def test_a_person_sees_exports_and_deletes_what_is_stored_about_them(
    sandbox: RunningSandbox, haru: Person
) -> None:
    general = await haru.channel("general")
    await talk(sandbox, haru, general, "わたしの好きな色は青です")
    await eventually(lambda: said(sandbox, haru) == 1)

    message, fields = await privacy(haru, general)
    assert fields["💬 Conversations (kept 90 days)"].startswith("1, since <t:")
    assert fields["🧠 Memory of conversations (until a restart)"] == "1"

    exported = await pressed(haru, message, "privacy.export")
    (attachment,) = exported["messages"][-1]["attachments"]
    async with httpx.AsyncClient() as http:
        export = (await http.get(attachment["url"])).json()
    assert export["user_id"] == haru.id
    assert [row["prompt"] for row in export["conversation_logs"]] == ["わたしの好きな色は青です"]
    assert export["conversation_memory"] == ["わたしの好きな色は青です"]

    question = await pressed(haru, message, "privacy.delete")
    assert said(sandbox, haru) == 1, "nothing goes before it is confirmed"
    kept = await pressed(haru, question["messages"][-1], "privacy.delete.no")
    assert kept["state"] == "answered"
    assert said(sandbox, haru) == 1
    question = await pressed(haru, message, "privacy.delete")
    await pressed(haru, question["messages"][-1], "privacy.delete.yes")
    await eventually(lambda: said(sandbox, haru) == 0)
    # The panel that was open, and that of another call.
    refreshed = await haru.message(
        general,
        lambda seen: (
            seen["id"] == message["id"]
            and seen["embeds"]
            and fields_of(seen)["🧠 Memory of conversations (until a restart)"] == "0"
        ),
    )
    assert fields_of(refreshed)["💬 Conversations (kept 90 days)"] == "0"
    _, fields = await privacy(haru, general)
    assert fields["💬 Conversations (kept 90 days)"] == "0"
    assert fields["🧠 Memory of conversations (until a restart)"] == "0"


async def test_a_refusal_holds_at_once_after_restarts_and_on_another_machine(
    sandbox: RunningSandbox, haru: Person
) -> None:
    direct = await haru.direct_channel()
    message, fields = await privacy(haru, direct)
    assert fields["Recording of your conversations"].startswith("🔔")
    changed = await pressed(haru, message, "privacy.switch")
    assert changed["state"] == "answered"
    await eventually(lambda: refusals(sandbox) == [haru.id])
    await talk(sandbox, haru, direct, "これは記録しないで")

    sandbox.control("bot", "POST", "/kill")
    sandbox.control("supabase", "POST", "/faults", {"action": "reset"})
    sandbox.start_bot()
    await talk(sandbox, haru, direct, "データベースなしでも")
    message, fields = await privacy(haru, direct)
    assert fields["Recording of your conversations"].startswith("🔕")
    sandbox.control("supabase", "DELETE", "/faults")
    # Somebody else's row, recorded later, shows that everything before it has arrived.
    me = await haru.api.person()
    await talk(sandbox, me, await me.channel("general"), "わたしは記録されます")
    await eventually(lambda: said(sandbox, me))
    assert said(sandbox, haru) == 0

    message, _ = await privacy(haru, direct)
    await pressed(haru, message, "privacy.switch")
    await eventually(lambda: refusals(sandbox) == [])


async def test_a_deletion_while_supabase_is_down_reaches_the_spool_now_and_the_database_later(
    sandbox: RunningSandbox, haru: Person
) -> None:
    general = await haru.channel("general")
    await talk(sandbox, haru, general, "先に届いた話")
    await eventually(lambda: said(sandbox, haru) == 1)
    sandbox.control("supabase", "POST", "/faults", {"action": "reset"})
    await talk(sandbox, haru, general, "まだ届いていない話")
    async with asyncio.timeout(60):
        # An answer is recorded when it is complete, which is after it is first seen.
        while True:
            message, fields = await privacy(haru, general)
            if fields["💬 Conversations (kept 90 days)"] == "1\n1 of them wait to be sent":
                break
    question = await pressed(haru, message, "privacy.delete")
    await pressed(haru, question["messages"][-1], "privacy.delete.yes")
    async with asyncio.timeout(60):
        while (await privacy(haru, general))[1]["💬 Conversations (kept 90 days)"] != "0":
            pass
    assert said(sandbox, haru) == 1

    sandbox.control("supabase", "DELETE", "/faults")
    # What the bot could not do yet it does, at the latest, when it starts again.
    sandbox.control("bot", "POST", "/stop")
    sandbox.control("bot", "POST", "/start")
    await eventually(lambda: said(sandbox, haru) == 0)
