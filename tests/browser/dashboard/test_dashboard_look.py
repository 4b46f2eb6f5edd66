"""Languages, themes, phones, keyboards and screen readers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import psycopg
import pytest
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.dashboard import rows

if TYPE_CHECKING:
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
    found = {"sign-in": await violations(tab.page)}
    await tab.sign_in(admin.email, admin.password)
    links = tab.page.get_by_role("navigation").filter(visible=True).get_by_role("link")
    for place, path in enumerate(PAGES):
        await links.nth(place).click()
        await expect(links.nth(place)).to_have_attribute("aria-current", "page")
        await settled(tab)
        found[path] = await violations(tab.page)
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


LINK = "https://example.com/" + "a" * 180
WORD = "あ" * 40 + "W" * 160
HOSTILE = """
insert into music_logs (guild_id, song_title, requested_by, requested_by_id) values ('9001', %(link)s, %(word)s, '1');
insert into conversation_logs (user_id, user_name, prompt, response, guild_id, channel_id, model, prompt_tokens,
  response_tokens, is_private)
values ('1', %(word)s, %(link)s, %(markdown)s, '9001', '9002', %(word)s, 1, 2, true);
insert into bot_logs (level, logger, message, error_id, traceback)
values ('ERROR', %(link)s, %(link)s, %(word)s, %(link)s);
insert into discord_names (discord_id, kind, name) values ('9001', 'guild', %(word)s), ('9002', 'thread', %(link)s);
insert into network_stats (bot_id, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select %(word)s, now() - i * interval '10 minutes', 1, 1, 2, 0, 0, 0 from generate_series(1, 5) as i;
"""
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const found = [...document.querySelectorAll("header *, main *")].filter((one) => {
    const { width: own, left, right } = one.getBoundingClientRect();
    const isOut = own > 1 && (right > width + 0.5 || left < -0.5);
    return isOut && !one.closest(".overflow-x-auto, pre, .sr-only");
  });
  const told = found.map((one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`);
  const scroll = document.documentElement.scrollWidth;
  return scroll > width ? [`the page is ${scroll} wide`, ...told] : told;
}"""


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_nothing_that_people_wrote_widens_a_page(
    open_dashboard: Open, admin: Account, database: Database, width: int
) -> None:
    markdown = f"# {LINK}\n- {LINK}\n> {WORD}\n`{LINK}` **{WORD}**\n```py\n{LINK}\n```"
    psycopg.ClientCursor(database).execute(HOSTILE, {"link": LINK, "word": WORD, "markdown": markdown[:400]})
    for bot in ("primary", WORD):
        rows.sample(database, bot=bot)
    tab = await open_dashboard("/", admin, width=width)
    for path in PAGES:
        await tab.visit(path)
        await settled(tab)
        await expect(tab.page.locator("main li").first).to_be_visible()
        if path == "/conversations/":
            await tab.page.get_by_role("button", name=WORD).first.click()
            await expect(tab.page.locator("main article")).to_have_count(1)
        if path == "/logs/":
            await tab.page.get_by_text("トレースバック").click()
        assert (path, await tab.page.evaluate(STICKING_OUT)) == (path, [])


@pytest.mark.parametrize("width", [320, 390])
async def test_what_an_error_says_and_what_a_stranger_is_told_widens_no_page(
    open_dashboard: Open, stranger: Account, admin: Account, width: int
) -> None:
    tab = await open_dashboard("/", stranger, width=width, expected=("400",))
    await tab.page.route(
        "**/rest/v1/rpc/**",
        lambda route: route.fulfill(
            status=400, headers={"Access-Control-Allow-Origin": "*"}, json={"code": "22023", "message": LINK}
        ),
    )
    for path in PAGES:
        await tab.visit(path)
        await expect(tab.page.locator("main").get_by_role("alert").or_(tab.page.locator("main pre")).first).to_be_visible()
        assert (path, await tab.page.evaluate(STICKING_OUT)) == (path, [])
