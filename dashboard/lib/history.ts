import { useMemo } from "react";

import { useNow } from "./clock";
import { type Loaded, useInserts, useLiveReading, useReading, useThrottled } from "./live";
import { RANGE_MS, type Range, RELOAD_MS, rangeStart } from "./periods";
import { mergeRows } from "./rows";
import { BREAK_MS } from "./series";
import type { BotId, LiveTables } from "./tables";

export interface History<Point> {
  points: Point[];
  /** What pause breaks the line; undefined: as the points' distance says. */
  breakMs: number | undefined;
  /** The right edge of the graph. */
  to: number;
}

type Sampled = "system_stats" | "network_stats";

interface Source<Name extends Sampled, Point> {
  table: Name;
  samples(since: Date): Promise<LiveTables[Name][]>;
  /** How many samples to keep. */
  limit: number;
  time(sample: LiveTables[Name]): string;
  toPoints(samples: readonly LiveTables[Name][]): Point[];
  points(since: Date): Promise<Point[]>;
}

/**
 * How figures went, of one bot or of all (null): the last hour sample by sample, each shown as it comes; longer
 * spans as points of the database, read again while samples come. Every graph moves on also while none does.
 */
export function useHistory<Name extends Sampled, Point>(
  { table, samples, limit, time, toPoints, points }: Source<Name, Point>,
  botId: BotId,
  range: Range,
): Loaded<History<Point>> {
  const isHour = range === "hour";
  const hour = useLiveReading({
    table,
    key: [table, "samples", botId],
    enabled: isHour,
    load: () => samples(rangeStart("hour")),
    add(known, rows) {
      const some = rows.filter((row) => botId === null || row.bot_id === botId);
      return mergeRows(some, known, time, limit);
    },
  });
  const longer = useReading({
    key: [table, "points", botId, range],
    enabled: !isHour,
    load: () => points(rangeStart(range)),
  });
  const reload = useThrottled(longer.reload, RELOAD_MS[range]);
  useInserts(table, () => {
    if (!isHour) reload();
  });

  const now = useNow(RELOAD_MS[range]);
  const data = useMemo(() => {
    const to = Math.max(now, Date.now());
    if (!isHour) return longer.data && { points: longer.data, breakMs: undefined, to };
    const recent = hour.data?.filter((row) => Date.parse(time(row)) > to - RANGE_MS.hour);
    return recent && { points: toPoints(recent), breakMs: BREAK_MS, to };
  }, [isHour, hour.data, longer.data, now, time, toPoints]);
  return { ...(isHour ? hour : longer), data };
}
