"""Files under ``DATA_DIR`` are for the bot's own user alone: they hold what people said."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
PRIVATE = stat.S_IRWXU
"""The mode of a folder that is its owner's alone."""
OUR_FILES = ("otonari.", "music.")
"""How the names of the bot's own files begin, companions and copies of broken ones included."""
OUR_DIRECTORIES = ("matplotlib", "supabase")
"""Of folders in it: for what the charts of /netstats are drawn with, and the embedded Supabase."""


def create_files_privately() -> None:
    """Let no other user read what this process and its children create; elsewhere than on POSIX, nothing."""
    if os.name == "posix":
        os.umask(OF_OTHERS)


def open_to_others(directory: Path) -> list[Path]:
    """Return what of the bot's, in ``directory``, users other than its owner may open; raises OSError.

    The directory is among it where nothing but the bot's is in it. Windows has no such modes.
    """
    if os.name != "posix" or not directory.exists():
        return []
    directory = directory.resolve()
    entries = sorted(directory.iterdir())
    ours = [entry for entry in entries if _is_ours(entry)]
    others = [entry for entry in entries if entry not in ours]
    found = ours if others else [directory, *ours]
    return [path for path in found if not path.is_symlink() and is_open(path)]


def _is_ours(entry: Path) -> bool:
    is_file = entry.name.startswith(OUR_FILES) and entry.is_file()
    return is_file or (entry.name in OUR_DIRECTORIES and entry.is_dir())


def is_open(path: Path) -> bool:
    """Tell whether users other than its owner may open ``path`` in any way; raises OSError."""
    return os.name == "posix" and bool(path.stat().st_mode & OF_OTHERS)


def make_private(directory: Path) -> list[Path]:
    """Take from others what `open_to_others` finds, and return it; raises OSError where it cannot."""
    found = open_to_others(directory)
    for path in found:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OF_OTHERS)
    return found
