import { type History, useHistory } from "./history";
import type { Loaded } from "./live";
import type { Range } from "./periods";
import { systemPoints, systemStatsSince } from "./queries";
import { useSession } from "./session";
import type { SystemPoint, SystemStat } from "./tables";

/** One sample every ten seconds for an hour, and some for clocks that differ. */
const SAMPLES_PER_HOUR = 400;

/** How a bot's process was. */
export function useSystemHistory(botId: string, range: Range): Loaded<History<SystemPoint>> {
  const { client } = useSession();
  return useHistory(
    {
      table: "system_stats",
      samples: (since) => systemStatsSince(client, since, botId),
      limit: SAMPLES_PER_HOUR,
      time: sampleTime,
      toPoints,
      points: (since) => systemPoints(client, since, botId),
    },
    botId,
    range,
  );
}

function sampleTime(row: SystemStat): string {
  return row.timestamp;
}

function toPoints(rows: readonly SystemStat[]): SystemPoint[] {
  return rows.map((row) => ({ ...row, at: row.timestamp, samples: 1 }));
}
