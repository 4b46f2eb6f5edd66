"""The real bot between stand-ins, and a browser on the chat page: what pictures for docs/ begin with."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from playwright.async_api import async_playwright

from sandbox.child_process import dying_with_parent
from sandbox.discord import DiscordStandIn
from sandbox.launcher import EMOJI_FONT
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import CHROMIUM_FLAGS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60


class StandIn(Protocol):
    """A service that the bot talks to."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def environment(self) -> Mapping[str, str]: ...


@asynccontextmanager
async def chat_page(*services: StandIn, height: int) -> AsyncGenerator[ChatPage]:
    """Yield the open chat page, 1240 pixels wide, of a bot that has these services and no others."""
    discord = DiscordStandIn(None, rate_limits=False, emoji_font=EMOJI_FONT)
    environment = {**os.environ, "SUPABASE_URL": "off", "LAVALINK_NODES": "", "GEMINI_API_KEY": ""}
    environment |= {"LYRICS_URL": "", "VOICE_STATUS": "on"}
    async with AsyncExitStack() as stack:
        environment["DATA_DIR"] = stack.enter_context(tempfile.TemporaryDirectory())
        for stand_in in (discord, *services):
            await stand_in.start()
            stack.push_async_callback(stand_in.close)
            environment |= stand_in.environment()
        process = await asyncio.create_subprocess_exec(
            *dying_with_parent([sys.executable, "-m", "bot"]),
            cwd=ROOT,
            env=environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        stack.push_async_callback(process.wait)
        stack.callback(process.terminate)
        await asyncio.wait_for(discord.bot_online.wait(), PATIENCE)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM_FLAGS)
        )
        stack.push_async_callback(browser.close)
        page = await browser.new_page(
            locale="ja-JP", viewport={"width": 1240, "height": height}, device_scale_factor=1
        )
        chat = ChatPage(page, discord)
        await chat.visit()
        yield chat


def directory_asked_for() -> Path:
    """Return where the pictures go: the command line's only argument, or docs/."""
    return Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
