"""Lavalink's own classes read everything that the stand-in says and that the bot sends, and nothing else.

They are those of protocol 4.0.3, the latest that was published apart from the server.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from audio_node.track import Track, decode
from sandbox.lavalink import LavalinkStandIn
from tests.integration.music_bench import music_bench
from tests.support.audio_files import audio_server
from tests.support.lavalink_client import LavalinkClient
from tests.support.lavalink_oracle import LavalinkOracle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

PASSWORD = "youshallnotpass"
VOICE = {"token": "t", "endpoint": "127.0.0.1:9", "sessionId": "s", "channelId": "900000000000000003"}
YOUNGER = {"channelId", "causeStackTrace", "build"}
"""Documented fields that are younger than the oracle: of a voice state, an exception, a version."""


@pytest.fixture(scope="module")
def oracle() -> Iterator[LavalinkOracle]:
    with LavalinkOracle() as oracle:
        yield oracle


@pytest.fixture
async def stand_in() -> AsyncIterator[LavalinkStandIn]:
    stand_in = LavalinkStandIn(player_update_interval=0.1, stats_interval=0.1, time_scale=500)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


def known(value: Any) -> Any:
    """Return JSON without the fields that are younger than the oracle."""
    if isinstance(value, dict):
        return {key: known(inner) for key, inner in value.items() if key not in YOUNGER}
    return [known(inner) for inner in value] if isinstance(value, list) else value


def agrees(ours: Any, theirs: Any) -> bool:
    """Tell whether whatever Lavalink writes again is what we wrote; it leaves out what has its default."""
    if isinstance(theirs, dict):
        return all(key in ours and agrees(ours[key], value) for key, value in theirs.items())
    return ours == theirs


async def test_lavalink_understands_everything_that_the_stand_in_says(
    stand_in: LavalinkStandIn, oracle: LavalinkOracle
) -> None:
    async with LavalinkClient(stand_in.base_url, PASSWORD) as client:
        _, session = await client.request(
            "PATCH", f"/v4/sessions/{client.session_id}", {"resuming": True, "timeout": 9}
        )
        await every_load_result(client, stand_in)
        await every_event(client, stand_in)
        _, players = await client.request("GET", f"/v4/sessions/{client.session_id}/players")
        _, info = await client.request("GET", "/v4/info")
        _, stats = await client.request("GET", "/v4/stats")
        await client.hear(lambda message: message["op"] == "stats")

    said = [("Message", message) for message in client.messages]
    said += [*client.answers, ("Session", session), ("Info", info), ("Stats", stats)]
    said += [("Player", player) for player in players]
    for kind, value in said:
        assert agrees(known(value), oracle.read(kind, known(value))), (kind, value)
    heard = {message.get("type", message["op"]) for message in client.messages}
    assert heard == {
        "ready", "playerUpdate", "stats", "TrackStartEvent", "TrackEndEvent", "TrackExceptionEvent",
        "TrackStuckEvent", "WebSocketClosedEvent",
    }  # fmt: skip


async def every_load_result(client: LavalinkClient, stand_in: LavalinkStandIn) -> None:
    playlist = next(iter(stand_in.node.catalogue.playlist_urls().values()))
    stand_in.track_faults.add({"fault": "load_failed", "match": "gone"})
    identifiers = ("ytsearch:Lemon", "ytsearch:no such song", "http://a/tone.wav", playlist, "ytsearch:gone")
    results = [await client.load(identifier) for identifier in identifiers]

    assert {result["loadType"] for result in results} == {"search", "empty", "track", "playlist", "error"}


async def every_event(client: LavalinkClient, stand_in: LavalinkStandIn) -> None:
    encoded = (await client.load("ytsearch:Lemon"))["data"][0]["encoded"]
    start = {"track": {"encoded": encoded, "userData": {"play_id": "p"}}}
    await client.update(**start, voice=VOICE, filters={"timescale": {"speed": 1.5}}, volume=5)
    await client.event("TrackEndEvent")
    for fault in ("track_exception", "track_stuck"):
        stand_in.track_faults.add({"fault": fault, "times": 1, "after_ms": 1_000})
        known_before = len(client.messages)
        await client.update(**start)
        kind = {"track_exception": "TrackExceptionEvent", "track_stuck": "TrackStuckEvent"}[fault]
        await client.event(kind, known_before)
    stand_in.node.players[0].close_voice(4014, "Disconnected.", by_remote=True)
    await client.event("WebSocketClosedEvent")


async def test_lavalink_understands_everything_that_the_bot_sends(
    monkeypatch: pytest.MonkeyPatch, oracle: LavalinkOracle
) -> None:
    async with music_bench(monkeypatch, nodes=2) as bench:
        await bench.until(lambda: all(node.up for node in bench.bot.lavalink._nodes))
        await bench.enter("you", "ラウンジ")
        await bench.say("!play Lemon")
        await bench.say("!volume 70")
        await bench.say("!pause")
        await bench.player.seek(30_000)
        await bench.player.apply_filters({"timescale": {"speed": 1.2, "pitch": 1.2, "rate": 1.0}})
        first = 0 if bench.title(0) else 1
        await bench.strike("node/kill", first)
        await bench.until(lambda: bench.title(1 - first) and not bench.player.interrupted)
        await bench.say("!skip")
        calls = [call for node in bench.nodes for call in node.node.calls if call.method == "PATCH"]

    bodies = [known(call.body) for call in calls if "/players/" in call.path]
    assert {key for body in bodies for key in body} == {
        "track", "position", "paused", "volume", "filters", "voice",
    }  # fmt: skip
    for body in bodies:
        assert agrees(body, oracle.read("PlayerUpdate", body)), body
    for call in calls:
        if "/players/" not in call.path:
            assert oracle.read("SessionUpdate", call.body) == call.body


@pytest.mark.parametrize("title", ["tone", "夜に駆ける", "a\N{MUSICAL SYMBOL G CLEF}b", "", "x" * 300])
def test_lavaplayer_reads_and_writes_encoded_tracks_byte_for_byte(oracle: LavalinkOracle, title: str) -> None:
    address = "http://127.0.0.1:1/a.wav"
    track = Track(
        identifier=address, title=title, author="somebody", length=123_456, source_name="http", uri=address,
        probe="wav",
    )  # fmt: skip
    encoded = track.as_json()["encoded"]

    assert oracle.recode(str(encoded)) == encoded


async def test_the_stand_in_takes_an_audio_file_for_what_lavaplayer_takes_it_for(
    stand_in: LavalinkStandIn, oracle: LavalinkOracle
) -> None:
    async with audio_server() as audio, LavalinkClient(stand_in.base_url, PASSWORD) as client:
        address = f"{audio}/long.wav"
        real = decode(await asyncio.to_thread(oracle.load, address))
        ours = (await client.load(address))["data"]["info"]

    # The stand-in does not listen to files: it makes their length and title up.
    assert ours | {"length": real.length, "title": real.title} == real.info()
    assert real.length == 30_000


async def test_lavaplayer_tells_what_was_heard_not_where_in_the_track_it_is(oracle: LavalinkOracle) -> None:
    """Why `PositionClock` reckons with the speed, and the stand-in tells another position than it has."""
    async with audio_server() as audio:
        position, sound = await asyncio.to_thread(oracle.hear, f"{audio}/short.wav")

    seconds = len(sound) / 48_000
    assert seconds == pytest.approx(1.0, abs=0.1), "two seconds at double speed"
    assert position == pytest.approx(1_000, abs=100)
    rises = sum(before < 0 <= after for before, after in pairwise(sound))
    assert rises / seconds == pytest.approx(2 * 440, rel=0.02), "the file's tone, an octave higher"


def test_the_oracle_refuses_what_is_not_lavalinks(oracle: LavalinkOracle) -> None:
    assert oracle.has_opted_out("Message", {"op": "ready", "resumed": False})
    assert oracle.has_opted_out("PlayerUpdate", {"pausd": True})
    assert oracle.has_opted_out("PlayerUpdate", {"volume": "loud"})
