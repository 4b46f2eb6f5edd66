import { useEffect, useState } from "react";

/** How far the database's clock is ahead of this browser's, in milliseconds; undefined until it was told. */
let ahead: number | undefined;

/**
 * Note what the database's clock showed between two moments of this browser's, in milliseconds.
 *
 * Every time in a row is of another clock than the viewer's, which may be wrong by any amount.
 */
export function setDatabaseClock(shown: number, asked: number, answered: number): void {
  ahead = shown - (asked + answered) / 2;
}

/** A row that has just come was received about now; all there is to go by where the database is too old to tell. */
export function setDatabaseClockAtLeast(receivedAt: number): void {
  ahead ??= receivedAt - Date.now();
}

export function isDatabaseClockKnown(): boolean {
  return ahead !== undefined;
}

/** What the database's clock shows now, in milliseconds since 1970; this browser's clock while that is unknown. */
export function databaseNow(): number {
  return Date.now() + (ahead ?? 0);
}

/** The time by the database's clock, looked at every `milliseconds`. */
export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(databaseNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(databaseNow()), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return now;
}
