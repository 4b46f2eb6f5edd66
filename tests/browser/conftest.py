"""A real Chromium on the chat page, the Discord stand-in behind it, and a bot that does what a test says."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from chat_page import ChatPage
from playwright.async_api import async_playwright
from scripted_bot import ScriptedBot

from sandbox.discord.stand_in import DiscordStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from playwright.async_api import Browser

    OpenPage = Callable[..., Awaitable[ChatPage]]

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium; where there is none the test is skipped, except in CI."""
    executable = shutil.which("chromium")
    if executable is None:
        reason = "no chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def discord() -> AsyncIterator[DiscordStandIn]:
    """A fresh world without rate limits."""
    stand_in = DiscordStandIn(None, rate_limits=False)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bot(discord: DiscordStandIn) -> AsyncIterator[ScriptedBot]:
    """The bot, connected."""
    async with ScriptedBot(discord) as connected:
        yield connected


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, discord: DiscordStandIn) -> AsyncIterator[OpenPage]:
    """Open the page as a new visitor; whatever it complains of in the console fails the test."""
    opened: list[ChatPage] = []

    async def open_one(
        *, locale: str = "ja-JP", width: int = 1280, height: int = 800, scheme: str = "light"
    ) -> ChatPage:
        context = await browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme
        )
        chat = ChatPage(await context.new_page(), discord)
        opened.append(chat)
        await chat.visit()
        return chat

    yield open_one
    for chat in opened:
        await chat.page.context.close()
    complaints = [complaint for chat in opened for complaint in chat.complaints]
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(open_page: OpenPage, bot: ScriptedBot) -> ChatPage:
    """The page in Japanese on a wide screen, with the bot online."""
    del bot
    return await open_page()
