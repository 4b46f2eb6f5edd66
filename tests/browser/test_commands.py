"""Slash commands on the page, by the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

if TYPE_CHECKING:
    from chat_page import ChatPage
    from conftest import OpenPage
    from scripted_bot import ScriptedBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT, WHOLE, BOOLEAN, USER = 3, 4, 5, 6
PLAY = {
    "name": "play",
    "description": "Play a song",
    "description_localizations": {"ja": "曲を再生します"},
    "options": [
        {"type": TEXT, "name": "query", "description": "Song", "required": True, "autocomplete": True},
        {"type": BOOLEAN, "name": "next", "description": "Play it next"},
    ],
}
NETSTATS = {
    "name": "netstats",
    "description": "Network statistics",
    "description_localizations": {"ja": "ネットワーク統計を表示"},
    "default_member_permissions": "32",
    "options": [
        {
            "type": TEXT,
            "name": "period",
            "name_localizations": {"ja": "期間"},
            "description": "Period",
            "choices": [
                {"name": "Today", "name_localizations": {"ja": "今日"}, "value": "today"},
                {"name": "This week", "name_localizations": {"ja": "今週"}, "value": "week"},
            ],
        }
    ],
}
VOLUME = {
    "name": "volume",
    "description": "Set the volume",
    "options": [
        {"type": WHOLE, "name": "level", "description": "0 to 100", "required": True, "min_value": 0, "max_value": 100},
        {"type": USER, "name": "for", "description": "For whom"},
    ],
}
QUEUE = {
    "name": "queue",
    "description": "The queue",
    "options": [
        {"type": 1, "name": "show", "description": "Show it"},
        {"type": 1, "name": "clear", "description": "Empty it"},
    ],
}


def given(interaction: dict[str, object]) -> dict[str, object]:
    """Return an interaction's options by name."""
    return {option["name"]: option["value"] for option in interaction["data"].get("options", [])}  # type: ignore[attr-defined,union-attr]


@pytest.fixture
async def commands(bot: ScriptedBot) -> None: ...
