"""What the database tells about one person, and how it forgets them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import Database


@pytest.fixture
def used(database: Database) -> Database:
    """Two people who talked twice and played one song each."""
    for user in ("1", "2"):
        for hours in (1, 2):
            database.execute(
                "insert into conversation_logs (user_id, user_name, prompt, response, timestamp)"
                " values (%s, 'はる', 'q', 'a', now() - make_interval(hours => %s))",
                user, hours,
            )  # fmt: skip
        database.execute("insert into gemini_usage (user_id, model, total_tokens) values (%s, 'm', 5)", user)
        database.execute(
            "insert into music_logs (guild_id, song_title, requested_by, requested_by_id)"
            " values ('9', '夜', 'はる', %s)",
            user,
        )
    return database


def send_late(database: Database, user: str, hours: int) -> None:
    """Insert a question, its cost and a play as they were recorded ``hours`` ago."""
    at = f"now() - interval '{hours} hours'"
    database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response, timestamp)"
        f" values (%s, 'はる', 'late', 'a', {at})",
        user,
    )
    database.execute(f"insert into gemini_usage (user_id, model, timestamp) values (%s, 'm', {at})", user)
    database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)"
        f" values ('9', '夜', 'はる', %s, {at})",
        user,
    )


def summary(database: Database, user: str) -> dict[str, int]:
    return dict(database.execute("select table_name, entries from personal_data_summary(%s)", user))


def test_the_summary_counts_the_rows_of_one_person_and_says_since_when(used: Database) -> None:
    assert summary(used, "1") == {"conversation_logs": 2, "gemini_usage": 1, "music_logs": 1}
    since = "select now() - first_at from personal_data_summary('1') where table_name = 'conversation_logs'"
    [(age,)] = used.execute(since)
    assert age.total_seconds() == 2 * 3600


def test_an_export_holds_every_row_of_one_person_whole(used: Database) -> None:
    used.execute("insert into privacy_optouts (user_id) values ('1')")

    [(export,)] = used.execute("select personal_data('1')")

    assert {table: len(rows) for table, rows in export.items()} == {
        "conversation_logs": 2,
        "gemini_usage": 1,
        "music_logs": 1,
        "privacy_optouts": 1,
        "privacy_erasures": 0,
    }
    assert {row["user_id"] for row in export["conversation_logs"]} == {"1"}
    assert export["music_logs"][0]["song_title"] == "夜"


def test_erasing_takes_words_away_and_the_name_out_of_costs_and_plays(used: Database) -> None:
    assert dict(used.execute("select * from erase_personal_data('1')")) == {
        "conversation_logs": 2,
        "gemini_usage": 1,
        "music_logs": 1,
    }

    assert set(summary(used, "1").values()) == {0}
    assert summary(used, "2") == {"conversation_logs": 2, "gemini_usage": 1, "music_logs": 1}
    assert used.execute("select sum(total_tokens)::integer from gemini_usage") == [(10,)]
    assert used.execute("select song_title, count from popular_songs") == [("夜", 2)]
    assert set(dict(used.execute("select * from erase_personal_data('1')")).values()) == {0}


def test_rows_without_a_time_are_erased_too(used: Database) -> None:
    for table in ("conversation_logs", "music_logs"):
        used.execute(f"update {table} set timestamp = null")

    used.execute("select * from erase_personal_data('1', now() - interval '90 minutes')")

    assert summary(used, "1") == {"conversation_logs": 0, "gemini_usage": 1, "music_logs": 0}


def test_what_was_said_after_the_request_is_left_alone(used: Database) -> None:
    used.execute("select * from erase_personal_data('1', now() - interval '90 minutes')")

    assert summary(used, "1") == {"conversation_logs": 1, "gemini_usage": 1, "music_logs": 1}


def test_what_waited_on_another_machine_comes_in_without_words_and_name_after_an_erasure(
    used: Database,
) -> None:
    used.execute("select * from erase_personal_data('1')")
    used.execute("select * from erase_personal_data('1', now() - interval '1 year')")
    for user, hours in (("1", 3), ("1", -1), ("2", 3)):
        send_late(used, user, hours)

    assert summary(used, "1") == {"conversation_logs": 1, "gemini_usage": 1, "music_logs": 1}
    assert summary(used, "2") == {"conversation_logs": 3, "gemini_usage": 2, "music_logs": 2}
    nameless = "select requested_by, requested_by_id, count(*) from music_logs group by 1, 2 order by 3"
    assert used.execute(nameless)[-1] == ("はる", "2", 2)
    assert used.execute("select count(*) from music_logs where requested_by_id = '0'") == [(2,)]
    assert used.execute("select count(*) from gemini_usage where user_id = '0'") == [(2,)]


def test_what_a_bot_sends_that_has_not_heard_of_a_refusal_comes_in_without_words(used: Database) -> None:
    used.execute(
        "insert into privacy_optouts (user_id, opted_out_at) values ('1', now() - interval '1 hour')"
    )
    for hours in (3, 0):
        send_late(used, "1", hours)

    assert summary(used, "1") == {"conversation_logs": 3, "gemini_usage": 2, "music_logs": 3}
    assert used.execute("select count(*) from gemini_usage where user_id = '0'") == [(1,)]


def test_what_is_being_sent_during_an_erasure_is_erased_too(own_database: Database) -> None:
    eraser = Database(own_database.server, own_database.name)
    [(pid,)] = eraser.execute("select pg_backend_pid()")
    waiting = "select 1 from pg_stat_activity where pid = %s and wait_event_type = 'Lock'"
    with ThreadPoolExecutor() as pool:
        with own_database.connection.transaction():
            send_late(own_database, "1", 1)
            erasing = pool.submit(eraser.execute, "select * from erase_personal_data('1')")
            watcher = Database(own_database.server, own_database.name)
            while not watcher.execute(waiting, pid):
                assert not erasing.done()
            watcher.connection.close()
        assert dict(erasing.result()) == {"conversation_logs": 1, "gemini_usage": 1, "music_logs": 1}
    eraser.connection.close()


def test_the_size_of_the_database_is_told(used: Database) -> None:
    with used.acting("service_role") as execute:
        [(size,)] = execute("select database_bytes()")

    assert size > 2**20
