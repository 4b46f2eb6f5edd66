"use client";

import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";

import { AdminsOnly } from "@/components/admins-only";
import { ExportButton, Select } from "@/components/controls";
import { LockIcon, SearchIcon } from "@/components/icons";
import { Markdown, type Naming } from "@/components/markdown";
import { Name } from "@/components/name";
import { Older } from "@/components/older";
import { Answer, Empty } from "@/components/states";
import { useAddress } from "@/lib/address";
import { useBots } from "@/lib/bots";
import { asId, download, toCsv, utcOffset } from "@/lib/csv";
import { useInserts, useReading, useThrottled } from "@/lib/live";
import { beginningOf } from "@/lib/markdown";
import { type Names, useNames } from "@/lib/names";
import { usePages } from "@/lib/pages";
import { startOfDay } from "@/lib/periods";
import { usePreferences } from "@/lib/preferences";
import { type ConversationFilter, conversationGuilds, conversations, DIRECT } from "@/lib/queries";
import { useSession } from "@/lib/session";
import type { Conversation } from "@/lib/tables";
import { isolated, visible } from "@/lib/visible";

const TYPING_MS = 250;

/** What people asked and what the bot answered. */
export default function ConversationsPage() {
  return (
    <AdminsOnly>
      <Conversations />
    </AdminsOnly>
  );
}

interface Person {
  id: string;
  name: string;
}

function Conversations() {
  const { client } = useSession();
  const { botId } = useBots();
  const { texts } = usePreferences();
  const words = texts.conversations;
  const [person, setPerson] = useState<Person | null>(null);
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim(), TYPING_MS);
  const names = useNames();
  const [guildId, setGuildId] = useAddress("server");
  const [from, setFrom] = useAddress("from");
  const [to, setTo] = useAddress("to");
  const filter: ConversationFilter = {
    botId,
    userId: person?.id ?? null,
    words: search,
    guildId,
    from: startOfDay(from)?.toISOString() ?? null,
    to: startOfDay(to, 1)?.toISOString() ?? null,
  };
  const pages = usePages(
    {
      table: "conversation_logs",
      read: (before, limit) => conversations(client, filter, before, limit),
      matches: (row) => matches(filter, row),
    },
    JSON.stringify(filter),
  );

  const { unknown } = texts.places;
  const people = useMemo(() => new Map((pages.data ?? []).map((talk) => [talk.user_id, talk.user_name])), [pages.data]);
  const naming = useCallback<Naming>(
    (kind, id) => {
      if (kind === "channel") return names.mentioned(id);
      const name = kind === "user" ? people.get(id) : undefined;
      return name === undefined ? unknown[kind] : `@${visible(name)}`;
    },
    [names, people, unknown],
  );

  function save() {
    const header = [
      "timestamp",
      "user_name",
      "user_id",
      "prompt",
      "response",
      "model",
      "prompt_tokens",
      "response_tokens",
      "guild_id",
      "channel_id",
      "bot_id",
      "server",
      "channel",
      "is_private",
      "utc_offset",
    ];
    const rows = (pages.data ?? []).map((talk) => [
      new Date(talk.timestamp),
      talk.user_name,
      asId(talk.user_id),
      talk.prompt,
      talk.response,
      talk.model,
      talk.prompt_tokens,
      talk.response_tokens,
      asId(talk.guild_id),
      asId(talk.channel_id),
      asId(talk.bot_id),
      names.guild(talk.guild_id),
      talk.guild_id !== null && talk.channel_id !== null ? names.channel(talk.channel_id) : null,
      String(talk.is_private),
      utcOffset(new Date(talk.timestamp)),
    ]);
    download("otonari-conversations.csv", toCsv(header, rows));
  }

  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <label className="relative min-w-0 grow sm:max-w-md">
          <span className="sr-only">{words.search}</span>
          <span className="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-soft">
            <SearchIcon />
          </span>
          <input
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            placeholder={words.searchShort}
            className="w-full rounded-lg border border-line bg-card py-2 pr-3 pl-10 text-sm placeholder:text-soft"
          />
        </label>
        <Where guildId={guildId} choose={setGuildId} names={names} />
        <Dates from={from} to={to} setFrom={setFrom} setTo={setTo} />
        {person && (
          <button
            type="button"
            onClick={() => setPerson(null)}
            title={words.clear}
            className="inline-flex max-w-full items-center gap-2 rounded-2xl bg-accent-soft px-3 py-1.5 text-left text-[13px] text-accent"
          >
            <span className="min-w-0 wrap-anywhere">{words.only(isolated(person.name))}</span>
            <span aria-hidden="true">×</span>
            <span className="sr-only">{words.clear}</span>
          </button>
        )}
        <div className="ml-auto">
          <ExportButton save={save} disabled={!pages.data?.length} />
        </div>
      </div>
      <Answer of={pages} height={480}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>{search || person || guildId || from || to ? words.emptySearch : words.empty}</Empty>
          ) : (
            <div>
              <ol className="grid grid-cols-[minmax(0,1fr)] gap-3">
                {rows.map((talk) => (
                  <Talk key={talk.id} talk={talk} choose={setPerson} names={names} naming={naming} />
                ))}
              </ol>
              <Older pages={pages} />
            </div>
          )
        }
      </Answer>
    </>
  );
}

const GUILDS_MS = 5_000;

