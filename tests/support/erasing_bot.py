"""A process that keeps words of two people under DATA_DIR, erases one's, and stands still where it is told.

``python -m tests.support.erasing_bot DATA_DIR STEP``; with the step ``restart`` it only starts, and ends as
soon as nothing is left to do. Its network is a closed port.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import create_autospec

from bot.client import Bot
from bot.lavalink import Requester
from bot.music.library import Library
from bot.music.library_commands import LibraryCommands
from bot.privacy.commands import PrivacyCommands
from bot.storage import purge as purging
from bot.storage.purge import Purge
from bot.supabase_client import SupabaseClient
from bot.telemetry.outbox import Outbox
from tests.support.music_hall import SONG
from tests.support.telemetry import Source, telemetry_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.lavalink import Track

HARU, YUKI = 111_111_111_111_111_111, 222_222_222_222_222_222
CLOSED_PORT = "http://127.0.0.1:9"
STEPS = ("noted", "erased", "before the purge", "rewritten", "done")


def words(person: int, place: str) -> str:
    """Return words that are only here, long enough to fill pages."""
    return f"{place} of {person} 言葉 " * 40


def track(person: int) -> Track:
    """Return a song that a person asked for; its name is theirs."""
    return replace(SONG, identifier=f"id{person}", requester=Requester(person, words(person, "name")))


def stand_still(step: str) -> None:
    """Say where the process is, and stay there until it is killed."""
    print(step, flush=True)  # noqa: T201 - the test reads it
    threading.Event().wait()


def stop_at(step: str) -> None:
    """Have the process stand still at one step of the erasure."""
    erase, purge = Outbox.erase_personal_rows, purging.purge

    async def erasing(self: Outbox, user_id: str, before: object) -> int:
        if step == "noted":
            stand_still(step)
        changed = await erase(self, user_id, before)  # type: ignore[arg-type]
        if step == "erased":
            stand_still(step)
        return changed

    def purged(file: Path) -> None:
        if step == "before the purge":
            stand_still(step)
        if step == "rewritten" and file.exists():
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                connection.execute("VACUUM")
                stand_still(step)
        purge(file)

    _replace(Outbox, "erase_personal_rows", erasing)
    _replace(purging, "purge", purged)


def _replace(where: object, name: str, by: Callable[..., object]) -> None:
    setattr(where, name, by)


async def keep_words(client: SupabaseClient, library: Library, data: Path) -> None:
    """Let words of both people be in every place on the disk."""
    for person in (HARU, YUKI):
        for number in range(30):
            prompt, answer = words(person, f"prompt {number}"), words(person, f"answer {number}")
            await client.save_conversation_log(
                user_id=person, user_name=words(person, "name"), prompt=prompt, response=answer
            )
        await library.toggle_favourite(person, track(person))
    await library.toggle_favourite(YUKI, track(HARU))
    copy = data / "otonari.sqlite3.corrupt-20260101T000000-1"
    copy.write_text(words(HARU, "broken"), encoding="utf-8")


async def run(data: Path, step: str) -> None:
    """Do what the module says."""
    environ = {"SUPABASE_URL": CLOSED_PORT, "SUPABASE_KEY": "sb_secret_x", "DATA_DIR": str(data)}
    settings = telemetry_settings(environ)
    source = Source(settings)
    client, library = SupabaseClient(source), Library(settings.database_file)
    purge = Purge(source.state, settings.database_file, settings.music_file)
    await client.initialize()
    if step != "restart":
        await keep_words(client, library, data)
        bot = create_autospec(Bot, instance=True, state=source.state, supabase_client=client)
        bot.cogs = {"library": LibraryCommands(library)}
        stop_at(step)
        purge.start()
        await PrivacyCommands(bot).delete(HARU, 1, "en")
    else:
        purge.start()
    while source.state.keys("storage.purge."):
        await asyncio.sleep(0.01)
    await purge.close()
    if step == "done":
        stand_still(step)
    await client.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2]))
