"""``/netstats`` against the true sum: a month of samples, after clean-up, and with Supabase down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.units import format_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.people import Json, Person
    from tests.support.running_sandbox import RunningSandbox

MONTH_OF_SAMPLES = """
    insert into network_stats (
      bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at, boot_id, sequence
    )
    select
      sent, received, sent + received, sent / 1048576.0, received / 1048576.0, (sent + received) / 1048576.0,
      now() - interval '30 days' + n * interval '10 seconds', '7f000000-0000-4000-8000-000000000001', n
    from (
      select n, 1000000 + n * 37 as sent, 3000000 + n * 11 as received from generate_series(0, 259199) as n
    ) as sample
"""
TRUE_SUM = "select sum(bytes_sent), sum(bytes_recv), sum(samples)::bigint from network_stats_rollup"


async def netstats(me: Person, period: str, **options: str) -> tuple[Json, dict[str, str]]:
    outcome = await me.run(await me.channel("general"), "netstats", {"period": period, **options})
    (embed,) = outcome["messages"][0]["embeds"]
    return embed, {field["name"]: field["value"] for field in embed["fields"]}


async def bot_online(me: Person) -> None:
    if not (await me.api.state())["bot"]["online"]:
        await me.api.wait_for(lambda event: event.type == "bot_status" and event.data["online"])


def true_sum(sandbox: RunningSandbox) -> tuple[int, int, int]:
    ((sent, received, samples),) = sandbox.rows(TRUE_SUM)
    return int(sent), int(received), int(samples)


@pytest.fixture
def samples(sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The sandbox, whose samples are gone after the test."""
    yield sandbox
    sandbox.execute("truncate network_stats, network_stats_rollup, network_stats_rollup_daily")


async def test_the_chart_and_the_gaps_follow_the_sums(samples: RunningSandbox, me: Person) -> None:
    await bot_online(me)
    two_days = MONTH_OF_SAMPLES.replace("interval '30 days'", "interval '2 days'").replace("259199", "17000")
    samples.execute("set role service_role", f"{two_days} where n not between 8000 and 9000")
    shown = await me.run(await me.channel("general"), "netstats", {"period": "month", "bot": "all"})
    (message,) = shown["messages"]
    assert "📅 その前の30日間との比較" in {field["name"] for field in message["embeds"][0]["fields"]}
    # By its id: what another test asked for may still be getting its chart.
    edited = await me.api.wait_for(
        lambda event: event.data.get("id") == message["id"] and "image" in event.data["embeds"][0], 30
    )
    (embed,) = edited.data["embeds"]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert fields["🕳️ 記録のない時間"].startswith("`primary` <t:")
    (attachment,) = edited.data["attachments"]
    async with httpx.AsyncClient() as http:
        png = (await http.get(attachment["url"])).content
    assert png.startswith(b"\x89PNG")


async def test_who_asks_in_plain_words_gets_the_chart_too(samples: RunningSandbox, me: Person) -> None:
    await bot_online(me)
    samples.execute("set role service_role", MONTH_OF_SAMPLES)
    asked = await me.say(await me.channel("general"), "@Otonari 今月どれくらい通信した？")
    edited = await me.api.wait_for(
        lambda event: bool(event.data.get("attachments")) and int(event.data["id"]) > int(asked["id"]), 30
    )
    (embed,) = edited.data["embeds"]
    assert "Last 30 Days" in embed["title"]
    assert embed["image"]["url"]


SECOND_BOT = """
    insert into network_stats (
      bot_id, bytes_sent, bytes_recv, bytes_total, mb_sent, mb_recv, mb_total, recorded_at, boot_id, sequence
    )
    select 'second', 1048576, 2097152, 3145728, 1, 2, 3, now() - interval '1 day' + n * interval '10 seconds',
      '7f000000-0000-4000-8000-000000000002', n
    from generate_series(0, 999) as n where n <> 500
"""


