"""Time tells what an index has found for a stranger's question, although its rows are not shown.

Counted in rows and blocks that PostgreSQL touches, not in seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import ADMIN, NOBODY, STRANGER, VICTIM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.project_database import Database

QUESTIONS = (
    "select 1 from conversation_logs where user_id = '{id}'",
    "select * from conversation_logs where user_id = '{id}' order by timestamp desc limit 50",
    "select 1 from conversation_logs where user_id >= '{id}' and user_id <= '{id}'",
    "select 1 from conversation_logs where user_id in ('{id}', '1')",
    "select 1 from gemini_usage where user_id = '{id}'",
    "select 1 from music_logs where requested_by_id = '{id}'",
    "select 1 from music_logs where guild_id = '10' and requested_by_id = '{id}'",
)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def touched(execute: Callable[..., list[tuple[object, ...]]], query: str) -> tuple[int, int]:
    """Return how many rows were looked at, and how many blocks of the tables and indexes that are scanned."""
    [(plan,)] = execute(f"explain (analyze, buffers, timing off, format json) {query}")
    assert isinstance(plan, list)
    scans = [node for node in nodes(plan[0]["Plan"]) if node["Node Type"].endswith("Scan")]
    assert scans
    rows = sum(
        node["Actual Rows"]
        + node.get("Rows Removed by Filter", 0)
        + node.get("Rows Removed by Index Recheck", 0)
        for node in scans
    )
    return int(rows), sum(node["Shared Hit Blocks"] + node["Shared Read Blocks"] for node in scans)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_stranger_makes_the_database_look_at_no_row(project: Database, question: str) -> None:
    with project.acting("authenticated", STRANGER) as execute:
        execute(question.format(id=VICTIM))  # the catalogue is read once
        of_victim = touched(execute, question.format(id=VICTIM))
        of_nobody = touched(execute, question.format(id=NOBODY))
    assert of_victim[0] == of_nobody[0] == 0
    assert abs(of_victim[1] - of_nobody[1]) <= 2  # from the root of an index to another leaf of it


def test_the_same_question_of_an_admin_is_answered_by_the_index(project: Database) -> None:
    with project.acting("authenticated", ADMIN) as execute:
        rows, _ = touched(execute, QUESTIONS[0].format(id=VICTIM))
    assert rows == 3000
