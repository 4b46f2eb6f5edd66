"""What users read, in Japanese and English: one catalogue, a module per feature.

A text is a constant, so a misspelt name fails type checking, and a text without one of the languages
cannot be written. ``tests/unit/texts`` checks that both languages use the same placeholders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, Union

from bot.escaping import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["ja", "en"]
Value: TypeAlias = Union[Label, int, float, "Text"]
"""What a sentence may be filled with. Other words are made a label first (`bot.escaping.label`)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; ``{placeholders}`` are filled by name with ``str.format``."""

    ja: str
    en: str

    def __call__(self, language: Language, **values: Value) -> Label:
        """Return the text in ``language`` for Discord, with its placeholders filled.

        Raises KeyError if one is missing, and TypeError for words that are no label: they could link.
        """
        for name, value in values.items():
            if not isinstance(value, Label | int | float | Text):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"{name} is no label")
        return Label(self.plain(language, **values))

    def plain(self, language: Language, **values: object) -> str:
        """Return the text for where nothing is Markdown: a footer, a console, a model."""
        template = self.ja if language == "ja" else self.en
        return template.format(**_in(language, values)) if values else template

    def filled(self, **values: object) -> Text:
        """Return the text for a console with its placeholders filled, while nobody knows the language."""
        return Text(self.plain("ja", **values), self.plain("en", **values))

    def __str__(self) -> str:
        return self.en


def _in(language: Language, values: Mapping[str, object]) -> dict[str, object]:
    """Return ``values`` with texts among them in ``language``."""
    return {
        name: value.plain(language) if isinstance(value, Text) else value for name, value in values.items()
    }
