"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

import type { BotId, SystemStat } from "./database";
import type { QueryError } from "./errors";
import { useInserts, useQuery } from "./live";
import { latestSystemStats } from "./queries";
import { useSession } from "./session";

/** A bot without a sample for so long is offline; it sends one every ten seconds. */
export const SILENCE_MS = 30_000;

export interface BotStatus {
  sample: SystemStat;
  /** When it was last well, by this browser's clock. */
  seenAt: number;
}

interface Bots {
  /** By the time of their last sample, newest first; undefined while unknown. */
  bots: BotStatus[] | undefined;
  error: QueryError | undefined;
  reload(): void;
  /** The bot that was chosen; null for all of them. */
  botId: BotId;
  choose(botId: BotId): void;
}

const Context = createContext<Bots | null>(null);

export function isOnline(bot: BotStatus, now: number): boolean {
  return bot.sample.status !== "offline" && now - bot.seenAt <= SILENCE_MS;
}

export function BotProvider({ children }: { children: ReactNode }) {
  const { client } = useSession();
  const [botId, choose] = useState<BotId>(null);
  const [told, setTold] = useState<ReadonlyMap<string, BotStatus>>(new Map());
  const { data, error, reload } = useQuery(() => latestSystemStats(client), [client]);

  const tell = useCallback((sample: SystemStat) => {
    setTold((known) => {
      const before = known.get(sample.bot_id);
      if (before && Date.parse(before.sample.timestamp) >= Date.parse(sample.timestamp)) return known;
      // A row that has just come was fresh by as much as it waited to be stored, whatever this clock shows.
      const waited = Math.max(0, Date.parse(sample.created_at) - Date.parse(sample.timestamp));
      return new Map(known).set(sample.bot_id, { sample, seenAt: Date.now() - waited });
    });
  }, []);
  useInserts("system_stats", tell);

  const bots = useMemo(() => {
    if (!data) return undefined;
    const byId = new Map<string, BotStatus>(
      data.map((sample) => [sample.bot_id, { sample, seenAt: Date.parse(sample.timestamp) }]),
    );
    for (const [id, bot] of told) {
      const read = byId.get(id);
      if (!read || Date.parse(read.sample.timestamp) <= Date.parse(bot.sample.timestamp)) byId.set(id, bot);
    }
    return [...byId.values()].sort((a, b) => b.seenAt - a.seenAt);
  }, [data, told]);

  const value = useMemo(
    () => ({ bots, error, reload, botId, choose }),
    [bots, error, reload, botId],
  );
  return <Context value={value}>{children}</Context>;
}

export function useBots(): Bots {
  const bots = useContext(Context);
  if (!bots) throw new Error("useBots is for what BotProvider contains");
  return bots;
}

/** The time, every second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