async def test_each_bot_is_shown_by_itself_with_its_coverage_and_all_of_them_as_the_sum(
    samples: RunningSandbox, me: Person
) -> None:
    await bot_online(me)
    samples.execute("set role service_role", SECOND_BOT, f"{MONTH_OF_SAMPLES} where n < 200")

    second, own, everything = [
        (await netstats(me, "all", bot=bot))[1] for bot in ("second", "primary", "all")
    ]
    assert (second["📤 Sent"], second["📥 Received"]) == ("999.00 MB（送信）", "1.95 GB（受信）")
    # A day since its first sample, of which not even three hours were recorded.
    assert second["🧭 記録率"].startswith("11.5%（1日のうち21時間")
    assert second["🧭 記録率"].endswith("の空白、欠けた記録1件）"), second
    points = [int(fields["📈 Data Points"].replace(",", "")) for fields in (own, everything)]
    assert 200 <= points[0] <= points[1] - 999 <= points[0] + 5, "samples may come in between"


async def test_other_bots_are_offered_and_shown(sandbox: RunningSandbox, me: Person) -> None:
    await bot_online(me)
    general = await me.channel("general")
    choices = await me.autocomplete(general, "netstats", {"bot": ""}, "bot")
    assert [choice["value"] for choice in choices][:2] == ["all", "primary"]
    outcome = await me.run(general, "netstats", {"period": "all", "bot": "nobody"})
    assert outcome["ephemeral"]
    assert "データがありません" in outcome["messages"][0]["content"]


@pytest.fixture
def month(samples: RunningSandbox) -> RunningSandbox:
    """The sandbox with samples of the last 30 days but half an hour, and a bot that was away meanwhile.

    The month that is asked for begins with a quarter of an hour, and the next may come during the test.
    """
    samples.control("bot", "POST", "/stop")
    samples.execute("set role service_role", MONTH_OF_SAMPLES.replace("(0, 259199)", "(180, 259199)"))
    samples.control("bot", "POST", "/start")
    return samples


async def test_a_month_is_the_true_sum_also_after_clean_up_and_while_supabase_is_down(
    month: RunningSandbox, me: Person
) -> None:
    await bot_online(me)
    ((counted, *raw),) = month.rows("select count(*), sum(bytes_sent), sum(bytes_recv) from network_stats")
    assert counted >= 259_200 - 180
    sent, received, samples = true_sum(month)
    assert [sent, received] == [int(figure) for figure in raw], "the rollup is the sum of the rows"

    async def shown_is_true() -> Json:
        embed, fields = await netstats(me, "month")
        after_sent, after_received, after_samples = true_sum(month)
        # Samples go on arriving every ten seconds, so the truth is between two looks at it.
        assert samples <= int(fields["📈 Data Points"].replace(",", "")) <= after_samples + 2
        assert fields["📤 Sent"].removesuffix("（送信）") in {format_bytes(sent), format_bytes(after_sent)}
        assert fields["📥 Received"].removesuffix("（受信）") in {
            format_bytes(received),
            format_bytes(after_received),
        }
        return embed

    assert "⚠️" not in (await shown_is_true())["description"]
    month.execute(
        "set role service_role", "delete from network_stats where recorded_at < now() - interval '2 days'"
    )
    await shown_is_true()

    month.control("supabase", "POST", "/faults", {"action": "reset"})
    embed = await shown_is_true()
    assert "データベースに接続できません" in embed["description"]


async def test_before_the_database_ever_answered_only_what_waits_is_counted_and_it_says_so(
    sandbox: RunningSandbox, me: Person
) -> None:
    sandbox.control("bot", "POST", "/stop")
    sandbox.control("supabase", "POST", "/faults", {"action": "status", "status": 503})
    sandbox.control("bot", "POST", "/start")
    await bot_online(me)
    general = await me.channel("general")
    async with asyncio.timeout(60):
        while not (outcome := await me.run(general, "netstats", {"period": "all"}))["messages"][0]["embeds"]:
            assert outcome["ephemeral"]
            assert "データがありません" in outcome["messages"][0]["content"]
            await asyncio.sleep(1)
    assert "まだ接続できていません" in outcome["messages"][0]["embeds"][0]["description"]
