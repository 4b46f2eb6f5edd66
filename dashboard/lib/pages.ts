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
  const known = () => queries.getQueryData<Row[]>(key) ?? [];
  const live = useLiveReading({
    table,
    key,
    load: () => read(null, limitOf(known())),
    add: (rows, told) => mergeRows(told.filter(matches), rows, rowTime, limitOf(rows)),
  });
  const [held, setHeld] = useState<{ filter: string; rows: Row[] }>();
  if (isFollowing && held) setHeld(undefined);
  if (!isFollowing && live.data && held?.filter !== filter) setHeld({ filter, rows: live.data });
  const data = !isFollowing && held?.filter === filter ? held.rows : live.data;

  const older = useMutation({
    mutationKey: key,
    mutationFn: (oldest: Row) => read(oldest, PAGE_ROWS),
    async onSuccess(page) {
      // An answer on its way would be without this page.
      const isAsked = queries.isFetching({ queryKey: key }) > 0;
      await queries.cancelQueries({ queryKey: key });
      const limit = Math.min(limitOf(known()) + PAGE_ROWS, MOST_ROWS);
      queries.setQueryData<Row[]>(key, (rows) => rows && mergeRows(page, rows, rowTime, limit));
      setHeld((old) => (old?.filter === filter ? { filter, rows: [...old.rows, ...page] } : old));
      if (isAsked) void queries.invalidateQueries({ queryKey: key });
    },
  });

  const last = data?.at(-1);
  const limit = limitOf(live.data ?? []);
  const waiting = isFollowing ? 0 : newer(live.data ?? [], data?.[0]);
  return {
    ...live,
    data,
    waiting,
    /** Whether more than `waiting` may wait: no more than the limit are kept. */
    isMoreWaiting: waiting >= limit,
    showOlder: () => last && older.mutate(last),
    isBusy: older.isPending,
    olderError: older.error,
    isEnd:
      data !== undefined && (data.length < limit || (older.data?.length === 0 && older.variables?.id === last?.id)),
    isFull: limit >= MOST_ROWS,
  };
}

/** How many rows to keep of a list: as many pages as it has. */
function limitOf(rows: readonly unknown[]): number {
  return PAGE_ROWS * Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
}

/** How many rows there are before `row`. */
function newer(rows: readonly { id: string }[], row: { id: string } | undefined): number {
  const place = rows.findIndex(({ id }) => id === row?.id);
  return place < 0 ? rows.length : place;
}

function rowTime(row: { timestamp: string }): string {
  return row.timestamp;
}
