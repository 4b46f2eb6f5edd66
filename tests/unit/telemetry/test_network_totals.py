from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.telemetry.events import NetworkSum
from bot.telemetry.network_totals import BUCKET_SECONDS, NetworkHistory, NetworkTotals

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
BEGIN = 1_000 * BUCKET_SECONDS
samples = st.lists(st.tuples(st.integers(0, 50 * BUCKET_SECONDS), st.integers(0, 10**12)), max_size=30)


def history(*quarters: tuple[float, NetworkSum], everything: NetworkSum | None = None) -> NetworkHistory:
    return NetworkHistory(everything or NetworkSum(), quarters, since=BEGIN, as_of=NOW)


def test_a_total_is_both_directions() -> None:
    assert NetworkTotals(bytes_sent=1, bytes_recv=2, samples=1, samples_expected=1).bytes_total == 3


@given(samples, st.integers(0, 50), st.integers(0, 50))
def test_whole_quarters_add_up_exactly(added: list[tuple[int, int]], first: int, last: int) -> None:
    known = history()
    for offset, amount in added:
        known.add(BEGIN + offset, NetworkSum(1, amount, 2 * amount))
    since, until = BEGIN + first * BUCKET_SECONDS, BEGIN + last * BUCKET_SECONDS
    inside = [amount for offset, amount in added if since <= BEGIN + offset < until]
    assert known.total(since, until) == NetworkSum(len(inside), sum(inside), 2 * sum(inside))
    everything = [amount for _, amount in added]
    assert known.total(None, None) == NetworkSum(len(added), sum(everything), 2 * sum(everything))


def test_quarters_of_several_boots_add_up() -> None:
    part = NetworkSum(90, 10, 20)
    assert history((BEGIN, part), (BEGIN, part)).total(BEGIN, None) == NetworkSum(180, 20, 40)


def test_a_cut_quarter_counts_by_its_share() -> None:
    known = history((BEGIN, NetworkSum(90, 900, 9_000)))
    assert known.total(BEGIN + 300, None) == NetworkSum(60, 600, 6_000)
    assert known.total(BEGIN, BEGIN + 300) == NetworkSum(30, 300, 3_000)


def test_from_before_the_quarters_everything_counts() -> None:
    known = history((BEGIN, NetworkSum(1, 1, 1)), everything=NetworkSum(5, 50, 500))
    assert known.total(BEGIN - 1, None) == NetworkSum(5, 50, 500)
    assert known.total(None, None) == NetworkSum(5, 50, 500)
    assert known.total(BEGIN, None) == NetworkSum(1, 1, 1)
