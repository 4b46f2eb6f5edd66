"""What is off is not even imported."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
    import asyncio, os, sys
    from pathlib import Path
    from bot.client import EXTENSIONS
    from bot.config import load_settings
    from bot.main import compose

    async def main():
        bot = compose(load_settings(os.environ, Path("there-is-no.env")))
        async with bot:
            await bot.supabase_client.initialize()
            for extension in EXTENSIONS:
                await bot.load_extension(extension)

    asyncio.run(main())
    print(*sys.modules)
"""
ALL_OFF = {"GEMINI_API_KEY": "", "LAVALINK_NODES": "", "SUPABASE_URL": "off", "LYRICS_URL": ""}


def imported(directory: Path, **environ: str) -> set[str]:
    """Return the modules that a bot with these settings has imported before it connects."""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(PROGRAM)],
        cwd=ROOT,
        env={"DISCORD_TOKEN": "token", "DATA_DIR": str(directory), **ALL_OFF, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


def test_with_every_service_off_no_sdk_is_imported(tmp_path: Path) -> None:
    sdks = {
        "google.ai",
        "google.protobuf",
        "grpc",
        "supabase",
        "postgrest",
        "realtime",
        "httpx",
        "matplotlib",
    }
    assert imported(tmp_path) & sdks == set()


def test_without_a_server_of_lyrics_its_client_is_not_imported(tmp_path: Path) -> None:
    client = "bot.lyrics.lrclib"
    assert client not in imported(tmp_path)
    assert client in imported(tmp_path, LYRICS_URL="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("environ", "sdk"),
    [
        ({"GEMINI_API_KEY": "k"}, "google.ai"),
        ({"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_KEY": "k"}, "supabase"),
    ],
)
def test_a_service_that_is_on_brings_its_sdk(environ: dict[str, str], sdk: str, tmp_path: Path) -> None:
    assert sdk in imported(tmp_path, **environ)


@pytest.mark.parametrize(
    "modules",
    [
        ("bot.chat.commands", "bot.chat.channel_commands", "bot.chat.settings_commands"),
        ("bot.llm", "bot.llm.provider", "bot.llm.patience", "bot.llm.errors"),
        ("bot.doctor.service_checks",),
    ],
)
def test_what_is_around_the_provider_does_not_bring_its_sdk(modules: tuple[str, ...]) -> None:
    program = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"google.ai", "google.protobuf", "grpc", "PIL"} & set(run.stdout.split()) == set()
