"""Buttons, selects and modals on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from tests.browser.chat_page import ChatPage
    from tests.browser.scripted_bot import ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROW, BUTTON, SELECT, INPUT, USER_SELECT, LABEL = 1, 2, 3, 4, 5, 18
MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL = 4, 6, 7, 9


def row(*components: dict[str, object]) -> dict[str, object]:
    return {"type": ROW, "components": list(components)}


def button(label: str, style: int = 1, **rest: object) -> dict[str, object]:
    identity = {} if style == 5 else {"custom_id": label}
    return {"type": BUTTON, "style": style, "label": label, **identity, **rest}


OPTIONS = [{"label": f"曲 {number}", "value": str(number), "description": "歌"} for number in range(1, 4)]


async def test_every_style_of_button_is_shown(chat: ChatPage, bot: ScriptedBot) -> None:
    buttons = [button(str(style), style) for style in range(1, 5)]
    link = button("外へ", 5, url="https://example.com/")
    await bot.say(
        chat.channels["general"], "?", components=[row(*buttons), row(button("不可", disabled=True), link)]
    )
    shown = chat.last.locator(".button")
    classes = await shown.evaluate_all("all => all.map((one) => one.classList[1])")
    assert classes == ["primary", "secondary", "success", "danger", "primary", "link"]
    await expect(shown.nth(4)).to_be_disabled()
    await expect(shown.nth(5)).to_have_attribute("href", "https://example.com/")


async def test_a_clicked_button_waits_and_the_message_changes(chat: ChatPage, bot: ScriptedBot) -> None:
    await bot.say(chat.channels["general"], "再生中", components=[row(button("止める"))])
    pressed = chat.last.locator("[data-component='止める']")
    await pressed.focus()
    await pressed.press("Enter")
    await expect(pressed).to_have_attribute("aria-busy", "true")
    interaction = await bot.interactions.get()
    assert interaction["data"]["custom_id"] == "止める"
    await bot.answer(
        interaction, UPDATE, {"content": "停止中", "components": [row(button("止める", disabled=True))]}
    )
    await expect(chat.last.locator(".content")).to_contain_text("停止中")
    await expect(pressed).to_be_disabled()
    await expect(pressed).not_to_have_attribute("aria-busy", "true")


async def test_a_click_without_an_answer_is_told_of_and_can_be_tried_again(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    await bot.say(chat.channels["general"], "?", components=[row(button("押す"))])
    pressed = chat.last.locator("[data-component='押す']")
    await pressed.click()
    await bot.interactions.get()
    await expect(chat.last.locator(".failed")).to_have_text("Otonari から応答がありませんでした")
    await pressed.click()
    await bot.answer(await bot.interactions.get(), DEFERRED_UPDATE)
    await expect(chat.last.locator(".failed")).to_have_count(0)


async def test_one_value_is_selected_by_the_keyboard(chat: ChatPage, bot: ScriptedBot) -> None:
    menu = {"type": SELECT, "custom_id": "song", "placeholder": "曲を選ぶ", "options": OPTIONS}
    await bot.say(chat.channels["general"], "?", components=[row(menu)])
    select = chat.last.locator(".select")
    await expect(select).to_have_text("曲を選ぶ")
    await select.press("ArrowDown")
    await chat.press("ArrowDown", "Enter")
    interaction = await bot.interactions.get()
    assert interaction["data"]["values"] == ["2"]


async def test_several_values_are_selected_before_they_are_sent(chat: ChatPage, bot: ScriptedBot) -> None:
    menu = {"type": SELECT, "custom_id": "songs", "max_values": 3, "options": OPTIONS}
    await bot.say(chat.channels["general"], "?", components=[row(menu)])
    select = chat.last.locator(".select")
    await select.click()
    for label in ("曲 1", "曲 3"):
        await chat.popup.locator(".popup-option", has_text=label).click()
    await expect(select).to_have_text("曲 1、曲 3")
    assert bot.interactions.empty()
    await select.click()
    assert (await bot.interactions.get())["data"]["values"] == ["1", "3"]


async def test_a_person_is_selected(chat: ChatPage, bot: ScriptedBot) -> None:
    await bot.say(chat.channels["general"], "?", components=[row({"type": USER_SELECT, "custom_id": "who"})])
    await chat.last.locator(".select").click()
    await chat.popup.locator(".popup-option", has_text="@ユキ").click()
    assert (await bot.interactions.get())["data"]["values"] == [chat.people["ユキ"]]


async def test_a_modal_is_filled_in_and_sent(chat: ChatPage, bot: ScriptedBot) -> None:
    await bot.say(chat.channels["general"], "?", components=[row(button("意見"))])
    await chat.last.locator(".button").click()
    fields = [
        row({"type": INPUT, "custom_id": "title", "style": 1, "label": "題", "max_length": 5}),
        {
            "type": LABEL,
            "label": "本文",
            "description": "くわしく",
            "component": {"type": INPUT, "custom_id": "text", "style": 2, "required": False},
        },
    ]
    modal = {"title": "ご意見", "custom_id": "opinion", "components": fields}
    await bot.answer(await bot.interactions.get(), MODAL, modal)
    dialog = chat.page.get_by_role("dialog", name="ご意見")
    await expect(dialog).to_be_visible()
    await dialog.locator("[name=title]").fill("よい")
    await dialog.locator("[name=text]").fill("とても\nよい")
    await dialog.get_by_role("button", name="送信").click()
    submitted = await bot.interactions.get()
    assert submitted["data"]["custom_id"] == "opinion"
    values = [entry.get("component") or entry["components"][0] for entry in submitted["data"]["components"]]
    assert [value["value"] for value in values] == ["よい", "とても\nよい"]
    await expect(dialog).to_have_count(0)
    await bot.answer(submitted, MESSAGE, {"content": "ありがとうございます"})
    await expect(chat.last.locator(".content")).to_have_text("ありがとうございます")


async def test_a_modal_is_cancelled_with_escape(chat: ChatPage, bot: ScriptedBot) -> None:
    await bot.say(chat.channels["general"], "?", components=[row(button("意見"))])
    await chat.last.locator(".button").click()
    fields = [row({"type": INPUT, "custom_id": "title", "style": 1, "label": "題"})]
    await bot.answer(
        await bot.interactions.get(), MODAL, {"title": "題", "custom_id": "m", "components": fields}
    )
    await expect(chat.page.locator("dialog")).to_be_visible()
    await chat.press("Escape")
    await expect(chat.page.locator("dialog")).to_have_count(0)


async def test_the_new_components_are_shown(chat: ChatPage, bot: ScriptedBot) -> None:
    picture = f"{chat.discord.url}/avatars/{bot.id}.png"
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "## 再生中\n**夜に駆ける**"}],
        "accessory": {"type": 11, "media": {"url": picture}},
    }
    container = {
        "type": 17,
        "accent_color": 0xF08A5D,
        "components": [section, {"type": 14}, row(button("次"))],
    }
    await bot.say(chat.channels["general"], flags=1 << 15, components=[container])
    shown = chat.last.locator(".container")
    await expect(shown.locator("h4")).to_have_text("再生中")
    await expect(shown.locator("img")).to_have_count(1)
    await expect(shown.locator(".button")).to_have_text("次")
