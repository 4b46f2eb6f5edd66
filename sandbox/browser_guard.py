"""Keeps other people's web pages away from the sandbox's servers.

A browser lets every page send requests to this machine. Three checks and a header end what such a page could
do with them:

- *Host* must be a name of loopback. A page that had its own name resolved to 127.0.0.1 (DNS rebinding) is
  of the same origin as the server then, and is known by nothing but this header.
- *Origin*, which browsers add to whatever a page sends elsewhere, websockets included, must be the server's
  own (https://fetch.spec.whatwg.org/#origin-header). Programs send none.
- What changes something must be JSON, which a page cannot send elsewhere without asking first
  (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
- No page may have one of the server's in a frame, where people would press its buttons without seeing them
  (https://html.spec.whatwg.org/multipage/document-lifecycle.html#the-x-frame-options-header).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler, Middleware

LOOPBACK_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
NO_TYPE = "application/octet-stream"
"""What aiohttp takes a request for that names no media type."""


def on_this_machine(origin: str) -> bool:
    """Tell whether ``origin`` is of a page that a server on loopback gave, at whatever port."""
    address = urlsplit(origin)
    return address.scheme in {"http", "https"} and LOOPBACK_HOST.fullmatch(address.netloc) is not None


def no_other_page(_origin: str) -> bool:
    """Allow no page but the server's own."""
    return False


def browser_guard(*, pages: Callable[[str], bool] = no_other_page, uploads: str | None = None) -> Middleware:
    """Return the middleware that goes before all others of a server on loopback.

    ``pages`` tells which origins are allowed besides the server's own; below the path ``uploads``,
    multipart/form-data is taken too. It answers 403 to a foreign Host or Origin, and 415 to what is no JSON.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or not LOOPBACK_HOST.fullmatch(hosts[0]):
            raise web.HTTPForbidden(text="This server answers at localhost and 127.0.0.1 only.\n")
        own = f"{request.scheme}://{hosts[0]}".lower()
        if not all(origin == own or pages(origin) for origin in request.headers.getall("Origin", [])):
            raise web.HTTPForbidden(text="Pages of other origins may not use this server.\n")
        if request.method not in CHANGES_NOTHING and not _has_allowed_type(request, uploads):
            raise web.HTTPUnsupportedMediaType(text="The body must be application/json.\n")
        answer = await handler(request)
        if not answer.prepared:
            answer.headers.setdefault("X-Frame-Options", "DENY")
        return answer

    return guard


def _has_allowed_type(request: web.Request, uploads: str | None) -> bool:
    kind = request.content_type
    if kind == "multipart/form-data":
        return uploads is not None and request.path.startswith(uploads)
    is_json = kind == "application/json" or kind.endswith("+json")
    return is_json or (kind == NO_TYPE and not request.body_exists)
