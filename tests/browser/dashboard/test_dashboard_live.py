"""Live: every row once, whether Realtime tells of it, is cut, refuses, or comes back."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.dashboard import rows

if TYPE_CHECKING:
    import psycopg

    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account
    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

WEBSOCKET = "WebSocket connection"


async def test_a_row_shows_by_realtime_while_no_question_is_answered(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    tab = await open_dashboard("/music/", admin)
    await tab.is_live()
    await expect(tab.page.get_by_text("/play と曲名")).to_be_visible()
    await tab.withhold("music_logs**")

    rows.play(database, "夜に駆ける")

    await expect(tab.card("再生履歴").locator("li")).to_have_count(1)
    await expect(tab.card("よく再生された曲").locator("li")).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "insert"),
    [("/conversations/", rows.talk), ("/logs/", rows.log_line)],
    ids=["conversations", "logs"],
)
async def test_an_admins_pages_are_live_too(
    open_dashboard: Open, admin: Account, database: Database, path: str, insert: Any
) -> None:
    tab = await open_dashboard(path, admin)
    await tab.is_live()
    insert(database, "いま書かれた行")
    await expect(tab.item("いま書かれた行")).to_have_count(1)


async def test_figures_and_graphs_move_with_every_sample(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.sample(database, cpu=10)
    tab = await open_dashboard("/", admin)
    await tab.is_live()
    chart = tab.page.get_by_role("img", name="負荷")
    await expect(chart).to_be_visible()
    await tab.withhold("**system**")

    rows.sample(database, cpu=90)

    await expect(tab.page.locator("main dl").first.get_by_text("90.0\u00a0%")).to_be_visible()
    await expect(tab.page.get_by_role("img", name="最大 90.0")).to_be_visible()


async def test_totals_come_from_the_database_after_every_sample(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.traffic(database, 1024, 1024)
    tab = await open_dashboard("/network/", admin)
    await tab.is_live()
    await expect(tab.page.locator("[data-period=all]")).to_contain_text("2.00\u00a0KB")

    rows.traffic(database, 0, 1024)

    await expect(tab.page.locator("[data-period=all]")).to_contain_text("3.00\u00a0KB")


@pytest.mark.parametrize("mode", ["refuse", "too_many_connections"])
async def test_without_realtime_it_asks_every_ten_seconds_and_on_return_nothing_is_missing_or_doubled(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase, mode: str
) -> None:
    rows.play(database, "はじめの曲")
    tab = await open_dashboard("/music/", admin, expected=(WEBSOCKET,))
    await tab.is_live()
    history = tab.card("再生履歴").locator("li")
    await expect(history).to_have_count(1)

    supabase.switch("PUT", "/realtime", {"mode": mode})
    supabase.switch("POST", "/realtime/cut")
    await tab.is_polling()
    rows.play(database, "途切れている間の曲")
    await expect(history).to_have_count(2)  # by the next question
    await tab.is_polling()

    rows.play(database, "戻る直前の曲")
    supabase.switch("PUT", "/realtime", {"mode": "serve"})
    await tab.is_live()
    rows.play(database, "戻ったあとの曲")
    await expect(history).to_have_count(4)
    for song in ("はじめの曲", "途切れている間の曲", "戻る直前の曲", "戻ったあとの曲"):
        await expect(history.filter(has_text=song)).to_have_count(1)


async def test_a_cut_connection_loses_no_row(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase
) -> None:
    tab = await open_dashboard("/music/", admin, expected=(WEBSOCKET,))
    await tab.is_live()
    for place in range(30):
        if place % 10 == 5:
            supabase.switch("POST", "/realtime/cut")
        rows.play(database, f"曲 {place:02}")
    history = tab.card("再生履歴").locator("li")
    await expect(history).to_have_count(30)
    await tab.is_live()
    titles = await history.locator("span.font-medium").all_inner_texts()
    assert sorted(titles) == [f"曲 {place:02}" for place in range(30)]


async def test_a_laptop_that_slept_catches_up(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    offline = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", WEBSOCKET)
    tab = await open_dashboard("/music/", admin, since=time.time(), expected=offline)
    await tab.is_live()
    # Asleep: the connection is dead, and nobody has told the page.
    await tab.page.context.set_offline(True)
    rows.play(database, "寝ている間の曲")
    await expect(tab.page.locator("[data-live=offline]")).to_have_text(re.compile("接続なし"))
    await tab.page.clock.fast_forward(3_600_000)
    await tab.page.context.set_offline(False)

    await tab.is_live()
    await expect(tab.card("再生履歴").locator("li")).to_have_count(1)


async def test_an_open_list_never_grows_beyond_what_was_asked_for(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database)
    tab = await open_dashboard("/music/", admin)
    await tab.is_live()
    history = tab.card("再生履歴").locator("li")
    await expect(history).to_have_count(50)
    for place in range(120):
        rows.play(database, f"曲 {place:03}")
    await expect(history.first).to_contain_text("曲 119")
    await expect(history).to_have_count(50)
