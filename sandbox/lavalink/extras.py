"""What the stand-in has beside Lavalink's routes: silence, a journal, lyrics, pages for links, pictures."""

from __future__ import annotations

import asyncio
import contextlib
import html
import time
from typing import TYPE_CHECKING, cast

from aiohttp import web

from audio_node.server.errors import RestError
from audio_node.server.rest import read_json
from sandbox.lavalink.lyrics import get_lyrics
from sandbox.lavalink.node import WORKERS, Call, Node

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

    from audio_node.server.playback import Json

LATIN = 0x2E7F
"""Characters above are about as wide as high."""
PUBLIC = ("/artwork/", "/watch", "/playlist")
"""Paths that a browser may follow without the password."""


class Extras:
    """The handlers of one node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._stuck: set[str] = set()
        """Paths of players that wait for a voice server for ever, until they are deleted."""

    def routes(self) -> list[web.RouteDef]:
        """Return every route."""
        return [
            *([web.get("/v4/lyrics", get_lyrics)] if self._node.settings.lyrics_plugin else []),
            web.get("/artwork/{identifier}.svg", self._artwork),
            web.get("/watch", self._watch),
        ]

    def middleware(self) -> Middleware:
        """Return what goes before everything of Lavalink's: silence, workers that hang, the journal."""

        @web.middleware
        async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
            await self._node.audible.wait()
            if self._node.hanging >= WORKERS and request.path != "/v4/websocket":
                await self._node.hang()
            await self._note(request)
            return await handler(request)

        return middleware

    async def _note(self, request: web.Request) -> None:
        if request.path.startswith(PUBLIC) or request.path == "/v4/websocket":
            return
        body: object = None
        if request.can_read_body:
            with contextlib.suppress(RestError):  # which the handler answers
                body = await read_json(request)
        self._node.calls.append(Call(request.method, request.path, dict(request.query), body, time.time()))
        if request.method == "DELETE":
            self._stuck.discard(request.path)
        elif request.method == "PATCH":
            await self._connect(request.path, body)

    async def _connect(self, path: str, body: object) -> None:
        """Keep a worker for ever where the player waits for a voice server."""
        voice = cast("Json", body).get("voice") if isinstance(body, dict) else None
        endpoint = cast("Json", voice).get("endpoint") if isinstance(voice, dict) else None
        if isinstance(endpoint, str) and self._node.track_faults.take(endpoint, "voice_unreachable"):
            self._stuck.add(path)
            await self._node.hang()
        if path in self._stuck:
            await asyncio.Event().wait()  # as long as the one before it holds the player

    async def _watch(self, request: web.Request) -> web.Response:
        """Show a person who follows a song's link what it is."""
        track = self._node.catalogue.by_identifier(request.query.get("v", ""))
        title = html.escape(f"{track.title} — {track.author}")
        page = (
            f'<!doctype html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
            f'<img src="/artwork/{html.escape(track.identifier)}.svg" alt="" width="320">'
            "<p>サンドボックスの曲です。流れるのは曲名から作られた音楽です。<br>"
            "A song of the sandbox: what you hear is made from its title.</p>"
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
