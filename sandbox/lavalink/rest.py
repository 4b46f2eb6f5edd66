"""The HTTP side of a node: Lavalink's v4 routes, the websocket, and pages for songs' links and pictures."""

from __future__ import annotations

import html
import json
import time
from typing import TYPE_CHECKING, cast

from aiohttp import web

from audio_node.server.errors import RestError, error_response
from audio_node.server.player_update import PlayerUpdate
from audio_node.server.session import Connection
from audio_node.track import TrackDecodeError, decode
from sandbox.lavalink.loading import load, load_one
from sandbox.lavalink.lyrics import PLUGIN, get_lyrics
from sandbox.lavalink.node import API_VERSION, VERSION, WORKERS, Call, Node

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from audio_node.server.playback import Json
    from audio_node.server.session import Session
    from audio_node.track import Track
    from sandbox.lavalink.player import Player

_FILTERS = [
    "volume", "equalizer", "karaoke", "timescale", "tremolo", "vibrato", "distortion", "rotation",
    "channelMix", "lowPass",
]  # fmt: skip
LATIN = 0x2E7F
"""Characters above are about as wide as high."""
_PUBLIC = ("/artwork/", "/watch", "/playlist")


class Rest:
    """The handlers of one node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def routes(self) -> list[web.RouteDef]:
        """Return every route."""
        players = "/v4/sessions/{session}/players"
        return [
            web.get("/version", self._version),
            web.get("/v4/info", self._info),
            web.get("/v4/stats", self._stats),
            web.get("/v4/loadtracks", self._load_tracks),
            *([web.get("/v4/lyrics", get_lyrics)] if self._node.settings.lyrics_plugin else []),
            web.get("/v4/decodetrack", self._decode_track),
            web.post("/v4/decodetracks", self._decode_tracks),
            web.get("/v4/websocket", self._websocket),
            web.patch("/v4/sessions/{session}", self._patch_session),
            web.get(players, self._get_players),
            web.get(f"{players}/{{guild}}", self._get_player),
            web.patch(f"{players}/{{guild}}", self._patch_player),
            web.delete(f"{players}/{{guild}}", self._delete_player),
            web.get("/artwork/{identifier}.svg", self._artwork),
            web.get("/watch", self._watch),
        ]

    def middleware(self) -> Middleware:
        """Return what goes before every handler: silence, the journal, the password, and errors as JSON."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            await self._node.audible.wait()
            if self._node.hanging >= WORKERS and request.path != "/v4/websocket":
                await self._node.hang()
            try:
                await self._note(request)
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

    async def _note(self, request: web.Request) -> None:
        if request.path.startswith(_PUBLIC) or request.path == "/v4/websocket":
            return
        body = await _json(request) if request.can_read_body else None
        self._node.calls.append(Call(request.method, request.path, dict(request.query), body, time.time()))

    def _authorise(self, request: web.Request) -> None:
        """Refuse a missing password with 401 and a wrong one with 403 (401 for the websocket)."""
        given = request.headers.get("Authorization")
        if given == self._node.settings.password or request.path.startswith(_PUBLIC):
            return
        if given is None or request.path == "/v4/websocket":
            raise RestError(401, "Unauthorized")
        raise RestError(403, "Forbidden")

    async def _version(self, _request: web.Request) -> web.Response:
        return web.Response(text=VERSION)

    async def _info(self, _request: web.Request) -> web.Response:
        major, minor, patch = (int(number) for number in VERSION.split("."))
        return web.json_response(
            {
                "version": {
                    "semver": VERSION, "major": major, "minor": minor, "patch": patch,
                    "preRelease": None, "build": None,
                },
                "buildTime": 1_760_000_000_000,
                "git": {"branch": "sandbox", "commit": "0000000", "commitTime": 1_760_000_000_000},
                "jvm": "17.0.16",
                "lavaplayer": self._node.settings.lavaplayer,
                "sourceManagers": list(self._node.settings.sources),
                "filters": _FILTERS,
                "plugins": [
                    {"name": "otonari-stand-in", "version": "1"},
                    *([PLUGIN] if self._node.settings.lyrics_plugin else []),
                ],
            }
        )  # fmt: skip

    async def _stats(self, _request: web.Request) -> web.Response:
        return web.json_response(self._node.stats(with_frames=False))

    async def _load_tracks(self, request: web.Request) -> web.Response:
        identifier = request.query.get("identifier")
        if identifier is None:
            raise RestError(400, "Required request parameter 'identifier' is not present")
        node = self._node
        sources = node.settings.sources
        return web.json_response(load(identifier, node.catalogue, node.track_faults, sources))

    async def _decode_track(self, request: web.Request) -> web.Response:
        encoded = request.query.get("encodedTrack") or request.query.get("track")
        if encoded is None:
            raise RestError(400, "No track to decode provided")
        return web.json_response(_decoded(encoded))

    async def _decode_tracks(self, request: web.Request) -> web.Response:
        encoded = await _json(request)
        if not isinstance(encoded, list) or not encoded:
            raise RestError(400, "No tracks to decode provided")
        return web.json_response([_decoded(str(item)) for item in cast("list[object]", encoded)])

    async def _patch_session(self, request: web.Request) -> web.Response:
        session = self._session(request)
        body = await _object(request)
        if isinstance(resuming := body.get("resuming"), bool):
            session.resuming = resuming
        if isinstance(timeout := body.get("timeout"), int):
            session.timeout = timeout
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
        session = self._session(request)
        guild = request.match_info["guild"]
        if not guild.isdecimal():
            raise RestError(400, f"Failed to convert 'guildId' with value: '{guild}'")
        update = PlayerUpdate(await _object(request))
        no_replace = request.query.get("noReplace", "false").lower() == "true"
        async with session.player(guild).lock:
            if update.voice and self._node.track_faults.take(update.voice.endpoint, "voice_unreachable"):
                await self._node.hang()
            player = session.player(guild)
            update.apply(player, self._load_one, no_replace=no_replace)
        return web.json_response(player.as_json())

    def _load_one(self, identifier: str) -> Track:
        return load_one(identifier, self._node.catalogue, self._node.track_faults)

    async def _delete_player(self, request: web.Request) -> web.Response:
        self._session(request).destroy_player(request.match_info["guild"])
        return web.Response(status=204)

    def _session(self, request: web.Request) -> Session[Player]:
        """Return the session of a request; one that waits for its client has left the requests' sight."""
        session = self._node.sessions.get(request.match_info["session"])
        if session is None or session.is_waiting:
            raise RestError(404, "Session not found")
        return session

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        user_id = request.headers.get("User-Id", "")
        if not user_id.isdecimal():
            raise RestError(400, "User-Id header is missing or no number")
        # pongs are sent by the connection, which can hold them back
        socket = web.WebSocketResponse(autoping=False, timeout=1.0)
        waiting = self._node.waiting_session(request.headers.get("Session-Id"))
        socket.headers["Session-Resumed"] = str(waiting is not None).lower()
        socket.headers["Lavalink-Api-Version"] = API_VERSION
        await socket.prepare(request)
        session = waiting or self._node.new_session(user_id)
        connection = Connection(socket, request.transport, self._node.audible)
        session.attach(connection)
        try:
            await connection.run()
        finally:
            session.detach(connection)
        return socket

    async def _watch(self, request: web.Request) -> web.Response:
        """Show a person who follows a song's link what it is."""
        track = self._node.catalogue.by_identifier(request.query.get("v", ""))
        title = html.escape(f"{track.title} — {track.author}")
        page = (
            f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
            f'<img src="/artwork/{html.escape(track.identifier)}.svg" alt="" width="320">'
            "<p>サンドボックスの曲です（音は出ません）。<br>A song of the sandbox; it makes no sound.</p>"
        )
        return web.Response(text=page, content_type="text/html")

    async def _artwork(self, request: web.Request) -> web.Response:
        track = self._node.catalogue.by_identifier(request.match_info["identifier"])
        hue = sum(track.identifier.encode()) % 360
        title, author = track.title[:18], track.author[:24]
        picture = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" font-family="sans-serif">'
            f'<rect width="320" height="320" fill="hsl({hue} 45% 30%)"/>'
            f'<circle cx="160" cy="118" r="84" fill="hsl({(hue + 40) % 360} 70% 60%)"/>'
            f'<circle cx="160" cy="118" r="26" fill="hsl({hue} 45% 30%)"/>'
            '<g text-anchor="middle" fill="#fff">'
            f'<text x="160" y="254" font-size="{_fitting(title, 30)}">{html.escape(title)}</text>'
            f'<text x="160" y="290" font-size="{_fitting(author, 20)}" opacity=".75">'
            f"{html.escape(author)}</text></g></svg>"
        )
        return web.Response(text=picture, content_type="image/svg+xml")


def _fitting(text: str, size: int) -> float:
    """Return the font size at which ``text`` fits the width of the artwork, at most ``size``."""
    width = sum(1.0 if ord(character) > LATIN else 0.6 for character in text) or 1.0
    return min(float(size), round(280 / width, 1))


def _decoded(encoded: str) -> Json:
    try:
        return decode(encoded).as_json()
    except TrackDecodeError as error:
        raise RestError(500, f"Invalid encoded track: {error}") from error


async def _json(request: web.Request) -> object:
    try:
        return json.loads(await request.read())
    except ValueError as error:
        raise RestError(400, "JSON decoding error") from error


async def _object(request: web.Request) -> Json:
    body = await _json(request)
    if not isinstance(body, dict):
        raise RestError(400, "JSON decoding error: an object is expected")
    return cast("Json", body)
