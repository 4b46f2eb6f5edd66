"""axe on the chat page, in every state that it has."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.async_api import expect

from tests.browser.axe import SCRIPT, violations
from tests.browser.test_commands import CHAT, MESSAGE, NETSTATS, QUEUE
from tests.browser.test_components import BUTTON, INPUT, MODAL, OPTIONS, ROW, SELECT, button, row
from tests.browser.test_messages import PNG

if TYPE_CHECKING:
    from conftest import OpenPage

    from tests.browser.chat_page import ChatPage
    from tests.browser.scripted_bot import ScriptedBot

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not SCRIPT.exists(), reason="the dashboard's packages are not installed"),
]


async def say_everything(chat: ChatPage, bot: ScriptedBot) -> None:
    """Let the bot say a message of every kind."""
    general, picture = chat.channels["general"], f"{chat.discord.url}/avatars/{bot.id}.png"
    first = await bot.say(general, "# 見出し\n- 表\n```py\nprint(1)\n```\n||ネタバレ|| <t:1700000000:R>")
    await chat.post(
        f"/channels/{general}/messages/{first['id']}/reactions", {"user": chat.people["はる"], "emoji": "👍"}
    )
    emoji = {"type": BUTTON, "style": 2, "custom_id": "skip", "emoji": {"name": "⏭️"}}
    menu = {"type": SELECT, "custom_id": "song", "placeholder": "曲を選ぶ", "options": OPTIONS}
    await bot.say(
        general,
        "返事",
        message_reference={"message_id": first["id"]},
        embeds=[{"title": "題", "url": picture, "thumbnail": {"url": picture}, "image": {"url": picture}}],
        components=[row(button("次"), button("外へ", 5, url="https://example.com/"), emoji), row(menu)],
    )
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "## 再生中"}],
        "accessory": {"type": 11, "media": {"url": picture}},
    }
    container = {"type": 17, "components": [section, {"type": 12, "items": [{"media": {"url": picture}}]}]}
    await bot.say(general, flags=1 << 15, components=[container])
    await bot.show(general, "図.png", base64.b64decode(PNG), {"description": "図"})
    await bot.show(general, "曲.mp3", b"ID3", {"description": "曲"})
    await chat.person_says("はる", f"<@{chat.people['あなた']}> いますか", raw=True)


@pytest.mark.parametrize(
    ("scheme", "width", "locale"),
    [("light", 1280, "ja-JP"), ("dark", 390, "en-US")],
    ids=["light and wide", "dark on a phone"],
)
async def test_axe_finds_nothing_to_complain_of(
    open_page: OpenPage, bot: ScriptedBot, scheme: Literal["light", "dark"], width: int, locale: str
) -> None:
    chat = await open_page(scheme=scheme, width=width, height=844, locale=locale)
    found = {"the beginning": await violations(chat.page)}

    await say_everything(chat, bot)
    await expect(chat.messages).to_have_count(6)
    found["messages"] = await violations(chat.page)
    await chat.messages.nth(1).locator(".select").click()
    found["a menu"] = await violations(chat.page)
    await chat.press("Escape")

    await chat.learn(bot, CHAT, NETSTATS, QUEUE)
    await chat.composer.fill("/")
    await expect(chat.popup).to_be_visible()
    found["the picker"] = await violations(chat.page)
    await chat.composer.fill("/netstats ")
    await chat.page.locator(".add-option").click()
    await expect(chat.popup).to_be_visible()
    found["a command"] = await violations(chat.page)
    await chat.press("Escape", "Escape")
    await chat.say("/queue show")
    await bot.interactions.get()
    await expect(chat.page.locator(".request .failed")).to_be_visible()
    found["a request without an answer"] = await violations(chat.page)
    await chat.say("/queue show")
    private = {"content": "空です", "flags": 64, "components": [row(button("意見"))]}
    await bot.answer(await bot.interactions.get(), MESSAGE, private)
    await expect(chat.last.locator(".only-you")).to_be_visible()
    found["a private answer"] = await violations(chat.page)

    await chat.last.locator(".button").click()
    field = {"type": INPUT, "custom_id": "title", "style": 1, "label": "題"}
    form = {"title": "ご意見", "custom_id": "opinion", "components": [{"type": ROW, "components": [field]}]}
    await bot.answer(await bot.interactions.get(), MODAL, form)
    await expect(chat.page.locator("dialog")).to_be_visible()
    found["a modal"] = await violations(chat.page)
    await chat.press("Escape")

    if width < 760:
        await chat.page.locator(".menu").click()
        await expect(chat.page.locator(".sidebar")).to_be_visible()
    await chat.page.locator(f"[data-voice='{chat.channels['ラウンジ']}']").click()
    await bot.join(chat.guild, chat.channels["ラウンジ"])
    song = {"guild_id": chat.guild, "channel_id": chat.channels["ラウンジ"], "title": "夜に駆ける"}
    song |= {"author": "YOASOBI", "artwork_url": f"{chat.discord.url}/avatars/{bot.id}.png"}
    song |= {"position_ms": 1, "length_ms": 2000, "paused": True, "volume": 60}
    chat.discord.core.events.add("player_update", song)
    await expect(chat.page.locator(".sidebar .player")).to_be_visible()
    found["voice"] = await violations(chat.page)
    await chat.page.locator(".channel", has=chat.page.locator(".status")).click()
    await expect(chat.page.locator(".sidebar .channel[aria-current]")).to_contain_text("Otonari")
    found["a direct channel"] = await violations(chat.page)
    assert {state: problems for state, problems in found.items() if problems} == {}


async def test_the_emoji_to_react_with_and_a_reply_are_free_of_complaints(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    await bot.say(chat.channels["general"], "どう？")
    await chat.last.hover()
    await chat.last.get_by_role("button", name="リアクション").click()
    await expect(chat.page.locator(".emoji-panel")).to_be_visible()
    found = await violations(chat.page)
    await chat.press("Escape")
    await chat.last.hover()
    await chat.last.get_by_role("button", name="返信").click()
    await expect(chat.page.locator(".composer-context")).to_be_visible()
    assert found + await violations(chat.page) == []
