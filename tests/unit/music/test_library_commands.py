"""Names of playlists, in a simulated Discord."""

from __future__ import annotations

import pytest

from bot.music.library import Library, Playlist
from tests.support.music_hall import SONG, Hall, hall_fixture, simcord_bot_fixture  # noqa: F401

pytestmark = pytest.mark.simcord(check_errors=False)  # commands fail on purpose here


@pytest.fixture
async def library(hall: Hall) -> Library:
    await hall.haru.join_voice(hall.voice)
    hall.player(SONG)
    return Library(hall.bot.settings.database_file)


async def names(library: Library, hall: Hall) -> list[str]:
    return [kept.name for kept in await library.playlists(hall.guild.id)]


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u2800\u2060"], ids=ascii)
async def test_a_name_that_shows_nothing_is_refused(hall: Hall, library: Library, name: str) -> None:
    assert "見える文字がありません" in await hall.say(f"!playlist save {name}")
    assert await names(library, hall) == []


async def test_a_name_is_kept_as_it_is_seen_and_found_however_it_is_written(
    hall: Hall, library: Library
) -> None:
    assert "朝の 曲" in await hall.say("!playlist save 朝の\u3000曲\u200b")
    assert await names(library, hall) == ["朝の 曲"]
    assert "削除しました" in await hall.say("!playlist delete 朝の\u3000\u3000曲")
    assert await names(library, hall) == []


async def test_a_name_is_measured_as_it_is_kept(hall: Hall, library: Library) -> None:
    assert "50文字まで" in await hall.say("!playlist save " + "\u0958" * 30)  # NFC makes two of each
    assert await names(library, hall) == []


async def test_a_name_from_before_is_still_found(hall: Hall, library: Library) -> None:
    await library.save_playlist(hall.guild.id, Playlist("a  b", hall.haru.id, [SONG]))
    assert "削除しました" in await hall.say("!playlist delete a  b")
