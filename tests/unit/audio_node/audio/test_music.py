from __future__ import annotations

import itertools

import numpy as np
import pytest

from audio_node.audio.composition import BEATS, Composition
from audio_node.audio.music import Music, music_source
from tests.support.sound import RATE, Samples, level

TITLES = ["夜に駆ける", "Lemon", "Pretender", "", "🎵" * 200, "a\ud800"]


def heard(music: Music, start: int, count: int) -> Samples:
    return np.frombuffer(music.samples(start, count), np.float32).reshape(-1, 2).T


@pytest.mark.parametrize("title", TITLES)
def test_a_song_is_heard_all_the_way_and_never_too_loud(title: str) -> None:
    sound = heard(Music(title, 60_000), 0, 40 * RATE)
    assert np.abs(sound).max() < 0.95
    halves = sound.reshape(2, -1, RATE // 2)
    levels = np.sqrt((halves**2).mean(axis=(0, 2)))
    assert levels.min() > 0.02
    assert 0.05 < level(sound) < 0.35
    assert abs(sound.mean()) < 0.01


@pytest.mark.parametrize("title", TITLES)
def test_a_song_is_the_same_however_it_is_read(title: str) -> None:
    whole = heard(Music(title, 60_000), 0, 12 * RATE)
    other = Music(title, 60_000)
    for start, count in ((5 * RATE, 4_800), (0, 960), (11 * RATE, RATE), (3, 7 * RATE)):
        assert np.array_equal(heard(other, start, count), whole[:, start : start + count])


def test_other_titles_are_other_songs() -> None:
    songs = [heard(Music(title, 60_000), 0, 20 * RATE)[0] for title in TITLES[:3]]
    for one, other in itertools.combinations(songs, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 0.3
    plans = [Composition(f"song {number}") for number in range(40)]
    assert len({(plan.tempo, plan.timbre) for plan in plans}) > 25


@pytest.mark.parametrize("title", TITLES)
def test_nothing_that_is_played_clashes_with_its_key_or_leaves_its_bar(title: str) -> None:
    composition = Composition(title)
    notes = [note for number in range(16) for note in composition.bar(number)]
    assert len({note.pitch % 12 for note in notes if note.instrument == "lead"}) <= 5
    for note in notes:
        assert 0 <= note.begin < BEATS + 0.75
        assert note.begin + note.length <= BEATS + 1.05
        assert 30 <= note.pitch <= 108 or note.instrument in {"kick", "hat", "snare"}


def test_it_fades_out_at_its_end() -> None:
    music = Music("Lemon", 20_000)
    assert level(heard(music, 15 * RATE, RATE)) > 10 * level(heard(music, 20 * RATE - 4_800, 4_800))
    assert not heard(music, 20 * RATE, 960).any()


def test_a_source_knows_its_length_and_gives_no_more() -> None:
    media = music_source("Lemon", 1_234).open()
    assert media.length_ms == 1_234
    pieces = [*iter(media.read, None)]
    assert sum(piece.duration for piece in pieces) == 1_234 * 48
    media.seek(2_000 * 48)
    assert media.read() is None
