from __future__ import annotations

import json
import urllib.parse
from typing import TYPE_CHECKING
from unittest.mock import Mock

import discord
import pytest
import wavelink
from hypothesis import given
from hypothesis import strategies as st

from bot.lavalink import NothingFoundError, Requester, TrackLoadError, track_from_json, track_to_json
from bot.lavalink.errors import LinkTooLongError
from bot.lavalink.tracks import (
    QUERY_LIMIT,
    SEARCH_SOURCES,
    URL_LIMIT,
    clean,
    play_id_of,
    search,
    song_in_playlist,
    track_from,
    user_data,
)

if TYPE_CHECKING:
    from wavelink.types.tracks import TrackPayload

HARU = Requester(7, "はる")
YUKI = Requester(8, "ユキ")
EMPTY = {"loadType": "empty", "data": {}}
ERROR = {"loadType": "error", "data": {"message": "blocked", "severity": "common", "cause": "x"}}


def payload(title: str, **info: object) -> TrackPayload:
    return {
        "encoded": f"encoded {title}",
        "info": {
            "identifier": "id",
            "isSeekable": True,
            "author": "YOASOBI",
            "length": 261_000,
            "isStream": False,
            "position": 0,
            "title": title,
            "uri": "https://example.org/1",
            "sourceName": "youtube",
            **info,
        },
        "pluginInfo": {},
        "userData": {},
    }


class Source(wavelink.Node):
    """A node that answers from a table by identifier, and notes what it was asked."""

    _password = "the node's"

    def __init__(self, **answers: object) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def _fetch_tracks(self, query: str) -> object:
        self.asked.append(urllib.parse.unquote(query))
        return self.answers.get(self.asked[-1].partition(":")[0], EMPTY)


async def test_words_are_looked_up_and_the_best_match_comes_first() -> None:
    node = Source(ytmsearch={"loadType": "search", "data": [payload("夜に駆ける"), payload("群青")]})
    found = await search("夜に駆ける", HARU, node)

    assert (found.kind, [track.title for track in found.tracks]) == ("search", ["夜に駆ける", "群青"])
    assert node.asked == ["ytmsearch:夜に駆ける"]


async def test_what_one_source_does_not_know_is_looked_up_in_the_next() -> None:
    node = Source(ytmsearch=ERROR, scsearch={"loadType": "search", "data": [payload("a")]})

    assert (await search("a", HARU, node)).tracks[0].title == "a"
    assert node.asked == [f"{source}:a" for source in SEARCH_SOURCES]


async def test_what_no_source_knows_is_not_found() -> None:
    with pytest.raises(NothingFoundError):
        await search("xyzzy", HARU, Source())


async def test_the_source_that_failed_is_quoted_when_none_knows_the_words() -> None:
    with pytest.raises(TrackLoadError, match="blocked"):
        await search("xyzzy", HARU, Source(ytsearch=ERROR))


async def test_a_url_is_loaded_as_it_is() -> None:
    node = Source(https={"loadType": "track", "data": payload("a")})
    found = await search("<https://youtu.be/a?b=c&d=1>", HARU, node)

    assert found.kind == "track"
    assert node.asked == ["https://youtu.be/a?b=c&d=1"]


async def test_a_playlist_keeps_its_name_and_every_song() -> None:
    data = {
        "info": {"name": "プレイリスト", "selectedTrack": -1},
        "pluginInfo": {},
        "tracks": [payload("a"), payload("b")],
    }
    found = await search(
        "https://soundcloud.com/list", HARU, Source(https={"loadType": "playlist", "data": data})
    )

    assert (found.kind, found.name, len(found.tracks)) == ("playlist", "プレイリスト", 2)


@pytest.mark.parametrize("query", ["/etc/passwd", "file:///etc/passwd", "C:\\music.mp3", "ytsearch:x"])
async def test_what_is_no_web_address_is_only_ever_searched_for(query: str) -> None:
    node = Source()
    with pytest.raises(NothingFoundError):
        await search(query, HARU, node)

    assert all(asked.startswith(SEARCH_SOURCES) for asked in node.asked)


@pytest.mark.parametrize("query", ["", "   ", "\x00"])
async def test_no_words_are_not_looked_up(query: str) -> None:
    node = Source()
    with pytest.raises(NothingFoundError):
        await search(query, HARU, node)

    assert node.asked == []


