"""The embed of ``/netstats``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import discord

from bot.colours import AMBER, GREEN
from bot.discord_limits import EMBED_FIELD_LENGTH
from bot.escaping import Label, code_label, label
from bot.markup import composed, joined, number, timestamp
from bot.texts import netstats as texts
from bot.units import format_bytes, format_change

if TYPE_CHECKING:
    from datetime import datetime

    from bot.period import Period
    from bot.telemetry.network_report import Gap, NetworkReport
    from bot.telemetry.network_totals import NetworkTotals
    from bot.texts import Language

MOSTLY_COVERED = 0.9
"""A period of which less was recorded is a poor measure, and the comparison says so."""
DAY_SECONDS = 86_400
EDGE_SECONDS = 15.0
"""What samples may leave uncovered at the ends of a period without a gap, which is longer than 30 s."""


def netstats_embed(period: Period, totals: NetworkTotals, now: datetime, language: Language) -> discord.Embed:
    """Return the embed of ``/netstats`` for ``totals`` of at least one sample."""
    embed = discord.Embed(title=period.title, colour=GREEN, timestamp=now)
    amounts = (
        ("📤 Sent", texts.SENT, totals.bytes_sent),
        ("📥 Received", texts.RECEIVED, totals.bytes_recv),
        ("📊 Total", texts.TOTAL, totals.bytes_total),
    )
    for name, text, amount in amounts:
        embed.add_field(name=name, value=text(language, amount=format_bytes(amount)))
    average = format_bytes(totals.bytes_total / totals.samples)
    embed.add_field(name="📈 Data Points", value=f"{totals.samples:,}")
    embed.add_field(name="⚡ Avg/10s", value=texts.AVERAGE(language, amount=average))
    embed.add_field(name=texts.COVERAGE(language), value=_coverage(totals, language))
    embed.set_footer(text="Updated every 10 seconds")
    summary = texts.SUMMARY[period.value[0]](language) + texts.FIELDS(language)
    notes: list[str] = []
    if not totals.is_complete:
        notes.append(texts.INCOMPLETE(language))
    elif totals.as_of is not None:
        notes.append(texts.LAST_KNOWN(language, as_of=timestamp(totals.as_of, "f")))
    if totals.pending_samples and notes:
        notes.append(texts.PENDING(language, count=number(totals.pending_samples)))
    embed.description = "\n".join([summary, *notes])
    if notes:
        embed.colour = discord.Colour(AMBER)
    return embed


def add_comparison(
    embed: discord.Embed,
    period: Period,
    totals: NetworkTotals,
    before: NetworkTotals,
    *,
    seconds: float,
    language: Language,
) -> None:
    """Say how ``totals`` compare with the period before, which lasted for ``seconds``."""
    name = texts.BEFORE[period.value[0]](language)
    if not before.samples:
        embed.add_field(name=name, value=texts.NOTHING_BEFORE(language), inline=False)
        return
    if len(totals.countings | before.countings) > 1:
        embed.add_field(name=name, value=texts.COUNTED_DIFFERENTLY(language), inline=False)
        return
    changes = (
        ("📤", totals.bytes_sent, before.bytes_sent),
        ("📥", totals.bytes_recv, before.bytes_recv),
        ("📊", totals.bytes_total, before.bytes_total),
    )
    text = "　".join(f"{sign} {format_change(now, then)}" for sign, now, then in changes)
    text += f"\n{texts.BEFORE_TOTAL(language, total=format_bytes(before.bytes_total))}"
    share = before.seconds_covered / seconds
    if before.as_of is None and share < MOSTLY_COVERED:
        text += f" {texts.BEFORE_PARTLY(language, percent=max(1, math.floor(100 * share)))}"
    embed.add_field(name=name, value=text, inline=False)


def add_chart(embed: discord.Embed, url: str, timezone: str, language: Language) -> None:
    """Show the chart at ``url``, and say what its colours mean and whose clock its axis has."""
    embed.set_image(url=url)
    embed.description = f"{embed.description}\n{texts.LEGEND(language, timezone=label(timezone))}"


def add_gaps(embed: discord.Embed, report: NetworkReport, language: Language, *, name_bots: bool) -> None:
    """List the largest times without a sample, in the reader's own time.

    One that ended as the period began is of the time before: this period is covered.
    """
    gaps = [gap for gap in report.gaps if gap.until.timestamp() - report.since > EDGE_SECONDS]
    if not gaps:
        return
    lines = [_gap_line(gap, language, name_bot=name_bots) for gap in gaps]
    others = report.gap_count - len(report.gaps)
    if others > 0:
        whole = format_duration(report.gap_seconds, language)
        lines.append(texts.MORE_GAPS(language, count=number(others), duration=whole))
    embed.add_field(name=texts.GAPS(language), value="\n".join(lines)[:EMBED_FIELD_LENGTH], inline=False)


def _gap_line(gap: Gap, language: Language, *, name_bot: bool) -> Label:
    same_day = (gap.until - gap.since).total_seconds() < DAY_SECONDS / 2
    since, until = timestamp(gap.since, "f"), timestamp(gap.until, "t" if same_day else "f")
    duration = format_duration((gap.until - gap.since).total_seconds(), language)
    name = composed("`{}` ", code_label(gap.bot_id)) if name_bot else Label()
    return composed("{}{} – {} ({})", name, since, until, duration)


def format_duration(seconds: float, language: Language) -> Label:
    """Return a duration in its two largest units of days, hours, minutes and seconds."""
    whole = round(seconds)
    parts = ((whole // DAY_SECONDS, 0), (whole // 3600 % 24, 1), (whole // 60 % 60, 2), (whole % 60, 3))
    first = next((index for index, (count, _) in enumerate(parts) if count), 3)
    shown = [(count, unit) for count, unit in parts[first : first + 2] if count] or [(0, 3)]
    between = "" if language == "ja" else " "
    return joined(between, (texts.DURATION_UNITS[unit](language, count=count) for count, unit in shown))


def _coverage(totals: NetworkTotals, language: Language) -> str:
    """Return the share of the period that samples cover; 100 % only without a gap and a lost sample."""
    if not totals.seconds_expected:
        return texts.COVERAGE_UNKNOWN(language)
    gap = totals.seconds_expected - totals.seconds_covered
    samples = max(totals.samples_expected - totals.samples, 0)
    share = math.floor(1000 * totals.seconds_covered / totals.seconds_expected) / 10
    is_gap = gap > EDGE_SECONDS
    text = texts.COVERAGE_GAPS if is_gap else texts.COVERAGE_WHOLE
    return text(
        language,
        percent=composed("{:.1f}%", min(share, 99.9) if is_gap or samples else 100),
        period=format_duration(totals.seconds_expected, language),
        gap=format_duration(gap, language),
        lost=texts.COVERAGE_LOST(language, count=number(samples)) if samples else Label(),
    )
