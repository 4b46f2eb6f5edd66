from __future__ import annotations

from unittest.mock import Mock

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.command_sync import CatalogueTranslator
from bot.localization import command_name, language_for, language_of, localised
from bot.texts import Text

TEXT = Text(ja="期間", en="Period")


@pytest.mark.parametrize(
    ("locale", "language"), [("ja", "ja"), ("en-US", "en"), ("fr", "en"), (discord.Locale.japanese, "ja")]
)
def test_japanese_readers_get_japanese_and_all_others_english(locale: discord.Locale, language: str) -> None:
    assert language_of(locale) == language


def test_an_interaction_is_answered_in_its_locale_and_a_prefix_command_in_the_bots_language() -> None:
    interaction = Mock(spec=discord.Interaction, locale=discord.Locale.british_english)
    assert language_for(interaction) == "en"
    slash = Mock(spec=commands.Context, interaction=interaction)
    assert language_for(slash) == "en"
    prefix = Mock(spec=commands.Context, interaction=None, bot=Mock())
    prefix.bot.settings.bot_language = "ja"
    assert language_for(prefix) == "ja"


async def translate(string: app_commands.locale_str, locale: discord.Locale) -> str | None:
    return await CatalogueTranslator().translate(string, locale, Mock())


async def test_a_description_is_japanese_by_default_and_english_in_every_other_locale() -> None:
    string = localised(TEXT)
    assert str(string) == "期間"
    assert await translate(string, discord.Locale.japanese) is None
    assert await translate(string, discord.Locale.french) == "Period"


async def test_a_command_keeps_its_name_everywhere_but_in_japanese() -> None:
    string = command_name("play", ja="再生")
    assert str(string) == "play"
    assert await translate(string, discord.Locale.japanese) == "再生"
    assert await translate(string, discord.Locale.american_english) is None


async def test_a_string_that_is_not_in_the_catalogue_stays_as_it_is() -> None:
    assert await translate(app_commands.locale_str("plain"), discord.Locale.japanese) is None
