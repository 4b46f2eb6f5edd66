"""What is blotted out of a text, and what stays."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from bot.redaction import redactor

KEYS = [
    "sb_secret_abcdefghijklmnop",
    "AIzaSyA0123456789abcdefghijklmnopqrstuv",
    "AQ.Ab8RN6K0123456789abcdefghijklmnopqrstuvwxyz-_AB",
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ",
    "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB",
]
WORDS = [
    *("lavalink", "Lavalink", "x", "2333", "youshallnotpass", "discord", "lavalink1", "discord.py"),
    *("music-server", "music_server", "Music Server", "lavalink2026!", "bot-1", "password1", "1234567890"),
]


@pytest.mark.parametrize("key", KEYS)
def test_what_looks_like_a_key_is_blotted_out_though_nobody_named_it(key: str) -> None:
    assert redactor([])(f"before {key} after") == "before *** after"


@pytest.mark.parametrize("password", WORDS)
def test_a_password_that_is_words_does_not_take_them_out_of_the_log(password: str) -> None:
    redact = redactor([password, "another-secret-1"])
    for line in (
        f"2026-11-28 01:02:03 INFO bot.lavalink.nodes: node http://lavalink:2333 {password}",
        f"GET https://discord.com/x/{password}/index",
        f"{password} cannot be reached",
        f"Guild 123456789012345678: music goes on, on http://{password}:2333",
    ):
        assert redact(line) == line
    for line in (
        f"http://:{password}@127.0.0.1:1",
        f"https://bot:{password}@lava.jp",
        f"Authorization: {password}",
        f"Authorization: Bearer {password}",
        f"{{'Authorization': '{password}'}}",
        f"(b'Authorization', b'{password}')",
        f"Bearer {password}",
        f"{{'password': '{password}'}}",
        f'"password":"{password}"',
        f"LAVALINK_SERVER_PASSWORD={password}",
        f"pass: {password}",
        f"wrong password ({password})",
        f"パスワード：{password}",
    ):
        if "@" not in line or " " not in password:  # a space has another form in an address
            assert password not in redact(line)
            assert "***" in redact(line)
    assert redact("another-secret-1") == "***"


@pytest.mark.parametrize(
    "password",
    [
        "hunter2",
        "p@ss w/ord",
        "correcthorsebattery",
        "abc-def",
        "lavalink-8f3a9c1b",
        "Zq3Vw9-music",
        "ä\x7fß'\"\\",
    ],
)
def test_a_password_that_is_no_word_is_blotted_out_everywhere_in_every_form(password: str) -> None:
    redact = redactor([password])
    for form in (password, quote(password, safe=""), repr(password)[1:-1], repr(password.encode())[2:-1]):
        if form == repr(password.encode())[2:-1] and not password.isascii():
            continue
        assert redact(f"before {form} and") == "before *** and"


@pytest.mark.parametrize("value", ["lavalink", "hunter2", "Xyz.9", "some-thing", "a/b+c="])
@pytest.mark.parametrize(
    "line",
    [
        "Authorization: {}",
        "authorization: Bearer {}",
        "Authorization: Bot {}",
        "Authorization=Basic {}",
        '{{"Authorization": "{}"}}',
        '"Authorization":"Bearer {}"',
        "{{'Authorization': '{}', 'User-Id': '1'}}",
        "(b'Authorization', b'Bearer {}')",
        "[('authorization', '{}')]",
        "https://{}@host/x",
        "wss://user:{}@host:2333",
        "postgresql://postgres:{}@127.0.0.1/postgres",
    ],
)
def test_what_stands_as_a_secret_is_blotted_out_though_nobody_named_it(line: str, value: str) -> None:
    if "://" in line and "/" in value:
        value = quote(value, safe="")
    shown = redactor([])(line.format(value))

    assert value not in shown
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "夜に駆ける を再生 (https://example.com/?v=x86SrBI5zaU) sb_publishable_key",
        "https://youtube.com/@channel and https://example.com/?to=me@example.com",
        "Guild 1: Lavalink refused a track",
        "the token is sent to https://discord.com/api/v10/users/@me",
        "me@example.com wrote: the author is a bot",
    ],
)
def test_ordinary_text_passes_unchanged(text: str) -> None:
    assert redactor(["token"])(text) == text
