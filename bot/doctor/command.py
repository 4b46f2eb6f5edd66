"""The command line of the doctor. Exit code 0: nothing is wrong; 1: something is, or was not found."""

from __future__ import annotations

import argparse
import asyncio
import math
import sqlite3
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.config import ENV_FILE, SETTING_KEYS, Reading, console_language, read_settings
from bot.doctor.dead_letters import run_dead_letters
from bot.doctor.discord_check import check_discord
from bot.doctor.disk_check import check_disk, check_env_file
from bot.doctor.findings import Report, as_json
from bot.doctor.invocation import doctor_command
from bot.doctor.network_outliers import FASTEST_MBIT, run_network_outliers
from bot.doctor.service_checks import check_gemini, check_lavalink, check_lyrics
from bot.doctor.supabase_check import check_supabase
from bot.log_setup import make_console_forgiving
from bot.redaction import redactor
from bot.storage.private_files import create_files_privately
from bot.texts import doctor as texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.texts import Language

FASTER_HELP = f"what your line cannot carry in one direction, in Mbit/s (default {FASTEST_MBIT:g})"


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
        _add_choice(actions.add_parser(name, help=help_text))
    outliers = commands.add_parser("network-outliers", help="impossible samples of the traffic")
    outliers.add_argument("--faster-than", type=_mbit, default=FASTEST_MBIT, metavar="MBIT", help=FASTER_HELP)
    actions = outliers.add_subparsers(dest="action")
    listing = actions.add_parser("list", help="show them all (the default)")
    removal = actions.add_parser("remove", help="take out of the rows and of every total")
    _add_choice(removal)
    for action in (listing, removal):
        # What was given before the action stays.
        action.add_argument(
            "--faster-than", type=_mbit, default=argparse.SUPPRESS, metavar="MBIT", help=FASTER_HELP
        )
    return parser.parse_args(arguments)


def _mbit(text: str) -> float:
    speed = float(text)
    if not 1 <= speed < math.inf:
        raise argparse.ArgumentTypeError(f"not a speed of 1 Mbit/s or more: {text}")
    return speed


def _add_choice(action: argparse.ArgumentParser) -> None:
    """Have one id given, or all."""
    which = action.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?")
    which.add_argument("--all", action="store_true")


def main(arguments: Sequence[str]) -> int:
    """Run, print, and return the exit code."""
    create_files_privately()
    make_console_forgiving()
    options = parse_arguments(arguments)
    reading = read_settings()
    redact = redactor(reading.settings.secrets)
    if options.command == "dead-letters" and not _concerns(reading, "DATA_DIR"):
        try:
            lines, code = run_dead_letters(reading.settings, options, console_language())
        except sqlite3.Error as error:
            lines, code = [str(error)], 1
        _print(redact("\n".join(lines)))
        return code
    if options.command == "network-outliers" and not _concerns(reading, "SUPABASE_"):
        lines, code = asyncio.run(run_network_outliers(reading.settings, options, console_language()))
        _print(redact("\n".join(lines)))
        return code
    report = asyncio.run(examine(reading, console_language()))
    return _show(report, print_json=options.json, redact=redact)


async def examine(reading: Reading, language: Language) -> Report:
    """Look at everything that the settings allow to be looked at, and return what was found."""
    report, settings = Report(language), reading.settings
    _report_settings(reading, report)
    if not _concerns(reading, "DATA_DIR"):
        check_disk(settings, report)
    check_env_file(ENV_FILE, report)
    if not _concerns(reading, "DISCORD_"):
        await check_discord(settings, report)
    if not _concerns(reading, "GEMINI_"):
        await check_gemini(settings, report)
    if not _concerns(reading, "LAVALINK_"):
        await check_lavalink(settings, report)
    if not _concerns(reading, "LYRICS_"):
        await check_lyrics(settings, report)
    if not _concerns(reading, "SUPABASE_"):
        await check_supabase(settings, report)
    return report


def _concerns(reading: Reading, prefix: str) -> bool:
    """Tell whether a problem is about the settings that begin with ``prefix``, or about the whole file."""
    return any(key.startswith(prefix) or key not in SETTING_KEYS for key in reading.problems)


def _report_settings(reading: Reading, report: Report) -> None:
    name, subject, language = "settings", texts.SETTINGS, report.language
    for key, notice in reading.notices.items():
        report.warn(name, subject, texts.SETTING_BAD, "", problem=f"{key} {notice(language)}")
    for key, problem in reading.problems.items():
        cure = texts.SETTING_CURE.plain(language, key=key) if key in SETTING_KEYS else ""
        report.fail(name, subject, f"{key} {problem(language)}", cure)
    if not reading.notices and not reading.problems:
        report.fine(name, subject, texts.SETTINGS_FINE)


def _show(report: Report, *, print_json: bool, redact: Callable[[str], str]) -> int:
    bad, warned = report.count("error"), report.count("warning")
    if print_json:
        findings = [asdict(finding) for finding in report.findings]
        shown = as_json({"ok": not bad, "findings": findings})
    else:
        lines = list(report.lines())
        last = texts.SUMMARY(report.language, bad=bad, warned=warned)
        lines += ["", last if bad or warned else texts.SUMMARY_FINE(report.language)]
        shown = "\n".join(lines)
    _print(redact(shown))
    return 1 if bad else 0


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
