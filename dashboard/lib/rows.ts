/** Lists of rows, newest first, each row once. */

interface Identified {
  id: string;
}

/** Join two lists; the first one's rows win. `time` is ISO 8601. */
export function mergeRows<Row extends Identified>(
  fresh: readonly Row[],
  known: readonly Row[],
  time: (row: Row) => string,
  limit: number,
): Row[] {
  const byId = new Map<string, Row>();
  for (const row of fresh) byId.set(row.id, row);
  for (const row of known) if (!byId.has(row.id)) byId.set(row.id, row);
  const timed = Array.from(byId.values(), (row) => ({ row, at: Date.parse(time(row)), fraction: fraction(time(row)) }));
  timed.sort((a, b) => b.at - a.at || b.fraction - a.fraction || (a.row.id < b.row.id ? 1 : -1));
  return timed.slice(0, limit).map(({ row }) => row);
}

/** The part of a second, to the microsecond, which Date does not keep. */
function fraction(time: string): number {
  return Number(/\.(\d+)/.exec(time)?.[0] ?? 0);
}
