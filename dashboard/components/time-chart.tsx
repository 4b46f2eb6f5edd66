"use client";

import {
  Chart,
  type ChartData,
  type ChartOptions,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  Tooltip,
} from "chart.js";
import { useCallback, useMemo } from "react";
import { Line } from "react-chartjs-2";

import { usePreferences } from "@/lib/preferences";
import { clockTicks, extremes, roundScale, type Series } from "@/lib/series";

const TICK_WIDTH = 84;

interface GapOptions {
  spans: readonly (readonly [number, number])[];
  color: string;
}

/** Hatches the times without samples, behind the lines. */
const gapPlugin: Plugin<"line", GapOptions> = {
  id: "gaps",
  beforeDatasetsDraw(chart, _arguments, { spans, color }) {
    const { ctx, chartArea: area, scales } = chart;
    const x = scales.x;
    if (!x || !spans?.length) return;
    ctx.save();
    ctx.strokeStyle = color;
    ctx.lineWidth = 1;
    for (const [from, to] of spans) {
      const left = Math.max(area.left, x.getPixelForValue(from));
      const right = Math.min(area.right, Math.max(x.getPixelForValue(to), left + 2));
      if (right <= left) continue;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, area.top, right - left, area.bottom - area.top);
      ctx.clip();
      ctx.beginPath();
      for (let start = left - area.height; start < right; start += 7) {
        ctx.moveTo(start, area.bottom);
        ctx.lineTo(start + area.height, area.top);
      }
      ctx.stroke();
      ctx.restore();
    }
    ctx.restore();
  },
};

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler, Tooltip, gapPlugin);

declare module "chart.js" {
  interface PluginOptionsByType<TType extends import("chart.js").ChartType> {
    gaps?: TType extends "line" ? GapOptions : never;
  }
}

interface Props {
  /** What it shows, read aloud before the figures. */
  label: string;
  series: Series;
  from: number;
  to: number;
  format(value: number): string;
  gaps?: GapOptions["spans"];
  /** What the axis reaches at least, for example 100 percent. */
  ceiling?: number;
  /** Whether a thousand of the unit are 1,000 or 1,024. */
  base?: 10 | 1024;
  height?: number;
}

const NO_GAPS: GapOptions["spans"] = [];

/** Lines over time, with a legend that tells each line's latest figure. */
export function TimeChart({
  label,
  series,
  from,
  to,
  format,
  gaps = NO_GAPS,
  ceiling = 1,
  base = 10,
  height = 220,
}: Props) {
  const { texts, format: dates, isDark } = usePreferences();
  const colors = useMemo(() => readColors(isDark), [isDark]);
  const highest = series.lines
    .flatMap((line) => line.values)
    .reduce<number>((top, value) => Math.max(top, value ?? 0), ceiling);
  const summaries = series.lines.map((line) => ({ ...line, figures: extremes(line.values) }));

  const show = useCallback((value: number | null) => (value === null ? "–" : format(value)), [format]);

  const data = useMemo<ChartData<"line", { x: number; y: number | null }[]>>(
    () => ({
      datasets: series.lines.map((line, index) => ({
        label: line.name,
        data: series.times.map((x, place) => ({ x, y: line.values[place] ?? null })),
        borderColor: colors(line.color),
        backgroundColor: `${colors(line.color)}1c`,
        fill: index === 0 ? "origin" : false,
        borderWidth: 1.75,
        pointRadius: (context) => (isLonely(context.dataset.data as { y: number | null }[], context.dataIndex) ? 2 : 0),
        pointBackgroundColor: colors(line.color),
        pointHoverRadius: 4,
        pointHitRadius: 8,
      })),
    }),
    [series, colors],
  );

  const scale = useMemo(() => roundScale(highest, base), [highest, base]);
  const options = useMemo<ChartOptions<"line">>(
    () => ({
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      parsing: false,
      normalized: true,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: {
          type: "linear",
          min: from,
          max: to,
          border: { display: false },
          grid: { color: colors("--line"), tickLength: 0 },
          afterBuildTicks: (axis) => {
            const count = Math.max(2, Math.floor(axis.width / TICK_WIDTH));
            axis.ticks = clockTicks(from, to, count).map((value) => ({ value }));
          },
          ticks: {
            color: colors("--soft"),
            autoSkip: false,
            maxRotation: 0,
            padding: 8,
            font: { size: 11 },
            callback: (value) => dates.tick(Number(value), to - from),
          },
        },
        y: {
          min: 0,
          max: scale.ceiling,
          border: { display: false },
          grid: { color: colors("--line"), tickLength: 0 },
          ticks: {
            color: colors("--soft"),
            stepSize: scale.step,
            padding: 8,
            font: { size: 11 },
            callback: (value) => format(Number(value)).replace(/\.0+(?=\s)/, ""),
          },
        },
      },
      plugins: {
        legend: { display: false },
        gaps: { spans: gaps, color: `${colors("--soft")}66` },
        tooltip: {
          backgroundColor: colors("--ink"),
          titleColor: colors("--paper"),
          bodyColor: colors("--paper"),
          padding: 10,
          cornerRadius: 8,
          boxPadding: 4,
          callbacks: {
            title: ([item]) => (typeof item?.parsed.x === "number" ? dates.full(item.parsed.x) : ""),
            label: (item) => ` ${item.dataset.label}  ${show(item.parsed.y)}`,
          },
        },
      },
    }),
    [from, to, gaps, scale, colors, dates, format, show],
  );

  const spoken = summaries
    .map(({ name, figures }) =>
      figures
        ? texts.chart.summary(name, show(figures.latest), format(figures.low), format(figures.high))
        : `${name}: ${texts.chart.nothing}`,
    )
    .concat(gaps.length ? [texts.chart.gaps(dates.integer(gaps.length))] : [])
    .join("; ");

  return (
    <figure>
      <figcaption className="mb-2 flex flex-wrap gap-x-5 gap-y-1 text-[13px]" aria-hidden="true">
        {summaries.map(({ name, color, figures }) => (
          <span key={name} className="inline-flex items-center gap-1.5">
            <span className="h-0.75 w-3.5 rounded-full" style={{ background: `var(${color})` }} />
            <span className="text-soft">{name}</span>
            <span className="font-medium tabular-nums">{figures ? show(figures.latest) : "–"}</span>
          </span>
        ))}
      </figcaption>
      <div className="relative" style={{ height }}>
        <Line data={data} options={options} role="img" aria-label={`${label}. ${spoken}`} />
      </div>
    </figure>
  );
}

/** A figure without neighbours makes no line, so it is drawn as a point. */
function isLonely(points: readonly { y: number | null }[], place: number): boolean {
  return (points[place - 1]?.y ?? null) === null && (points[place + 1]?.y ?? null) === null;
}

/** The colours of the theme that is on; `isDark` tells when to look again. */
function readColors(isDark: boolean): (name: string) => string {
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}
