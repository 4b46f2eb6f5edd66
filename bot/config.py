"""Settings: the environment first, then ``bot/.env``; every fault reported at once, by key, secrets never."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import unquote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from bot.errors import OtonariError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.texts import Language

ENV_FILE = Path(__file__).resolve().parent / ".env"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
OFF = "off"
MOST_MODELS = 25
"""Choices that Discord shows in one list."""

T = TypeVar("T")
A = TypeVar("A")


class ConfigError(OtonariError):
    """Settings are missing or malformed; ``problems`` maps each key to what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(
            "Otonari cannot start; please correct these settings in the environment or in bot/.env"
            " (bot/.env.example describes each):\n"
            + "\n".join(f"  {key}: {problem}" for key, problem in self.problems.items())
        )


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


def _secret(value: str) -> Secret:
    if any(character.isspace() for character in value):
        raise ValueError("must not contain white space")
    return Secret(value)


def _language(value: str) -> Language:
    if value.lower() not in {"ja", "en"}:
        raise ValueError("must be ja or en")
    return "ja" if value.lower() == "ja" else "en"


def _log_level(value: str) -> str:
    if value.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}")
    return value.upper()


def _bot_id(value: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,64}", value):
        raise ValueError("must be 1 to 64 letters, digits, dots, hyphens or underscores")
    if value == "all":
        raise ValueError("must not be all, which stands for every bot in /netstats")
    return value


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"must be a URL that starts with {' or '.join(f'{s}://' for s in schemes)}")
        return value.rstrip("/")

    return parse


def _supabase_url(value: str) -> str:
    return OFF if value.lower() == OFF else _url("https", "http")(value)


def _endpoint(value: str) -> str:
    if not re.fullmatch(r"[^/\s:]+:\d{1,5}", value):
        raise ValueError("must be host:port, without a scheme")
    return value


def _ids(value: str) -> frozenset[int]:
    words = [word.strip() for word in value.split(",") if word.strip()]
    if not all(re.fullmatch(r"\d{15,20}", word) for word in words):
        raise ValueError("must be ids (numbers of 17 to 20 digits), separated by commas")
    return frozenset(int(word) for word in words)


def _models(value: str) -> tuple[str, ...]:
    words = [word.strip().removeprefix("models/") for word in value.split(",") if word.strip()]
    if not all(re.fullmatch(r"[\w.-]{1,100}", word) for word in words):
        raise ValueError("must be names of models, separated by commas")
    if len(words) > MOST_MODELS:
        raise ValueError(f"must be at most {MOST_MODELS}")
    return tuple(dict.fromkeys(words))


def _limit(value: str) -> int:
    if not re.fullmatch(r"\d{1,12}", value):
        raise ValueError("must be a whole number; 0 means no limit")
    return int(value)


