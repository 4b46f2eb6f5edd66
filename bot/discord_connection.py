"""Getting connected to Discord, and staying patient while it cannot be reached."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.backoff import full_jitter
from bot.config import ConfigError
from bot.texts import settings as texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.client import Bot
    from bot.config import Settings

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
"""Seconds; bounds of the back-off between tries."""

_UNREACHABLE = (OSError, aiohttp.ClientError, discord.DiscordServerError, discord.GatewayNotFound)


def use_discord_endpoints(settings: Settings) -> None:
    """Point discord.py at ``DISCORD_API_URL`` and ``DISCORD_GATEWAY_URL`` (a REST proxy, or the sandbox)."""
    Route.BASE = settings.discord_api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.discord_gateway_url)


async def run_until_closed(bot: Bot) -> None:
    """Log in, connect every shard, and return when the bot is closed.

    While Discord cannot be reached it keeps trying. Raises ConfigError where only the owner can help: a wrong
    token, or an intent that is not switched on.
    """
    try:
        await _patiently(lambda: _log_in(bot))
        if bot.settings.shard_count is None:
            # Known shards make discord.py open DEFAULT_GATEWAY, which DISCORD_GATEWAY_URL sets, instead of
            # the address that /gateway/bot names.
            bot.shard_count, _url, _limits = await _patiently(bot.http.get_bot_gateway)
        await bot.connect()
    except discord.LoginFailure as error:
        raise ConfigError({"DISCORD_TOKEN": texts.TOKEN_REFUSED}) from error
    except discord.PrivilegedIntentsRequired as error:
        raise ConfigError({"DISCORD_TOKEN": texts.INTENT_MISSING}) from error
    except discord.ConnectionClosed as error:
        raise ConfigError({"DISCORD_TOKEN": texts.GATEWAY_REFUSED.filled(code=error.code)}) from error


async def _log_in(bot: Bot) -> None:
    try:
        await bot.login(bot.settings.discord_token)
    except _UNREACHABLE:
        # discord.py opens a new HTTP session for the next try; this one would stay open.
        await bot.http.close()
        bot.http.connector = discord.utils.MISSING
        raise


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Repeat ``attempt`` with growing pauses until Discord answers it."""
    tries = 0
    while True:
        try:
            return await attempt()
        except _UNREACHABLE as error:
            delay = full_jitter(tries, first=FIRST_PAUSE, most=LONGEST_PAUSE)
            tries += 1
            log.warning(
                "Discord cannot be reached (%s: %s); next try in %.0f s", type(error).__name__, error, delay
            )
            await asyncio.sleep(delay)
