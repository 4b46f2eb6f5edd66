"""A page of somebody else in the browser of whoever tries the demo, using all that a page may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from sandbox.discord.stand_in import DiscordStandIn

pytestmark = pytest.mark.asyncio(loop_scope="session")

ATTEMPTS = """
async ([url, path, body]) => {
  const tried = async (attempt) => await attempt().then(() => "done", () => "refused");
  const json = { "Content-Type": "application/json" };
  const socket = (where) => new Promise((resolve, reject) => {
    const opened = new WebSocket(url.replace("http", "ws") + where);
    opened.onopen = resolve;
    opened.onerror = reject;
  });
  for (const sent of [body, new Blob([body]), new URLSearchParams({ body })])
    await tried(() => fetch(url + path, { method: "POST", mode: "no-cors", body: sent }));
  return {
    read: await tried(() => fetch(url + "/sandbox/state")),
    sent: await tried(() => fetch(url + path, { method: "POST", headers: json, body })),
    events: await tried(() => socket("/sandbox/events?after=0")),
    gateway: await tried(() => socket("/gateway")),
  };
}
"""


@pytest_asyncio.fixture(loop_scope="session")
async def theirs(browser: Browser) -> AsyncIterator[Page]:
    """A page that another server gives, at a name of its own that leads to this machine."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>theirs</title>", content_type="text/html")

    application = web.Application()
    application.router.add_get("/", page)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    tab = await browser.new_page()
    await tab.goto(f"http://evil.localhost:{runner.addresses[0][1]}/")
    yield tab
    await tab.close()
    await runner.cleanup()


async def test_it_reads_nothing_sends_nothing_and_hears_nothing(
    theirs: Page, discord: DiscordStandIn
) -> None:
    me, channel = discord.world.meta["me"], next(iter(discord.world.channels))
    path = f"/sandbox/channels/{channel}/messages"
    body = f'{{"user": "{me}", "content": "not mine"}}'
    before = discord.core.events.sequence

    outcomes = await theirs.evaluate(ATTEMPTS, [discord.url, path, body])

    assert set(outcomes.values()) == {"refused"}, outcomes
    assert discord.core.events.sequence == before


async def test_its_name_resolved_to_the_demo_makes_it_no_page_of_the_demo(
    theirs: Page, discord: DiscordStandIn
) -> None:
    answer = await theirs.goto(discord.url.replace("127.0.0.1", "evil.localhost"))
    assert answer is not None
    assert answer.status == 403


async def test_the_page_itself_does_all_that_at_either_name_of_the_machine(
    theirs: Page, discord: DiscordStandIn
) -> None:
    me, channel = discord.world.meta["me"], next(iter(discord.world.channels))
    for name in ("127.0.0.1", "localhost"):
        url = discord.url.replace("127.0.0.1", name)
        await theirs.goto(url)
        body = f'{{"user": "{me}", "content": "mine, at {name}"}}'
        arguments = [url, f"/sandbox/channels/{channel}/messages", body]
        outcomes = await theirs.evaluate(ATTEMPTS, arguments)
        assert set(outcomes.values()) == {"done"}, outcomes
