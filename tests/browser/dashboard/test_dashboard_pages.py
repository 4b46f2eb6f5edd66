"""Each page with real rows: figures, gaps, rankings, search, paging, export, and nothing at all."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from playwright.async_api import expect

from bot.telemetry.schema_version import REQUIRED_VERSION
from tests.browser.axe import violations
from tests.browser.dashboard import rows

if TYPE_CHECKING:
    import psycopg
    from playwright.async_api import Route

    from tests.browser.dashboard.conftest import Open
    from tests.browser.dashboard.dashboard_page import Account, DashboardPage
    from tests.integration.conftest import RunningSupabase

    Database = psycopg.Connection[tuple[Any, ...]]

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNAVAILABLE = "503 (Service Unavailable)"


def read(file: Path) -> str:
    return Path(file).read_bytes().decode()


async def exported(tab: DashboardPage) -> list[list[str]]:
    """Press the button and return the file's rows, header first."""
    async with tab.page.expect_download() as waiting:
        await tab.page.get_by_role("button", name="CSVを保存").click()
    text = read(await (await waiting.value).path())
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


HINTS = {
    "概要": "10秒ごとに届きます",
    "ネットワーク": "10秒ごとに記録されます",
    "音楽": "/play と曲名",
    "会話": "DMを送ってください",
    "ログ": "順調です",
}


async def test_an_empty_page_says_how_to_fill_it_and_a_missing_one_that_it_is(
    open_dashboard: Open, admin: Account
) -> None:
    tab = await open_dashboard("/nowhere/", admin, expected=("404",))
    await expect(tab.card("ページが見つかりません")).to_be_visible()
    assert await violations(tab.page) == []
    for page, hint in HINTS.items():
        await tab.page.get_by_role("link", name=page, exact=True).click()
        await expect(tab.page.get_by_text(hint)).to_be_visible()
        assert await violations(tab.page) == []


@pytest.mark.parametrize(
    ("answer", "role", "told"),
    [
        (
            {"status": 404, "json": {"code": "PGRST202", "message": "no function"}},
            "alert",
            f"{REQUIRED_VERSION}より前ですが",
        ),
        ({"status": 200, "json": REQUIRED_VERSION - 1}, "alert", "もう一度貼り付けて実行"),
        ({"status": 200, "json": REQUIRED_VERSION + 1}, "status", f"の{REQUIRED_VERSION}より新しい"),
    ],
)
async def test_a_database_of_another_version_is_told_with_what_to_do(
    open_dashboard: Open, admin: Account, answer: dict[str, Any], role: Literal["alert", "status"], told: str
) -> None:
    tab = await open_dashboard("/", admin, expected=("404",))
    await tab.is_live()
    await expect(tab.page.get_by_text("データベースのバージョン")).to_have_count(0)
    await tab.page.route("**/rest/v1/rpc/schema_version", lambda route: route.fulfill(**answer))

    await tab.page.reload()

    await expect(tab.page.get_by_role(role).filter(has_text=told)).to_be_visible()
    assert await violations(tab.page) == []


