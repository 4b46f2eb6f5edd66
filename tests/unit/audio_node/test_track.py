from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio_node.track import LIVE_LENGTH, Track, TrackDecodeError, decode

FROM_THE_DOCUMENTATION = (
    "QAAAjQIAJVJpY2sgQXN0bGV5IC0gTmV2ZXIgR29ubmEgR2l2ZSBZb3UgVXAADlJpY2tBc3RsZXlWRVZPAAAAAAADPCAAC2RRdzR3OVdn"
    "WGNRAAEAK2h0dHBzOi8vd3d3LnlvdXR1YmUuY29tL3dhdGNoP3Y9ZFF3NHc5V2dYY1EAB3lvdXR1YmUAAAAAAAAAAA=="
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
LONGS = st.integers(0, LIVE_LENGTH)


def test_a_track_from_lavalinks_documentation_is_decoded() -> None:
    track = decode(FROM_THE_DOCUMENTATION)
    assert track == Track(
        identifier="dQw4w9WgXcQ",
        title="Rick Astley - Never Gonna Give You Up",
        author="RickAstleyVEVO",
        length=212_000,
        uri="https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    )


@given(
    st.builds(
        Track,
        identifier=TEXTS,
        title=TEXTS,
        author=TEXTS,
        length=LONGS,
        source_name=st.sampled_from(["youtube", "soundcloud", "http", "local"]),
        uri=st.none() | TEXTS,
        artwork_url=st.none() | TEXTS,
        isrc=st.none() | TEXTS,
        is_stream=st.booleans(),
        position=LONGS,
    )
)
def test_every_track_comes_back_from_its_encoding(track: Track) -> None:
    assert decode(track.encode()) == track


def test_nul_and_characters_beyond_the_bmp_are_written_as_java_writes_them() -> None:
    encoded = base64.b64decode(Track(identifier="x", title="\0🎵", author="", length=0).encode())
    assert b"\x00\x08\xc0\x80\xed\xa0\xbc\xed\xbe\xb5" in encoded


@given(st.binary(max_size=60))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(TrackDecodeError):
        decode(base64.b64encode(data).decode())


@pytest.mark.parametrize("text", ["", "!!", "日本語", FROM_THE_DOCUMENTATION[:-8]])
def test_a_text_that_is_no_track_is_refused(text: str) -> None:
    with pytest.raises(TrackDecodeError):
        decode(text)


def test_the_encoding_carries_the_position() -> None:
    track = Track(identifier="x", title="t", author="a", length=1000)
    assert decode(track.at(400).encode()).position == 400
    assert track.at(400).info()["position"] == 400
