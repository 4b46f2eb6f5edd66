"""Gemini, Lavalink and LRCLIB."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.doctor.web import UnreachableError, get
from bot.llm import errors
from bot.lyrics.lyrics import USER_AGENT
from bot.texts import doctor as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import LavalinkNode, Settings
    from bot.doctor.findings import Report
    from bot.texts import Text

GEMINI_CURES: Mapping[type, Text] = {
    errors.ModelNotFoundError: texts.GEMINI_MODEL_CURE,
    errors.InvalidRequestError: texts.GEMINI_MODEL_CURE,
    errors.BadKeyError: texts.GEMINI_KEY_CURE,
    errors.RestrictedKeyError: texts.GEMINI_RESTRICTED_CURE,
    errors.ApiDisabledError: texts.GEMINI_DISABLED_CURE,
    errors.SuspendedError: texts.GEMINI_SUSPENDED_CURE,
    errors.AccessRefusedError: texts.GEMINI_ACCESS_CURE,
    errors.UnreachableError: texts.NETWORK_CURE,
    errors.LLMError: texts.BUSY_CURE,
}
"""Looked up by the error's own class first, then along its base classes (its MRO)."""
OLDEST_LAVALINK = 4


async def check_gemini(settings: Settings, report: Report) -> None:
    """Ask Gemini for the model, with the key."""
    name = "gemini"
    if not settings.gemini_api_key:
        report.warn(name, texts.GEMINI, texts.GEMINI_OFF, texts.GEMINI_OFF_CURE)
        return
    from bot.llm import gemini  # noqa: PLC0415 - the SDK is loaded only where there is a key

    try:
        await gemini.check(settings)
    except errors.LLMError as error:
        cure = next(GEMINI_CURES[kind] for kind in type(error).__mro__ if kind in GEMINI_CURES)
        problem = error.in_language(report.language)
        report.fail(name, texts.GEMINI, problem, cure, fallback=gemini.FALLBACK_MODEL)
    else:
        report.fine(name, texts.GEMINI, texts.GEMINI_FINE, model=settings.gemini_model)
        if settings.gemini_api_key.startswith(gemini.OLD_KEYS):
            report.warn(name, texts.GEMINI, texts.GEMINI_OLD_KEY, texts.GEMINI_KEY_CURE)


async def check_lavalink(settings: Settings, report: Report) -> None:
    """Ask every node for its version, with the password."""
    if settings.lavalink_nodes is None:
        report.warn("lavalink", texts.LAVALINK_NONE, texts.LAVALINK_OFF, texts.LAVALINK_OFF_CURE)
    for node in settings.lavalink_nodes or ():
        if await _is_fine(node, report):
            await _check_sources(node, settings, report)


async def check_lyrics(settings: Settings, report: Report) -> None:
    """Ask the server of LYRICS_URL, if there is one, for a song: https://lrclib.net/docs."""
    if not (url := settings.lyrics_url):
        return
    name, subject = "lyrics", texts.LYRICS
    try:
        answer = await get(f"{url}/api/search?track_name=Otonari", {"User-Agent": USER_AGENT})
    except UnreachableError as error:
        report.fail(name, subject, texts.UNREACHABLE, texts.NETWORK_CURE, url=url, error=error.reason)
        return
    status = answer.status
    if status == HTTPStatus.OK and answer.body.lstrip().startswith("["):
        report.fine(name, subject, texts.LYRICS_FINE, url=url)
    elif status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        report.fail(name, subject, texts.BUSY, texts.BUSY_CURE, status=status)
    else:
        report.fail(name, subject, texts.LYRICS_STRANGE, texts.LYRICS_CURE, url=url, status=status)


async def _check_sources(node: LavalinkNode, settings: Settings, report: Report) -> None:
    """Warn of sources by which a node reads any address or file: https://lavalink.dev/api/rest.html#info-object."""
    try:
        answer = await get(f"{node.uri}/v4/info", {"Authorization": node.password})
    except UnreachableError:
        return
    sources = (answer.json() or {}).get("sourceManagers")
    wide = ("local",) if settings.music_url_hosts else ("http", "local")
    if needless := [name for name in wide if isinstance(sources, list) and name in sources]:
        problem, cure = texts.LAVALINK_SOURCES, texts.LAVALINK_SOURCES_CURE
        report.warn("lavalink", texts.LAVALINK, problem, cure, node=node.uri, sources=", ".join(needless))


async def _is_fine(node: LavalinkNode, report: Report) -> bool:
    """Report what a node answers with the password."""
    name, subject, uri = "lavalink", texts.LAVALINK, node.uri
    try:
        answer = await get(f"{uri}/version", {"Authorization": node.password})
    except UnreachableError as error:
        cure = texts.LAVALINK_DOWN_CURE
        report.fail(name, subject, texts.UNREACHABLE, cure, node=uri, url=uri, error=error.reason)
        return False
    status, version = answer.status, answer.body.strip()
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        cure = texts.LAVALINK_PASSWORD_CURE
        report.fail(name, subject, texts.LAVALINK_PASSWORD, cure, node=uri, status=status)
    elif status != HTTPStatus.OK or not re.fullmatch(r"[\w.+-]{1,64}", version):
        problem = texts.BUSY if status >= HTTPStatus.INTERNAL_SERVER_ERROR else texts.LAVALINK_STRANGE
        report.fail(name, subject, problem, texts.LAVALINK_DOWN_CURE, node=uri, status=status)
    elif _is_old(version):
        cure = texts.LAVALINK_OLD_CURE
        report.fail(name, subject, texts.LAVALINK_OLD, cure, node=uri, version=version)
    else:
        report.fine(name, subject, texts.LAVALINK_FINE, node=uri, version=version)
        return True
    return False


def _is_old(version: str) -> bool:
    """Tell a numbered version that is too old; development builds are named by their commit."""
    major = version.partition(".")[0]
    return major.isdigit() and int(major) < OLDEST_LAVALINK
