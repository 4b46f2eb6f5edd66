"""Attack: words that somebody had erased are read from the files under DATA_DIR, also after a kill."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.erasing_bot import HARU, STEPS, YUKI

ROOT = Path(__file__).parents[2]


def start(data: Path, step: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.support.erasing_bot", str(data), step]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def run_until(data: Path, step: str) -> None:
    """Run the process up to one step, and kill it there."""
    process = start(data, step)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == f"{step}\n"
    finally:
        process.kill()
        process.communicate()


def files_with(person: int, data: Path) -> list[str]:
    """Return the files in which something that this person said, or was called, can be read."""
    texts = [f"of {person} 言葉"]
    forms = [
        form
        for text in texts
        for form in (text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"))
    ]
    found = {path.name: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    return [name for name, content in found.items() if any(form in content for form in forms)]


@pytest.mark.parametrize("step", STEPS)
def test_what_was_erased_is_in_no_file_wherever_the_process_was_killed(tmp_path: Path, step: str) -> None:
    data = tmp_path / "data"
    run_until(data, step)
    if step != "done":
        assert files_with(HARU, data), "the attack would find nothing even so"
        restarted = start(data, "restart")
        restarted.communicate()
        assert restarted.returncode == 0
    assert files_with(HARU, data) == []
    assert files_with(YUKI, data) != []
    with closing(sqlite3.connect(data / "otonari.sqlite3")) as database:
        waiting = "select count(*) from spool where json_extract(payload, '$.prompt') like '%of ' || ? || '%'"
        assert database.execute(waiting, (str(YUKI),)).fetchone() == (30,)
        assert database.execute(waiting, (str(HARU),)).fetchone() == (0,)
        favourites = "select count(*) from collections where owner = ?"
        assert database.execute(favourites, (f"user {YUKI}",)).fetchone() == (1,)