async def test_a_lone_surrogate_in_the_words_does_not_break_the_request() -> None:
    node = Source()
    with pytest.raises(NothingFoundError):
        await search("a\ud800b" + "c" * 1000, HARU, node)

    assert len(node.asked[0]) <= QUERY_LIMIT + len("ytmsearch:")


def test_the_same_song_for_two_people_keeps_their_names_apart() -> None:
    shared = wavelink.Playable(payload("a"))
    tracks = [track_from(shared, HARU), track_from(shared, YUKI)]

    assert [track.requester for track in tracks] == [HARU, YUKI]
    assert dict(shared.extras) == {}


@pytest.mark.parametrize(
    ("source", "title", "uri", "shown"),
    [
        ("http", "Unknown title", "https://example.org/music/a%20song.mp3?key=1", "a song.mp3"),
        ("http", "", "https://example.org/music/%E6%AD%8C.ogg", "歌.ogg"),
        ("http", "Unknown title", "https://example.org/radio/", "radio"),
        ("http", "Unknown title", "https://example.org/%E2%80%AE", "https://example.org/%E2%80%AE"),
        ("http", "A title", "https://example.org/a.mp3", "A title"),
        ("local", "Unknown title", "/music/b.flac", "b.flac"),
        ("youtube", "Unknown title", "https://example.org/1", "Unknown title"),
    ],
)
def test_a_file_without_a_title_is_called_by_its_name(source: str, title: str, uri: str, shown: str) -> None:
    playable = wavelink.Playable(payload(title, sourceName=source, uri=uri))

    assert track_from(playable, HARU).title == shown


def test_a_song_without_a_title_is_called_by_its_address() -> None:
    assert track_from(wavelink.Playable(payload(" \n")), HARU).title == "https://example.org/1"


def test_a_requester_is_named_as_the_guild_knows_them() -> None:
    member = Mock(spec=discord.Member)
    member.id, member.display_name = 7, "は\nる\ud83d"

    assert Requester.of(member) == Requester(7, "は る\ufffd")


def test_the_play_id_comes_back_with_the_track() -> None:
    track = track_from(wavelink.Playable(payload("a")), HARU)
    returned: TrackPayload = {**payload("a"), "userData": {**user_data(track, "p1")}}

    assert play_id_of(returned) == "p1"
    assert play_id_of(payload("a")) is None


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_a_cleaned_text_is_valid_unicode_in_one_line(text: str) -> None:
    cleaned = clean(text)

    cleaned.encode()
    assert len(cleaned.splitlines()) <= 1
    assert "\0" not in cleaned


def test_emoji_sequences_survive_cleaning() -> None:
    assert clean("👩‍👩‍👧 夜に駆ける") == "👩‍👩‍👧 夜に駆ける"


async def test_a_stored_song_comes_back_as_it_was() -> None:
    song = track_from(wavelink.Playable(payload("夜に駆ける", artworkUrl="https://example.org/a.png")), HARU)

    assert track_from_json(json.loads(json.dumps(track_to_json(song)))) == song


@pytest.mark.parametrize(
    "change", [{"encoded": None}, {"length_ms": "1"}, {"is_stream": 1}, {"requester": 7}, {"requester": {}}]
)
async def test_what_is_not_a_stored_song_is_none(change: dict[str, object]) -> None:
    stored = track_to_json(track_from(wavelink.Playable(payload("a")), HARU))

    assert track_from_json({**stored, **change}) is None
    assert track_from_json({key: value for key, value in stored.items() if key not in change}) is None
    assert track_from_json("a") is None


LIST = "https://www.youtube.com/watch?v=X&list=PL1"
ALONE = {"loadType": "track", "data": payload("X", identifier="X")}


def playlist(*identifiers: str, selected: int = -1) -> object:
    tracks = [payload(identifier, identifier=identifier) for identifier in identifiers]
    info = {"name": "名曲", "selectedTrack": selected}
    return {"loadType": "playlist", "data": {"info": info, "pluginInfo": {}, "tracks": tracks}}


