"""Tokens, keys and the project's URL, which people copy from five web pages into each other's places."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.setting_values import NOTHING, BadValueError, Secret, printable, split_url, unquoted
from bot.texts import settings as texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from urllib.parse import SplitResult

    from bot.texts import Text

_PLACEHOLDER = re.compile(
    r"(?:AIza(?:Sy)?|AQ\.|sb_(?:secret|publishable)_|eyJ|)"
    r"(?:(?<=.)|[x*.•…_-]{3,}|(?:your|my|paste|insert|enter|replace|put)[-_ ]\w.*|your\w+"
    r"|my(?:bot)?(?:token|key|secret))"
    r"|(?:(?:discord|bot|gemini|google|supabase|api|service|role|secret)[-_ ])+(?:token|key|secret)"
    r"|<.*>|\[.*\]|\{.*\}|.*(?:[-_ ]here|…|\.\.\.)|change[-_]?me|todo|example|placeholder"
    r"|.*(?:ここに|入力|貼り付け).*|[^*]*\*{3,}.*",
    re.IGNORECASE,
)
"""What templates have in the place of a value, such as ``your_supabase_service_role_key``, and what pages
show of one that is hidden: ``sb_secret_N7UND****``."""
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
    r"(?:https?://)?(?:(?:your|my-?project|<|\[\w+[-_]|\{|x{3}|\*|\.{3}|…|project[-_]?(?:ref|id)|abcdefghijklm)"
    r"|(?:example|my-?(?:app|ref|supabase|url)|placeholder|project|ref|reference|sample|demo|test|xyzcompany)"
    r"\.supabase\.(?:co|in)\b)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"^(https?)\s*(?:[:;]\s*/*|//+)\s*", re.IGNORECASE)
"""A scheme, also with a slash too few or too many."""
_AROUND = " <>[](){}「」【】（）\"'`“”.,;:!?。、，；：/"
"""What people and chat programs put around an address."""
_NEAR = re.compile(r"localhost|\[?::1\]?|(?:\d{1,3}\.){3}\d{1,3}")
"""A host of one's own network, for which ``http://`` may be left out."""
_LOCAL_API_PORT = 54321
_LOCAL_PORTS = range(_LOCAL_API_PORT + 1, 54330)
"""Database, Studio, mail and more of ``supabase start``:
https://supabase.com/docs/guides/local-development/cli/config"""
_API_PATH = re.compile(r"/(?:rest|auth|storage|realtime|graphql|functions)/v1(?:/.*)?$")


def secret_of(key: str) -> Callable[[str], Secret]:
    """Return the parser of the token or key that the setting ``key`` takes; no sentence repeats it."""

    def read(value: str) -> Secret:
        value = re.sub(r"^<(\S{20,})>$", r"\1", unquoted(value.rstrip(",;")))
        value = re.sub(r"^(?:Bot|Bearer)\s+", "", value)
        _refuse_what_is_another(value, key)
        if _PLACEHOLDER.fullmatch(value) or value.lower() in NOTHING:
            raise BadValueError(texts.PLACEHOLDER)
        if any(character.isspace() for character in value):
            raise BadValueError(texts.WHITE_SPACE)
        return Secret(printable(value))

    return read


def read_supabase_url(value: str) -> str:
    """Return the URL of a project, from whatever of its addresses was copied."""
    value = unicodedata.normalize("NFKC", value).replace("\\", "/").rstrip(",;")
    value = _SCHEME.sub(r"\1://", unquoted(value))
    bare = value.strip(_AROUND)
    _refuse_what_is_another(bare, "SUPABASE_URL")
    if re.match("postgres", bare, re.IGNORECASE):
        raise _connection_string(bare)
    if _EXAMPLE.match(bare) or (value[-1:].isalnum() and _EXAMPLE.match(value)):
        raise BadValueError(texts.PLACEHOLDER)
    if re.fullmatch(_REF, bare.lower()):
        return f"https://{bare.lower()}.supabase.co"
    value = value if value.startswith("[::") else _SCHEME.sub(r"\1://", bare)
    has_scheme = "://" in value
    parts = split_url(printable(value if has_scheme else f"https://{value}"))
    if parts is not None and not has_scheme and parts.port and _NEAR.fullmatch(parts.hostname or ""):
        parts, has_scheme = parts._replace(scheme="http"), True
    if parts is None or parts.scheme not in {"https", "http"}:
        raise BadValueError(texts.SUPABASE_URL)
    return _project_url(parts, has_scheme=has_scheme)


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
    if parts.port in _LOCAL_PORTS:
        raise BadValueError(texts.LOCAL_SUPABASE, url=_local_api(host))
    if not has_scheme or _ELSEWHERE.fullmatch(host) or parts.path.startswith("/project/"):
        raise BadValueError(texts.SUPABASE_URL)
    return f"{parts.scheme}://{parts.netloc}{_API_PATH.sub('', parts.path).rstrip('/')}"


def _connection_string(value: str) -> BadValueError:
    """Return what to say to a connection string of the database, whose password stays unsaid."""
    ref = re.search(rf"(?:db|postgres)\.({_REF})\b", value)
    if ref:
        return BadValueError(texts.CONNECTION_STRING_NEAR, url=f"https://{ref[1]}.supabase.co")
    local = re.search(rf"@([^@/]+):{_LOCAL_API_PORT + 1}\b", value)
    if local:
        return BadValueError(texts.CONNECTION_STRING_NEAR, url=_local_api(local[1]))
    return BadValueError(texts.CONNECTION_STRING)


def _local_api(host: str) -> str:
    return f"http://{host}:{_LOCAL_API_PORT}"


def _refuse_what_is_another(value: str, key: str) -> None:
    """Raise BadValueError for what is plainly something else than ``key`` takes."""
    for shape, what, right in _SHAPES:
        fits = right == key or (what is texts.AN_ADDRESS and key.endswith("_URL"))
        if not fits and re.fullmatch(shape, value):
            raise BadValueError(texts.IS_ANOTHER, what=what)
    if key == "DISCORD_TOKEN" and _CLIENT_SECRET.fullmatch(value):
        raise BadValueError(texts.IS_ANOTHER, what=texts.A_CLIENT_SECRET)
