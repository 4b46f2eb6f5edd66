from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
import pytest

from bot.config import ConfigError
from bot.supabase_client import SupabaseClient, clock_stepped
from bot.telemetry.events import NetworkSum
from bot.telemetry.ledger import Account
from bot.telemetry.tables import (
    CONVERSATION_LOGS,
    DISCORD_NAMES,
    GEMINI_USAGE,
    MUSIC_LOGS,
    NETWORK_STATS,
    SYSTEM_STATS,
)
from tests.support.telemetry import Source, telemetry_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[SupabaseClient]:
    """Return a client that records and does not send."""
    environ = {"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_KEY": "k", "DATA_DIR": str(tmp_path)}
    client = SupabaseClient(Source(telemetry_settings({**environ, "BOT_ID": "spare"})))
    yield client
    await client.close()


async def rows(client: SupabaseClient, table: object) -> list[dict[str, object]]:
    assert client._outbox is not None
    return [spooled.row for spooled in await client._outbox.batch(table, 0, 100, 2**20)]


async def test_what_is_saved_before_the_start_is_kept(client: SupabaseClient) -> None:
    await client.save_conversation_log(
        user_id=10**18, user_name="n", prompt="p", response="r", guild_id=1, prompt_tokens=5
    )
    await client.save_music_log(guild_id=1, song_title="s", requested_by="n", requested_by_id=2)
    await client.save_gemini_usage(
        guild_id=None, user_id=1, model="m", prompt_tokens=1, answer_tokens=2, total_tokens=4
    )
    (conversation,) = await rows(client, CONVERSATION_LOGS)
    (usage,) = await rows(client, GEMINI_USAGE)
    (play,) = await rows(client, MUSIC_LOGS)
    assert conversation.keys() == {"id", "timestamp", *CONVERSATION_LOGS.columns}
    assert usage.keys() == {"id", "timestamp", *GEMINI_USAGE.columns}
    assert play.keys() == {"id", "timestamp", *MUSIC_LOGS.columns}
    assert (conversation["user_id"], conversation["guild_id"]) == ("1" + "0" * 18, "1")
    assert (conversation["bot_id"], conversation["channel_id"]) == ("spare", None)
    assert client.ledger()["music_logs"] == Account(1, spooled=1)
    assert client.is_durable


async def test_a_name_is_recorded_once_until_it_changes(client: SupabaseClient) -> None:
    for name in ("general", "general", "雑談"):
        client.save_discord_name(discord_id=10**18, kind="channel", name=name)
    first, second = await rows(client, DISCORD_NAMES)
    assert first.keys() == {"id", "timestamp", *DISCORD_NAMES.columns}
    assert (first["discord_id"], first["kind"]) == ("1" + "0" * 18, "channel")
    assert [first["name"], second["name"]] == ["general", "雑談"]


async def test_samples_have_every_column_of_their_tables(client: SupabaseClient) -> None:
    for _ in range(3):
        await client.health_monitor_loop()
        client._sampled_at = float("-inf")
    system = await rows(client, SYSTEM_STATS)
    network = await rows(client, NETWORK_STATS)
    assert [row.keys() for row in system] == [{"id", "timestamp", *SYSTEM_STATS.columns}] * 3
    assert [row.keys() for row in network] == [{"id", "recorded_at", *NETWORK_STATS.columns}] * 2
    assert [row["sequence"] for row in network] == [0, 1]
    assert len({row["boot_id"] for row in network}) == 1


async def test_a_burst_of_the_loop_makes_one_sample(client: SupabaseClient) -> None:
    for _ in range(5):
        await client.health_monitor_loop()
    assert len(await rows(client, SYSTEM_STATS)) == 1


async def test_a_failing_sample_is_logged_and_the_other_one_taken(
    client: SupabaseClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await client._send_network_stats()

    def denied() -> float:
        raise psutil.AccessDenied(1)

    monkeypatch.setattr(psutil, "virtual_memory", denied)
    await client.health_monitor_loop()
    assert len(await rows(client, NETWORK_STATS)) == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "❌ Health monitor error" in caplog.text


async def test_each_network_sample_says_in_the_debug_log_what_it_counted(
    client: SupabaseClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    row = {"mb_sent": 1.234, "mb_recv": 5.678}
    readings = iter([None, row])
    monkeypatch.setattr(client._sampler, "network", lambda: next(readings))
    caplog.set_level(logging.DEBUG, "bot.supabase_client")
    for _ in range(2):
        await client._send_network_stats()
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.DEBUG, "📊 Network stats: TX=1.23MB, RX=5.68MB")
    ]


