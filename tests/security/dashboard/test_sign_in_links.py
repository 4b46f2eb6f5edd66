"""Links that would sign somebody in as another person than they think."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.axe import violations
from tests.browser.dashboard.conftest import sign_up

if TYPE_CHECKING:
    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account, DashboardPage
    from tests.integration.conftest import RunningSupabase

pytestmark = pytest.mark.asyncio(loop_scope="session")

NEW_PASSWORD = "battery staple, correct horse"
SIGNED_IN_AS = """() => {
  const stored = Object.keys(localStorage).filter((name) => name.endsWith("-auth-token"));
  return stored.map((name) => JSON.parse(localStorage.getItem(name)).user.email);
}"""


def session_of(supabase: RunningSupabase, account: Account, password: str | None = None) -> dict[str, Any]:
    """Sign in, as an attacker does with an account of their own."""
    answer = httpx.post(
        f"{supabase.url}/auth/v1/token?grant_type=password",
        headers={"apikey": supabase.publishable_key},
        json={"email": account.email, "password": password or account.password},
    )
    answer.raise_for_status()
    return answer.json()


def link_to(session: dict[str, Any], kind: str = "magiclink") -> str:
    """Return the path to which Supabase Auth sends a browser with a session."""
    tokens = {"access_token": session["access_token"], "refresh_token": session["refresh_token"]}
    return "/#" + urlencode({**tokens, "expires_in": 3600, "token_type": "bearer", "type": kind})


def forged(session: dict[str, Any], **claims: object) -> dict[str, Any]:
    """Return the session with an access token that claims something else."""
    head, body, signature = session["access_token"].split(".")
    known = json.loads(base64.urlsafe_b64decode(body + "=="))
    false = base64.urlsafe_b64encode(json.dumps({**known, **claims}).encode()).decode().rstrip("=")
    return {**session, "access_token": f"{head}.{false}.{signature}"}


async def signed_in_as(tab: DashboardPage) -> list[str]:
    return await tab.page.evaluate(SIGNED_IN_AS)


async def test_a_link_does_not_take_an_admin_into_another_account(
    open_dashboard: Open, admin: Account, stranger: Account, supabase: RunningSupabase
) -> None:
    tab = await open_dashboard("/", admin)
    await tab.is_live()
    await tab.page.goto("about:blank")
    await tab.visit(link_to(session_of(supabase, stranger)))

    await expect(
        tab.page.get_by_role("heading", name=f"{stranger.email} としてログインしますか？")
    ).to_be_visible()
    await expect(tab.page.get_by_text(f"現在は {admin.email} として")).to_be_visible()
    assert "access_token" not in await tab.page.evaluate("location.href")
    assert await signed_in_as(tab) == [admin.email]
    assert await violations(tab.page) == []

    await tab.page.get_by_role("button", name="ログインしない").click()
    await tab.is_live()
    await tab.page.reload()
    await tab.is_live()
    assert await signed_in_as(tab) == [admin.email]


async def test_a_link_that_is_opened_in_an_open_page_asks_as_well(
    open_dashboard: Open, admin: Account, stranger: Account, supabase: RunningSupabase
) -> None:
    tab = await open_dashboard("/", admin)
    await tab.is_live()
    await tab.page.evaluate(
        "(link) => { location.hash = link; }", link_to(session_of(supabase, stranger))[2:]
    )

    await expect(tab.page.get_by_role("button", name=f"{stranger.email} としてログイン")).to_be_visible()
    assert await signed_in_as(tab) == [admin.email]


@pytest.mark.parametrize(
    ("locale", "title", "button"),
    [
        ("ja-JP", "{} としてログインしますか？", "{} としてログイン"),
        ("en-US", "Sign in as {}?", "Sign in as {}"),
    ],
)
async def test_nobody_is_signed_in_by_a_link_before_they_agree(
    open_dashboard: Open, stranger: Account, supabase: RunningSupabase, locale: str, title: str, button: str
) -> None:
    tab = await open_dashboard(link_to(session_of(supabase, stranger)), locale=locale, width=320)
    await expect(tab.page.get_by_role("heading", name=title.format(stranger.email))).to_be_visible()
    assert (await signed_in_as(tab), tab.asked) == ([], [])
    assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await tab.page.get_by_role("button", name=button.format(stranger.email), exact=True).click()
    await tab.is_live()
    assert await signed_in_as(tab) == [stranger.email]


async def test_a_link_cannot_claim_to_be_somebody_else(
    open_dashboard: Open, admin: Account, stranger: Account, supabase: RunningSupabase
) -> None:
    session = session_of(supabase, stranger)
    for claims in ({"email": admin.email}, {"email": admin.email, "sub": admin.id, "exp": 1_000_000_000}):
        tab = await open_dashboard(link_to(forged(session, **claims)), expected=("40",))
        await tab.page.get_by_role("button", name=f"{admin.email} としてログイン").click()
        await expect(tab.page.locator("main").get_by_role("alert")).to_contain_text("有効期限が切れているか")
        assert await signed_in_as(tab) == []


async def test_a_name_in_a_link_is_shown_as_a_name_and_nothing_else(
    open_dashboard: Open, stranger: Account, supabase: RunningSupabase
) -> None:
    hostile = "<img src=x onerror=document.title='owned'>\u202emoc.elpmaxe@nimda\n" + "x" * 300
    tab = await open_dashboard(link_to(forged(session_of(supabase, stranger), email=hostile)), width=320)

    await expect(tab.page.get_by_role("heading").first).to_contain_text("<img src=x")
    assert "\u202e" not in await tab.page.locator("main").inner_text()
    assert await tab.page.title() != "owned"
    assert await tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("kind", ["invite", "recovery"])
@pytest.mark.parametrize("locale", ["ja-JP", "en-US"])
async def test_invitations_and_recoveries_open_a_form_for_a_new_password(
    open_dashboard: Open, admin: Account, supabase: RunningSupabase, kind: str, locale: str
) -> None:
    somebody = sign_up(supabase)
    japanese = locale == "ja-JP"
    tab = await open_dashboard(link_to(session_of(supabase, somebody), kind), locale=locale)
    await expect(
        tab.page.get_by_role(
            "heading", name="新しいパスワードを設定" if japanese else "Choose a new password"
        )
    ).to_be_visible()
    await expect(tab.page.get_by_text(somebody.email)).to_be_visible()
    assert await violations(tab.page) == []

    fields = tab.page.locator("input[type=password]")
    submit = tab.page.locator("button[type=submit]")
    await fields.nth(0).fill(NEW_PASSWORD)
    await fields.nth(1).fill("another")
    await submit.click()
    told = tab.page.locator("main").get_by_role("alert")
    await expect(told).to_contain_text("一致しません" if japanese else "not the same")
    assert await signed_in_as(tab) == []

    await fields.nth(1).fill(NEW_PASSWORD)
    await submit.click()
    await tab.is_live()
    assert await signed_in_as(tab) == [somebody.email]
    assert session_of(supabase, somebody, NEW_PASSWORD)["user"]["id"] == somebody.id


async def test_a_password_that_is_refused_signs_nobody_in(
    open_dashboard: Open, stranger: Account, supabase: RunningSupabase
) -> None:
    tab = await open_dashboard(link_to(session_of(supabase, stranger), "recovery"), expected=("422",))
    refusal = {"code": 422, "error_code": "weak_password", "msg": "Password should be longer"}

    async def refuse(route: Any) -> None:
        if route.request.method == "PUT":
            await route.fulfill(status=422, json=refusal, headers={"Access-Control-Allow-Origin": "*"})
        else:
            await route.continue_()

    await tab.page.route("**/auth/v1/user", refuse)
    for place in range(2):
        await tab.page.locator("input[type=password]").nth(place).fill("short")
    await tab.page.locator("button[type=submit]").click()
    await expect(tab.page.locator("main").get_by_role("alert")).to_contain_text("弱すぎます")
    assert await signed_in_as(tab) == []


@pytest.mark.parametrize(
    ("errors", "japanese", "english"),
    [
        (
            "error=access_denied&error_code=otp_expired&error_description=Email+link+is+invalid",
            "有効期限が切れているか",
            "has expired or has been used",
        ),
        ("error=access_denied&error_description=Call+0120", "許可されていません", "may not sign you in"),
        ("error=server_error&error_description=Call+0120", "正しくありません", "is not complete"),
    ],
)
async def test_an_error_of_a_link_is_told_in_plain_words_which_are_not_the_links(
    open_dashboard: Open, admin: Account, errors: str, japanese: str, english: str
) -> None:
    for path, locale, words in ((f"/#{errors}", "ja-JP", japanese), (f"/?{errors}", "en-US", english)):
        tab = await open_dashboard(path, locale=locale)
        await expect(tab.page.locator("main").get_by_role("alert")).to_contain_text(words)
        assert await violations(tab.page) == []
        for theirs in ("0120", "Email link is invalid"):
            await expect(tab.page.get_by_text(theirs)).to_have_count(0)
        await tab.page.get_by_role("button", name="続ける" if locale == "ja-JP" else "Go on").click()
        await expect(tab.page.locator("input[type=email]")).to_be_visible()
        assert "error" not in await tab.page.evaluate("location.href")
