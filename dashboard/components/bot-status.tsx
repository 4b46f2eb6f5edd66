"use client";

import { type BotStatus, type Condition, useBots } from "@/lib/bots";
import { useNow } from "@/lib/clock";
import { usePreferences } from "@/lib/preferences";

const GROUND: Record<Condition, string> = { online: "bg-good-soft", offline: "bg-bad-soft", unknown: "bg-sunk" };
const INK: Record<Condition, string> = { online: "text-good", offline: "text-bad", unknown: "text-soft" };
const DOT: Record<Condition, string> = { online: "bg-good", offline: "bg-bad", unknown: "bg-soft" };
const DATA: Record<Condition, string> = { online: "true", offline: "false", unknown: "unknown" };

/** Online, offline or unknown, in one glance; silence is noticed without any message. */
export function StatusBanner({ bot }: { bot: BotStatus }) {
  const { texts, format } = usePreferences();
  const { condition } = useBots();
  const now = useNow(1_000);
  const words = texts.overview;
  const state = condition(bot, now);
  const ago = format.duration(Math.max(0, now - bot.seenAt) / 1000);
  const leads: Record<Condition, string> = {
    online: words.onlineLead(ago),
    offline:
      bot.sample.status === "offline"
        ? words.offlineSaid(format.moment(bot.sample.timestamp))
        : words.offlineSilent(ago),
    unknown: words.unknownLead(format.moment(bot.seenAt)),
  };
  return (
    <section
      aria-label={words.bots}
      data-online={DATA[state]}
      className={`flex flex-wrap items-center gap-x-4 gap-y-1 rounded-2xl px-5 py-4 ${GROUND[state]}`}
    >
      <span className={`relative grid size-3.5 place-items-center ${INK[state]}`} aria-hidden="true">
        {state === "online" && (
          <span className="absolute size-3.5 animate-ping rounded-full bg-current opacity-30 [animation-duration:2.5s]" />
        )}
        <span className="size-3 rounded-full bg-current" />
      </span>
      <p role="status" className={`text-xl font-semibold ${INK[state]}`}>
        {words[state]}
      </p>
      <p className="text-[13px] tabular-nums">{leads[state]}</p>
      {state === "online" && bot.sample.uptime !== null && (
        <p className="ml-auto text-[13px] tabular-nums">
          {words.uptime} <span className="font-semibold">{format.duration(bot.sample.uptime)}</span>
        </p>
      )}
    </section>
  );
}

/** Every bot of the project; choosing one shows it everywhere. */
export function BotList({ bots, chosen }: { bots: readonly BotStatus[]; chosen: string }) {
  const { texts, format } = usePreferences();
  const { choose, condition } = useBots();
  const now = useNow(1_000);
  return (
    <ul className="flex flex-wrap gap-2" aria-label={texts.overview.bots}>
      {bots.map((bot) => {
        const state = condition(bot, now);
        const { bot_id: id, server_count: servers } = bot.sample;
        return (
          <li key={id} className="max-w-full">
            <button
              type="button"
              onClick={() => choose(id)}
              aria-pressed={id === chosen}
              className="inline-flex max-w-full flex-wrap items-center gap-x-2 rounded-xl border border-line bg-card px-3 py-1.5 text-[13px] aria-pressed:border-accent aria-pressed:bg-accent-soft"
            >
              <span className={`size-2 shrink-0 rounded-full ${DOT[state]}`} aria-hidden="true" />
              <span className="min-w-0 font-medium wrap-anywhere">{id}</span>
              <span className="text-soft">
                {texts.overview[state]}
                {servers !== null && ` · ${texts.overview.servers} ${format.integer(servers)}`}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
