"""The exported dashboard in Chromium, before the embedded Supabase with its real policies."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sandbox.dashboard import Dashboard
from tests.browser.dashboard.dashboard_page import Account, DashboardPage
from tests.integration.conftest import clean_database, database, reset_supabase, supabase

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import Literal

    import psycopg
    from playwright.async_api import Browser, StorageState

    from tests.integration.conftest import RunningSupabase

    Open = Callable[..., Awaitable[DashboardPage]]

__all__ = ["clean_database", "database", "reset_supabase", "supabase"]

DATABASE_TIME_FOLLOWS = """
const ask = window.fetch;
window.fetch = async (where, ...how) =>
  String(where?.url ?? where).endsWith("/rpc/database_time")
    ? Response.json(new Date().toISOString())
    : await ask(where, ...how);
"""
"""Has the database's clock run with the tab's, which a test winds on."""
PASSWORD = "correct horse battery staple"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(
    supabase: RunningSupabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Dashboard]:
    """The built pages, as the sandbox serves them; built first where they are not."""
    login_file = tmp_path_factory.mktemp("dashboard") / "login.json"
    told: list[str] = []
    dashboard = Dashboard(supabase, login_file, told.append)
    await dashboard.start()
    await dashboard.prepared()
    assert dashboard.ready.is_set(), told
    yield dashboard
    await dashboard.close()


def sign_up(supabase: RunningSupabase) -> Account:
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    user_id = supabase.switch("POST", "/users", {"email": email, "password": PASSWORD})["id"]
    return Account(user_id, email, PASSWORD)


@pytest.fixture(scope="session")
def stranger(supabase: RunningSupabase) -> Account:
    """Somebody who has signed up, and nothing more."""
    return sign_up(supabase)


@pytest.fixture(scope="session")
def admin_account(supabase: RunningSupabase) -> Account:
    """Somebody whom `admin` makes a dashboard admin."""
    return sign_up(supabase)


@pytest.fixture
def admin(admin_account: Account, clean_database: psycopg.Connection[tuple[object, ...]]) -> Account:
    """A dashboard admin, by the line of SQL that the README gives; every table is empty otherwise."""
    clean_database.execute(
        "insert into public.dashboard_admins (user_id) select id from auth.users where email = %s",
        [admin_account.email],
    )
    return admin_account


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """What a browser remembers of those who have signed in once."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def open_dashboard(
    browser: Browser, site: Dashboard, sessions: dict[str, StorageState]
) -> AsyncIterator[Open]:
    """Open a page, signed in if an account is given; complaints in the console fail the test.

    ``since`` is what its clock and the database's, which the test may then wind on, show first; ``ahead`` is by
    how many seconds its clock is wrong. ``expected`` are parts of complaints that a test provokes.
    """
    opened: list[tuple[DashboardPage, tuple[str, ...]]] = []

    async def open_one(
        path: str = "/",
        account: Account | None = None,
        *,
        locale: str = "ja-JP",
        zone: str = "Asia/Tokyo",
        width: int = 1280,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        since: float | None = None,
        ahead: float = 0,
        expected: tuple[str, ...] = (),
    ) -> DashboardPage:
        context = await browser.new_context(
            locale=locale,
            timezone_id=zone,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            # A browser whose clock is wrong renews its session at once, and so ends it for all others.
            storage_state=sessions.get(account.email) if account and not ahead else None,
        )
        tab = DashboardPage(await context.new_page(), site.url)
        opened.append((tab, expected))
        if since is not None:
            await tab.page.clock.install(time=since)
            await tab.page.add_init_script(DATABASE_TIME_FOLLOWS)
        elif ahead:
            await tab.page.clock.install(time=time.time() + ahead)
        await tab.visit(path)
        if account is not None and (ahead or account.email not in sessions):
            await tab.sign_in(account.email, account.password)
            await tab.is_live()
            if not ahead:
                sessions[account.email] = await context.storage_state()
        return tab

    yield open_one
    for tab, _ in opened:
        await tab.page.context.close()
    assert [
        complaint
        for tab, expected in opened
        for complaint in tab.complaints
        if not any(part in complaint for part in expected)
    ] == []
