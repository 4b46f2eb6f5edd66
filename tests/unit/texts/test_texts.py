from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from string import Formatter

import pytest

import bot.texts
from bot.texts import Text


def catalogue() -> Iterator[tuple[str, Text]]:
    for module in pkgutil.iter_modules(bot.texts.__path__, "bot.texts."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Text):
                yield f"{module.name}.{name}", value
            elif isinstance(value, dict):
                yield from (
                    (f"{name}[{key!r}]", text) for key, text in value.items() if isinstance(text, Text)
                )


def placeholders(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


@pytest.mark.parametrize(("name", "text"), list(catalogue()))
def test_both_languages_use_the_same_placeholders_and_say_something(name: str, text: Text) -> None:
    assert placeholders(text.ja) == placeholders(text.en)
    assert text.ja.strip()
    assert text.en.strip()


def test_a_missing_value_is_an_error_and_not_a_brace_on_the_screen() -> None:
    with pytest.raises(KeyError):
        Text(ja="{a}", en="{a}")("ja", b=1)
