"""Take the music pictures for docs/: ``python -m tests.browser.music_pictures [DIRECTORY]``."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright, expect

from sandbox.child_process import die_with_parent
from sandbox.discord import DiscordStandIn
from sandbox.lavalink import LavalinkStandIn
from tests.browser.chat_page import ChatPage
from tests.browser.conftest import CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[2]
SIZE = {"width": 1240, "height": 860}
PATIENCE = 30
PLAYLIST = "アニメソング名曲選"
SONGS = ("群青", "アイドル", "怪物", "Pretender")


async def take(directory: Path) -> None:
    """Run the bot against the stand-ins, use it as people do, and save both pictures."""
    discord, lavalink = DiscordStandIn(None, rate_limits=False), LavalinkStandIn()
    with tempfile.TemporaryDirectory() as data:
        await discord.start()
        await lavalink.start()
        environment = {**discord.environment(), **lavalink.environment(), "DATA_DIR": data}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot"),
            cwd=ROOT,
            env={**os.environ, "SUPABASE_URL": "off", "GEMINI_API_KEY": "", **environment},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        try:
            await asyncio.wait_for(discord.bot_online.wait(), PATIENCE)
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=list(CHROMIUM_FLAGS)
                )
                page = await browser.new_page(locale="ja-JP", viewport=SIZE, device_scale_factor=1)
                await _play(ChatPage(page, discord), lavalink, directory)
                await browser.close()
        finally:
            process.terminate()
            await process.wait()
            await discord.close()
            await lavalink.close()


async def _play(chat: ChatPage, lavalink: LavalinkStandIn, directory: Path) -> None:
    page = chat.page
    await chat.visit()
    for name in ("あなた", "はる"):
        join = {"user": chat.people[name], "guild": chat.guild, "channel": chat.channels["ラウンジ"]}
        await chat.post("/voice", join)
    await page.get_by_text("music", exact=True).first.click()
    await _ask(chat, "あなた", "!play 夜に駆ける")
    for song in SONGS:
        await _ask(chat, "はる", f"!play {song}")
    await _ask(chat, "あなた", "!filter bassboost")
    await expect(page.get_by_text("次の曲（4曲）")).to_be_visible()
    await page.wait_for_timeout(2000)
    await page.screenshot(path=directory / "music-controller-light.png")
    await page.emulate_media(color_scheme="dark")
    await _ask(chat, "はる", f"!play {lavalink.node.catalogue.playlist_urls()[PLAYLIST]}")
    await _ask(chat, "あなた", "!queue")
    await page.wait_for_timeout(1500)
    await page.screenshot(path=directory / "music-queue-dark.png")


async def _ask(chat: ChatPage, who: str, command: str) -> None:
    """Write a command, and wait for its answer."""
    before = await chat.messages.count()
    await chat.person_says(who, command, "music")
    await expect(chat.messages.nth(before + 1)).to_be_visible()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "docs")))
