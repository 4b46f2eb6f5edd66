from __future__ import annotations

import pytest

from audio_node.sources.results import Playlist
from audio_node.track import LIVE_LENGTH, Track
from sandbox.lavalink.catalogue import Catalogue, fold


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue("http://127.0.0.1:2333")


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("夜に駆ける", "夜に駆ける"),
        ("ヨルニカケル", "夜に駆ける"),
        ("夜に駆ける yoasobi", "夜に駆ける"),
        ("yoru ni kakeru", "夜に駆ける"),
        ("ＬＥＭＯＮ", "Lemon"),
        ("れもん", "Lemon"),
        ("september earth wind", "September"),
        ("Dont stop me now queen", "Don't Stop Me Now"),
        ("gymnopedie", "Gymnopédie No. 1"),
        ("踊", "踊"),
    ],
)
def test_the_song_that_is_meant_comes_first(catalogue: Catalogue, words: str, title: str) -> None:
    assert catalogue.search(words)[0].title == title


def test_an_artist_brings_all_songs_of_theirs(catalogue: Catalogue) -> None:
    assert {track.author for track in catalogue.search("YOASOBI")} == {"YOASOBI"}
    assert len(catalogue.search("YOASOBI")) == 4


def test_unknown_words_bring_plausible_songs_and_always_the_same(catalogue: Catalogue) -> None:
    found = catalogue.search("zzz qqq")
    assert [track.title for track in found] == ["zzz qqq", "zzz qqq (Live)", "zzz qqq (Piano Cover)"]
    assert all(150_000 <= track.length < 330_000 for track in found)
    assert found == catalogue.search("zzz qqq")


@pytest.mark.parametrize("words", ["no such song", "存在しない曲", "", "。。。"])
def test_some_words_bring_nothing(catalogue: Catalogue, words: str) -> None:
    assert catalogue.search(words) == []


def test_there_are_about_sixty_songs_each_with_its_own_id(catalogue: Catalogue) -> None:
    assert len(catalogue.tracks) >= 60
    identifiers = {track.identifier for track in catalogue.tracks}
    assert len(identifiers) == len(catalogue.tracks)
    assert {len(identifier) for identifier in identifiers} == {11}


def test_every_song_is_loaded_by_its_link(catalogue: Catalogue) -> None:
    for track in catalogue.tracks:
        assert catalogue.by_url(track.uri or "") == track


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=x8VYWazR5mE",
        "https://youtu.be/x8VYWazR5mE",
        "https://music.youtube.com/watch?v=x8VYWazR5mE",
    ],
)
def test_youtubes_links_lead_to_songs_that_are_known(catalogue: Catalogue, url: str) -> None:
    track = catalogue.by_url(url)
    assert isinstance(track, Track)
    assert track.title == "夜に駆ける"


def test_a_playlist_knows_which_track_the_link_names(catalogue: Catalogue) -> None:
    url = catalogue.playlist_urls()["J-POP ヒット曲集"]
    plain = catalogue.by_url(url)
    chosen = catalogue.by_url(f"{url}&v={catalogue.search('Lemon')[0].identifier}")
    assert isinstance(plain, Playlist)
    assert isinstance(chosen, Playlist)
    assert plain.selected == -1
    assert chosen.tracks[chosen.selected].title == "Lemon"


def test_a_mix_begins_with_its_song(catalogue: Catalogue) -> None:
    mix = catalogue.by_url("https://music.youtube.com/watch?v=x8VYWazR5mE&list=RDx8VYWazR5mE")
    assert isinstance(mix, Playlist)
    assert mix.tracks[0].title == "夜に駆ける"
    assert len(mix.tracks) > 10


def test_audio_files_and_streams_are_loaded_and_pages_are_not(catalogue: Catalogue) -> None:
    file = catalogue.by_url("http://example.com/a%20song.mp3")
    stream = catalogue.by_url("http://example.com/radio.m3u8")
    assert isinstance(file, Track)
    assert isinstance(stream, Track)
    assert (file.title, file.source_name, file.probe) == ("Unknown title", "http", "mp3")
    assert (stream.is_stream, stream.length) == (True, LIVE_LENGTH)
    assert catalogue.by_url("http://example.com/page.html") is None
    assert catalogue.by_url("http://example.com/?list=unknown") is None


def test_folding_takes_away_width_case_kana_and_punctuation() -> None:
    assert fold("Ｌｅｍｏｎ！") == "lemon"
    assert fold("ﾚﾓﾝ") == fold("れもん") == "れもん"
