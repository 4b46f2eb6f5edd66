from __future__ import annotations

import asyncio

import pytest

from audio_node.server.errors import RestError
from audio_node.server.playback import Json, VoiceState
from audio_node.server.player_update import PlayerUpdate
from audio_node.track import Track
from sandbox.lavalink.catalogue import Catalogue
from sandbox.lavalink.clock import PlaybackClock
from sandbox.lavalink.faults import TrackFaults
from sandbox.lavalink.loading import load, load_one
from sandbox.lavalink.player import Player
from sandbox.lavalink.settings import NodeSettings

VOICE = {"token": "t", "endpoint": "e", "sessionId": "s", "channelId": "1"}
SONG = Track(identifier="x", title="Song", author="Singer", length=60_000)


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_clock_advances_only_while_it_runs_and_as_fast_as_it_is_set() -> None:
    time = Time()
    clock = PlaybackClock(now=time)
    time.seconds = 5
    assert clock.position == 0
    clock.run(running=True)
    time.seconds = 7
    assert clock.position == 2000
    clock.set_speed(2)
    time.seconds = 8
    assert clock.position == 4000
    assert clock.seconds_until(10_000) == 3
    clock.run(running=False)
    time.seconds = 100
    assert clock.position == 4000
    clock.seek(1000)
    clock.run(running=True)
    time.seconds = 101
    assert clock.position == 3000


class Sink:
    """What a player sends, and a way to wait for one of its events."""

    def __init__(self) -> None:
        self.sent: list[Json] = []
        self.ended: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

    def __call__(self, message: Json) -> None:
        self.sent.append(message)
        if message.get("type") == "TrackEndEvent":
            self.ended.set_result(message)

    @property
    def events(self) -> list[object]:
        return [message["type"] for message in self.sent if message["op"] == "event"]


def player(faults: TrackFaults | None = None) -> tuple[Player, Sink]:
    sink = Sink()
    settings = NodeSettings(time_scale=1000)
    return Player("1", settings=settings, faults=faults or TrackFaults(), send=sink), sink


async def test_a_track_ends_at_its_end_time() -> None:
    tested, sent = player()
    tested.connect(VoiceState("t", "e", "s", "1"))
    tested.play(SONG, position=None, end_time=20_000, user_data={"by": 1})
    ended = await asyncio.wait_for(sent.ended, 60)
    assert ended["reason"] == "finished"
    track = ended["track"]
    assert isinstance(track, dict)
    assert track["userData"] == {"by": 1}
    assert 20_000 <= track["info"]["position"] <= 60_000
    tested.destroy()


async def test_a_track_does_not_advance_without_a_voice_connection() -> None:
    tested, sent = player()
    tested.play(SONG, position=5000, end_time=None, user_data=None)
    before = tested.position
    tested.pause(paused=False)
    assert tested.position == before == 5000
    assert sent.events == ["TrackStartEvent"]
    tested.destroy()
    assert sent.events == ["TrackStartEvent", "TrackEndEvent"]


async def test_a_track_that_fails_at_once_still_starts_first() -> None:
    faults = TrackFaults()
    faults.add({"fault": "track_exception", "match": "Singer - Song", "times": 1})
    tested, sent = player(faults)
    tested.play(SONG, position=0, end_time=None, user_data=None)
    assert sent.events == ["TrackStartEvent", "TrackExceptionEvent", "TrackEndEvent"]
    assert sent.sent[-1]["reason"] == "loadFailed"
    assert tested.track is None


async def test_seeking_beyond_the_end_ends_the_track() -> None:
    tested, sent = player()
    tested.connect(VoiceState("t", "e", "s", "1"))
    tested.play(SONG, position=0, end_time=None, user_data=None)
    tested.seek(10**9)
    assert (await asyncio.wait_for(sent.ended, 60))["reason"] == "finished"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"track": {"encoded": "x"}, "identifier": "y"}, "both track and"),
        ({"track": {"encoded": "x", "identifier": "y"}}, "both encodedTrack and identifier"),
        ({"endTime": 0}, "greater than 0"),
        ({"volume": "loud"}, "volume must be int"),
        ({"filters": 3}, "filters must be an object"),
        ({"voice": {**VOICE, "token": ""}}, "Partial"),
        ({"voice": {**VOICE, "channelId": None}}, "'channelId' is required"),
    ],
)
def test_what_lavalink_refuses_is_refused(body: Json, sentence: str) -> None:
    with pytest.raises(RestError, match=sentence) as caught:
        PlayerUpdate(body)
    assert caught.value.status == 400


def test_identifiers_are_loaded_as_lavalink_loads_them() -> None:
    catalogue, faults = Catalogue("http://h"), TrackFaults()
    kinds = {
        "ytsearch:Lemon": "search",
        "scsearch:no such song": "empty",
        "x8VYWazR5mE": "track",
        "just words": "empty",
        "http://h/playlist?list=jpop": "playlist",
        "http://h/x.mp3": "track",
        "http://h/x.html": "error",
    }
    assert {
        given: load(given, catalogue, faults, NodeSettings().sources)["loadType"] for given in kinds
    } == kinds


def test_a_player_takes_one_track_by_identifier_and_nothing_else() -> None:
    catalogue, faults = Catalogue("http://h"), TrackFaults()
    assert load_one("x8VYWazR5mE", catalogue, faults).title == "夜に駆ける"
    for identifier in ("ytsearch:Lemon", "http://h/playlist?list=jpop", "http://h/x.html"):
        with pytest.raises(RestError) as caught:
            load_one(identifier, catalogue, faults)
        assert caught.value.status == 400
    faults.add({"fault": "load_failed", "times": 1})
    with pytest.raises(RestError) as caught:
        load_one("x8VYWazR5mE", catalogue, faults)
    assert caught.value.status == 500


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(ValueError, match="fault must be one of"):
        TrackFaults().add({"fault": "nonsense"})
