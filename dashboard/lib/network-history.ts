import { type History, useHistory } from "./history";
import type { Loaded } from "./live";
import type { Range } from "./periods";
import { networkPoints, networkStatsSince } from "./queries";
import { useSession } from "./session";
import type { BotId, NetworkPoint, NetworkStat } from "./tables";

/** One sample every ten seconds for an hour, of a dozen bots. */
const SAMPLES_PER_HOUR = 4_500;
const BUCKET_MS = 10_000;

/** How much went over the network, of one bot or of all (null) together. */
export function useNetworkHistory(botId: BotId, range: Range): Loaded<History<NetworkPoint>> {
  const { client } = useSession();
  return useHistory(
    {
      table: "network_stats",
      samples: (since) => networkStatsSince(client, since, botId),
      limit: SAMPLES_PER_HOUR,
      time: sampleTime,
      toPoints,
      points: (since) => networkPoints(client, since, botId),
    },
    botId,
    range,
  );
}

function sampleTime(row: NetworkStat): string {
  return row.recorded_at;
}

function toPoints(rows: readonly NetworkStat[]): NetworkPoint[] {
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
