"""Function calling: which declared function a prompt asks for, and with which arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.gemini.conversation import Language

Value: TypeAlias = "str | float | bool"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its JSON type in lower case (``string``, ``integer``, …) and its choices, if any."""

    name: str
    type: str
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A declared function."""

    name: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A function and the arguments to call it with."""

    name: str
    arguments: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Intent:
    """What people say for an act, and what the names of functions for it contain; ``what`` is its object."""

    said: re.Pattern[str]
    name: re.Pattern[str]


def _intent(said: str, name: str) -> _Intent:
    return _Intent(re.compile(said, re.IGNORECASE), re.compile(name, re.IGNORECASE))


_GAMES = (
    r"(?:.*\b(?:with|against) me\b|(?:a |the )?(?:games?|chess|cards?|poker|hangman|tic[ -]?tac[ -]?toe)\b)"
)
"""What a model knows not to be music."""
_INTENTS = (
    _intent(r"スキップ|次の曲|\bskip\b|\bnext (?:song|track)\b", r"skip|next"),
    _intent(r"一時停止|ポーズ|\bpause\b", r"pause"),
    _intent(r"再開|\bresume\b|\bunpause\b", r"resume"),
    _intent(r"(?:音楽|曲|再生)を?(?:止めて|停止)|\bstop\b", r"stop"),
    _intent(r"音量|ボリューム|\bvolume\b", r"volume"),
    _intent(r"今(?:流れている|の|何の)曲|\bnow playing\b|what(?:'s| is) playing", r"now|current"),
    _intent(r"キュー|再生待ち|\bqueue\b", r"queue"),
    _intent(r"通信(?:量)?|ネットワーク|トラフィック|\bnetwork\b|\btraffic\b|\bnetstats\b", r"net|traffic"),
    _intent(r"状態|稼働|\bstatus\b|\buptime\b", r"status"),
    _intent(
        rf"(?P<what>\S.*?)\s*を?\s*(?:流して|かけて|再生して)|\bplay\s+(?!{_GAMES})(?P<what_en>.+)",
        r"play(?!ing|list)",
    ),
)
_NAMED = re.compile(r"(?:call|use)\s+(?:the\s+)?(?:tool\s+|function\s+)?`?(?P<name>\w+)`?", re.IGNORECASE)
_GIVEN = re.compile(r"(?P<key>\w+)\s*=\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>\S+))")
_PERIODS = {"today": r"今日|today", "week": r"今週|week", "month": r"今月|month", "all": r"全期間|全部|all"}


def choose(prompt: str, functions: Sequence[Function], *, forced: bool = False) -> Call | None:
    """Return the call that ``prompt`` asks for, or None; ``forced`` (mode ANY) makes one in any case."""
    for function, what in _wanted(prompt, functions):
        return Call(function.name, _arguments(prompt, what, function))
    if forced and functions:
        return Call(functions[0].name, _arguments(prompt, prompt, functions[0]))
    return None


def tell(name: str, response: str, language: Language) -> str:
    """Return the sentence that tells what function ``name`` gave back."""
    if language == "ja":
        return f"`{name}` を実行しました。\n\n> {response}"
    return f"I called `{name}`:\n\n> {response}"


def _wanted(prompt: str, functions: Sequence[Function]) -> list[tuple[Function, str]]:
    named = _NAMED.search(prompt)
    wanted = [(function, prompt) for function in functions if named and function.name == named["name"]]
    for intent in _INTENTS:
        said = intent.said.search(prompt)
        if said:
            what = next((group for group in said.groups() if group), prompt).strip(" 「」\"'")
            wanted += [(function, what) for function in functions if intent.name.search(function.name)]
    return wanted


def _arguments(prompt: str, what: str, function: Function) -> dict[str, Value]:
    given = {match["key"]: match["quoted"] or match["plain"] or "" for match in _GIVEN.finditer(prompt)}
    arguments: dict[str, Value] = {}
    for parameter in function.parameters:
        value = _value(prompt, given.get(parameter.name), what, parameter)
        if value is not None:
            arguments[parameter.name] = value
    return arguments


def _value(prompt: str, given: str | None, what: str, parameter: Parameter) -> Value | None:
    if parameter.choices:
        return given or _choice(prompt, parameter)
    if parameter.type in {"integer", "number"}:
        number = re.search(r"-?\d+", given or prompt)
        return float(number[0]) if number else (0.0 if parameter.required else None)
    if parameter.type == "boolean":
        return given != "false" if given or parameter.required else None
    if parameter.type == "string":
        return given if given is not None else (what if parameter.required else None)
    return None


def _choice(prompt: str, parameter: Parameter) -> str | None:
    for choice in parameter.choices:
        if re.search(_PERIODS.get(choice, re.escape(choice)), prompt, re.IGNORECASE):
            return choice
    return parameter.choices[0] if parameter.required else None
