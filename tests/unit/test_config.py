from __future__ import annotations

import locale
from pathlib import Path

import pytest

from bot.config import (
    SETTING_KEYS,
    ConfigError,
    LavalinkNode,
    Settings,
    console_language,
    load_settings,
    read_settings,
)

NO_FILE = Path("/nonexistent/.env")


def load(**environ: str) -> Settings:
    return load_settings({"DISCORD_TOKEN": "token", **environ}, NO_FILE)


def test_only_the_discord_token_is_required() -> None:
    settings = load()
    assert settings.discord_token == "token"
    assert settings.gemini_api_key is None
    assert settings.lavalink_nodes is None
    assert settings.supabase_enabled is False
    assert settings.bot_timezone.key == "Asia/Tokyo"


def test_network_interfaces_are_names_as_the_system_has_them() -> None:
    assert load(NETWORK_INTERFACES=" eth0,wlan*, Ethernet 2 ,,eth0").network_interfaces == (
        "eth0",
        "wlan*",
        "Ethernet 2",
    )
    assert load().network_interfaces == ()


def test_every_fault_is_reported_at_once_by_key() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(
            {
                "BOT_TIMEZONE": "Mars/Olympus",
                "BOT_LANGUAGE": "fr",
                "CHAT_CHANNEL_IDS": "general",
                "CHAT_BOT_IDS": "robot",
                "CHAT_QUESTIONS_PER_MINUTE": "-1",
                "CHAT_USER_TOKENS_PER_DAY": "1e6",
                "GEMINI_MODELS": "gemini-a, not a name",
                "LAVALINK_NODES": "localhost:2333",
                "SUPABASE_URL": "project.supabase.co",
                "GEMINI_API_ENDPOINT": "https://example.com",
                "SHARD_COUNT": "0",
                "LOG_LEVEL": "LOUD",
                "BOT_ID": "a b",
            },
            NO_FILE,
        )
    assert set(caught.value.problems) == {
        "DISCORD_TOKEN",
        "BOT_TIMEZONE",
        "BOT_LANGUAGE",
        "CHAT_CHANNEL_IDS",
        "CHAT_BOT_IDS",
        "CHAT_QUESTIONS_PER_MINUTE",
        "CHAT_USER_TOKENS_PER_DAY",
        "GEMINI_MODELS",
        "LAVALINK_NODES",
        "SUPABASE_URL",
        "GEMINI_API_ENDPOINT",
        "SHARD_COUNT",
        "LOG_LEVEL",
        "BOT_ID",
    }
    for key in caught.value.problems:
        assert f"  {key}: " in str(caught.value)


def test_a_malformed_secret_is_not_repeated_in_the_message() -> None:
    with pytest.raises(ConfigError) as caught:
        load(GEMINI_API_KEY="AIza secret", LAVALINK_NODES="ftp://:hush@host:1")
    assert "AIza" not in str(caught.value)
    assert "hush" not in str(caught.value)


def test_secrets_are_not_in_the_repr() -> None:
    settings = load(
        GEMINI_API_KEY="hidden-1",
        SUPABASE_URL="https://x.supabase.co",
        SUPABASE_KEY="hidden-2",
        LAVALINK_NODES="http://:hidden-3@localhost:2333",
    )
    assert "hidden" not in repr(settings)
    assert "'token'" not in repr(settings)
    assert set(settings.secrets) == {"token", "hidden-1", "hidden-2", "hidden-3"}


@pytest.mark.parametrize("value", ["off", "OFF", " Off "])
def test_music_can_be_switched_off(value: str) -> None:
    assert load(LAVALINK_NODES=value).lavalink_nodes == ()


def test_lavalink_passwords_are_taken_out_of_the_uri_and_unquoted() -> None:
    settings = load(LAVALINK_NODES="http://:a%40b@[::1]:2333, https://u:p@lava.example/base/")
    assert settings.lavalink_nodes is not None
    assert settings.lavalink_nodes == (
        LavalinkNode("http://[::1]:2333", settings.lavalink_nodes[0].password),
        LavalinkNode("https://lava.example/base", settings.lavalink_nodes[1].password),
    )
    assert [node.password for node in settings.lavalink_nodes] == ["a@b", "p"]


