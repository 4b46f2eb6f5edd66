"""The HTTP side of a node: Lavalink's v4 routes and the websocket (https://lavalink.dev/api/rest.html)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Generic, NoReturn, Protocol, TypeVar, cast

from aiohttp import web

from audio_node.server.errors import RestError, error_response
from audio_node.server.info import VERSION
from audio_node.server.metrics import metrics
from audio_node.server.playback import Playback
from audio_node.server.player_update import PlayerUpdate, field
from audio_node.server.session import Connection
from audio_node.track import TrackDecodeError, decode

if TYPE_CHECKING:
    import asyncio

    from aiohttp.typedefs import Handler, Middleware

    from audio_node.server.playback import Json
    from audio_node.server.session import Session
    from audio_node.server.sessions import Sessions
    from audio_node.track import Track

API_VERSION = "4"
_DIGITS = 19
_LONGEST_TIMEOUT = 2**31

P = TypeVar("P", bound=Playback)


class Node(Protocol[P]):
    """What the protocol asks of a node."""

    audible: asyncio.Event
    """While it is clear, nothing is sent to clients."""

    @property
    def password(self) -> str:
        """Return what clients must know."""
        ...

    @property
    def sessions(self) -> Sessions[P]:
        """Return the clients' sessions."""
        ...

    def info(self) -> Json:
        """Return the info object (https://lavalink.dev/api/rest.html#get-lavalink-info)."""
        ...

    def stats(self, *, with_frames: bool) -> Json:
        """Return the statistics (https://lavalink.dev/api/websocket.html#stats-object)."""
        ...

    async def load(self, identifier: str) -> Json:
        """Return the LoadResult (https://lavalink.dev/api/rest.html#track-loading)."""
        ...

    async def load_one(self, identifier: str) -> Track:
        """Return the one track to play; raises RestError for nothing, or for more than one."""
        ...


