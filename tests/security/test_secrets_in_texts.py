"""Secrets that come back: from a server that repeats what it was sent, or in an address with a name in it."""

from __future__ import annotations

import html
import json
import logging
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock
from urllib.parse import quote

import httpx
import pytest
import wavelink

from bot.config import load_settings, read_settings
from bot.doctor import discord_check
from bot.doctor.findings import Report
from bot.doctor.web import Answer
from bot.lavalink.errors import REASON_READ, TrackLoadError, translated
from bot.log_setup import ConsoleFormatter
from bot.redaction import redactor
from bot.telemetry.postgrest_errors import TelemetryError
from bot.telemetry.supabase_api import ANSWER_CHARACTERS, SupabaseApi
from bot.telemetry.supabase_log_handler import MESSAGE_CHARACTERS, SupabaseLogHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NO_FILE = Path("/nonexistent/.env")
KEYS = [
    "sb_secret_0123456789abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJl",
    "self-hosted-9f8e7d6c5b4a",
]
ECHOES: list[Callable[[str], httpx.Response]] = [
    lambda key: httpx.Response(401, json={"message": f"Invalid API key: {key}"}),
    lambda key: httpx.Response(403, json={"code": "42501", "message": "no", "details": f"with {key!r}"}),
    lambda key: httpx.Response(400, html=f"<title>Bad header Authorization: Bearer {key}</title>"),
    lambda key: httpx.Response(400, text=f"Illegal header value {f'Bearer {key}'.encode()!r}"),
    lambda key: httpx.Response(500, text="x" * 100 + key + "y" * 1000),
    # Cut in the middle of the key, after spaces that are not shown.
    lambda key: httpx.Response(400, json={"message": "no " + " " * (ANSWER_CHARACTERS - len(key) - 2) + key}),
    lambda key: httpx.Response(400, json={"message": f"no {' ' * (ANSWER_CHARACTERS - 15)}{key}"}),
]


async def refusal(
    monkeypatch: pytest.MonkeyPatch, key: str, answer: Callable[[httpx.Request], httpx.Response], url: str
) -> TelemetryError:
    async def handle(_self: object, request: httpx.Request) -> httpx.Response:
        return answer(request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle)
    api = SupabaseApi(url, key)
    try:
        with pytest.raises(TelemetryError) as caught:
            await api.call("database_bytes")
    finally:
        await api.close()
    return caught.value


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("echo", ECHOES)
async def test_a_key_that_the_project_repeats_is_in_no_error(
    monkeypatch: pytest.MonkeyPatch, key: str, echo: Callable[[str], httpx.Response]
) -> None:
    """The error stands in /status, in the log and with dead letters as it is."""
    error = await refusal(monkeypatch, key, lambda _request: echo(key), "https://ours.supabase.co")

    for shown in (str(error), error.in_language("ja"), error.in_language("en")):
        assert key[:8] not in shown
        assert "***" in shown


@pytest.mark.parametrize("spoilt", ["{}\x7f", "{}\x1b[0m", "\x7f{}", "{}\u0085x", "{}é"])
@pytest.mark.parametrize("key", KEYS)
async def test_a_key_with_a_character_that_no_header_takes_is_refused_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, key: str, spoilt: str
) -> None:
    given = spoilt.format(key)
    environ = {"DISCORD_TOKEN": "x", "SUPABASE_URL": "https://ours.supabase.co", "SUPABASE_KEY": given}
    problem = read_settings(environ, NO_FILE).problems["SUPABASE_KEY"]
    assert key not in problem("ja") + problem("en")

    # However it came to be used, what refuses it may not spell it out.
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.LocalProtocolError(f"Illegal header value {given.encode()!r} ({given!r})")

    try:
        error = await refusal(monkeypatch, given, refuse, "https://ours.supabase.co")
    except UnicodeEncodeError:
        return  # httpx takes no such header
    assert key not in str(error)


