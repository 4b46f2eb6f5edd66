"""Languages, themes, phones, keyboards and screen readers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.async_api import expect

from tests.browser.dashboard import rows

if TYPE_CHECKING:
    import psycopg

    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account, DashboardPage

    Database = psycopg.Connection[tuple[Any, ...]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("/", "/network/", "/music/", "/conversations/", "/logs/")


async def settled(tab: DashboardPage) -> None:
    """Wait until everything is read."""
    await tab.is_live()
    await expect(tab.page.locator("main .animate-pulse")).to_have_count(0)


@pytest.mark.parametrize(
    ("scheme", "width", "locale"),
    [("light", 1280, "ja-JP"), ("dark", 390, "en-US")],
    ids=["light and wide", "dark on a phone"],
)
async def test_axe_finds_nothing_to_complain_of(
    open_dashboard: Open,
    admin: Account,
    database: Database,
    scheme: Literal["light", "dark"],
    width: int,
    locale: str,
) -> None:
    rows.fill(database, few=True)
    tab = await open_dashboard("/", scheme=scheme, width=width, locale=locale)
    await expect(tab.page.locator("form")).to_be_visible()
    found = {"sign-in": await tab.violations()}
    await tab.sign_in(admin.email, admin.password)
    links = tab.page.get_by_role("navigation").filter(visible=True).get_by_role("link")
    for place, path in enumerate(PAGES):
        await links.nth(place).click()
        await expect(links.nth(place)).to_have_attribute("aria-current", "page")
        await settled(tab)
        found[path] = await tab.violations()
        assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert {place: problems for place, problems in found.items() if problems} == {}


async def test_the_language_is_the_browsers_until_another_is_chosen(
    open_dashboard: Open, admin: Account
) -> None:
    tab = await open_dashboard("/music/", admin, locale="en-US")
    await expect(tab.page.get_by_role("heading", name="Music", level=1)).to_be_visible()
    await expect(tab.page.locator("html")).to_have_attribute("lang", "en")
    await tab.page.get_by_role("button", name="日本語で表示").click()
    await expect(tab.page.get_by_role("heading", name="音楽", level=1)).to_be_visible()
    await tab.page.reload()
    await expect(tab.page.get_by_role("heading", name="音楽", level=1)).to_be_visible()
    await expect(tab.page).to_have_title("音楽 · お隣さん")


async def test_the_theme_is_the_systems_until_another_is_chosen(open_dashboard: Open, admin: Account) -> None:
    tab = await open_dashboard("/", admin, scheme="dark")
    page = tab.page.locator("html")
    await expect(page).to_have_attribute("data-theme", "dark")
    await tab.page.get_by_role("button", name="システムのテーマ").click()
    await expect(page).to_have_attribute("data-theme", "light")
    await tab.page.reload()
    await expect(page).to_have_attribute("data-theme", "light")


async def test_times_are_the_viewers(open_dashboard: Open, admin: Account, database: Database) -> None:
    rows.play(database, "群青")
    database.execute("update music_logs set timestamp = '2026-01-02 03:04:05.123456+00'")
    for zone, shown in (("Asia/Tokyo", "1月2日 12:04:05"), ("America/New_York", "1月1日 22:04:05")):
        tab = await open_dashboard("/music/?period=all", admin, zone=zone)
        await expect(tab.card("再生履歴").locator("time")).to_have_text(shown)


async def test_everything_is_reached_with_the_keyboard(open_dashboard: Open, admin: Account) -> None:
    tab = await open_dashboard("/")
    await tab.page.keyboard.press("Tab")
    await tab.page.locator("input[type=email]").focus()
    await tab.page.keyboard.type(admin.email)
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.type(admin.password)
    await tab.page.keyboard.press("Enter")
    await tab.is_live()

    await tab.page.keyboard.press("Tab")
    await expect(tab.page.get_by_role("link", name="本文へ移動")).to_be_focused()
    for _ in range(3):
        await tab.page.keyboard.press("Tab")
    await expect(tab.page.get_by_role("link", name="音楽")).to_be_focused()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="音楽", level=1)).to_be_visible()
    week = tab.page.get_by_role("radio", name="7日間")
    await week.focus()
    await tab.page.keyboard.press("ArrowRight")
    await expect(tab.page.get_by_role("radio", name="30日間")).to_be_checked()


async def test_a_screen_reader_is_told_what_a_graph_shows(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database)
    tab = await open_dashboard("/network/", admin, locale="en-US")
    await expect(tab.page.get_by_role("img", name="Traffic")).to_have_accessible_name(
        re.compile(r"Traffic\. Sent: latest .+/s, lowest .+, highest .+; Received: .+; 1 gaps")
    )
