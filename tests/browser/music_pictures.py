"""Take the music pictures for docs/: ``python -m tests.browser.music_pictures [DIRECTORY]``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from playwright.async_api import expect

from sandbox.lavalink import LavalinkStandIn, catalogue_songs
from sandbox.lrclib import LrclibStandIn
from tests.browser.picture_taking import chat_page, directory_asked_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.chat_page import ChatPage

PLAYLIST = "アニメソング名曲選"
SONGS = ("群青", "アイドル", "怪物", "Pretender")


async def take(directory: Path) -> None:
    """Use the bot as people do, and save both pictures."""
    lavalink = LavalinkStandIn(lyrics_plugin=False)
    async with chat_page(lavalink, LrclibStandIn(catalogue_songs()), height=920) as chat:
        await _play(chat, lavalink, directory)


async def _play(chat: ChatPage, lavalink: LavalinkStandIn, directory: Path) -> None:
    page = chat.page
    for name in ("あなた", "はる"):
        join = {"user": chat.people[name], "guild": chat.guild, "channel": chat.channels["ラウンジ"]}
        await chat.post("/voice", join)
    await page.get_by_text("music", exact=True).first.click()
    await _ask(chat, "あなた", "!play 夜に駆ける")
    for song in SONGS:
        await _ask(chat, "はる", f"!play {song}")
    await _ask(chat, "あなた", "!filter bassboost")
    await expect(page.get_by_text("次の曲（4曲）")).to_be_visible()
    await _ask(chat, "あなた", "!seek 0:13")
    await page.get_by_role("button", name="歌詞").click()
    await expect(page.get_by_text("いっしょに口ずさもう")).to_be_visible()
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
    asyncio.run(take(directory_asked_for()))
