"""What pages of other origins may do: a dashboard on this machine everything, everybody else nothing.

A hosted project lets every page ask, since each request needs one of its keys and cookies mean nothing. So it
is here, except that no page from elsewhere has any business with a project that only this machine can reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.browser_guard import on_this_machine

if TYPE_CHECKING:
    from aiohttp import web

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
EXPOSED = "Content-Range, Content-Location, Preference-Applied, X-Supabase-Api-Version"
ALLOWED = "Access-Control-Allow-Origin"


async def allow_pages_of_this_machine(request: web.Request, response: web.StreamResponse) -> None:
    """Replace lite's permission, which is for everybody, and add what its Auth leaves out."""
    headers = response.headers
    headers.popall(ALLOWED, None)
    origin = request.headers.get("Origin")
    if origin is None or not on_this_machine(origin):
        return
    headers[ALLOWED] = origin
    headers.add("Vary", "Origin")
    headers.setdefault("Access-Control-Expose-Headers", EXPOSED)
    if request.method == "OPTIONS":
        headers.setdefault("Access-Control-Allow-Methods", METHODS)
        asked = request.headers.get("Access-Control-Request-Headers", "")
        headers.setdefault("Access-Control-Allow-Headers", asked)