async def test_the_user_info_of_every_address_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(
        {
            "DISCORD_TOKEN": "x",
            "DISCORD_API_URL": "https://nirn:pr%40xy-Pa55@proxy.example/api/v10",
            "DISCORD_GATEWAY_URL": "wss://gate-Us3r@gateway.example",
            "SUPABASE_URL": "https://kong:k0ng-Pa55@data.example.jp",
            "SUPABASE_KEY": KEYS[0],
            "LAVALINK_NODES": "http://me:l4va-Pa55@lava.example:2333",
        },
        NO_FILE,
    )
    secrets = ["pr%40xy-Pa55", "pr@xy-Pa55", "gate-Us3r", "k0ng-Pa55", "l4va-Pa55"]
    assert set(secrets) <= set(settings.secrets)

    async def get(_url: str, _headers: object) -> Answer:
        return Answer(404, "", None)

    report = Report("en")
    monkeypatch.setattr(discord_check, "get", get)
    await discord_check.check_discord(settings, report)
    redact = redactor(settings.secrets)
    shown = redact("\n".join(report.lines()))
    assert "https://***@proxy.example/api/v10" in shown
    record = logging.LogRecord(
        "bot", logging.ERROR, "", 1, "%s %s", (settings.discord_api_url, secrets), None
    )
    for text in (shown, ConsoleFormatter(redact).format(record)):
        assert not [secret for secret in secrets if secret in text]


@pytest.mark.parametrize(
    "words",
    [
        "401 from https://lavalink:hush-hush@lava.example/loadtracks",
        "Spotify refused Authorization: Bearer hush-hush",
        "{'Authorization': 'hush-hush'}",
    ],
)
def test_what_a_source_says_of_a_failure_shows_no_credentials(words: str) -> None:
    error = TrackLoadError(words)

    assert "hush-hush" not in error.in_language("ja") + error.in_language("en") + str(error)


def test_a_secret_is_known_however_a_server_writes_it() -> None:
    secret = "kong:k0ng&<Pa55>'x"
    redact = redactor([secret])
    header = b64encode(secret.encode()).decode()

    for written in (secret, header, html.escape(secret), json.dumps(secret), repr(secret), quote(secret)):
        shown = redact(f"no: {written}, as that is wrong")
        assert shown.strip().replace('"', "") == "no: ***, as that is wrong", written


@pytest.mark.parametrize("shown", range(4, 20))
def test_no_part_of_a_password_stays_before_a_cut(shown: int) -> None:
    password, address = "Hüsh-hush-9f8e7d", "https://lavalink:hush-hush-hush@lava.example"
    cuts = {
        f"{' ' * (REASON_READ - shown)}{password}, which is wrong": password[:4],
        f"{' ' * (REASON_READ - shown - len('https://'))}{address}": "lava",
        f"{' ' * (REASON_READ - shown)}{KEYS[1]}": KEYS[1][:4],
    }
    for words, part in cuts.items():
        assert len(words) > REASON_READ
        assert part not in redactor([password])(words, REASON_READ)
        error = TrackLoadError(words, [password])
        assert part not in error.in_language("ja") + error.in_language("en") + str(error)


def test_a_reason_is_shown_without_the_password_of_the_node_that_gives_it() -> None:
    error: dict[str, str] = {"message": "401 for Hush-hush-9f8e7d", "severity": "fault", "cause": "x"}
    node = Mock(spec=wavelink.Node, password="Hush-hush-9f8e7d")

    with pytest.raises(TrackLoadError) as caught, translated(node):
        raise wavelink.LavalinkLoadException(data=error)  # type: ignore[arg-type]

    assert "401 for" in str(caught.value)
    assert "9f8e7d" not in caught.value.in_language("ja") + str(caught.value)


def test_no_part_of_a_secret_is_recorded_before_a_cut() -> None:
    rows: list[Mapping[str, object]] = []
    secret = "Hush-hush-9f8e7d-" * 12
    handler = SupabaseLogHandler(
        "WARNING", bot_id="b", record=lambda _table, row: rows.append(row), redact=redactor([secret])
    )
    message = f"{secret} " * (2 * MESSAGE_CHARACTERS // len(secret)) + secret
    handler.handle(logging.LogRecord("bot", logging.WARNING, "", 1, message, None, None))

    assert "Hush" not in str(rows[0]["message"])
