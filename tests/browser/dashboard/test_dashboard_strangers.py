"""What whoever has signed up sees of the music: every figure, and nobody's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.dashboard import rows

if TYPE_CHECKING:
    import psycopg

    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account

    Database = psycopg.Connection[tuple[Any, ...]]

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_figures_of_overview_and_music_are_an_admins(
    open_dashboard: Open, stranger: Account, admin: Account, database: Database
) -> None:
    rows.fill(database)
    seen: list[list[str]] = []
    for account in (admin, stranger):
        tab = await open_dashboard("/", account)
        plays = tab.card("今日").locator("dl > div", has_text="再生")
        await expect(plays).to_be_visible()
        texts = [await plays.inner_text()]
        await tab.visit("/music/")
        await expect(tab.card("再生履歴").locator("li")).to_have_count(50)
        await expect(tab.card("よく再生された曲").locator("li").first).to_be_visible()
        texts += await tab.card("よく再生された曲").locator("li").all_inner_texts()
        texts += await tab.card("再生履歴").locator("li > span:first-child, li > time").all_inner_texts()
        counts = tab.page.get_by_role("combobox", name="サーバー").locator("option")
        await expect(counts.nth(1)).to_be_attached()
        texts += [text.rpartition("(")[2] for text in await counts.all_inner_texts()]
        seen.append(texts)
    assert seen[0] == seen[1]
    assert len(seen[0]) > 100


async def test_nobody_is_named(
    open_dashboard: Open, stranger: Account, admin: Account, database: Database
) -> None:
    rows.play(database, "夜に駆ける", by="春野はる")
    tab = await open_dashboard("/music/", stranger)

    await expect(tab.card("再生履歴").locator("li")).to_contain_text("夜に駆ける")
    await expect(tab.card("よく聴いている人")).to_contain_text("管理者のみ")
    await expect(tab.page.get_by_text("春野はる")).to_have_count(0)
    assert not any("top_listeners" in path or path.startswith("music_logs") for path in tab.asked)
    assert await violations(tab.page) == []


@pytest.mark.parametrize("path", ["/", "/music/"])
async def test_what_realtime_does_not_tell_is_asked_for(
    open_dashboard: Open, stranger: Account, admin: Account, database: Database, path: str
) -> None:
    rows.sample(database)
    rows.play(database, "最初の曲")
    tab = await open_dashboard(path, stranger)
    await tab.is_live()
    plays = tab.card("今日").locator("dl > div", has_text="再生") if path == "/" else tab.card("再生履歴")
    await expect(plays).to_contain_text("1" if path == "/" else "最初の曲")

    rows.play(database, "次の曲")

    await expect(plays).to_contain_text("2" if path == "/" else "次の曲")
    await tab.is_live()
