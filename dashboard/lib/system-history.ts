import { useMemo } from "react";

import type { SystemPoint, SystemStat } from "./database";
import { type Loaded, useInserts, useNow, useQuery, useRows, useThrottled } from "./live";
import { RANGE_MS, type Range, RELOAD_MS, rangeStart } from "./periods";
import { systemPoints, systemStatsSince } from "./queries";
import { BREAK_MS } from "./series";
import { useSession } from "./session";

export interface History<Point> {
  points: Point[];
  /** What pause breaks the line; undefined: as the points' distance says. */
  breakMs: number | undefined;
  /** The right edge of the graph. */
  to: number;
}

/** One sample every ten seconds for an hour, and some for clocks that differ. */
const SAMPLES_PER_HOUR = 400;

/**
 * How a bot's process was: the last hour sample by sample, each shown as it comes; longer spans as averages
 * of the database, read again while samples come. Every graph moves on also while none does.
 */
export function useSystemHistory(botId: string, range: Range): Loaded<History<SystemPoint>> {
  const { client } = useSession();
  const isHour = range === "hour";
  const samples = useRows(
    {
      table: "system_stats",
      load: () => (isHour ? systemStatsSince(client, rangeStart(range), botId) : Promise.resolve([])),
      matches: (row) => isHour && row.bot_id === botId,
      time: sampleTime,
      limit: SAMPLES_PER_HOUR,
    },
    [client, botId, isHour],
  );
  const averages = useQuery(
    async () => (isHour ? [] : await systemPoints(client, rangeStart(range), botId)),
    [client, botId, range],
  );
  const reload = useThrottled(averages.reload, RELOAD_MS[range]);
  useInserts("system_stats", () => {
    if (!isHour) reload();
  });

  const now = useNow(RELOAD_MS[range]);
  const loaded = isHour ? samples : averages;
  const data = useMemo(() => {
    const to = Math.max(now, Date.now());
    if (!isHour) return averages.data && { points: averages.data, breakMs: undefined, to };
    if (!samples.data) return undefined;
    const recent = samples.data.filter((row) => Date.parse(row.timestamp) > to - RANGE_MS.hour);
    return { points: recent.map(asPoint), breakMs: BREAK_MS, to };
  }, [isHour, samples.data, averages.data, now]);
  return { data, error: loaded.error, reload: loaded.reload };
}

function sampleTime(row: SystemStat): string {
  return row.timestamp;
}

function asPoint(row: SystemStat): SystemPoint {
  return { ...row, at: row.timestamp, samples: 1 };
}
