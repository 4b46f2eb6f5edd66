import { useMemo } from "react";

import { databaseNow, useNow } from "./clock";
import { type Loaded, useInserts, useLiveReading, useReading, useThrottled } from "./live";
import { RANGE_MS, type Range, RELOAD_MS, rangeStart } from "./periods";
import { networkPoints, networkStatsSince, systemPoints, systemStatsSince } from "./queries";
import { mergeRows } from "./rows";
import { BREAK_MS } from "./series";
import { useSession } from "./session";
import type { BotId, LiveTables, NetworkPoint, NetworkStat, SystemPoint, SystemStat } from "./tables";

const SAMPLE_MS = 10_000;
/** One sample every ten seconds, and some for clocks that differ. */
const SAMPLES_PER_HOUR = 400;

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
function useHistory<Name extends Sampled, Point>(
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
    const to = Math.max(now, databaseNow());
    if (!isHour) return longer.data && { points: longer.data, breakMs: undefined, to };
    const recent = hour.data?.filter((row) => Date.parse(time(row)) > to - RANGE_MS.hour);
    return recent && { points: toPoints(recent), breakMs: BREAK_MS, to };
  }, [isHour, hour.data, longer.data, now, time, toPoints]);
  return { ...(isHour ? hour : longer), data };
}

/** How a bot's process was. */
export function useSystemHistory(botId: string, range: Range): Loaded<History<SystemPoint>> {
  const { client } = useSession();
  return useHistory(
    {
      table: "system_stats",
      samples: (since) => systemStatsSince(client, since, botId),
      limit: SAMPLES_PER_HOUR,
      time: sampledAt,
      toPoints: asSystemPoints,
      points: (since) => systemPoints(client, since, botId),
    },
    botId,
    range,
  );
}

const sampledAt = (row: SystemStat) => row.timestamp;
const asSystemPoints = (rows: readonly SystemStat[]) =>
  rows.map((row): SystemPoint => ({ ...row, at: row.timestamp, samples: 1 }));

/** How much went over the network, of one bot or of all (null) together. */
export function useNetworkHistory(botId: BotId, range: Range): Loaded<History<NetworkPoint>> {
  const { client } = useSession();
  return useHistory(
    {
      table: "network_stats",
      samples: (since) => networkStatsSince(client, since, botId),
      limit: 12 * SAMPLES_PER_HOUR, // of a dozen bots,
      time: recordedAt,
      toPoints: asNetworkPoints,
      points: (since) => networkPoints(client, since, botId),
    },
    botId,
    range,
  );
}

const recordedAt = (row: NetworkStat) => row.recorded_at;

function asNetworkPoints(rows: readonly NetworkStat[]): NetworkPoint[] {
  const isOneBot = rows.every((row) => row.bot_id === rows[0]?.bot_id);
  return isOneBot ? rows.map(asPoint) : addUp(rows);
}

function asPoint(row: NetworkStat): NetworkPoint {
  return {
    at: row.recorded_at,
    bytes_sent: row.bytes_sent,
    bytes_recv: row.bytes_recv,
    seconds_covered: row.interval_seconds,
    samples: 1,
  };
}

/** The rates of several bots together, in steps of ten seconds. */
function addUp(rows: readonly NetworkStat[]): NetworkPoint[] {
  const buckets = new Map<number, NetworkPoint>();
  for (const row of rows) {
    const start = Math.floor(Date.parse(row.recorded_at) / SAMPLE_MS) * SAMPLE_MS;
    const sum = buckets.get(start) ?? {
      at: new Date(start).toISOString(),
      bytes_sent: 0,
      bytes_recv: 0,
      seconds_covered: 0,
      samples: 0,
    };
    sum.bytes_sent += row.bytes_sent;
    sum.bytes_recv += row.bytes_recv;
    sum.seconds_covered = Math.max(sum.seconds_covered, row.interval_seconds);
    sum.samples += 1;
    buckets.set(start, sum);
  }
  return [...buckets.values()];
}
