"""What people plausibly paste into each setting: it is understood, or the one right sentence names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import LavalinkNode, Reading, read_settings
from bot.setting_values import Secret

NO_FILE = Path("/nonexistent/.env")
REF = "xyzcompanyprojectref"
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
GEMINI = "AIzaSyA0123456789abcdefghijklmnopqrstuv"
GEMINI_NEW = "AQ.Ab8RN6K0123456789abcdefghijklmnopqrstuv"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
SECRET = "sb_secret_0123456789abcdef"
ONE, TWO = 175928847299117063, 175928847299117064


def read(key: str, pasted: str) -> Reading:
    given = {"DISCORD_TOKEN": TOKEN, key: pasted}
    if key == "SUPABASE_URL":
        given["SUPABASE_KEY"] = SECRET
    if key == "SUPABASE_KEY":
        given["SUPABASE_URL"] = f"https://{REF}.supabase.co"
    if key == "SHARD_IDS":
        given["SHARD_COUNT"] = "8"
    return read_settings(given, NO_FILE)


def node(uri: str, password: str) -> tuple[LavalinkNode, ...]:
    return (LavalinkNode(uri, Secret(password)),)


HOSTED = f"https://{REF}.supabase.co"
LOCAL = node("http://127.0.0.1:2333", "pass")
UNDERSTOOD: list[tuple[str, str, object]] = [
    ("DISCORD_TOKEN", TOKEN, TOKEN),
    ("DISCORD_TOKEN", f"  {TOKEN}\u200b ", TOKEN),
    ("DISCORD_TOKEN", f'"{TOKEN}"', TOKEN),
    ("DISCORD_TOKEN", f"“{TOKEN}”", TOKEN),
    ("DISCORD_TOKEN", f"「{TOKEN}」", TOKEN),
    ("DISCORD_TOKEN", f"'\"{TOKEN}\"'", TOKEN),
    ("DISCORD_TOKEN", f"<{TOKEN}>", TOKEN),
    ("DISCORD_TOKEN", f"Bot {TOKEN}", TOKEN),
    ("DISCORD_TOKEN", f"DISCORD_TOKEN={TOKEN}", TOKEN),
    ("DISCORD_TOKEN", f'"{TOKEN}",', TOKEN),
    ("GEMINI_API_KEY", GEMINI, GEMINI),
    ("GEMINI_API_KEY", GEMINI_NEW, GEMINI_NEW),
    ("GEMINI_API_KEY", f"`{GEMINI_NEW}`", GEMINI_NEW),
    ("GEMINI_API_KEY", '""', None),
    ("GEMINI_MODEL", "models/gemini-3.5-flash-lite", "gemini-3.5-flash-lite"),
    ("GEMINI_MODEL", "Gemini 3.5 Flash-Lite", "gemini-3.5-flash-lite"),
    ("GEMINI_MODELS", "gemini-a; models/gemini-b、Gemini C", ("gemini-a", "gemini-b", "gemini-c")),
    ("GEMINI_MODELS", '["gemini-a", "gemini-b"]', ("gemini-a", "gemini-b")),
    ("GEMINI_API_ENDPOINT", "generativelanguage.googleapis.com:443", "generativelanguage.googleapis.com:443"),
    *(
        ("LYRICS_URL", f"https://lrclib.net{path}", "https://lrclib.net")
        for path in ("", "/", "/docs", "/api", "/api/")
    ),
    ("LYRICS_URL", "off", None),
    ("VOICE_STATUS", "オン", True),
    ("SUPABASE_URL", HOSTED, HOSTED),
    ("SUPABASE_URL", f"{HOSTED}/", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}//", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}/rest/v1", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}/rest/v1/", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}/rest/v1/conversation_logs?select=*", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}\\rest\\v1", HOSTED),
    ("SUPABASE_URL", f"https:\\\\{REF}.supabase.co\\", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}/auth/v1", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}/storage/v1/s3", HOSTED),
    ("SUPABASE_URL", f"{HOSTED}:443", HOSTED),
    ("SUPABASE_URL", f"http://{REF}.supabase.co", HOSTED),
    ("SUPABASE_URL", f"HTTPS://{REF.upper()}.SUPABASE.CO", HOSTED),
    ("SUPABASE_URL", f"https://db.{REF}.supabase.co", HOSTED),
    ("SUPABASE_URL", f"https://{REF}.storage.supabase.co", HOSTED),
    ("SUPABASE_URL", f"{REF}.supabase.co", HOSTED),
    ("SUPABASE_URL", REF, HOSTED),
    ("SUPABASE_URL", f"https://supabase.com/dashboard/project/{REF}", HOSTED),
    ("SUPABASE_URL", f"https://supabase.com/dashboard/project/{REF}/settings/api-keys", HOSTED),
    ("SUPABASE_URL", f"https://app.supabase.com/project/{REF}", HOSTED),
    ("SUPABASE_URL", f"'{HOSTED}'", HOSTED),
    ("SUPABASE_URL", f'"{HOSTED}",', HOSTED),
    ("SUPABASE_URL", f"{HOSTED}.", HOSTED),
    ("SUPABASE_URL", f"<{HOSTED}>", HOSTED),
    ("SUPABASE_URL", f"<{HOSTED}/>,", HOSTED),
    ("SUPABASE_URL", f"({HOSTED})", HOSTED),
    ("SUPABASE_URL", f"[{HOSTED}]", HOSTED),
    ("SUPABASE_URL", f"「{HOSTED}」。", HOSTED),
    ("SUPABASE_URL", f"https:/{REF}.supabase.co", HOSTED),
    ("SUPABASE_URL", f"https:///{REF}.supabase.co", HOSTED),
    ("SUPABASE_URL", f"https//{REF}.supabase.co", HOSTED),
    ("SUPABASE_URL", f"https:{REF}.supabase.co/", HOSTED),
    ("SUPABASE_URL", f"https: //{REF}.supabase.co", HOSTED),
    *(
        ("SUPABASE_URL", wrapped, HOSTED)
        for wrapped in (
            *(f"{a}{REF}{b}" for a, b in ("''", '""', "<>", "[]", "()", "{}", "``", "「」", "【】", "“”")),
            *(f"{REF}{mark}" for mark in (".", ",", ";", "/", "。", "、", "!", ":")),
            f"'{REF}',",
            REF.upper(),
        )
    ),
    ("SUPABASE_URL", "localhost:54321", "http://localhost:54321"),
    ("SUPABASE_URL", "127.0.0.1:54321/rest/v1", "http://127.0.0.1:54321"),
    ("SUPABASE_URL", "192.168.0.5:8000", "http://192.168.0.5:8000"),
    ("SUPABASE_URL", "<http://[::1]:54321>", "http://[::1]:54321"),
    ("SUPABASE_URL", "[::1]:54321", "http://[::1]:54321"),
    ("SUPABASE_URL", "なし", "off"),
    ("SUPABASE_URL", "null", "off"),
    ("SUPABASE_KEY", f"SUPABASE_SERVICE_ROLE_KEY={SECRET}", SECRET),
    ("GEMINI_API_KEY", f"export GEMINI_API_KEY='{GEMINI}'", GEMINI),
    *(("GEMINI_API_KEY", word, None) for word in ("none", "NULL", "-", "なし", "'off'", "未設定")),
    ("CHAT_CHANNEL_IDS", "none", set[int]()),
    ("GEMINI_MODELS", "なし", ()),
    ("SHARD_COUNT", "null", None),
    ("GEMINI_API_ENDPOINT", "-", None),
    ("LAVALINK_NODES", "なし", ()),
    ("SUPABASE_URL", f"https：／／{REF}.supabase.co", HOSTED),
    ("SUPABASE_URL", f"SUPABASE_URL={HOSTED}", HOSTED),
    ("SUPABASE_URL", f"https://{REF}.supabase.in", f"https://{REF}.supabase.in"),
    ("SUPABASE_URL", "http://127.0.0.1:54321", "http://127.0.0.1:54321"),
    ("SUPABASE_URL", "http://127.0.0.1:54321/rest/v1/", "http://127.0.0.1:54321"),
    ("SUPABASE_URL", "https://data.example.jp/supabase/rest/v1", "https://data.example.jp/supabase"),
    ("SUPABASE_URL", "http://[::1]:54321", "http://[::1]:54321"),
    ("SUPABASE_URL", "OFF", "off"),
    ("SUPABASE_URL", "none", "off"),
    ("SUPABASE_KEY", SECRET, SECRET),
    ("SUPABASE_KEY", f"Bearer {JWT}", JWT),
    ("LAVALINK_NODES", "http://:pass@127.0.0.1:2333", LOCAL),
    ("LAVALINK_NODES", "off", ()),
    ("LAVALINK_NODES", "http://:pass@127.0.0.1:2333/", LOCAL),
    ("LAVALINK_NODES", "http://:pass@127.0.0.1:2333/v4/websocket", LOCAL),
    ("LAVALINK_NODES", "http://:pass@127.0.0.1:2333/version?x=1", LOCAL),
    ("LAVALINK_NODES", "ws://:pass@127.0.0.1:2333", LOCAL),
    ("LAVALINK_NODES", "http://pass@127.0.0.1:2333", LOCAL),
    ("LAVALINK_NODES", ":pass@127.0.0.1:2333", LOCAL),
    ("LAVALINK_NODES", '"http://:pass@127.0.0.1:2333",', LOCAL),
    ("LAVALINK_NODES", "wss://:pass@lava.example:443", node("https://lava.example:443", "pass")),
    ("LAVALINK_NODES", "http://:p@ss/wo#rd?,;x@h:2333", node("http://h:2333", "p@ss/wo#rd?,;x")),
    ("LAVALINK_NODES", "http://:p%40ss@h:2333", node("http://h:2333", "p@ss")),
    (
        "LAVALINK_NODES",
        "http://:a@h:1; https://:b@i:2\u3000http://:c@j:3",
        node("http://h:1", "a") + node("https://i:2", "b") + node("http://j:3", "c"),
    ),
    ("CHAT_CHANNEL_IDS", f"{ONE},{TWO}", {ONE, TWO}),
    ("CHAT_CHANNEL_IDS", f"[{ONE}; {TWO}]", {ONE, TWO}),
    ("MUSIC_URL_HOSTS", "radio.example.org, *.Example.org", ("radio.example.org", "*.example.org")),
    ("MUSIC_URL_HOSTS", "https://radio.example.org:8000/live?x=1", ("radio.example.org:8000",)),
    ("MUSIC_URL_HOSTS", "192.0.2.7:8000、[2001:DB8::1]", ("192.0.2.7:8000", "[2001:db8::1]")),
    ("MUSIC_URL_HOSTS", "音楽.example", ("xn--66v140h.example",)),
    ("MUSIC_URL_HOSTS", "none", ()),
    ("CHAT_CHANNEL_IDS", f"<#{ONE}> <#{TWO}>", {ONE, TWO}),
    ("CHAT_CHANNEL_IDS", f"{ONE}、{TWO}", {ONE, TWO}),
    ("CHAT_CHANNEL_IDS", f"https://discord.com/channels/{TWO}/{ONE}", {ONE}),
    ("CHAT_CHANNEL_IDS", f"https://ptb.discord.com/channels/{TWO}/{ONE}/{TWO}", {ONE}),
    ("CHAT_CHANNEL_IDS", f"'{ONE}', \"{TWO}\"", {ONE, TWO}),
    ("CHAT_BOT_IDS", f"<@{ONE}> <@!{TWO}>", {ONE, TWO}),
    ("CHAT_QUESTIONS_PER_MINUTE", "２０", 20),
    ("CHAT_QUESTIONS_PER_MINUTE", "unlimited", 0),
    ("CHAT_USER_TOKENS_PER_DAY", "1,000,000", 1_000_000),
    ("CHAT_USER_TOKENS_PER_DAY", "1_000_000", 1_000_000),
    ("SUPABASE_DB_LIMIT_MB", "500MB", 500),
    ("SUPABASE_DB_LIMIT_MB", "8 GB", 8192),
    ("SUPABASE_DB_TRIM", "On", True),
    ("SUPABASE_DB_TRIM", "true", True),
    ("SUPABASE_DB_TRIM", "0", False),
    ("SHARD_IDS", "0-3", (0, 1, 2, 3)),
    ("SHARD_IDS", "[2, 0]", (0, 2)),
    ("BOT_LANGUAGE", "JA", "ja"),
    ("BOT_LANGUAGE", "ja_JP.UTF-8", "ja"),
    ("BOT_LANGUAGE", "en-US", "en"),
    ("BOT_LANGUAGE", "日本語", "ja"),
    ("BOT_LANGUAGE", "English", "en"),
    ("LOG_LEVEL", "debug", "DEBUG"),
    ("LOG_LEVEL", "warn", "WARNING"),
    ("DISCORD_API_URL", "https://discord.com/api/v10/", "https://discord.com/api/v10"),
    ("DISCORD_API_URL", "http://127.0.0.1:1/api", "http://127.0.0.1:1/api"),
]


@pytest.mark.parametrize(("key", "pasted", "value"), UNDERSTOOD)
def test_it_is_understood(key: str, pasted: str, value: object) -> None:
    reading = read(key, pasted)

    assert reading.problems == {}
    assert reading.notices == {}
    assert getattr(reading.settings, key.lower()) == value


@pytest.mark.parametrize(
    ("pasted", "zone"),
    [
        ("asia/tokyo", "Asia/Tokyo"),
        ("Tokyo", "Asia/Tokyo"),
        ("JST", "Asia/Tokyo"),
        ("日本", "Asia/Tokyo"),
        ("New York", "America/New_York"),
        ("Japan", "Japan"),
        ("UTC", "UTC"),
        ("UTC+9", "Etc/GMT-9"),
        ("+09:00", "Etc/GMT-9"),
        ("GMT-5", "Etc/GMT+5"),
    ],
)
def test_a_time_zone_is_understood(pasted: str, zone: str) -> None:
    assert read("BOT_TIMEZONE", pasted).settings.bot_timezone.key == zone


STRING = f"postgresql://postgres:hushhush@db.{REF}.supabase.co:5432/postgres"
POOLER = f"postgres://postgres.{REF}:hushhush@aws-0-ap-northeast-1.pooler.supabase.com:6543/postgres"
PROJECT_URL = "must be the project's URL"
PLACEHOLDER = "still the example's placeholder"
NAMED: list[tuple[str, str, str]] = [
    ("DISCORD_TOKEN", "your_discord_bot_token", PLACEHOLDER),
    ("DISCORD_TOKEN", "YOUR_TOKEN_HERE", PLACEHOLDER),
    ("DISCORD_TOKEN", "<token>", PLACEHOLDER),
    ("DISCORD_TOKEN", "xxxxxxxx", PLACEHOLDER),
    ("DISCORD_TOKEN", "ここにトークン", PLACEHOLDER),
    ("DISCORD_TOKEN", str(ONE), "an id, such as an application's"),
    ("DISCORD_TOKEN", "0123456789abcdef" * 4, "public key"),
    ("DISCORD_TOKEN", "AbCdEfGhIjKlMnOpQrStUvWxYz012345", "client secret"),
    ("DISCORD_TOKEN", f"https://discord.com/oauth2/authorize?client_id={ONE}", "is an address"),
    ("DISCORD_TOKEN", GEMINI, "a Gemini API key"),
    ("DISCORD_TOKEN", f"{TOKEN[:30]} {TOKEN[30:]}", "white space"),
    ("DISCORD_TOKEN", TOKEN.replace("Gabc", "Ｇａｂｃ"), "characters that none has"),
    ("GEMINI_API_KEY", "your_gemini_api_key", PLACEHOLDER),
    ("GEMINI_API_KEY", "AIza...", PLACEHOLDER),
    ("GEMINI_API_KEY", "sk-0123456789abcdefghijklmn", "another service's key"),
    ("GEMINI_API_KEY", TOKEN, "a Discord bot's token"),
    ("GEMINI_API_KEY", SECRET, "a Supabase key"),
    ("GEMINI_API_KEY", "https://aistudio.google.com/apikey", "is an address"),
    ("GEMINI_MODEL", "https://ai.google.dev/gemini-api/docs/models", "must be the name of a model"),
    ("GEMINI_API_ENDPOINT", "https://example.com", "without a scheme: example.com:443"),
    ("GEMINI_API_ENDPOINT", "https://example.com:8443/v1", "without a scheme: example.com:8443"),
    ("GEMINI_API_ENDPOINT", "generativelanguage.googleapis.com", "generativelanguage.googleapis.com:443"),
    ("SUPABASE_URL", "https://your-project.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "your-project.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "https://<project-ref>.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "https://[YOUR-PROJECT].supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "https://xxxxxxxx.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "https://project-ref.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", STRING, f"connection string; write {HOSTED}"),
    ("SUPABASE_URL", POOLER, f"connection string; write {HOSTED}"),
    ("SUPABASE_URL", "postgresql://me:hushhush@db.example.jp/postgres", "connection string"),
    ("SUPABASE_URL", "https://supabase.com", PROJECT_URL),
    ("SUPABASE_URL", f"https://{REF}.supabase.com", PROJECT_URL),
    ("SUPABASE_URL", "https://api.supabase.com/v1/projects", PROJECT_URL),
    ("SUPABASE_URL", "http://localhost:54323/project/default", "write http://localhost:54321"),
    ("SUPABASE_URL", "https://supabase.com/dashboard", PROJECT_URL),
    ("SUPABASE_URL", "project.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "ours.supabase.co", PROJECT_URL),
    ("SUPABASE_URL", "https://discord.com/developers/applications", PROJECT_URL),
    ("SUPABASE_URL", "localhost", PROJECT_URL),
    ("SUPABASE_URL", "http://localhost:54323", "write http://localhost:54321"),
    ("SUPABASE_URL", "localhost:54323", "write http://localhost:54321"),
    ("SUPABASE_URL", "127.0.0.1:54322", "write http://127.0.0.1:54321"),
    ("SUPABASE_URL", "http://192.168.0.5:54324/", "write http://192.168.0.5:54321"),
    (
        "SUPABASE_URL",
        "postgresql://postgres:hushhush@127.0.0.1:54322/postgres",
        "connection string; write http://127.0.0.1:54321",
    ),
    ("SUPABASE_URL", "https://example.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "example.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "https://my-app.supabase.co/rest/v1", PLACEHOLDER),
    ("SUPABASE_URL", "https://xyzcompany.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "https://abcdefghijklmnopqrst.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "abcdefghijklmnopqrst", PLACEHOLDER),
    ("SUPABASE_URL", "<your-project-url>", PLACEHOLDER),
    ("SUPABASE_URL", "<yourprojectreference>", PLACEHOLDER),
    ("SUPABASE_URL", "<https://your-project.supabase.co>", PLACEHOLDER),
    ("SUPABASE_URL", "{project_ref}", PLACEHOLDER),
    ("SUPABASE_URL", "{ref}.supabase.co", PLACEHOLDER),
    ("SUPABASE_URL", "https://[YOUR-PROJECT].supabase.co/", PLACEHOLDER),
    ("SUPABASE_URL", f"SUPABASE_KEY={SECRET}", "has the line of SUPABASE_KEY in it"),
    ("SUPABASE_KEY", f"DISCORD_TOKEN={TOKEN}", "has the line of DISCORD_TOKEN in it"),
    ("SUPABASE_KEY", f"GEMINI_API_KEY = {GEMINI}", "has the line of GEMINI_API_KEY in it"),
    ("SUPABASE_KEY", "SUPABASE_URL=", "has the line of SUPABASE_URL in it"),
    ("GEMINI_API_KEY", f"export BOT_TOKEN={TOKEN}", "has the line of DISCORD_TOKEN in it"),
    ("LOG_LEVEL", f"SUPABASE_KEY={SECRET}", "has the line of SUPABASE_KEY in it"),
    ("DISCORD_TOKEN", "none", PLACEHOLDER),
    ("DISCORD_TOKEN", "なし", PLACEHOLDER),
    ("DISCORD_TOKEN", "-", PLACEHOLDER),
    ("DISCORD_TOKEN", "my_token", PLACEHOLDER),
    ("DISCORD_TOKEN", "my-bot-token", PLACEHOLDER),
    ("DISCORD_TOKEN", "mytoken", PLACEHOLDER),
    ("DISCORD_TOKEN", "discord_bot_token", PLACEHOLDER),
    ("DISCORD_TOKEN", "paste-your-key-here", PLACEHOLDER),
    ("DISCORD_TOKEN", "PASTE YOUR TOKEN HERE", PLACEHOLDER),
    ("DISCORD_TOKEN", "xxxx.xxxx.xxxx", PLACEHOLDER),
    ("GEMINI_API_KEY", "insert_key", PLACEHOLDER),
    ("GEMINI_API_KEY", "AIza", PLACEHOLDER),
    ("GEMINI_API_KEY", "AIzaSy" + "X" * 33, PLACEHOLDER),
    ("GEMINI_API_KEY", "AIzaSyXXXX…", PLACEHOLDER),
    ("GEMINI_API_KEY", "AQ.", PLACEHOLDER),
    ("GEMINI_API_KEY", "AQ.xxxx", PLACEHOLDER),
    ("GEMINI_API_KEY", "AQ." + "x" * 40, PLACEHOLDER),
    ("GEMINI_API_KEY", "AQ.…", PLACEHOLDER),
    ("GEMINI_API_KEY", "google_api_key", PLACEHOLDER),
    ("SUPABASE_KEY", "sb_secret_", PLACEHOLDER),
    ("SUPABASE_KEY", "sb_secret_N7UND***************", PLACEHOLDER),
    ("SUPABASE_KEY", "sb_secret_xxxxxxxxxxxxxxxx", PLACEHOLDER),
    ("SUPABASE_KEY", "sb_secret_your_key", PLACEHOLDER),
    ("SUPABASE_KEY", "service_role_key", PLACEHOLDER),
    ("SUPABASE_KEY", "eyJ", PLACEHOLDER),
    ("SUPABASE_URL", "http://localhost:port", PROJECT_URL),
    ("SUPABASE_URL", "http://[::1", PROJECT_URL),
    ("SUPABASE_URL", "https://two words.supabase.co", PROJECT_URL),
    ("SUPABASE_URL", SECRET, "a Supabase key"),
    ("SUPABASE_URL", JWT, "a Supabase key"),
    ("SUPABASE_KEY", "your_supabase_service_role_key", PLACEHOLDER),
    ("SUPABASE_KEY", "sb_secret_...", PLACEHOLDER),
    ("SUPABASE_KEY", "sbp_0123456789abcdef0123456789abcdef01234567", "an access token of a Supabase account"),
    ("SUPABASE_KEY", HOSTED, "is an address"),
    ("SUPABASE_KEY", GEMINI_NEW, "a Gemini API key"),
    *(
        (key, f"abcdefgh\x7fijkl{extra}", "that none has")
        for key, extra in (
            ("DISCORD_TOKEN", ""),
            ("GEMINI_API_KEY", "m"),
            ("SUPABASE_KEY", "n"),
        )
    ),
    ("SUPABASE_KEY", f"{SECRET}\xadx", "characters that none has"),
    ("SUPABASE_URL", "https://データ.example.jp", "characters that none has"),
    ("DISCORD_API_URL", "https://プロキシ.example/api/v10", "characters that none has"),
    ("DISCORD_GATEWAY_URL", "wss://ゲート.example", "characters that none has"),
    ("GEMINI_API_ENDPOINT", "エンド.example:443", "characters that none has"),
    ("GEMINI_API_ENDPOINT", "me:hushhush@host:443", "must be host:port"),
    ("LAVALINK_NODES", "http://:パスワード@host:1", "characters that none has"),
    ("LAVALINK_NODES", "http://:hushhush%0d%0aX@host:1", "characters that none has"),
    ("LAVALINK_NODES", "http://:hushhush%7f@host:1", "characters that none has"),
    ("LAVALINK_NODES", "http://:hushhush@ホスト:1", "characters that none has"),
    ("LAVALINK_NODES", "localhost:2333", "has no password; write http://:PASSWORD@localhost:2333"),
    ("LAVALINK_NODES", "http://127.0.0.1:2333", "has no password; write http://:PASSWORD@127.0.0.1:2333"),
    ("LAVALINK_NODES", "http://:@127.0.0.1:2333", "has no password; write http://:PASSWORD@127.0.0.1:2333"),
    ("LAVALINK_NODES", "ftp://:hushhush@host:1", "must be URIs such as"),
    ("LAVALINK_NODES", "http://:hushhush@host:port", "must be URIs such as"),
    ("LAVALINK_NODES", "http://:hushhush@", "must be URIs such as"),
    ("CHAT_CHANNEL_IDS", "#general", "must be ids"),
    ("MUSIC_URL_HOSTS", "*", "names of hosts"),
    ("MUSIC_URL_HOSTS", "user:pw@radio.example.org", "names of hosts"),
    ("MUSIC_URL_HOSTS", "radio_example", "names of hosts"),
    ("MUSIC_URL_HOSTS", "example.org:port", "names of hosts"),
    ("CHAT_CHANNEL_IDS", "https://discord.gg/abc", "must be ids"),
    ("CHAT_BOT_IDS", "Otonari#1234", "must be ids"),
    ("CHAT_QUESTIONS_PER_MINUTE", "twenty", "whole number; 0 means no limit"),
    ("CHAT_USER_TOKENS_PER_DAY", "1.5", "whole number; 0 means no limit"),
    ("SUPABASE_DB_LIMIT_MB", "0", "whole number of megabytes from 1"),
    ("SUPABASE_DB_TRIM", "perhaps", "must be on or off"),
    ("SHARD_IDS", "3-1", "must be shard numbers"),
    ("SHARD_IDS", "8", "must be below SHARD_COUNT, 8"),
    ("SHARD_COUNT", "0", "whole number from 1"),
    ("BOT_LANGUAGE", "français", "must be ja or en"),
    ("BOT_TIMEZONE", "Mars/Olympus", "IANA database"),
    ("BOT_TIMEZONE", "America", "IANA database"),
    ("BOT_TIMEZONE", "localtime", "IANA database"),
    ("BOT_TIMEZONE", "../etc/passwd", "IANA database"),
    ("BOT_TIMEZONE", "UTC+99", "IANA database"),
    ("BOT_ID", "my bot", "must be 1 to 64 letters"),
    ("BOT_ID", "all", "every bot in /netstats"),
    ("DATA_DIR", "C:\\\new\\tmp".replace("\\\n", "\n"), "line break or a tab"),
    ("DISCORD_API_URL", "https://discord.com/developers/applications", "must be https://discord.com/api/v10"),
    ("DISCORD_API_URL", "https://discord.com/api", "must be https://discord.com/api/v10"),
    ("DISCORD_API_URL", "discord.com/api/v10", "must be a URL that starts with https://"),
    ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg", "must be a URL that starts with wss://"),
    ("LOG_LEVEL", "LOUD", "must be one of DEBUG"),
]


@pytest.mark.parametrize(("key", "pasted", "sentence"), NAMED)
def test_it_is_named_in_one_sentence_that_repeats_no_secret(key: str, pasted: str, sentence: str) -> None:
    reading = read(key, pasted)

    assert list(reading.problems) == [key]
    problem = reading.problems[key]
    assert sentence in problem("en")
    for language in ("ja", "en"):
        assert "{" not in problem(language)
        for secret in (TOKEN, GEMINI, GEMINI_NEW, SECRET, JWT, "hushhush", "sbp_", "sk-0"):
            assert secret not in problem(language)


def test_a_key_without_its_project_is_pointed_out() -> None:
    reading = read_settings({"DISCORD_TOKEN": TOKEN, "SUPABASE_KEY": SECRET}, NO_FILE)

    assert str(reading.notices["SUPABASE_KEY"]) == "has no effect without SUPABASE_URL"
