"""Starts and stops Lavalink nodes, and tells the launcher about them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from audio_node.server.rest import Rest
from sandbox.browser_guard import browser_guard
from sandbox.faults import Faults, fault_middleware
from sandbox.lavalink.catalogue import Catalogue
from sandbox.lavalink.control import Control
from sandbox.lavalink.extras import PUBLIC, Extras
from sandbox.lavalink.faults import TrackFaults
from sandbox.lavalink.listener import Listener
from sandbox.lavalink.node import Node
from sandbox.lavalink.settings import NodeSettings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from audio_node.server.playback import Json
    from audio_node.voice.gateway import VoiceOptions


class LavalinkStandIn:
    """The node ``node_name`` at ``127.0.0.1:port``; its switches: .control.

    Port 0 is any free one, and with a ``data_dir`` the same one after a restart. With ``voice`` it is heard
    where it is told to connect; otherwise it plays by the clock, as fast as ``time_scale`` says.
    """

    name = "lavalink"

    def __init__(
        self,
        *,
        port: int = 0,
        data_dir: Path | None = None,
        password: str = "youshallnotpass",  # noqa: S107 - Lavalink's own default
        name: str = "node-1",
        time_scale: float = 1.0,
        player_update_interval: float = 5.0,
        stats_interval: float = 60.0,
        lyrics_plugin: bool = True,
        voice: VoiceOptions | None = None,
    ) -> None:
        self.node_name = name
        self.http_faults = Faults()
        self.track_faults = TrackFaults()
        self._settings = NodeSettings(
            password=password,
            time_scale=time_scale,
            player_update_interval=player_update_interval,
            stats_interval=stats_interval,
            lyrics_plugin=lyrics_plugin,
        )
        self._listener = Listener(port, data_dir / "port" if data_dir else None)
        self._voice = voice
        self._node: Node | None = None

    @property
    def node(self) -> Node:
        """Return the node's state; after start()."""
        if self._node is None:
            raise RuntimeError("the node has not been started")
        return self._node

    @property
    def base_url(self) -> str:
        """Return the address, without password; after start()."""
        return f"http://{self._host}"

    @property
    def _host(self) -> str:
        return f"127.0.0.1:{self._listener.port}"

    async def start(self) -> None:
        """Listen; returns when requests are answered."""
        await self._listener.bind()
        sounding = None
        if self._voice is not None:
            from sandbox.lavalink.sounding import Sounding  # numpy and FFmpeg, for those who listen

            sounding = Sounding(self._voice, self._settings.player_update_interval)
        self._node = Node(self._settings, Catalogue(self.base_url), self.track_faults, sounding)
        rest = Rest(self._node, PUBLIC)
        extras = Extras(self._node)
        app = web.Application(
            middlewares=[
                browser_guard(),
                extras.middleware(),
                rest.middleware(),
                fault_middleware(self.http_faults),
            ]
        )
        app.add_routes([*rest.routes(), *extras.routes()])
        await self._listener.start(app)

    async def close(self) -> None:
        """Stop listening and end everything that was started."""
        if self._node is not None:
            await self._node.close()
            self._node.audible.set()
        await self._listener.close()

    def environment(self) -> Mapping[str, str]:
        """Return the bot's setting that points it here."""
        return {"LAVALINK_NODES": self._uri, "MUSIC_URL_HOSTS": self._host}

    def info(self) -> Mapping[str, object]:
        """Return the address and the password."""
        return {"name": self.node_name, "url": self.base_url, "password": self._settings.password}

    def players(self) -> list[Json]:
        """Return what plays where, for the chat page; times in milliseconds."""
        return [
            {
                "guild_id": player.guild_id,
                "channel_id": player.voice.channel_id if player.voice else None,
                "title": player.track.title if player.track else None,
                "author": player.track.author if player.track else None,
                "artwork_url": player.track.artwork_url if player.track else None,
                "position_ms": player.position,
                "length_ms": player.track.length if player.track and not player.track.is_stream else None,
                "paused": player.paused,
                "volume": player.volume,
            }
            for player in self.node.players
        ]

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return the routes of its fault switches, relative to ``/sandbox/lavalink``."""
        control = Control(lambda: self.node, self._listener)
        return [*self.http_faults.routes(), *self.track_faults.routes(), *control.routes()]

    @property
    def _uri(self) -> str:
        return f"http://:{quote(self._settings.password, safe='')}@127.0.0.1:{self._listener.port}"


class LavalinkNodes:
    """Several nodes as one stand-in; each one's control routes are under ``/<its name>``."""

    name = "lavalink"

    def __init__(self, nodes: Sequence[LavalinkStandIn]) -> None:
        self.nodes = nodes

    async def start(self) -> None:
        """Start every node."""
        for node in self.nodes:
            await node.start()

    async def close(self) -> None:
        """Close every node."""
        for node in self.nodes:
            await node.close()

    def environment(self) -> Mapping[str, str]:
        """Return the bot's setting that names every node."""
        settings = [node.environment() for node in self.nodes]
        return {key: ",".join(each[key] for each in settings) for key in settings[0]}

    def info(self) -> Mapping[str, object]:
        """Return address and password of every node."""
        return {"nodes": [node.info() for node in self.nodes]}

    def control_routes(self) -> Sequence[web.RouteDef]:
        """Return every node's routes."""
        return [
            web.RouteDef(route.method, f"/{node.node_name}{route.path}", route.handler, route.kwargs)
            for node in self.nodes
            for route in node.control_routes()
        ]
