/** How much of a period was recorded. */

import type { NetworkTotals } from "./tables";

/** What samples may leave uncovered at the ends of a period without a gap, which is longer than 30 s. */
const EDGE_SECONDS = 15;

/** The covered share in percent, as /netstats tells it: 100 only without a gap and a lost sample. Null: unknown. */
export function coveragePercent(totals: NetworkTotals): number | null {
  const { seconds_covered: covered, seconds_expected: expected } = totals;
  if (expected <= 0) return null;
  const isWhole = expected - covered <= EDGE_SECONDS && totals.samples >= totals.samples_expected;
  return isWhole ? 100 : Math.min(Math.floor((1000 * covered) / expected) / 10, 99.9);
}

/** Whether a gap until `until` is one of a period from `since` on (both in ms): not if it ended as that began. */
export function isGapSince(since: number, until: number): boolean {
  return until - since > 1000 * EDGE_SECONDS;
}
