"""Who sees what: nobody, anybody who has signed in, an admin; and what becomes of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.dashboard import rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import psycopg
    from playwright.async_api import Route

    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account
    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGES = ("/", "/network/", "/music/", "/conversations/", "/logs/")
SECRET = "a secret told to nobody"
REFUSED = "400 (Bad Request)"
UNAUTHORISED = "401 (Unauthorized)"

# Makes of a stored session one whose access token no longer counts and whose refresh token nobody knows.
SPOIL = """(expires) => {
  const key = Object.keys(localStorage).find((name) => name.startsWith("sb-"));
  const session = JSON.parse(localStorage.getItem(key));
  const [head, body, tail] = session.access_token.split(".");
  const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
  claims.exp = expires;
  session.access_token = [head, btoa(JSON.stringify(claims)).replaceAll("=", ""), tail].join(".");
  session.expires_at = expires;
  session.refresh_token = "unknown";
  localStorage.setItem(key, JSON.stringify(session));
}"""


async def test_signed_out_nothing_is_shown_and_nothing_asked(open_dashboard: Open, admin: Account) -> None:
    tab = await open_dashboard("/")
    for path in PAGES:
        await tab.visit(path)
        await expect(tab.page.get_by_role("heading", name="ログイン")).to_be_visible()
        await expect(tab.page.get_by_role("navigation")).to_have_count(0)
    assert tab.asked == []


async def test_a_signed_in_stranger_sees_figures_and_music_but_not_what_was_said(
    open_dashboard: Open, stranger: Account, admin: Account, database: Database
) -> None:
    rows.fill(database, few=True)
    rows.talk(database, SECRET)
    rows.log_line(database, SECRET)

    tab = await open_dashboard("/", stranger)
    await expect(tab.page.get_by_text("オンライン")).to_be_visible()
    await expect(tab.card("今日").get_by_text("管理者のみ")).to_have_count(2)
    for path in ("/conversations/", "/logs/"):
        await tab.visit(path)
        await expect(tab.page.get_by_role("region", name="ダッシュボード管理者専用です")).to_be_visible()
        await expect(tab.page.get_by_text(f"'{stranger.email}';")).to_be_visible()
        assert await violations(tab.page) == []
    await tab.visit("/music/")
    await expect(tab.item("夜に駆ける").first).to_be_visible()

    assert not any("conversation" in path or "bot_logs" in path for path in tab.asked)
    forged = await tab.page.evaluate(
        """async ({url, key}) => {
          const name = Object.keys(localStorage).find((name) => name.startsWith("sb-"));
          const token = JSON.parse(localStorage.getItem(name)).access_token;
          const headers = {apikey: key, Authorization: `Bearer ${token}`};
          const read = async (table) => (await fetch(`${url}/rest/v1/${table}?select=*`, {headers})).json();
          return [await read("conversation_logs"), await read("bot_logs")];
        }""",
        await tab.page.evaluate("fetch('/config.json').then((answer) => answer.json())"),
    )
    assert forged == [[], []]


async def test_an_admin_sees_conversations_and_logs_too(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.talk(database, SECRET)
    rows.log_line(database, SECRET)

    tab = await open_dashboard("/conversations/", admin)
    await expect(tab.item(SECRET)).to_have_count(1)
    await tab.page.get_by_role("link", name="ログ").click()
    await expect(tab.item(SECRET)).to_have_count(1)


async def test_a_wrong_password_is_said_and_can_be_corrected(open_dashboard: Open, admin: Account) -> None:
    tab = await open_dashboard("/", expected=(REFUSED,))
    await tab.sign_in(admin.email, "wrong password")
    await expect(tab.page.get_by_text("メールアドレスかパスワードが違います")).to_be_visible()
    assert await violations(tab.page) == []
    refusal = {"error_code": "email_not_confirmed", "msg": "Email not confirmed"}
    await tab.page.route("**/auth/v1/token*", lambda route: route.fulfill(status=400, json=refusal))
    await tab.sign_in(admin.email, admin.password)
    await expect(tab.page.get_by_text("まだ確認されていません")).to_be_visible()

    await tab.page.unroute("**/auth/v1/token*")
    await tab.sign_in(admin.email, admin.password)
    await tab.is_live()


async def test_the_line_that_makes_an_admin_is_copied_or_else_selected(
    open_dashboard: Open, stranger: Account, admin: Account
) -> None:
    tab = await open_dashboard("/logs/", stranger)
    await tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await tab.page.get_by_role("button", name="コピー", exact=True).click()
    await expect(tab.page.get_by_role("button", name="コピーしました")).to_be_visible()
    line = await tab.page.evaluate("navigator.clipboard.readText()")
    assert line.startswith("insert into public.dashboard_admins")
    assert line.endswith(f"where email = '{stranger.email}';")
    assert await violations(tab.page) == []

    # As where the page came by plain HTTP.
    await tab.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    await tab.page.reload()
    await tab.page.get_by_role("button", name="コピー", exact=True).click()
    await expect(tab.page.get_by_text("選択してあるので")).to_be_visible()
    assert await tab.page.evaluate("getSelection().toString().trim()") == line


REFUSALS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"status": 401, "json": {"message": "Invalid API key", "hint": "Double check your key."}},
        "このダッシュボードのキーは",
        "does not know this dashboard's key",
    ),
    (
        {"status": 401, "json": {"message": "Legacy API keys are disabled"}},
        "このダッシュボードのキーは",
        "does not know this dashboard's key",
    ),
    (
        {"status": 400, "json": {"error_code": "validation_failed", "msg": "Unable to validate email"}},
        "メールアドレスかパスワードが違います",
        "do not match",
    ),
    (
        {"status": 400, "json": {"error_code": "user_banned", "msg": "User is banned"}},
        "停止されています",
        "banned",
    ),
    (
        {"status": 422, "json": {"error_code": "email_provider_disabled", "msg": "Email logins are off"}},
        "パスワードによるログインが無効です",
        "with a password",
    ),
    ({"status": 429, "json": {"msg": "Too many requests"}}, "試行回数が多すぎます", "Too many attempts"),
    (
        {"status": 500, "json": {"error_code": "unexpected_failure", "msg": "Database error"}},
        "混み合っているか",
        "busy or down",
    ),
    ({"status": 503, "json": {"msg": "Service Unavailable"}}, "混み合っているか", "busy or down"),
    (
        {"status": 200, "body": "<h1>Welcome</h1>", "content_type": "text/html"},
        "応答したのはSupabase",
        "is not a Supabase project",
    ),
    (
        {"status": 404, "body": "Not Found", "content_type": "text/plain"},
        "応答したのはSupabase",
        "is not a Supabase project",
    ),
    (
        {"status": 404, "json": {"message": "no Route matched with those values"}},
        "応答したのはSupabase",
        "is not a Supabase project",
    ),
]


@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
async def test_every_refusal_at_the_sign_in_is_told_in_the_visitors_language_with_what_to_do(
    open_dashboard: Open, admin: Account, locale: str
) -> None:
    tab = await open_dashboard("/", locale=locale, width=320, expected=("Failed to load resource",))
    for answer, japanese, english in REFUSALS:
        await tab.page.route("**/auth/v1/token*", answering_with(answer))
        await tab.sign_in(admin.email, admin.password)
        told = tab.page.locator("main").get_by_role("alert")
        await expect(told).to_contain_text(japanese if locale == "ja-JP" else english)
        assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await tab.page.unroute("**/auth/v1/token*")


async def test_a_key_that_is_refused_later_is_told_instead_of_an_ended_session(
    open_dashboard: Open, admin: Account
) -> None:
    tab = await open_dashboard("/", admin, expected=(UNAUTHORISED,))
    await tab.is_live()
    refusal = {"status": 401, "json": {"message": "Invalid API key"}}
    await tab.page.route("**/rest/v1/**", answering_with(refusal))
    await tab.page.reload()
    await expect(tab.page.locator("main").get_by_role("alert")).to_contain_text("このダッシュボードのキーは")
    await expect(tab.page.get_by_role("heading", name="ログイン")).to_have_count(0)


async def test_a_session_outlives_the_tab_and_ends_by_signing_out(
    open_dashboard: Open, admin: Account
) -> None:
    tab = await open_dashboard("/")
    await tab.sign_in(admin.email, admin.password)
    await tab.is_live()
    await tab.page.reload()
    await tab.is_live()

    await tab.page.get_by_role("button", name="ログアウト").click()
    await expect(tab.page.get_by_role("heading", name="ログイン")).to_be_visible()
    await tab.page.reload()
    await expect(tab.page.get_by_role("heading", name="ログイン")).to_be_visible()


@pytest.mark.parametrize("expires", [1_000_000_000, 4_000_000_000], ids=["expired", "forged"])
async def test_a_session_that_is_worth_nothing_leads_back_to_the_sign_in(
    open_dashboard: Open, admin: Account, database: Database, expires: int
) -> None:
    rows.talk(database, SECRET)
    tab = await open_dashboard("/", expected=(REFUSED, UNAUTHORISED, "WebSocket", "403"))
    await tab.sign_in(admin.email, admin.password)
    await tab.is_live()

    await tab.page.evaluate(SPOIL, expires)
    await tab.visit("/conversations/")

    await expect(tab.page.get_by_role("heading", name="ログイン")).to_be_visible()
    await expect(tab.page.get_by_text(SECRET)).to_have_count(0)


async def test_a_site_without_a_project_says_what_is_missing(open_dashboard: Open) -> None:
    tab = await open_dashboard("/404-for-now", expected=("404",))
    await tab.page.route("**/config.json", lambda route: route.fulfill(status=404, body=""))
    await tab.visit("/")
    await expect(tab.page.get_by_text("NEXT_PUBLIC_SUPABASE_URL")).to_be_visible()


def answering_with(answer: dict[str, Any]) -> Callable[[Route], Awaitable[None]]:
    async def fulfil(route: Route) -> None:
        await route.fulfill(headers={"Access-Control-Allow-Origin": "*"}, **answer)

    return fulfil


def answering(config: dict[str, str]) -> Callable[[Route], Awaitable[None]]:
    async def answer(route: Route) -> None:
        await route.fulfill(json=config)

    return answer


async def test_a_secret_key_in_a_page_is_refused_and_so_is_what_is_no_address(
    open_dashboard: Open, supabase: RunningSupabase
) -> None:
    tab = await open_dashboard("/404-for-now", expected=("404",))
    for key in (supabase.secret_key, supabase.legacy_service_role_key):
        config = {"url": supabase.url, "key": key}
        await tab.page.route("**/config.json", answering(config))
        await tab.visit("/")
        await expect(tab.page.get_by_text("シークレットキーが設定されています")).to_be_visible()
    for address in ("my-project", "https:my-project.supabase.co"):
        config = {"url": address, "key": supabase.publishable_key}
        await tab.page.route("**/config.json", answering(config))
        await tab.visit("/")
        await expect(tab.page.get_by_text(f"現在の値:「{address}」")).to_be_visible()
    assert tab.asked == []


async def test_what_nobody_expected_at_the_start_is_shown_with_a_way_out(open_dashboard: Open) -> None:
    tab = await open_dashboard("/404-for-now", expected=("404", "something odd"))
    await tab.page.add_init_script("URL.canParse = () => { throw new Error('something odd'); }")
    await tab.visit("/")
    await expect(tab.page.get_by_text("(something odd)")).to_be_visible()
    await expect(tab.page.get_by_role("button", name="再読み込み")).to_be_visible()
