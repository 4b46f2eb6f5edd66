"""The page's live connection: lost, found again, and nothing missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect

from sandbox.discord.stand_in import DiscordStandIn
from tests.browser.chat_page import ChatPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Page, WebSocketRoute

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Line:
    """The websocket between page and sandbox, which a test can cut and keep cut."""

    def __init__(self) -> None:
        self.routes: list[WebSocketRoute] = []
        self.addresses: list[str] = []
        self.cut = False

    async def connect(self, route: WebSocketRoute) -> None:
        self.addresses.append(route.url)
        if self.cut:
            await route.close(code=1001)
            return
        route.connect_to_server()
        self.routes.append(route)

    async def break_off(self) -> None:
        self.cut = True
        await self.routes[-1].close(code=1001)


@pytest_asyncio.fixture(loop_scope="session")
async def line(tabs: dict[str, Page], discord: DiscordStandIn) -> Line:
    """The line of the Japanese tab; ask for it before the page."""
    line = Line()
    await tabs["ja-JP"].route_web_socket(f"{discord.url.replace('http', 'ws')}/sandbox/events*", line.connect)
    return line


async def test_a_lost_connection_is_told_and_what_was_missed_is_shown(line: Line, chat: ChatPage) -> None:
    await chat.person_says("はる", "前")
    await expect(chat.last).to_contain_text("前")
    banner = chat.page.locator(".banner")
    await expect(banner).to_be_hidden()
    await line.break_off()
    await expect(banner).to_have_text("接続が切れました。つなぎ直しています…")
    await chat.person_says("はる", "間")
    sequence = chat.discord.core.events.sequence
    line.cut = False
    await expect(banner).to_be_hidden()
    await expect(chat.last).to_contain_text("間")
    assert await chat.messages.count() == 2
    assert f"after={sequence - 1}&" in line.addresses[-1]


async def test_voice_and_presence_are_right_after_a_break(line: Line, chat: ChatPage) -> None:
    await line.break_off()
    await expect(chat.page.locator(".banner")).to_be_visible()
    body = {"user": chat.people["はる"], "guild": chat.guild, "channel": chat.channels["ラウンジ"]}
    await chat.post("/voice", body)
    line.cut = False
    await expect(chat.page.locator(".present li")).to_have_text(["ははる"])


@pytest_asyncio.fixture(loop_scope="session")
async def kept_world(tmp_path: Path) -> AsyncIterator[DiscordStandIn]:
    """A stand-in that keeps its world on disk; the test closes it."""
    discord = DiscordStandIn(tmp_path, rate_limits=False)
    await discord.start()
    yield discord


async def test_a_restarted_sandbox_is_found_again(
    tabs: dict[str, Page], kept_world: DiscordStandIn, tmp_path: Path
) -> None:
    chat = ChatPage(tabs["ja-JP"], kept_world)
    await chat.visit()
    for number in range(3):
        await chat.person_says("はる", f"話 {number}")
    await expect(chat.messages).to_have_count(3)
    port = int(kept_world.url.rsplit(":", 1)[1])
    await kept_world.close()
    await expect(chat.page.locator(".banner")).to_be_visible()
    again = DiscordStandIn(tmp_path, port=port, rate_limits=False)
    await again.start()
    try:
        await expect(chat.page.locator(".banner")).to_be_hidden()
        await expect(chat.messages).to_have_count(3)
        await chat.say("おかえり")
        await expect(chat.last).to_contain_text("おかえり")
    finally:
        await chat.leave()
        await again.close()
    assert all("ERR_CONNECTION_REFUSED" in complaint for complaint in chat.complaints)
