"""Scripts that got into a page, and pages that want the dashboard inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from playwright.async_api import expect

from sandbox.ports import LOOPBACK

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from sandbox.dashboard import Dashboard
    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account
    from tests.integration.conftest import RunningSupabase

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("/", "/network/", "/music/", "/conversations/", "/logs/", "/nowhere/")
REFUSED = ("Content Security Policy", "401", "404", "Failed to fetch", "net::ERR")
INJECTED = """() => new Promise((done) => {
  let refused = 0;
  document.addEventListener("securitypolicyviolation", () => {
    refused += 1;
    if (refused === 5) done(window.owned ?? null);
  });
  const place = document.createElement("div");
  place.innerHTML = '<img src="/x.png" onerror="owned = 1"><a href="javascript:owned = 2">a</a>';
  document.body.append(place);
  place.querySelector("a").click();
  const inline = document.createElement("script");
  inline.textContent = "window.owned = 3";
  const foreign = document.createElement("script");
  foreign.src = "data:text/javascript,window.owned = 4";
  document.body.append(inline, foreign);
  setTimeout("window.owned = 5");
})"""
"""Five ways to run a script; resolves with what was run once all five have been refused."""
REACH = "(address) => fetch(address, {mode: 'no-cors'}).then(() => 'reached', () => 'refused')"


async def test_a_script_that_got_into_a_page_does_not_run(open_dashboard: Open, admin: Account) -> None:
    tab = await open_dashboard("/", admin, expected=REFUSED)
    await tab.is_live()
    for path in PAGES:
        await tab.visit(path)
        await expect(tab.page.get_by_role("navigation").first).to_be_visible()
        assert await tab.page.evaluate(INJECTED) is None


async def test_a_page_reaches_its_host_and_its_project_and_nobody_else(
    open_dashboard: Open, admin: Account, supabase: RunningSupabase
) -> None:
    application = web.Application()
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(headers={"Access-Control-Allow-Origin": "*"})

    application.router.add_get("/{path:.*}", note)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, 0).start()
    foreign = f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    try:
        tab = await open_dashboard("/", admin, expected=REFUSED)
        await tab.is_live()
        assert await tab.page.evaluate(REACH, f"{supabase.url}/rest/v1/") == "reached"
        assert await tab.page.evaluate(REACH, f"{foreign}/stolen") == "refused"
        assert await tab.page.evaluate("(address) => navigator.sendBeacon(address)", f"{foreign}/beacon") in {
            True,
            False,
        }
        assert asked == []
    finally:
        await runner.cleanup()


async def test_no_other_page_can_frame_the_dashboard(browser: Browser, site: Dashboard) -> None:
    page = await browser.new_page()
    try:
        await page.set_content(f'<iframe src="{site.url}/"></iframe>')
        await page.wait_for_load_state("networkidle")
        frame = page.frames[1]
        assert await frame.evaluate("document.title") != "Otonari · お隣さん"
        assert await frame.locator("main").count() == 0
    finally:
        await page.close()