class Links(Source):
    """A node that answers from a table by link."""

    async def _fetch_tracks(self, query: str) -> object:
        self.asked.append(urllib.parse.unquote(query))
        return self.answers.get(self.asked[-1], EMPTY)


@pytest.mark.parametrize(
    "link",
    [
        LIST,
        "https://youtube.com/watch?list=PL1&v=X&index=2",
        "https://music.youtube.com/watch?v=X&list=PL1",
        "https://m.youtube.com/watch?v=X&list=PL1",
        "https://youtu.be/X?list=PL1",
        "<https://youtu.be/X?si=s&list=PL1>",
    ],
)
async def test_a_link_to_a_song_in_a_playlist_plays_that_song_first_and_then_the_rest(link: str) -> None:
    node = Links(**{link.strip("<>"): playlist("A", "X", "B")})
    found = await search(link, HARU, node)
    assert (found.kind, found.name) == ("playlist", "名曲")
    assert [track.identifier for track in found.tracks] == ["X", "B", "A"]


async def test_a_song_that_the_source_selects_comes_first_with_what_follows_it() -> None:
    link = "https://soundcloud.com/set/3"
    found = await search(link, HARU, Links(**{link: playlist("A", "B", "C", selected=1)}))
    assert [track.identifier for track in found.tracks] == ["B", "C", "A"]


@pytest.mark.parametrize("loaded", [playlist("A", "B"), EMPTY, ERROR], ids=["not in it", "private", "broken"])
async def test_a_song_that_its_playlist_does_not_have_is_played_all_the_same(loaded: object) -> None:
    node = Links(**{LIST: loaded, "https://www.youtube.com/watch?v=X": ALONE})
    assert (await search(LIST, HARU, node)).tracks[0].identifier == "X"


@pytest.mark.parametrize("alone", [EMPTY, ERROR])
async def test_where_the_song_is_gone_the_playlist_is_played(alone: object) -> None:
    node = Links(**{LIST: playlist("A", "B"), "https://www.youtube.com/watch?v=X": alone})
    assert [track.identifier for track in (await search(LIST, HARU, node)).tracks] == ["A", "B"]


@pytest.mark.parametrize("link", ["https://www.youtube.com/playlist?list=PL1", "https://youtu.be/?list=PL1"])
async def test_other_links_are_loaded_as_they_are(link: str) -> None:
    node = Links(**{link: playlist("A", "X")})
    assert [track.identifier for track in (await search(link, HARU, node)).tracks] == ["A", "X"]
    assert node.asked == [link]


@pytest.mark.parametrize("length", [QUERY_LIMIT, QUERY_LIMIT + 1, URL_LIMIT])
async def test_a_link_is_loaded_whole(length: int) -> None:
    link = "https://youtu.be/a?signature=".ljust(length, "x")
    node = Links(**{link: {"loadType": "track", "data": payload("A")}})
    assert len((await search(link, HARU, node)).tracks) == 1


async def test_a_link_that_is_too_long_is_refused_not_cut() -> None:
    node = Links()
    with pytest.raises(LinkTooLongError, match="2000"):
        await search("https://youtu.be/".ljust(URL_LIMIT + 1, "x"), HARU, node)
    assert node.asked == []


@pytest.mark.parametrize(
    "link",
    [
        "www.youtube.com/watch/?v=X&list=Y",
        "www.youtube.com/live/X?list=Y",
        "m.youtube.com/shorts/X?list=Y",
        "www.youtube.com/embed/X?list=Y",
        "gaming.youtube.com/watch?v=X&list=Y",
        "www.youtube.com/v/X?list=Y",
        "WWW.YouTube.com/watch?list=Y&v=X",
        "www.youtube.com/watch?v=X&amp;list=Y",
        "youtu.be/X/?si=s&amp;list=Y",
    ],
)
def test_every_form_of_a_link_names_its_song_besides_the_playlist(link: str) -> None:
    assert song_in_playlist(f"https://{link}") == "X"


@pytest.mark.parametrize(
    "link", ["embed/videoseries?list=Y", "playlist?list=Y", "watch?list=Y", "watch?v=X", "live/X"]
)
def test_a_link_of_a_song_alone_or_a_playlist_alone_names_no_song_besides(link: str) -> None:
    assert song_in_playlist(f"https://www.youtube.com/{link}") is None
