"""Attack: another user of the machine reads what people said, in the files under DATA_DIR."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.config import load_settings
from bot.doctor.disk_check import check_disk
from bot.doctor.findings import Report
from bot.storage.private_files import make_private, open_to_others

ROOT = Path(__file__).parents[2]
CLOSED_PORT = "http://127.0.0.1:9"
SETTINGS = {
    "DISCORD_TOKEN": "MTIz.abc.def",
    "DISCORD_API_URL": CLOSED_PORT,
    "SUPABASE_URL": CLOSED_PORT,
    "SUPABASE_KEY": "sb_secret_x",
    "BOT_LANGUAGE": "en",
    "LAVALINK_NODES": "",
    "GEMINI_API_KEY": "",
}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


def installation(directory: Path, *, directory_mode: int, file_mode: int) -> Path:
    """Return a DATA_DIR with what an earlier version left in it."""
    data = directory / "data"
    data.mkdir()
    for name in ("otonari.sqlite3", "music.sqlite3"):
        with closing(sqlite3.connect(data / name)) as database:
            database.execute("CREATE TABLE other (words TEXT)")
    (data / "otonari.sqlite3.corrupt-20260101T000000-1").write_text("words")
    for file in data.iterdir():
        file.chmod(file_mode)
    data.chmod(directory_mode)
    return data


def modes(directory: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in (directory, *directory.iterdir())}


def readable(directory: Path) -> set[str]:
    """Return what people other than the owner may open in any way."""
    return {name for name, mode in modes(directory).items() if mode & 0o077}


@pytest.mark.parametrize("existing", [False, True], ids=["a new installation", "one of an earlier version"])
def test_a_running_bot_lets_no_other_user_read_its_files(tmp_path: Path, existing: bool) -> None:
    data = tmp_path / "data"
    if existing:
        installation(tmp_path, directory_mode=0o755, file_mode=0o644)
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"],
        cwd=ROOT,
        env={**os.environ, **SETTINGS, "DATA_DIR": str(data)},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        umask=0o022,
    )
    assert process.stderr is not None
    try:
        said: list[str] = []
        while not said or "Discord cannot be reached" not in said[-1]:
            said.append(process.stderr.readline())
            assert said[-1], said
        assert "otonari.sqlite3-wal" in modes(data)
        assert readable(data) == set()
    finally:
        process.kill()
        process.communicate()
    told = [line for line in said if "Other users could read" in line]
    assert len(told) == existing


def test_what_is_not_the_bot_s_keeps_its_modes(tmp_path: Path) -> None:
    data = installation(tmp_path, directory_mode=0o755, file_mode=0o644)
    theirs, ours_elsewhere = data / "index.html", tmp_path / "otonari.elsewhere"
    for file in (theirs, ours_elsewhere):
        file.touch()
        file.chmod(0o644)
    (data / "otonari.link").symlink_to(ours_elsewhere)
    make_private(data)
    assert theirs.stat().st_mode & 0o777 == 0o644
    assert ours_elsewhere.stat().st_mode & 0o777 == 0o644
    assert readable(data) - {"otonari.link"} == {"data", "index.html"}
    assert open_to_others(data) == []


@pytest.mark.parametrize(
    ("directory_mode", "file_mode", "found"),
    [(0o700, 0o600, False), (0o700, 0o640, True), (0o750, 0o600, True), (0o755, 0o644, True)],
)
def test_the_doctor_tells_what_others_can_read(
    tmp_path: Path, directory_mode: int, file_mode: int, found: bool
) -> None:
    data = installation(tmp_path, directory_mode=directory_mode, file_mode=file_mode)
    report = Report("en")
    check_disk(load_settings({**SETTINGS, "DATA_DIR": str(data)}, Path("/nonexistent")), report)
    warned = [finding for finding in report.findings if finding.name == "data_dir_privacy"]
    assert [finding.level for finding in warned] == ["warning"] * found
    assert all(f"chmod -R go-rwx {data}" in finding.cure for finding in warned)
