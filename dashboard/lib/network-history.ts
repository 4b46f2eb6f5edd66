import { useMemo } from "react";

import type { BotId, NetworkPoint, NetworkStat } from "./database";
import { type Loaded, useInserts, useNow, useQuery, useRows, useThrottled } from "./live";
import { RANGE_MS, type Range, RELOAD_MS, rangeStart } from "./periods";
import { networkPoints, networkStatsSince } from "./queries";
import { BREAK_MS } from "./series";
import { useSession } from "./session";
import type { History } from "./system-history";

/** One sample every ten seconds for an hour, of a dozen bots. */
const SAMPLES_PER_HOUR = 4_500;
const BUCKET_MS = 10_000;

/** How much went over the network; like useSystemHistory, of one bot or of all (null) together. */
export function useNetworkHistory(botId: BotId, range: Range): Loaded<History<NetworkPoint>> {
  const { client } = useSession();
  const isHour = range === "hour";
  const samples = useRows(
    {
      table: "network_stats",
      load: () => (isHour ? networkStatsSince(client, rangeStart(range), botId) : Promise.resolve([])),
      matches: (row) => isHour && (botId === null || row.bot_id === botId),
      time: sampleTime,
      limit: SAMPLES_PER_HOUR,
    },
    [client, botId, isHour],
  );
  const sums = useQuery(
    async () => (isHour ? [] : await networkPoints(client, rangeStart(range), botId)),
    [client, botId, range],
  );
  const reload = useThrottled(sums.reload, RELOAD_MS[range]);
  useInserts("network_stats", () => {
    if (!isHour) reload();
  });

  const now = useNow(RELOAD_MS[range]);
  const loaded = isHour ? samples : sums;
  const data = useMemo(() => {
    const to = Math.max(now, Date.now());
    if (!isHour) return sums.data && { points: sums.data, breakMs: undefined, to };
    if (!samples.data) return undefined;
    const recent = samples.data.filter((row) => Date.parse(row.recorded_at) > to - RANGE_MS.hour);
    const isOneBot = recent.every((row) => row.bot_id === recent[0]?.bot_id);
    return { points: isOneBot ? recent.map(asPoint) : addUp(recent), breakMs: BREAK_MS, to };
  }, [isHour, samples.data, sums.data, now]);
  return { data, error: loaded.error, reload: loaded.reload };
}

function sampleTime(row: NetworkStat): string {
  return row.recorded_at;
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
    const start = Math.floor(Date.parse(row.recorded_at) / BUCKET_MS) * BUCKET_MS;
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
