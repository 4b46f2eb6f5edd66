"""A tab that stays open: a day of rows, told by Realtime, leaves nothing behind.

Every tab is told of every table's rows. The overview holds samples and draws them as the network page does;
the logs are a list as every other one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.dashboard import rows

if TYPE_CHECKING:
    import psycopg
    from playwright.async_api import CDPSession

    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account, DashboardPage

    Database = psycopg.Connection[tuple[Any, ...]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

MIB = 2**20
PARTS = (720, 3960, 3960)
"""Samples of a day: some to warm up, then two equal parts."""
BOUNDS = {"/": MIB, "/logs/": 3 * MIB}
"""By how much a page's heap may differ; half a day of the rows that it shows weighs more: 1.6 and 8 MiB."""
SECONDS = 10
"""Between two samples."""
SAMPLES = """
insert into system_stats
  (timestamp, created_at, cpu_usage, ram_usage, memory_rss, ping_gateway, ping_lavalink, server_count, uptime)
select at, at, %(mark)s, 50, 100 + i %% 9, 40 + i %% 7, 5, 3, i * 10
from generate_series(1, %(count)s) as i,
  lateral (select to_timestamp(%(until)s) - (%(count)s - i) * interval '10 seconds' as at) as clock
"""
TRAFFIC = """
insert into network_stats
  (boot_id, sequence, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select %(boot)s, %(mark)s * %(count)s + i, to_timestamp(%(until)s) - (%(count)s - i) * interval '10 seconds',
  10240 * %(mark)s, 20480, 10240 * %(mark)s + 20480, 0, 0, 0
from generate_series(1, %(count)s) as i
"""
LINES = """
insert into bot_logs (level, logger, message, traceback)
select 'WARNING', 'bot', 'line of part ' || %(mark)s, repeat('x', 8000)
from generate_series(1, %(count)s / 4) as i
"""
LAST_LINE = """
insert into bot_logs (level, logger, message) values ('WARNING', 'bot', 'end of part ' || %(mark)s)
"""
LAST_SAMPLE = """
insert into system_stats
  (timestamp, created_at, cpu_usage, ram_usage, memory_rss, ping_gateway, ping_lavalink, server_count, uptime)
select at, at, %(mark)s + 0.5, 50, 100, 40, 5, 3, 10
from (select to_timestamp(%(until)s) + interval '1 second' as at) as clock
"""
"""What each tab shows of what it is told last: until then other rows may be on their way, and weigh."""
LONGEST = 20.0
"""Seconds in which a busy machine's tab comes to its rest; what leaks stays longer."""


@dataclass(frozen=True)
class Weight:
    """What a tab holds after its rubbish was collected."""

    heap: float
    nodes: float
    listeners: float

    def is_flat(self, half: Weight, bound: float) -> bool:
        """Whether this is no more than a tab held at half time."""
        return (
            self.heap < half.heap + bound
            and self.nodes < 1.1 * half.nodes
            and self.listeners < 1.1 * half.listeners
        )


async def weigh(session: CDPSession) -> Weight:
    weights: list[Weight] = []
    for _ in range(4):  # what finalizers, or a frame yet to be drawn, let go of is collected by a later one
        await session.send("HeapProfiler.collectGarbage")
        metrics = (await session.send("Performance.getMetrics"))["metrics"]
        values = {metric["name"]: metric["value"] for metric in metrics}
        weights.append(Weight(values["JSHeapUsedSize"], values["Nodes"], values["JSEventListeners"]))
    return min(weights, key=lambda weight: weight.heap)


async def shows(tabs: dict[str, DashboardPage], part: int) -> None:
    """Wait until every tab shows the last rows of a part of the day, and nothing more is to come."""
    await expect(tabs["/"].page.locator("main dl").first.get_by_text(f"{part}.5\u00a0%")).to_be_visible()
    await expect(tabs["/"].page.get_by_role("img", name="負荷")).to_be_visible()
    await expect(tabs["/logs/"].item(f"end of part {part}")).to_have_count(1)
    await expect(tabs["/logs/"].item(f"line of part {part}")).to_have_count(49)


async def at_rest(session: CDPSession, half: Weight, bound: float) -> Weight:
    """Return what a tab weighs once that is flat, or in the end."""
    end = time.monotonic() + LONGEST
    while not (weight := await weigh(session)).is_flat(half, bound) and time.monotonic() < end:
        pass
    return weight


async def test_a_day_of_rows_in_open_tabs_leaves_their_memory_flat(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    until = time.time() - sum(PARTS) * SECONDS
    tabs = {
        path: await open_dashboard(path, admin, since=until, width=480, expected=("WebSocket connection",))
        for path in BOUNDS
    }
    sessions = {path: await tab.page.context.new_cdp_session(tab.page) for path, tab in tabs.items()}
    for session in sessions.values():
        await session.send("Performance.enable")
    halves: dict[str, Weight] = {}
    for part, count in enumerate(PARTS, start=1):
        until += count * SECONDS
        for tab in tabs.values():
            # It takes that for a sleep: asks again what it shows, and connects again.
            async with tab.page.expect_request("**/rpc/latest_system_stats*"):
                await tab.page.clock.fast_forward(count * SECONDS * 1000)
        for tab in tabs.values():
            await tab.is_live()
        told = {"mark": part, "count": count, "until": until, "boot": rows.BOOT}
        for statement in (SAMPLES, TRAFFIC, LINES, LAST_LINE, LAST_SAMPLE):
            database.execute(statement, told)
        await shows(tabs, part)
        if part < len(PARTS):
            halves = {path: await weigh(session) for path, session in sessions.items()}

    for path, half in halves.items():
        end = await at_rest(sessions[path], half, BOUNDS[path])
        assert end.is_flat(half, BOUNDS[path]), (path, half, end)
