"""Files over HTTP: attachments, generated avatars, the chat page and its emoji."""

from __future__ import annotations

import colorsys
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.snowflake import milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.discord.uploads import Blobs
    from sandbox.discord.world import World

PAGE = Path(__file__).parent / "page"
EMOJI_FACE = """@font-face {
  font-family: "Otonari Emoji";
  src: local("Noto Color Emoji"), local("Apple Color Emoji"), local("Segoe UI Emoji"),
    url("/fonts/emoji.woff2");
  unicode-range: U+1F000-1FAFF, U+2190-21FF, U+2300-23FF, U+25A0-27BF, U+2B00-2BFF, U+FE0F, U+200D;
}
"""
AVATAR_SIZE = 128
"""Pixels."""


class CdnRoutes:
    """Serves ``/``, ``/static``, ``/fonts``, ``/attachments``, ``/ephemeral-attachments`` and avatars."""

    def __init__(self, world: World, blobs: Blobs, emoji_font: Path | None) -> None:
        self._world = world
        self._blobs = blobs
        self._emoji_font = emoji_font if emoji_font is not None and emoji_font.is_file() else None

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Return the routes."""
        found: list[web.AbstractRouteDef] = [
            web.get("/attachments/{channel_id}/{attachment_id}/{filename}", self._attachment),
            web.get("/ephemeral-attachments/{owner_id}/{attachment_id}/{filename}", self._attachment),
            web.get("/avatars/{user_id}.svg", self._svg),
            web.get("/avatars/{user_id}.png", self._png),
            web.get("/fonts/emoji.css", self._emoji_face),
            web.get("/fonts/emoji.woff2", self._emoji),
        ]
        if PAGE.is_dir():
            found += [web.get("/", _page), web.static("/static", PAGE)]
        return found

    async def _attachment(self, request: web.Request) -> web.Response:
        data = await self._blobs.load(request.match_info["attachment_id"])
        if data is None:
            raise web.HTTPNotFound
        content_type = self._blobs.content_type(request.match_info["filename"])
        # Never run as part of the page: what people upload is shown by <img> and <a> only.
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=data, content_type=content_type, headers=headers)

    async def _emoji_face(self, _request: web.Request) -> web.Response:
        """Name the emoji font; an empty style sheet where there is none."""
        return web.Response(text=EMOJI_FACE if self._emoji_font else "", content_type="text/css")

    async def _emoji(self, _request: web.Request) -> web.FileResponse:
        if self._emoji_font is None:
            raise web.HTTPNotFound
        return web.FileResponse(self._emoji_font)

    def _user(self, request: web.Request) -> tuple[str, str]:
        user = self._world.users.get(request.match_info["user_id"])
        if user is None:
            raise web.HTTPNotFound
        return user["id"], user["global_name"] or user["username"]

    async def _svg(self, request: web.Request) -> web.Response:
        user_id, name = self._user(request)
        red, green, blue = _colour(user_id)
        letter = name[0].translate({ord("<"): "&lt;", ord("&"): "&amp;"})
        text = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="128" height="128">'
            f'<rect width="128" height="128" fill="rgb({red},{green},{blue})"/>'
            f'<text x="64" y="66" fill="#fff" font-family="sans-serif" font-size="64" text-anchor="middle"'
            f' dominant-baseline="central">{letter}</text></svg>'
        )
        return web.Response(text=text, content_type="image/svg+xml")

    async def _png(self, request: web.Request) -> web.Response:
        user_id, _ = self._user(request)
        return web.Response(body=_plain_png(_colour(user_id)), content_type="image/png")


async def _page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


def _colour(user_id: str) -> tuple[int, int, int]:
    """Return a lasting colour for a user."""
    hue = (milliseconds(user_id) * 7 + int(user_id) % 4096 * 97) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.45, 0.55)
    return int(red * 255), int(green * 255), int(blue * 255)


def _plain_png(colour: tuple[int, int, int]) -> bytes:
    """Return a PNG of one colour (https://www.w3.org/TR/png-3/)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", AVATAR_SIZE, AVATAR_SIZE, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * AVATAR_SIZE) * AVATAR_SIZE
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
