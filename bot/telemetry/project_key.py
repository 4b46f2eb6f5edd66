"""What a project's key and URL say of themselves: https://supabase.com/docs/guides/api/api-keys."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from bot.texts import telemetry as texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.texts import Text


def key_problem(key: str) -> Text | None:
    """Say what is wrong with a key that cannot write, from its looks; None if it may be right."""
    if key.startswith("sb_publishable_"):
        return texts.PUBLISHABLE_KEY
    role = _claim(key, "role")
    if role in {"anon", "authenticated"}:
        return texts.KEY_OF_ROLE.filled(role=role)
    return None


def project_of(key: str) -> str | None:
    """Return the project that a legacy key, a JWT, was made for; None for a key that does not say."""
    return _claim(key, "ref")


def is_hosted(url: str) -> bool:
    """Tell whether a project is one of Supabase's own servers."""
    return re.fullmatch(r"[a-z0-9]+\.supabase\.(?:co|in)", urlsplit(url).hostname or "") is not None


def _claim(key: str, name: str) -> str | None:
    """Return a claim of a legacy key, a JWT."""
    parts = key.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - RFC 7515 §3.1: header, payload, signature
        return None
    try:
        claims: object = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    claim = cast("Mapping[str, object]", claims).get(name) if isinstance(claims, dict) else None
    return claim if isinstance(claim, str) else None
