/** Numbers with units and times in the viewer's zone. */

import { databaseNow } from "./clock";

export type Language = "ja" | "en";

export const LOCALES = { ja: "ja-JP", en: "en-GB" } as const;

const UNITS = ["B", "KB", "MB", "GB", "TB", "PB"] as const;
const STEP = 1024;
/** A number and its unit stay on one line. */
const NBSP = "\u00a0";

export interface Format {
  integer(value: number): string;
  /** Bytes in the largest unit of at least one, by 1,024 as /netstats counts. */
  bytes(value: number): string;
  rate(bytesPerSecond: number): string;
  percent(value: number): string;
  milliseconds(value: number): string;
  mebibytes(value: number): string;
  duration(seconds: number): string;
  /** 18:05:09 */
  time(at: number | string): string;
  /** The day where it is not today, and the time. */
  moment(at: number | string): string;
  /** Everything, with the name of the zone. */
  full(at: number | string): string;
  /** A graph's axis: times within a day and days beyond. */
  tick(at: number, span: number): string;
}

export const DAY_MS = 86_400_000;

const DURATIONS = {
  ja: { day: "日", hour: "時間", minute: "分", second: "秒", space: "" },
  en: { day: "\u00a0d", hour: "\u00a0h", minute: "\u00a0min", second: "\u00a0s", space: " " },
} as const;

export function formatFor(language: Language): Format {
  const locale = LOCALES[language];
  const decimal = (digits: number) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const [whole, one, two] = [decimal(0), decimal(1), decimal(2)];
  const dates = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const time = dates({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const minute = dates({ hour: "2-digit", minute: "2-digit" });
  const day = dates({ month: "short", day: "numeric" });
  const dayAndTime = dates({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const full = dates({
    year: "numeric",
    month: "short",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });

  function bytes(value: number): string {
    let amount = value;
    let unit = 0;
    while (Math.round(amount * 100) / 100 >= STEP && unit < UNITS.length - 1) {
      amount /= STEP;
      unit += 1;
    }
    return `${(unit === 0 ? whole : two).format(amount)}${NBSP}${UNITS[unit]}`;
  }

  function duration(seconds: number): string {
    const words = DURATIONS[language];
    const total = Math.max(0, Math.round(seconds));
    const parts: [number, string][] = [
      [Math.floor(total / 86_400), words.day],
      [Math.floor(total / 3600) % 24, words.hour],
      [Math.floor(total / 60) % 60, words.minute],
      [total % 60, words.second],
    ];
    const first = parts.findIndex(([amount]) => amount > 0);
    if (first < 0) return `0${words.second}`;
    return parts
      .slice(first, first + 2)
      .filter(([amount]) => amount > 0)
      .map(([amount, word]) => `${amount}${word}`)
      .join(words.space);
  }

  return {
    integer: (value) => whole.format(value),
    bytes,
    rate: (value) => `${bytes(value)}/s`,
    percent: (value) => `${one.format(value)}${NBSP}%`,
    milliseconds: (value) => `${whole.format(value)}${NBSP}ms`,
    mebibytes: (value) => (value >= STEP ? `${two.format(value / STEP)}${NBSP}GB` : `${whole.format(value)}${NBSP}MB`),
    duration,
    time: (at) => time.format(new Date(at)),
    moment: (at) => (isToday(new Date(at)) ? time : dayAndTime).format(new Date(at)),
    full: (at) => full.format(new Date(at)),
    tick: (at, span) => {
      const midnight = new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0;
      return (span > 2 * DAY_MS || (midnight && span > DAY_MS / 4) ? day : minute).format(new Date(at));
    },
  };
}

function isToday(moment: Date): boolean {
  return moment.toDateString() === new Date(databaseNow()).toDateString();
}
