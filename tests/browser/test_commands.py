"""Slash commands on the page, by the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from conftest import OpenPage

    from tests.browser.chat_page import ChatPage
    from tests.browser.scripted_bot import ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

SUBCOMMAND, TEXT, WHOLE, BOOLEAN, USER = 1, 3, 4, 5, 6
MESSAGE, DEFERRED, CHOICES = 4, 5, 8
MANAGE_GUILD = str(1 << 5)


def option(kind: int, name: str, **rest: object) -> dict[str, object]:
    return {"type": kind, "name": name, "description": f"the {name}", **rest}


PLAY = {
    "name": "play",
    "description": "Play a song",
    "description_localizations": {"ja": "曲を再生します"},
    "options": [option(TEXT, "query", required=True, autocomplete=True), option(BOOLEAN, "next")],
}
CHAT = {
    "name": "chat",
    "name_localizations": {"ja": "チャット"},
    "description": "Talk",
    "options": [
        option(TEXT, "prompt", required=True, name_localizations={"ja": "内容"}),
        option(BOOLEAN, "private", name_localizations={"ja": "非公開"}),
    ],
}
TODAY = {"name": "Today", "name_localizations": {"ja": "今日"}, "value": "today"}
WEEK = {"name": "This week", "name_localizations": {"ja": "今週"}, "value": "week"}
NETSTATS = {
    "name": "netstats",
    "description": "Network statistics",
    "description_localizations": {"ja": "ネットワーク統計を表示"},
    "default_member_permissions": MANAGE_GUILD,
    "options": [option(TEXT, "period", name_localizations={"ja": "期間"}, choices=[TODAY, WEEK])],
}
VOLUME = {
    "name": "volume",
    "description": "Set the volume",
    "options": [option(WHOLE, "level", required=True, min_value=0, max_value=100), option(USER, "by")],
}
QUEUE = {
    "name": "queue",
    "description": "The queue",
    "options": [option(SUBCOMMAND, "show"), option(SUBCOMMAND, "clear")],
}


def given(options: list[dict[str, Any]]) -> dict[str, object]:
    return {entry["name"]: entry["value"] for entry in options}


async def test_the_picker_finds_a_command_and_shows_it_in_japanese(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, PLAY, NETSTATS, VOLUME, QUEUE)
    await chat.composer.click()
    await chat.type("/")
    labels = chat.popup.locator(".popup-label")
    await expect(labels).to_have_text(["/netstats", "/play", "/queue clear", "/queue show", "/volume"])
    await chat.type("net")
    await expect(labels).to_have_text(["/netstats"])
    await expect(chat.popup.locator(".popup-description")).to_have_text("ネットワーク統計を表示")
    await chat.press("Escape")
    await expect(chat.popup).to_have_count(0)


async def test_a_command_with_a_japanese_name_is_found_by_either(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, {**QUEUE, "options": [], "name_localizations": {"ja": "キュー"}})
    for typed in ("/キュ", "/que"):
        await chat.composer.fill(typed)
        await expect(chat.popup.locator(".popup-option")).to_contain_text(["/キュー"])
        await expect(chat.popup.locator(".popup-note")).to_have_text("/queue")
    await chat.press("Enter", "Enter")
    assert (await bot.interactions.get())["data"]["name"] == "queue"


async def test_arrows_and_enter_choose_command_and_choice(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, NETSTATS, PLAY)
    await chat.composer.click()
    await chat.type("/")
    await expect(chat.popup).to_be_visible()
    await chat.press("ArrowDown", "ArrowUp", "Enter")
    await expect(chat.page.locator(".command-name")).to_have_text("/netstats")
    await chat.press("Tab", "Enter")
    await expect(chat.popup.locator(".popup-label")).to_have_text(["今日", "今週"])
    await chat.type("今週")
    await chat.press("Tab", "Enter")
    interaction = await bot.interactions.get()
    assert interaction["data"]["name"] == "netstats"
    assert given(interaction["data"]["options"]) == {"period": "week"}
    assert interaction["locale"] == "ja"
    await expect(chat.composer).to_be_focused()


async def test_a_command_that_is_typed_straight_runs(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, PLAY)
    await chat.composer.click()
    await chat.type("/play 夜に駆ける - YOASOBI")
    await expect(chat.page.locator("[data-option=query]")).to_have_value("夜に駆ける - YOASOBI")
    await chat.press("Enter")
    while (interaction := await bot.interactions.get())["type"] != 2:
        await bot.answer(interaction, CHOICES, {"choices": []})
    assert given(interaction["data"]["options"]) == {"query": "夜に駆ける - YOASOBI"}
    await bot.answer(interaction, MESSAGE, {"content": "🎵 再生します"})
    await expect(chat.last.locator(".context")).to_contain_text("あなた が /play を使用")
    await expect(chat.last.locator(".content")).to_have_text("🎵 再生します")


async def test_a_pasted_command_with_named_options_is_understood(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, VOLUME)
    await chat.composer.fill("/volume by: @はる level: 40")
    await chat.press("Enter")
    options = given((await bot.interactions.get())["data"]["options"])
    assert options == {"level": 40, "by": chat.people["はる"]}


async def test_an_answer_is_headed_by_the_command_as_its_reader_calls_it(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    show = QUEUE["options"][0] | {"name_localizations": {"ja": "表示"}}
    await chat.learn(bot, QUEUE | {"name_localizations": {"ja": "キュー"}, "options": [show]})
    await chat.say("/queue show")
    await bot.answer(await bot.interactions.get(), MESSAGE, {"content": "空です"})
    await expect(chat.last.locator(".context")).to_contain_text("あなた が /キュー 表示 を使用")


async def test_a_full_width_slash_works_as_well(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, QUEUE)
    await chat.composer.fill("／queue show")
    await chat.press("Enter")
    data = (await bot.interactions.get())["data"]
    assert (data["name"], data["options"][0]["name"]) == ("queue", "show")


async def test_the_bots_suggestions_are_offered_but_free_text_stands(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    await chat.learn(bot, PLAY)
    await chat.composer.fill("/play ")
    await chat.type("夜")
    found = [{"name": "夜に駆ける", "value": "id-1"}, {"name": "夜咄ディセイブ", "value": "id-2"}]
    while (asked := await bot.interactions.get())["data"]["options"][0]["value"] != "夜":
        await bot.answer(asked, CHOICES, {"choices": []})
    await bot.answer(asked, CHOICES, {"choices": found})
    await expect(chat.popup.locator(".popup-label")).to_have_text(["夜に駆ける", "夜咄ディセイブ"])
    await expect(chat.popup.locator(".active")).to_have_count(0)
    await chat.press("ArrowDown", "ArrowDown", "Enter", "Enter")
    command = await bot.interactions.get()
    assert given(command["data"]["options"]) == {"query": "id-2"}


async def test_a_missing_or_impossible_value_is_pointed_out(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, VOLUME)
    await chat.composer.fill("/volume ")
    field, told = chat.page.locator("[data-option=level]"), chat.page.locator(".command-help .failed")
    await field.press("Enter")
    await expect(told).to_have_text("level を入力してください")
    await field.fill("101")
    await field.press("Enter")
    await expect(told).to_have_text("level の値を確かめてください")
    await field.fill("１００")
    await field.press("Enter")
    assert given((await bot.interactions.get())["data"]["options"]) == {"level": 100}


async def test_backspace_in_an_empty_command_goes_back_to_its_name(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, PLAY)
    await chat.composer.fill("/play ")
    await expect(chat.page.locator("[data-option=query]")).to_be_focused()
    await chat.press("Backspace")
    await expect(chat.composer).to_be_focused()
    await expect(chat.composer).to_have_value("/play")


async def test_a_deferred_answer_thinks_until_it_comes(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, NETSTATS)
    await chat.say("/netstats")
    interaction = await bot.interactions.get()
    await expect(chat.page.locator(".request")).to_contain_text("送信中")
    await bot.answer(interaction, DEFERRED)
    await expect(chat.last.locator(".thinking")).to_have_text("考え中")
    await expect(chat.page.locator(".request")).to_have_count(0)
    await bot.complete(interaction, {"embeds": [{"title": "📊 Network Stats"}]})
    await expect(chat.last.locator(".embed-title")).to_have_text("📊 Network Stats")
    await expect(chat.page.locator(".thinking")).to_have_count(0)


async def test_an_answer_for_me_alone_can_be_dismissed(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, QUEUE)
    await chat.say("/queue show")
    await bot.answer(await bot.interactions.get(), MESSAGE, {"content": "空です", "flags": 64})
    await expect(chat.last.locator(".only-you")).to_contain_text("あなただけに表示されています")
    await chat.page.locator(".person", has_text="はる").click()
    await expect(chat.messages).to_have_count(0)
    await chat.page.locator(".person", has_text="あなた").click()
    await chat.last.get_by_role("button", name="非表示にする").click()
    await expect(chat.messages).to_have_count(0)


async def test_an_answer_to_a_private_message_shows_what_it_answers(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, QUEUE)
    await chat.say("/queue show")
    button = {"type": 2, "style": 4, "label": "すべて削除", "custom_id": "delete"}
    first = await bot.interactions.get()
    data = {"content": "記録は 2 件です", "flags": 64, "components": [{"type": 1, "components": [button]}]}
    await bot.answer(first, MESSAGE, data)
    await chat.last.get_by_role("button", name="すべて削除").click()
    await bot.answer(await bot.interactions.get(), MESSAGE, {"content": "本当に？", "flags": 64})
    preview = chat.last.locator(".context")
    await expect(preview).to_have_text("Otonari記録は 2 件です")

    await bot.complete(first, {"content": "記録は 0 件です"})

    await expect(preview).to_have_text("Otonari記録は 0 件です")
    await chat.messages.first.get_by_role("button", name="非表示にする").click()
    await expect(preview).to_have_text("元のメッセージは削除されました")


async def test_the_answer_to_my_command_comes_into_view(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, QUEUE)
    for number in range(40):
        await bot.say(chat.channels["general"], f"話 {number}")
    await expect(chat.messages).to_have_count(40)
    await chat.page.locator(".scroller").evaluate("scroller => (scroller.scrollTop = 0)")
    await expect(chat.page.locator(".to-end")).to_be_visible()
    await chat.say("/queue show")
    await expect(chat.page.locator(".request")).to_be_in_viewport()
    await bot.answer(await bot.interactions.get(), MESSAGE, {"content": "空です\n" * 20})
    await expect(chat.last).to_contain_text("空です")
    await expect(chat.page.locator(".to-end")).to_be_hidden()
    await expect(chat.last.locator(".author")).to_be_in_viewport()


async def test_a_used_subcommand_is_called_as_the_picker_calls_it(chat: ChatPage, bot: ScriptedBot) -> None:
    save = option(SUBCOMMAND, "save", name_localizations={"ja": "保存"})
    playlist = {"name": "playlist", "description": "Playlists", "options": [save]}
    await chat.learn(bot, {**playlist, "name_localizations": {"ja": "プレイリスト"}})
    await chat.say("/playlist save")
    await bot.answer(await bot.interactions.get(), MESSAGE, {"content": "保存しました"})
    await expect(chat.last.locator(".context")).to_contain_text("あなた が /プレイリスト 保存 を使用")


async def test_an_option_that_was_asked_for_is_never_dropped_in_silence(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    await chat.learn(bot, CHAT)
    await chat.composer.click()
    await chat.type("/chat ひみつの話")
    await chat.press("Tab")
    await expect(chat.page.get_by_role("button", name="非公開 を追加")).to_be_focused()
    await expect(chat.page.locator(".command-help")).to_contain_text("the private")
    await chat.press("Enter")
    await expect(chat.popup.locator(".active")).to_have_text("はい")
    await chat.press("Escape", "Enter")
    await expect(chat.page.locator(".command-help .failed")).to_have_text("非公開 を入力してください")
    await chat.press("Enter", "Enter")
    assert given((await bot.interactions.get())["data"]["options"]) == {
        "prompt": "ひみつの話",
        "private": True,
    }


async def test_an_option_is_taken_back_with_backspace(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, CHAT)
    await chat.composer.fill("/chat みんなへ")
    await chat.page.get_by_role("button", name="非公開 を追加").click()
    await chat.press("Backspace")
    await expect(chat.page.locator("[data-option=prompt]")).to_be_focused()
    await expect(chat.page.locator("[data-option=private]")).to_have_count(0)
    await chat.press("Enter")
    assert given((await bot.interactions.get())["data"]["options"]) == {"prompt": "みんなへ"}


@pytest.mark.parametrize(
    "typed",
    [
        "/chat ひみつ private: true",
        "/チャット ひみつ 非公開:はい",
        "/チャット 非公開：はい 内容：ひみつ",
        "/chat prompt: ひみつ private: on",
    ],
)
async def test_an_option_is_named_in_either_language_and_after_the_text(
    chat: ChatPage, bot: ScriptedBot, typed: str
) -> None:
    await chat.learn(bot, CHAT)
    await chat.composer.fill(typed)
    await chat.press("Enter")
    assert given((await bot.interactions.get())["data"]["options"]) == {"prompt": "ひみつ", "private": True}


async def test_tab_takes_the_choice_that_is_lit_and_then_moves_on(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, NETSTATS)
    await chat.composer.click()
    await chat.type("/netstats")
    await chat.press("Tab", "Tab", "Enter", "ArrowDown", "Tab")
    field = chat.page.locator("[data-option=period]")
    await expect(field).to_have_value("今週")
    await chat.press("Tab")
    await expect(chat.page.get_by_role("button", name="送信")).to_be_focused()
    await chat.press("Shift+Tab")
    await expect(chat.popup.locator(".active")).to_have_text("今週")
    await chat.press("Tab", "Tab")
    await expect(field).to_have_value("今週")


async def test_a_command_for_administrators_alone_is_offered_to_nobody_else(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    await chat.learn(bot, {**PLAY, "default_member_permissions": "0"}, QUEUE)
    await chat.page.locator(".person", has_text="はる").click()
    await expect(chat.page.locator(".person.chosen")).to_contain_text("はる")
    await chat.composer.fill("/")
    await expect(chat.popup.locator(".popup-label")).to_have_text(["/queue clear", "/queue show"])


async def test_a_bot_that_does_not_answer_is_told_of(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, QUEUE)
    await chat.say("/queue clear")
    await bot.interactions.get()
    request = chat.page.locator(".request")
    await expect(request).to_contain_text("Otonari から応答がありませんでした")
    await request.get_by_role("button", name="非表示にする").click()
    await expect(request).to_have_count(0)


async def test_commands_are_offered_only_to_those_who_may_use_them(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, NETSTATS, PLAY)
    await chat.page.locator(".person", has_text="はる").click()
    await expect(chat.page.locator(".person.chosen")).to_contain_text("はる")
    await chat.composer.fill("/")
    await expect(chat.popup.locator(".popup-label")).to_have_text(["/play"])


async def test_commands_come_in_english_on_an_english_page(open_page: OpenPage, bot: ScriptedBot) -> None:
    chat = await open_page(locale="en-US")
    await chat.learn(bot, NETSTATS)
    await chat.composer.fill("/")
    await expect(chat.popup.locator(".popup-description")).to_have_text("Network statistics")
    await chat.composer.fill("/netstats this week")
    await chat.press("Enter")
    interaction = await bot.interactions.get()
    assert given(interaction["data"]["options"]) == {"period": "week"}
    assert interaction["locale"] == "en-US"


async def test_a_command_the_bot_has_not_registered_is_just_words(chat: ChatPage) -> None:
    await chat.composer.fill("/")
    await expect(chat.popup.locator(".popup-empty")).to_have_text("コマンドがまだ登録されていません")
    await chat.say("/shrug")
    await expect(chat.last.locator(".content")).to_have_text("/shrug")


async def test_the_play_example_takes_me_into_voice_first(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.learn(bot, PLAY)
    await chat.page.locator(".example").nth(1).click()
    await expect(chat.page.locator(".voice.mine")).to_contain_text("ラウンジ")
    interaction = await bot.interactions.get()
    assert given(interaction["data"]["options"]) == {"query": "夜に駆ける"}
