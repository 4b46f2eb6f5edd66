"""A function that runs for long ties up a connection: each has a time limit, which PostgREST applies.

https://docs.postgrest.org/en/stable/references/transactions.html#function-settings
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg import errors

from .conftest import STRANGER

if TYPE_CHECKING:
    from tests.support.project_database import Database

LIMITS = """
select proname, coalesce((
  select substring(setting from '=(.*)')::interval from unnest(proconfig) as setting
  where setting like 'statement_timeout=%'
), 'infinity')
from pg_proc
where pronamespace = 'public'::regnamespace and has_function_privilege('authenticated', oid, 'execute')
"""


def test_everything_that_a_visitor_may_call_has_one(database: Database) -> None:
    unlimited = database.execute(
        f"select proname from ({LIMITS}) as limits (proname, most) where most > '8s'"
    )

    assert unlimited == []


def test_it_ends_a_question_under_the_visitors_role(own_database: Database) -> None:
    # As PostgREST does: the setting of the function for the transaction, then the call. Only shorter.
    own_database.execute("alter function network_gaps set statement_timeout = '50ms'")
    own_database.execute(
        "insert into network_stats"
        " (recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)"
        " select now() - n * interval '1 minute', 1, 2, 3, 0, 0, 0 from generate_series(1, 60000) as n"
    )
    [(limit,)] = own_database.execute(
        "select substring(setting from '=(.*)') from pg_proc, unnest(proconfig) as setting"
        " where proname = 'network_gaps' and pronamespace = 'public'::regnamespace"
        " and setting like 'statement_timeout=%%'"
    )
    with own_database.acting("authenticated", STRANGER) as execute:
        execute(f"set local statement_timeout = '{limit}'")
        with pytest.raises(errors.QueryCanceled):
            execute(
                "select count(*) from generate_series(1, 1000000) as n, network_gaps('-infinity', 'infinity')"
            )
