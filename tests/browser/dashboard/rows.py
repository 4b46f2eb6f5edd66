"""Telemetry of a bot that has been running for a while, written straight into the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

BOOT = "00000000-0000-4000-8000-000000000001"
SONGS = [
    "夜に駆ける",
    "群青",
    "怪物",
    "Pretender",
    "打上花火",
    "Lemon",
    "アイドル",
    "紅蓮華",
    "残酷な天使のテーゼ",
    "First Love",
]
PEOPLE = [("201", "はる"), ("202", "なつき"), ("203", "あき"), ("204", "ふゆみ"), ("205", "Sora")]
TALKS = [
    ("明日の東京の天気は？", "晴れのち曇り、最高気温は17℃の予報です。夕方から風が強まるので上着をどうぞ。"),
    (
        "カレーを作るとき、隠し味は何がいい？",
        "おすすめは三つあります。\n1. すりおろしたりんご\n2. コーヒーをひとつまみ\n3. 仕上げのバター",
    ),
    ("Explain RLS in one sentence", "The database itself decides, row by row, who may see what."),
    ("おすすめの曲ある？", "静かな夜なら「First Love」、元気を出したいなら「群青」はいかがでしょう。"),
    (
        "SQLのJOINがよく分からない",
        "JOINは、二つの表を共通の列でつなぐ操作です。たとえば注文と顧客を顧客IDでつなぎます。",
    ),
]
LOGS = [
    ("WARNING", "bot.lavalink.nodes", "Lavalink node main does not answer; trying again in 4 s", None, None),
    (
        "ERROR",
        "bot.error_handler",
        "Unexpected error in /play",
        "7f3a9c",
        "Traceback (most recent call last):\n  File \"bot/music.py\", line 118, in play\nKeyError: 'encoded'",
    ),
    ("WARNING", "bot.llm.gemini", "Gemini is busy (503); retry 2 of 3", None, None),
    ("INFO", "bot.client", "Reconnected to the gateway after 3.1 s", None, None),
]

NAMES = """
insert into discord_names (discord_id, kind, name) values
  ('9001', 'guild', 'お隣さん荘'), ('9002', 'guild', 'ゲーム部'), ('9003', 'guild', '音楽室'),
  ('9011', 'channel', '雑談')
"""
SYSTEM = """
insert into system_stats
  (bot_id, timestamp, cpu_usage, ram_usage, memory_rss, ping_gateway, ping_lavalink, server_count, uptime)
select %(bot)s, at, 14 + 9 * sin(i / 37.0) + 6 * random(), 52 + 5 * sin(i / 700.0) + random(),
  118 + 12 * sin(i / 900.0) + i %% 7, 44 + 8 * random() + 30 * (i %% 211 = 0)::int, 6 + 4 * random(), 12,
  200000 - i * 10
from generate_series(0, %(days)s * 8640 - 1) as i,
  lateral (select now() - interval '2 seconds' - i * interval '10 seconds' as at) as clock
