import { useCallback, useEffect, useRef, useState } from "react";

import type { LiveTables } from "./database";
import { QueryError } from "./errors";
import { type RowSource, useRows } from "./live";
import type { Key } from "./queries";

const PAGE_ROWS = 50;
/** What an open tab keeps at most. */
const MOST_ROWS = 1_000;

type Paged = "music_logs" | "conversation_logs" | "bot_logs";

interface PagedSource<Name extends Paged> {
  table: Name;
  read(before: Key, limit: number): Promise<LiveTables[Name][]>;
  matches: RowSource<Name>["matches"];
}

/**
 * A list, newest first: page by page into the past, and new rows on top as they come.
 *
 * `filter` names what is shown; when it changes, the list begins anew. Unless `isFollowing`, the list stays as
 * it was, whatever comes and however it comes, and `waiting` counts what is newer.
 */
export function usePages<Name extends Paged>(
  { table, read, matches }: PagedSource<Name>,
  filter: string,
  isFollowing = true,
) {
  const [shown, setShown] = useState({ filter, limit: PAGE_ROWS });
  const limit = shown.filter === filter ? shown.limit : PAGE_ROWS;
  const [past, setPast] = useState<{ filter: string; isEnd: boolean; isBusy: boolean; error?: QueryError }>();
  const here = past?.filter === filter ? past : undefined;
  const live = useRows({ table, load: () => read(null, limit), matches, time: rowTime, limit }, [filter]);
  const { append } = live;
  const latest = useRef(filter);
  useEffect(() => {
    latest.current = filter;
  });
  const [held, setHeld] = useState<{ filter: string; rows: LiveTables[Name][] }>();
  if (isFollowing && held) setHeld(undefined);
  if (!isFollowing && live.data && held?.filter !== filter) setHeld({ filter, rows: live.data });
  const data = !isFollowing && held?.filter === filter ? held.rows : live.data;

  const showOlder = useCallback(async () => {
    const last = data?.at(-1);
    if (!last) return;
    setPast({ filter, isEnd: false, isBusy: true });
    try {
      const page = await read({ timestamp: last.timestamp, id: last.id }, PAGE_ROWS);
      if (latest.current !== filter) return; // something else is shown by now
      setShown({ filter, limit: Math.min(limit + PAGE_ROWS, MOST_ROWS) });
      append(page);
      setHeld((known) => known && { ...known, rows: [...known.rows, ...page] });
      setPast({ filter, isEnd: page.length < PAGE_ROWS, isBusy: false });
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      setPast({ filter, isEnd: false, isBusy: false, error });
    }
  }, [data, filter, read, limit, append]);

  const waiting = isFollowing ? 0 : newer(live.data ?? [], data?.[0]);
  const isEnd = here?.isEnd === true || (data !== undefined && data.length < limit);
  return {
    ...live,
    data,
    waiting,
    /** Whether more than `waiting` may wait: no more than the limit are kept. */
    isMoreWaiting: waiting >= limit,
    showOlder: () => void showOlder(),
    isBusy: here?.isBusy === true,
    olderError: here?.error,
    isEnd,
    isFull: limit >= MOST_ROWS,
  };
}

/** How many rows there are before `row`. */
function newer(rows: readonly { id: string }[], row: { id: string } | undefined): number {
  const place = rows.findIndex(({ id }) => id === row?.id);
  return place < 0 ? rows.length : place;
}

export type Pages<Name extends Paged> = ReturnType<typeof usePages<Name>>;

function rowTime(row: { timestamp: string }): string {
  return row.timestamp;
}
