"""Every line of the log that an owner may read is there in Japanese."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.texts.console import AS_THEY_ARE, JAPANESE, UNTRANSLATED

BOT = Path(__file__).parents[3] / "bot"
PLACEHOLDER = re.compile(r"%[-+0-9.]*[a-z%]")


def logged() -> Iterator[str]:
    """Every constant line that the bot logs above DEBUG."""
    for path in BOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if ast.unparse(node.func.value) != "log" or node.func.attr == "debug":
                continue
            line = node.args[1 if node.func.attr == "log" else 0]
            assert isinstance(line, ast.Constant), f"{path.name}:{line.lineno} is in no catalogue"
            yield str(line.value)


LOGGED = sorted(set(logged()))


@pytest.mark.parametrize("line", LOGGED)
def test_every_line_has_its_japanese_or_is_a_contract(line: str) -> None:
    assert line in JAPANESE or line in UNTRANSLATED | AS_THEY_ARE, "add it to bot/texts/console.py"


@pytest.mark.parametrize("line", JAPANESE)
def test_both_languages_take_the_same_values_in_the_same_order(line: str) -> None:
    assert PLACEHOLDER.findall(JAPANESE[line]) == PLACEHOLDER.findall(line)
    assert line in LOGGED, "nothing logs this any more"
    assert re.search("[ぁ-んァ-ヶ一-龠]", JAPANESE[line])


def test_no_line_is_both_translated_and_a_contract() -> None:
    assert not JAPANESE.keys() & (UNTRANSLATED | AS_THEY_ARE)
