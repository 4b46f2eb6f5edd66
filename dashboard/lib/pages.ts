import { useCallback, useState } from "react";

import type { LiveTables } from "./database";
import { QueryError } from "./errors";
import { type RowSource, useRows } from "./live";
import type { Key } from "./queries";

export const PAGE_ROWS = 50;
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
 * `filter` names what is shown; when it changes, the list begins anew.
 */
export function usePages<Name extends Paged>({ table, read, matches }: PagedSource<Name>, filter: string) {
  const [shown, setShown] = useState({ filter, limit: PAGE_ROWS });
  const limit = shown.filter === filter ? shown.limit : PAGE_ROWS;
  const [past, setPast] = useState<{ filter: string; isEnd: boolean; isBusy: boolean; error?: QueryError }>();
  const here = past?.filter === filter ? past : undefined;
  const rows = useRows({ table, load: () => read(null, limit), matches, time: rowTime, limit }, [filter]);
  const { data, append } = rows;

  const showOlder = useCallback(async () => {
    const last = data?.at(-1);
    if (!last) return;
    setPast({ filter, isEnd: false, isBusy: true });
    try {
      const page = await read({ timestamp: last.timestamp, id: last.id }, PAGE_ROWS);
      setShown({ filter, limit: Math.min(limit + PAGE_ROWS, MOST_ROWS) });
      append(page);
      setPast({ filter, isEnd: page.length < PAGE_ROWS, isBusy: false });
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      setPast({ filter, isEnd: false, isBusy: false, error });
    }
  }, [data, filter, read, limit, append]);

  const isEnd = here?.isEnd === true || (data !== undefined && data.length < limit);
  return {
    ...rows,
    showOlder: () => void showOlder(),
    isBusy: here?.isBusy === true,
    olderError: here?.error,
    isEnd,
    isFull: limit >= MOST_ROWS,
  };
}

export type Pages<Name extends Paged> = ReturnType<typeof usePages<Name>>;

function rowTime(row: { timestamp: string }): string {
  return row.timestamp;
}
