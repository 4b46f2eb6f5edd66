from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.music.charts_embed import charts_embed
from bot.telemetry.charts import Charts

NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=200) | st.text(
    "*_`@~|", min_size=99
)
COUNTS = st.integers(1, 999_999)


@given(
    st.lists(st.tuples(NAMES, COUNTS), min_size=1, max_size=10),
    st.lists(st.tuples(NAMES, COUNTS), max_size=10),
)
def test_charts_fit_into_an_embed_whatever_the_names(
    songs: list[tuple[str, int]], people: list[tuple[str, int]]
) -> None:
    listeners = [(str(number), name, count) for number, (name, count) in enumerate(people)]
    embed = charts_embed(Charts(songs, listeners), "week", "ja", bot_id=99)

    assert all(len(field.value or "") <= 1024 for field in embed.fields)
    assert len(embed) <= 6000
