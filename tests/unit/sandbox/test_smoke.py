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


@pytest.mark.parametrize("silent_node", [True, False])
def test_what_is_heard_is_told_beside_what_was_asked_for(silent_node: bool) -> None:
    heard = figures(clients=[CLIENT], speakers=[SILENCE | {"user_id": SOMEBODY}, TONE])
    said = sound_of(SONG, heard, BOT, silent_node=silent_node)
    assert said == "heard: “夜に駆ける” → 440 Hz, -18 dBFS, 0 gaps in 100 packets"


def test_gaps_are_counted() -> None:
    heard = figures(clients=[CLIENT], speakers=[TONE | {"gaps": 3}])
    assert "3 gaps in 100 packets" in sound_of(SONG, heard, BOT, silent_node=False)


def test_what_was_sent_before_the_connection_ended_is_heard() -> None:
    heard = figures(clients=[], speakers=[TONE])
    assert "440 Hz" in sound_of(SONG, heard, BOT, silent_node=False)


def test_a_node_that_sends_no_sound_is_said_to_send_none() -> None:
    heard = figures(clients=[{"user_id": SOMEBODY}], speakers=[TONE | {"user_id": SOMEBODY}])
    said = sound_of(SONG, heard, BOT, silent_node=True)
    assert "sends no sound" in said
    assert "440" not in said


@pytest.mark.parametrize(
    ("clients", "speakers", "silent_node", "why"),
    [
        ([], [], False, "has not connected to the voice server"),
        ([CLIENT], [], False, "sends nothing"),
        ([CLIENT], [], True, "sends nothing"),
        ([CLIENT], [TONE | {"packets": 0, "audible": 0}], False, "sends nothing"),
        ([CLIENT], [TONE | {"user_id": SOMEBODY}], False, "sends nothing"),
        ([CLIENT], [SILENCE], False, "is silent: 100 packets, 100 decoded, 0 unreadable"),
        ([CLIENT], [SILENCE], True, "is silent"),
        ([], [SILENCE], True, "is silent"),
        ([CLIENT], [UNREADABLE], False, "is silent: 100 packets, 0 decoded, 100 unreadable"),
    ],
)
def test_a_song_that_should_sound_and_is_silent_fails(
    clients: list[Json], speakers: list[Json], silent_node: bool, why: str
) -> None:
    with pytest.raises(SmokeError, match=why):
        sound_of(SONG, figures(clients=clients, speakers=speakers), BOT, silent_node=silent_node)
