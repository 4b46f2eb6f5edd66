"""A real Chromium on the chat page, the Discord stand-in behind it, and a bot that does what a test says."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from sandbox.discord.stand_in import DiscordStandIn
from sandbox.launcher import EMOJI_FONT
from tests.browser.chat_page import ChatPage
from tests.browser.scripted_bot import ScriptedBot
from tests.support.busy_machine import BUSY_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import Literal

    from playwright.async_api import Browser, Page

    Scheme = Literal["light", "dark"]
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


@pytest.fixture
def stand_ins() -> list[str]:
    """The services that the page is told are no real ones."""
    return ["discord", "supabase", "gemini", "lavalink"]


@pytest_asyncio.fixture(loop_scope="session")
async def discord(stand_ins: list[str]) -> AsyncIterator[DiscordStandIn]:
    """A fresh world without rate limits."""
    stand_in = DiscordStandIn(
        None,
        rate_limits=False,
        stand_ins=lambda: stand_ins,
        emoji_font=EMOJI_FONT,
        acknowledge_seconds=BUSY_SECONDS,
    )
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bot(discord: DiscordStandIn) -> AsyncIterator[ScriptedBot]:
    """The bot, connected."""
    async with ScriptedBot(discord) as connected:
        yield connected


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tabs(browser: Browser) -> AsyncIterator[dict[str, Page]]:
    """One tab for each language; every test's stand-in is an origin of its own, so nothing stays stored."""
    tabs = {locale: await browser.new_page(locale=locale) for locale in ("ja-JP", "en-US")}
    yield tabs
    for tab in tabs.values():
        await tab.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(tabs: dict[str, Page], discord: DiscordStandIn) -> AsyncIterator[OpenPage]:
    """Open the page as a new visitor; whatever it complains of in the console fails the test."""
    opened: list[ChatPage] = []

    async def open_one(
        *, locale: str = "ja-JP", width: int = 1280, height: int = 800, scheme: Scheme = "light"
    ) -> ChatPage:
        tab = tabs[locale]
        await tab.set_viewport_size({"width": width, "height": height})
        await tab.emulate_media(color_scheme=scheme)
        chat = ChatPage(tab, discord)
        opened.append(chat)
        await chat.visit()
        return chat

    yield open_one
    for chat in opened:
        await chat.leave()
    complaints = [complaint for chat in opened for complaint in chat.complaints]
    assert complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def chat(open_page: OpenPage, bot: ScriptedBot) -> ChatPage:
    """The page in Japanese on a wide screen, with the bot online."""
    del bot
    return await open_page()
