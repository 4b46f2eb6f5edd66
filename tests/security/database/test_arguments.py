"""Absurd arguments, such as a gap of less than no time, made functions read and answer without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from tests.integration.schema.test_access import AUTHENTICATED, FUNCTIONS

from .conftest import ADMIN, STRANGER

if TYPE_CHECKING:
    from tests.support.project_database import Database

PEOPLE = {
    "stranger": ("authenticated", STRANGER),
    "admin": ("authenticated", ADMIN),
    "bot": ("service_role", None),
}
TIMES = ("null", "'-infinity'", "'infinity'", "'4713-01-01 BC'", "'0044-03-15 BC'", "'294276-12-31'", "now()")
NUMBERS = ("null", "-2147483648", "-1", "0", "2147483647")
INTERVALS = (
    "null",
    "'-1 year'",
    "'0'",
    "'1 microsecond'",
    "'178000000 years'",
    "'-178000000 years'",
    "'1 month -1000 hours'",
)
OTHERS = ("null", "''", "repeat('夜', 100000)")
OF_TYPE = {
    "timestamp with time zone": TIMES,
    "integer": NUMBERS,
    "interval": INTERVALS,
    "text": OTHERS,
    "uuid": ("null",),
}
MOST_ROWS = 10_000
PARAMETERS = """
select coalesce(array_agg(array[name, format_type(kind, null)] order by place), '{}')
from pg_proc,
  unnest(proargtypes::oid[], proargnames[:pronargs]) with ordinality as parameter (kind, name, place)
where oid = %s::regproc
"""
SAMPLES = """
insert into network_stats
  (bot_id, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select 'bot-' || bot, now() - n * interval '1 minute' - bot * interval '1 second', 1, 2, 3, 0, 0, 0
from generate_series(1, 4000) as n, generate_series(1, 4) as bot
"""


@pytest.fixture(scope="module")
def sampled(project: Database) -> Database:
    """More than ten thousand gaps: a sample every minute covers ten seconds of it."""
    project.execute(SAMPLES)
    return project


def hostile_calls(database: Database, name: str) -> list[str]:
    """Each argument in turn is each of its type's absurd values, alone and with all others absurd as well."""
    [(parameters,)] = database.execute(PARAMETERS, f"public.{name}")
    assert isinstance(parameters, list)
    calls = [f"{name}({parameter} => {value})" for parameter, kind in parameters for value in OF_TYPE[kind]]
    for n in range(max((len(OF_TYPE[kind]) for _, kind in parameters), default=0)):
        given = ", ".join(
            f"{parameter} => {OF_TYPE[kind][n % len(OF_TYPE[kind])]}" for parameter, kind in parameters
        )
        calls.append(f"{name}({given})")
    return calls


FOR_READERS = [name.partition("(")[0] for name, allowed in FUNCTIONS.items() if AUTHENTICATED in allowed]
NEEDED = {"graph_step": "p_from => now(), p_to => now(), "}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("name", FOR_READERS)
def test_every_answer_is_bounded_and_none_is_an_error(sampled: Database, name: str, person: str) -> None:
    for call in hostile_calls(sampled, name):
        with sampled.acting(*PEOPLE[person]) as execute:
            execute("set local statement_timeout = '60s'")
            try:
                [(rows,)] = execute(f"select count(*) from {call}")
            except errors.UndefinedFunction:  # one that cannot do without the others
                assert name in NEEDED
                continue
        assert isinstance(rows, int)
        assert rows <= MOST_ROWS, call


@pytest.mark.parametrize("longer", INTERVALS)
def test_no_gap_is_shorter_than_half_a_minute(sampled: Database, longer: str) -> None:
    with sampled.acting("authenticated", STRANGER) as execute:
        [(shortest,)] = execute(
            "select extract(epoch from min(gap_to - gap_from))::float from"
            f" network_gaps('-infinity', 'infinity', null, {longer})"
        )
    assert shortest is None or (isinstance(shortest, float) and shortest > 30)


def test_dates_before_christ_are_the_beginning_of_all_time(sampled: Database) -> None:
    with sampled.acting("authenticated", STRANGER) as execute:
        for function in ("network_totals", "network_coverage", "network_gaps", "system_points"):
            ancient = execute(f"select * from {function}('4713-01-01 BC', '2099-01-01')")
            assert ancient == execute(f"select * from {function}('2015-01-01', '2099-01-01')")


def test_a_graph_and_a_report_of_all_of_history_stay_small(sampled: Database) -> None:
    with sampled.acting("authenticated", STRANGER) as execute:
        [(points, gaps)] = execute(
            "select jsonb_array_length(report -> 'points'), jsonb_array_length(report -> 'gaps')"
            " from network_report('-infinity', 'infinity', null, 2147483647, 2147483647) as report"
        )
    assert isinstance(points, int)
    assert points <= 500
    assert gaps == 100
