"""The root of Otonari's exceptions.

* OtonariError
  * ConfigError          settings are missing or malformed            (bot.config)
  * UserError            the user asked for something impossible now  (any cog)
  * GeminiError          a call to Gemini failed                      (bot.gemini)
  * LavalinkError        music could not be found or played           (bot.lavalink)
  * TelemetryError       Supabase could not take or give rows         (bot.delivery)

Each service translates its vendor's exceptions into its own branch, in one place, with ``raise … from``.
``bot.error_handler`` maps every branch to what the user reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.texts import Language, Text


class OtonariError(Exception):
    """Root of everything that Otonari raises on purpose."""


class UserError(OtonariError):
    """Something the user can mend; carries the sentence they read instead of a fault."""

    def __init__(self, text: Text, **values: object) -> None:
        super().__init__(text("en", **values))
        self.text = text
        self.values = values

    def in_language(self, language: Language) -> str:
        """Return the sentence in ``language``."""
        return self.text(language, **self.values)
