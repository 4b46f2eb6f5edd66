"""The chart itself: sent and received over time, gaps left open. The only module that imports matplotlib.

Its words are English and numbers: no Japanese font can be counted on where a bot runs.
"""

# matplotlib's keyword arguments are untyped:
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matplotlib import dates
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from bot.units import STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

SIZE_INCHES = (10.0, 4.4)
DPI = 130
PAPER = "#1e1f22"
GRID = "#3a3c43"
INK = "#dbdee1"
FAINT = "#949ba4"
GAP = "#2b2d31"
SENT = "#ff6384"
RECEIVED = "#36a2eb"
UNITS = ("B/s", "KB/s", "MB/s", "GB/s", "TB/s")
HEADROOM = 1.12
LABELS = {"labelsize": 11, "labelcolor": FAINT}


@dataclass(frozen=True, slots=True)
class Series:
    """Rates of one period; times in Unix seconds, rates in bytes per second."""

    since: float
    until: float
    step: float
    points: Sequence[tuple[float, float, float]]
    timezone: ZoneInfo

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Series:
        """Return the series of a report's JSON."""
        points = [(float(at), float(sent), float(received)) for at, sent, received in raw["points"]]
        zone = ZoneInfo(raw["timezone"])
        return cls(float(raw["since"]), float(raw["until"]), float(raw["step"]), points, zone)

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
            axes.step(edges, values, where="post", color=colour, linewidth=1.6)
    _decorate(axes, series, unit, peak / scale)
    png = io.BytesIO()
    figure.savefig(png, format="png")
    return png.getvalue()


def _decorate(axes: Axes, series: Series, unit: str, peak: float) -> None:
    axes.set_xlim(_day(series.since), _day(max(series.until, series.since + 1)))
    axes.set_ylim(0, peak * HEADROOM or 1)
    locator = dates.AutoDateLocator(tz=series.timezone, minticks=4, maxticks=9)
    formatter = dates.ConciseDateFormatter(
        locator,
        tz=series.timezone,
        formats=["%Y", "%b", "%b %d", "%H:%M", "%H:%M", "%S"],
        zero_formats=["", "%Y", "%b %d", "%b %d", "%H:%M", "%H:%M"],
        offset_formats=["", "", "%Y", "%Y %b %d", "%Y %b %d", "%Y %b %d %H:%M"],
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.xaxis.get_offset_text().set(color=FAINT, size=11)
    axes.tick_params(axis="both", length=0, pad=7, **LABELS)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.set_title(unit, loc="left", color=FAINT, size=11, pad=12)
    axes.set_title(series.timezone.key, loc="right", color=FAINT, size=11, pad=12)
    handles = [Rectangle((0, 0), 1, 1, color=colour) for colour in (SENT, RECEIVED)]
    names = ["Sent", "Received"]
    if any(series.breaks()):
        handles.append(Rectangle((0, 0), 1, 1, facecolor=GAP, edgecolor=FAINT, hatch="////", linewidth=0))
        names.append("No data")
    axes.legend(
        handles,
        names,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=len(names),
        frameon=False,
        labelcolor=INK,
        fontsize=12,
        handlelength=1.1,
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
