"""The chart itself: sent and received over time, gaps left open. The only module that imports matplotlib.

It is shown 600 pixels wide, and on a phone a bit over 300, so its text is large. Where no Japanese font is
installed, arrows take the place of Japanese words; the embed around it says the same in words.
"""

# matplotlib's keyword arguments are untyped:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import matplotlib as mpl
from matplotlib import dates, font_manager
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from bot.texts import netstats as texts
from bot.units import STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

    from bot.texts import Language

SIZE_INCHES = (10.0, 4.4)
DPI = 130
PAPER = "#1e1f22"
GRID = "#3a3c43"
INK = "#dbdee1"
FAINT = "#b5bac1"
GAP = "#2b2d31"
SENT = "#ff6384"
RECEIVED = "#36a2eb"
UNITS = ("B/s", "KB/s", "MB/s", "GB/s", "TB/s")
HEADROOM = 1.12
TEXT_POINTS = 23
LINE_POINTS = 2.6
LABELS = {"labelsize": TEXT_POINTS, "labelcolor": FAINT}
JAPANESE_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans JP",
    "Source Han Sans JP",
    "IPAexGothic",
    "IPAGothic",
    "TakaoPGothic",
    "VL PGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
)
WITHOUT_FONT = ("↑", "↓", "×")
"""Sent, received, no data: every font has these."""


@dataclass(frozen=True, slots=True)
class Series:
    """Rates of one period; times in Unix seconds, rates in bytes per second."""

    since: float
    until: float
    step: float
    points: Sequence[tuple[float, float, float]]
    timezone: ZoneInfo
    language: Language = "en"

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Series:
        """Return the series of a report's JSON."""
        points = [(float(at), float(sent), float(received)) for at, sent, received in raw["points"]]
        zone, language = ZoneInfo(raw["timezone"]), raw.get("language", "en")
        return cls(float(raw["since"]), float(raw["until"]), float(raw["step"]), points, zone, language)

    def stretches(self) -> Iterator[Sequence[tuple[float, float, float]]]:
        """Yield the runs of points without a break between them."""
        begin = 0
        for index in range(1, len(self.points) + 1):
            is_end = index == len(self.points)
            if is_end or self.points[index][0] - self.points[index - 1][0] > 1.5 * self.step:
                yield self.points[begin:index]
                begin = index

    def breaks(self) -> Iterator[tuple[float, float]]:
        """Yield from when to when there is no point, after the first one."""
        if not self.points:
            return
        ends = [points[-1][0] + self.step for points in self.stretches()]
        starts = [*(points[0][0] for points in self.stretches())][1:]
        for end, start in zip(ends, [*starts, self.until], strict=True):
            if start - end > self.step / 2:
                yield end, start


def draw(series: Series) -> bytes:
    """Return the chart as PNG."""
    fonts = _japanese_fonts() if series.language == "ja" else []
    mpl.rcParams["font.family"] = [*fonts, "DejaVu Sans"]
    figure = Figure(
        figsize=SIZE_INCHES, dpi=DPI, facecolor=PAPER, layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.12)
    )
    axes: Axes = figure.add_subplot()
    axes.set_facecolor(PAPER)
    peak = max((max(sent, received) for _, sent, received in series.points), default=0.0)
    scale, unit = _scale(peak)
    for start, end in series.breaks():
        _shade(axes, start, end, peak / scale)
    for points in series.stretches():
        # A point stands for a whole step: it ends where the next one would begin.
        edges = [_day(at) for at, _, _ in points]
        edges.append(_day(min(points[-1][0] + series.step, max(series.until, points[-1][0]))))
        for column, colour in ((2, RECEIVED), (1, SENT)):
            values = [point[column] / scale for point in points]
            values.append(values[-1])
            axes.fill_between(edges, values, step="post", color=colour, alpha=0.22, linewidth=0)
            axes.step(edges, values, where="post", color=colour, linewidth=LINE_POINTS)
    words = (texts.CHART_SENT, texts.CHART_RECEIVED, texts.CHART_GAP)
    has_font = series.language != "ja" or fonts
    names = [word(series.language) for word in words] if has_font else WITHOUT_FONT
    _decorate(axes, series, unit, peak / scale, names)
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def _decorate(axes: Axes, series: Series, unit: str, peak: float, names: Sequence[str]) -> None:
    axes.set_xlim(_day(series.since), _day(max(series.until, series.since + 1)))
    axes.set_ylim(0, peak * HEADROOM or 1)
    locator = dates.AutoDateLocator(tz=series.timezone, minticks=3, maxticks=5)
    month, day = ("%Y/%m", "%m/%d") if series.language == "ja" else ("%b %Y", "%b %d")
    formatter = dates.ConciseDateFormatter(
        locator,
        tz=series.timezone,
        formats=["%Y", month, day, "%H:%M", "%H:%M", "%S"],
        zero_formats=["", month, day, day, "%H:%M", "%H:%M"],
        show_offset=False,
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(axis="both", length=0, pad=9, **LABELS)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.set_title(unit, loc="left", color=FAINT, size=TEXT_POINTS, pad=12)
    handles = [Rectangle((0, 0), 1, 1, color=colour) for colour in (SENT, RECEIVED)]
    if any(series.breaks()):
        handles.append(Rectangle((0, 0), 1, 1, facecolor=GAP, edgecolor=FAINT, hatch="////", linewidth=0))
    axes.legend(
        handles,
        names[: len(handles)],
        loc="lower right",
        bbox_to_anchor=(1.0, 0.99),
        ncols=len(handles),
        frameon=False,
        labelcolor=INK,
        fontsize=TEXT_POINTS,
        borderpad=0.1,
        columnspacing=1.0,
        handletextpad=0.4,
        handlelength=1.0,
        handleheight=0.9,
    )


def _shade(axes: Axes, start: float, end: float, peak: float) -> None:
    left, right = _day(start), _day(end)
    gap = Rectangle(
        (left, 0),
        right - left,
        peak * HEADROOM or 1,
        facecolor=GAP,
        edgecolor=GRID,
        hatch="////",
        linewidth=0,
        zorder=0.6,
    )
    axes.add_patch(gap)


def _scale(peak: float) -> tuple[float, str]:
    """Return the divisor and the name of the largest unit of which the peak has at least one."""
    power = 0
    while peak / STEP ** (power + 1) >= 1 and power < len(UNITS) - 1:
        power += 1
    return float(STEP**power), UNITS[power]


def _day(at: float) -> float:
    """Return Unix seconds as matplotlib's dates are: days since 1970."""
    return at / 86_400


def _japanese_fonts() -> list[str]:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in JAPANESE_FONTS if name in installed]
