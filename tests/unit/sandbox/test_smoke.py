"""What ``make smoke`` says of the sound of a song, by the figures of the voice server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.smoke import SmokeError, sound_of

if TYPE_CHECKING:
    Json = dict[str, Any]

BOT, SOMEBODY = "1", "2"
SONG = "夜に駆ける"
CLIENT = {"user_id": BOT, "ssrc": 7}
TONE = {
    "user_id": BOT,
    "packets": 100,
    "decoded": 100,
    "audible": 98,
    "unreadable": 0,
    "gaps": 0,
    "level_dbfs": -18.06,
    "frequency_hz": 440.02,
}
SILENCE = TONE | {"audible": 0, "level_dbfs": -200.0, "frequency_hz": None}
UNREADABLE = SILENCE | {"decoded": 0, "unreadable": 100, "level_dbfs": None}


def figures(*, clients: list[Json], speakers: list[Json]) -> Json:
    return {"clients": clients, "speakers": speakers}


def test_what_is_heard_is_told_beside_what_was_asked_for() -> None:
    heard = figures(clients=[CLIENT], speakers=[SILENCE | {"user_id": SOMEBODY}, TONE])
    assert sound_of(SONG, heard, BOT) == "heard: “夜に駆ける” → 440 Hz, -18 dBFS, 0 gaps in 100 packets"


def test_gaps_are_counted() -> None:
    heard = figures(clients=[CLIENT], speakers=[TONE | {"gaps": 3}])
    assert "3 gaps in 100 packets" in sound_of(SONG, heard, BOT)


def test_what_was_sent_before_the_connection_ended_is_heard() -> None:
    assert "440 Hz" in sound_of(SONG, figures(clients=[], speakers=[TONE]), BOT)


def test_another_tone_than_was_asked_for_fails() -> None:
    heard = figures(clients=[CLIENT], speakers=[TONE])
    assert "440 Hz" in sound_of("a tone", heard, BOT, 440)
    with pytest.raises(SmokeError, match=r"is heard as 440\.02 Hz, not as 528 Hz"):
        sound_of("a tone", heard, BOT, 528)


@pytest.mark.parametrize(
    ("clients", "speakers", "why"),
    [
        ([], [], "has not connected to the voice server"),
        ([CLIENT], [], "sends nothing"),
        ([CLIENT], [TONE | {"packets": 0, "audible": 0}], "sends nothing"),
        ([CLIENT], [TONE | {"user_id": SOMEBODY}], "sends nothing"),
        ([CLIENT], [SILENCE], "is silent: 100 packets, 100 decoded, 0 unreadable"),
        ([], [SILENCE], "is silent"),
        ([CLIENT], [UNREADABLE], "is silent: 100 packets, 0 decoded, 100 unreadable"),
    ],
)
def test_a_song_that_should_sound_and_is_silent_fails(
    clients: list[Json], speakers: list[Json], why: str
) -> None:
    with pytest.raises(SmokeError, match=why):
        sound_of(SONG, figures(clients=clients, speakers=speakers), BOT)
