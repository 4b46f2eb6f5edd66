"use client";

import { QueryClientProvider, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useId,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import type { QueryError } from "./errors";
import { LiveFeed, type LiveState } from "./live-feed";
import { createQueryClient, POLL_MS, pollAfter, useReason } from "./query-client";
import { useSession } from "./session";
import type { LiveTable, LiveTables } from "./tables";
import { Throttle } from "./throttle";
import { Troubles } from "./troubles";

const OPEN: readonly LiveTable[] = ["system_stats", "network_stats"];
const FOR_ADMINS: readonly LiveTable[] = [
  ...OPEN,
  "music_logs",
  "conversation_logs",
  "bot_logs",
  "gemini_usage",
  "discord_names",
];

const Context = createContext<LiveFeed | null>(null);
const TroublesContext = createContext(new Troubles());

export function LiveProvider({ children }: { children: ReactNode }) {
  const { client, userId, isAdmin } = useSession();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what one visitor has read is not for the next
  const queries = useMemo(createQueryClient, [client, userId, isAdmin]);
  const [feed, setFeed] = useState<LiveFeed | null>(null);
  const [troubles] = useState(() => new Troubles());
  useEffect(() => {
    const started = new LiveFeed(client, isAdmin ? FOR_ADMINS : OPEN, async () => {
      await queries.cancelQueries(); // an answer on its way may lack what was missed
      await queries.invalidateQueries();
    });
    started.start();
    setFeed(started);
    return () => started.stop();
  }, [client, isAdmin, queries]);
  return (
    feed && (
      <QueryClientProvider client={queries}>
        <TroublesContext value={troubles}>
          <Context value={feed}>{children}</Context>
        </TroublesContext>
      </QueryClientProvider>
    )
  );
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

/** What several questions have in common that have no answer, or what is wrong with the connection of all. */
export function useCommonTrouble(): QueryError | null {
  const troubles = useContext(TroublesContext);
  return useSyncExternalStore(troubles.onChange, () => troubles.common);
}

/** Call `handle` with the rows inserted into `table`, as they come. */
export function useInserts<Name extends LiveTable>(
  table: Name,
  handle: (rows: readonly LiveTables[Name][]) => void,
): void {
  const feed = useFeed();
  const tell = useEffectEvent(handle);
  useEffect(() => feed.onRows(table, (rows) => tell(rows)), [feed, table]);
}

export interface Loaded<Data> {
  /** The last answer; it stays while a newer one is awaited or has failed. */
  data: Data | undefined;
  error: QueryError | null;
  reload(): Promise<unknown>;
}

interface Question<Data> {
  /** Names what is asked: the same key is the same question, and shares its answer. */
  key: readonly unknown[];
  load(): Promise<Data>;
  enabled?: boolean;
  /** What tells of news; where it does not tell this visitor, the question is asked again and again. */
  table?: LiveTable;
  /** Ask again so often, though nothing tells of news, in milliseconds. */
  every?: number;
}

/** Ask, and ask again whenever something may have been missed. */
export function useReading<Data>({ key, load, enabled, table, every }: Question<Data>): Loaded<Data> {
  const { renew, isAdmin } = useSession();
  const isLive = useLiveState() === "live";
  const isTold = isLive && (isAdmin || table === undefined || OPEN.includes(table));
  const result = useQuery({
    queryKey: key,
    queryFn: load,
    enabled,
    refetchInterval: ({ state }) => (isTold ? pollAfter(state.error) || (every ?? false) : POLL_MS),
  });
  const error = useReason(result);
  useEffect(() => {
    if (error?.trouble === "session") void renew();
  }, [error, renew]);
  const troubles = useContext(TroublesContext);
  const question = useId();
  useEffect(() => {
    troubles.note(question, error);
    return () => troubles.note(question, null);
  }, [troubles, question, error]);
  return { data: result.data, error, reload: result.refetch };
}

/** The most rows to remember while an answer is on its way. */
const MOST_TOLD = 1_000;

interface LiveQuestion<Name extends LiveTable, Data> extends Question<Data> {
  table: Name;
  /** What is known with some rows more, of which it may have some already. */
  add(known: Data, rows: readonly LiveTables[Name][]): Data;
}

/** Like useReading, and every INSERT is added to the answer. */
export function useLiveReading<Name extends LiveTable, Data>({
  add,
  load,
  ...question
}: LiveQuestion<Name, Data>): Loaded<Data> {
  const { table } = question;
  const feed = useFeed();
  const queries = useQueryClient();
  useInserts(table, (rows) => {
    // A failed question is asked again for what it missed; whoever adds to it would take the failure away.
    if (queries.getQueryState(question.key)?.status !== "success") return;
    queries.setQueryData<Data>(question.key, (known) => known && add(known, rows));
  });
  return useReading({
    ...question,
    async load() {
      // The answer may be older than a row that is told of while it is on its way.
      const arrived: LiveTables[Name][] = [];
      const ignore = feed.onRows(table, (rows) => {
        arrived.push(...rows);
        arrived.splice(0, arrived.length - MOST_TOLD);
      });
      try {
        return add(await load(), arrived);
      } finally {
        ignore();
      }
    },
  });
}

/** A function that runs `action` at most once per `milliseconds`, see `Throttle`. */
export function useThrottled(action: () => Promise<unknown>, milliseconds: number): () => void {
  const throttle = useMemo(() => new Throttle(action, milliseconds), [action, milliseconds]);
  useEffect(() => () => throttle.cancel(), [throttle]);
  return throttle.call;
}
