"""What Otonari relies on of Lavalink: shown on the stand-in and, where it can be had, the real one.

The real server needs a Discord voice server in order to play audio on, which is not here: what depends on
the passing of a track is shown on the stand-in only.
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio

from sandbox.lavalink import LavalinkStandIn
from tests.support.audio_files import audio_server
from tests.support.audio_node import RunningNode
from tests.support.lavalink_client import GUILD_ID, LavalinkClient
from tests.support.real_lavalink import PASSWORD, RealLavalink

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

pytestmark = pytest.mark.asyncio(loop_scope="module")
VOICE = {"token": "t", "endpoint": "127.0.0.1:9", "sessionId": "s", "channelId": "900000000000000003"}


@dataclass
class Server:
    """A running node."""

    url: str
    stop: Callable[[], Awaitable[None]]
    start: Callable[[], Awaitable[None]]
    plays: bool
    """Whether audio advances without a Discord voice server."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def audio() -> AsyncIterator[str]:
    async with audio_server() as address:
        yield address


@pytest_asyncio.fixture(params=["stand-in", "audio-node", "lavalink"], scope="module", loop_scope="module")
async def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, audio: str
) -> AsyncIterator[Server]:
    if request.param == "lavalink":
        real = RealLavalink(tmp_path_factory.mktemp("lavalink"))
        await real.start()
        yield Server(real.url, real.stop, real.start, plays=False)
        await real.stop()
        return
    if request.param == "audio-node":
        node = RunningNode("--no-services", "--http-host", audio.removeprefix("http://"))
        await node.start()
        yield Server(node.url, node.stop, node.start, plays=False)
        await node.stop()
        return
    stand_in = LavalinkStandIn(player_update_interval=0.2, time_scale=200)
    await stand_in.start()
    yield Server(stand_in.base_url, stand_in.close, stand_in.start, plays=True)
    await stand_in.close()


@pytest_asyncio.fixture(loop_scope="module")
async def client(server: Server) -> AsyncIterator[LavalinkClient]:
    async with LavalinkClient(server.url, PASSWORD) as client:
        yield client


async def track(client: LavalinkClient, audio: str, name: str = "long") -> str:
    """Load an audio file and return its encoded track."""
    result = await client.load(f"{audio}/{name}.wav")
    assert result["loadType"] == "track"
    return result["data"]["encoded"]


async def play(client: LavalinkClient, audio: str, **more: object) -> dict[str, Any]:
    return await client.update(
        track={"encoded": await track(client, audio), "userData": {"play_id": "p1"}}, **more
    )


async def test_the_version_is_of_protocol_4(client: LavalinkClient) -> None:
    status, version = await client.request("GET", "/version")
    _, info = await client.request("GET", "/v4/info")

    assert (status, version.split(".")[0]) == (200, "4")
    assert info["version"]["major"] == 4
    assert "http" in info["sourceManagers"]
    assert "timescale" in info["filters"]


@pytest.mark.parametrize(("password", "statuses"), [("wrong", {401, 403}), ("", {401})])
async def test_a_wrong_password_is_refused(server: Server, password: str, statuses: set[int]) -> None:
    headers = {"Authorization": password} if password else {}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(f"{server.url}/v4/info") as answer,
    ):
        assert answer.status in statuses


async def test_an_audio_file_is_loaded_as_a_track(client: LavalinkClient, audio: str) -> None:
    result = await client.load(f"{audio}/long.wav")
    info = result["data"]["info"]

    assert info["sourceName"] == "http"
    assert info["uri"] == info["identifier"] == f"{audio}/long.wav"
    assert info["isSeekable"]
    assert not info["isStream"]
    assert info["length"] > 0
    status, decoded = await client.request("GET", "/v4/decodetrack", encodedTrack=result["data"]["encoded"])
    assert (status, decoded["info"]) == (200, info)


async def test_what_cannot_be_loaded_is_an_error_or_empty(client: LavalinkClient, audio: str) -> None:
    result = await client.load(f"{audio}/missing.txt")

    assert result["loadType"] in {"error", "empty"}


