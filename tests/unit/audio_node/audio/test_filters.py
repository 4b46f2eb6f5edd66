from __future__ import annotations

import json
import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_node.audio.filters import Filters, Karaoke, Timescale, Tremolo, Vibrato, read_filters
from audio_node.errors import InvalidFiltersError


def test_nothing_asked_is_nothing_on() -> None:
    assert read_filters({}) == Filters()
    assert not Filters().on


def test_defaults_are_those_of_lavalink() -> None:
    filters = read_filters(
        {"karaoke": {}, "tremolo": {}, "vibrato": {}, "lowPass": {}, "equalizer": [{"band": 3}]}
    )
    assert filters.karaoke == Karaoke(1.0, 1.0, 220.0, 100.0)
    assert filters.tremolo == Tremolo(2.0, 0.5)
    assert filters.vibrato == Vibrato(2.0, 0.5)
    assert filters.low_pass is not None
    assert filters.low_pass.smoothing == 20.0
    assert filters.equalizer[3] == 1.0


@pytest.mark.parametrize(
    "body",
    [
        {"volume": 1},
        {"equalizer": []},
        {"equalizer": [{"band": 0, "gain": 0}]},
        {"equalizer": None, "karaoke": None},
        {"timescale": {"speed": 1, "pitch": 1.0, "rate": 1}},
        {"tremolo": {"depth": 0}},
        {"vibrato": {"depth": 0.0, "frequency": 900}},
        {"rotation": {"rotationHz": 0}},
        {"rotation": {}},
        {"distortion": {}},
        {"channelMix": {"leftToLeft": 1}},
        {"lowPass": {"smoothing": 1}},
        {"lowPass": {"smoothing": -3}},
        {"pluginFilters": {"echo": {"delay": 1}}, "unknown": 7},
    ],
)
def test_values_that_change_nothing_are_off(body: dict[str, object]) -> None:
    assert not read_filters(body).on


def test_the_pace_is_speed_by_rate_whatever_the_pitch() -> None:
    filters = read_filters({"timescale": {"speed": 1.5, "pitch": 3, "rate": 2}})
    assert filters.pace == 3.0
    assert Filters().pace == Timescale().pace == 1.0


def test_gains_are_held_within_lavaplayers_bounds() -> None:
    bands = [{"band": 0, "gain": -7}, {"band": 14, "gain": 99}]
    assert read_filters({"equalizer": bands}).equalizer == (-0.25, *[0.0] * 13, 1.0)


GROUPS = {
    "karaoke": ("level", "monoLevel", "filterBand", "filterWidth"),
    "timescale": ("speed", "pitch", "rate"),
    "tremolo": ("frequency", "depth"),
    "vibrato": ("frequency", "depth"),
    "rotation": ("rotationHz",),
    "distortion": ("sinOffset", "cosScale", "offset"),
    "channelMix": ("leftToLeft", "rightToLeft"),
    "lowPass": ("smoothing",),
}
FIELDS = [(group, field) for group, fields in GROUPS.items() for field in fields]
JUNK = [math.nan, math.inf, -math.inf, 1e300, "1", True, None, [], {}, 10**400]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
@pytest.mark.parametrize(("group", "field"), FIELDS)
def test_what_is_no_number_of_sound_is_refused_with_its_name(group: str, field: str, junk: object) -> None:
    with pytest.raises(InvalidFiltersError, match=rf"{group}\.{field}"):
        read_filters({group: {field: junk}})


@pytest.mark.parametrize(
    "body",
    [
        {"volume": -0.1},
        {"volume": 5.1},
        {"volume": math.nan},
        {"volume": None},
        {"equalizer": {"band": 1}},
        {"equalizer": [1]},
        {"equalizer": [{}]},
        {"equalizer": [{"band": 15}]},
        {"equalizer": [{"band": -1}]},
        {"equalizer": [{"band": 1.0}]},
        {"equalizer": [{"band": True}]},
        {"equalizer": [{"band": 1, "gain": math.nan}]},
        {"karaoke": []},
        {"karaoke": {"filterWidth": -1}},
        {"timescale": {"speed": 0}},
        {"timescale": {"pitch": -1}},
        {"timescale": {"rate": 10.1}},
        {"timescale": {"pitch": 0.09}},
        {"tremolo": {"depth": 1.1}},
        {"tremolo": {"frequency": 0}},
        {"vibrato": {"frequency": 14.1}},
        {"vibrato": {"depth": -0.5}},
    ],
    ids=repr,
)
def test_what_would_break_a_song_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(InvalidFiltersError):
        read_filters(body)


NAMES = st.sampled_from(["band", "gain", "depth", "speed"])
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["band", "gain", "depth", "speed"]), inner)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["volume", "equalizer", *GROUPS, "other"]), values))
def test_any_json_gives_filters_or_our_exception(body: dict[str, object]) -> None:
    with suppress(InvalidFiltersError):
        assert 0 <= read_filters(json.loads(json.dumps(body))).volume <= 5
