"""Each filter by what it does to tones: the arithmetic of lavadsp and Lavaplayer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from av.filter import Graph

from audio_node.audio.filter_graph import CENTRES, Chain, add_filters
from audio_node.audio.filters import read_filters
from tests.support.sound import RATE, Samples, frequency, level, sine, strength

if TYPE_CHECKING:
    from collections.abc import Iterator


def heard(samples: Samples, body: dict[str, object], volume: int = 100) -> Samples:
    """Return what the filters of a request make of ``samples``, two channels or one for both."""
    graph = Graph()
    begin = graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo")
    chain = Chain(graph, begin)
    add_filters(chain, read_filters(body), volume)
    chain.add("aformat", "sample_fmts=flt:channel_layouts=stereo").add("abuffersink")
    graph.configure()
    both = np.repeat(samples, 2, axis=0) if samples.shape[0] == 1 else samples
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(both.T.reshape(1, -1)), "flt", "stereo")
    frame.sample_rate, frame.pts = RATE, 0
    begin.push(frame)
    begin.push(None)
    none = np.zeros((2, 0), np.float32)
    return np.concatenate([none, *(part.to_ndarray().reshape(-1, 2).T for part in parts(chain))], axis=1)


def parts(chain: Chain) -> Iterator[av.AudioFrame]:
    while True:
        try:
            yield chain.last.pull()
        except av.error.EOFError:
            return


def factor(hertz: float, body: dict[str, object]) -> float:
    """Return how much louder a tone becomes once the filter has settled."""
    tone = sine(2, hertz, 0.05)
    return strength(heard(tone, body)[:, RATE:], hertz) / strength(tone[:, RATE:], hertz)


def test_without_filters_every_sample_stays() -> None:
    tone = sine(0.1)
    assert np.array_equal(heard(tone, {}), np.repeat(tone, 2, axis=0))


@pytest.mark.parametrize("band", range(15))
@pytest.mark.parametrize(("gain", "times"), [(-0.25, 0.0), (0.25, 2.0), (1.0, 5.0)])
def test_a_band_is_changed_at_its_centre(band: int, gain: float, times: float) -> None:
    assert factor(CENTRES[band], {"equalizer": [{"band": band, "gain": gain}]}) == pytest.approx(
        times, abs=0.02
    )


def test_bands_far_away_change_nothing() -> None:
    assert factor(100, {"equalizer": [{"band": 12, "gain": 1.0}]}) == pytest.approx(1, abs=0.01)
    assert factor(12_000, {"equalizer": [{"band": 0, "gain": -0.25}]}) == pytest.approx(1, abs=0.01)


def test_the_equalizer_cuts_what_is_too_loud_as_lavaplayer_does() -> None:
    bands = [{"band": band, "gain": 1.0} for band in range(15)]
    loud = heard(sine(0.5, amplitude=0.9), {"equalizer": bands})
    assert np.abs(loud).max() <= 1.0


@pytest.mark.parametrize("hertz", [50, 382, 5000])
def test_low_pass_is_of_first_order(hertz: float) -> None:
    turn = np.exp(-2j * np.pi * hertz / RATE)
    share = 1 / 20
    assert factor(hertz, {"lowPass": {"smoothing": 20}}) == pytest.approx(
        abs(share / (1 - (1 - share) * turn)), rel=0.01
    )


@pytest.mark.parametrize(("volume", "times"), [(0, 0), (0.5, 0.4169), (2, 3.2828), (5, 8.207)])
def test_the_volume_filter_has_lavaplayers_curve(volume: float, times: float) -> None:
    assert factor(440, {"volume": volume}) == pytest.approx(times, abs=0.01)


def test_the_players_volume_comes_last() -> None:
    tone = sine(0.2, amplitude=0.1)
    assert level(heard(tone, {"volume": 2}, 50)) / level(tone) == pytest.approx(3.2828 * 0.4169, rel=0.01)


def test_channels_are_mixed_as_asked() -> None:
    left = np.concatenate([sine(0.2, 440), np.zeros_like(sine(0.2))])
    swapped = heard(
        left, {"channelMix": {"leftToLeft": 0, "leftToRight": 0.5, "rightToLeft": 0, "rightToRight": 0}}
    )
    assert level(swapped[:1]) == 0
    assert level(swapped[1:]) == pytest.approx(level(left[:1]) / 2, rel=0.001)
    inverted = heard(left, {"channelMix": {"leftToLeft": -1}})
    assert np.allclose(inverted[0], -left[0], atol=1e-6)


def test_karaoke_takes_away_what_both_channels_share_and_keeps_what_differs() -> None:
    middle = heard(sine(2, 3000), {"karaoke": {}})[:, RATE:]
    assert level(middle) < 0.05 * level(sine(1, 3000))
    one_side = np.concatenate([sine(1, 3000), np.zeros_like(sine(1))])
    assert level(heard(one_side, {"karaoke": {}})[:1]) == pytest.approx(level(one_side[:1]), rel=0.05)
    bass = heard(sine(2, 220), {"karaoke": {}})[:, RATE:]
    assert level(bass) == pytest.approx(level(sine(1, 220)), rel=0.05)  # the band that is kept


@pytest.mark.parametrize(
    ("body", "seconds", "hertz"),
    [
        ({"speed": 2}, 1.0, 440),
        ({"pitch": 1.5}, 2.0, 660),
        ({"rate": 1.25}, 1.6, 550),
        ({"speed": 0.25}, 8.0, 440),
        ({"speed": 1.2, "pitch": 0.8, "rate": 1.1}, 2 / 1.32, 440 * 0.88),
    ],
)
def test_timescale_changes_pace_and_pitch_apart(body: dict[str, float], seconds: float, hertz: float) -> None:
    scaled = heard(sine(2), {"timescale": body})
    assert scaled.shape[1] / RATE == pytest.approx(seconds, rel=0.03)
    assert frequency(scaled[:, scaled.shape[1] // 4 : -scaled.shape[1] // 4]) == pytest.approx(
        hertz, rel=0.01
    )


def envelope(samples: Samples) -> Samples:
    """Return the loudness every 5 ms."""
    return np.abs(samples).reshape(samples.shape[0], -1, 240).max(axis=2)


def test_tremolo_swings_between_full_and_what_depth_leaves() -> None:
    swinging = envelope(heard(sine(2, 2000, 0.5), {"tremolo": {"frequency": 4, "depth": 0.6}}))[0]
    assert swinging.max() == pytest.approx(0.5, abs=0.02)
    assert swinging.min() == pytest.approx(0.2, abs=0.02)
    spectrum = np.abs(np.fft.rfft(swinging - swinging.mean()))
    assert spectrum.argmax() / 2 == 4  # Hz


def test_rotation_fades_one_channel_out_while_the_other_is_full() -> None:
    left, right = envelope(heard(sine(4, 2000, 0.5), {"rotation": {"rotationHz": 0.5}}))
    assert right[left.argmax()] == pytest.approx(0, abs=0.02)
    assert left[right.argmax()] == pytest.approx(0, abs=0.02)
    assert left.max() == pytest.approx(0.5, abs=0.02)
    other = envelope(heard(sine(4, 2000, 0.5), {"rotation": {"rotationHz": -0.5}}))
    assert other[0][left.argmax()] == pytest.approx(0, abs=0.02)  # it goes round the other way


def test_vibrato_swings_the_pitch_as_far_as_lavadsp_does() -> None:
    tone = heard(sine(2, 1000), {"vibrato": {"frequency": 2, "depth": 1}})[0]
    crossings = np.flatnonzero((tone[:-1] < 0) & (tone[1:] >= 0))
    pitches = RATE * 8 / (crossings[8:] - crossings[:-8])
    # a delay of 1 ms × sin(2π·2 Hz·t) shifts the pitch by up to 2π·2·0.001
    assert pitches.max() / 1000 - 1 == pytest.approx(0.01257, abs=0.003)
    assert 1 - pitches.min() / 1000 == pytest.approx(0.01257, abs=0.003)


def test_distortion_is_the_product_of_its_curves() -> None:
    tone = sine(0.1, 300, 0.8)
    body = {"sinOffset": 0.1, "sinScale": 2, "cosScale": 0.5, "tanOffset": 0.3, "scale": 1.5, "offset": -0.2}
    product = (0.1 + np.sin(tone * 2)) * np.cos(tone * 0.5) * (0.3 + np.tan(tone))
    assert np.allclose(
        heard(tone, {"distortion": body})[0], np.clip(-0.2 + 1.5 * product, -1, 1)[0], atol=1e-4
    )


EXTREMES: list[dict[str, object]] = [
    {"karaoke": {"level": 3e4, "monoLevel": -3e4, "filterBand": 3e4, "filterWidth": 3e4}},
    {"karaoke": {"filterWidth": 0}},
    {"timescale": {"speed": 0.1, "pitch": 10}},
    {"timescale": {"speed": 10, "pitch": 0.1, "rate": 10}},
    {"timescale": {"speed": 10, "pitch": 0.1, "rate": 0.1}},
    {"timescale": {"pitch": 10, "rate": 10}},
    {"tremolo": {"frequency": 20_000, "depth": 1}},
    {"tremolo": {"frequency": 1e-6, "depth": 1e-6}},
    {"vibrato": {"frequency": 14, "depth": 1}},
    {"rotation": {"rotationHz": 3e4}},
    {"rotation": {"rotationHz": -1e-6}},
    {"distortion": {"tanScale": 3e4, "scale": -3e4, "offset": 3e4}},
    {"channelMix": {"leftToLeft": 3e4, "rightToLeft": -3e4}},
    {"lowPass": {"smoothing": 3e4}},
    {"lowPass": {"smoothing": 1.0000001}},
    {"volume": 5, "equalizer": [{"band": band, "gain": 1} for band in range(15)]},
]


@pytest.mark.parametrize("body", EXTREMES, ids=repr)
def test_the_widest_values_give_finite_sound(body: dict[str, object]) -> None:
    assert np.isfinite(heard(sine(0.05, amplitude=1.0), body)).all()
