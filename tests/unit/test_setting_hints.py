"""What people probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import SETTING_KEYS, ConfigError, load_settings, read_settings
from bot.setting_hints import near_name


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("GEMINI_APIKEY", "GEMINI_API_KEY"),
        ("GEMINI_KEY", "GEMINI_API_KEY"),
        ("gemini_api_key", "GEMINI_API_KEY"),
        ("GEMINI-API-KEY", "GEMINI_API_KEY"),
        ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        ("DISCORD_TOKN", "DISCORD_TOKEN"),
        ("DISCORD_BOT_TOKEN", "DISCORD_TOKEN"),
        ("BOT_TOKEN", "DISCORD_TOKEN"),
        ("TOKEN", "DISCORD_TOKEN"),
        ("SUPABASE_URI", "SUPABASE_URL"),
        ("SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_KEY"),
        ("SUPABASE_API_KEY", "SUPABASE_KEY"),
        ("LAVALINK_NODE", "LAVALINK_NODES"),
        ("LAVALINK_PASSWORD", "LAVALINK_NODES"),
        ("LANGUAGE", "BOT_LANGUAGE"),
        ("BOT_LANG", "BOT_LANGUAGE"),
        ("TZ", "BOT_TIMEZONE"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("FAVOURITE_COLOUR", None),
    ],
)
def test_a_name_that_is_near_a_setting_is_recognised(name: str, near: str | None) -> None:
    assert near_name(name, SETTING_KEYS) == near


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "bot").mkdir()
    return tmp_path / "bot" / ".env"


def noticed(file: Path, text: str, **environ: str) -> dict[str, str]:
    file.write_text(text, encoding="utf-8")
    return {name: str(text) for name, text in read_settings(environ, file).notices.items()}


def test_unknown_names_in_the_file_are_pointed_out(file: Path) -> None:
    found = noticed(file, "DISCORD_TOKEN=x\nGEMINI_APIKEY=hush\nCOLOUR=red\n")

    assert found == {
        "GEMINI_APIKEY": "unknown, and ignored; did you mean GEMINI_API_KEY?",
        "COLOUR": "unknown, and ignored",
    }


def test_in_the_environment_only_what_is_nearly_ours_is_pointed_out(file: Path) -> None:
    environ = {"PATH": "/bin", "GOOGLE_API_KEY": "x", "LOGLEVEL": "x", "LANGUAGE": "ja", "GEMINI_APIKEY": "x"}

    assert list(noticed(file, "DISCORD_TOKEN=x\n", **environ)) == ["GEMINI_APIKEY"]
    assert not noticed(file, "DISCORD_TOKEN=x\n", **environ, GEMINI_API_KEY="x")


def test_a_misspelt_name_of_what_is_required_is_one_line(file: Path) -> None:
    file.write_text("DISCORD_TOKN=hush\n", encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_settings({}, file)

    assert str(caught.value).count("DISCORD_TOK") == 2
    assert "DISCORD_TOKEN: is required; in its place stands DISCORD_TOKN" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_name_that_may_be_part_of_a_secret_is_not_shown(file: Path) -> None:
    assert not noticed(file, "DISCORD_TOKEN=x\nMTk4NjIyNDgzNDcxOTI1MjQ4aBcD=\neyJhbGci.eyJyb2xl.c2ln==\n")


def test_a_missing_file_is_offered_as_a_copy_of_the_template(file: Path) -> None:
    problem = read_settings({}, file).problems["DISCORD_TOKEN"]

    assert "`cp bot/.env.example bot/.env`" in problem("en")
    assert "`cp bot/.env.example bot/.env`" in problem("ja")


@pytest.mark.parametrize("content", ["", " \n\n", "\ufeff"])
def test_an_empty_file_is_offered_as_a_copy_of_the_template(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")

    problem = read_settings({}, file).problems["DISCORD_TOKEN"]

    for language in ("ja", "en"):
        assert "`cp bot/.env.example bot/.env`" in problem(language)
    assert "is empty" in problem("en")


def test_a_file_with_words_of_its_own_is_not_offered_to_be_replaced(file: Path) -> None:
    file.write_text("# my notes\n", encoding="utf-8")

    assert "cp " not in read_settings({}, file).problems["DISCORD_TOKEN"]("en")


@pytest.mark.parametrize("place", [".env.txt", "env.txt", "env", "../.env"])
def test_settings_in_a_file_that_is_not_read_are_found(file: Path, place: str) -> None:
    (file.parent / place).write_text("DISCORD_TOKEN=x\n", encoding="utf-8")

    problem = str(read_settings({}, file).problems["DISCORD_TOKEN"])

    assert (
        f"stands in {place.removeprefix('../') if '..' not in place else file.parent.parent / '.env'}"
        in problem
    )
    assert "only bot/.env is read" in problem


def test_a_template_that_was_filled_in_is_recognised(file: Path) -> None:
    file.with_name(".env.example").write_text("DISCORD_TOKEN=x\n", encoding="utf-8")

    assert "stands in bot/.env.example, the template" in str(
        read_settings({}, file).problems["DISCORD_TOKEN"]
    )
