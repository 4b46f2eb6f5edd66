"""The fault switches of a node, as HTTP routes; bodies are JSON, and may be left out."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, cast

from aiohttp import WSCloseCode, web

from sandbox.lavalink.faults import TrackFault
from sandbox.lavalink.listener import reset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audio_node.server.playback import Json
    from audio_node.server.session import Connection
    from sandbox.lavalink.listener import Listener
    from sandbox.lavalink.node import AnyPlayer, Node


class Control:
    """Acts on a node and on its players.

    POST ``/node/close`` ``{code: 1001, stop: false}`` a CLOSE frame to every client, as a graceful shutdown
    sends; with ``stop`` the node is gone then, sessions included · ``/node/drop`` a TCP reset of every
    websocket · ``/node/silence`` ``{seconds?}`` no frame, no pong, no answer (held back, as a lost network
    does) · ``/node/speak`` ends it · ``/node/kill`` ``{forget: true}`` no listener, no connections, no
    sessions · ``/node/start`` listens again at the same port · ``/players/{guild}/exception`` ``{message?,
    severity?, cause?}`` · ``/players/{guild}/stuck`` ``{threshold_ms?}`` · ``/players/{guild}/voice_closed``
    ``{code: 4014, reason?, by_remote: true}``. GET ``/players``, ``/requests``, ``/sessions``, ``/songs``.
    """

    def __init__(self, node: Callable[[], Node], listener: Listener) -> None:
        self._get_node = node
        self._listener = listener
        self._silence: asyncio.TimerHandle | None = None

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes, relative to the node's control path."""
        return [
            web.post("/node/close", self._close),
            web.post("/node/drop", self._drop),
            web.post("/node/silence", self._be_silent),
            web.post("/node/speak", self._speak),
            web.post("/node/kill", self._kill),
            web.post("/node/start", self._start),
            web.post("/players/{guild}/exception", self._exception),
            web.post("/players/{guild}/stuck", self._stuck),
            web.post("/players/{guild}/voice_closed", self._voice_closed),
            web.get("/players", self._players),
            web.get("/requests", self._requests),
            web.get("/sessions", self._sessions),
            web.get("/songs", self._songs),
        ]

    async def _close(self, request: web.Request) -> web.Response:
        body = await _body(request)
        code = body.get("code", WSCloseCode.GOING_AWAY)
        if body.get("stop"):
            self._listener.refuse()
        closing = [connection.socket.close(code=int(str(code))) for connection in self._connections()]
        await asyncio.gather(*closing)
        if body.get("stop"):
            self._node.sessions.close()
            # A client could come back on a connection that it has kept for requests.
            self._listener.reset_all()
        return web.json_response(self._state())

    async def _drop(self, _request: web.Request) -> web.Response:
        reset(connection.transport for connection in self._connections())
        return web.json_response(self._state())

    async def _be_silent(self, request: web.Request) -> web.Response:
        seconds = (await _body(request)).get("seconds")
        self._node.audible.clear()
        self._end_timer()
        if isinstance(seconds, int | float):
            self._silence = asyncio.get_running_loop().call_later(seconds, self._node.audible.set)
        return web.json_response(self._state())

    async def _speak(self, _request: web.Request) -> web.Response:
        self._end_timer()
        self._node.audible.set()
        return web.json_response(self._state())

    async def _kill(self, request: web.Request) -> web.Response:
        self._listener.refuse()
        if (await _body(request)).get("forget", True):
            self._node.sessions.close()
        self._listener.reset_all()
        return web.json_response(self._state())

    async def _start(self, _request: web.Request) -> web.Response:
        await self._listener.listen()
        return web.json_response(self._state())

    async def _exception(self, request: web.Request) -> web.Response:
        try:
            fault = TrackFault(fault="track_exception", **await _body(request))  # pyright: ignore[reportArgumentType] - checked by the constructor's names
        except TypeError as error:
            return web.json_response({"error": str(error)}, status=400)
        for player in self._of_guild(request):
            player.fail(fault)
        return await self._players(request)

    async def _stuck(self, request: web.Request) -> web.Response:
        threshold = (await _body(request)).get("threshold_ms", 10_000)
        for player in self._of_guild(request):
            player.stick(int(str(threshold)))
        return await self._players(request)

    async def _voice_closed(self, request: web.Request) -> web.Response:
        body = await _body(request)
        code, reason = int(str(body.get("code", 4014))), str(body.get("reason", "Disconnected."))
        for player in self._of_guild(request):
            player.close_voice(code, reason, by_remote=bool(body.get("by_remote", True)))
        return await self._players(request)

    async def _players(self, _request: web.Request) -> web.Response:
        return web.json_response({"players": [player.as_json() for player in self._node.players]})

    async def _requests(self, _request: web.Request) -> web.Response:
        return web.json_response({"requests": self._node.calls_as_json()})

    async def _sessions(self, _request: web.Request) -> web.Response:
        return web.json_response(self._state())

    async def _songs(self, _request: web.Request) -> web.Response:
        catalogue = self._node.catalogue
        songs = [
            {"title": track.title, "author": track.author, "uri": track.uri} for track in catalogue.tracks
        ]
        return web.json_response({"songs": songs, "playlists": catalogue.playlist_urls()})

    @property
    def _node(self) -> Node:
        return self._get_node()

    def _of_guild(self, request: web.Request) -> list[AnyPlayer]:
        guild = request.match_info["guild"]
        players = [player for player in self._node.players if player.guild_id == guild]
        if not players:
            raise web.HTTPNotFound(
                text='{"error": "no player of this guild"}', content_type="application/json"
            )
        return players

    def _connections(self) -> list[Connection]:
        sessions = self._node.sessions
        return [session.connection for session in sessions if session.connection is not None]

    def _state(self) -> Json:
        return {
            "listening": self._listener.listening,
            "audible": self._node.audible.is_set(),
            "sessions": [
                {
                    "id": session.id,
                    "user_id": session.user_id,
                    "connected": session.connection is not None,
                    "resuming": session.resuming,
                    "timeout": session.timeout,
                    "players": list(session.players),
                }
                for session in self._node.sessions
            ],
        }

    def _end_timer(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    return cast("Json", json.loads(raw)) if raw else {}
