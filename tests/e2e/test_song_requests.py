"""The request channel, the words of a song and the voice channel's status, on the real process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import PATIENCE, POLL_SECONDS, eventually
from tests.e2e.test_music_controls import BACK, is_controller, players, saved

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sandbox.people import Person
    from tests.support.running_sandbox import RunningSandbox

LOUNGE = "ラウンジ"
HERE = "ここに曲名かリンクを書くと"


@pytest.fixture
async def requests(sandbox: RunningSandbox, me: Person) -> AsyncIterator[str]:
    """The channel #bot-lab, in which every message is a song; the person listens meanwhile."""
    channel = await me.channel("bot-lab")
    await me.join_voice(await me.channel(LOUNGE))
    assert (await me.run(channel, "channel music"))["state"] == "answered"
    await comes_true(lambda: only(me, channel, HERE))
    yield channel
    if players(sandbox):
        await me.run(await me.channel("music"), "leave")
    await me.run(channel, "channel music", {"switch": "off"})
    await me.leave_voice()


async def comes_true(ask: Callable[[], Awaitable[Any]]) -> Any:
    async with asyncio.timeout(PATIENCE):
        while not (answer := await ask()):
            await asyncio.sleep(POLL_SECONDS)
        return answer


async def only(me: Person, channel: str, words: str) -> dict[str, Any] | None:
    """Return the controller where it is the last message, shows ``words``, and none of today is above."""
    *before, last = await me.read(channel) or [{}]
    is_last = words in str(last.get("embeds")) and not any(map(is_controller, before))
    return last if is_last and not any("Lemon" in str(message) for message in before) else None


async def status_of(me: Person, channel: str) -> str | None:
    guild = (await me.api.state())["guilds"][0]
    return next(one["status"] for one in guild["channels"] if one["name"] == channel)


async def test_a_song_is_requested_sung_and_gone_on_with_after_a_kill(
    sandbox: RunningSandbox, me: Person, requests: str
) -> None:
    await me.say(requests, "Lemon")
    shown = await comes_true(lambda: only(me, requests, "'title': 'Lemon'"))
    assert await status_of(me, LOUNGE) == "🎵 Lemon · 米津玄師"

    await me.outcome(await me.click(shown, "music:lyrics"))
    await me.message(requests, lambda message: "**サンドボックスの歌なら歌えるよ**" in str(message["embeds"]))
    await eventually(lambda: saved(sandbox))
    revivals = sandbox.bot_log.count(BACK)
    sandbox.control("bot", "POST", "/kill")
    await me.say(requests, "Lemon, while nobody is there")
    sandbox.control("bot", "POST", "/start")
    await eventually(lambda: sandbox.bot_log.count(BACK) > revivals)
    again = await comes_true(lambda: only(me, requests, "'title': 'Lemon'"))
    assert again["id"] == shown["id"]

    await me.outcome(await me.click(again, "music:lyrics"))
    await me.run(await me.channel("music"), "leave")
    await comes_true(lambda: only(me, requests, HERE))
    assert await status_of(me, LOUNGE) is None
