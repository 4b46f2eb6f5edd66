"""What the documents promise is what the code has: every setting, every command, every make target."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from unittest.mock import AsyncMock, Mock, create_autospec

import discord
import pytest
from discord import app_commands
from discord.ext import commands
from dotenv import dotenv_values

from bot.client import EXTENSIONS, Bot
from bot.command_sync import ShownCommand, shown_commands
from bot.config import SETTING_KEYS, Settings, load_settings
from bot.netstats.answer import NetstatsAnswer
from bot.storage.state import State
from bot.supabase_client import SupabaseClient
from bot.telemetry.schema_version import REQUIRED_VERSION, explain_version
from bot.texts import Language, Text
from bot.texts import music as music_texts
from bot.texts import settings as settings_texts
from bot.texts import telemetry as telemetry_texts
from bot.texts.console import JAPANESE
from tests.unit.texts.test_texts import catalogue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.ja.md")
EXAMPLE = dotenv_values(ROOT / "bot" / ".env.example")
LEFT_EMPTY = {"CHAT_USER_TOKENS_PER_DAY", "CHAT_USER_STORED_CHARACTERS_PER_DAY"}
"""Whoever copied the example follows these defaults when they change."""
DEFAULTS = {
    setting.name.upper(): setting.metadata["default"]
    for setting in fields(Settings)
    if "default" in setting.metadata
}


def readme(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table_rows(text: str, key: str) -> list[str]:
    return [line for line in text.splitlines() if re.match(rf"\| `{re.escape(key)}`", line)]


def test_the_example_has_every_setting_and_no_other() -> None:
    assert set(EXAMPLE) == set(SETTING_KEYS)


@pytest.mark.parametrize("key", SETTING_KEYS)
def test_the_example_shows_each_setting_with_its_default_and_an_explanation(key: str) -> None:
    text = (ROOT / "bot" / ".env.example").read_text(encoding="utf-8")
    before = text[: text.index(f"\n{key}=")].rsplit("\n\n", 1)[-1]
    assert "#" in before
    if key in LEFT_EMPTY:
        assert EXAMPLE[key] == ""
        assert f"empty: {int(DEFAULTS[key]):,}" in before
    else:
        assert (EXAMPLE[key] or None) == DEFAULTS.get(key)


def test_the_example_is_complete_but_for_the_token() -> None:
    load_settings({"DISCORD_TOKEN": "token"}, ROOT / "bot" / ".env.example")


@pytest.mark.parametrize("name", READMES)
@pytest.mark.parametrize("key", SETTING_KEYS)
def test_every_setting_is_in_both_readmes(key: str, name: str) -> None:
    (row,) = table_rows(readme(name), key)
    if key in DEFAULTS:
        assert f"`{DEFAULTS[key]}`" in row


def qualified_names(
    found: Iterator[app_commands.Command | app_commands.Group | app_commands.ContextMenu],
) -> Iterator[str]:
    for command in found:
        if isinstance(command, app_commands.Group):
            yield from qualified_names(iter(command.commands))
        elif isinstance(command, app_commands.Command):
            yield command.qualified_name


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    settings = load_settings({"DISCORD_TOKEN": "token", "DATA_DIR": str(tmp_path)}, Path("/nonexistent"))
    bot = Bot(settings)
    bot.state = State(tmp_path / "otonari.sqlite3")
    bot.supabase_client = create_autospec(SupabaseClient, instance=True)
    bot.netstats = NetstatsAnswer(bot.supabase_client, bot.settings)
    bot.gemini = bot.lavalink = None
    async with bot:
        for extension in EXTENSIONS:
            await bot.load_extension(extension)
        yield bot
        for extension in EXTENSIONS:
            await bot.unload_extension(extension)


@pytest.mark.parametrize("name", READMES)
async def test_every_command_is_in_both_readmes(bot: Bot, name: str) -> None:
    text = readme(name)
    names = list(qualified_names(iter(bot.tree.get_commands())))
    assert len(names) > 10
    assert [command for command in names if f"`/{command}" not in text] == []


@pytest.fixture
async def shown(bot: Bot) -> dict[str, ShownCommand]:
    return await shown_commands(bot.tree.get_commands(), bot.tree)


async def test_the_readmes_call_and_describe_each_command_as_discord_does(
    shown: dict[str, ShownCommand],
) -> None:
    for name, command in shown.items():
        ja, en = (
            re.findall(rf"^\| `/{name}[` ].*$", readme(file), re.MULTILINE)
            for file in ("README.ja.md", "README.md")
        )
        assert any(f"| `/{command.name.ja}` | {command.description.ja} |" in row for row in ja), name
        assert any(f"| {command.description.en} |" in row for row in en), name
        for row in (*ja[:1], *en[:1]):
            assert ("🔒" in row) == command.for_managers, row


async def test_every_command_describes_itself_politely_in_japanese(shown: dict[str, ShownCommand]) -> None:
    for command in shown.values():
        description = command.description.ja
        polite = re.search(r"(?:ます|です|ください)(?:$|（)", description)
        assert polite or description == "ネットワーク統計を表示", description


async def test_the_texts_call_each_command_as_its_reader_sees_it(shown: dict[str, ShownCommand]) -> None:
    mentioned = 0
    for name, text in catalogue():
        for language in get_args(Language):
            names = {command.name(language) for command in shown.values()}
            for called in re.findall(r"`/([^`<\[ ][^`<\[]*?)(?: [<\[].*)?`", text(language)):
                mentioned += 1
                assert any(f"{called} ".startswith(f"{known} ") for known in names), (name, called)
    assert mentioned >= 10


async def test_a_failed_command_is_called_as_its_user_sees_it(bot: Bot) -> None:
    command = bot.tree.get_command("playlist").get_command("save")
    response = Mock(is_done=Mock(return_value=False), send_message=AsyncMock())
    handler = bot.get_cog("ErrorHandler")
    for locale, usage in (
        ("ja", "/プレイリスト 保存"),
        ("fr", "/playlist save"),
    ):
        failed = Mock(spec=discord.Interaction, command=command, locale=locale, response=response)
        await handler.on_app_command_error(failed, commands.BadArgument("x"))
        assert f"`{usage}`" in response.send_message.await_args.args[0]


def test_the_japanese_readme_and_texts_write_bot_in_katakana() -> None:
    # Not names of others, nor the page "Bot" of the Developer Portal.
    latin = re.compile(r"(?<![\w*-])(?<!→ )Bot(?![\w*])", re.ASCII)

    assert [line for line in readme("README.ja.md").splitlines() if latin.search(line)] == []
    assert [name for name, text in catalogue() if latin.search(text.ja)] == []


@pytest.mark.parametrize("name", READMES)
def test_the_readmes_name_only_make_targets_that_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", readme(name), re.MULTILINE))
    assert {"demo", "run", "test", "lint", "smoke"} <= named
    assert named <= targets


@pytest.mark.parametrize(("name", "hint"), [("README.md", "first"), ("README.ja.md", "先に")])
def test_both_readmes_say_that_one_joins_voice_before_play(name: str, hint: str) -> None:
    (shown,) = re.findall(r"^/play .*[(（](.*)[)）]$", readme(name), re.MULTILINE)
    assert "ラウンジ" in shown
    assert hint in shown
    assert "let it" not in shown


@pytest.mark.parametrize("name", READMES)
def test_every_file_that_a_readme_shows_is_there(name: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", readme(name)):
        assert (ROOT / target).exists(), target


ROOMS = sorted(path.parent.name for path in (ROOT / "bot").glob("*/__init__.py"))
FOOT = sorted(path.stem for path in (ROOT / "bot").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("name", READMES)
@pytest.mark.parametrize("room", ROOMS)
def test_every_folder_of_the_bot_is_in_the_readmes_picture(room: str, name: str) -> None:
    assert f"{room}/" in readme(name)


@pytest.mark.parametrize("room", ROOMS)
def test_contributing_says_what_is_in_every_folder_of_the_bot(room: str) -> None:
    assert f"`bot/{room}/`" in readme("CONTRIBUTING.md")


@pytest.mark.parametrize("module", FOOT)
def test_contributing_says_where_every_module_outside_the_folders_belongs(module: str) -> None:
    text = readme("CONTRIBUTING.md")
    assert f"`bot/{module}.py`" in text or f"`{module}`" in text


TOLD = [
    (
        settings_texts.CANNOT_START,
        "Otonari を起動できません",
        "Otonari cannot start; please correct these settings",
    ),
    (settings_texts.TOKEN_REFUSED, "Discord に受け付けられません", "is not accepted by Discord"),
    (
        settings_texts.INTENT_MISSING,
        "Message Content Intent が無効です",
        "without the Message Content Intent",
    ),
    (music_texts.NO_NODE, "音楽サーバーにつながっていません", "No music server can be reached"),
    (settings_texts.DATA_DIR_TAKEN, "別の Otonari が", "another Otonari is running with"),
    (settings_texts.UNKNOWN_NEAR, "という設定はありません", "unknown, and ignored; did you mean"),
    (
        telemetry_texts.PUBLISHABLE_KEY,
        "SUPABASE_KEY は publishable キーです",
        "SUPABASE_KEY is the publishable key",
    ),
    (telemetry_texts.PAUSED, "プロジェクトが一時停止しています", "the project is paused"),
    (telemetry_texts.NAMELESS, "この名前のプロジェクトが見つかりません", "there is no project of this name"),
    (
        explain_version(REQUIRED_VERSION - 1),
        f"バージョンは {REQUIRED_VERSION - 1} ですが、このボットには {REQUIRED_VERSION} が必要です",
        f"your database has version {REQUIRED_VERSION - 1}, this bot needs {REQUIRED_VERSION}",
    ),
    *(
        (Text(ja=ja, en=en), words_ja, words_en)
        for en, ja in JAPANESE.items()
        for words_ja, words_en in (
            ("Discord に接続できません", "Discord cannot be reached"),
            ("の1行が拒まれたので、別に保管します", "Supabase refuses one row"),
            ("を使えません", "cannot be used"),
            ("直るまで記録を送らずに保管します", "is held back"),
            (" につながりません", "is out of reach"),
            ("にパスワードを拒まれました", "refuses the password"),
            ("通信量に数えるネットワークインターフェースがありません", "No network interface counts: "),
        )
        if words_en in en and words_ja in ja
    ),
]


@pytest.mark.parametrize("name", READMES)
@pytest.mark.parametrize(("text", "ja", "en"), TOLD)
def test_the_tables_of_faults_quote_what_is_said_in_both_languages(
    text: Text, ja: str, en: str, name: str
) -> None:
    assert ja in text.ja
    assert en in text.en
    assert ja in readme(name)
    assert en in readme(name)
