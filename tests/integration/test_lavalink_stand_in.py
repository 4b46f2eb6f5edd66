"""The Lavalink stand-in, spoken to by the real wavelink over real sockets."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from unittest.mock import AsyncMock, Mock

import aiohttp
import discord
import pytest
import wavelink
from aiohttp import web
from aiohttp.test_utils import TestServer
from wavelink.backoff import Backoff

from sandbox.lavalink import LavalinkNodes, LavalinkStandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

GUILD = 817327181659111454
CHANNEL = 817327181659111457
T = TypeVar("T")


class Client(discord.Client):
    """A client that is not logged in to Discord and keeps every event that it dispatches."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())
        self._connection.user = Mock(spec=discord.ClientUser, id=1234567890)
        self.events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.channel: Mock | None = None

    def get_channel(self, _channel_id: int, /) -> Any:
        return self.channel

    def dispatch(self, event: str, /, *args: object, **_kwargs: object) -> None:
        self.events.put_nowait((event, args[0] if args else None))

    async def event_of(self, name: str) -> Any:
        """Return the payload of the next event ``name``; those before it are let go."""
        async with asyncio.timeout(60):
            while True:
                event, payload = await self.events.get()
                if event == f"wavelink_{name}":
                    return payload


class Control:
    """The control routes, over HTTP as a test in another process uses them."""

    def __init__(self, session: aiohttp.ClientSession, server: TestServer) -> None:
        self.session = session
        self.server = server

    async def post(self, path: str, /, **body: object) -> dict[str, Any]:
        async with self.session.post(self.server.make_url(path), json=body) as response:
            assert response.status in {200, 201}, await response.text()
            return await response.json()

    async def get(self, path: str) -> dict[str, Any]:
        async with self.session.get(self.server.make_url(path)) as response:
            return await response.json()


@pytest.fixture
async def stand_in() -> AsyncIterator[LavalinkStandIn]:
    stand_in = LavalinkStandIn(time_scale=1000, player_update_interval=0.05)
    await stand_in.start()
    yield stand_in
    await stand_in.close()


@pytest.fixture
async def control(stand_in: LavalinkStandIn) -> AsyncIterator[Control]:
    app = web.Application()
    app.add_routes(stand_in.control_routes())
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as session:
        yield Control(session, server)
    await server.close()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    client = Client()
    yield client
    for node in list(wavelink.Pool.nodes.values()):
        await node.close(eject=True)
        await node._session.close()


async def connect(stand_in: LavalinkStandIn, client: Client, heartbeat: float = 15.0) -> wavelink.Node:
    node = wavelink.Node(uri=stand_in.base_url, password="youshallnotpass", heartbeat=heartbeat)
    await wavelink.Pool.connect(nodes=[node], client=client)
    await client.event_of("node_ready")
    assert node._websocket is not None
    # wavelink's own waits grow to 30 s
    node._websocket.backoff = Mock(spec=Backoff, calculate=lambda: 0.02)
    return node


async def join(client: Client) -> wavelink.Player:
    """Connect a player as discord.py does, with Discord's two events in the place of a gateway."""
    guild = Mock(spec=discord.Guild, id=GUILD, change_voice_state=AsyncMock())
    client.channel = Mock(spec=discord.VoiceChannel, id=CHANNEL, guild=guild, members=[])
    player = wavelink.Player(client, client.channel)

    async def change_voice_state(*, channel: object, **_kwargs: object) -> None:
        if channel is not None:
            await give_voice(player)

    guild.change_voice_state.side_effect = change_voice_state
    await player.connect(timeout=5, reconnect=False)
    return player


async def give_voice(player: wavelink.Player, session_id: str = "voice-session") -> None:
    state = {"channel_id": str(CHANNEL), "session_id": session_id, "guild_id": str(GUILD)}
    await player.on_voice_state_update(state)  # type: ignore[arg-type]
    server = {"token": "voice-token", "endpoint": "127.0.0.1:50000", "guild_id": str(GUILD)}
    await player.on_voice_server_update(server)  # type: ignore[arg-type]


async def find(words: str) -> wavelink.Playable:
    results = await wavelink.Playable.search(words)
    assert isinstance(results, list)
    return results[0]


