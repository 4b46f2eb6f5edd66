"""What is made for which settings; nothing connects."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.client import Bot
from bot.config import load_settings
from bot.lavalink import NodePool, RestartRecovery
from bot.main import compose


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"DISCORD_TOKEN": "x", "SUPABASE_URL": "off", "DATA_DIR": str(tmp_path)}


def composed(environment: dict[str, str], **more: str) -> Bot:
    return compose(load_settings({**environment, **more}, Path("/nonexistent")))


async def test_lavalink_nodes_bring_music_that_is_recovered_after_a_restart(
    environment: dict[str, str],
) -> None:
    async with composed(environment, LAVALINK_NODES="http://:x@127.0.0.1:9") as bot:
        assert isinstance(bot.lavalink, NodePool)
        assert isinstance(bot.restart_recovery, RestartRecovery)


async def test_without_lavalink_nodes_there_is_no_music(environment: dict[str, str]) -> None:
    async with composed(environment) as bot:
        assert bot.lavalink is bot.restart_recovery is None


async def test_a_bot_that_never_connected_saves_nothing_over_what_was_saved(
    environment: dict[str, str],
) -> None:
    async with composed(environment, LAVALINK_NODES="http://:x@127.0.0.1:9"):
        pass

    assert not (Path(environment["DATA_DIR"]) / "music.sqlite3").exists()
