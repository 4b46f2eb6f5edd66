/** The spans of time to choose from. Days begin at the viewer's midnight. */

import { databaseNow } from "./clock";
import { DAY_MS } from "./format";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;

export const RANGES = ["hour", "day", "week", "month"] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_MS: Record<Range, number> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

/** How often a graph moves on, and one of averages is read again; an hour's grows row by row instead. */
export const RELOAD_MS: Record<Range, number> = {
  hour: 10_000,
  day: 60_000,
  week: 300_000,
  month: 300_000,
};

export function rangeStart(range: Range, now = databaseNow()): Date {
  return new Date(now - RANGE_MS[range]);
}

export const PERIODS = ["today", "week", "month", "all"] as const;
export type Period = (typeof PERIODS)[number];

export function startOfToday(): Date {
  const day = new Date(databaseNow());
  day.setHours(0, 0, 0, 0);
  return day;
}

/** When a day like 2026-01-02 begins for the viewer, or some days later; null for what is no day. */
export function startOfDay(day: string | null, later = 0): Date | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? "") ?? [];
  const start = new Date(Number(year), Number(month) - 1, Number(date) + later);
  return Number.isNaN(start.getTime()) ? null : start;
}

/**
 * When a period began, as /netstats counts: today from midnight, a week and a month 7 and 30 days ago from
 * the quarter of an hour before (whole quarters stay exact after clean-up); null for all time.
 */
export function periodStart(period: Period): Date | null {
  if (period === "today") return startOfToday();
  if (period === "all") return null;
  const quarter = Math.floor(databaseNow() / QUARTER_MS) * QUARTER_MS;
  return new Date(quarter - (period === "week" ? 7 : 30) * DAY_MS);
}