async def until(get: Callable[[], T], wanted: Callable[[T], bool], client: Client) -> T:
    """Wait for the player updates that make ``get()`` what is wanted."""
    while not wanted(get()):
        await client.event_of("player_update")
    return get()


async def test_it_connects_and_tells_about_itself(stand_in: LavalinkStandIn, client: Client) -> None:
    node = await connect(stand_in, client)
    info = await node.fetch_info()
    assert info.version.semver == await node.fetch_version() == "4.2.2"
    assert "youtube" in info.source_managers
    assert (await node.fetch_stats()).players == 0


async def test_a_wrong_password_is_refused(stand_in: LavalinkStandIn, client: Client) -> None:
    async with aiohttp.ClientSession() as session:
        node = wavelink.Node(uri=stand_in.base_url, password="wrong", session=session)
        await wavelink.Pool.connect(nodes=[node], client=client)
        assert node.status is wavelink.NodeStatus.DISCONNECTED
        async with session.get(f"{stand_in.base_url}/version", headers={"Authorization": "x"}) as response:
            assert response.status == 403
        async with session.get(f"{stand_in.base_url}/version") as response:
            assert response.status == 401
            assert await response.read() == b""


async def test_songs_are_found_by_words_links_and_playlists(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    await connect(stand_in, client)
    song = await find("夜に駆ける")
    assert (song.title, song.author, song.length) == ("夜に駆ける", "YOASOBI", 258_000)
    assert (await wavelink.Playable.search(song.uri or ""))[0] == song
    assert (await wavelink.Playable.search("lemon", source="scsearch"))[0].source == "soundcloud"
    playlists = (await control.get("/songs"))["playlists"]
    playlist = await wavelink.Playable.search(playlists["J-POP ヒット曲集"])
    assert isinstance(playlist, wavelink.Playlist)
    assert len(playlist.tracks) > 20
    assert await wavelink.Playable.search("no such song") == []
    stream = await find("lofi hip hop")
    assert stream.is_stream


async def test_a_song_plays_to_its_end_and_the_next_one_follows(
    stand_in: LavalinkStandIn, client: Client
) -> None:
    await connect(stand_in, client)
    player = await join(client)
    player.autoplay = wavelink.AutoPlayMode.partial
    player.queue.put(await find("september"))
    track = await find("夜に駆ける")
    track.extras = {"requester": 42}
    await player.play(track)
    started = await client.event_of("track_start")
    assert (started.track.title, started.track.extras.requester) == ("夜に駆ける", 42)
    ended = await client.event_of("track_end")
    assert (ended.track.title, ended.reason) == ("夜に駆ける", "finished")
    assert ended.track.extras.requester == 42
    assert (await client.event_of("track_start")).track.title == "September"


async def test_pause_holds_the_position_and_seek_and_volume_take_effect(client: Client) -> None:
    stand_in = LavalinkStandIn(time_scale=1)
    await stand_in.start()
    try:
        node = await connect(stand_in, client)
        player = await join(client)
        await player.play(await find("hotel california"))
        await player.pause(True)
        await player.seek(100_000)
        await player.set_volume(40)
        shown = await node.fetch_player_info(GUILD)
        assert shown is not None
        assert (shown.paused, shown.volume) == (True, 40)
        assert shown.state.position < 100_000, "for a while the old one is told"
        (listed,) = stand_in.players()
        assert (listed["channel_id"], listed["title"]) == (str(CHANNEL), "Hotel California")
        assert (listed["position_ms"], listed["paused"], listed["volume"]) == (100_000, True, 40)
        await player.seek(389_990)
        await player.pause(False)
        assert (await client.event_of("track_end")).reason == "finished"
    finally:
        await stand_in.close()


async def test_filters_are_kept_and_reset(stand_in: LavalinkStandIn, client: Client) -> None:
    node = await connect(stand_in, client)
    player = await join(client)
    filters = wavelink.Filters()
    filters.timescale.set(speed=2.0)
    await player.set_filters(filters)
    shown = await node.fetch_player_info(GUILD)
    assert shown is not None
    assert shown.filters.timescale.payload["speed"] == 2.0
    await player.set_filters()


async def test_skipping_stops_and_another_track_replaces(stand_in: LavalinkStandIn, client: Client) -> None:
    await connect(stand_in, client)
    player = await join(client)
    await player.play(await find("lofi hip hop"))
    await player.play(await find("lofi hip hop"), replace=False)
    await player.play(await find("imagine"), paused=True)
    assert (await client.event_of("track_end")).reason == "replaced"
    await player.skip()
    assert (await client.event_of("track_end")).reason == "stopped"


async def test_a_lost_voice_connection_is_told_and_the_position_goes_on_to_nobodys_ears(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    await connect(stand_in, client)
    player = await join(client)
    await player.play(await find("lofi hip hop"))
    await until(lambda: player._last_position, lambda position: position > 0, client)
    await control.post(f"/players/{GUILD}/voice_closed", code=4006, reason="Session is no longer valid.")
    closed = await client.event_of("websocket_closed")
    assert (closed.code, closed.by_remote) == (wavelink.DiscordVoiceCloseType.SESSION_INVALID, True)
    first = await client.event_of("player_update")
    second = await client.event_of("player_update")
    assert not second.connected
    assert second.position > first.position > 0


async def test_lavalink_4_2_wants_the_channel_id(stand_in: LavalinkStandIn, client: Client) -> None:
    node = await connect(stand_in, client)
    voice = {"token": "t", "endpoint": "e", "sessionId": "s", "channelId": None}
    with pytest.raises(wavelink.LavalinkException) as caught:
        await node._update_player(GUILD, data={"voice": voice})  # type: ignore[typeddict-item]
    assert caught.value.status == 400


async def test_an_exception_at_the_start_is_a_failed_load_later_it_finishes(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    await connect(stand_in, client)
    player = await join(client)
    await control.post("/track_faults", fault="track_exception", match="Imagine", times=1, severity="common")
    await player.play(await find("imagine"))
    assert (await client.event_of("track_exception")).exception["severity"] == "common"
    assert (await client.event_of("track_end")).reason == "loadFailed"
    await control.post("/track_faults", fault="track_exception", after_ms=2000, times=1)
    await player.play(await find("imagine"))
    await client.event_of("track_exception")
    assert (await client.event_of("track_end")).reason == "finished"
    await player.play(await find("lofi hip hop"))
    await control.post(f"/players/{GUILD}/exception", message="403")
    assert (await client.event_of("track_exception")).exception["message"] == "403"


async def test_a_stuck_track_stands_still_and_does_not_end(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    await connect(stand_in, client)
    player = await join(client)
    await player.play(await find("lofi hip hop"))
    await control.post(f"/players/{GUILD}/stuck", threshold_ms=7000)
    assert (await client.event_of("track_stuck")).threshold == 7000
    first = await client.event_of("player_update")
    assert (await client.event_of("player_update")).position == first.position
    assert stand_in.players()[0]["title"] == "lofi hip hop radio"


async def test_loads_can_fail(stand_in: LavalinkStandIn, client: Client, control: Control) -> None:
    await connect(stand_in, client)
    await control.post("/track_faults", fault="load_failed", match="lemon", times=1, message="blocked")
    with pytest.raises(wavelink.LavalinkLoadException, match="blocked"):
        await wavelink.Playable.search("lemon")
    assert (await find("lemon")).title == "Lemon"
    await control.post("/faults", action="status", status=500, path="loadtracks", times=1)
    with pytest.raises(wavelink.NodeException):
        await wavelink.Playable.search("lemon 米津玄師")


async def test_a_dropped_websocket_is_resumed(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    node = await connect(stand_in, client)
    session_id = node.session_id
    await join(client)
    await control.post("/node/drop")
    ready = await client.event_of("node_ready")
    assert (ready.resumed, ready.session_id) == (True, session_id)
    assert (await client.event_of("player_update")).connected


async def test_after_an_outage_the_session_resumes_with_what_was_missed(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    node = await connect(stand_in, client)
    session_id = node.session_id
    player = await join(client)
    await player.play(await find("lofi hip hop"))
    await control.post("/node/kill", forget=False)
    await control.post(f"/players/{GUILD}/exception", message="while nobody listened")
    await control.post("/node/start")
    ready = await client.event_of("node_ready")
    assert (ready.resumed, ready.session_id) == (True, session_id)
    assert (await client.event_of("track_exception")).exception["message"] == "while nobody listened"
    assert (await client.event_of("track_end")).reason == "finished"


async def test_a_killed_node_forgets(stand_in: LavalinkStandIn, client: Client, control: Control) -> None:
    node = await connect(stand_in, client)
    session_id = node.session_id
    await join(client)
    state = await control.post("/node/kill")
    assert (state["listening"], state["sessions"]) == (False, [])
    await control.post("/node/start")
    ready = await client.event_of("node_ready")
    assert not ready.resumed
    assert ready.session_id != session_id
    assert await node.fetch_players() == []


async def test_a_clean_close_ends_the_clients_reader(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    node = await connect(stand_in, client)
    assert node._websocket is not None
    reader = node._websocket.keep_alive_task
    assert reader is not None
    await control.post("/node/close")
    with pytest.raises(TypeError):  # wavelink takes the close code for JSON: the trap that the bot supervises
        await asyncio.wait_for(reader, 60)
    assert node.status is wavelink.NodeStatus.CONNECTED


async def test_a_silent_node_answers_neither_pings_nor_requests(
    stand_in: LavalinkStandIn, client: Client, control: Control
) -> None:
    node = await connect(stand_in, client, heartbeat=0.2)
    assert node._websocket is not None
    reader = node._websocket.keep_alive_task
    assert reader is not None
    asking = asyncio.create_task(node.fetch_version())
    assert await asking
    await control.post("/node/silence")
    asking = asyncio.create_task(node.fetch_version())
    await asyncio.wait([reader], timeout=60)
    assert reader.done()
    assert not asking.done()
    await control.post("/node/speak")
    assert await asking == "4.2.2"
    if not reader.cancelled():
        reader.exception()


async def test_requests_can_be_read_back(stand_in: LavalinkStandIn, client: Client, control: Control) -> None:
    await connect(stand_in, client)
    player = await join(client)
    await player.play(await find("imagine"), start=1000, volume=30)
    calls = (await control.get("/requests"))["requests"]
    play = calls[-1]
    assert (play["method"], play["query"]) == ("PATCH", {"noReplace": "False"})
    assert (play["body"]["position"], play["body"]["volume"]) == (1000, 30)


async def test_several_nodes_are_one_stand_in() -> None:
    nodes = LavalinkNodes([LavalinkStandIn(name="node-1"), LavalinkStandIn(name="node-2")])
    paths = {route.path for route in nodes.control_routes()}
    assert {"/node-1/node/kill", "/node-2/node/kill", "/node-2/faults"} <= paths
    await nodes.start()
    try:
        uris = nodes.environment()["LAVALINK_NODES"].split(",")
        assert len(set(uris)) == 2
        assert uris[0].startswith("http://:youshallnotpass@127.0.0.1:")
    finally:
        await nodes.close()


async def test_links_and_pictures_of_songs_open_in_a_browser(
    stand_in: LavalinkStandIn, client: Client
) -> None:
    await connect(stand_in, client)
    song = await find("夜に駆ける")
    assert song.uri
    assert song.artwork
    async with aiohttp.ClientSession() as session:
        async with session.get(song.uri) as response:
            assert "夜に駆ける" in await response.text()
        async with session.get(song.artwork) as response:
            assert response.content_type == "image/svg+xml"
            assert "YOASOBI" in await response.text()


async def test_the_artwork_of_a_song_is_still_there_after_a_restart(tmp_path: Path) -> None:
    first = LavalinkStandIn(data_dir=tmp_path)
    await first.start()
    (song, *_others) = first.node.catalogue.search("夜に駆ける")
    await first.close()
    again = LavalinkStandIn(data_dir=tmp_path)
    await again.start()
    try:
        async with aiohttp.ClientSession() as session, session.get(song.artwork_url) as response:
            assert (response.status, response.content_type) == (200, "image/svg+xml")
    finally:
        await again.close()


@pytest.mark.parametrize("kept", ["", "x", "-1", "99999999", "taken"])
async def test_a_port_that_cannot_be_taken_again_is_replaced(tmp_path: Path, kept: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        (tmp_path / "port").write_text(str(taken) if kept == "taken" else kept)
        stand_in = LavalinkStandIn(data_dir=tmp_path)
        await stand_in.start()
        await stand_in.close()

    assert stand_in.base_url != f"http://127.0.0.1:{taken}"
    assert (tmp_path / "port").read_text() == stand_in.base_url.rpartition(":")[2]
