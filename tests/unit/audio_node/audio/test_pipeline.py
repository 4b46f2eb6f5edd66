"""Any filters that are let through make packets of any sound, and end nothing but a track."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio_node.audio.filters import read_filters
from audio_node.audio.opus import duration
from audio_node.audio.pipeline import Pipeline, Settings
from audio_node.errors import UnsupportedAudioError
from tests.support.sound import decoded, frequency, sine


def frame(seconds: float, rate: int = 48_000, layout: str = "stereo") -> av.AudioFrame:
    channels = av.AudioLayout(layout).nb_channels
    sound = np.repeat(sine(seconds, min(440, rate / 4), 0.5, rate), channels, axis=0)
    made = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.T.reshape(1, -1)), "flt", layout)
    made.sample_rate = rate
    return made


def packets(frames: list[av.AudioFrame], settings: Settings | None = None, skip: int = 0) -> list[bytes]:
    pipeline = Pipeline(settings or Settings(), skip)
    return [packet for one in frames for packet in pipeline.process(one)] + [*pipeline.finish()]


def test_what_is_neutral_changes_nothing() -> None:
    assert Settings().neutral
    assert not Settings(volume=99).neutral
    assert not Settings(read_filters({"karaoke": {}})).neutral


def test_the_first_samples_are_left_out() -> None:
    assert len(packets([frame(1)])) == 50
    assert len(packets([frame(1)], skip=24_000)) == 25
    assert packets([frame(0.1)], skip=48_000) == []


def test_a_stream_that_changes_on_the_way_is_heard_on() -> None:
    made = packets([frame(0.5), frame(0.5, 44_100, "mono"), frame(0.5, 8_000)])
    assert len(made) == pytest.approx(75, abs=2)
    assert frequency(decoded(made[5:70])) == pytest.approx(440, abs=5)


@pytest.mark.parametrize("rate", [1, 999, 800_000])
def test_rates_beyond_music_are_refused(rate: int) -> None:
    with pytest.raises(UnsupportedAudioError):
        packets([frame(0.1, rate) if rate > 100 else frame(5, rate)])


def numbers(least: float, most: float) -> st.SearchStrategy[float]:
    return st.floats(least, most) | st.sampled_from([least, most])


WIDE = numbers(-30_000, 30_000)
POSITIVE = numbers(0, 30_000)
FACTOR = numbers(0.1, 10)
DEPTH = numbers(0, 1)
BAND = st.fixed_dictionaries({"band": st.integers(0, 14), "gain": numbers(-0.25, 1)})
KARAOKE = {"level": WIDE, "filterBand": POSITIVE, "filterWidth": POSITIVE}
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "volume": numbers(0, 5),
        "equalizer": st.lists(BAND, max_size=15),
        "karaoke": st.fixed_dictionaries(KARAOKE),
        "timescale": st.fixed_dictionaries({"speed": FACTOR, "pitch": FACTOR, "rate": FACTOR}),
        "tremolo": st.fixed_dictionaries({"frequency": numbers(1e-6, 20_000), "depth": DEPTH}),
        "vibrato": st.fixed_dictionaries({"frequency": numbers(1e-6, 14), "depth": DEPTH}),
        "rotation": st.fixed_dictionaries({"rotationHz": WIDE}),
        "distortion": st.fixed_dictionaries({"tanScale": WIDE, "scale": WIDE}),
        "channelMix": st.fixed_dictionaries({"leftToRight": WIDE}),
        "lowPass": st.fixed_dictionaries({"smoothing": WIDE}),
    },
)


@settings(max_examples=60)
@given(FILTERS, st.integers(0, 1000))
def test_any_filters_make_packets_of_20_ms(body: dict[str, object], volume: int) -> None:
    made = packets([frame(0.1)], Settings(read_filters(body), volume))
    assert {duration(packet) for packet in made} <= {960}
