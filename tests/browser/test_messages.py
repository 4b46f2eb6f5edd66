"""Messages on the page: what is shown, written, edited, answered and reacted to."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from conftest import OpenPage

    from tests.browser.chat_page import ChatPage
    from tests.browser.scripted_bot import ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


FIVE = [
    "@Otonari こんにちは",
    "/play 夜に駆ける",
    "@Otonari Lemon流して",
    "@Otonari 長い文章を書いて",
    "/netstats",
]


async def test_a_first_visitor_is_shown_five_things_to_try(chat: ChatPage) -> None:
    examples = chat.page.locator(".example code")
    await expect(examples).to_have_text(FIVE)
    await examples.first.click()
    await expect(chat.last).to_contain_text("@Otonari こんにちは")
    await expect(chat.last.locator(".mention")).to_have_text("@Otonari")


async def test_the_things_to_try_stay_where_the_channel_begins(chat: ChatPage, bot: ScriptedBot) -> None:
    await bot.say(chat.channels["general"], "はじめまして。招待ありがとうございます。")
    await chat.page.reload()
    await expect(chat.last).to_contain_text("はじめまして")
    await expect(chat.page.locator(".example code")).to_have_text(FIVE)


async def test_who_may_not_manage_the_server_is_offered_what_they_may_do(chat: ChatPage) -> None:
    await chat.page.locator(".person", has_text="はる").click()
    await expect(chat.page.locator(".example code")).to_have_text([*FIVE[:-1], "/privacy"])


async def test_a_direct_channel_offers_what_works_there(chat: ChatPage) -> None:
    await chat.page.get_by_role("button", name="Otonari").first.click()
    await expect(chat.page.locator(".example code")).to_have_text(
        ["こんにちは", "長い文章を書いて", "/privacy"]
    )


async def test_enter_sends_and_shift_enter_begins_a_line(chat: ChatPage) -> None:
    await chat.composer.click()
    await chat.type("一行目")
    await chat.press("Shift+Enter")
    await chat.type("二行目")
    await chat.press("Enter")
    await expect(chat.last.locator(".content")).to_have_text("一行目\n二行目")
    await expect(chat.composer).to_have_value("")
    assert await chat.messages.count() == 1


async def test_the_bots_message_comes_in_live_and_its_edit_is_marked(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    message = await bot.say(chat.channels["general"], "書いて")
    await expect(chat.last.locator(".content")).to_have_text("書いて")
    await expect(chat.last.locator(".tag")).to_have_text("BOT")
    path = f"/channels/{chat.channels['general']}/messages/{message['id']}"
    await bot.call("PATCH", path, {"content": "書いています"})
    await expect(chat.last.locator(".content")).to_have_text("書いています(編集済み)")
    await bot.call("DELETE", path)
    await expect(chat.messages).to_have_count(0)


async def test_a_completed_name_mentions_the_person(chat: ChatPage) -> None:
    await chat.composer.click()
    await chat.type("@は")
    await expect(chat.popup.locator(".popup-option")).to_have_text(["は@はるharu"])
    await chat.press("Tab")
    await expect(chat.composer).to_have_value("@はる ")
    await chat.type("おはよう `@はる`")
    await chat.press("Enter")
    await expect(chat.last).to_contain_text("おはよう")
    stored = next(iter(chat.discord.world.messages[chat.channels["general"]].values()))
    assert stored["content"] == f"<@{chat.people['はる']}> おはよう `@はる`"


async def test_a_message_that_mentions_me_stands_out(chat: ChatPage) -> None:
    await chat.person_says("はる", f"<@{chat.people['あなた']}> いますか", raw=True)
    await expect(chat.last).to_have_class(re.compile("mentioned"))


async def test_a_name_turns_nothing_around_it(chat: ChatPage, bot: ScriptedBot) -> None:
    world = chat.discord.world
    for username, name in (("haru", "abc\u202egnp\u2067"), ("yuki", "مرحبا")):
        (user,) = (user for user in world.users.values() if user["username"] == username)
        user["global_name"] = name
    await chat.visit()
    for person, shown in (("はる", "abcgnp"), ("ユキ", "\u2068مرحبا\u2069")):
        await chat.person_says(person, "やあ")
        await expect(chat.last.locator(".author")).to_have_text(shown)


async def test_hostile_text_is_only_text(chat: ChatPage, bot: ScriptedBot) -> None:
    evil = (
        '<img src=x onerror="window.broken = 1"> [x](javascript:window.broken=1) <script>broken = 1</script>'
    )
    embed = {
        "title": evil,
        "description": evil,
        "fields": [{"name": evil, "value": evil}],
        "footer": {"text": evil},
        "author": {"name": evil},
    }
    await bot.say(
        chat.channels["general"],
        evil,
        embeds=[embed],
        components=[
            {"type": 1, "components": [{"type": 2, "style": 1, "label": evil[:80], "custom_id": evil[:90]}]}
        ],
    )
    await expect(chat.last.locator(".content")).to_have_text(evil)
    assert await chat.last.locator("img, script").count() == 0
    assert await chat.last.locator("a").count() == 0
    assert await chat.page.evaluate("window.broken") is None


async def test_an_embed_shows_every_part(chat: ChatPage, bot: ScriptedBot) -> None:
    picture = f"{chat.discord.url}/avatars/{bot.id}.png"
    await bot.say(
        chat.channels["general"],
        embeds=[
            {
                "author": {"name": "作者", "url": "https://example.com/author", "icon_url": picture},
                "title": "題名",
                "url": "https://example.com/",
                "description": "**説明**",
                "color": 0x00FF88,
                "fields": [
                    {"name": "左", "value": "1", "inline": True},
                    {"name": "右", "value": "`2`", "inline": True},
                    {"name": "下", "value": "3"},
                ],
                "thumbnail": {"url": picture},
                "image": {"url": picture},
                "footer": {"text": "脚注"},
                "timestamp": "2026-07-31T00:00:00+00:00",
            }
        ],
    )
    embed = chat.last.locator(".embed")
    await expect(embed.locator(".embed-author a")).to_have_attribute("href", "https://example.com/author")
    await expect(embed.locator(".embed-title a")).to_have_text("題名")
    await expect(embed.locator(".embed-text strong")).to_have_text("説明")
    await expect(embed).to_have_css("--bar", "#00ff88")
    await expect(embed.locator(".embed-field-name")).to_have_text(["左", "右", "下"])
    tops = await embed.locator(".embed-field").evaluate_all(
        "fields => fields.map((field) => field.offsetTop)"
    )
    assert tops[0] == tops[1] < tops[2]
    await expect(embed.locator("img")).to_have_count(3)
    await expect(embed.locator(".embed-footer")).to_contain_text("脚注")
    await expect(embed.locator(".embed-footer time")).to_have_attribute(
        "datetime", "2026-07-31T00:00:00.000Z"
    )


async def test_a_reply_shows_what_it_answers_and_leads_there(chat: ChatPage) -> None:
    first = await chat.person_says("はる", "元の **話**")
    await chat.messages.first.hover()
    await chat.messages.first.get_by_role("button", name="返信").click()
    await expect(chat.page.locator(".composer-context")).to_have_text("はる に返信")
    await chat.say("返事です")
    await expect(chat.last.locator(".context")).to_have_text("ははる元の 話")
    stored = list(chat.discord.world.messages[chat.channels["general"]].values())[-1]
    assert stored["message_reference"]["message_id"] == first["id"]
    await chat.last.locator(".context").click()
    await expect(chat.messages.first).to_have_class(re.compile("lit"))


async def test_a_replys_preview_is_one_line_of_what_the_original_says_now(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    channel = chat.channels["general"]
    original = await bot.say(channel, "考えています")
    await bot.say(channel, "返事", message_reference={"message_id": original["id"]})
    preview = chat.last.locator(".context")
    await expect(preview).to_have_text("Otonari考えています")
    height = (await preview.bounding_box() or {})["height"]

    path = f"/channels/{channel}/messages/{original['id']}"
    await bot.call("PATCH", path, {"content": f"## 見出し\n```py\nprint(1)\n```\n> {'長い文 ' * 100}"})

    await expect(preview).to_contain_text("Otonari見出し print(1) 長い文 長い文")
    assert (await preview.bounding_box() or {})["height"] == height
    await bot.call("DELETE", path)
    await expect(preview).to_have_text("元のメッセージは削除されました")


async def test_the_up_arrow_edits_my_last_message(chat: ChatPage) -> None:
    await chat.say("@Otonari まちがい")
    await expect(chat.messages).to_have_count(1)
    await chat.press("ArrowUp")
    await expect(chat.composer).to_have_value("@Otonari まちがい")
    await chat.say("@Otonari なおした")
    await expect(chat.last.locator(".content")).to_have_text("@Otonari なおした(編集済み)")
    await expect(chat.last.locator(".mention")).to_have_count(1)


async def test_i_delete_my_own_message_and_nobody_elses(chat: ChatPage) -> None:
    await chat.person_says("はる", "残る")
    await chat.say("消える")
    await expect(chat.messages).to_have_count(2)
    await chat.messages.first.hover()
    await expect(chat.messages.first.get_by_role("button", name="削除")).to_have_count(0)
    await chat.last.hover()
    await chat.last.get_by_role("button", name="削除").click()
    await expect(chat.messages).to_have_count(1)


async def test_reactions_are_counted_and_toggled(chat: ChatPage) -> None:
    message = await chat.person_says("はる", "どう？")
    path = f"/channels/{chat.channels['general']}/messages/{message['id']}/reactions"
    await chat.post(path, {"user": chat.people["ユキ"], "emoji": "👍"})
    reaction = chat.last.locator(".reaction")
    await expect(reaction).to_have_text("👍1")
    await expect(reaction).to_have_attribute("aria-pressed", "false")
    await reaction.click()
    await expect(reaction).to_have_text("👍2")
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await reaction.click()
    await expect(reaction).to_have_text("👍1")
    await chat.last.hover()
    await chat.last.get_by_role("button", name="リアクション").click()
    await chat.page.locator(".emoji-panel button", has_text="🎉").click()
    await expect(chat.last.locator(".reaction")).to_have_text(["👍1", "🎉1"])


async def test_who_types_is_shown_until_they_have_said_it(chat: ChatPage, bot: ScriptedBot) -> None:
    await bot.call("POST", f"/channels/{chat.channels['general']}/typing")
    await expect(chat.page.locator(".typing")).to_have_text("Otonari が入力中…")
    await bot.say(chat.channels["general"], "はい")
    await expect(chat.page.locator(".typing")).to_be_empty()


async def test_a_picture_is_attached_and_shown(chat: ChatPage) -> None:
    await chat.page.locator(".composer input[type=file]").set_input_files(
        [
            {"name": "絵.png", "mimeType": "image/png", "buffer": base64.b64decode(PNG)},
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"},
        ]
    )
    await expect(chat.page.locator(".upload")).to_have_count(2)
    await chat.page.locator(".upload", has_text="notes.txt").get_by_role("button").click()
    await chat.say("見て")
    await expect(chat.last.locator(".attachment-image img")).to_have_js_property("naturalWidth", 1)
    await expect(chat.page.locator(".upload")).to_have_count(0)


async def test_a_picture_in_an_embed_is_shown_there_and_nowhere_else(
    chat: ChatPage, bot: ScriptedBot
) -> None:
    embed = {"title": "図", "image": {"url": "attachment://chart.png"}}
    await bot.show(chat.channels["general"], "chart.png", base64.b64decode(PNG), embed)
    await expect(chat.last.locator(".embed-image img")).to_have_js_property("naturalWidth", 1)
    await expect(chat.last.locator(".embed-image img")).to_be_visible()
    await expect(chat.last.locator(".attachments")).to_have_count(0)


async def test_a_file_is_offered_with_its_name_and_size(chat: ChatPage) -> None:
    files = [{"filename": "log.txt", "content_type": "text/plain", "data": "aGVsbG8="}]
    await chat.person_says("はる", "", attachments=files)
    await expect(chat.last.locator(".attachment-file")).to_have_text("log.txt5 B")


async def test_older_messages_are_loaded_on_the_way_up(chat: ChatPage, bot: ScriptedBot) -> None:
    channel = chat.channels["music"]
    for number in range(120):
        await bot.say(channel, f"話 {number}")
    await chat.page.locator(f"[data-channel='{channel}']").click()
    await expect(chat.last).to_contain_text("話 119")
    await expect(chat.messages).to_have_count(50)
    await expect(chat.last).to_be_in_viewport()
    for expected in (100, 120):
        await chat.page.locator(".scroller").evaluate("scroller => (scroller.scrollTop = 0)")
        await expect(chat.messages).to_have_count(expected)
    await expect(chat.page.locator(".welcome h2")).to_have_text("ようこそ、#music へ")
    await bot.say(channel, "新しい話")
    await expect(chat.page.locator(".to-end")).to_contain_text("新しいメッセージ")
    await chat.page.locator(".to-end").click()
    await expect(chat.last).to_be_in_viewport()


async def test_a_message_elsewhere_marks_its_channel(chat: ChatPage) -> None:
    await chat.person_says("はる", f"<@{chat.people['あなた']}>", channel="music", raw=True)
    entry = chat.page.locator(f"[data-channel='{chat.channels['music']}']")
    await expect(entry.locator(".badge")).to_have_text("1")
    await entry.click()
    await expect(entry.locator(".badge")).to_have_count(0)
    await expect(chat.last.locator(".mention.mine")).to_have_text("@あなた")


async def test_another_person_speaks_after_the_switch(chat: ChatPage) -> None:
    await chat.page.locator(".person", has_text="ユキ").click()
    await expect(chat.page.locator(".person.chosen")).to_contain_text("ユキ")
    await chat.say("ユキです")
    await expect(chat.last.locator(".author")).to_have_text("ユキ")
    await chat.page.reload()
    await expect(chat.page.locator(".person.chosen")).to_contain_text("ユキ")


async def test_a_direct_message_reaches_the_bot_alone(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.page.get_by_role("button", name="Otonari").first.click()
    await expect(chat.page.locator(".head h1")).to_have_text("Otonari")
    await chat.say("ないしょです")
    await expect(chat.last).to_contain_text("ないしょです")
    (direct,) = [channel for channel in chat.discord.world.channels.values() if channel["type"] == 1]
    await bot.say(direct["id"], "はい、ここだけの話ですね")
    await expect(chat.last).to_contain_text("ここだけの話")


async def test_a_message_that_is_too_long_is_not_sent(chat: ChatPage) -> None:
    await chat.composer.fill("あ" * 2003)
    await expect(chat.page.locator(".count-left")).to_have_text("-3")
    await chat.press("Enter")
    await expect(chat.page.get_by_role("button", name="送信")).to_be_disabled()
    await chat.composer.fill("あ" * 2000)
    await chat.press("Enter")
    await expect(chat.messages).to_have_count(1)


async def test_what_the_sandbox_refuses_is_told_and_stays_written(chat: ChatPage) -> None:
    await chat.page.route("**/messages", lambda route: route.fulfill(status=403, json={"error": "not here"}))
    await chat.say("だめ？")
    await expect(chat.page.locator(".toast")).to_have_text("うまくいきませんでした: not here")
    await expect(chat.composer).to_have_value("だめ？")
    assert len(chat.complaints) == 1
    assert "403" in chat.complaints.pop()


async def test_the_code_of_a_fence_is_copied(chat: ChatPage, bot: ScriptedBot) -> None:
    await chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await bot.say(chat.channels["general"], "```py\nprint('お隣')\n```")
    await chat.last.locator(".copy").click()
    await expect(chat.last.locator(".copy")).to_have_text("コピーしました")
    assert await chat.page.evaluate("navigator.clipboard.readText()") == "print('お隣')"


async def test_the_bots_absence_is_said(open_page: OpenPage) -> None:
    chat = await open_page()
    await expect(chat.page.locator(".bot-status")).to_have_text("Otonari オフライン")
    await expect(chat.page.locator(".composer-hint")).to_contain_text("オフライン")
