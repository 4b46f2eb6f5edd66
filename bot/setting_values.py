"""From the text of one setting, as people paste it, to its value; or a sentence, in which no secret is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.errors import SpokenError
from bot.texts import settings as texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.texts import Language, Text

REPOSITORY = Path(__file__).resolve().parent.parent
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
OFF = "off"
MOST_MODELS = 25
"""Choices that Discord shows in one list."""

_QUOTES = ("''", '""', "``", "“”", "‘’", "「」", "『』", "＂＂", "＇＇")
_SEPARATORS = re.compile(r"[\s,;、，；]+")
_OTHER_LEVELS = {"WARN": "WARNING", "FATAL": "CRITICAL", "ERR": "ERROR", "TRACE": "DEBUG"}
_LANGUAGES: dict[str, Language] = {
    "ja": "ja",
    "jp": "ja",
    "japanese": "ja",
    "日本語": "ja",
    "en": "en",
    "english": "en",
    "英語": "en",
}
NOTHING = frozenset(
    (
        *("off", "none", "null", "nil", "undefined", "false", "no", "n/a", "disabled", "unset", "empty"),
        *("-", "--", "—", "ー", "なし", "無し", "無", "空", "未設定", "オフ"),
    )
)
"""How people say that they want nothing there."""
_YES = {"on", "true", "yes", "enabled", "1", "オン"}
_NO = {*NOTHING, "0", "オフ"}
_UNLIMITED = {"off", "none", "unlimited", "no limit", "無制限"}
_OF_JAPAN = {"JST", "日本", "日本時間", "日本標準時", "東京"}
_OF_THIS_MACHINE = {"localtime", "posixrules", "Factory"}
"""Files beside the time zones, which no database knows."""
_SNOWFLAKE = re.compile(
    r"<(?:#|@[!&]?)(\d{15,20})>"
    r"|https://(?:\w+\.)?discord(?:app)?\.com/(?:channels/(?:\d+|@me)|users)/(\d{15,20})(?:/\d+)?/?"
    r"|(\d{15,20})"
)
"""An id, a mention, or the link that Discord copies."""
_NODE = re.compile(
    r"(?:(?P<scheme>https?|wss?)://)?(?!\w+://)(?:[^:@/]*:)?(?P<password>.+)@(?P<rest>[^@]+)", re.DOTALL
)
_NODE_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_HOST = re.compile(
    r"(?:(?:\*\.)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,9}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?"
)
_NODE_PATHS = re.compile(r"/(?:v4(?:/websocket)?|version)$")


class BadValueError(SpokenError):
    """A setting's text is not a value of it; ``values`` may be any words, as only the console shows them."""

    def __init__(self, text: Text, **values: object) -> None:
        super().__init__(text.filled(**values))


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


def unquoted(value: str) -> str:
    """Return a text without the white space and the pairs of quotes around it, which shells may leave."""
    value = value.strip("\ufeff\u200b\u2060 \t\r\n\u00a0\u3000")
    while len(value) > 1 and value[0] + value[-1] in _QUOTES:
        value = value[1:-1].strip()
    return value


def read_language(value: str) -> Language:
    """Return a language of the catalogue, from its name or a locale's."""
    word = re.split(r"[-_.]", value.lower())[0]
    if word not in _LANGUAGES:
        raise BadValueError(texts.LANGUAGE)
    return _LANGUAGES[word]


def read_log_level(value: str) -> str:
    """Return the name of a level of `logging`."""
    level = _OTHER_LEVELS.get(value.upper(), value.upper())
    if level not in LOG_LEVELS:
        raise BadValueError(texts.LEVEL, levels=", ".join(LOG_LEVELS))
    return level


def read_bot_id(value: str) -> str:
    """Return the name of a bot in the database."""
    if not re.fullmatch(r"[\w.-]{1,64}", value):
        raise BadValueError(texts.BOT_ID)
    if value == "all":
        raise BadValueError(texts.BOT_ID_ALL)
    return value


def printable(value: str) -> str:
    """Return a text that can stand in a header or be a host's name; raises BadValueError for any other.

    https://www.rfc-editor.org/rfc/rfc9110#section-5.5
    """
    if not re.fullmatch("[ -~]*", value):
        raise BadValueError(texts.NOT_ASCII)
    return value


