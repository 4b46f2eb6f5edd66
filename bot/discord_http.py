"""Requests to Discord over a connection that may break: tried again where that is safe, and one exception.

Whoever handles what Discord refuses (``discord.HTTPException``) so handles a broken connection too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import Counter
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias, cast

import aiohttp
import discord
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    _Send: TypeAlias = Callable[..., Awaitable[object]]

log = logging.getLogger(__name__)

PAUSES = (0.2, 0.8)
"""Seconds before each further try; an interaction must be answered within 3."""
NONCE_BYTES = 12
"""Twice as many characters; Discord takes 25:
https://discord.com/developers/docs/resources/message#create-message"""
ALREADY_ACKNOWLEDGED = 40060
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes"""
MESSAGES, CALLBACK = "/channels/{channel_id}/messages", "/interactions/{webhook_id}/{webhook_token}/callback"

FILE_CHUNK = 64 * 1024
"""Bytes of a file that are read at a time."""
_REFUSALS = {404: discord.NotFound, 403: discord.Forbidden}
MOST_IN_CHANNEL = 50
"""What may wait to be sent to one channel, which takes about five in five seconds: discord.py lets any number
wait, and who floods a channel would fill the memory with answers."""
_TRANSPORT = (aiohttp.ClientError, OSError, TimeoutError)
_WAITS = aiohttp.ClientTimeout(total=300, sock_connect=10, sock_read=60)
"""Seconds: discord.py alone would wait five minutes for Discord's first word."""
_NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_SAFE_POSTS = {MESSAGES, CALLBACK, "/channels/{channel_id}/typing", "/users/@me/channels"}
"""With a nonce Discord answers the second try with the first message; an interaction is answered once."""
_AT_START = {"/users/@me", "/gateway/bot"}
"""Asked again by `bot.discord_connection`, which is more patient, and tells the log."""


class ChannelBusyError(discord.HTTPException):
    """So much waits to be sent to a channel already that nobody would wait for more; ``status`` is 429."""

    def __init__(self) -> None:
        Exception.__init__(self, f"{MOST_IN_CHANNEL} messages to this channel wait already")
        self.status, self.code, self.text = 429, 0, ""


class DiscordUnreachableError(discord.DiscordServerError):
    """The connection to Discord broke before an answer came; ``status`` is 0."""

    def __init__(self, cause: BaseException) -> None:
        Exception.__init__(self, f"no answer from Discord ({type(cause).__name__}: {cause})")
        self.status, self.code, self.text = 0, 0, str(cause)


def use(http: HTTPClient) -> None:
    """Let ``http``, and what discord.py answers interactions with, send as this module does."""
    http.request = partial(_request, partial(HTTPClient.request, http), Counter[object]())
    adapter = async_context.get()
    adapter.request = partial(_webhook_request, partial(AsyncWebhookAdapter.request, adapter))


async def read_file(attachment: discord.Attachment) -> bytes:
    """Return a file's bytes; `discord.Attachment.read` would hold in memory whatever comes.

    Raises discord.HTTPException, or aiohttp.ClientError, also for more bytes than Discord has said.
    """
    http = attachment._http  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as `read` does
    session = cast("aiohttp.ClientSession", vars(http)["_HTTPClient__session"])
    file = BytesIO()
    async with session.get(
        attachment.url,
        proxy=http.proxy,
        proxy_auth=http.proxy_auth,
        # Unpacked, a small piece may be a thousand times as large.
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
    ) as response:
        if response.status != 200:  # noqa: PLR2004 - HTTP's own
            raise _REFUSALS.get(response.status, discord.HTTPException)(response, "no file")
        async for part in response.content.iter_chunked(FILE_CHUNK):
            if file.tell() + len(part) > attachment.size:
                raise aiohttp.ClientPayloadError(f"more than {attachment.size} bytes")
            file.write(part)
    return file.getvalue()


async def _request(send: _Send, waiting: Counter[object], route: Route, **options: object) -> object:
    if (route.method, route.path) == ("POST", MESSAGES):
        _add_nonce(options)
    options = {"timeout": _WAITS, **options}
    if route.channel_id is None or route.method not in {"POST", "PUT"}:
        return await _persistently(send, route, options)
    if waiting[route.channel_id] >= MOST_IN_CHANNEL:
        raise ChannelBusyError
    waiting[route.channel_id] += 1
    try:
        return await _persistently(send, route, options)
    finally:
        waiting[route.channel_id] -= 1
        if not waiting[route.channel_id]:
            del waiting[route.channel_id]


async def _webhook_request(send: _Send, route: Route, *session: object, **options: object) -> object:
    send = partial(send, route, *session) if session else send
    return await _persistently(send, route, options)


async def _persistently(send: _Send, route: Route, options: dict[str, object]) -> object:
    """Send a request, again where that cannot happen twice; raises what discord.py does, or our own."""
    is_safe = route.method != "POST" or route.path in _SAFE_POSTS
    pauses = () if route.path in _AT_START else PAUSES
    for tries, pause in enumerate((*pauses, None)):
        try:
            return await send(route, **options)
        except _TRANSPORT as error:
            may_repeat = is_safe and not isinstance(
                error, TimeoutError
            )  # Whoever asked has waited long enough.
            if pause is None or not (may_repeat or isinstance(error, _NEVER_SENT)):
                raise DiscordUnreachableError(error) from error
            log.info("%s %s once more after %s: %s", route.method, route.path, type(error).__name__, error)
            await asyncio.sleep(pause)
        except discord.HTTPException as error:
            if not tries or route.path != CALLBACK or error.code != ALREADY_ACKNOWLEDGED:
                raise
            return {"interaction": {"id": route.webhook_id}}  # The try before had arrived.
        for file in cast("list[discord.File]", options.get("files") or []):
            file.reset(seek=True)
    raise AssertionError("the last try returns or raises")


def _add_nonce(options: dict[str, object]) -> None:
    """Give a message a nonce, by which Discord knows its second try."""
    nonce: dict[str, object] = {"nonce": secrets.token_hex(NONCE_BYTES), "enforce_nonce": True}
    if "json" in options:
        options["json"] = nonce | cast("dict[str, object]", options["json"])
    for part in cast("list[dict[str, object]]", options.get("form") or []):
        if part["name"] == "payload_json":
            part["value"] = json.dumps(nonce | json.loads(str(part["value"])))
