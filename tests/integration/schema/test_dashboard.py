"""What the dashboard asks of the database: few points for any period, gaps, rankings, search."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from .test_access import ADMIN, STRANGER

if TYPE_CHECKING:
    from .conftest import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def sample(database: Database, first: datetime, count: int, *, bot: str = "primary") -> None:
    """Insert ``count`` traffic samples, ten seconds apart, of 100 bytes out and 300 in."""
    database.execute(
        """insert into network_stats
             (bot_id, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
           select %s, %s::timestamptz + i * interval '10 seconds', 100, 300, 400, 0, 0, 0
           from generate_series(0, %s - 1) as i""",
        bot, first, count,
    )  # fmt: skip


def health(database: Database, at: datetime, cpu: float | None, *, bot: str = "primary") -> None:
    database.execute(
        "insert into system_stats (bot_id, timestamp, cpu_usage, ping_lavalink) values (%s, %s, %s, null)",
        bot, at, cpu,
    )  # fmt: skip


def play(database: Database, song: str, *, by: str = "はる", by_id: str = "1", guild: str = "10") -> None:
    database.execute(
        "insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)"
        " values (%s, %s, %s, %s, clock_timestamp())",
        guild, song, by, by_id,
    )  # fmt: skip


@pytest.mark.parametrize(
    "period", [MINUTE, timedelta(hours=1), DAY, 7 * DAY, 30 * DAY, 365 * DAY, 3650 * DAY]
)
@pytest.mark.parametrize("points", [1, 2, 100, 500, 100_000, None])
def test_a_graph_never_has_more_points_than_asked_for_or_500(
    database: Database, period: timedelta, points: int | None
) -> None:
    [(step,)] = database.execute("select graph_step(%s, %s, %s)", NOON, NOON + period, points)

    assert isinstance(step, timedelta)
    assert step >= 10 * SECOND
    assert period / step + 1 <= max(2, min(points or 500, 500))


def test_an_hour_of_samples_is_shown_one_by_one(database: Database) -> None:
    sample(database, NOON, 360)

    points = database.execute("select * from network_points(%s, %s)", NOON, NOON + 60 * MINUTE)

    assert len(points) == 360
    assert points[0] == (NOON, 100, 300, 10.0, 1)


@pytest.mark.parametrize("days", [1, 3, 7, 30])
def test_the_points_of_a_long_period_add_up_to_its_samples(database: Database, days: int) -> None:
    sample(database, NOON, 8640)
    sample(database, NOON, 10, bot="second")

    points = database.execute(
        "select sum(bytes_sent), sum(bytes_recv), sum(seconds_covered), sum(samples), count(*) <= 500"
        " from network_points(%s, %s, 'primary')",
        NOON + DAY - days * DAY, NOON + DAY,
    )  # fmt: skip

    assert points == [(864_000, 2_592_000, 86_400.0, 8640, True)]


@pytest.mark.parametrize("period", [timedelta(hours=1), 7 * DAY])
def test_the_rates_of_two_bots_add_up(database: Database, period: timedelta) -> None:
    sample(database, NOON, 90)
    sample(database, NOON, 90, bot="second")

    points = database.execute(
        "select sum(bytes_sent) / sum(seconds_covered), sum(samples) from network_points(%s, %s)",
        NOON, NOON + period,
    )  # fmt: skip

    assert points == [(20.0, 180)]


def test_the_points_of_all_time_begin_with_the_first_sample(database: Database) -> None:
    assert database.execute("select * from network_points()") == []
    sample(database, NOON, 3)
    sample(database, NOON - 700 * DAY, 3)

    assert database.execute("select sum(samples), count(*) from network_points()") == [(6, 2)]


def test_system_points_are_averages_and_leave_out_what_was_not_measured(database: Database) -> None:
    for place, cpu in enumerate([10, 30, None]):
        health(database, NOON + place * 10 * SECOND, cpu)
    health(database, NOON, 99, bot="second")

    [point] = database.execute(
        "select at, cpu_usage, ping_lavalink, samples from system_points(%s, %s, 'primary')",
        NOON, NOON + 7 * DAY,
    )  # fmt: skip

    assert point == (NOON, 20.0, None, 3)


def gaps(database: Database, since: datetime, until: datetime, bot: str | None = None) -> list[object]:
    return [
        (start, end)
        for _, start, end in database.execute("select * from network_gaps(%s, %s, %s)", since, until, bot)
    ]


def test_a_pause_between_samples_is_a_gap_wherever_quarters_begin(database: Database) -> None:
    sample(database, NOON, 30)  # to 12:04:50
    sample(database, NOON + 7 * MINUTE, 30)  # to 12:11:50
    sample(database, NOON + 20 * MINUTE, 500)  # over several quarters, without a pause

    assert gaps(database, NOON, NOON + 60 * MINUTE) == [
        (NOON + 4 * MINUTE + 50 * SECOND, NOON + 7 * MINUTE - 10 * SECOND),
        (NOON + 11 * MINUTE + 50 * SECOND, NOON + 20 * MINUTE - 10 * SECOND),
    ]


def test_a_gap_goes_on_until_the_end_and_begins_where_it_really_began(database: Database) -> None:
    sample(database, NOON - 2 * DAY, 10)

    assert gaps(database, NOON - DAY, NOON) == [(NOON - 2 * DAY + 90 * SECOND, NOON)]


def test_one_bots_samples_do_not_fill_the_gap_of_another(database: Database) -> None:
    sample(database, NOON, 360)
    sample(database, NOON, 10, bot="second")
    sample(database, NOON + 10 * MINUTE, 300, bot="second")

    assert gaps(database, NOON, NOON + 60 * MINUTE, "primary") == []
    assert database.execute("select bot_id from network_gaps(%s, %s)", NOON, NOON + 60 * MINUTE) == [
        ("second",)
    ]


def test_no_samples_at_all_are_no_gap(database: Database) -> None:
    assert gaps(database, NOON - DAY, NOON) == []


def test_every_bot_tells_its_last_sample(database: Database) -> None:
    for bot in ("primary", "second", "third"):
        for place in range(3):
            health(database, NOON + place * SECOND, place, bot=bot)

    assert database.execute("select bot_id, cpu_usage from latest_system_stats()") == [
        ("primary", 2.0),
        ("second", 2.0),
        ("third", 2.0),
    ]


def test_songs_listeners_and_servers_are_ranked_by_plays(database: Database) -> None:
    play(database, "夜に駆ける", by="はる")
    play(database, "群青", guild="20")
    play(database, "夜に駆ける", by="はるか")
    play(database, "怪物", by="なつ", by_id="2")

    assert database.execute("select song_title, play_count from top_songs(p_limit => 2)") == [
        ("夜に駆ける", 2),
        ("怪物", 1),
    ]
    assert database.execute("select * from top_listeners()") == [("1", "はるか", 3), ("2", "なつ", 1)]
    assert database.execute("select * from top_guilds()") == [("10", 3), ("20", 1)]
    assert database.execute("select song_title from top_songs(p_guild_id => '20')") == [("群青",)]
    assert database.execute("select * from top_songs(now() + interval '1 day')") == []


def talk(database: Database, prompt: str, *, at: datetime = NOON, user: str = "1") -> None:
    database.execute(
        "insert into conversation_logs"
        " (user_id, user_name, prompt, response, timestamp, prompt_tokens, response_tokens)"
        " values (%s, 'はる', %s, 'うん', %s, 5, 7)",
        user, prompt, at,
    )  # fmt: skip


def test_a_search_takes_every_sign_for_itself(database: Database) -> None:
    for prompt in ("100% sure", "100 percent", "a_b", "axb", "C:\\temp", "Ünïcode"):
        talk(database, prompt)

    def found(words: str) -> list[object]:
        return [row for (row,) in database.execute("select prompt from search_conversations(%s)", words)]

    assert found("100%") == ["100% sure"]
    assert found("A_B") == ["a_b"]
    assert found("c:\\TEMP") == ["C:\\temp"]
    assert found("'; drop table") == []
    assert len(found("")) == 6
    assert len(found("はる")) == 6


def test_pages_by_key_show_every_conversation_once(database: Database) -> None:
    for place in range(25):
        talk(database, str(place), at=NOON + place // 5 * SECOND)  # five at the same moment
    seen: list[object] = []
    before: tuple[object, object] = (None, None)
    while page := database.execute(
        "select prompt, timestamp, id from search_conversations('', null, null, %s, %s, 7)", *before
    ):
        seen += [prompt for prompt, _, _ in page]
        before = page[-1][1:3]

    assert len(seen) == 25
    assert set(seen) == {str(place) for place in range(25)}


def test_only_an_admin_counts_and_finds_conversations(database: Database) -> None:
    for person in (STRANGER, ADMIN):
        database.execute("insert into auth.users (id) values (%s)", person)
    database.execute("insert into dashboard_admins (user_id) values (%s)", ADMIN)
    talk(database, "secret")
    play(database, "群青")
    database.execute(
        "insert into gemini_usage (user_id, model, prompt_tokens, answer_tokens, total_tokens, timestamp)"
        " values ('1', 'gemini', 5, 6, 12, %s)",
        NOON,
    )
    day = (NOON - DAY, datetime.now(UTC) + DAY)
    for person, figures, hits in ((STRANGER, (1, 0, 0, 0), 0), (ADMIN, (1, 1, 5, 7), 1)):
        with database.acting("authenticated", person) as execute:
            assert execute("select * from activity(%s, %s)", *day) == [figures]
            assert len(execute("select * from search_conversations('secret')")) == hits


def call(database: Database, discord_id: str, name: str, at: datetime, kind: str = "channel") -> None:
    database.execute(
        "insert into discord_names (discord_id, kind, name, timestamp) values (%s, %s, %s, %s)",
        discord_id, kind, name, at,
    )  # fmt: skip


def test_the_newest_name_of_a_server_or_channel_is_kept_however_late_an_old_one_comes(
    database: Database,
) -> None:
    call(database, "1", "general", NOON)
    call(database, "2", "music", NOON)
    call(database, "1", "雑談", NOON + MINUTE)
    call(database, "1", "general", NOON + SECOND)
    call(database, "2", "music", NOON + DAY)

    assert database.execute("select discord_id, name, timestamp from discord_names order by 1") == [
        ("1", "雑談", NOON + MINUTE),
        ("2", "music", NOON + DAY),  # still there, says the second row
    ]


def test_one_batch_with_several_names_of_a_channel_leaves_the_last(database: Database) -> None:
    with database.acting("service_role") as execute:
        execute(
            "insert into discord_names (discord_id, kind, name, timestamp) values"
            f" ('1', 'channel', 'a', '{NOON}'), ('1', 'channel', 'b', '{NOON + SECOND}'),"
            f" ('1', 'channel', 'c', '{NOON - SECOND}') on conflict (id) do nothing"
        )
        assert execute("select name from discord_names") == [("b",)]


def converse(
    database: Database, prompt: str, guild: str | None, at: datetime = NOON, bot: str = "primary"
) -> None:
    database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response, guild_id, timestamp, bot_id)"
        " values ('1', 'はる', %s, '', %s, %s, %s)",
        prompt, guild, at, bot,
    )  # fmt: skip


def test_conversations_are_found_by_server_and_by_date(database: Database) -> None:
    converse(database, "a", "10")
    converse(database, "b", "20", NOON + DAY)
    converse(database, "c", None, NOON + 2 * DAY)
    converse(database, "d", None, NOON + 3 * DAY, bot="second")

    def found(arguments: str) -> str:
        rows = database.execute(f"select prompt from search_conversations({arguments})")
        return "".join(str(prompt) for (prompt,) in rows)

    assert found("") == "dcba"
    assert [found(f"p_guild_id => '{guild}'") for guild in ("10", "20", "@me", "30")] == ["a", "b", "dc", ""]
    assert found(f"p_from => '{NOON + DAY}', p_to => '{NOON + 2 * DAY}'") == "b"
    assert found(f"p_from => '{NOON + DAY}'") == "dcb"
    assert found(f"p_to => '{NOON + DAY}'") == "a"
    assert database.execute("select * from conversation_guilds()") == [("@me", 2), ("10", 1), ("20", 1)]
    assert database.execute("select * from conversation_guilds('second')") == [("@me", 1)]


def test_the_databases_time_is_its_clocks_and_not_its_transactions(database: Database) -> None:
    with database.connection.transaction():
        assert database.execute("select database_time() > now()") == [(True,)]
