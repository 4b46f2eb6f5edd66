import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLiveReading } from "./live";
import type { Key } from "./queries";
import { mergeRows } from "./rows";
import type { LiveTables } from "./tables";

const PAGE_ROWS = 50;
/** What an open tab keeps at most. */
const MOST_ROWS = 1_000;

type Paged = "music_logs" | "conversation_logs" | "bot_logs";

interface PagedSource<Name extends Paged> {
  table: Name;
  read(before: Key, limit: number): Promise<LiveTables[Name][]>;
  matches(row: LiveTables[Name]): boolean;
}

interface List<Row> {
  rows: Row[];
  /** How many of them there may be. */
  limit: number;
}

/**
 * A list, newest first: page by page into the past, and new rows on top as they come.
 *
 * `filter` names what is shown; when it changes, another list begins. Unless `isFollowing`, the list stays as
 * it was, whatever comes and however it comes, and `waiting` counts what is newer.
 */
export function usePages<Name extends Paged>(
  { table, read, matches }: PagedSource<Name>,
  filter: string,
  isFollowing = true,
) {
  type Row = LiveTables[Name];
  const queries = useQueryClient();
  const key = [table, filter];
  const live = useLiveReading({
    table,
    key,
    add: (known, told) => merged(known, told.filter(matches)),
    async load() {
      const known = queries.getQueryData<List<Row>>(key) ?? { limit: PAGE_ROWS };
      return { ...known, rows: await read(null, known.limit) };
    },
  });
  const [held, setHeld] = useState<{ filter: string; rows: Row[] }>();
  if (isFollowing && held) setHeld(undefined);
  if (!isFollowing && live.data && held?.filter !== filter) setHeld({ filter, rows: live.data.rows });
  const data = !isFollowing && held?.filter === filter ? held.rows : live.data?.rows;

  const older = useMutation({
    mutationKey: key,
    mutationFn: (last: Row) => read(last, PAGE_ROWS),
    async onSuccess(page) {
      // An answer on its way would be without this page.
      const isAsked = queries.isFetching({ queryKey: key }) > 0;
      await queries.cancelQueries({ queryKey: key });
      queries.setQueryData<List<Row>>(
        key,
        (known) => known && merged({ ...known, limit: Math.min(known.limit + PAGE_ROWS, MOST_ROWS) }, page),
      );
      setHeld((known) => (known?.filter === filter ? { filter, rows: [...known.rows, ...page] } : known));
      if (isAsked) void queries.invalidateQueries({ queryKey: key });
    },
  });

  const { rows, limit } = live.data ?? { rows: [], limit: PAGE_ROWS };
  const waiting = isFollowing ? 0 : newer(rows, data?.[0]);
  return {
    ...live,
    data,
    waiting,
    /** Whether more than `waiting` may wait: no more than the limit are kept. */
    isMoreWaiting: waiting >= limit,
    showOlder() {
      const last = data?.at(-1);
      if (last) older.mutate(last);
    },
    isBusy: older.isPending,
    olderError: older.error,
    isEnd: data !== undefined && data.length < limit,
    isFull: limit >= MOST_ROWS,
  };
}

function merged<Row extends { id: string; timestamp: string }>(known: List<Row>, more: readonly Row[]): List<Row> {
  return { ...known, rows: mergeRows(more, known.rows, rowTime, known.limit) };
}

/** How many rows there are before `row`. */
function newer(rows: readonly { id: string }[], row: { id: string } | undefined): number {
  const place = rows.findIndex(({ id }) => id === row?.id);
  return place < 0 ? rows.length : place;
}

function rowTime(row: { timestamp: string }): string {
  return row.timestamp;
}
