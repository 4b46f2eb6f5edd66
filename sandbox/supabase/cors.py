"""What pages of other origins may do: everything, as at the gateway of a hosted project."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
EXPOSED = "Content-Range, Content-Location, Preference-Applied, X-Supabase-Api-Version"


async def allow_every_origin(request: web.Request, response: web.StreamResponse) -> None:
    """Add what is missing (lite's Auth leaves most of it out), just before an answer is sent."""
    if "Origin" not in request.headers:
        return
    headers = response.headers
    headers.setdefault("Access-Control-Allow-Origin", "*")
    headers.setdefault("Access-Control-Expose-Headers", EXPOSED)
    if request.method == "OPTIONS":
        headers.setdefault("Access-Control-Allow-Methods", METHODS)
        asked = request.headers.get("Access-Control-Request-Headers", "")
        headers.setdefault("Access-Control-Allow-Headers", asked)
