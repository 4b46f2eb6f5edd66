"""The rollup against a model: duplicates, late rows, several bots, several senders at once, clean-up."""

from __future__ import annotations

import uuid
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Database

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NOW = datetime.now(UTC)
AGES = (timedelta(days=2), timedelta(days=4), timedelta(days=40))

INSERT = """
insert into network_stats
  (id, bot_id, boot_id, sequence, recorded_at, bytes_sent, bytes_recv, bytes_total,
   mb_sent, mb_recv, mb_total)
values {rows}
on conflict (id) do nothing
"""
ROLLUP = """
select
  bucket_start, bot_id, boot_id, bytes_sent, bytes_recv, bytes_total, samples, seconds_covered,
  first_sample_at, last_sample_at, sequence_min, sequence_max
from {table}
"""

Key = tuple[datetime, str, uuid.UUID]


@dataclass(frozen=True)
class Sample:
    """A row of network_stats; recorded_at always lies within the last two years."""

    id: uuid.UUID
    bot_id: str
    boot_id: uuid.UUID
    sequence: int
    recorded_at: datetime
    sent: int
    recv: int


def store(database: Database, batch: Sequence[Sample]) -> None:
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0)"] * len(batch))
    values = [
        value
        for row in batch
        for value in (
            row.id, row.bot_id, row.boot_id, row.sequence, row.recorded_at,
            row.sent, row.recv, row.sent + row.recv,
        )
    ]  # fmt: skip
    database.execute(INSERT.format(rows=rows), *values)


def add_up(samples: Iterable[Sample], width: timedelta) -> dict[tuple[object, ...], tuple[object, ...]]:
    """What a rollup of ``width`` should hold."""
    buckets: defaultdict[Key, list[Sample]] = defaultdict(list)
    for row in samples:
        buckets[EPOCH + (row.recorded_at - EPOCH) // width * width, row.bot_id, row.boot_id].append(row)
    return {
        key: (
            sum(row.sent for row in rows),
            sum(row.recv for row in rows),
            sum(row.sent + row.recv for row in rows),
            len(rows),
            10.0 * len(rows),
            min(row.recorded_at for row in rows),
            max(row.recorded_at for row in rows),
            min(row.sequence for row in rows),
            max(row.sequence for row in rows),
        )
        for key, rows in buckets.items()
    }


def stored_rollup(database: Database, table: str) -> dict[tuple[object, ...], tuple[object, ...]]:
    return {row[:3]: row[3:] for row in database.execute(ROLLUP.format(table=table))}


ids = st.integers(1, 40).map(lambda number: uuid.UUID(int=number))
QUARTER = timedelta(minutes=15)
MIDNIGHTS = [EPOCH + (NOW - EPOCH - age) // timedelta(days=1) * timedelta(days=1) for age in AGES]
moments = st.one_of(
    # crowded around three midnights, so that neighbours, equal moments and boundaries are met
    st.builds(
        lambda midnight, bucket, offset: midnight + bucket * QUARTER + offset * MICROSECOND,
        st.sampled_from(MIDNIGHTS),
        st.integers(-3, 2),
        st.sampled_from([0, 1, 10_000_000, 450_000_000, 899_999_999]),
    ),
    st.datetimes(
        (NOW - timedelta(days=700)).replace(tzinfo=None), NOW.replace(tzinfo=None), timezones=st.just(UTC)
    ),
)
samples = st.builds(
    Sample,
    id=ids,
    bot_id=st.sampled_from(["primary", "second", "第三"]),
    boot_id=st.sampled_from([uuid.UUID(int=0), uuid.UUID(int=1)]),
    sequence=st.integers(0, 100),
    recorded_at=moments,
    sent=st.integers(0, 2**53),
    recv=st.integers(0, 2**53),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(samples, min_size=1, max_size=15), max_size=6), batch_size=st.integers(1, 5))
def test_totals_equal_a_model_to_the_byte(
    database: Database, batches: list[list[Sample]], batch_size: int
) -> None:
    stored: dict[uuid.UUID, Sample] = {}
    for batch in batches:
        for row in batch:
            stored.setdefault(row.id, row)
    with database.connection.transaction(force_rollback=True):
        for batch in batches:
            store(database, batch)

        quarters, days = (
            add_up(stored.values(), timedelta(minutes=15)),
            add_up(stored.values(), timedelta(days=1)),
        )
        assert stored_rollup(database, "network_stats_rollup") == quarters
        assert stored_rollup(database, "network_stats_rollup_daily") == days

        expired = sum(row.recorded_at < NOW - timedelta(days=30) for row in stored.values())
        while (0,) not in database.execute(
            "select deleted from apply_retention(%s) where table_name = 'network_stats'", batch_size
        ):
            pass
        assert database.execute("select count(*) from network_stats") == [(len(stored) - expired,)]
        assert stored_rollup(database, "network_stats_rollup") == quarters
        assert stored_rollup(database, "network_stats_rollup_daily") == days

        for bot_id in (None, "primary", "second", "第三"):
            mine = [row for row in stored.values() if bot_id in {None, row.bot_id}]
            assert database.execute(
                "select bytes_sent, bytes_recv, bytes_total, samples from network_totals(p_bot_id => %s)",
                bot_id,
            ) == [(
                sum(row.sent for row in mine),
                sum(row.recv for row in mine),
                sum(row.sent + row.recv for row in mine),
                len(mine),
            )]  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(samples, max_size=25, unique_by=lambda row: row.id), edges=st.tuples(moments, moments))
