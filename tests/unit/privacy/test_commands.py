from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

import pytest

from bot.chat.commands import Chat
from bot.chat.exchange import Exchange, Place, Speaker
from bot.chat.memory import Memory
from bot.client import Bot
from bot.music.library import Library
from bot.music.library_commands import LibraryCommands
from bot.privacy.commands import KeepsPersonalData, PrivacyCommands
from bot.storage.database import connect
from bot.storage.state import State
from bot.supabase_client import SupabaseClient
from bot.telemetry.personal_data import Erased, PersonalData
from bot.texts import privacy as texts

if TYPE_CHECKING:
    from pathlib import Path

    from bot.storage.json_value import Json

HARU, YUKI = Speaker(1, "はる"), Speaker(2, "ゆき")


def test_the_memory_forgets_one_speaker_everywhere_and_nobody_else() -> None:
    memory = Memory()
    for number, (place, speaker) in enumerate(
        [(Place(7), HARU), (Place(7), YUKI), (Place(8, 1), HARU)], start=100
    ):
        memory.remember(
            place, Exchange(prompt_id=number, speaker=speaker, prompt=f"p{number}", answer="a", at=number)
        )
    assert memory.words_of(HARU.id) == ["p100", "p102"]

    memory.forget_speaker(HARU.id)

    assert memory.words_of(HARU.id) == []
    assert memory.words_of(YUKI.id) == ["p101"]
    assert not memory.knows(Place(7), 100)


async def test_a_persons_favourites_go_and_a_guilds_playlists_lose_their_makers_id(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite3"
    library = Library(path)
    await library.playlists(9)  # makes the file
    with closing(connect(path)) as connection:
        connection.executemany(
            "INSERT INTO collections (owner, name, maker_id, tracks) VALUES (?, ?, ?, '[]')",
            [("user 1", "", 1), ("user 2", "", 2), ("guild 9", "朝", 1)],
        )

    await library.forget_person(1)

    with closing(sqlite3.connect(path)) as connection:
        left = connection.execute("SELECT owner, maker_id FROM collections ORDER BY owner").fetchall()
    assert left == [("guild 9", 0), ("user 2", 2)]


def test_every_cog_that_remembers_people_is_asked_to_forget_them() -> None:
    assert issubclass(Chat, KeepsPersonalData)
    assert issubclass(LibraryCommands, KeepsPersonalData)


@pytest.mark.parametrize(
    ("erased", "told"),
    [
        (Erased(rows=3, is_complete=True), texts.DELETED("en", count=3)),
        (Erased(rows=3, is_complete=False), texts.DELETED_LATER("en")),
        (Erased(rows=3, is_complete=False, needs_update=True), texts.DELETED_AFTER_UPDATE("en")),
    ],
)
async def test_who_asks_for_deletion_reads_what_has_become_of_it(
    tmp_path: Path, erased: Erased, told: str
) -> None:
    rights = create_autospec(PersonalData, instance=True)
    rights.erase.return_value = erased
    bot = create_autospec(Bot, instance=True, cogs={}, state=State(tmp_path / "otonari.sqlite3"))
    bot.supabase_client = create_autospec(SupabaseClient, instance=True, privacy=rights)
    assert await PrivacyCommands(bot).delete(1, 100, "en") == told


async def test_one_persons_data_is_packed_at_a_time() -> None:
    rights, exporting, most = create_autospec(PersonalData, instance=True), 0, 0

    async def export(_user_id: int) -> dict[str, Json]:
        nonlocal exporting, most
        exporting += 1
        most = max(most, exporting)
        await asyncio.sleep(0)
        exporting -= 1
        return {}

    rights.export.side_effect = export
    bot = create_autospec(Bot, instance=True, cogs={})
    bot.supabase_client = create_autospec(SupabaseClient, instance=True, privacy=rights)
    privacy = PrivacyCommands(bot)

    files = await asyncio.gather(*(privacy.export(user_id) for user_id in range(5)))

    assert [file.filename for file in files] == [f"otonari-{user_id}.json" for user_id in range(5)]
    assert most == 1
