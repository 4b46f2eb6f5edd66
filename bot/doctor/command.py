"""The command line of the doctor. Exit code 0: nothing is wrong; 1: something is, or was not found."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.config import ConfigError, Settings, load_settings
from bot.doctor.dead_letters import run_dead_letters
from bot.doctor.discord_check import check_discord
from bot.doctor.disk_check import check_disk
from bot.doctor.findings import Report
from bot.doctor.invocation import doctor_command
from bot.doctor.service_checks import check_gemini, check_lavalink
from bot.doctor.supabase_check import check_supabase
from bot.log_setup import redactor
from bot.texts import doctor as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.texts import Language


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog=doctor_command(), description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    commands = parser.add_subparsers(dest="command")
    letters = commands.add_parser("dead-letters", help="rows that the database refused")
    actions = letters.add_subparsers(dest="action")
    actions.add_parser("list", help="show them all (the default)")
    actions.add_parser("explain", help="show one with its reason and what helps").add_argument("id")
    for name, help_text in (("replay", "send again"), ("drop", "give up for good")):
        action = actions.add_parser(name, help=help_text)
        which = action.add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?")
        which.add_argument("--all", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run, print, and return the exit code."""
    options = parse_arguments(arguments)
    try:
        settings = load_settings()
    except ConfigError as error:
        return _show(_settings_report(error), print_json=options.json, redact=redactor(()))
    redact = redactor(settings.secrets)
    if options.command == "dead-letters":
        try:
            lines, code = run_dead_letters(settings, options)
        except sqlite3.Error as error:
            lines, code = [str(error)], 1
        _print(redact("\n".join(lines)))
        return code
    return _show(asyncio.run(examine(settings)), print_json=options.json, redact=redact)


async def examine(settings: Settings) -> Report:
    """Look at everything and return what was found."""
    report = Report(settings.bot_language)
    report.fine("settings", texts.SETTINGS, texts.SETTINGS_FINE)
    check_disk(settings, report)
    await check_discord(settings, report)
    await check_gemini(settings, report)
    await check_lavalink(settings, report)
    await check_supabase(settings, report)
    return report


def _settings_report(error: ConfigError) -> Report:
    language: Language = "en" if os.environ.get("BOT_LANGUAGE", "").lower() == "en" else "ja"
    report = Report(language)
    for key, problem in error.problems.items():
        report.fail("settings", texts.SETTINGS, f"{key} {problem}", texts.SETTING_CURE(language, key=key))
    return report


def _show(report: Report, *, print_json: bool, redact: Callable[[str], str]) -> int:
    bad, warned = report.count("error"), report.count("warning")
    if print_json:
        findings = [asdict(finding) for finding in report.findings]
        shown = json.dumps({"ok": not bad, "findings": findings}, ensure_ascii=False, indent=2)
    else:
        lines = [str(finding) for finding in report.findings]
        last = texts.SUMMARY(report.language, bad=bad, warned=warned)
        lines += ["", last if bad or warned else texts.SUMMARY_FINE(report.language)]
        shown = "\n".join(lines)
    _print(redact(shown))
    return 1 if bad else 0


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
