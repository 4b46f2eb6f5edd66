"""What /help says: what is switched on, for whom, with examples that work."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args
from unittest.mock import Mock

import pytest

from bot.chat.actions.phrases import understand
from bot.client import Bot
from bot.config import load_settings
from bot.discord_limits import MESSAGE_LENGTH
from bot.help.guide import help_text, welcome_text
from bot.notice_mark import MARK
from bot.texts import Language

LANGUAGES = get_args(Language)


def bot(*, chat: bool = True, music: bool = True, name: str = "Otonari", prefix: str = "!") -> Mock:
    settings = load_settings({"DISCORD_TOKEN": "x", "COMMAND_PREFIX": prefix}, Path("/nonexistent"))
    bot = Mock(
        spec=Bot, settings=settings, gemini=Mock() if chat else None, lavalink=Mock() if music else None
    )
    bot.user.display_name = name
    return bot


def examples(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chat", [True, False])
@pytest.mark.parametrize("music", [True, False])
def test_only_what_is_switched_on_is_offered(language: Language, chat: bool, music: bool) -> None:
    text = help_text(bot(chat=chat, music=music), language, in_guild=True, is_manager=False)

    assert ("💬" in text) == chat
    assert ("🎵" in text) == music
    assert "🛠️" not in text
    assert "🔐" in text
    greeting = welcome_text(bot(chat=chat, music=music), language)
    assert ("query:" in greeting or "曲:" in greeting) == music


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_direct_message_offers_no_music_and_managers_read_what_is_missing(language: Language) -> None:
    assert "🎵" not in help_text(bot(), language, in_guild=False, is_manager=False)
    text = help_text(bot(chat=False, music=False), language, in_guild=True, is_manager=True)
    assert "`GEMINI_API_KEY`" in text
    assert "`LAVALINK_NODES`" in text
    assert "`/dj`" not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["Otonari", "`*名*`\u202e" * 20])
def test_all_of_it_is_one_message(language: Language, name: str) -> None:
    text = help_text(bot(name=name, prefix="otonari!!"), language, in_guild=True, is_manager=True)

    assert len(MARK + text) <= MESSAGE_LENGTH
    assert text.replace("\\`", "").count("`") % 2 == 0
    assert "\u202e" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_to_the_bot_that_is_given_as_an_example_of_a_command_runs_it(
    language: Language,
) -> None:
    text = help_text(bot(), language, in_guild=True, is_manager=True)
    said = [
        example.removeprefix("@Otonari ") for example in examples(text) if example.startswith("@Otonari ")
    ]
    found = [request.name for request in map(understand, said) if request is not None]

    assert found == ["play", "skip", "netstats"]
    assert len(said) == 4, "the other one is for the model"
