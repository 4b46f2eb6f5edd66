"""The sandbox's server of the dashboard: its login, its pages, and what it says while there are none."""

from __future__ import annotations

import json
import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from sandbox.dashboard import Dashboard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import psycopg

    from sandbox.dashboard import Login
    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A dashboard whose packages are installed and whose pages are newer than its source."""
    root = tmp_path / "dashboard"
    pages = {
        "package-lock.json": "{}",
        "app/page.tsx": "",
        "node_modules/.package-lock.json": "{}",
        "out/index.html": "the overview, with its Content-Security-Policy",
        "out/404.html": "nothing here",
        "out/network/index.html": "the network page",
        "out/build.json": json.dumps({"project": None}),
        "out/_next/static/one.js": "1",
        "secret.txt": "not a page",
    }
    for place, (name, text) in enumerate(pages.items()):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (1_000_000 + place, 1_000_000 + place))
    return root


@asynccontextmanager
async def serving(
    supabase: RunningSupabase, source: Path, login_file: Path
) -> AsyncIterator[tuple[Dashboard, list[str]]]:
    told: list[str] = []
    dashboard = Dashboard(supabase, login_file, told.append, source=source)
    await dashboard.start()
    await dashboard.prepared()
    yield dashboard, told
    await dashboard.close()


async def login_of(supabase: RunningSupabase, source: Path, login_file: Path) -> Login:
    async with serving(supabase, source, login_file) as (dashboard, told):
        login = dashboard.login
        assert told[-1].endswith(f"  {login.email}  {login.password}")
        return login


async def admins(database: Database) -> list[str]:
    return [
        email
        for (email,) in database.execute(
            "select email from auth.users join dashboard_admins on user_id = users.id"
        )
    ]


async def test_the_login_is_an_admins_and_the_same_after_a_restart(
    supabase: RunningSupabase, clean_database: Database, source: Path, tmp_path: Path
) -> None:
    first = await login_of(supabase, source, tmp_path / "login.json")
    assert await admins(clean_database) == [first.email]
    assert (tmp_path / "login.json").stat().st_mode & 0o777 == 0o600

    clean_database.execute("truncate dashboard_admins")
    assert await login_of(supabase, source, tmp_path / "login.json") == first
    assert await admins(clean_database) == [first.email]


async def test_a_lost_password_makes_another_login(
    supabase: RunningSupabase, clean_database: Database, source: Path, tmp_path: Path
) -> None:
    first = await login_of(supabase, source, tmp_path / "login.json")
    second = await login_of(supabase, source, tmp_path / "lost.json")
    assert second.email != first.email
    (tmp_path / "lost.json").write_text("nonsense")
    third = await login_of(supabase, source, tmp_path / "lost.json")
    assert sorted(await admins(clean_database)) == sorted(map(str, (first.email, second.email, third.email)))


async def test_pages_are_served_as_by_any_static_host(
    supabase: RunningSupabase, source: Path, tmp_path: Path
) -> None:
    async with (
        serving(supabase, source, tmp_path / "login.json") as (dashboard, told),
        aiohttp.ClientSession(dashboard.url) as session,
    ):
        assert dashboard.ready.is_set(), told
        for path, status, text in (
            ("/", 200, "the overview, with its Content-Security-Policy"),
            ("/network/", 200, "the network page"),
            ("/nowhere/", 404, "nothing here"),
            ("/..%2Fsecret.txt", 404, "nothing here"),
            ("/%2e%2e/secret.txt", 404, "nothing here"),
        ):
            async with session.get(path) as answer:
                assert (path, answer.status, await answer.text()) == (path, status, text)
        for path in ("/", "/nowhere/", "/config.json", "/_next/static/one.js"):
            async with session.get(path) as answer:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        async with session.get("/_next/static/one.js") as answer:
            assert "immutable" in answer.headers["Cache-Control"]
        async with session.get("/config.json") as answer:
            assert await answer.json() == {"url": supabase.url, "key": supabase.publishable_key}


async def test_a_taken_port_is_no_obstacle(supabase: RunningSupabase, source: Path, tmp_path: Path) -> None:
    async with serving(supabase, source, tmp_path / "login.json") as (first, _):
        told: list[str] = []
        port = int(first.url.rpartition(":")[2])
        second = Dashboard(supabase, tmp_path / "login.json", told.append, port=port, source=source)
        await second.start()
        await second.prepared()
        assert second.ready.is_set()
        assert second.url != first.url
        assert told[0].startswith(f"dashboard: port {port} is not free")
        await second.close()


async def test_a_dashboard_that_cannot_be_built_is_told_of_and_ends_nothing(
    supabase: RunningSupabase, source: Path, tmp_path: Path
) -> None:
    (source / "out" / "build.json").write_text(json.dumps({"project": "https://somebody.supabase.co"}))
    async with (
        serving(supabase, source, tmp_path / "login.json") as (dashboard, told),
        aiohttp.ClientSession(dashboard.url) as session,
    ):
        assert not dashboard.ready.is_set()
        assert told[0].startswith("dashboard: building it")
        assert "dashboard not available: node failed" in told[1]
        async with session.get("/") as answer:
            assert answer.status == 503
            assert "The dashboard is not available" in await answer.text()


@pytest.mark.parametrize(
    ("mode", "asked"), [("POST", "/auth/v1/token"), ("PUT", "/auth/v1/user"), ("GET", "/rest/v1/music_logs")]
)
async def test_pages_of_this_machine_may_ask_the_embedded_supabase(
    supabase: RunningSupabase, mode: str, asked: str
) -> None:
    wanted = {
        "Origin": "http://127.0.0.1:8766",
        "Access-Control-Request-Method": mode,
        "Access-Control-Request-Headers": "apikey,authorization,content-type",
    }
    async with aiohttp.ClientSession(supabase.url) as session:
        async with session.options(asked, headers=wanted) as answer:
            assert answer.ok
            assert answer.headers.getall("Access-Control-Allow-Origin") == [wanted["Origin"]]
            assert mode in answer.headers["Access-Control-Allow-Methods"]
            assert "apikey" in answer.headers["Access-Control-Allow-Headers"]
        async with session.request(mode, asked, headers={"Origin": wanted["Origin"]}) as answer:
            assert answer.headers.getall("Access-Control-Allow-Origin") == [wanted["Origin"]]