def test_the_environment_wins_over_the_file_and_an_empty_value_hides_the_files(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DISCORD_TOKEN=from-file\nBOT_ID=file\nGEMINI_API_KEY=key\nCOMMAND_PREFIX=$\n")
    settings = load_settings({"BOT_ID": "environment", "GEMINI_API_KEY": ""}, file)
    assert settings.discord_token == "from-file"
    assert settings.bot_id == "environment"
    assert settings.gemini_api_key is None
    assert settings.command_prefix == "$"


def test_a_dollar_in_a_secret_of_the_file_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DISCORD_TOKEN=a${HOME}b\n")
    assert load_settings({}, file).discord_token == "a${HOME}b"


def test_supabase_needs_its_key_unless_it_is_off() -> None:
    with pytest.raises(ConfigError, match="SUPABASE_KEY: is required"):
        load(SUPABASE_URL="https://x.supabase.co")
    assert load(SUPABASE_URL="OFF").supabase_enabled is False
    assert (
        load(SUPABASE_URL="https://x.supabase.co/", SUPABASE_KEY="k").supabase_url == "https://x.supabase.co"
    )


def test_shard_ids_need_the_count() -> None:
    with pytest.raises(ConfigError, match="SHARD_COUNT"):
        load(SHARD_IDS="0,1")
    assert load(SHARD_IDS="1,0", SHARD_COUNT="4").shard_ids == (0, 1)


def test_the_data_directory_is_relative_to_the_repository_and_not_to_the_working_directory() -> None:
    assert load(DATA_DIR="here").data_dir == Path(__file__).resolve().parents[2] / "here"
    assert load(DATA_DIR="/var/lib/otonari").data_dir == Path("/var/lib/otonari")


def test_every_key_is_a_setting_in_capitals() -> None:
    assert "DISCORD_TOKEN" in SETTING_KEYS
    assert all(key == key.upper() for key in SETTING_KEYS)


def test_models_to_choose_from_are_named_once_each() -> None:
    assert load(GEMINI_MODELS="a, models/b ,a,").gemini_models == ("a", "b")


def test_no_more_models_can_be_chosen_from_than_discord_shows() -> None:
    with pytest.raises(ConfigError, match="at most 25"):
        load(GEMINI_MODELS=",".join(f"gemini-{number}" for number in range(26)))


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "BOT_LANGUAGE": "en"}, "en"),
        ({"LANG": "C", "BOT_LANGUAGE": " JA "}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "BOT_LANGUAGE": ""}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "BOT_LANGUAGE": "tlh"}, "ja"),
    ],
)
def test_the_console_speaks_the_bots_language_where_it_is_set_and_else_the_systems(
    environ: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locale, "getlocale", lambda: (None, None))

    assert console_language(environ, NO_FILE) == language


def test_windows_tells_its_language_in_a_way_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getlocale", lambda: ("Japanese_Japan", "932"))

    assert console_language({}, NO_FILE) == "ja"


def test_the_language_of_the_file_counts_too_and_replies_stay_japanese(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DISCORD_TOKEN=x\nBOT_LANGUAGE=en\n")

    assert console_language({"LANG": "ja_JP.UTF-8"}, file) == "en"
    assert load(LANG="en_US.UTF-8").bot_language == "ja"


@pytest.mark.parametrize("pasted", ["'en'", '"EN"', "“en”", "「en」", " en_US ", "BOT_LANGUAGE=en"])
def test_console_and_replies_understand_the_same_of_a_language(pasted: str) -> None:
    environ = {"BOT_LANGUAGE": pasted, "LANG": "ja_JP.UTF-8"}

    assert console_language(environ, NO_FILE) == load(**environ).bot_language == "en"


def test_a_problem_is_told_in_the_language_of_the_console() -> None:
    with pytest.raises(ConfigError) as caught:
        load(BOT_TIMEZONE="Mars")

    assert "BOT_TIMEZONE: Asia/Tokyo のような" in caught.value.in_language("ja")
    assert "BOT_TIMEZONE: must be" in caught.value.in_language("en")


@pytest.mark.parametrize("environ", [{}, {"SUPABASE_URL": "http://127.0.0.1:1"}, {"SHARD_IDS": "0"}])
def test_a_file_that_is_no_text_is_one_line(tmp_path: Path, environ: dict[str, str]) -> None:
    file = tmp_path / "bot" / ".env"
    file.parent.mkdir()
    file.write_bytes(b"PK\x03\x04 DISCORD_TOKEN=x")

    reading = read_settings(environ, file)

    assert list(reading.problems) == ["bot/.env"]
    assert not reading.notices