"""
NETWORK = """
insert into network_stats
  (bot_id, boot_id, sequence, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select %(bot)s, %(boot)s, %(days)s * 8640 - i, now() - interval '2 seconds' - i * interval '10 seconds',
  sent, recv, sent + recv, sent / 1048576.0, recv / 1048576.0, (sent + recv) / 1048576.0
from generate_series(0::bigint, %(days)s * 8640 - 1) as i, lateral (
  select
    (30000 + 22000 * sin(i / 50.0) + 9000 * random() + 90000 * (i %% 97 < 9)::int)::bigint as sent,
    (90000 + 30000 * sin(i / 60.0) + 20000 * random() + 260000 * (i %% 97 < 11)::int)::bigint as recv
) as bytes
where not (i between 120 and 141) and not (i between 5200 and 5410)
"""


def fill(database: Connection, *, bot: str = "primary", days: int = 1, few: bool = False) -> None:
    """Insert ``days`` of samples up to now, with two gaps in the traffic, plays, conversations and logs."""
    database.execute(NAMES)
    database.execute(SYSTEM, {"bot": bot, "days": min(days, 7)})
    database.execute(NETWORK, {"bot": bot, "boot": BOOT, "days": days})
    plays = [
        (
            SONGS[int((place * 37 % 64 / 64) ** 2 * 10)],
            *PEOPLE[int((place * 29 % 64 / 64) ** 1.6 * 5)],
            f"900{1 + place % 4 % 3}",
        )
        for place in range(6 if few else 64)
    ]
    database.execute(
        """insert into music_logs (bot_id, song_title, requested_by_id, requested_by, guild_id, timestamp)
           select %s, play ->> 0, play ->> 1, play ->> 2, play ->> 3,
             now() - interval '40 seconds' - place * interval '17 minutes'
           from jsonb_array_elements(%s::jsonb) with ordinality as plays (play, place)""",
        [bot, json.dumps(plays)],
    )
    talks = [(*TALKS[place % 5], *PEOPLE[(place + 1) % 5]) for place in range(5 if few else 23)]
    database.execute(
        """insert into conversation_logs
             (bot_id, prompt, response, user_id, user_name, guild_id, channel_id, is_private, model,
              prompt_tokens, response_tokens, timestamp)
           select %s, talk ->> 0, talk ->> 1, talk ->> 2, talk ->> 3,
             case when place %% 4 > 0 then '9001' end, '9011', place %% 7 = 3,
             'gemini-3.5-flash-lite', 120 + place * 7, 80 + place * 13, now() - place * interval '23 minutes'
           from jsonb_array_elements(%s::jsonb) with ordinality as talks (talk, place)""",
        [bot, json.dumps(talks)],
    )
    database.execute(
        """insert into gemini_usage
             (bot_id, user_id, model, prompt_tokens, answer_tokens, total_tokens, timestamp)
           select bot_id, user_id, model, prompt_tokens, response_tokens, prompt_tokens + response_tokens,
             timestamp
           from conversation_logs where bot_id = %s and model is not null""",
        [bot],
    )
    database.execute(
        """insert into bot_logs (bot_id, level, logger, message, error_id, traceback, timestamp)
           select %s, line ->> 0, line ->> 1, line ->> 2, line ->> 3, line ->> 4,
             now() - place * interval '31 minutes'
           from jsonb_array_elements(%s::jsonb) with ordinality as lines (line, place)""",
        [bot, json.dumps([LOGS[place % 4] for place in range(4 if few else 14)])],
    )


def sample(
    database: Connection,
    *,
    bot: str = "primary",
    cpu: float = 12.5,
    status: str = "online",
    servers: int = 3,
) -> None:
    """Insert one sample of now."""
    database.execute(
        "insert into system_stats (bot_id, cpu_usage, ram_usage, memory_rss, server_count, uptime, status,"
        " ping_gateway, ping_lavalink) values (%s, %s, 40, 100, %s, 60, %s, 50, null)",
        [bot, cpu, servers, status],
    )


def traffic(database: Connection, sent: int, received: int, *, bot: str = "primary") -> None:
    """Insert one traffic sample of now."""
    database.execute(
        "insert into network_stats (bot_id, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)"
        " values (%(bot)s, %(sent)s, %(recv)s, %(sent)s + %(recv)s, 0, 0, 0)",
        {"bot": bot, "sent": sent, "recv": received},
    )


def play(database: Connection, song: str, *, guild: str = "9001", by: str = "はる") -> None:
    """Insert one play of now."""
    database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id)"
        " values (%s, %s, %s, '201')",
        [guild, song, by],
    )


def talk(database: Connection, prompt: str, *, name: str = "はる", user: str = "201") -> None:
    """Insert one conversation of now."""
    database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response) values (%s, %s, %s, 'うん')",
        [user, name, prompt],
    )


def log_line(database: Connection, message: str, *, level: str = "ERROR") -> None:
    """Insert one log line of now."""
    database.execute("insert into bot_logs (level, logger, message) values (%s, 'bot', %s)", [level, message])
