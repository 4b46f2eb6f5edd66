"""Dead letters on the command line: listed, explained, replayed, dropped."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.doctor.findings import as_json
from bot.doctor.invocation import doctor_command
from bot.telemetry.dead_letters import read_letters, settle
from bot.texts import doctor as texts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bot.config import Settings
    from bot.telemetry.events import DeadLetter
    from bot.texts import Language

REASON_CHARACTERS = 100
SHORTEST_ID = 8


def run_dead_letters(
    settings: Settings, options: argparse.Namespace, language: Language
) -> tuple[Sequence[str], int]:
    """Do what was asked; returns the lines to print and the exit code. Raises sqlite3.Error."""
    path = settings.database_file
    letters = read_letters(path)
    if options.action in {None, "list"}:
        if options.json:
            return [as_json([letter._asdict() for letter in letters])], 0
        return _listed(letters, settings, language), 0
    chosen = letters if getattr(options, "all", False) else _named(letters, options.id)
    if options.id and not chosen:
        return [texts.LETTER_UNKNOWN.plain(language, id=options.id)], 1
    if options.action == "explain":
        return _explained(chosen[0], settings, language), 0
    action: Literal["replay", "drop"] = "replay" if options.action == "replay" else "drop"
    if not chosen:
        return [texts.LETTERS_NONE(language)], 0
    outcome = settle(path, action, None if options.all else chosen[0].id)
    text = texts.LETTERS_REPLAYED if action == "replay" else texts.LETTERS_DROPPED
    lines = [text(language, count=len(chosen))]
    if outcome == "asked":
        lines.append(texts.LETTERS_ASKED(language, count=len(chosen)))
    if outcome == "late":
        lines = [texts.LETTERS_LATE(language)]
    return lines, 0


def _named(letters: Sequence[DeadLetter], identifier: str) -> Sequence[DeadLetter]:
    """Return the one letter with this id, or whose id alone ends in it."""
    if len(identifier) < SHORTEST_ID:
        return []
    found = [letter for letter in letters if letter.id.endswith(identifier)]
    return found if len(found) == 1 else []


def _listed(letters: Sequence[DeadLetter], settings: Settings, language: Language) -> Sequence[str]:
    if not letters:
        return [texts.LETTERS_NONE(language)]
    lines = [
        f"{letter.id}  {_time(letter.died_at, settings)}  {letter.table}\n"
        f"    {letter.reason[:REASON_CHARACTERS]}"
        for letter in letters
    ]
    return [*lines, "", texts.LETTERS_HINT.plain(language, command=doctor_command())]


def _explained(letter: DeadLetter, settings: Settings, language: Language) -> Sequence[str]:
    what = texts.LETTER_WHAT.plain(
        language,
        table=letter.table,
        recorded=_time(letter.recorded_at, settings),
        died=_time(letter.died_at, settings),
    )
    cure = next(text for code, text in texts.LETTER_CURES.items() if letter.reason.startswith(code))
    row = as_json(json.loads(letter.payload))
    return [what, f"  {letter.reason}", f"  → {cure(language)}", "", row]


def _time(moment: float, settings: Settings) -> str:
    return f"{datetime.fromtimestamp(moment, settings.bot_timezone):%Y-%m-%d %H:%M:%S %Z}"
