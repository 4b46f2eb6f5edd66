/** Lists of rows, newest first, each row once. */

interface Identified {
  id: string;
}

/** Join two lists; the first one's rows win. `time` is ISO 8601 in UTC, whose text order is its order. */
export function mergeRows<Row extends Identified>(
  fresh: readonly Row[],
  known: readonly Row[],
  time: (row: Row) => string,
  limit: number,
): Row[] {
  const byId = new Map<string, Row>();
  for (const row of [...fresh, ...known]) if (!byId.has(row.id)) byId.set(row.id, row);
  const rows = [...byId.values()];
  rows.sort((a, b) => compareTimes(time(b), time(a)) || (a.id < b.id ? 1 : -1));
  return rows.slice(0, limit);
}

/** Compares moments to the microsecond, which Date does not keep. */
function compareTimes(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b) || fraction(a) - fraction(b);
}

function fraction(time: string): number {
  return Number(/\.(\d+)/.exec(time)?.[0] ?? 0);
}
