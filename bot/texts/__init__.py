"""What users read, in Japanese and English: one catalogue, a module per feature.

A text is a constant, so a misspelt name fails type checking, and a text without one of the languages
cannot be written. ``tests/unit/texts`` checks that both languages use the same placeholders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; ``{placeholders}`` are filled by name with ``str.format``."""

    ja: str
    en: str

    def __call__(self, language: Language, **values: object) -> str:
        """Return the text in ``language`` with its placeholders filled; raises KeyError if one is missing."""
        template = self.ja if language == "ja" else self.en
        return template.format(**_in(language, values)) if values else template

    def filled(self, **values: object) -> Text:
        """Return the text with its placeholders filled (also with texts), while nobody knows the language."""
        return Text(self.ja.format(**_in("ja", values)), self.en.format(**_in("en", values)))

    def __str__(self) -> str:
        return self.en


def _in(language: Language, values: Mapping[str, object]) -> dict[str, object]:
    """Return ``values`` with texts among them in ``language``."""
    return {name: value(language) if isinstance(value, Text) else value for name, value in values.items()}
