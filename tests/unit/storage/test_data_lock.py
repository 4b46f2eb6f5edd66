from __future__ import annotations

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


def test_a_directory_that_cannot_be_made_needs_no_lock(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    DataLock(tmp_path / "file" / "data").release()
