"""Tokens, keys and the project's URL, which people copy from five web pages into each other's places."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.setting_values import NOTHING, OFF, BadValueError, Secret, split_url, unquoted
from bot.texts import settings as texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

    from bot.texts import Text

_PLACEHOLDER = re.compile(
    r"your[-_ ]?\w.*|<.*>|\[.*\]|\{.*\}|x{3,}|\*{3,}|\.{3,}|.*(?:_here|…|\.\.\.)|change[-_]?me|todo"
    r"|placeholder|.*(?:ここに|入力|貼り付け).*",
    re.IGNORECASE,
)
"""What templates have in the place of a value, such as ``your_supabase_service_role_key``."""
_SHAPES: tuple[tuple[str, Text, str], ...] = (
    (r"[MNO][\w-]{22,28}\.[\w-]{6}\.[\w-]{27,}", texts.A_DISCORD_TOKEN, "DISCORD_TOKEN"),
    (r"AIza[\w-]{30,}|AQ\.[\w-]{20,}", texts.A_GEMINI_KEY, "GEMINI_API_KEY"),
    (r"sb_(?:secret|publishable)_\S+|eyJ[\w-]+\.[\w-]+\.[\w-]+", texts.A_SUPABASE_KEY, "SUPABASE_KEY"),
    (r"sbp_\w{20,}", texts.A_SUPABASE_ACCESS_TOKEN, ""),
    (r"\d{15,20}", texts.AN_ID, ""),
    (r"[0-9a-f]{64}", texts.A_PUBLIC_KEY, ""),
    (r"\w+://\S*", texts.AN_ADDRESS, ""),
    (r"sk-[\w-]{20,}|gh[pousr]_\w{20,}|GOCSPX-\S+|ya29\.\S+", texts.ANOTHER_SERVICES_KEY, ""),
)
"""What a secret looks like, what that is, and the one setting for which it is right."""
_CLIENT_SECRET = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w-]{32}")

_REF = r"[a-z]{20}"
"""A project's reference: https://supabase.com/docs/guides/platform/custom-domains"""
_HOSTED = re.compile(r"(?:db\.)?([a-z0-9-]+)(?:\.(?:storage|functions|realtime))?\.supabase\.(co|in)\.?")
_DASHBOARD = re.compile(r"(?:app\.|www\.)?supabase\.(?:com|io|co)")
_ELSEWHERE = re.compile(
    r"(?:.*\.)?(?:discord(?:app)?\.com|discord\.gg|google(?:apis)?\.com|google\.dev|supabase\.\w+|github\.com|lavalink\.dev)"
)
_EXAMPLE = re.compile(
    r"(?:https?://)?(?:your|my-?project|<|\[\w+[-_]|\{|x{3}|\*|\.{3}|…|project[-_]?(?:ref|id)|abcdefghijklm)",
    re.IGNORECASE,
)
_API_PATH = re.compile(r"/(?:rest|auth|storage|realtime|graphql|functions)/v1(?:/.*)?$")


def secret_of(key: str) -> Callable[[str], Secret]:
    """Return the parser of the token or key that the setting ``key`` takes; no sentence repeats it."""

    def read(value: str) -> Secret:
        value = re.sub(r"^<(\S{20,})>$", r"\1", unquoted(value.rstrip(",;")))
        value = re.sub(r"^(?:Bot|Bearer)\s+", "", value)
        _refuse_what_is_another(value, key)
        if _PLACEHOLDER.fullmatch(value):
            raise BadValueError(texts.PLACEHOLDER)
        if any(character.isspace() for character in value):
            raise BadValueError(texts.WHITE_SPACE)
        if not value.isascii():
            raise BadValueError(texts.NOT_ASCII)
        return Secret(value)

    return read


def read_supabase_url(value: str) -> str:
    """Return the URL of a project, from whatever of its addresses was copied, or `OFF`."""
    value = unquoted(unicodedata.normalize("NFKC", value).rstrip(",;"))
    if value.lower() in NOTHING:
        return OFF
    if re.fullmatch(_REF, value):
        return f"https://{value}.supabase.co"
    _refuse_what_is_another(value, "SUPABASE_URL")
    if re.match("postgres", value, re.IGNORECASE):
        raise _connection_string(value)
    if _EXAMPLE.match(value):
        raise BadValueError(texts.PLACEHOLDER)
    parts = split_url(value if "://" in value else f"https://{value}")
    if parts is None or parts.scheme not in {"https", "http"}:
        raise BadValueError(texts.SUPABASE_URL)
    return _project_url(parts, has_scheme="://" in value)


def _project_url(parts: SplitResult, *, has_scheme: bool) -> str:
    host = parts.hostname or ""
    if _DASHBOARD.fullmatch(host):
        ref = re.search(rf"/project/({_REF})(?:/|$)", parts.path)
        if not ref:
            raise BadValueError(texts.SUPABASE_URL)
        return f"https://{ref[1]}.supabase.co"
    if hosted := _HOSTED.fullmatch(host):
        if not has_scheme and not re.fullmatch(_REF, hosted[1]):
            raise BadValueError(texts.SUPABASE_URL)
        return f"https://{hosted[1]}.supabase.{hosted[2]}"
    if not has_scheme or _ELSEWHERE.fullmatch(host) or parts.path.startswith("/project/"):
        raise BadValueError(texts.SUPABASE_URL)
    return f"{parts.scheme}://{parts.netloc}{_API_PATH.sub('', parts.path).rstrip('/')}"


def _connection_string(value: str) -> BadValueError:
    """Return what to say to a connection string of the database, whose password stays unsaid."""
    ref = re.search(rf"(?:db|postgres)\.({_REF})\b", value)
    if ref:
        return BadValueError(texts.CONNECTION_STRING_NEAR, url=f"https://{ref[1]}.supabase.co")
    return BadValueError(texts.CONNECTION_STRING)


def _refuse_what_is_another(value: str, key: str) -> None:
    """Raise BadValueError for what is plainly something else than ``key`` takes."""
    for shape, what, right in _SHAPES:
        fits = right == key or (what is texts.AN_ADDRESS and key.endswith("_URL"))
        if not fits and re.fullmatch(shape, value):
            raise BadValueError(texts.IS_ANOTHER, what=what)
    if key == "DISCORD_TOKEN" and _CLIENT_SECRET.fullmatch(value):
        raise BadValueError(texts.IS_ANOTHER, what=texts.A_CLIENT_SECRET)
