"""The analysis and clean-up statements of the seeds, and the views that stand for them in the REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import seeds

if TYPE_CHECKING:
    from .conftest import Database


@pytest.fixture
def used(database: Database) -> Database:
    """A bot that has been running for a while."""
    database.execute("""
        insert into system_stats (cpu_usage, timestamp) values
          (10, now()), (20, now() - interval '23 hours'), (90, now() - interval '25 hours');
        insert into conversation_logs (user_id, user_name, prompt, response, timestamp) values
          ('1', 'はる', 'a', 'b', now()), ('1', 'はる', 'a', 'b', now() - interval '6 days'),
          ('2', 'ユキ', 'a', 'b', now()), ('2', 'ユキ', 'a', 'b', now() - interval '8 days');
        insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp) values
          ('10', '夜に駆ける', 'はる', '1', now()), ('10', '夜に駆ける', 'ユキ', '2', now()),
          ('20', 'アイドル', 'はる', '1', now() - interval '29 days'),
          ('20', 'アイドル', 'はる', '1', now() - interval '31 days'),
          ('20', 'アイドル', 'はる', '1', now() - interval '31 days');
    """)
    return database


@pytest.mark.parametrize(
    ("view", "columns", "order"),
    [
        ("average_cpu_24h", "avg_cpu", "avg_cpu"),
        ("most_active_users_7d", "user_name, conversation_count", "conversation_count desc limit 10"),
        ("plays_per_guild_30d", "guild_id, play_count", "play_count desc"),
    ],
)
def test_a_view_gives_what_the_seeds_statement_gives(
    used: Database, view: str, columns: str, order: str
) -> None:
    stated = used.execute(seeds.ANALYSIS[view])

    assert stated == used.execute(f"select {columns} from {view} order by {order}")
    assert (
        stated
        == {
            "average_cpu_24h": [(15.0,)],
            "most_active_users_7d": [("はる", 2), ("ユキ", 1)],
            "plays_per_guild_30d": [("10", 2), ("20", 1)],
        }[view]
    )


def test_popular_songs_are_ranked_by_their_plays(used: Database) -> None:
    ranking = used.execute("select song_title, count from popular_songs order by count desc")

    assert ranking == [("アイドル", 3), ("夜に駆ける", 2)]


def test_the_count_of_a_song_is_a_column_and_not_the_aggregate(used: Database) -> None:
    # PostgREST writes the columns of `select` out like this; without a column of that name PostgreSQL
    # would take it for the function: https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-USAGE
    ranking = used.execute('select "public"."popular_songs"."count" from "public"."popular_songs" order by 1')

    assert ranking == [(2,), (3,)]


def test_two_people_of_the_same_name_are_two(used: Database) -> None:
    used.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response) values ('3', 'はる', 'a', 'b')"
    )
    used.execute(
        "update conversation_logs set user_name = 'Yuki'"
        " where user_id = '2' and timestamp > now() - interval '1 day'"
    )

    assert used.execute("select * from most_active_users_7d order by user_id") == [
        ("1", "はる", 2),
        ("2", "Yuki", 1),
        ("3", "はる", 1),
    ]


def test_the_seeds_clean_up_leaves_totals_alone(used: Database) -> None:
    used.execute("""
        insert into network_stats
          (bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at)
        values (1, 2, 3, 0, 0, 0, now()), (10, 20, 30, 0, 0, 0, now() - interval '31 days')
    """)

    used.execute(seeds.CLEAN_UP)

    assert used.execute("select (select count(*) from network_stats), bytes_total from network_totals()") == [
        (1, 33)
    ]
