"""Longer material for answers: code by language, tables, lists, and a guide of any length."""

from __future__ import annotations

from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.gemini.conversation import Language

_MATERIAL = Path(__file__).parent / "material"
_END: dict[Language, str] = {"ja": "以上です。ゆっくりどうぞ。", "en": "That is all. Take your time."}

PROGRAMMING_LANGUAGES = ("javascript", "sql", "python")


def sample(name: str, language: Language) -> str:
    """Return the Markdown of ``name``: ``table``, ``list`` or one of PROGRAMMING_LANGUAGES."""
    return (_MATERIAL / f"{name}.{language}.md").read_text("utf-8").strip()


def guide(language: Language, at_least: int) -> str:
    """Return a guide with headings, lists and fenced code, at least ``at_least`` characters long."""
    title, *chapters = sample("guide", language).split("\n\n## ")
    parts, length = [title], len(title)
    for number, chapter in zip(count(1), cycle(chapters), strict=False):
        parts.append(f"## {number}. {chapter}")
        length += len(parts[-1]) + 2
        if length >= at_least:
            break
    return "\n\n".join([*parts, _END[language]])