class Rest(Generic[P]):
    """The handlers of one node; ``public`` are the beginnings of paths that ask for no password."""

    def __init__(self, node: Node[P], public: tuple[str, ...] = ()) -> None:
        self._node = node
        self._public = public

    def app(self) -> web.Application:
        """Return the application that answers all this."""
        app = web.Application(middlewares=[self.middleware()])
        app.add_routes(self.routes())
        return app

    def routes(self) -> list[web.RouteDef]:
        """Return every route."""
        players = "/v4/sessions/{session}/players"
        return [
            web.get("/version", self._version),
            web.get("/metrics", self._metrics),
            web.get("/v4/info", self._info),
            web.get("/v4/stats", self._stats),
            web.get("/v4/loadtracks", self._load_tracks),
            web.get("/v4/decodetrack", self._decode_track),
            web.post("/v4/decodetracks", self._decode_tracks),
            web.get("/v4/websocket", self._websocket),
            web.patch("/v4/sessions/{session}", self._patch_session),
            web.get(players, self._get_players),
            web.get(f"{players}/{{guild}}", self._get_player),
            web.patch(f"{players}/{{guild}}", self._patch_player),
            web.delete(f"{players}/{{guild}}", self._delete_player),
        ]

    def middleware(self) -> Middleware:
        """Return what goes before every handler: the password, and errors as JSON."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                self._authorise(request)
                response = await handler(request)
            except RestError as error:
                response = error_response(request, error)
            except web.HTTPException as error:
                response = error_response(request, RestError(error.status, error.reason))
            if not response.prepared:
                response.headers["Lavalink-Api-Version"] = API_VERSION
            return response

        return middleware

    def _authorise(self, request: web.Request) -> None:
        """Refuse a missing password with 401 and a wrong one with 403 (401 for the websocket)."""
        given = request.headers.get("Authorization")
        if given == self._node.password or (self._public and request.path.startswith(self._public)):
            return
        if given is None or request.path == "/v4/websocket":
            raise RestError(401, "Unauthorized")
        raise RestError(403, "Forbidden")

    async def _version(self, _request: web.Request) -> web.Response:
        return web.Response(text=VERSION)

    async def _info(self, _request: web.Request) -> web.Response:
        return web.json_response(self._node.info())

    async def _stats(self, _request: web.Request) -> web.Response:
        return web.json_response(self._node.stats(with_frames=False))

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(text=metrics(self._node.stats(with_frames=False)))

    async def _load_tracks(self, request: web.Request) -> web.Response:
        identifier = request.query.get("identifier")
        if identifier is None:
            raise RestError(400, "Required request parameter 'identifier' is not present")
        return web.json_response(await self._node.load(identifier))

    async def _decode_track(self, request: web.Request) -> web.Response:
        encoded = request.query.get("encodedTrack") or request.query.get("track")
        if encoded is None:
            raise RestError(400, "No track to decode provided")
        return web.json_response(_decoded(encoded))

    async def _decode_tracks(self, request: web.Request) -> web.Response:
        encoded = await read_json(request)
        if not isinstance(encoded, list) or not encoded:
            raise RestError(400, "No tracks to decode provided")
        return web.json_response([_decoded(str(item)) for item in cast("list[object]", encoded)])

    async def _patch_session(self, request: web.Request) -> web.Response:
        session = self._session(request)
        body = await read_json_object(request)
        resuming, timeout = field(body, "resuming", bool), field(body, "timeout", int)
        if timeout is not None and not 0 <= timeout < _LONGEST_TIMEOUT:
            raise RestError(400, "timeout must be a number of seconds")
        session.resuming = session.resuming if resuming is None else resuming
        session.timeout = session.timeout if timeout is None else timeout
        return web.json_response({"resuming": session.resuming, "timeout": session.timeout})

    async def _get_players(self, request: web.Request) -> web.Response:
        players = self._session(request).players.values()
        return web.json_response([player.as_json() for player in players])

    async def _get_player(self, request: web.Request) -> web.Response:
        player = self._session(request).players.get(request.match_info["guild"])
        if player is None:
            raise RestError(404, "Player not found")
        return web.json_response(player.as_json())

    async def _patch_player(self, request: web.Request) -> web.Response:
        self._session(request)
        guild = request.match_info["guild"]
        if not is_number(guild):
            raise RestError(400, f"Failed to convert 'guildId' with value: '{guild[:40]}'")
        update = PlayerUpdate(await read_json_object(request))
        # Before there is a player, since a service may take its time, and the client may leave meanwhile.
        await update.find_track(self._node.load_one)
        player = self._session(request).player(guild)
        update.apply(player, no_replace=request.query.get("noReplace", "false").lower() == "true")
        return web.json_response(player.as_json())

    async def _delete_player(self, request: web.Request) -> web.Response:
        self._session(request).destroy_player(request.match_info["guild"])
        return web.Response(status=204)

    def _session(self, request: web.Request) -> Session[P]:
        """Return the session of a request; one that waits for its client has left the requests' sight."""
        session = self._node.sessions.get(request.match_info["session"])
        if session is None:
            raise RestError(404, "Session not found")
        return session

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        user_id = request.headers.get("User-Id", "")
        if not is_number(user_id):
            raise RestError(400, "User-Id header is missing or no number")
        # pongs are sent by the connection, which can hold them back
        socket = web.WebSocketResponse(autoping=False, timeout=1.0)
        waiting = self._node.sessions.waiting(request.headers.get("Session-Id", ""))
        socket.headers["Session-Resumed"] = str(waiting is not None).lower()
        socket.headers["Lavalink-Api-Version"] = API_VERSION
        await socket.prepare(request)
        session = waiting or self._node.sessions.open(user_id)
        connection = Connection(socket, request.transport, self._node.audible)
        session.attach(connection)
        try:
            await connection.run()
        finally:
            session.detach(connection)
        return socket


def _decoded(encoded: str) -> Json:
    try:
        return decode(encoded).as_json()
    except TrackDecodeError as error:
        raise RestError(500, f"Invalid encoded track: {error}") from error


async def read_json(request: web.Request) -> object:
    """Return the body; raises RestError (400) where it is no JSON."""
    try:
        return json.loads(await request.read(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise RestError(400, "JSON decoding error") from error


def _refuse(name: str) -> NoReturn:
    """Take no NaN and no infinity, which Python would, and JSON has not (RFC 8259, section 6)."""
    raise ValueError(name)


def is_number(text: str) -> bool:
    """Tell whether ``text`` is a whole number that Java's long can be, as ids are."""
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS and int(text) < 2**63


async def read_json_object(request: web.Request) -> Json:
    """Return the body; raises RestError (400) where it is no object."""
    body = await read_json(request)
    if not isinstance(body, dict):
        raise RestError(400, "JSON decoding error: an object is expected")
    return cast("Json", body)
