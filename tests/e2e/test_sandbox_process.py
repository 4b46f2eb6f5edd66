"""``python -m sandbox`` as its owner sees it in the terminal: ports that are taken, a bot that is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.bot_process import BotProcess
from sandbox.ports import LOOPBACK
from tests.e2e.conftest import eventually
from tests.support.running_sandbox import HEADLESS, ROOT, RunningSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

WRONG_SETTINGS = {"BOT_LANGUAGE": "tlh"}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server((LOOPBACK, 0)) as other:
        yield other.getsockname()[1]


def test_a_taken_port_of_the_page_is_told_in_sentences(taken: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", *HEADLESS, "--data-dir", str(tmp_path), "--port", str(taken)]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert f"port {taken} of the chat page cannot be used: Address already in use." in ended.stderr
    assert f"ポート {taken} は使えません" in ended.stderr
    assert "make demo ARGS='--port " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Errno" not in ended.stderr


def test_a_number_that_is_no_port_is_refused_with_the_usage(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sandbox", "--data-dir", str(tmp_path), "--port", "70000"]
    ended = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 2
    assert "argument --port: invalid port_number value: '70000'" in ended.stderr
    assert "Traceback" not in ended.stderr


async def test_a_killed_bot_is_told_of_and_started_again(taken: int) -> None:
    with tempfile.TemporaryDirectory(prefix="otonari-e2e-") as directory:
        told = Path(directory) / "told.txt"
        with told.open("w") as messages:
            sandbox = RunningSandbox.start(
                Path(directory), "--supabase-port", str(taken), messages=messages.fileno()
            )
        first = sandbox.control("bot", "GET", "/")["pid"]

        os.kill(first, signal.SIGKILL)

        await eventually(lambda: told.read_text().count("bot online") == 2)
        again = sandbox.control("bot", "GET", "/")
        assert sandbox.stop() == 0
        said = told.read_text()
    assert f"supabase: port {taken}: Address already in use; taking another" in said
    assert not sandbox.info["supabase"]["url"].endswith(f":{taken}")
    assert "the bot ended (killed by SIGKILL); starting it again in 1 s · ボットが終了したので" in said
    assert again["running"]
    assert again["pid"] != first


async def test_a_bot_that_ends_by_itself_is_lost_and_one_that_is_stopped_is_not(tmp_path: Path) -> None:
    bot = BotProcess(lambda: WRONG_SETTINGS, tmp_path / "bot.log")
    await bot.start()
    await bot.lost.wait()
    assert bot.ending == "exit code 2"

    await bot.start()
    assert not bot.lost.is_set()
    await bot.signal(signal.SIGKILL)
    assert bot.exited.is_set()
    assert bot.ending == "killed by SIGKILL"
    assert not bot.lost.is_set()
