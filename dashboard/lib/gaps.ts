/** Spans of time without samples. */

export type Span = readonly [from: number, to: number];

/** When none of several bots was counting: where the gaps of all of them meet. `spans` are each bot's. */
export function common(spans: readonly (readonly Span[])[]): Span[] {
  const [first, ...others] = spans;
  if (!first) return [];
  return others.reduce<Span[]>(
    (shared, gaps) => shared.flatMap((one) => gaps.flatMap((two) => meet(one, two))),
    [...first],
  );
}

function meet([from, to]: Span, [otherFrom, otherTo]: Span): Span[] {
  const span = [Math.max(from, otherFrom), Math.min(to, otherTo)] as const;
  return span[0] < span[1] ? [span] : [];
}
