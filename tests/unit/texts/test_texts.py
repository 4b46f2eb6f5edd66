from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

import bot.texts
from bot.escaping import Label, label
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


@pytest.mark.parametrize("value", ["[x](https://evil.example)", "", None, object()])
def test_words_that_are_no_label_are_an_error_and_not_a_link(value: Any) -> None:
    with pytest.raises(TypeError, match="a is no label"):
        Text(ja="{a}", en="{a}")("ja", a=value)


def test_a_sentence_is_a_label_itself_and_may_stand_in_another() -> None:
    inner, outer = Text(ja="{a}曲", en="{a} songs"), Text(ja="[{b}]", en="[{b}]")

    assert outer("ja", b=inner("ja", a=label("*1*"))) == r"[\*1\*曲]"
    assert outer("en", b=Text(ja="曲", en="song")) == "[song]"
    assert isinstance(outer("en", b=2), Label)


def test_where_nothing_is_markdown_any_words_may_stand() -> None:
    assert Text(ja="{a}", en="{a}").plain("en", a="*x*") == "*x*"
