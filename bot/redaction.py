"""Blots secrets out of texts for logs, for people, and for what is stored."""

from __future__ import annotations

import json
import re
import string
from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from bot.texts.console import JAPANESE

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "***"
SHORTEST_SECRET = 6
LONGEST_WORD = 12
FEW = 4
"""Characters."""
LAVALINKS_OWN = "youshallnotpass"
"""The password in every example of Lavalink."""

_KEY_SHAPES = (
    r"sb_secret_[\w-]{8,}"  # Supabase
    r"|AIza[\w-]{30,}|\bAQ\.[\w-]{20,}"  # Google, old and new
    r"|(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"  # any JWT
    r"|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"  # Discord bot token
)
"""Keys that were never among the settings, such as an old one in a vendor's error message."""
_BEGINNINGS = ("sb_secret_", "AIza", "AQ.", "eyJ")
"""Of keys of these shapes."""
_OF_KEYS = f"{string.ascii_letters}{string.digits}_-."
_LOOKED_BACK = 2_000
"""Characters before a cut in which the beginning of such a key, or of an address, is found."""
_BETWEEN = r"[\"']?[ ]?[:=：,][ ]?(?:b(?=[\"']))?[\"'(]?"
"""What stands between a name and its value, in headers, JSON, settings, and Python's tuples."""
_USER_INFO = re.compile(r"(?<=://)[^\s/?#@]{1,500}(?=@)")
_AUTHORIZATION = re.compile(
    rf"\b(authorization{_BETWEEN}(?:(?:bearer|bot|basic) +)?)[^\s\"',;)}}\]]+", re.IGNORECASE
)
_LABEL = (
    r"(?:(?:pass(?:word|wd|phrase)?|pwd|authorization|token|secret|key|パスワード|トークン|キー)"
    r"[\"']?[\s:=：,]{1,4}(?:b(?=[\"']))?[\"'(]?|\b(?:bearer|basic) +)"
)
"""Behind it, a word is a password."""
_WORDS_OF_THE_LOG = {
    *re.findall(r"[a-z]{3,}", " ".join(JAPANESE).lower()),
    *("bot", "gemini", "localhost", "music", "otonari", "password", "python", "sandbox", "server"),
}


class Redact(Protocol):
    """Blots out secrets."""

    def __call__(self, text: str, limit: int | None = None, /) -> str:
        """Return ``text`` without secrets; with a ``limit``, so many of its characters.

        What may be the beginning of a secret through which the limit cuts is blotted out, too.
        """
        ...


def redactor(secrets: Iterable[str]) -> Redact:
    """Return a function that blots out ``secrets``, and what looks or stands like one, in a text.

    Whatever follows ``Authorization:``, or stands before the ``@`` of an address, is blotted out, known or
    not. A password of words that lines are written with, such as ``lavalink1`` or ``music-server``, is
    blotted out where passwords stand: everywhere, it would take ordinary words out of every line, and tell
    everybody what it is.
    """
    known = {secret for secret in secrets if secret}
    forms = {form for secret in known if _is_of_words(secret) for form in _forms(secret)}
    words = _any_of(forms)
    everywhere = {form for secret in known if not _is_of_words(secret) for form in _forms(secret)}
    others = _any_of(everywhere)
    anywhere = re.compile(f"{others}|{_KEY_SHAPES}" if others else _KEY_SHAPES)
    labelled = re.compile(rf"({_LABEL})(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def redact(text: str, limit: int | None = None, /) -> str:
        if limit is not None and len(text) > limit:
            text = text[:limit]
            if begun := _begun(text, everywhere):
                text = text[:-begun] + MASK
        text = anywhere.sub(MASK, text)
        text = _USER_INFO.sub(MASK, text)
        text = _AUTHORIZATION.sub(rf"\1{MASK}", text)
        if labelled is None or not _has_any(text, forms):
            return text
        return labelled.sub(rf"\1{MASK}", text)

    return redact


def _begun(text: str, secrets: Iterable[str]) -> int:
    """Return how many characters at the end of ``text`` may be the beginning of a secret."""
    end = text[-_LOOKED_BACK:]
    known = (
        length for secret in secrets for length in range(FEW, len(secret)) if end.endswith(secret[:length])
    )
    word = end[len(end.rstrip(_OF_KEYS)) :]
    keys = (len(word) - word.find(beginning) for beginning in _BEGINNINGS if beginning in word)
    _before, scheme, authority = end.rpartition("://")
    has_ended = any(mark in authority for mark in "/?#@") or len(authority.split()) > 1
    return max((*known, *keys, len(authority) if scheme and not has_ended else 0))


def _has_any(text: str, forms: Iterable[str]) -> bool:
    """Tell whether one of these is in ``text`` in whatever case; far quicker than to look for its label."""
    lower = text.lower()
    return any(form.lower() in lower for form in forms)


def _any_of(forms: Iterable[str]) -> str:
    """Return a pattern of these texts, the longest first."""
    return "|".join(re.escape(form) for form in sorted(set(forms), key=len, reverse=True))


def _forms(secret: str) -> set[str]:
    """Return a secret as it is, and as addresses, Python, JSON, HTML and an Authorization header write it."""
    written = {secret, quote(secret), quote(secret, safe=""), repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    return {*written, escape(secret), b64encode(secret.encode(errors="surrogatepass")).decode()}


def _is_of_words(secret: str) -> bool:
    """Whether a text without this secret would lack something else: it is short, or words, or everybody's."""
    runs = re.findall(r"[a-z]+|[0-9]+", secret.lower())
    words = [run for run in runs if run in _WORDS_OF_THE_LOG]
    return (
        len(secret) < SHORTEST_SECRET
        or secret == LAVALINKS_OWN
        or ((secret.isalpha() or secret.isdigit()) and len(secret) <= LONGEST_WORD)
        or (bool(words) and len("".join(runs)) - len("".join(words)) <= FEW)
    )
