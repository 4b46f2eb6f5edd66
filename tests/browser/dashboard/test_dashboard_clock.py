"""Three clocks: the viewer's, the bot's and the database's; and what a page cannot know."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.dashboard import rows

if TYPE_CHECKING:
    import psycopg

    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account, DashboardPage
    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

NETWORK_FAULTS = ("ERR_", "Failed to fetch", "WebSocket connection")
BEHIND = """
insert into system_stats (bot_id, timestamp, uptime) values ('primary', now() - interval '45 seconds', 60)
"""


async def is_unknown(tab: DashboardPage) -> None:
    """Check that the page says grey that it cannot know, and why in one place."""
    banner = tab.page.locator("[data-online]")
    await expect(banner).to_have_attribute("data-online", "unknown")
    await expect(banner).to_contain_text("不明")
    await expect(banner).not_to_have_class(re.compile("bad"))
    await expect(tab.page.locator("main").get_by_role("alert")).to_have_count(1)


@pytest.mark.parametrize("ahead", [45, -45, 90_000, -90_000])
async def test_a_viewers_clock_that_is_wrong_changes_nothing(
    open_dashboard: Open, admin: Account, database: Database, ahead: float
) -> None:
    rows.sample(database, cpu=12.5)
    rows.traffic(database, 0, 1024)
    rows.play(database, "群青")
    tab = await open_dashboard("/", admin, ahead=ahead)
    await expect(tab.page.locator("[data-online=true]")).to_contain_text("オンライン")
    await expect(tab.card("今日").locator("dd").nth(1)).to_have_text("1")
    await expect(tab.page.get_by_role("img", name="負荷")).to_have_accessible_name(re.compile("最新 12.5"))
    await tab.is_live()
    rows.sample(database, cpu=13.5)
    await expect(tab.page.locator("main dl").first.get_by_text("13.5\u00a0%")).to_be_visible()
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()

    await tab.page.get_by_role("link", name="ネットワーク").click()
    await expect(tab.page.get_by_text("欠測はありません")).to_be_visible()
    await expect(tab.page.get_by_role("img", name="通信速度")).to_be_visible()
    await expect(tab.page.locator("[data-period=today]")).to_contain_text("1.00\u00a0KB")


async def test_a_bots_clock_that_is_wrong_makes_it_no_less_alive(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(BEHIND)
    tab = await open_dashboard("/", admin)
    await tab.is_live()
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()

    database.execute("update system_stats set created_at = now() - interval '1 minute'")
    await tab.page.reload()
    await expect(tab.page.locator("[data-online=false]")).to_be_visible()
    await tab.is_live()
    database.execute(BEHIND)
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()


async def test_a_browser_without_a_network_knows_nothing_of_the_bot_and_says_so_once(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database, few=True)
    rows.sample(database)
    tab = await open_dashboard("/", admin, since=time.time(), expected=NETWORK_FAULTS)
    await tab.is_live()
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()

    await tab.page.context.set_offline(True)
    await is_unknown(tab)
    await tab.page.clock.run_for(60_000)
    await is_unknown(tab)
    for page in ("ネットワーク", "音楽"):
        await tab.page.get_by_role("link", name=page).click()
        await expect(tab.page.get_by_role("heading", name=page, level=1)).to_be_visible()
        await tab.page.clock.run_for(20_000)
        await expect(tab.page.locator("main").get_by_role("alert")).to_have_count(1)
        assert await violations(tab.page) == []

    await tab.page.get_by_role("link", name="概要").click()
    await tab.page.context.set_offline(False)
    await tab.is_live()
    await expect(tab.page.locator("main").get_by_role("alert")).to_have_count(0)


async def test_while_supabase_cannot_be_reached_the_bot_is_unknown_and_one_warning_tells_why(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase
) -> None:
    rows.sample(database)
    tab = await open_dashboard("/", admin, since=time.time(), expected=NETWORK_FAULTS)
    await tab.is_live()
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()
    await tab.page.route("**/rest/v1/**", lambda route: route.abort())
    supabase.switch("PUT", "/realtime", {"mode": "refuse"})
    supabase.switch("POST", "/realtime/cut")
    await tab.is_polling()

    await tab.page.clock.run_for(60_000)

    await is_unknown(tab)
    await expect(tab.page.locator("main").get_by_role("alert")).to_contain_text("Supabaseに接続できません")
    rows.sample(database)
    await tab.page.unroute("**/rest/v1/**")
    supabase.reset()
    await tab.is_live()
    await expect(tab.page.locator("[data-online=unknown]")).to_have_count(0)


async def test_a_connection_that_has_died_without_a_word_is_not_taken_for_a_dead_bot(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.sample(database)
    tab = await open_dashboard("/", admin, since=time.time(), expected=NETWORK_FAULTS)
    await tab.is_live()
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()
    await tab.page.route("**/rest/v1/rpc/latest_system_stats*", lambda route: route.abort())

    await tab.page.clock.run_for(40_000)

    await expect(tab.page.locator("[data-online]")).to_have_attribute("data-online", "unknown")
    await tab.page.unroute("**/rest/v1/rpc/latest_system_stats*")
    await tab.page.clock.run_for(5_000)
    await expect(tab.page.locator("[data-online]")).to_have_attribute("data-online", "false")
