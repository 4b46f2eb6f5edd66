"use client";

import {
  createContext, type DependencyList, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef,
  useState,
  useSyncExternalStore,
} from "react";

import type { LiveTable, LiveTables } from "./database";
import { QueryError } from "./errors";
import { LiveFeed, type LiveState } from "./live-feed";
import { mergeRows } from "./rows";
import { useSession } from "./session";

const OPEN: readonly LiveTable[] = ["system_stats", "network_stats", "music_logs"];
const FOR_ADMINS: readonly LiveTable[] = [...OPEN, "conversation_logs", "bot_logs", "gemini_usage"];

const Context = createContext<LiveFeed | null>(null);

export function LiveProvider({ children }: { children: ReactNode }) {
  const { client, isAdmin } = useSession();
  const [feed, setFeed] = useState<LiveFeed | null>(null);
  useEffect(() => {
    const started = new LiveFeed(client, isAdmin ? FOR_ADMINS : OPEN);
    started.start();
    setFeed(started);
    return () => started.stop();
  }, [client, isAdmin]);
  return feed && <Context value={feed}>{children}</Context>;
}

function useFeed(): LiveFeed {
  const feed = useContext(Context);
  if (!feed) throw new Error("live data is for what LiveProvider contains");
  return feed;
}

export function useLiveState(): LiveState {
  const feed = useFeed();
  return useSyncExternalStore(feed.onState, () => feed.state);
}

/** Call `handle` with every row inserted into `table`. */
export function useInserts<Name extends LiveTable>(table: Name, handle: (row: LiveTables[Name]) => void): void {
  const feed = useFeed();
  const latest = useRef(handle);
  useEffect(() => {
    latest.current = handle;
  });
  useEffect(() => feed.onRow(table, (row) => latest.current(row)), [feed, table]);
}

export interface Loaded<Data> {
  /** The last answer; it stays while a newer one is awaited or has failed. */
  data: Data | undefined;
  error: QueryError | undefined;
  reload(): void;
}

/**
 * Read now, whenever `dependencies` change, and whenever something may have been missed.
 *
 * An answer that a newer question has overtaken is thrown away.
 */
export function useQuery<Data>(load: () => Promise<Data>, dependencies: DependencyList): Loaded<Data> {
  const feed = useFeed();
  const { renew } = useSession();
  const [state, setState] = useState<{ data?: Data; error?: QueryError }>({});
  const latest = useRef(load);
  const question = useRef(0);
  useEffect(() => {
    latest.current = load;
  });

  const reload = useCallback(() => {
    const asked = ++question.current;
    latest.current().then(
      (data) => {
        if (asked === question.current) setState({ data });
      },
      (error: unknown) => {
        if (!(error instanceof QueryError)) throw error;
        if (asked !== question.current) return;
        setState((known) => ({ ...known, error }));
        if (error.trouble === "session") void renew();
      },
    );
  }, [renew]);

  useEffect(() => {
    setState({});
    reload();
    const ignore = feed.onReview(reload);
    return () => {
      ignore();
      question.current += 1;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names them
  }, [feed, reload, ...dependencies]);

  return { data: state.data, error: state.error, reload };
}

/** Run `action` at most once per `milliseconds`: at once after a pause, else at the pause's end. */
export function useThrottled(action: () => void, milliseconds: number): () => void {
  const latest = useRef(action);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const last = useRef(0);
  useEffect(() => {
    latest.current = action;
  });
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return useCallback(() => {
    if (timer.current !== undefined) return;
    const wait = Math.max(0, last.current + milliseconds - Date.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      last.current = Date.now();
      latest.current();
    }, wait);
  }, [milliseconds]);
}

/** The most rows to remember besides an answer's. */
const MOST_TOLD = 1_000;

export interface RowSource<Name extends LiveTable> {
  table: Name;
  /** The rows from the beginning of what is shown. */
  load(): Promise<LiveTables[Name][]>;
  /** Whether an inserted row belongs here. */
  matches(row: LiveTables[Name]): boolean;
  time(row: LiveTables[Name]): string;
  /** How many to keep. */
  limit: number;
}

/**
 * Rows of a table, newest first, which grow by every INSERT; never a row twice, never more than the limit.
 *
 * An answer may be older than a row that was told of while it was on its way, so both are kept and joined.
 */
export function useRows<Name extends LiveTable>(
  source: RowSource<Name>,
  dependencies: DependencyList,
): Loaded<LiveTables[Name][]> & { append(rows: readonly LiveTables[Name][]): void } {
  const { table, load, matches, time, limit } = source;
  const [told, setTold] = useState<LiveTables[Name][]>([]);
  const { data, error, reload } = useQuery(load, dependencies);
  useEffect(() => setTold([]), dependencies); // eslint-disable-line react-hooks/exhaustive-deps

  const append = useCallback(
    (rows: readonly LiveTables[Name][]) => setTold((known) => mergeRows(rows, known, time, MOST_TOLD)),
    [time],
  );
  useInserts(table, (row) => {
    if (matches(row)) append([row]);
  });
  const rows = useMemo(() => data && mergeRows(told, data, time, limit), [told, data, time, limit]);
  return { data: rows, error, reload, append };
}
