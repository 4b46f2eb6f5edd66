from __future__ import annotations

import math
from datetime import UTC, datetime
from unittest.mock import create_autospec

from bot.client import Bot
from bot.status_embed import AMBER, GREEN, status_embed
from bot.supabase_client import SupabaseClient
from bot.telemetry.host_metrics import HostSample
from bot.telemetry.inspection import Health
from bot.telemetry.ledger import Account
from bot.telemetry.postgrest_errors import classified
from bot.telemetry.schema_version import REQUIRED_VERSION
from bot.telemetry.storage_guard import StorageGuard

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def status(
    megabytes: int, *, lavalink: object = None, latency: float = 0.04, **telemetry: object
) -> tuple[dict[str, str], int]:
    """Return the fields and the colour of ``/status`` with a database of this size, of 500 MB at most."""
    guard = StorageGuard(500)
    guard.size = megabytes * 2**20
    bot = create_autospec(Bot, instance=True, uptime=60.0, latency=latency, guilds=[], lavalink=lavalink)
    bot.lavalink_ping_ms.return_value = 7.4 if lavalink == "up" else None
    usual = {"storage": guard, "failures": {}, "is_durable": True, "is_running": True, "last_delivery": None}
    usual |= {"health": Health(REQUIRED_VERSION), "pending_erasures": 0}
    bot.supabase_client = create_autospec(SupabaseClient, instance=True, **{**usual, **telemetry})
    bot.supabase_client.ledger.return_value = {"music_logs": Account(recorded=3, delivered=2, dead=1)}
    embed = status_embed(bot, HostSample(1, 2, 3, 4, 5), NOON, "en")
    assert embed.colour is not None
    return {field.name or "": field.value or "" for field in embed.fields}, embed.colour.value


def test_status_warns_of_a_database_that_is_nearly_full() -> None:
    fields, colour = status(399)
    assert (fields["💾 Database size"], colour) == ("399.00 MB of 500.00 MB (79%)", GREEN)
    fields, colour = status(400)
    assert fields["💾 Database size"].startswith("⚠️ 400.00 MB of 500.00 MB (80%)\nNearly full")
    assert colour == AMBER


def test_status_tells_what_keeps_telemetry_from_passing() -> None:
    trouble = {"bot_logs": classified(403, {}, "42501", "permission denied for table bot_logs")}
    fields, colour = status(1, failures=trouble, is_durable=False)
    assert fields["🗄️ Telemetry"].startswith("recorded 3 = delivered 2 + ")
    assert (
        "`bot_logs`: a table, a column or a grant is missing (42501: permission denied"
        in fields["⚠️ Delivery trouble"]
    )
    assert "disk cannot be written" in fields["⚠️ Delivery trouble"]
    assert colour == AMBER


def test_status_tells_of_a_database_that_is_older_or_newer_than_the_bot() -> None:
    name = "🧱 Database version"
    for same in (None, Health(REQUIRED_VERSION)):
        fields, colour = status(1, health=same)
        assert (name in fields, colour) == (False, GREEN)
    fields, colour = status(1, health=Health(2))
    assert fields[name].startswith(f"⚠️ your database has version 2, this bot needs {REQUIRED_VERSION}: paste")
    assert colour == AMBER
    fields, colour = status(1, health=Health(REQUIRED_VERSION + 1))
    assert "nothing has to be done" in fields[name]
    assert colour == GREEN


def test_status_tells_of_erasures_that_wait() -> None:
    fields, colour = status(1, pending_erasures=2)
    assert "2 erasures (`/privacy`) are waiting" in fields["⚠️ Delivery trouble"]
    assert colour == AMBER


def test_status_shows_no_round_trip_that_is_not_known_and_warns_of_a_slow_one() -> None:
    name = "📡 Discord"
    for latency, shown, expected in (
        (0.3, "300 ms", GREEN),
        (math.nan, "not measured yet", GREEN),
        (1.5, "1500 ms", AMBER),
    ):
        fields, colour = status(1, latency=latency)
        assert (fields[name], colour) == (shown, expected)


def test_status_tells_lavalink_that_is_not_set_up_from_one_that_does_not_answer() -> None:
    told = [status(1, lavalink=lavalink)[0]["🎵 Lavalink"] for lavalink in (None, "down", "up")]
    assert told == ["off (no LAVALINK_NODES)", "⚠️ does not answer", "7 ms"]
