"""Take the dashboard's pictures for docs/: ``python -m tests.browser.dashboard.pictures [DIRECTORY]``."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import psycopg
from playwright.async_api import Browser, Playwright, async_playwright

from sandbox.dashboard import Dashboard
from tests.browser.conftest import CHROMIUM_FLAGS
from tests.browser.dashboard import rows
from tests.browser.dashboard.dashboard_page import DashboardPage
from tests.browser.picture_taking import directory_asked_for
from tests.integration.conftest import RunningSupabase, start_supabase, stop_supabase

WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
PAGES = ("overview", "network", "music", "conversations", "logs")
FRESH = """
update system_stats set timestamp = now()
where timestamp = (select max(timestamp) from system_stats)
"""


async def shoot(
    browser: Browser, site: Dashboard, database: psycopg.Connection[tuple[object, ...]], directory: Path
) -> None:
    """Take every page wide in light and dark, and on a phone."""
    for look, scheme, size, locale in (
        ("light", "light", WIDE, "ja-JP"),
        ("dark", "dark", WIDE, "ja-JP"),
        ("phone", "light", PHONE, "ja-JP"),
        ("phone-dark", "dark", PHONE, "en-US"),
    ):
        context = await browser.new_context(
            viewport=size,
            color_scheme=scheme,
            locale=locale,
            timezone_id="Asia/Tokyo",
            reduced_motion="reduce",
        )
        tab = DashboardPage(await context.new_page(), site.url)
        await tab.visit("/")
        await tab.page.locator("form").wait_for()
        await tab.page.screenshot(path=directory / f"dashboard-sign-in-{look}.png")
        await tab.sign_in(site.login.email, site.login.password)
        await tab.is_live()
        for name in PAGES:
            database.execute(FRESH)
            await tab.visit("/" if name == "overview" else f"/{name}/")
            await tab.is_live()
            await tab.page.locator("main .animate-pulse").first.wait_for(state="detached")
            await tab.page.wait_for_load_state("networkidle")
            await tab.page.screenshot(path=directory / f"dashboard-{name}-{look}.png")
        assert tab.complaints == []
        await context.close()


async def take(supabase: RunningSupabase, directory: Path) -> None:
    """Fill the database and take the pictures."""
    site = Dashboard(supabase, Path(supabase.data_dir) / "login.json", print)
    await site.start()
    await site.prepared()
    async with async_playwright() as playwright:
        with psycopg.connect(supabase.dsn, autocommit=True) as database:
            rows.fill(database, days=30)
            await drive(playwright, site, database, directory)
    await site.close()


async def drive(
    playwright: Playwright, site: Dashboard, database: psycopg.Connection[tuple[object, ...]], directory: Path
) -> None:
    """Start Chromium, take the pictures, end it."""
    browser = await playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=list(CHROMIUM_FLAGS)
    )
    await shoot(browser, site, database, directory)
    await browser.close()


if __name__ == "__main__":
    target = directory_asked_for()
    with tempfile.TemporaryDirectory(prefix="otonari-pictures-") as data:
        process, running = start_supabase(Path(data))
        asyncio.run(take(running, target))
        stop_supabase(process)
