"""What people show: files, forwarded messages, messages replied to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.chat import attachments
from bot.notice_mark import marked
from bot.texts import chat as texts
from sandbox.discord.uploads import Blobs
from sandbox.gemini.scripts import Script

if TYPE_CHECKING:
    from sandbox.gemini import GeminiStandIn

    from .conftest import ChatBot, People

    Json = dict[str, Any]

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def parts_of_last_turn(gemini: GeminiStandIn) -> list[Json]:
    return gemini.journal.entries[-1].contents[-1]["parts"]


@pytest.fixture(autouse=True)
def answer(gemini_stand_in: GeminiStandIn) -> None:
    gemini_stand_in.scripts.rules.append(Script(chunks=["見ました"]))


async def test_images_pdfs_audio_text_and_code_are_shown_to_the_model(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    files = {"cat.png": PNG, "a.pdf": b"%PDF-1.7", "voice.ogg": b"OggS", "main.py": b"print('a')"}

    await people.say("haru", "general", "@Otonari どう？", files=files)
    await people.until(lambda: people.finished("general"))

    *shown, code, said = parts_of_last_turn(gemini_stand_in)
    assert [part["inline_data"]["mime_type"] for part in shown] == [
        "image/png",
        "application/pdf",
        "audio/ogg",
    ]
    assert code == {"text": "main.py:\n\nprint('a')"}
    assert said == {
        "text": "はる: どう？\n[attachment: cat.png]\n[attachment: a.pdf]\n[attachment: voice.ogg]"
        "\n[attachment: main.py]"
    }


async def test_a_picture_without_words_is_a_question_too_and_is_still_known_later(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.say("haru", "general", "@Otonari", files={"cat.png": PNG})
    await people.until(lambda: people.finished("general"))
    await people.say("haru", "general", "@Otonari 何色？")
    await people.until(lambda: people.finished("general", 2))

    first, _answer, second = gemini_stand_in.journal.entries[-1].contents
    assert first["parts"][0]["inline_data"] == {"mime_type": "image/png", "bytes": len(PNG)}
    assert second["parts"] == [{"text": "はる: 何色？"}]


async def test_a_picture_is_still_known_after_a_restart(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    await people.say("haru", "general", "@Otonari", files={"cat.png": PNG})
    await people.until(lambda: people.finished("general"))
    await bot.reload_extension("bot.chat")

    await people.say("haru", "general", "@Otonari 何色？")
    await people.until(lambda: people.finished("general", 2))

    first = gemini_stand_in.journal.entries[-1].contents[0]
    assert first["parts"][0]["inline_data"] == {"mime_type": "image/png", "bytes": len(PNG)}


async def test_what_a_message_replied_to_shows_is_seen(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    theirs = await people.say("yuki", "general", "うちの猫", files={"cat.png": PNG, "cat.zip": b"PK"})

    await people.say("haru", "general", "@Otonari かわいい？", reply_to=theirs)
    await people.until(lambda: people.finished("general"))

    image, said = parts_of_last_turn(gemini_stand_in)
    assert image["inline_data"]["mime_type"] == "image/png"
    assert said["text"] == (
        "はる: > ユキ: うちの猫\n> [attachment: cat.png]\n> [attachment: cat.zip]\n\nかわいい？"
    )


async def test_a_forwarded_message_is_read_with_what_it_shows(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    origin = await people.say("yuki", "music", "昨日の写真です", files={"b.png": PNG})
    forwarded = await people.say("haru", "general", forward=origin)

    await people.say("haru", "general", "@Otonari これ何？", reply_to=forwarded)
    await people.until(lambda: people.finished("general"))

    image, said = parts_of_last_turn(gemini_stand_in)
    assert image["inline_data"]["mime_type"] == "image/png"
    assert "昨日の写真です" in said["text"]
    assert said["text"].endswith("これ何？")


async def test_a_card_of_components_is_read(
    people: People, gemini_stand_in: GeminiStandIn, bot: ChatBot
) -> None:
    class Card(discord.ui.LayoutView):
        box = discord.ui.Container[Any](discord.ui.TextDisplay("# Build 512 failed"))

    channel = bot.get_partial_messageable(int(people.channels["general"]))
    card = await channel.send(view=Card())

    await people.say("haru", "general", "@Otonari なぜ？", reply_to={"id": str(card.id)})
    await people.until(lambda: people.finished("general"))

    (said,) = parts_of_last_turn(gemini_stand_in)
    assert said["text"] == "はる: > Otonari: # Build 512 failed\n\nなぜ？"


async def test_a_file_that_no_model_reads_is_refused_by_name(
    people: People, gemini_stand_in: GeminiStandIn
) -> None:
    await people.say("haru", "general", "@Otonari 開いて", files={"a.zip": b"PK"})

    notice = await people.until(lambda: people.finished("general"))

    assert notice == [marked(texts.FILE_UNREADABLE_KIND.ja.format(name="a.zip"))]
    assert not gemini_stand_in.journal.entries


async def test_a_file_that_is_too_large_is_refused_with_its_limit(
    people: People, gemini_stand_in: GeminiStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = bytes(attachments.TEXT.limit + 1024)

    await people.say("haru", "general", "@Otonari 読んで", files={"log.txt": large})

    (notice,) = await people.until(lambda: people.finished("general"))
    refusal = texts.FILE_TOO_LARGE.ja.format(name="log.txt", size="257 KB", limit="256 KB")
    assert notice == marked(refusal)


async def test_a_text_of_an_older_encoding_is_read(people: People, gemini_stand_in: GeminiStandIn) -> None:
    await people.say("haru", "general", "@Otonari", files={"memo.txt": "お世話になります".encode("cp932")})
    await people.until(lambda: people.finished("general"))

    assert parts_of_last_turn(gemini_stand_in)[0] == {"text": "memo.txt:\n\nお世話になります"}


async def test_a_file_that_is_gone_is_named(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(_blobs: Blobs, _attachment_id: str) -> None:
        return None

    monkeypatch.setattr(Blobs, "load", load)

    await people.say("haru", "general", "@Otonari", files={"a.png": PNG})

    refusal = marked(texts.FILE_GONE.ja.format(name="a.png"))
    assert await people.until(lambda: people.finished("general")) == [refusal]
