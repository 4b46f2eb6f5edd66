"""Text that people set, such as names, as it is kept: normalised first, then checked against its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.discord_limits import CHOICE_LENGTH, CHOICES
from bot.escaping import truncate, visible
from bot.storable_text import normalized, sanitize_text

if TYPE_CHECKING:
    from collections.abc import Iterable


LONGEST = 6_000
"""Characters; no option of a command has more, and what is behind is not read.
https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure"""

MOST_LINES = 500
"""What is behind so many lines is not read either."""


def one_line(text: str) -> str:
    """Return ``text`` in one line of what can be seen, in Unicode's form NFC; "" where nothing can.

    White space of every kind becomes single spaces, none at the ends.
    """
    return " ".join(visible(normalized("NFC", sanitize_text(text[:LONGEST]))).split())


def paragraphs(text: str) -> str:
    """Return ``text`` of several lines, each as `one_line` does, with one empty line between at most."""
    lines = [line and one_line(line) for line in text[:LONGEST].splitlines()[:MOST_LINES]]
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).strip()


def choices(offers: Iterable[tuple[str, str]]) -> list[app_commands.Choice[str]]:
    """Return what an autocompletion offers, of names (others' text only by way of `plain`) and values.

    One that Discord refuses would take all others with it (error 50035): those are left out.
    https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure
    """
    fitting = (
        app_commands.Choice(name=truncate(name.strip(), CHOICE_LENGTH), value=value)
        for name, value in offers
        if one_line(name) and one_line(value) and len(value) <= CHOICE_LENGTH
    )
    return [choice for choice, _place in zip(fitting, range(CHOICES), strict=False)]