def test_any_period_is_exact_where_raw_rows_exist(
    database: Database, rows: list[Sample], edges: tuple[datetime, datetime]
) -> None:
    start, end = sorted(edges)
    inside = [row for row in rows if start <= row.recorded_at < end]
    boots = {(row.bot_id, row.boot_id) for row in inside}
    expected = 0
    for boot in boots:
        numbers = [row.sequence for row in inside if (row.bot_id, row.boot_id) == boot]
        expected += max(len(numbers), max(numbers) - min(numbers) + 1)
    with database.connection.transaction(force_rollback=True):
        if rows:
            store(database, rows)

        assert database.execute("select * from network_totals(%s, %s)", start, end) == [(
            sum(row.sent for row in inside),
            sum(row.recv for row in inside),
            sum(row.sent + row.recv for row in inside),
            len(inside),
            expected,
            10.0 * len(inside),
            min((row.recorded_at for row in inside), default=None),
            max((row.recorded_at for row in inside), default=None),
        )]  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(samples, max_size=25, unique_by=lambda row: row.id), cuts=st.lists(moments, max_size=4))
def test_periods_in_a_row_add_up_to_the_whole_after_clean_up(
    database: Database, rows: list[Sample], cuts: list[datetime]
) -> None:
    edges = [None, *sorted(cuts), None]
    with database.connection.transaction(force_rollback=True):
        if rows:
            store(database, rows)
        database.execute("delete from network_stats where recorded_at < now() - interval '3 days'")

        parts = [
            database.execute("select bytes_total, samples from network_totals(%s, %s)", start, end)[0]
            for start, end in pairwise(edges)
        ]

        whole = (sum(row.sent + row.recv for row in rows), len(rows))
        assert tuple(map(sum, zip(*parts, strict=True))) == whole


def sample(number: int, recorded_at: datetime, **changes: object) -> Sample:
    values = {
        "bot_id": "primary",
        "boot_id": uuid.UUID(int=1),
        "sequence": number,
        "sent": 1,
        "recv": 2,
    } | changes
    return Sample(id=uuid.UUID(int=number), recorded_at=recorded_at, **values)  # type: ignore[arg-type]


def test_a_duplicate_is_not_counted_again(database: Database) -> None:
    at = datetime(2026, 7, 1, tzinfo=UTC)
    store(database, [sample(1, at)])
    store(database, [sample(1, at), sample(2, at), sample(2, at)])

    assert database.execute("select samples, bytes_total from network_totals()") == [(2, 6)]


def test_a_row_in_an_edge_that_lost_its_neighbours_is_counted_where_its_bucket_starts(
    database: Database,
) -> None:
    bucket = datetime(2026, 7, 1, 9, 15, tzinfo=UTC)
    middle, end = bucket + timedelta(minutes=7), bucket + timedelta(minutes=15)
    store(database, [sample(1, bucket), sample(2, middle)])
    database.execute("delete from network_stats where recorded_at < %s", middle)

    counts = "select samples from network_totals(%s, %s)"
    assert database.execute(counts, bucket, middle) == [(2,)]
    assert database.execute(counts, middle, end) == [(0,)]
    assert database.execute(counts, bucket + MICROSECOND, middle + MICROSECOND) == [(0,)]


def test_the_edge_of_one_bot_stays_exact_when_another_bots_rows_are_gone(database: Database) -> None:
    bucket = datetime(2026, 7, 1, 9, 15, tzinfo=UTC)
    middle = bucket + timedelta(minutes=7)
    store(database, [sample(1, bucket), sample(2, middle)])
    store(database, [sample(3, bucket, bot_id="second"), sample(4, middle, bot_id="second")])
    database.execute("delete from network_stats where bot_id = 'second'")

    counts = "select samples from network_totals(%s, %s, %s)"
    assert database.execute(counts, bucket, middle, "primary") == [(1,)]
    assert database.execute(counts, bucket, middle, "second") == [(2,)]
    assert database.execute(counts, bucket, middle, None) == [(3,)]


def test_missing_sequence_numbers_are_expected_samples_across_buckets_and_boots(database: Database) -> None:
    start = datetime(2026, 7, 1, tzinfo=UTC)
    second_boot = uuid.UUID(int=2)
    store(database, [sample(number, start + number * timedelta(minutes=1)) for number in (1, 2, 40)])
    store(database, [sample(n, start + timedelta(hours=1), boot_id=second_boot) for n in (100, 101)])

    assert database.execute("select samples, samples_expected from network_totals()") == [(5, 42)]


def test_an_empty_period_is_a_row_of_zeros(database: Database) -> None:
    assert database.execute("select * from network_totals()") == [(0, 0, 0, 0, 0, 0.0, None, None)]
    assert database.execute("select samples from network_totals('2026-01-02', '2026-01-01')") == [(0,)]


def test_bots_that_write_the_same_buckets_at_once_neither_deadlock_nor_lose(own_database: Database) -> None:
    start = datetime(2026, 7, 1, tzinfo=UTC)
    moments = [start + number * timedelta(minutes=11) for number in range(60)]

    def send(bot: int) -> None:
        mine = Database(own_database.server, own_database.name)
        try:
            for turn in range(12):
                ordered = moments if (bot + turn) % 2 else moments[::-1]
                store(
                    mine,
                    [sample(bot * 10**6 + turn * 10**3 + n, at) for n, at in enumerate(ordered, start=1)],
                )
        finally:
            mine.connection.close()

    with ThreadPoolExecutor(4) as senders:
        list(senders.map(send, range(4)))

    assert own_database.execute("select samples, bytes_total from network_totals()") == [(2880, 2880 * 3)]
