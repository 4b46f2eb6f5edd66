from __future__ import annotations

import asyncio
import contextlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.storage.database import connect
from bot.storage.state import State

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[3]


async def test_what_is_put_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "data" / "x.sqlite3"
    state = State(path)
    assert state.get("key") is None
    await state.put("key", {"digest": "あ", "n": [1, None]})
    await state.put("other", 1)
    await state.put("other", 2)
    again = State(path)
    assert again.get("key") == {"digest": "あ", "n": [1, None]}
    assert again.get("other") == 2


async def test_what_is_deleted_stays_deleted(tmp_path: Path) -> None:
    state = State(tmp_path / "x.sqlite3")
    await state.put("key", 1)
    await state.delete("key")
    await state.delete("never there")
    assert state.get("key") is None
    assert State(tmp_path / "x.sqlite3").get("key") is None


async def test_a_value_can_be_read_before_it_is_on_disk(tmp_path: Path) -> None:
    state = State(tmp_path / "x.sqlite3")
    writes = [asyncio.ensure_future(state.put("key", n)) for n in range(20)]
    await asyncio.sleep(0)
    assert state.get("key") == 19
    await asyncio.gather(*writes)
    await state.close()
    assert State(tmp_path / "x.sqlite3").get("key") == 19


async def test_an_unusable_disk_costs_durability_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").touch()
    state = State(tmp_path / "data" / "x.sqlite3")
    await state.put("key", 1)
    assert state.get("key") == 1
    assert len(caplog.records) == 2


async def test_a_corrupted_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(b"not a database, certainly not" * 500)
    state = State(path)
    await state.put("key", 1)
    assert State(path).get("key") == 1
    assert list(tmp_path.glob("x.sqlite3.corrupt-*"))  # noqa: ASYNC240


async def test_a_file_that_was_replaced_gets_everything_again(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    state = State(path)
    await state.put("old", 1)
    for each in tmp_path.iterdir():  # noqa: ASYNC240
        each.unlink()
    await state.put("new", 2)
    again = State(path)
    assert (again.get("old"), again.get("new")) == (1, 2)


async def test_a_file_that_lost_some_keys_gets_them_again(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    state = State(path)
    await state.put("kept", 1)
    await state.put("lost", 2)
    with contextlib.closing(connect(path)) as connection:
        connection.execute("DELETE FROM state WHERE key = 'lost'")
    await state.put("new", 3)
    again = State(path)
    assert [again.get(key) for key in ("kept", "lost", "new")] == [1, 2, 3]


async def test_a_file_that_is_lost_after_the_last_change_is_whole_again_after_closing(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    state = State(path)
    await state.put("old", 1)
    for each in tmp_path.iterdir():  # noqa: ASYNC240
        each.unlink()
    await state.close()
    assert State(path).get("old") == 1


async def test_a_file_that_is_corrupted_while_running_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    state = State(path)
    await state.put("old", 1)
    for each in tmp_path.iterdir():  # noqa: ASYNC240
        each.unlink()
    path.write_bytes(b"not a database, certainly not" * 500)
    await state.put("new", 2)
    again = State(path)
    assert (again.get("old"), again.get("new")) == (1, 2)
    assert list(tmp_path.glob("x.sqlite3.corrupt-*"))  # noqa: ASYNC240


def test_the_bot_makes_one_state_and_hands_it_in() -> None:
    makers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "bot").rglob("*.py")
        if re.search(r"\bState\(", path.read_text(encoding="utf-8")) and path.name != "state.py"
    ]
    assert makers == ["bot/main.py"]
