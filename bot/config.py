"""Settings: the environment first, then ``bot/.env``; every fault reported at once, by key, secrets never."""

from __future__ import annotations

import locale
import os
import re
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from bot import setting_values as values
from bot.env_file import EnvFile, read_env_file
from bot.errors import OtonariError
from bot.setting_hints import missing_token, misspelt_in_environment, near_name, unknown_in_file
from bot.setting_secrets import read_supabase_url, secret_of
from bot.setting_values import LOG_LEVELS, MOST_MODELS, OFF, BadValueError, LavalinkNode, Secret
from bot.texts import settings as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from bot.texts import Language, Text

__all__ = [
    "ENV_FILE", "LOG_LEVELS", "MOST_MODELS", "OFF", "SETTING_KEYS", "ConfigError", "LavalinkNode", "Reading",
    "Secret", "Settings", "console_language", "load_settings", "read_settings",
]  # fmt: skip

ENV_FILE = Path(__file__).resolve().parent / ".env"

T = TypeVar("T")
A = TypeVar("A")


class ConfigError(OtonariError):
    """Settings are missing or malformed; ``problems`` maps each key to what is wrong with it.

    ``notices`` is what was noticed beside them.
    """

    def __init__(self, problems: Mapping[str, Text], notices: Mapping[str, Text] | None = None) -> None:
        self.problems = dict(problems)
        self.notices = dict(notices or {})
        super().__init__(self.in_language("en"))

    def in_language(self, language: Language) -> str:
        """Return a heading, and a line for each problem and notice."""
        told = {**self.notices, **self.problems}
        lines = [f"  {key}: {text(language)}" for key, text in told.items()]
        return "\n".join([texts.CANNOT_START(language), *lines])


def _required(parse: Callable[[str], T]) -> T:
    """Declare a setting without which the bot cannot start."""
    return cast("T", field(metadata={"parse": parse}))


def _default(parse: Callable[[str], T], default: str) -> T:
    """Declare a setting with its default, written as it would stand in ``.env``."""
    return cast("T", field(metadata={"parse": parse, "default": default}))


def _optional(parse: Callable[[str], T], absent: A) -> T | A:
    """Declare a setting that may be left empty, and the value that stands for its absence."""
    return cast("T | A", field(metadata={"parse": parse, "absent": absent, "off": absent}))


