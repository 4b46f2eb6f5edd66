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

/** Each bot once, by its newest sample; of the same sample, what is named last. */
function newest(statuses: readonly BotStatus[]): BotStatus[] {
  const bots = new Map<string, BotStatus>();
  for (const bot of statuses) {
    const known = bots.get(bot.sample.bot_id);
    if (known && Date.parse(known.sample.timestamp) > Date.parse(bot.sample.timestamp)) continue;
    bots.set(bot.sample.bot_id, bot);
  }
  return [...bots.values()].sort((a, b) => (a.sample.bot_id < b.sample.bot_id ? -1 : 1));
}

/** A row that has just come was fresh by as much as it waited to be stored, whatever this clock shows. */
function justTold(sample: SystemStat): BotStatus {
  const waited = Math.max(0, Date.parse(sample.created_at) - Date.parse(sample.timestamp));
  return { sample, seenAt: Date.now() - waited };
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
    async load() {
      const read = await latestSystemStats(client);
      return newest([
        ...read.map((sample) => ({ sample, seenAt: Date.parse(sample.timestamp) })),
        ...(queries.getQueryData<BotStatus[]>(KEY) ?? []),
      ]);
    },
    add: (known, samples) => newest([...known, ...samples.map(justTold)]),
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
