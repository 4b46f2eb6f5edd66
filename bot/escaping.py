"""Text that others wrote, made safe to show in Discord."""

from __future__ import annotations

import discord

LABEL_LENGTH = 80
"""Characters of a title shown in a line of text."""


def truncate(text: str, limit: int) -> str:
    """Return ``text`` in at most ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def escape(text: str, limit: int = LABEL_LENGTH) -> str:
    """Return at most ``limit`` characters of ``text``, shown as they are: without markdown or mentions.

    The escapes come on top, so the result may be longer than ``limit``.
    """
    return discord.utils.escape_mentions(discord.utils.escape_markdown(truncate(text, limit)))
