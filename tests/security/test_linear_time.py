"""Text of others takes a time in proportion to its length, whatever is in it.

Steps are counted, not timed: the lines of the bot that run, which is all that loops but for the patterns of
``re``; those are read, and none may repeat without a bound what it repeats, or what it has just repeated.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import importlib
import re
import re._constants as sre  # what `re` compiles to is the only description of a pattern without guessing
import re._parser as sre_parser
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.hostile import FAMILIES, repeated
from bot.chat.message_contents import MessageContents
from bot.chat.message_splitter import split
from bot.chat.plain_links import plain_links
from bot.discord_limits import MESSAGE_LENGTH
from bot.escaping import label
from bot.lavalink.tracks import TEXT_LIMIT, clean
from bot.lyrics.lrc import parse_lrc
from bot.lyrics.song_name import song_names
from bot.set_text import LONGEST, MOST_LINES, one_line, paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

ROOT = Path(__file__).parents[2]
BOT = ROOT / "bot"


def steps(work: Callable[[], object]) -> int:
    """Return how many lines of the bot run during ``work``."""
    count = 0

    def trace(frame: Any, event: str, _argument: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(str(BOT)):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def run(coroutine: Coroutine[object, object, object]) -> None:
    """Run what only gives way to others."""
    with contextlib.suppress(StopIteration):
        while True:
            coroutine.send(None)


READERS: dict[str, Callable[[str], object]] = {
    "plain_links": plain_links,
    "split": lambda text: list(split(text)),
    "label": label,
    "one_line": one_line,
    "paragraphs": paragraphs,
    "clean": clean,
    "parse_lrc": lambda text: parse_lrc("[00:01.00]" + text.replace(" ", "\n[00:01.00]")),
    "song_names": lambda text: song_names(text, text),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("family", FAMILIES, ids=ascii)
def test_twice_the_text_takes_twice_the_steps_at_most(reader: str, family: str) -> None:
    read, length = READERS[reader], 4 * MESSAGE_LENGTH
    once = steps(lambda: read(repeated(family, length)))
    twice = steps(lambda: read(repeated(family, 2 * length)))

    assert twice <= 2.5 * once + 100  # four messages are cut three times, and eight seven times


@pytest.mark.parametrize("family", FAMILIES, ids=ascii)
def test_what_is_longer_than_anybody_may_write_takes_no_more_steps(family: str) -> None:
    for read, longest in ((paragraphs, LONGEST), (one_line, LONGEST), (clean, TEXT_LIMIT)):
        longest_text = steps(lambda read=read, longest=longest: read(repeated(family, longest)))
        longer = steps(lambda read=read, longest=longest: read(repeated(family, 10 * longest)))
        assert longer <= longest_text + 10


def test_lines_without_end_are_not_read() -> None:
    assert paragraphs("a\n" * 3_000).count("\n") == MOST_LINES - 1


@pytest.mark.parametrize("family", FAMILIES, ids=ascii)
def test_an_edit_of_an_answer_reads_what_changed_and_nothing_before(family: str) -> None:
    """30,000 characters in 400 edits: each takes no more steps than the longest message and what is new."""
    text, edits = repeated(f"{family} ", 30_000), 400
    size = len(text) // edits
    contents = MessageContents()
    taken: list[int] = []

    for number, begin in enumerate(range(0, len(text), size)):
        contents.append(text[begin : begin + size])
        if number % 9 == 0:
            taken.append(steps(lambda: run(contents.read(is_whole=False))))
        else:
            run(contents.read(is_whole=False))
    a_message = steps(lambda: [plain_links(piece.content) for piece in split(text[: 2 * MESSAGE_LENGTH])])

    assert max(taken) <= 2 * a_message + 100


async def test_others_run_between_two_messages_of_a_long_answer() -> None:
    contents = MessageContents()
    contents.append("[" * 30_000)
    ran = 0

    async def another() -> None:
        nonlocal ran
        while True:
            ran += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(another())
    messages = await contents.read(is_whole=True)
    task.cancel()

    assert ran >= len(messages) - 1 >= 14


# Patterns

OF_THE_OWNER = {"env_file.py", "setting_values.py", "setting_secrets.py", "setting_hints.py", "config.py"}
"""Modules whose patterns read nothing but the owner's settings."""
UNIMPORTED = {"bot.main", "bot.__main__", "bot.doctor.__main__", "bot.traffic_chart.__main__"}
"""Modules that do something when they are imported, and have no patterns."""
UNBOUNDED = 1_000
"""Repetitions from which on a bound is none."""


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern in the bot's modules, and every one that is written out in a call of `re`."""
    for path in sorted(BOT.rglob("*.py")):
        if path.name in OF_THE_OWNER:
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name not in UNIMPORTED:
            for attribute, value in vars(importlib.import_module(name)).items():
                for pattern in found_in(value):
                    yield f"{name}.{attribute}", pattern
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if is_call_of_re(node) and node.args and isinstance(node.args[0], ast.Constant):
                yield f"{name}:{node.lineno}", re.compile(node.args[0].value)