async def test_the_overview_shows_the_last_sample_and_todays_counts(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.sample(database, cpu=12.5)
    rows.traffic(database, 1024 * 1024, 2 * 1024 * 1024)
    rows.play(database, "群青")
    rows.talk(database, "やあ")

    tab = await open_dashboard("/", admin)

    await expect(tab.page.get_by_text("オンライン")).to_be_visible()
    figures = tab.page.locator("main dl").first
    for text in ("12.5\u00a0%", "40.0\u00a0%", "100\u00a0MB", "50\u00a0ms", "未計測"):
        await expect(figures.get_by_text(text)).to_be_visible()
    today = tab.card("今日")
    await expect(today.get_by_text("3.00\u00a0MB")).to_be_visible()
    await expect(today.locator("dd").nth(1)).to_have_text("1")
    await expect(today.locator("dd").nth(2)).to_have_text("1")
    await expect(tab.page.get_by_role("img", name="負荷")).to_have_accessible_name(
        "負荷. CPU: 最新 12.5\u00a0%、最小 12.5\u00a0%、最大 12.5\u00a0%; "
        "ホストのメモリ: 最新 40.0\u00a0%、最小 40.0\u00a0%、最大 40.0\u00a0%"
    )
    [header, sample] = await exported(tab)
    assert dict(zip(header, sample, strict=True))["cpu_percent"] == "12.5"


async def test_silence_is_noticed_without_any_message(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.sample(database)
    tab = await open_dashboard("/", admin, since=time.time())
    await expect(tab.page.get_by_text("オンライン")).to_be_visible()

    await tab.page.clock.run_for(35_000)

    await expect(tab.page.locator("[data-online=false]")).to_contain_text("オフライン")


async def test_a_bot_that_said_goodbye_is_offline_at_once(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.sample(database)
    tab = await open_dashboard("/", admin)
    await tab.is_live()
    await expect(tab.page.locator("[data-online=true]")).to_be_visible()

    rows.sample(database, status="offline")

    await expect(tab.page.locator("[data-online=false]")).to_contain_text("に終了しました")


async def test_several_bots_are_told_apart(open_dashboard: Open, admin: Account, database: Database) -> None:
    rows.sample(database, cpu=11)
    rows.sample(database, bot="second", cpu=77)
    rows.traffic(database, 0, 1024 * 1024)
    rows.traffic(database, 0, 2 * 1024 * 1024, bot="second")
    tab = await open_dashboard("/", admin)
    await expect(tab.card("今日 · すべてのボット").get_by_text("3.00\u00a0MB", exact=True)).to_be_visible()
    await tab.page.get_by_role("button", name="second").click()
    await expect(tab.page.locator("main dl").first.get_by_text("77.0\u00a0%")).to_be_visible()
    await expect(tab.card("今日 · second").get_by_text("2.00\u00a0MB", exact=True)).to_be_visible()
    await tab.page.reload()
    await expect(tab.card("今日 · second").get_by_text("2.00\u00a0MB", exact=True)).to_be_visible()
    await tab.page.get_by_role("link", name="ネットワーク").click()
    await expect(tab.page.locator("[data-period=all]")).to_contain_text("2.00\u00a0MB")
    await expect(tab.page.get_by_role("combobox", name="ボット")).to_have_value("second")

    await tab.page.get_by_role("link", name="概要").click()
    await tab.page.get_by_role("combobox", name="ボット").select_option("primary")
    await expect(tab.page.locator("main dl").first.get_by_text("11.0\u00a0%")).to_be_visible()


async def test_the_overview_stays_with_one_bot_while_several_report_in_turn(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.sample(database, bot="second", cpu=22)
    rows.sample(database, cpu=11)
    tab = await open_dashboard("/", admin)
    await tab.is_live()
    figures = tab.page.locator("main dl").first
    await expect(figures.get_by_text("11.0\u00a0%")).to_be_visible()

    rows.sample(database, bot="second", cpu=33, servers=7)

    await expect(tab.page.get_by_role("button", name="second")).to_contain_text("7")
    await expect(figures.get_by_text("11.0\u00a0%")).to_be_visible()


async def test_the_gaps_of_several_bots_are_told_apart_and_drawn_where_none_was_counting(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database, few=True)
    rows.sample(database, bot="second")
    database.execute(
        """insert into network_stats
             (bot_id, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
           select 'second', recorded_at, 0, 0, 0, 0, 0, 0
           from network_stats where recorded_at < now() - interval '10 minutes'"""
    )
    tab = await open_dashboard("/network/", admin)

    gaps = tab.card("欠測 · 1時間").locator("tbody tr")
    await expect(gaps).to_have_count(3)
    await expect(gaps.first).to_contain_text(re.compile(r"second.*現在まで"))
    await expect(tab.page.get_by_role("img", name="通信速度")).to_have_accessible_name(re.compile("欠測 1件"))


async def test_what_was_chosen_is_in_the_address_and_survives_loading_again(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database, few=True)
    tab = await open_dashboard("/network/?range=month", admin)
    await expect(tab.page.get_by_role("radio", name="30日間")).to_be_checked()
    await expect(tab.card("欠測 · 30日間")).to_be_visible()
    assert not any(path.startswith("network_stats") for path in tab.asked)
    await tab.choose("7日間")
    await expect(tab.page).to_have_url(re.compile(r"/network/\?range=week$"))

    await tab.page.get_by_role("link", name="音楽").click()
    await tab.choose("全期間")
    await tab.page.get_by_role("combobox", name="サーバー").select_option("9002")
    await expect(tab.page).to_have_url(re.compile(r"/music/\?range=week&period=all&server=9002$"))
    await tab.page.reload()
    await expect(tab.page.get_by_role("radio", name="全期間")).to_be_checked()
    await expect(tab.page.get_by_role("combobox", name="サーバー")).to_have_value("9002")
    await tab.page.get_by_role("combobox", name="サーバー").select_option("")
    await tab.choose("7日間")
    await expect(tab.page).to_have_url(re.compile(r"/music/\?range=week$"))


async def test_traffic_of_thirty_days_is_totalled_by_the_database_and_its_gaps_are_drawn(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database, days=30)
    [(total,)] = database.execute("select round(bytes_total / 1024.0 ^ 3, 2) from network_totals()")
    tab = await open_dashboard("/network/", admin)

    everything = tab.page.locator("[data-period=all]")
    await expect(everything).to_contain_text(f"{total}\u00a0GB")
    await expect(everything).to_contain_text("258,967件の記録")
    await expect(everything).to_contain_text("99.9\u00a0%")
    chart = tab.page.get_by_role("img", name="通信速度")
    await expect(chart).to_have_accessible_name(re.compile("欠測 1件"))
    await expect(tab.card("欠測 · 1時間").locator("tbody tr")).to_have_count(1)
    await tab.withhold("network_stats**")
    await tab.page.get_by_text("30日間", exact=True).first.wait_for()
    await tab.choose("30日間")
    await expect(tab.card("欠測 · 30日間").locator("tbody tr")).to_have_count(2)
    await expect(chart).to_have_accessible_name(re.compile("欠測 2件"))
    points = await exported(tab)

    assert 100 < len(points) <= 501


GAPPED = """
insert into network_stats
  (boot_id, sequence, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select md5(hour::text)::uuid, n, now() - make_interval(hours => hour) + n * interval '10 seconds', 1, 1, 2, 0, 0, 0
from generate_series(2, 60, 2) as hour, generate_series(1, 360) as n
"""


async def test_beside_thirty_gaps_of_an_hour_half_of_the_time_is_covered(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(GAPPED)
    tab = await open_dashboard("/network/", admin)

    everything = tab.page.locator("[data-period=all]")
    await expect(everything).to_contain_text("10,800件の記録")
    await expect(everything).to_contain_text(re.compile("充足率 (49.9|50)\u00a0%"))  # time goes on
    await expect(tab.page.get_by_text("100\u00a0%")).to_have_count(0)


MANY_ROWS = """
insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp)
select (n % 45)::text, 'song ' || n % 45, 'x', (n % 45)::text, now() - n * interval '1 second'
from generate_series(1, 70) as n;
insert into network_stats (boot_id, recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select gen_random_uuid(), now() - n * interval '10 seconds', 1, 1, 2, 0, 0, 0 from generate_series(1, 350) as n;
insert into network_stats (recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
select now() - interval '1 hour' - n * interval '13 minutes', 1, 1, 2, 0, 0, 0 from generate_series(1, 100) as n;
"""


async def test_a_project_that_gives_few_rows_at_a_time_is_read_to_the_end(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase
) -> None:
    database.execute(MANY_ROWS)
    supabase.switch("PUT", "/max_rows", {"rows": 30})
    tab = await open_dashboard("/network/", admin)
    assert len(await exported(tab)) == 351
    await tab.choose("24時間")
    await expect(tab.card("欠測 · 24時間")).to_contain_text("ほか92件")
    assert len(await exported(tab)) > 100

    await tab.page.get_by_role("link", name="音楽", exact=True).click()
    history = tab.card("再生履歴").locator("li")
    await expect(history).to_have_count(50)
    await tab.page.get_by_role("button", name="さらに表示").click()
    await expect(history).to_have_count(70)
    await expect(tab.page.get_by_text("これですべてです。")).to_be_visible()
    await expect(tab.page.get_by_role("combobox", name="サーバー").locator("option")).to_have_count(46)


async def test_music_is_ranked_filtered_by_server_and_paged(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database)
    rows.play(database, "別の曲", guild="42", by="Zoë")
    tab = await open_dashboard("/music/", admin)

    [(song, count)] = database.execute("select song_title, play_count from top_songs(p_limit => 1)")
    first = tab.card("よく再生された曲").locator("li").first
    await expect(first).to_contain_text(f"{song}")
    await expect(first).to_contain_text(f"{count}回")
    history = tab.card("再生履歴").locator("li")
    await expect(history).to_have_count(50)
    await tab.page.get_by_role("button", name="さらに表示").click()
    await expect(history).to_have_count(65)
    await expect(tab.page.get_by_text("これですべてです。")).to_be_visible()

    await tab.page.get_by_role("combobox", name="サーバー").select_option("42")
    await expect(history).to_have_count(1)
    await expect(tab.card("よく聴いている人").locator("li")).to_contain_text("Zoë")
    database.execute("update music_logs set timestamp = now() - interval '8 days' where guild_id = '42'")
    await tab.page.reload()
    await expect(tab.card("再生履歴").get_by_text("この期間の再生はありません")).to_be_visible()
    await tab.choose("30日間")
    await expect(history).to_have_count(1)
    assert [row[1] for row in (await exported(tab))[1:]] == ["別の曲"]


async def test_conversations_are_searched_narrowed_to_a_person_and_exported(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.fill(database)
    rows.talk(database, "100% =HYPERLINK", name="=1+1", user="666")
    tab = await open_dashboard("/conversations/", admin)
    await expect(tab.page.locator("main article")).to_have_count(24)

    await tab.page.get_by_role("searchbox").fill("100%")
    await expect(tab.page.locator("main article")).to_have_count(1)
    assert [row[1] for row in (await exported(tab))[1:]] == ["'=1+1"]
    await tab.page.get_by_role("searchbox").fill("そんな会話はない")
    await expect(tab.page.get_by_text("見つかりませんでした")).to_be_visible()

    await tab.page.get_by_role("searchbox").fill("")
    await tab.page.get_by_role("button", name="はる", exact=True).first.click()
    await expect(tab.page.locator("main article").filter(has_text="Sora")).to_have_count(0)
    await (
        tab.page.get_by_role("button", name="はるさんのみ 全員を表示")
        .or_(tab.page.get_by_role("button", name="全員を表示"))
        .first.click()
    )
    await expect(tab.page.locator("main article")).to_have_count(24)


async def test_what_people_wrote_is_text_and_never_markup(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    rows.talk(database, "<img src=x onerror=alert(1)>", name="<b>はる</b>")
    tab = await open_dashboard("/conversations/", admin)
    await expect(tab.page.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()


async def test_a_name_acts_on_nothing_around_it(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    turning = "abc\u202egnp\u2067\u200b.exe"
    rows.talk(database, "こんにちは", name=turning)
    rows.play(database, turning, guild="42", by=f"\u200f{turning}")
    for address, times in (("/conversations/", 1), ("/music/", 4)):
        tab = await open_dashboard(address, admin)
        names = tab.page.locator("main bdi", has_text="gnp")
        await expect(names).to_have_text(["abcgnp.exe"] * times)
        assert not set(await tab.page.locator("main").inner_text()) & set("\u202e\u2067\u200b\u200f")


async def test_logs_are_filtered_by_level_and_wait_while_nobody_follows(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase
) -> None:
    rows.log_line(database, "a warning", level="WARNING")
    rows.log_line(database, "an error")
    tab = await open_dashboard("/logs/", admin, expected=("WebSocket connection",))
    await expect(tab.item("a")).to_have_count(2)
    await tab.choose("エラー")
    await expect(tab.item("an error")).to_have_count(1)
    await expect(tab.item("a warning")).to_have_count(0)
    await tab.is_live()

    await tab.page.get_by_role("switch", name="追尾").uncheck()
    rows.log_line(database, "another warning", level="WARNING")
    rows.log_line(database, "another error")
    await expect(tab.page.get_by_role("button", name="新着 1件")).to_be_visible()
    await expect(tab.item("another error")).to_have_count(0)
    supabase.switch("POST", "/realtime/cut")  # and what is asked again changes nothing on screen either
    rows.log_line(database, "a last error")
    await expect(tab.page.get_by_role("button", name="新着 2件")).to_be_visible()
    await expect(tab.item("error")).to_have_count(1)
    await tab.page.get_by_role("button", name="新着 2件").click()
    await expect(tab.item("error")).to_have_count(3)


MANY_LINES = """
insert into bot_logs (timestamp, level, logger, message)
select now() - i * interval '1 second', level, 'bot', message
from generate_series(1, 120) as i, (values ('ERROR', 'an error'), ('WARNING', 'a warning')) as line (level, message)
"""
OLDER = re.compile(r"/bot_logs\?.*\bor=")


async def test_an_older_page_that_comes_after_another_level_was_chosen_is_not_shown_there(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(MANY_LINES)
    tab = await open_dashboard("/logs/?level=WARNING", admin)
    await expect(tab.item("a warning")).to_have_count(25)
    await tab.page.get_by_role("switch", name="追尾").uncheck()
    may_pass = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_pass.wait()
        await route.continue_()

    await tab.page.route(OLDER, hold)
    older = tab.page.get_by_role("button", name="さらに表示")
    await older.click()
    await tab.choose("エラー")
    await expect(tab.item("an error")).to_have_count(50)
    async with tab.page.expect_response(OLDER):
        may_pass.set()

    await older.click()
    await expect(tab.item("an error")).to_have_count(100)
    await expect(tab.item("a warning")).to_have_count(0)


async def test_what_waits_is_counted_beyond_a_page_where_more_than_a_page_is_shown(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(MANY_LINES)
    tab = await open_dashboard("/logs/?level=ERROR", admin)
    await tab.page.get_by_role("button", name="さらに表示").click()
    await expect(tab.item("an error")).to_have_count(100)
    await tab.is_live()
    await tab.page.get_by_role("switch", name="追尾").uncheck()
    database.execute(
        "insert into bot_logs (level, logger, message) select 'ERROR', 'bot', 'new' from generate_series(1, 70)"
    )
    await expect(tab.page.get_by_role("button", name="新着 70件", exact=True)).to_be_visible()


async def test_an_error_is_shown_with_its_remedy_and_what_was_read_stays(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase
) -> None:
    rows.play(database, "群青")
    tab = await open_dashboard(
        "/music/", admin, scheme="dark", expected=(UNAVAILABLE, "WebSocket connection")
    )
    await tab.is_live()
    await expect(tab.card("再生履歴").locator("li")).to_have_count(1)

    supabase.fault("status", status=503, method="GET", path="/rest/v1/music_logs")
    supabase.switch("POST", "/realtime/cut")
    await expect(tab.card("再生履歴").get_by_role("alert")).to_contain_text("最新ではありません")
    await expect(tab.card("再生履歴").locator("li")).to_have_count(1)
    await tab.visit("/music/")
    await expect(tab.card("再生履歴").get_by_role("alert")).to_contain_text("Supabaseが混み合っているか")
    assert await violations(tab.page) == []

    supabase.reset()
    await tab.card("再生履歴").get_by_role("button", name="もう一度試す").click()
    await expect(tab.card("再生履歴").locator("li")).to_have_count(1)


async def test_a_page_that_could_not_be_read_is_read_again_by_itself(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase
) -> None:
    rows.play(database, "群青")
    tab = await open_dashboard("/music/", admin, since=time.time(), expected=(UNAVAILABLE,))
    await tab.is_live()

    for path, told in (
        ("/rest/v1/music_logs", tab.card("再生履歴").get_by_role("alert")),
        ("/rest/v1/dashboard_admins", tab.page.locator("main").get_by_role("alert")),
    ):
        supabase.fault("status", status=503, method="GET", path=path)
        await tab.page.reload()
        await expect(told).to_contain_text("自動で再試行します")
        supabase.reset()
        await tab.page.clock.run_for(10_000)
        await expect(tab.card("再生履歴").locator("li")).to_have_count(1)


async def test_what_was_erased_leaves_an_open_page_too(
    open_dashboard: Open, admin: Account, database: Database, supabase: RunningSupabase
) -> None:
    tab = await open_dashboard("/conversations/", admin, expected=("WebSocket connection",))
    await tab.is_live()
    rows.talk(database, "忘れてほしいこと")
    rows.talk(database, "覚えていてよいこと", user="202")
    await expect(tab.page.locator("main article")).to_have_count(2)

    database.execute("select erase_personal_data('201')")
    supabase.switch("POST", "/realtime/cut")

    await expect(tab.page.locator("main article")).to_have_count(1)
    await expect(tab.page.locator("main article")).to_contain_text("覚えていてよいこと")


BY_NAME = """
insert into discord_names (discord_id, kind, name) values
  ('9001', 'guild', 'お隣さん荘'), ('9002', 'guild', 'ゲーム部'), ('70', 'channel', '雑談'), ('71', 'thread', '相談');
insert into music_logs (guild_id, song_title, requested_by, requested_by_id, timestamp) values
  ('9001', '群青', 'はる', '1', now() - interval '3 s'), ('9003', '怪物', 'はる', '1', now() - interval '4 s');
insert into conversation_logs (user_id, user_name, prompt, response, guild_id, channel_id, is_private, timestamp)
values
  ('1', 'はる', 'in a channel', '', '9001', '70', false, '2026-05-01 12:00+09'),
  ('1', 'はる', 'in a thread', '', '9001', '71', false, '2026-05-02 23:59+09'),
  ('1', 'はる', 'privately', '', '9002', '72', true, '2026-05-03 00:00+09'),
  ('1', 'はる', 'directly', '', null, '73', false, '2026-05-04 12:00+09');
"""


async def test_servers_and_channels_are_shown_by_their_newest_names(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(BY_NAME)
    tab = await open_dashboard("/conversations/", admin)
    await tab.is_live()
    for prompt, place in (
        ("in a channel", "お隣さん荘 · #雑談"),
        ("in a thread", "お隣さん荘 · #相談 のスレッド"),
        ("privately", "ゲーム部 · チャンネル（ID 72）"),
        ("directly", "ダイレクトメッセージ"),
    ):
        await expect(tab.item(prompt)).to_contain_text(place)
    await expect(tab.page.get_by_text("非公開", exact=True)).to_have_count(1)
    await expect(tab.item("privately").get_by_text("非公開", exact=True)).to_be_visible()

    database.execute("insert into discord_names (discord_id, kind, name) values ('70', 'channel', '広場')")
    await expect(tab.item("in a channel")).to_contain_text("お隣さん荘 · #広場")

    await tab.page.get_by_role("link", name="音楽").click()
    history = tab.card("再生履歴")
    await expect(history.locator("li").filter(has_text="群青")).to_contain_text("お隣さん荘")
    await expect(history.locator("li").filter(has_text="怪物")).to_contain_text("サーバー（ID 9003）")
    await tab.page.get_by_role("combobox", name="サーバー").select_option(label="お隣さん荘 (1回)")
    await expect(history.locator("li")).to_have_count(1)


async def test_conversations_are_filtered_by_server_and_by_the_viewers_days(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(BY_NAME)
    tab = await open_dashboard("/conversations/", admin)
    talks = tab.page.locator("main article")
    server = tab.page.get_by_role("combobox", name="サーバー")
    for label, count in (
        ("お隣さん荘 (2件)", 2),
        ("ゲーム部 (1件)", 1),
        ("ダイレクトメッセージ (1件)", 1),
        ("すべてのサーバー", 4),
    ):
        await server.select_option(label=label)
        await expect(talks).to_have_count(count)

    await tab.page.get_by_label("開始日").fill("2026-05-02")
    await expect(talks).to_have_count(3)
    await tab.page.get_by_label("終了日").fill("2026-05-02")
    await expect(talks).to_have_count(1)
    await expect(talks).to_contain_text("in a thread")
    await tab.page.reload()
    await expect(talks).to_have_count(1)
    assert await violations(tab.page) == []
    await tab.page.get_by_label("終了日").fill("2026-05-03")
    await expect(talks).to_have_count(2)
    await tab.page.get_by_role("button", name="日付をクリア").click()
    await expect(talks).to_have_count(4)

    await server.select_option(label="ゲーム部 (1件)")
    await tab.is_live()
    rows.talk(database, "elsewhere")
    database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response, guild_id)"
        " values ('1', 'はる', 'here', '', '9002')"
    )
    await expect(talks.filter(has_text="here")).to_have_count(1)
    await expect(talks).to_have_count(2)


async def test_a_stranger_is_told_of_servers_without_their_names(
    open_dashboard: Open, stranger: Account, admin: Account, database: Database
) -> None:
    database.execute(BY_NAME)
    tab = await open_dashboard("/music/", stranger)
    await expect(tab.card("再生履歴").locator("li").first).to_contain_text("サーバー（ID 9001）")
    await expect(tab.page.get_by_text("お隣さん荘")).to_have_count(0)


async def test_an_export_has_the_viewers_times_and_ids_that_a_spreadsheet_leaves_alone(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(BY_NAME)
    database.execute("update conversation_logs set user_id = '1573843211640635394'")
    rows.log_line(database, "x")
    database.execute("update bot_logs set error_id = '12e456', timestamp = '2026-05-01 12:00:05.4+09'")
    for zone, time_shown, offset in (
        ("Asia/Tokyo", "2026-05-01 12:00:0", "+09:00"),
        ("America/St_Johns", "2026-05-01 00:30:0", "-02:30"),
    ):
        tab = await open_dashboard("/conversations/", admin, zone=zone)
        await expect(tab.page.locator("main article")).to_have_count(4)
        header, *talks = await exported(tab)
        talk = dict(zip(header, talks[-1], strict=True))
        assert talk["timestamp"] == time_shown + "0"
        assert talk["utc_offset"] == f'="{offset}"'
        assert talk["user_id"] == '="1573843211640635394"'
        assert (talk["guild_id"], talk["server"], talk["channel"]) == ('="9001"', "お隣さん荘", "#雑談")
        assert [row[header.index("is_private")] for row in talks] == ["false", "true", "false", "false"]

        await tab.visit("/logs/")
        await expect(tab.item("x")).to_have_count(1)
        header, line = await exported(tab)
        assert dict(zip(header, line, strict=True))["timestamp"] == time_shown + "5"
        assert dict(zip(header, line, strict=True))["error_id"] == '="12e456"'


async def test_the_gaps_that_are_not_shown_can_be_opened(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(
        """insert into network_stats (recorded_at, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total)
           select now() - i * interval '100 seconds', 1, 1, 2, 0, 0, 0 from generate_series(0, 30) as i"""
    )
    tab = await open_dashboard("/network/", admin)
    gaps = tab.card("欠測 · 1時間").locator("tbody tr")
    await expect(gaps).to_have_count(8)
    await tab.page.get_by_role("button", name="ほか22件を表示").click()
    await expect(gaps).to_have_count(30)
    assert await violations(tab.page) == []
    await tab.page.get_by_role("button", name="少なく表示").click()
    await expect(gaps).to_have_count(8)


MARKDOWN = """# 見出し
**太字**と*斜体*と~~取り消し~~と`code`、snake_case_name、2 * 3 * 4、***両方***
- 一つ
  1. 二つ
> 引用
```py
print("**そのまま**")
```
\\*星\\* 開いた**まま"""


async def test_markdown_is_shown_as_what_it_means(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response) values ('1', 'はる', %s, %s)",
        ["**強く** <b>no</b>", MARKDOWN],
    )
    tab = await open_dashboard("/conversations/", admin)
    talk = tab.page.locator("main article")
    await expect(talk.locator("strong")).to_have_text(["強く", "太字", "両方"])
    await expect(talk.locator("em")).to_have_text(["斜体", "両方"])
    await expect(talk.locator("s")).to_have_text(["取り消し"])
    await expect(talk.locator(":not(pre) > code")).to_have_text(["code"])
    await expect(talk.locator("pre")).to_have_text('print("**そのまま**")')
    await expect(talk.locator("blockquote")).to_have_text("引用")
    for text in ("<b>no</b>", "snake_case_name、2 * 3 * 4", "•", "1.", "二つ", "*星* 開いた**まま"):
        await expect(talk).to_contain_text(text)
    for mark in ("```", "# 見出し", "~~"):
        await expect(talk).not_to_contain_text(mark)


async def test_what_discord_writes_with_ids_is_shown_as_what_it_means(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    database.execute(
        "insert into discord_names (discord_id, kind, name) values ('9002', 'channel', '雑談'), ('9003', 'thread', '音楽')"
    )
    prompt = (
        "<@1> <@!1> <@2> <@&3> <#9002> <#9003> <#4> <:cat:5> <a:dance:6> </play:7> `<@1>` <t:1700000000:t>"
    )
    database.execute(
        "insert into conversation_logs (user_id, user_name, prompt, response) values ('1', 'はる', %s, %s)",
        [prompt, "a" * 415 + "<@123456789012345678>"],
    )
    tab = await open_dashboard("/conversations/", admin)
    talk = tab.page.locator("main article")
    await expect(talk).to_contain_text(
        "@はる @はる @不明なユーザー @不明なロール #雑談 #音楽 のスレッド #不明なチャンネル"
        " :cat: :dance: /play <@1> 7:13"
    )
    await expect(talk).to_contain_text("a" * 415 + "…")
    assert await violations(tab.page) == []


async def test_a_text_of_nothing_but_marks_opens_the_page_as_fast_as_any(
    open_dashboard: Open, admin: Account, database: Database
) -> None:
    for marks in (
        "*a " * 8000,
        "**" * 12000,
        "_a_" * 8000,
        "`" * 25000,
        "* " * 12000,
        "***a" * 6000,
        "[" * 25000,
    ):
        rows.talk(database, marks)
    tab = await open_dashboard("/conversations/", admin)
    await expect(tab.page.locator("main article")).to_have_count(7)
    for _ in range(7):
        await tab.page.get_by_role("button", name="続きを読む").first.click()
    await expect(tab.page.get_by_role("button", name="続きを読む")).to_have_count(0)


@pytest.mark.parametrize(
    ("nodes", "told"), [("null", "未計測"), ("0", "未設定"), ("2", "応答なし")], ids=["old", "off", "down"]
)
async def test_lavalink_that_is_not_set_up_is_told_from_one_that_does_not_answer(
    open_dashboard: Open, admin: Account, database: Database, nodes: str, told: str
) -> None:
    rows.sample(database)
    database.execute(f"update system_stats set lavalink_nodes = {nodes}")
    tab = await open_dashboard("/", admin)
    await expect(tab.page.locator("main dl").first.get_by_text(told)).to_be_visible()
