"""The folder that outlives a restart, and what waits in it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from typing import TYPE_CHECKING

from bot.doctor.invocation import doctor_command
from bot.storage.private_files import is_open, open_to_others
from bot.telemetry.dead_letters import read_ledger
from bot.texts import doctor as texts
from bot.units import MEBIBYTE, format_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from bot.config import Settings
    from bot.doctor.findings import Report

ENOUGH_BYTES = 512 * MEBIBYTE
"""Twice what the spool may hold."""


def check_disk(settings: Settings, report: Report) -> None:
    """Write to DATA_DIR, look at what is free, at who may read it, and at the ledger."""
    path, name, subject = settings.data_dir, "data_dir", texts.DATA_DIR
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"doctor")
        free, opened = shutil.disk_usage(path).free, open_to_others(path)
    except OSError as error:
        report.fail(name, subject, texts.DATA_DIR_BAD, texts.DATA_DIR_CURE, path=path, error=error.strerror)
        return
    shown = format_bytes(free)
    if free < ENOUGH_BYTES:
        cure = texts.DATA_DIR_FULL_CURE
        report.warn(name, subject, texts.DATA_DIR_FULL, cure, path=path, free=shown)
    else:
        report.fine(name, subject, texts.DATA_DIR_FINE, path=path, free=shown)
    if opened:
        cure, names = texts.DATA_DIR_OPEN_CURE, ", ".join(each.name for each in opened)
        report.warn("data_dir_privacy", subject, texts.DATA_DIR_OPEN, cure, path=path, names=names)
    _check_spool(settings, report)


def check_env_file(path: Path, report: Report) -> None:
    """Look who may read the file with the secrets; it is its owner's, and left as it is."""
    if path.exists() and is_open(path):
        report.warn(
            "settings_privacy", texts.SETTINGS, texts.ENV_FILE_OPEN, texts.ENV_FILE_OPEN_CURE, path=path
        )


def _check_spool(settings: Settings, report: Report) -> None:
    path, name, subject = settings.database_file, "spool", texts.SPOOL
    try:
        account = read_ledger(path)
    except sqlite3.Error as error:
        report.fail(name, subject, texts.SPOOL_BROKEN, texts.SPOOL_BROKEN_CURE, path=path, error=error)
        return
    if account is None:
        report.fine(name, subject, texts.SPOOL_EMPTY)
        return
    counts = {
        "recorded": account.recorded,
        "delivered": account.delivered,
        "duplicate": account.duplicate,
        "spooled": account.spooled,
        "dead": account.dead,
        "dropped": account.dropped,
    }
    if account.dead:
        report.warn(
            name, subject, texts.SPOOL_FINE, texts.SPOOL_DEAD_CURE, **counts, command=doctor_command()
        )
    else:
        report.fine(name, subject, texts.SPOOL_FINE, **counts)
