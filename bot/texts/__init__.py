"""What users read, in Japanese and English: one catalogue, a module per feature.

A text is a constant, so a misspelt name fails type checking, and a text without one of the languages
cannot be written. ``tests/unit/texts`` checks that both languages use the same placeholders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; ``{placeholders}`` are filled by name with ``str.format``."""

    ja: str
    en: str

    def __call__(self, language: Language, **values: object) -> str:
        """Return the text in ``language`` with its placeholders filled; raises KeyError if one is missing."""
        template = self.ja if language == "ja" else self.en
        return template.format(**values) if values else template

    def filled(self, **values: object) -> Text:
        """Return the text with its placeholders filled, for whoever will know the language."""
        return Text(self.ja.format(**values), self.en.format(**values))

    def __str__(self) -> str:
        return self.en
