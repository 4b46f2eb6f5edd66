"""The root of Otonari's exceptions.

* OtonariError
  * ConfigError          settings are missing or malformed              (bot.config)
  * TelemetryError       Supabase could not take or give rows           (bot.telemetry)
  * SpokenError          carries the sentence that the user reads
    * UserError          the user asked for something impossible now    (any cog)
      * NotInstalledError  a place that has not added the bot           (bot.command_permissions)
    * LLMError           a call to a language model failed              (bot.llm)
    * LavalinkError      music could not be found or played             (bot.lavalink)
    * LyricsServiceError a song's words could not be asked for          (bot.lyrics)

Each service translates its vendor's exceptions into its own branch, in one place, with ``raise … from``.
``bot.error_handler`` tells the user of a SpokenError in its own words, and of any other by an error id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.escaping import Label
    from bot.texts import Language, Text, Value


class OtonariError(Exception):
    """Root of everything that Otonari raises on purpose."""

    def in_language(self, language: Language) -> str:  # noqa: ARG002 - without words for people there is one
        """Return what is wrong, in ``language`` where there are words for it."""
        return str(self)


class SpokenError(OtonariError):
    """A failure that is told to the user in a sentence of its own: ``text`` filled with ``values``."""

    def __init__(self, text: Text, **values: Value) -> None:
        super().__init__(text("en", **values))
        self.text = text
        self.values = values

    def in_language(self, language: Language) -> Label:
        """Return the sentence in ``language``."""
        return self.text(language, **self.values)


class UserError(SpokenError):
    """Something the user can put right; not a fault, so it is not logged as one."""
