"use client";

import {
  createContext,
  type DependencyList,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";

import type { LiveTable, LiveTables } from "./database";
import { isPassing, QueryError } from "./errors";
import { LiveFeed, type LiveState, POLL_MS } from "./live-feed";
import { useRaise } from "./raise";
import { mergeRows } from "./rows";
import { useSession } from "./session";
import { Throttle } from "./throttle";

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

/** Call `handle` with the rows inserted into `table`, as they come. */
export function useInserts<Name extends LiveTable>(
  table: Name,
  handle: (rows: readonly LiveTables[Name][]) => void,
): void {
  const feed = useFeed();
  const latest = useRef(handle);
  useEffect(() => {
    latest.current = handle;
  });
  useEffect(() => feed.onRows(table, (rows) => latest.current(rows)), [feed, table]);
}

export interface Loaded<Data> {
  /** The last answer; it stays while a newer one is awaited or has failed. */
  data: Data | undefined;
  error: QueryError | undefined;
  reload(): void;
}

/** An object that is another one whenever the dependencies are. */
function useKey(dependencies: DependencyList): object {
  return useMemo(() => ({}), dependencies); // eslint-disable-line react-hooks/exhaustive-deps -- the caller names them
}

/**
 * Read now, whenever `dependencies` change, whenever something may have been missed, and ten seconds after a
 * failure that may pass.
 *
 * An answer that a newer one has overtaken is thrown away; so is one to other dependencies. What a newer
 * question has overtaken is shown: at the beginning everything is asked twice, the second time for what came
 * before Realtime told of it.
 */
export function useQuery<Data>(load: () => Promise<Data>, dependencies: DependencyList): Loaded<Data> {
  const feed = useFeed();
  const { renew } = useSession();
  const raise = useRaise();
  const key = useKey([feed, ...dependencies]);
  const [state, setState] = useState<{ key: object; data?: Data; error?: QueryError }>({ key });
  const latest = useRef(load);
  const current = useRef<object>(undefined);
  const asked = useRef(0);
  const answered = useRef(0);
  const again = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    latest.current = load;
  });

  const reload = useCallback(() => {
    const question = ++asked.current;
    clearTimeout(again.current);
    latest.current().then(
      (data) => {
        if (current.current !== key || question < answered.current) return;
        answered.current = question;
        setState({ key, data });
      },
      (error: unknown) => {
        if (!(error instanceof QueryError)) return raise(error);
        if (current.current !== key || question !== asked.current) return;
        setState((known) => (known.key === key ? { ...known, error } : { key, error }));
        if (error.trouble === "session") void renew();
        if (isPassing(error)) again.current = setTimeout(reload, POLL_MS);
      },
    );
  }, [key, raise, renew]);

  useEffect(() => {
    current.current = key;
    reload();
    const ignore = feed.onReview(reload);
    return () => {
      ignore();
      clearTimeout(again.current);
      current.current = undefined;
    };
  }, [feed, key, reload]);

  const { data, error } = state.key === key ? state : {};
  return { data, error, reload };
}

/** A function that runs `action` at most once per `milliseconds`, see `Throttle`. */
export function useThrottled(action: () => void, milliseconds: number): () => void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  const throttle = useMemo(() => new Throttle(() => latest.current(), milliseconds), [milliseconds]);
  useEffect(() => () => throttle.cancel(), [throttle]);
  return throttle.call;
}

/** Run `action` every `milliseconds`. */
export function useEvery(action: () => void, milliseconds: number): void {
  useEffect(() => {
    const timer = setInterval(action, milliseconds);
    return () => clearInterval(timer);
  }, [action, milliseconds]);
}

/** The time, looked at every `milliseconds`. */
export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEvery(
    useCallback(() => setNow(Date.now()), []),
    milliseconds,
  );
  return now;
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

interface Told<Row> {
  key: object;
  /** The questions that had been asked when they came, and the rows; told last first. */
  rows: readonly { asked: number; row: Row }[];
}

/**
 * Rows of a table, newest first, which grow by every INSERT; never a row twice, never more than the limit.
 *
 * An answer may be older than a row that was told of while it was on its way, so both are joined. What was
 * told before the question is in the answer, or deleted: it is forgotten, so that a tab does not grow all day.
 */
export function useRows<Name extends LiveTable>(
  source: RowSource<Name>,
  dependencies: DependencyList,
): Loaded<LiveTables[Name][]> & { append(rows: readonly LiveTables[Name][]): void } {
  type Row = LiveTables[Name];
  const { table, load, matches, time, limit } = source;
  const key = useKey(dependencies);
  const [told, setTold] = useState<Told<Row>>({ key, rows: [] });
  const questions = useRef(0);
  const { data, error, reload } = useQuery(async () => {
    const asked = ++questions.current;
    return { asked, rows: await load() };
  }, dependencies);
  useEffect(() => {
    if (!data) return;
    setTold((known) => {
      const rows = known.rows.filter(({ asked }) => asked >= data.asked);
      return rows.length < known.rows.length ? { ...known, rows } : known;
    });
  }, [data]);

  const append = useCallback(
    (rows: readonly Row[]) => {
      const asked = questions.current;
      setTold((known) => {
        const before = known.key === key ? known.rows : [];
        const all = [...rows.map((row) => ({ asked, row })), ...before];
        if (all.length <= MOST_TOLD) return { key, rows: all };
        // What was told last may be an older page.
        all.sort((a, b) => Date.parse(time(b.row)) - Date.parse(time(a.row)));
        return { key, rows: all.slice(0, MOST_TOLD) };
      });
    },
    [key, time],
  );
  useInserts(table, (rows) => {
    const some = rows.filter(matches);
    if (some.length > 0) append(some.reverse());
  });
  const rows = useMemo(() => {
    if (!data) return undefined;
    const since = told.key === key ? told.rows.filter(({ asked }) => asked >= data.asked) : [];
    return mergeRows(
      since.map(({ row }) => row),
      data.rows,
      time,
      limit,
    );
  }, [key, told, data, time, limit]);
  return { data: rows, error, reload, append };
}