def user_info(url: str) -> tuple[str, ...]:
    """Return the name and the password in a URL, as they stand there and decoded."""
    before, at, _ = urlsplit(url).netloc.rpartition("@")
    parts = (before, *before.split(":", 1)) if at else ()
    return tuple(dict.fromkeys(form for part in parts for form in (part, unquote(part)) if form))


def split_url(value: str) -> SplitResult | None:
    """Return the parts of a URL with a host; None for anything else."""
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", value)
    except ValueError:
        return None
    return parts if is_whole else None


def read_url(*schemes: str) -> Callable[[str], str]:
    """Return a parser of URLs with one of ``schemes``; they end without a slash."""

    def parse(value: str) -> str:
        parts = split_url(printable(value))
        if parts is None or parts.scheme not in schemes:
            raise BadValueError(texts.URL, schemes=" / ".join(f"{scheme}://" for scheme in schemes))
        return value.rstrip("/")

    return parse


def read_lyrics_server(value: str) -> str:
    """Return the URL of a server of LRCLIB's API, without the path of its documentation or of the API."""
    return re.sub(r"/(?:docs|api)$", "", read_url("https", "http")(value))


def read_discord_api(value: str) -> str:
    """Return the URL of Discord's REST API; of Discord's own host, only what is the API."""
    url = read_url("https", "http")(value)
    host = urlsplit(url).hostname or ""
    of_discord = re.fullmatch(r"(?:\w+\.)?discord(?:app)?\.com", host)
    if of_discord and not re.fullmatch(r"/api/v\d+", urlsplit(url).path):
        raise BadValueError(texts.DISCORD_API)
    return url


def read_endpoint(value: str) -> str:
    """Return ``host:port``."""
    if not re.fullmatch(r"[^/\s:@]+:\d{1,5}", printable(value)):
        parts = split_url(value if "://" in value else f"https://{value}")
        if parts is None or parts.username is not None:
            raise BadValueError(texts.ENDPOINT)
        raise BadValueError(texts.ENDPOINT_NEAR, endpoint=f"{parts.hostname}:{parts.port or 443}")
    return value


def read_ids(value: str) -> frozenset[int]:
    """Return Discord's ids."""
    matches = [_SNOWFLAKE.fullmatch(word) for word in _words(value)]
    if not all(matches):
        raise BadValueError(texts.IDS)
    return frozenset(int(match[1] or match[2] or match[3]) for match in matches if match)


def read_model(value: str) -> str:
    """Return the name of a model, also from its title in the documentation ("Gemini 3.5 Flash")."""
    name = value.removeprefix("models/")
    if re.match(r"(?:gemini|gemma)\s", name, re.IGNORECASE):
        name = "-".join(name.lower().split())
    if not re.fullmatch(r"[\w.-]{1,100}", name):
        raise BadValueError(texts.MODEL)
    return name


def read_models(value: str) -> tuple[str, ...]:
    """Return names of models, each once."""
    words = [word for part in re.split(r"[,;、，；]", value) if (word := unquoted(part.strip("[] ")))]
    try:
        names = [read_model(word) for word in words]
    except BadValueError as error:
        raise BadValueError(texts.MODELS) from error
    if len(names) > MOST_MODELS:
        raise BadValueError(texts.TOO_MANY_MODELS, most=MOST_MODELS)
    return tuple(dict.fromkeys(names))


def read_limit(value: str) -> int:
    """Return a number that limits something; 0: nothing does."""
    digits = _digits(value)
    if value.lower() in _UNLIMITED:
        return 0
    if not re.fullmatch(r"\d{1,12}", digits):
        raise BadValueError(texts.LIMIT)
    return int(digits)


def read_megabytes(value: str) -> int:
    """Return a size in MB; it may be given in GB."""
    match = re.fullmatch(r"([1-9]\d{0,8}) ?(mi?b?|gi?b?)?", _digits(value), re.IGNORECASE)
    if not match:
        raise BadValueError(texts.MEGABYTES)
    return int(match[1]) * (1024 if (match[2] or "m").lower().startswith("g") else 1)


def read_switch(value: str) -> bool:
    """Return whether something is on."""
    word = value.lower()
    if word not in _YES | _NO:
        raise BadValueError(texts.SWITCH)
    return word in _YES


def read_count(value: str) -> int:
    """Return a number from 1."""
    if not re.fullmatch(r"[1-9]\d{0,3}", value):
        raise BadValueError(texts.COUNT)
    return int(value)


