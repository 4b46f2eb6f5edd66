"""What the doctor says where something else answers than the service, or it does so with a page of HTML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.config import load_settings
from bot.doctor import discord_check, service_checks
from bot.doctor.findings import Report
from bot.doctor.web import Answer

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.findings import Finding

PAGE = "<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>nginx</body></html>"
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def settings() -> Settings:
    environ = {
        "DISCORD_TOKEN": "token",
        "DISCORD_API_URL": "https://proxy.example/api/v9",
        "LAVALINK_NODES": "http://:pass-1@lava.example:2333",
        "LYRICS_URL": "https://lyrics.example",
    }
    return load_settings(environ, Path("/nonexistent"))


async def finding(
    monkeypatch: pytest.MonkeyPatch, service: str, status: int, body: str, language: str
) -> Finding:
    async def get(_url: str, _headers: object) -> Answer:
        return Answer(status, body, None)

    report = Report("ja" if language == "ja" else "en")
    monkeypatch.setattr(discord_check if service == "discord" else service_checks, "get", get)
    checks = {
        "discord": discord_check.check_discord,
        "lavalink": service_checks.check_lavalink,
        "lyrics": service_checks.check_lyrics,
    }
    await checks[service](settings(), report)
    (found,) = report.findings
    return found


@pytest.mark.parametrize(
    ("service", "status", "body", "told", "cure"),
    [
        ("discord", 301, "", "is not Discord's API (HTTP 301)", "take DISCORD_API_URL out"),
        ("discord", 404, PAGE, "is not Discord's API (HTTP 404)", "take DISCORD_API_URL out"),
        ("discord", 404, '{"message": "404: Not Found", "code": 0}', "HTTP 404", "take DISCORD_API_URL out"),
        ("discord", 405, "", "is not Discord's API", "take DISCORD_API_URL out"),
        ("discord", 200, PAGE, "is not Discord's API", "take DISCORD_API_URL out"),
        ("discord", 429, PAGE, "HTTP 429", "try again"),
        ("discord", 502, PAGE, "HTTP 502", "try again"),
        ("discord", 401, "{}", "does not accept it", "Reset Token"),
        ("lavalink", 200, PAGE, "no Lavalink", "is Lavalink running"),
        ("lavalink", 404, PAGE, "no Lavalink", "is Lavalink running"),
        ("lavalink", 301, "", "no Lavalink", "is Lavalink running"),
        ("lavalink", 502, PAGE, "HTTP 502", "is Lavalink running"),
        ("lyrics", 200, PAGE, "is not LRCLIB's API (HTTP 200)", "make LYRICS_URL"),
        ("lyrics", 200, "{}", "is not LRCLIB's API", "make LYRICS_URL"),
        ("lyrics", 404, PAGE, "is not LRCLIB's API (HTTP 404)", "make LYRICS_URL"),
        ("lyrics", 301, "", "is not LRCLIB's API", "make LYRICS_URL"),
        ("lyrics", 429, "", "HTTP 429", "in a while"),
        ("lyrics", 503, PAGE, "HTTP 503", "in a while"),
    ],
)
async def test_one_line_without_html_names_the_cure(
    monkeypatch: pytest.MonkeyPatch, service: str, status: int, body: str, told: str, cure: str
) -> None:
    in_english = await finding(monkeypatch, service, status, body, "en")
    in_japanese = await finding(monkeypatch, service, status, body, "ja")

    assert told in in_english.message
    assert cure in in_english.cure
    assert JAPANESE.search(in_japanese.message)
    for line in (in_english.message, in_japanese.message):
        assert "<" not in line
        assert "\n" not in line
        assert line.count(str(status)) <= 1


async def test_a_server_of_lyrics_is_asked_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await finding(monkeypatch, "lyrics", 200, "[]", "en")
    assert (found.level, found.message) == ("ok", "https://lyrics.example answers.")
    report = Report("en")
    await service_checks.check_lyrics(load_settings({"DISCORD_TOKEN": "x"}, Path("/nonexistent")), report)
    assert report.findings == []
