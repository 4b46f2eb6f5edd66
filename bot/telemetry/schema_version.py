"""The version of bot/supabase_schema.sql that the bot needs, beside the one that the database has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.texts import schema as texts

if TYPE_CHECKING:
    from bot.texts import Language

REQUIRED_VERSION = 5
"""The number of `schema_version()` in bot/supabase_schema.sql; it rises with every change of that file."""
ERASES_SINCE = 4
"""The first version with which an erasure leaves nothing behind, and nothing comes in later."""


def describe_version(version: int, language: Language) -> str:
    """Return what a database's version means: that all is well, or what to do and what does not work yet."""
    values = {"version": version, "required": REQUIRED_VERSION}
    if version > REQUIRED_VERSION:
        return texts.NEWER(language, **values)
    if version == REQUIRED_VERSION:
        return texts.SAME(language, **values)
    missing = "\n".join(f"・{texts.BROUGHT[later](language)}" for later in texts.BROUGHT if later > version)
    return texts.OLDER(language, missing=missing, **values)
