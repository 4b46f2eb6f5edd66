"""The whole telemetry against real PostgreSQL behind the real REST protocol, through the real supabase-py."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import load_settings
from bot.supabase_client import SupabaseClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import psycopg

    from bot.config import Settings
    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]


@dataclass
class Source:
    """A bot as telemetry sees it."""

    settings: Settings
    latency: float = 0.042
    guilds: list[object] = field(default_factory=lambda: [object(), object()])

    def lavalink_ping_ms(self) -> float | None:
        return 7.5


def settings_for(supabase: RunningSupabase, data_dir: Path, **environ: str) -> Settings:
    return load_settings(
        {
            "DISCORD_TOKEN": "token",
            "SUPABASE_URL": supabase.url,
            "SUPABASE_KEY": supabase.secret_key,
            "DATA_DIR": str(data_dir),
            **environ,
        },
        env_file=data_dir / "no.env",
    )


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that other tasks and threads bring about."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the condition is another process's
            await asyncio.sleep(0.01)


@pytest.fixture
async def client(
    supabase: RunningSupabase, clean_database: Database, tmp_path: Path
) -> AsyncIterator[SupabaseClient]:
    client = SupabaseClient(Source(settings_for(supabase, tmp_path)))
    yield client
    await client.close()


async def say(client: SupabaseClient, prompt: str) -> None:
    await client.save_conversation_log(user_id=1, user_name="はる", prompt=prompt, response="はい")


async def test_the_startup_lines_name_every_table(
    client: SupabaseClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await client.initialize()
    assert [message for message in caplog.messages if message[0] in "✅🔄❌⚠"] == [
        "✅ Supabase client initialized",
        "✅ system_stats table exists",
        "✅ conversation_logs table exists",
        "✅ music_logs table exists",
        "✅ network_stats table exists",
        "✅ bot_logs table exists",
        "🔄 Health monitor started (10s interval)",
    ]


async def test_a_conversation_and_a_play_are_in_the_database_within_a_second(
    client: SupabaseClient, database: Database
) -> None:
    await client.initialize()
    await say(client, "こんにちは")
    await client.save_music_log(guild_id=5, song_title="夜に駆ける", requested_by="ユキ", requested_by_id=6)
    await until(lambda: sum(a.delivered for t, a in client.ledger().items() if not t.endswith("stats")) == 2)
    assert database.execute(
        "select bot_id, user_id, user_name, prompt, response from conversation_logs"
    ).fetchall() == [("primary", "1", "はる", "こんにちは", "はい")]
    assert database.execute(
        "select guild_id, song_title, requested_by, requested_by_id from music_logs"
    ).fetchall() == [("5", "夜に駆ける", "ユキ", "6")]
