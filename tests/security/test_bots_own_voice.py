"""What others named is no link in what the bot says: titles, artists, queries, playlists, people, reasons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.escaping import label
from bot.lavalink import NothingFoundError, Requester, Track, TrackLoadError, Tracks
from bot.lavalink.errors import NoLyricsError
from bot.lavalink.music_queue import MusicQueue
from bot.lyrics.lyrics import Lyrics
from bot.music.charts_embed import charts_embed
from bot.music.embeds import list_embed, queue_embed, track_embed
from bot.music.lyrics_embed import LyricsPages
from bot.music.messages import plain_words
from bot.music.play_commands import _added
from bot.telemetry.charts import Charts
from bot.texts import music
from tests.support.page_markdown import nodes
from tests.unit.music.test_embeds import SONG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.page_markdown import Parse

ATTACKS = [
    "[a](b)[Nitro](https://e.co)",
    "[Nitro](<https://e.co> 'x')",
    "https://e.co",
    "<https://e.co>",
    "discord.gg/abc",
    "`x` [Nitro](https://e.co)",
    "@everyone <@1> <t:1:R> <#7>",
]
ACTS = {"link", "mention", "time", "emoji"}


def said_of(name: str) -> Iterator[str]:
    """What is Markdown of everything that is said of ``name``: as a title, an artist, a person, a query."""
    track = replace(SONG, title=name, author=name, requester=Requester(1, name))
    queue: MusicQueue[Track] = MusicQueue()
    queue.add([track, track])
    queue.advance()
    embeds = (
        track_embed(track, "ja", heading="", position_ms=0),
        queue_embed(queue, "ja"),
        list_embed([track], "ja", 1, title=label(name), empty=music.QUEUE_EMPTY),
        charts_embed(Charts([(name, 2)], [("1", name, 2)]), "all", "ja", bot_id=9),
        LyricsPages(Lyrics(name, [(None, name)]), label(name), "ja").embed(1),
    )
    for embed in embeds:
        yield from filter(None, (embed.title, embed.description))
        yield from (str(field.value) for field in embed.fields)
    yield _added(Tracks("playlist", [track], name), track, 1, 1, "ja")
    yield _added(Tracks("search", [track]), track, 1, 1, "en")
    yield music.PICK("en", query=label(name))
    for error in (NothingFoundError(name), TrackLoadError(name), NoLyricsError(name)):
        yield error.in_language("en")


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_name_acts_in_any_answer_about_music(attack: str, parse: Parse) -> None:
    said = list(said_of(attack))

    assert len(said) >= 14
    for text in said:
        assert not [node for node in nodes(parse(text)) if node["type"] in ACTS], text
        assert "discord.gg/a" not in text


@pytest.mark.parametrize("attack", ATTACKS)
def test_where_embeds_are_not_allowed_their_footer_is_no_link_either(attack: str, parse: Parse) -> None:
    track = replace(SONG, title=attack, author=attack, requester=Requester(1, attack))
    said = plain_words(track_embed(track, "ja", heading="▶️", position_ms=0))

    assert not [node for node in nodes(parse(said)) if node["type"] in ACTS]
