"""Realtime tells of a deletion to whoever asks: the row's id, and with the id when it was written.

https://supabase.com/docs/guides/realtime/postgres-changes#delete-events-are-not-filterable
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.project_database import SCHEMA
from tests.support.released_schemas import RELEASED

if TYPE_CHECKING:
    from tests.support.project_database import Database

PUBLISHED = """
select pubinsert, pubupdate, pubdelete, pubtruncate from pg_publication where pubname = 'supabase_realtime'
"""
INSERTS_ONLY = [(True, False, False, False)]
EVERYTHING = [(True, True, True, True)]
PROBLEMS = "select telemetry_health() -> 'problems'"
TOLD = [([{"object": "supabase_realtime", "problem": "deletions_published", "detail": None}],)]
ORDERS = "create table orders (id uuid primary key); alter publication supabase_realtime add table orders"
SHOP = """
create schema shop;
create table shop.music_logs (id uuid primary key);
alter publication supabase_realtime add table shop.music_logs;
"""


def test_only_insertions_are_published(database: Database) -> None:
    assert database.execute(PUBLISHED) == INSERTS_ONLY
    assert database.execute(PROBLEMS) == [([],)]


@pytest.mark.parametrize("released", RELEASED)
def test_an_update_of_the_schema_closes_it_in_an_older_database(empty: Database, released: str) -> None:
    empty.execute(RELEASED[released])
    assert empty.execute(PUBLISHED) == EVERYTHING

    empty.execute(SCHEMA)

    assert empty.execute(PUBLISHED) == INSERTS_ONLY


@pytest.mark.parametrize("others", [ORDERS, SHOP])
def test_a_publication_with_others_tables_is_left_alone_and_told_of(empty: Database, others: str) -> None:
    empty.execute(others)

    empty.execute(SCHEMA)

    assert empty.execute(PUBLISHED) == EVERYTHING
    with empty.acting("service_role") as execute:
        assert execute(PROBLEMS) == TOLD


def test_what_an_owner_has_switched_on_for_others_afterwards_stays(own_database: Database) -> None:
    own_database.execute(ORDERS)
    own_database.execute("alter publication supabase_realtime set (publish = 'insert, update, delete')")

    own_database.execute(SCHEMA)

    assert own_database.execute(PUBLISHED) == [(True, True, True, False)]


def test_a_table_of_ours_that_was_published_by_hand_is_none_of_others(own_database: Database) -> None:
    own_database.execute("alter publication supabase_realtime add table privacy_optouts")
    own_database.execute("alter publication supabase_realtime set (publish = 'insert, update, delete')")

    own_database.execute(SCHEMA)

    assert own_database.execute(PUBLISHED) == INSERTS_ONLY


def test_a_row_keeps_an_identity_so_that_deleting_it_never_fails(database: Database) -> None:
    nothing = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind = 'r' and relreplident <> 'd'"
    )

    assert database.execute(nothing) == []
