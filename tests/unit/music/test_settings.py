from __future__ import annotations

from pathlib import Path

import pytest

from bot.music.settings import GuildSettings, guild_settings, save_guild_settings
from bot.storage.state import State


async def test_settings_survive_a_restart_and_are_a_guilds_own(tmp_path: Path) -> None:
    chosen = GuildSettings(dj_role_id=5, dj_role_gone=True, votes=False, stays=True, autoplays=True)
    await save_guild_settings(State(tmp_path / "state.sqlite3"), 10, chosen)
    state = State(tmp_path / "state.sqlite3")

    assert guild_settings(state, 10) == chosen
    assert guild_settings(state, 11) == GuildSettings()


async def test_the_default_takes_no_room(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite3")
    await save_guild_settings(state, 10, GuildSettings(stays=True))
    await save_guild_settings(state, 10, GuildSettings())

    assert state.get("music.settings.10") is None


@pytest.mark.parametrize(
    "stored", ["x", [], {}, {"dj_role_id": "5", "votes": None, "stays": 1, "autoplays": "yes"}]
)
async def test_what_is_not_understood_is_the_default(tmp_path: Path, stored: object) -> None:
    state = State(tmp_path / "state.sqlite3")
    await state.put("music.settings.10", stored)

    assert guild_settings(state, 10) == GuildSettings()
