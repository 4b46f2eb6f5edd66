"""Discord's own markup, as the bot writes it: mentions, points in time, numbers, and labels put together.

https://discord.com/developers/docs/reference#message-formatting
"""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from bot.escaping import Label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from discord.utils import TimestampStyle


def channel_mention(channel_id: int) -> Label:
    """Return the mention of a channel or thread."""
    return Label(f"<#{channel_id:d}>")


def user_mention(user_id: int) -> Label:
    """Return the mention of a person."""
    return Label(f"<@{user_id:d}>")


def role_mention(role_id: int) -> Label:
    """Return the mention of a role."""
    return Label(f"<@&{role_id:d}>")


def timestamp(moment: datetime | int, style: TimestampStyle) -> Label:
    """Return a point in time (Unix seconds), which clients show in the reader's language and time zone."""
    seconds = moment if isinstance(moment, int) else int(moment.timestamp())
    return Label(f"<t:{seconds}:{style}>")


def number(value: float, form: LiteralString = ",") -> Label:
    """Return a number, by default with commas; ``form`` is a format specification."""
    return Label(format(value, form))


def joined(separator: LiteralString, parts: Iterable[Label]) -> Label:
    """Return ``parts`` with ``separator`` between them."""
    return Label(separator.join(parts))


def composed(template: LiteralString, *values: Label | float) -> Label:
    """Return ``template`` with its ``{}`` filled, for what needs no words in two languages."""
    return Label(template.format(*values))
