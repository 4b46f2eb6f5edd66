"""Discord: token, intent, servers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.doctor.web import Answer, UnreachableError, check_clock, get
from bot.invitation import invite_url
from bot.texts import doctor as texts

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.doctor.findings import Report

# https://discord.com/developers/docs/resources/application#application-object-application-flags
MESSAGE_CONTENT = 1 << 18 | 1 << 19
"""The flag of verified applications, and that of those in fewer than 100 servers."""


async def check_discord(settings: Settings, report: Report) -> None:
    """Ask Discord who the token belongs to, and what its application may do."""
    answer = await _ask(settings, "/users/@me", report)
    if answer is None:
        return
    me = answer.json() or {}
    report.fine("discord.token", texts.DISCORD, texts.DISCORD_FINE, user=me.get("username"), id=me.get("id"))
    check_clock(report, settings.discord_api_url, answer.skew)
    answer = await _ask(settings, "/applications/@me", report)
    if answer is None:
        return
    application = answer.json() or {}
    flags = application.get("flags")
    if isinstance(flags, int) and flags & MESSAGE_CONTENT:
        report.fine("discord.intent", texts.INTENT, texts.INTENT_FINE)
    else:
        report.fail("discord.intent", texts.INTENT, texts.INTENT_MISSING, texts.INTENT_CURE)
    count = application.get("approximate_guild_count")
    if isinstance(count, int) and count:
        report.fine("discord.guilds", texts.GUILDS, texts.GUILDS_FINE, count=count)
    else:
        url = invite_url(application.get("id"))
        report.warn("discord.guilds", texts.GUILDS, texts.GUILDS_NONE, texts.GUILDS_CURE, url=url)


async def _ask(settings: Settings, path: str, report: Report) -> Answer | None:
    """Return Discord's answer, or None where the report already says why there is none."""
    url = settings.discord_api_url + path
    headers = {
        "Authorization": f"Bot {settings.discord_token}",
        "User-Agent": "DiscordBot (https://github.com/Rapptz/discord.py, 2)",
    }
    name, subject = "discord.token", texts.DISCORD
    try:
        answer = await get(url, headers)
    except UnreachableError as error:
        report.fail(name, subject, texts.UNREACHABLE, texts.NETWORK_CURE, url=url, error=error.reason)
        return None
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        report.fail(name, subject, texts.DISCORD_REFUSED, texts.DISCORD_CURE, status=answer.status)
        return None
    is_busy = (
        answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )
    if is_busy:
        report.fail(name, subject, texts.BUSY, texts.BUSY_CURE, status=answer.status)
        return None
    if answer.status != HTTPStatus.OK or answer.json() is None:
        values = {"url": settings.discord_api_url, "status": answer.status}
        report.fail(name, subject, texts.DISCORD_STRANGE, texts.DISCORD_STRANGE_CURE, **values)
        return None
    return answer