def _megabytes(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", value):
        raise ValueError("must be a whole number of megabytes from 1")
    return int(value)


def _count(value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", value):
        raise ValueError("must be a whole number from 1")
    return int(value)


def _shard_ids(value: str) -> tuple[int, ...]:
    words = [word.strip() for word in value.split(",") if word.strip()]
    if not all(re.fullmatch(r"\d{1,4}", word) for word in words):
        raise ValueError("must be shard numbers from 0, separated by commas")
    return tuple(sorted({int(word) for word in words}))


def _directory(value: str) -> Path:
    # Relative to the repository, so that the working directory makes no difference.
    return ENV_FILE.parent.parent / Path(value).expanduser()


def _timezone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be a time zone of the IANA database, such as Asia/Tokyo") from error


def _lavalink_nodes(value: str) -> tuple[LavalinkNode, ...]:
    return tuple(_lavalink_node(uri.strip()) for uri in value.split(",") if uri.strip())


def _lavalink_node(uri: str) -> LavalinkNode:
    parts = urlsplit(uri)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.password is None:
        raise ValueError("must be URIs such as http://:password@127.0.0.1:2333, separated by commas")
    host = parts.netloc.rpartition("@")[2]
    return LavalinkNode(
        uri=urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", "")),
        password=Secret(unquote(parts.password)),
    )


def _required(parse: Callable[[str], T]) -> T:
    """Declare a setting without which the bot cannot start."""
    return cast("T", field(metadata={"parse": parse}))


def _default(parse: Callable[[str], T], default: str) -> T:
    """Declare a setting with its default, written as it would stand in ``.env``."""
    return cast("T", field(metadata={"parse": parse, "default": default}))


def _optional(parse: Callable[[str], T], absent: A) -> T | A:
    """Declare a setting that may be left empty, and the value that stands for its absence."""
    return cast("T | A", field(metadata={"parse": parse, "absent": absent}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, parsed. A field's key in the environment is its name in capitals."""

    discord_token: Secret = _required(_secret)
    discord_api_url: str = _default(_url("https", "http"), "https://discord.com/api/v10")
    discord_gateway_url: str = _default(_url("wss", "ws"), "wss://gateway.discord.gg")
    command_prefix: str = _default(str, "!")
    chat_channel_ids: frozenset[int] = _optional(_ids, frozenset[int]())
    chat_bot_ids: frozenset[int] = _optional(_ids, frozenset[int]())
    chat_questions_per_minute: int = _default(_limit, "20")
    chat_user_tokens_per_day: int = _default(_limit, "0")
    chat_guild_tokens_per_day: int = _default(_limit, "0")
    shard_count: int | None = _optional(_count, None)
    shard_ids: tuple[int, ...] | None = _optional(_shard_ids, None)

    gemini_api_key: Secret | None = _optional(_secret, None)
    gemini_model: str = _default(str, "gemini-3.5-flash-lite")
    gemini_models: tuple[str, ...] = _optional(_models, ())
    gemini_api_endpoint: str | None = _optional(_endpoint, None)

    lavalink_nodes: tuple[LavalinkNode, ...] = _optional(_lavalink_nodes, ())

    supabase_url: str | None = _optional(_supabase_url, None)
    supabase_key: Secret | None = _optional(_secret, None)
    supabase_log_level: str = _default(_log_level, "WARNING")
    supabase_db_limit_mb: int = _default(_megabytes, "500")

    bot_id: str = _default(_bot_id, "primary")
    bot_language: Language = _default(_language, "ja")
    bot_timezone: ZoneInfo = _default(_timezone, "Asia/Tokyo")
    data_dir: Path = _default(_directory, "data")
    log_level: str = _default(_log_level, "INFO")

    @property
    def supabase_enabled(self) -> bool:
        """Whether there is a Supabase project to report to."""
        return self.supabase_url not in {None, OFF}

    @property
    def database_file(self) -> Path:
        """The SQLite file with spool, state and collections of songs; see `bot.storage.database`."""
        return self.data_dir / "otonari.sqlite3"

    @property
    def music_file(self) -> Path:
        """The SQLite file with what plays, for the next start."""
        return self.data_dir / "music.sqlite3"

    @property
    def embedded_supabase(self) -> Path:
        """Where ``make run`` keeps the Supabase that it brings where no project is set."""
        return self.data_dir / "supabase"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the log filter that blots them out."""
        passwords = (node.password for node in self.lavalink_nodes)
        values = (self.discord_token, self.gemini_api_key, self.supabase_key, *passwords)
        return tuple(str(value) for value in values if value)


SETTING_KEYS = tuple(setting.name.upper() for setting in fields(Settings))


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path = ENV_FILE) -> Settings:
    """Read every setting from ``environ`` (default: the process's), then from ``env_file``.

    An empty value counts as absent, in the environment too: it hides the file's value, so that a caller
    can switch a feature off. Raises ConfigError naming every fault at once.
    """
    raw = {**dotenv_values(env_file, interpolate=False), **(os.environ if environ is None else environ)}
    values: dict[str, object] = {}
    problems: dict[str, str] = {}
    for setting in fields(Settings):
        key = setting.name.upper()
        text = (raw.get(key) or "").strip() or setting.metadata.get("default")
        if text:
            try:
                values[setting.name] = setting.metadata["parse"](text)
            except ValueError as error:
                problems[key] = str(error)
        elif "absent" in setting.metadata:
            values[setting.name] = setting.metadata["absent"]
        else:
            problems[key] = "is required"
    if values.get("supabase_url") not in {None, OFF} and values.get("supabase_key", "") is None:
        problems["SUPABASE_KEY"] = "is required with SUPABASE_URL (the secret or service_role key)"
    if values.get("shard_ids") and values.get("shard_count", 0) is None:
        problems["SHARD_COUNT"] = "is required with SHARD_IDS"
    if problems:
        raise ConfigError(problems)
    return Settings(**values)  # pyright: ignore[reportArgumentType] - each value came from its field's parser
