"""What is made for which settings; nothing connects."""

from __future__ import annotations

from pathlib import Path

import pytest

import bot.main
from bot.client import Bot
from bot.config import SETTING_KEYS, Settings, load_settings
from bot.lavalink import NodePool, RestartRecovery
from bot.lyrics.lrclib import Lrclib
from bot.main import EXIT_BAD_SETTINGS, compose, main


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"DISCORD_TOKEN": "x", "SUPABASE_URL": "off", "DATA_DIR": str(tmp_path)}


def composed(environment: dict[str, str], **more: str) -> Bot:
    return compose(load_settings({**environment, **more}, Path("/nonexistent")))


async def test_lavalink_nodes_bring_music_that_is_recovered_after_a_restart(
    environment: dict[str, str],
) -> None:
    async with composed(environment, LAVALINK_NODES="http://:x@127.0.0.1:9") as bot:
        assert isinstance(bot.lavalink, NodePool)
        assert isinstance(bot.restart_recovery, RestartRecovery)


async def test_without_lavalink_nodes_there_is_no_music(environment: dict[str, str]) -> None:
    async with composed(environment) as bot:
        assert bot.lavalink is bot.restart_recovery is None


async def test_a_server_of_lyrics_is_asked_only_where_one_is_named(environment: dict[str, str]) -> None:
    async with composed(environment) as bot:
        assert bot.lyrics is None
    async with composed(environment, LYRICS_URL="https://lrclib.net/") as bot:
        assert isinstance(bot.lyrics, Lrclib)


async def test_a_bot_that_never_connected_saves_nothing_over_what_was_saved(
    environment: dict[str, str],
) -> None:
    async with composed(environment, LAVALINK_NODES="http://:x@127.0.0.1:9"):
        pass

    assert not (Path(environment["DATA_DIR"]) / "music.sqlite3").exists()


@pytest.fixture
def file(environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands in bot/.env, while the environment has none of the settings."""
    file = tmp_path / ".env"
    for key in (*SETTING_KEYS, "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    read, speak = bot.main.read_settings, bot.main.console_language
    monkeypatch.setattr(bot.main, "read_settings", lambda: read(None, file))
    monkeypatch.setattr(bot.main, "console_language", lambda: speak(None, file))
    monkeypatch.setattr(bot.main, "set_up_logging", lambda *_: None)
    monkeypatch.setattr(bot.main, "create_files_privately", lambda: None)  # would hold for the tests after
    monkeypatch.setattr(bot.main, "use_discord_endpoints", lambda _settings: None)
    return file


def test_names_that_are_no_settings_are_told_in_the_log_and_the_bot_starts(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file.write_text("DISCORD_TOKEN=x\nGEMINI_APIKEY=y\n", encoding="utf-16")
    ran: list[Settings] = []

    async def run(settings: Settings) -> None:
        ran.append(settings)

    monkeypatch.setattr(bot.main, "run", run)

    assert main() == 0
    assert [settings.discord_token for settings in ran] == ["x"]
    assert caplog.messages == ["⚠️ GEMINI_APIKEY: unknown, and ignored; did you mean GEMINI_API_KEY?"]


def test_bad_settings_end_it_with_a_line_each_in_the_language_of_the_console(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("BOT_TIMEZONE=Mars\nDISCORD_TOKEN=your_token\n", encoding="cp932")

    assert main() == EXIT_BAD_SETTINGS
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("Otonari を起動できません")
    assert [line.partition(":")[0].strip() for line in told[1:]] == ["DISCORD_TOKEN", "BOT_TIMEZONE"]
