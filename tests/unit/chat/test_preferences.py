"""What a server's administrators chose, also after a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.chat.preferences import Preferences
from bot.storage.state import State

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite3"


async def test_choices_belong_to_their_server_and_survive_a_restart(path: Path) -> None:
    chosen = Preferences(State(path))
    await chosen.choose_channel(1, 10, chosen=True)
    await chosen.choose_channel(1, 11, chosen=True)
    await chosen.choose_channel(1, 10, chosen=False)
    await chosen.set_persona(1, None, "cook")
    await chosen.choose_model(1, "gemini-a")

    again = Preferences(State(path))

    assert (again.channels(1), again.channels(2)) == ({11}, frozenset())
    assert (again.persona(1), again.persona(2)) == ("cook", "")
    assert (again.model(1), again.model(2)) == ("gemini-a", None)


async def test_a_channels_persona_goes_before_its_parents_and_the_servers(path: Path) -> None:
    preferences = Preferences(State(path))
    await preferences.set_persona(1, None, "server")
    await preferences.set_persona(1, 10, "channel")

    assert preferences.persona(1, 99, 10) == "channel"
    await preferences.set_persona(1, 99, "thread")
    assert preferences.persona(1, 99, 10) == "thread"
    assert preferences.persona(1, 98) == "server"


async def test_what_is_taken_back_leaves_nothing_behind(path: Path) -> None:
    state = State(path)
    preferences = Preferences(state)
    await preferences.choose_channel(1, 10, chosen=True)
    await preferences.choose_channel(1, 10, chosen=False)
    await preferences.set_persona(1, 10, "x")
    await preferences.set_persona(1, 10, "")
    await preferences.choose_model(1, "m")
    await preferences.choose_model(1, None)

    assert not state._values
