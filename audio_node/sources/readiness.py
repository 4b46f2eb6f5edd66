"""Whether the music services can be asked: what is missing, and what has grown old."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from audio_node.sources.javascript import javascript_runtimes

PACKAGE = "yt-dlp[default,deno]"
UPDATE = "python -m audio_node --update"
_OLD_DAYS = 60
"""Services change what they send; yt-dlp follows them with a release every few weeks."""


def problems(today: date) -> list[str]:
    """Return a sentence for everything that keeps songs from being found."""
    try:
        installed = version("yt-dlp")
    except PackageNotFoundError:
        missing = "yt-dlp is not installed · yt-dlp がありません：音楽サービスの曲は見つかりません"
        return [f"{missing} → {UPDATE}"]
    found: list[str] = []
    released = _release_date(installed)
    if released is not None and (age := (today - released).days) > _OLD_DAYS:
        found.append(
            f"yt-dlp {installed} is {age} days old, services may refuse it"
            f" · yt-dlp {installed} は{age}日前のもので、サービスに拒まれることがあります → {UPDATE}"
        )
    if not javascript_runtimes():
        found.append(
            "There is no JavaScript runtime (deno, node, bun): YouTube will not play"
            f" · JavaScript の実行環境がないため、YouTube は再生できません → {UPDATE}"
        )
    return found


def update() -> int:
    """Install the newest yt-dlp beside this Python, and return pip's exit code."""
    return subprocess.run(
        [sys.executable, "-m", "pip", "install", "--upgrade", PACKAGE], check=False
    ).returncode


def _release_date(installed: str) -> date | None:
    """Return the day in a version of yt-dlp's, such as 2026.11.10."""
    parts = re.match(r"(\d{4})\.(\d{1,2})\.(\d{1,2})", installed)
    try:
        return date(*(int(part) for part in parts.groups())) if parts else None
    except ValueError:
        return None
