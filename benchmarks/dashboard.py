"""The dashboard in Chromium: time until figures are on screen, from INSERT to screen, weight of a page."""

from __future__ import annotations

import gzip
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from playwright.async_api import async_playwright

from benchmarks.frame import Figure, percentile
from bot.telemetry.tables import TABLES
from sandbox.dashboard import Dashboard
from sandbox.dashboard_build import SOURCE
from tests.browser.dashboard import rows
from tests.browser.dashboard.dashboard_page import DashboardPage

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from benchmarks.frame import Bench

TITLE = "Dashboard: 30 days on screen, INSERT to screen, weight of a page"
PAGES = ("", "network", "music", "conversations", "logs")
LOADS = 5
KIBIBYTE = 1024
ON_SCREEN = """
window.onScreen = new Promise((resolve) => {
  const look = () => {
    const chart = document.querySelector("canvas[role=img]");
    const isDrawn = () => {
      const {data} = chart.getContext("2d").getImageData(0, 0, chart.width, chart.height);
      return data.some((value) => value > 0);
    };
    const there = document.querySelectorAll("main [data-period]").length === 4
      && document.querySelector("main section[aria-label^=Gaps] :is(tbody, p)")
      && chart && chart.width > 0 && isDrawn();
    if (there) requestAnimationFrame(() => resolve(performance.now() / 1000));
    else requestAnimationFrame(look);
  };
  look();
});
"""
"""Resolves with the seconds from the beginning of loading until totals, graph and gaps have been painted."""
SHOWN = """(text) => new Promise((resolve) => {
  const look = () => document.body.innerText.includes(text) && (observer.disconnect(), resolve());
  const observer = new MutationObserver(look);
  observer.observe(document.body, {subtree: true, childList: true, characterData: true});
  look();
})"""


@dataclass(frozen=True)
class Project:
    """What the dashboard's server needs to know of the Supabase."""

    url: str
    publishable_key: str
    secret_key: str


async def measure(bench: Bench) -> list[Figure]:
    executable = shutil.which("chromium")
    if executable is None:
        raise FileNotFoundError("no chromium on this machine (Debian: apt-get install chromium)")
    await bench.supabase.start()
    project = Project(bench.supabase.url, bench.supabase.publishable_key, bench.supabase.key)
    with (
        tempfile.TemporaryDirectory(prefix="otonari-bench-") as directory,
        psycopg.connect(bench.supabase.dsn, autocommit=True) as database,
    ):
        site = Dashboard(project, Path(directory) / "login.json", lambda text: print(text, file=sys.stderr))
        await site.start()
        try:
            await site.prepared()
            if not site.ready.is_set():
                raise RuntimeError(site.state)
            await bench.supabase.empty(*(table.name for table in TABLES))
            rows.fill(database, days=bench.scaled(30, 1))
            database.execute("analyze")
            async with (
                async_playwright() as playwright,
                await playwright.chromium.launch(
                    executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
                ) as browser,
            ):
                figures = await _in_browser(browser, site, database, bench.scaled(30, 5))
        finally:
            await site.close()
    return [*figures, *_weights()]


async def _in_browser(
    browser: Browser, site: Dashboard, database: psycopg.Connection[tuple[object, ...]], inserts: int
) -> list[Figure]:
    tab = DashboardPage(await browser.new_page(locale="en-US"), site.url)
    await tab.visit("/network/")
    await tab.sign_in(site.login.email, site.login.password)
    await tab.is_live()
    await tab.page.add_init_script(ON_SCREEN)
    hour = [await _load(tab, "hour") for _ in range(LOADS)]
    month = [await _load(tab, "month") for _ in range(LOADS)]
    chosen = [await _choose_month(tab) for _ in range(LOADS)]
    await tab.visit("/music/")
    await tab.is_live()
    told = [await _insert(tab, database, f"song {place} of the benchmark") for place in range(inserts)]
    return [
        Figure(what="page loaded → totals and an hour on screen", value=statistics.median(hour), unit="s"),
        Figure(
            what="page loaded → totals and 30 days on screen",
            value=statistics.median(month),
            unit="s",
            at_most=1,
            note=f"(slowest of {LOADS}: {max(month):.2f} s)",
        ),
        Figure(what="30 days chosen → on screen", value=statistics.median(chosen), unit="s", at_most=1),
        Figure(what="INSERT → screen", value=statistics.median(told), unit="s", at_most=1),
        Figure(what="INSERT → screen, 95th percentile", value=percentile(told, 0.95), unit="s", at_most=1),
    ]


async def _load(tab: DashboardPage, span: str) -> float:
    """Return the seconds from the beginning of loading until everything of ``span`` is painted."""
    await tab.page.goto("about:blank")
    tab.asked.clear()
    await tab.visit(f"/network/?range={span}")
    seconds = float(await tab.page.evaluate("window.onScreen"))
    # An hour is read row by row, everything longer in points: what was drawn was never the hour's.
    assert any(path.startswith("network_stats") for path in tab.asked) == (span == "hour")
    return seconds


async def _choose_month(tab: DashboardPage) -> float:
    await tab.visit("/network/")
    await tab.page.evaluate("window.onScreen")
    began = time.perf_counter()
    await tab.page.get_by_role("radio", name="30 days").check(force=True)
    await tab.page.get_by_role("region", name="Gaps · 30 days").locator("tbody").wait_for()
    await tab.page.get_by_role("img", name="Traffic").wait_for()
    return time.perf_counter() - began


async def _insert(tab: DashboardPage, database: psycopg.Connection[tuple[object, ...]], song: str) -> float:
    """Return the seconds from before the INSERT until the page shows it."""
    await tab.page.evaluate(f"() => {{ window.shown = ({SHOWN})({song!r}); }}")
    began = time.perf_counter()
    rows.play(database, song)
    await tab.page.evaluate("window.shown")
    return time.perf_counter() - began


def _weights() -> list[Figure]:
    """What a first visit to each page loads, compressed as a host does it."""
    out = SOURCE / "out"
    figures: list[Figure] = []
    for page in PAGES:
        html = (out / page / "index.html").read_text(encoding="utf-8")
        files = set(re.findall(r'(?:src|href)="/(_next/static/[^"]+\.(?:js|css))"', html))
        size = sum(len(gzip.compress((out / file).read_bytes())) for file in files)
        figures.append(
            Figure(what=f"/{page}: scripts and styles, gzip", value=size / KIBIBYTE, unit="KiB", at_most=500)
        )
    return figures
