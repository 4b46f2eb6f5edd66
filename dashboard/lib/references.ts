/**
 * What Discord's own notation in a text stands for, such as <@id>.
 *
 * https://discord.com/developers/docs/reference#message-formatting-formats
 */

export type Reference =
  | { kind: "user" | "role" | "channel"; id: string }
  | { kind: "emoji" | "command"; name: string }
  | { kind: "time"; at: number; style: TimeStyle };

const TIME_STYLES = ["t", "T", "d", "D", "f", "F", "s", "S", "R"] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

const PATTERN =
  /<(?:(?<person>@!?|@&|#)(?<id>\d{1,20})|a?:(?<emoji>\w{2,32}):\d{1,20}|\/(?<command>[^\n:<>]{1,100}):\d{1,20}|t:(?<seconds>-?\d{1,13})(?::(?<style>[tTdDfFsSR]))?)>/y;

/** What is referred to at a place of a text, and how many characters tell it. */
export function referenceAt(text: string, at: number): { to: Reference; length: number } | undefined {
  PATTERN.lastIndex = at;
  const found = PATTERN.exec(text);
  const to = found?.groups && referenceOf(found.groups);
  return to && { to, length: found[0].length };
}

function referenceOf({ person, id, emoji, command, seconds, style }: Record<string, string | undefined>) {
  if (person && id) return { kind: kindOf(person), id };
  if (emoji) return { kind: "emoji" as const, name: `:${emoji}:` };
  if (command) return { kind: "command" as const, name: `/${command}` };
  const at = Number(seconds) * 1000;
  // No calendar has such a day.
  if (Number.isNaN(new Date(at).getTime())) return undefined;
  return { kind: "time" as const, at, style: TIME_STYLES.find((one) => one === style) ?? "f" };
}

function kindOf(sign: string): "user" | "role" | "channel" {
  if (sign === "#") return "channel";
  return sign === "@&" ? "role" : "user";
}

const OPTIONS: Record<Exclude<TimeStyle, "R">, Intl.DateTimeFormatOptions> = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};

const UNITS = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** A moment as Discord shows it in the viewer's zone; `at` and `now` in milliseconds since 1970. */
export function momentText(at: number, style: TimeStyle, locale: string, now: number): string {
  if (style !== "R") return new Intl.DateTimeFormat(locale, OPTIONS[style]).format(at);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(at - now) >= length) ?? (["second", 1000] as const);
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.trunc((at - now) / size), unit);
}
