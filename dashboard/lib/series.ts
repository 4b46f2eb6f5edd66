/** Figures over time, ready to draw: a break in the line wherever figures are missing. */

export interface Line {
  name: string;
  /** The CSS variable of its colour. */
  color: "--series-1" | "--series-2";
  values: (number | null)[];
}

export interface Series {
  /** Milliseconds since 1970, rising; as many as every line has values. */
  times: number[];
  lines: Line[];
}

/** Samples come every ten seconds; three missing ones are a gap. */
export const BREAK_MS = 30_000;

interface Named<Row> {
  name: string;
  color: Line["color"];
  value(row: Row): number | null;
}

/**
 * Lay `rows` out over time. A pause of more than `breakMs` breaks the lines; without it, one that is longer
 * than the usual distance between two rows.
 */
export function toSeries<Row>(
  rows: readonly Row[],
  time: (row: Row) => string,
  lines: readonly Named<Row>[],
  breakMs?: number,
): Series {
  const timed = rows.map((row) => ({ at: Date.parse(time(row)), row })).sort((a, b) => a.at - b.at);
  const limit = breakMs ?? 1.5 * shortestStep(timed.map(({ at }) => at));
  const times: number[] = [];
  const values: (number | null)[][] = lines.map(() => []);
  timed.forEach(({ at, row }, place) => {
    const before = timed[place - 1];
    if (before && at - before.at > limit) {
      times.push(before.at + (at - before.at) / 2);
      for (const one of values) one.push(null);
    }
    times.push(at);
    for (const [index, line] of lines.entries()) values[index]?.push(line.value(row));
  });
  return { times, lines: lines.map(({ name, color }, index) => ({ name, color, values: values[index] ?? [] })) };
}

function shortestStep(times: readonly number[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let place = 1; place < times.length; place += 1) {
    const step = (times[place] ?? 0) - (times[place - 1] ?? 0);
    if (step > 0) shortest = Math.min(shortest, step);
  }
  return shortest;
}

export interface Extremes {
  /** The last figure; null where the last row has none, whatever came before. */
  latest: number | null;
  low: number;
  high: number;
}

/** The last, smallest and largest of a line's figures; null where it has none. */
export function extremes(values: readonly (number | null)[]): Extremes | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return {
    latest: values.at(-1) ?? null,
    low: known.reduce((low, value) => Math.min(low, value)),
    high: known.reduce((high, value) => Math.max(high, value)),
  };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const STEPS_MS = [
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
] as const;
const STEPS_DAYS = [1, 2, 5, 7, 14, 30, 90, 365] as const;

/** At most `count` round moments of the viewer's clock between two moments. */
export function clockTicks(from: number, to: number, count: number): number[] {
  const step = STEPS_MS.find((one) => (to - from) / one <= count);
  const days = STEPS_DAYS.find((one) => (to - from) / (one * 24 * HOUR_MS) <= count) ?? 365;
  const at = new Date(from);
  at.setHours(0, 0, 0, 0);
  const ticks: number[] = [];
  while (at.getTime() <= to) {
    if (at.getTime() >= from) ticks.push(at.getTime());
    if (step === undefined) at.setDate(at.getDate() + days);
    else at.setTime(at.getTime() + step);
  }
  return ticks;
}

/** A round figure of at least `value`, and the distance of the lines below it: four or five of them. */
export function roundScale(value: number, base: 10 | 1024): { ceiling: number; step: number } {
  const unit = base === 10 ? 1 : base ** Math.max(0, Math.floor(Math.log(Math.max(value, 1)) / Math.log(base)));
  const amount = Math.max(value / unit, Number.EPSILON);
  const power = 10 ** Math.floor(Math.log10(amount / 4));
  const step = ([1, 2, 5, 10].find((one) => one * power * 5 >= amount) ?? 10) * power * unit;
  return { ceiling: Math.ceil(value / step - 1e-9) * step, step };
}
