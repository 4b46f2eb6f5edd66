"use client";

import { type BotStatus, isOnline, useBots } from "@/lib/bots";
import { useNow } from "@/lib/clock";
import { usePreferences } from "@/lib/preferences";

/** Online or offline, in one glance; silence is noticed by this browser's clock, without any message. */
export function StatusBanner({ bot }: { bot: BotStatus }) {
  const { texts, format } = usePreferences();
  const now = useNow(1_000);
  const words = texts.overview;
  const online = isOnline(bot, now);
  const ago = format.duration(Math.max(0, now - bot.seenAt) / 1000);
  const offline =
    bot.sample.status === "offline" ? words.offlineSaid(format.moment(bot.sample.timestamp)) : words.offlineSilent(ago);
  return (
    <section
      aria-label={words.bots}
      data-online={online}
      className={`flex flex-wrap items-center gap-x-4 gap-y-1 rounded-2xl px-5 py-4 ${online ? "bg-good-soft" : "bg-bad-soft"}`}
    >
      <span
        className={`relative grid size-3.5 place-items-center ${online ? "text-good" : "text-bad"}`}
        aria-hidden="true"
      >
        {online && (
          <span className="absolute size-3.5 animate-ping rounded-full bg-current opacity-30 [animation-duration:2.5s]" />
        )}
        <span className="size-3 rounded-full bg-current" />
      </span>
      <p role="status" className={`text-xl font-semibold ${online ? "text-good" : "text-bad"}`}>
        {online ? words.online : words.offline}
      </p>
      <p className="text-[13px] tabular-nums">{online ? words.onlineLead(ago) : offline}</p>
      {online && bot.sample.uptime !== null && (
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
  const { choose } = useBots();
  const now = useNow(1_000);
  return (
    <ul className="flex flex-wrap gap-2" aria-label={texts.overview.bots}>
      {bots.map((bot) => {
        const online = isOnline(bot, now);
        const { bot_id: id, server_count: servers } = bot.sample;
        return (
          <li key={id}>
            <button
              type="button"
              onClick={() => choose(id)}
              aria-pressed={id === chosen}
              className="inline-flex items-center gap-2 rounded-xl border border-line bg-card px-3 py-1.5 text-[13px] aria-pressed:border-accent aria-pressed:bg-accent-soft"
            >
              <span className={`size-2 rounded-full ${online ? "bg-good" : "bg-bad"}`} aria-hidden="true" />
              <span className="font-medium">{id}</span>
              <span className="text-soft">
                {online ? texts.overview.online : texts.overview.offline}
                {servers !== null && ` · ${texts.overview.servers} ${format.integer(servers)}`}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