def read_names(value: str) -> tuple[str, ...]:
    """Return names, in the order given, each once."""
    return tuple(dict.fromkeys(word.strip() for word in value.split(",") if word.strip()))


def read_hosts(value: str) -> tuple[str, ...]:
    """Return names of hosts, ``*.`` for all below one, with or without a port; of an address, its host."""
    words = (unquoted(word) for word in _SEPARATORS.split(value))  # Brackets belong to an address of IPv6.
    return tuple(dict.fromkeys(_host(word) for word in words if word and word.lower() not in NOTHING))


def _host(word: str) -> str:
    authority = re.split("[/?#]", word.partition("://")[2] or word)[0].lower()
    try:
        # What is typed in Japanese is another host on the wire: RFC 5890.
        authority = authority if authority.isascii() else authority.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadValueError(texts.MUSIC_URL_HOSTS) from error
    if not _HOST.fullmatch(authority):
        raise BadValueError(texts.MUSIC_URL_HOSTS)
    return authority


def read_shard_ids(value: str) -> tuple[int, ...]:
    """Return numbers of shards, in order; ``0-3`` is four of them."""
    ids: set[int] = set()
    for word in _words(value):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", word)
        if not match or int(match[2] or match[1]) < int(match[1]):
            raise BadValueError(texts.SHARD_IDS)
        ids.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(sorted(ids))


def read_directory(value: str) -> Path:
    """Return a folder; a relative one is in the repository."""
    return REPOSITORY / Path(os.path.expandvars(value)).expanduser()


def read_timezone(value: str) -> ZoneInfo:
    """Return a time zone: by its IANA name in any case, by its city, or by whole hours from UTC."""
    if (zone := _zone(value)) is not None:
        return zone
    if value.upper() in _OF_JAPAN:
        return ZoneInfo("Asia/Tokyo")
    if offset := re.fullmatch(r"(?:UTC|GMT)?([+-])0?(\d{1,2})(?::?00)?", value, re.IGNORECASE):
        sign = "-" if offset[1] == "+" else "+"  # POSIX counts westwards
        value = f"Etc/GMT{sign}{offset[2]}"
    name = value.replace(" ", "_").lower()
    zones = available_timezones()
    named = [zone for zone in zones if zone.lower() == name]
    named = named or [zone for zone in zones if zone.lower().rpartition("/")[2] == name]
    zone = _zone(named[0]) if len(named) == 1 else None
    if zone is None:
        raise BadValueError(texts.TIMEZONE)
    return zone


def _zone(name: str) -> ZoneInfo | None:
    try:
        return None if name in _OF_THIS_MACHINE else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def read_lavalink_nodes(value: str) -> tuple[LavalinkNode, ...]:
    """Return Lavalink servers; a password may contain what separates them elsewhere."""
    uris = re.split(r"[\s,;、]+(?=\w+://|:)", value.strip(" ,;、[]"))
    return tuple(_lavalink_node(unquoted(uri)) for uri in uris if uri)


def _lavalink_node(uri: str) -> LavalinkNode:
    match = _NODE.fullmatch(uri)
    if not match:
        parts = split_url(uri if "://" in uri else f"http://{uri}")
        if parts is None or parts.scheme not in _NODE_SCHEMES:
            raise BadValueError(texts.LAVALINK_NODES)
        raise BadValueError(texts.LAVALINK_PASSWORD_MISSING, host=parts.netloc.rpartition("@")[2])
    scheme = _NODE_SCHEMES[match["scheme"] or "http"]
    address = _NODE_PATHS.sub("", re.split("[?#]", match["rest"])[0].rstrip("/"))
    if split_url(printable(f"{scheme}://{address}")) is None:
        raise BadValueError(texts.LAVALINK_NODES)
    password = unquote(match["password"].removeprefix(":"))
    if not password:
        raise BadValueError(texts.LAVALINK_PASSWORD_MISSING, host=address)
    return LavalinkNode(f"{scheme}://{address}", Secret(printable(password)))


def _words(value: str) -> list[str]:
    """Return the words of a list, however it is separated and bracketed."""
    words = (unquoted(word) for word in _SEPARATORS.split(value.strip("[]() ")))
    return [word for word in words if word]


def _digits(value: str) -> str:
    """Return a number without what groups its digits: 1,000,000 or 1_000_000."""
    return re.sub(r"(?<=\d)[,_](?=\d{3}(?!\d))", "", value)