@pytest.mark.parametrize(
    ("error", "said"), [(OSError("no counters"), "no counters"), (RuntimeError(), "RuntimeError")]
)
async def test_network_counters_that_cannot_be_read_are_one_line_and_the_next_sample_is_taken(
    client: SupabaseClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    said: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    await client._send_network_stats()
    with monkeypatch.context() as patched:
        patched.setattr(psutil, "net_io_counters", fail)
        await client.health_monitor_loop()
    assert [(record.levelno, record.getMessage(), record.exc_info) for record in caplog.records] == [
        (logging.ERROR, f"❌ Failed to send network stats: {said}", None)
    ]
    assert len(await rows(client, SYSTEM_STATS)) == 1
    await client._send_network_stats()
    assert len(await rows(client, NETWORK_STATS)) == 1


async def test_the_loop_has_two_names_and_is_one(client: SupabaseClient) -> None:
    assert client._health_monitor_loop is client.health_monitor_loop
    await client._health_monitor_loop()
    assert len(await rows(client, SYSTEM_STATS)) == 1


@pytest.mark.parametrize(
    ("ahead", "stepped"), [(None, False), (10, False), (0, False), (-3, False), (3600, True), (-3600, True)]
)
def test_a_wall_clock_that_was_set_is_noticed(ahead: float | None, stepped: bool) -> None:
    following = None if ahead is None else NOW + timedelta(seconds=ahead)
    assert clock_stepped(following, NOW) is stepped


async def test_the_loop_plans_anew_after_the_clock_was_set(
    client: SupabaseClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.supabase_client.clock_stepped", lambda *_: not len(restarts))
    restarts: list[object] = []
    monkeypatch.setattr(client.health_monitor_loop, "restart", lambda: restarts.append(1))
    await client.health_monitor_loop()
    await client.health_monitor_loop()
    assert restarts == [1]


async def test_one_process_per_directory(client: SupabaseClient, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="DATA_DIR"):
        SupabaseClient(
            Source(
                telemetry_settings(
                    {"SUPABASE_URL": "http://x", "SUPABASE_KEY": "k", "DATA_DIR": str(tmp_path)}
                )
            )
        )


async def test_waiting_samples_are_what_a_bot_without_a_database_knows(client: SupabaseClient) -> None:
    assert await client.network_totals() is None  # before initialize
    await client._send_network_stats()
    await client._send_network_stats()
    assert client._outbox is not None
    waiting = await client._outbox.network_sum(0, float("inf"))
    assert isinstance(waiting, NetworkSum)
    assert waiting.samples == 1


async def test_closing_twice_is_harmless(client: SupabaseClient) -> None:
    await client.close()
    await client.close()
    assert client.ledger() == {}


async def test_an_opt_out_and_what_else_is_remembered_survive_the_loss_of_the_file(tmp_path: Path) -> None:
    environ = {"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_KEY": "k", "DATA_DIR": str(tmp_path / "data")}
    source = Source(telemetry_settings(environ))
    client = SupabaseClient(source)
    assert client._opt_outs
    await source.state.put("music.settings.1", {"votes": False})
    await client._opt_outs.set_opt_out("7", opted_out=True)
    source.settings.database_file.unlink()
    await source.state.put("music.settings.2", {"votes": False})
    await client._opt_outs.set_opt_out("8", opted_out=True)
    await client.close()
    again = Source(telemetry_settings(environ))
    client = SupabaseClient(again)
    assert client._opt_outs
    assert [client._opt_outs.has_opted_out(person) for person in ("7", "8", "9")] == [True, True, False]
    assert [again.state.get(f"music.settings.{guild}") for guild in (1, 2)] == [{"votes": False}] * 2
    await client.close()
