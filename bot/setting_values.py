"""From the text of one setting to its value; what cannot be one is told in a sentence, secrets never."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import SpokenError
from bot.texts import settings as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.texts import Language

REPOSITORY = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
OFF = "off"
MOST_MODELS = 25
"""Choices that Discord shows in one list."""


class BadValueError(SpokenError):
    """A setting's text is not a value of it."""


class Secret(str):
    """A string whose repr does not show it, so that it cannot slip into a log by way of its owner."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


@dataclass(frozen=True, slots=True)
class LavalinkNode:
    """One Lavalink server: its http(s) URI without user info, and its password."""

    uri: str
    password: Secret


def read_secret(value: str) -> Secret:
    """Return a token, a key or a password."""
    if any(character.isspace() for character in value):
        raise BadValueError(texts.WHITE_SPACE)
    return Secret(value)


def read_language(value: str) -> Language:
    """Return a language of the catalogue."""
    if value.lower() not in {"ja", "en"}:
        raise BadValueError(texts.LANGUAGE)
    return "ja" if value.lower() == "ja" else "en"


def read_log_level(value: str) -> str:
    """Return the name of a level of `logging`."""
    if value.upper() not in LOG_LEVELS:
        raise BadValueError(texts.LEVEL, levels=", ".join(LOG_LEVELS))
    return value.upper()


def read_bot_id(value: str) -> str:
    """Return the name of a bot in the database."""
    if not re.fullmatch(r"[\w.-]{1,64}", value):
        raise BadValueError(texts.BOT_ID)
    if value == "all":
        raise BadValueError(texts.BOT_ID_ALL)
    return value


def _split(value: str) -> SplitResult | None:
    """Return the parts of a URL with a host; None for anything else."""
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if is_whole else None


def read_url(*schemes: str) -> Callable[[str], str]:
    """Return a parser of URLs with one of ``schemes``; they end without a slash."""

    def parse(value: str) -> str:
        parts = _split(value)
        if parts is None or parts.scheme not in schemes:
            raise BadValueError(texts.URL, schemes=" / ".join(f"{scheme}://" for scheme in schemes))
        return value.rstrip("/")

    return parse


def read_supabase_url(value: str) -> str:
    """Return the URL of a project, or `OFF`."""
    return OFF if value.lower() == OFF else read_url("https", "http")(value)


def read_endpoint(value: str) -> str:
    """Return ``host:port``."""
    if not re.fullmatch(r"[^/\s:]+:\d{1,5}", value):
        raise BadValueError(texts.ENDPOINT)
    return value


def read_ids(value: str) -> frozenset[int]:
    """Return Discord's ids."""
    words = [word.strip() for word in value.split(",") if word.strip()]
    if not all(re.fullmatch(r"\d{15,20}", word) for word in words):
        raise BadValueError(texts.IDS)
    return frozenset(int(word) for word in words)


def read_models(value: str) -> tuple[str, ...]:
    """Return names of models, each once."""
    words = [word.strip().removeprefix("models/") for word in value.split(",") if word.strip()]
    if not all(re.fullmatch(r"[\w.-]{1,100}", word) for word in words):
        raise BadValueError(texts.MODELS)
    if len(words) > MOST_MODELS:
        raise BadValueError(texts.TOO_MANY_MODELS, most=MOST_MODELS)
    return tuple(dict.fromkeys(words))


def read_limit(value: str) -> int:
    """Return a number that limits something; 0: nothing does."""
    if not re.fullmatch(r"\d{1,12}", value):
        raise BadValueError(texts.LIMIT)
    return int(value)


def read_megabytes(value: str) -> int:
    """Return a size in MB."""
    if not re.fullmatch(r"[1-9]\d{0,8}", value):
        raise BadValueError(texts.MEGABYTES)
    return int(value)


def read_count(value: str) -> int:
    """Return a number from 1."""
    if not re.fullmatch(r"[1-9]\d{0,3}", value):
        raise BadValueError(texts.COUNT)
    return int(value)


def read_names(value: str) -> tuple[str, ...]:
    """Return names, in the order given, each once."""
    return tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))


def read_shard_ids(value: str) -> tuple[int, ...]:
    """Return numbers of shards, in order."""
    words = [word.strip() for word in value.split(",") if word.strip()]
    if not all(re.fullmatch(r"\d{1,4}", word) for word in words):
        raise BadValueError(texts.SHARD_IDS)
    return tuple(sorted({int(word) for word in words}))


def read_directory(value: str) -> Path:
    """Return a folder; a relative one is in the repository."""
    # Relative to the repository, so that the working directory makes no difference.
    return REPOSITORY / Path(value).expanduser()


def read_timezone(value: str) -> ZoneInfo:
    """Return a time zone."""
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadValueError(texts.TIMEZONE) from error


def read_lavalink_nodes(value: str) -> tuple[LavalinkNode, ...]:
    """Return Lavalink servers."""
    return tuple(_lavalink_node(uri.strip()) for uri in value.split(",") if uri.strip())


def _lavalink_node(uri: str) -> LavalinkNode:
    parts = _split(uri)
    if parts is None or parts.scheme not in {"http", "https"} or parts.password is None:
        raise BadValueError(texts.LAVALINK_NODES)
    host = parts.netloc.rpartition("@")[2]
    return LavalinkNode(
        uri=urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", "")),
        password=Secret(unquote(parts.password)),
    )
