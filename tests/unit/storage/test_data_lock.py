from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot.config import ConfigError
from bot.storage.data_lock import DataLock

if TYPE_CHECKING:
    from pathlib import Path


def test_a_second_holder_is_told_whose_directory_it_is(tmp_path: Path) -> None:
    held = DataLock(tmp_path / "data")
    with pytest.raises(ConfigError, match="DATA_DIR: another Otonari is running"):
        DataLock(tmp_path / "data")
    held.release()
    DataLock(tmp_path / "data").release()


def test_another_process_is_refused_until_the_holder_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from bot.storage.data_lock import DataLock;"
        f" DataLock(pathlib.Path({str(tmp_path)!r})); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(ConfigError):
            DataLock(tmp_path)
        process.kill()
    DataLock(tmp_path).release()


def test_a_directory_that_cannot_be_made_needs_no_lock(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    DataLock(tmp_path / "file" / "data").release()
