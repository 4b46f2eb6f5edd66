"""How many messages have buttons that work."""

from __future__ import annotations

import gc
from weakref import WeakValueDictionary

import pytest

from bot import reporting_view
from bot.reporting_view import ReportingView


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting_view, "_timed", WeakValueDictionary())  # without those of earlier tests
    monkeypatch.setattr(reporting_view, "MOST", 3)


async def test_where_there_are_too_many_the_oldest_end_early() -> None:
    views = [ReportingView(timeout=60.0) for _ in range(5)]

    assert [view.is_finished() for view in views] == [True, True, False, False, False]


async def test_those_that_are_there_for_good_neither_count_nor_end() -> None:
    lasting = ReportingView(timeout=None)
    views = [ReportingView(timeout=60.0) for _ in range(3)]

    assert not any(view.is_finished() for view in (lasting, *views))


async def test_those_whose_time_is_over_make_room() -> None:
    views = [ReportingView(timeout=60.0) for _ in range(3)]
    del views[:2]
    gc.collect()

    views += [ReportingView(timeout=60.0) for _ in range(2)]

    assert not any(view.is_finished() for view in views)
