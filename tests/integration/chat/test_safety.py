"""Nothing that a model writes can ping or hide; bots and webhooks are not people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.escaping import label
from bot.notice_mark import marked
from bot.texts import chat as texts
from sandbox.gemini.scripts import Script

if TYPE_CHECKING:
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]


async def test_nothing_can_ping_when_it_is_sent_or_edited(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    pings = f"@everyone @here <@{people.ids['yuki']}> <@&{people.guild}>"
    long = "あ" * 1999 + "\n\n"
    gemini_stand_in.scripts.rules.append(Script(chunks=[pings, f" {pings}", long, pings]))
    gemini_stand_in.faults.add({"fault": "slow", "seconds": 0.4})

    await people.say("haru", "general", "@Otonari 呼んで")
    await people.until(lambda: people.finished("general", 3))
    await people.command("haru", "general", "chat", prompt="呼んで", private=True)
    await people.until(lambda: len([m for m in people.messages.values() if m.get("flags", 0) & 64]) >= 3)

    written = [
        (exchange["method"], exchange["request"]["allowed_mentions"])
        for exchange in await people.exchanges()
        if isinstance(exchange["request"], dict) and exchange["request"].get("content")
    ]
    assert {method for method, _allowed in written} == {"POST", "PATCH"}
    assert len(written) >= 6
    assert all(allowed["parse"] == [] and not allowed.get("users") for _method, allowed in written)
    assert not any(m["mention_everyone"] or m["mention_roles"] for m in people.by_bot("general"))


async def test_masked_links_and_invites_are_shown_for_what_they_are(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    text = "[銀行](https://evil.example) へ。 discord.gg/abc `[a](https://b.example)`"
    gemini_stand_in.scripts.rules.append(Script(text=text))

    await people.say("haru", "general", "@Otonari リンク")

    assert await people.until(lambda: people.finished("general")) == [
        "銀行 (<https://evil.example>) へ。 <https://discord.gg/abc> `[a](https://b.example)`"
    ]
    assert bot.supabase_client.save_conversation_log.await_args.kwargs["response"] == text


async def test_links_are_plain_in_further_parts_in_the_slash_command_and_after_a_stop_too(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    link, shown = (
        "[銀行](https://evil.example) discord.gg/abc",
        "銀行 (<https://evil.example>) <https://discord.gg/abc>",
    )
    gemini_stand_in.scripts.rules.append(Script(chunks=["あ" * 1990 + "\n\n", f"@everyone {link}", "。"]))
    member = f"/sandbox/guilds/{people.guild}/members/{people.ids['haru']}"
    async with people.session.patch(member, json={"nick": "[a](https://e.example)"}) as response:
        assert response.ok

    await people.say("haru", "general", "@Otonari リンク")
    parts = await people.until(lambda: people.finished("general", 2))
    await people.command("haru", "music", "chat", prompt="リンク", private=True)
    await people.until(lambda: people.finished("music", 2) == parts)
    gemini_stand_in.faults.add({"fault": "hang", "after_chunks": 2})
    await people.say("haru", "general", "@Otonari リンク")
    (stoppable,) = await people.until(
        lambda: [m for m in people.by_bot("general") if "銀行" in m["content"] and m["components"]]
    )
    await people.press("haru", stoppable)
    stopped = await people.until(lambda: people.finished("general", 4))

    assert parts[1] == f"@everyone {shown}。"
    notice = marked(texts.STOPPED("ja", name=label("[a](https://e.example)")))
    assert stopped[3] == f"@everyone {shown}\n\n{notice}"
    assert not any(m["mention_everyone"] for m in people.messages.values())


async def test_everyone_is_not_a_mention_of_the_bot(people: People, gemini_stand_in: GeminiStandIn) -> None:
    await people.say("you", "general", "@everyone お知らせです")
    await people.say("haru", "music", "@Otonari こんにちは")
    await people.until(lambda: people.finished("music"))

    assert len(gemini_stand_in.journal.entries) == 1
