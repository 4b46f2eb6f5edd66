"""The version of bot/supabase_schema.sql that the bot needs, beside the one that the database has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import Text
from bot.texts import schema as texts

if TYPE_CHECKING:
    from bot.texts import Language

REQUIRED_VERSION = 6
"""The number of `schema_version()` in bot/supabase_schema.sql; it rises with every change of that file."""
ERASES_SINCE = 4
"""The first version with which an erasure leaves nothing behind, and nothing comes in later."""


def describe_version(version: int, language: Language) -> str:
    """Return what a database's version means: that all is well, or what to do and what does not work yet."""
    return explain_version(version)(language)


def explain_version(version: int) -> Text:
    """Return the same, for whoever will know the language."""
    values = {"version": version, "required": REQUIRED_VERSION}
    if version > REQUIRED_VERSION:
        return texts.NEWER.filled(**values)
    if version == REQUIRED_VERSION:
        return texts.SAME.filled(**values)
    later = [text for brought, text in texts.BROUGHT.items() if brought > version]
    missing = Text(*("\n".join(f"・{text(language)}" for text in later) for language in ("ja", "en")))
    return texts.OLDER.filled(missing=missing, **values)
