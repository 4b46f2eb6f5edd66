"""Strangers read who listened to what: any account that signed up read names and ids in music_logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.schema import seeds
from tests.integration.schema.test_access import AUTHENTICATED, FUNCTIONS, INSERTS, VIEWS

from .conftest import ADMIN, NAME, SOMEBODY, STRANGER, VICTIM

if TYPE_CHECKING:
    from tests.support.project_database import Database

SEEDS = (
    *seeds.ANALYSIS.values(),
    "select * from system_stats order by timestamp desc limit 10",
    "select timestamp, cpu_usage, ram_usage, server_count from system_stats order by timestamp",
    "select * from conversation_logs order by timestamp desc limit 50",
    "select * from music_logs where guild_id = '10' order by timestamp desc limit 20",
    "select song_title, count from popular_songs order by count desc limit 10",
    "select * from network_stats order by recorded_at desc limit 100",
    "select mb_sent, mb_recv, mb_total from network_stats order by recorded_at",
)
FIGURES = (
    "select * from popular_songs order by song_title",
    "select * from plays_per_guild_30d",
    "select * from top_songs(now() - interval '1 day')",
    "select * from top_guilds()",
    "select plays from activity('-infinity', 'infinity')",
    "select id, bot_id, guild_id, song_title, timestamp from play_history(p_limit => 1000)",
)


def test_a_stranger_finds_nobody_in_anything_that_can_be_read_or_called(project: Database) -> None:
    readable = [*INSERTS, *VIEWS, *(name for name, allowed in FUNCTIONS.items() if AUTHENTICATED in allowed)]
    for relation in readable:
        with project.acting("authenticated", STRANGER) as execute:
            rows = execute(f"select to_jsonb(read) from {relation} as read")
        told = json.dumps(rows, default=str, ensure_ascii=False)
        assert [who for who in (VICTIM, SOMEBODY, NAME) if who in told] == [], relation


def test_a_stranger_gets_no_row_of_music_and_no_error(project: Database) -> None:
    with project.acting("authenticated", STRANGER) as execute:
        assert execute("select * from music_logs") == []
        assert execute("select count(*) from music_logs") == [(0,)]
        assert execute("select * from top_listeners()") == []


@pytest.mark.parametrize("figures", FIGURES)
def test_titles_servers_and_counts_are_the_same_for_everybody(project: Database, figures: str) -> None:
    with project.acting("authenticated", STRANGER) as execute:
        strangers = execute(figures)
    with project.acting("authenticated", ADMIN) as execute:
        assert strangers == execute(figures)
    assert strangers


def test_the_history_is_read_page_by_page_without_a_gap(project: Database) -> None:
    page, seen = (
        "select id, timestamp from play_history(p_before => %s, p_before_id => %s, p_limit => 999)",
        [],
    )
    with project.acting("authenticated", STRANGER) as execute:
        before: tuple[object, object] = (None, None)
        while rows := execute(page, *before):
            seen += [row[0] for row in rows]
            before = (rows[-1][1], rows[-1][0])
    assert len(seen) == len(set(seen)) == 3040


@pytest.mark.parametrize("query", SEEDS)
def test_every_query_of_the_seeds_works_for_an_admin_and_is_no_error_for_a_stranger(
    project: Database, query: str
) -> None:
    with project.acting("authenticated", ADMIN) as execute:
        assert execute(query)
    with project.acting("authenticated", STRANGER) as execute:
        execute(query)


def test_an_admin_reads_every_play_with_its_name_also_one_without_a_time(own_database: Database) -> None:
    own_database.execute("insert into auth.users (id) values (%s)", ADMIN)
    own_database.execute("insert into dashboard_admins (user_id) values (%s)", ADMIN)
    own_database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)"
        " values ('1', '夜', %s, '1', now()), ('1', '夜', %s, '1', null)",
        NAME,
        NAME,
    )
    with own_database.acting("authenticated", ADMIN) as execute:
        assert execute("select requested_by from music_logs") == [(NAME,), (NAME,)]
        assert execute("select requested_by_id, requested_by, play_count from top_listeners()") == [
            ("1", NAME, 2)
        ]
