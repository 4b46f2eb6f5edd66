"""Every documented way to start the bot, and what it says when it cannot start."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import lines_until, settings_for, start
from tests.support.running_sandbox import ROOT, RunningSandbox

if TYPE_CHECKING:
    pass

MAIN = ([sys.executable, "main.py"], ROOT / "bot")
MODULE = ([sys.executable, "-m", "bot"], ROOT)
WITHOUT_POSIX = ([sys.executable, "tests/support/without_posix.py", "-m", "bot"], ROOT)


@pytest.mark.parametrize("command", [MAIN, MODULE], ids=["cd bot && python main.py", "python -m bot"])
def test_the_bot_starts_says_its_lines_and_leaves_an_offline_row(
    services: RunningSandbox, data_dir: Path, command: tuple[list[str], Path]
) -> None:
    bot_id = f"entry-{os.getpid()}-{len(command[0])}"
    process = start(command, {**settings_for(services, data_dir), "BOT_ID": bot_id})
    said = "".join(lines_until(process, "✅ Logged in as"))
    assert "✅ Supabase client initialized" in said
    for table in ("system_stats", "conversation_logs", "music_logs", "network_stats", "bot_logs"):
        assert f"✅ {table} table exists" in said
    assert "🔄 Health monitor started (10s interval)" in said
    assert "Chat is off: GEMINI_API_KEY is not set" in said
    assert services.info["supabase"]["secret_key"] not in said
    process.send_signal(signal.SIGTERM)
    _, rest = process.communicate(timeout=120)
    assert process.returncode == 0, rest
    assert "Traceback" not in said + rest
    last = "select status from system_stats where bot_id = %s order by timestamp desc limit 1"
    assert services.rows(last, [bot_id]) == [("offline",)]


@pytest.mark.parametrize("encoding", ["cp932", "ascii"])
def test_without_what_only_posix_has_the_bot_starts_and_ctrl_c_ends_it_gracefully(
    services: RunningSandbox, data_dir: Path, encoding: str
) -> None:
    bot_id = f"elsewhere-{os.getpid()}-{encoding}"
    settings = {**settings_for(services, data_dir), "BOT_ID": bot_id, "LOG_LEVEL": "DEBUG"}
    process = start(WITHOUT_POSIX, {**settings, "BOT_LANGUAGE": "ja", "PYTHONIOENCODING": encoding})
    japanese = {"cp932": "としてログイン", "ascii": "????????????"}[encoding]
    said = "".join(lines_until(process, japanese))
    assert "? Supabase client initialized" in said
    assert "? Health monitor started (10s interval)" in said
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=120)
    assert process.returncode == 0, rest
    assert "Traceback" not in said + rest
    last = "select status from system_stats where bot_id = %s order by timestamp desc limit 1"
    assert services.rows(last, [bot_id]) == [("offline",)]


def test_a_terminal_that_is_closed_ends_the_bot_gracefully(services: RunningSandbox, data_dir: Path) -> None:
    process = start(MODULE, {**settings_for(services, data_dir), "SUPABASE_URL": "off"})
    lines_until(process, "✅ Logged in as")
    process.send_signal(signal.SIGHUP)
    _, rest = process.communicate(timeout=120)
    assert process.returncode == 0, rest
    assert "Shutting down" in rest


def test_wrong_settings_are_all_named_without_a_traceback() -> None:
    process = start(MODULE, {"BOT_LANGUAGE": "tlh", "SUPABASE_URL": "supabase.co"})
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    for key in ("DISCORD_TOKEN", "BOT_LANGUAGE", "SUPABASE_URL"):
        assert f"  {key}: " in said
    assert "Traceback" not in said


def test_a_token_that_discord_does_not_know_is_named(services: RunningSandbox, data_dir: Path) -> None:
    wrong = {**settings_for(services, data_dir), "DISCORD_TOKEN": "MTIz.wrong.token", "SUPABASE_URL": "off"}
    process = start(MODULE, wrong)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "DISCORD_TOKEN: is not accepted by Discord" in said
    assert "Traceback" not in said


def test_discord_out_of_reach_is_waited_for(services: RunningSandbox, data_dir: Path) -> None:
    services.control("discord", "POST", "/faults", {"action": "reset", "path": "/users/@me$", "times": 3})
    process = start(MODULE, {**settings_for(services, data_dir), "SUPABASE_URL": "off"})
    said = "".join(lines_until(process, "✅ Logged in as"))
    process.terminate()
    process.communicate(timeout=120)
    assert "Discord cannot be reached" in said
    assert "Telemetry is off: SUPABASE_URL is off" in said


def test_two_bots_do_not_share_a_data_directory(services: RunningSandbox, data_dir: Path) -> None:
    first = start(MODULE, settings_for(services, data_dir))
    lines_until(first, "✅ Logged in as")
    second = start(MODULE, settings_for(services, data_dir))
    _, said = second.communicate(timeout=120)
    first.terminate()
    first.communicate(timeout=120)
    assert second.returncode == 2
    assert "DATA_DIR: another Otonari is running" in said
