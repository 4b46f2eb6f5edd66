"""The Lavalink stand-in's REST and websocket, spoken to by hand where wavelink does not go."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.lavalink import LavalinkStandIn
from sandbox.lavalink.catalogue import Catalogue
from sandbox.lavalink.faults import TrackFaults
from sandbox.lavalink.loading import load
from sandbox.lavalink.settings import NodeSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GUILD = "817327181659111454"
HEADERS = {"Authorization": "youshallnotpass", "User-Id": "170939974227541168", "Client-Name": "test/1"}
VOICE = {"token": "t", "endpoint": "e", "sessionId": "s", "channelId": "817327181659111457"}


class Lavalink:
    """A node, a client's websocket to it, and its control routes."""

    def __init__(self, stand_in: LavalinkStandIn, http: aiohttp.ClientSession, control: TestServer) -> None:
        self.stand_in = stand_in
        self.http = http
        self.control = control
        self.session_id = ""
        self.socket: aiohttp.ClientWebSocketResponse | None = None

    async def connect(self) -> aiohttp.ClientWebSocketResponse:
        headers = {**HEADERS, **({"Session-Id": self.session_id} if self.session_id else {})}
        socket = await self.http.ws_connect(f"{self.stand_in.base_url}/v4/websocket", headers=headers)
        ready = await socket.receive_json(timeout=60)
        assert ready["op"] == "ready"
        self.session_id = ready["sessionId"]
        self.socket = socket  # one that nobody holds is closed
        return socket

    async def call(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        """Call REST; ``{s}`` in the path is the session."""
        url = self.stand_in.base_url + path.replace("{s}", f"/v4/sessions/{self.session_id}")
        async with self.http.request(method, url, json=body, headers=HEADERS) as response:
            assert response.status == status, await response.text()
            assert response.headers["Lavalink-Api-Version"] == "4"
            return await response.json() if response.content_type == "application/json" else None

    async def switch(self, method: str, path: str, /, **body: object) -> Any:
        async with self.http.request(method, self.control.make_url(path), json=body) as response:
            assert response.status < 400, await response.text()
            return await response.json()


@pytest.fixture
async def lavalink() -> AsyncIterator[Lavalink]:
    stand_in = LavalinkStandIn()
    app = web.Application()
    app.add_routes(stand_in.control_routes())  # as the launcher does: before start
    control = TestServer(app)
    await control.start_server()
    await stand_in.start()
    async with aiohttp.ClientSession() as http:
        yield Lavalink(stand_in, http, control)
    await stand_in.close()
    await control.close()


async def next_event(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    while (message := await socket.receive_json(timeout=60))["op"] != "event":
        pass
    return message


async def test_tracks_are_decoded_one_or_many(lavalink: Lavalink) -> None:
    found = await lavalink.call("GET", "/v4/loadtracks?identifier=ytsearch:lemon")
    track = found["data"][0]
    async with lavalink.http.get(
        f"{lavalink.stand_in.base_url}/v4/decodetrack",
        params={"encodedTrack": track["encoded"]},
        headers=HEADERS,
    ) as response:
        assert await response.json() == track
    assert await lavalink.call("POST", "/v4/decodetracks", [track["encoded"]]) == [track]
    await lavalink.call("POST", "/v4/decodetracks", ["nonsense"], status=500)
    await lavalink.call("POST", "/v4/decodetracks", {}, status=400)
    await lavalink.call("GET", "/v4/decodetrack", status=400)
    await lavalink.call("GET", "/v4/loadtracks", status=400)


async def test_what_does_not_exist_is_not_found(lavalink: Lavalink) -> None:
    missing = await lavalink.call("GET", "/v4/sessions/none/players", status=404)
    assert missing["message"] == "Session not found"
    await lavalink.connect()
    missing = await lavalink.call("GET", f"{{s}}/players/{GUILD}", status=404)
    assert (missing["message"], missing["error"]) == ("Player not found", "Not Found")
    assert (await lavalink.call("GET", "/v4/nonsense", status=404))["path"] == "/v4/nonsense"
    await lavalink.call("PATCH", "{s}/players/guild", {}, status=400)
    await lavalink.call("PATCH", f"{{s}}/players/{GUILD}", [], status=400)


async def test_the_older_form_of_a_play_request_works_too(lavalink: Lavalink) -> None:
    socket = await lavalink.connect()
    player = await lavalink.call(
        "PATCH", f"{{s}}/players/{GUILD}", {"identifier": "x8VYWazR5mE", "voice": VOICE}
    )
    assert (player["track"]["info"]["title"], player["voice"]) == ("夜に駆ける", VOICE)
    assert (await next_event(socket))["type"] == "TrackStartEvent"
    assert len(await lavalink.call("GET", "{s}/players")) == 1
    stopped = await lavalink.call("PATCH", f"{{s}}/players/{GUILD}", {"encodedTrack": None})
    assert stopped["track"] is None
    assert (await next_event(socket))["reason"] == "stopped"
    await lavalink.call("DELETE", f"{{s}}/players/{GUILD}", status=204)
    assert await lavalink.call("GET", "{s}/players") == []


async def test_user_data_and_end_time_can_change_while_a_track_plays(lavalink: Lavalink) -> None:
    socket = await lavalink.connect()
    path = f"{{s}}/players/{GUILD}"
    await lavalink.call("PATCH", path, {"track": {"identifier": "x8VYWazR5mE"}, "voice": VOICE})
    changed = await lavalink.call("PATCH", path, {"track": {"userData": {"by": "me"}}, "volume": 5000})
    assert (changed["track"]["userData"], changed["volume"]) == ({"by": "me"}, 1000)
    assert (await next_event(socket))["type"] == "TrackStartEvent"
    await lavalink.call("PATCH", path, {"endTime": 1})
    assert (await next_event(socket))["reason"] == "finished"


async def test_stats_come_with_the_connection(lavalink: Lavalink) -> None:
    socket = await lavalink.connect()
    stats = await socket.receive_json(timeout=60)
    assert (stats["op"], stats["players"], stats["frameStats"]) == ("stats", 0, None)


async def test_a_session_without_resuming_ends_with_its_connection(lavalink: Lavalink) -> None:
    socket = await lavalink.connect()
    first = lavalink.session_id
    await socket.close()
    while (await lavalink.switch("GET", "/sessions"))["sessions"]:
        pass
    await lavalink.connect()
    assert lavalink.session_id != first


async def test_a_session_that_is_not_resumed_in_time_ends(lavalink: Lavalink) -> None:
    socket = await lavalink.connect()
    assert await lavalink.call("PATCH", "{s}", {"resuming": True, "timeout": 0}) == {
        "resuming": True,
        "timeout": 0,
    }
    await socket.close()
    while (await lavalink.switch("GET", "/sessions"))["sessions"]:
        pass
    assert lavalink.stand_in.players() == []


async def test_a_graceful_shutdown_says_going_away_and_is_gone(lavalink: Lavalink) -> None:
    socket = await lavalink.connect()
    closing = asyncio.create_task(lavalink.switch("POST", "/node/close", stop=True))
    while (message := await socket.receive(timeout=60)).type is aiohttp.WSMsgType.TEXT:
        pass
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, aiohttp.WSCloseCode.GOING_AWAY)
    assert (await closing)["sessions"] == []
    async with aiohttp.ClientSession() as fresh:
        with pytest.raises(aiohttp.ClientConnectorError):
            await fresh.get(lavalink.stand_in.base_url)


async def test_silence_ends_by_itself_and_nothing_is_lost(lavalink: Lavalink) -> None:
    socket = await lavalink.connect()
    await socket.receive_json(timeout=60)  # stats
    await lavalink.call("PATCH", f"{{s}}/players/{GUILD}", {"track": {"identifier": "x8VYWazR5mE"}})
    assert (await next_event(socket))["type"] == "TrackStartEvent"
    await lavalink.switch("POST", "/node/silence", seconds=0.1)
    await lavalink.switch("POST", f"/players/{GUILD}/exception")
    assert (await next_event(socket))["type"] == "TrackExceptionEvent"


async def test_http_faults_strike_the_routes_they_name(lavalink: Lavalink) -> None:
    await lavalink.switch("POST", "/faults", action="status", status=503, path="websocket", times=1)
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await lavalink.connect()
    assert caught.value.status == 503
    await lavalink.switch("POST", "/faults", action="reset", method="POST", times=1)
    with pytest.raises(aiohttp.ClientError):  # aiohttp would try a GET again by itself
        await lavalink.call("POST", "/v4/decodetracks", ["x"])
    await lavalink.call("POST", "/v4/decodetracks", ["x"], status=500)


async def test_a_load_can_find_nothing_on_purpose(lavalink: Lavalink) -> None:
    await lavalink.switch("POST", "/track_faults", fault="load_empty", times=1)
    path = "/v4/loadtracks?identifier=ytsearch:lemon"
    assert (await lavalink.call("GET", path))["loadType"] == "empty"
    assert (await lavalink.call("GET", path))["loadType"] == "search"


async def test_acting_on_a_player_that_does_not_exist_is_refused(lavalink: Lavalink) -> None:
    url = lavalink.control.make_url(f"/players/{GUILD}/stuck")
    async with lavalink.http.post(url) as response:
        assert response.status == 404


async def test_pings_are_answered_unless_the_node_is_silent(lavalink: Lavalink) -> None:
    url = f"{lavalink.stand_in.base_url}/v4/websocket"
    socket = await lavalink.http.ws_connect(url, headers=HEADERS, autoping=False)
    await socket.ping(b"are you there?")
    while (message := await socket.receive(timeout=60)).type is not aiohttp.WSMsgType.PONG:
        pass
    assert message.data == b"are you there?"


async def test_a_track_that_does_not_replace_leaves_the_current_one_alone(lavalink: Lavalink) -> None:
    await lavalink.connect()
    path = f"{{s}}/players/{GUILD}"
    await lavalink.call("PATCH", path, {"track": {"identifier": "x8VYWazR5mE"}, "position": 1000})
    other = {"track": {"identifier": "dQw4w9WgXcQ"}, "position": 5000, "paused": True, "endTime": 9000}
    player = await lavalink.call("PATCH", f"{path}?noReplace=True", other)
    assert player["track"]["info"]["title"] == "夜に駆ける"
    assert (player["state"]["position"], player["paused"]) == (1000, False)


@pytest.mark.parametrize(
    "identifier", ["scsearch:lemon", "ytsearch:lemon", "x8VYWazR5mE", "http://a.example/a.mp3"]
)
async def test_what_a_source_knows_that_is_switched_off_loads_as_nothing(identifier: str) -> None:
    for sources, load_types in (((), {"empty"}), (("youtube", "soundcloud", "http"), {"search", "track"})):
        settings = NodeSettings(sources=sources)
        catalogue, faults = Catalogue("http://127.0.0.1:1"), TrackFaults()

        assert load(identifier, catalogue, faults, settings.sources)["loadType"] in load_types