/** Which server's conversations are shown, by name, or direct messages. */
function Where({
  guildId,
  choose,
  names,
}: {
  guildId: string | null;
  choose(guildId: string | null): void;
  names: Names;
}) {
  const { client } = useSession();
  const { botId } = useBots();
  const { texts, format } = usePreferences();
  const words = texts.conversations;
  const guilds = useReading({ key: ["conversation_guilds", botId], load: () => conversationGuilds(client, botId) });
  useInserts("conversation_logs", useThrottled(guilds.reload, GUILDS_MS));
  const known = guilds.data ?? [];
  const options = [
    { value: "", label: words.allServers },
    ...known.map((one) => ({
      value: one.guild_id,
      label: `${names.guild(one.guild_id)} (${words.count(format.integer(one.conversation_count))})`,
    })),
    ...(guildId === null || known.some((one) => one.guild_id === guildId)
      ? []
      : [{ value: guildId, label: names.guild(guildId) }]),
  ];
  return <Select name={words.server} options={options} value={guildId ?? ""} choose={(id) => choose(id || null)} />;
}

interface DatesProps {
  /** 2026-01-02, of the viewer's calendar. */
  from: string | null;
  to: string | null;
  setFrom(day: string | null): void;
  setTo(day: string | null): void;
}

/** From which day to which; both count. */
function Dates({ from, to, setFrom, setTo }: DatesProps) {
  const words = usePreferences().texts.conversations;
  const field = "min-w-0 rounded-lg border border-line bg-card px-2 py-1 text-[13px]";
  return (
    <div className="flex max-w-full flex-wrap items-center gap-1.5">
      <input
        type="date"
        aria-label={words.from}
        value={from ?? ""}
        max={to ?? undefined}
        onChange={(event) => setFrom(event.target.value || null)}
        className={field}
      />
      <span aria-hidden="true" className="text-soft">
        –
      </span>
      <input
        type="date"
        aria-label={words.to}
        value={to ?? ""}
        min={from ?? undefined}
        onChange={(event) => setTo(event.target.value || null)}
        className={field}
      />
      {(from || to) && (
        <button
          type="button"
          onClick={() => {
            setFrom(null);
            setTo(null);
          }}
          className="rounded text-[13px] text-accent underline"
        >
          {words.clearDates}
        </button>
      )}
    </div>
  );
}

/** What the database's search_conversations looks for, for rows that come later. */
function matches({ botId, userId, words, guildId, from, to }: ConversationFilter, row: Conversation): boolean {
  const wanted = words.toLowerCase();
  const at = Date.parse(row.timestamp);
  return (
    (guildId === null || (row.guild_id ?? DIRECT) === guildId) &&
    (from === null || at >= Date.parse(from)) &&
    (to === null || at < Date.parse(to)) &&
    (botId === null || row.bot_id === botId) &&
    (userId === null || row.user_id === userId) &&
    [row.prompt, row.response, row.user_name].some((text) => text.toLowerCase().includes(wanted))
  );
}

/** A value that has not changed for a while: one search for a word, not one for every letter. */
function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value, milliseconds]);
  return useDeferredValue(settled);
}

const LONG = 420;

interface TalkProps {
  talk: Conversation;
  choose(person: Person): void;
  names: Names;
  naming: Naming;
}

function Talk({ talk, choose, names, naming }: TalkProps) {
  const { texts, format } = usePreferences();
  const words = texts.conversations;
  const tokens =
    talk.prompt_tokens !== null && talk.response_tokens !== null
      ? words.tokens(format.integer(talk.prompt_tokens), format.integer(talk.response_tokens))
      : null;
  return (
    <li className="arrived rounded-2xl border border-line bg-card p-4 shadow-card">
      <article>
        <header className="mb-2 flex flex-wrap items-baseline gap-x-3 text-[13px] text-soft">
          <button
            type="button"
            onClick={() => choose({ id: talk.user_id, name: talk.user_name })}
            title={words.only(isolated(talk.user_name))}
            className="min-w-0 rounded text-left font-semibold text-ink wrap-anywhere underline decoration-line decoration-2 underline-offset-4 hover:decoration-accent"
          >
            <Name of={talk.user_name} />
          </button>
          <time dateTime={talk.timestamp} title={format.full(talk.timestamp)} className="tabular-nums">
            {format.moment(talk.timestamp)}
          </time>
          <span className="min-w-0 wrap-anywhere">
            {names.guild(talk.guild_id)}
            {talk.guild_id !== null && talk.channel_id !== null && ` · ${names.channel(talk.channel_id)}`}
          </span>
          {talk.is_private && (
            <span
              title={words.privateHelp}
              className="inline-flex items-center gap-1 rounded-full bg-warn-soft px-2 text-[12px] font-medium text-warn"
            >
              <LockIcon />
              {words.isPrivate}
            </span>
          )}
          <span className="ml-auto flex flex-wrap gap-x-3 text-[12px] tabular-nums">
            {talk.model && <span className="min-w-0 wrap-anywhere">{talk.model}</span>}
            {tokens && <span>{tokens}</span>}
          </span>
        </header>
        <Speech role={words.question} text={talk.prompt} naming={naming} className="font-medium" />
        <Speech
          role={words.answer}
          text={talk.response}
          naming={naming}
          className="mt-2 border-l-2 border-accent pl-3"
        />
      </article>
    </li>
  );
}

interface SpeechProps {
  role: string;
  text: string;
  naming: Naming;
  className: string;
}

function Speech({ role, text, naming, className }: SpeechProps) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG;
  const { texts } = usePreferences();
  return (
    <div className={className}>
      <p className="sr-only">{role}: </p>
      <Markdown text={isLong && !isOpen ? `${beginningOf(text, LONG)}…` : text} naming={naming} />
      {isLong && !isOpen && (
        <button type="button" onClick={() => setOpen(true)} className="text-[13px] text-accent underline">
          {texts.conversations.more}
        </button>
      )}
    </div>
  );
}