def found_in(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from (each for part in value.values() for each in found_in(part))
    elif isinstance(value, tuple | list):
        yield from (each for part in value for each in found_in(part))


def is_call_of_re(node: ast.AST) -> Any:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "re"
    )


REPEATS = {sre.MAX_REPEAT, sre.MIN_REPEAT}


def faults(parsed: Any, *, inside: bool = False) -> Iterator[str]:
    """Yield what in a pattern may take too long: a repetition in another, or two of the same in a row."""
    before: set[int] = set()
    for operator, argument in parsed:
        if operator in REPEATS:
            low, high, body = argument
            endless = high is sre.MAXREPEAT or high > UNBOUNDED
            if endless and inside:
                yield "a repetition in a repetition"
            first = first_of(body)
            if endless and first & before:
                yield "two repetitions of the same characters in a row"
            yield from faults(body, inside=inside or endless)
            before = (before if low == 0 else set()) | (first if endless else set())
        else:
            for part in parts_of(operator, argument):
                yield from faults(part, inside=inside)
            if operator not in {sre.AT, sre.ASSERT, sre.ASSERT_NOT}:
                before = set()
    return


def parts_of(operator: Any, argument: Any) -> Iterator[Any]:
    if operator is sre.BRANCH:
        yield from argument[1]
    elif operator is sre.SUBPATTERN:
        yield argument[-1]
    elif operator in {sre.ASSERT, sre.ASSERT_NOT}:
        yield argument[1]


SAMPLE = [*map(chr, range(0x20, 0x7F)), "\n", "\t", "\u3000", "あ", "漢", "é", "。", "\u200b", "\U0001f600"]


def first_of(body: Any) -> set[int]:
    """Return which characters of a sample a repeated part may begin with."""
    return {
        index
        for index, character in enumerate(SAMPLE)
        if any(may_begin(item, character) for item in body[:1])
    }


def may_begin(item: Any, character: str) -> bool:
    operator, argument = item
    if operator in {sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN}:
        one = sre_parser.SubPattern(sre_parser.State(), [item])
        one.state.str = ""
        return re._compiler.compile(one).match(character) is not None
    begins = [part[0] for part in parts_of(operator, argument) if len(part)]
    return not begins or any(may_begin(first, character) for first in begins)


def test_what_this_takes_for_a_fault_is_one() -> None:
    bad = [r"(a+)+b", r"(?:a*)*", r"\s*\s*x", r"[a-z]+\w+$", r"(?:\\.|[^\]])*x(?:(?:b)*c)*"]
    good = [r"`+", r"\[[^\]]*\]", r"(?:a|b)*", r"a{1,300}b{1,20}", r"\d+\.\d+", r"[\w-]+\.[\w-]+"]

    assert [pattern for pattern in bad if not [*faults(sre_parser.parse(pattern))]] == []
    assert [pattern for pattern in good if [*faults(sre_parser.parse(pattern))]] == []


def test_no_pattern_repeats_a_repetition() -> None:
    found = {where: [*faults(sre_parser.parse(each.pattern, each.flags))] for where, each in patterns()}

    assert {where: what for where, what in found.items() if what} == {}
    assert len(found) > 20