async def test_a_playing_is_told_with_its_user_data(client: LavalinkClient, audio: str) -> None:
    player = await play(client, audio, volume=70, position=5_000, voice=VOICE)
    started = await client.event("TrackStartEvent")

    assert started["guildId"] == player["guildId"] == GUILD_ID
    assert started["track"]["userData"] == player["track"]["userData"] == {"play_id": "p1"}
    assert player["volume"] == 70


async def test_pause_volume_and_filters_are_kept(client: LavalinkClient, audio: str) -> None:
    await play(client, audio)
    await client.update(paused=True)
    await client.update(volume=30)
    await client.update(filters={"timescale": {"speed": 1.2, "pitch": 1.2, "rate": 1.0}})
    player = await client.player()

    assert player is not None
    assert (player["paused"], player["volume"]) == (True, 30)
    assert player["filters"]["timescale"]["speed"] == 1.2
    assert (await client.update(filters={}))["filters"].get("timescale") is None


async def test_a_seek_moves_the_position(client: LavalinkClient, audio: str) -> None:
    await play(client, audio, paused=True)
    player = await client.update(position=12_000)

    assert player["track"]["info"]["position"] == 12_000


async def test_another_track_replaces_the_first(client: LavalinkClient, audio: str) -> None:
    await play(client, audio)
    known = len(client.messages)
    await play(client, audio)

    assert (await client.event("TrackEndEvent", known))["reason"] == "replaced"
    await client.event("TrackStartEvent", known)


async def test_no_track_stops_the_first(client: LavalinkClient, audio: str) -> None:
    await play(client, audio)
    player = await client.update(track={"encoded": None})

    assert player["track"] is None
    assert (await client.event("TrackEndEvent"))["reason"] == "stopped"


@pytest.mark.parametrize(
    "body",
    [
        {"track": {"encoded": base64.b64encode(b"no track at all").decode()}},
        {"voice": {"token": "t", "endpoint": "e"}},
    ],
)
async def test_nonsense_is_refused(client: LavalinkClient, body: dict[str, object]) -> None:
    status, _answer = await client.request("PATCH", client.player_path, body)

    assert status in {400, 500}


async def test_a_destroyed_player_is_gone(client: LavalinkClient, audio: str) -> None:
    await play(client, audio)
    status, _ = await client.request("DELETE", client.player_path)

    assert status == 204
    assert await client.player() is None


async def test_a_session_that_may_resume_keeps_its_players(client: LavalinkClient, audio: str) -> None:
    session = f"/v4/sessions/{client.session_id}"
    status, answer = await client.request("PATCH", session, {"resuming": True, "timeout": 30})
    assert (status, answer) == (200, {"resuming": True, "timeout": 30})
    await play(client, audio, volume=70)
    before = client.session_id
    await client.drop()
    ready = await client.connect(before)
    player = await client.player()

    assert (ready["resumed"], ready["sessionId"]) == (True, before)
    assert player is not None
    assert (player["volume"], player["track"]["userData"]) == (70, {"play_id": "p1"})


async def test_a_session_that_may_not_resume_is_another_one(client: LavalinkClient, audio: str) -> None:
    await play(client, audio)
    before = client.session_id
    await client.drop()
    ready = await client.connect(before)

    assert not ready["resumed"]
    assert await client.player() is None


async def test_a_track_passes_and_ends(client: LavalinkClient, server: Server, audio: str) -> None:
    if not server.plays:
        pytest.skip("it plays to a Discord voice server only")
    await play(client, audio, voice=VOICE)
    await client.hear(lambda message: message["op"] == "playerUpdate" and message["state"]["position"] > 0)

    assert (await client.event("TrackEndEvent"))["reason"] == "finished"


async def test_a_graceful_restart_closes_the_websocket_and_forgets_the_session(
    server: Server, audio: str
) -> None:
    async with LavalinkClient(server.url, PASSWORD) as client:
        await client.request("PATCH", f"/v4/sessions/{client.session_id}", {"resuming": True, "timeout": 30})
        await play(client, audio)
        before = client.session_id
        await server.stop()
        await asyncio.wait_for(client.drop(), 60)
        await server.start()
        ready = await client.connect(before)

        assert not ready["resumed"]
