"""The JavaScript runtimes by which yt-dlp solves YouTube's riddles: https://github.com/yt-dlp/yt-dlp/wiki/EJS."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

_RUNTIMES = ("deno", "node", "bun")


def javascript_runtimes() -> dict[str, dict[str, str]]:
    """Return the runtimes that are here, as yt-dlp takes them; deno also beside Python itself."""
    beside = str(Path(sys.executable).parent)
    paths = {name: shutil.which(name, path=beside) or shutil.which(name) for name in _RUNTIMES}
    return {name: {"path": path} for name, path in paths.items() if path}
