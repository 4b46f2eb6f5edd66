"""What a node answers to nonsense, and that it goes on playing afterwards."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import psutil
import pytest
import pytest_asyncio

from audio_node.track import Track
from tests.support.audio_files import audio_server
from tests.support.audio_node import RunningNode
from tests.support.lavalink_client import LavalinkClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
PASSWORD = "youshallnotpass"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def audio() -> AsyncIterator[str]:
    async with audio_server() as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(audio: str) -> AsyncIterator[RunningNode]:
    node = RunningNode("--no-services", "--http-host", audio.removeprefix("http://"))
    await node.start()
    yield node
    await node.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def client(node: RunningNode) -> AsyncIterator[LavalinkClient]:
    async with LavalinkClient(node.url, PASSWORD) as client:
        yield client


async def patch(client: LavalinkClient, body: str) -> tuple[int, Any]:
    """Send a body as it is written, also such as is no JSON."""
    headers = {"Content-Type": "application/json", "Authorization": PASSWORD}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.patch(client.url + client.player_path, data=body) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    "body",
    [
        "", "null", "[]", "{", "7", '"x"', "[" * 100_000,
        '{"filters": {"timescale": {"speed": NaN}}}',
        '{"filters": {"timescale": {"speed": Infinity}}}',
        '{"filters": {"timescale": {"speed": 0}}}',
        '{"filters": {"timescale": {"speed": "fast"}}}',
        '{"filters": {"equalizer": [{"band": 99, "gain": 1}]}}',
        '{"filters": {"equalizer": "all"}}',
        '{"filters": []}',
        '{"filters": {"vibrato": {"frequency": 1e400, "depth": 0.5}}}',
        '{"volume": 1e400}', '{"volume": true}', '{"volume": "1"}', '{"position": "x"}', '{"endTime": 0}',
        '{"paused": 1}', '{"track": {"encoded": 5}}', '{"track": {"encoded": "", "identifier": ""}}',
        '{"track": {"userData": 7}}', '{"track": []}', '{"voice": {}}', '{"voice": 5}',
        '{"voice": {"token": "t", "endpoint": "e", "sessionId": "s", "channelId": "x"}}',
        '{"voice": {"token": 1, "endpoint": "e", "sessionId": "s", "channelId": "1"}}',
        '{"track": {"encoded": "QUFB"}}', '{"track": {"encoded": "////"}}', '{"encodedTrack": "\u0000"}',
    ],
)  # fmt: skip
async def test_a_request_that_cannot_be_is_refused_and_changes_nothing(
    client: LavalinkClient, body: str
) -> None:
    status, answer = await patch(client, body)

    assert (status, answer["status"]) == (400, 400), answer
    assert answer["message"]


@pytest.mark.parametrize("guild", ["x", "-1", "٣", "1" * 400, "%00", "99999999999999999999"])
async def test_a_guild_that_cannot_be_has_no_player(client: LavalinkClient, guild: str) -> None:
    status, _answer = await client.request("PATCH", f"/v4/sessions/{client.session_id}/players/{guild}", {})

    assert status == 400


@pytest.mark.parametrize("timeout", [True, -1, 10**400, 2**31, 1.5, "60"])
async def test_a_session_waits_for_no_time_that_cannot_be(client: LavalinkClient, timeout: object) -> None:
    status, _answer = await client.request("PATCH", f"/v4/sessions/{client.session_id}", {"timeout": timeout})

    assert status == 400


@pytest.mark.parametrize(
    "uri",
    ["http://169.254.169.254/latest", "http://127.0.0.1:1/", "file:///etc/passwd", "concat:/etc/passwd", ""],
)
async def test_a_track_from_where_nobody_may_ask_fails(client: LavalinkClient, uri: str) -> None:
    track = Track(identifier=uri, title="t", author="a", length=1000, source_name="http", uri=uri)
    await client.update(track={"encoded": track.encode()})

    assert (await client.event("TrackExceptionEvent"))["exception"]["message"]
    assert (await client.event("TrackEndEvent"))["reason"] == "loadFailed"


async def test_a_broken_file_is_an_error_with_words(client: LavalinkClient, audio: str) -> None:
    result = await client.load(f"{audio}/broken.wav")

    assert result["loadType"] == "error"
    assert result["data"]["message"]


async def test_five_hundred_tracks_at_once_leave_one_that_plays(
    client: LavalinkClient, node: RunningNode, audio: str
) -> None:
    encoded = (await client.load(f"{audio}/long.wav"))["data"]["encoded"]
    before = psutil.Process(node.pid).num_threads()

    async def play(number: int) -> None:
        await client.update(track={"encoded": encoded, "userData": {"number": number}})

    await asyncio.gather(*(play(number) for number in range(500)))
    player = await client.player()
    assert player is not None
    (last,) = [number for number in range(500) if player["track"]["userData"] == {"number": number}]

    def ended() -> list[int]:
        return [
            message["track"]["userData"]["number"]
            for message in client.messages
            if message.get("type") == "TrackEndEvent"
        ]

    await client.hear(lambda _message: len(ended()) >= 499)
    assert sorted([*ended(), last]) == list(range(500))
    async with asyncio.timeout(60):
        while psutil.Process(node.pid).num_threads() > before + 8:
            await asyncio.sleep(0.05)


async def test_a_hundred_guilds_play_at_once(client: LavalinkClient, node: RunningNode, audio: str) -> None:
    encoded = (await client.load(f"{audio}/long.wav"))["data"]["encoded"]
    players = f"/v4/sessions/{client.session_id}/players"
    body = {"track": {"encoded": encoded}}
    answers = await asyncio.gather(
        *(client.request("PATCH", f"{players}/{guild}", body) for guild in range(1, 101))
    )
    assert {status for status, _ in answers} == {200}
    status, listed = await client.request("GET", players)
    assert (status, len(listed)) == (200, 100)
    for guild in range(1, 101):
        assert (await client.request("DELETE", f"{players}/{guild}"))[0] == 204
    assert (await client.request("GET", players))[1] == []


async def test_metrics_are_read_with_the_password_only(client: LavalinkClient) -> None:
    status, text = await client.request("GET", "/metrics")
    assert status == 200
    assert "lavalink_players_current 0" in text
    async with aiohttp.ClientSession() as http, http.get(f"{client.url}/metrics") as answer:
        assert answer.status == 401
        assert json.dumps(PASSWORD) not in await answer.text()
