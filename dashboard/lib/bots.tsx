"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

import { useAddress } from "./address";
import { databaseNow, isDatabaseClockKnown, setDatabaseClockAtLeast, useNow } from "./clock";
import { type Loaded, useLiveReading, useLiveState } from "./live";
import type { LiveState } from "./live-feed";
import { latestSystemStats, readDatabaseClock } from "./queries";
import { useSession } from "./session";
import type { BotId, SystemStat } from "./tables";

/** A bot without a sample for so long is offline; it sends one every ten seconds. */
export const SILENCE_MS = 30_000;
/** How often is looked whether a silent bot is one that this page only has not heard of. */
const DOUBT_MS = 5_000;

export interface BotStatus {
  sample: SystemStat;
  /** When the database last heard of it, by the database's clock. */
  seenAt: number;
}

export type Condition = "online" | "offline" | "unknown";

/** What the page goes by: when it last had an answer, by the database's clock, and how it is told of news. */
interface Knowledge {
  asOf: number;
  liveState: LiveState;
}

/** How a bot is at a moment of the database's clock, as far as the page can know. */
function conditionOf({ sample, seenAt }: BotStatus, now: number, { asOf, liveState }: Knowledge): Condition {
  const isInformed = liveState === "live" || (liveState !== "offline" && now - asOf <= SILENCE_MS);
  if (!isInformed || !isDatabaseClockKnown()) return "unknown";
  if (sample.status === "offline") return "offline";
  if (now - seenAt <= SILENCE_MS) return "online";
  // A connection that has died without a word is silent, too: only an answer from later on tells.
  return asOf - seenAt > SILENCE_MS ? "offline" : "unknown";
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
  condition(bot: BotStatus, now: number): Condition;
}

const Context = createContext<Bots | null>(null);

function sentAt({ sample }: BotStatus): number {
  return Date.parse(sample.timestamp);
}

/** Each bot once, by the sample that was received last; of those received together, by the newest. */
function newest(statuses: readonly BotStatus[]): BotStatus[] {
  const bots = new Map<string, BotStatus>();
  for (const bot of statuses) {
    const known = bots.get(bot.sample.bot_id);
    if (known && (known.seenAt - bot.seenAt || sentAt(known) - sentAt(bot)) > 0) continue;
    bots.set(bot.sample.bot_id, bot);
  }
  return [...bots.values()].sort((a, b) => (a.sample.bot_id < b.sample.bot_id ? -1 : 1));
}

/** Whoever sends rows is alive, whatever its own clock shows. */
function received(sample: SystemStat): BotStatus {
  return { sample, seenAt: Date.parse(sample.created_at) };
}

interface Known {
  bots: readonly BotStatus[];
  asOf: number;
}

const KEY = ["bots"];

export function BotProvider({ children }: { children: ReactNode }) {
  const { client } = useSession();
  const queries = useQueryClient();
  const [named, choose] = useAddress("bot");
  const [first, setFirst] = useState<string | undefined>();
  const liveState = useLiveState();
  const { data, error, reload } = useLiveReading({
    table: "system_stats",
    key: KEY,
    async load(): Promise<Known> {
      const [read] = await Promise.all([latestSystemStats(client), readDatabaseClock(client)]);
      const known = queries.getQueryData<Known>(KEY)?.bots ?? [];
      return { bots: newest([...read.map(received), ...known]), asOf: databaseNow() };
    },
    add(known, samples) {
      for (const sample of samples) setDatabaseClockAtLeast(Date.parse(sample.created_at));
      return { ...known, bots: newest([...known.bots, ...samples.map(received)]) };
    },
  });
  const bots = data?.bots;
  const asOf = data?.asOf ?? 0;

  const names = JSON.stringify(bots?.map(({ sample }) => sample.bot_id) ?? []);
  const ids = useMemo(() => JSON.parse(names) as string[], [names]);
  const botId = bots && !bots.some(({ sample }) => sample.bot_id === named) ? null : named;
  // Kept: several bots report in turn, and the page must not go from one to the other by itself.
  if (first === undefined && bots?.[0]) {
    setFirst(bots.reduce((last, bot) => (bot.seenAt > last.seenAt ? bot : last), bots[0]).sample.bot_id);
  }
  const shown = bots?.find(({ sample }) => sample.bot_id === (botId ?? first)) ?? bots?.[0];

  const condition = useCallback(
    (bot: BotStatus, at: number) => conditionOf(bot, at, { asOf, liveState }),
    [asOf, liveState],
  );
  const now = useNow(DOUBT_MS);
  const isDoubtful =
    liveState === "live" && isDatabaseClockKnown() && bots?.some((bot) => condition(bot, now) === "unknown");
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again for as long as it is doubtful
  useEffect(() => {
    if (isDoubtful) void reload();
  }, [isDoubtful, now, reload]);

  const value = useMemo(
    () => ({ bots, ids, error, reload, botId, choose, shown, condition }),
    [bots, ids, error, reload, botId, choose, shown, condition],
  );
  return <Context value={value}>{children}</Context>;
}

export function useBots(): Bots {
  const bots = useContext(Context);
  if (!bots) throw new Error("useBots is for what BotProvider contains");
  return bots;
}
