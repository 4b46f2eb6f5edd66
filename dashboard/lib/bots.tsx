"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

import { useAddress } from "./address";
import { type Loaded, useLiveReading } from "./live";
import { latestSystemStats } from "./queries";
import { useSession } from "./session";
import type { BotId, SystemStat } from "./tables";

/** A bot without a sample for so long is offline; it sends one every ten seconds. */
export const SILENCE_MS = 30_000;

export interface BotStatus {
  sample: SystemStat;
  /** When it was last well, by this browser's clock. */
  seenAt: number;
}

interface Bots extends Pick<Loaded<BotStatus[]>, "error" | "reload"> {
  /** By their names; undefined while unknown. */
  bots: readonly BotStatus[] | undefined;
  /** Their names; the same array for as long as they are the same. */
  ids: readonly string[];
  /** The bot that was chosen; null for all of them. */
  botId: BotId;
  choose(botId: BotId): void;
  /** The bot to show where only one can be: the chosen one, else the one that reported last at first sight. */
  shown: BotStatus | undefined;
}

const Context = createContext<Bots | null>(null);

export function isOnline(bot: BotStatus, now: number): boolean {
  return bot.sample.status !== "offline" && now - bot.seenAt <= SILENCE_MS;
}

/** What is known of every bot, by the newest sample of each. */
function add(known: readonly BotStatus[], samples: readonly SystemStat[]): BotStatus[] {
  const bots = new Map(known.map((bot) => [bot.sample.bot_id, bot]));
  for (const sample of samples) {
    const before = bots.get(sample.bot_id);
    if (before && isNewer(before.sample, sample)) continue;
    // A row that has just come was fresh by as much as it waited to be stored, whatever this clock shows.
    const waited = Math.max(0, Date.parse(sample.created_at) - Date.parse(sample.timestamp));
    bots.set(sample.bot_id, { sample, seenAt: Date.now() - waited });
  }
  return [...bots.values()].sort((a, b) => (a.sample.bot_id < b.sample.bot_id ? -1 : 1));
}

/** Whether `one` is no older than `other`. */
function isNewer(one: SystemStat, other: SystemStat): boolean {
  return Date.parse(one.timestamp) >= Date.parse(other.timestamp);
}

const KEY = ["bots"];

export function BotProvider({ children }: { children: ReactNode }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const [named, choose] = useAddress("bot");
  const [first, setFirst] = useState<string | undefined>();
  const {
    data: bots,
    error,
    reload,
  } = useLiveReading({
    table: "system_stats",
    key: KEY,
    add,
    async load() {
      const samples = await latestSystemStats(client);
      const known = queries.getQueryData<BotStatus[]>(KEY) ?? [];
      return samples.map((sample) => {
        const told = known.find((bot) => bot.sample.bot_id === sample.bot_id && isNewer(bot.sample, sample));
        return told ?? { sample, seenAt: Date.parse(sample.timestamp) };
      });
    },
  });

  const names = JSON.stringify(bots?.map(({ sample }) => sample.bot_id) ?? []);
  const ids = useMemo(() => JSON.parse(names) as string[], [names]);
  const botId = bots && !bots.some(({ sample }) => sample.bot_id === named) ? null : named;
  // Kept: several bots report in turn, and the page must not go from one to the other by itself.
  if (first === undefined && bots?.[0]) {
    setFirst(bots.reduce((last, bot) => (bot.seenAt > last.seenAt ? bot : last), bots[0]).sample.bot_id);
  }
  const shown = bots?.find(({ sample }) => sample.bot_id === (botId ?? first)) ?? bots?.[0];

  const value = useMemo(
    () => ({ bots, ids, error, reload, botId, choose, shown }),
    [bots, ids, error, reload, botId, choose, shown],
  );
  return <Context value={value}>{children}</Context>;
}

export function useBots(): Bots {
  const bots = useContext(Context);
  if (!bots) throw new Error("useBots is for what BotProvider contains");
  return bots;
}
