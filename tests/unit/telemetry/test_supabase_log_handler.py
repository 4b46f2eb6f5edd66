from __future__ import annotations

import importlib
import logging
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import grimp
import pytest

from bot.redaction import redactor
from bot.telemetry.supabase_log_handler import ROWS_PER_MINUTE, SupabaseLogHandler
from bot.telemetry.tables import BOT_LOGS, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


ROOMS = ("bot.telemetry.", "bot.storage.")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Rows(list[dict[str, object]]):
    def record(self, table: Table, row: Mapping[str, object]) -> None:
        assert table is BOT_LOGS
        assert set(row) <= set(BOT_LOGS.columns)
        self.append(dict(row))


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@contextmanager
def handled_by(
    record: Callable[[Table, Mapping[str, object]], None], log: logging.Logger, clock: Clock
) -> Iterator[None]:
    handler = SupabaseLogHandler(
        "WARNING", bot_id="b", record=record, redact=redactor(["s3cret-token"]), monotonic=clock
    )
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


@pytest.fixture
def log(rows: Rows, clock: Clock) -> Iterator[logging.Logger]:
    with handled_by(rows.record, logging.getLogger(), clock):
        yield logging.getLogger("bot.something")


def test_a_warning_becomes_a_row_and_an_info_line_does_not(log: logging.Logger, rows: Rows) -> None:
    log.info("nothing to see")
    log.warning("%s of %s", 1, 2, extra={"error_id": "abc"})
    assert rows == [
        {
            "bot_id": "b",
            "level": "WARNING",
            "logger": "bot.something",
            "message": "1 of 2",
            "error_id": "abc",
            "traceback": None,
        }
    ]


def test_the_traceback_is_kept_and_secrets_are_not(log: logging.Logger, rows: Rows) -> None:
    try:
        raise ValueError("refused s3cret-token")
    except ValueError:
        log.exception("while using s3cret-token")
    assert rows[0]["message"] == "while using ***"
    text = str(rows[0]["traceback"])
    assert text.startswith("Traceback (most recent call last)")
    assert text.endswith("ValueError: refused ***\n")


def test_long_texts_are_cut_and_a_traceback_keeps_its_end(log: logging.Logger, rows: Rows) -> None:
    def deep(n: int) -> None:
        if n == 0:
            raise ValueError("y" * 9_000 + "the end")
        deep(n - 1)

    try:
        deep(50)
    except ValueError:
        log.exception("x" * 10_000)
    assert len(str(rows[0]["message"])) == 2_000
    assert len(str(rows[0]["traceback"])) == 8_000
    assert str(rows[0]["traceback"]).endswith("the end\n")


def loggers_on_the_way() -> list[str]:
    """Return the names of the loggers of every module that recording and sending a row goes through."""
    graph = grimp.build_graph("bot", cache_dir=None, exclude_type_checking_imports=True)
    way = {"bot.telemetry.outbox", "bot.telemetry.delivery", "bot.telemetry.supabase_api"}
    way = way.union(*map(graph.find_upstream_modules, way))
    modules = [importlib.import_module(name) for name in sorted(way) if name.startswith(ROOMS)]
    return [module.log.name for module in modules if hasattr(module, "log")]


@pytest.mark.parametrize("name", [*loggers_on_the_way(), "httpx", "httpcore.http11"])
def test_what_the_sending_itself_says_is_not_sent(name: str, log: logging.Logger, rows: Rows) -> None:
    logging.getLogger(name).error("Supabase is down")
    assert rows == []


def test_a_repeated_message_is_counted_and_told_with_a_later_one(
    log: logging.Logger, rows: Rows, clock: Clock
) -> None:
    for _ in range(1_000):
        log.warning("the same")
    assert len(rows) == 1
    clock.now += 61
    log.warning("the same")
    assert rows[1]["message"] == "the same [and 999 repeated or further lines before]"


def test_a_flood_is_bounded(log: logging.Logger, rows: Rows, clock: Clock) -> None:
    for n in range(1_000):
        log.warning("number %s", n)
    assert len(rows) == ROWS_PER_MINUTE
    clock.now += 61
    log.warning("after")
    assert rows[-1]["message"] == f"after [and {1_000 - ROWS_PER_MINUTE} repeated or further lines before]"


def test_a_message_that_cannot_be_formatted_raises_nothing(
    log: logging.Logger, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    record = log.makeRecord("bot.x", logging.ERROR, "f", 1, "%d", ("not a number",), None)
    handler = SupabaseLogHandler("WARNING", bot_id="b", record=rows.record, redact=redactor([]))
    handler.handle(record)
    assert rows == []
    log.error("fine")
    assert rows[0]["message"] == "fine"


def test_any_thread_may_log(log: logging.Logger, rows: Rows) -> None:
    threads = [threading.Thread(target=log.error, args=("thread %s", n)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(row["message"]) for row in rows) == sorted(f"thread {n}" for n in range(20))


def test_a_thread_may_log_while_another_is_in_the_middle_of_recording(clock: Clock) -> None:
    log = logging.getLogger("bot.something")
    rows = Rows()
    other = threading.Thread(target=log.error, args=["the other"], daemon=True)

    def record(table: Table, row: Mapping[str, object]) -> None:
        if row["message"] == "the first":
            other.start()
            other.join(timeout=60)
        rows.record(table, row)

    with handled_by(record, log, clock):
        log.error("the first")
    assert [row["message"] for row in rows] == ["the other", "the first"]


def test_recording_that_logs_does_not_recurse_for_ever(clock: Clock) -> None:
    log = logging.getLogger("bot.something")
    rows = Rows()

    def record(table: Table, row: Mapping[str, object]) -> None:
        log.error("from inside")
        rows.record(table, row)

    with handled_by(record, log, clock):
        log.error("outside")
    assert [row["message"] for row in rows] == ["from inside", "outside"]


def test_a_record_without_an_exception_in_flight_has_no_traceback(log: logging.Logger, rows: Rows) -> None:
    assert sys.exc_info()[0] is None
    log.error("x", exc_info=True)  # noqa: LOG014 - libraries do it
    assert rows[0]["traceback"] is None
