"use client";

import { useDeferredValue, useEffect, useState } from "react";

import { AdminsOnly } from "@/components/admins-only";
import { ExportButton } from "@/components/controls";
import { SearchIcon } from "@/components/icons";
import { Older } from "@/components/older";
import { Answer, Empty } from "@/components/states";
import { useBots } from "@/lib/bots";
import { download, toCsv } from "@/lib/csv";
import { usePages } from "@/lib/pages";
import { usePreferences } from "@/lib/preferences";
import { type ConversationFilter, conversations } from "@/lib/queries";
import { useSession } from "@/lib/session";
import type { Conversation } from "@/lib/tables";

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
  const filter = { botId, userId: person?.id ?? null, words: search };
  const pages = usePages(
    {
      table: "conversation_logs",
      read: (before, limit) => conversations(client, filter, before, limit),
      matches: (row) => matches(filter, row),
    },
    JSON.stringify(filter),
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
    ];
    const rows = (pages.data ?? []).map((talk) => [
      talk.timestamp,
      talk.user_name,
      talk.user_id,
      talk.prompt,
      talk.response,
      talk.model,
      talk.prompt_tokens,
      talk.response_tokens,
      talk.guild_id,
      talk.channel_id,
      talk.bot_id,
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
        {person && (
          <button
            type="button"
            onClick={() => setPerson(null)}
            title={words.clear}
            className="inline-flex items-center gap-2 rounded-full bg-accent-soft px-3 py-1.5 text-[13px] text-accent"
          >
            {words.only(person.name)}
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
            <Empty>{search || person ? words.emptySearch : words.empty}</Empty>
          ) : (
            <div>
              <ol className="grid gap-3">
                {rows.map((talk) => (
                  <Talk key={talk.id} talk={talk} choose={setPerson} />
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

/** What the database's search_conversations looks for, for rows that come later. */
function matches({ botId, userId, words }: ConversationFilter, row: Conversation): boolean {
  const wanted = words.toLowerCase();
  return (
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

function Talk({ talk, choose }: { talk: Conversation; choose(person: Person): void }) {
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
            title={words.only(talk.user_name)}
            className="rounded font-semibold text-ink underline decoration-line decoration-2 underline-offset-4 hover:decoration-accent"
          >
            {talk.user_name}
          </button>
          <time dateTime={talk.timestamp} title={format.full(talk.timestamp)} className="tabular-nums">
            {format.moment(talk.timestamp)}
          </time>
          {talk.guild_id === null && <span>{words.direct}</span>}
          <span className="ml-auto flex flex-wrap gap-x-3 text-[12px] tabular-nums">
            {talk.model && <span>{talk.model}</span>}
            {tokens && <span>{tokens}</span>}
          </span>
        </header>
        <Speech role={words.question} text={talk.prompt} className="font-medium" />
        <Speech role={words.answer} text={talk.response} className="mt-2 border-l-2 border-accent pl-3" />
      </article>
    </li>
  );
}

function Speech({ role, text, className }: { role: string; text: string; className: string }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > LONG;
  const { texts } = usePreferences();
  return (
    <div className={className}>
      <p className="break-words whitespace-pre-wrap">
        <span className="sr-only">{role}: </span>
        {isLong && !isOpen ? `${text.slice(0, LONG)}…` : text}
      </p>
      {isLong && !isOpen && (
        <button type="button" onClick={() => setOpen(true)} className="text-[13px] text-accent underline">
          {texts.conversations.more}
        </button>
      )}
    </div>
  );
}
