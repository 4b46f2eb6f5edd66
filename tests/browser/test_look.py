"""How the page looks and moves: themes, languages, phones, contrast, voice and what plays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from sandbox.launcher import EMOJI_FONT

if TYPE_CHECKING:
    from conftest import OpenPage

    from tests.browser.chat_page import ChatPage
    from tests.browser.scripted_bot import ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRASTS = """(pairs) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = `var(${name})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  return pairs.map(([front, back]) => {
    const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  });
}"""
PAIRS = [
    (front, back)
    for front, backs in {
        "--ink": ("--surface", "--paper", "--raised", "--sunk", "--accent-soft"),
        "--ink-2": ("--surface", "--paper", "--raised", "--sunk"),
        "--ink-3": ("--surface", "--paper", "--raised"),
        "--accent": ("--surface", "--accent-soft"),
        "--accent-ink": ("--accent",),
        "--link": ("--surface", "--sunk"),
        "--green": ("--surface", "--paper"),
        "--red": ("--surface", "--raised"),
    }.items()
    for back in backs
]
WCAG_AA = 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_is_readable_in_both_themes(open_page: OpenPage, scheme: str) -> None:
    chat = await open_page(scheme=scheme)
    ratios = await chat.page.evaluate(CONTRASTS, PAIRS)
    faint = {pair: round(ratio, 2) for pair, ratio in zip(PAIRS, ratios, strict=True) if ratio < WCAG_AA}
    assert faint == {}


async def test_the_theme_follows_the_system_until_it_is_chosen(open_page: OpenPage) -> None:
    chat = await open_page(scheme="dark")
    root = chat.page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await chat.page.emulate_media(color_scheme="light")
    await expect(root).to_have_attribute("data-theme", "light")
    await chat.page.get_by_role("button", name="明るい・暗いを切り替え").click()
    await chat.page.reload()
    await expect(root).to_have_attribute("data-theme", "dark")


async def test_the_language_follows_the_browser_and_can_be_switched(
    open_page: OpenPage, bot: ScriptedBot
) -> None:
    chat = await open_page(locale="en-US")
    await bot.say(chat.channels["general"], "hello")
    await expect(chat.composer).to_have_attribute("placeholder", "Message #general")
    await chat.page.get_by_role("button", name="日本語に切り替え").click()
    await expect(chat.composer).to_have_attribute("placeholder", "#general へメッセージを送信")
    await expect(chat.page.locator("html")).to_have_attribute("lang", "ja")
    await expect(chat.last.locator(".content")).to_have_text("hello")


async def test_a_phone_has_room_for_everything(open_page: OpenPage, bot: ScriptedBot) -> None:
    chat = await open_page(width=390, height=844)
    await bot.say(
        chat.channels["general"],
        f"{'長' * 200} {'x' * 300} https://example.com/{'y' * 200}\n```\n{'z' * 300}\n```",
        embeds=[{"title": "t" * 200, "fields": [{"name": "n" * 60, "value": "v" * 100, "inline": True}] * 3}],
    )
    await expect(chat.last.locator(".embed")).to_be_visible()
    overflow = await chat.page.evaluate(
        """[document.documentElement, document.querySelector(".scroller")]
          .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)"""
    )
    assert overflow == [0, 0]
    sidebar = chat.page.locator(".sidebar")
    await expect(sidebar).to_be_hidden()
    await chat.page.get_by_role("button", name="チャンネル一覧を開く").click()
    await expect(sidebar).to_be_visible()
    await chat.page.locator(f"[data-channel='{chat.channels['music']}']").click()
    await expect(sidebar).to_be_hidden()
    await expect(chat.page.locator(".head h1")).to_have_text("music")


DRAWN = """async (text) => {
  await document.fonts.load('40px "Otonari Emoji"', text);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.font = `40px ${getComputedStyle(document.body).fontFamily}`;
  canvas.fillText(text, 0, 60);
  const { data } = canvas.getImageData(0, 0, 80, 80);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4)
    if (data[at + 3] > 200) colours.add(data.slice(at, at + 3).join());
  return colours.size;
}"""


@pytest.mark.skipif(not EMOJI_FONT.exists(), reason="the sandbox's npm packages are not installed")
async def test_emoji_are_drawn_in_colour_where_the_system_has_no_font_for_them(chat: ChatPage) -> None:
    colours = {emoji: await chat.page.evaluate(DRAWN, emoji) for emoji in "🎵⏭📊🗑✨✂"}
    assert {emoji: count for emoji, count in colours.items() if count < 2} == {}


async def test_the_page_says_what_is_not_real(open_page: OpenPage, stand_ins: list[str]) -> None:
    for width in (1280, 390):
        chat = await open_page(width=width)
        badge = chat.page.locator(".stand-ins")
        await expect(badge).to_be_in_viewport(ratio=1)
        await expect(badge).to_have_text("お試し用：Geminiは代役、曲は代わりの音楽")
        await expect(badge).to_have_attribute("title", re.compile("GEMINI_API_KEY"))
    stand_ins.remove("gemini")
    await chat.page.reload()
    await expect(badge).to_have_text("お試し用：曲は代わりの音楽")


async def test_the_page_says_who_manages_the_server(chat: ChatPage) -> None:
    standing = chat.page.locator(".people .standing")
    await expect(standing).to_have_text("サーバー管理者")
    await expect(chat.page.get_by_role("radio", name="あなた（サーバー管理者）")).to_be_checked()
    await expect(chat.page.locator(".person .icon-crown")).to_have_count(1)
    await chat.page.locator(".person", has_text="はる").click()
    await expect(standing).to_have_text("メンバー")
    path = f"/guilds/{chat.guild}/roles"
    manager = await chat.post(path, {"name": "世話役", "permissions": str(1 << 5)})
    member = {"roles": [manager["id"]]}
    await chat.page.request.patch(
        f"{chat.discord.url}/sandbox/guilds/{chat.guild}/members/{chat.people['はる']}", data=member
    )
    await expect(standing).to_have_text("サーバー管理者")
    await expect(chat.page.locator(".person .icon-crown")).to_have_count(2)


async def test_a_click_joins_and_leaves_voice(chat: ChatPage) -> None:
    lounge, workroom = (chat.channels[name] for name in ("ラウンジ", "作業部屋"))
    await chat.page.locator(f"[data-voice='{lounge}']").click()
    await expect(chat.page.locator(".present li")).to_have_text(["ああなた"])
    await chat.page.get_by_role("button", name="ミュート").click()
    await expect(chat.page.locator(".present .silent")).to_be_visible()
    await chat.page.locator(f"[data-voice='{workroom}']").click()
    await expect(chat.page.locator(".voice-bar")).to_contain_text("作業部屋")
    assert [state["channel_id"] for state in chat.discord.world.voice_states.values()] == [workroom]
    await chat.page.get_by_role("button", name="退出", exact=True).click()
    await expect(chat.page.locator(".present li")).to_have_count(0)


async def test_what_plays_is_shown_with_its_progress(chat: ChatPage, bot: ScriptedBot) -> None:
    await bot.join(chat.guild, chat.channels["ラウンジ"])
    await expect(chat.page.locator(".present li")).to_contain_text(["Otonari"])
    player = {
        "guild_id": chat.guild,
        "channel_id": chat.channels["ラウンジ"],
        "title": "夜に駆ける",
        "author": "YOASOBI",
        "artwork_url": None,
        "position_ms": 83_000,
        "length_ms": 261_000,
        "paused": True,
        "volume": 60,
    }
    chat.discord.core.events.add("player_update", player)
    shown = chat.page.locator(".sidebar .player")
    await expect(shown.locator(".player-title")).to_have_text("夜に駆ける")
    await expect(shown.locator(".player-author")).to_have_text("一時停止中 · YOASOBI")
    await expect(shown.locator(".player-times")).to_have_text("1:234:21")
    chat.discord.core.events.add("player_update", player | {"paused": False})
    await expect(shown.locator(".position")).not_to_have_text("1:23")
    chat.discord.core.events.add("player_update", player | {"title": None, "author": None, "length_ms": None})
    await expect(shown).to_have_count(0)


async def test_arrows_walk_through_messages_and_tab_reaches_their_buttons(chat: ChatPage) -> None:
    for number in range(3):
        await chat.person_says("はる", f"話 {number}")
    await expect(chat.messages).to_have_count(3)
    await chat.page.locator(".scroller").focus()
    await chat.press("ArrowUp", "ArrowUp")
    await expect(chat.messages.nth(1)).to_be_focused()
    await chat.press("Tab")
    await expect(chat.messages.nth(1).get_by_role("button", name="リアクション")).to_be_focused()


async def test_alt_and_an_arrow_change_the_channel(chat: ChatPage) -> None:
    await chat.composer.press("Alt+ArrowDown")
    await expect(chat.page.locator(".head h1")).to_have_text("music")
    await chat.composer.press("Alt+ArrowUp")
    await expect(chat.page.locator(".head h1")).to_have_text("general")


async def test_the_page_asks_nobody_but_the_sandbox(chat: ChatPage) -> None:
    await chat.page.reload()
    await expect(chat.composer).to_be_visible()
    hosts = await chat.page.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin)"
    )
    assert set(hosts) == {chat.discord.url}
