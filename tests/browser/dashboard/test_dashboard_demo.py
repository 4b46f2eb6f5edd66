"""The dashboard of the demo, from its printed login to what the running bot sends."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from sandbox.people import PeopleApi
from sandbox.ports import free_port
from tests.browser.dashboard.dashboard_page import DashboardPage
from tests.support.running_sandbox import RunningSandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.async_api import Browser

    from sandbox.dashboard import Dashboard

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def demo(site: Dashboard) -> Iterator[RunningSandbox]:
    """``python -m sandbox --dashboard``; the pages are built already."""
    del site
    with tempfile.TemporaryDirectory(prefix="otonari-demo-") as directory:
        running = RunningSandbox.start(Path(directory), "--dashboard")
        yield running
        assert running.stop() == 0


async def test_a_conversation_with_the_running_bot_appears_without_reloading(
    demo: RunningSandbox, browser: Browser
) -> None:
    info, login = demo.control("dashboard", "GET", ""), demo.dashboard_login
    assert info["ready"] is True
    context = await browser.new_context(locale="ja-JP")
    tab = DashboardPage(await context.new_page(), info["url"])
    await tab.visit("/")
    await tab.sign_in(login.email, login.password)
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()
    await tab.page.get_by_role("link", name="会話").click()
    await tab.is_live()
    async with PeopleApi(demo.page) as api:
        await expect(tab.page.get_by_text("まだ会話がありません")).to_be_visible()
        await tab.withhold("rpc/search_conversations**")  # Realtime tells of it
        me = await api.person()
        await me.say(await me.channel("general"), f"<@{demo.bot_id}> こんにちは")
        await expect(tab.page.locator("main article")).to_have_count(1)
    await expect(tab.page.locator("main article")).to_contain_text("こんにちは")
    await expect(tab.page.locator("main article")).to_contain_text("#general")  # which the bot has recorded
    assert tab.complaints == []
    await context.close()


async def test_an_open_dashboard_survives_a_restart_of_the_demo(site: Dashboard, browser: Browser) -> None:
    del site
    with tempfile.TemporaryDirectory(prefix="otonari-demo-") as directory:
        ports = ("--supabase-port", str(free_port()))
        first = RunningSandbox.start(Path(directory), "--dashboard", *ports)
        info, login = first.control("dashboard", "GET", ""), first.dashboard_login
        context = await browser.new_context(locale="ja-JP")
        tab = DashboardPage(await context.new_page(), info["url"])
        await tab.visit("/")
        await tab.sign_in(login.email, login.password)
        await tab.page.get_by_role("link", name="会話").click()
        await tab.is_live()
        assert first.stop() == 0
        await expect(tab.page.locator("[data-live=live]")).to_have_count(0)

        second = RunningSandbox.start(Path(directory), *ports)

        await tab.is_live()
        async with PeopleApi(second.page) as api:
            me = await api.person()
            await me.say(await me.channel("general"), f"<@{second.bot_id}> まだ見ていますか")
        await expect(tab.page.locator("main article")).to_contain_text("まだ見ていますか")
        await context.close()
        assert second.stop() == 0