def _switchable(parse: Callable[[str], T], off: T) -> T | None:
    """Declare a setting that may be left empty, or switched off, which is something else."""
    return cast("T | None", field(metadata={"parse": parse, "absent": None, "off": off}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, parsed. A field's key in the environment is its name in capitals."""

    discord_token: Secret = _required(secret_of("DISCORD_TOKEN"))
    discord_api_url: str = _default(values.read_discord_api, "https://discord.com/api/v10")
    discord_gateway_url: str = _default(values.read_url("wss", "ws"), "wss://gateway.discord.gg")
    command_prefix: str = _default(str, "!")
    chat_channel_ids: frozenset[int] = _optional(values.read_ids, frozenset[int]())
    chat_bot_ids: frozenset[int] = _optional(values.read_ids, frozenset[int]())
    chat_questions_per_minute: int = _default(values.read_limit, "20")
    chat_user_tokens_per_day: int = _default(values.read_limit, "2000000")
    chat_user_stored_characters_per_day: int = _default(values.read_limit, "200000")
    chat_guild_tokens_per_day: int = _default(values.read_limit, "0")
    chat_files_in_flight_mb: int = _default(values.read_megabytes, "64")
    shard_count: int | None = _optional(values.read_count, None)
    shard_ids: tuple[int, ...] | None = _optional(values.read_shard_ids, None)

    gemini_api_key: Secret | None = _optional(secret_of("GEMINI_API_KEY"), None)
    gemini_model: str = _default(values.read_model, "gemini-3.5-flash-lite")
    gemini_models: tuple[str, ...] = _optional(values.read_models, ())
    gemini_api_endpoint: str | None = _optional(values.read_endpoint, None)

    lavalink_nodes: tuple[LavalinkNode, ...] | None = _switchable(values.read_lavalink_nodes, ())
    """None: not set; empty: ``off``."""
    music_url_hosts: tuple[str, ...] = _optional(values.read_hosts, ())
    lyrics_url: str | None = _optional(values.read_lyrics_server, None)
    voice_status: bool = _default(values.read_switch, "off")

    supabase_url: str | None = _switchable(read_supabase_url, OFF)
    supabase_key: Secret | None = _optional(secret_of("SUPABASE_KEY"), None)
    supabase_log_level: str = _default(values.read_log_level, "WARNING")
    supabase_db_limit_mb: int = _default(values.read_megabytes, "500")
    supabase_db_trim: bool = _default(values.read_switch, "off")
    network_interfaces: tuple[str, ...] = _optional(values.read_names, ())

    bot_id: str = _default(values.read_bot_id, "primary")
    bot_language: Language = _default(values.read_language, "ja")
    bot_timezone: ZoneInfo = _default(values.read_timezone, "Asia/Tokyo")
    data_dir: Path = _default(values.read_directory, "data")
    log_level: str = _default(values.read_log_level, "INFO")

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
        passwords = (node.password for node in self.lavalink_nodes or ())
        addresses = (self.supabase_url, self.discord_api_url, self.discord_gateway_url, self.lyrics_url)
        user_info = (part for address in addresses for part in values.user_info(address or ""))
        secrets = (self.discord_token, self.gemini_api_key, self.supabase_key, *passwords, *user_info)
        return tuple(dict.fromkeys(str(secret) for secret in secrets if secret))


SETTING_KEYS = tuple(setting.name.upper() for setting in fields(Settings))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: settings in which the defaults stand for what is wrong, and what there is to say."""

    settings: Settings
    problems: Mapping[str, Text]
    """By key: why the bot cannot start with these."""
    notices: Mapping[str, Text]
    """By name or place: what is odd, and ignored."""

    def checked(self) -> Settings:
        """Return the settings; raises ConfigError naming every problem at once."""
        if self.problems:
            raise ConfigError(self.problems, self.notices)
        return self.settings


def load_settings(environ: Mapping[str, str] | None = None, env_file: Path = ENV_FILE) -> Settings:
    """Read every setting from ``environ`` (default: the process's), then from ``env_file``.

    An empty value counts as absent, in the environment too: it hides the file's value, so that a caller
    can switch a feature off. Raises ConfigError naming every fault at once.
    """
    return read_settings(environ, env_file).checked()


def read_settings(environ: Mapping[str, str] | None = None, env_file: Path = ENV_FILE) -> Reading:
    """Read as `load_settings` does, and go on where something is wrong."""
    environ = os.environ if environ is None else environ
    file = read_env_file(env_file)
    raw = {**file.values, **environ}
    problems = dict(file.faults)
    read = {setting.name: _read(setting, raw, problems) for setting in fields(Settings)}
    settings = Settings(**read)  # pyright: ignore[reportArgumentType] - each value came from its field's parser
    notices = {**file.notices, **_notice_unknown(environ, file, raw, problems)}
    if file.faults:
        # What seems to be missing may well stand in there.
        problems = {key: problem for key, problem in problems.items() if problem is not texts.REQUIRED}
    else:
        _notice_missing(settings, problems, notices, env_file)
    if settings.shard_ids and settings.shard_count and max(settings.shard_ids) >= settings.shard_count:
        problems["SHARD_IDS"] = texts.SHARD_IDS_BEYOND.filled(count=settings.shard_count)
    return Reading(settings, problems, notices)


def _notice_missing(
    settings: Settings, problems: dict[str, Text], notices: dict[str, Text], env_file: Path
) -> None:
    """Say what is missing beside what there is."""
    if problems.get("DISCORD_TOKEN") is texts.REQUIRED:
        problems["DISCORD_TOKEN"] = missing_token(env_file)
    if settings.supabase_enabled and not settings.supabase_key:
        problems.setdefault("SUPABASE_KEY", texts.KEY_REQUIRED)
    if settings.shard_ids and not settings.shard_count:
        problems.setdefault("SHARD_COUNT", texts.SHARD_COUNT_REQUIRED)
    if settings.supabase_key and settings.supabase_url is None and "SUPABASE_URL" not in problems:
        notices["SUPABASE_KEY"] = texts.KEY_WITHOUT_URL


def console_language(environ: Mapping[str, str] | None = None, env_file: Path = ENV_FILE) -> Language:
    """Return the language of console and doctor: ``BOT_LANGUAGE`` where it is set, else the system's."""
    environ = os.environ if environ is None else environ
    raw = {**read_env_file(env_file).values, **environ}.get("BOT_LANGUAGE", "")
    try:
        if text := _of_its_own_line("BOT_LANGUAGE", values.unquoted(raw)):
            return values.read_language(text)
    except BadValueError:
        pass  # told among the problems
    of_system = next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environ.get(name))), None
    )
    # Windows sets none of them, and calls it Japanese_Japan.
    return "ja" if (of_system or locale.getlocale()[0] or "").lower().startswith("ja") else "en"


def _read(setting: Field[object], raw: Mapping[str, str], problems: dict[str, Text]) -> object:
    """Return a setting's value; where it is wrong, what stands for its absence, and note the problem."""
    key, parse, default = setting.name.upper(), setting.metadata["parse"], setting.metadata.get("default")
    may_be_absent = "absent" in setting.metadata
    try:
        text = _of_its_own_line(key, values.unquoted(raw.get(key, "")))
        if may_be_absent and text.lower() in values.NOTHING:
            return setting.metadata["off"]
        if text:
            return parse(_without_control_characters(text))
    except BadValueError as error:
        problems[key] = error.text
    else:
        if default is None and not may_be_absent:
            problems[key] = texts.REQUIRED
    return parse(default) if default is not None else setting.metadata.get("absent", Secret())


def _of_its_own_line(key: str, text: str) -> str:
    """Return a value without a name before it, where that means this setting; raises BadValueError."""
    line = re.match(r"(?:export\s+)?([A-Z][A-Z_]{2,39})\s*=", text)
    if line is None or (named := near_name(line[1], SETTING_KEYS)) is None:
        return text
    if named != key:
        raise BadValueError(texts.ANOTHERS_LINE, name=named)
    return values.unquoted(text[line.end() :])


def _without_control_characters(text: str) -> str:
    """Return a text as it is; in double quotes, a path's backslash may have become a tab or a line break."""
    if not text.isprintable() and any(character < " " for character in text):
        raise BadValueError(texts.CONTROL_CHARACTER)
    return text


def _notice_unknown(
    environ: Mapping[str, str], file: EnvFile, raw: Mapping[str, str], problems: dict[str, Text]
) -> dict[str, Text]:
    """Say which names are no setting's; one that explains a missing setting is told there."""
    unknown = unknown_in_file(file.values, SETTING_KEYS) | misspelt_in_environment(environ, SETTING_KEYS)
    notices: dict[str, Text] = {}
    for name, near in unknown.items():
        if near and problems.get(near) is texts.REQUIRED:
            problems[near] = texts.REQUIRED_MISSPELT.filled(name=name)
        else:
            notices[name] = (
                texts.UNKNOWN_NEAR.filled(near=near) if near and not raw.get(near) else texts.UNKNOWN
            )
    return notices
