"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { type ReactNode, useEffect } from "react";

import { useBots } from "@/lib/bots";
import { useLiveState } from "@/lib/live";
import { usePreferences } from "@/lib/preferences";
import { useSession } from "@/lib/session";

import { Select } from "./controls";
import { LeaveIcon, LogIcon, LogoIcon, MusicIcon, PulseIcon, TalkIcon, TrafficIcon } from "./icons";
import { LanguageButton, ThemeButton } from "./preference-buttons";
import { SchemaNotice } from "./schema-notice";
import { CommonNotice } from "./states";

const PAGES = [
  { path: "/", name: "overview", icon: PulseIcon },
  { path: "/network/", name: "network", icon: TrafficIcon },
  { path: "/music/", name: "music", icon: MusicIcon },
  { path: "/conversations/", name: "conversations", icon: TalkIcon },
  { path: "/logs/", name: "logs", icon: LogIcon },
] as const;

/** The frame of every page: where one is, where one can go, and whether what is shown is live. */
export function Shell({ children }: { children: ReactNode }) {
  const { texts } = usePreferences();
  const pathname = usePathname();
  const page = PAGES.find(({ path }) => path.replaceAll("/", "") === pathname.replaceAll("/", ""));
  const title = page ? texts.pages[page.name] : texts.product;
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title, texts]);

  return (
    <div className="mx-auto max-w-[1440px] md:grid md:grid-cols-[13.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-20 rounded-lg bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {texts.skip}
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line px-3 py-5 md:flex">
        <div className="mb-6 flex items-center gap-2.5 px-2">
          <LogoIcon />
          <p className="text-lg font-semibold">{texts.product}</p>
        </div>
        <Navigation current={page?.path} />
        <Account />
      </aside>
      <div className="min-w-0 pb-24 md:pb-8">
        <header className="sticky top-0 z-10 flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-paper/95 px-4 py-3 backdrop-blur sm:px-6">
          <h1 className="mr-auto text-lg font-semibold">{title}</h1>
          <BotPicker />
          <LiveBadge />
          <div className="-mr-2 flex md:hidden">
            <LanguageButton />
            <ThemeButton />
            <SignOutButton />
          </div>
        </header>
        <main
          id="content"
          tabIndex={-1}
          className="grid grid-cols-[minmax(0,1fr)] gap-4 p-4 outline-none sm:gap-5 sm:p-6"
        >
          <CommonNotice />
          <SchemaNotice />
          {children}
        </main>
      </div>
      <div className="fixed inset-x-0 bottom-0 z-10 border-t border-line bg-card pb-[env(safe-area-inset-bottom)] md:hidden">
        <Navigation current={page?.path} compact />
      </div>
    </div>
  );
}

function Navigation({ current, compact = false }: { current: string | undefined; compact?: boolean }) {
  const { texts } = usePreferences();
  const chosen = useSearchParams().toString();
  return (
    <nav aria-label={texts.navigation}>
      <ul className={compact ? "grid grid-cols-5" : "grid gap-1"}>
        {PAGES.map(({ path, name, icon: PageIcon }) => (
          <li key={path}>
            <Link
              href={chosen ? `${path}?${chosen}` : path}
              aria-current={path === current ? "page" : undefined}
              className={
                compact
                  ? "grid justify-items-center gap-0.5 px-0.5 py-2 text-[10.5px] whitespace-nowrap text-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
                  : "flex items-center gap-3 rounded-lg px-3 py-2 text-soft transition-colors hover:bg-sunk hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
              }
            >
              <PageIcon />
              {texts.pages[name]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Account() {
  const { email } = useSession();
  return (
    <div className="mt-auto grid justify-items-start gap-0.5 border-t border-line pt-3">
      <LanguageButton withText />
      <ThemeButton withText />
      <SignOutButton withText />
      <p className="w-full truncate px-2 pt-1 text-[12px] text-soft" title={email}>
        {email}
      </p>
    </div>
  );
}

function SignOutButton({ withText = false }: { withText?: boolean }) {
  const { signOut } = useSession();
  const { texts } = usePreferences();
  return (
    <button
      type="button"
      onClick={signOut}
      aria-label={withText ? undefined : texts.signOut}
      title={withText ? undefined : texts.signOut}
      className="inline-flex items-center gap-2 rounded-lg p-2 text-soft hover:bg-sunk hover:text-ink"
    >
      <LeaveIcon />
      {withText && <span className="text-[13px]">{texts.signOut}</span>}
    </button>
  );
}

function BotPicker() {
  const { texts } = usePreferences();
  const { ids, botId, choose } = useBots();
  if (ids.length < 2) return null;
  const options = [{ value: "", label: texts.allBots }, ...ids.map((id) => ({ value: id, label: id }))];
  return (
    <div className="order-last w-full md:order-none md:w-auto">
      <Select name={texts.bot} options={options} value={botId ?? ""} choose={(id) => choose(id || null)} />
    </div>
  );
}

const BADGE = {
  live: "bg-good-soft text-good",
  polling: "bg-warn-soft text-warn",
  offline: "bg-warn-soft text-warn",
  connecting: "bg-sunk text-soft",
} as const;

function LiveBadge() {
  const { texts } = usePreferences();
  const state = useLiveState();
  const help = {
    live: texts.live.liveHelp,
    polling: texts.live.pollingHelp,
    offline: texts.live.offlineHelp,
    connecting: texts.live.connectingHelp,
  };
  return (
    <p
      role="status"
      data-live={state}
      title={help[state]}
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-[13px] font-medium ${BADGE[state]}`}
    >
      <span
        className={`size-1.5 rounded-full bg-current ${state === "live" ? "" : "animate-pulse"}`}
        aria-hidden="true"
      />
      {texts.live[state]}
      <span className="sr-only">{help[state]}</span>
    </p>
  );
}
